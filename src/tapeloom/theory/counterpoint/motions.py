"""Two voices in motion: parallels, direct intervals, downbeats, unisons, crossing, spacing."""

import itertools
from collections.abc import Iterator

from tapeloom.theory.counterpoint.context import PERFECT, Context, Move, octaves_off
from tapeloom.theory.counterpoint.exercise import BAR, HALF, Moment
from tapeloom.theory.counterpoint.rules import Fault

_FIFTH = (4, 7)
_SAVING_LEAP = 3  # steps: a fourth
WIDEST = 19  # semitones between neighbours
_CHAIN = 3


def motion_fault(before: tuple[int, int], after: tuple[int, int], steps: tuple[int, int]) -> str:
    """Name the rule that two voices break when both move; empty where they may.

    before, after   the intervals in steps and semitones
    steps           the semitones that the lower and the higher voice move

    >>> motion_fault((4, 7), (4, 7), (2, 2)), motion_fault((2, 4), (4, 7), (2, 5))
    ('parallel fifths', 'direct fifth')
    >>> motion_fault((5, 9), (7, 12), (-2, 1))
    ''
    """
    low, high = steps
    goal = octaves_off(after)
    if goal not in PERFECT or not low or not high:
        return ""
    same = octaves_off(before) == goal
    plural, single = ("fifths", "fifth") if goal == _FIFTH else ("octaves", "octave")
    if (low > 0) == (high > 0):
        return f"parallel {plural}" if same else f"direct {single}"
    return f"contrary {plural}" if same else ""


def find_motions(context: Context) -> Iterator[Fault]:
    """Find what is wrong between two voices."""
    for move in context.moves:
        name = motion_fault(move.before, move.after, move.steps)
        if name:
            yield _of_move(context, name, move)
        elif _is_battuta(move):
            yield _of_move(context, "battuta", move)
    for low, high in context.pairs():
        yield from _downbeats(context, low, high)
        yield from _verticals(context, low, high)
        yield from _chains(context, low, high)
    yield from _false_relations(context)


def _of_move(context: Context, name: str, move: Move) -> Fault:
    moment = context.at[move.tick]
    i, j = moment.places[move.low], moment.places[move.high]
    if i is None or j is None:
        return Fault(move.tick, name, (move.low, move.high))
    rows = [
        f"{context.exercise.name(context.voices[move.low][i - k])} "
        f"{context.exercise.name(context.voices[move.high][j - k])}"
        for k in (1, 0)
    ]
    return Fault(move.tick, name, (move.low, move.high), " to ".join(rows))


def _of_moment(context: Context, name: str, moment: Moment, low: int, high: int) -> Fault:
    sounding = [
        str(context.exercise.name(context.voices[voice][i]))
        for voice in (low, high)
        if (i := moment.places[voice]) is not None
    ]
    return Fault(moment.tick, name, (low, high), " ".join(sounding))


def _is_battuta(move: Move) -> bool:
    low, high = move.steps
    return (
        move.tick % BAR == 0 and octaves_off(move.after) == (0, 0) and move.after[0] > 0
        and -2 <= high < 0 and low > 2
    )  # fmt: skip


def _downbeats(context: Context, low: int, high: int) -> Iterator[Fault]:
    """Find fifths and octaves on one downbeat after the other that nothing between saves."""
    for before, after in context.downbeats():
        found = _same_perfect(context, before, after, low, high)
        if not found:
            continue
        tick = before.tick
        lines = [context.voices[voice] for voice in (low, high)]
        inner = [
            (voice, i)
            for voice, line in zip((low, high), lines, strict=True)
            for i, note in enumerate(line)
            if tick < note.start < after.tick
        ]
        if not inner:
            continue  # both move at once: a parallel, found there
        saved = any(
            abs(context.heights[voice][i] - context.heights[voice][i - 1]) >= _SAVING_LEAP
            for voice, i in inner
        )
        if not saved:
            yield _of_moment(context, f"{found} on downbeats", after, low, high)


def _same_perfect(context: Context, before: Moment, after: Moment, low: int, high: int) -> str:
    places = (before.places[low], before.places[high], after.places[low], after.places[high])
    if None in places:
        return ""
    i, j, k, m = (place or 0 for place in places)
    first, second = context.size(low, i, high, j), context.size(low, k, high, m)
    moved = [context.voices[low][k].pitch - context.voices[low][i].pitch,
             context.voices[high][m].pitch - context.voices[high][j].pitch]  # fmt: skip
    goal = octaves_off(second)
    if octaves_off(first) != goal or goal not in PERFECT or moved[0] * moved[1] <= 0:
        return ""
    ties = [context.voices[v][p] for v, p in ((low, k), (high, m))]
    if goal == _FIFTH and any(note.start < after.tick for note in ties):
        return ""  # a ligature saves fifths
    return "fifths" if goal == _FIFTH else "octaves"


def _verticals(context: Context, low: int, high: int) -> Iterator[Fault]:
    end = (context.exercise.bars - 1) * BAR
    first = max(context.voices[voice][0].start for voice in (low, high))
    for moment in context.moments:
        i, j = moment.places[low], moment.places[high]
        if i is None or j is None:
            continue
        size = context.size(low, i, high, j)
        if not (context.is_struck(low, moment) or context.is_struck(high, moment)):
            continue
        if size[1] == 0 and first < moment.tick < end and moment.tick % BAR == 0:
            yield _of_moment(context, "unison", moment, low, high)
        if high == low + 1:
            if size[1] < 0:
                yield _of_moment(context, "crossing", moment, low, high)
            elif size[1] > WIDEST and moment.tick % HALF == 0:
                yield _of_moment(context, "spacing", moment, low, high)


def _chains(context: Context, low: int, high: int) -> Iterator[Fault]:
    """Find long rows of thirds or of sixths in parallel."""
    if context.exercise.species[low] > 1 or context.exercise.species[high] > 1:
        return
    run = 0
    for move in (m for m in context.moves if (m.low, m.high) == (low, high)):
        size = octaves_off(move.after)[0]
        alike = move.steps[0] * move.steps[1] > 0
        run = run + 1 if alike and size in (2, 5) and octaves_off(move.before)[0] == size else 0
        if run >= _CHAIN:
            yield _of_move(context, "chain of thirds or sixths", move)


def _false_relations(context: Context) -> Iterator[Fault]:
    """Find a note against the same note altered in another voice at once or just before."""
    for before, after in itertools.pairwise(context.moments):
        for one, other in itertools.permutations(range(len(context.voices)), 2):
            i, j = before.places[one], after.places[other]
            if i is None or j is None or not context.is_struck(other, after):
                continue
            steps, semitones = context.size(one, i, other, j)
            if steps % 7 == 0 and (semitones - 12 * (steps // 7)) != 0:
                yield Fault(
                    after.tick, "false relation", tuple(sorted((one, other))),
                    f"{context.exercise.name(context.voices[one][i])} and "
                    f"{context.exercise.name(context.voices[other][j])}",
                )  # fmt: skip
