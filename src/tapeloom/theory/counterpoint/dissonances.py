"""What a dissonance may be: a passing note, a neighbour, a cambiata, a suspension."""

from collections.abc import Iterator

from tapeloom.theory.counterpoint.context import (
    BETWEEN_UPPERS,
    CONSONANT,
    Context,
    Size,
    octaves_off,
)
from tapeloom.theory.counterpoint.exercise import BAR, HALF, QUARTER, Moment

DIMINISHED_FIFTH = (4, 6)


def is_consonant(size: Size, *, over_bass: bool = True) -> bool:
    """Tell whether two voices agree; above the lowest voice a fourth does not.

    size        steps and semitones from the lower voice to the higher
    over_bass   whether one of the two sounds lowest of all

    >>> is_consonant((9, 16)), is_consonant((3, 5)), is_consonant((3, 5), over_bass=False)
    (True, False, True)
    """
    plain = octaves_off(size)
    return plain in CONSONANT or (not over_bass and plain in BETWEEN_UPPERS)


def find_dissonances(context: Context) -> Iterator[tuple[Moment, int, int]]:
    """Yield every dissonance that no figure excuses: its moment and the two voices."""
    for moment in context.moments:
        lowest = context.lowest(moment)
        for low, high in context.pairs():
            if agrees(context, moment, low, high, lowest):
                continue
            if excuse(context, moment, low, high) or excuse(context, moment, high, low):
                continue
            yield moment, low, high


def agrees(context: Context, moment: Moment, low: int, high: int, lowest: int | None) -> bool:
    """Tell whether two voices need no excuse: one rests, neither begins, or they agree."""
    i, j = moment.places[low], moment.places[high]
    if i is None or j is None:
        return True
    if not (context.is_struck(low, moment) or context.is_struck(high, moment)):
        return True
    size = context.size(low, i, high, j)
    return is_consonant(size, over_bass=lowest in (low, high)) or (
        octaves_off(size) == DIMINISHED_FIFTH and _is_leading_bass(context, moment)
    )


def _is_leading_bass(context: Context, moment: Moment) -> bool:
    """Tell whether three voices or more come to their close over the leading tone in the bass."""
    lowest = context.lowest(moment)
    if lowest is None or len(context.voices) == 2:
        return False
    i = moment.places[lowest]
    final = context.exercise.mode.pitch_class
    last = (context.exercise.bars - 2) * BAR <= moment.tick
    return last and i is not None and (context.voices[lowest][i].pitch + 1) % 12 == final


def excuse(context: Context, moment: Moment, voice: int, other: int) -> str:
    """Name the figure by which a voice may be dissonant with another; empty where there is none."""
    i = moment.places[voice]
    if i is None:
        return ""
    line = context.voices[voice]
    if line[i].start < moment.tick:
        held = context.is_struck(other, moment) and is_suspended(
            context, voice, i, moment.tick, other
        )
        return "suspension" if held else ""
    return figure(context, voice, i)


def figure(context: Context, voice: int, i: int) -> str:
    """Name the figure that a struck note makes with those around it; empty where there is none.

    A passing note goes on by step as it came, on a weak beat; a neighbour turns back, and is at
    most a quarter long; a cambiata falls a step, then a third, and steps up again.
    """
    line, heights = context.voices[voice], context.heights[voice]
    if not 0 < i < len(line) - 1 or line[i].start % BAR == 0:
        return ""
    note, came, goes = line[i], heights[i] - heights[i - 1], heights[i + 1] - heights[i]
    # A note is no longer than what it leaves or its place in the bar.
    if note.duration > HALF or (note.start % BAR != HALF and note.duration > QUARTER):
        return ""
    if abs(came) == 1 and came == goes:
        return "passing"
    if abs(came) == 1 and came == -goes and note.duration <= QUARTER:
        return "neighbour"
    is_cambiata = (
        note.duration == QUARTER and note.start % HALF == QUARTER and (came, goes) == (-1, -2)
        and i + 2 < len(line) and heights[i + 2] - heights[i + 1] == 1
    )  # fmt: skip
    return "cambiata" if is_cambiata else ""


def is_suspended(context: Context, voice: int, i: int, tick: int, other: int) -> bool:
    """Tell whether a note held into a bar is a suspension there.

    It began half a bar or a bar before, and falls a step on the next half, to what agrees with the
    other voice. Before it falls there, a quarter may leap or eighths may play around it; in florid
    counterpoint a quarter may fall early.
    """
    line, heights = context.voices[voice], context.heights[voice]
    if tick % BAR or tick - line[i].start not in (HALF, BAR):
        return False
    for k in range(i + 1, min(i + 4, len(line))):
        late = line[k].start - tick
        falls = heights[k] == heights[i] - 1
        if falls and late in (QUARTER, HALF):
            return _agrees_at(context, voice, k, other)
        if late >= HALF:
            return False
    return False


def _agrees_at(context: Context, voice: int, k: int, other: int) -> bool:
    """Tell whether a note agrees with what another voice sounds when it begins."""
    moment = context.at[context.voices[voice][k].start]
    low, high = sorted((voice, other))
    return agrees(context, moment, low, high, context.lowest(moment))
