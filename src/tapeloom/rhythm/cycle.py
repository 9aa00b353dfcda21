"""Patterns as functions of time: a tree that answers which events sound in a stretch of it.

Time is counted in cycles. Inside, a query is three whole numbers (begin, end and the length of a
cycle, all in one small unit), so that a node that speeds its part up only says that a cycle is
shorter, and no fraction is added until the answer is handed over. Each node knows its `grid`: the
units of a cycle on which all its events begin and end. It knows its `period` too, the cycles after
which it repeats itself: a long query asks for one round and copies it.
"""

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from tapeloom.core.errors import InputError

MAX_DENSITY = 65_536  # events in a cycle
MAX_EVENTS = 1_000_000  # events in one query
MAX_DEPTH = 64
MAX_PERIOD = 65_536  # cycles; what takes longer to come round isn't copied
MAX_NUMBER = 1_000_000  # of a fraction's two halves
WORD = re.compile(r"[A-Za-z0-9_#][A-Za-z0-9_#.-]*")
OFF = ("0", "f", "false")  # words that a mask or a structure reads as silence

Number = Fraction | int | float | str
Hap = tuple[int, int, int, int, str, float]  # whole and part, in units; value, level


def exact(number: Number, name: str) -> Fraction:
    """Return a number as a fraction: 0.3 is 3/10 and "2/3" two thirds.

    >>> exact(0.3, "chance")
    Fraction(3, 10)
    """
    try:
        found = Fraction(repr(number) if isinstance(number, float) else number)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError):
        raise InputError(
            f"{name} is {number!r}; it must be a number such as 2, 0.5 or 3/4"
        ) from None
    if max(abs(found.numerator), found.denominator) > MAX_NUMBER:
        raise InputError(f"{name} is {number}; its fraction must hold no number over {MAX_NUMBER}")
    return found


def whole(number: int, name: str, *, least: int = 1, most: int = MAX_NUMBER) -> int:
    """Return a whole number that has been checked.

    >>> whole(4, "steps")
    4
    """
    if not isinstance(number, int) or not least <= number <= most:
        raise InputError(f"{name} is {number}; it must be a whole number from {least} to {most}")
    return number


class Event(NamedTuple):  # a frozen dataclass takes four times as long to make
    """Something that sounds, or the part of it that lies in the stretch of time asked for."""

    begin: Fraction  # of the whole event, in cycles
    end: Fraction
    part_begin: Fraction  # of the part asked for
    part_end: Fraction
    value: str
    level: float = 1.0  # 0..1

    @property
    def has_onset(self) -> bool:
        """Whether the event itself begins here, and not only a later part of it."""
        return self.begin == self.part_begin

    @property
    def duration(self) -> Fraction:
        """Cycles from the whole event's beginning to its end."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Pattern(ABC):
    """A function from a stretch of time, in cycles, to the events that sound in it."""

    grid: int = field(init=False, repr=False, compare=False)
    density: int = field(
        init=False, repr=False, compare=False
    )  # events that touch a cycle, at most
    depth: int = field(init=False, repr=False, compare=False)
    period: int = field(init=False, repr=False, compare=False)  # cycles; 0 where chance decides

    @abstractmethod
    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Return the events between two units, a cycle being a multiple of `grid` units long."""

    def heard(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Return the same as `haps`, over many rounds by copying one of them."""
        length = self.period * cycle
        first = -(-begin // cycle) * cycle
        rounds = (end - first) // length if length else 0
        if rounds < 2:
            return self.haps(begin, end, cycle)
        once = self.haps(first, first + length, cycle)
        if any(hap[0] < first or hap[1] > first + length for hap in once):
            return self.haps(begin, end, cycle)  # one that sounds across would be cut in two
        found = self.haps(begin, first, cycle) if begin < first else []
        for shift in range(0, rounds * length, length):
            found += moved(once, shift)
        last = first + rounds * length
        return found + self.haps(last, end, cycle) if last < end else found

    def settle(self, *parts: "Pattern", grid: int, density: int, period: int | None = None) -> None:
        """Keep what is known at birth; refuse a tree that is too large to be played.

        period  cycles; if not given, when all parts have come round; 0 where chance decides
        """
        if period is None:
            period = math.lcm(*(part.period for part in parts))
        if period > MAX_PERIOD:
            period = 0
        depth = 1 + max((part.depth for part in parts), default=0)
        if depth > MAX_DEPTH:
            raise InputError(f"the pattern is nested over {MAX_DEPTH} levels deep; make it simpler")
        if density > MAX_DENSITY:
            raise InputError(f"the pattern has over {MAX_DENSITY} events a cycle; make it simpler")
        for name, value in (
            ("grid", grid), ("density", density), ("depth", depth), ("period", period),
        ):  # fmt: skip
            object.__setattr__(self, name, value)

    def query(self, begin: Number, end: Number) -> tuple[Event, ...]:
        """List the events that sound from one time to another, in order of their onsets.

        begin, end  cycles; an event that is cut by them says in its part what lies between

        >>> from tapeloom.rhythm.cycles import sequence
        >>> [(str(e.begin), e.value) for e in sequence("kick", "snare").query(0, 1)]
        [('0', 'kick'), ('1/2', 'snare')]
        """
        first, last = exact(begin, "begin"), exact(end, "end")
        if last < first:
            raise InputError(f"the query ends at {last} before it begins at {first}")
        if (math.ceil(last) - math.floor(first)) * max(self.density, 1) > MAX_EVENTS:
            raise InputError(f"the query may find over {MAX_EVENTS} events; ask for fewer cycles")
        if first == last:
            return ()
        cycle = math.lcm(self.grid, first.denominator, last.denominator)
        haps = self.heard(int(first * cycle), int(last * cycle), cycle)
        haps.sort()
        units = {unit for hap in haps for unit in hap[:4]}
        times = {unit: Fraction(unit, cycle) for unit in units}
        return tuple(
            [
                Event(times[a], times[b], times[c], times[d], value, level)
                for a, b, c, d, value, level in haps
            ]
        )

    def onsets(self, begin: Number, end: Number) -> tuple[Event, ...]:
        """List the events that begin within a stretch of time."""
        return tuple(event for event in self.query(begin, end) if event.has_onset)

    def __str__(self) -> str:
        from tapeloom.rhythm.cycle_writer import write

        return write(self)


def cycles_of(begin: int, end: int, cycle: int) -> Iterator[tuple[int, int, int]]:
    """Cut a stretch of units at the cycles: each one's number, and its own stretch."""
    for turn in range(begin // cycle, -(-end // cycle)):
        yield turn, max(begin, turn * cycle), min(end, (turn + 1) * cycle)


def moved(haps: list[Hap], by: int) -> list[Hap]:
    """Shift events by so many units."""
    if not by:
        return haps
    return [(a + by, b + by, c + by, d + by, value, level) for a, b, c, d, value, level in haps]


def is_on(value: str) -> bool:
    """Tell whether a word of a mask or a structure lets through."""
    return value not in OFF


def luck(seed: int, numerator: int, denominator: int) -> float:
    """Return the number 0..1 that belongs to a seed and an exact time; the same for ever.

    The mixing of D. Lea and others' SplitMix64.
    """
    divisor = math.gcd(numerator, denominator)
    x = numerator // divisor * 0x9E3779B97F4A7C15 + denominator // divisor * 0xD1B54A32D192ED03
    x = (x + (seed + 1) * 0x8CB92BA72F3D8DD7) & 0xFFFFFFFFFFFFFFFF
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = ((x ^ (x >> shift)) * factor) & 0xFFFFFFFFFFFFFFFF
    return ((x ^ (x >> 31)) >> 11) / 2**53
