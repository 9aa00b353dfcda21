"""Drum grooves as data: one line of text for each drum, and what meters beyond 4/4 make of them.

In a line `X` is an accent, `x` a hit, `-` a soft hit, `o` a ghost note, `.` a rest; a step is a
sixteenth (`meters.step_ticks`); bar lines and spaces only help the eye. A line may be several bars
long.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.rhythm.meters import beat_starts, group_starts, groupings, step_ticks

VELOCITIES = {"X": 106, "x": 88, "-": 64, "o": 32}  # what each sign is worth
FEET = ("kick", "pedal_hat")
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


_HATS_8 = "x.-.|x.-.|x.-.|x.-."
_HATS_4 = "-...|-...|-...|-..."

GROOVES: dict[str, Groove] = {
    groove.name: groove
    for groove in (
        Groove("boom_bap", {
            "kick": "X...|....|..x.|....  X..-|....|..x.|....",
            "snare": "....|X...|....|X...  ....|X..o|....|X...",
            "closed_hat": f"{_HATS_8}  {_HATS_8}",
        }, 0.6, 0.5),
        Groove("head_nod", {
            "kick": "X...|...-|..x.|....  X...|...-|.x..|....",
            "snare": "....|X...|....|X..o  ....|X...|.o..|X...",
            "closed_hat": f"{_HATS_8}  x.-.|x.-.|x.-.|x.--",
        }, 0.6, 0.6),
        Groove("push", {
            "kick": "X...|..x.|.x..|....  X..x|....|.x..|..-.",
            "snare": "....|X...|....|X...  ....|X...|...o|X...",
            "closed_hat": f"{_HATS_8}  {_HATS_8}",
        }, 0.7, 0.65),
        Groove("laid_back", {
            "kick": "X...|....|x...|....  X...|....|x...|..-.",
            "snare": "....|x...|....|x...  ....|x...|....|x..o",
            "closed_hat": f"{_HATS_8}  {_HATS_8}",
        }, 0.45, 0.4),
        Groove("lazy_sunday", {
            "kick": "X..-|....|..x.|....  X..-|....|..x.|..-.",
            "rim": "....|x...|....|x...  ....|x...|....|x...",
            "closed_hat": "-.-.|-.-.|-.-.|-.-.  -.-.|-.-.|-.-.|-...",
        }, 0.4, 0.4),
        Groove("shuffle", {
            "kick": "X...|....|..xo|....  X..x|....|..x.|....",
            "snare": "....|X..o|.o..|X...  ....|X..o|....|X..o",
            "closed_hat": "x.-o|x.-o|x.-o|x.-o  x.-o|x.-o|x.-o|x.--",
        }, 0.65, 0.8),
        Groove("trip", {
            "kick": "X..x|....|.x..|..x.  X..x|....|..x.|....",
            "snare": "....|X...|...o|X...  ....|X..o|....|X...",
            "closed_hat": "x-x-|x-x-|x-x-|x-x-  x-x-|x-x-|x-x-|x-x.",
        }, 0.7, 0.85),
        Groove("two_step", {
            "kick": "X...|....|.x..|x...  X...|...-|..x.|....",
            "snare": "....|X...|....|X...  ....|X...|....|X.o.",
            "closed_hat": f"-.x.|-.x.|-.x.|-.x.  {_HATS_8}",
        }, 0.65, 0.55),
        Groove("clap_back", {
            "kick": "X...|....|x.-.|....  X...|..-.|x...|....",
            "clap": "....|x...|....|x...  ....|x...|....|x...",
            "closed_hat": f"-.x.|-.x.|-.x.|-.x.  {_HATS_8}",
        }, 0.6, 0.45),
        Groove("half_time", {
            "kick": "X...|....|....|..x.  X...|..-.|....|....",
            "snare": "....|....|X...|....  ....|....|X..o|....",
            "closed_hat": "x.-.|x.-.|x.-.|x.-.  x.-.|x.-.|x.-.|x.-.",
        }, 0.4, 0.35),
        Groove("slow_motion", {
            "kick": "X..-|....|....|....  X...|....|....|..x.",
            "rim": "....|....|x...|....  ....|....|x...|....",
            "shaker": "x.-.|x.-.|x.-.|x.-.  x.-.|x.-.|x.-.|x.-.",
        }, 0.3, 0.35),
        Groove("brushes", {
            "kick": "-...|....|-...|....  -...|....|-...|..-.",
            "brush": "x.-.|X.-o|x.-.|X.-.  x.-.|X.-.|x.-o|X.-.",
            "pedal_hat": "....|x...|....|x...  ....|x...|....|x...",
        }, 0.35, 0.45),
        Groove("brush_stroll", {
            "kick": "x...|....|..-.|....  x...|....|....|..-.",
            "brush": "-...|x..o|-...|x...  -...|x...|-..o|x..o",
            "pedal_hat": "....|-...|....|-...  ....|-...|....|-...",
        }, 0.25, 0.3),
        Groove("bossa", {
            "kick": "x..-|x..-|x..-|x..-  x..-|x..-|x..-|x..-",
            "rim": "x..x|..x.|..x.|..x.  x..x|..x.|...x|..x.",
            "shaker": "x-o-|x-o-|x-o-|x-o-  x-o-|x-o-|x-o-|x-o-",
        }, 0.45, 0.75),
        Groove("shaker_sway", {
            "kick": "X...|....|..x.|....  X...|....|..x.|-...",
            "rim": "....|x...|....|x...  ....|x...|....|x..o",
            "shaker": "x-o-|x-o-|x-o-|x-o-  x-o-|x-o-|x-o-|x-o-",
        }, 0.45, 0.6),
        Groove("ride_along", {
            "kick": "X...|....|..x.|....  X..-|....|..-.|....",
            "snare": "....|x..o|....|x...  ....|x...|.o..|x...",
            "ride": "x...|x..-|x...|x..-  x...|x..-|x...|x.-.",
        }, 0.5, 0.45),
        Groove("sparse", {
            "kick": "X...|....|..x.|....  X...|....|....|....",
            "rim": "....|....|....|x...  ....|....|....|x...",
            "closed_hat": f"{_HATS_4}  {_HATS_4}",
        }, 0.2, 0.2),
        Groove("sleep", {
            "kick": "x...|....|....|....  x...|....|..-.|....",
            "rim": "....|....|-...|....  ....|....|-...|....",
            "shaker": f"{_HATS_4}  -...|-...|-...|-.o.",
        }, 0.1, 0.1),
    )
}  # fmt: skip


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
    if meter.bar_ticks == like.meter.bar_ticks and meter.denominator <= 4:
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
    )


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
