"""The page of the theory engine runs, and names every option of its commands."""

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/theory.md"


def test_the_page_runs_as_written() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert tried > 30
    assert failed == 0


@pytest.mark.parametrize("verb", ["analyze", "reharmonize", "harmonize"])
def test_every_option_is_documented(verb: str) -> None:
    from typer.main import get_command

    from tapeloom.app.commands import app

    command = get_command(app).commands[verb]  # type: ignore[attr-defined]
    options = [name for option in command.params for name in option.opts if name.startswith("--")]
    told = set(re.findall(r"--[a-z]+", PAGE.read_text("utf-8")))
    assert len(options) >= 4
    assert set(options) - {"--help"} <= told
