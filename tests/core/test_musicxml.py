import io
import re
import zipfile
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapeloom.core.chord_xml import read_harmony, write_harmony
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.musicxml import read_musicxml, write_musicxml
from tapeloom.core.note_values import note_value, split_length
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.core.xml_files import MAX_BYTES, MAX_TAGS

BAR = 4 * PPQ


def song() -> Score:
    """Two parts and drums in changing meters, keys and tempi, with ties over the bar lines."""
    keys = tuple(Note(i * BAR + 3 * PPQ, 2 * PPQ, p) for i in range(3) for p in (48, 64, 67, 71))
    lead = tuple(Note(i * PPQ // 3, PPQ // 3, 72 + i % 5, 30 + i) for i in range(30))
    kit = tuple(Note(i * PPQ, PPQ // 2, pitch, 90) for i in range(16) for pitch in (36, 42))
    return Score(
        (
            Part("Rhodes", "keys", "electric_piano", keys, 4),
            Part("Lead", "melody", "", lead, 73),
            Part("Kit", "drums", "dusty_kit", kit),
        ),
        TempoMap(((0, Fraction(75)), (BAR, Fraction(181, 2)))),
        ((0, Meter()), (2 * BAR, Meter(6, 8)), (2 * BAR + 3 * PPQ, Meter(7, 8))),
        ((0, Key("Eb", "major")), (2 * BAR, Key("A", "dorian"))),
        (
            ChordSpan(0, 2 * PPQ, Chord.parse("Ebm9/Bb")),
            ChordSpan(2 * PPQ, BAR, Chord.parse("C7alt")),
            ChordSpan(5 * PPQ, 2 * BAR, Chord.parse("D|C7")),
        ),
    )


def same(a: Score, b: Score) -> bool:
    def told(s: Score) -> tuple[object, ...]:
        return (s.parts, s.tempo, s.meters, s.keys, s.chords)

    return told(a) == told(b)


@pytest.mark.parametrize("name", ["song.musicxml", "song.xml", "song.mxl"])
def test_what_is_written_is_read_back(tmp_path: Path, name: str) -> None:
    score = song()
    write_musicxml(tmp_path / name, score, title="A & <B>\x07", composer="C")
    assert (tmp_path / name).read_bytes()[:2] == (b"PK" if name.endswith("mxl") else b"<?")
    found = read_musicxml(tmp_path / name)
    last = max(span.end for span in found.chords)  # the last chord holds to the end
    assert last == score.chords[-1].end
    assert same(found, score)
    assert [path.name for path in tmp_path.iterdir()] == [name]


onsets = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 40), st.integers(30, 90), st.integers(1, 127)),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    onsets,
    st.sampled_from([PPQ // 4, PPQ // 3, PPQ // 12, 37, 1]),
    st.sampled_from(["keys", "melody", "bass"]),
)
def test_every_rhythm_comes_back(
    tmp_path: Path, rows: list[tuple[int, int, int, int]], step: int, role: str
) -> None:
    free: dict[int, int] = {}
    notes = []
    for onset, length, pitch, velocity in sorted(rows):
        if free.get(pitch, 0) <= onset * step:
            notes.append(Note(onset * step, length * step, pitch, velocity))
            free[pitch] = (onset + length) * step
    score = Score((Part(role, role, notes=tuple(notes)),), meters=((0, Meter(5, 8)),))
    write_musicxml(tmp_path / "x.musicxml", score)
    found = read_musicxml(tmp_path / "x.musicxml")
    assert [part.notes for part in found.parts] == [part.notes for part in score.parts if notes]


@pytest.mark.parametrize("quality", QUALITIES)
def test_every_chord_quality_comes_back_from_its_element(quality: str) -> None:
    for chord in (Chord(1, quality), Chord(7, quality, 4)):
        assert read_harmony(write_harmony(chord, chord.symbol())) == chord


def test_music21_reads_the_same_notes_and_chords(tmp_path: Path) -> None:
    converter = pytest.importorskip("music21.converter")
    score = song()
    write_musicxml(tmp_path / "song.musicxml", score)
    theirs = converter.parse(tmp_path / "song.musicxml")
    notes = []
    for part in list(theirs.parts)[:3]:  # the keys have two staves
        for element in part.stripTies().flatten().notes:
            if "Harmony" not in element.classes:
                start = Fraction(element.offset).limit_denominator(1000) * PPQ
                notes += [(int(start), p.midi) for p in element.pitches]
    ours = [(n.start, n.pitch) for part in score.parts[:2] for n in part.notes]
    assert sorted(notes) == sorted(ours)
    flat = theirs.flatten()
    chords = [h for h in flat.getElementsByClass("ChordSymbol") if h.pitches]
    assert {p.pitchClass for p in chords[0].pitches} == {3, 6, 10, 1, 5}
    assert [float(h.offset) for h in chords] == [0.0, 2.0, 5.0]
    assert {m.number for m in flat.getElementsByClass("MetronomeMark")} == {75, 90.5}
    assert [k.sharps for k in theirs.parts[0].flatten().getElementsByClass("KeySignature")] == [
        -3, 1,
    ]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
def test_partitura_reads_the_same_notes(tmp_path: Path) -> None:
    partitura = pytest.importorskip("partitura")
    score = song()
    score = replace(score, parts=score.parts[:2])  # it stumbles over two drums at once
    write_musicxml(tmp_path / "song.musicxml", score)
    theirs = partitura.load_musicxml(tmp_path / "song.musicxml")
    for part, ours in zip(theirs.parts[:2], score.parts[:2], strict=True):
        rows = part.note_array()
        found = sorted((round(float(r["onset_quarter"]), 3), int(r["pitch"])) for r in rows)
        assert found == sorted((round(n.start / PPQ, 3), n.pitch) for n in ours.notes)


def document(measures: str, *, head: str = "", parts: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<score-partwise>'
        f'<part-list><score-part id="P1"><part-name>Alto Sax</part-name>{parts}</score-part>'
        f'</part-list><part id="P1">{measures}</part></score-partwise>'
    )


def note(step: str, duration: int, *, inside: str = "", alter: str = "") -> str:
    bent = f"<alter>{alter}</alter>" if alter else ""
    pitch = f"<pitch><step>{step}</step>{bent}<octave>4</octave></pitch>"
    return f"<note>{pitch}<duration>{duration}</duration>{inside}</note>"


def read(tmp_path: Path, text: str | bytes, name: str = "x.musicxml") -> Score:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_musicxml(path)


START = (
    "<attributes><divisions>2</divisions><key><fifths>{fifths}</fifths></key><time><beats>3</beats>"
    "<beat-type>4</beat-type></time>{more}</attributes>"
)


def test_a_pickup_ends_where_the_first_whole_bar_begins(tmp_path: Path) -> None:
    first = START.format(fifths=0, more="")
    text = document(
        f"<measure>{first}{note('G', 2)}</measure><measure>{note('C', 6)}</measure>"
        f"<measure>{note('D', 4)}</measure>"
    )
    found = read(tmp_path, text)
    assert [(n.start // PPQ, n.pitch) for n in found.parts[0].notes] == [(2, 67), (3, 60), (6, 62)]
    assert found.meters == ((0, Meter(3, 4)),)
    assert found.keys == ((0, Key("C", "major")),)


def test_a_longer_measure_gets_a_meter_of_its_own(tmp_path: Path) -> None:
    first = START.format(fifths=0, more="")
    text = document(
        f"<measure>{first}{note('G', 6)}</measure><measure>{note('C', 7)}</measure>"
        f"<measure>{note('D', 6)}</measure>"
    )
    found = read(tmp_path, text)
    meters = [(tick / PPQ, str(meter)) for tick, meter in found.meters]
    assert meters == [(0, "3/4"), (3, "7/8"), (6.5, "3/4")]


def test_a_transposing_instrument_comes_as_it_sounds(tmp_path: Path) -> None:
    more = "<transpose><diatonic>-5</diatonic><chromatic>-9</chromatic></transpose>"
    harmony = "<harmony><root><root-step>A</root-step></root><kind>minor</kind></harmony>"
    first = START.format(fifths=3, more=more)
    found = read(tmp_path, document(f"<measure>{first}{harmony}{note('A', 6)}</measure>"))
    assert found.parts[0].notes[0].pitch == 60
    assert found.parts[0].role == "melody"
    assert found.keys[0][1] == Key("C", "major")
    assert str(found.chords[0].chord) == "Cm"


def test_quarter_tones_grace_and_cue_notes(tmp_path: Path) -> None:
    grace = "<note><grace/><pitch><step>A</step><octave>5</octave></pitch></note>"
    cue = note("B", 2).replace("<note>", "<note><cue/>")
    first = START.format(fifths=0, more="")
    text = document(f"<measure>{first}{grace}{note('C', 2, alter='0.5')}{cue}</measure>")
    assert [n.pitch for n in read(tmp_path, text).parts[0].notes] == [61]


def test_ties_are_joined_whichever_way_they_are_told(tmp_path: Path) -> None:
    first = START.format(fifths=0, more="")
    start = '<tie type="start"/>'
    for begin, end in ((start, '<tie type="stop"/>'), (start, ""),
                       ('<notations><tied type="start"/></notations>', "")):  # fmt: skip
        text = document(
            f"<measure>{first}{note('C', 6, inside=begin)}</measure>"
            f"<measure>{note('C', 2, inside=end)}{note('C', 4)}</measure>"
        )
        notes = read(tmp_path, text).parts[0].notes
        assert [(n.start // PPQ, n.duration // PPQ) for n in notes] == [(0, 4), (4, 2)]


def test_timewise_utf16_and_a_tempo_in_words(tmp_path: Path) -> None:
    first = START.format(fifths=-2, more="")
    tempo = (
        "<direction><direction-type><metronome><beat-unit>half</beat-unit><per-minute>c. 44"
        "</per-minute></metronome></direction-type></direction>"
    )
    text = document(f"<measure>{first}{tempo}{note('C', 6)}</measure>")
    text = text.replace('<part id="P1"><measure>', '<measure><part id="P1">')
    text = text.replace("</measure></part>", "</part></measure>")
    text = text.replace("score-partwise", "score-timewise").replace("UTF-8", "UTF-16")
    found = read(tmp_path, text.encode("utf-16"))
    assert float(found.tempo.initial_bpm) == 88
    assert found.keys[0][1] == Key("Bb", "major")
    assert len(found.parts[0].notes) == 1


def bomb() -> str:
    entities = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">'
    return document("<measure>&b;</measure>", head=f"<!DOCTYPE score-partwise [{entities}]>")


def packed(name: str, data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no MusicXML"),
        (b"this is no music\n" * 9, "no MusicXML"),
        (b"<html><body/></html>", "no MusicXML score"),
        (bomb().encode(), "declares entities"),
        (bomb().replace("UTF-8", "UTF-16").encode("utf-16"), "declares entities"),
        (b"PK\x03\x04 cut off", "unpacked"),
        (packed("a.txt", b"x"), "holds no MusicXML"),
        (packed("a.xml", b" " * (MAX_BYTES + 1)), "64 MiB"),
        (packed("a.xml", b"<a/>" * (MAX_TAGS + 1)), "tags"),
        (document("<measure><attributes><divisions>0</divisions></attributes></measure>").encode(),
         "divisions"),
        (document(f"<measure>{note('C', 2).replace('>2<', '>1e999<')}</measure>").encode(),
         "should"),
        (document(f"<measure>{note('C', 10**30)}</measure>").encode(), "cannot be read"),
    ],
    ids=["empty", "text", "html", "entities", "entities in UTF-16", "cut", "no score", "huge",
         "tags", "divisions", "number", "endless"],
)  # fmt: skip
def test_bad_files_get_one_sentence(tmp_path: Path, data: bytes, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        read(tmp_path, data)
    assert "\n" not in str(caught.value)
    assert "x.musicxml" in str(caught.value)


def test_a_missing_file_and_a_score_without_music(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_musicxml(tmp_path / "no.mxl")
    write_musicxml(tmp_path / "empty.mxl", Score(()))
    assert read_musicxml(tmp_path / "empty.mxl").parts == ()
    chords = Score((), chords=(ChordSpan(0, BAR, Chord.parse("Dm7")),))
    write_musicxml(tmp_path / "chords.mxl", chords)
    assert read_musicxml(tmp_path / "chords.mxl").chords == chords.chords


def test_spelling_and_symbols_may_be_given(tmp_path: Path) -> None:
    score = Score(
        (Part("lead", "melody", notes=(Note(0, PPQ, 59), Note(PPQ, PPQ, 61))),),
        chords=(ChordSpan(0, BAR, Chord(6, "7")),),
    )
    path = tmp_path / "x.musicxml"
    write_musicxml(path, score, places=((-7, -5),), symbols=("F#7",))
    text = "".join(path.read_text().split())
    assert "<step>C</step><alter>-1</alter><octave>4</octave>" in text
    assert "<root-step>F</root-step><root-alter>1</root-alter>" in text
    with pytest.raises(InputError, match="no name for"):
        write_musicxml(path, score, places=((0, 0),))
    with pytest.raises(InputError, match="symbols"):
        write_musicxml(path, score, symbols=("F#7", "G"))


@given(st.integers(0, 400), st.integers(1, 400), st.sampled_from([105, 210, 360, 840]))
def test_a_split_covers_its_stretch(start: int, length: int, unit: int) -> None:
    first, stop = start * unit, (start + length) * unit
    pieces = split_length(first, stop, origin=0, beat=PPQ)
    assert pieces[0][0] == first
    assert pieces[-1][1] == stop
    assert all(a[1] == b[0] for a, b in pairwise(pieces))
    if unit == 840 and length % 3 == 0:
        assert all(note_value(b - a) for a, b in pieces)


@pytest.mark.parametrize("seed", range(40))
def test_mutated_files_give_a_score_or_one_sentence(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    write_musicxml(tmp_path / "song.musicxml", song())
    data = bytearray((tmp_path / "song.musicxml").read_bytes()[: 6000 if seed % 2 else None])
    values = [m.span(1) for m in re.finditer(rb">([^<>\s]+)<", data)]
    for start, end in rng.choice(values, 8, replace=False).tolist():
        odd = (b"-7", b"0", b"1e9", b"x", b"", b"99999", b"4.5", b"nan")[rng.integers(8)]
        data[start:end] = odd[: end - start].ljust(end - start)
    with suppress(InputError):  # anything else fails
        assert isinstance(read(tmp_path, bytes(data)), Score)
