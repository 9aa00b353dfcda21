import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.rhythm.evenness import (
    balance,
    distance_entropy,
    distinct_distances,
    evenness,
    has_oddity,
    interval_entropy,
    interval_vector,
    is_deep,
    is_erdos_deep,
    is_maximally_even,
    is_winograd_deep,
    npvi,
    off_beatness,
)
from tapeloom.rhythm.necklaces import Rhythm, complement, euclid, necklace, reflect, rotate
from tapeloom.rhythm.timelines import timeline
from tests.rhythm.test_necklaces import rhythms

# The six timelines of sixteen pulses: intervals, off-beatness, oddity, distinct distances, nPVI,
# distinct neighbouring intervals, maximally even, deep. Toussaint, "The Geometry of Musical
# Rhythm" (2013), figures 17.13 and 37.11; Gómez et al., "Mathematical Measures of Syncopation"
# (BRIDGES 2005), figure 8.
SIX = {
    "shiko": ((4, 2, 4, 2, 4), 0, False, 4, 66.7, 2, False, True),
    "son32": ((3, 3, 4, 2, 4), 1, True, 5, 40.5, 3, False, False),
    "rumba32": ((3, 4, 3, 2, 4), 2, True, 6, 41.0, 3, False, False),
    "soukous": ((3, 3, 4, 1, 5), 2, False, 7, 70.5, 4, False, False),
    "gahu": ((3, 3, 4, 4, 2), 1, False, 7, 23.8, 3, False, False),
    "bossa32": ((3, 3, 4, 3, 3), 2, True, 4, 14.3, 2, True, True),
}

# Pairs at distance 1 … 8, counted by hand around the wheel.
VECTORS = {
    "shiko": (0, 2, 0, 3, 0, 4, 0, 1),
    "son32": (0, 1, 2, 2, 0, 3, 2, 0),
    "bossa32": (0, 0, 4, 1, 0, 3, 2, 0),
    "bembe": (2, 5, 4, 3, 6, 1),
}

# The ten bells: off-beatness as in Gómez et al. (2005), figure 11.
BELLS = {
    "soli": ((0, 2, 4, 6, 8, 9, 11), 1), "tambu": ((0, 2, 4, 6, 7, 9, 11), 2),
    "bembe": ((0, 2, 4, 5, 7, 9, 11), 3), "bembe_2": ((0, 1, 3, 5, 6, 8, 10), 2),
    "yoruba": ((0, 2, 4, 5, 7, 9, 10), 2), "tonada": ((0, 2, 3, 5, 6, 8, 10), 1),
    "asaadua": ((0, 2, 4, 6, 7, 9, 10), 1), "sorsonet": ((0, 1, 2, 4, 6, 8, 10), 1),
    "bemba": ((0, 2, 3, 5, 7, 9, 10), 2), "ashanti": ((0, 2, 3, 5, 7, 8, 10), 2),
}  # fmt: skip


@pytest.mark.parametrize("name", SIX)
def test_toussaints_properties_of_the_six(name):
    intervals, off, odd, distances, variability, kinds, even, deep = SIX[name]
    rhythm = timeline(name).rhythm
    assert rhythm.intervals == intervals
    assert off_beatness(rhythm) == off
    assert has_oddity(rhythm) is odd
    assert distinct_distances(rhythm) == distances
    assert round(npvi(rhythm.intervals), 1) == variability
    assert len(set(rhythm.intervals)) == kinds
    assert is_maximally_even(rhythm) is even
    assert is_deep(rhythm) is deep
    assert is_erdos_deep(rhythm) is deep


def test_bossa_nova_is_euclids_wheel():
    assert necklace(timeline("bossa32").rhythm) == necklace(euclid(5, 16))


@pytest.mark.parametrize("name", VECTORS)
def test_interval_vectors(name):
    assert interval_vector(timeline(name).rhythm) == VECTORS[name]


@pytest.mark.parametrize("name", BELLS)
def test_the_ten_bells(name):
    onsets, off = BELLS[name]
    rhythm = timeline(name).rhythm
    assert (rhythm.onsets, rhythm.pulses) == (onsets, 12)
    assert off_beatness(rhythm) == off
    assert not has_oddity(rhythm)


def test_the_ten_bells_are_three_wheels():
    wheels = {name: necklace(timeline(name).rhythm) for name in BELLS}
    assert len(set(wheels.values())) == 3
    diatonic = necklace(euclid(7, 12))
    alike = {name for name, wheel in wheels.items() if wheel == diatonic}
    assert alike == {"bembe", "bembe_2", "tambu", "yoruba", "bemba", "ashanti"}
    assert diatonic == necklace(Rhythm.of((0, 2, 4, 5, 7, 9, 11), 12))  # the major scale


def test_fume_fume_is_euclids_five_in_twelve():
    fume_fume = timeline("fume_fume").rhythm
    assert fume_fume.intervals == (2, 2, 3, 2, 3)
    assert necklace(fume_fume) == necklace(euclid(5, 12))


def test_kinds_of_depth_differ():
    shiko, bembe = timeline("shiko").rhythm, timeline("bembe").rhythm
    assert is_erdos_deep(shiko)
    assert not is_winograd_deep(shiko)  # four distances never occur
    assert is_winograd_deep(bembe)
    assert is_erdos_deep(bembe)
    square = Rhythm.parse("x.x.x.x.")  # four sides and two diagonals
    assert is_deep(square)
    assert not is_erdos_deep(square)


@given(rhythms(), st.integers(-30, 30))
def test_shape_doesnt_depend_on_where_the_cycle_begins_or_its_direction(rhythm, turn):
    for other in (rotate(rhythm, turn), reflect(rhythm)):
        assert interval_vector(other) == interval_vector(rhythm)
        assert evenness(other) == pytest.approx(evenness(rhythm), abs=1e-9)
        assert balance(other) == pytest.approx(balance(rhythm), abs=1e-9)
        assert has_oddity(other) == has_oddity(rhythm)
        assert is_maximally_even(other) == is_maximally_even(rhythm)
        assert interval_entropy(other) == pytest.approx(interval_entropy(rhythm), abs=1e-9)


@given(rhythms())
def test_a_vector_counts_every_pair(rhythm):
    assert sum(interval_vector(rhythm)) == math.comb(len(rhythm), 2)


@given(st.integers(1, 8).flatmap(lambda half: st.permutations(range(2 * half))))
def test_half_a_cycle_and_the_other_half_have_the_same_vector(order):
    # The hexachord theorem, in rhythms of any even cycle.
    half = Rhythm.of(order[: len(order) // 2], len(order))
    assert interval_vector(half) == interval_vector(complement(half))


@given(rhythms())
def test_measures_stay_in_range(rhythm):
    assert 0 <= evenness(rhythm) <= 1
    assert 0 <= balance(rhythm) <= 1
    assert 0 <= npvi(rhythm.intervals) < 200
    assert 0 <= interval_entropy(rhythm) <= math.log2(max(len(rhythm), 1)) + 1e-9
    assert distance_entropy(rhythm) >= 0
    assert off_beatness(rhythm) <= len(rhythm)


@pytest.mark.parametrize(("k", "n"), [(2, 8), (3, 12), (4, 16), (6, 12)])
def test_a_regular_polygon_is_even_and_balanced(k, n):
    assert evenness(euclid(k, n)) == pytest.approx(1.0)
    assert balance(euclid(k, n)) == pytest.approx(1.0)


def test_oddity_never_fails_in_an_odd_cycle():
    assert has_oddity(euclid(4, 9))


def test_vectors_of_twelve_agree_with_music21():
    chord = pytest.importorskip("music21.chord")
    for name in (*BELLS, "fume_fume", "guajira"):
        rhythm = timeline(name).rhythm
        classes = chord.Chord([60 + onset for onset in rhythm.onsets])
        assert tuple(classes.intervalVector) == interval_vector(rhythm)
