import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.rhythm.necklaces import Rhythm, reflect, rotate
from tapeloom.rhythm.similarity import (
    chronotonic_distance,
    directed_swap_distance,
    edit_distance,
    hamming_distance,
    hausdorff_distance,
    interval_ratio_distance,
    necklace_distance,
    swap_distance,
)
from tapeloom.rhythm.timelines import timeline
from tests.rhythm.test_necklaces import rhythms

SIX = ("shiko", "son32", "soukous", "rumba32", "bossa32", "gahu")


@st.composite
def of_equal_length(draw, count=2, equal_onsets=False, most=14):
    pulses = draw(st.integers(2, most))
    k = draw(st.integers(1, pulses))
    places = st.integers(0, pulses - 1)
    least, largest = (k, k) if equal_onsets else (1, pulses)
    sets = st.sets(places, min_size=least, max_size=largest)
    return [Rhythm.of(draw(sets), pulses) for _ in range(count)]


def test_swaps_between_the_six():
    # Each counted by hand: shiko-son moves 4 to 3; son-soukous 12 to 11; rumba-gahu 7 to 6 and 12
    # to 14; and so on.
    table = {
        ("shiko", "son32"): 1, ("shiko", "soukous"): 2, ("shiko", "rumba32"): 2,
        ("shiko", "bossa32"): 2, ("shiko", "gahu"): 3, ("son32", "soukous"): 1,
        ("son32", "rumba32"): 1, ("son32", "bossa32"): 1, ("son32", "gahu"): 2,
        ("soukous", "rumba32"): 2, ("soukous", "bossa32"): 2, ("soukous", "gahu"): 3,
        ("rumba32", "bossa32"): 2, ("rumba32", "gahu"): 3, ("bossa32", "gahu"): 1,
    }  # fmt: skip
    for (a, b), distance in table.items():
        assert swap_distance(timeline(a).rhythm, timeline(b).rhythm) == distance


def test_son_lies_in_the_middle_of_the_six():
    sums = {a: sum(swap_distance(timeline(a).rhythm, timeline(b).rhythm) for b in SIX) for a in SIX}
    assert min(sums, key=sums.get) == "son32"


DISTANCES = (hamming_distance, edit_distance, chronotonic_distance, hausdorff_distance)


@pytest.mark.parametrize("distance", DISTANCES)
@given(of_equal_length(3))
def test_distances_are_symmetric_and_take_no_shortcut(distance, three):
    a, b, c = three
    assert distance(a, b) == distance(b, a) >= 0
    assert distance(a, c) <= distance(a, b) + distance(b, c)
    assert distance(a, a) == 0
    if a != b and (distance is not chronotonic_distance or len(set(a.intervals)) > 1):
        assert distance(a, b) > 0


@given(of_equal_length(3, equal_onsets=True))
def test_swaps_are_a_distance_too(three):
    a, b, c = three
    for cyclic in (False, True):
        assert swap_distance(a, b, cyclic=cyclic) == swap_distance(b, a, cyclic=cyclic)
        assert swap_distance(a, c, cyclic=cyclic) <= swap_distance(
            a, b, cyclic=cyclic
        ) + swap_distance(b, c, cyclic=cyclic)
        assert (swap_distance(a, b, cyclic=cyclic) == 0) == (a == b)
    assert swap_distance(a, b, cyclic=True) <= swap_distance(a, b)
    assert directed_swap_distance(a, b) == swap_distance(a, b)
    assert edit_distance(a, b) <= hamming_distance(a, b)


@given(of_equal_length(2, equal_onsets=True), st.integers(-20, 20))
def test_cyclic_swaps_dont_know_where_the_cycle_begins(two, turn):
    a, b = two
    there = swap_distance(rotate(a, turn), rotate(b, turn), cyclic=True)
    assert there == swap_distance(a, b, cyclic=True)
    assert necklace_distance(a, rotate(a, turn)) == 0
    assert necklace_distance(a, b) == necklace_distance(rotate(a, turn), b)


@given(of_equal_length(2, most=5))
def test_directed_swaps_against_every_assignment(two):
    a, b = two
    dense, sparse = sorted((a.onsets, b.onsets), key=len, reverse=True)
    cheapest = min(
        sum(abs(onset - goal) for onset, goal in zip(dense, goals, strict=True))
        for goals in itertools.product(sparse, repeat=len(dense))
        if set(goals) == set(sparse)
    )
    assert directed_swap_distance(a, b) == directed_swap_distance(b, a) == cheapest


@given(rhythms(most=12), rhythms(most=12))
def test_chains_against_a_walk_in_small_steps(a, b):
    def height(rhythm, at):
        pulse = at * rhythm.pulses
        for first, interval in zip(rhythm.onsets, rhythm.intervals, strict=True):
            if first <= pulse < first + interval or first <= pulse + rhythm.pulses < (
                first + interval
            ):
                return Fraction(interval, rhythm.pulses)
        raise AssertionError("every moment lies in an interval")

    steps = a.pulses * b.pulses
    moments = [Fraction(step, steps) for step in range(steps)]
    area = sum(abs(height(a, at) - height(b, at)) for at in moments) / steps
    assert chronotonic_distance(a, b) == area * a.pulses**2


@given(rhythms(), st.integers(2, 4))
def test_chains_and_ratios_dont_hear_the_tempo(rhythm, factor):
    slower = Rhythm(tuple(factor * onset for onset in rhythm.onsets), factor * rhythm.pulses)
    assert chronotonic_distance(rhythm, slower) == 0
    assert interval_ratio_distance(rhythm, slower) == pytest.approx(0.0)


@given(of_equal_length(2))
def test_mirrors_keep_their_distance(two):
    a, b = two
    assert hausdorff_distance(reflect(a), reflect(b)) == hausdorff_distance(a, b)
    assert hamming_distance(reflect(a), reflect(b)) == hamming_distance(a, b)


def test_hausdorff_goes_the_short_way_round():
    assert hausdorff_distance(Rhythm.parse("x......."), Rhythm.parse(".......x")) == 1


def test_known_edits():
    assert edit_distance(Rhythm.parse("x..x..x."), Rhythm.parse("x.x.x.x.")) == 2
    assert edit_distance(timeline("son32").rhythm, timeline("rumba32").rhythm) == 2


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda a, b: hamming_distance(a, b), "8 and 16 pulses"),
        (lambda a, b: hausdorff_distance(a, b), "8 and 16 pulses"),
        (lambda a, b: directed_swap_distance(a, b), "8 and 16 pulses"),
        (lambda a, _: swap_distance(a, Rhythm.parse("x......x")), "3 and 2 onsets"),
        (lambda a, b: interval_ratio_distance(a, b), "3 and 5 onsets"),
    ],
)
def test_what_cannot_be_compared_says_so(ask, words):
    with pytest.raises(InputError, match=words):
        ask(timeline("tresillo").rhythm, timeline("son32").rhythm)
