"""The compiled loops that count what tells a key; importing them takes half a second.

They stand in one module since they call each other, and numba's cache on disk doesn't notice that
a function of another module has changed.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.time import PPQ

Tables = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]
# Rows of `vectors` are those of `key_evidence.VECTORS`.
_WHOLE_SHARES = (0, 2, 3, 4, 6, 22, 26)
PRESENT = 0.06  # share of a window from which on a pitch class counts as heard
TRUST = 0.7  # in one bar's evidence, against that of another
SHARPNESS = 8.0  # how fast a fit falls with the share of the time outside of a scale
_CLOSE = PPQ // 4  # a note's end and the next one's beginning may lie so far apart


@njit(cache=True, nogil=True)
def _divide(vectors: NDArray[np.float64], row: int, more: float) -> None:
    """Make a row shares of its sum, of which a few cases count for less if it is taken for more.

    (Written out, as array expressions take long to compile.)
    """
    total = more
    for c in range(12):
        total += vectors[row, c]
    for c in range(12):
        vectors[row, c] /= max(total, 1e-9)


@njit(cache=True, nogil=True)
def sweep_notes(
    onset: NDArray[np.int64],
    end: NDArray[np.int64],
    pitch: NDArray[np.int64],
    vectors: NDArray[np.float64],
) -> None:
    """Count what single notes tell, in one pass over time; fills rows of `vectors`.

    >>> from tapeloom.theory.key_evidence import VECTORS
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
        _divide(vectors, row, 0.0)
    for row in (8, 9):
        _divide(vectors, row, 2.0)


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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
    weight = np.zeros(24)  # the twelve twice, so that no step above a root needs a remainder
    for a in range(count):
        total = shares[a].sum()
        if total <= 0 or lows[a] == 999:
            continue
        whole = 0.0
        for c in range(12):
            weight[c] = np.sqrt(shares[a, c] / total)
            whole += weight[c]
        for c in range(12):
            weight[c] /= whole
            weight[c + 12] = weight[c]
        low = lows[a] % 12
        best = -9.0
        # From the bass up, so that of equals a transposition chooses the same.
        for step in range(12):
            root = low + step if low + step < 12 else low + step - 12
            own = weight[root]
            above = 0.3 * weight[root + 10] + 0.1 * weight[root + 11]
            for kind in range(3):
                third = weight[root + (4 if kind == 0 else 3)]
                fifth = weight[root + (6 if kind == 2 else 7)]
                score = own + third + fifth + (-0.08 if kind == 2 else above)
                if step == 0:
                    score += 0.15
                elif step == (8 if kind == 0 else 9):  # the bass is the third
                    score += 0.06
                if third == 0:
                    score -= 0.1
                if own == 0:
                    score -= 0.1
                if score > best + 1e-9:
                    best = score
                    roots[a], kinds[a] = root, kind
        sevenths[a] = kinds[a] == 0 and weight[roots[a] + 10] > 0.08
    return roots, kinds, sevenths


@njit(cache=True, nogil=True)
def count_progress(
    roots: NDArray[np.int64],
    kinds: NDArray[np.int64],
    sevenths: NDArray[np.bool_],
    lows: NDArray[np.int64],
    vectors: NDArray[np.float64],
) -> None:
    """Count triads, where they resolve, and which begin and end; fills rows of `vectors`.

    >>> from tapeloom.theory.key_evidence import VECTORS
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
        for c in range(12):
            vectors[row, c] /= max(heard, 1)
    for row in (10, 15, 16, 23, 24, 25):
        _divide(vectors, row, 1.0)


@njit(cache=True, nogil=True)
def fit_keys(
    shares: NDArray[np.float64],
    least: float,
    odds: NDArray[np.float64],
    floor: NDArray[np.float64],
    scales: NDArray[np.bool_],
    moves: NDArray[np.float64],
    vectors: NDArray[np.float64],
    keywise: NDArray[np.float64],
) -> None:
    """Fit what sounds in windows to each key; fills `keywise` and a row of `vectors`.

    shares   ticks of each pitch class in each window, shape (4 n, 12); one at least sounds
    least    ticks from which on a pitch class counts as heard in one window
    odds     log-odds that it is heard in each key, shape (12, 24); `floor` where none is, (24,)
    scales   whether a pitch class lies in each scale, shape (12, 36): major, two of minor
    moves    probabilities of the next bar's key, shape (24, 24)

    >>> shares, keywise = np.zeros((4, 12)), np.zeros((8, 24))
    >>> shares[2] = 1.0
    >>> near = np.eye(24)
    >>> fit_keys(shares, 0.5, near[:12], near[3], np.ones((12, 36), bool), near,
    ...     np.zeros((27, 12)), keywise)
    >>> keywise[0, [3, 4, 12]], keywise[6, 0]
    (array([2., 1., 0.]), np.float64(1.0))
    """
    count, keys = len(shares), len(floor)
    weights = np.empty((12, keys))
    for c in range(12):
        for key in range(keys):
            weights[c, key] = np.exp(TRUST * odds[c, key])
    silent = np.empty(keys)  # the likelihood where no pitch class is heard
    for key in range(keys):
        silent[key] = np.exp(TRUST * floor[key])
    often = np.zeros((3, 12))
    sounding = np.zeros(3)
    likely = np.zeros((count // 4, keys))
    fits = np.zeros(scales.shape[1])
    fit = np.zeros(scales.shape[1])
    ticks = np.zeros(12)
    bars = 0
    for level in range(3):
        width = 1 << level
        for a in range(0, count, width):
            total = 0.0
            for c in range(12):
                ticks[c] = 0.0
                for k in range(a, a + width):
                    ticks[c] += shares[k, c]
                total += ticks[c]
            if total <= 0:
                continue
            sounding[level] += 1
            if level == 1:
                # Each key's fit falls with the share of the time outside of it, exponentially:
                # a product over the pitch classes outside.
                for s in range(len(fit)):
                    fit[s] = 1.0
                for c in range(12):
                    if ticks[c] > 0:
                        loss = np.exp(-SHARPNESS * ticks[c] / total)
                        for s in range(len(fit)):
                            fit[s] *= 1.0 if scales[c, s] else loss
                for s in range(len(fit)):
                    fits[s] += fit[s]
            elif level == 2:
                for key in range(keys):
                    likely[bars, key] = silent[key]
            for c in range(12):
                if ticks[c] > least * width:
                    often[level, c] += 1
                    if level == 2:
                        for key in range(keys):
                            likely[bars, key] *= weights[c, key]
            bars += level == 2
    for level in range(3):
        for key in range(keys):
            keywise[level, key] = floor[key]
        for c in range(12):
            often[level, c] /= sounding[level]
            for key in range(keys):
                keywise[level, key] += often[level, c] * odds[c, key]
    shared = track(likely[:bars], moves)
    for c in range(12):
        vectors[1, c] = often[1, c]
        keywise[7, c], keywise[7, c + 12] = fits[c] / sounding[1], fits[c + 24] / sounding[1]
    for key in range(keys):
        keywise[6, key] = fits[key] / sounding[1]
        for t in range(bars):
            keywise[3, key] += shared[t, key] / bars
        keywise[4, key], keywise[5, key] = shared[bars - 1, key], shared[0, key]


@njit(cache=True, nogil=True)
def track(likely: NDArray[np.float64], moves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how probable each key is in each bar, given all bars: the forward-backward algorithm.

    likely   likelihoods in any unit, shape (bars, 24)
    moves    probabilities of the next bar's key, shape (24, 24)

    >>> likely = np.ones((2, 24))
    >>> likely[:, 3] = 7.0
    >>> track(likely, np.full((24, 24), 1 / 24)).argmax(axis=1)
    array([3, 3])
    """
    bars, keys = likely.shape
    forward = np.zeros((bars, keys))
    returns = np.zeros((keys, keys))  # so that the inner loop walks along a row
    state, following = np.ones(keys), np.zeros(keys)
    for a in range(keys):
        for b in range(keys):
            returns[b, a] = moves[a, b]
    for t in range(bars):
        if t:
            for b in range(keys):
                following[b] = 0.0
            for a in range(keys):
                for b in range(keys):
                    following[b] += state[a] * moves[a, b]
        total = 0.0
        for b in range(keys):
            state[b] = (following[b] if t else 1.0) * likely[t, b]
            total += state[b]
        for b in range(keys):
            state[b] /= total
            forward[t, b] = state[b]
    for b in range(keys):
        state[b] = 1.0
    for t in range(bars - 2, -1, -1):
        for b in range(keys):
            following[b] = state[b] * likely[t + 1, b]
            state[b] = 0.0
        for b in range(keys):
            for a in range(keys):
                state[a] += returns[b, a] * following[b]
        total, whole = 0.0, 0.0
        for a in range(keys):
            total += state[a]
        for a in range(keys):
            state[a] /= total
            forward[t, a] *= state[a]
            whole += forward[t, a]
        for a in range(keys):
            forward[t, a] /= whole
    return forward


@njit(cache=True, nogil=True)
def gather(
    notes: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    origin: int,
    width: int,
    tables: Tables,
    vectors: NDArray[np.float64],
    keywise: NDArray[np.float64],
) -> None:
    """Count all of it, in windows of some ticks from an origin on; fills `vectors`, `keywise`.

    notes    onsets, ends and pitches of one note at least, in order
    tables   odds, floor, scales and moves, as `fit_keys` takes them

    >>> vectors, keywise = np.zeros((27, 12)), np.zeros((8, 24))
    >>> moves = np.full((24, 24), 1 / 24)
    >>> tables = np.zeros((12, 24)), np.zeros(24), np.ones((12, 36), bool), moves
    >>> notes = np.array([0]), np.array([PPQ]), np.array([60])
    >>> gather(notes, 0, PPQ, tables, vectors, keywise)
    >>> vectors[0, 0], keywise[3].sum().round(9)
    (np.float64(1.0), np.float64(1.0))
    """
    onset, end, pitch = notes
    odds, floor, scales, moves = tables
    sweep_notes(onset, end, pitch, vectors)
    count = -((origin - end.max()) // (4 * width)) * 4
    shares = np.zeros((count, 12))
    lows = np.full(count, 999, np.int64)
    fill_windows(onset, end, pitch, origin, width, shares, lows)
    halves = shares[::2] + shares[1::2]
    low_halves = np.minimum(lows[::2], lows[1::2])
    roots, kinds, sevenths = name_triads(halves, low_halves)
    count_progress(roots, kinds, sevenths, low_halves, vectors)
    fit_keys(shares, PRESENT * width, odds, floor, scales, moves, vectors, keywise)
