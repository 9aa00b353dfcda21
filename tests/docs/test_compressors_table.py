"""The page of effects says of compressors what the library has, and its examples run."""

import doctest
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECTION = (
    "## Compressors"
    + (ROOT / "docs/effects.md").read_text("utf-8").split("\n## Compressors")[1].split("\n## ")[0]
)


def test_the_section_runs_as_written() -> None:
    example = doctest.DocTestParser().get_doctest(SECTION, {}, "effects", None, None)
    assert len(example.examples) > 5
    assert doctest.DocTestRunner().run(example).failed == 0


def test_the_table_is_the_librarys_and_the_figures_are_measured() -> None:
    script = runpy.run_path(str(ROOT / "docs/make_dynamics.py"))
    assert script["table"]() in SECTION
    gain = script["gain_db"](((-20.0, 0.1), (20.0, 0.2)), 48_000, attack_ms=10.0)
    assert 9.5 < script["time_ms"](gain[4800:], 48_000, gain[-1], 0.632) < 10.5
