"""Tape-like soft saturation at four times the rate, so that its harmonics don't fold back."""

from functools import lru_cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.level import db_to_gain

FACTOR = 4
_TAPS = 25  # per phase; 97 in all: 48 samples of delay each way, 24 at the base rate
LATENCY = 24
_CHUNK = 512  # samples that stay in the processor's nearest cache


@lru_cache
def half_rate_filter() -> NDArray[np.float64]:
    """Design the low-pass between the rates: 97 taps, flat to 0.39 of the base rate, then -80 dB.

    >>> half_rate_filter().size, round(float(half_rate_filter().sum()), 6)
    (97, 1.0)
    """
    n = np.arange(97) - 48
    h = np.sinc(n / FACTOR) * np.kaiser(97, 8.0)
    return np.asarray(h / h.sum())


@lru_cache
def _polyphase() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the up and the down filters, each (phases, taps), taps from the oldest sample on."""
    h = half_rate_filter()
    up, down = np.zeros((FACTOR, _TAPS)), np.zeros((FACTOR, _TAPS))
    for p in range(FACTOR):
        for k in range(_TAPS):
            if FACTOR * k + p < h.size:
                up[p, _TAPS - 1 - k] = FACTOR * h[FACTOR * k + p]
            if 0 <= FACTOR * k - p < h.size:
                down[p, _TAPS - 1 - k] = h[FACTOR * k - p]
    return up, down


@njit(cache=True, nogil=True)
def _add_filtered(
    x: NDArray[np.float64], taps: NDArray[np.float64], out: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Add to out[n] the sum of taps[k] x[n + k]."""
    for start in range(0, out.size, _CHUNK):
        y = out[start : start + _CHUNK]
        for k in range(taps.size):
            tap = taps[k]
            shifted = x[start + k : start + k + y.size]
            for n in range(y.size):
                y[n] += tap * shifted[n]


def soft_clip(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a rational tanh: slope 1 at 0, flat where it meets 1 at 3.

    >>> soft_clip(np.array([0.01, 1.0, 3.0, 9.0])).round(4)
    array([0.01  , 0.7778, 1.    , 1.    ])
    """
    v = np.clip(x, -3.0, 3.0)
    square = v * v
    return np.asarray(v * (27.0 + square) / (27.0 + 9.0 * square))


class TapeSaturator:
    """Soft saturation over blocks: third harmonics above all, unity gain for soft signals.

    With `drive_db` 6 a sine at 0 VU (-18 dBFS RMS) has about 1 % of distortion.

    >>> y = TapeSaturator(1, drive_db=6.0).process(np.full((1, 400), 0.5))
    >>> bool(0.35 < y[0, -1] < 0.45)
    True
    """

    latency = LATENCY

    def __init__(self, channels: int, *, drive_db: float = 6.0) -> None:
        self._drive = db_to_gain(drive_db)
        self._before = np.zeros((channels, _TAPS - 1))
        self._fast = np.zeros((channels, FACTOR, _TAPS - 1))

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the saturated (channels, samples), `latency` samples late."""
        x = np.concatenate((self._before, block), axis=1)
        self._before = x[:, x.shape[1] - (_TAPS - 1) :].copy()
        y = np.zeros(block.shape)
        for channel in range(len(y)):
            self._fast[channel] = self._saturate(x[channel], y[channel], self._fast[channel])
        return y

    def _saturate(
        self, x: NDArray[np.float64], y: NDArray[np.float64], before: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Fill y, which is zero; return the last fast samples, by phase."""
        after = np.empty_like(before)
        for p, (up, down) in enumerate(zip(*_polyphase(), strict=True)):
            fast = np.zeros(y.size)
            _add_filtered(x, up, fast)
            fast = np.concatenate((before[p], soft_clip(self._drive * fast) / self._drive))
            _add_filtered(fast, down, y)
            after[p] = fast[y.size :]
        return after
