"""Settings that move without a click: straight lines from one value to the next."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

STEPS = 64  # samples from one value to the next


class Ramp:
    """Numbers that move to others on lines of STEPS samples, over blocks.

    >>> ramp = Ramp([0.0])
    >>> ramp.move([1.0])
    >>> ramp.take(2) * STEPS
    array([[1., 2.]])
    >>> ramp.take(STEPS)[0, -3:]
    array([1., 1., 1.])
    """

    def __init__(self, values: Sequence[float]) -> None:
        self._from = self._to = np.array(values, np.float64)
        self._moved = STEPS

    def move(self, values: Sequence[float]) -> None:
        """Start towards other numbers, as many; towards the same ones it goes on as it does."""
        if np.array_equal(values, self._to):
            return
        way = min(1.0, self._moved / STEPS)
        self._from = self._from + way * (self._to - self._from)
        self._to, self._moved = np.array(values, np.float64), 0

    def take(self, frames: int) -> NDArray[np.float64]:
        """Return the numbers at the next samples, (numbers, frames)."""
        if self._moved >= STEPS:
            return np.repeat(self._to[:, None], frames, axis=1)
        way = np.minimum(1.0, np.arange(self._moved + 1, self._moved + 1 + frames) / STEPS)
        self._moved += frames
        return np.asarray(self._from[:, None] * (1.0 - way) + self._to[:, None] * way)
