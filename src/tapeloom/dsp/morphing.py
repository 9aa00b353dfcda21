"""Between two sounds: the loudness of each bin lies between that of both."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import BLOCK, AudioStream, Samples, rebatch
from tapeloom.core.errors import InputError
from tapeloom.dsp.spectral import WINDOW_MS
from tapeloom.dsp.stft import Analysis, Spectra, Synthesis

_SOFTEST = 1e-5  # amplitude of a sine under which a bin counts as silent


class Morph:
    """A sound on the way to another, over blocks; the result comes `latency` late.

    amount  0 is the first sound, 1 the second; between them levels in decibels are mixed

    >>> morph = Morph(8000, 1, amount=0.0)
    >>> x, other = np.random.default_rng(0).uniform(-0.5, 0.5, (2, 1, 4000))
    >>> y = morph.process(x, other)
    >>> bool(np.allclose(y[:, morph.latency :], x[:, : -morph.latency]))
    True
    """

    def __init__(self, rate: int, channels: int, *, amount: float) -> None:
        self._one = Analysis(rate, channels, window_ms=WINDOW_MS)
        self._two = Analysis(rate, channels, window_ms=WINDOW_MS)
        self._synthesis = Synthesis(self._one, channels)
        self._softest = 0.5 * float(self._one.window.sum()) * _SOFTEST
        self._amount = amount
        self.latency = self._one.length

    def retune(self, *, amount: float) -> None:
        """Go nearer to one of the sounds from the next window on."""
        self._amount = amount

    def process(self, block: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float64]:
        """Return what lies between two blocks (channels, samples)."""
        one, two = self._one.push(block), self._two.push(other)
        return self._synthesis.take(self._between(one, two), block.shape[1])

    def _between(self, one: Spectra, two: Spectra) -> Spectra:
        share = self._amount
        if share in (0.0, 1.0):
            return two if share else one
        first, second = np.abs(one), np.abs(two)
        softest = self._softest
        size = (first + softest) ** (1.0 - share) * (second + softest) ** share - softest
        # The louder of both in a bin, weighed, gives its phase.
        mixed = (1.0 - share) * one + share * two
        length = np.abs(mixed)
        return np.where(length > 0.0, size * mixed / np.where(length > 0.0, length, 1.0), 0.0)


@dataclass(frozen=True, slots=True)
class Between:
    """The stream between two, as long as the longer one."""

    one: AudioStream
    two: AudioStream
    amount: float

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self.one.rate

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.one.channels

    @property
    def frames(self) -> int:
        """Samples a channel."""
        return max(self.one.frames, self.two.frames)

    def blocks(self, size: int = BLOCK) -> Iterator[Samples]:
        """Yield (channels, at most `size`) arrays, float32."""
        return rebatch(self._read(), size)

    def _read(self) -> Iterator[Samples]:
        work = Morph(self.rate, self.channels, amount=self.amount)
        drop, left = work.latency, self.frames
        silence = repeat(np.zeros((self.channels, BLOCK), np.float32))
        pairs = zip(
            rebatch(chain(self.one.blocks(), silence), BLOCK),
            rebatch(chain(self.two.blocks(), silence), BLOCK),
            strict=False,
        )
        while left > 0:
            y = work.process(*next(pairs))
            y, drop = y[:, drop:], max(0, drop - y.shape[1])
            yield y[:, :left].astype(np.float32)
            left -= y.shape[1]


def morph(one: AudioStream, two: AudioStream, amount: float) -> AudioStream:
    """Return the stream between two of one rate and as many channels.

    amount  0 is the first, 1 the second

    >>> from tapeloom.core.audio import Audio
    >>> silence = Audio(np.zeros((1, 1000), np.float32))
    >>> morph(silence, silence, 0.5).frames
    1000
    """
    if one.rate != two.rate or one.channels != two.channels:
        raise InputError(
            f"the sounds have {one.channels} and {two.channels} channels at {one.rate} and "
            f"{two.rate} Hz; both must be alike: convert one"
        )
    if not 0.0 <= amount <= 1.0:
        raise InputError(f"amount is {amount:g}; it must lie between 0 and 1")
    return Between(one, two, amount)
