"""All meters of a stream in one: loudness and what is told beside it.

PLR is the true peak over the integrated loudness, PSR the peak of 3 s over their short-term
loudness (by samples; between them it is some tenths of a decibel more), crest factor the sample
peak over the RMS level.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.product import Loudness
from tapeloom.dsp.clipping import ClipMeter, OverMeter, Places
from tapeloom.dsp.loudness import SHORT_TERM_STEPS, Meter, lufs_to_power, power_to_lufs
from tapeloom.dsp.moving import moving_max, moving_mean
from tapeloom.dsp.samples import SampleMeter
from tapeloom.dsp.steps import STEPS_PER_S, StepPeaks, StepProducts
from tapeloom.dsp.stereo import correlation_of

CORRELATION_WINDOW_S = 1.0
_AUDIBLE_LUFS = -50.0  # short-term loudness from which on PSR is told


@dataclass(frozen=True, slots=True)
class Reading:
    """What all meters read of a stream."""

    loudness: Loudness
    rms_dbfs: float
    dc_dbfs: float  # of the channel with the larger offset
    correlation: float  # of the first two channels; 1 for mono and silence
    min_correlation: float  # of any second that sounds
    min_psr_db: float  # nan where nothing of 3 s sounds
    clips: Places
    overs: Places

    @property
    def plr_db(self) -> float:
        """The peak-to-loudness ratio; nan for silence."""
        return _difference(self.loudness.true_peak_dbtp, self.loudness.integrated_lufs)

    @property
    def crest_db(self) -> float:
        """The crest factor: a sine has 3 dB; nan for silence."""
        return _difference(self.loudness.sample_peak_dbfs, self.rms_dbfs)


def _difference(high: float, low: float) -> float:
    return high - low if math.isfinite(high) and math.isfinite(low) else math.nan


class SignalMeter:
    """Every meter, as blocks are pushed in.

    >>> meter = SignalMeter(48000, 2)
    >>> tone = 0.5 * np.sin(2 * np.pi * 997 * np.arange(5 * 48000) / 48000)
    >>> meter.push(np.stack((tone, -tone)))
    >>> reading = meter.read()
    >>> round(reading.crest_db, 2), round(reading.correlation, 2), reading.clips.count
    (3.01, -1.0, 0)
    """

    def __init__(self, rate: int, channels: int) -> None:
        self.loudness = Meter(rate, channels)
        self._samples = SampleMeter(rate, channels)
        self._clips, self._overs = ClipMeter(channels), OverMeter(rate, channels)
        self._peaks, self._products = StepPeaks(rate), StepProducts(rate)

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples)."""
        for meter in (self.loudness, self._samples, self._clips, self._overs):
            meter.push(block)
        self._peaks.push(block)
        self._products.push(block)

    def read(self) -> Reading:
        """Return what the meters read; nothing may be pushed afterwards."""
        self._overs.finish()
        plain = self._samples.read()
        return Reading(
            loudness=self.loudness.read(),
            rms_dbfs=plain.rms_dbfs,
            dc_dbfs=plain.dc_dbfs,
            correlation=plain.correlation,
            min_correlation=float(self.correlation_curve().min(initial=1.0)),
            min_psr_db=self.min_psr_db(),
            clips=self._clips.read(),
            overs=self._overs.read(),
        )

    def correlation_curve(self) -> NDArray[np.float64]:
        """Return the correlation of every second, one each 10 ms; 1 where nothing sounds."""
        products = self._products.read()
        if not products.size:
            return np.zeros(0)
        window = min(round(CORRELATION_WINDOW_S * STEPS_PER_S), products.shape[1])
        return correlation_of(*(moving_mean(each, window) for each in products))

    def min_psr_db(self) -> float:
        """Return the smallest peak-to-short-term ratio of 3 s that sound; nan where none do."""
        powers, peaks = self.loudness.steps, self._peaks.read()
        count = min(powers.size, peaks.size)
        if count < SHORT_TERM_STEPS:
            return math.nan
        short = moving_mean(powers[:count], SHORT_TERM_STEPS)
        highest = moving_max(peaks[:count], SHORT_TERM_STEPS)
        sounds = short > lufs_to_power(_AUDIBLE_LUFS)
        if not sounds.any():
            return math.nan
        over = np.square(highest[sounds]) / short[sounds]
        return float(10.0 * np.log10(over.min()) - power_to_lufs(1.0))
