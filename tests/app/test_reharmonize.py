import json
import os
from pathlib import Path

import mido
import pytest
import typer
from typer.testing import CliRunner

from tapeloom.app.commands.harmonize import harmonize
from tapeloom.app.commands.reharmonize import reharmonize
from tapeloom.app.kernels import is_theory_compiled
from tapeloom.app.song import find_tune, read_song
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.midi import read_midi, write_midi
from tapeloom.core.musicxml import read_musicxml, write_musicxml
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.chart import read_chart
from tapeloom.theory.romantext import read_romantext

BAR = 4 * PPQ
TUNE = "Dm7 G7 | Cmaj7 A7 | Dm7 G7 | C6"
app = typer.Typer()
app.command()(reharmonize)
app.command()(harmonize)


def run(*arguments: object, standard_input: str | bytes | None = None) -> str:
    result = CliRunner().invoke(app, [str(a) for a in arguments], input=standard_input)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout


def read(*arguments: object, standard_input: str | bytes | None = None) -> dict[str, object]:
    return json.loads(run(*arguments, "--json", standard_input=standard_input))


def names(found: dict[str, object], alternative: int = 0) -> list[str]:
    chords = found["alternatives"][alternative]["chords"]  # type: ignore[index]
    return [chord["chord"] for chord in chords]


@pytest.fixture
def melody() -> Score:
    """Eight bars of a melody in F over drums, without chords."""
    line = (65, 67, 69, 72, 70, 69, 67, 65, 67, 69, 70, 67, 69, 65, 65, 65) * 2
    tune = tuple(Note(i * PPQ, PPQ, pitch) for i, pitch in enumerate(line))
    kit = tuple(Note(i * PPQ, PPQ // 2, 36, 90) for i in range(32))
    parts = (Part("Voice", "melody", "", tune, 53), Part("Kit", "drums", "", kit))
    return Score(parts, keys=((0, Key("F", "major")),))


@pytest.mark.parametrize(
    "chart",
    [
        "Gbmaj7 Ebm7 Abm7 Db7",
        "F#maj7 D#m7 G#m7 C#7",
        "Abm7 Db7 Gbmaj7",
        "C#maj7 A#m7 D#m7 G#7",
        "Abm7 Dbm7 Eb7 Abm6",
        "G#m7 C#m7 D#7 G#m6",
        "Cb Fb Gb7 Cb",
        "Dm7/A Bb7 A7 Dm",
    ],
)
def test_roots_keep_the_names_that_were_typed(chart: str) -> None:
    told = read("reharmonize", chart, "--amount", 0)
    assert names(told) == chart.split()


def test_the_example_of_the_manual() -> None:
    text = run("reharmonize", "Dm7 G7 Cmaj7", "--amount", 0.9, "--style", "jazz")
    chart, *reasons = text.splitlines()
    assert chart.startswith("| ")
    assert read_chart(chart)[-1].end == 3 * BAR
    assert reasons
    assert all(reason.startswith("  bar ") for reason in reasons)


def test_amount_0_changes_nothing_and_a_seed_finds_the_same_again() -> None:
    assert names(read("reharmonize", TUNE, "--amount", 0)) == [
        "Dm7", "G7", "Cmaj7", "A7", "Dm7", "G7", "C6",
    ]  # fmt: skip
    first, second = (read("reharmonize", TUNE, "--amount", 0.8, "--seed", 5) for _ in range(2))
    assert first == second
    assert first["alternatives"][0]["changes"]  # type: ignore[index]


def test_locked_chords_stay() -> None:
    for seed in range(4):
        arguments = ("--amount", 1, "--lock", "2, 7", "--seed", seed)
        found = read("reharmonize", TUNE, *arguments)["alternatives"][0]["chords"]  # type: ignore[index]
        at = {(chord["bar"], chord["beat"]): chord["chord"] for chord in found}
        assert (at[1, 3], at[4, 1]) == ("G7", "C6")


def test_alternatives_differ_and_are_ranked(tmp_path: Path) -> None:
    arguments = ("--count", 3, "--amount", 0.8, "--out", tmp_path / "x.txt")
    found = read("reharmonize", TUNE, *arguments)
    options = found["alternatives"]
    assert len(options) == 3  # type: ignore[arg-type]
    costs = [option["cost"] for option in options]  # type: ignore[union-attr]
    assert costs == sorted(costs)
    assert len({tuple(names(found, i)) for i in range(3)}) == 3
    for i in range(3):
        text = (tmp_path / f"x-{i + 1}.txt").read_text()
        assert [str(span.chord) for span in read_chart(text.splitlines()[0])]


def test_meters_of_text_and_standard_input() -> None:
    waltz = read(
        "reharmonize", "-", "--meter", "3/4", "--amount", 0, standard_input="C | F G | C\n"
    )
    chords = waltz["alternatives"][0]["chords"]  # type: ignore[index]
    assert [(chord["bar"], chord["beat"]) for chord in chords] == [(1, 1), (2, 1), (2, 3), (3, 1)]
    numerals = "Time Signature: 4/4\nm1 C: ii7 b3 V7\nm2 I\n"
    assert names(read("reharmonize", "-", "--amount", 0, standard_input=numerals)) == [
        "Dm7", "G7", "C",
    ]  # fmt: skip


def test_files_of_every_kind_hold_the_chords(tmp_path: Path, melody: Score) -> None:
    write_midi(tmp_path / "song.mid", melody)
    for ending in (".mid", ".musicxml", ".mxl", ".rntxt", ".txt", ".json"):
        run("harmonize", tmp_path / "song.mid", "--out", tmp_path / f"out{ending}", "--quiet")
    found = json.loads((tmp_path / "out.json").read_text())
    told = [Chord.parse(chord["chord"]) for chord in found["chords"]]
    assert found["key"] == "F major"
    for ending in (".musicxml", ".mxl"):
        score = read_musicxml(tmp_path / f"out{ending}")
        assert [span.chord for span in score.chords] == told
        assert [part.role for part in score.parts] == ["melody", "keys", "bass", "drums"]
        assert score.parts[0].notes == melody.parts[0].notes
    chart = read_chart((tmp_path / "out.txt").read_text())
    assert [span.chord for span in chart] == told
    numerals = read_romantext((tmp_path / "out.rntxt").read_text())
    entries = [entry.numeral.chord(entry.key) for entry in numerals.entries if entry.numeral]
    assert entries == told
    midi = read_midi(tmp_path / "out.mid")
    assert midi.parts[0].notes == melody.parts[0].notes
    assert midi.parts[3].notes == melody.parts[1].notes
    for span in chart:
        low = [n.pitch for n in midi.part("bass").notes if n.start == span.start]
        assert [pitch % 12 for pitch in low] == [span.chord.bass_pitch_class]
        voices = [n.pitch for n in midi.part("keys").notes if n.start == span.start]
        assert len(voices) >= 3


def test_a_songs_melody_is_kept_and_suited(tmp_path: Path, melody: Score) -> None:
    write_midi(tmp_path / "song.mid", melody)
    run("harmonize", tmp_path / "song.mid", "--out", tmp_path / "a.musicxml")
    out = tmp_path / "b.mid"
    text = run("reharmonize", tmp_path / "a.musicxml", "--keep", "melody", "--out", out,
               "--amount", 0.7)  # fmt: skip
    assert "melody" in text
    assert read_midi(out).parts[0].notes == melody.parts[0].notes
    bare = tmp_path / "c.mid"
    run("reharmonize", tmp_path / "a.musicxml", "--keep", "nothing", "--out", bare, "--quiet")
    assert [part.role for part in read_midi(bare).parts] == ["keys", "bass"]


def test_a_midi_song_without_chords_is_heard_first(tmp_path: Path) -> None:
    spans = read_chart("C | F | G7 | C")
    notes = tuple(
        Note(s.start, BAR, 48 + s.chord.root + k) for s in spans for k in s.chord.intervals
    )
    write_midi(tmp_path / "song.mid", Score((Part("Piano", "keys", "", notes),)))
    found = read("reharmonize", tmp_path / "song.mid", "--amount", 0)
    assert names(found) == ["C", "F", "G7", "C"]
    data = (tmp_path / "song.mid").read_bytes()
    assert read("reharmonize", "-", "--amount", 0, standard_input=data) == found


def test_the_melody_of_a_piano_piece_is_its_top_line() -> None:
    chords = tuple(Note(i * BAR, BAR, 48 + p) for i in range(2) for p in (0, 4, 7))
    top = tuple(Note(i * PPQ, PPQ, 72 + i % 3) for i in range(8))
    score = Score((Part("Piano", "keys", "", chords + top),))
    assert find_tune(score) == top


def test_chords_in_musicxml_are_spelled(tmp_path: Path) -> None:
    chords = (ChordSpan(0, BAR, Chord.parse("Gb7")), ChordSpan(BAR, 2 * BAR, Chord(1)))
    song = Score((), keys=((0, Key("Db", "major")),), chords=chords)
    write_musicxml(tmp_path / "a.mxl", song)
    out = tmp_path / "b.musicxml"
    run("reharmonize", tmp_path / "a.mxl", "--amount", 0, "--out", out)
    text = "".join(out.read_text().split())
    assert "<root-step>G</root-step><root-alter>-1</root-alter>" in text
    assert "<step>F</step><alter>1</alter>" not in text


def bent(path: Path) -> None:
    """Write notes that are bent away from the keys of a piano."""
    file, track = mido.MidiFile(), mido.MidiTrack()
    file.tracks.append(track)
    for i in range(16):
        track.append(mido.Message("pitchwheel", pitch=400 * i - 3000))
        track.append(mido.Message("note_on", note=60 + i % 7, velocity=90))
        track.append(mido.Message("note_off", note=60 + i % 7, time=240))
    file.save(path)


def test_microtones_one_note_and_twelve_pitches_give_an_answer(tmp_path: Path) -> None:
    bent(tmp_path / "bent.mid")
    for name, pitches in (("one", (60,)), ("twelve", tuple(range(60, 72)))):
        notes = tuple(Note(0, PPQ, pitch) for pitch in pitches)
        write_midi(tmp_path / f"{name}.mid", Score((Part("x", "keys", notes=notes),)))
    for name in ("bent", "one", "twelve"):
        for verb in ("reharmonize", "harmonize"):
            assert run(verb, tmp_path / f"{name}.mid").startswith("| ")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["reharmonize", "H7b5"], "'H7b5' is no chord"),
        (["reharmonize", ""], "no chord in the chart"),
        (["reharmonize", "x" * 5000], "is no chord"),
        (["reharmonize", "no.mid"], "does not exist"),
        (["reharmonize", "-"], "standard input is empty"),
        (["reharmonize", TUNE, "--amount", "3"], "amount is 3"),
        (["reharmonize", TUNE, "--amount", "nan"], "amount is nan"),
        (["reharmonize", TUNE, "--style", "polka"], "'polka' is no style"),
        (["reharmonize", TUNE, "--key", "H"], "'H' is no key"),
        (["reharmonize", TUNE, "--meter", "4/0"], "is no meter"),
        (["reharmonize", TUNE, "--lock", "9"], "there are chords 1 to 7"),
        (["reharmonize", TUNE, "--lock", "x"], "--lock is 'x'"),
        (["reharmonize", TUNE, "--count", "0"], "count is 0"),
        (["reharmonize", TUNE, "--seed", "-1"], "seed is -1"),
        (["reharmonize", TUNE, "--keep", "bass"], "'bass' cannot be kept"),
        (["reharmonize", TUNE, "--out", "x.pdf"], "no ending that is known"),
        (["reharmonize", TUNE, "--out", "no/x.mid"], "a folder that exists"),
        (["harmonize", TUNE], "there is no melody"),
        (["harmonize", "drums.mid"], "no pitched notes"),
        (["harmonize", "empty.mid"], "no pitched notes"),
        (["reharmonize", "drums.mid"], "no pitched notes"),
        (["reharmonize", "text.mid"], "no MIDI file"),
        (["reharmonize", "zero.mid"], "is empty"),
        (["reharmonize", "one.mid", "--meter", "3/4"], "which has its own"),
        (["harmonize", "one.mid", "--richness", "2"], "richness is 2"),
        (["harmonize", "one.mid", "--style", "polka"], "'polka' is no style"),
        (["reharmonize", "binary.txt"], "cannot be read as text"),
        (["reharmonize", "bad.rntxt"], "bad.rntxt cannot be read"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_bad_use_is_one_sentence(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kit = (Part("Kit", "drums", notes=(Note(0, PPQ, 36),)),)
    write_midi(tmp_path / "drums.mid", Score(kit))
    write_midi(tmp_path / "empty.mid", Score(()))
    write_midi(tmp_path / "one.mid", Score((Part("x", "keys", notes=(Note(0, PPQ, 60),)),)))
    (tmp_path / "text.mid").write_text("I am no music\n")
    (tmp_path / "zero.mid").write_bytes(b"")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)))
    (tmp_path / "bad.rntxt").write_text("m1 C: quux\n")
    with pytest.raises(InputError, match=sentence) as caught:
        run(*arguments)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_romantext_is_a_source(tmp_path: Path) -> None:
    path = tmp_path / "a.rntxt"
    path.write_text("Title: Air\nTime Signature: 3/4\nm1 a: i b3 viio6\nm2 i\nm3 C: V7\nm4 I\n")
    song = read_song(str(path))
    assert song.title == "Air"
    assert [str(key) for _, key in song.score.keys] == ["A minor", "C major"]
    assert [str(span.chord) for span in song.score.chords][-2:] == ["G7", "C"]


def test_the_first_use_is_announced_until_the_loops_are_compiled(tmp_path: Path) -> None:
    source = tmp_path / "theory" / "tracking.py"
    cache = source.parent / "__pycache__"
    cache.mkdir(parents=True)
    source.write_text("")
    assert not is_theory_compiled(tmp_path)
    (cache / "tracking.walk-1.py311.nbi").write_bytes(b"")
    os.utime(source, (100, 100))
    assert is_theory_compiled(tmp_path)
    os.utime(cache / "tracking.walk-1.py311.nbi", (50, 50))
    assert not is_theory_compiled(tmp_path)
    (cache / "tracking.walk-2.py311.nbi").write_bytes(b"")
    assert is_theory_compiled(tmp_path)
