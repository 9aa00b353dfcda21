import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.rhythm.metric_grid import usual_grid
from tapeloom.rhythm.necklaces import Rhythm, euclid
from tapeloom.rhythm.similarity import swap_distance
from tapeloom.rhythm.syncopate import (
    _nearest_of_all,
    _search,
    neighbours,
    reach,
    syncopate,
    variation,
    with_onsets,
)
from tapeloom.rhythm.syncopation import MEASURES, syncopation
from tapeloom.rhythm.timelines import timeline
from tests.rhythm.test_necklaces import rhythms

SON = timeline("son32").rhythm
DOWNBEAT_SETS = [Rhythm((0, *rest), 16) for rest in itertools.combinations(range(1, 16), 4)]


@pytest.mark.slow
@pytest.mark.parametrize("measure", MEASURES)
def test_every_value_that_five_onsets_can_have_is_reached(measure):
    values = sorted({round(syncopation(r, measure=measure), 9) for r in DOWNBEAT_SETS})
    for target in values[:: max(len(values) // 12, 1)]:
        found = reach(SON, target=target, measure=measure)
        assert syncopation(found, measure=measure) == pytest.approx(target, abs=1e-6)
        assert len(found) == 5
        assert found.onsets[0] == 0


@pytest.mark.parametrize("measure", MEASURES)
def test_the_ends_of_the_scale_are_found(measure):
    values = [syncopation(rhythm, measure=measure) for rhythm in DOWNBEAT_SETS]
    most = syncopate(SON, amount=1, measure=measure)
    least = syncopate(SON, amount=-1, measure=measure)
    assert syncopation(most, measure=measure) == max(values)
    assert syncopation(least, measure=measure) == min(values)


@pytest.mark.parametrize("target", [0, 2, 4, 6, 8])
def test_the_result_is_the_nearest_that_has_the_value(target):
    found = reach(SON, target=target)
    nearest = min(swap_distance(SON, r) for r in DOWNBEAT_SETS if syncopation(r) == target)
    assert swap_distance(SON, found) == nearest


@given(rhythms(most=12), st.floats(0, 1), st.sampled_from(["metric complexity", "lhl", "wnbd"]))
def test_syncopating_and_straightening_go_their_way(rhythm, amount, measure):
    def value(candidate):
        return syncopation(candidate, measure=measure)

    more = syncopate(rhythm, amount=amount, measure=measure)
    less = syncopate(rhythm, amount=-amount, measure=measure)
    assert value(less) <= value(rhythm) + 1e-9
    assert value(more) >= value(rhythm) - 1e-9
    assert len(more) == len(less) == len(rhythm)


@given(rhythms(), st.booleans())
def test_neighbours_are_one_swap_away(rhythm, keep):
    found = list(neighbours(rhythm, keep_downbeat=keep))
    assert len(set(found)) == len(found)
    for near in found:
        assert swap_distance(rhythm, near) == 1
        if keep and 0 in rhythm.onsets:
            assert 0 in near.onsets


@given(rhythms(), st.integers(0, 6), st.integers(0, 2**32 - 1), st.booleans())
def test_variations_keep_their_distance_exactly(rhythm, distance, seed, keep):
    def draw():
        return variation(
            rhythm, distance=distance, rng=np.random.default_rng(seed), keep_downbeat=keep
        )

    try:
        found = draw()
    except InputError as error:
        assert "the farthest is" in str(error)  # noqa: PT017
        return
    assert found == draw()
    assert swap_distance(rhythm, found) == distance
    if keep and 0 in rhythm.onsets:
        assert 0 in found.onsets


def test_every_variation_is_as_likely_as_any_other():
    start = Rhythm.parse("x..x..x.")
    rng = np.random.default_rng(7)
    drawn = Counter(variation(start, distance=2, rng=rng) for _ in range(3000))
    every = [
        found
        for onsets in itertools.combinations(range(8), 3)
        if swap_distance(start, found := Rhythm(onsets, 8)) == 2
    ]
    assert set(drawn) == set(every)
    expected = 3000 / len(every)
    chi_squared = sum((count - expected) ** 2 / expected for count in drawn.values())
    assert chi_squared < len(every) + 4 * math.sqrt(2 * len(every))


@given(rhythms(), st.data(), st.one_of(st.none(), st.integers(0, 1000)))
def test_density_thins_and_fills(rhythm, data, seed):
    goal = data.draw(st.integers(1, rhythm.pulses))
    rng = None if seed is None else np.random.default_rng(seed)
    found = with_onsets(rhythm, onsets=goal, rng=rng)
    assert len(found) == goal
    few, many = sorted((set(rhythm.onsets), set(found.onsets)), key=len)
    assert few <= many


def test_thinning_leaves_the_heaviest():
    weights = usual_grid(16).weights
    left = with_onsets(Rhythm(tuple(range(16)), 16), onsets=4)
    assert left.onsets == (0, 4, 8, 12)
    assert min(weights[onset] for onset in left.onsets) == 3


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: reach(SON, target=math.nan), "must be a number"),
        (lambda: reach(SON, target=1, measure="funk"), "'funk' is no measure"),
        (lambda: reach(SON, target=1, grid=usual_grid(8)), "16 pulses and the meter 8"),
        (lambda: syncopate(SON, amount=2), "amount is 2"),
        (lambda: variation(SON, distance=-1, rng=np.random.default_rng(0)), "distance is -1"),
        (lambda: variation(SON, distance=999, rng=np.random.default_rng(0)), "the farthest is"),
        (lambda: with_onsets(SON, onsets=0), "1 to 16"),
        (lambda: with_onsets(SON, onsets=17), "1 to 16"),
        (lambda: with_onsets(SON, onsets=3, grid=usual_grid(12)), "16 pulses and the meter 12"),
    ],
)
def test_misuse_says_what_is_wrong(ask, words):
    with pytest.raises(InputError, match=words):
        ask()


def test_long_cycles_are_searched():
    start = euclid(9, 32)
    # Nine of the heaviest pulses weigh 33, the downbeat and eight of the lightest 14.
    for target, expected in ((0, 0), (5, 5), (12, 12), (19, 19), (30, 19), (math.inf, 19)):
        found = reach(start, target=target)
        assert syncopation(found) == expected
        assert len(found) == 9
        assert found.onsets[0] == 0


@given(rhythms(most=10), st.integers(0, 6))
def test_a_search_does_as_well_as_trying_all(rhythm, target):
    def miss(candidate):
        return abs(syncopation(candidate) - target)

    searched = _search(rhythm, miss, endless=False, fixed=False)
    tried = _nearest_of_all(rhythm, miss, fixed=False)
    assert miss(searched) == miss(tried)
    assert swap_distance(rhythm, searched) == swap_distance(rhythm, tried)
