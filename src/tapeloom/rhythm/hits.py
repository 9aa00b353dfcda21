"""Strokes in bars: what patterns and grooves come to when they are placed in whole ticks."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.rhythm import cycles
from tapeloom.rhythm.cycle import Pattern
from tapeloom.rhythm.meter_plan import MeterPlan
from tapeloom.rhythm.patterns import VELOCITIES, Groove

MAX_BARS = 1024
FULL = 127


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A stroke in a bar.

    >>> Hit(0, "kick", 106) < Hit(0, "snare", 90) < Hit(2520, "kick", 88)
    True
    """

    tick: int  # from the beginning of the bar
    drum: str
    velocity: int  # 1..127

    def __post_init__(self) -> None:
        if self.tick < 0 or not 1 <= self.velocity <= FULL:
            raise InputError(
                f"a hit at tick {self.tick} with velocity {self.velocity}; "
                f"the tick must be 0 or more and the velocity 1 to {FULL}"
            )


Bars = tuple[tuple[Hit, ...], ...]  # the hits of each bar, in order


def check_bars(bars: int) -> int:
    """Return a number of bars that can be placed."""
    if not 1 <= bars <= MAX_BARS:
        raise InputError(f"bars is {bars}; it must lie between 1 and {MAX_BARS}")
    return bars


def pattern_hits(
    pattern: Pattern, *, meter: Meter | MeterPlan, bars: int, velocity: int = FULL
) -> Bars:
    """Place a pattern in bars, a cycle in each, to the nearest tick.

    bars      1..1024
    velocity  1..127, of an event of level 1; events of level 0 fall away

    >>> from tapeloom.rhythm.cycle_text import parse
    >>> pattern_hits(parse("kick snare:0.5"), meter=Meter(7, 8), bars=1, velocity=100)
    ((Hit(tick=0, drum='kick', velocity=100), Hit(tick=17640, drum='snare', velocity=50)),)
    """
    if not 1 <= velocity <= FULL:
        raise InputError(f"velocity is {velocity}; it must lie between 1 and {FULL}")
    if isinstance(meter, MeterPlan):
        lengths = [span.meter.bar_ticks for _, span in meter.each_bar(check_bars(bars))]
    else:
        lengths = [meter.bar_ticks] * check_bars(bars)
    found: list[list[Hit]] = [[] for _ in range(bars + 1)]
    for event in pattern.onsets(0, bars):
        bar = int(event.begin)
        carried, tick = divmod(round((event.begin - bar) * lengths[bar]), lengths[bar])
        if event.level > 0:
            loudness = max(round(event.level * velocity), 1)
            found[bar + carried].append(Hit(tick, event.value, loudness))
    return tuple(merged(hits) for hits in found[:bars])


def groove_hits(groove: Groove, *, bars: int) -> Bars:
    """Place a groove in bars; it begins again when it is over.

    >>> groove = Groove("plain", {"kick": "X...|....|x...|...."})
    >>> groove_hits(groove, bars=1)
    ((Hit(tick=0, drum='kick', velocity=106), Hit(tick=20160, drum='kick', velocity=88)),)
    """
    step = groove.meter.bar_ticks // groove.steps
    return tuple(
        merged(
            Hit(place * step, drum, VELOCITIES[sign])
            for (place, drum), sign in groove.bar(bar).items()
        )
        for bar in range(check_bars(bars))
    )


def groove_pattern(groove: Groove) -> Pattern:
    """Make a pattern of a groove, a cycle of each bar, so that the algebra can change it.

    Level 1 is velocity 127: `pattern_hits` gives the groove's own velocities back.

    >>> str(groove_pattern(Groove("plain", {"kick": "X...|....|x...|...."})))
    'kick:(106/127) ~!7 kick:(88/127) ~!7'
    """

    def step(sign: str, drum: str) -> Pattern:
        if sign == ".":
            return cycles.silence()
        return cycles.level(cycles.pure(drum), Fraction(VELOCITIES[sign], FULL))

    def line(drum: str) -> Pattern:
        signs = groove.lines[drum]
        bars = [
            cycles.sequence(*(step(sign, drum) for sign in signs[first : first + groove.steps]))
            for first in range(0, len(signs), groove.steps)
        ]
        return cycles.alternate(*bars) if len(bars) > 1 else bars[0]

    return cycles.stack(*(line(drum) for drum in groove.lines))


def together(*layers: Bars) -> Bars:
    """Play the hits of several layers at once; of doubles the loudest stays.

    >>> a, b = (Hit(0, "kick", 80),), (Hit(0, "kick", 90), Hit(5, "rim", 60))
    >>> together((a,), (b,))
    ((Hit(tick=0, drum='kick', velocity=90), Hit(tick=5, drum='rim', velocity=60)),)
    """
    if len({len(bars) for bars in layers}) > 1:
        raise InputError(f"layers of {' and '.join(str(len(b)) for b in layers)} bars can't "
                         "be played together; make them equally long")  # fmt: skip
    return tuple(merged(itertools.chain.from_iterable(bar)) for bar in zip(*layers, strict=True))


def merged(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Sort hits; of several on one drum at one tick the loudest stays."""
    groups = itertools.groupby(sorted(hits), key=lambda hit: (hit.tick, hit.drum))
    return tuple(max(group, key=lambda hit: hit.velocity) for _, group in groups)
