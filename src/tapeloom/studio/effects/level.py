"""Level, place and room made for others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.glide import Ramp
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.stereo import pan_gains
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.work import Work


@dataclass(frozen=True, slots=True)
class Gain(Effect):
    """A change of level."""

    gain_db: float = 0.0

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        fader = Ramp(np.full(channels, db_to_gain(self.gain_db)))
        return Work(
            fader.scale,
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
        fader = Ramp(self._gains(channels))
        return Work(fader.scale, retune=lambda to: fader.move(to._gains(channels)))

    def _gains(self, channels: int) -> NDArray[np.float64]:
        return np.array(pan_gains(self.pan) if channels == 2 else [1.0] * channels)
