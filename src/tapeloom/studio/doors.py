"""Mastering of plain arrays in memory: a thin door to the stage."""

import math
from collections.abc import Iterator
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import RATE, Audio, Samples
from tapeloom.core.errors import InputError
from tapeloom.core.product import Loudness
from tapeloom.dsp.loudness import measure
from tapeloom.dsp.spectrum import measure_spectrum
from tapeloom.dsp.stereo import correlation
from tapeloom.studio.mastering import settle
from tapeloom.studio.presets import MasterSettings
from tapeloom.studio.presets import preset as named_preset


class MasteringChain:
    """Mastering in memory: arrays (channels, samples) or (samples,), or `Audio`.

    >>> hum = 0.1 * np.sin(2 * np.pi * 220 * np.arange(44100) / 44100)
    >>> chain = MasteringChain()
    >>> mastered = chain.master(hum, sample_rate=44100, preset="streaming")
    >>> mastered.shape, round(chain.analyze_master(mastered, 44100)["lufs_integrated"])
    ((44100,), -14)
    """

    def __init__(self, settings: MasterSettings | None = None) -> None:
        self._settings = settings
        self.notes: tuple[str, ...] = ()  # what was done to the last audio, and why

    @overload
    def master(self, audio: Audio, sample_rate: int | None = ..., preset: str = ...) -> Audio: ...

    @overload
    def master(
        self, audio: NDArray[Any], sample_rate: int | None = ..., preset: str = ...
    ) -> Samples: ...

    def master(
        self, audio: Audio | NDArray[Any], sample_rate: int | None = None, preset: str = "streaming"
    ) -> Audio | Samples:
        """Return the mastered audio in the shape that it came in; `preset` is one of PRESETS."""
        source = _as_audio(audio, sample_rate)
        finished = source

        def write(blocks: Iterator[Samples]) -> Loudness:
            nonlocal finished
            finished = Audio(np.concatenate(list(blocks), axis=1), source.rate)
            return measure(finished)

        named = named_preset(preset).settings
        settings = self._settings or named
        self.notes = settle(source, settings, write, folder=None)[1]
        if isinstance(audio, Audio):
            return finished
        return finished.samples[0] if np.ndim(audio) == 1 else finished.samples

    def analyze_master(
        self, audio: Audio | NDArray[Any], sample_rate: int | None = None
    ) -> dict[str, float]:
        """Return loudness, peaks and spectrum figures by name."""
        source = _as_audio(audio, sample_rate)
        loudness, spectrum = measure(source), measure_spectrum(source)
        return {
            "lufs_integrated": loudness.integrated_lufs,
            "lufs_short_term_max": loudness.max_short_term_lufs,
            "lufs_momentary_max": loudness.max_momentary_lufs,
            "loudness_range": loudness.range_lu,
            "true_peak_db": loudness.true_peak_dbtp,
            "sample_peak_db": loudness.sample_peak_dbfs,
            "peak_to_loudness": loudness.true_peak_dbtp - loudness.integrated_lufs
            if math.isfinite(loudness.integrated_lufs)
            else 0.0,
            "spectral_centroid_hz": spectrum.centroid_hz,
            "spectral_slope_db_per_octave": spectrum.slope_db_per_octave,
            "stereo_correlation": correlation(source.samples[:2]),
        }


def _as_audio(audio: Audio | NDArray[Any], sample_rate: int | None) -> Audio:
    if isinstance(audio, Audio):
        if sample_rate is not None and sample_rate != audio.rate:
            raise InputError(f"sample_rate is {sample_rate}, but the audio has {audio.rate}")
        return audio
    samples = np.atleast_2d(np.asarray(audio, np.float32))
    return Audio(samples, RATE if sample_rate is None else sample_rate)
