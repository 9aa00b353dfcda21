"""The documentation says what the program does."""

import re
from pathlib import Path

import pytest

from tapeloom.compose.band import NAMED
from tapeloom.compose.hands import HANDS
from tapeloom.core.mood import MOODS, SCENES

ROOT = Path(__file__).parents[2]


def test_every_word_of_the_vocabulary_is_documented() -> None:
    page = (ROOT / "docs/vocabulary.md").read_text("utf-8")
    for mood in MOODS.values():
        row = next(line for line in page.splitlines() if line.startswith(f"| **{mood.name}**"))
        assert ", ".join(mood.synonyms) in row
        assert f"{mood.bpm[0]:g}–{mood.bpm[1]:g}" in row
        assert ", ".join(mood.progressions) in row
        numbers = f"| {mood.density:g} | {mood.brightness:g} | {mood.energy:g} |"
        assert numbers in row
    for scene in SCENES.values():
        row = next(line for line in page.splitlines() if line.startswith(f"| **{scene.name}**"))
        assert ", ".join(scene.synonyms) in row
    assert len(re.findall(r"^\| \*\*", page, re.M)) == len(MOODS) + len(SCENES)


def test_every_instrument_that_a_brief_may_name_is_documented() -> None:
    page = (ROOT / "docs/vocabulary.md").read_text("utf-8").split("## Instruments")[1]
    for name in (*NAMED, *HANDS, "percussion"):
        assert re.search(rf"\b{name}\b", page.replace("\n", " ")), name


def test_links_lead_to_files() -> None:
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_option_of_make_is_documented() -> None:
    page = (ROOT / "docs/getting-started.md").read_text("utf-8")
    source = (ROOT / "src/tapeloom/app/commands/make.py").read_text("utf-8")
    names = re.findall(r'typer\.Option\(\s*"(--[a-z]+)"', source)
    names += [f"--{name}" for name in ("bpm", "key", "minutes", "bars", "meter", "seed", "count")]
    names += [f"--{name}" for name in ("jobs", "engine", "keep", "loop", "out")]
    for name in names:
        assert name in page, name


@pytest.mark.parametrize("verb", ["make", "compose", "groove"])
def test_every_option_is_documented(verb: str) -> None:
    from typer.main import get_command

    from tapeloom.app.commands import app

    page = (ROOT / "docs/getting-started.md").read_text("utf-8")
    command = get_command(app).commands[verb]  # type: ignore[attr-defined]
    options = {name for option in command.params for name in option.opts if name.startswith("--")}
    told = set(re.findall(r"--[a-z]+(?:-[a-z]+)*", page))
    assert options - {"--help"} <= told


def test_every_option_of_instruments_and_of_rendering_is_documented() -> None:
    from typer.main import get_command

    from tapeloom.app.commands import app

    page = "".join((ROOT / f"docs/{name}.md").read_text("utf-8")
                   for name in ("getting-started", "instruments"))  # fmt: skip
    told = set(re.findall(r"--[a-z]+(?:-[a-z]+)*", page))
    for verb in ("instruments", "render"):
        command = get_command(app).commands[verb]  # type: ignore[attr-defined]
        options = {name for each in command.params for name in each.opts if name.startswith("--")}
        assert options - {"--help"} <= told, verb


def test_every_option_of_training_is_documented() -> None:
    from typer.main import get_command

    from tapeloom.app.commands import app

    page = (ROOT / "docs/training.md").read_text("utf-8")
    told = set(re.findall(r"--[a-z]+(?:-[a-z]+)*", page))
    for verb, command in get_command(app).commands["train"].commands.items():  # type: ignore[attr-defined]
        assert f"tapeloom train {verb}" in page
        options = {name for each in command.params for name in each.opts if name.startswith("--")}
        assert options - {"--help"} <= told, verb


def test_every_option_of_loudness_is_documented() -> None:
    from typer.main import get_command

    from tapeloom.app.commands import app

    page = (ROOT / "docs/loudness.md").read_text("utf-8")
    command = get_command(app).commands["loudness"]  # type: ignore[attr-defined]
    options = {name for option in command.params for name in option.opts if name.startswith("--")}
    assert options - {"--help"} <= set(re.findall(r"--[a-z]+", page))


def test_every_command_is_told() -> None:
    from tapeloom.app.commands import app

    page = (ROOT / "docs/getting-started.md").read_text("utf-8")
    for command in app.registered_commands:
        assert command.callback is not None
        assert f"tapeloom {command.callback.__name__}" in page


def test_usage_runs_as_written() -> None:
    import doctest

    failed, tried = doctest.testfile(
        str(ROOT / "docs/usage.md"), module_relative=False, optionflags=doctest.ELLIPSIS
    )
    assert tried > 10
    assert failed == 0
