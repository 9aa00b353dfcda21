"""What in a piece tells its key: which pitch classes sound, in which roles, and what they do."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.meter import Meter, Meters, meter_at
from tapeloom.core.time import PPQ
from tapeloom.theory.events import Events
from tapeloom.theory.key_sweep import (
    VECTORS,
    count_progress,
    fill_windows,
    name_triads,
    sweep_notes,
    track,
)
from tapeloom.theory.profiles import turned

# What is measured of each of the 24 keys, beside the VECTORS over pitch classes.
KEYWISE = (
    "beats",  # Temperley's Bayesian fit of the pitch classes of each quarter note
    "halves",  # of each two
    "bars",  # of each four
    "share",  # of the bars that lie in the key by its forward-backward probability
    "last",  # the same of the last bar
    "first",  # and of the first
    "melodic",  # fit of two quarters to the scale, both sixths and sevenths in minor
    "harmonic",  # and to the harmonic minor scale
)
INPUTS = len(VECTORS) * 12 + 2 * len(KEYWISE)
MAX_WINDOWS = 16_384  # of one quarter; in what lasts longer they are longer
PRESENT = 0.06  # share of a window from which on a pitch class counts as heard
SHARPNESS = 8.0  # how fast a fit falls with the share of notes outside of a scale
STAY = 0.92  # probability that the next bar is in the same key
TRUST = 0.7  # in one bar's evidence, against that of another
_SCALES = {
    "melodic": ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 9, 10, 11)),
    "harmonic": ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 11)),
}
TURNS = (np.arange(12)[None, :] + np.arange(12)[:, None]) % 12  # pitch classes from each tonic
ONE_METER: Meters = ((0, Meter()),)


def key_evidence(
    events: Events, *, meters: Meters = ONE_METER
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Measure what tells the key: shapes (VECTORS, 12 pitch classes) and (KEYWISE, 24 keys).

    meters   tell where the first bar begins, from which windows are counted

    Where there are no notes all is zero. A transposition turns every row and changes nothing else.

    >>> from tapeloom.core.score import Note
    >>> scale = [Note(i * PPQ, PPQ, pitch) for i, pitch in enumerate((60, 62, 64, 65, 67, 71, 72))]
    >>> vectors, keywise = key_evidence(Events.from_notes(scale))
    >>> vectors[VECTORS.index("last_bass")].argmax(), keywise[KEYWISE.index("harmonic")].argmax()
    (np.int64(0), np.int64(0))
    """
    vectors = np.zeros((len(VECTORS), 12))
    keywise = np.zeros((len(KEYWISE), 24))
    if not len(events):
        return vectors, keywise
    notes, windows, triads, progress, tracking = _kernels()
    last = events.last
    origin, _ = first_bar(events, meters)
    width = max(PPQ, -((origin - last) // MAX_WINDOWS))
    count = -(-(last - origin) // (4 * width)) * 4
    notes(events.onset, events.end, events.pitch, vectors)
    shares = np.zeros((count, 12))
    lows = np.full(count, 999, np.int64)
    windows(events.onset, events.end, events.pitch, origin, width, shares, lows)
    halves = shares.reshape(-1, 2, 12).sum(axis=1)
    low_halves = lows.reshape(-1, 2).min(axis=1)
    roots, kinds, sevenths = triads(halves, low_halves)
    progress(roots, kinds, sevenths, low_halves, vectors)
    bars = halves.reshape(-1, 2, 12).sum(axis=1)
    _fit_keys(shares, halves, bars, width, vectors, keywise, tracking)
    return vectors, keywise


def first_bar(events: Events, meters: Meters) -> tuple[int, int]:
    """Return the tick at which the first note's bar begins, and how many ticks a bar there lasts.

    events   at least one note

    >>> from tapeloom.core.score import Note
    >>> first_bar(Events.from_notes([Note(9 * PPQ, PPQ, 60)]), ONE_METER) == (8 * PPQ, 4 * PPQ)
    True
    """
    first = int(events.onset[0])
    bar = meter_at(meters, first).bar_ticks
    begin = max((tick for tick, _ in meters if tick <= first), default=0)
    return begin + (first - begin) // bar * bar, bar


def seen_from_keys(
    vectors: NDArray[np.float64], keywise: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Lay evidence out as each tonic sees it, shape (..., 12 tonics, INPUTS).

    The vectors begin on the tonic; of what is measured a key, the major key's goes first, then
    the minor one's.

    >>> seen_from_keys(np.zeros((len(VECTORS), 12)), np.zeros((len(KEYWISE), 24))).shape
    (12, 340)
    """
    lead = vectors.shape[:-2]
    parts = (vectors.reshape(*lead, -1), keywise.reshape(*lead, -1))
    seen: NDArray[np.float32] = np.concatenate(parts, axis=-1).astype(np.float32)[..., _places()]
    return seen


@cache
def _places() -> NDArray[np.int64]:
    """Return where each tonic finds its inputs, shape (12, INPUTS)."""
    rows = np.arange(len(VECTORS) * 12).reshape(-1, 12)
    keys = np.arange(len(KEYWISE) * 24).reshape(-1, 24) + rows.size
    turned = np.moveaxis(rows[:, TURNS], 1, 0).reshape(12, -1)
    return np.concatenate((turned, keys[:, :12].T, keys[:, 12:].T), axis=1)


def chromaticism(vectors: NDArray[np.float64]) -> float:
    """Return the least share of the time, 0..1, that lies outside of any one major scale.

    >>> from tapeloom.core.score import Note
    >>> chord = [Note(0, PPQ, pitch) for pitch in (60, 64, 67, 68)]
    >>> chromaticism(key_evidence(Events.from_notes(chord))[0])
    0.25
    """
    return float((vectors[VECTORS.index("duration")] @ _tables()[3][:, :12]).min())


def _fit_keys(
    shares: NDArray[np.float64],
    halves: NDArray[np.float64],
    bars: NDArray[np.float64],
    width: int,
    vectors: NDArray[np.float64],
    keywise: NDArray[np.float64],
    tracking: Any,
) -> None:
    """Fill in what is measured of each key."""
    scale, floor, moves, outside = _tables()
    held: list[NDArray[np.bool_]] = []
    for row, (windows, quarters) in enumerate(((shares, 1), (halves, 2), (bars, 4))):
        sounding = windows[windows.any(axis=1)]
        present = sounding > PRESENT * quarters * width
        keywise[row] = present.mean(axis=0) @ scale + floor
        held.append(present)
        if quarters == 2:
            vectors[VECTORS.index("presence")] = present.mean(axis=0)
            wrong = (sounding @ outside) / sounding.sum(axis=1, keepdims=True)
            fit = np.exp(-SHARPNESS * wrong).mean(axis=0)
            keywise[6:] = fit.reshape(2, 24)
    evidence = TRUST * (held[2] @ scale + floor)
    posterior = tracking(evidence, moves)
    keywise[3] = posterior.mean(axis=0)
    keywise[4], keywise[5] = posterior[-1], posterior[0]


@cache
def _tables() -> tuple[NDArray[np.float64], ...]:
    """Return log-odds (12, 24), floors (24,), moves (24, 24), what is outside scales (12, 48)."""
    shares = turned("temperley")
    floor = np.log(1.0 - shares).sum(axis=1)
    scale = (np.log(shares) - np.log(1.0 - shares)).T
    outside = np.ones((2, 24, 12))
    for row, modes in enumerate(_SCALES.values()):
        for mode, degrees in enumerate(modes):
            for tonic in range(12):
                outside[row, mode * 12 + tonic, [(tonic + step) % 12 for step in degrees]] = 0.0
    return scale.copy(), floor, moves(), np.ascontiguousarray(outside.reshape(48, 12).T)


def moves() -> NDArray[np.float64]:
    """Return how probable each key is in the bar after each, shape (24, 24): near keys rather.

    >>> table = moves()
    >>> bool(np.allclose(table.sum(axis=1), 1)), bool(table[0, 7] > table[0, 2])
    (True, True)
    """
    keys = np.arange(24)
    minor = keys >= 12
    fifths = (keys % 12 + 3 * minor) * 7 % 12
    apart = (fifths[:, None] - fifths[None, :]) % 12
    apart = np.minimum(apart, 12 - apart)
    other = minor[:, None] != minor[None, :]
    parallel = (keys[:, None] % 12 == keys[None, :] % 12) & other
    table: NDArray[np.float64] = np.exp(-np.where(parallel, 1, apart) - 0.5 * other)
    np.fill_diagonal(table, 0.0)
    table *= (1.0 - STAY) / table.sum(axis=1, keepdims=True)
    np.fill_diagonal(table, STAY)
    return table


@cache
def _kernels() -> tuple[Any, ...]:
    """Compile the loops (numba takes half a second to import)."""
    from numba import njit

    loops = (sweep_notes, fill_windows, name_triads, count_progress, track)
    return tuple(njit(cache=True)(loop) for loop in loops)
