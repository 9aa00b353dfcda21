"""Convolution with long impulse responses, without latency.

W. G. Gardner, "Efficient convolution without input-output delay", JAES 43(3), 1995: the first taps
are summed directly, later ones by spectra of partitions, the further the longer.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.errors import InputError

LONGEST_S = 30.0
DIRECT = 256  # taps that are summed directly, and the length of the short partitions
FAR = 8_192  # where the long partitions begin, and their length
ROUTES = {1: ((0, 0),), 2: ((0, 0), (1, 1)), 4: ((0, 0), (0, 1), (1, 0), (1, 1))}  # from, to


class Convolver:
    """Sound through impulse responses over blocks, in time: the wet sound alone.

    responses  (1, taps) for every channel alike; (2, taps) left and right; (4, taps) true stereo:
               left to left, left to right, right to left, right to right

    >>> convolver = Convolver(np.array([[0.0, 1.0, 0.5]]), channels=1)
    >>> convolver.process(np.array([[1.0, 0.0, 0.0, 2.0]]))
    array([[0. , 1. , 0.5, 0. ]])
    """

    def __init__(self, responses: NDArray[Any], *, channels: int) -> None:
        h = np.asarray(responses, np.float64)
        if h.ndim != 2 or len(h) not in ROUTES or not h.shape[1]:
            raise InputError(
                f"the impulse response has the shape {h.shape}; it must be (1, 2 or 4 channels, "
                "at least 1 sample)"
            )
        if len(h) > 1 and channels != 2:
            raise InputError(
                f"an impulse response of {len(h)} channels needs stereo sound, not {channels} "
                "channels; mix it to one"
            )
        self._routes = ROUTES[len(h)] if len(h) > 1 else tuple((c, c) for c in range(channels))
        if len(h) == 1:
            h = np.repeat(h, channels, axis=0)
        self._direct = np.ascontiguousarray(h[:, :DIRECT])
        self._history = np.zeros((channels, DIRECT - 1))
        self._far = [
            _Partitions(h[:, begin:end], begin, self._routes, channels)
            for begin, end in ((DIRECT, FAR), (FAR, h.shape[1]))
            if h.shape[1] > begin
        ]

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the convolved sound of (channels, samples)."""
        x = np.asarray(block, np.float64)
        frames = x.shape[1]
        y = np.zeros(x.shape)
        if not frames:
            return y
        joined = np.concatenate((self._history, x), axis=1)
        self._history = joined[:, frames:].copy()
        for (source, target), taps in zip(self._routes, self._direct, strict=True):
            heard = joined[source, DIRECT - taps.size :]
            y[target] += np.convolve(heard, taps, "valid")
        for partitions in self._far:
            partitions.add(x, y)
        return y


@njit(cache=True, nogil=True)
def _add_products(
    heard: NDArray[np.complex128],
    newest: int,
    taps: NDArray[np.complex128],
    sums: NDArray[np.complex128],
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Add to sums (bins) the products of inputs, in a ring from the newest on, and of taps."""
    count, bins = taps.shape
    for k in range(count):
        x, h = heard[(newest + k) % count], taps[k]
        for f in range(bins):
            sums[f] += x[f] * h[f]


class _Partitions:
    """Taps from `length` on, in partitions of that length: all input that they need is past."""

    def __init__(
        self,
        taps: NDArray[np.float64],
        length: int,
        routes: tuple[tuple[int, int], ...],
        channels: int,
    ) -> None:
        count = math.ceil(taps.shape[1] / length)
        padded = np.pad(taps, ((0, 0), (0, count * length - taps.shape[1])))
        parts = padded.reshape(len(taps), count, length)
        self._spectra = np.fft.rfft(parts, 2 * length)  # (routes, partitions, bins)
        self._routes = routes
        self._heard = np.zeros((channels, count, length + 1), np.complex128)  # a ring of inputs
        self._newest = 0
        self._silent = count  # how many of the last inputs were silent
        self._input = np.zeros((channels, 2 * length))  # the last one and the one that comes in
        self._output = np.zeros((channels, length))
        self._at, self._length, self._count = 0, length, count

    def add(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        """Add what the partitions make of x to y."""
        done = 0
        while done < x.shape[1]:
            count = min(x.shape[1] - done, self._length - self._at)
            new = self._length + self._at
            self._input[:, new : new + count] = x[:, done : done + count]
            y[:, done : done + count] += self._output[:, self._at : self._at + count]
            self._at += count
            done += count
            if self._at == self._length:
                self._turn()

    def _turn(self) -> None:
        """Take a full input and compute the next output."""
        self._at = 0
        self._silent = 0 if self._input.any() else min(self._count, self._silent + 1)
        self._newest = (self._newest - 1) % self._count
        self._heard[:, self._newest] = np.fft.rfft(self._input)
        self._input[:, : self._length] = self._input[:, self._length :]
        self._output[:] = 0.0
        if self._silent == self._count:
            return
        sums = np.zeros((len(self._output), self._length + 1), np.complex128)
        for (source, target), taps in zip(self._routes, self._spectra, strict=True):
            _add_products(self._heard[source], self._newest, taps, sums[target])
        self._output += np.fft.irfft(sums)[:, self._length :]


def at_rate(responses: NDArray[Any], rate: int, *, to: int) -> NDArray[np.float64]:
    """Return impulse responses at another rate, with the same gain at each frequency.

    >>> at_rate(np.eye(1, 480), 48000, to=24000).shape
    (1, 240)
    """
    if rate == to:
        return np.asarray(responses, np.float64)
    from scipy.signal import resample_poly

    common = math.gcd(rate, to)
    window = ("kaiser", 10.0)
    y = resample_poly(np.asarray(responses, np.float64), to // common, rate // common, 1, window)
    return np.asarray(y * (rate / to))


def noise_response(
    rate: int,
    *,
    rng: np.random.Generator,
    decay_s: float = 1.5,
    damping: float = 0.5,
    channels: int = 2,
) -> NDArray[np.float64]:
    """Make an impulse response of decaying noise, (channels, samples), of energy 1 a channel.

    decay_s  time to fall by 60 dB at low frequencies
    damping  how much faster the highest frequency dies away, 0 to below 1

    J. A. Moorer, "About this reverberation business", Computer Music Journal 3(2), 1979.

    >>> h = noise_response(8000, rng=np.random.default_rng(0), decay_s=0.5)
    >>> h.shape, np.square(h).sum(axis=1).round(6)
    ((2, 5000), array([1., 1.]))
    """
    if not 0.0 < 1.25 * decay_s <= LONGEST_S or not 0.0 <= damping < 1.0:
        raise InputError(
            f"decay_s is {decay_s:g} and damping {damping:g}; a decay lies between 0 and "
            f"{LONGEST_S / 1.25:g} s, a damping between 0 and 1"
        )
    frames = round(1.25 * decay_s * rate)
    # Noise in frames of 5 ms that overlap by half: each bin falls by a law of its own.
    hop = max(8, round(0.0025 * rate))
    count = frames // hop + 2
    window = np.sin(np.pi * (np.arange(2 * hop) + 0.5) / (2 * hop))
    noise = rng.standard_normal((channels, count, 2 * hop))
    share = np.linspace(0.0, 1.0, hop + 1)
    fall = 10.0 ** (-3.0 * hop / rate / (decay_s * (1.0 - damping * share)))
    spectra = np.fft.rfft(noise) * fall ** np.arange(count)[:, None]
    pieces = np.fft.irfft(spectra) * window
    y = np.zeros((channels, (count + 1) * hop))
    y[:, : count * hop] += pieces[:, :, :hop].reshape(channels, -1)
    y[:, hop:] += pieces[:, :, hop:].reshape(channels, -1)
    y = y[:, hop : hop + frames]
    return np.asarray(y / np.sqrt(np.square(y).sum(axis=1, keepdims=True)))
