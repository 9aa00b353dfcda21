"""How an exercise begins, closes and comes to its close, and whether its chords are whole."""

from collections.abc import Iterator

from tapeloom.theory.counterpoint.context import Context, octaves_off
from tapeloom.theory.counterpoint.exercise import BAR, Moment
from tapeloom.theory.counterpoint.rules import Fault

_TRIAD = frozenset({0, 3, 4, 7})
_MAJOR_CLOSE = frozenset({0, 4, 7})
THIRDS_AND_SIXTHS = frozenset({3, 4, 8, 9})


def find_frame(context: Context) -> Iterator[Fault]:
    """Find what is wrong with the beginning, the cadence and the last chord."""
    whole = [moment for moment in context.moments if None not in moment.places]
    if not whole:
        return
    yield from _opening(context, whole[0])
    yield from _close(context, context.moments[-1])
    yield from _cadence(context)
    if len(context.voices) > 2:
        yield from _thirds(context)


def _above_final(context: Context, moment: Moment) -> tuple[set[int], bool]:
    """Return what sounds in semitones above the lowest note, and whether that is the final."""
    pitches = [line[i].pitch for line, i in zip(context.voices, moment.places, strict=True)
               if i is not None]  # fmt: skip
    low = min(pitches)
    return {(pitch - low) % 12 for pitch in pitches}, (
        low % 12 == context.exercise.mode.pitch_class
    )


def _sounding(context: Context, moment: Moment) -> str:
    return " ".join(
        str(context.exercise.name(line[i]))
        for line, i in zip(context.voices, moment.places, strict=True)
        if i is not None
    )


def _opening(context: Context, moment: Moment) -> Iterator[Fault]:
    tones, on_final = _above_final(context, moment)
    allowed = _TRIAD if len(context.voices) > 2 else frozenset({0, 7})
    if not on_final or not tones <= allowed:
        voices = tuple(range(len(context.voices)))
        yield Fault(moment.tick, "opening", voices, _sounding(context, moment))


def _close(context: Context, moment: Moment) -> Iterator[Fault]:
    tones, on_final = _above_final(context, moment)
    allowed = _MAJOR_CLOSE if len(context.voices) > 2 else frozenset({0})
    together = all(line[-1].start % BAR == 0 and line[-1].end == context.voices[0][-1].end
                   for line in context.voices)  # fmt: skip
    if not on_final or not tones <= allowed or not together:
        voices = tuple(range(len(context.voices)))
        yield Fault(moment.tick, "close", voices, _sounding(context, moment))


def cadence_sizes(context: Context) -> list[tuple[int, int]]:
    """Return each voice's last move in steps and semitones."""
    return [
        (heights[-1] - heights[-2], line[-1].pitch - line[-2].pitch) if len(line) > 1 else (0, 0)
        for line, heights in zip(context.voices, context.heights, strict=True)
    ]


def _cadence(context: Context) -> Iterator[Fault]:
    """Ask for a step up to the final from below it, by a semitone, and a step down to it.

    On E, whose second degree is a semitone above the final, the step up is a whole tone.
    """
    final = context.exercise.mode.pitch_class
    is_phrygian = (final + 1) % 12 in context.exercise.mode.scale
    rise = 2 if is_phrygian else 1
    moves = cadence_sizes(context)
    goals = [line[-1].pitch % 12 == final for line in context.voices]
    rising = [v for v, move in enumerate(moves) if goals[v] and move == (1, rise)]
    falling = [v for v, move in enumerate(moves) if goals[v] and move[0] == -1]
    fits = bool(rising and falling)
    if fits and len(context.voices) == 2:
        last = [len(line) - 2 for line in context.voices]
        fits = octaves_off(context.size(0, last[0], 1, last[1])) in ((5, 9), (2, 3))
    if not fits:
        tick = max(line[-1].start for line in context.voices)
        heard = ", ".join(
            " ".join(str(context.exercise.name(note)) for note in line[-2:])
            for line in context.voices
        )
        yield Fault(tick, "cadence", tuple(range(len(context.voices))), heard)


def _thirds(context: Context) -> Iterator[Fault]:
    end = context.moments[-1].tick
    for moment in context.moments:
        if moment.tick % BAR or not 0 < moment.tick < end or None in moment.places:
            continue
        if not _above_final(context, moment)[0] & THIRDS_AND_SIXTHS:
            voices = tuple(range(len(context.voices)))
            yield Fault(moment.tick, "missing third", voices, _sounding(context, moment))
