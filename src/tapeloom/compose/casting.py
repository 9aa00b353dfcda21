"""Who plays in which piece of a set: melody and keys change hands from piece to piece."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from tapeloom.compose.band import Band
from tapeloom.compose.touches import FRETTED
from tapeloom.core.score import Note, Part, Score, Section
from tapeloom.theory.instruments import instrument

ON_STRINGS = ("slide", "hammer_on", "bend")  # marks that only a finger on a string plays


def recast(score: Score, other: Band) -> Score:
    """Give the parts of every second piece of a set to other instruments, as parts of their own.

    other   role and instrument; a piece whose notes it doesn't reach keeps the first one

    The last piece, which comes home, has the first band.
    """
    count = 1 + max((section.piece for section in score.sections), default=0)
    home = count - 1 if count > 2 else 0
    changed = [s for s in score.sections if s.piece % 2 == 1 and s.piece != home]
    parts: list[Part] = []
    for part in score.parts:
        name = dict(other).get(part.role)
        if name is None or name == part.instrument or part.name != part.role:
            parts.append(part)
        else:
            parts.extend(_divided(part, name, changed))
    return replace(score, parts=tuple(parts))


def _divided(part: Part, name: str, sections: Sequence[Section]) -> tuple[Part, ...]:
    """Move the notes of some sections to a part for another instrument."""
    reach = instrument(name)
    moved: set[Note] = set()
    for piece in dict.fromkeys(section.piece for section in sections):
        notes = [
            note
            for section in sections
            if section.piece == piece
            for note in part.notes[
                bisect_left(part.notes, section.start, key=lambda note: note.start) : bisect_left(
                    part.notes, section.end, key=lambda note: note.start
                )
            ]
        ]
        if all(reach.low <= note.pitch <= reach.high for note in notes):
            moved.update(notes)
    if not moved:
        return (part,)
    places = {(note.start, note.pitch) for note in moved}
    strings = name in FRETTED
    kept = replace(
        part,
        notes=tuple(note for note in part.notes if note not in moved),
        marks=tuple(mark for mark in part.marks if (mark.tick, mark.pitch) not in places),
    )
    second = replace(
        part,
        name=f"{part.name} 2",
        instrument=name,
        program=reach.program,
        notes=tuple(note for note in part.notes if note in moved),
        marks=tuple(
            mark
            for mark in part.marks
            if (mark.tick, mark.pitch) in places and (strings or mark.name not in ON_STRINGS)
        ),
    )
    return (kept, second)
