import json
import warnings
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tapeloom.app.commands.counterpoint import counterpoint
from tapeloom.app.counterpoint import check_voices, exercise_score, read_voices, solve_cantus
from tapeloom.core.errors import InputError
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.musicxml import read_musicxml, write_musicxml
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ

CANTUS = "D4 F4 E4 G4 E4 D4"
app = typer.Typer()
app.command()(counterpoint)


def run(*arguments: object, standard_input: str | bytes | None = None) -> str:
    result = CliRunner().invoke(app, [str(a) for a in arguments], input=standard_input)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout


def test_the_solution_is_told_and_its_text_can_be_checked() -> None:
    text = run(CANTUS, "--species", 2, "--below")
    assert text.startswith("# 1. D dorian, cost ")
    assert text.splitlines()[1] == CANTUS
    told = run("-", "--check", standard_input=text)
    assert "species by voice from the lowest 2, 1" in told
    assert "0 faults" in told


def test_json_tells_voices_species_and_advice() -> None:
    told = json.loads(run(CANTUS, "--count", 2, "--json"))["solutions"]
    assert len(told) == 2
    assert told[0]["mode"] == "D dorian"
    assert told[0]["species"] == [1, 1]
    assert told[0]["voices"][0] == CANTUS
    assert told[0]["cost"] <= told[1]["cost"]


@pytest.mark.parametrize("ending", ["mid", "musicxml", "mxl", "txt"])
def test_what_is_written_is_read_and_checked(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"solution.{ending}"
    assert run(CANTUS, "--species", 4, "-o", out, "--quiet") == ""
    told = json.loads(run(out, "--check", "--json"))
    assert told["species"] == [1, 4]
    assert told["cantus"] == 1
    assert [fault for fault in told["faults"] if fault["hard"]] == []
    with pytest.raises(InputError, match="exists"):
        run(CANTUS, "-o", out)
    run(CANTUS, "-o", out, "--force", "--quiet")


def test_json_and_alternatives_are_files_of_their_own(tmp_path: Path) -> None:
    run(CANTUS, "--count", 2, "--seed", 3, "-o", tmp_path / "a.json", "--quiet")
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["a-1.json", "a-2.json"]
    first = json.loads((tmp_path / "a-1.json").read_text("utf-8"))
    assert first["voices"][0] == CANTUS


def test_music21_reads_the_same_names_and_parts(tmp_path: Path) -> None:
    """Leading tones are sharps, the note over the sixth degree is flat."""
    out = tmp_path / "solution.musicxml"
    run("A3 C4 B3 D4 C4 B3 A3", "--species", 2, "-o", out, "--quiet")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from music21 import converter

        score = converter.parse(str(out))
    names = [[n.nameWithOctave for n in part.flatten().notes] for part in score.parts]
    assert [part.partName for part in score.parts] == ["Voice 2", "Cantus firmus"]
    assert names[1] == "A3 C4 B3 D4 C4 B3 A3".split()
    assert names[0][-3:] == ["F#4", "G#4", "A4"]


def test_a_cantus_is_read_from_midi_and_musicxml_whatever_its_note_values(tmp_path: Path) -> None:
    pitches = (62, 65, 64, 67, 64, 62)
    line = tuple(Note(i * PPQ, PPQ, pitch) for i, pitch in enumerate(pitches))
    score = Score((Part("Cantus", "melody", notes=line),))
    write_midi(tmp_path / "cantus.mid", score)
    write_musicxml(tmp_path / "cantus.mxl", score)
    expected = run(CANTUS)
    assert run(tmp_path / "cantus.mid") == expected
    assert run(tmp_path / "cantus.mxl") == expected
    assert run("-", standard_input=(tmp_path / "cantus.mid").read_bytes()) == expected


def test_voices_in_quarters_are_checked_in_the_time_of_their_cantus(tmp_path: Path) -> None:
    """Fifths in parallel, written in other note values than an exercise has."""
    rows = {"Soprano": (69, 72, 71, 74, 73, 74), "Cantus": (62, 65, 64, 67, 64, 62)}
    parts = tuple(
        Part(name, "other", notes=tuple(Note(i * PPQ, PPQ, p) for i, p in enumerate(row)))
        for name, row in rows.items()
    )
    write_musicxml(tmp_path / "two.musicxml", Score(parts))
    text = run(tmp_path / "two.musicxml", "--check")
    assert "fault: bar 2: parallel fifths in voices 1 and 2, D4 A4 to F4 C5" in text
    assert run(tmp_path / "two.musicxml", "--check", "--quiet") == ""
    exercise, _ = check_voices(str(tmp_path / "two.musicxml"), mode="dorian")
    assert str(exercise.mode) == "D dorian"


def test_a_score_holds_the_voices_from_the_highest() -> None:
    solution = solve_cantus(CANTUS, voices=3, place=1)[0]
    score = exercise_score(solution.exercise)
    assert [part.name for part in score.parts] == ["Voice 3", "Cantus firmus", "Voice 1"]
    assert score.key == solution.exercise.mode


def test_the_mode_and_the_places_can_be_told() -> None:
    told = json.loads(run("A4 C5 B4 A4", "--mode", "dorian", "--json"))["solutions"][0]
    assert told["mode"] == "A dorian"
    told = json.loads(
        run(CANTUS, "--voices", 3, "--place", 3, "--voice", 1, "--species", 2, "--json")
    )["solutions"][0]
    assert told["species"] == [2, 1, 1]
    assert told["cantus"] == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["D4"], "1 note"),
        ([" ".join(["D4"] * 400)], "400 notes"),
        (["D1 F1 E1 D1"], "transpose it"),
        ([CANTUS, "--voices", 17], "2 to 4"),
        ([CANTUS, "--species", 6], "1 to 5"),
        ([CANTUS, "--count", 17], "1 to 16"),
        ([CANTUS, "--seed", -1], "0 or more"),
        ([CANTUS, "--place", 3], "1 to 2"),
        ([CANTUS, "--mode", "locrish"], "no key"),
        ([CANTUS, "--mode", "G dorian"], "must end on G"),
        ([f"{CANTUS}\n{CANTUS}"], "one line"),
        ([f"{CANTUS}\n{CANTUS}", "--check", "-o", "x.mid"], "--check only prints"),
        ([CANTUS, "--check"], "1 voice"),
        (["\n".join([CANTUS] * 17), "--check"], "17 voices"),
        ([f"{CANTUS}\n{CANTUS}", "--check", "--place", 3], "there are 2"),
        (["D4h F4\nrh D4h F4", "--check"], "notes of one length"),
        (["D4h F4\nD4 F4h", "--check", "--place", 1], "differ in length"),
        (["missing.mid"], "does not exist"),
        (["D4 what F4"], "is no note"),
        ([CANTUS, "-o", "solution.doc"], "no ending"),
        ([CANTUS, "-o", "nowhere/solution.mid"], "no folder"),
    ],
)
def test_bad_use_is_told_in_one_sentence(arguments: list[object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        run(*arguments)


def test_bad_files_are_told(tmp_path: Path) -> None:
    chord = Part("Piano", "keys", notes=(Note(0, PPQ, 60), Note(0, PPQ, 64)))
    write_midi(tmp_path / "chord.mid", Score((chord,)))
    with pytest.raises(InputError, match="two notes at once"):
        run(tmp_path / "chord.mid")
    (tmp_path / "empty.txt").write_text("# nothing\n", "utf-8")
    with pytest.raises(InputError, match="no notes"):
        read_voices(str(tmp_path / "empty.txt"))
    (tmp_path / "latin.txt").write_bytes(b"D4 \xff")
    with pytest.raises(InputError, match="as text"):
        read_voices(str(tmp_path / "latin.txt"))
    (tmp_path / "long.txt").write_text("D4 " * 40_000, "utf-8")
    with pytest.raises(InputError, match="KiB"):
        read_voices(str(tmp_path / "long.txt"))
    drums = Part("Kit", "drums", notes=(Note(0, PPQ, 36),))
    write_midi(tmp_path / "drums.mid", Score((drums,)))
    with pytest.raises(InputError, match="pitch"):
        read_voices(str(tmp_path / "drums.mid"))
    with pytest.raises(InputError, match="empty"):
        run("-", standard_input="")


def test_files_hold_what_was_found(tmp_path: Path) -> None:
    solution = solve_cantus(CANTUS, species=2)[0]
    for ending in ("mid", "mxl"):
        path = tmp_path / f"s.{ending}"
        run(CANTUS, "--species", 2, "-o", path, "--quiet")
        score = read_midi(path) if ending == "mid" else read_musicxml(path)
        voices = [tuple((n.start, n.pitch) for n in part.notes) for part in score.parts]
        expected = [tuple((n.start, n.pitch) for n in v) for v in solution.exercise.voices[::-1]]
        assert voices == expected
