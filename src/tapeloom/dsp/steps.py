"""Steps of 10 ms: what is kept of a stream to tell how it goes.

Step i ends at sample ceil(i * rate / 100): whole samples at any rate, without drift.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

STEPS_PER_S = 100


def step_ends(start: int, frames: int, rate: int) -> NDArray[np.int64]:
    """Return where the steps end that end in `frames` samples from `start` on.

    Before them comes the end of the step that was over at `start`, where the first of them begins.

    >>> step_ends(0, 700, 22_050), step_ends(700, 100, 22_050)
    (array([  0, 221, 441, 662]), array([662]))
    """
    first, last = start * STEPS_PER_S // rate, (start + frames) * STEPS_PER_S // rate
    return np.asarray(-(-np.arange(first, last + 1) * rate // STEPS_PER_S))


class _Rows:
    """Numbers for every sample, cut where steps end."""

    def __init__(self, rate: int, rows: int) -> None:
        self._rate = rate
        self._frames = 0
        self._rest = np.zeros((rows, 0))

    def push(self, rows: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Take the next (rows, samples); return those of whole steps, and where each step ends.

        The ends begin with 0.
        """
        ends = step_ends(self._frames, rows.shape[1], self._rate)
        ends -= ends[0]
        self._frames += rows.shape[1]
        if self._rest.size:
            rows = np.concatenate((self._rest, rows), axis=1)
        self._rest = rows[:, ends[-1] :].copy()
        return rows[:, : ends[-1]], ends


class StepPeaks:
    """The sample peak of every 10 ms of what is pushed.

    >>> peaks = StepPeaks(200)
    >>> peaks.push(np.array([[0.0, 0.5, 0.1]])); peaks.push(np.array([[-0.2]]))
    >>> peaks.read()
    array([0.5, 0.2])
    """

    def __init__(self, rate: int) -> None:
        self._rows = _Rows(rate, 1)
        self._peaks: list[NDArray[Any]] = []

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples)."""
        loudest = np.maximum(block.max(axis=0), -block.min(axis=0))
        (whole,), ends = self._rows.push(loudest[None])
        if whole.size:
            self._peaks.append(np.maximum.reduceat(whole, ends[:-1]))

    def read(self) -> NDArray[np.float64]:
        """Return the peaks of all whole steps so far, shape (steps,)."""
        return np.concatenate((np.zeros(0), *self._peaks)).astype(np.float64)


class StepProducts:
    """The mean products of the first two channels over every 10 ms of what is pushed.

    Of mono both are the same one.

    >>> products = StepProducts(200)
    >>> products.push(np.array([[1.0, 1.0, 0.5, 0.5, 0.0], [1.0, -1.0, -0.5, -0.5, 0.0]]))
    >>> products.read()
    array([[ 0.  , -0.25],
           [ 1.  ,  0.25],
           [ 1.  ,  0.25]])
    """

    def __init__(self, rate: int) -> None:
        self._rows = _Rows(rate, 2)
        self._products: list[NDArray[np.float64]] = []

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples)."""
        whole, ends = self._rows.push(block[[0, min(1, len(block) - 1)]])
        if whole.size:
            x, y = np.asarray(whole, np.float64)
            sums = np.add.reduceat(np.stack((x * y, x * x, y * y)), ends[:-1], axis=1)
            self._products.append(sums / np.diff(ends))

    def read(self) -> NDArray[np.float64]:
        """Return left by right, left squared, right squared of all whole steps, (3, steps)."""
        return np.concatenate((np.zeros((3, 0)), *self._products), axis=1)
