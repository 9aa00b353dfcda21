"""docs/mixing.md says what the mixer does: its mix loads, its program runs, its options exist."""

import re
from pathlib import Path

import numpy as np
from typer.main import get_command

from tapeloom.app.commands import app
from tapeloom.core.audio import Audio
from tapeloom.core.product import Stem, Stems
from tapeloom.studio.automation import Curve
from tapeloom.studio.mix_file import load_settings
from tapeloom.studio.routing import plan

PAGE = (Path(__file__).parents[2] / "docs/mixing.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.S)
    assert found is not None
    return found[1]


def test_the_mix_on_the_page_can_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "mix.json").write_text(block("json"))
    settings = load_settings(tmp_path / "mix.json")
    assert [node.strip.name for node in plan(settings)].index("kick") == 0
    assert isinstance(settings.channels[2].low_pass_hz, Curve)


def test_the_program_on_the_page_runs() -> None:
    tone = 0.1 * np.sin(np.arange(44_100) / 20)[None]
    stems = Stems((Stem("keys", "keys", Audio(tone.astype(np.float32))),))
    names: dict[str, object] = {"stems": stems}
    exec(block("python"), names)  # noqa: S102 - our own page
    assert names["opening"].at(48.1) == 18_000.0  # type: ignore[attr-defined]


def test_every_option_is_documented() -> None:
    command = get_command(app).commands["mix"]  # type: ignore[attr-defined]
    options = {name for each in command.params for name in each.opts if name.startswith("--")}
    assert options - {"--help"} <= set(re.findall(r"--[a-z]+", PAGE))
