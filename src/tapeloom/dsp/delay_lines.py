"""Memory of sound: lines that are written at their end and read somewhere before it."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

PIECE = 4_096  # samples that are passed to a kernel at once, at most
REACH = 3  # samples that the interpolator needs on either side
SILENT = 1e-30  # what has died away to this is silenced: denormal numbers are slow
_STRIDE = 0.25  # by how many samples a moving delay changes from one sample to the next


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
    """A delay of whole samples over blocks, which slides where it is moved.

    >>> wait = Wait(1, samples=2)
    >>> wait.process(np.array([[1.0, 2.0, 3.0]]))
    array([[0., 0., 1.]])
    """

    def __init__(self, channels: int, *, samples: int) -> None:
        self._now, self._to = float(samples), samples
        self._history = np.zeros((channels, samples))

    def move(self, samples: int) -> None:
        """Slide to another delay, a quarter of a sample each sample."""
        missing = samples + 1 - self._history.shape[1]
        if samples != self._to and missing > 0:
            self._history = np.pad(self._history, ((0, 0), (missing, 0)))
        self._to = samples

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the block late."""
        frames, held = block.shape[1], self._history.shape[1]
        x = np.concatenate((self._history, block), axis=1)
        if self._now == self._to:
            y = x[:, held - self._to : held - self._to + frames].copy()
        else:
            # Steps of a quarter are exact numbers, so that blocks don't matter.
            steps = _STRIDE * np.arange(1, frames + 1)
            if self._to > self._now:
                delays = np.minimum(self._now + steps, self._to)
            else:
                delays = np.maximum(self._now - steps, self._to)
            whole = delays.astype(np.int64)
            part = delays - whole
            at = held + np.arange(frames) - whole
            y = x[:, at] + part * (x[:, np.maximum(at - 1, 0)] - x[:, at])
            self._now = float(delays[-1]) if frames else self._now
        self._history = x[:, frames:].copy()
        return np.asarray(y, np.float64)


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
