"""`tapeloom compose --fugue`: files in, a score and its analysis out."""

import functools
import json

import pytest

from tapeloom.app import fugues
from tapeloom.app.commands import main
from tapeloom.app.fugues import read_subject
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.musicxml import read_musicxml, write_musicxml
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.fugue.bach import EXAMPLES

SUBJECT = f"{EXAMPLES[7].head}\n{EXAMPLES[7].subject}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "subject.txt").write_text(SUBJECT)
    return tmp_path


def run(*arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return stopped.value.code or 0


@pytest.mark.slow
def test_a_fugue_is_written_as_midi_with_its_analysis(folder, capsys):
    asked = ["compose", "--fugue", "subject.txt", "--voices", "3", "--seed", "1", "-o", "f.mid"]
    assert run(*asked, "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["parallels"], facts["entries"]) == (0, facts["entries_found"])
    score = read_midi(folder / "f.mid")
    assert [part.name for part in score.parts] == ["Upper voice", "Middle voice", "Bass voice"]
    assert {part.instrument for part in score.parts} == {"organ"}
    told = json.loads((folder / "f.json").read_text())
    spans = told["analysis"]["spans"]
    entries = [span for span in spans if span["kind"] in ("subject", "answer", "stretto")]
    assert len(entries) == facts["entries"]
    upper = {note.start for note in score.parts[0].notes}
    assert all(span["start"] in upper for span in entries if span["voice"] == 2)
    assert run(*asked) == 2
    assert "exists" in capsys.readouterr().err


@pytest.mark.slow
def test_musicxml_has_parts_clefs_key_and_names_in_music21(folder):
    music21 = pytest.importorskip("music21")
    assert run("compose", "--fugue", "subject.txt", "--voices", "3", "--seed", "1",
               "--out", "f.musicxml", "--quiet") == 0  # fmt: skip
    music = music21.converter.parse(folder / "f.musicxml")
    assert [part.partName for part in music.parts] == ["Upper voice", "Middle voice", "Bass voice"]
    clefs = [part.recurse().getElementsByClass("Clef").first().sign for part in music.parts]
    assert (clefs[0], clefs[-1]) == ("G", "F")
    for part in music.parts:
        assert part.recurse().getElementsByClass("KeySignature").first().sharps == -4
        names = {n.pitch.name for n in part.recurse().notes}
        assert not names & {"A#", "D#", "G#", "C-", "F-"}, names  # flats, as the keys are
    ours = read_musicxml(folder / "f.musicxml")
    assert [len(p.notes) for p in ours.parts] == [
        len(p.stripTies().flatten().notes) for p in music.parts
    ]


def test_a_subject_is_read_from_each_kind_of_file(folder):
    read = read_subject(folder / "subject.txt")
    score = Score((Part("s", "melody", notes=read.notes),), keys=((0, read.key),))
    write_midi(folder / "s.mid", score)
    write_musicxml(folder / "s.musicxml", score)
    for name in ("s.mid", "s.musicxml"):
        again = read_subject(folder / name)
        assert again.pitches == read.pitches
        assert again.key == read.key
    assert read_subject(folder / "s.mid", key=Key("F", "minor")).key == Key("F", "minor")
    write_midi(folder / "plain.mid", Score((Part("s", "melody", notes=read.notes),)))
    assert str(read_subject(folder / "plain.mid").key).endswith(("major", "minor"))


BAD = {
    "one.txt": ("C4:4", "1 note"),
    "long.txt": ("C4:1 D4 E4 F4 " * 10, "40 bars"),
    "high.txt": ("C8:4 D8 E8 F8", "move it by octaves"),
    "empty.txt": ("key: C major", "no notes"),
    "noise.txt": ("hello", "is no note"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_subjects_end_in_a_sentence(folder, capsys, name):
    text, told = BAD[name]
    (folder / name).write_text(text)
    assert run("compose", "--fugue", name, "-o", "f.mid") == 2
    assert told in " ".join(capsys.readouterr().err.split())
    assert not (folder / "f.mid").exists()


def test_polyphony_parts_and_strange_files_are_refused(folder):
    chord = tuple(Note(i * PPQ, PPQ, p + 2 * i) for i in range(4) for p in (60, 64))
    write_midi(folder / "two.mid", Score((Part("s", "melody", notes=chord),)))
    with pytest.raises(InputError, match="two notes at once"):
        read_subject(folder / "two.mid", key=Key("C", "major"))
    parts = tuple(Part(n, "melody", notes=(Note(0, PPQ, 60),)) for n in ("a", "b"))
    write_midi(folder / "parts.mid", Score(parts))
    with pytest.raises(InputError, match="2 parts"):
        read_subject(folder / "parts.mid")
    (folder / "s.wav").write_bytes(b"")
    (folder / "big.txt").write_text("C4:4 " * 20_000)
    for name, told in (("s.wav", "cannot be read"), ("none.mid", "is no file"),
                       ("big.txt", "longer")):  # fmt: skip
        with pytest.raises(InputError, match=told):
            read_subject(folder / name)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--fugue", "subject.txt", "--voices", "17"), "3 or 4"),
        (("--voices", "3"), "--fugue"),
        (("--fugue", "subject.txt", "--bars", "9"), "--bars cannot be given"),
        (("--fugue", "subject.txt", "--performance"), "--performance cannot be given"),
        (("--fugue", "subject.txt", "--meter", "3/4", "-o", "g.mid"), "--meter"),
        (("--fugue", "subject.txt", "-o", "g.wav"), "no score"),
        (("--fugue", "subject.txt", "-o", "none/g.mid"), "folder that exists"),
        (("--fugue", "subject.txt", "--seed", "-1"), "seed is -1"),
    ],
)
def test_options_that_do_not_go_together_are_refused(capsys, arguments, told):
    assert run("compose", *arguments) == 2
    assert told in " ".join(capsys.readouterr().err.split())


@pytest.mark.slow
def test_a_drawn_subject_takes_key_and_meter(folder, capsys, monkeypatch):
    quick = functools.partial(fugues.compose_fugue, attempts=1)
    monkeypatch.setattr(fugues, "compose_fugue", quick)
    assert run("compose", "--fugue", "draw", "--voices", "3", "--key", "G", "--meter", "3/4",
               "--seed", "2", "--out", str(folder)) == 0  # fmt: skip
    assert "G major, 3/4" in capsys.readouterr().out
    assert read_midi(folder / "fugue-2.mid").parts
