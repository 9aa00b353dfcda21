"""A part being rewritten: notes move or go, and the marks on them go along."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tapeloom.core.score import Mark, Note, Part
from tapeloom.core.time import TempoMap
from tapeloom.theory.instruments import Instrument
from tapeloom.theory.orchestration.lines import Ints, Line


class Draft:
    """A part's notes, each still known by what it was.

    >>> part = Part("tune", "melody", notes=(Note(0, 4, 60), Note(4, 4, 62)),
    ...             marks=(Mark(0, 60, "tenuto"), Mark(4, 62, "accent")))
    >>> draft = Draft(part)
    >>> draft.move(0, 12)
    >>> draft.drop(1)
    >>> draft.part().notes, draft.part().marks
    ((Note(start=0, duration=4, pitch=72, velocity=80),), (Mark(tick=0, pitch=72, name='tenuto'),))
    """

    def __init__(self, part: Part) -> None:
        self._part = part
        self._now: list[Note | None] = list(part.notes)

    def __getitem__(self, index: int) -> Note:
        note = self._now[index]
        if note is None:
            raise KeyError(index)
        return note

    @property
    def kept(self) -> list[int]:
        """Indices of the notes that are still there, in order of start, then pitch."""
        left = [index for index, note in enumerate(self._now) if note is not None]
        return sorted(left, key=lambda index: (self[index].start, self[index].pitch))

    def move(self, index: int, semitones: int) -> None:
        """Move a note by semitones."""
        note = self[index]
        self._now[index] = replace(note, pitch=note.pitch + semitones)

    def end_at(self, index: int, tick: int) -> None:
        """Let a note end at a tick, and leave it one tick at least."""
        note = self[index]
        duration = max(1, tick - note.start)
        moves = tuple(move for move in note.moves if move.after < duration)
        self._now[index] = replace(note, duration=duration, moves=moves)

    def soften(self, index: int, velocity: int) -> None:
        """Give a note a velocity, kept between 1 and 127."""
        self._now[index] = replace(self[index], velocity=max(1, min(127, velocity)))

    def drop(self, index: int) -> None:
        """Leave a note out."""
        self._now[index] = None

    def thin(self, indices: Iterable[int]) -> None:
        """Leave notes out."""
        for index in indices:
            self.drop(index)

    def unite(self) -> None:
        """Leave out what has come to lie on a longer note of its tick and pitch."""
        taken: dict[tuple[int, int], int] = {}
        for index in self.kept:
            note = self[index]
            other = taken.setdefault((note.start, note.pitch), index)
            if other != index:
                shorter = min(other, index, key=lambda i: self[i].duration)
                taken[note.start, note.pitch] = other + index - shorter
                self.drop(shorter)

    def part(self) -> Part:
        """Return the part as it is now."""
        if all(now is was for now, was in zip(self._now, self._part.notes, strict=True)):
            return self._part
        moved = {
            (was.start, was.pitch): now
            for was, now in zip(self._part.notes, self._now, strict=True)
        }
        marks: list[Mark] = []
        for mark in self._part.marks:
            now = moved.get((mark.tick, mark.pitch), mark)
            if isinstance(now, Note):
                marks.append(replace(mark, pitch=now.pitch))
            elif now is not None:
                marks.append(now)
        return replace(
            self._part, notes=tuple(note for note in self._now if note), marks=tuple(marks)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What one mender is given: the part as it stands, and where something is wrong."""

    draft: Draft
    part: Part
    player: Instrument
    line: Line  # the part's notes by the draft's indices
    tempo: TempoMap
    ticks: frozenset[int]  # where the problems begin
    bars: Ints  # ticks at which bars begin
