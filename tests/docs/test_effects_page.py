"""docs/effects.md says what its script measures."""

import re
import runpy
from pathlib import Path

import pytest

from tapeloom.studio.effects import TAPES, TRANSFORMERS, TUBES

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/effects.md"


def rows() -> dict[str, list[str]]:
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in re.split("<!-- .*colour.* -->", PAGE.read_text("utf-8"))[1].splitlines()
        if line.startswith("| ")
    ]
    return {row[1]: row[2:] for row in cells}


def test_the_page_holds_every_preset() -> None:
    script = runpy.run_path(str(ROOT / "docs/make_colour.py"))
    presets = [name for _, table in script["MEASURED"] for name in table]
    assert list(rows())[1:] == presets


@pytest.mark.parametrize(
    ("name", "effect", "hz", "column"),
    [
        pytest.param("studio", TAPES["studio"], 1000, 0, marks=pytest.mark.slow),
        ("pushed", TUBES["pushed"], 1000, 0),
        ("small iron", TRANSFORMERS["small iron"], 50, 1),
    ],
)
def test_its_figures_are_those_of_today(name: str, effect: object, hz: int, column: int) -> None:
    script = runpy.run_path(str(ROOT / "docs/make_colour.py"))
    assert rows()[name][column] == script["thd"](effect, hz)
