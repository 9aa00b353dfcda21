"""A part's notes as arrays, in ticks and in seconds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.score import Note
from tapeloom.core.time import TempoMap

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Notes in order of start, then pitch; every array has shape (notes,)."""

    start: Ints  # ticks
    end: Ints  # ticks
    pitch: Ints
    velocity: Ints
    start_s: Floats
    end_s: Floats

    @classmethod
    def of(cls, notes: Sequence[Note], tempo: TempoMap) -> "Line":
        """Lay notes out, which are in order already."""
        rows = np.array(
            [(note.start, note.duration, note.pitch, note.velocity) for note in notes], np.int64
        ).reshape(-1, 4)
        start, end = rows[:, 0], rows[:, 0] + rows[:, 1]
        return cls(start, end, rows[:, 2], rows[:, 3], tempo.ticks_to_s(start.astype(np.float64)),
                   tempo.ticks_to_s(end.astype(np.float64)))  # fmt: skip

    def __len__(self) -> int:
        return len(self.start)

    @property
    def firsts(self) -> Ints:
        """Indices of the notes that are the first at their tick: one for each onset."""
        return np.flatnonzero(np.diff(self.start, prepend=-1))


def runs(flags: Flags) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of each unbroken run of true flags.

    >>> list(runs(np.array([True, True, False, True])))
    [(0, 1), (3, 3)]
    """
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
    for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield first, after - 1


def windows(flags: Flags, size: int) -> Flags:
    """Mark every element of the runs of `size` that begin where a flag is true.

    >>> windows(np.array([False, True, False, False]), 2)
    array([False,  True,  True, False, False])
    """
    marked = np.zeros(len(flags) + size - 1, np.bool_)
    for step in range(size):
        marked[step : step + len(flags)] |= flags
    return marked
