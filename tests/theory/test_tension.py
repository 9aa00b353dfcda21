"""Tension: Lerdahl's published distances, the laws of transposition and release, the helix."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.core.score import Note
from tapeloom.theory.chord_model import chord_model
from tapeloom.theory.events import Events
from tapeloom.theory.keys import spell_key
from tapeloom.theory.pitch_space import basic_space, chord_distance
from tapeloom.theory.spiral_array import (
    centre,
    chord_fifths,
    cloud_diameter,
    fifths_in_key,
    position,
    tensile_strain,
)
from tapeloom.theory.tension import Swell, cloud_tension, dissonance, swells, tension

C, A_MINOR = Key("C", "major"), Key("A", "minor")
CHORDS = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))
KEYS = st.builds(spell_key, st.integers(0, 11), st.sampled_from(["major", "minor"]))


def parse(text: str) -> list[Chord]:
    return [Chord.parse(name) for name in text.split()]


@pytest.mark.parametrize(
    ("name", "distance"),
    [("C", 0), ("Dm", 8), ("Em", 7), ("F", 5), ("G", 5), ("Am", 7), ("Bdim", 8)],
)
def test_diatonic_distances_are_those_of_tonal_pitch_space(name: str, distance: int) -> None:
    assert chord_distance(Chord(0), C, Chord.parse(name), C) == distance


@pytest.mark.parametrize(("chord", "key"), [("G", "G"), ("F", "F"), ("Am", "Am"), ("Cm", "Cm")])
def test_nearest_tonics_lie_seven_away(chord: str, key: str) -> None:
    assert chord_distance(Chord(0), C, Chord.parse(chord), Key.parse(key)) == 7


def test_basic_space_has_the_levels_of_the_book() -> None:
    root, fifth, triad, scale = basic_space(Chord(0), C)
    assert root < fifth < triad < scale
    assert [len(level) for level in (root, fifth, triad, scale)] == [1, 2, 3, 7]


@given(first=CHORDS, second=CHORDS, a=KEYS, b=KEYS, shift=st.integers(0, 11))
def test_distance_is_transposition_invariant(
    first: Chord, second: Chord, a: Key, b: Key, shift: int
) -> None:
    def moved(key: Key) -> Key:
        return spell_key(key.pitch_class + shift, key.mode)

    plain = chord_distance(first, a, second, b)
    assert plain == chord_distance(
        first.transpose(shift), moved(a), second.transpose(shift), moved(b)
    )
    assert plain >= 0
    assert chord_distance(first, a, first, a) == 0


@given(line=st.lists(CHORDS, min_size=1, max_size=8), key=KEYS, shift=st.integers(0, 11))
def test_tension_is_transposition_invariant(line: list[Chord], key: Key, shift: int) -> None:
    there = spell_key(key.pitch_class + shift, key.mode)
    plain = tension(line, key)
    moved = tension([chord.transpose(shift) for chord in line], there)
    for name in ("distance", "pull", "dissonance", "strain", "motion", "total"):
        curve = getattr(plain, name)
        assert curve == pytest.approx(getattr(moved, name))
        assert all(0.0 <= value <= 1.0 for value in curve)
    assert len(plain) == len(line)


@pytest.mark.parametrize("key", ["C", "F#", "Am", "Ebm"])
def test_dominant_seventh_releases_into_its_tonic(key: str) -> None:
    home = Key.parse(key)
    tonic = Chord(home.pitch_class, "min" if home.is_minor else "maj")
    dominant = Chord((home.pitch_class + 7) % 12, "7")
    curve = tension([tonic, dominant, tonic], home)
    for name in ("distance", "pull", "dissonance", "total"):
        before, high, after = getattr(curve, name)
        assert before < high > after


def test_held_tonic_is_flat_and_low() -> None:
    curve = tension([Chord(0)] * 6, C).total
    assert len(set(curve)) == 1
    assert curve[0] < 0.05
    assert swells(curve) == ()


def test_far_chords_are_tenser_than_near_ones() -> None:
    total = tension(parse("C G C Db C F# C"), C).total
    assert total[1] < total[3]
    assert total[1] < total[5]


def test_surprise_raises_what_it_says() -> None:
    line = parse("C F G C")
    calm, startled = (tension(line, C, surprise=bits) for bits in ([0.0] * 4, [0.0, 0.0, 9.0, 0.0]))
    assert startled.total[2] > calm.total[2]
    assert startled.total[1] == calm.total[1]
    assert tension(line, C).surprise == ()
    with pytest.raises(InputError, match="values of surprise"):
        tension(line, C, surprise=[1.0])
    with pytest.raises(InputError, match="3 keys"):
        tension(line, [C] * 3)
    assert tension([], C).total == ()


def test_a_chord_model_tells_the_surprise() -> None:
    line = parse("Dm7 G7 Cmaj7 Am7 Dm7 G7 F#maj7")
    bits = chord_model().surprise(line, C)
    curve = tension(line, C, surprise=bits)
    assert max(range(7), key=curve.surprise.__getitem__) == 6
    assert max(range(7), key=curve.total.__getitem__) == 6


def test_local_keys_and_home() -> None:
    line = parse("C G7 C D7 G")
    keys = [C, C, C, Key("G", "major"), Key("G", "major")]
    at_home, away = tension(line, keys), tension(line, keys, home=Key("G", "major"))
    assert at_home.distance[0] < at_home.distance[-1]
    assert away.distance[-1] < away.distance[0]


def test_dissonance_orders_chords_as_ears_do() -> None:
    names = ("C", "Cm7", "Cmaj7", "C7", "Cdim7")
    values = [dissonance(frozenset(Chord.parse(name).pitch_classes)) for name in names]
    assert values == sorted(values)
    assert dissonance(frozenset({0, 1, 2})) == 1.0
    assert dissonance(frozenset({5})) == dissonance(frozenset()) == 0.0


def test_helix_has_the_distances_of_its_proportion() -> None:
    def apart(fifths: int) -> float:
        return float(np.linalg.norm(position(fifths) - position(0)))

    # With h = sqrt(2/15) r the fifth and the major third are equally near, the minor third next.
    assert apart(1) == pytest.approx(apart(4), abs=0.1)
    assert apart(1) < apart(3) < apart(2) < apart(6)
    assert apart(12) == pytest.approx(12 * (2 / 15) ** 0.5)


@given(fifths=st.lists(st.integers(-8, 8), min_size=1, max_size=6), shift=st.integers(-5, 5))
def test_cloud_is_as_wide_wherever_it_lies(fifths: list[int], shift: int) -> None:
    moved = [f + shift for f in fifths]
    assert cloud_diameter(fifths) == pytest.approx(cloud_diameter(moved))
    assert centre(fifths)[2] + shift * (2 / 15) ** 0.5 == pytest.approx(centre(moved)[2])


def test_chords_are_spelled_in_their_key() -> None:
    assert chord_fifths(Chord.parse("Bdim7"), Key("C", "minor")) == (5, 2, -1, -4)
    assert chord_fifths(Chord.parse("C6"), C)[-1] == 3
    assert chord_fifths(Chord.parse("C7#9"), C)[-1] == 9
    assert [fifths_in_key(tone, A_MINOR) for tone in (9, 4, 8)] == [0, 1, 5]
    assert tensile_strain((0, 1, 4), False) < tensile_strain((0, 1, -3), False)
    with pytest.raises(InputError, match="no centre"):
        centre([])


def test_ribbons_of_notes() -> None:
    notes = [Note(0, 4, pitch) for pitch in (60, 64, 67)]
    notes += [Note(8, 4, pitch) for pitch in (66, 70, 73)] + [Note(12, 4, 60)]
    ribbons = cloud_tension(Events.from_notes(notes), (0, 4, 8, 12, 16), C)
    assert ribbons.diameter[1] == ribbons.momentum[1] == ribbons.strain[1] == 0.0  # silence
    assert ribbons.momentum[2] > 0.0
    assert ribbons.strain[2] > ribbons.strain[0]
    assert ribbons.diameter[3] == 0.0
    assert cloud_tension(Events.from_notes([]), (0, 4), C).strain == (0.0,)
    with pytest.raises(InputError, match="one key for each span"):
        cloud_tension(Events.from_notes(notes), (0, 4, 8), [C])


def test_swells_are_told_with_start_peak_and_end() -> None:
    assert swells([0.0, 0.5, 0.0, 0.0, 0.4, 0.1]) == (
        Swell(0, 1, 2, 0.5, 0.5), Swell(3, 4, 5, 0.4, 0.3)
    )  # fmt: skip
    assert swells([0.0, 0.5, 0.6]) == ()  # it never lets go
    assert swells([]) == ()
    assert swells([0.5, 0.1, 0.0]) == ()  # it only falls


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0.01, 0.5))
def test_swells_rise_and_fall_as_much_as_asked(curve: list[float], least: float) -> None:
    found = swells(curve, least=least)
    for swell in found:
        assert swell.start < swell.peak < swell.end
        assert min(swell.height, swell.release) >= least - 1e-6
        assert curve[swell.peak] == max(curve[swell.start : swell.end + 1])
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
