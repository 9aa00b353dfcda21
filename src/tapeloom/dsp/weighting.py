"""K-weighted power in steps of 10 ms, filtered and summed in one pass over each two channels.

K-weighting is computed for the rate at hand from the analogue prototype of the filters of ITU-R
BS.1770-5, annex 1; at 48 kHz its coefficients are the standard's.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.filters import Section
from tapeloom.dsp.steps import step_ends

# By where a loudspeaker stands (BS.1770-5, annex 3): 60 to 120 degrees from the front +1.5 dB, the
# low-frequency channel nothing, all others 1.
_SIDE = 1.41
_WEIGHTS: dict[int, tuple[float, ...]] = {
    4: (1.0, 1.0, _SIDE, _SIDE),
    5: (1.0, 1.0, 1.0, _SIDE, _SIDE),
    6: (1.0, 1.0, 1.0, 0.0, _SIDE, _SIDE),
    7: (1.0, 1.0, 1.0, 0.0, 1.0, _SIDE, _SIDE),
    8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, _SIDE, _SIDE),
}


def channel_weights(channels: int) -> tuple[float, ...]:
    """Return the weight of every channel's power; the orders are those of WAV files.

    4 is L R Ls Rs, 5 is L R C Ls Rs, 6 (5.1) has the low-frequency channel in fourth place, 7 (6.1)
    and 8 (7.1) go on with what is behind, then the sides. Channels of other counts weigh 1 each.

    >>> channel_weights(6)
    (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)
    """
    return _WEIGHTS.get(channels, (1.0,) * channels)


def k_weighting(rate: int) -> tuple[Section, Section]:
    """Design the two sections of K-weighting: the head's shelf, then the high-pass.

    >>> k_weighting(48000)[1].round(5).tolist()
    [1.0, -2.0, 1.0, 1.0, -1.99005, 0.99007]
    """
    V_h = 10.0 ** (3.999843853973347 / 20.0)
    V_b = V_h**0.4996667741545416
    Q = 0.7071752369554196
    K = math.tan(math.pi * 1681.974450955533 / rate)
    a0 = 1.0 + K / Q + K * K
    shelf = np.array(
        [
            (V_h + V_b * K / Q + K * K) / a0,
            2.0 * (K * K - V_h) / a0,
            (V_h - V_b * K / Q + K * K) / a0,
            1.0,
            2.0 * (K * K - 1.0) / a0,
            (1.0 - K / Q + K * K) / a0,
        ]
    )
    Q = 0.5003270373238773
    K = math.tan(math.pi * 38.13547087602444 / rate)
    a0 = 1.0 + K / Q + K * K
    # The standard leaves the numerator at 1, -2, 1 for every rate.
    high_pass = np.array(
        [1.0, -2.0, 1.0, 1.0, 2.0 * (K * K - 1.0) / a0, (1.0 - K / Q + K * K) / a0]
    )
    return shelf, high_pass


@njit(cache=True, nogil=True)
def _sum_powers(
    x: NDArray[Any],
    sections: NDArray[np.float64],
    weights: NDArray[np.float64],
    state: NDArray[np.float64],
    bounds: NDArray[np.int64],
    sums: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Add the weighted power of the filtered x[:, bounds[i] : bounds[i + 1]] to sums[i].

    state  (channels, 5): two numbers a section, and the power since the last whole step

    Each section is its state p, q with y = b0 u + p: then p = (b1 - a1 b0) u - a1 p + q and
    q = (b2 - a2 b0) u - a2 p. Two channels and two sections overlap in the processor.
    """
    b0, a1, a2 = sections[0, 0], sections[0, 4], sections[0, 5]
    b1, b2 = sections[0, 1] - a1 * b0, sections[0, 2] - a2 * b0
    d0, c1, c2 = sections[1, 0], sections[1, 4], sections[1, 5]
    d1, d2 = sections[1, 1] - c1 * d0, sections[1, 2] - c2 * d0
    steps = sums.size
    for first in range(0, x.shape[0], 2):
        second = min(first + 1, x.shape[0] - 1)
        p, q, r, s, power = state[first]
        t, u, v, w, other = state[second]
        for i in range(steps + 1):
            end = bounds[i + 1] if i < steps else x.shape[1]
            for n in range(bounds[i], end):
                left, right = x[first, n], x[second, n]
                y, z = b0 * left + p, b0 * right + t
                p, q = (b1 * left + q) - a1 * p, b2 * left - a2 * p
                t, u = (b1 * right + u) - a1 * t, b2 * right - a2 * t
                left, right = d0 * y + r, d0 * z + v
                r, s = (d1 * y + s) - c1 * r, d2 * y - c2 * r
                v, w = (d1 * z + w) - c1 * v, d2 * z - c2 * v
                power += left * left
                other += right * right
            # A state that has died away is silenced: denormal numbers are slow.
            if abs(p) + abs(q) + abs(r) + abs(s) < 1e-60:
                p = q = r = s = 0.0
            if abs(t) + abs(u) + abs(v) + abs(w) < 1e-60:
                t = u = v = w = 0.0
            if i < steps:
                sums[i] += weights[first] * power
                if second > first:
                    sums[i] += weights[second] * other
                power = other = 0.0
        state[second] = np.array((t, u, v, w, other))
        state[first] = np.array((p, q, r, s, power))


class PowerSteps:
    """The K-weighted, channel-weighted mean square of every 10 ms of what is pushed.

    >>> steps = PowerSteps(48000, 1)
    >>> steps.push(np.ones((1, 500))); steps.push(np.ones((1, 500)))
    >>> steps.read().shape
    (2,)
    """

    def __init__(self, rate: int, channels: int) -> None:
        if not 8_000 <= rate <= 384_000:
            raise InputError(f"rate is {rate}; loudness is defined from 8000 to 384000 Hz")
        self._rate = rate
        self._sections = np.stack(k_weighting(rate))
        self._weights = np.array(channel_weights(channels))
        self._state = np.zeros((channels, 5))
        self._frames = 0  # pushed so far
        self._steps: list[NDArray[np.float64]] = []

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples)."""
        # Both precisions are compiled: converting would cost as much as a tenth of the filters.
        x: NDArray[Any] = np.ascontiguousarray(
            block, np.float32 if block.dtype == np.float32 else np.float64
        )
        start = self._frames
        self._frames += x.shape[1]
        ends = step_ends(start, x.shape[1], self._rate)
        bounds = np.maximum(ends - start, 0)
        sums = np.zeros(ends.size - 1)
        _sum_powers(x, self._sections, self._weights, self._state, bounds, sums)
        if sums.size:
            self._steps.append(sums / np.diff(ends))

    def read(self) -> NDArray[np.float64]:
        """Return the mean square of every whole step so far, shape (steps,)."""
        if len(self._steps) > 1:
            self._steps = [np.concatenate(self._steps)]
        return self._steps[0].copy() if self._steps else np.zeros(0)
