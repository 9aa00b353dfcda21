"""The page on four voices says what the program does."""

import doctest
import re
from pathlib import Path

from typer.main import get_command

PAGE = Path(__file__).parents[2] / "docs/chorales.md"


def test_the_examples_run_as_written() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert (failed, tried > 5) == (0, True)


def test_the_options_of_four_voices_are_told() -> None:
    from tapeloom.app.commands import app

    told = set(re.findall(r"--[a-z]+", PAGE.read_text("utf-8")))
    command = get_command(app).commands["arrange"]  # type: ignore[attr-defined]
    known = {name for option in command.params for name in option.opts if name.startswith("--")}
    assert {
        "--satb",
        "--roots",
        "--passing",
        "--key",
        "--meter",
        "--out",
        "--force",
    } <= known & told
