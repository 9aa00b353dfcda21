"""Filters without any shift of phase: convolution with long symmetric responses, by blocks.

The convolution is partitioned into equal parts (overlap-save): T. G. Stockham, "High-speed
convolution and correlation", AFIPS Spring Joint Computer Conference, 1966, for the blocks;
G. Garcia, "Optimal filter partition for efficient convolution with short input/output delay",
113th AES Convention, 2002, for the parts.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.stereo import mid_side

Signal = NDArray[np.float64]
Magnitudes = Callable[[NDArray[np.float64]], NDArray[np.float64]]

_HOP_S = 2048 / 44_100  # one part of the response, about; a power of two in samples
_PARTS = 8


def part_length(rate: int) -> int:
    """Return the length of a part of the response in samples.

    >>> part_length(44100), part_length(96000)
    (2048, 4096)
    """
    return int(2 ** round(np.log2(_HOP_S * rate)))


def symmetric_taps(magnitude: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return the symmetric response of `count` taps whose spectrum has this magnitude.

    magnitude  (..., n) at n frequencies from 0 to half the rate, both included
    count      an odd number, at most 2 n - 3

    The ends are faded by half a cosine each over an eighth of the length.

    >>> symmetric_taps(np.full(9, 0.5), 5)
    array([0. , 0. , 0.5, 0. , 0. ])
    """
    impulse = np.fft.irfft(magnitude, axis=-1)
    half = count // 2
    taps = np.concatenate((impulse[..., -half:], impulse[..., : half + 1]), axis=-1)
    fade = count // 8
    ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(fade) + 1.0) / (fade + 1.0))
    taps[..., :fade] *= ramp
    taps[..., count - fade :] *= ramp[::-1]
    return np.asarray(taps)


class LinearPhase:
    """One or more filters by their magnitudes, on blocks of any size, all equally late.

    magnitudes  takes frequencies in Hz (n,) and returns (filters, channels or 1, n)
    is_sided    of two channels the middle and the side are filtered in place of left and right

    A filter whose magnitude is 1 everywhere returns the delayed sound bit by bit. Whatever the
    sizes of the blocks, the same samples are transformed together: the result is the same to the
    last bit.

    >>> halves = LinearPhase(44100, 1, lambda hz: np.full((1, 1, hz.size), 0.5))
    >>> halves.latency
    10239
    >>> late = halves.process(np.ones((1, 10_242)))
    >>> late.shape, late[0, 0, -4:].round(6)
    ((1, 1, 10242), array([0. , 0.5, 0.5, 0.5]))
    """

    def __init__(
        self, rate: int, channels: int, magnitudes: Magnitudes, *, is_sided: bool = False
    ) -> None:
        self._is_sided = is_sided
        self._part = part_length(rate)
        self._half = self._part * _PARTS // 2 - 1
        self.latency = self._half + self._part
        # Twice as fine as the taps are long: what a finer grid would add is faded out.
        self._frequencies = np.fft.rfftfreq(4 * self._part * _PARTS, 1.0 / rate)
        self._wanted: Magnitudes | None = None
        self._spectra, self._flat = self._design(magnitudes)
        filters = self._spectra.shape[1]
        self._heard = np.zeros((channels, self.latency + self._part))
        self._history = np.zeros((_PARTS, channels, self._part + 1), np.complex128)
        self._newest = 0  # its place in the history; older ones follow
        self._fresh = 0  # samples of the part that is being filled
        self._input = np.zeros((channels, self._part))
        self._ready = np.zeros((filters, channels, self._part))

    def move(self, magnitudes: Magnitudes) -> None:
        """Blend into other magnitudes over the next whole part."""
        self._wanted = magnitudes

    def process(self, block: NDArray[Any]) -> Signal:
        """Return the next (filters, channels, samples), `latency` samples late."""
        filters = self._ready.shape[0]
        out = np.empty((filters, *block.shape))
        start = 0
        while start < block.shape[1]:
            count = min(block.shape[1] - start, self._part - self._fresh)
            end = self._fresh + count
            out[..., start : start + count] = self._ready[..., self._fresh : end]
            self._input[:, self._fresh : end] = block[:, start : start + count]
            self._fresh, start = end, start + count
            if self._fresh == self._part:
                self._advance()
        return out

    def _design(self, magnitudes: Magnitudes) -> tuple[NDArray[np.complex128], NDArray[np.bool_]]:
        """Return the parts' spectra (parts, filters, channels, bins), and what does nothing."""
        magnitude = magnitudes(np.asarray(self._frequencies, np.float64))
        taps = symmetric_taps(magnitude, 2 * self._half + 1)
        padded = np.concatenate((taps, np.zeros((*taps.shape[:-1], 1))), axis=-1)
        parts = padded.reshape(*taps.shape[:-1], _PARTS, self._part)
        spectra = np.fft.rfft(parts, 2 * self._part, axis=-1)
        return np.ascontiguousarray(np.moveaxis(spectra, -2, 0)), (magnitude == 1.0).all(axis=-1)

    def _advance(self) -> None:
        """Convolve the part that is full."""
        part = self._part
        self._heard = np.concatenate((self._heard[:, part:], self._input), axis=1)
        spectrum = np.fft.rfft(self._heard[:, -2 * part :], axis=1)
        self._newest = (self._newest - 1) % _PARTS
        self._history[self._newest] = mid_side(spectrum) * 0.5 if self._is_sided else spectrum
        ready = self._convolve()
        if self._wanted is not None:
            self._spectra, self._flat = self._design(self._wanted)
            self._wanted = None
            way = (np.arange(part) + 1.0) / part
            ready += way * (self._convolve() - ready)
        self._ready, self._fresh = ready, 0

    def _convolve(self) -> Signal:
        spectrum = np.zeros((*self._spectra.shape[1:2], *self._history.shape[1:]), np.complex128)
        for at, part in enumerate(self._spectra):
            spectrum += part * self._history[(self._newest + at) % _PARTS]
        if self._is_sided:
            spectrum = np.moveaxis(mid_side(np.moveaxis(spectrum, 1, 0)), 0, 1)
        ready = np.fft.irfft(spectrum, axis=-1)[..., self._part :]
        flat = self._flat.all(axis=1, keepdims=True) if self._is_sided else self._flat
        flat = np.broadcast_to(flat, ready.shape[:2])
        if flat.any():
            end = self._heard.shape[1] - self._half
            delayed = self._heard[:, end - self._part : end]
            ready[flat] = np.broadcast_to(delayed, ready.shape)[flat]
        return np.asarray(ready)
