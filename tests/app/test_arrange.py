import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tapeloom.app.commands.arrange import arrange
from tapeloom.app.song import read_song
from tapeloom.core.errors import InputError
from tapeloom.core.files import read_json
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.musicxml import read_musicxml
from tapeloom.core.score import Note, Part, Score, score_from_json
from tapeloom.core.time import PPQ

BAR = 4 * PPQ
FORM = "intro2 A4 B4 outro2"
app = typer.Typer()
app.command()(arrange)


def run(*arguments: object, standard_input: bytes | None = None) -> str:
    result = CliRunner().invoke(app, [str(a) for a in arguments], input=standard_input)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four bars in G: a tune over roots and triads."""
    line = (67, 71, 74, 72, 71, 69, 67, 66, 64, 67, 71, 69, 67, 66, 64, 62)
    tune = tuple(Note(i * PPQ, PPQ, pitch) for i, pitch in enumerate(line))
    roots = (43, 40, 36, 38)
    chords = tuple(
        Note(i * BAR, BAR, root + above)
        for i, (root, third) in enumerate(zip(roots, (4, 3, 4, 4), strict=True))
        for above in (0, 12, 12 + third, 19)
    )
    path = tmp_path_factory.mktemp("loops") / "loop.mid"
    write_midi(path, Score((Part("Voice", "melody", "", tune), Part("Piano", "keys", "", chords))))
    return path


def test_the_plan_is_told_in_words(loop: Path) -> None:
    lines = run(loop, "--form", FORM, "--seed", 1).splitlines()
    assert lines[0].startswith("G major, 120 bpm, 4/4, 12 bars, 0:24; from 4 bars of melody, keys")
    told = "\n".join(lines)
    for word in ("intro", "outro", "energy 0.14", "its beginning alone", "as it is"):
        assert word in told


def test_facts_as_json(loop: Path) -> None:
    facts = json.loads(run(loop, "--bars", 12, "--seed", 1, "--bpm", 80, "--json"))
    assert (facts["bars"], facts["bpm"], facts["seed"]) == (12, 80, 1)
    assert facts["sections"][0]["bar"] == 1
    assert sum(section["bars"] for section in facts["sections"]) == 12
    assert all(section["layers"] and section["says"] for section in facts["sections"])


def test_a_file_of_each_kind_holds_the_same_music(loop: Path, tmp_path: Path) -> None:
    run(loop, "--form", FORM, "--seed", 2, "-o", tmp_path / "made", "--quiet")
    names = sorted(path.name for path in (tmp_path / "made").iterdir())
    assert names == ["loop-2.json", "loop-2.mid", "loop-2.musicxml"]
    score = score_from_json(read_json(tmp_path / "made/loop-2.json"))
    midi = read_midi(tmp_path / "made/loop-2.mid")
    notes = {part.name: sorted(n.pitch for n in part.notes) for part in score.parts}
    assert {p.name: sorted(n.pitch for n in p.notes) for p in midi.parts} == notes
    assert len(read_musicxml(tmp_path / "made/loop-2.musicxml").parts) == len(score.parts)


def test_a_band_and_an_energy(loop: Path, tmp_path: Path) -> None:
    out = tmp_path / "made.mid"
    asked = ("--form", "A4 A4 A4", "--energy", "0.2 0.9 0.3", "--band", "lofi-quartet")
    told = run(loop, *asked, "--seed", 3, "--out", out)
    assert told.rstrip().endswith(f"wrote {out} (seed 3)")
    assert [part.role for part in read_midi(out).parts] == ["melody", "keys", "bass", "drums"]


def test_chords_and_standard_input(loop: Path) -> None:
    facts = json.loads(run("Am7 | D7 | Gmaj7 | Gmaj7", "--bars", 8, "--seed", 1, "--json"))
    assert (facts["key"], facts["bpm"]) == ("G major", 80)
    piped = json.loads(
        run("-", "--bars", 8, "--seed", 1, "--json", standard_input=loop.read_bytes())
    )
    assert piped["key"] == "G major"


def test_some_bars_of_a_longer_file(tmp_path: Path) -> None:
    long = tmp_path / "long.mid"
    notes = tuple(Note(i * PPQ, PPQ, 60 + (0, 2, 4, 7)[i % 4]) for i in range(4 * 80))
    write_midi(long, Score((Part("Voice", "melody", "", notes),)))
    with pytest.raises(InputError, match="has 80 bars; it must have 1 to 64"):
        run(long)
    facts = json.loads(run(long, "--take", "9-12", "--bars", 8, "--seed", 1, "--json"))
    assert facts["loop"]["bars"] == 4
    with pytest.raises(InputError, match="names no bars"):
        run(long, "--take", "the chorus")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--band", "spoons"), "'spoons' is no band"),
        (("--form", "A8 solo8"), "'solo8' is no section"),
        (("--energy", "loud"), "'loud' is no point"),
        (("--seed", -1), "seed is -1"),
        (("--key", "H"), "'H' is no key"),
        (("--out", "made.wav"), "has no ending that is known"),
        (("--out", "nowhere/made.mid", "--bars", 4), "a folder that exists"),
    ],
)
def test_bad_use_is_one_sentence(
    loop: Path, arguments: tuple[object, ...], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(loop.parent)
    with pytest.raises(InputError, match=sentence):
        run(loop, *arguments)


def test_nothing_is_replaced_unasked(loop: Path, tmp_path: Path) -> None:
    out = tmp_path / "made.mid"
    out.write_bytes(b"mine")
    with pytest.raises(InputError, match="exists; use --force"):
        run(loop, "--out", out)
    run(loop, "--out", out, "--force", "--bars", 4, "--quiet")
    assert read_song(str(out)).score.parts


@pytest.mark.parametrize(
    ("notes", "role", "sentence"),
    [
        ((), "melody", "has no notes"),
        ((Note(0, PPQ, 60),), "melody", "has 1 pitched note"),
        (tuple(Note(i * PPQ, PPQ, 38) for i in range(16)), "drums", "has drums only"),
    ],
)
def test_what_is_no_loop(notes: tuple[Note, ...], role: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.mid"
    write_midi(path, Score((Part("part", role, "", notes),)))
    with pytest.raises(InputError, match=sentence):
        run(path)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.mid").touch()
    with pytest.raises(InputError, match="is empty"):
        run(tmp_path / "empty.mid")
