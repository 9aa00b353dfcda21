"""Where played notes would be written: the likeliest grid of each beat, swing and habits removed.

Beat by beat the straight grid, triplets, sextuplets and thirty-seconds compete: squared distances
over the players' spread, a price for the rarer grids and one for two notes of a key on one place.
The spread, and how late each key is by habit, are learnt from the notes themselves.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meters, bar_starts, meter_at
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.rhythm.meters import SIXTEENTH, beat_starts
from tapeloom.rhythm.swing_ratio import STRAIGHT_SWING, Swing, swung

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Grids: ticks a step, the price of choosing it for a beat, whether swing moves it.
GRIDS: tuple[tuple[int, float, bool], ...] = (
    (SIXTEENTH, 0.0, True),
    (PPQ // 3, 4.0, False),
    (PPQ // 6, 14.0, False),
    (PPQ // 8, 18.0, True),
)
STRAIGHT_GRID, TRIPLET_GRID = 0, 1
COLLISION = 6.0  # two notes of one key on one place
FIRST_SPREAD_MS, LEAST_SPREAD_MS = 30.0, 8.0
MOST_HABIT_MS = 30.0
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Written:
    """What `write` found, arrays in the order of the played notes."""

    ticks: Ints  # written starts, (n,)
    played: Floats  # where the swing alone would play them, ticks, (n,)
    grids: Ints  # the index in GRIDS of the beat in which each is written, (n,)
    late_ms: Floats  # played minus swung place, (n,)
    cost: float  # squared distances over the spread, and prices
    beats: Ints  # where the beats begin, ticks
    beat_grids: Ints  # the index in GRIDS of each, 0 where nothing was played


def milliseconds(tempo: TempoMap, ticks: Floats | Ints) -> Floats:
    """Return the time of ticks in milliseconds."""
    return 1000.0 * tempo.ticks_to_s(ticks.tolist())


def write(
    starts: Ints,
    keys: Ints,
    *,
    tempo: TempoMap,
    meters: Meters,
    swing: Swing = STRAIGHT_SWING,
    triplets: bool = True,
    rounds: int = ROUNDS,
) -> Written:
    """Find the written place of played notes.

    starts    ticks as played, (n,), 0 or later, in any order
    keys      what has habits of its own: pitches of drums, or all 0, (n,)
    swing     how the straight grids are played
    triplets  whether threes of a beat are thought of

    >>> from tapeloom.core.meter import Meter
    >>> found = write(np.array([40, 2600, 5000]), np.zeros(3, int), tempo=TempoMap(),
    ...               meters=((0, Meter()),))
    >>> found.ticks
    array([   0, 2520, 5040])
    """
    if len(starts) != len(keys):
        raise InputError(f"{len(starts)} onsets, but {len(keys)} keys; there must be as many")
    if not len(starts):
        empty = np.zeros(0, np.int64)
        return Written(empty, np.zeros(0), empty, np.zeros(0), 0.0, empty, empty)
    edges, lengths = _beats(meters, int(starts.max()) + 2 * PPQ)
    _, kind = np.unique(keys, return_inverse=True)
    played_ms = milliseconds(tempo, starts)
    ms_a_tick = 60_000.0 / (PPQ * np.array([float(tempo.bpm_at(int(t))) for t in starts]))
    habit = np.zeros(int(kind.max()) + 1)
    spread = FIRST_SPREAD_MS
    for turn in range(max(rounds, 1)):
        free = starts - habit[kind] / ms_a_tick
        ticks, at, beat_grids, cost = _choose(
            free, kind, edges, lengths, ms_a_tick, spread,
            meters=meters, swing=swing, triplets=triplets,
        )  # fmt: skip
        late = played_ms - milliseconds(tempo, at)
        if turn + 1 >= rounds:
            # A note that comes before the beat is written in it, and so in its grid.
            beat = np.clip(np.searchsorted(edges, ticks, side="right") - 1, 0, len(edges) - 1)
            return Written(ticks, at, beat_grids[beat], late, cost, edges, beat_grids)
        counts = np.bincount(kind)
        sums = np.bincount(kind, np.clip(late, -2 * MOST_HABIT_MS, 2 * MOST_HABIT_MS))
        habit = np.clip(sums / (counts + 4.0), -MOST_HABIT_MS, MOST_HABIT_MS)
        rest = np.abs(late - habit[kind])
        spread = float(np.clip(1.5 * np.median(rest) + 2.0, LEAST_SPREAD_MS, FIRST_SPREAD_MS))
    raise AssertionError  # the last round returns


def _beats(meters: Meters, end: int) -> tuple[Ints, Ints]:
    """Return the ticks at which beats begin, and their lengths, to beyond `end`."""
    bars = bar_starts(meters, end)
    starts: list[int] = []
    for bar, following in itertools.zip_longest(bars, bars[1:]):
        beats = (bar + beat for beat in beat_starts(meter_at(meters, bar)))
        # A change of meter may cut a bar short: its later beats never come.
        starts.extend(beat for beat in beats if following is None or beat < following)
    meter = meter_at(meters, bars[-1])
    edges = np.array([*starts, bars[-1] + meter.bar_ticks], np.int64)
    return edges[:-1], np.diff(edges)


def _nearest(
    free: Floats, edge: Ints, step: int, swing: Swing, meters: Meters
) -> tuple[Ints, Floats]:
    """Return the grid place whose swung time is nearest, and that time, in ticks."""
    below = edge + np.floor((free - edge) / step).astype(np.int64) * step
    options = np.stack([below - step, below, below + step])
    options = np.maximum(options, edge)
    flat = swung(options.ravel(), swing, meters=meters).reshape(options.shape)
    best = np.argmin(np.abs(flat - free), axis=0)
    rows = np.arange(len(free))
    return options[best, rows], flat[best, rows]


def _choose(
    free: Floats, kind: Ints, edges: Ints, lengths: Ints, ms_a_tick: Floats, spread_ms: float,
    *, meters: Meters, swing: Swing, triplets: bool,
) -> tuple[Ints, Floats, Ints, float]:  # fmt: skip
    """Choose each beat's grid: written ticks, their swung times, the grids, the whole cost."""
    n = len(free)
    beat = np.clip(np.searchsorted(edges, free, side="right") - 1, 0, len(edges) - 1)
    used, index = np.unique(beat, return_inverse=True)
    costs = np.full((len(GRIDS), len(used)), np.inf)
    places = np.zeros((len(GRIDS), n), np.int64)
    times = np.zeros((len(GRIDS), n))
    for i, (step, price, swings) in enumerate(GRIDS):
        if not swings and not triplets:
            continue
        usual = swing if swings else STRAIGHT_SWING
        places[i], times[i] = _nearest(free, edges[beat], step, usual, meters)
        distance = ((free - times[i]) * ms_a_tick / spread_ms) ** 2
        costs[i] = price + np.bincount(index, distance, minlength=len(used))
        if i != STRAIGHT_GRID:  # which is there even in a beat that a change of meter cuts
            costs[i, lengths[used] % step != 0] = np.inf
        order = np.lexsort((kind, places[i]))
        twice = (np.diff(places[i][order]) == 0) & (np.diff(kind[order]) == 0)
        costs[i] += COLLISION * np.bincount(index[order][1:][twice], minlength=len(used))
    chosen = np.argmin(costs, axis=0)
    grids = chosen[index]
    rows = np.arange(n)
    total = float(costs[chosen, np.arange(len(used))].sum())
    beat_grids = np.zeros(len(edges), np.int64)
    beat_grids[used] = chosen
    return places[grids, rows], times[grids, rows], beat_grids, total
