"""Loudness and true peak as a stream is pushed through: ITU-R BS.1770-5, EBU R 128.

K-weighting is computed for the rate at hand from the analogue prototype of the standard's filters;
at 48 kHz its coefficients are the standard's. The meter keeps one number for every 10 ms.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioStream
from tapeloom.core.errors import InputError
from tapeloom.core.product import Loudness
from tapeloom.dsp.filters import Biquads, Section
from tapeloom.dsp.level import gain_to_db
from tapeloom.dsp.oversampling import TruePeak

STEPS_PER_S = 100  # energies are summed in steps of 10 ms
MOMENTARY_STEPS = 40  # 400 ms, the gating block too
SHORT_TERM_STEPS = 300  # 3 s
_PIECE = 8_192  # samples that are measured together: what the processor's cache holds
GATING_HOP_STEPS = 10  # blocks overlap by 75 %
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
RANGE_GATE_LU = -20.0

# Front channels weigh 1, surrounds +1.5 dB, the low-frequency channel nothing.
_SURROUND = 1.41
_WEIGHTS: dict[int, tuple[float, ...]] = {
    5: (1.0, 1.0, 1.0, _SURROUND, _SURROUND),
    6: (1.0, 1.0, 1.0, 0.0, _SURROUND, _SURROUND),
    8: (1.0, 1.0, 1.0, 0.0, _SURROUND, _SURROUND, 1.0, 1.0),
}


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


def power_to_lufs(power: float) -> float:
    """Convert a K-weighted, channel-weighted mean square to LUFS.

    >>> round(power_to_lufs(1.0), 3)
    -0.691
    """
    return -0.691 + 10.0 * math.log10(power) if power > 0.0 else -math.inf


def lufs_to_power(lufs: float) -> float:
    """Convert LUFS to a K-weighted mean square, the inverse of `power_to_lufs`.

    >>> round(power_to_lufs(lufs_to_power(-23.0)), 6)
    -23.0
    """
    return float(10.0 ** ((lufs + 0.691) / 10.0))


def integrated_lufs(steps: NDArray[np.float64]) -> float:
    """Return the gated loudness of mean squares in steps of 10 ms (BS.1770-5, annex 1).

    >>> round(integrated_lufs(np.full(100, lufs_to_power(-23.0))), 3)
    -23.0
    """
    z = _windows(steps, MOMENTARY_STEPS)[::GATING_HOP_STEPS]
    z = z[z > lufs_to_power(ABSOLUTE_GATE_LUFS)]
    if not z.size:
        return -math.inf
    z = z[z > np.mean(z) * 10.0 ** (RELATIVE_GATE_LU / 10.0)]
    return power_to_lufs(float(np.mean(z)))


def range_lu(steps: NDArray[np.float64]) -> float:
    """Return the loudness range of mean squares in steps of 10 ms (EBU Tech 3342).

    >>> range_lu(np.full(1000, 0.1))
    0.0
    """
    z = _windows(steps, SHORT_TERM_STEPS)[::GATING_HOP_STEPS]
    z = z[z > lufs_to_power(ABSOLUTE_GATE_LUFS)]
    if not z.size:
        return 0.0
    z = z[z > np.mean(z) * 10.0 ** (RANGE_GATE_LU / 10.0)]
    low, high = np.percentile(z, [10.0, 95.0], method="nearest")
    return power_to_lufs(float(high)) - power_to_lufs(float(low))


def _windows(steps: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return the mean of every whole window of `length` steps, shape (windows,)."""
    if steps.size < length:
        return np.zeros(0)
    # Sums of few terms each: a running sum over an hour would drift below the gate.
    return np.asarray(np.lib.stride_tricks.sliding_window_view(steps, length).mean(axis=1))


class Meter:
    """A loudness meter that blocks of any size are pushed into.

    >>> tone = np.sin(2 * np.pi * 997 * np.arange(48000) / 48000)[None]
    >>> meter = Meter(48000, 1)
    >>> meter.push(tone[:, :700]); meter.push(tone[:, 700:])
    >>> round(meter.read().integrated_lufs, 2), round(meter.read().true_peak_dbtp, 1)
    (-3.01, 0.0)
    """

    def __init__(self, rate: int, channels: int, *, true_peak: bool = True) -> None:
        if not 8_000 <= rate <= 384_000:
            raise InputError(f"rate is {rate}; loudness is defined from 8000 to 384000 Hz")
        self._rate = rate
        self._weights = np.array(_WEIGHTS.get(channels, (1.0,) * channels))
        self._filter = Biquads(k_weighting(rate), channels=channels)
        self._true_peak = TruePeak(rate, channels) if true_peak else None
        self._frames = 0  # pushed so far
        self._sample_peak = 0.0
        self._rest = np.zeros(0)  # powers of the step that is not yet whole
        self._steps: list[NDArray[np.float64]] = []

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples)."""
        for start in range(0, block.shape[1], _PIECE):
            x = np.asarray(block[:, start : start + _PIECE], np.float64)
            self._sample_peak = max(self._sample_peak, float(x.max()), -float(x.min()))
            if self._true_peak is not None:
                self._true_peak.push(x)
            y = self._filter.process(x)
            np.square(y, out=y)
            power = y[0] * self._weights[0]
            for weight, channel in zip(self._weights[1:], y[1:], strict=True):
                power += channel if weight == 1.0 else weight * channel
            self._sum_steps(np.concatenate((self._rest, power)), x.shape[1])

    def _sum_steps(self, power: NDArray[np.float64], pushed: int) -> None:
        # Step i ends at sample ceil(i * rate / 100): whole samples at any rate, without drift.
        self._frames += pushed
        start = self._frames - power.size
        first = start * STEPS_PER_S // self._rate
        last = self._frames * STEPS_PER_S // self._rate
        bounds = -(-np.arange(first, last + 1) * self._rate // STEPS_PER_S) - start
        if last > first:
            sums = np.add.reduceat(power[: bounds[-1]], bounds[:-1])
            self._steps.append(sums / np.diff(bounds))
        self._rest = power[bounds[-1] :].copy()

    @property
    def steps(self) -> NDArray[np.float64]:
        """The K-weighted mean square of every whole 10 ms so far, shape (steps,)."""
        return np.concatenate(self._steps) if self._steps else np.zeros(0)

    def read(self) -> Loudness:
        """Return what the meter reads so far."""
        steps = self.steps
        momentary = _windows(steps, MOMENTARY_STEPS)
        short_term = _windows(steps, SHORT_TERM_STEPS)
        true_peak = self._true_peak.read() if self._true_peak is not None else self._sample_peak
        return Loudness(
            integrated_lufs=integrated_lufs(steps),
            range_lu=range_lu(steps),
            true_peak_dbtp=gain_to_db(max(true_peak, self._sample_peak)),
            max_momentary_lufs=power_to_lufs(float(momentary.max(initial=0.0))),
            max_short_term_lufs=power_to_lufs(float(short_term.max(initial=0.0))),
            sample_peak_dbfs=gain_to_db(self._sample_peak),
        )


def measure(audio: AudioStream) -> Loudness:
    """Measure a whole stream.

    >>> from tapeloom.core.audio import Audio
    >>> measure(Audio(np.zeros((2, 44100), np.float32))).integrated_lufs
    -inf
    """
    meter = Meter(audio.rate, audio.channels)
    for block in audio.blocks():
        meter.push(block)
    return meter.read()
