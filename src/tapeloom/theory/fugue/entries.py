"""The analyser: find a subject in any score, transposed, answered, inverted or stretched.

It knows nothing of how the score was made.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tapeloom.core.score import Note

KINDS = ("real", "tonal", "diatonic", "inverted", "augmented", "diminished")
_ENOUGH = 0.85  # share of the notes that must be there


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One entry of the subject."""

    start: int  # tick of its first note
    voice: int  # index of the part
    transposition: int  # semitones from the subject to most of its notes (to the first, inverted)
    kind: str  # one of KINDS
    matched: float  # share of the subject's notes that are there, 0.85..1


def find_entries(
    voices: Sequence[Sequence[Note]],
    subject: Sequence[Note],
    *,
    inverted: bool = False,
    stretches: Sequence[Fraction] = (Fraction(1),),
) -> tuple[Entry, ...]:
    """Find the entries of a subject in lines or in parts of several voices.

    An entry has the subject's rhythm; its notes lie a constant interval from the subject's, a
    few of them a tone or less beside it: one semitone where the mode differs, two where a tonal
    answer changes a fifth into a fourth. The last note may have any length.

    inverted   look for the subject upside down as well
    stretches  2 finds augmentations, 1/2 diminutions

    >>> line = [Note(i * 4, 4, p) for i, p in enumerate((60, 62, 64, 65, 67, 60))]
    >>> answer = [Note(40 + i * 4, 4, p) for i, p in enumerate((67, 69, 71, 72, 74, 67))]
    >>> [(e.start, e.transposition, e.kind) for e in find_entries([line, answer], line)]
    [(0, 0, 'real'), (40, 7, 'real')]
    """
    found: list[Entry] = []
    for stretch in stretches:
        offsets = [(note.start - subject[0].start) * stretch for note in subject]
        for upside_down in (False, True) if inverted else (False,):
            sign = -1 if upside_down else 1
            shape = [sign * (note.pitch - subject[0].pitch) for note in subject]
            for voice, notes in enumerate(voices):
                at: dict[Fraction, list[int]] = {}
                for note in notes:
                    at.setdefault(Fraction(note.start), []).append(note.pitch)
                for tick in sorted(at):
                    entry = _match(at, tick, offsets, shape)
                    if entry is None:
                        continue
                    level, kind, share = entry
                    if upside_down:
                        kind = "inverted"
                    elif stretch != 1:
                        kind = "augmented" if stretch > 1 else "diminished"
                    found.append(Entry(int(tick), voice, level - subject[0].pitch, kind, share))
    return tuple(sorted(found))


def _match(
    at: dict[Fraction, list[int]], tick: Fraction, offsets: Sequence[Fraction], shape: Sequence[int]
) -> tuple[int, str, float] | None:
    """Match a shape at a tick; returns its level, what it is, and the share that is there."""
    rows = [at.get(tick + offset, []) for offset in offsets]
    present = sum(bool(row) for row in rows)
    if present < _ENOUGH * len(shape):
        return None
    votes: Counter[int] = Counter()
    for row, step in zip(rows, shape, strict=True):
        for pitch in set(row):
            votes[pitch - step] += 2
            votes[pitch - step + 1] += 1
            votes[pitch - step - 1] += 1
    best: tuple[float, int, str] | None = None
    for level, _ in votes.most_common(3):
        exact = near = mutated = 0
        for row, step in zip(rows, shape, strict=True):
            away = min((abs(pitch - step - level) for pitch in row), default=99)
            exact += away == 0
            near += away == 1
            mutated += away == 2
        share = (exact + near + mutated) / len(shape)
        firm = exact + near
        if share < _ENOUGH or firm < 0.5 * len(shape) or exact < 0.3 * len(shape):
            continue
        kind = "tonal" if mutated else "diatonic" if near else "real"
        rank = share + 0.1 * exact / len(shape)
        if best is None or rank > best[0]:
            best = (rank, level, kind)
    if best is None:
        return None
    share = min(1.0, best[0])
    matched = sum(
        any(abs(pitch - step - best[1]) <= 2 for pitch in row)
        for row, step in zip(rows, shape, strict=True)
    ) / len(shape)
    return best[1], best[2], min(share, matched)
