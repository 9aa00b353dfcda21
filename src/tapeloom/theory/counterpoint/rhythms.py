"""What each species allows a voice to do in time."""

import itertools
from collections.abc import Iterator

from tapeloom.theory.counterpoint.context import Context
from tapeloom.theory.counterpoint.exercise import BAR, EIGHTH, HALF, QUARTER, is_tied
from tapeloom.theory.counterpoint.rules import Fault

_FLORID = {EIGHTH, QUARTER, HALF, HALF + QUARTER, BAR, BAR + HALF}


def find_rhythms(context: Context, voice: int) -> Iterator[Fault]:
    """Find the notes of a voice that its species doesn't have."""
    line = context.voices[voice]
    species = context.exercise.species[voice]
    if voice == context.exercise.cantus or species == 1:
        yield from _wholes(context, voice)
        return
    gaps = any(first.end != second.start for first, second in itertools.pairwise(line))
    if gaps and len(context.voices) == 2:
        yield Fault(line[0].start, "rhythm", (voice,), "a rest inside the line")
    # The beginning may wait for a rest, the bar before the last may be freer.
    inner = [note for note in line if note.end <= line[-1].end - 2 * BAR]
    for note in inner:
        if not _suits(species, note.start, note.duration):
            yield Fault(note.start, "rhythm", (voice,), str(context.exercise.name(note)))
    if line[-1].duration < BAR or line[-1].start % BAR:
        yield Fault(line[-1].start, "rhythm", (voice,), "the last note is no whole note")
    if species == 4:
        yield from _ligatures(context, voice)
    if species == 5:
        yield from _florid(context, voice)


def _wholes(context: Context, voice: int) -> Iterator[Fault]:
    """Ask for whole notes; a companion of three others may divide one."""
    divides = len(context.voices) == 4 and voice != context.exercise.cantus
    for note in context.voices[voice]:
        plain = note.start % BAR == 0 and note.duration == BAR
        if not plain and not (divides and note.start % HALF == 0 and note.duration % HALF == 0):
            yield Fault(note.start, "rhythm", (voice,), str(context.exercise.name(note)))


def _suits(species: int, start: int, duration: int) -> bool:
    if species == 2:
        return duration == HALF and start % HALF == 0
    if species == 3:
        return duration == QUARTER and start % QUARTER == 0
    if species == 4:
        return start % HALF == 0 and duration in (HALF, BAR, BAR + HALF)
    return duration in _FLORID and start % (EIGHTH if duration == EIGHTH else QUARTER) == 0


def _ligatures(context: Context, voice: int) -> Iterator[Fault]:
    line = context.voices[voice]
    for bar in range(1, context.exercise.bars - 1):
        tick = bar * BAR
        if not any(note.start < tick < note.end and is_tied(note) for note in line):
            struck = [note for note in line if note.start == tick]
            heard = str(context.exercise.name(struck[0])) if struck else "a rest"
            yield Fault(tick, "broken ligature", (voice,), heard)


def _florid(context: Context, voice: int) -> Iterator[Fault]:
    line, heights = context.voices[voice], context.heights[voice]
    for i, note in enumerate(line):
        if note.duration != EIGHTH:
            continue
        first = note.start % QUARTER == 0
        mate = i + 1 if first else i - 1
        paired = 0 <= mate < len(line) and line[mate].duration == EIGHTH
        by_step = i + 1 < len(line) and abs(heights[i + 1] - heights[i]) == 1
        weak = note.start % HALF >= QUARTER
        if not (paired and by_step and weak):
            yield Fault(note.start, "eighths", (voice,), str(context.exercise.name(note)))
    shapes = [
        tuple((note.start - bar * BAR, note.duration) for note in line if note.start // BAR == bar)
        for bar in range(context.exercise.bars - 1)
    ]
    for bar, (a, b, c) in enumerate(zip(shapes, shapes[1:], shapes[2:], strict=False)):
        if a == b == c:
            yield Fault((bar + 2) * BAR, "plain florid", (voice,))
