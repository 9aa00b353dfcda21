"""A phaser: all-pass filters in a row whose notches wander.

J. O. Smith, "An All-Pass Approach to Digital Phasing and Flanging", ICMC, 1984.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.glide import Ramp
from tapeloom.dsp.oscillator import Oscillator

Signal = NDArray[np.float64]
MIN_STAGES, MAX_STAGES = 2, 12


@njit(cache=True, nogil=True)
def _sweep(
    x: Signal, coefficients: Signal, feedback: Signal, state: NDArray[np.float64], out: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Run x (channels, samples) through first-order all-passes of one moving coefficient.

    state  (channels, stages + 1): what each holds, and the last output
    """
    stages = state.shape[1] - 1
    for channel in range(x.shape[0]):
        held = state[channel]
        for n in range(x.shape[1]):
            a = coefficients[channel, n]
            y = x[channel, n] + feedback[n] * held[stages]
            for stage in range(stages):
                z = a * y + held[stage]
                held[stage] = y - a * z
                y = z
            held[stages] = y
            out[channel, n] = y
        for stage in range(stages + 1):
            if abs(held[stage]) < 1e-30:
                held[stage] = 0.0


class Phaser:
    """The all-passes alone over blocks; added to the dry sound they make stages / 2 notches.

    stages            even, 2 to 12
    low_hz, high_hz   between which the all-passes' corner moves
    rate_hz           sweeps a second
    feedback          -1 to 1, without the ends: how sharp the peaks between the notches are
    spread            how far the channels' sweeps are apart, in turns

    >>> phaser = Phaser(44100, 1, stages=2, low_hz=1000.0, high_hz=1000.0, feedback=0.0)
    >>> x = np.sin(2 * np.pi * 1000 * np.arange(4410) / 44100)[None]
    >>> bool(abs(x + phaser.process(x))[0, 2000:].max() < 1e-6)
    True
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        stages: int = 6,
        low_hz: float = 300.0,
        high_hz: float = 2400.0,
        rate_hz: float = 0.4,
        feedback: float = 0.3,
        spread: float = 0.0,
    ) -> None:
        if stages % 2 or not MIN_STAGES <= stages <= MAX_STAGES:
            raise InputError(
                f"stages is {stages}; it must be an even number from {MIN_STAGES} to {MAX_STAGES}"
            )
        self._rate = rate
        self._oscillator = Oscillator(rate)
        self._ramp = Ramp([*self._corners(low_hz, high_hz), rate_hz, feedback, spread])
        self._sides = np.arange(channels)[:, None]
        self._state = np.zeros((channels, stages + 1))

    def _corners(self, low_hz: float, high_hz: float) -> tuple[float, float]:
        highest = 0.45 * self._rate
        return float(np.log(min(low_hz, highest))), float(np.log(min(high_hz, highest)))

    def retune(
        self, *, low_hz: float, high_hz: float, rate_hz: float, feedback: float, spread: float
    ) -> None:
        """Take other settings from here on."""
        self._ramp.move([*self._corners(low_hz, high_hz), rate_hz, feedback, spread])

    def process(self, block: NDArray[Any]) -> Signal:
        """Return the all-passed (channels, samples)."""
        x = np.array(block, np.float64, order="C")
        low, high, rate_hz, feedback, spread = self._ramp.take(x.shape[1])
        turns = self._oscillator.take(rate_hz) + self._sides * spread
        corner_hz = np.exp(low + (high - low) * (0.5 - 0.5 * np.cos(2.0 * np.pi * turns)))
        t = np.tan(np.pi * corner_hz / self._rate)
        out = np.empty(x.shape)
        _sweep(x, (t - 1.0) / (t + 1.0), feedback, self._state, out)
        return out
