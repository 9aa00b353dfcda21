import json
import warnings
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tapeloom.app.chorales import set_for_choir, set_song_for_choir
from tapeloom.app.commands.arrange import arrange
from tapeloom.app.song import Song
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.musicxml import read_musicxml, write_musicxml
from tapeloom.core.score import Mark, Note, Part, Score
from tapeloom.core.time import PPQ

app = typer.Typer()
app.command()(arrange)
TUNE = (
    67,
    67,
    66,
    64,
    62,
    67,
    69,
    71,
    71,
    71,
    71,
    69,
    67,
    72,
    71,
    69,
    74,
    71,
    67,
    69,
    72,
    71,
    69,
    67,
)


def run(*arguments: object, standard_input: str | bytes | None = None) -> str:
    result = CliRunner().invoke(app, [str(a) for a in arguments], input=standard_input)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout


def melody(*pitches: int, parts: int = 1) -> Score:
    notes = tuple(Note(i * PPQ, PPQ, pitch) for i, pitch in enumerate(pitches))
    return Score(
        tuple(Part(f"Voice {i}", "other", "", notes, 53) for i in range(parts)),
        keys=((0, Key("G", "major")),),
    )


def test_a_progression_is_printed_and_written(tmp_path: Path) -> None:
    target = tmp_path / "chorale.musicxml"
    text = run("I V65/V | V7 I", "--satb", "--key", "Eb", "--out", target)
    assert text.splitlines()[0].startswith("chords  | Eb  F7/A | Bb7 Eb")
    assert text.splitlines()[-1] == f"wrote {target}"
    score = read_musicxml(target)
    assert [part.name for part in score.parts] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert score.key == Key("Eb", "major")
    assert [str(span.chord) for span in score.chords] == ["Eb", "F7/A", "Bb7", "Eb"]
    with pytest.raises(InputError, match="exists; use --force"):
        run("C F", "--satb", "--out", target)
    assert run("C F", "--satb", "--out", target, "--force", "--quiet") == ""


def test_music21_opens_it(tmp_path: Path) -> None:
    target = tmp_path / "chorale.musicxml"
    run("key: G\nG F#:6 | G C:65 | D:7 G", "--satb", "--meter", "2/4", "--out", target)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from music21 import converter  # type: ignore[import-untyped]

        score = converter.parse(target)
        basses = [note.nameWithOctave for note in score.parts[3].flatten().notes]
    assert len(score.parts) == 4
    assert basses == ["G2", "F#2", "G2", "C3", "D3", "G3"]


@pytest.mark.parametrize("ending", ["mid", "mxl", "txt", "json", "rntxt"])
def test_every_format_is_written(ending: str, tmp_path: Path) -> None:
    target = tmp_path / f"chorale.{ending}"
    run("C G/B | Am F | G7 C", "--satb", "--out", target, "--quiet")
    assert target.stat().st_size > 0
    if ending == "mid":
        assert len(read_midi(target).parts) == 4
    elif ending == "json":
        found = json.loads(target.read_text("utf-8"))
        assert set(found["voices"]) == {"bass", "tenor", "alto", "soprano"}
        assert found["faults"] == []


def test_a_text_file_a_romantext_and_standard_input(tmp_path: Path) -> None:
    chart = tmp_path / "chorale.txt"
    chart.write_text("title: Air\nkey: C minor\ni iv | V7 i ||\nVI iio6 | V i\n", "utf-8")
    setting = set_for_choir(str(chart))
    assert (setting.title, setting.chorale.phrases) == ("Air", (8 * PPQ,))
    roman = tmp_path / "chorale.rntxt"
    roman.write_text("Time Signature: 4/4\n\nm1 G: I b3 V6\nm2 I\n", "utf-8")
    assert str(set_for_choir(str(roman)).chorale.key) == "G major"
    told = json.loads(run("-", "--satb", "--json", standard_input="C F G C"))
    assert [each["chord"] for each in told["chords"]][-1] == "C"


def test_roots_keeps_symbols_as_they_are() -> None:
    free = set_for_choir("C G | Am Em | F C | G C")
    firm = set_for_choir("C G | Am Em | F C | G C", roots=True)
    assert any(span.chord.bass is not None for span in free.chorale.chords)
    assert all(span.chord.bass is None for span in firm.chorale.chords)


def test_a_melody_is_harmonised_with_its_fermatas(tmp_path: Path) -> None:
    source = tmp_path / "tune.musicxml"
    write_musicxml(source, melody(*TUNE))
    text = source.read_text("utf-8")
    head, *rest = text.split("</note>")
    rest[6] = rest[6] + "<notations><fermata/></notations>"  # the eighth note
    source.write_text("</note>".join([head, *rest]), "utf-8")
    assert read_musicxml(source).parts[0].marks == (Mark(7 * PPQ, 71, "fermata"),)
    setting = set_for_choir(str(source))
    assert setting.chorale.phrases == (8 * PPQ,)
    assert [note.pitch for note in setting.score.parts[0].notes] == list(TUNE)
    assert setting.remarks == ()
    low = tmp_path / "low.mid"
    write_midi(low, melody(*(pitch - 12 for pitch in TUNE)))
    assert set_for_choir(str(low)).remarks == ("the melody went up 1 octave(s), for a soprano",)


def test_passing_notes_fill_the_lower_voices() -> None:
    plain = set_for_choir("C Am | F Dm | G C", roots=True)
    passing = set_for_choir("C Am | F Dm | G C", roots=True, passing=True)
    assert passing.chorale.faults == ()
    assert len(passing.score.parts[3].notes) > len(plain.score.parts[3].notes)
    assert passing.score.parts[0].notes == plain.score.parts[0].notes
    assert "B2" in run("C Am | F Dm | G C", "--satb", "--roots", "--passing").splitlines()[4]


def test_bad_input_is_told_in_a_sentence(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("", "utf-8")
    for name, score in (
        ("wide", melody(30, 100)), ("one", melody(60)), ("many", melody(60, 62, parts=17)),
    ):  # fmt: skip
        write_midi(tmp_path / f"{name}.mid", score)
    for source, match in (
        (tmp_path / "wide.mid", "a soprano sings C4 to A5"),
        (tmp_path / "one.mid", "the melody has 1 note"),
        (tmp_path / "many.mid", "there are 17 parts"),
        (empty, "empty.txt is empty"),
        ("C H7", "'H7' is no chord"),
        (tmp_path / "none.mid", "does not exist"),
        ("I V", "numerals need a key"),
    ):
        with pytest.raises(InputError, match=match):
            run(source, "--satb")
    with pytest.raises(InputError, match="--band cannot be given with --satb"):
        run("C F", "--satb", "--band", "jazz-trio")
    with pytest.raises(InputError, match="--roots goes with --satb"):
        run("C F", "--roots")
    with pytest.raises(InputError, match="neither a melody nor a chord"):
        set_song_for_choir(Song(Score(())))
    with pytest.raises(InputError, match="standard input is empty"):
        run("-", "--satb", standard_input="")
