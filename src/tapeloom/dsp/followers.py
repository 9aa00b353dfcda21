"""Followers: a number that trails another, quickly up and slowly down."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Signal = NDArray[np.float64]


def smoothing(time_ms: float, rate: float) -> float:
    """Return the step of a one-pole follower that covers 63 % of a jump in `time_ms`.

    >>> round(smoothing(10.0, 100), 3), smoothing(0.0, 100)
    (0.632, 1.0)
    """
    return 1.0 - math.exp(-1000.0 / (time_ms * rate)) if time_ms > 0.0 else 1.0


@njit(cache=True, nogil=True)
def _follow(
    x: NDArray[np.float64], rise: float, fall: float, start: float
) -> float:  # pragma: no cover - compiled; tested through py_func
    """Smooth x in place: y += step (x - y), where the step is `rise` upwards and `fall` down."""
    y = start
    for n in range(x.size):
        step = rise if x[n] > y else fall
        y += step * (x[n] - y)
        if -1e-60 < y < 1e-60:
            y = 0.0
        x[n] = y
    return y


def follow(x: Signal, *, rise: float, fall: float, start: float = 0.0) -> tuple[Signal, float]:
    """Return x smoothed by a one-pole follower, and where it ends.

    >>> follow(np.array([1.0, 1.0, 0.0]), rise=1.0, fall=0.5)
    (array([1. , 1. , 0.5]), 0.5)
    """
    y = np.array(x, np.float64)
    return y, float(_follow(y, rise, fall, start))
