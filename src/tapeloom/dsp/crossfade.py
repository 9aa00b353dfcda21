"""Going from one setting to another where nothing lies between them: both sound for a while."""

from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

FADE = 1_024  # samples

Setting = TypeVar("Setting")
Read = Callable[[Setting, int, int], NDArray[np.float64]]  # setting, first sample, samples


class Crossfade(Generic[Setting]):
    """A setting that changes by cross-fades, over blocks; a change during a fade waits its turn.

    >>> fade = Crossfade(1.0)
    >>> fade.move(3.0)
    >>> y = fade.process(2 * FADE, lambda level, start, count: np.full((1, count), level))
    >>> y[0, FADE // 2 - 1].round(3), y[0, FADE]
    (np.float64(2.0), np.float64(3.0))
    """

    def __init__(self, now: Setting) -> None:
        self._before = self._now = self._next = now
        self._faded = FADE

    def move(self, to: Setting) -> None:
        """Fade to another setting, after the fade that is under way."""
        self._next = to

    def process(self, frames: int, read: Read[Setting], first: int = 0) -> NDArray[np.float64]:
        """Return what `read` gives for the setting, (channels, frames), from `first` on."""
        parts = []
        done = 0
        while done < frames:
            if self._faded >= FADE and self._next != self._now:
                self._before, self._now, self._faded = self._now, self._next, 0
            if self._faded >= FADE:
                parts.append(read(self._now, first + done, frames - done))
                break
            count = min(frames - done, FADE - self._faded)
            steps = np.arange(self._faded + 1, self._faded + 1 + count)
            way = 0.5 - 0.5 * np.cos(np.pi * steps / FADE)
            after = read(self._now, first + done, count)
            before = read(self._before, first + done, count)
            parts.append(before + way * (after - before))
            self._faded += count
            done += count
        return np.concatenate(parts, axis=1) if parts else read(self._now, first, 0)
