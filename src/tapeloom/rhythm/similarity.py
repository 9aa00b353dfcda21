"""How far one rhythm is from another: moves, edits, chains of intervals, nearest onsets."""

import itertools
import math
from fractions import Fraction

from tapeloom.core.errors import InputError
from tapeloom.rhythm.necklaces import Rhythm, rotate


def _same_pulses(a: Rhythm, b: Rhythm) -> int:
    if a.pulses != b.pulses:
        raise InputError(
            f"the rhythms have {a.pulses} and {b.pulses} pulses; they must be as long as each other"
        )
    return a.pulses


def hamming_distance(a: Rhythm, b: Rhythm) -> int:
    """Count the pulses at which one rhythm sounds and the other doesn't.

    >>> hamming_distance(Rhythm.parse("x..x..x."), Rhythm.parse("x.xx.xx."))
    2
    """
    _same_pulses(a, b)
    return len(set(a.onsets) ^ set(b.onsets))


def swap_distance(a: Rhythm, b: Rhythm, *, cyclic: bool = False) -> int:
    """Count the steps of one pulse by which onsets must move to turn one rhythm into the other.

    The two have as many onsets; `directed_swap_distance` serves where they don't. With `cyclic` an
    onset may also cross the end of the cycle.

    G. T. Toussaint, "A Comparison of Rhythmic Similarity Measures" (ISMIR 2004).

    >>> son, gahu = Rhythm.parse("x..x..x...x.x..."), Rhythm.parse("x..x..x...x...x.")
    >>> swap_distance(son, gahu)
    2
    """
    n = _same_pulses(a, b)
    k = len(a)
    if k != len(b):
        raise InputError(f"the rhythms have {k} and {len(b)} onsets; swaps need as many in each")
    turns = range(-k, k + 1) if cyclic else range(1)
    return min(
        sum(
            abs(onset - b.onsets[(i + turn) % k] - (i + turn) // k * n)
            for i, onset in enumerate(a.onsets)
        )
        for turn in turns
    )


def directed_swap_distance(a: Rhythm, b: Rhythm) -> int:
    """Count the steps that bring every onset of the denser rhythm onto one of the sparser.

    Each onset of the sparser one receives at least one. For as many onsets it is the swap distance.

    J. M. Díaz-Báñez, G. Farigu, F. Gómez, D. Rappaport and G. T. Toussaint, "El Compás Flamenco: A
    Phylogenetic Analysis" (BRIDGES 2004).

    >>> directed_swap_distance(Rhythm.parse("x..x..x."), Rhythm.parse("x.xx.xx."))
    2
    """
    _same_pulses(a, b)
    dense, sparse = (a.onsets, b.onsets) if len(a) >= len(b) else (b.onsets, a.onsets)
    # best[j]: the cost so far with the last onset sent to sparse[j] and all before it served
    best: list[float] = [abs(dense[0] - sparse[0])] + [math.inf] * (len(sparse) - 1)
    for onset in dense[1:]:
        best = [
            min(best[j], best[j - 1] if j else math.inf) + abs(onset - goal)
            for j, goal in enumerate(sparse)
        ]
    return int(best[-1])


def necklace_distance(a: Rhythm, b: Rhythm) -> int:
    """Return the least cyclic swap distance between one rhythm and any rotation of the other.

    >>> necklace_distance(Rhythm.parse("x..x..x...x.x..."), Rhythm.parse("..x.x...x..x..x."))
    0
    """
    return min(swap_distance(a, rotate(b, turn), cyclic=True) for turn in range(b.pulses))


def edit_distance(a: Rhythm, b: Rhythm) -> int:
    """Count the fewest pulses to insert, drop or change (Levenshtein), of any two lengths.

    >>> edit_distance(Rhythm.parse("x..x..x."), Rhythm.parse("x..x..x"))
    1
    """
    row = list(range(b.pulses + 1))
    other = str(b)
    for i, sign in enumerate(str(a), 1):
        previous, row = row, [i]
        for j, goal in enumerate(other, 1):
            row.append(min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (sign != goal)))
    return row[-1]


def chronotonic_distance(a: Rhythm, b: Rhythm) -> Fraction:
    """Return the area between the two rhythms' chains of intervals, in pulses of `a` squared.

    At each moment a chain stands as high as the interval it lies in is long. Cycles of different
    pulses are stretched to the same length. An even pulse has the same chain wherever it begins.

    G. T. Toussaint, "A Comparison of Rhythmic Similarity Measures" (ISMIR 2004), after Gustafson.

    >>> chronotonic_distance(Rhythm.parse("x..x..x...x.x..."), Rhythm.parse("x..x...x..x.x..."))
    Fraction(6, 1)
    """
    n = math.lcm(a.pulses, b.pulses)
    area = sum(abs(p - q) for p, q in zip(_chain(a, n), _chain(b, n), strict=True))
    return Fraction(area * a.pulses**2, n**2)


def _chain(rhythm: Rhythm, length: int) -> list[int]:
    scale = length // rhythm.pulses
    steps = [interval * scale for interval in rhythm.intervals]
    chain = [*itertools.chain.from_iterable([step] * step for step in steps)]
    late = rhythm.onsets[0] * scale
    return chain[length - late :] + chain[: length - late]


def hausdorff_distance(a: Rhythm, b: Rhythm) -> int:
    """Return how far at most an onset of either rhythm lies from the other's nearest, in pulses.

    Distances go the short way round the cycle.

    >>> hausdorff_distance(Rhythm.parse("x..x..x."), Rhythm.parse("x......."))
    3
    """
    n = _same_pulses(a, b)

    def farthest(these: Rhythm, those: Rhythm) -> int:
        return max(min(min((i - j) % n, (j - i) % n) for j in those.onsets) for i in these.onsets)

    return max(farthest(a, b), farthest(b, a))


def interval_ratio_distance(a: Rhythm, b: Rhythm) -> float:
    """Compare how intervals grow and shrink from one to the next, whatever the tempo.

        d = sum max(r, s) / min(r, s) - m   over the m pairs of neighbours' ratios r of a, s of b

    E. Coyle and I. Shmulevich, "A System for Machine Recognition of Music Patterns" (ICASSP 1998).

    >>> interval_ratio_distance(Rhythm.parse("x..x..x."), Rhythm.parse("x.....x.....x..."))
    0.0
    """
    if len(a) != len(b):
        raise InputError(
            f"the rhythms have {len(a)} and {len(b)} onsets; ratios need as many in each"
        )
    total = 0.0
    pairs = zip(itertools.pairwise(a.intervals), itertools.pairwise(b.intervals), strict=True)
    for (a1, a2), (b1, b2) in pairs:
        r, s = a2 / a1, b2 / b1
        total += max(r, s) / min(r, s) - 1.0
    return total
