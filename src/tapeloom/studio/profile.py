"""What a mix or a master is like, in the figures that mastering goes by, measured in one pass."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioStream
from tapeloom.core.errors import InputError
from tapeloom.core.product import Loudness
from tapeloom.dsp.spectrum import Spectrum
from tapeloom.dsp.steps import STEPS_PER_S, StepPeaks, StepProducts
from tapeloom.dsp.stereo import correlation_of
from tapeloom.studio.forecast import Forecast

HOP = 32_768  # one spectral window in four says enough of a whole record's tone
SPLITS_HZ = (20.0, 120.0, 500.0, 2000.0, 6000.0, 20_000.0)  # bands in which width is told
SPLIT_NAMES = ("20-120", "120-500", "500-2k", "2k-6k", "6k-20k")
_HEARD_LUFS = -70.0  # steps below are silence


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Loudness, dynamics, spectrum and width of audio with one or two channels."""

    loudness: Loudness
    steps: Forecast  # mean squares and sample peaks, 100 a second
    middle: Spectrum  # of (left + right) / 2; of all there is where the audio is mono
    side: Spectrum | None
    correlation: NDArray[np.float64]  # of left and right, a value a second

    @property
    def is_silent(self) -> bool:
        """Whether nothing passes the gate of the meter."""
        return not math.isfinite(self.loudness.integrated_lufs)

    @property
    def duration_s(self) -> float:
        """Length, to a hundredth of a second."""
        return self.steps.powers.size / STEPS_PER_S

    @property
    def spectrum(self) -> Spectrum:
        """Of both channels, as a mean of their powers."""
        if self.side is None:
            return self.middle
        return Spectrum(self.middle.frequencies_hz, self.middle.power + self.side.power)

    @property
    def peak_to_loudness_db(self) -> float:
        """PLR: true peak over integrated loudness; 0 for silence."""
        if self.is_silent:
            return 0.0
        return self.loudness.true_peak_dbtp - self.loudness.integrated_lufs

    def widths_db(self) -> tuple[float, ...]:
        """Return the level of the side under that of the middle in each band of SPLITS_HZ."""
        if self.side is None:
            return (-math.inf,) * (len(SPLITS_HZ) - 1)
        widths = [
            self.side.band_db(*edges) - self.middle.band_db(*edges) for edges in pairwise(SPLITS_HZ)
        ]
        return tuple(float(np.clip(np.nan_to_num(width, nan=-99.0), -99, 99)) for width in widths)

    def short_term_lufs(self) -> NDArray[np.float64]:
        """Return the short-term loudness (3 s), ten values a second, at least -70 LUFS."""
        from tapeloom.dsp.loudness import SHORT_TERM_STEPS, lufs_to_power

        powers = self.steps.powers
        if powers.size < SHORT_TERM_STEPS:
            return np.zeros(0)
        windows = np.lib.stride_tricks.sliding_window_view(powers, SHORT_TERM_STEPS)[::10]
        mean = np.maximum(windows.mean(axis=1), lufs_to_power(_HEARD_LUFS))
        return np.asarray(-0.691 + 10.0 * np.log10(mean))


class ProfileMeter:
    """Measures a profile of blocks that are pushed in."""

    def __init__(self, rate: int, channels: int, *, true_peak: bool = False) -> None:
        from tapeloom.dsp.loudness import Meter
        from tapeloom.dsp.spectrum import SpectrumMeter

        if not 1 <= channels <= 2:
            raise InputError(
                f"the audio has {channels} channels; mastering takes mono (1) or stereo (2)"
            )
        self._rate = rate
        self._meter = Meter(rate, channels, true_peak=true_peak)
        self._peaks = StepPeaks(rate)
        self._spectra = [SpectrumMeter(rate, 1, hop=HOP) for _ in range(channels)]
        self._products = StepProducts(rate)
        self._frames = 0

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples); InputError where a sample is no number."""
        loudest = np.abs(block).max(axis=0)
        if not np.isfinite(loudest).all():
            at = self._frames + int(np.argmin(np.isfinite(loudest)))
            raise InputError(
                f"the sample at {at / self._rate:.3f} s is not a number or infinite; "
                "export the file again, or repair it there"
            )
        self._frames += block.shape[1]
        self._meter.push(block)
        self._peaks.push(block)
        if len(block) == 2:
            self._products.push(block)
            self._spectra[0].push(0.5 * (block[:1] + block[1:]))
            self._spectra[1].push(0.5 * (block[:1] - block[1:]))
        else:
            self._spectra[0].push(block)

    def read(self) -> Profile:
        """Return what was measured so far."""
        spectra = [meter.read() for meter in self._spectra]
        return Profile(
            loudness=self._meter.read(),
            steps=Forecast(self._meter.steps, self._peaks.read()),
            middle=spectra[0],
            side=spectra[1] if len(spectra) == 2 else None,
            correlation=_by_second(self._products.read()),
        )


def _by_second(products: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the correlation of every whole second of `StepProducts`."""
    whole = products.shape[1] - products.shape[1] % STEPS_PER_S
    seconds = products[:, :whole].reshape(3, -1, STEPS_PER_S).mean(axis=2)
    return correlation_of(*seconds)


def measure_profile(audio: AudioStream, *, true_peak: bool = True) -> Profile:
    """Measure a whole stream with one or two channels.

    true_peak  False takes a third of the time and reads the sample peak in its place

    >>> from tapeloom.core.audio import Audio
    >>> t = np.arange(44100) / 44100
    >>> tone = np.sin(2 * np.pi * 997 * t)
    >>> profile = measure_profile(Audio(np.stack((tone, 0.5 * tone)).astype(np.float32)))
    >>> round(profile.peak_to_loudness_db, 1), [round(x, 1) for x in profile.widths_db()][2]
    (2.0, -9.5)
    """
    meter = ProfileMeter(audio.rate, audio.channels, true_peak=true_peak)
    for block in audio.blocks():
        meter.push(block)
    return meter.read()
