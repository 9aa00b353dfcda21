"""What sounds in each span of a piece, as numbers that chord recognition weighs."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.time import PPQ
from tapeloom.theory.events import Events

# Channels of `describe`, each over the twelve pitch classes. Shares add up to 1 where anything
# sounds; flags are 0 or 1.
OWN = (
    "share",  # of the time that all notes sound together
    "presence",  # of the span during which it sounds
    "onsets",  # share of the notes that begin here
    "bass",  # share of the time as the lowest note
    "top",  # share of the time as the highest note
    "lowest",  # flag: the lowest note of all
    "first_bass",  # flag: the lowest note of the first sonority
    "first",  # flag: sounds in the first sonority
    "last",  # flag: sounds in the last sonority
    "passing",  # share, of notes that are approached and left by step
    "leading_on",  # share, of notes that are left by step only
    "held",  # share, of notes that began before the span
    "late",  # share, of the second half's time
)
CONTEXT = (
    ("share", -1), ("share", 1), ("share", -2), ("share", 2),
    ("bass", -1), ("bass", 1), ("bass", -2), ("bass", 2),
)  # fmt: skip
NEIGHBOURHOOD_QUARTERS = (6, 32)  # to each side, for the shares of a wider context
CHANNELS = len(OWN) + len(CONTEXT) + len(NEIGHBOURHOOD_QUARTERS)
# log2 of the span's quarters; voices; notes a quarter; whether nothing sounds; and of the wider
# context the share of stepwise notes, voices and pitch classes in a first sonority.
SCALARS = 7
STEP_TICKS = PPQ // 8  # a note's end and the next one's beginning may lie so far apart

(SHARE, PRESENCE, ONSETS, BASS, TOP, LOWEST, FIRST_BASS, FIRST, LAST, PASSING, LEADING_ON, HELD,
 LATE) = range(len(OWN))  # fmt: skip


def check_edges(edges: ArrayLike) -> NDArray[np.int64]:
    """Return edges as ticks, and refuse what does not rise.

    >>> check_edges([0, 4, 8])
    array([0, 4, 8])
    >>> check_edges([0, 8, 4])
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: edges must rise from tick to tick; [0, 8, 4] do not
    """
    at = np.asarray(edges, np.int64).reshape(-1)
    if (np.diff(at) <= 0).any():
        raise InputError(f"edges must rise from tick to tick; {at[:12].tolist()} do not")
    return at


def describe(events: Events, edges: ArrayLike) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Describe each span between edges by pitch class, shape (spans, CHANNELS, 12), and in general.

    The second array holds SCALARS numbers a span that know no pitch class. A span in which
    nothing sounds is all zeros but for its context.

    >>> from tapeloom.core.score import Note
    >>> notes = [Note(0, PPQ, 48), Note(0, PPQ, 64), Note(0, PPQ, 67)]
    >>> channels, general = describe(Events.from_notes(notes), [0, PPQ, 2 * PPQ])
    >>> channels.shape, np.flatnonzero(channels[0, SHARE]), np.flatnonzero(channels[0, BASS])
    ((2, 23, 12), array([0, 4, 7]), array([0]))
    """
    at = check_edges(edges)
    spans = max(len(at) - 1, 0)
    channels = np.zeros((spans, CHANNELS, 12))
    general = np.zeros((spans, SCALARS))
    if not spans:
        return channels.astype(np.float32), general.astype(np.float32)
    own = channels[:, : len(OWN)]
    if len(events):
        stops = np.sort(events.end)
        times = np.unique(np.concatenate((events.onset, stops, at)))
        _sweep(events, at, times, own)
    lengths = np.diff(at).astype(np.float64)
    sounding = own[:, SHARE].sum(axis=1)
    notes = own[:, ONSETS].sum(axis=1)
    quarters = lengths / PPQ
    general[:, 0] = np.clip(np.log2(quarters), -3.0, 3.0)
    general[:, 1] = np.minimum(sounding / lengths, 8.0) / 4.0
    general[:, 2] = np.minimum(notes / np.maximum(quarters, 0.5), 16.0) / 8.0
    general[:, 3] = sounding == 0
    for row, reach in enumerate(NEIGHBOURHOOD_QUARTERS, len(OWN) + len(CONTEXT)):
        near = _around(at, own[:, SHARE], reach)
        channels[:, row] = near / np.maximum(near.sum(axis=1, keepdims=True), 1e-9)
    manner = np.stack(
        (
            own[:, [PASSING, LEADING_ON]].sum(axis=(1, 2)),
            sounding,
            own[:, FIRST].sum(axis=1) * lengths,
            lengths * (sounding > 0),
        ),
        axis=1,
    )
    stepwise, voices, first, time = _around(at, manner, NEIGHBOURHOOD_QUARTERS[-1]).T
    general[:, 4] = 2.0 * stepwise / np.maximum(voices, 1e-9)
    general[:, 5] = np.minimum(voices / np.maximum(time, 1e-9), 8.0) / 4.0
    general[:, 6] = first / np.maximum(time, 1e-9) / 4.0
    whole = np.maximum(sounding, 1e-9)[:, None, None]
    own[:, [PASSING, LEADING_ON, HELD]] /= whole
    own[:, PRESENCE] = np.minimum(own[:, SHARE] / lengths[:, None], 1.0)
    for channel in (SHARE, ONSETS, BASS, TOP, LATE):
        own[:, channel] /= np.maximum(own[:, channel].sum(axis=1, keepdims=True), 1e-9)
    for row, (name, reach) in enumerate(CONTEXT, len(OWN)):
        here, there = (slice(-reach, None), slice(None, reach)) if reach < 0 else (
            slice(None, -reach), slice(reach, None))  # fmt: skip
        channels[here, row] = own[there, OWN.index(name)]
    return channels.astype(np.float32), general.astype(np.float32)


def _around(
    at: NDArray[np.int64], values: NDArray[np.float64], reach_quarters: int
) -> NDArray[np.float64]:
    """Sum the values of all spans within reach of each span."""
    total = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=total[1:])
    first = np.searchsorted(at[1:], at[:-1] - reach_quarters * PPQ, side="right")
    last = np.searchsorted(at[:-1], at[1:] + reach_quarters * PPQ, side="left")
    result: NDArray[np.float64] = total[last] - total[first]
    return result


def _sweep(
    events: Events, at: NDArray[np.int64], times: NDArray[np.int64], own: NDArray[np.float64]
) -> None:
    approached, left = find_steps(events)
    _kernels()[1](events.onset, events.end, events.pitch, approached, left, at, times, own)


def find_steps(events: Events) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell for each note whether it is approached by step, and whether it is left by step.

    A step is one or two semitones to a note that begins as this one ends, in whatever part.

    >>> from tapeloom.core.score import Note
    >>> line = [Note(i * PPQ, PPQ, pitch) for i, pitch in enumerate((60, 62, 67))]
    >>> find_steps(Events.from_notes(line))
    (array([False,  True, False]), array([ True, False, False]))
    """
    approached = np.zeros(len(events), np.bool_)
    left = np.zeros(len(events), np.bool_)
    _kernels()[0](events.onset, events.end, events.pitch, STEP_TICKS, approached, left)
    return approached, left


@cache
def _kernels() -> tuple[Any, Any]:
    """Compile the loops (numba takes half a second to import)."""
    from numba import njit

    return njit(cache=True)(mark_steps), njit(cache=True)(sweep)


def mark_steps(
    onset: NDArray[np.int64],
    end: NDArray[np.int64],
    pitch: NDArray[np.int64],
    tolerance: int,
    approached: NDArray[np.bool_],
    left: NDArray[np.bool_],
) -> None:
    """Mark the notes that are approached and left by step; the loop behind `find_steps`.

    >>> approached, left = np.zeros(2, bool), np.zeros(2, bool)
    >>> columns = np.array([[0, 4], [4, 8], [60, 61]])
    >>> mark_steps(*columns, 0, approached, left)
    >>> approached, left
    (array([False,  True]), array([ True, False]))
    """
    count = len(onset)
    for i in range(count):
        j = np.searchsorted(onset, max(end[i] - tolerance, onset[i] + 1))
        while j < count and onset[j] <= end[i] + tolerance:
            distance = abs(pitch[j] - pitch[i])
            if 1 <= distance <= 2:
                left[i] = True
                approached[j] = True
            j += 1


def sweep(
    onset: NDArray[np.int64],
    end: NDArray[np.int64],
    pitch: NDArray[np.int64],
    approached: NDArray[np.bool_],
    left: NDArray[np.bool_],
    at: NDArray[np.int64],
    times: NDArray[np.int64],
    own: NDArray[np.float64],
) -> None:
    """Add up what sounds in each span, in one pass over time; the loop behind `describe`.

    `times` are all onsets, ends and edges in order; `own` (spans, channels, 12) is filled with
    ticks, counts and flags.

    >>> own = np.zeros((1, len(OWN), 12))
    >>> columns = np.array([[0, 0], [4, 2], [60, 64]])
    >>> never = np.zeros(2, bool)
    >>> sweep(*columns, never, never, np.array([0, 4]), np.array([0, 2, 4]), own)
    >>> own[0, SHARE, [0, 4]], own[0, TOP, [0, 4]]
    (array([4., 2.]), array([2., 2.]))
    """
    spans = len(at) - 1
    active = np.empty(len(onset), np.int64)
    sounding = 0
    following = 0
    span = -1
    lowest = 128
    begun = False
    for t in range(len(times) - 1):
        now = times[t]
        if span + 1 <= spans and now == at[span + 1]:
            span += 1
            lowest = 128
            begun = False
        kept = 0
        for k in range(sounding):
            if end[active[k]] > now:
                active[kept] = active[k]
                kept += 1
        sounding = kept
        while following < len(onset) and onset[following] == now:
            active[sounding] = following
            sounding += 1
            if 0 <= span < spans:
                own[span, 2, pitch[following] % 12] += 1.0
            following += 1
        if span < 0 or span >= spans or sounding == 0:
            continue
        length = float(times[t + 1] - now)
        middle = 0.5 * (at[span] + at[span + 1])
        late = min(max(times[t + 1] - middle, 0.0), length)
        low = 128
        high = -1
        own[span, 8] = 0.0
        for k in range(sounding):
            i = active[k]
            class_ = pitch[i] % 12
            low = min(low, pitch[i])
            high = max(high, pitch[i])
            own[span, 0, class_] += length
            own[span, 12, class_] += late
            own[span, 8, class_] = 1.0
            if not begun:
                own[span, 7, class_] = 1.0
            if left[i]:
                own[span, 9 if approached[i] else 10, class_] += length
            if onset[i] < at[span]:
                own[span, 11, class_] += length
        own[span, 3, low % 12] += length
        own[span, 4, high % 12] += length
        if not begun:
            own[span, 6, low % 12] = 1.0
            begun = True
        if low < lowest:
            own[span, 5] = 0.0
            own[span, 5, low % 12] = 1.0
            lowest = low
