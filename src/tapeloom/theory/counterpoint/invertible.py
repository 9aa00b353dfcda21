"""Invertible counterpoint: two voices that may change places at the octave, tenth or twelfth."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.dissonance import find_dissonances
from tapeloom.theory.counterpoint.imitation import Degree, imitate
from tapeloom.theory.part_writing import FAULTS, Rules, find_faults

AT = (8, 10, 12)  # the numbers of the intervals of inversion
PARALLELS = Rules(frozenset(name for name in FAULTS if name.startswith("parallel")))
_CONSONANT = {1, 3, 5, 6, 8}


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """A place that goes wrong when two voices change places."""

    tick: int
    before: int  # number of the interval as written, 3 for a third (compound ones reduced to 1-8)
    after: int  # and when the voices have changed places
    reason: str


def inverted_interval(number: int, *, at: int) -> int:
    """Return the number of an interval when its voices have changed places.

    Compound intervals above the interval of inversion fold back, as the voices don't cross.

    >>> [inverted_interval(n, at=8) for n in (1, 3, 5, 6, 8)]
    [8, 6, 4, 3, 1]
    >>> [inverted_interval(n, at=12) for n in (3, 5, 6, 10)]
    [10, 8, 7, 3]
    """
    _check(at)
    if number < 1:
        raise InputError(f"the interval is {number}; count from 1 for a unison")
    found = at + 1 - number
    return found if found >= 1 else 2 - found


def troubled_intervals(at: int) -> tuple[int, ...]:
    """List the consonances within an octave that turn into dissonances.

    >>> troubled_intervals(8), troubled_intervals(10), troubled_intervals(12)
    ((5,), (), (6,))
    """
    return tuple(
        n for n in (1, 3, 5, 6, 8)
        if (inverted_interval(n, at=at) - 1) % 7 + 1 not in _CONSONANT - {8}
    )  # fmt: skip


def invert(
    lower: Sequence[Note], upper: Sequence[Note], *, key: Key, at: int = 8
) -> tuple[tuple[Note, ...], tuple[Note, ...]]:
    """Let two voices change places; returns the new lower and the new upper voice.

    The lower voice goes up by as many octaves as bring it above the upper one; at the tenth and
    twelfth the upper voice goes down by a third or a fifth in the key besides.

    >>> low, high = [Note(0, 4, 60)], [Note(0, 4, 64)]
    >>> invert(low, high, key=Key("C", "major"))
    ((Note(start=0, duration=4, pitch=64, velocity=80),),
     (Note(start=0, duration=4, pitch=72, velocity=80),))
    """
    _check(at)
    if not lower or not upper:
        raise InputError("both voices need notes to change places")
    down = imitate(upper, key=key, steps=8 - at) if at > 8 else tuple(upper)
    ends = [(a, b) for a in lower for b in down if a.start < b.end and b.start < a.end]
    apart = max((b.pitch - a.pitch for a, b in ends), default=0)
    octaves = 12 * max(1, -(-apart // 12))
    return down, tuple(replace(note, pitch=note.pitch + octaves) for note in lower)


def check_inversion(
    lower: Sequence[Note],
    upper: Sequence[Note],
    *,
    key: Key,
    beat_ticks: int,
    at: int = 8,
) -> tuple[Clash, ...]:
    """Find what goes wrong when two voices change places: dissonances and parallels that arise.

    Dissonances are looked for on the beats and wherever both voices begin a note of a beat or
    more, parallels everywhere; passing notes, neighbours and suspensions are right in either
    position. What is wrong as written is not told.

    >>> c = Key("C", "major")
    >>> low, high = [Note(0, 4, 60), Note(4, 4, 65)], [Note(0, 4, 67), Note(4, 4, 69)]
    >>> [(clash.tick, clash.before, clash.after) for clash in
    ...  check_inversion(low, high, key=c, beat_ticks=4)]
    [(0, 5, 4)]
    """
    below, above = invert(lower, upper, key=key, at=at)
    ticks = _meetings(lower, upper, beat_ticks)
    wrong = {d.tick for d in find_dissonances([lower, upper], ticks=ticks) if d.kind == "free"}
    found = []
    for d in find_dissonances([below, above], ticks=ticks):
        if d.kind == "free" and d.tick not in wrong:
            before, after = _number(lower, upper, d.tick, key), _number(below, above, d.tick, key)
            found.append(Clash(d.tick, before, after, f"a {before} becomes a dissonant {after}"))
    have = {(fault.tick, fault.name) for fault in find_faults([lower, upper], rules=PARALLELS)}
    for fault in find_faults([below, above], rules=PARALLELS):
        if (fault.tick, fault.name) not in have:
            before = _number(lower, upper, fault.tick, key)
            after = _number(below, above, fault.tick, key)
            found.append(Clash(fault.tick, before, after, f"{fault.name} arise"))
    return tuple(sorted(found))


def _check(at: int) -> None:
    if at not in AT:
        raise InputError(f"voices change places at the {at}; choose one of 8, 10 or 12")


def _meetings(lower: Sequence[Note], upper: Sequence[Note], beat_ticks: int) -> list[int]:
    long = [{n.start for n in line if n.duration >= beat_ticks} for line in (lower, upper)]
    both = long[0] & long[1]
    end = max(lower[-1].end, upper[-1].end)
    return sorted(both | set(range(0, end, beat_ticks)))


def _number(lower: Sequence[Note], upper: Sequence[Note], tick: int, key: Key) -> int:
    pitches = [
        next(note.pitch for note in line if note.start <= tick < note.end)
        for line in (lower, upper)
    ]
    low, high = sorted(Degree.of(pitch, key).step for pitch in pitches)
    return high - low + 1 if high - low <= 7 else (high - low - 1) % 7 + 2


def stacked(lines: Sequence[Sequence[Note]]) -> list[Sequence[Note]]:
    """Order voices from the lowest to the highest by their mean pitch.

    >>> [line[0].pitch for line in stacked([[Note(0, 1, 67)], [Note(0, 1, 60)]])]
    [60, 67]
    """
    return sorted(lines, key=lambda line: sum(n.pitch for n in line) / len(line))


def permutations_checked(
    lines: Sequence[Sequence[Note]], *, key: Key, beat_ticks: int
) -> tuple[tuple[int, int, tuple[Clash, ...]], ...]:
    """Check every pair of several lines at the octave: triple and quadruple counterpoint.

    Returns (voice, voice, clashes) for each pair, voices counted from the lowest.
    """
    ordered = stacked(lines)
    return tuple(
        (i, j, check_inversion(ordered[i], ordered[j], key=key, beat_ticks=beat_ticks))
        for i, j in itertools.combinations(range(len(ordered)), 2)
    )
