"""What in a piece tells its key: which pitch classes sound, in which roles, and what they do."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.meter import Meter, Meters, meter_at
from tapeloom.core.time import PPQ
from tapeloom.theory.events import Events
from tapeloom.theory.profiles import turned

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
STAY = 0.92  # probability that the next bar is in the same key
# Major, then minor with both sixths and sevenths, and the harmonic one.
_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 9, 10, 11), (0, 2, 3, 5, 7, 8, 11))
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
    from tapeloom.theory.key_sweep import gather

    origin, _ = first_bar(events, meters)
    width = max(PPQ, -((origin - events.last) // MAX_WINDOWS))
    gather((events.onset, events.end, events.pitch), origin, width, _tables(), vectors, keywise)
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
    flat = np.concatenate(parts, axis=-1).astype(np.float32)
    seen: NDArray[np.float32] = flat.take(_places(), axis=-1)
    return seen


@cache
def _places() -> NDArray[np.int64]:
    """Return where each tonic finds its inputs, shape (12, INPUTS)."""
    rows = np.arange(len(VECTORS) * 12).reshape(-1, 12)
    keys = np.arange(len(KEYWISE) * 24).reshape(-1, 24) + rows.size
    turned = np.moveaxis(rows[:, TURNS], 1, 0).reshape(12, -1)
    return np.concatenate((turned, keys[:, :12].T, keys[:, 12:].T), axis=1)


def chromaticism(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least share of the time, 0..1, that lies outside of any one major scale.

    vectors   shape (..., VECTORS, 12)

    >>> from tapeloom.core.score import Note
    >>> chord = [Note(0, PPQ, pitch) for pitch in (60, 64, 67, 68)]
    >>> float(chromaticism(key_evidence(Events.from_notes(chord))[0]))
    0.25
    """
    lengths = vectors[..., VECTORS.index("duration"), :]
    outside: NDArray[np.float64] = (lengths @ ~_tables()[2][:, :12]).min(axis=-1)
    return outside


@cache
def _tables() -> tuple[
    NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]
]:
    """Return what `key_sweep.fit_keys` takes: log-odds, their floor, scales and moves."""
    shares = turned("temperley")
    odds = (np.log(shares) - np.log(1.0 - shares)).T
    scales = np.zeros((12, 36), np.bool_)
    for row, degrees in enumerate(_SCALES):
        for tonic in range(12):
            scales[[(tonic + step) % 12 for step in degrees], row * 12 + tonic] = True
    return odds.copy(), np.log(1.0 - shares).sum(axis=1), scales, moves()


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
