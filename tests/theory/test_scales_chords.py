import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, QUALITIES, Chord, Key
from tapeloom.core.pitch import FLAT_NAMES, pitch_class
from tapeloom.theory.chords import (
    available_tensions,
    avoid_notes,
    chord_scale,
    name_chord,
    recolour,
)
from tapeloom.theory.scales import SCALES, degree_of, ladder, nearest, pentatonic, scale, step_along

keys = st.builds(Key, st.sampled_from(FLAT_NAMES), st.sampled_from(sorted(MODES)))
chords = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))


@given(keys)
def test_the_pentatonic_has_five_tones_inside_the_key(key: Key) -> None:
    five = pentatonic(key)
    assert len(set(five)) == 5
    assert set(five) <= set(key.scale)


@given(st.integers(20, 100), keys, st.integers(-9, 9))
def test_steps_up_and_down_a_scale_cancel(pitch: int, key: Key, steps: int) -> None:
    start = nearest(pitch, key.scale)
    there = step_along(start, key.scale, steps=steps)
    assert step_along(there, key.scale, steps=-steps) == start
    assert there % 12 in key.scale


@given(st.integers(0, 127), keys)
def test_a_degree_and_its_alteration_give_the_pitch_back(pitch: int, key: Key) -> None:
    degree, alteration = degree_of(pitch, key)
    assert (key.scale[degree - 1] + alteration - pitch) % 12 == 0


def test_an_unknown_scale_says_which_there_are() -> None:
    with pytest.raises(InputError, match="'dorick' is no scale"):
        scale(0, "dorick")
    assert all(ladder(scale(3, name), 40, 52) for name in SCALES)


@given(chords, keys)
def test_a_chord_scale_holds_its_chord(chord: Chord, key: Key) -> None:
    fitting = chord_scale(chord, key)
    assert set(chord.pitch_classes) <= set(fitting)
    assert not set(avoid_notes(chord, key)) & set(chord.pitch_classes)


@given(keys)
def test_a_diatonic_chord_keeps_the_scale_of_the_key(key: Key) -> None:
    tonic = [chord for chord in (Chord(key.pitch_class, q) for q in ("maj", "min", "dim"))
             if set(chord.pitch_classes) <= set(key.scale)]  # fmt: skip
    assert all(set(chord_scale(chord, key)) == set(key.scale) for chord in tonic)


@pytest.mark.parametrize(
    ("symbol", "key", "inside", "outside"),
    [
        ("E7b9", "Am", "G#", "G"),  # the leading tone takes the seventh's place
        ("Fm6", "C major", "Ab", "A"),
        ("Bb13", "C major", "Bb", "B"),
        ("C#dim7", "C major", "C#", "C"),
        ("D9", "C major", "F#", "F"),
    ],
)
def test_borrowed_chords_bend_the_scale(symbol: str, key: str, inside: str, outside: str) -> None:
    fitting = chord_scale(Chord.parse(symbol), Key.parse(key))
    assert pitch_class(inside) in fitting
    assert pitch_class(outside) not in fitting


def test_tensions_of_textbook_chords() -> None:
    c = Key("C", "major")
    assert available_tensions(Chord.parse("Fmaj7"), c) == (14, 18, 21)
    assert available_tensions(Chord.parse("Em7"), c) == (17,)


@given(chords, keys, st.sampled_from((-2, -1, 1, 2)))
def test_recolouring_keeps_root_and_third(chord: Chord, key: Key, richness: int) -> None:
    changed = recolour(chord, key, richness=richness)
    assert changed.root == chord.root
    assert chord.intervals[:2] == changed.intervals[:2]


@given(chords)
def test_a_chord_is_named_by_its_pitch_classes(chord: Chord) -> None:
    named = name_chord(chord.pitch_classes, bass=chord.root)
    assert named is not None
    assert set(named.pitch_classes) == set(chord.pitch_classes)
    assert named.bass_pitch_class == chord.root


def test_a_cluster_has_no_name() -> None:
    assert name_chord([0, 1, 2, 3]) is None
