"""Meters, and where the bars of a piece begin."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.core.time import PPQ

MAX_NUMERATOR = 64
DENOMINATORS = (1, 2, 4, 8, 16, 32)
_TEXT = re.compile(r"(\d{1,2})/(\d{1,2})(?:\s+(\d{1,2}(?:\+\d{1,2})*))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Meter:
    """A time signature, and how its units are grouped where that isn't the usual way.

    >>> Meter.parse("6/8").bar_ticks == Meter(3, 4).bar_ticks == 3 * PPQ
    True
    >>> Meter.parse("7/8 3+2+2").grouping
    (3, 2, 2)
    >>> Meter.parse("4/0")
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: '4/0' is no meter; write one like 4/4, 3/4, 6/8 or 7/8
    """

    numerator: int = 4
    denominator: int = 4
    grouping: tuple[int, ...] = ()  # of the denominator's note values; empty: rhythm.groupings says

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= MAX_NUMERATOR or self.denominator not in DENOMINATORS:
            raise InputError(
                f"'{self.numerator}/{self.denominator}' is no meter; "
                "write one like 4/4, 3/4, 6/8 or 7/8"
            )
        if self.grouping and (min(self.grouping) < 1 or sum(self.grouping) != self.numerator):
            text = "+".join(map(str, self.grouping))
            raise InputError(
                f"the grouping {text} makes {sum(self.grouping)} and doesn't add up to the "
                f"{self.numerator} units of {self.signature}; write groups that make "
                f"{self.numerator}"
            )

    @classmethod
    def parse(cls, text: str) -> "Meter":
        """Read a meter such as `7/8`, or `7/8 3+2+2`."""
        match = _TEXT.fullmatch(text.strip())
        if match is None:
            raise InputError(f"{text!r} is no meter; write one like 4/4, 3/4, 6/8 or 7/8")
        grouping = tuple(int(group) for group in (match[3] or "").split("+") if group)
        return cls(int(match[1]), int(match[2]), grouping)

    def __str__(self) -> str:
        return f"{self.signature} {'+'.join(map(str, self.grouping))}".rstrip()

    @property
    def signature(self) -> str:
        """The two numbers alone, as a MIDI file keeps them."""
        return f"{self.numerator}/{self.denominator}"

    @property
    def unit_ticks(self) -> int:
        """Ticks of the denominator's note value."""
        return 4 * PPQ // self.denominator

    @property
    def bar_ticks(self) -> int:
        """Ticks of a whole bar."""
        return self.numerator * self.unit_ticks

    @property
    def is_compound(self) -> bool:
        """Whether the beat divides in three (6/8, 9/8, 12/8)."""
        return self.denominator >= 8 and self.numerator % 3 == 0 and self.numerator > 3


Meters = tuple[tuple[int, Meter], ...]  # (tick, meter), the first at tick 0


def meter_at(meters: Meters, tick: int) -> Meter:
    """Return the meter in force at a tick.

    >>> str(meter_at(((0, Meter(4, 4)), (40320, Meter(3, 4))), 50000))
    '3/4'
    """
    return meters[max(bisect_right(meters, tick, key=lambda change: change[0]) - 1, 0)][1]


def bar_starts(meters: Meters, end: int) -> list[int]:
    """List the ticks at which bars begin, from 0 up to but not including `end`.

    A change of meter begins a new bar, even where it cuts the old one short.

    >>> bar_starts(((0, Meter(4, 4)), (40320, Meter(3, 4))), 100000)
    [0, 40320, 70560]
    """
    starts: list[int] = []
    stops = [tick for tick, _ in meters[1:]] + [end]
    for (start, meter), stop in zip(meters, stops, strict=True):
        starts.extend(range(start, min(stop, end), meter.bar_ticks))
    return starts


def count_bars(meters: Meters, end: int) -> int:
    """Count the bars that begin before `end` without listing them: a file may name any tick.

    >>> count_bars(((0, Meter(4, 4)), (40320, Meter(3, 4))), 100000), count_bars(((0, Meter()),), 0)
    (3, 0)
    """
    stops = [tick for tick, _ in meters[1:]] + [end]
    spans = zip(meters, stops, strict=True)
    return sum(
        max(0, -(-(min(stop, end) - start) // meter.bar_ticks)) for (start, meter), stop in spans
    )


def bar_and_offset(starts: Sequence[int], tick: int) -> tuple[int, int]:
    """Return the bar's index and the ticks since its start.

    >>> bar_and_offset([0, 40320, 70560], 45000)
    (1, 4680)
    """
    bar = max(bisect_right(starts, tick) - 1, 0)
    return bar, tick - starts[bar]
