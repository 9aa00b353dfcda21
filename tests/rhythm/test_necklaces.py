import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.rhythm.evenness import evenness, is_maximally_even
from tapeloom.rhythm.necklaces import (
    MAX_PULSES,
    Rhythm,
    bracelet,
    complement,
    euclid,
    is_palindrome,
    necklace,
    period,
    reflect,
    rotate,
    rotations,
)


@st.composite
def rhythms(draw, most=24):
    pulses = draw(st.integers(1, most))
    onsets = draw(st.sets(st.integers(0, pulses - 1), min_size=1))
    return Rhythm.of(onsets, pulses)


# G. T. Toussaint, "The Euclidean Algorithm Generates Traditional Musical Rhythms", BRIDGES 2005.
TOUSSAINT_2005 = {
    (2, 5): "x.x..", (3, 4): "x.xx", (3, 5): "x.x.x", (3, 7): "x.x.x..", (3, 8): "x..x..x.",
    (4, 7): "x.x.x.x", (4, 9): "x.x.x.x..", (4, 11): "x..x..x..x.", (5, 6): "x.xxxx",
    (5, 7): "x.xx.xx", (5, 8): "x.xx.xx.", (5, 9): "x.x.x.x.x", (5, 11): "x.x.x.x.x..",
    (5, 12): "x..x.x..x.x.", (5, 16): "x..x..x..x..x...", (7, 8): "x.xxxxxx",
    (7, 12): "x.xx.x.xx.x.", (7, 16): "x..x.x.x..x.x.x.", (9, 16): "x.xx.x.x.xx.x.x.",
    (11, 24): "x..x.x.x.x.x..x.x.x.x.x.", (13, 24): "x.xx.x.x.x.x.xx.x.x.x.x.",
}  # fmt: skip


@pytest.mark.parametrize(("counts", "line"), TOUSSAINT_2005.items())
def test_euclidean_rhythms_are_those_of_the_paper(counts, line):
    assert str(euclid(*counts)) == line


@pytest.mark.parametrize("n", range(1, 33))
def test_all_euclidean_rhythms_to_32_are_the_maximally_even_sets(n):
    for k in range(1, n + 1):
        found = euclid(k, n)
        assert len(found) == k
        assert found.pulses == n
        assert found.onsets[0] == 0
        assert max(found.intervals) - min(found.intervals) <= 1
        assert is_maximally_even(found)
        # Clough and Douthett's J-function gives the one maximally even necklace of k in n.
        assert necklace(found) == necklace(Rhythm.of((i * n // k for i in range(k)), n))
        if k < n:
            assert is_maximally_even(complement(found))


@pytest.mark.parametrize("n", range(2, 11))
def test_nothing_is_more_even_than_euclid(n):
    for k in range(1, n + 1):
        best = max(evenness(Rhythm(o, n)) for o in itertools.combinations(range(n), k))
        assert evenness(euclid(k, n)) == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("n", range(2, 11))
def test_only_rotations_of_euclid_are_maximally_even(n):
    for k in range(1, n + 1):
        wheel = necklace(euclid(k, n))
        for onsets in itertools.combinations(range(n), k):
            tried = Rhythm(onsets, n)
            assert is_maximally_even(tried) == (necklace(tried) == wheel)


@given(rhythms(), st.integers(-50, 50), st.integers(-50, 50))
def test_turns_add_up_and_a_whole_turn_is_none(rhythm, a, b):
    assert rotate(rotate(rhythm, a), b) == rotate(rhythm, a + b)
    assert rotate(rhythm, rhythm.pulses) == rhythm


@given(rhythms())
def test_mirrors_and_complements_undo_themselves(rhythm):
    assert reflect(reflect(rhythm)) == rhythm
    if len(rhythm) < rhythm.pulses:
        assert complement(complement(rhythm)) == rhythm


@given(rhythms(), st.integers(-50, 50))
def test_a_necklace_doesnt_know_where_it_begins(rhythm, turn):
    assert necklace(rotate(rhythm, turn)) == necklace(rhythm)
    assert bracelet(reflect(rotate(rhythm, turn))) == bracelet(rhythm)
    assert necklace(rhythm).onsets[0] == 0
    assert necklace(rhythm) in rotations(rhythm)


@given(rhythms())
def test_text_and_intervals_round_trip(rhythm):
    assert Rhythm.parse(str(rhythm)) == rhythm
    assert sum(rhythm.intervals) == rhythm.pulses
    first = rotate(rhythm, rhythm.onsets[0])
    assert Rhythm.from_intervals(rhythm.intervals) == first


@given(rhythms())
def test_the_period_divides_the_cycle(rhythm):
    step = period(rhythm)
    assert rhythm.pulses % step == 0
    assert rotate(rhythm, step) == rhythm
    assert len(rotations(rhythm)) == len(rhythm) * step // rhythm.pulses


@given(st.lists(st.integers(1, 6), min_size=1, max_size=8))
def test_intervals_read_both_ways_make_a_palindrome(half):
    assert is_palindrome(Rhythm.from_intervals([*half, *reversed(half)]))


def test_counts_of_necklaces_and_bracelets_of_twelve():
    # The set classes of twelve pitch classes: 19, 43, 66 and 80 by transposition, 12, 29, 38 and
    # 50 with inversion, for 3, 4, 5 and 6 members.
    for k, turned, mirrored in ((3, 19, 12), (4, 43, 29), (5, 66, 38), (6, 80, 50)):
        every = [Rhythm(onsets, 12) for onsets in itertools.combinations(range(12), k)]
        assert len({necklace(rhythm) for rhythm in every}) == turned
        assert len({bracelet(rhythm) for rhythm in every}) == mirrored


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Rhythm((), 8), "empty"),
        (lambda: Rhythm.parse(""), "empty"),
        (lambda: Rhythm.parse("...."), "empty"),
        (lambda: Rhythm.parse("x.y."), "'y'"),
        (lambda: Rhythm((3, 1), 8), "must rise"),
        (lambda: Rhythm((8,), 8), "between 0 and 7"),
        (lambda: Rhythm((0,), MAX_PULSES + 1), "1025"),
        (lambda: Rhythm.of([0], 0), "1 to"),
        (lambda: Rhythm.from_intervals([]), "1 or more"),
        (lambda: Rhythm.from_intervals([3, 0]), "1 or more"),
        (lambda: complement(Rhythm.parse("xx")), "empty"),
        (lambda: euclid(5, 4), "1 to 4"),
        (lambda: euclid(0, 4), "1 to 4"),
    ],
)
def test_what_is_no_rhythm_says_so(make, words):
    with pytest.raises(InputError, match=words):
        make()
