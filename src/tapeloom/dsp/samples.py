"""Plain figures of a stream's samples: level, offset, correlation, silence."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.level import db_to_gain, gain_to_db

SILENCE_DBFS = -60.0


@dataclass(frozen=True, slots=True)
class SampleFigures:
    """What a stream's samples add up to."""

    rms_dbfs: float  # a square wave of full scale reads 0
    dc_dbfs: float  # of the channel with the larger offset
    correlation: float  # 1 mono, 0 unrelated, -1 opposed; of the first two channels
    longest_silence_s: float  # under -60 dBFS in all channels


class SampleMeter:
    """Gathers figures as blocks are pushed in, in constant memory.

    >>> meter = SampleMeter(8000, 2)
    >>> meter.push(np.array([[0.5, -0.5], [-0.5, 0.5]])); meter.push(np.zeros((2, 4000)))
    >>> meter.read().correlation, meter.read().longest_silence_s
    (-1.0, 0.5)
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._sums = np.zeros(channels)
        self._squares = np.zeros(channels)
        self._product = 0.0
        self._frames = 0
        self._last_sound = -1  # the last sample that was not silent
        self._longest = 0
        self._floor = db_to_gain(SILENCE_DBFS)

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples)."""
        x = np.asarray(block, np.float64)
        self._sums += x.sum(axis=1)
        self._squares += np.einsum("cn,cn->c", x, x)
        self._product += float(x[0] @ x[min(1, len(x) - 1)])
        sounds = np.flatnonzero((np.abs(block) >= self._floor).any(axis=0)) + self._frames
        if len(sounds):
            gaps = np.diff(sounds, prepend=self._last_sound)
            self._longest = max(self._longest, int(gaps.max()) - 1)
            self._last_sound = int(sounds[-1])
        self._frames += x.shape[1]

    def read(self) -> SampleFigures:
        """Return the figures so far."""
        n = max(1, self._frames)
        pair = math.sqrt(float(self._squares[0] * self._squares[min(1, len(self._squares) - 1)]))
        silence = max(self._longest, self._frames - 1 - self._last_sound)
        return SampleFigures(
            rms_dbfs=gain_to_db(math.sqrt(float(self._squares.sum()) / (n * len(self._squares)))),
            dc_dbfs=gain_to_db(float(np.abs(self._sums).max()) / n),
            correlation=min(1.0, max(-1.0, self._product / pair)) if pair > 0 else 1.0,
            longest_silence_s=silence / self._rate,
        )
