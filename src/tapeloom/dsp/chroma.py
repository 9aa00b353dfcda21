"""Pitch classes from audio: the peaks of its spectrum, folded to one octave and tuned."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioStream

_LOWEST_HZ, _HIGHEST_HZ = 55.0, 2_100.0
_FINE = 120  # bins of 10 cents


@dataclass(frozen=True, slots=True)
class Chroma:
    """How much of each pitch class sounds (C first, the sum 1 or 0), and the tuning."""

    weights: tuple[float, ...]
    tuning_cents: float  # above (+) or below A4 = 440 Hz, -50..50


class ChromaMeter:
    """Gathers pitch classes as blocks are pushed in, in constant memory.

    The peaks of a long Fourier transform are placed by parabolic interpolation and summed in bins
    of 10 cents; the tuning is the circular mean of how far they lie off the tempered scale
    (E. Gomez, "Tonal Description of Music Audio Signals", 2006, sections 3.3 and 3.4).

    >>> t = np.arange(44100) / 44100
    >>> meter = ChromaMeter(44100)
    >>> meter.push(0.1 * np.sin(2 * np.pi * 220 * t)[None])
    >>> int(np.argmax(meter.read().weights))
    9
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._size = 1 << round(np.log2(rate * 0.37))
        self._window = np.blackman(self._size).astype(np.float32)
        self._rest = np.zeros(0, np.float32)
        self._bins = np.zeros(_FINE)
        hz = np.fft.rfftfreq(self._size, 1 / rate)
        top = min(_HIGHEST_HZ, 0.45 * rate)
        self._first, self._last = (int(np.searchsorted(hz, f)) for f in (_LOWEST_HZ, top))

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples)."""
        self._rest = np.concatenate([self._rest, block.mean(axis=0, dtype=np.float32)])
        hop = self._size // 2
        start = 0
        while start + self._size <= len(self._rest):
            self._take(self._rest[start : start + self._size])
            start += hop
        self._rest = self._rest[start:].copy()

    def _take(self, x: NDArray[np.float32]) -> None:
        first, last = self._first, self._last
        spectrum = np.abs(np.fft.rfft(x * self._window))[first - 1 : last + 1].astype(np.float64)
        a, b, c = spectrum[:-2], spectrum[1:-1], spectrum[2:]
        loudest = float(b.max(initial=0.0))
        # Silence, and what lies 50 dB under the loudest partial, tells nothing of the key.
        if loudest < 1e-5 * self._size:
            return
        peaks = np.flatnonzero((b > a) & (b >= c) & (b > 0.003 * loudest))
        la, lb, lc = (np.log(part[peaks] + 1e-12) for part in (a, b, c))
        shift = np.clip(0.5 * (la - lc) / (la - 2 * lb + lc - 1e-12), -0.5, 0.5)
        hz = (peaks + first + shift) * self._rate / self._size
        pitch = 69 + 12 * np.log2(hz / 440.0)
        # Roots lie low and overtones high: the middle octaves count most.
        weight = np.sqrt(b[peaks] / loudest) * np.exp(-0.5 * ((pitch - 55) / 14) ** 2)
        at = np.round(pitch * 10).astype(np.int64) % _FINE
        np.add.at(self._bins, at, weight)

    def read(self) -> Chroma:
        """Return the pitch classes so far."""
        total = float(self._bins.sum())
        if total <= 0:
            return Chroma((0.0,) * 12, 0.0)
        angle = 2 * np.pi * np.arange(_FINE) / 10
        mean = complex((self._bins * np.exp(1j * angle)).sum())
        tuning_cents = float(np.angle(mean) / (2 * np.pi) * 100)
        # Each bin goes to the tempered pitch that is nearest once the tuning is taken off.
        nearest = np.round((np.arange(_FINE) - tuning_cents / 10) / 10).astype(np.int64) % 12
        weights = np.bincount(nearest, self._bins, minlength=12) / total
        return Chroma(tuple(float(w) for w in weights), tuning_cents)


def measure_chroma(audio: AudioStream) -> Chroma:
    """Gather a stream's pitch classes.

    >>> from tapeloom.core.audio import Audio
    >>> measure_chroma(Audio(np.zeros((2, 44100), np.float32))).weights[0]
    0.0
    """
    meter = ChromaMeter(audio.rate)
    for block in audio.blocks():
        meter.push(block)
    return meter.read()
