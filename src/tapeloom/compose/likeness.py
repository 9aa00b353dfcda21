"""How alike two stretches of a line are, and fingerprints of lines."""

from collections import Counter
from collections.abc import Sequence

from tapeloom.core.score import Note


def likeness(first: Sequence[Note], second: Sequence[Note], *, starts: tuple[int, int]) -> float:
    """Return how alike two stretches are: 1 the same notes, 0 nothing in common.

    Half of it is the share of onsets that fall at the same place, half of it the share of notes
    that have the same pitch there as well (F measures: 2 hits / (notes of both)).

    starts   ticks at which the two stretches begin

    >>> a = [Note(0, 10, 60), Note(20, 10, 64)]
    >>> b = [Note(100, 10, 60), Note(120, 10, 65)]
    >>> likeness(a, b, starts=(0, 100))
    0.75
    """
    total = len(first) + len(second)
    if total == 0:
        return 1.0
    pairs = list(zip((first, second), starts, strict=True))
    onsets = [Counter(note.start - start for note in notes) for notes, start in pairs]
    pitches = [
        Counter((note.start - start, note.pitch) for note in notes) for notes, start in pairs
    ]
    return ((onsets[0] & onsets[1]).total() + (pitches[0] & pitches[1]).total()) / total


def fingerprint(notes: Sequence[Note], *, start: int) -> tuple[tuple[int, int, int], ...]:
    """Return a line's onsets, lengths and intervals: the same for its transpositions.

    >>> here = [Note(5, 1, 60), Note(6, 2, 62)]
    >>> fingerprint(here, start=5) == fingerprint([Note(0, 1, 67), Note(1, 2, 69)], start=0)
    True
    """
    ordered = sorted(notes)
    return tuple(
        (note.start - start, note.duration, note.pitch - ordered[0].pitch) for note in ordered
    )
