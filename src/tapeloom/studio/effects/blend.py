"""What effects of space share: how wet and dry sound meet, how the key ducks the wet one."""

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.dsp.glide import Ramp

_DUCK_ATTACK_MS, _DUCK_RELEASE_MS = 8.0, 120.0
_DUCK_FROM_DB, _DUCK_OVER_DB = -45.0, 25.0  # where ducking begins, over how much it becomes full


class Blend:
    """Wet and dry sound on their levels, and the width of the wet one."""

    def __init__(self, *, wet: float, dry: float, width: float = 1.0) -> None:
        self._levels = Ramp([wet, dry, width])
        self._width_moves = width != 1.0

    def move(self, *, wet: float, dry: float, width: float = 1.0) -> None:
        """Go to other levels without a click."""
        self._levels.move([wet, dry, width])
        self._width_moves = self._width_moves or width != 1.0

    def process(self, dry: Samples, wet: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return both together."""
        wet_level, dry_level, width = self._levels.take(dry.shape[1])
        if len(wet) == 2 and self._width_moves:
            middle, side = 0.5 * (wet[0] + wet[1]), 0.5 * width * (wet[0] - wet[1])
            wet = np.stack((middle + side, middle - side))
        return np.asarray(wet_level * wet + dry_level * dry, np.float64)


class WetDuck:
    """A gain for wet sound that goes down while a key sounds, and comes back after it."""

    def __init__(self, rate: int, *, duck_db: float, listens: bool) -> None:
        from tapeloom.dsp.followers import smoothing

        self._rise, self._fall = smoothing(_DUCK_ATTACK_MS, rate), smoothing(_DUCK_RELEASE_MS, rate)
        self._depth = Ramp([duck_db])
        self._level = 0.0
        self._listens = listens
        self._heard: Samples | None = None

    def move(self, duck_db: float) -> None:
        """Go to another depth."""
        self._depth.move([duck_db])

    def hear(self, block: Samples) -> None:
        """Take the key that goes with the next block."""
        self._heard = block

    def gains(self, block: Samples) -> NDArray[np.float64]:
        """Return the gains at the samples of a block; without a key its own sound ducks it."""
        from tapeloom.dsp.followers import follow

        depth_db = self._depth.take(block.shape[1])[0]
        key = self._heard if self._heard is not None else (None if self._listens else block)
        self._heard = None
        loud = np.zeros(block.shape[1]) if key is None else np.abs(key).max(axis=0)
        level, self._level = follow(loud, rise=self._rise, fall=self._fall, start=self._level)
        over_db = 20.0 * np.log10(np.maximum(level, 1e-6)) - _DUCK_FROM_DB
        return np.asarray(10.0 ** (-depth_db * np.clip(over_db / _DUCK_OVER_DB, 0.0, 1.0) / 20.0))
