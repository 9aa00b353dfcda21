"""Chords under a melody: roles, avoid notes, prices, words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.harmony import QUALITIES, Chord
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.melody_fit import (
    AVOID,
    CHORD_TONE,
    MelodyNote,
    clashes,
    degree_name,
    describe,
    is_avoid,
    melody_over,
    misfit,
    role,
)

FOUR = ((0, Meter(4, 4)),)
chords = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))


@pytest.mark.parametrize(
    ("symbol", "note", "wanted"),
    [
        ("Cmaj7", 5, "avoid"),  # the fourth over a major third
        ("Cmaj7", 6, "tension"),  # the lydian fourth
        ("Cmaj7", 1, "avoid"),
        ("Cmaj7", 10, "avoid"),
        ("C6", 11, "colour"),
        ("Dm7", 7, "tension"),  # the eleventh
        ("Dm7", 3, "avoid"),
        ("Dm7", 11, "colour"),  # the dorian sixth
        ("G7", 0, "avoid"),
        ("G7", 8, "colour"),  # the flat ninth
        ("G9", 8, "avoid"),  # beside a natural one
        ("G7b9", 9, "avoid"),
        ("G13", 3, "avoid"),
        ("G7b13", 4, "avoid"),
        ("G7sus4", 0, "chord tone"),
        ("Bm7b5", 0, "avoid"),
        ("Bm7b5", 4, "tension"),
        ("Bdim7", 1, "tension"),
        ("Bdim7", 0, "avoid"),
        ("F#dim7", 1, "avoid"),
    ],
)
def test_roles_as_jazz_teaches_them(symbol, note, wanted):
    chord = Chord.parse(symbol)
    assert role(chord.quality, note - chord.root) == wanted


@given(chords)
def test_chord_tones_are_never_avoided(chord):
    for tone in chord.pitch_classes:
        assert role(chord.quality, tone - chord.root) == CHORD_TONE
        assert misfit(Chord(chord.root, "6/9"), []) == 0.0


@given(chords, st.integers(0, 11), st.integers(0, 127))
def test_transposing_chord_and_melody_changes_no_role(chord, semitones, pitch):
    moved = chord.transpose(semitones)
    assert is_avoid(chord, pitch) == is_avoid(moved, pitch + semitones)
    note, higher = MelodyNote(pitch, PPQ, 1.0), MelodyNote(pitch + semitones, PPQ, 1.0)
    assert misfit(chord, [note]) == misfit(moved, [higher])


@given(chords, st.integers(0, 11))
def test_only_a_dominant_bears_a_note_a_semitone_above_a_chord_tone(chord, note):
    above = (note - chord.root) % 12
    if role(chord.quality, above) not in (CHORD_TONE, AVOID) and (note - 1) % 12 in {
        tone % 12 for tone in chord.pitch_classes
    }:
        assert {4, 10} <= {step % 12 for step in chord.intervals}
        assert above in (1, 8)


@given(st.sampled_from(sorted(QUALITIES)))
def test_every_quality_has_a_role_for_every_note(quality):
    roles = [role(quality, above) for above in range(12)]
    if quality != "5":
        assert AVOID in roles  # something always clashes
    assert roles[0] == CHORD_TONE


def test_a_short_avoid_note_is_no_clash_but_costs_a_little():
    chord = Chord.parse("Cmaj7")
    passing = MelodyNote(65, PPQ // 2, 0.2, resolves=True)
    staying = MelodyNote(65, PPQ, 1.0)
    assert not clashes(chord, [passing])
    assert clashes(chord, [staying])
    assert 0 < misfit(chord, [passing]) < 0.1 < misfit(chord, [staying])


def test_the_melody_over_a_chord_is_cut_to_it_and_weighed_by_the_bar():
    tune = [Note(0, 4 * PPQ, 60), Note(4 * PPQ, PPQ // 2, 62), Note(9 * PPQ // 2, PPQ // 2, 64)]
    first = melody_over(tune, 2 * PPQ, 4 * PPQ, meters=FOUR)
    assert [(n.pitch, n.ticks) for n in first] == [(60, 2 * PPQ)]
    later = melody_over(tune, 4 * PPQ, 8 * PPQ, meters=FOUR)
    assert [n.resolves for n in later] == [True, False]
    assert later[0].weight > later[1].weight
    assert melody_over(tune, 20 * PPQ, 24 * PPQ, meters=FOUR) == ()


@pytest.mark.parametrize(
    ("symbol", "pitch", "wanted"),
    [
        ("Db7", 65, "major third"), ("G7#9", 70, "sharp ninth"), ("C6", 69, "sixth"),
        ("Bm7b5", 65, "flat fifth"), ("C7sus4", 65, "fourth"), ("Bdim7", 68, "diminished seventh"),
        ("Caug", 68, "sharp fifth"), ("G7", 68, "flat ninth"), ("Fmaj7", 71, "sharp eleventh"),
    ],
)  # fmt: skip
def test_a_melody_note_is_named_by_what_it_is_in_the_chord(symbol, pitch, wanted):
    assert degree_name(Chord.parse(symbol), pitch) == wanted


def test_words_are_of_notes_that_stay():
    chord = Chord.parse("G7")
    assert describe(chord, []) == ""
    assert describe(chord, [MelodyNote(60, PPQ, 9.0)]) == ""  # an avoid note is no argument
    both = [MelodyNote(60, PPQ, 9.0), MelodyNote(62, PPQ, 1.0)]
    assert describe(chord, both) == "melody D is its fifth"
