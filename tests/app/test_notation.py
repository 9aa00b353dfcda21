from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tapeloom.app.notation import save_notation, score_order, staves_for
from tapeloom.compose import compose
from tapeloom.compose.paper import condense, tidy
from tapeloom.compose.transcription import transcribe
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.musicxml import read_musicxml
from tapeloom.core.score import ChordSpan, Mark, Note, Part, Score, Section
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.core.xml_files import read_xml

BAR = 4 * PPQ


@lru_cache
def record() -> Score:
    return compose(Brief("rain at night", bars=16, bpm=70), np.random.default_rng(5))


def band() -> Score:
    """A clarinet with signs, a viola, a guitar, a piano, a bass and drums, in two keys."""
    line = (
        Note(0, PPQ, 70, 60), Note(PPQ, PPQ // 2, 72, 60), Note(3 * PPQ // 2, PPQ // 2, 74, 60),
        Note(2 * PPQ - 840, 840, 74, 50), Note(2 * PPQ, 2 * PPQ, 75, 60),
        *(Note(BAR + i * PPQ // 3, PPQ // 3, 77 + i % 2, 95) for i in range(6)),
        Note(BAR + 2 * PPQ, 2 * PPQ, 77, 95), Note(2 * BAR, BAR, 75, 95),
    )  # fmt: skip
    line = (*line[:2], Note(3 * PPQ // 2, PPQ // 4, 74, 60), *line[3:])
    marks = (
        Mark(0, 70, "staccato"), Mark(PPQ, 72, "legato"), Mark(2 * PPQ - 840, 74, "grace"),
        Mark(2 * PPQ, 75, "accent"), Mark(BAR, 77, "mordent"), Mark(BAR + 2 * PPQ, 77, "tenuto"),
        Mark(2 * BAR, 75, "slide"),
    )  # fmt: skip
    viola = tuple(Note(i * BAR, BAR, 58) for i in range(3))
    low = tuple(Note(i * BAR, BAR, 34) for i in range(3))
    chord = tuple(Note(i * BAR, BAR, p, 64) for i in range(3) for p in (46, 53, 62, 70))
    hits = tuple(Note(i * PPQ, PPQ // 4, p) for i in range(12) for p in (36 + 2 * (i % 2), 42))
    return Score(
        (
            Part("tune", "melody", "clarinet", line, 71, marks=marks),
            Part("middle", "other", "viola", viola, 41),
            Part("guitar", "guitar", "nylon_guitar", viola, 24),
            Part("keys", "keys", "grand_piano", chord, 0, marks=(Mark(0, 46, "roll"),)),
            Part("bass", "bass", "upright_bass", low, 32),
            Part("drums", "drums", "jazz_kit", hits, marks=(Mark(PPQ, 42, "ghost"),)),
        ),
        TempoMap.constant(72), ((0, Meter()), (2 * BAR, Meter(4, 4))),
        ((0, Key("Bb", "major")), (2 * BAR, Key("Eb", "major"))),
        (ChordSpan(0, BAR, Chord.parse("Bbmaj7")), ChordSpan(BAR, 2 * BAR, Chord.parse("Cm7/F")),
         ChordSpan(2 * BAR, 3 * BAR, Chord.parse("Eb6"))),
        (Section("A", 0, 2 * BAR, 0.3), Section("B", 2 * BAR, 3 * BAR, 0.8)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("notation") / "band.musicxml"
    save_notation(path, band(), title="Rain")
    return path


@pytest.fixture(scope="module")
def heard(page: Path) -> Any:
    """What music21 reads."""
    return pytest.importorskip("music21.converter").parse(page)


def part_named(score: Any, name: str) -> Any:
    return next(part for part in score.parts if (part.partName or "").startswith(name))


def test_the_parts_have_their_names_in_the_order_of_a_score(page: Path) -> None:
    names = [e.findtext("part-name") for e in read_xml(page).iter("score-part")]
    assert names == ["Clarinet in Bb", "Nylon guitar", "Grand piano", "Viola", "Upright bass",
                     "Drums"]  # fmt: skip
    short = [e.findtext("part-abbreviation") for e in read_xml(page).iter("score-part")]
    assert short == ["Cl.", "Gtr.", "Pno.", "Vla.", "Bass", None]


def test_a_clarinet_is_written_a_tone_above_what_it_sounds(heard: Any) -> None:
    part = part_named(heard, "Clarinet")
    first = next(n for n in part.recurse().notes if n.isNote)
    assert first.pitch.nameWithOctave == "C5"  # sounds Bb4
    sounding = part.toSoundingPitch()
    found = [n.pitch.midi for n in sounding.stripTies().recurse().notes
             if n.isNote and not n.duration.isGrace]  # fmt: skip
    small = (2 * PPQ - 840, 74)
    assert found == [n.pitch for n in band().parts[0].notes if (n.start, n.pitch) != small]
    keys = [k.sharps for k in part.recurse().getElementsByClass("KeySignature")]
    assert keys == [0, -1]  # two flats and three, a tone up


def test_the_clefs_are_those_of_the_instruments(page: Path) -> None:
    root = read_xml(page)
    clefs = [
        [(c.findtext("sign"), c.findtext("line"), c.findtext("clef-octave-change"))
         for c in part.iter("clef")]
        for part in root.iter("part")
    ]  # fmt: skip
    assert clefs == [
        [("G", "2", None)], [("G", "2", "-1")], [("G", "2", None), ("F", "4", None)],
        [("C", "3", None)], [("F", "4", "-1")], [("percussion", None, None)],
    ]  # fmt: skip


def test_chord_symbols_stand_over_the_tune_in_its_own_key(page: Path, heard: Any) -> None:
    symbols = list(part_named(heard, "Clarinet").recurse().getElementsByClass("ChordSymbol"))
    assert [s.root().name for s in symbols] == ["C", "D", "F"]
    assert [s.bass().name for s in symbols] == ["C", "G", "F"]
    assert read_musicxml(page).chords == band().chords


def test_articulations_slurs_ornaments_and_grace_notes_are_read(heard: Any) -> None:
    part = part_named(heard, "Clarinet")
    notes = [n for n in part.recurse().notes if n.isNote]
    signs = Counter(type(a).__name__ for n in notes for a in n.articulations)
    assert signs == Counter({"Staccato": 1, "Accent": 1, "Tenuto": 1})
    assert [type(e).__name__ for n in notes for e in n.expressions] == ["Mordent"]
    assert sum(n.duration.isGrace for n in notes) == 1
    assert len(list(part.recurse().getElementsByClass("Slur"))) == 1
    assert len(list(part.recurse().getElementsByClass("Glissando"))) == 1
    piano = [n for p in heard.parts if (p.partName or "").startswith("Grand")
             for n in p.recurse().notes]  # fmt: skip
    assert any(type(e).__name__ == "ArpeggioMark" for n in piano for e in n.expressions)


def test_triplets_are_bracketed_and_beamed(page: Path) -> None:
    clarinet = next(read_xml(page).iter("part"))
    tuplets = [e.get("type") for e in clarinet.iter("tuplet")]
    assert tuplets == ["start", "stop", "start", "stop"]
    second = list(clarinet.iter("measure"))[1]
    assert [e.text for e in second.iter("beam")] == ["begin", "continue", "end"] * 2


def test_sections_tempo_dynamics_and_meters_are_told(heard: Any) -> None:
    marks = [e.content for e in heard.recurse().getElementsByClass("RehearsalMark")]
    assert marks == ["A", "B"]
    assert next(iter(heard.recurse().getElementsByClass("MetronomeMark"))).number == 72
    part = part_named(heard, "Clarinet")
    levels = [e.value for e in part.recurse().getElementsByClass("Dynamic")]
    assert levels == ["f"]
    assert len(list(part.recurse().getElementsByClass("TimeSignature"))) == 1


def test_drums_have_hands_and_feet(page: Path) -> None:
    drums = list(read_xml(page).iter("part"))[-1]
    first = next(drums.iter("measure"))
    stems = {(n.findtext("unpitched/display-step"), n.findtext("stem")) for n in first.iter("note")
             if n.find("unpitched") is not None}  # fmt: skip
    assert ("F", "down") in stems  # the bass drum
    assert ("G", "up") in stems  # the hat
    assert first.find(".//notehead[@parentheses='yes']") is not None  # a ghost note
    assert drums.find(".//key") is None


def test_accidentals_are_shown_once_a_bar_and_where_the_key_asks(tmp_path: Path) -> None:
    line = tuple(Note(i * PPQ, PPQ, p) for i, p in enumerate((66, 66, 65, 65, 66)))
    score = Score((Part("t", "melody", "flute", line),), keys=((0, Key("C", "major")),))
    save_notation(tmp_path / "a.musicxml", score)
    root = read_xml(tmp_path / "a.musicxml")
    shown = [n.findtext("accidental") for n in root.iter("note") if n.find("pitch") is not None]
    assert shown == ["sharp", None, "natural", None, "sharp"]


@pytest.mark.parametrize("band_name", ["string-quartet", "jazz-quartet", "orchestra-small"])
def test_an_arrangement_comes_back_note_for_note(tmp_path: Path, band_name: str) -> None:
    made = transcribe(record(), band_name, rng=np.random.default_rng(1))
    save_notation(tmp_path / "a.mxl", made)
    found = read_musicxml(tmp_path / "a.mxl")
    assert [part.instrument for part in found.parts if part.role != "drums"] == [
        part.instrument for part in score_order(made.parts) if part.role != "drums"
    ]
    for ours, theirs in zip(score_order(made.parts), found.parts, strict=True):
        small = {(m.tick, m.pitch) for m in ours.marks if m.name == "grace"}
        wanted = {(n.start, n.pitch) for n in ours.notes} - small
        assert {(n.start, n.pitch) for n in theirs.notes} == wanted
    assert found.chords[0].chord == made.chords[0].chord
    assert found.keys == made.keys


@pytest.mark.filterwarnings("ignore")
def test_partitura_reads_a_quartet(tmp_path: Path) -> None:
    partitura = pytest.importorskip("partitura")
    made = transcribe(record(), "string-quartet", rng=np.random.default_rng(1))
    save_notation(tmp_path / "q.musicxml", made)
    theirs = partitura.load_musicxml(tmp_path / "q.musicxml")
    for part, ours in zip(theirs.parts, made.parts, strict=True):
        rows = part.note_array()
        found = {(round(float(r["onset_quarter"]) * PPQ), int(r["pitch"])) for r in rows
                 if r["duration_quarter"] > 0}  # fmt: skip
        small = {(m.tick, m.pitch) for m in ours.marks if m.name == "grace"}
        assert found == {(n.start, n.pitch) for n in ours.notes} - small


def test_a_condensed_score_has_four_staves_at_most_and_loses_no_pitch(tmp_path: Path) -> None:
    made = transcribe(record(), "wind-quintet", rng=np.random.default_rng(1))
    save_notation(tmp_path / "c.musicxml", made, condensed=True)
    root = read_xml(tmp_path / "c.musicxml")
    names = [e.text for e in root.iter("part-name")]
    assert names == ["Melody", "Reduction"]
    assert sum(max(len(list(p.iter("clef"))), 1) for p in root.iter("part")) == 3
    small = condense(made)
    assert {(n.start, n.pitch) for p in small.parts for n in p.notes} == {
        (n.start, n.pitch) for p in made.parts for n in p.notes
    }


def test_lengths_are_made_readable_and_onsets_stay() -> None:
    piano = Part("p", "keys", "grand_piano", (
        Note(0, 9000, 72), Note(PPQ, 9300, 74), Note(0, 3 * PPQ + 77, 64),
        Note(2 * PPQ, 4 * PPQ, 65), Note(2 * PPQ + PPQ // 2, PPQ, 67)))  # fmt: skip
    shown = tidy(Score((piano,))).parts[0].notes
    assert {(n.start, n.pitch) for n in shown} == {(n.start, n.pitch) for n in piano.notes}
    assert [n.duration for n in shown if n.pitch in (72, 74)] == [PPQ, PPQ]
    assert all(n.duration % (PPQ // 4) == 0 for n in shown)
    for tick in range(0, 6 * PPQ, PPQ // 4):  # two voices at most
        assert len({(n.start, n.end) for n in shown if n.start <= tick < n.end}) <= 2
    played = Part("t", "melody", "flute", (Note(5100, 4000, 72), Note(PPQ + 100, 9000, 74)),
                  marks=(Mark(5100, 72, "accent"),))  # fmt: skip
    tidied = tidy(Score((played,))).parts[0]
    assert [n.start for n in tidied.notes] == [5040, PPQ]
    assert tidied.marks[0].tick == 5040


def test_two_of_a_kind_are_numbered_and_a_high_lead_needs_one_staff() -> None:
    violin = Part("a", "melody", "violin", (Note(0, PPQ, 72),))
    piano = Part("lead", "melody", "felt_piano", (Note(0, PPQ, 72),))
    names = [staff.name for staff in staves_for([violin, violin])]
    assert names == ["Violin 1", "Violin 2"]
    assert staves_for([piano])[0].clefs == ("treble",)
    assert staves_for([Part("odd", "other")])[0].name == "Odd"


def test_a_name_that_is_no_notation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no name for notation"):
        save_notation(tmp_path / "a.pdf", band())
