"""Drum grooves as data: one line of text for each drum, and what meters beyond 4/4 make of them.

In a line `X` is an accent, `x` a hit, `-` a soft hit, `o` a ghost note, `.` a rest; a step is a
sixteenth (`meters.step_ticks`); bar lines and spaces only help the eye. A line may be several bars
long.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.rhythm.kit_grooves import COMMON_TIME_GROOVES
from tapeloom.rhythm.meter_grooves import METER_GROOVES
from tapeloom.rhythm.meters import beat_starts, group_starts, groupings, step_ticks

VELOCITIES = {"X": 106, "x": 88, "-": 64, "o": 32}  # what each sign is worth
TIMEKEEPERS = ("closed_hat", "ride", "shaker", "brush")
BACKBEATS = ("snare", "rim", "clap", "brush")

COMMON_TIME = Meter(4, 4)

Bar = dict[tuple[int, str], str]  # (step, drum) -> sign


@dataclass(frozen=True, slots=True)
class Groove:
    """A groove of one or more bars.

    >>> groove = Groove("plain", {"kick": "X...|....|x...|....", "snare": "....|X...|....|X..."})
    >>> groove.bars, groove.bar(0)[8, "kick"], groove.backbeat
    (1, 'x', 'snare')
    """

    name: str
    lines: Mapping[str, str]
    energy: float = 0.5  # 0..1, the section that it suits
    density: float = 0.5  # 0..1
    meter: Meter = COMMON_TIME
    style: str = "boom bap"

    def __post_init__(self) -> None:
        lines = {drum: re.sub(r"[| ]", "", text) for drum, text in self.lines.items()}
        object.__setattr__(self, "lines", lines)
        lengths = {len(text) for text in lines.values()}
        if len(lengths) != 1 or min(lengths) == 0 or min(lengths) % self.steps:
            raise InputError(
                f"groove {self.name!r}: every line must have whole bars of {self.steps} steps"
            )
        if strange := set("".join(lines.values())) - {*VELOCITIES, "."}:
            raise InputError(f"groove {self.name!r}: {strange.pop()!r} is none of X x - o .")

    @property
    def steps(self) -> int:
        """Steps of one bar."""
        return self.meter.bar_ticks // step_ticks(self.meter)

    @property
    def bars(self) -> int:
        """Bars until it repeats."""
        return len(next(iter(self.lines.values()))) // self.steps

    @property
    def timekeeper(self) -> str:
        """The drum that keeps the time."""
        return next((drum for drum in TIMEKEEPERS if drum in self.lines), "closed_hat")

    @property
    def backbeat(self) -> str:
        """The drum that answers the kick."""
        return next((drum for drum in BACKBEATS if drum in self.lines), "snare")

    def bar(self, index: int) -> Bar:
        """Return the hits of a bar; the index wraps."""
        first = index % self.bars * self.steps
        return {
            (step, drum): text[first + step]
            for drum, text in self.lines.items()
            for step in range(self.steps)
            if text[first + step] != "."
        }


def _written() -> dict[str, Groove]:
    tables = {"4/4": COMMON_TIME_GROOVES, **METER_GROOVES}
    return {
        name: Groove(name, lines, energy, density, Meter.parse(meter), style)
        for meter, styles in tables.items()
        for style, rows in styles.items()
        for name, energy, density, lines in rows
    }


GROOVES: dict[str, Groove] = _written()

# Grooves whose kick leaves the first beat alone, and why that is no mistake.
NO_DOWNBEAT = {"one_drop": "the one is dropped: in this style kick and rim fall on three together"}


@lru_cache(maxsize=64)
def grooves_in(meter: Meter) -> tuple[Groove, ...]:
    """List the grooves that are written in a meter, laid out as it is grouped.

    >>> [groove.name for groove in grooves_in(Meter(9, 8))]
    ['nine_slow', 'nine_roll', 'nine_brush']
    """
    return tuple(
        groove_in(meter, groove)
        for groove in GROOVES.values()
        if groove.meter.signature == meter.signature
    )


def groove_distance(a: Groove, b: Groove) -> float:
    """Return how much two grooves differ, from 0 (the same hits) to 1 (nothing in common).

    Kick, backbeat and time are compared whatever drum plays them, so that a snare changed for a
    rim is no other groove; another meter is all the way off. It is the sum of the differences of
    loudness, step by step, as a share of all that sounds.

    >>> groove_distance(GROOVES["boom_bap"], GROOVES["boom_bap"])
    0.0
    >>> round(groove_distance(GROOVES["boom_bap"], GROOVES["push"]), 2)
    0.13
    """
    if a.meter != b.meter:
        return 1.0
    bars = math.lcm(a.bars, b.bars)
    difference = total = 0
    for voice in ("kick", "backbeat", "time"):
        first, second = _loudness(a, voice, bars), _loudness(b, voice, bars)
        difference += sum(abs(x - y) for x, y in zip(first, second, strict=True))
        total += sum(first) + sum(second)
    return difference / total if total else 0.0


def _loudness(groove: Groove, voice: str, bars: int) -> list[int]:
    """Return the velocity of a voice at each step of some bars; 0 is a rest."""
    named = {"kick": "kick", "backbeat": groove.backbeat, "time": groove.timekeeper}
    text = groove.lines.get(named[voice], "." * groove.steps * groove.bars)
    return [VELOCITIES.get(sign, 0) for sign in text * (bars // groove.bars)]


def groove_in(meter: Meter, like: Groove, *, grouping: tuple[int, ...] | None = None) -> Groove:
    """Return a groove with the drums and temper of another in any meter.

    In 4/4 it is the groove itself. Elsewhere the kick begins the bar and its heavier groups, the
    backbeat answers on the lighter beats, and the timekeeper counts eighths.

    >>> waltz = groove_in(Meter(3, 4), GROOVES["laid_back"])
    >>> waltz.lines["kick"][:12], waltz.lines["snare"][:12]
    ('X.........-.', '....x...x...')
    >>> groove_in(Meter(5, 4), GROOVES["boom_bap"]).lines["snare"][:20]
    '........x.......X...'
    """
    if meter == like.meter:
        return like
    if meter.signature == like.meter.signature and not grouping:
        moved = _regrouped(like, meter)
        if moved is not None:
            return moved
    if (
        meter.bar_ticks == like.meter.bar_ticks
        and not (meter.grouping or like.meter.grouping)
        and max(m.denominator for m in (meter, like.meter)) <= 4
    ):
        return replace(like, meter=meter)
    grouping = grouping or groupings(meter)[0]
    probe = Groove(like.name, {"kick": "." * (meter.bar_ticks // step_ticks(meter))}, meter=meter)
    kicks, answers = _call_and_answer(meter, grouping)
    quiet = like.energy < 0.3
    lines: dict[str, list[str]] = {}
    for drum in (*dict.fromkeys(("kick", like.backbeat, like.timekeeper, *like.lines)),):
        lines[drum] = ["."] * (2 * probe.steps)
    for bar in range(2):
        at = bar * probe.steps
        if bar and not answers:  # bars of one beat take turns
            lines[like.backbeat][at] = "x"
        for number, step in enumerate(kicks if answers or not bar else []):
            lines["kick"][at + step] = "X" if number == 0 else "x"
        for number, step in enumerate(answers):
            last = number == len(answers) - 1
            if last or not quiet:
                lines[like.backbeat][at + step] = "X" if last and like.energy > 0.5 else "x"
        _keep_time(lines[like.timekeeper], at, meter, grouping, like)
        if "pedal_hat" in lines:
            for step in answers:
                lines["pedal_hat"][at + step] = "-"
    if not quiet and probe.steps > 4:  # the first bar leans into the second
        lines["kick"][probe.steps - 2] = "-"
    if like.density >= 0.5 and probe.steps > 4:
        before = 2 * probe.steps - 1
        if lines[like.backbeat][before] == ".":
            lines[like.backbeat][before] = "o"
    return Groove(
        f"{like.name} in {meter}",
        {drum: "".join(line) for drum, line in lines.items()},
        like.energy,
        like.density,
        meter,
        like.style,
    )


def _regrouped(groove: Groove, meter: Meter) -> Groove | None:
    """Lay a groove's groups out as another grouping asks; None where it has more or fewer groups.

    A group that grows keeps its beginning and counts on; one that shrinks lets go of its middle,
    and an accent that was cut lands on its beginning, where groups are beats.
    """
    old, new = groupings(groove.meter)[0], groupings(meter)[0]
    if len(old) != len(new):
        return None
    width = meter.unit_ticks // step_ticks(meter)
    lines: dict[str, str] = {}
    for drum, text in groove.lines.items():
        parts: list[str] = []
        at = 0
        count = max(width, 2) if drum in TIMEKEEPERS else 0
        for _ in range(groove.bars):
            for number, (a, b) in enumerate(zip(old, new, strict=True)):
                lands = number > 0 and meter.denominator >= 8
                parts.append(_resized(text[at : at + a * width], b * width, count, lands))
                at += a * width
        lines[drum] = "".join(parts)
    return replace(groove, lines=lines, meter=meter)


def _resized(group: str, length: int, count: int, lands: bool) -> str:
    """Fit a group of steps to a length; what counts so many steps at a time counts on."""
    over = len(group) - length
    if over <= 0:
        more = (group[-count:] if count else ".") * -over
        return group + more[: length - len(group)]
    if count:
        return group[:length]
    kept = list(group[:length])
    for i, sign in enumerate(group[length:]):  # counted from the group's end
        place = 0 if lands and sign in "Xx" else length - over + i
        if 0 <= place < length and kept[place] == ".":
            kept[place] = sign
    return "".join(kept)


def _call_and_answer(meter: Meter, grouping: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """Return the steps of the kick and of the backbeat."""
    step = step_ticks(meter)
    groups = [tick // step for tick in group_starts(meter, grouping)]
    beats = [tick // step for tick in beat_starts(meter, grouping)]
    if beats != groups and len(beats) <= 3:  # 2/4, 3/4: one, then the others answer
        return beats[:1], beats[1:]
    if beats != groups and meter.denominator == 4:  # 5/4, 7/4: each group ends on a backbeat
        ends = [*groups[1:], meter.bar_ticks // step]
        answers = [max(b for b in beats if b < end) for end in ends]
        return [start for start in groups if start not in answers], answers
    # Beats that are groups themselves: strong and light take turns (6/8, 7/8, 12/8; 2/2).
    kicks, answers = beats[0::2], beats[1::2]
    if len(beats) % 2 and len(beats) > 1:  # an odd last one has no answer of its own: split it
        last = beats[-1]
        middle = last + (meter.bar_ticks // step - last) // 2
        answers = [*answers, middle - middle % 2]
    return kicks, [a for a in answers if a not in kicks]


def _keep_time(
    line: list[str], at: int, meter: Meter, grouping: tuple[int, ...], like: Groove
) -> None:
    """Write one bar of the timekeeper: eighths, or only the beats where the groove is sparse."""
    step = step_ticks(meter)
    beats = {tick // step for tick in beat_starts(meter, grouping)}
    eighth = max(2 if step * 2 <= meter.unit_ticks or meter.denominator >= 8 else 1, 1)
    bar_steps = meter.bar_ticks // step
    for i in range(0, bar_steps, eighth):
        if i in beats:
            line[at + i] = "-" if like.energy < 0.25 else "x"
        elif like.density >= 0.25:
            line[at + i] = "-"
    if like.density >= 0.75:
        for i in range(eighth + 1, bar_steps, 2 * eighth):
            line[at + i] = "o"
