"""A clipper that works at four times the rate and touches nothing under its threshold.

What clipping takes away is found between the samples too, brought back to the rate by a low-pass,
and added to the signal: where nothing is clipped the signal passes bit by bit.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.level import db_to_gain

FACTOR = 4
LATENCY = 28
KNEES = {"hard": 0.0, "soft": 0.3}  # the share of the threshold in which the curve bends
_UP_TAPS = 32  # of each phase
_DOWN_REACH = 12  # samples at the base rate to either side


@lru_cache
def _filters() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the filters up, (FACTOR, _UP_TAPS), and down, taps at FACTOR times the rate."""
    at = np.arange(_UP_TAPS) - (_UP_TAPS // 2 - 1) - np.arange(FACTOR)[:, None] / FACTOR
    inside = np.sqrt(np.maximum(0.0, 1.0 - np.square(at / (_UP_TAPS / 2))))
    up = np.sinc(at) * np.i0(6.0 * inside) / np.i0(6.0)
    n = np.arange(-FACTOR * _DOWN_REACH, FACTOR * _DOWN_REACH + 1)
    down = np.sinc(0.9 * n / FACTOR) * np.kaiser(n.size, 6.0)
    return up / up.sum(axis=1, keepdims=True), down / down.sum()


@njit(cache=True, nogil=True)
def _clip(
    x: NDArray[np.float64],
    up: NDArray[np.float64],
    down: NDArray[np.float64],
    threshold: float,
    knee: float,
    y: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Add to `y` what clipping takes away; x has LATENCY samples more on either side."""
    factor, taps = up.shape
    reach = down.size // (2 * factor)
    bend = (1.0 - knee) * threshold
    # No interpolated point is over this many times the largest sample near it.
    bound = 0.0
    for p in range(factor):
        bound = max(bound, np.abs(up[p]).sum())
    cut = np.zeros(factor * (y.size + 2 * reach + 1))
    last = -1
    for n in range(y.size + 2 * reach + 1):
        near = x[n + 1 : n + 1 + taps]
        highest = 0.0
        for k in range(near.size):
            highest = max(highest, abs(near[k]))
        if highest * bound > bend and near.size == taps:
            for p in range(factor):
                u = 0.0
                for k in range(taps):
                    u += up[p, k] * near[k]
                size = abs(u)
                if size > bend:
                    left = bend
                    if knee > 0.0:
                        width = threshold - bend
                        left += width * np.tanh((size - bend) / width)
                    cut[factor * n + p] = left / size * u - u
                    last = factor * n + p
        m = n - 2 * reach
        if m >= 0 and m < y.size and last >= factor * m:
            total = 0.0
            for k in range(down.size):
                total += down[k] * cut[factor * m + k]
            y[m] += total


class Clipper:
    """A clipper over blocks.

    threshold_db  dBFS that peaks are clipped at
    shape         "hard", or "soft": bent from 3 dB under the threshold on

    >>> loud = np.sin(np.arange(44100) * 0.05)[None]
    >>> y = Clipper(1, threshold_db=-6.0).process(loud)
    >>> bool(0.49 < np.abs(y[:, 100:]).max() < 0.53)
    True
    """

    latency = LATENCY

    def __init__(self, channels: int, *, threshold_db: float, shape: str = "hard") -> None:
        self._history = np.zeros((channels, 2 * LATENCY))
        if shape not in KNEES:
            raise InputError(f"{shape!r} is no shape of a clipper; use {' or '.join(KNEES)}")
        self._knee = KNEES[shape]
        self.retune(threshold_db=threshold_db)

    def retune(self, *, threshold_db: float) -> None:
        """Take another threshold from here on."""
        self._threshold = db_to_gain(threshold_db)

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the clipped (channels, samples), LATENCY samples late."""
        x = np.concatenate((self._history, block), axis=1)
        frames = block.shape[1]
        self._history = x[:, frames:].copy()
        y = x[:, LATENCY : LATENCY + frames].copy()
        # An interpolated point is at most 2.7 times the samples around it.
        if np.abs(x).max(initial=0.0) * 2.7 > (1.0 - self._knee) * self._threshold:
            up, down = _filters()
            for heard, clipped in zip(x, y, strict=True):
                _clip(heard, up, down, self._threshold, self._knee, clipped)
        return y
