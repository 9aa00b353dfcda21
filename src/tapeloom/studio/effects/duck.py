"""Room made for the kick."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.dsp.glide import Ramp
from tapeloom.dsp.level import db_to_gain
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.work import Work

_DUCK_ATTACK_S = 0.006
_KEY_FALL_MS = 30.0  # longer than half a cycle of the lowest key, so that the gate stays open


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


@dataclass(frozen=True, slots=True)
class Ducker(Effect):
    """Goes down while another channel sounds: a gate upside down, with its key outside.

    Without a key it listens to itself.
    """

    key: str | None = None
    threshold_db: float = -30.0  # dBFS of the key's peaks
    depth_db: float = 4.0
    attack_ms: float = 6.0
    release_ms: float = 180.0

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        work = _Ducking(self, rate)
        return Work(work.process, retune=work.retune, hear=work.hear)


class _Ducking:
    """A ducker at work: the key's peaks, a gate on them, and a depth that moves in lines."""

    def __init__(self, settings: Ducker, rate: int) -> None:
        self._settings, self._rate = settings, rate
        self._depth_db = Ramp([settings.depth_db])
        self._peak = self._down = 0.0
        self._key: Samples | None = None

    def retune(self, settings: Ducker) -> None:
        self._settings = settings
        self._depth_db.move([settings.depth_db])

    def hear(self, block: Samples) -> None:
        self._key = block

    def process(self, block: Samples) -> NDArray[Any]:
        from tapeloom.dsp.followers import follow, smoothing

        key, self._key = block if self._key is None else self._key, None
        fall = smoothing(_KEY_FALL_MS, self._rate)
        peaks = np.abs(key).max(axis=0, initial=0.0)
        peaks, self._peak = follow(peaks, rise=1.0, fall=fall, start=self._peak)
        is_open = (peaks > db_to_gain(self._settings.threshold_db)).astype(np.float64)
        down, self._down = follow(
            is_open,
            rise=smoothing(self._settings.attack_ms, self._rate),
            fall=smoothing(self._settings.release_ms, self._rate),
            start=self._down,
        )
        depth_db = self._depth_db.take(block.shape[1])[0]
        return np.asarray(block * 10.0 ** (down * depth_db / -20.0))
