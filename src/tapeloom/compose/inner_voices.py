"""Voices between a tune and a bass: of all the ways to fill the chords, the one that moves best.

Each voice keeps to its instrument's comfortable range; dynamic programming over the likely layouts
of every chord weighs what it sounds, how it is spaced, and how the voices move, parallels with
tune and bass among them.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.theory.voicing import functions

Ranges = tuple[tuple[int, int], ...]  # of each voice, the highest first
Costs = NDArray[np.float64]
_LAYOUTS = 48  # that are weighed of each chord
_MOST = 8  # pitches of one voice that are looked at, the nearest to its middle
_NEEDS = {"third": 4.0, "seventh": 3.0, "colour": 0.6, "ninth": 0.5}  # what it costs to lack them
_PARALLEL = 3.0
_UNDER = 5  # semitones that neighbours like to lie apart


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch in which the inner voices stay: its chord, and what sounds around them."""

    start: int  # ticks
    end: int
    chord: Chord
    top: int | None = None  # the tune's pitch as it begins; None where it rests
    ceiling: int | None = None  # the tune's lowest pitch within it
    bottom: int | None = None  # the bass's pitch


def lead_inner(moments: Sequence[Moment], ranges: Ranges) -> list[tuple[int, ...]]:
    """Find the pitches of inner voices, the highest voice first, for each moment.

    ranges  the MIDI pitches that each voice keeps to, the highest voice first

    >>> cadence = [Moment(0, 4, Chord.parse("Dm7"), 74, 74, 50),
    ...            Moment(4, 8, Chord.parse("G7"), 71, 71, 43), Moment(8, 12, Chord(0), 72, 72, 48)]
    >>> lead_inner(cadence, ((57, 72), (52, 67)))
    [(65, 60), (65, 62), (64, 60)]
    """
    if not ranges or not moments:
        return [()] * len(moments)
    layouts = [_layouts(m.chord, ranges, m.top, m.ceiling, m.bottom) for m in moments]
    best = layouts[0][1]
    back: list[NDArray[np.intp]] = []
    for i in range(1, len(moments)):
        price = _moves(layouts[i - 1][0], layouts[i][0], moments[i - 1], moments[i])
        total = best[:, None] + price
        back.append(total.argmin(axis=0))
        best = total.min(axis=0) + layouts[i][1]
    path = [int(best.argmin())]
    for choice in reversed(back):
        path.append(int(choice[path[-1]]))
    path.reverse()
    return [tuple(rows[i].tolist()) for (rows, _), i in zip(layouts, path, strict=True)]


@lru_cache(maxsize=8192)
def _layouts(
    chord: Chord, ranges: Ranges, top: int | None, ceiling: int | None, bottom: int | None
) -> tuple[NDArray[np.int64], Costs]:
    """List the likeliest layouts, shape (layouts, voices), and what each costs by itself."""
    tones = set(chord.pitch_classes)
    choices: list[list[int]] = []
    homes = _homes(ranges, ceiling if ceiling is not None else top)
    for (low, high), home in zip(ranges, homes, strict=True):
        own = [pitch for pitch in range(low, high + 1) if pitch % 12 in tones]
        if not own:
            raise InputError(f"no tone of {chord} lies between the pitches {low} and {high}")
        near = sorted((abs(pitch - home), pitch) for pitch in own)
        choices.append([pitch for _, pitch in near[:_MOST]])
    rows = np.array(list(itertools.product(*choices)), np.int64)
    falling = (np.diff(rows, axis=1) <= 0).all(axis=1)
    rows = rows[falling] if falling.any() else rows
    costs = _standing(rows, chord, ranges, top, ceiling, bottom)
    order = np.argsort(costs, kind="stable")[:_LAYOUTS]
    return rows[order], costs[order]


def _homes(ranges: Ranges, roof: int | None) -> list[float]:
    """Return where each voice likes to lie: one under the other below the tune, where it can."""
    homes = []
    for number, (low, high) in enumerate(ranges):
        middle = (low + high) / 2
        if roof is not None and low <= roof - _UNDER:
            middle = min(middle, roof - _UNDER - _UNDER * number)
        homes.append(float(min(max(middle, low), high)))
    return homes


def _standing(
    rows: NDArray[np.int64], chord: Chord, ranges: Ranges, top: int | None, ceiling: int | None,
    bottom: int | None,
) -> Costs:  # fmt: skip
    degrees = functions(chord.quality)
    around = [pitch % 12 for pitch in (top, bottom) if pitch is not None]
    classes = rows % 12
    cost = np.zeros(len(rows))
    for name, price in _NEEDS.items():
        if name not in degrees:
            continue
        tone = (chord.root + degrees[name]) % 12
        count = (classes == tone).sum(axis=1) + around.count(tone)
        cost += price * (count == 0)
        twice = {"third": 0.5, "seventh": 1.5}.get(name, 0.8)
        cost += twice * np.maximum(count - 1, 0)
    gaps = -np.diff(rows, axis=1)
    lower = rows[:, 1:]
    cost += (1.2 * (gaps == 0) + 0.25 * np.maximum(gaps - 12, 0)).sum(axis=1)
    cost += (2.0 * ((gaps > 0) & (gaps < 3) & (lower < 52))).sum(axis=1)
    cost += (1.5 * ((gaps > 0) & (gaps < 5) & (lower < 45))).sum(axis=1)
    cost += (1.0 * (gaps == 1)).sum(axis=1)
    roof = ceiling if ceiling is not None else top
    cost += 0.03 * np.abs(rows - np.array(_homes(ranges, roof))).sum(axis=1)
    if roof is not None:
        over = rows - roof
        below = np.array([low <= roof - _UNDER for low, _ in ranges])
        cost += ((2.5 * (over > 0) + 0.4 * np.maximum(over, 0)) * below).sum(axis=1)
        cost += (0.9 * (over == 0) + 2.5 * (np.abs(over) == 1)).sum(axis=1)
        cost += 0.08 * np.maximum(roof - rows[:, 0] - 9, 0)
    if bottom is not None:
        under = bottom - rows
        cost += (2.5 * (under >= 0) + 0.4 * np.maximum(under, 0)).sum(axis=1)
        cost += (1.5 * ((under < 0) & (under > -5) & (bottom < 48))).sum(axis=1)
    return np.asarray(cost, np.float64)


def _moves(
    before: NDArray[np.int64], after: NDArray[np.int64], first: Moment, second: Moment
) -> Costs:
    """Price each move from a layout to the next: distance, leaps, parallels."""
    a, b = _framed(before, first), _framed(after, second)
    steps = b[None, :, :] - a[:, None, :]
    inner = np.abs(steps[:, :, 1:-1])
    cost = (0.2 * inner + 0.5 * np.maximum(inner - 5, 0)).sum(axis=2)
    for i, j in itertools.combinations(range(a.shape[1]), 2):
        if (i, j) == (0, a.shape[1] - 1) or min(a[0, i], a[0, j], b[0, i], b[0, j]) < 0:
            continue
        x, y = (a[:, i] - a[:, j]) % 12, (b[:, i] - b[:, j]) % 12
        same = (x[:, None] == y[None, :]) & np.isin(y, (0, 7))[None, :]
        moved = (steps[:, :, i] != 0) & (steps[:, :, j] != 0)
        alike = np.sign(steps[:, :, i]) == np.sign(steps[:, :, j])
        cost = cost + _PARALLEL * (same & moved & alike)
    return np.asarray(cost, np.float64)


def _framed(rows: NDArray[np.int64], moment: Moment) -> NDArray[np.int64]:
    """Set tune and bass around layouts, -1 where they rest."""
    top = -1 if moment.top is None else moment.top
    bottom = -1 if moment.bottom is None else moment.bottom
    count = len(rows)
    return np.column_stack([np.full(count, top), rows, np.full(count, bottom)])


def _until(line: Sequence[tuple[int, int, int]], first: int, stop: int) -> list[tuple[int, int]]:
    """Return onset and pitch of a line's notes from the first one on, before a tick."""
    found = []
    while first < len(line) and line[first][0] < stop:
        found.append((line[first][0], line[first][2]))
        first += 1
    return found


def moments_of(
    starts: Sequence[int], end: int, chords: Sequence[tuple[int, int, Chord]],
    melody: Sequence[tuple[int, int, int]], bass: Sequence[tuple[int, int, int]],
) -> list[Moment]:  # fmt: skip
    """Cut a stretch at ticks and tell what sounds in each piece.

    chords, melody, bass   (start, end, what) in order; pieces without a chord are left out
    """
    edges = sorted({tick for tick in starts if tick < end} | {end})
    found: list[Moment] = []
    at = [0, 0, 0]
    rows = (chords, melody, bass)
    for start, stop in itertools.pairwise(edges):
        for i, row in enumerate(rows):
            while at[i] < len(row) and row[at[i]][1] <= start:
                at[i] += 1
        if at[0] >= len(chords) or chords[at[0]][0] > start:
            continue
        tune, low = _until(melody, at[1], stop), _until(bass, at[2], stop)
        top = tune[0][1] if tune and tune[0][0] <= start else None
        ceiling = min((pitch for _, pitch in tune), default=None)
        bottom = low[0][1] if low and low[0][0] <= start else None
        found.append(Moment(start, stop, chords[at[0]][2], top, ceiling, bottom))
    return found
