"""Drum fills by length, energy and what they do to the next downbeat.

Fills end with the bar. The lines are written as in `patterns`; "backbeat" and "time" stand for
whatever drums the groove uses.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tapeloom.core.errors import InputError
from tapeloom.rhythm.limbs import HABIT
from tapeloom.rhythm.patterns import VELOCITIES, Bar, Groove

VOICES = ("backbeat", "time")
LEADS = ("rise", "space", "pickup")  # how a fill leads on


@dataclass(frozen=True, slots=True)
class Fill:
    """The end of a bar.

    >>> fill = Fill("two", {"backbeat": "x.-X", "time": "x..."}, 0.4, "pickup")
    >>> fill.steps, fill.hits(Groove("g", {"snare": "." * 16}))[3, "snare"]
    (4, 'X')
    """

    name: str
    lines: Mapping[str, str]
    energy: float  # 0..1, the least energy of a section that it suits
    leads: str  # rise: it grows; space: it leaves a hole; pickup: its last strokes lean on
    beat: int = 4  # steps of the beat that it was written for: 4 simple, 6 compound

    def __post_init__(self) -> None:
        lines = {drum: re.sub(r"[| ]", "", text) for drum, text in self.lines.items()}
        object.__setattr__(self, "lines", MappingProxyType(lines))
        lengths = {len(text) for text in lines.values()}
        if len(lengths) != 1 or 0 in lengths:
            raise InputError(f"fill {self.name!r}: every line must have as many steps, at least 1")
        if strange := set("".join(lines.values())) - {*VELOCITIES, "."}:
            raise InputError(f"fill {self.name!r}: {strange.pop()!r} is none of X x - o .")
        if unknown := set(lines) - {*VOICES, *HABIT}:
            raise InputError(f"fill {self.name!r}: {min(unknown)!r} is no drum of the kit")
        if self.leads not in LEADS:
            raise InputError(f"fill {self.name!r}: {self.leads!r} is none of {', '.join(LEADS)}")
        if not 0.0 <= self.energy <= 1.0:
            raise InputError(f"fill {self.name!r}: energy {self.energy} must lie between 0 and 1")

    @property
    def steps(self) -> int:
        """Its length in steps."""
        return len(next(iter(self.lines.values())))

    def hits(self, groove: Groove) -> Bar:
        """Return its hits by step and drum, played on the drums of a groove.

        Where the groove keeps time on the drum of its backbeat (brushes), the backbeat has the
        word.
        """
        drums = {"backbeat": groove.backbeat, "time": groove.timekeeper}
        found: Bar = {}
        for voice in sorted(self.lines, key=lambda line: line == "backbeat"):
            for step, sign in enumerate(self.lines[voice]):
                if sign != ".":
                    found[step, drums.get(voice, voice)] = sign
        return found


FILLS: Mapping[str, Fill] = MappingProxyType({
    fill.name: fill
    for fill in (
        # a beat or less
        Fill("stop", {"kick": "....", "time": "...."}, 0.0, "space"),
        Fill("tap", {"backbeat": "x..-", "time": "-..."}, 0.0, "pickup"),
        Fill("sigh", {"time": "-...", "kick": "-..."}, 0.0, "space"),
        Fill("whisper", {"backbeat": "o.o-", "time": "-..."}, 0.1, "rise"),
        Fill("drag", {"backbeat": "x.o-", "time": "x..."}, 0.2, "pickup"),
        Fill("knock", {"kick": "..x-", "backbeat": "x...", "time": "x..."}, 0.3, "pickup"),
        Fill("four", {"backbeat": "--xX", "kick": "x..."}, 0.55, "rise"),
        # two beats
        Fill("breath", {"kick": "x...|....", "time": "x...|...."}, 0.0, "space"),
        Fill("drift_off", {"backbeat": "..o.|-...", "time": "-.-.|-..."}, 0.0, "space"),
        Fill("answer", {"kick": "x..x|....", "backbeat": "..o.|x.-x", "time": "x...|x..."},
             0.2, "rise"),
        Fill("lift", {"kick": "....|..-.", "backbeat": "....|x...", "open_hat": "....|..x."},
             0.3, "pickup"),
        Fill("stumble", {"kick": "x..x|..x.", "backbeat": ".o..|x..x", "time": "x.-.|x..."},
             0.4, "pickup"),
        Fill("tresillo", {"kick": "x..x|..x.", "backbeat": "x..x|..x.", "time": "x.-.|x.-."},
             0.45, "pickup"),
        Fill("climb", {"kick": "x...|....", "backbeat": "o.o-|-x-X", "time": "x...|...."},
             0.5, "rise"),
        Fill("pull_back", {"kick": "x.x.|x...", "backbeat": "...x|....", "time": "x...|x..."},
             0.5, "space"),
        Fill("hand_to_foot", {"backbeat": "xx..|xx..", "kick": "..x.|..xX"}, 0.65, "rise"),
        # three and four beats
        Fill("long_breath", {"kick": "x...|....|....", "time": "-...|-...|...."}, 0.0, "space"),
        Fill("amble", {"kick": "x...|..-.|....", "backbeat": "....|x..o|.o.-",
                       "time": "x.-.|x.-.|x..."}, 0.3, "rise"),
        Fill("long", {"kick": "X...|...x|..x.|....", "backbeat": "....|X..o|.o.-|-x.X",
                      "time": "x.-.|x.-.|x...|...."}, 0.6, "rise"),
        Fill("turn", {"kick": "X..x|....|.x..|..x.", "backbeat": "....|X...|o..o|x.xX",
                      "time": "x.-.|x.-.|x.-.|...."}, 0.5, "rise"),
        Fill("two_by_two", {"kick": "..x.|..x.|..x.|....", "backbeat": "x..-|x..-|x..x|-xxX",
                            "time": "x...|x...|x...|x..."}, 0.7, "rise"),
        Fill("half_stop", {"kick": "X..x|..x.|....|....", "backbeat": "....|X...|....|....",
                           "time": "x.-.|x.-.|x...|...."}, 0.35, "space"),
        # for beats of three eighths
        Fill("lilt", {"backbeat": "x...o.", "time": "x.-.-."}, 0.1, "pickup", 6),
        Fill("hush", {"kick": "-.....", "time": "-....."}, 0.0, "space", 6),
        Fill("tumble", {"backbeat": "o.-.xX", "time": "x....."}, 0.4, "rise", 6),
        Fill("roll_over", {"kick": "x.....|......", "backbeat": "..o...|x.-.X.",
                           "time": "x.-.-.|x....."}, 0.3, "rise", 6),
        Fill("three_by_three", {"kick": "x.....|x.....", "backbeat": "..x.-.|..x-xX",
                                "time": "x.....|x....."}, 0.6, "rise", 6),
    )
})  # fmt: skip


def fills_for(
    *, energy: float, beat: int = 4, longest: int = 16, shortest: int = 1
) -> tuple[Fill, ...]:
    """List the fills for a section, the shortest first.

    energy    0..1 of the section; a fill a little livelier (0.15) is allowed
    beat      steps of its beat: 4 in simple meters, 6 in compound ones
    longest, shortest  in steps

    >>> [fill.name for fill in fills_for(energy=0.0, longest=4)]
    ['stop', 'tap', 'sigh', 'whisper']
    """
    if not 0.0 <= energy <= 1.0:
        raise InputError(f"energy is {energy}; it must lie between 0 and 1")
    fitting = [
        fill
        for fill in FILLS.values()
        if fill.beat == beat and shortest <= fill.steps <= longest and fill.energy <= energy + 0.15
    ]
    return tuple(sorted(fitting, key=lambda fill: fill.steps))


def end_with(bar: Bar, fill: Fill, groove: Groove) -> tuple[Bar, set[tuple[int, str]]]:
    """End a bar with a fill; return the bar and which hits are the fill's.

    The fill must be shorter than the bar: a bar keeps its downbeat.

    >>> groove = Groove("g", {"kick": "X..............."})
    >>> bar, hits = end_with(groove.bar(0), FILLS["tap"], groove)
    >>> sorted(bar)[0], sorted(hits)
    ((0, 'kick'), [(12, 'closed_hat'), (12, 'snare'), (15, 'snare')])
    """
    first = groove.steps - fill.steps
    if first <= 0:
        raise InputError(
            f"fill {fill.name!r} has {fill.steps} steps; it must be shorter than the bar's "
            f"{groove.steps}"
        )
    added = {(first + step, drum): sign for (step, drum), sign in fill.hits(groove).items()}
    kept = {key: sign for key, sign in bar.items() if key[0] < first}
    return kept | added, set(added)
