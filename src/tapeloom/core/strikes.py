"""Notes of one player: no key is struck while it is held."""

from collections.abc import Sequence
from dataclasses import replace

from tapeloom.core.score import Note


def separate(notes: Sequence[Note], *, alone: bool) -> list[Note]:
    """Return notes of which none sounds on when its key is struck again.

    alone  whether the part sounds one note at a time: then any note ends the one before, and of
           notes that begin together the highest stays

    >>> notes = [Note(0, 9, 60), Note(4, 9, 60), Note(5, 9, 64)]
    >>> [note.duration for note in separate(notes, alone=False)]
    [4, 9, 9]
    >>> [note.duration for note in separate(notes, alone=True)]
    [4, 1, 9]
    """
    kept: list[Note] = []
    last: dict[int, int] = {}  # pitch, or 0 for all of them -> where its last note stands in kept
    for note in sorted(notes, key=lambda note: (note.start, note.pitch)):
        key = 0 if alone else note.pitch
        at = last.get(key)
        if at is not None and kept[at].start == note.start:
            kept[at] = note if alone else max(kept[at], note, key=lambda n: n.duration)
            continue
        if at is not None and kept[at].end > note.start:
            kept[at] = replace(kept[at], duration=note.start - kept[at].start)
        last[key] = len(kept)
        kept.append(note)
    return kept
