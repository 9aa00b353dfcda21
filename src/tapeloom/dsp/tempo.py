"""Tempo from audio: the strength of onsets, and the beat that explains their spacing best."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioStream

ENVELOPE_RATE = 100  # readings a second
LOWEST_BPM, HIGHEST_BPM = 40.0, 200.0
# Where lo-fi lies, and how many octaves off is one standard deviation (shared/bench: 70 to 90).
_USUAL_BPM, _SPREAD_OCTAVES = 82.0, 0.7
_WINDOW_S = 24.0


@dataclass(frozen=True, slots=True)
class TempoEstimate:
    """A tempo and how far the onsets agree with it."""

    bpm: float  # 0 where there is no pulse
    confidence: float  # 0..1


class OnsetStrength:
    """The strength of onsets, 100 readings a second, as blocks are pushed in.

    Spectral flux of logarithmic band energies (S. Dixon, "Onset Detection Revisited", DAFx 2006).

    >>> onsets = OnsetStrength(44100)
    >>> click = np.zeros((1, 44100), np.float32); click[0, 22050:22060] = 0.5
    >>> onsets.push(click)
    >>> bool(0.47 < onsets.read().argmax() / ENVELOPE_RATE < 0.51)
    True
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._size = 1 << max(8, round(np.log2(rate * 0.024)))
        self._window = np.hanning(self._size).astype(np.float32)
        self._bank = _bands(self._size, rate)
        self._rest = np.zeros(0, np.float32)  # samples from `_at` on
        self._at = 0
        self._count = 0  # readings so far
        self._last = np.zeros(self._bank.shape[0], np.float32)
        self._readings: list[NDArray[np.float32]] = []

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples)."""
        self._rest = np.concatenate([self._rest, block.mean(axis=0, dtype=np.float32)])
        end = self._at + len(self._rest)
        # Reading i begins at sample i * rate / 100, rounded: no drift at any rate.
        last = max(self._count, (end - self._size) * ENVELOPE_RATE // self._rate + 1)
        starts = (np.arange(self._count, last) * self._rate // ENVELOPE_RATE) - self._at
        if len(starts):
            shorts = np.lib.stride_tricks.sliding_window_view(self._rest, self._size)
            for some in np.array_split(starts, -(-len(starts) // 256)):
                self._take(shorts[some])
            self._count = last
        begin = self._count * self._rate // ENVELOPE_RATE - self._at
        if begin > 0:
            self._rest = self._rest[begin:].copy()
            self._at += begin

    def _take(self, shorts: NDArray[np.float32]) -> None:
        power = np.abs(np.fft.rfft(shorts * self._window, axis=1)).astype(np.float32) ** 2
        level = np.log1p(10.0 * (power @ self._bank.T))
        rise = np.diff(level, axis=0, prepend=self._last[None])
        self._last = level[-1]
        self._readings.append(np.maximum(rise, 0.0).mean(axis=1).astype(np.float32))

    def read(self) -> NDArray[np.float32]:
        """Return the readings so far."""
        return np.concatenate(self._readings) if self._readings else np.zeros(0, np.float32)


def estimate_tempo(onsets: NDArray[Any], *, rate_hz: float = ENVELOPE_RATE) -> TempoEstimate:
    """Find the beat of an onset-strength curve, by autocorrelation and a comb of its multiples.

    onsets   strength of onsets, shape (readings,)
    rate_hz  readings a second

    Octaves are told apart by a log-normal prior around 82 bpm, where lo-fi lies (after
    D. Ellis, "Beat Tracking by Dynamic Programming", JNMR 2007, eq. 6).

    >>> pulses = np.zeros(3000); pulses[::80] = 1
    >>> round(estimate_tempo(pulses).bpm, 1)
    75.0
    """
    x = np.asarray(onsets, np.float64)
    if len(x) < 4 * rate_hz or not x.any():
        return TempoEstimate(0.0, 0.0)
    around = max(1, round(1.2 * rate_hz))
    sums = np.cumsum(np.pad(x, (around + 1, around), mode="edge"))
    x = np.maximum(x - (sums[2 * around + 1 :] - sums[: -2 * around - 1]) / (2 * around + 1), 0)
    # A little breadth, for players who are not machines.
    kernel = np.hanning(7) / np.hanning(7).sum()
    x = np.convolve(x, kernel, mode="same")
    r = _autocorrelation(x, round(_WINDOW_S * rate_hz))
    coarse = np.geomspace(LOWEST_BPM, HIGHEST_BPM, 700)
    score = _comb(r, coarse, rate_hz)
    prior = np.exp(-0.5 * (np.log2(coarse / _USUAL_BPM) / _SPREAD_OCTAVES) ** 2)
    best = coarse[int(np.argmax(np.maximum(score, 0) ** 2 * prior))]
    fine = best * np.linspace(0.985, 1.015, 601)
    sharp = _comb(r, fine, rate_hz)
    peak = int(np.argmax(sharp))
    return TempoEstimate(float(fine[peak]), float(np.clip(sharp[peak], 0.0, 1.0)))


def measure_tempo(audio: AudioStream) -> TempoEstimate:
    """Estimate a stream's tempo.

    >>> from tapeloom.core.audio import Audio
    >>> measure_tempo(Audio(np.zeros((2, 44100), np.float32)))
    TempoEstimate(bpm=0.0, confidence=0.0)
    """
    onsets = OnsetStrength(audio.rate)
    for block in audio.blocks():
        onsets.push(block)
    return estimate_tempo(onsets.read())


def _bands(size: int, rate: int, *, count: int = 36) -> NDArray[np.float32]:
    hz = np.fft.rfftfreq(size, 1 / rate)
    edges = np.geomspace(40.0, min(12_000.0, rate * 0.45), count + 1)
    bank = np.zeros((count, len(hz)), np.float32)
    for row, low, high in zip(bank, edges, edges[1:], strict=False):
        inside = (hz >= low) & (hz < high)
        if not inside.any():
            inside[int(np.argmin(np.abs(hz - (low + high) / 2)))] = True
        row[inside] = 1.0 / inside.sum()
    return bank


def _autocorrelation(x: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Average the normalised autocorrelation over windows of `length` (tempo may differ later)."""
    length = min(length, len(x))
    total = np.zeros(length)
    for start in range(0, len(x) - length + 1, max(1, length // 2)):
        part = x[start : start + length] - x[start : start + length].mean()
        energy = float(part @ part)
        if energy <= 0:
            continue
        spectrum = np.abs(np.fft.rfft(part, 2 * length)) ** 2
        # Unbiased: long lags have fewer products.
        r = np.fft.irfft(spectrum)[:length] / np.arange(length, 0, -1) * length
        total += r / r[0] * energy
    return total / total[0] if total[0] > 0 else total


def _comb(r: NDArray[np.float64], bpm: NDArray[Any], rate_hz: float) -> NDArray[np.float64]:
    """Read the autocorrelation at 1, 2, 3, 4, 6 and 8 beats; long lags make it precise."""
    beats, weights = np.array([1, 2, 3, 4, 6, 8]), np.array([1.0, 1.2, 0.7, 1.4, 0.6, 1.0])
    lags = beats[:, None] * (60.0 * rate_hz / bpm)[None, :]
    inside = lags < 0.8 * len(r)
    values = np.interp(lags, np.arange(len(r)), r)
    used = weights[:, None] * inside
    mean: NDArray[np.float64] = (values * used).sum(axis=0) / np.maximum(used.sum(axis=0), 1e-9)
    # Every beat must have its peak: a dotted beat (3 : 2) meets only every other one.
    least: NDArray[np.float64] = np.where(inside[:4], values[:4], mean).min(axis=0)
    return 0.3 * mean + 0.7 * least
