"""How well numerals are found on the development excerpts, where they are at hand."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BENCH = ROOT.parent / "shared" / "bench" / "theory"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BENCH.is_dir(), reason="the theory benchmark is not at hand"),
]


def test_roman_numerals_between_given_boundaries(tmp_path: Path) -> None:
    inputs = str(BENCH / "rn.dev.inputs.jsonl.gz")
    predict = [sys.executable, str(ROOT / "benchmarks" / "theory.py"), "predict", "rn", inputs]
    lines = subprocess.run(predict, capture_output=True, check=True, text=True).stdout
    (tmp_path / "predictions.jsonl").write_text(lines)
    score = [sys.executable, str(BENCH / "score.py"), "rn", str(tmp_path / "predictions.jsonl")]
    printed = subprocess.run(
        [*score, "--split", "dev"], capture_output=True, check=True, text=True
    ).stdout
    scores = json.loads(printed.partition(" ")[2])
    assert scores["key"] >= 0.74
    assert scores["root"] >= 0.84
    assert scores["RN"] >= 0.56
