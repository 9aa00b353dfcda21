"""Silences, cuts and additions gathered for a part and put into it at once."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import accumulate

from tapeloom.core.score import Control, Mark, Note, Part, Score

Keeps = Callable[[Note], bool]


def nothing(_: Note) -> bool:
    """Keep no note of a silence."""
    return False


@dataclass(slots=True)
class Retouch:
    """What is to be done to one part."""

    silences: list[tuple[int, int, Keeps]] = field(default_factory=list)  # from and to in ticks
    changes: list[tuple[int, int, Callable[[Note], Note]]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)

    def silence(self, start: int, end: int, keeps: Keeps = nothing) -> None:
        """Take out what begins in a stretch and cut what rings into it, but for what is kept."""
        if start < end:
            self.silences.append((start, end, keeps))

    def change(self, start: int, end: int, how: Callable[[Note], Note]) -> None:
        """Change the notes that begin in a stretch; their ticks and pitches stay."""
        self.changes.append((start, end, how))

    def add(self, note: Note, *marks: str) -> None:
        """Add a note, with marks."""
        self.notes.append(note)
        self.marks += [Mark(note.start, note.pitch, name) for name in marks]

    def on(self, part: Part) -> Part:
        """Return a part with all of it done: changes, then silences, then additions."""
        if not (self.silences or self.changes or self.notes or self.controls):
            return part
        notes = list(part.notes)
        starts = [note.start for note in notes]
        for start, end, how in self.changes:
            for i in range(bisect_left(starts, start), bisect_left(starts, end)):
                notes[i] = how(notes[i])
        kept = _silenced(notes, sorted(self.silences, key=lambda silence: silence[:2]))
        places = {(note.start, note.pitch) for note in kept}
        fresh = [note for note in self.notes if (note.start, note.pitch) not in places]
        places |= {(note.start, note.pitch) for note in fresh}
        marks = {mark for mark in (*part.marks, *self.marks) if (mark.tick, mark.pitch) in places}
        return replace(
            part,
            notes=tuple(_apart(kept, fresh)),
            marks=tuple(marks),
            controls=(*part.controls, *self.controls),
        )


def _silenced(notes: Iterable[Note], silences: list[tuple[int, int, Keeps]]) -> list[Note]:
    reach = list(accumulate((end for _, end, _ in silences), max))
    kept = []
    for note in notes:
        sounding: Note | None = note
        at = bisect_right(reach, note.start)  # the first silence that may not be over
        while sounding is not None and at < len(silences) and silences[at][0] < sounding.end:
            start, end, keeps = silences[at]
            if sounding.start < end and not keeps(sounding):
                before = start - sounding.start
                sounding = replace(sounding, duration=before) if before > 0 else None
            at += 1
        if sounding is not None:
            kept.append(sounding)
    return kept


def _apart(kept: list[Note], fresh: list[Note]) -> list[Note]:
    """Cut kept notes where a fresh one strikes the same key."""
    struck: dict[int, list[int]] = {}
    for note in sorted(fresh):
        struck.setdefault(note.pitch, []).append(note.start)
    cut = []
    for note in kept:
        starts = struck.get(note.pitch, [])
        after = bisect_right(starts, note.start)
        end = min([note.end, *starts[after : after + 1]])
        cut.append(replace(note, duration=end - note.start))
    return [*cut, *fresh]


def retouched(score: Score, touches: dict[str, Retouch]) -> Score:
    """Return a score with its parts retouched, by their names."""
    parts = tuple(
        touches[part.name].on(part) if part.name in touches else part for part in score.parts
    )
    return replace(score, parts=parts)
