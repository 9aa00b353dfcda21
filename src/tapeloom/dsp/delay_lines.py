"""Memory of sound: lines that are written at their end and read somewhere before it."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.crossfade import Crossfade

PIECE = 4_096  # samples that are passed to a kernel at once, at most
REACH = 3  # samples that the interpolator needs on either side
SILENT = 1e-30  # what has died away to this is silenced: denormal numbers are slow


class DelayLines:
    """Rows that hold at least the last `reach` samples before the place that is written next.

    Samples i behind that place lie in `values[:, at - i]`.

    >>> lines = DelayLines(1, reach=3)
    >>> lines.make_room(2)
    >>> lines.values[:, lines.at : lines.at + 2] = 7.0
    >>> lines.advance(2)
    >>> lines.values[0, lines.at - 3 : lines.at]
    array([0., 7., 7.])
    """

    def __init__(self, rows: int, *, reach: int) -> None:
        self.reach = reach
        self.values = np.zeros((rows, reach + max(PIECE, reach)))
        self.at = reach
        self._since = 0

    def grow(self, reach: int) -> None:
        """Hold more samples from here on."""
        if reach > self.reach:
            kept = self.values[:, self.at - self.reach : self.at]
            self.values = np.zeros((len(kept), reach + max(PIECE, reach)))
            self.values[:, reach - self.reach : reach] = kept
            self.reach = self.at = reach

    def make_room(self, count: int) -> None:
        """See to it that `count` samples, at most PIECE, can be written at `at`."""
        if self.at + count > self.values.shape[1]:
            self.values[:, : self.reach] = self.values[:, self.at - self.reach : self.at]
            self.at = self.reach

    def read(
        self, block: NDArray[Any], heard: Callable[[int, int], NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Write a block and return what `heard` gives for each (place, samples) of it."""
        y = np.empty(block.shape)
        for start in range(0, block.shape[1], PIECE):
            piece = block[:, start : start + PIECE]
            count = piece.shape[1]
            self.make_room(count)
            self.values[:, self.at : self.at + count] = piece
            y[:, start : start + count] = heard(self.at, count)
            self.advance(count)
        return y

    def advance(self, count: int) -> None:
        """Take `count` samples as written."""
        self.at += count
        self._since += count
        if self._since >= self.reach:
            self._since = 0
            held = self.values[:, self.at - self.reach : self.at]
            if held.size and held.min() > -SILENT and held.max() < SILENT:
                held[:] = 0.0


class Wait:
    """A delay of whole samples over blocks; moved, it cross-fades to another.

    longest  to which it may be moved, in samples

    >>> wait = Wait(1, samples=2, longest=8)
    >>> wait.process(np.array([[1.0, 2.0, 3.0]]))
    array([[0., 0., 1.]])
    """

    def __init__(self, channels: int, *, samples: int, longest: int) -> None:
        self._fade = Crossfade(samples)
        self._lines = DelayLines(channels, reach=longest)

    def move(self, samples: int) -> None:
        """Go to another delay."""
        self._fade.move(samples)

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the block late."""

        def late(samples: int, first: int, count: int) -> NDArray[np.float64]:
            return self._lines.values[:, first - samples : first - samples + count]

        return self._lines.read(block, lambda at, count: self._fade.process(count, late, at))


@njit(inline="always")
def lagrange(
    line: NDArray[np.float64], at: int, delay: float
) -> float:  # pragma: no cover - compiled; tested through py_func
    """Return what lies `delay` >= REACH before `at`, by a six-point Lagrange polynomial.

    T. I. Laakso et al., "Splitting the Unit Delay", IEEE Signal Processing Magazine 13(1), 1996.
    """
    whole = int(delay) + 1
    f = whole - delay
    i = at - whole
    a, b, c, d, e = f + 2.0, f + 1.0, f - 1.0, f - 2.0, f - 3.0
    ab, cd = a * b, c * d
    y: float = (
        (a * f * cd * e / 24.0 * line[i - 1] - b * f * cd * e / 120.0 * line[i - 2])
        + (ab * f * d * e / 12.0 * line[i + 1] - ab * cd * e / 12.0 * line[i])
        + (ab * f * cd / 120.0 * line[i + 3] - ab * f * c * e / 24.0 * line[i + 2])
    )
    return y
