"""A melody made ready for a choir: in the soprano's range, and cut into beats."""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from tapeloom.core.errors import InputError
from tapeloom.core.pitch import pitch_name
from tapeloom.core.score import Note
from tapeloom.theory.four_part import LIMITS

LONGEST = 4000  # beats


@dataclass(frozen=True, slots=True)
class Beat:
    """One beat of the melody: what sounds in it."""

    start: int
    end: int
    pitches: tuple[int, ...]  # in order; the first may be held from before
    held: bool  # whether the first is
    strong: bool  # the bar begins, or its second half


def sung(melody: Sequence[Note]) -> list[Note]:
    """Put a melody into the soprano's range, by octaves.

    >>> [note.pitch for note in sung([Note(0, 4, 48), Note(4, 4, 52)])]
    [60, 64]
    """
    line = sorted(melody)
    if len(line) < 2:
        raise InputError(
            f"the melody has {len(line)} note{'s' * (len(line) != 1)}; "
            "a chorale needs a phrase of two or more"
        )
    for first, second in itertools.pairwise(line):
        if second.start < first.end:
            raise InputError(
                f"the melody sounds two notes at tick {second.start}; give one voice alone"
            )
    low, high = min(note.pitch for note in line), max(note.pitch for note in line)
    bottom, top = LIMITS["soprano"]
    shifts = [by for by in (0, 12, -12, 24, -24, 36, -36) if bottom <= low + by <= high + by <= top]
    if not shifts:
        raise InputError(
            f"the melody goes from {pitch_name(low)} to {pitch_name(high)}; a soprano sings "
            f"{pitch_name(bottom)} to {pitch_name(top)}, so transpose it or give a smaller range"
        )
    return [replace(note, pitch=note.pitch + shifts[0]) for note in line]


def cut_beats(line: Sequence[Note], ends: Collection[int], beat: int, bar: int) -> list[Beat]:
    """Cut a melody into beats; the last note of a phrase is one, however long it is.

    ends        ticks at which the last notes of phrases begin
    beat, bar   ticks

    >>> [(each.start, each.end) for each in cut_beats([Note(0, 8, 60), Note(8, 8, 62)], {8}, 4, 16)]
    [(0, 4), (4, 8), (8, 16)]
    """
    if line[-1].end // beat > LONGEST:
        raise InputError(f"the melody has over {LONGEST} beats; give a shorter one")
    cuts = set(range(line[0].start // beat * beat, line[-1].end, beat))
    for note in line:
        if note.start in ends:
            cuts -= set(range(note.start + 1, note.end))
            cuts.add(note.start)
            cuts.add(note.end)
    found = []
    ticks = sorted(cuts)
    for start, stop in zip(ticks, [*ticks[1:], line[-1].end], strict=True):
        inside = [note for note in line if note.start < stop and note.end > start]
        if not inside:
            continue
        first = max(start, inside[0].start)
        found.append(
            Beat(
                first, min(stop, max(note.end for note in inside)),
                tuple(note.pitch for note in inside), inside[0].start < first,
                (start % bar) in (0, bar // 2 if bar % (2 * beat) == 0 else 0),
            )
        )  # fmt: skip
    return found
