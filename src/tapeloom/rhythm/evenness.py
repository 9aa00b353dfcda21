"""Measures of a rhythm's shape on its ring: distances, evenness, oddity, depth, off-beatness."""

import itertools
import math
from collections import Counter
from collections.abc import Sequence

from tapeloom.rhythm.necklaces import Rhythm


def interval_vector(rhythm: Rhythm) -> tuple[int, ...]:
    """Count the pairs of onsets at each distance 1, 2, … half the cycle, the short way round.

    >>> interval_vector(Rhythm.parse("x..x..x...x.x..."))
    (0, 1, 2, 2, 0, 3, 2, 0)
    """
    pairs = itertools.combinations(rhythm.onsets, 2)
    counts = Counter(min(b - a, rhythm.pulses - b + a) for a, b in pairs)
    return tuple(counts[distance] for distance in range(1, rhythm.pulses // 2 + 1))


def distinct_distances(rhythm: Rhythm) -> int:
    """Count the different distances between any two onsets, the short way round.

    >>> distinct_distances(Rhythm.parse("x..x..x...x.x..."))
    5
    """
    return sum(count > 0 for count in interval_vector(rhythm))


def has_oddity(rhythm: Rhythm) -> bool:
    """Tell whether no two onsets halve the cycle (Simha Arom's rhythmic oddity).

    A cycle of an odd number of pulses has no halves and so always has it.

    >>> has_oddity(Rhythm.parse("x..x..x...x.x...")), has_oddity(Rhythm.parse("x...x...x..."))
    (True, True)
    >>> has_oddity(Rhythm.parse("x...x.x...x.x..."))
    False
    """
    half, odd = divmod(rhythm.pulses, 2)
    return bool(odd) or not any(onset + half in rhythm.onsets for onset in rhythm.onsets)


def is_deep(rhythm: Rhythm) -> bool:
    """Tell whether all distances that occur do so different numbers of times.

    This is the looser reading of Winograd's deep scales: distances that never occur don't count.
    `is_winograd_deep` counts them, `is_erdos_deep` asks for the multiplicities 1, 2, … k - 1.

    >>> is_deep(Rhythm.parse("x...x.x...x.x...")), is_deep(Rhythm.parse("x..x..x...x.x..."))
    (True, False)
    """
    counts = [count for count in interval_vector(rhythm) if count]
    return len(counts) == len(set(counts))


def is_winograd_deep(rhythm: Rhythm) -> bool:
    """Tell whether every distance up to half the cycle occurs a number of times of its own.

    E. D. Demaine et al., "The Distance Geometry of Music", Computational Geometry 42 (2009). The
    diatonic scale, as a rhythm the standard bell, is the best-known one.

    >>> is_winograd_deep(Rhythm.parse("x.x.xx.x.x.x")), is_winograd_deep(Rhythm.parse("x..x.x.."))
    (True, False)
    """
    counts = interval_vector(rhythm)
    return len(counts) == len(set(counts))


def is_erdos_deep(rhythm: Rhythm) -> bool:
    """Tell whether of k onsets' distances one occurs once, one twice, … one k - 1 times.

    E. D. Demaine et al., "The Distance Geometry of Music", Computational Geometry 42 (2009).

    >>> is_erdos_deep(Rhythm.parse("x..x..x...x..x.."))
    True
    """
    counts = sorted(count for count in interval_vector(rhythm) if count)
    return counts == list(range(1, len(rhythm)))


def off_beatness(rhythm: Rhythm) -> int:
    """Count the onsets on pulses that no regular division of the cycle can reach.

    These are the pulses prime to their number: 1, 5, 7, 11 of twelve, all the odd ones of sixteen
    (G. T. Toussaint, "Mathematical Features for Recognizing Preference in Sub-Saharan African
    Traditional Rhythm Timelines", 2005).

    >>> off_beatness(Rhythm.parse("x.x.xx.x.x.x"))
    3
    """
    return sum(math.gcd(onset, rhythm.pulses) == 1 for onset in rhythm.onsets)


def is_maximally_even(rhythm: Rhythm) -> bool:
    """Tell whether from onset to onset any count of steps spans one length or two next to it.

    J. Clough and J. Douthett, "Maximally Even Sets", Journal of Music Theory 35 (1991).

    >>> is_maximally_even(Rhythm.parse("x..x..x...x..x..")), is_maximally_even(Rhythm.parse("xx.."))
    (True, False)
    """
    k, n = len(rhythm), rhythm.pulses
    wrapped = [*rhythm.onsets, *(onset + n for onset in rhythm.onsets)]
    spans = ({wrapped[i + d] - wrapped[i] for i in range(k)} for d in range(1, k))
    return all(max(span) - min(span) <= 1 for span in spans)


def evenness(rhythm: Rhythm) -> float:
    """Rate how evenly the onsets lie, 0 (almost all in one place) to 1 (a regular polygon).

    The sum of the straight lines between all onsets on the unit circle over that of the regular
    polygon of as many corners, k cot(pi / 2k); of all rhythms of k onsets in n pulses the Euclidean
    one has the largest (S. Block and J. Douthett, "Vector Products and Intervallic Weighting",
    Journal of Music Theory 38, 1994).

    >>> evenness(Rhythm.parse("x...x...x...")), evenness(Rhythm.parse("x......."))
    (1.0, 1.0)
    >>> round(evenness(Rhythm.parse("xxx.....")), 3)
    0.567
    """
    k = len(rhythm)
    if k == 1:
        return 1.0
    chords = (
        2.0 * math.sin(math.pi * (b - a) / rhythm.pulses)
        for a, b in itertools.combinations(rhythm.onsets, 2)
    )
    return min(round(math.fsum(chords) / (k / math.tan(math.pi / (2 * k))), 12), 1.0)


def balance(rhythm: Rhythm) -> float:
    """Rate how well the wheel would balance on its hub: 1 less the centre of mass's distance.

    A. J. Milne et al., "Perfect Balance: A Novel Principle for the Construction of Musical Scales
    and Meters" (Mathematics and Computation in Music, 2015).

    >>> balance(Rhythm.parse("x...x...x...")), balance(Rhythm.parse("x......."))
    (1.0, 0.0)
    """
    turns = [2.0 * math.pi * onset / rhythm.pulses for onset in rhythm.onsets]
    x = math.fsum(map(math.cos, turns)) / len(turns)
    y = math.fsum(map(math.sin, turns)) / len(turns)
    return max(round(1.0 - math.hypot(x, y), 12), 0.0)


def npvi(intervals: Sequence[float]) -> float:
    """Return the normalised pairwise variability index of intervals in a row, 0..200.

        nPVI = 100 / (m - 1) * sum |a - b| / ((a + b) / 2)   over neighbours a, b

    E. Grabe and E. L. Low, "Durational Variability in Speech and the Rhythm Class Hypothesis"
    (2002). Neighbours don't wrap around the cycle. Fewer than two intervals don't vary: 0.

    >>> round(npvi(Rhythm.parse("x..x..x...x.x...").intervals), 1)
    40.5
    """
    pairs = list(itertools.pairwise(intervals))
    if not pairs:
        return 0.0
    return 100.0 * math.fsum(2.0 * abs(a - b) / (a + b) for a, b in pairs) / len(pairs)


def interval_entropy(rhythm: Rhythm) -> float:
    """Return the entropy in bits of the intervals between neighbouring onsets.

    0 for an even pulse; log2 of the number of onsets where every interval differs.

    >>> interval_entropy(Rhythm.parse("x...x..."))
    0.0
    >>> round(interval_entropy(Rhythm.parse("x..x..x.")), 3)
    0.918
    """
    return _entropy(Counter(rhythm.intervals))


def distance_entropy(rhythm: Rhythm) -> float:
    """Return the entropy in bits of the distances between any two onsets, the short way round.

    >>> round(distance_entropy(Rhythm.parse("x..x..x...x.x...")), 3)
    2.246
    """
    return _entropy(Counter({i: count for i, count in enumerate(interval_vector(rhythm)) if count}))


def _entropy(counts: Counter[int]) -> float:
    total = counts.total()
    if len(counts) < 2:
        return 0.0
    return -math.fsum(count / total * math.log2(count / total) for count in counts.values())
