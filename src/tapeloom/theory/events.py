"""Notes as columns: what analysis reads, so that it can count in arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapeloom.core.score import Note, Score


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Pitched notes in order of onset, then pitch; one row of each column a note.

    >>> Events.from_notes([Note(0, 4, 64), Note(0, 8, 60)]).pitch
    array([60, 64])
    """

    onset: NDArray[np.int64]  # ticks, shape (notes,)
    end: NDArray[np.int64]  # ticks, the first after the note
    pitch: NDArray[np.int64]  # MIDI pitch 0..127
    part: NDArray[np.int64]  # which part plays it, from 0

    @classmethod
    def from_columns(
        cls, onset: ArrayLike, end: ArrayLike, pitch: ArrayLike, part: ArrayLike = 0
    ) -> "Events":
        """Take columns of any numbers: ticks and pitches go to the nearest whole one.

        A pitch between two keys of the piano counts as the nearer; a note without length lasts
        one tick; what lies outside of 0..127 is left out.
        """
        starts, ends, pitches = _whole(onset), _whole(end), _whole(pitch)
        parts = np.full(starts.shape, np.asarray(part, np.int64).reshape(-1))
        columns: tuple[NDArray[np.int64], ...]
        columns = (starts, np.maximum(ends, starts + 1), pitches, parts)
        if (pitches >> 7).any():
            kept = (pitches >= 0) & (pitches <= 127)
            columns = tuple(column[kept] for column in columns)
        return cls._in_order(*columns)

    @classmethod
    def _in_order(cls, *columns: NDArray[np.int64]) -> "Events":
        """Sort columns by onset, then pitch; notes alike stay in their order."""
        onset, _, pitch, _ = columns
        place = onset * 128 + pitch
        if (place[1:] >= place[:-1]).all():
            return cls(*columns)
        order = np.argsort(place, kind="stable")
        return cls(*(column[order] for column in columns))

    @classmethod
    def from_notes(cls, notes: Iterable[Note], *, part: int = 0) -> "Events":
        """Take notes of one part."""
        rows = [(note.start, note.end, note.pitch) for note in notes]
        onset, end, pitch = np.array(rows, np.int64).reshape(-1, 3).T
        return cls.from_columns(onset, end, pitch, part)

    @classmethod
    def from_score(cls, score: Score) -> "Events":
        """Take the pitched parts of a score; drums are left out."""
        rows = [
            (note.start, note.end, note.pitch, row)
            for row, part in enumerate(score.parts)
            if part.role != "drums"
            for note in part.notes
        ]
        onset, end, pitch, index = np.array(rows, np.int64).reshape(-1, 4).T
        return cls.from_columns(onset, end, pitch, index)

    def __len__(self) -> int:
        return len(self.onset)

    @property
    def last(self) -> int:
        """The first tick after everything; 0 where nothing sounds."""
        return int(self.end.max()) if len(self) else 0

    def transpose(self, semitones: int) -> "Events":
        """Move every note; what would leave 0..127 is left out."""
        return Events.from_columns(self.onset, self.end, self.pitch + semitones, self.part)

    def between(self, start: int, end: int) -> "Events":
        """Cut out what sounds between two ticks."""
        begun = int(np.searchsorted(self.onset, end))  # onsets are in order
        held = np.flatnonzero(self.end[:begun] > start)
        return Events._in_order(
            np.maximum(self.onset[held], start),
            np.minimum(self.end[held], end),
            self.pitch[held],
            self.part[held],
        )


def _whole(numbers: ArrayLike) -> NDArray[np.int64]:
    """Round to whole numbers, in an array of one's own and in one piece.

    (Compiled loops are compiled again for a view with gaps.)
    """
    given = np.asarray(numbers).reshape(-1)
    if given.dtype.kind not in "iu":
        given = np.rint(given.astype(np.float64))
    return given.astype(np.int64, order="C")


def weigh(events: Events, edges: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float64]:
    """Sum how many ticks each pitch class sounds between edges, shape (spans, 12).

    >>> weigh(Events.from_notes([Note(0, 6, 60), Note(4, 4, 67)]), [0, 4, 8])[:, [0, 7]]
    array([[4., 0.], [2., 4.]])
    """
    at = np.asarray(edges, np.int64)
    spans = max(len(at) - 1, 0)
    result = np.zeros((spans, 12))
    if not len(events) or not spans:
        return result
    first = np.searchsorted(at, events.onset, side="right") - 1
    last = np.searchsorted(at, events.end, side="left") - 1
    classes = events.pitch % 12
    for reach in range(int((last - first).max()) + 1):
        span = first + reach
        held = np.flatnonzero((span <= last) & (span >= 0) & (span < spans))
        i = span[held]
        shared = np.minimum(events.end[held], at[i + 1]) - np.maximum(events.onset[held], at[i])
        np.add.at(result, (i, classes[held]), np.maximum(shared, 0))
    return result
