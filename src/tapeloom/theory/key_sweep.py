"""The loops that count what tells a key; `key_evidence` compiles them."""

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.time import PPQ

# Rows over the twelve pitch classes. Those of time and of windows are shares of the whole.
VECTORS = (
    "duration",  # of all notes
    "presence",  # windows in which it sounds
    "bass",  # time as the lowest sounding note
    "top",  # time as the highest
    "last",  # of the last quarter note
    "last_bass",  # the lowest note of it
    "first",  # of the first two quarters
    "first_bass",  # the lowest note of the first quarter
    "rise",  # reached by a semitone upwards
    "fall",  # reached by a semitone downwards
    "bass_fifth",  # reached by the bass from a fifth above
    "major",  # windows with its major triad
    "minor",
    "diminished",
    "seventh",  # windows with its dominant seventh chord
    "resolved_major",  # a major triad after its dominant
    "resolved_minor",
    "last_major",  # the last window's triad
    "last_minor",
    "first_major",
    "first_minor",
    "low",  # windows whose lowest note it is
    "held_top",  # time as the highest note, squared a note
    "plagal_major",  # a major triad after its fourth degree's
    "plagal_minor",
    "prepared",  # two-five, by the tonic that it leads to
    "before_rest",  # sounds before a rest or the end
)
_WHOLE_SHARES = (0, 2, 3, 4, 6, 22, 26)
_CLOSE = PPQ // 4  # a note's end and the next one's beginning may lie so far apart


def sweep_notes(
    onset: NDArray[np.int64],
    end: NDArray[np.int64],
    pitch: NDArray[np.int64],
    vectors: NDArray[np.float64],
) -> None:
    """Count what single notes tell, in one pass over time; fills rows of `vectors`.

    >>> vectors = np.zeros((len(VECTORS), 12))
    >>> sweep_notes(*np.array([[0, PPQ], [PPQ, 2 * PPQ], [59, 60]]), vectors)
    >>> vectors[VECTORS.index("rise"), 0] > 0, vectors[VECTORS.index("last_bass"), 0]
    (np.True_, np.float64(1.0))
    """
    count = len(onset)
    begin, last = onset[0], end.max()
    ended = np.full(130, -(2**60), np.int64)  # when each pitch last ended
    active = np.empty(count, np.int64)
    sounding = 0
    i = 0
    while i < count:
        now = onset[i]
        kept = 0
        for k in range(sounding):
            if end[active[k]] > now:
                active[kept] = active[k]
                kept += 1
        sounding = kept
        j = i
        while j < count and onset[j] == now:
            p = pitch[j]
            vectors[0, p % 12] += end[j] - now
            if p > 0 and abs(ended[p - 1] - now) <= _CLOSE:
                vectors[8, p % 12] += 1.0
            if abs(ended[p + 1] - now) <= _CLOSE:
                vectors[9, p % 12] += 1.0
            active[sounding] = j
            sounding += 1
            j += 1
        for k in range(i, j):
            ended[pitch[k]] = end[k]
        following = onset[j] if j < count else last
        low, high, until = 999, -1, now
        for k in range(sounding):
            p = pitch[active[k]]
            low = min(low, p)
            high = max(high, p)
            until = max(until, end[active[k]])
        length = float(min(following, until) - now)
        vectors[2, low % 12] += length
        vectors[3, high % 12] += length
        vectors[22, high % 12] += length * length
        if until < following - _CLOSE or j == count:
            for k in range(sounding):
                vectors[26, pitch[active[k]] % 12] += 1.0 / sounding
        i = j
    lowest_first, lowest_last = 999, 999
    for k in range(count):
        p = pitch[k]
        if end[k] > last - PPQ:
            vectors[4, p % 12] += min(end[k] - last + PPQ, PPQ)
            lowest_last = min(lowest_last, p)
        if onset[k] < begin + 2 * PPQ:
            vectors[6, p % 12] += min(end[k], begin + 2 * PPQ) - onset[k]
        if onset[k] < begin + PPQ:
            lowest_first = min(lowest_first, p)
    vectors[5, lowest_last % 12] = 1.0
    vectors[7, lowest_first % 12] = 1.0
    for row in _WHOLE_SHARES:
        vectors[row] /= max(vectors[row].sum(), 1e-9)
    for row in (8, 9):
        vectors[row] /= vectors[row].sum() + 2.0


def fill_windows(
    onset: NDArray[np.int64],
    end: NDArray[np.int64],
    pitch: NDArray[np.int64],
    origin: int,
    width: int,
    shares: NDArray[np.float64],
    lows: NDArray[np.int64],
) -> None:
    """Add up the ticks of each pitch class in each window, and find its lowest note.

    What only just reaches into a window is no bass of it.

    >>> shares, lows = np.zeros((2, 12)), np.full(2, 999)
    >>> fill_windows(*np.array([[0], [PPQ + 9], [48]]), 0, PPQ, shares, lows)
    >>> shares[:, 0], lows
    (array([1.008e+04, 9.000e+00]), array([ 48, 999]))
    """
    for k in range(len(onset)):
        p, start = pitch[k], onset[k]
        least = min(width // 5, (end[k] - start) * 9 // 10)
        window = (start - origin) // width
        while start < end[k] and window < len(shares):
            stop = min(origin + (window + 1) * width, end[k])
            shares[window, p % 12] += stop - start
            if p < lows[window] and stop - start >= least:
                lows[window] = p
            start = stop
            window += 1


def name_triads(
    shares: NDArray[np.float64], lows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Name the triad that fits each window best: root, kind, whether a dominant seventh.

    Kinds are 0 major, 1 minor, 2 diminished; both are -1 where no note is a bass (999 in `lows`).

    >>> shares = np.zeros((1, 12))
    >>> shares[0, [7, 11, 2, 5]] = 9
    >>> name_triads(shares, np.array([43]))
    (array([7]), array([0]), array([ True]))
    """
    count = len(shares)
    roots = np.full(count, -1, np.int64)
    kinds = np.full(count, -1, np.int64)
    sevenths = np.zeros(count, np.bool_)
    weight = np.zeros(12)
    for a in range(count):
        total = shares[a].sum()
        if total <= 0 or lows[a] == 999:
            continue
        whole = 0.0
        for c in range(12):
            weight[c] = np.sqrt(shares[a, c] / total)
            whole += weight[c]
        low = lows[a] % 12
        best = -9.0
        # From the bass up, so that of equals a transposition chooses the same.
        for step in range(12):
            root = (low + step) % 12
            for kind in range(3):
                third = weight[(root + (4 if kind == 0 else 3)) % 12] / whole
                fifth = weight[(root + (6 if kind == 2 else 7)) % 12] / whole
                own = weight[root] / whole
                score = own + third + fifth
                if kind == 2:
                    score -= 0.08
                else:
                    score += 0.3 * weight[(root + 10) % 12] / whole
                    score += 0.1 * weight[(root + 11) % 12] / whole
                if low == root:
                    score += 0.15
                elif low == (root + (4 if kind == 0 else 3)) % 12:
                    score += 0.06
                if third == 0:
                    score -= 0.1
                if own == 0:
                    score -= 0.1
                if score > best + 1e-9:
                    best = score
                    roots[a], kinds[a] = root, kind
        seventh = weight[(roots[a] + 10) % 12] / whole
        sevenths[a] = kinds[a] == 0 and seventh > 0.08
    return roots, kinds, sevenths


def count_progress(
    roots: NDArray[np.int64],
    kinds: NDArray[np.int64],
    sevenths: NDArray[np.bool_],
    lows: NDArray[np.int64],
    vectors: NDArray[np.float64],
) -> None:
    """Count triads, where they resolve, and which begin and end; fills rows of `vectors`.

    >>> vectors = np.zeros((len(VECTORS), 12))
    >>> count_progress(np.array([7, 0]), np.array([0, 0]), np.array([True, False]),
    ...     np.array([43, 48]), vectors)
    >>> vectors[VECTORS.index("resolved_major")].argmax()
    np.int64(0)
    """
    root_before, kind_before, low_before = -1, -1, -1
    heard = 0
    for a in range(len(roots)):
        root, kind = roots[a], kinds[a]
        if root < 0:
            continue
        heard += 1
        vectors[11 + kind, root] += 1.0
        if sevenths[a]:
            vectors[14, root] += 1.0
        if root_before < 0 and kind < 2:
            vectors[19 + kind, root] = 1.0
        if root_before >= 0 and (root != root_before or kind != kind_before):
            fall = (root_before - root) % 12
            if kind_before == 0 and fall == 7 and kind < 2:
                vectors[15 + kind, root] += 1.0
            if kind_before == 2 and fall == 11 and kind < 2:
                vectors[15 + kind, root] += 0.7
            if kind_before == kind and fall == 5 and kind < 2:
                vectors[23 + kind, root] += 1.0
            if kind_before >= 1 and fall == 7 and kind == 0:
                vectors[25, (root + 5) % 12] += 1.0
        low = lows[a] % 12
        vectors[21, low] += 1.0
        if low_before >= 0 and (low_before - low) % 12 == 7:
            vectors[10, low] += 1.0
        low_before = low
        root_before, kind_before = root, kind
    if root_before >= 0 and kind_before < 2:
        vectors[17 + kind_before, root_before] = 1.0
    for row in (11, 12, 13, 14, 21):
        vectors[row] /= max(heard, 1)
    for row in (10, 15, 16, 23, 24, 25):
        vectors[row] /= vectors[row].sum() + 1.0


def track(evidence: NDArray[np.float64], moves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how probable each key is in each bar, given all bars: the forward-backward algorithm.

    evidence   log-likelihoods, shape (bars, 24)
    moves      probabilities of the next bar's key, shape (24, 24)

    >>> evidence = np.zeros((2, 24))
    >>> evidence[:, 3] = 2.0
    >>> track(evidence, np.full((24, 24), 1 / 24)).argmax(axis=1)
    array([3, 3])
    """
    bars, keys = evidence.shape
    forward = np.zeros((bars, keys))
    likely = np.zeros((bars, keys))
    state = np.full(keys, 1.0 / keys)
    for t in range(bars):
        likely[t] = np.exp(evidence[t] - evidence[t].max())
        following = np.zeros(keys)
        for a in range(keys):
            for b in range(keys):
                following[b] += state[a] * moves[a, b]
        following = (following if t else state) * likely[t]
        state = following / following.sum()
        forward[t] = state
    returns = moves.T.copy()  # so that the inner loop walks along a row
    backward = np.full(keys, 1.0)
    for t in range(bars - 2, -1, -1):
        ahead = backward * likely[t + 1]
        backward = np.zeros(keys)
        for b in range(keys):
            for a in range(keys):
                backward[a] += returns[b, a] * ahead[b]
        backward /= backward.sum()
        forward[t] *= backward
        forward[t] /= forward[t].sum()
    return forward
