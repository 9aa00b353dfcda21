"""A filter that is swept while it sounds: the state-variable filter without a delay inside.

V. Zavalishin, "The Art of VA Filter Design", Native Instruments, chapter on the state-variable
filter.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

GLIDE = 64  # samples that a move to another cutoff takes


@njit(cache=True, nogil=True)
def _sweep(
    x: NDArray[np.float64],
    state: NDArray[np.float64],
    now: NDArray[np.float64],
    goal: NDArray[np.float64],
    left: int,
    high: bool,
) -> int:  # pragma: no cover - compiled; tested through py_func
    """Filter (channels, samples) in place while g and R go to their goal; return what is left."""
    channels, frames = x.shape
    g, R = now[0], now[1]
    for n in range(frames):
        if left > 0:
            g += (goal[0] - g) / left
            R += (goal[1] - R) / left
            left -= 1
        scale = 1.0 / (1.0 + 2.0 * R * g + g * g)
        for c in range(channels):
            s1, s2 = state[c, 0], state[c, 1]
            hp = (x[c, n] - (2.0 * R + g) * s1 - s2) * scale
            bp = g * hp + s1
            lp = g * bp + s2
            state[c, 0], state[c, 1] = g * hp + bp, g * bp + lp
            x[c, n] = hp if high else lp
    now[0], now[1] = g, R
    for c in range(channels):
        # A state that has died away is silenced: denormal numbers are slow.
        if abs(state[c, 0]) + abs(state[c, 1]) < 1e-60:
            state[c, 0] = state[c, 1] = 0.0
    return left


class SweptFilter:
    """A low- or high-pass of 12 dB an octave over blocks; moves of its cutoff never click.

    kind       "low_pass" or "high_pass"
    cutoff_hz  -3 dB with the default q; above 0.45 of the rate it is moved down there
    q          0.7071 is flat, more of it rings

    >>> filter = SweptFilter(44100, 1, kind="low_pass", cutoff_hz=500.0)
    >>> y = filter.process(np.sin(2 * np.pi * 5000 * np.arange(4410) / 44100)[None])
    >>> bool(abs(y[0, 2000:]).max() < 0.011)
    True
    """

    def __init__(
        self, rate: int, channels: int, *, kind: str, cutoff_hz: float, q: float = 0.7071
    ) -> None:
        self._rate, self._high = rate, kind == "high_pass"
        self._state = np.zeros((channels, 2))
        self._goal = self._tuned(cutoff_hz, q)
        self._now = self._goal.copy()
        self._left = 0

    def _tuned(self, cutoff_hz: float, q: float) -> NDArray[np.float64]:
        w = math.pi * min(cutoff_hz, 0.45 * self._rate) / self._rate
        return np.array([math.tan(w), 0.5 / q])

    def retune(self, *, cutoff_hz: float, q: float) -> None:
        """Move to another cutoff within GLIDE samples."""
        self._goal, self._left = self._tuned(cutoff_hz, q), GLIDE

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the filtered (channels, samples)."""
        y = np.array(block, np.float64, order="C")
        self._left = _sweep(y, self._state, self._now, self._goal, self._left, self._high)
        return y
