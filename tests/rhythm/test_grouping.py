import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.rhythm.grouping import (
    boundary_strengths,
    cycle_groups,
    group_lengths,
    group_onsets,
    proximity_boundaries,
)
from tapeloom.rhythm.necklaces import rotate
from tapeloom.rhythm.timelines import timeline
from tests.rhythm.test_necklaces import rhythms

GAPS = st.lists(st.integers(1, 12), min_size=0, max_size=30)


def onsets_of(gaps):
    return np.concatenate(([0], np.cumsum(gaps))) if gaps else np.zeros(1)


def test_strengths_worked_by_hand():
    # Gaps 1 1 3 1 1: r = 0, 1/2, 1/2, 0, so s = 1 * (0 + 0), 1 * (0 + 1/2), 3 * (1/2 + 1/2), …
    found = boundary_strengths([0, 1, 2, 5, 6, 7])
    assert found == pytest.approx([0, 1 / 6, 1, 1 / 6, 0])


def test_pitch_and_silence_speak_too():
    onsets, pitches = [0, 1, 2, 3, 4, 5], [60, 62, 60, 72, 74, 72]
    assert group_onsets(onsets, pitches=pitches) == ((0, 1, 2), (3, 4, 5))
    ends = [1, 2, 2.4, 4, 5, 6]
    assert group_onsets(onsets, ends) == ((0, 1, 2), (3, 4, 5))
    assert proximity_boundaries(onsets, ends) == (3,)
    assert proximity_boundaries(onsets) == ()


def test_a_melody_breathes_where_its_long_notes_end():
    # Two bars of quarters and a half each: the next phrase begins after the half.
    assert group_onsets([0, 1, 2, 4, 5, 6, 8, 9, 10]) == ((0, 1, 2), (3, 4, 5), (6, 7, 8))


@given(GAPS, st.floats(0.01, 100), st.floats(-100, 100))
def test_groups_dont_depend_on_the_unit_or_the_start(gaps, scale, start):
    at = onsets_of(gaps)
    assert boundary_strengths(at * scale + start) == pytest.approx(boundary_strengths(at), abs=1e-6)


@given(GAPS, st.floats(0, 1), st.integers(1, 4))
def test_groups_share_the_notes_out(gaps, threshold, least):
    at = onsets_of(gaps)
    groups = group_onsets(at, threshold=threshold, least=least)
    assert [note for group in groups for note in group] == list(range(len(at)))
    if len(groups) > 1:
        assert all(len(group) >= least for group in groups)


@given(GAPS)
def test_strengths_lie_between_none_and_the_strongest(gaps):
    strengths = boundary_strengths(onsets_of(gaps))
    assert len(strengths) == len(gaps)
    assert all(0 <= strength <= 1 for strength in strengths)
    if len(set(gaps)) > 1:
        assert max(strengths) == pytest.approx(1)


@given(st.integers(2, 30))
def test_an_even_line_is_one_group(n):
    assert group_onsets(np.arange(n)) == (tuple(range(n)),)
    assert proximity_boundaries(np.arange(n)) == ()


@given(GAPS)
def test_the_proximity_rule_finds_gaps_longer_than_their_neighbours(gaps):
    found = proximity_boundaries(onsets_of(gaps))
    for note in found:
        assert gaps[note - 1] > max(gaps[note - 2], gaps[note])


@given(rhythms(), st.integers(0, 23))
def test_groups_of_a_cycle_turn_with_it(rhythm, turn):
    groups = cycle_groups(rhythm)
    assert sorted(onset for group in groups for onset in group) == list(rhythm.onsets)
    turned = {frozenset((onset - turn) % rhythm.pulses for onset in group) for group in groups}
    assert {frozenset(group) for group in cycle_groups(rotate(rhythm, turn))} == turned
    assert sum(group_lengths(groups, rhythm.pulses)) == rhythm.pulses


def test_claves_have_a_side_of_three_and_one_of_two():
    for name in ("son32", "son23"):
        sides = cycle_groups(timeline(name).rhythm)
        assert sorted(map(len, sides)) == [2, 3]


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: boundary_strengths([0, 2, 1]), "rising"),
        (lambda: boundary_strengths([0, float("nan")]), "rising"),
        (lambda: boundary_strengths([0, 1], [0.5]), "one offset"),
        (lambda: boundary_strengths([0, 1], [-1, 2]), "one offset"),
        (lambda: boundary_strengths([0, 1], pitches=[60]), "as many pitches"),
        (lambda: group_onsets([0, 1], threshold=2), "threshold is 2"),
        (lambda: group_onsets([0, 1], least=0), "least 0"),
    ],
)
def test_bad_lines_say_so(ask, words):
    with pytest.raises(InputError, match=words):
        ask()


def test_nothing_and_one_note():
    assert group_onsets([]) == ()
    assert group_onsets([3.0]) == ((0,),)
    assert len(boundary_strengths([])) == 0
