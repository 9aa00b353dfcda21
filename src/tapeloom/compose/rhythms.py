"""What a brief asks of rhythm, read and checked: its meters, a clave, a polyrhythm."""

from dataclasses import dataclass
from itertools import islice

from tapeloom.compose.grid import bars_per_measure, measures_per_bar
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter, Meters
from tapeloom.rhythm.meter_plan import MeterPlan, MeterSpan
from tapeloom.rhythm.meters import grouped, parse_grouping
from tapeloom.rhythm.polyrhythm import Polyrhythm
from tapeloom.rhythm.timelines import Timeline, clave

LONGEST_PHRASE = 8  # bars of a plan of meters that make one phrase


@dataclass(frozen=True, slots=True)
class Rhythms:
    """The time that a brief asks for."""

    meters: MeterPlan
    clave: Timeline | None = None
    polyrhythm: Polyrhythm | None = None

    @property
    def kinds(self) -> tuple[Meter, ...]:
        """The meters that occur, each with its grouping, in order."""
        spans = self.meters.spans
        return tuple(dict.fromkeys(grouped(span.meter, span.grouping) for span in spans))

    @property
    def mean_bar_ticks(self) -> float:
        """The mean length of a bar."""
        return sum(s.bars * s.meter.bar_ticks for s in self.meters.spans) / self.meters.bars

    @property
    def phrase_bars(self) -> int:
        """The bars of a phrase: of a plan that changes, whole rounds of it."""
        if len(self.kinds) == 1:
            return phrase_bars(self.kinds[0])
        rounds = -(-4 // self.meters.bars) * self.meters.bars
        return rounds if rounds <= LONGEST_PHRASE else 4

    def edges(self, bars: int) -> list[int]:
        """Return the ticks at which so many bars begin, and the end of the last one."""
        return [tick for tick, _ in islice(self.meters.each_bar(bars + 1), bars + 1)]

    def changes(self, bars: int) -> Meters:
        """Return a score's list of meters for so many bars."""
        return ((0, self.kinds[0]),) if len(self.kinds) == 1 else self.meters.meters(bars)


def phrase_bars(meter: Meter) -> int:
    """Return the bars of a phrase of four measures.

    >>> phrase_bars(Meter(4, 4)), phrase_bars(Meter(2, 4)), phrase_bars(Meter(16, 4))
    (4, 8, 1)
    """
    return max(1, 4 * bars_per_measure(meter) // measures_per_bar(meter))


def rhythms_of(brief: Brief) -> Rhythms:
    """Read what a brief asks of time; what can't be is refused in a sentence.

    >>> [str(meter) for meter in rhythms_of(Brief(meter="7/8", grouping="3+2+2")).kinds]
    ['7/8 3+2+2']
    >>> rhythms_of(Brief(meter="7/8", clave="son32"))
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: the clave son32 takes four beats and doesn't fit in 7/8; ...
    """
    meters = MeterPlan.parse(brief.meter)
    if brief.grouping is not None:
        meter = Meter.parse(brief.meter)
        meters = MeterPlan((MeterSpan(meter, parse_grouping(brief.grouping, meter)),))
    return Rhythms(meters, *layers_of(brief, tuple(span.meter for span in meters.spans)))


def layers_of(brief: Brief, meters: tuple[Meter, ...]) -> tuple[Timeline | None, Polyrhythm | None]:
    """Read the clave and the polyrhythm that a brief asks for over some meters."""
    found = None
    if brief.clave is not None:
        cycles = dict.fromkeys(clave(brief.clave, meter=meter) for meter in meters)
        if len(cycles) > 1:
            raise InputError(
                f"the clave {brief.clave} has another cycle in {meters[0]} than in "
                f"{meters[-1]}; take meters of one kind"
            )
        found = next(iter(cycles))
    over = Polyrhythm.parse(brief.polyrhythm) if brief.polyrhythm is not None else None
    return found, over
