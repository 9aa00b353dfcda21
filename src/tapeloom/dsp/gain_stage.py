"""What every rider of gain shares: settings on ramps, a look ahead, gains laid on the sound."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.glide import GLIDE_S, Ramp

Signal = NDArray[np.float64]
PIECE = 8_192  # samples that are worked on together: what the processor's cache holds


@njit(cache=True, nogil=True)
def _lay(
    x: Signal, gains: Signal, last: Signal, phase: int, y: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Fill y with gain times x, of gains at every second sample and half-way in between.

    gains  (1 or channels, looks)
    last   by channel, the gain at the last look; carried on
    """
    for c in range(x.shape[0]):
        row = gains[min(c, gains.shape[0] - 1)]
        before = last[c]
        if phase == 1:
            y[c, 0] = x[c, 0] * before
        dry, wet = x[c, phase:], y[c, phase:]
        for m in range(dry.size // 2):
            wet[2 * m] = dry[2 * m] * (0.5 * (before + row[m]))
            wet[2 * m + 1] = dry[2 * m + 1] * row[m]
            before = row[m]
        if dry.size % 2 == 1:
            wet[dry.size - 1] = dry[dry.size - 1] * (0.5 * (before + row[row.size - 1]))
        if row.size:
            last[c] = row[row.size - 1]


class GainStage:
    """The sound on its way: late by the look ahead, then under gains known at every second sample.

    >>> stage = GainStage(1, look_ahead=2)
    >>> stage.lay(stage.delay(np.ones((1, 5))), np.array([[1.0, 0.5, 0.5]]), phase=0)
    array([[0.  , 0.  , 0.75, 0.5 , 0.5 ]])
    """

    def __init__(self, channels: int, *, look_ahead: int = 0, gain: float = 1.0) -> None:
        self._waiting = np.zeros((channels, look_ahead))
        self._last = np.full(channels, gain)

    def delay(self, x: Signal) -> Signal:
        """Return the sound of `look_ahead` samples ago."""
        if not self._waiting.shape[1]:
            return x
        joined = np.concatenate((self._waiting, x), axis=1)
        self._waiting = joined[:, x.shape[1] :]
        return np.ascontiguousarray(joined[:, : x.shape[1]])

    def lay(self, x: Signal, gains: Signal, *, phase: int) -> Signal:
        """Return the sound, which has been delayed, under its gains (1 or channels, looks)."""
        y = np.empty(x.shape)
        _lay(x, gains, self._last, phase, y)
        return y


def refuse_changes(kept: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Refuse other values of settings that cannot change in the middle of a stream."""
    for name, value in kept.items():
        if wanted.get(name, value) != value:
            raise InputError(
                f"{name} cannot change from {value} to {wanted[name]} in the middle of a stream; "
                "open the effect anew for that"
            )


class Rider(ABC):
    """A gain that is ridden by what is heard: looks at every second sample, wherever blocks begin.

    rate, channels  of the sound; the side-chain may have any number of channels
    numbers         settings that glide to others
    look_ahead_ms   by how much the sound is late, so that the gain is there before it
    gain            before anything is heard
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        numbers: Sequence[float],
        look_ahead_ms: float = 0.0,
        gain: float = 1.0,
    ) -> None:
        self.latency = round(look_ahead_ms / 1000.0 * rate)
        self._ramp = Ramp(numbers, frames=max(1, round(GLIDE_S * rate)))
        self._stage = GainStage(channels, look_ahead=self.latency, gain=gain)
        self._phase = 0  # 1 where the next block begins between two looks

    def process(self, block: NDArray[Any], key: NDArray[Any] | None = None) -> Signal:
        """Return the next (channels, samples), `latency` late; `key` is the side-chain, if any."""
        pieces = []
        for start in range(0, block.shape[1], PIECE):
            piece = slice(start, start + PIECE)
            x = np.ascontiguousarray(block[:, piece], np.float64)
            heard = x if key is None else np.ascontiguousarray(key[:, piece], np.float64)
            frames, phase = x.shape[1], self._phase
            gains = self._gains(heard, phase, (frames + 1 - phase) // 2)
            pieces.append(self._lay(self._stage.delay(x), gains, phase))
            self._phase = (phase + frames) % 2
            self._ramp.pass_by(frames)
        if len(pieces) == 1:
            return pieces[0]
        return np.concatenate(pieces, axis=1) if pieces else np.zeros(block.shape)

    def _now(self, phase: int, count: int) -> Signal:
        """Return the settings at each look, (numbers, count), or (numbers, 1) when at rest."""
        return self._ramp.along(phase, 2, count)

    def _lay(self, x: Signal, gains: Signal, phase: int) -> Signal:
        return self._stage.lay(x, gains, phase=phase)

    @abstractmethod
    def _gains(self, heard: Signal, phase: int, count: int) -> Signal:
        """Return the gains at `count` looks from sample `phase` on, for all channels or each."""
