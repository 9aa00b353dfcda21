"""The line by itself: its leaps, outlines, repetitions and compass."""

import itertools
from collections.abc import Iterator

from tapeloom.core.harmony import Key
from tapeloom.core.pitch import line_of_fifths
from tapeloom.theory.counterpoint.context import Context
from tapeloom.theory.counterpoint.exercise import BAR, FLATS_OF_MODE, HALF, QUARTER, is_tied
from tapeloom.theory.counterpoint.rules import Fault

LEAPS = {0: (0,), 1: (1, 2), 2: (3, 4), 3: (5,), 4: (7,), 5: (8,), 7: (12,)}  # steps: semitones
WIDEST_COMPASS = 19  # semitones, a twelfth
LOWEST, HIGHEST = 40, 84
_DIATONIC = {1: (1, 2), 2: (3, 4), 3: (5,), 4: (7,), 5: (8, 9), 6: (10, 11), 7: (12,)}
_UNSUNG_OUTLINES = ((3, 6), (4, 6), (6, 10), (6, 11))


def leap_fault(steps: int, semitones: int) -> str:
    """Name the rule that a melodic interval breaks; empty where it may be sung.

    >>> leap_fault(3, 6), leap_fault(5, 9), leap_fault(0, 1), leap_fault(-4, -7)
    ('awkward leap', 'leap', 'chromatic step', '')
    """
    if steps == 0 and semitones:
        return "chromatic step"
    size, span = (steps, semitones) if steps >= 0 else (-steps, -semitones)
    if span in LEAPS.get(size, ()):
        return ""
    natural = _DIATONIC.get(size % 7 or 7, ())
    octaves = 12 * ((size - 1) // 7)
    return "leap" if size > 7 or span - octaves in natural else "awkward leap"


def foreign_class(mode: Key) -> int:
    """Return the one pitch class that a mode never uses: E flat on the white keys.

    >>> foreign_class(Key("D", "dorian")), foreign_class(Key("G", "dorian"))
    (3, 8)
    """
    return 7 * (mode.signature - FLATS_OF_MODE) % 12


def find_melodic(context: Context, voice: int) -> Iterator[Fault]:
    """Find what is wrong with a voice by itself."""
    yield from _leaps(context, voice)
    yield from _outlines(context, voice)
    yield from _repetitions(context, voice)
    yield from _compass(context, voice)


def _heard(context: Context, voice: int, places: range) -> str:
    line = context.voices[voice]
    return " ".join(str(context.exercise.name(line[i])) for i in places)


def _fault(context: Context, name: str, voice: int, places: range) -> Fault:
    tick = context.voices[voice][places[-1]].start
    return Fault(tick, name, (voice,), _heard(context, voice, places))


def _leaps(context: Context, voice: int) -> Iterator[Fault]:
    line, heights = context.voices[voice], context.heights[voice]
    for i in range(1, len(line)):
        steps, semitones = heights[i] - heights[i - 1], line[i].pitch - line[i - 1].pitch
        name = leap_fault(steps, semitones)
        if name:
            yield _fault(context, name, voice, range(i - 1, i + 1))
        if steps == -5 and not name:
            yield _fault(context, "falling sixth", voice, range(i - 1, i + 1))
        if i + 1 < len(line):
            onward = heights[i + 1] - heights[i]
            both = line[i + 1].pitch - line[i - 1].pitch
            if steps * onward > 0 and abs(steps) > 1 and abs(onward) > 1 and (
                abs(both) in (10, 11) or abs(both) > 12
            ):  # fmt: skip
                yield _fault(context, "leaps that make a seventh", voice, range(i - 1, i + 2))
            elif abs(steps) >= 5 and steps * onward > 0:
                yield _fault(context, "leap not turned", voice, range(i - 1, i + 2))
            if is_raised(context, voice, i) and not is_raised(context, voice, i + 1):
                reached = {heights[k] - heights[i] for k in range(i + 1, min(i + 4, len(line)))}
                if 1 not in reached:
                    yield _fault(context, "leading tone astray", voice, range(i, i + 2))


def is_raised(context: Context, voice: int, i: int) -> bool:
    """Tell whether a note is raised above what its mode has."""
    name = context.exercise.name(context.voices[voice][i]).name
    return line_of_fifths(name) > context.exercise.mode.signature + 5


def _outlines(context: Context, voice: int) -> Iterator[Fault]:
    line, heights = context.voices[voice], context.heights[voice]
    start = 0
    for i in range(1, len(line)):
        ends = i == len(line) - 1 or (
            (heights[i + 1] - heights[i]) * (heights[i] - heights[i - 1]) <= 0
        )
        if not ends:
            continue
        span = abs(heights[i] - heights[start]), abs(line[i].pitch - line[start].pitch)
        if i - start > 1 and span in _UNSUNG_OUTLINES[:2]:
            yield _fault(context, "tritone outline", voice, range(start, i + 1))
        start = i


def _repetitions(context: Context, voice: int) -> Iterator[Fault]:
    line = context.voices[voice]
    species = context.exercise.species[voice]
    for i in range(1, len(line)):
        if line[i].pitch != line[i - 1].pitch or not context.flows(voice, i):
            continue
        if species > 1:
            # Companions close in whole notes, and may stand still there.
            at_close = i == len(line) - 1 and len(context.voices) > 2
            if not at_close and not _is_anticipation(context, voice, i):
                yield _fault(context, "repeated note", voice, range(i - 1, i + 1))
        elif i > 1 and line[i - 2].pitch == line[i].pitch:
            yield _fault(context, "standing line", voice, range(i - 2, i + 1))
    if species in (2, 3, 5):
        pitches = [note.pitch for note in line]
        lengths = [note.duration for note in line]
        for i in range(7, len(line)):
            first, second = slice(i - 7, i - 3), slice(i - 3, i + 1)
            if pitches[first] == pitches[second] and lengths[first] == lengths[second]:
                yield _fault(context, "figure repeated", voice, range(i - 7, i + 1))


def _is_anticipation(context: Context, voice: int, i: int) -> bool:
    """Tell whether a quarter falls early to what is then struck on the second half of the bar."""
    line, heights = context.voices[voice], context.heights[voice]
    return (
        i > 1 and line[i].start % BAR == HALF and line[i - 1].duration == QUARTER
        and is_tied(line[i - 2]) and heights[i - 1] == heights[i - 2] - 1
    )  # fmt: skip


def _compass(context: Context, voice: int) -> Iterator[Fault]:
    line = context.voices[voice]
    pitches = [note.pitch for note in line]
    bottom, top = min(pitches), max(pitches)
    for i, pitch in enumerate(pitches):
        if pitch % 12 == foreign_class(context.exercise.mode):
            yield _fault(context, "foreign note", voice, range(i, i + 1))
        if not LOWEST <= pitch <= HIGHEST:
            yield _fault(context, "range", voice, range(i, i + 1))
    if top - bottom > WIDEST_COMPASS:
        i = max(pitches.index(bottom), pitches.index(top))
        yield _fault(context, "compass", voice, range(i, i + 1))
    if context.exercise.species[voice] != 4 and voice != context.exercise.cantus:
        tops = [i for i, pitch in enumerate(pitches) if pitch == top]
        apart = [(a, b) for a, b in itertools.pairwise(tops) if line[b].start - line[a].end >= BAR]
        for _, i in apart:
            yield _fault(context, "second climax", voice, range(i, i + 1))
