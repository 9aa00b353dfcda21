"""The page on jobs names every setting, kind and option, and its program runs as written."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from tapeloom.app.commands import app
from tapeloom.app.jobs import KINDS, QUEUES
from tapeloom.app.jobs.settings import ServiceSettings

PAGE = (Path(__file__).parents[2] / "docs/service.md").read_text("utf-8")
JOBS = PAGE.split("\n## Jobs")[1].split("\n## ")[0]


def test_every_setting_is_told_with_its_default() -> None:
    short = {"max_bars": "_BARS", "max_items": "_ITEMS", "max_unfinished": "_UNFINISHED"}
    for name, setting in ServiceSettings.model_fields.items():
        row = next(line for line in JOBS.splitlines()
                   if f"`{short.get(name, f'TAPELOOM_{name.upper()}')}`" in line)  # fmt: skip
        if isinstance(setting.default, int | float):
            assert f"{setting.default:g}" in row.split("|")[2], name


def test_every_kind_stands_with_its_queue() -> None:
    for name, kind in KINDS.items():
        row = next(line for line in JOBS.splitlines()
                   if line.startswith("|") and f"`{name}`" in line)  # fmt: skip
        assert row.split("|")[2].strip() == kind.queue
    assert {kind.queue for kind in KINDS.values()} == set(QUEUES)


def test_every_option_of_the_worker_is_told() -> None:
    command = get_command(app).commands["worker"]  # type: ignore[attr-defined]
    options = {name for option in command.params for name in option.opts if name.startswith("--")}
    assert options - {"--help"} <= set(re.findall(r"--[a-z]+", JOBS))


def test_the_program_runs_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    program = re.findall(r"```python\n(.*?)```", JOBS, re.DOTALL)[0]
    known: dict[str, object] = {}
    exec(program, known)  # noqa: S102
    assert known["service"].get(known["job"].id, "ann").state == "paused"  # type: ignore[attr-defined]
    assert " queued " in capsys.readouterr().out
    known["service"].close()  # type: ignore[attr-defined]
