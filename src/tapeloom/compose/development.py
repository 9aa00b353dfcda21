"""Development: what a composer makes of a motif so that it goes on and stays itself.

Each technique takes a motif and returns one; a motif knows scale steps and no chords, so that what
comes out is fitted to the chords under it where it is placed (`compose.refit`). After Schoenberg,
"Fundamentals of Musical Composition", chapters III to V (motif forms, connecting, liquidation).
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from tapeloom.compose.grid import STEP, Measure, measure_at
from tapeloom.compose.motifs import Motif, MotifNote, shift
from tapeloom.core.errors import InputError

OCTAVE, THIRD = 7, 2  # scale steps
TURN = (0, 1, 2, 1, 0, -1)  # scale steps that an answer goes up and comes back by
RING = 8 * STEP  # the longest that a note rings on over what was thinned out after it


def fragment(motif: Motif, ticks: int, *, tail: bool = False) -> Motif:
    """Keep a motif's first ticks, or its last ones; a note that crosses the cut is cut.

    >>> five = Motif(tuple(MotifNote(i * STEP, STEP, i) for i in range(5)), 8 * STEP)
    >>> [note.contour for note in fragment(five, 2 * STEP).notes]
    [0, 1]
    """
    if not 0 < ticks <= motif.ticks:
        raise InputError(f"a fragment of {ticks} ticks; it must lie between 1 and {motif.ticks}")
    first = motif.ticks - ticks if tail else 0
    kept = [
        replace(note, onset=note.onset - first,
                duration=min(note.duration, first + ticks - note.onset))
        for note in motif.notes
        if first <= note.onset < first + ticks
    ]  # fmt: skip
    return Motif(tuple(kept), ticks)


def augment(motif: Motif, factor: int = 2) -> Motif:
    """Let everything last so many times as long.

    >>> augment(Motif((MotifNote(0, STEP, 0),), 4 * STEP)).ticks == 8 * STEP
    True
    """
    return _in_time(motif, Fraction(factor))


def diminish(motif: Motif, factor: int = 2) -> Motif:
    """Let everything last a fraction of its time: the inverse of `augment`, to a whole tick.

    >>> diminish(augment(Motif((MotifNote(0, STEP, 0),), 4 * STEP))).notes
    (MotifNote(onset=0, duration=2520, contour=0),)
    """
    return _in_time(motif, Fraction(1, factor))


def _in_time(motif: Motif, factor: Fraction) -> Motif:
    if factor <= 0:
        raise InputError(f"time is stretched by {factor}; it must be more than 0")
    notes = []
    for note in motif.notes:
        onset, end = round(note.onset * factor), round((note.onset + note.duration) * factor)
        notes.append(MotifNote(onset, max(end - onset, 1), note.contour))
    return Motif(tuple(notes), round(motif.ticks * factor))


def invert(motif: Motif, *, axis: int | None = None) -> Motif:
    """Mirror the contour within the scale at a step, the first note's where none is given.

    >>> [note.contour for note in invert(Motif((MotifNote(0, 1, 1), MotifNote(1, 1, 3)), 2)).notes]
    [1, -1]
    """
    if not motif.notes:
        return motif
    at = motif.notes[0].contour if axis is None else axis
    return replace(
        motif, notes=tuple(replace(note, contour=2 * at - note.contour) for note in motif.notes)
    )


def retrograde(motif: Motif) -> Motif:
    """Play a motif from its end to its beginning, each note as long as it was.

    >>> [note.contour for note in retrograde(
    ...     Motif((MotifNote(0, 1, 1), MotifNote(1, 1, 3)), 2)).notes]
    [3, 1]
    """
    return replace(
        motif,
        notes=tuple(
            replace(note, onset=motif.ticks - note.onset - note.duration)
            for note in reversed(motif.notes)
            if note.onset + note.duration <= motif.ticks
        ),
    )


def join(motifs: Sequence[Motif]) -> Motif:
    """Put motifs one after the other into one."""
    notes: list[MotifNote] = []
    at = 0
    for motif in motifs:
        notes.extend(replace(note, onset=at + note.onset) for note in motif.notes)
        at += motif.ticks
    return Motif(tuple(notes), at)


def sequence(motif: Motif, steps: Sequence[int]) -> Motif:
    """Repeat a motif on other steps of the scale (a diatonic sequence).

    steps  how far each statement is moved, such as (0, 1, 2)

    >>> [note.contour for note in sequence(Motif((MotifNote(0, 1, 0),), 2), (0, -1, -2)).notes]
    [0, -1, -2]
    """
    return join([shift(motif, by) for by in steps])


def thin(motif: Motif, grid: Sequence[Measure], *, keep: float) -> Motif:
    """Keep the share of the notes that are strong: on heavy places, or long.

    The first of all stays; what sounds before a note that is left out rings on, for a half note
    at most.

    keep   0..1, the share of the notes that stay
    """
    if not motif.notes:
        return motif
    base = grid[0].start

    def strength(note: MotifNote) -> float:
        at = base + note.onset
        return measure_at(grid, at).weight(at) + 0.5 * min(note.duration / (4 * STEP), 2.0)

    count = max(1, round(keep * len(motif.notes)))
    ranked = sorted(motif.notes[1:], key=strength, reverse=True)
    kept = sorted([motif.notes[0], *ranked[: count - 1]], key=lambda note: note.onset)
    ends = [note.onset for note in kept[1:]] + [motif.ticks]
    notes = []
    for note, end in zip(kept, ends, strict=True):
        following = next((n.onset for n in motif.notes if n.onset > note.onset), motif.ticks)
        held = end - note.onset if following < end else note.duration
        notes.append(replace(note, duration=max(note.duration, min(held, RING))))
    return replace(motif, notes=tuple(notes))


def ornament(motif: Motif, rng: np.random.Generator, *, share: float = 0.5) -> Motif:
    """Fill some notes' ends: a passing note over a third or more, a neighbour else.

    The notes of the motif stay at their places; those that an ornament follows become shorter.

    share   0..1, how many of the notes that are long enough are ornamented
    """
    draws = rng.random((len(motif.notes), 2))
    notes: list[MotifNote] = []
    for i, note in enumerate(motif.notes):
        following = motif.notes[i + 1] if i + 1 < len(motif.notes) else None
        if following is None or note.duration < 4 * STEP or draws[i, 0] >= share:
            notes.append(note)
            continue
        gap = following.contour - note.contour
        if abs(gap) >= 2:
            steps = [note.contour + (1 if gap > 0 else -1)]
            if abs(gap) == 3:
                steps.append(following.contour - (1 if gap > 0 else -1))
        else:
            steps = [following.contour + (1 if draws[i, 1] < 0.5 else -1)]
        length = STEP if len(steps) > 1 or note.duration < 6 * STEP else 2 * STEP
        first = note.onset + note.duration - length * len(steps)
        notes.append(replace(note, duration=first - note.onset))
        notes.extend(
            MotifNote(first + j * length, length, contour) for j, contour in enumerate(steps)
        )
    return replace(motif, notes=tuple(notes))


def displace(motif: Motif, ticks: int) -> Motif:
    """Move a rhythm against the bar; what leaves it at one end enters at the other.

    >>> two = Motif((MotifNote(0, 1, 0), MotifNote(3, 1, 0)), 4)
    >>> [note.onset for note in displace(two, 1).notes]
    [0, 1]
    """
    if not motif.notes:
        return motif
    moved = sorted(
        (replace(note, onset=(note.onset + ticks) % motif.ticks) for note in motif.notes),
        key=lambda note: note.onset,
    )
    ends = [note.onset for note in moved[1:]] + [motif.ticks]
    return replace(
        motif,
        notes=tuple(
            replace(note, duration=min(note.duration, end - note.onset))
            for note, end in zip(moved, ends, strict=True)
            if end > note.onset
        ),
    )


def call_and_response(call: Motif, response: Motif) -> Motif:
    """Let a motif's first half be answered by another's second half, led down to a long note."""
    half = call.ticks // 2
    head = fragment(call, half)
    tail = fragment(response, response.ticks - half, tail=True)
    if not tail.notes:
        tail = fragment(response, half)
    if not head.notes or not tail.notes:
        return call
    *others, last = tail.notes
    room = tail.ticks - last.onset
    goal = min(last.contour, call.notes[0].contour)
    held = replace(last, contour=goal, duration=max(last.duration, min(room, RING)))
    return join([head, replace(tail, notes=(*others, held))])


def counter_rhythm(motif: Motif, *, pulse: int = 2 * STEP) -> Motif:
    """Return a rhythm that speaks where a motif holds or rests, its contour the mirror of it.

    pulse   ticks of the grid on which it speaks, usually an eighth

    >>> held = Motif((MotifNote(0, 8 * STEP, 0), MotifNote(8 * STEP, STEP, 1)), 16 * STEP)
    >>> [note.onset // STEP for note in counter_rhythm(held).notes]
    [4, 6, 10, 12, 14]
    """
    taken = sorted(note.onset for note in motif.notes)
    notes: list[MotifNote] = []
    base = count = 0
    for at in range(0, motif.ticks, pulse):
        before = [note for note in motif.notes if note.onset <= at]
        since = at - before[-1].onset if before else 4 * STEP
        near = any(at <= onset < at + pulse for onset in taken)
        if near or since < (4 * STEP if before and _sounds(before[-1], at) else 2 * STEP):
            continue
        if not notes or notes[-1].onset != at - pulse:
            base, count = (-before[-1].contour if before else 0), 0
        run = base + TURN[count % len(TURN)]
        count += 1
        notes.append(MotifNote(at, pulse, run))
    return replace(motif, notes=tuple(notes))


def _sounds(note: MotifNote, at: int) -> bool:
    return note.onset + note.duration > at
