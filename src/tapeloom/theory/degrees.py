"""The melody as degrees of the keys that it passes through."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.theory.events import Events
from tapeloom.theory.scales import degree_of
from tapeloom.theory.spans import KeySpan


@dataclass(frozen=True, slots=True)
class Degree:
    """A note of the melody as a degree of its key.

    >>> str(Degree(0, 66, 4, 1))
    '#4'
    """

    tick: int
    pitch: int
    degree: int  # 1..7
    alteration: int  # semitones

    def __str__(self) -> str:
        sign = "#" * self.alteration if self.alteration > 0 else "b" * -self.alteration
        return f"{sign}{self.degree}"


@dataclass(frozen=True, slots=True)
class Degrees:
    """The degrees of a melody as columns; iterating and indexing give each as a `Degree`.

    >>> line = Degrees((0, 4), (69, 68), (1, 7), (0, 1))
    >>> [str(degree) for degree in line], line[1].pitch, len(line)
    (['1', '#7'], 68, 2)
    """

    ticks: tuple[int, ...]
    pitches: tuple[int, ...]
    degrees: tuple[int, ...]  # 1..7
    alterations: tuple[int, ...]  # semitones

    def __len__(self) -> int:
        return len(self.ticks)

    def __getitem__(self, index: int) -> Degree:
        return Degree(
            self.ticks[index], self.pitches[index], self.degrees[index], self.alterations[index]
        )

    def __iter__(self) -> Iterator[Degree]:
        return (self[i] for i in range(len(self)))


NO_DEGREES = Degrees((), (), (), ())


def read_degrees(
    events: Events, keys: Sequence[KeySpan], *, melody: NDArray[np.bool_] | None = None
) -> Degrees:
    """Read a melody in its local keys.

    keys     in order; the first one also holds before it begins
    melody   which notes it is, (notes,); the skyline when None

    >>> from tapeloom.core.harmony import Key
    >>> from tapeloom.core.score import Note
    >>> tune = Events.from_notes([Note(0, 4, 69), Note(4, 4, 68), Note(4, 4, 52)])
    >>> [str(degree) for degree in read_degrees(tune, [KeySpan(0, 8, Key("A", "minor"))])]
    ['1', '#7']
    """
    if not len(events) or not keys:
        return NO_DEGREES
    chosen = find_skyline(events) if melody is None else melody
    ticks, pitches = events.onset[chosen], events.pitch[chosen]
    starts = np.array([span.start for span in keys])
    at = np.maximum(np.searchsorted(starts, ticks, side="right") - 1, 0)
    tables = np.array([[degree_of(pitch, span.key) for pitch in range(12)] for span in keys])
    degrees, alterations = tables[at, pitches % 12].T
    columns = (ticks, pitches, degrees, alterations)
    return Degrees(*(tuple(column.tolist()) for column in columns))


def find_skyline(events: Events) -> NDArray[np.bool_]:
    """Mark the notes above which nothing sounds when they begin, (notes,).

    >>> from tapeloom.core.score import Note
    >>> find_skyline(Events.from_notes([Note(0, 8, 60), Note(0, 4, 67), Note(2, 8, 64)]))
    array([False,  True, False])
    """
    top = np.zeros(len(events), np.bool_)
    times, begin = np.unique(events.onset, return_inverse=True)
    stop = np.searchsorted(times, events.end)
    covered = np.zeros(len(times), np.bool_)  # by what is higher
    for pitch in np.unique(events.pitch)[::-1]:
        alike = np.flatnonzero(events.pitch == pitch)
        until = np.maximum.accumulate(events.end[alike])
        top[alike] = ~covered[begin[alike]]
        top[alike[1:]] &= until[:-1] <= events.onset[alike[1:]]
        moves = np.bincount(begin[alike], minlength=len(times) + 1)
        moves -= np.bincount(stop[alike], minlength=len(times) + 1)
        covered |= np.cumsum(moves[:-1]) > 0
    return top
