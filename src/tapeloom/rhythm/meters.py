"""Where the beats of a meter lie and how heavy each moment of its bar is."""

import re
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.time import PPQ

SIXTEENTH = PPQ // 4

# How players group the units of uneven meters, the commonest first.
GROUPINGS: dict[str, tuple[tuple[int, ...], ...]] = {
    "5/4": ((3, 2), (2, 3)),
    "7/4": ((4, 3), (3, 4)),
    "5/8": ((3, 2), (2, 3)),
    "7/8": ((2, 2, 3), (3, 2, 2), (2, 3, 2)),
    "8/8": ((3, 3, 2), (3, 2, 3), (2, 3, 3)),
    "9/8": ((3, 3, 3), (2, 2, 2, 3), (2, 3, 2, 2)),
    "10/8": ((3, 2, 3, 2), (3, 3, 2, 2), (2, 3, 3, 2)),
    "11/8": ((3, 3, 3, 2), (2, 2, 3, 2, 2)),
    "12/8": ((3, 3, 3, 3), (3, 3, 2, 2, 2)),
    "13/8": ((3, 3, 3, 2, 2), (3, 2, 3, 2, 3)),
    "14/8": ((2, 2, 3, 2, 2, 3), (3, 3, 3, 3, 2)),
    "17/8": ((3, 3, 3, 3, 3, 2),),
    "5/16": ((2, 3), (3, 2)),
    "7/16": ((2, 2, 3), (3, 2, 2)),
    "9/16": ((2, 2, 2, 3), (3, 3, 3)),
    "11/16": ((2, 2, 3, 2, 2), (3, 3, 3, 2)),
    "13/16": ((2, 2, 2, 3, 2, 2), (3, 3, 3, 2, 2)),
    "15/16": ((3, 3, 3, 3, 3), (4, 4, 4, 3), (2, 2, 2, 2, 3, 2, 2)),
}


def groupings(meter: Meter) -> tuple[tuple[int, ...], ...]:
    """List the ways to group a meter's units (its denominator's note value): its own, if it has
    one, then the commonest first.

    >>> groupings(Meter(7, 8))[0], groupings(Meter(4, 4)), groupings(Meter(6, 8))
    ((2, 2, 3), ((2, 2),), ((3, 3),))
    """
    usual = _usual_groupings(meter)
    if not meter.grouping:
        return usual
    return (meter.grouping, *(grouping for grouping in usual if grouping != meter.grouping))


def _usual_groupings(meter: Meter) -> tuple[tuple[int, ...], ...]:
    known = GROUPINGS.get(meter.signature)
    if known is not None:
        return known
    n = meter.numerator
    if meter.is_compound:
        return ((3,) * (n // 3),)
    if n % 2 == 0:
        return ((2,) * (n // 2),)
    if n <= 3:
        return ((n,),)
    return ((2,) * ((n - 3) // 2) + (3,),)


def grouped(meter: Meter, grouping: tuple[int, ...]) -> Meter:
    """Return a meter that is grouped so; the usual grouping isn't noted.

    >>> str(grouped(Meter(7, 8), (3, 2, 2))), str(grouped(Meter(7, 8), (2, 2, 3)))
    ('7/8 3+2+2', '7/8')
    """
    plain = replace(meter, grouping=())
    if check_grouping(grouping, plain) == _usual_groupings(plain)[0]:
        return plain
    return replace(plain, grouping=grouping)


def grouping_text(grouping: tuple[int, ...]) -> str:
    """Write a grouping as musicians do.

    >>> grouping_text((2, 2, 3))
    '2+2+3'
    """
    return "+".join(map(str, grouping))


def check_grouping(grouping: tuple[int, ...], meter: Meter) -> tuple[int, ...]:
    """Return a grouping that fills a bar of the meter; refuse any other.

    >>> check_grouping((2, 2), Meter(7, 8))
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: the grouping 2+2 makes 4 and doesn't add up to the 7 units
    of 7/8; 2+2+3 would
    """
    if not grouping or sum(grouping) != meter.numerator or min(grouping) < 1:
        raise InputError(
            f"the grouping {grouping_text(grouping) or 'of nothing'} makes {sum(grouping)} and "
            f"doesn't add up to the {meter.numerator} units of {meter.signature}; "
            f"{grouping_text(groupings(meter)[0])} would"
        )
    return grouping


def parse_grouping(text: str, meter: Meter) -> tuple[int, ...]:
    """Read a grouping of the units of a meter.

    >>> parse_grouping("2+2+3", Meter(7, 8))
    (2, 2, 3)
    >>> parse_grouping("2,2,3", Meter(7, 8))
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: '2,2,3' is no grouping; write one like 2+2+3
    """
    if re.fullmatch(r"\s*\d{1,2}(\s*\+\s*\d{1,2})*\s*", text, re.ASCII) is None:
        usual = grouping_text(groupings(meter)[0])
        raise InputError(f"{text!r} is no grouping; write one like {usual}")
    return check_grouping(tuple(int(group) for group in text.split("+")), meter)


def group_starts(meter: Meter, grouping: tuple[int, ...] | None = None) -> tuple[int, ...]:
    """Return the ticks in the bar at which its groups begin.

    >>> [start // SIXTEENTH for start in group_starts(Meter(5, 4))]
    [0, 12]
    """
    grouping = groupings(meter)[0] if grouping is None else check_grouping(grouping, meter)
    return tuple(sum(grouping[:i]) * meter.unit_ticks for i in range(len(grouping)))


def beat_starts(meter: Meter, grouping: tuple[int, ...] | None = None) -> tuple[int, ...]:
    """Return the ticks in the bar at which its beats begin.

    Quarters are the beats of simple meters, the groups themselves those of meters in eighths.

    >>> [start // SIXTEENTH for start in beat_starts(Meter(3, 4))]
    [0, 4, 8]
    >>> [start // SIXTEENTH for start in beat_starts(Meter(7, 8))]
    [0, 4, 8]
    """
    if meter.denominator <= 4:
        return tuple(range(0, meter.bar_ticks, PPQ))
    return group_starts(meter, grouping)


def step_ticks(meter: Meter) -> int:
    """Return the ticks of the finest step that a drummer counts: a sixteenth or a shorter unit.

    >>> step_ticks(Meter(7, 8)), step_ticks(Meter(7, 32))
    (2520, 1260)
    """
    return min(SIXTEENTH, meter.unit_ticks)


@lru_cache(maxsize=64)
def metric_weights(meter: Meter, grouping: tuple[int, ...] | None = None) -> tuple[float, ...]:
    """Return the weight 0..1 of each step of a bar: downbeat 1, groups, beats, eighths, the rest.

    After the metrical levels of Lerdahl and Jackendoff, "A Generative Theory of Tonal Music"
    (1983), chapter 4: a moment is as heavy as the highest level on which it is a beat.

    >>> metric_weights(Meter(4, 4))[:8]
    (1.0, 0.1, 0.3, 0.1, 0.6, 0.1, 0.3, 0.1)
    >>> metric_weights(Meter(4, 4))[8]
    0.8
    """
    step = step_ticks(meter)
    groups = set(group_starts(meter, grouping))
    beats = set(beat_starts(meter, grouping))

    def weight(tick: int) -> float:
        if tick == 0:
            return 1.0
        if tick in groups:
            return 0.8
        if tick in beats:
            return 0.6
        return 0.3 if tick % (PPQ // 2) == 0 else 0.1

    return tuple(weight(tick) for tick in range(0, meter.bar_ticks, step))


def metric_weight(meter: Meter, offset: int, *, grouping: tuple[int, ...] | None = None) -> float:
    """Return the weight of a tick in the bar; what lies between the steps weighs nothing.

    >>> metric_weight(Meter(6, 8), 3 * PPQ // 2), metric_weight(Meter(6, 8), 1)
    (0.8, 0.0)
    """
    step = Fraction(offset % meter.bar_ticks, step_ticks(meter))
    return metric_weights(meter, grouping)[int(step)] if step.denominator == 1 else 0.0
