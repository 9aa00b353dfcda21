import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.theory.voice_distance import leading_sizes, match_voices, minimal_leading

tones = st.integers(0, 11)
fours = st.lists(tones, min_size=4, max_size=4)
some = st.lists(tones, min_size=1, max_size=5)


def apart(a: int, b: int) -> int:
    return min((a - b) % 12, (b - a) % 12)


def set_classes(size: int) -> list[tuple[int, ...]]:
    """List one set of pitch classes for each class under transposition."""
    found = {
        min(tuple(sorted((tone - root) % 12 for tone in chosen)) for root in chosen)
        for chosen in itertools.combinations(range(12), size)
    }
    return sorted(found)


def size(first: str, second: str) -> int:
    a, b = Chord.parse(first), Chord.parse(second)
    return minimal_leading(a.pitch_classes, b.pitch_classes).size


def test_all_pairs_of_four_note_chords_equal_brute_force() -> None:
    """Over transpositions of one chord against the other: 43 classes, 43 x 12 chords."""
    first = np.array(set_classes(4))
    assert len(first) == 43
    second = np.unique((first[:, None] + np.arange(12)[None, :, None]).reshape(-1, 4) % 12, axis=0)
    far = np.abs((second[None, :, None] - first[:, None, :, None] + 6) % 12 - 6)
    brute = np.min(
        [far[:, :, range(4), order].sum(axis=2) for order in itertools.permutations(range(4))],
        axis=0,
    )
    assert np.array_equal(leading_sizes(first, second), brute)
    assert (leading_sizes(first, second, doublings=True) <= brute).all()


@pytest.mark.parametrize(
    ("cost", "names"),
    [
        (0, "C"), (1, "Cm Em"), (2, "C#m E Fm Ab Am"), (3, "F G C# Eb A B Abm"), (4, "Gm Ebm Bm"),
        (5, "Dm F#m Bbm"), (6, "D Bb F#"),
    ],
)  # fmt: skip
def test_triads_from_c_major(cost: int, names: str) -> None:
    assert [size("C", name) for name in names.split()] == [cost] * len(names.split())


def test_the_histogram_over_the_triads() -> None:
    triads = [Chord(root, kind).pitch_classes for root in range(12) for kind in ("maj", "min")]
    counts = np.bincount(leading_sizes([(0, 4, 7)], triads)[0])
    assert counts.tolist() == [1, 2, 5, 7, 3, 3, 3]


def test_sevenths() -> None:
    expected = {
        ("Dm7", "G7"): 3, ("G7", "Cmaj7"): 3, ("Db7", "Cmaj7"): 3, ("G7", "Db7"): 2,
        ("Dm7b5", "G7"): 2, ("Cmaj7", "Am7"): 2, ("Bdim7", "G7"): 1, ("Bdim7", "Bb7"): 1,
        ("Em", "C"): 1, ("Ebm", "C"): 4,
    }  # fmt: skip
    assert {pair: size(*pair) for pair in expected} == expected
    held = minimal_leading(Chord.parse("G7").pitch_classes, Chord.parse("Db7").pitch_classes)
    assert [tone for tone, step in held.moves if step == 0] == [5, 11]


@given(fours, fours, tones)
def test_transposition_inversion_and_turning_round_change_nothing(
    a: list[int], b: list[int], k: int
) -> None:
    for doublings in (False, True):
        known = minimal_leading(a, b, doublings=doublings).size
        up = minimal_leading([x + k for x in a], [x + k for x in b], doublings=doublings)
        down = minimal_leading([k - x for x in a], [k - x for x in b], doublings=doublings)
        back = minimal_leading(b, a, doublings=doublings)
        assert known == up.size == down.size == back.size


@given(fours, fours, fours)
def test_a_detour_is_no_shorter(a: list[int], b: list[int], c: list[int]) -> None:
    ways = [minimal_leading(*pair).size for pair in ((a, c), (a, b), (b, c))]
    assert ways[0] <= ways[1] + ways[2]


@given(fours, fours)
def test_the_voices_arrive(a: list[int], b: list[int]) -> None:
    found = minimal_leading(a, b)
    assert sorted(found.arrivals) == sorted(b)
    assert sorted(tone for tone, _ in found.moves) == sorted(a)
    best = min(
        sum(apart(x, y) for x, y in zip(a, order, strict=True))
        for order in itertools.permutations(b)
    )
    assert found.size == best == leading_sizes([a], [b])[0, 0]


def cheapest_cover(a: list[int], b: list[int], *, circular: bool = True) -> int:
    """Try all the sets of pairs in which every note has a partner, by whom each note chooses.

    A cover that is no larger than it must be is a union of stars, so that each note chooses one
    partner, and the pairs chosen by both sides are counted once.
    """
    far = apart if circular else lambda x, y: abs(x - y)
    best = 10**9
    for mine in itertools.product(range(len(b)), repeat=len(a)):
        left = {(i, j) for i, j in enumerate(mine)}
        missing = set(range(len(b))) - set(mine)
        price = sum(far(a[i], b[j]) for i, j in left)
        price += sum(min(far(x, b[j]) for x in a) for j in missing)
        best = min(best, price)
    return best


@given(some, some)
def test_doublings_equal_brute_force(a: list[int], b: list[int]) -> None:
    found = minimal_leading(a, b, doublings=True)
    assert found.size == cheapest_cover(a, b)
    assert set(found.arrivals) == set(b)
    assert {tone for tone, _ in found.moves} == set(a)
    assert leading_sizes([a], [b], doublings=True)[0, 0] == found.size


@given(fours, fours)
def test_doublings_never_cost_more(a: list[int], b: list[int]) -> None:
    assert minimal_leading(a, b, doublings=True).size <= minimal_leading(a, b).size


pitches = st.lists(st.integers(40, 80), min_size=1, max_size=5)


@given(pitches, pitches)
def test_voices_are_matched_with_least_motion(a: list[int], b: list[int]) -> None:
    pairs = match_voices(a, b)
    assert {pitch for pitch, _ in pairs} == set(a)
    assert {pitch for _, pitch in pairs} == set(b)
    assert all(a <= c and b <= d for (a, b), (c, d) in itertools.pairwise(pairs))  # none cross
    size = sum(abs(x - y) for x, y in pairs)
    if len(a) == len(b):
        orders = itertools.permutations(b)
        assert size == min(sum(abs(x - y) for x, y in zip(a, o, strict=True)) for o in orders)
    else:
        assert size == cheapest_cover(a, b, circular=False)


def test_what_leads_nowhere_is_refused() -> None:
    with pytest.raises(InputError, match="without notes"):
        minimal_leading((), (0,))
    with pytest.raises(InputError, match="without notes"):
        match_voices((), (60,))
    with pytest.raises(InputError, match="3 and 4 notes"):
        minimal_leading((0, 4, 7), (0, 4, 7, 10))
    with pytest.raises(InputError, match="3 and 4 notes"):
        leading_sizes([(0, 4, 7)], [(0, 4, 7, 10)])
