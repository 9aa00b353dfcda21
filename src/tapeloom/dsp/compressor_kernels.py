"""The inner loops of a compressor: from powers to gains, one look after another."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.decibels import to_db, to_gain

Signal = NDArray[np.float64]
_FLOOR = 1e-24  # of power
_AT_REST = 1e-9  # dB: a stage that has given back all but this has given back all
_LEAST_KNEE_DB = 1e-9


@njit(cache=True, nogil=True)
def want(
    levels: Signal,
    before: Signal,
    after: Signal,
    moved: int,
    step: float,
    growing: bool,
    upward: bool,
    wanted: Signal,
    closed: Signal,
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Fill in the reduction wanted at each level, and how far the loop is closed (0..1) there.

    before, after  threshold, slope (1 - 1/ratio), knee and range
    moved, step    samples on the way from one to the other, and how much of it one sample is
    """
    sign = -1.0 if upward else 1.0
    for m in range(levels.size):
        way = min(1.0, (moved + 2 * m + 1) * step)
        threshold = before[0] + way * (after[0] - before[0])
        slope = before[1] + way * (after[1] - before[1])
        knee = max(before[2] + way * (after[2] - before[2]), _LEAST_KNEE_DB)
        limit = before[3] + way * (after[3] - before[3])
        over = sign * (levels[m] - threshold)
        if growing:
            above = max(over, 0.0)
            share = above / (above + knee)
            change = slope * above * share
            closed[m] = share * (2.0 - share)
        else:
            inside = min(max(over + 0.5 * knee, 0.0), knee)
            closed[m] = inside / knee
            change = slope * (0.5 * inside * closed[m] + max(over - 0.5 * knee, 0.0))
        change = min(change, limit)
        wanted[m] = limit - change if upward else change


@njit(cache=True, nogil=True)
def ride(
    wanted: Signal, closed: Signal, stages: Signal, diode: bool, held: Signal, out: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Fill out with the fullest stage; `held` is what each holds, in dB, and carried on.

    stages  rows of weight, step up, step down in an open loop, in a closed one
    """
    for k in range(stages.shape[0]):
        weight, up, down, faster = stages[k, 0], stages[k, 1], stages[k, 2], stages[k, 3]
        y = held[k]
        for m in range(wanted.size):
            w = wanted[m]
            # Products that don't wait for the last y come first: the loop's length is its speed.
            rising = (1.0 - up) * y + up * w
            if diode:
                falling = max((1.0 - down) * y, w)
            else:
                fall = down + closed[m] * (faster - down)
                falling = (1.0 - fall) * y + fall * w
            y = rising if w > y else falling
            out[m] = weight * y if k == 0 else max(out[m], weight * y)
        held[k] = y if y > _AT_REST else 0.0


@njit(cache=True, nogil=True)
def slew(
    wanted: Signal, largest: float, held: Signal, out: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Fill out with what is wanted, which grows by `largest` dB at most from look to look."""
    y = held[0]
    for m in range(wanted.size):
        y = min(wanted[m], y + largest)
        out[m] = y
    held[0] = y


@njit(cache=True, nogil=True)
def ride_gain(
    power: Signal,
    before: Signal,
    after: Signal,
    moved: int,
    step: float,
    manner: tuple[bool, bool, bool, bool],
    largest: float,
    stages: Signal,
    held: Signal,
    scratch: Signal,
    gains: Signal,
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Fill gains with what each power is given.

    before, after  threshold, slope, knee, range, (link,) gain of the wet and of the dry sound
    manner         whether the ratio grows, it works upward, there is a diode, it only slews
    largest        step where it only slews; else the stages ride
    scratch        (6, as many as powers or more)
    """
    growing, upward, diode, slews = manner
    n = power.size
    db, wanted, closed, change = scratch[0, :n], scratch[1, :n], scratch[2, :n], scratch[3, :n]
    one, two = scratch[4, :n], scratch[5, :n]
    to_db(power, _FLOOR, db, one, two)
    want(db, before, after, moved, step, growing, upward, wanted, closed)
    if slews:
        slew(wanted, largest, held, change)
    else:
        ride(wanted, closed, stages, diode, held, change)
    for m in range(n):
        way = min(1.0, (moved + 2 * m + 1) * step)
        limit = before[3] + way * (after[3] - before[3])
        change[m] = (limit if upward else 0.0) - change[m]
    to_gain(change, db, one, two)
    for m in range(n):
        way = min(1.0, (moved + 2 * m + 1) * step)
        wet = before[5] + way * (after[5] - before[5])
        dry = before[6] + way * (after[6] - before[6])
        gains[m] = wet * db[m] + dry
