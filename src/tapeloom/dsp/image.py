"""Keeping a stereo image sound: a guard of its correlation, and width for what is mono."""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.cascade import Cascade
from tapeloom.dsp.filters import all_pass, high_pass, low_pass
from tapeloom.dsp.followers import smoothing

Signal = NDArray[np.float64]

_WINDOW_MS = 50.0  # over which the guard measures
_LOWEST_HZ, _HIGHEST_HZ, _STAGES = 220.0, 9000.0, 6  # of the all-passes


@njit(cache=True, nogil=True)
def _run_guard(
    x: Signal, floor: Signal, steps: Signal, state: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Narrow (2, samples) in place.

    floor  the least correlation for each sample
    steps  of the window, of narrowing and of widening
    state  mean squares of middle and side, their mean product, the width
    """
    mm, ss, ms, width = state
    for n in range(x.shape[1]):
        mid, side = 0.5 * (x[0, n] + x[1, n]), 0.5 * (x[0, n] - x[1, n])
        mm += steps[0] * (mid * mid - mm)
        ss += steps[0] * (side * side - ss)
        ms += steps[0] * (mid * side - ms)
        # With the side scaled by w, v = w^2, the correlation is
        # (mm - v ss) / sqrt((mm + v ss)^2 - 4 v ms^2), which falls to the floor f where
        # (1 - f^2) ss^2 v^2 - b v + (1 - f^2) mm^2 = 0; it is 1 at v = 0.
        f2 = floor[n] * floor[n]
        b = 2.0 * mm * ss * (1.0 + f2) - 4.0 * f2 * ms * ms
        inside = b * b - 4.0 * ((1.0 - f2) * mm * ss) ** 2
        wanted = 1.0
        if ss > 1e-20 and inside >= -1e-9 * b * b:
            below = b + math.sqrt(max(0.0, inside))
            v = 2.0 * (1.0 - f2) * mm * mm / below if below > 0.0 else 0.0
            wanted = min(1.0, math.sqrt(v))
        width += (steps[1] if wanted < width else steps[2]) * (wanted - width)
        x[0, n], x[1, n] = mid + width * side, mid - width * side
    if mm < 1e-60:
        mm = 0.0
    if ss < 1e-60:
        ss = ms = 0.0
    state[0], state[1], state[2], state[3] = mm, ss, ms, width


class CorrelationGuard:
    """Narrows (2, samples) over blocks where left and right would fall apart.

    floor       the least correlation of left and right, 0 to under 1, over about 50 ms
    attack_ms   how fast it narrows; `release_ms` how fast it lets go

    >>> mid, side = np.random.default_rng(1).standard_normal((2, 44100))
    >>> x = np.stack((mid + 3.0 * side, mid - 3.0 * side))
    >>> y = CorrelationGuard(44100, floor=0.5).process(x)
    >>> [float(np.corrcoef(z[:, -20_000:])[0, 1].round(1)) for z in (x, y)]
    [-0.8, 0.5]
    """

    latency = 0

    def __init__(
        self, rate: int, *, floor: float = 0.0, attack_ms: float = 5.0, release_ms: float = 300.0
    ) -> None:
        self._rate = rate
        self._state = np.array([0.0, 0.0, 0.0, 1.0])
        self._floor = floor
        self.retune(floor=floor, attack_ms=attack_ms, release_ms=release_ms)

    @property
    def width(self) -> float:
        """How wide the image is now: 1 as it came, 0 mono."""
        return float(self._state[3])

    def retune(self, *, floor: float, attack_ms: float, release_ms: float) -> None:
        """Take other settings; the width itself moves no faster than they let it."""
        if not 0.0 <= floor < 1.0:
            raise InputError(f"floor is {floor:g}; it must lie between 0 and 1, without 1")
        self._floor = floor
        times = (_WINDOW_MS, attack_ms, release_ms)
        self._steps = np.array([smoothing(time_ms, self._rate) for time_ms in times])

    def process(self, block: NDArray[Any]) -> Signal:
        """Return the narrowed block."""
        y = np.array(block, np.float64, order="C")
        _run_guard(y, np.full(y.shape[1], self._floor), self._steps, self._state)
        return y


class PseudoStereo:
    """Gives width to what is in the middle: its copy, turned in phase, is added to the side.

    Left and right become combs that fill each other's gaps; in mono the copies cancel, and the sum
    of left and right is what it was. Below `from_hz` all stays in the middle.

    R. Orban, "A Rational Technique for Synthesizing Pseudo-Stereo from Monophonic Sources", JAES
    18(2), 1970.

    >>> noise = np.random.default_rng(1).standard_normal(44100)
    >>> y = PseudoStereo(44100, from_hz=150.0).process(np.stack((noise, noise)), 0.7)
    >>> bool(np.allclose(y.sum(axis=0), 2 * noise)), bool(np.corrcoef(y)[0, 1] < 0.6)
    (True, True)
    """

    def __init__(self, rate: int, *, from_hz: float = 150.0) -> None:
        self._rate = rate
        self._filter = Cascade(self._design(from_hz))

    def retune(self, from_hz: float) -> None:
        """Start towards another edge."""
        self._filter.move(self._design(from_hz))

    def process(self, block: NDArray[Any], amount: float | Signal) -> Signal:
        """Return the widened (2, samples).

        amount  of the copy, a number or one for each sample: 0 changes nothing
        """
        x = np.asarray(block, np.float64)
        added = amount * self._filter.process(0.5 * (x[:1] + x[1:]))[0]
        return np.stack((x[0] + added, x[1] - added))

    def _design(self, from_hz: float) -> NDArray[np.float64]:
        highest = min(_HIGHEST_HZ, 0.4 * self._rate)
        centres = np.geomspace(min(_LOWEST_HZ, highest / 4.0), highest, _STAGES)
        rows = [all_pass(low_pass(float(hz), self._rate, q=0.7)) for hz in centres]
        cut = high_pass(min(from_hz, 0.45 * self._rate), self._rate)
        return np.array([cut, cut, *rows])[None]
