"""The tree of a meter over the pulses of a cycle: which begin a bar, a group, a beat."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.rhythm.meters import SIXTEENTH, beat_starts, group_starts
from tapeloom.rhythm.necklaces import MAX_PULSES


@dataclass(frozen=True, slots=True)
class MetricGrid:
    """Levels of pulses, each holding the one above it: the cycle, its groups, beats, … pulses.

    >>> grid = MetricGrid.even(2, 2, 2)
    >>> grid.depths
    (0, 3, 2, 3, 1, 3, 2, 3)
    """

    pulses: int  # 1..1024
    levels: tuple[tuple[int, ...], ...]  # pulses that begin a part, coarsest (0,) to all of them

    def __post_init__(self) -> None:
        if not 1 <= self.pulses <= MAX_PULSES:
            raise InputError(f"a meter's grid has 1 to {MAX_PULSES} pulses, not {self.pulses}")
        if not self.levels or self.levels[0] != (0,):
            raise InputError("the first level of a meter's grid must be the cycle itself, (0,)")
        if self.levels[-1] != tuple(range(self.pulses)):
            raise InputError(f"the last level of the grid must hold all {self.pulses} pulses")
        for coarse, fine in itertools.pairwise(self.levels):
            if not set(coarse) < set(fine) or list(fine) != sorted(fine):
                raise InputError(f"level {fine} of the grid must divide level {coarse}")

    @classmethod
    def even(cls, *divisions: int) -> "MetricGrid":
        """Divide a cycle by each number in turn: 2, 2, 2, 2 for sixteenths of 4/4.

        >>> MetricGrid.even(2, 2, 3).levels[2]
        (0, 3, 6, 9)
        """
        if any(division < 1 for division in divisions):
            raise InputError(f"the divisions {divisions} must be whole numbers of 1 or more")
        counts = [*itertools.accumulate(divisions, lambda a, b: a * b, initial=1)]
        pulses = counts[-1]
        if pulses > MAX_PULSES:
            raise InputError(f"a meter's grid has 1 to {MAX_PULSES} pulses, not {pulses}")
        levels = (tuple(range(0, pulses, pulses // count)) for count in counts)
        return cls(pulses, tuple(dict.fromkeys(levels)))

    @classmethod
    def of(
        cls, meter: Meter, *, pulse_ticks: int = SIXTEENTH, grouping: tuple[int, ...] | None = None
    ) -> "MetricGrid":
        """Make the grid of one bar of a meter, in pulses of a note value that fits in its parts.

        >>> MetricGrid.of(Meter(4, 4)) == MetricGrid.even(2, 2, 2, 2)
        True
        >>> MetricGrid.of(Meter(7, 8), pulse_ticks=2 * SIXTEENTH).levels
        ((0,), (0, 2, 4), (0, 1, 2, 3, 4, 5, 6))
        """
        whole = pulse_ticks >= 1 and not (meter.bar_ticks % pulse_ticks)
        if not whole or meter.bar_ticks // pulse_ticks > MAX_PULSES:
            raise InputError(f"pulses of {pulse_ticks} ticks don't divide a bar of {meter}")
        bar = meter.bar_ticks
        starts = [(0,), group_starts(meter, grouping), beat_starts(meter, grouping)]
        finer = [meter.unit_ticks] if meter.denominator > 4 else []
        unit = min(meter.unit_ticks, 4 * SIXTEENTH)
        while unit % (2 * pulse_ticks) == 0:
            unit //= 2
            finer.append(unit)
        starts += [tuple(range(0, bar, step)) for step in (*finer, pulse_ticks)]
        levels: list[tuple[int, ...]] = [(0,)]
        for ticks in starts:
            found = sorted({*levels[-1], *(t // pulse_ticks for t in ticks if not t % pulse_ticks)})
            if tuple(found) != levels[-1]:
                levels.append(tuple(found))
        return cls(bar // pulse_ticks, tuple(levels))

    @property
    def depths(self) -> tuple[int, ...]:
        """The first level on which each pulse appears: 0 the downbeat, the higher the lighter."""
        return _depths(self)

    @property
    def weights(self) -> tuple[int, ...]:
        """How heavy each pulse is: 1 the lightest, one more for each level above.

        >>> MetricGrid.even(2, 2, 3).weights
        (4, 1, 1, 2, 1, 1, 3, 1, 1, 2, 1, 1)
        """
        return tuple(len(self.levels) - depth for depth in self.depths)

    def parts(self, level: int) -> Iterator[tuple[int, int]]:
        """Yield the first pulse of each part of a level and the pulse after its last."""
        yield from itertools.pairwise((*self.levels[level], self.pulses))


@lru_cache(maxsize=256)
def _depths(grid: MetricGrid) -> tuple[int, ...]:
    depths = [0] * grid.pulses
    for depth, level in reversed(list(enumerate(grid.levels))):
        for pulse in level:
            depths[pulse] = depth
    return tuple(depths)


@lru_cache(maxsize=64)
def usual_grid(pulses: int) -> MetricGrid:
    """Return the grid on which a cycle of so many pulses is most often heard: twos, then threes.

    Sixteen pulses are four beats of four, twelve four beats of three; a prime number stays whole.

    >>> usual_grid(12) == MetricGrid.even(2, 2, 3), usual_grid(7).levels[1]
    (True, (0, 1, 2, 3, 4, 5, 6))
    """
    if not 1 <= pulses <= MAX_PULSES:
        raise InputError(f"a meter's grid has 1 to {MAX_PULSES} pulses, not {pulses}")
    rest, divisions, divisor = pulses, [], 2
    while rest > 1:
        while rest % divisor == 0:
            divisions.append(divisor)
            rest //= divisor
        divisor += 1
    return MetricGrid.even(*divisions)
