"""docs/orchestration.md runs, and counts its instruments right."""

import doctest
from pathlib import Path

from tapeloom.theory.instruments import INSTRUMENTS, KNOWN

PAGE = Path(__file__).parents[2] / "docs/orchestration.md"


def test_the_examples_run() -> None:
    failed, run = doctest.testfile(
        str(PAGE), module_relative=False, optionflags=doctest.ELLIPSIS
    )  # fmt: skip
    assert run > 10
    assert not failed


def test_it_counts_the_instruments() -> None:
    page = PAGE.read_text("utf-8")
    assert f"{len(KNOWN)} are known: the {len(INSTRUMENTS)} that the synth plays" in page
