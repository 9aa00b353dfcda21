"""Dropouts: moments at which the tape leaves the head and the sound sinks, highs first."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.filters import Biquads, low_pass
from tapeloom.dsp.ranges import check_ranges

_CONTROL = 64  # samples between two chances of a dropout
_DARK_HZ = 2500.0  # what is left at the bottom of a deep one
_DEEPEST_DB = 40.0
DROPOUT_RANGES = {
    "dropouts_per_minute": (0.0, 600.0),
    "dropout_db": (0.0, _DEEPEST_DB),
    "dropout_ms": (5.0, 500.0),
}


class Dropouts:
    """Sinking gains over blocks, drawn from a generator.

    per_minute  how many, 0..600; 0 lets everything through as it is
    depth_db    of the deepest, 0..40; they are half as deep at least
    length_ms   of a typical one, 5..500

    >>> Dropouts(44100, 1, rng=np.random.default_rng(1)).process(np.ones((1, 3))).tolist()
    [[1.0, 1.0, 1.0]]
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        rng: np.random.Generator,
        per_minute: float = 0.0,
        depth_db: float = 12.0,
        length_ms: float = 40.0,
    ) -> None:
        self._rate, self._rng, self._channels = rate, rng, channels
        self._dark = Biquads([low_pass(min(_DARK_HZ, 0.4 * rate), rate)], channels=channels)
        self._frames = 0
        self._waited, self._due = 0.0, float(rng.exponential())
        self._events: list[tuple[int, int, NDArray[np.float64]]] = []  # start, length, dB
        self.retune(per_minute=per_minute, depth_db=depth_db, length_ms=length_ms)

    def retune(self, *, per_minute: float, depth_db: float, length_ms: float) -> None:
        """Draw those to come by other settings."""
        told = {
            "dropouts_per_minute": per_minute,
            "dropout_db": depth_db,
            "dropout_ms": length_ms,
        }
        check_ranges(told, DROPOUT_RANGES)
        self._chance = per_minute / 60.0 * _CONTROL / self._rate
        self._depth_db, self._length_ms = depth_db, length_ms

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the (channels, samples) with dropouts, without delay."""
        frames = block.shape[1]
        begin = -(-self._frames // _CONTROL) * _CONTROL
        for at in range(begin, self._frames + frames, _CONTROL):
            self._waited += self._chance
            if self._waited >= self._due:
                self._waited -= self._due
                self._draw(at)
        x = np.asarray(block, np.float64)
        dark = self._dark.process(x)
        if self._events:
            sunk = self._sinking(frames)
            mix = np.minimum(1.0, sunk / _DEEPEST_DB)
            x = 10.0 ** (-sunk / 20.0) * (x + mix * (dark - x))
        self._frames += frames
        self._events = [event for event in self._events if sum(event[:2]) > self._frames]
        return x

    def _draw(self, at: int) -> None:
        self._due = float(self._rng.exponential())
        length_ms = self._length_ms * math.exp(0.5 * float(self._rng.standard_normal()))
        depth_db = self._depth_db * float(self._rng.uniform(0.5, 1.0))
        # The tracks lie side by side: one may lose more than the other.
        share = self._rng.uniform(0.5, 1.0, self._channels)
        length = max(2, round(min(length_ms, 1000.0) / 1000.0 * self._rate))
        self._events.append((at, length, depth_db * share / share.max()))

    def _sinking(self, frames: int) -> NDArray[np.float64]:
        sunk = np.zeros((self._channels, frames))
        for start, length, depth_db in self._events:
            first = max(0, start - self._frames)
            n = np.arange(first, min(frames, start + length - self._frames))
            way = (self._frames + n - start) / length
            sunk[:, first : first + n.size] += depth_db[:, None] * np.sin(np.pi * way) ** 2
        return np.minimum(sunk, _DEEPEST_DB)
