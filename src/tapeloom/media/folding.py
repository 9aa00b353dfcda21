"""Folding audio of any length into the columns of a picture, in constant memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioStream

BANDS = 240
LOWEST_HZ = 30.0


@dataclass(frozen=True, slots=True)
class Folded:
    """A stream as columns: extremes of its samples and its spectrum."""

    low: NDArray[np.float32]  # (channels, columns), the lowest sample
    high: NDArray[np.float32]  # (channels, columns), the highest
    power: NDArray[np.float64]  # (BANDS, columns), from LOWEST_HZ to rate / 2, even in octaves


def fold(audio: AudioStream, *, columns: int) -> Folded:
    """Read a stream once and fold it into `columns`."""
    frames = max(1, audio.frames)
    low = np.zeros((audio.channels, columns), np.float32)
    high = np.zeros((audio.channels, columns), np.float32)
    spectra = _Spectra(frames, audio.rate, columns)
    at = 0
    for block in audio.blocks():
        n = block.shape[1]
        # Column k begins at sample ceil(k * frames / columns).
        first = min(at * columns // frames, columns - 1)
        last = min((at + n - 1) * columns // frames, columns - 1)
        edges = np.maximum(-(-np.arange(first, last + 1) * frames // columns) - at, 0)
        reached = slice(first, last + 1)
        for channel, x in enumerate(block):
            lowest, highest = np.minimum.reduceat(x, edges), np.maximum.reduceat(x, edges)
            low[channel, reached] = np.minimum(low[channel, reached], lowest)
            high[channel, reached] = np.maximum(high[channel, reached], highest)
        spectra.push(block.mean(axis=0, dtype=np.float32))
        at += n
    return Folded(low, high, spectra.read())


class _Spectra:
    """Power spectra at even distances, at most three a column, averaged by column."""

    def __init__(self, frames: int, rate: int, columns: int) -> None:
        self._frames, self._columns = frames, columns
        # Long windows part the low notes; short audio must still show its onsets.
        self._size = 8192 if frames > 1500 * columns else 4096
        self._hop = max(self._size // 4, frames // (3 * columns))
        self._window = np.hanning(self._size).astype(np.float32)
        octaves = np.geomspace(LOWEST_HZ, rate / 2, BANDS + 1)
        self._edges = octaves * self._size / rate  # in bins
        self._power = np.zeros((BANDS, columns))
        self._counts = np.zeros(columns, np.int64)
        self._rest = np.zeros(0, np.float32)  # samples from `_at` on
        self._at = 0
        self._next = 0  # where the next window begins

    def push(self, x: NDArray[np.float32]) -> None:
        self._rest = np.concatenate([self._rest, x])
        while self._next + self._size <= self._at + len(self._rest):
            start = self._next - self._at
            self._take(self._rest[start : start + self._size], self._next + self._size // 2)
            self._next += self._hop
        used = min(self._next - self._at, len(self._rest))
        self._rest = self._rest[used:].copy()
        self._at += used

    def _take(self, x: NDArray[np.float32], middle: int) -> None:
        power = np.abs(np.fft.rfft(x * self._window)).astype(np.float64) ** 2
        sums = np.concatenate([[0.0], np.cumsum(power)])
        # A bin reaches half its width to either side of its middle.
        upto = np.interp(self._edges + 0.5, np.arange(len(sums)), sums)
        column = min(middle * self._columns // self._frames, self._columns - 1)
        self._power[:, column] += np.diff(upto) / np.diff(self._edges)
        self._counts[column] += 1

    def read(self) -> NDArray[np.float64]:
        known = np.flatnonzero(self._counts)
        if len(known) == 0:
            return self._power
        mean = self._power[:, known] / self._counts[known]
        # Short audio has fewer spectra than columns: repeat the next one.
        nearest = np.searchsorted(known, np.arange(self._columns))
        return mean[:, np.minimum(nearest, len(known) - 1)]
