import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.rhythm.limbs import (
    BOUNCE_S,
    EASIEST_TO_DROP,
    FEET,
    FOOT_S,
    HABIT,
    STROKE_S,
    TRAVEL_S,
    playable,
    sticking,
)
from tapeloom.theory.instruments import DRUMS

bars = st.dictionaries(
    st.tuples(st.integers(0, 15), st.sampled_from(sorted(HABIT))), st.sampled_from("Xx-o")
)
performances = st.lists(
    st.tuples(st.integers(0, 1500), st.sampled_from(sorted(HABIT))), max_size=40
).map(sorted)


def test_every_drum_of_the_kit_has_a_limb_and_a_rank():
    assert set(HABIT) == set(EASIEST_TO_DROP) == set(DRUMS)
    assert {drum for drum, limb in HABIT.items() if limb >= 2} == set(FEET)


@given(bars)
def test_what_is_left_can_be_played_and_nothing_else_is_lost(bar):
    kept = playable(bar)
    assert kept.items() <= bar.items()
    assert playable(kept) == kept
    for step in range(16):
        here = {drum for at, drum in bar if at == step}
        left = {drum for at, drum in kept if at == step}
        assert len(left - set(FEET)) <= 2
        assert ("kick" in left) == ("kick" in here)
        if len(here - set(FEET)) <= 2 and "open_hat" not in here:
            assert left == here
        lost = here - left - {"closed_hat", "pedal_hat"}
        ranks = [EASIEST_TO_DROP.index(drum) for drum in left - set(FEET)]
        assert all(EASIEST_TO_DROP.index(drum) < min(ranks) for drum in lost)


@given(performances)
def test_no_limb_is_ever_asked_for_more_than_it_can(hits):
    onsets = [ms / 1000 for ms, _ in hits]
    drums = [drum for _, drum in hits]
    found = sticking(onsets, drums)
    last: dict[int, tuple[float, str, bool]] = {}
    for at, drum, limb in zip(onsets, drums, found.limbs, strict=True):
        if limb is None:
            continue
        assert (limb >= 2) == (drum in FEET)
        if drum in FEET:
            assert limb == HABIT[drum]
        bounced = False
        if limb in last:
            before, other, rebound = last[limb]
            gap = at - before
            if limb >= 2:
                assert gap >= FOOT_S
            elif other != drum:
                assert gap >= TRAVEL_S
            else:
                assert gap >= BOUNCE_S
                bounced = gap < STROKE_S
                assert not (bounced and rebound)
        last[limb] = (at, drum, bounced)
    kept = [i for i, limb in enumerate(found.limbs) if limb is not None]
    assert sticking([onsets[i] for i in kept], [drums[i] for i in kept]).is_playable


def test_known_stickings():
    assert sticking([0.0, 0.25, 0.5], ["kick", "snare", "kick"]).limbs == (2, 1, 2)
    assert sticking([0.0] * 3, ["snare", "closed_hat", "kick"]).limbs == (1, 0, 2)
    assert sticking([0.0] * 3, ["shaker", "snare", "crash"]).dropped == (0,)
    assert sticking([0.0, 0.02], ["snare", "snare"]).is_playable  # a flam: two hands
    assert sticking([0.0, 0.035, 0.07], ["snare"] * 3).is_playable  # a drag
    assert not sticking([0.0, 0.01, 0.02], ["snare"] * 3).is_playable
    assert sticking([], []).is_playable


def test_a_double_stroke_roll_is_playable_and_one_twice_as_fast_is_not():
    assert sticking([i / 22 for i in range(40)], ["snare"] * 40).is_playable
    assert not sticking([i / 60 for i in range(40)], ["snare"] * 40).is_playable


def test_misuse_is_told():
    with pytest.raises(InputError, match="in order"):
        sticking([1.0, 0.0], ["kick", "kick"])
    with pytest.raises(InputError, match="in order"):
        sticking([float("nan"), 0.0], ["kick", "kick"])
    with pytest.raises(InputError, match="as many"):
        sticking([1.0], [])
    with pytest.raises(InputError, match="'cowbell' is no drum"):
        sticking([1.0], ["cowbell"])
    with pytest.raises(InputError, match="'cowbell' is no drum"):
        playable({(0, "cowbell"): "x"})


def test_a_long_part_is_playable():
    hits = [(i * 0.16, drum) for i in range(500) for drum in ("closed_hat", "snare")]
    assert sticking([at for at, _ in hits], [drum for _, drum in hits]).is_playable
