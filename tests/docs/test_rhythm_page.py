"""The page of rhythm runs, and its tables are those that the library has."""

import doctest
import runpy
from pathlib import Path

from tapeloom.rhythm import FEELS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/rhythm.md"


def test_the_page_runs_as_written() -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=flags)
    assert tried > 25
    assert failed == 0


def test_the_table_of_feels_is_the_librarys() -> None:
    script = runpy.run_path(str(ROOT / "docs/make_rhythm.py"))
    assert script["feels_table"]() in PAGE.read_text("utf-8")
    assert all(f"`{name}`" in PAGE.read_text("utf-8") for name in FEELS)
