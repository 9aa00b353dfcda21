"""Sound as a row of short spectra that are changed and put together again, over blocks.

J. B. Allen, "Short term spectral analysis, synthesis, and modification by discrete Fourier
transform", IEEE Transactions on Acoustics, Speech, and Signal Processing 25(3), 1977.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Spectra = NDArray[np.complex128]  # (windows, channels, bins)
OVERLAP = 4


def fast_length(samples: float) -> int:
    """Return the nearest of 4, 5, 6 and 7 times a power of two, whose transforms are fast.

    >>> fast_length(617.4), fast_length(10.0)
    (640, 10)
    """
    unit = 2.0 ** max(0, math.floor(math.log2(max(4.0, samples))) - 2)
    return round(round(max(4.0, samples) / unit) * unit)


class Analysis:
    """Spectra of windows as blocks come in; the first window ends with the first hop.

    >>> analysis = Analysis(8000, 1, window_ms=20.0)
    >>> analysis.push(np.zeros((1, 100))).shape
    (2, 1, 81)
    """

    def __init__(self, rate: int, channels: int, *, window_ms: float) -> None:
        self.hop = fast_length(window_ms / 1000.0 * rate / OVERLAP)
        self.length = OVERLAP * self.hop
        self.bins = self.length // 2 + 1
        self.window = np.sin(np.pi * (np.arange(self.length) + 0.5) / self.length) ** 2
        self._x = np.zeros((channels, self.length - self.hop))  # from the next window's beginning

    def push(self, block: NDArray[Any]) -> Spectra:
        """Take (channels, samples) and return the spectra of the windows that are full."""
        x = np.concatenate((self._x, block), axis=1)
        count = max(0, (x.shape[1] - self.length) // self.hop + 1)
        self._x = x[:, count * self.hop :]
        if not count:
            return np.zeros((0, len(x), self.bins), np.complex128)
        views = np.lib.stride_tricks.sliding_window_view(x, self.length, axis=1)
        windows = np.moveaxis(views[:, : count * self.hop : self.hop], 0, 1)
        return np.fft.rfft(windows * self.window)


class Synthesis:
    """Sound from the spectra of an analysis, as long as the blocks that went into it.

    >>> analysis = Analysis(8000, 1, window_ms=20.0)
    >>> synthesis = Synthesis(analysis, 1)
    >>> x = np.random.default_rng(0).standard_normal((1, 1000))
    >>> y = synthesis.take(analysis.push(x), 1000)
    >>> bool(np.allclose(y[:, analysis.length :], x[:, : -analysis.length]))
    True
    """

    def __init__(self, analysis: Analysis, channels: int) -> None:
        self._length, self._hop = analysis.length, analysis.hop
        # Squares of Hann windows a quarter apart sum to 1.5.
        self._scale = analysis.window / (0.375 * OVERLAP)
        self._sums = np.zeros((channels, self._length))
        self._ready = np.zeros((channels, self._hop))  # late by a hop: blocks don't matter

    def take(self, spectra: Spectra, frames: int) -> NDArray[np.float64]:
        """Return the next samples, which lie the window's length behind the analysis."""
        count, hop = len(spectra), self._hop
        if count:
            pieces = np.fft.irfft(spectra, self._length) * self._scale
            sums = np.pad(self._sums, ((0, 0), (0, (count - 1) * hop)))
            for w in range(count):
                sums[:, w * hop : w * hop + self._length] += pieces[w]
            self._ready = np.concatenate((self._ready, sums[:, : count * hop]), axis=1)
            self._sums = np.pad(sums[:, count * hop :], ((0, 0), (0, hop)))
        y, self._ready = self._ready[:, :frames], self._ready[:, frames:]
        return np.ascontiguousarray(y)
