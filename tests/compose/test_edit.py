"""A score edited in a DAW and taken back."""

from dataclasses import replace
from fractions import Fraction

from tapeloom.compose.edit import take_notes
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import ChordSpan, Control, Mark, Note, Part, Score, Section
from tapeloom.core.time import PPQ, TempoMap

BAR = 4 * PPQ
SCORE = Score(
    parts=(
        Part(
            "keys", "keys", "electric_piano",
            (Note(0, PPQ, 60), Note(PPQ, PPQ, 64)),
            program=4,
            marks=(Mark(0, 60, "roll"), Mark(PPQ, 64, "ghost")),
        ),
        Part("bass", "bass", "upright_bass", (Note(0, BAR, 36),), program=32),
    ),
    tempo=TempoMap.constant(Fraction(77)),
    keys=((0, Key("C", "major")),),
    chords=(ChordSpan(0, BAR, Chord.parse("Cmaj7")),),
    sections=(Section("A", 0, BAR),),
)  # fmt: skip


def edited(*parts: Part) -> Score:
    """What a file gives: no chords, no instruments, the tempo in whole microseconds."""
    tempo = TempoMap.constant(Fraction(60_000_000, round(60_000_000 / 77)))
    return Score(parts, tempo=tempo)


def test_notes_are_taken_and_the_rest_stays() -> None:
    keys = Part("keys", "other", "", (Note(0, PPQ, 60), Note(2 * PPQ, PPQ, 67)))
    bass = Part("bass", "other", "", SCORE.part("bass").notes, controls=(Control(0, 64, 127),))
    taken = take_notes(SCORE, edited(keys, bass))
    assert taken.part("keys").notes == keys.notes
    assert taken.part("keys").instrument == "electric_piano"
    assert taken.part("bass").controls == bass.controls
    assert (taken.chords, taken.sections, taken.keys) == (SCORE.chords, SCORE.sections, SCORE.keys)
    assert taken.tempo == SCORE.tempo


def test_marks_follow_their_notes() -> None:
    moved = Part("keys", "keys", "", (Note(40, PPQ, 60), Note(PPQ, PPQ, 65)))
    assert take_notes(SCORE, edited(moved)).part("keys").marks == (Mark(40, 60, "roll"),)


def test_a_part_may_go_or_come() -> None:
    flute = Part("flute", "melody", "", (Note(0, PPQ, 72),), program=73)
    claps = Part("claps", "drums", "", (Note(0, PPQ, 39),))
    guitar = Part("plucks", "guitar", "", (Note(0, PPQ, 52),), program=25)
    taken = take_notes(SCORE, edited(flute, claps, guitar))
    assert [part.name for part in taken.parts] == ["flute", "claps", "plucks"]
    assert [part.instrument for part in taken.parts] == ["flute", "dusty_kit", "steel_guitar"]


def test_a_new_tempo_is_taken() -> None:
    faster = replace(edited(*SCORE.parts), tempo=TempoMap.constant(90))
    assert take_notes(SCORE, faster).tempo == TempoMap.constant(90)
