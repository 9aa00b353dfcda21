"""Loudness and true peak as a stream is pushed through: ITU-R BS.1770-5, EBU R 128.

The meter keeps one number for every 10 ms: windows of 0.4 and 3 s begin every 10 ms, not only where
the gating blocks do, so that no maximum is missed.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioStream
from tapeloom.core.product import Loudness
from tapeloom.dsp.level import gain_to_db
from tapeloom.dsp.oversampling import TruePeak
from tapeloom.dsp.weighting import PowerSteps

MOMENTARY_STEPS = 40  # 400 ms, the gating block too
SHORT_TERM_STEPS = 300  # 3 s
_PIECE = 8_192  # samples that are looked between together: what the processor's cache holds
GATING_HOP_STEPS = 10  # blocks overlap by 75 %
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
RANGE_GATE_LU = -20.0


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


def loudness_of(
    steps: NDArray[np.float64], *, true_peak_dbtp: float, sample_peak_dbfs: float
) -> Loudness:
    """Return the loudness of mean squares in steps of 10 ms, with peaks that are known.

    >>> steps = np.full(500, lufs_to_power(-23.0))
    >>> round(loudness_of(steps, true_peak_dbtp=-1, sample_peak_dbfs=-1).max_short_term_lufs, 3)
    -23.0
    """
    momentary, short_term = _windows(steps, MOMENTARY_STEPS), _windows(steps, SHORT_TERM_STEPS)
    return Loudness(
        integrated_lufs=integrated_lufs(steps),
        range_lu=range_lu(steps),
        true_peak_dbtp=true_peak_dbtp,
        max_momentary_lufs=power_to_lufs(float(momentary.max(initial=0.0))),
        max_short_term_lufs=power_to_lufs(float(short_term.max(initial=0.0))),
        sample_peak_dbfs=sample_peak_dbfs,
    )


def curve_lufs(steps: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return the loudness of every whole window of `length` steps, one each 10 ms.

    40 steps give momentary loudness, 300 short-term loudness.

    >>> curve_lufs(np.full(41, lufs_to_power(-23.0)), MOMENTARY_STEPS).round(3)
    array([-23., -23.])
    """
    power = _windows(steps, length)
    curve = np.full(power.size, -np.inf)
    sounds = power > 0.0
    curve[sounds] = 10.0 * np.log10(power[sounds]) + power_to_lufs(1.0)
    return curve


class Meter:
    """A loudness meter that blocks of any size are pushed into.

    >>> tone = np.sin(2 * np.pi * 997 * np.arange(48000) / 48000)[None]
    >>> meter = Meter(48000, 1)
    >>> meter.push(tone[:, :700]); meter.push(tone[:, 700:])
    >>> round(meter.read().integrated_lufs, 2), round(meter.read().true_peak_dbtp, 1)
    (-3.01, 0.0)
    """

    def __init__(self, rate: int, channels: int, *, true_peak: bool = True) -> None:
        self._powers = PowerSteps(rate, channels)
        self._true_peak = TruePeak(channels) if true_peak else None
        self._sample_peak = 0.0

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples)."""
        if not block.size:
            return
        self._sample_peak = max(self._sample_peak, float(block.max()), -float(block.min()))
        self._powers.push(block)
        if self._true_peak is not None:
            for start in range(0, block.shape[1], _PIECE):
                self._true_peak.push(block[:, start : start + _PIECE])

    @property
    def steps(self) -> NDArray[np.float64]:
        """The K-weighted mean square of every whole 10 ms so far, shape (steps,)."""
        return self._powers.read()

    def read(self) -> Loudness:
        """Return what the meter reads so far."""
        true_peak = self._true_peak.read() if self._true_peak is not None else self._sample_peak
        return loudness_of(
            self.steps,
            true_peak_dbtp=gain_to_db(max(true_peak, self._sample_peak)),
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
