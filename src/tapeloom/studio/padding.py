"""Streams brought to one length."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import BLOCK, AudioStream, Samples
from tapeloom.core.errors import InputError
from tapeloom.studio.chain import rebatch


@dataclass(frozen=True, slots=True)
class Padded:
    """A stream with silence behind it up to a length; what is longer is cut.

    >>> from tapeloom.core.audio import Audio
    >>> long = Padded(Audio(np.ones((1, 3), np.float32)), 5)
    >>> [block.tolist() for block in long.blocks(4)]
    [[[1.0, 1.0, 1.0, 0.0]], [[0.0]]]
    """

    source: AudioStream
    frames: int

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self.source.rate

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.source.channels

    def blocks(self, size: int = BLOCK) -> Iterator[Samples]:
        """Yield (channels, at most `size`) arrays."""
        yield from rebatch(self._pieces(size), size)

    def _pieces(self, size: int) -> Iterator[Samples]:
        at = 0
        for block in self.source.blocks(size):
            yield block[:, : self.frames - at]
            at = min(self.frames, at + block.shape[1])
        if at < min(self.frames, self.source.frames):
            name = getattr(self.source, "path", "a stem")
            raise InputError(
                f"{name} is damaged: it ends after {at} of {self.source.frames} samples"
            )
        while at < self.frames:
            piece = min(size, self.frames - at)
            yield np.zeros((self.channels, piece), np.float32)
            at += piece
