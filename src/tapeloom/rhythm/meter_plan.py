"""Changes of meter within a piece, as text: `7/8 2+2+3 x4 | 4/4 x2`."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter, Meters
from tapeloom.rhythm.meters import (
    check_grouping,
    grouped,
    grouping_text,
    groupings,
    parse_grouping,
)

MAX_BARS = 10_000
SPAN = re.compile(
    r"(?P<meter>\d+/\d+)(?:\s+(?P<grouping>\d[\d+]*))?(?:\s*[x×]\s*(?P<bars>\d{1,5}))?"
)


@dataclass(frozen=True, slots=True)
class MeterSpan:
    """Some bars of one meter, grouped in one way."""

    meter: Meter
    grouping: tuple[int, ...] = ()  # of the meter's units; empty: the usual one
    bars: int = 1  # 1..10000

    def __post_init__(self) -> None:
        usual = self.grouping or groupings(self.meter)[0]
        object.__setattr__(self, "grouping", check_grouping(usual, self.meter))
        if not 1 <= self.bars <= MAX_BARS:
            raise InputError(f"{self.bars} bars of {self.meter}; take 1 to {MAX_BARS}")

    @classmethod
    def parse(cls, text: str) -> "MeterSpan":
        """Read one span.

        >>> MeterSpan.parse("7/8 3+2+2 x4").grouping
        (3, 2, 2)
        """
        found = SPAN.fullmatch(text.strip())
        if found is None:
            raise InputError(f"{text.strip()!r} is no meter and bars; write it like 7/8 2+2+3 x4")
        meter = Meter.parse(found["meter"])
        grouping = parse_grouping(found["grouping"], meter) if found["grouping"] else ()
        return cls(meter, grouping, int(found["bars"] or 1))

    def __str__(self) -> str:
        unusual = self.grouping != groupings(self.meter)[0]
        words = [str(self.meter), grouping_text(self.grouping) if unusual else ""]
        return " ".join(filter(None, [*words, f"x{self.bars}" if self.bars > 1 else ""]))


@dataclass(frozen=True, slots=True)
class MeterPlan:
    """The meters of a piece in order; a piece that is longer begins the plan again.

    >>> plan = MeterPlan.parse("7/8 x3 | 4/4")
    >>> str(plan), plan.bars, str(plan.span_at(7).meter)
    ('7/8 x3 | 4/4', 4, '4/4')
    """

    spans: tuple[MeterSpan, ...]

    def __post_init__(self) -> None:
        if not self.spans:
            raise InputError("a plan of meters needs at least one, such as 7/8 x3 | 4/4")

    @classmethod
    def parse(cls, text: str) -> "MeterPlan":
        """Read spans between bar lines."""
        if not text.strip():
            raise InputError("the plan of meters is empty; write one like 7/8 x3 | 4/4")
        return cls(tuple(MeterSpan.parse(part) for part in text.split("|")))

    def __str__(self) -> str:
        return " | ".join(map(str, self.spans))

    @property
    def bars(self) -> int:
        """Bars until the plan begins again."""
        return sum(span.bars for span in self.spans)

    def span_at(self, bar: int) -> MeterSpan:
        """Return the span in which a bar lies, bars counted from 0."""
        bar %= self.bars
        return next(
            span
            for span, end in zip(
                self.spans, itertools.accumulate(span.bars for span in self.spans), strict=True
            )
            if bar < end
        )

    def each_bar(self, bars: int) -> Iterator[tuple[int, MeterSpan]]:
        """Yield the tick at which each of so many bars begins, and its span."""
        every_bar = itertools.chain.from_iterable(
            itertools.repeat(span, span.bars) for span in itertools.cycle(self.spans)
        )
        tick = 0
        for span in itertools.islice(every_bar, bars):
            yield tick, span
            tick += span.meter.bar_ticks

    def meters(self, bars: int | None = None) -> Meters:
        """Return the score's list of meters, (tick, meter) wherever it changes.

        bars  1..10000 in all, those of the plan if not given

        >>> [(tick, str(meter)) for tick, meter in MeterPlan.parse("7/8 x2 | 4/4").meters(4)]
        [(0, '7/8'), (70560, '4/4'), (110880, '7/8')]
        """
        count = self.bars if bars is None else bars
        if not 1 <= count <= MAX_BARS:
            raise InputError(f"a piece of {count} bars can't be planned; take 1 to {MAX_BARS}")
        found: list[tuple[int, Meter]] = []
        for tick, span in self.each_bar(count):
            meter = grouped(span.meter, span.grouping)
            if not found or found[-1][1] != meter:
                found.append((tick, meter))
        return tuple(found)
