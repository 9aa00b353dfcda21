"""The page of counterpoint has the rules that the checker has, and every option."""

import runpy
from pathlib import Path

from typer.main import get_command

from tapeloom.app.commands import app

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/counterpoint.md"


def test_the_table_of_rules_is_the_checker_s() -> None:
    script = runpy.run_path(str(ROOT / "docs/make_counterpoint.py"))
    text = PAGE.read_text("utf-8")
    assert script["table"]() in text
    assert script["page"](text) == text


def test_every_option_is_documented() -> None:
    page = PAGE.read_text("utf-8")
    command = get_command(app).commands["counterpoint"]  # type: ignore[attr-defined]
    options = {name for option in command.params for name in option.opts if name.startswith("--")}
    assert {name for name in options if name not in page} <= {"--json", "--quiet", "--help"}
