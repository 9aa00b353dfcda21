"""A line of notes, bar by bar, as rhythms that the measures of syncopation can read."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter, Meters, bar_starts, meter_at
from tapeloom.rhythm.meters import step_ticks
from tapeloom.rhythm.metric_grid import MetricGrid
from tapeloom.rhythm.necklaces import Rhythm
from tapeloom.rhythm.patterns import Groove
from tapeloom.rhythm.syncopation import syncopation

_BAR_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class BarRhythm:
    """One bar of a line on the steps of its meter; a silent bar has no rhythm."""

    start: int  # ticks
    meter: Meter
    rhythm: Rhythm | None


def rhythms_by_bar(onsets: Iterable[float], meters: Meters, *, end: int) -> tuple[BarRhythm, ...]:
    """Read a line's onsets as one rhythm a bar, each onset moved to the nearest step.

    onsets  ticks, in any order; what lies before 0 or from `end` on is left out
    meters  (tick, meter) pairs, the first at tick 0
    end     tick at which the last bar may begin no more

    A step is a sixteenth, or the meter's unit where that is shorter. A bar that a change of meter
    cuts short keeps the steps of a whole one.

    >>> from tapeloom.core.time import PPQ
    >>> line = [0, 3 * PPQ // 2, 4 * PPQ - 10, 6 * PPQ]
    >>> [str(bar.rhythm) for bar in rhythms_by_bar(line, ((0, Meter(4, 4)),), end=8 * PPQ)]
    ['x.....x.........', 'x.......x.......']
    """
    if not meters or meters[0][0] != 0:
        raise InputError("the meters of a line must begin at tick 0")
    shortest = min(meter.bar_ticks for _, meter in meters)
    if not 0 <= end <= _BAR_LIMIT * shortest:
        raise InputError(f"end is {end}; it must lie between 0 and {_BAR_LIMIT} bars")
    starts = np.array(bar_starts(meters, end), np.int64)
    at = np.sort(np.asarray([*onsets], np.float64))
    if not np.all(np.isfinite(at)):
        raise InputError("onsets must be numbers of ticks")
    hits: list[set[int]] = [set() for _ in starts]
    for onset in at[(at >= 0) & (at < end)].tolist():
        bar = int(np.searchsorted(starts, onset, side="right")) - 1
        meter = meter_at(meters, int(starts[bar]))
        stop = int(starts[bar + 1]) if bar + 1 < len(starts) else end
        step = step_ticks(meter)
        place = round((onset - float(starts[bar])) / step)
        if place * step >= stop - starts[bar] and bar + 1 < len(starts):
            bar, place = bar + 1, 0  # nearer to the next downbeat
        hits[bar].add(min(place, meter.bar_ticks // step - 1))
    found = []
    for start, places in zip(starts.tolist(), hits, strict=True):
        meter = meter_at(meters, start)
        pulses = meter.bar_ticks // step_ticks(meter)
        rhythm = Rhythm(tuple(sorted(places)), pulses) if places else None
        found.append(BarRhythm(start, meter, rhythm))
    return tuple(found)


def syncopation_by_bar(
    bars: Iterable[BarRhythm],
    *,
    measure: str = "lhl",
    grouping: tuple[int, ...] | None = None,
) -> tuple[float | None, ...]:
    """Measure the syncopation of each bar by one of `syncopation.MEASURES`; None where it's silent.

    grouping  of the meter's units, the usual one unless given

    >>> from tapeloom.core.time import PPQ
    >>> son = [onset * PPQ // 4 for onset in (0, 3, 6, 10, 12)]
    >>> syncopation_by_bar(rhythms_by_bar(son, ((0, Meter(4, 4)),), end=8 * PPQ))
    (4.0, None)
    """

    def measured(bar: BarRhythm) -> float | None:
        if bar.rhythm is None:
            return None
        grid = MetricGrid.of(bar.meter, pulse_ticks=step_ticks(bar.meter), grouping=grouping)
        return syncopation(bar.rhythm, measure=measure, grid=grid)

    return tuple(measured(bar) for bar in bars)


def groove_rhythm(groove: Groove, drum: str) -> Rhythm:
    """Return the rhythm of one drum of a groove, over all its bars.

    >>> from tapeloom.rhythm.patterns import GROOVES
    >>> len(groove_rhythm(GROOVES["bossa"], "rim"))
    10
    """
    if drum not in groove.lines:
        raise InputError(f"groove {groove.name!r} has no {drum}; it has {', '.join(groove.lines)}")
    line = groove.lines[drum]
    return Rhythm(tuple(i for i, sign in enumerate(line) if sign != "."), len(line))
