"""Bells and shelves whose gain follows the level of what they filter.

The filter is a state-variable one by trapezoidal integration, whose coefficients may change at
every sample: A. Simper, "Solving the continuous SVF equations using trapezoidal integration and
equivalent currents", Cytomic, 2013. Near half the rate it is narrower than its analogue model.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.followers import smoothing
from tapeloom.dsp.glide import RAMP

Signal = NDArray[np.float64]

KINDS = ("bell", "low_shelf", "high_shelf")
_DETECTOR_MS = 5.0  # the mean square that is the level in the band


@njit(cache=True, nogil=True)
def _run_dynamic(
    x: Signal, kind: int, begin: Signal, end: Signal, moved: int, steps: Signal,
    state: Signal, follower: Signal,
) -> None:  # fmt: skip  # pragma: no cover - compiled; tested through py_func
    """Filter (channels, samples) in place.

    begin, end  tan(pi fc / fs), 1 / q, gain_db, threshold_db, slope, range_db: at RAMP samples
                past the last change the settings are those of `end`
    steps       of the detector, the attack and the release
    state       (channels, 4): two integrators of the detector and two of the filter
    follower    the mean square, the gain in dB that is added
    """
    power, moving = follower[0], follower[1]
    for n in range(x.shape[1]):
        way = min(1.0, (moved + n + 1) / RAMP)
        g = begin[0] + way * (end[0] - begin[0])
        k = begin[1] + way * (end[1] - begin[1])
        a1 = 1.0 / (1.0 + g * (g + k))
        loudest = 0.0
        for c in range(x.shape[0]):
            v0 = x[c, n]
            v3 = v0 - state[c, 1]
            v1 = a1 * (state[c, 0] + g * v3)
            v2 = state[c, 1] + g * v1
            state[c, 0] = 2.0 * v1 - state[c, 0]
            state[c, 1] = 2.0 * v2 - state[c, 1]
            heard = k * v1 if kind == 0 else v2 if kind == 1 else v0 - k * v1 - v2
            loudest = max(loudest, heard * heard)
        power += steps[0] * (loudest - power)
        over = 10.0 * math.log10(2.0 * power + 1e-12) - (begin[3] + way * (end[3] - begin[3]))
        furthest = begin[5] + way * (end[5] - begin[5])
        wanted = -(begin[4] + way * (end[4] - begin[4])) * max(0.0, over)
        wanted = max(-furthest, min(furthest, wanted))
        moving += (steps[1] if abs(wanted) > abs(moving) else steps[2]) * (wanted - moving)
        A = 10.0 ** ((begin[2] + way * (end[2] - begin[2]) + moving) / 40.0)
        m0, m1, m2 = 1.0, 0.0, 0.0
        if kind == 0:
            k /= A
            m1 = k * (A * A - 1.0)
        elif kind == 1:
            g /= math.sqrt(A)
            m1, m2 = k * (A - 1.0), A * A - 1.0
        else:
            g *= math.sqrt(A)
            m0, m1, m2 = A * A, k * (1.0 - A) * A, 1.0 - A * A
        a1 = 1.0 / (1.0 + g * (g + k))
        for c in range(x.shape[0]):
            v0 = x[c, n]
            v3 = v0 - state[c, 3]
            v1 = a1 * (state[c, 2] + g * v3)
            v2 = state[c, 3] + g * v1
            state[c, 2] = 2.0 * v1 - state[c, 2]
            state[c, 3] = 2.0 * v2 - state[c, 3]
            x[c, n] = m0 * v0 + m1 * v1 + m2 * v2
    follower[0], follower[1] = power, moving


class DynamicFilter:
    """A bell or shelf over blocks whose gain moves with the level in its band.

    kind          one of KINDS; its filter without gain tells the level: the loudest channel's,
                  as the peak of a sine
    threshold_db  dBFS; above it the gain goes by `1 - 1 / ratio` dB down for each dB
    ratio         over 0; under 1 the gain goes up instead
    range_db      how far the gain may move from `gain_db` at most
    attack_ms     63 % of the way away from `gain_db`; `release_ms` back to it

    >>> tone = 0.5 * np.sin(2 * np.pi * 1000 / 44100 * np.arange(44100))[None]
    >>> y = DynamicFilter(44100, 1, kind="bell", cutoff_hz=1000, q=1.0, threshold_db=-26.0,
    ...                   ratio=2.0).process(tone)
    >>> round(float(20 * np.log10(abs(y[0, -4410:]).max())), 1)
    -16.0
    """

    def __init__(self, rate: int, channels: int, *, kind: str, **settings: float) -> None:
        if kind not in KINDS:
            raise InputError(f"{kind!r} cannot be a dynamic band; choose one of {', '.join(KINDS)}")
        self._rate, self._kind = rate, KINDS.index(kind)
        self._end, self._steps = self._read(**settings)
        self._begin, self._moved = self._end, RAMP
        self._state = np.zeros((channels, 4))
        self._follower = np.zeros(2)

    def retune(self, **settings: float) -> None:
        """Start towards other settings, which are reached RAMP samples later."""
        way = self._moved / RAMP
        self._begin = self._begin + way * (self._end - self._begin)
        self._end, self._steps = self._read(**settings)
        self._moved = 0

    def process(self, block: NDArray[Any]) -> Signal:
        """Return the filtered block (channels, samples)."""
        y = np.array(block, np.float64, order="C")
        _run_dynamic(
            y, self._kind, self._begin, self._end, self._moved, self._steps,
            self._state, self._follower,
        )  # fmt: skip
        self._moved = min(RAMP, self._moved + y.shape[1])
        for state in (self._state, self._follower):
            state[np.abs(state) < 1e-60] = 0.0  # denormal numbers are slow
        return y

    def _read(
        self, *, cutoff_hz: float, q: float, gain_db: float = 0.0, threshold_db: float = -24.0,
        ratio: float = 2.0, range_db: float = 12.0, attack_ms: float = 10.0,
        release_ms: float = 100.0,
    ) -> tuple[Signal, Signal]:  # fmt: skip
        if not (ratio > 0.0 and range_db >= 0.0):
            raise InputError(
                f"a dynamic band of ratio {ratio:g} and range_db {range_db:g} cannot be; the ratio "
                "must be over 0 and the range at least 0"
            )
        tangent = math.tan(math.pi * min(cutoff_hz / self._rate, 0.49))
        settings = (tangent, 1.0 / q, gain_db, threshold_db, 1.0 - 1.0 / ratio, range_db)
        times = (_DETECTOR_MS, attack_ms, release_ms)
        steps = [smoothing(time_ms, self._rate) for time_ms in times]
        return np.array(settings), np.array(steps)
