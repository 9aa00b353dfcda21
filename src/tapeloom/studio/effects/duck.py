"""Room made for the kick."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.dsp.level import db_to_gain
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.work import Work

_DUCK_ATTACK_S = 0.006


@dataclass(frozen=True, slots=True)
class Duck(Effect):
    """Makes room at each onset, as a side-chain from the kick does: down in 6 ms, then back."""

    onsets_s: tuple[float, ...]
    depth_db: float = 4.0
    release_ms: float = 180.0

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        shape = self._shape(rate)
        before = round(_DUCK_ATTACK_S * rate)
        starts = np.sort(np.round(np.array(self.onsets_s, np.float64) * rate).astype(int)) - before
        lowest = db_to_gain(-self.depth_db)
        position = 0

        def work(block: Samples) -> NDArray[Any]:
            nonlocal position
            end = position + block.shape[1]
            down = np.zeros(block.shape[1])
            first = int(np.searchsorted(starts, position - shape.size, side="right"))
            for start in starts[first : np.searchsorted(starts, end)]:
                low, high = max(start, position), min(start + shape.size, end)
                here = down[low - position : high - position]
                np.maximum(here, shape[low - start : high - start], out=here)
            position = end
            return block * np.asarray(lowest**down, np.float32) if down.any() else block

        return Work(work)

    def _shape(self, rate: int) -> NDArray[np.float64]:
        """Return how far down the sound is around an onset: half a cosine to 1, and one back."""
        attack = np.linspace(0.0, np.pi, round(_DUCK_ATTACK_S * rate), endpoint=False)
        release = np.linspace(0.0, np.pi, max(1, round(self.release_ms / 1000.0 * rate)))
        return np.concatenate((0.5 - 0.5 * np.cos(attack), 0.5 + 0.5 * np.cos(release)))
