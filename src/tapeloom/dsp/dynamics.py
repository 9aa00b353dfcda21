"""Followers, and a true-peak limiter."""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.oversampling import HALF, TAPS, peaks_between

Signal = NDArray[np.float64]
_PIECE = 8_192  # samples that are limited together: what the processor's cache holds
_GONE = 1e-6  # a reduction that has recovered but for this much has recovered


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


class TruePeakLimiter:
    """A look-ahead limiter whose output stays under its ceiling between the samples too.

    The gain that each peak needs is held for a window, then smoothed by two moving averages of
    half of it: it arrives exactly when the peak does and never has a corner. Between peaks it
    recovers with `release_ms`. The ceiling holds to 0.03 dB for sound below 0.45 of the rate; noise
    up to the very edge of the band, which no short filter sees, may pass it by half a decibel.

    >>> limiter = TruePeakLimiter(44100, 1, ceiling_db=-6.0)
    >>> limiter.latency
    150
    >>> y = limiter.process(2.0 * np.sin(np.arange(44100) * 0.3)[None])
    >>> bool(np.abs(y).max() <= 0.502)
    True
    """

    def __init__(
        self, rate: int, channels: int, *, ceiling_db: float = -1.0, release_ms: float = 120.0
    ) -> None:
        self._rate = rate
        self._ceiling = db_to_gain(ceiling_db)
        # About 1.5 ms, a power of two: windows double up without running sums, which would drift.
        self._doublings = max(3, round(math.log2(0.0015 * rate)))
        self._window = 2 ** (self._doublings + 1)
        self._release = smoothing(release_ms, rate)
        self.latency = self._window - 2 + HALF
        self._reduction = 0.0
        self._history = np.zeros((channels, self.latency))  # the signal that waits
        self._near = np.zeros((channels, TAPS - 1))  # for the interpolator
        self._wanted = np.zeros(self._window - 1)
        self._held = np.zeros(self._window - 2)

    def process(self, block: NDArray[Any]) -> Signal:
        """Return the limited (channels, samples), `latency` samples late."""
        out = np.empty(block.shape)
        for start in range(0, block.shape[1], _PIECE):
            piece = np.asarray(block[:, start : start + _PIECE], np.float64)
            out[:, start : start + _PIECE] = self._process(piece)
        return out

    def _process(self, x: Signal) -> Signal:
        frames = x.shape[1]
        near = np.concatenate((self._near, x), axis=1)
        self._near = near[:, near.shape[1] - (TAPS - 1) :].copy()
        peaks = peaks_between(near, self._rate, floor=self._ceiling)
        # Between two samples a peak belongs to both.
        wanted = 1.0 - self._ceiling / np.maximum(peaks, self._ceiling)
        wanted = np.concatenate((self._wanted, wanted))
        self._wanted = wanted[frames:].copy()
        delayed = np.concatenate((self._history, x), axis=1)
        self._history = delayed[:, frames:].copy()
        y = delayed[:, :frames]
        if not wanted.any() and not self._reduction and not self._held.any():
            return y
        for k in range(self._doublings + 1):
            wanted = np.maximum(wanted[2**k :], wanted[: -(2**k)])
        held, self._reduction = follow(wanted, rise=1.0, fall=self._release, start=self._reduction)
        if self._reduction < _GONE:
            self._reduction = 0.0
        held = np.concatenate((self._held, held))
        self._held = held[frames:].copy()
        for _ in range(2):
            for k in range(self._doublings):
                held = held[2**k :] + held[: -(2**k)]
            held = held * 2.0**-self._doublings
        return np.asarray(y * (1.0 - held))
