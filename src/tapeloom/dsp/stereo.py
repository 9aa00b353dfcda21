"""Left and right: panning, middle and side, how alike two channels are, what mono loses."""

import math

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.level import db_to_gain


def pan_gains(pan: float) -> tuple[float, float]:
    """Return the gains of left and right for -1 (left) to 1 (right), of constant power.

    The centre has gain 1, so that what isn't panned isn't changed.

    >>> pan_gains(0.0), [round(gain, 3) for gain in pan_gains(1.0)]
    ((1.0, 1.0), [0.0, 1.414])
    """
    angle = (pan + 1.0) * math.pi / 4.0
    if pan == 0.0:
        return 1.0, 1.0
    return math.sqrt(2.0) * math.cos(angle), math.sqrt(2.0) * math.sin(angle)


def mid_side(x: NDArray[np.inexact]) -> NDArray[np.inexact]:
    """Turn left and right (2, ...) into middle and side, and back again but for a factor 2.

    >>> mid_side(mid_side(np.array([[1.0], [3.0]]))) / 2
    array([[1.],
           [3.]])
    """
    return np.stack((x[0] + x[1], x[0] - x[1]))


def correlation(x: NDArray[np.floating]) -> float:
    """Return how alike left and right are: 1 mono, 0 unrelated, -1 opposed; 1 for silence.

    >>> correlation(np.array([[1.0, -1.0], [0.5, -0.5]])), correlation(np.zeros((2, 4)))
    (1.0, 1.0)
    """
    left, right = np.asarray(x[0], np.float64), np.asarray(x[-1], np.float64)
    power = math.sqrt(float(np.sum(left * left) * np.sum(right * right)))
    return float(np.sum(left * right)) / power if power > 0.0 else 1.0


def correlation_of(
    xy: NDArray[np.float64], xx: NDArray[np.float64], yy: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return correlations from mean products of two channels; 1 for silence (-120 dBFS).

    >>> correlation_of(np.array([0.5, 0.0]), np.array([1.0, 0.0]), np.array([1.0, 0.0]))
    array([0.5, 1. ])
    """
    power = np.sqrt(xx * yy)
    sounds = power > 1e-12
    return np.clip(np.where(sounds, xy, 1.0) / np.where(sounds, power, 1.0), -1.0, 1.0)


def mid_side_matrix(mid_gain: float, side_gain: float) -> NDArray[np.float64]:
    """Return what turns left and right into themselves with other gains of middle and side.

    >>> mid_side_matrix(1.0, 0.0) @ np.array([1.0, 0.0])
    array([0.5, 0.5])
    """
    same, crossed = (mid_gain + side_gain) / 2.0, (mid_gain - side_gain) / 2.0
    return np.array([[same, crossed], [crossed, same]])


def rotation_matrix(degrees: float) -> NDArray[np.float64]:
    """Return what turns the image: what was in the middle goes to the right with positive angles.

    The power of left and right together stays.

    >>> (rotation_matrix(45.0) @ np.array([0.5, 0.5])).round(3)
    array([0.   , 0.707])
    """
    angle = math.radians(degrees)
    sin, cos = math.sin(angle), math.cos(angle)
    return np.array([[cos, -sin], [sin, cos]])


def balance_matrix(balance: float) -> NDArray[np.float64]:
    """Return what lowers one channel: the right one towards -1, the left one towards 1.

    >>> balance_matrix(0.25)
    array([[0.75, 0.  ],
           [0.  , 1.  ]])
    """
    return np.diag([min(1.0, 1.0 - balance), min(1.0, 1.0 + balance)])


def comb_loss_db(level_db: float) -> tuple[float, float]:
    """Return what mono loses when a sound meets its echo at `level_db`: on average, at the deepest.

    Both against the two summed in time. The notches of a delay T lie at odd multiples of 1 / 2 T.

    >>> [round(loss_db, 2) for loss_db in comb_loss_db(-6.0)]
    [2.56, 9.57]
    """
    gain = db_to_gain(level_db)
    mean = 10.0 * math.log10((1.0 + gain) ** 2 / (1.0 + gain * gain))
    deepest = math.inf if gain == 1.0 else 20.0 * math.log10((1.0 + gain) / abs(1.0 - gain))
    return mean, deepest


def mono_loss_db(x: NDArray[np.floating]) -> float:
    """Return how much softer (2, samples) is in mono than its channels are: 0 where they agree.

    3 for unrelated channels, infinite for opposed ones.

    >>> mono_loss_db(np.array([[1.0, 0.5], [1.0, 0.5]]))
    0.0
    """
    channels = np.asarray(x, np.float64)
    apart = float(np.mean(np.square(channels)))
    together = float(np.mean(np.square(channels.mean(axis=0))))
    if together == 0.0:
        return 0.0 if apart == 0.0 else math.inf
    return 10.0 * math.log10(apart / together)
