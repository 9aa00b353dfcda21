"""A hand on the fader: a level that follows a curve."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.studio.automation import CONTROL, Curve
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.work import Work


@dataclass(frozen=True, slots=True)
class Ride(Effect):
    """A level on a curve of decibels: what an automated Gain does, for a moving fader at once."""

    gain_db: Curve = Curve(((0.0, 0.0),))

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        position = 0

        def work(block: Samples) -> NDArray[Any]:
            nonlocal position
            end = position + block.shape[1]
            # Lines between points CONTROL samples apart, wherever a block begins.
            points = np.arange(position // CONTROL, end // CONTROL + 2) * CONTROL
            gains = 10.0 ** (self.gain_db.values(points / rate) / 20.0)
            gain = np.interp(np.arange(position, end), points, gains)
            position = end
            return block * gain

        return Work(work)
