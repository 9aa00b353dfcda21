"""Wow and flutter: tape whose speed wanders, as a delay that changes while it is read.

J. Chowdhury, "Real-time Physical Modelling for Analog Tape Machines", DAFx-19, and its source:
flutter of three harmonics, wow that drifts as an Ornstein-Uhlenbeck process.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.wander import Wander

FLUTTER_HARMONICS = (230.0, 80.0, 99.0)  # weights at f, 2 f, 3 f
_CONTROL = 32  # samples between two computed delays
_REACH = 3  # samples that the interpolator needs on either side


@njit(cache=True, nogil=True)
def _read_late(
    x: NDArray[np.float64], delays: NDArray[np.float64], out: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Read x (channels, history + samples) by delays[n] >= 3 late, six-point Lagrange."""
    history = x.shape[1] - delays.size
    for n in range(delays.size):
        # The fraction comes from the delay alone, so that it is alike wherever a block begins.
        whole = int(delays[n]) + 1
        f = whole - delays[n]
        i = history + n - whole
        a, b, c, d, e = f + 2.0, f + 1.0, f - 1.0, f - 2.0, f - 3.0
        ab, cd = a * b, c * d
        w0 = -b * f * cd * e / 120.0
        w1 = a * f * cd * e / 24.0
        w2 = -ab * cd * e / 12.0
        w3 = ab * f * d * e / 12.0
        w4 = -ab * f * c * e / 24.0
        w5 = ab * f * cd / 120.0
        for channel in range(x.shape[0]):
            y = x[channel, i - 2 : i + 4]
            out[channel, n] = (
                (w0 * y[0] + w1 * y[1]) + (w2 * y[2] + w3 * y[3]) + (w4 * y[4] + w5 * y[5])
            )


class WowAndFlutter:
    """Speed that wanders around the true one over blocks; bars stay where they are.

    Depths are the largest deviation of speed in percent; 1 % is 17 cents.

    >>> tape = WowAndFlutter(44100, 1, rng=np.random.default_rng(1), wow_percent=0.2)
    >>> bool(tape.latency < 0.01 * 44100)
    True
    >>> tape.process(np.zeros((1, 100))).shape
    (1, 100)
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        rng: np.random.Generator,
        wow_hz: float = 0.7,
        wow_percent: float = 0.2,
        flutter_hz: float = 7.0,
        flutter_percent: float = 0.05,
    ) -> None:
        self._period_s = _CONTROL / rate
        self._wow_hz, self._flutter_hz = wow_hz, flutter_hz
        # A delay of amplitude d swinging at f changes the speed by 2 pi f d at most.
        wow = wow_percent / 100.0 / (2.0 * math.pi * wow_hz) * rate
        total = sum(FLUTTER_HARMONICS)
        flutter = flutter_percent / 100.0 / (2.0 * math.pi * flutter_hz) * rate
        self._wow = wow / 1.3  # the drift of its frequency quickens it by up to 1.3
        self._flutter = [
            flutter * weight / total / (k + 1) for k, weight in enumerate(FLUTTER_HARMONICS)
        ]
        self._phases = rng.uniform(0.0, 2.0 * math.pi, len(FLUTTER_HARMONICS))
        self._wow_phase = float(rng.uniform(0.0, 2.0 * math.pi))
        self._wander = Wander(rng, rows=2, period_s=self._period_s, time_s=1.5)
        self.latency = math.ceil(wow + sum(self._flutter)) + _REACH
        self._keep = 2 * self.latency + _REACH
        self._history = np.zeros((channels, self._keep))
        self._frames = 0
        self._controls = 0
        self._delays = np.zeros(0)  # in samples, at the control points not yet passed
        self._first = 0  # index of the control point that _delays begins with

    def _extend(self, last: int) -> None:
        """Draw delays up to the control point `last`."""
        count = last + 1 - self._controls
        if count <= 0:
            return
        steps = np.arange(self._controls, last + 1) * self._period_s
        self._controls = last + 1
        # Of the wow's frequency and of the flutter's depth.
        drift, level = self._wander.take(count)
        speed = 1.0 + 0.3 * np.tanh(0.5 * drift)
        turn = 2.0 * math.pi * self._wow_hz * self._period_s
        # One addition after another: a sum by pieces would depend on the block size.
        phase = np.cumsum(np.concatenate(([self._wow_phase], turn * speed)))[1:]
        self._wow_phase = float(phase[-1])
        delays = self._wow * np.sin(phase)
        depth = 0.75 + 0.25 * np.tanh(level)
        for k, (amplitude, start) in enumerate(zip(self._flutter, self._phases, strict=True)):
            turn = 2.0 * math.pi * (k + 1) * self._flutter_hz
            delays += depth * amplitude * np.sin(turn * steps + start)
        self._delays = np.concatenate((self._delays, delays))

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the (channels, samples) with its speed wandering, `latency` samples late."""
        frames = block.shape[1]
        n = np.arange(self._frames, self._frames + frames)
        last = (self._frames + frames) // _CONTROL + 1
        self._extend(last)
        points = np.arange(self._first, self._controls) * _CONTROL
        delay = np.interp(n, points, self._delays)
        self._frames += frames
        passed = max(0, self._frames // _CONTROL - self._first)
        self._delays, self._first = self._delays[passed:], self._first + passed
        x = np.concatenate((self._history, block), axis=1)
        self._history = x[:, frames:].copy()
        out = np.empty((len(x), frames))
        _read_late(x, self.latency + delay, out)
        return out
