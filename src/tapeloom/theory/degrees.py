"""The melody as degrees of the keys that it passes through."""

from collections.abc import Sequence
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


def read_degrees(
    events: Events, keys: Sequence[KeySpan], *, melody: NDArray[np.bool_] | None = None
) -> tuple[Degree, ...]:
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
        return ()
    chosen = find_skyline(events) if melody is None else melody
    ticks, pitches = events.onset[chosen], events.pitch[chosen]
    starts = np.array([span.start for span in keys])
    at = np.maximum(np.searchsorted(starts, ticks, side="right") - 1, 0)
    tables = [[degree_of(pitch, span.key) for pitch in range(12)] for span in keys]
    return tuple(
        Degree(tick, pitch, *tables[i][pitch % 12])
        for tick, pitch, i in zip(ticks.tolist(), pitches.tolist(), at.tolist(), strict=True)
    )


def find_skyline(events: Events) -> NDArray[np.bool_]:
    """Mark the notes above which nothing sounds when they begin, (notes,).

    >>> from tapeloom.core.score import Note
    >>> find_skyline(Events.from_notes([Note(0, 8, 60), Note(0, 4, 67), Note(2, 8, 64)]))
    array([False,  True, False])
    """
    top = np.zeros(len(events), np.bool_)
    held: list[tuple[int, int]] = []  # pitch and end of what sounds
    order = np.lexsort((-events.pitch, events.onset))
    columns = (column[order].tolist() for column in (events.onset, events.end, events.pitch))
    for i, onset, end, pitch in zip(order.tolist(), *columns, strict=True):
        held = [note for note in held if note[1] > onset]
        top[i] = not held or max(held)[0] < pitch
        held.append((pitch, end))
    return top
