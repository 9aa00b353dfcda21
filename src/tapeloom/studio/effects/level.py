"""Level, place and room made for others."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.errors import InputError
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.stereo import pan_gains
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.work import Work

RAMP = 64  # samples


@dataclass(frozen=True, slots=True)
class Gain(Effect):
    """A change of level."""

    gain_db: float = 0.0

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        fader = Fader(np.full(channels, db_to_gain(self.gain_db)))
        return Work(
            fader.process,
            retune=lambda to: fader.move(np.full(channels, db_to_gain(to.gain_db))),
        )


@dataclass(frozen=True, slots=True)
class Pan(Effect):
    """A place between left (-1) and right (1), by constant power; mono audio stays as it is."""

    pan: float = 0.0

    def __post_init__(self) -> None:
        if not -1.0 <= self.pan <= 1.0:
            raise InputError(f"pan is {self.pan}; it must lie between -1 (left) and 1 (right)")

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        fader = Fader(self._gains(channels))
        return Work(fader.process, retune=lambda to: fader.move(to._gains(channels)))

    def _gains(self, channels: int) -> NDArray[np.float64]:
        return np.array(pan_gains(self.pan) if channels == 2 else [1.0] * channels)


class Fader:
    """A gain for each channel; it moves to another on a line of RAMP samples, never at once."""

    def __init__(self, gains: NDArray[np.float64]) -> None:
        self._from = self._to = gains
        self._moved = RAMP

    def move(self, gains: NDArray[np.float64]) -> None:
        """Start towards other gains."""
        way = min(1.0, self._moved / RAMP)
        self._from, self._to, self._moved = self._from + way * (self._to - self._from), gains, 0

    def process(self, block: Samples) -> NDArray[Any]:
        """Return the next block."""
        if self._moved >= RAMP:
            return block * self._to.astype(np.float32)[:, None]
        way = np.minimum(1.0, np.arange(self._moved + 1, self._moved + 1 + block.shape[1]) / RAMP)
        self._moved += block.shape[1]
        return block * (self._from[:, None] + (self._to - self._from)[:, None] * way)
