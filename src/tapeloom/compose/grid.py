"""The composer's grid: bars taken as measures of about four quarters, and what is heavy in them.

Very short bars are joined and very long ones cut, so that every writer meets a measure that a
chord or a motif fills well, whatever the meter is.
"""

import itertools
import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.meter import Meter, Meters, bar_starts, meter_at
from tapeloom.core.time import PPQ
from tapeloom.rhythm.meters import beat_starts, groupings

STEP = PPQ // 4  # a sixteenth


@dataclass(frozen=True, slots=True)
class Measure:
    """A stretch of music of about two to six quarters, parted in metrical groups."""

    start: int  # ticks
    groups: tuple[int, ...]  # ticks of each group

    @property
    def ticks(self) -> int:
        """Length in ticks."""
        return sum(self.groups)

    @property
    def end(self) -> int:
        """The first tick after it."""
        return self.start + self.ticks

    @property
    def group_starts(self) -> tuple[int, ...]:
        """Offsets of the groups in ticks."""
        return tuple(sum(self.groups[:i]) for i in range(len(self.groups)))

    @property
    def middle(self) -> int:
        """The offset of the group, or else beat, that begins nearest to its middle."""
        beats = (*self.group_starts[1:], *range(PPQ, self.ticks, PPQ))
        return min(beats, key=lambda at: abs(2 * at - self.ticks), default=0)

    def weight(self, tick: int) -> float:
        """Return how heavy a tick is: 1 the first, 0.8 groups, 0.6 quarters, 0.3 eighths, 0.1."""
        return _weight(self.groups, tick - self.start)


@lru_cache(maxsize=65536)
def _weight(groups: tuple[int, ...], offset: int) -> float:
    begin = 0
    for group in groups:
        if offset < begin + group:
            inside = offset - begin
            if inside == 0:
                return 1.0 if begin == 0 else 0.8
            if inside % PPQ == 0 and group % PPQ == 0:
                return 0.6
            return 0.3 if inside % (PPQ // 2) == 0 else 0.1
        begin += group
    return 0.1


def bars_per_measure(meter: Meter) -> int:
    """Return how many bars make a measure: more than one where a bar is under 2.5 quarters.

    >>> [bars_per_measure(Meter.parse(text)) for text in ("4/4", "2/4", "3/8", "1/4")]
    [1, 2, 2, 4]
    """
    quarters = meter.bar_ticks / PPQ
    return 1 if quarters >= 2.5 else 2 ** round(math.log2(4 / quarters))


def measures_per_bar(meter: Meter) -> int:
    """Return into how many measures a bar is cut: more than one from 7.5 quarters on.

    >>> [measures_per_bar(Meter.parse(text)) for text in ("4/4", "7/4", "12/8", "8/4")]
    [1, 1, 1, 2]
    """
    quarters = meter.bar_ticks / PPQ
    return 1 if quarters < 7.5 else round(quarters / 4)


def measures(start: int, end: int, meters: Meters) -> tuple[Measure, ...]:
    """Return the measures of a stretch of whole bars.

    >>> [measure.ticks // PPQ for measure in measures(0, 6 * PPQ, ((0, Meter(2, 4)),))]
    [4, 2]
    """
    bars = bar_starts(meters, end)
    bars = bars[bisect_left(bars, start) :]
    edges = [*bars, end]
    result: list[Measure] = []
    i = 0
    while i < len(bars):
        meter = meter_at(meters, bars[i])
        joined = bars_per_measure(meter)
        last = min(i + joined, len(bars))
        while last > i + 1 and meter_at(meters, bars[last - 1]) != meter:
            last -= 1
        length = edges[last] - bars[i]
        for groups in _measure_groups(meter, length):
            result.append(Measure(bars[i], groups))
            bars[i] += sum(groups)
        i = last
    return tuple(result)


@lru_cache(maxsize=1024)
def _measure_groups(meter: Meter, length: int) -> tuple[tuple[int, ...], ...]:
    """Return the groups of each measure in `length` ticks that begin with a bar."""
    parts = measures_per_bar(meter)
    if parts > 1:
        beats = [*beat_starts(meter), meter.bar_ticks]
        n = len(beats) - 1
        cuts = [beats[round(i * n / parts)] for i in range(parts + 1)]
        lengths = [b - a for a, b in itertools.pairwise(cuts)]
        return tuple(_even_groups(ticks) for ticks in lengths if ticks)
    if length % meter.bar_ticks or meter.bar_ticks < 4 * STEP:
        return (_even_groups(length),)
    bar: list[int] = []
    for units in groupings(meter)[0]:
        ticks = units * meter.unit_ticks
        if bar and bar[-1] < 4 * STEP:
            bar[-1] += ticks
        else:
            bar.append(ticks)
    halves = [half for group in bar for half in _split_group(group)]
    return (tuple(halves * (length // meter.bar_ticks)),)


def _split_group(ticks: int) -> tuple[int, ...]:
    """Cut a group of over three quarters (3/2, 4/2, 7/4) into halves and quarters."""
    return (ticks,) if ticks <= 3 * PPQ else _even_groups(ticks)


def _even_groups(ticks: int) -> tuple[int, ...]:
    """Cut a length into halves (two quarters); three quarters and less stay whole."""
    groups: list[int] = []
    while ticks > 3 * PPQ:
        groups.append(2 * PPQ)
        ticks -= 2 * PPQ
    return (*groups, ticks)


def measure_at(grid: Sequence[Measure], tick: int) -> Measure:
    """Return the measure that holds a tick (the first or last one for ticks outside)."""
    return grid[max(bisect_right(grid, tick, key=lambda measure: measure.start) - 1, 0)]
