"""The algebra of patterns: small functions that make patterns and change them.

A pattern is a function of time, counted in cycles (usually bars), in the manner of A. McLean's
TidalCycles. Nothing here is heard or stored: a pattern is asked by `query` which events sound in a
stretch of time, as exact fractions, and `placed` puts the answer in whole ticks. `cycle_text` reads
and writes the same patterns as text.

>>> beat = stack(sequence("kick", silence()), fast(sequence("hat", "hat"), factor=2))
>>> [(str(e.begin), e.value) for e in every(beat, 2, rev).query(1, "3/2")]
[('1', 'hat'), ('1', 'kick'), ('5/4', 'hat')]
"""

import math
from collections.abc import Callable, Iterable
from fractions import Fraction

from tapeloom.core.errors import InputError
from tapeloom.rhythm.cycle import MAX_NUMBER, Event, Number, Pattern, exact, whole
from tapeloom.rhythm.cycle_changes import (
    Chosen,
    Euclidean,
    Levelled,
    Lingering,
    Masked,
    Repeated,
    Reversed,
    Rotated,
    Structured,
    Thinned,
)
from tapeloom.rhythm.cycle_nodes import (
    SILENCE,
    Alternate,
    Faster,
    Polymeter,
    Pure,
    Sequence,
    Stack,
    Turns,
    pattern_of,
)

__all__ = [
    "Event",
    "Pattern",
    "alternate",
    "degrade",
    "echo",
    "euclid",
    "every",
    "fast",
    "iterate",
    "level",
    "linger",
    "mask",
    "off",
    "palindrome",
    "placed",
    "ply",
    "polymeter",
    "pure",
    "rev",
    "rotate",
    "sequence",
    "silence",
    "slow",
    "some_cycles",
    "sometimes",
    "stack",
    "stretch",
    "struct",
    "turns",
    "when",
]

MAX_TURNS = 1024  # cycles until `every` and its like come round

Change = Callable[[Pattern], Pattern]


def pure(value: str) -> Pattern:
    """Play a value once in each cycle.

    >>> len(pure("kick").query(0, 3))
    3
    """
    return Pure(value)


def silence() -> Pattern:
    """Play nothing.

    >>> silence().query(0, 100)
    ()
    """
    return SILENCE


def sequence(*parts: Pattern | str, weights: Iterable[Number] | None = None) -> Pattern:
    """Play parts one after another within each cycle.

    weights  how long each part is beside the others, over 0; all equal if not given

    >>> [str(e.begin) for e in sequence("a", "b", "c", weights=(3, 3, 2)).query(0, 1)]
    ['0', '3/8', '3/4']
    """
    if not parts:
        raise InputError("a sequence needs at least one part")
    shares = [exact(weight, "a weight") for weight in weights or [1] * len(parts)]
    if len(shares) != len(parts) or min(shares) <= 0:
        raise InputError(f"{len(parts)} parts need as many weights, each over 0")
    scale = math.lcm(*(share.denominator for share in shares))
    return Sequence(
        tuple(pattern_of(part) for part in parts), tuple(int(share * scale) for share in shares)
    )


def alternate(*parts: Pattern | str) -> Pattern:
    """Play one part each cycle, in turn; each goes on where it left off.

    >>> [e.value for e in alternate("a", "b").query(0, 3)]
    ['a', 'b', 'a']
    """
    return Alternate(tuple(pattern_of(part) for part in parts))


def stack(*parts: Pattern | str) -> Pattern:
    """Play parts at once.

    >>> [e.value for e in stack("b", "a").query(0, 1)]
    ['a', 'b']
    """
    return Stack(tuple(pattern_of(part) for part in parts))


def turns(*parts: Pattern) -> Pattern:
    """Play one part each cycle, in turn; the others run on unheard.

    >>> a, b = alternate("a", "b", "c"), pure("x")
    >>> [e.value for e in turns(a, b).query(0, 4)]
    ['a', 'x', 'c', 'x']
    """
    return Turns(parts)


def polymeter(*parts: Pattern, steps: int | None = None) -> Pattern:
    """Play sequences with their steps in time, so that longer ones take longer to come round.

    steps  in a cycle, those of the first sequence if not given

    >>> three, two = sequence("a", "b", "c"), sequence("x", "y")
    >>> [e.value for e in polymeter(two, three).query(0, 2)]
    ['a', 'x', 'b', 'y', 'c', 'x', 'a', 'y']
    """
    rows = tuple(part if isinstance(part, Sequence) else Sequence((part,), (1,)) for part in parts)
    if not rows:
        raise InputError("a polymeter needs at least one sequence")
    return Polymeter(rows, whole(sum(rows[0].weights) if steps is None else steps, "steps"))


def euclid(part: Pattern | str, strokes: int, pulses: int, *, rotation: int = 0) -> Pattern:
    """Strike a part on the onsets of a Euclidean rhythm, see `necklaces.euclid`.

    >>> [str(e.begin) for e in euclid("a", 3, 8).query(0, 1)]
    ['0', '3/8', '3/4']
    """
    turned = whole(rotation, "the rotation", least=-MAX_NUMBER)
    return Euclidean(pattern_of(part), whole(strokes, "strokes"), whole(pulses, "pulses"), turned)


def fast(part: Pattern, factor: Number = 2) -> Pattern:
    """Speed a pattern up: so many of its cycles in one; a factor under 1 slows it down.

    >>> [e.value for e in fast(alternate("a", "b")).query(0, 1)]
    ['a', 'b']
    """
    by = exact(factor, "the factor")
    if isinstance(part, Faster) and by > 0:
        by = exact(part.factor * by, "the factor")
        part = part.part
    return part if by == 1 else Faster(part, by)


def slow(part: Pattern, factor: Number = 2) -> Pattern:
    """Slow a pattern down: one of its cycles in so many.

    >>> [str(e.begin) for e in slow(sequence("a", "b")).query(0, 2)]
    ['0', '1']
    """
    by = exact(factor, "the factor")
    if by <= 0:
        raise InputError(f"the factor is {by}; it must be over 0")
    return fast(part, 1 / by)


def stretch(part: Pattern, cycles: Number) -> Pattern:
    """Give each cycle of a pattern another length in cycles: the same as `slow`.

    >>> stretch(pure("a"), "3/2").query(0, 1)[0].duration
    Fraction(3, 2)
    """
    return slow(part, cycles)


def rotate(part: Pattern, by: Number) -> Pattern:
    """Bring a pattern earlier by a number of cycles (rotate left), or later if it is negative.

    >>> [e.value for e in rotate(sequence("a", "b", "c", "d"), "1/4").query(0, 1)]
    ['b', 'c', 'd', 'a']
    """
    cycles = exact(by, "the rotation")
    if isinstance(part, Rotated):
        cycles = exact(part.by + cycles, "the rotation")
        part = part.part
    return Rotated(part, cycles) if cycles else part


def rev(part: Pattern) -> Pattern:
    """Play each cycle backwards.

    >>> [e.value for e in rev(sequence("a", "b", "c")).query(0, 1)]
    ['c', 'b', 'a']
    """
    return Reversed(part)


def mask(part: Pattern, by: Pattern) -> Pattern:
    """Let a pattern be heard only while another sounds; its values 0, f and false are silent.

    >>> [e.value for e in mask(sequence("a", "b"), sequence("1", "0")).query(0, 1)]
    ['a']
    """
    return Masked(part, by)


def struct(part: Pattern | str, rhythm: Pattern) -> Pattern:
    """Give the values of a pattern the rhythm of another; its values 0, f and false are silent.

    >>> [str(e.begin) for e in struct("a", sequence("1", "0", "1")).query(0, 1)]
    ['0', '2/3']
    """
    return Structured(pattern_of(part), rhythm)


def every(part: Pattern, cycles: int, change: Change, *, first: int = 0) -> Pattern:
    """Change one cycle in so many.

    first  number of the first cycle that is changed, 0..cycles - 1

    >>> [e.value for e in every(sequence("a", "b"), 2, rev).query(0, 2)]
    ['b', 'a', 'a', 'b']
    """
    n = whole(cycles, "cycles", most=MAX_TURNS)
    if not 0 <= first < n:
        raise InputError(f"the first cycle is {first}; it must lie between 0 and {n - 1}")
    return when(part, "0" * first + "1" + "0" * (n - 1 - first), change)


def when(part: Pattern, flags: str, change: Change) -> Pattern:
    """Change the cycles that a line of 0 and 1, repeated, says.

    >>> [e.value for e in when(sequence("a", "b"), "01", rev).query(0, 2)]
    ['a', 'b', 'b', 'a']
    """
    if not flags or set(flags) - set("01"):
        raise InputError(f"{flags!r} must be a line of 0 (as it is) and 1 (changed), such as 0001")
    changed = change(part)
    return Turns(tuple(changed if flag == "1" else part for flag in flags))


def iterate(part: Pattern, steps: int) -> Pattern:
    """Begin each cycle a step later than the last one, of so many steps in a cycle.

    >>> [e.value for e in iterate(sequence("a", "b"), 2).query(0, 2)]
    ['a', 'b', 'b', 'a']
    """
    n = whole(steps, "steps", most=MAX_TURNS)
    return Turns(tuple(rotate(part, Fraction(i, n)) for i in range(n)))


def palindrome(part: Pattern) -> Pattern:
    """Play a pattern forwards and backwards by turns.

    >>> [e.value for e in palindrome(sequence("a", "b")).query(0, 2)]
    ['a', 'b', 'b', 'a']
    """
    return when(part, "01", rev)


def degrade(part: Pattern, chance: Number = "1/2", *, seed: int = 0) -> Pattern:
    """Let events fall away by chance; the same ones whenever the same time is asked for.

    chance  0..1, of falling away
    seed    0 or more; patterns with the same seed lose the events of the same moments

    >>> thinned = degrade(fast(pure("a"), 8), seed=4)
    >>> [str(e.begin) for e in thinned.query(0, 1)]
    ['1/4', '3/8', '5/8']
    """
    return Thinned(part, exact(chance, "the chance"), whole(seed, "the seed", least=0))


def sometimes(part: Pattern, change: Change, chance: Number = "1/2", *, seed: int = 0) -> Pattern:
    """Change some events, by chance: those that `degrade` would drop.

    >>> found = sometimes(fast(pure("a"), 100), lambda p: level(p, 0.5), 0.3, seed=4).query(0, 1)
    >>> len(found), sum(event.level == 0.5 for event in found)
    (100, 37)
    """
    others = Thinned(
        part, exact(chance, "the chance"), whole(seed, "the seed", least=0), others=True
    )
    return Stack((degrade(part, chance, seed=seed), change(others)))


def some_cycles(part: Pattern, change: Change, chance: Number = "1/2", *, seed: int = 0) -> Pattern:
    """Change some whole cycles, by chance.

    >>> found = some_cycles(pure("a"), lambda p: level(p, 0.5), 0.3, seed=4).query(0, 100)
    >>> sum(event.level == 0.5 for event in found)
    31
    """
    luck = exact(chance, "the chance")
    return Chosen(part, change(part), luck, whole(seed, "the seed", least=0))


def ply(part: Pattern, times: int = 2) -> Pattern:
    """Strike each event so many times within its own length.

    >>> [str(e.begin) for e in ply(sequence("a", "b")).query(0, 1)]
    ['0', '1/4', '1/2', '3/4']
    """
    return Repeated(part, whole(times, "times"))


def linger(part: Pattern, length: Number) -> Pattern:
    """Stay on the beginning of each cycle: play its first fraction over and over.

    >>> [e.value for e in linger(sequence("a", "b", "c", "d"), "1/4").query(0, 1)]
    ['a', 'a', 'a', 'a']
    """
    return Lingering(part, exact(length, "the length"))


def level(part: Pattern, amount: Number) -> Pattern:
    """Make a pattern softer: its levels are multiplied by 0..1.

    >>> level(pure("a"), 0.5).query(0, 1)[0].level
    0.5
    """
    return Levelled(part, exact(amount, "the level"))


def off(part: Pattern, by: Number, change: Change) -> Pattern:
    """Add a changed copy that comes later by a fraction of a cycle.

    >>> [str(e.begin) for e in off(pure("a"), "1/8", ply).onsets(0, 1)]
    ['0', '1/8', '5/8']
    """
    return Stack((part, change(rotate(part, -exact(by, "the shift")))))


def echo(part: Pattern, times: int, by: Number, *, fade: Number = "1/2") -> Pattern:
    """Repeat each event later and softer.

    times  sounds in all, the first one counted
    by     cycles from one to the next
    fade   what the level is multiplied by each time, 0..1

    >>> [(str(e.begin), e.level) for e in echo(pure("a"), 3, "1/4").onsets(1, 2)]
    [('1', 1.0), ('5/4', 0.5), ('3/2', 0.25)]
    """
    shift, factor = exact(by, "the shift"), exact(fade, "the fade")
    copies: list[Pattern] = [
        level(rotate(part, -i * shift), (factor**i).limit_denominator(MAX_NUMBER)) if i else part
        for i in range(whole(times, "times", most=MAX_TURNS))
    ]
    return Stack(tuple(copies))


def placed(
    part: Pattern, *, cycles: int, cycle_ticks: int
) -> tuple[tuple[int, int, str, float], ...]:
    """Put the onsets of a pattern's first cycles in whole ticks: (start, duration, value, level).

    Fractions stay exact until here: both ends go to the nearest tick, then the one is subtracted
    from the other, so that elevenths don't drift.

    >>> placed(sequence("a", "b", "c"), cycles=1, cycle_ticks=100)
    ((0, 33, 'a', 1.0), (33, 34, 'b', 1.0), (67, 33, 'c', 1.0))
    """
    if cycle_ticks < 1:
        raise InputError(f"a cycle of {cycle_ticks} ticks can't be played; take 1 or more")
    hits = []
    for event in part.onsets(0, whole(cycles, "cycles")):
        start, stop = (round(time * cycle_ticks) for time in (event.begin, event.end))
        hits.append((start, max(stop - start, 1), event.value, event.level))
    return tuple(hits)
