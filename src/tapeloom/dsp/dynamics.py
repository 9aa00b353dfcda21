"""Gain that follows the signal: a feed-forward compressor.

D. Giannoulis, M. Massberg, J. D. Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6),
2012.
"""

import math
from typing import Any

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


def reduction_db(level_db: Signal, *, threshold_db: float, ratio: float, knee_db: float) -> Signal:
    """Return by how many dB a compressor lowers each level (its static curve, eq. 4).

    >>> reduction_db(np.array([-40.0, -20.0, 0.0]), threshold_db=-20, ratio=2, knee_db=0)
    array([ 0.,  0., 10.])
    """
    over = level_db - threshold_db
    slope = 1.0 - 1.0 / ratio
    if knee_db <= 0.0:
        return slope * np.maximum(over, 0.0)
    # Within the knee a parabola, which the clipped sums below continue as 0 and as a line.
    inside = np.clip(over + knee_db / 2.0, 0.0, knee_db)
    return slope * (inside * inside / (2.0 * knee_db) + np.maximum(over - knee_db / 2.0, 0.0))


class Compressor:
    """A feed-forward compressor over blocks; all channels get one gain, so the image stays.

    A sine is heard at its peak level, a constant 3 dB above.

    >>> loud = np.ones((1, 44100))
    >>> Compressor(44100, threshold_db=-20, ratio=4, attack_ms=5).process(loud)[0, -1].round(3)
    np.float64(0.137)
    """

    def __init__(
        self,
        rate: int,
        *,
        threshold_db: float = -18.0,
        ratio: float = 2.0,
        knee_db: float = 6.0,
        attack_ms: float = 15.0,
        release_ms: float = 150.0,
        makeup_db: float = 0.0,
        mix: float = 1.0,
    ) -> None:
        self._curve = {"threshold_db": threshold_db, "ratio": ratio, "knee_db": knee_db}
        self._attack = smoothing(attack_ms, rate)
        self._release = smoothing(release_ms, rate)
        # A short mean square, as a valve unit's detector: single cycles of a bass don't pump.
        self._detector = smoothing(2.0, rate)
        self._makeup_db, self._mix = makeup_db, mix
        self._power = 0.0
        self._reduction = 0.0

    def process(self, block: NDArray[Any], key: NDArray[Any] | None = None) -> Signal:
        """Return the compressed (channels, samples); `key` is the side-chain, else the block."""
        x = np.asarray(block, np.float64)
        heard = x if key is None else np.asarray(key, np.float64)
        power = np.square(heard).max(axis=0)
        step = self._detector
        power, self._power = follow(power, rise=step, fall=step, start=self._power)
        # Twice the mean square: a sine reads its peak.
        level_db = 10.0 * np.log10(2.0 * power + 1e-12)
        wanted = reduction_db(level_db, **self._curve)
        reduction, self._reduction = follow(
            wanted, rise=self._attack, fall=self._release, start=self._reduction
        )
        wet = np.exp((self._makeup_db - reduction) * (math.log(10.0) / 20.0))
        if self._mix < 1.0:
            wet = self._mix * wet + (1.0 - self._mix)
        return np.asarray(x * wet)
