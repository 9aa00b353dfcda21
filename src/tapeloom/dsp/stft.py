"""Sound as a row of short spectra that are changed and put together again, over blocks.

J. B. Allen, "Short term spectral analysis, synthesis, and modification by discrete Fourier
transform", IEEE Transactions on Acoustics, Speech, and Signal Processing 25(3), 1977.
"""

import math
from collections.abc import Callable
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


class ShortTime:
    """Spectra of windows over blocks, changed by a function; the sound comes `latency` late.

    change     takes and returns (windows, channels, bins), the windows in their order
    window_ms  Hann, four over each other

    >>> same = ShortTime(8000, 1, lambda spectra: spectra, window_ms=20.0)
    >>> x = np.random.default_rng(0).standard_normal((1, 1000))
    >>> y = same.process(x)
    >>> bool(np.allclose(y[:, same.latency :], x[:, : -same.latency]))
    True
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        change: Callable[[Spectra], Spectra],
        *,
        window_ms: float = 46.0,
    ) -> None:
        self.hop = fast_length(window_ms / 1000.0 * rate / OVERLAP)
        self.latency = OVERLAP * self.hop
        self.bins = self.latency // 2 + 1
        self._change = change
        n = np.arange(self.latency)
        self._window = np.sin(np.pi * (n + 0.5) / self.latency) ** 2
        self._scale = self._window / (0.375 * OVERLAP)
        self._x = np.zeros((channels, self.latency - self.hop))  # from the next window's beginning
        self._sums = np.zeros((channels, self.latency))
        self._ready = np.zeros((channels, self.hop))  # late by a hop, so that blocks don't matter

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the changed (channels, samples)."""
        x = np.concatenate((self._x, block), axis=1)
        length, hop = self.latency, self.hop
        count = max(0, (x.shape[1] - length) // hop + 1)
        if count:
            views = np.lib.stride_tricks.sliding_window_view(x, length, axis=1)
            windows = np.moveaxis(views[:, : count * hop : hop], 0, 1) * self._window
            spectra = self._change(np.fft.rfft(windows))
            pieces = np.fft.irfft(spectra, length) * self._scale
            sums = np.concatenate((self._sums, np.zeros((len(x), (count - 1) * hop))), axis=1)
            for w in range(count):
                sums[:, w * hop : w * hop + length] += pieces[w]
            self._ready = np.concatenate((self._ready, sums[:, : count * hop]), axis=1)
            self._sums = np.pad(sums[:, count * hop :], ((0, 0), (0, hop)))
        self._x = x[:, count * hop :]
        frames = block.shape[1]
        y, self._ready = self._ready[:, :frames], self._ready[:, frames:]
        return np.ascontiguousarray(y)
