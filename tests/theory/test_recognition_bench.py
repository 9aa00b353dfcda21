"""How well chords are recognised on the development pieces, where they are at hand."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
BENCH = ROOT.parent / "shared" / "bench" / "theory"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BENCH.is_dir(), reason="the theory benchmark is not at hand"),
]


def figures(task: str, folder: Path) -> dict[str, dict[str, Any]]:
    """Predict and score the development pieces, by source."""
    inputs = str(BENCH / "chord.dev.inputs.jsonl.gz")
    predict = [sys.executable, str(ROOT / "benchmarks" / "theory.py"), "predict", task, inputs]
    lines = subprocess.run(predict, capture_output=True, check=True, text=True).stdout
    (folder / "predictions.jsonl").write_text(lines)
    score = [sys.executable, str(BENCH / "score.py"), "chord", str(folder / "predictions.jsonl")]
    score += ["--split", "dev", "--by-source"]
    printed = subprocess.run(score, capture_output=True, check=True, text=True).stdout
    return {name: json.loads(rest) for name, _, rest in (
        line.partition(" ") for line in printed.splitlines())}  # fmt: skip


def test_chords_between_given_boundaries(tmp_path: Path) -> None:
    scores = figures("chord", tmp_path)
    assert scores["ALL"]["root"] >= 0.89
    assert scores["ALL"]["majmin"] >= 0.865
    assert scores["ALL"]["seventh"] >= 0.81
    assert scores["pop909cl"]["seventh"] >= 0.89


def test_chords_with_boundaries_of_our_own(tmp_path: Path) -> None:
    assert figures("chord_free", tmp_path)["pop909cl"]["seventh"] >= 0.86
