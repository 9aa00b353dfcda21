"""Slow wanderers: what drifts, as speeds and distances do."""

import math

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.followers import follow


class Wander:
    """Numbers that wander about 0 with an RMS of 1: an Ornstein-Uhlenbeck process each.

    period_s  between two values; time_s  in which a value is forgotten by 63 %

    >>> wander = Wander(np.random.default_rng(1), rows=2, period_s=0.01, time_s=0.1)
    >>> drawn = wander.take(20_000)
    >>> drawn.shape, bool(np.abs(drawn.std(axis=1) - 1.0).max() < 0.1)
    ((2, 20000), True)
    """

    def __init__(
        self, rng: np.random.Generator, *, rows: int, period_s: float, time_s: float
    ) -> None:
        self._rng = rng
        self._step = 1.0 - math.exp(-period_s / time_s)
        self._now = [0.0] * rows

    def take(self, count: int) -> NDArray[np.float64]:
        """Return the next values, (rows, count)."""
        # Drawn value by value, so that how many are taken at once doesn't change them.
        noise = self._rng.standard_normal((count, len(self._now))).T
        noise *= math.sqrt((2.0 - self._step) / self._step)
        for row, now in enumerate(self._now):
            noise[row], self._now[row] = follow(
                noise[row], rise=self._step, fall=self._step, start=now
            )
        return noise
