"""Loops cut on bar lines, for a sampler or a DAW."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import BLOCK, AudioStream, Samples
from tapeloom.core.errors import InputError

CROSSFADE_MS = 10.0


@dataclass(frozen=True, slots=True)
class Loop:
    """A stretch of a stream whose end runs on into its own beginning without a click.

    The last 10 ms fade into the 10 ms before the stretch, so that playing it round and round goes
    on in the waveform where it left off; its length is that of the stretch to the sample.

    >>> from tapeloom.core.audio import Audio
    >>> loop = Loop(Audio(np.ones((2, 44100), np.float32)), 11025, 33075)
    >>> loop.frames, sum(block.shape[1] for block in loop.blocks())
    (22050, 22050)
    """

    source: AudioStream
    start: int  # samples
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= self.source.frames:
            raise InputError(
                f"a loop from sample {self.start} to {self.end} does not lie within the "
                f"{self.source.frames} samples of its source"
            )

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self.source.rate

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.source.channels

    @property
    def frames(self) -> int:
        """Samples a channel."""
        return self.end - self.start

    def blocks(self, size: int = BLOCK) -> Iterator[Samples]:
        """Yield the loop once around."""
        fade = min(round(CROSSFADE_MS * self.rate / 1000), self.frames)
        before = np.zeros((self.channels, fade), np.float32)
        at = 0
        for block in self.source.blocks(size):
            first, last = at, at + block.shape[1]
            at = last
            lead = slice(max(self.start - fade - first, 0), max(self.start - first, 0))
            if (count := block[:, lead].shape[1]) > 0:
                offset = max(first, self.start - fade) - (self.start - fade)
                before[:, offset : offset + count] = block[:, lead]
            if last <= self.start:
                continue
            piece = block[:, max(self.start - first, 0) : self.end - first].copy()
            begin = max(first, self.start)
            ramp = (np.arange(begin, begin + piece.shape[1]) - (self.end - fade) + 1) / fade
            tail = ramp > 0
            if tail.any():
                index = np.arange(begin, begin + piece.shape[1])[tail] - (self.end - fade)
                weight = np.clip(ramp[tail], 0.0, 1.0).astype(np.float32)
                piece[:, tail] = piece[:, tail] * (1 - weight) + before[:, index] * weight
            yield piece
            if last >= self.end:
                return
