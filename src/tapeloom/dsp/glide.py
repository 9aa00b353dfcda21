"""Settings that move without a click: straight lines from one value to the next."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RAMP = 64  # samples from one value to the next


class Glide:
    """Numbers that move to others on lines of RAMP samples, over blocks.

    >>> glide = Glide([0.0])
    >>> glide.move([1.0])
    >>> glide.take(2) * RAMP
    array([[1., 2.]])
    >>> glide.take(RAMP)[0, -3:]
    array([1., 1., 1.])
    """

    def __init__(self, values: Sequence[float]) -> None:
        self._from = self._to = np.array(values, np.float64)
        self._moved = RAMP

    def move(self, values: Sequence[float]) -> None:
        """Start towards other numbers, as many."""
        way = min(1.0, self._moved / RAMP)
        self._from = self._from + way * (self._to - self._from)
        self._to, self._moved = np.array(values, np.float64), 0

    def take(self, frames: int) -> NDArray[np.float64]:
        """Return the numbers at the next samples, (numbers, frames)."""
        if self._moved >= RAMP:
            return np.repeat(self._to[:, None], frames, axis=1)
        way = np.minimum(1.0, np.arange(self._moved + 1, self._moved + 1 + frames) / RAMP)
        self._moved += frames
        return np.asarray(self._from[:, None] * (1.0 - way) + self._to[:, None] * way)
