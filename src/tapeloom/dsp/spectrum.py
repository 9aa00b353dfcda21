"""The long-term spectrum of audio: bands, centroid, slope."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioStream

FRAME = 8_192  # samples: 5 Hz apart at 44.1 kHz


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Mean powers of a stream's channels; power[k] belongs to frequencies_hz[k]."""

    frequencies_hz: NDArray[np.floating]
    power: NDArray[np.floating]

    def band_db(self, low_hz: float, high_hz: float) -> float:
        """Return the level of a band in dBFS (a full-scale sine reads -3.01); -inf when silent."""
        inside = (self.frequencies_hz >= low_hz) & (self.frequencies_hz < high_hz)
        power = float(self.power[inside].sum())
        return 10.0 * float(np.log10(power)) if power > 0.0 else -np.inf

    def bands_db(self, *, per_octave: int = 1) -> list[tuple[float, float]]:
        """Return (centre in Hz, level in dBFS) of octave or third-octave bands around 1 kHz."""
        bands = []
        highest = self.frequencies_hz[-1]
        for k in range(-5 * per_octave, 5 * per_octave):
            centre = 1000.0 * 2.0 ** (k / per_octave)
            edge = 2.0 ** (0.5 / per_octave)
            if centre * edge <= highest:
                bands.append((centre, self.band_db(centre / edge, centre * edge)))
        return bands

    @property
    def centroid_hz(self) -> float:
        """The centre of gravity of the amplitudes in Hz; 0 for silence."""
        amplitude = np.sqrt(self.power)
        total = float(amplitude.sum())
        return float((amplitude * self.frequencies_hz).sum()) / total if total > 0.0 else 0.0

    @property
    def slope_db_per_octave(self) -> float:
        """The slope of the power density from 100 Hz to 4 kHz, fitted over third-octave bands.

        White noise reads 0, pink noise -3.01; 0 for silence.
        """
        points = [
            (np.log2(hz), level - 10.0 * np.log10(hz))
            for hz, level in self.bands_db(per_octave=3)
            if 100.0 <= hz <= 4000.0
        ]
        octaves, density = np.array(points).T
        heard = density > density.max() - 120.0 if np.isfinite(density).any() else density > 0.0
        if heard.sum() < 2:
            return 0.0
        return float(np.polyfit(octaves[heard], density[heard], 1)[0])


class SpectrumMeter:
    """Measures the long-term spectrum of blocks by Hann windows, one every `hop` samples.

    >>> meter = SpectrumMeter(44100, 1)
    >>> meter.push(np.ones((1, 100)))
    >>> meter.read().power.shape
    (4097,)
    """

    def __init__(self, rate: int, channels: int, *, hop: int = FRAME) -> None:
        self._rate, self._hop = rate, hop
        self._window = np.hanning(FRAME + 1)[:-1]
        self._power = np.zeros(FRAME // 2 + 1)
        self._windows = 0
        self._pending = np.zeros((channels, 0), np.float32)
        self._skip = 0  # samples until the next window begins

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples)."""
        skipped = min(self._skip, block.shape[1])
        self._skip -= skipped
        x = np.concatenate((self._pending, block[:, skipped:]), axis=1)
        while x.shape[1] >= FRAME:
            self._add(x[:, :FRAME])
            self._skip = max(0, self._hop - x.shape[1])
            x = x[:, self._hop :]
        self._pending = x

    def _add(self, x: NDArray[Any]) -> None:
        self._power += np.square(np.abs(np.fft.rfft(x * self._window))).mean(axis=0)
        self._windows += 1

    def read(self) -> Spectrum:
        """Return the spectrum so far; less than a window is filled up with silence."""
        if not self._windows and self._pending.shape[1]:
            missing = FRAME - self._pending.shape[1]
            self._add(np.pad(self._pending, ((0, 0), (0, missing))))
            self._windows, power, self._power = 0, self._power, np.zeros_like(self._power)
        else:
            power = self._power / max(1, self._windows)
        # Each bin but the outer two stands for two of the whole spectrum.
        scale = 2.0 / (FRAME * float(np.sum(np.square(self._window))))
        return Spectrum(np.fft.rfftfreq(FRAME, 1.0 / self._rate), power * scale)


def measure_spectrum(audio: AudioStream, *, hop: int = FRAME) -> Spectrum:
    """Measure the long-term spectrum of a stream.

    >>> from tapeloom.core.audio import Audio
    >>> tone = np.sin(2 * np.pi * 1000 * np.arange(44100) / 44100)[None]
    >>> spectrum = measure_spectrum(Audio(tone.astype(np.float32)))
    >>> round(spectrum.centroid_hz), round(spectrum.band_db(900, 1100), 1)
    (1000, -3.0)
    """
    meter = SpectrumMeter(audio.rate, audio.channels, hop=hop)
    for block in audio.blocks():
        meter.push(block)
    return meter.read()
