"""Levels: decibels and gains, RMS and DC offset."""

import math

import numpy as np
from numpy.typing import NDArray

OFF_DB = -120.0  # a noise of this level is none at all


def db_to_gain(db: float) -> float:
    """Convert decibels to a factor of amplitude.

    >>> db_to_gain(-20.0), db_to_gain(float("-inf"))
    (0.1, 0.0)
    """
    return float(10.0 ** (db / 20.0))


def gain_to_db(gain: float) -> float:
    """Convert a factor of amplitude (at least 0) to decibels; -inf for 0.

    >>> gain_to_db(0.1), gain_to_db(0.0)
    (-20.0, -inf)
    """
    return 20.0 * math.log10(gain) if gain > 0.0 else -math.inf


def rms_db(x: NDArray[np.floating]) -> float:
    """Return the RMS level of (channels, samples) in dBFS, where a square wave of 1 reads 0.

    >>> rms_db(np.full((1, 8), 0.1))
    -20.0
    """
    if not x.size:
        return -math.inf
    return gain_to_db(math.sqrt(float(np.mean(np.square(x, dtype=np.float64)))))


def dc_offset_db(x: NDArray[np.floating]) -> float:
    """Return the largest DC offset of any channel of (channels, samples) in dBFS.

    >>> dc_offset_db(np.array([[0.5, -0.5, 0.5, -0.5], [0.01, 0.01, 0.01, 0.01]]))
    -40.0
    """
    if not x.size:
        return -math.inf
    return round(gain_to_db(float(np.abs(np.mean(x, axis=1, dtype=np.float64)).max())), 9)
