"""What a first listen to a stem tells: how loud, where in the spectrum, how peaky, how wide."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioStream, Samples
from tapeloom.core.errors import InputError
from tapeloom.dsp.spectrum import Spectrum

_HOP = 16_384  # samples from one spectrum to the next
SILENT_LUFS = -65.0
_SOUNDING = 1e-9  # the mean square of 10 ms that are no silence


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Figures of one stem as it came."""

    name: str
    loudness_lufs: float  # gated; -inf for silence
    range_lu: float
    peak_dbfs: float
    crest_db: float  # peak over RMS, where it sounds
    struck_db: float  # the median 10 ms under the loudest: drums over 15 dB, held notes under 5
    width: float  # RMS of side over middle; 0 is mono
    spectrum: Spectrum

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to mix."""
        return self.loudness_lufs < SILENT_LUFS

    def share(self, low_hz: float, high_hz: float) -> float:
        """Return how much of its energy lies between two frequencies, 0..1."""
        whole = float(self.spectrum.power.sum())
        band_db = self.spectrum.band_db(low_hz, high_hz)
        return float(10.0 ** (band_db / 10.0)) / whole if whole > 0.0 else 0.0


def listen(name: str, audio: AudioStream) -> Heard:
    """Measure a stem in one pass."""
    from tapeloom.dsp.loudness import Meter
    from tapeloom.dsp.spectrum import SpectrumMeter

    meter = Meter(audio.rate, audio.channels, true_peak=False)
    spectrum = SpectrumMeter(audio.rate, audio.channels, hop=_HOP)
    energy = np.zeros(2)  # of middle and side
    sounding = 0
    for block in checked(name, audio.blocks()):
        meter.push(block)
        spectrum.push(block)
        x = np.asarray(block, np.float64)
        energy += [np.square(x[0] + x[-1]).sum() / 4.0, np.square(x[0] - x[-1]).sum() / 4.0]
        sounding += int((np.abs(x).max(axis=0) > 1e-4).sum())
    told = meter.read()
    rms = math.sqrt(float(energy.sum()) / max(1, sounding))
    # A mono stem will sound from both sides.
    both_db = 10.0 * math.log10(2.0) if audio.channels == 1 else 0.0
    return Heard(
        name,
        loudness_lufs=told.integrated_lufs + both_db,
        range_lu=told.range_lu,
        peak_dbfs=told.sample_peak_dbfs,
        crest_db=told.sample_peak_dbfs - 20.0 * math.log10(rms) if rms > 0.0 else 0.0,
        struck_db=_struck_db(meter.steps),
        width=math.sqrt(float(energy[1] / energy[0])) if energy[0] > 0.0 else float(energy[1] > 0),
        spectrum=spectrum.read(),
    )


def _struck_db(steps: NDArray[np.float64]) -> float:
    heard = steps[steps > _SOUNDING]
    if not heard.size:
        return 0.0
    loud, middle = np.percentile(heard, [95.0, 50.0])
    return 10.0 * math.log10(float(loud / middle))


def checked(name: str, blocks: Iterable[Samples]) -> Iterable[Samples]:
    """Yield a stem's blocks; InputError at a sample that is no number."""
    for block in blocks:
        if not np.isfinite(block).all():
            raise InputError(
                f"the stem {name!r} has samples that are no numbers (NaN or infinite); "
                "export it anew"
            )
        yield block
