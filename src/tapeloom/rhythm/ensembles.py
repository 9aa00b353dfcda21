"""Whole ensembles around a timeline: who plays what, and how a drum kit plays all of it.

The lines are written as in `patterns`: `X` an accent, `x` a hit, `-` a soft one, `o` a ghost note.
Each is a plain form that a beginner in the style learns; players vary it. `arranged` names the
lines that are a kit's answer to a drum rather than a transcription of one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.rhythm.meters import step_ticks
from tapeloom.rhythm.patterns import VELOCITIES, Groove
from tapeloom.rhythm.timelines import Timeline, timeline


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The parts of one cycle, and the drum of a kit that plays each.

    >>> samba = ENSEMBLES["samba"]
    >>> samba.parts["surdo"], samba.kit["surdo"]
    ('-...X...-...X...', 'kick')
    """

    name: str
    timeline: str  # the cycle that leads, see `timelines`
    parts: Mapping[str, str]  # instrument -> one line of a sign a pulse
    kit: Mapping[str, str]  # instrument -> drum of the kit; what isn't here a kit leaves out
    arranged: tuple[str, ...] = ()
    energy: float = 0.5
    density: float = 0.6

    def __post_init__(self) -> None:
        parts = {name: re.sub(r"[\s|]", "", line) for name, line in self.parts.items()}
        object.__setattr__(self, "parts", MappingProxyType(parts))
        object.__setattr__(self, "kit", MappingProxyType(dict(self.kit)))
        pulses = self.leader.pulses
        for name, line in parts.items():
            if len(line) != pulses or set(line) - {*VELOCITIES, "."}:
                raise InputError(
                    f"ensemble {self.name!r}: {name} must have {pulses} signs of X x - o ."
                )
        if strange := {*self.kit, *self.arranged} - set(parts):
            raise InputError(f"ensemble {self.name!r}: there is no part {min(strange)!r}")

    @property
    def leader(self) -> Timeline:
        """The timeline that leads."""
        return timeline(self.timeline)

    @property
    def meter(self) -> Meter:
        """The meter whose bar holds one cycle."""
        return self.leader.meter

    def groove(self) -> Groove:
        """Write the parts for a drum kit, one bar a cycle.

        >>> ENSEMBLES["maqsum"].groove().lines["kick"]
        'X.......x.......'
        """
        step = step_ticks(self.meter)
        width, rest = divmod(self.leader.pulse_ticks, step)
        if rest or not width:
            raise InputError(f"the pulses of {self.name} are finer than a drummer's steps")
        lines: dict[str, str] = {}
        for part, drum in self.kit.items():
            line = "".join(sign.ljust(width, ".") for sign in self.parts[part])
            lines[drum] = _louder(lines[drum], line) if drum in lines else line
        return Groove(self.name, lines, energy=self.energy, density=self.density, meter=self.meter)


def _louder(a: str, b: str) -> str:
    """Lay two lines over each other; where both sound the louder sign stays."""
    worth = {".": 0, **VELOCITIES}
    return "".join(max(p, q, key=lambda sign: worth[sign]) for p, q in zip(a, b, strict=True))


ENSEMBLES: MappingProxyType[str, Ensemble] = MappingProxyType({
    ensemble.name: ensemble
    for ensemble in (
        Ensemble("son", "son32", {
            "claves": "x..x ..x. ..x. x...",
            "cascara": "X.x- .x.X x.x. X-.x",
            "maracas": "x.-. x.-. x.-. x.-.",
            "bongo": "X--- x--- X--- x---",
            "congas": "..X. ..xx ..X. ..xx",
            "bass": "...x ..x. ...x ..x.",
        }, {"claves": "rim", "maracas": "shaker", "bass": "kick"}, ("cascara",), 0.5, 0.55),
        Ensemble("bossa_nova", "bossa32", {
            "rim": "x..x ..x. ..x. .x..",
            "ganza": "x-x- x-x- x-x- x-x-",
            "surdo": "x..- x..- x..- x..-",
            "hat": ".... -... .... -...",
        }, {"rim": "rim", "ganza": "shaker", "surdo": "kick", "hat": "pedal_hat"}, ("surdo", "hat"),
            0.45, 0.75),
        Ensemble("samba", "teleco_teco", {
            "tamborim": "x.x. xx.x .x.x .xx.",
            "ganza": "x--x x--x x--x x--x",
            "surdo": "-... X... -... X...",
        }, {"tamborim": "rim", "ganza": "shaker", "surdo": "kick"}, (), 0.6, 0.8),
        Ensemble("bembe", "bembe", {
            "bell": "X.x .xx .x. x.x",
            "shekere": "x.- x.- x.- x.-",
            "claps": "... x.. ... x..",
            "low_drum": "x.. ..- x.. ...",
        }, {"bell": "ride", "shekere": "shaker", "claps": "rim", "low_drum": "kick"},
            ("claps", "low_drum"), 0.5, 0.65),
        Ensemble("kpanlogo", "kpanlogo", {
            "bell": "X..x ..x. ..x. x...",
            "axatse": "x.-. x.-. x.-. x.-.",
            "low_drum": "x... ..x. x... ....",
            "high_drum": "..-. x... ..-. x.o.",
        }, {"bell": "ride", "axatse": "shaker", "low_drum": "kick", "high_drum": "rim"},
            ("low_drum", "high_drum"), 0.5, 0.6),
        Ensemble("maqsum", "maqsum", {
            "darbuka_low": "X... x...",
            "darbuka_high": ".x.X ..x.",
            "riq": "x-x- x-x-",
        }, {"darbuka_low": "kick", "darbuka_high": "rim", "riq": "shaker"}, (), 0.5, 0.6),
        Ensemble("danzon", "baqueteo", {
            "timbales": "X.xx .xx. X.x. x.x.",
            "guiro": "x.-- x.-- x.-- x.--",
            "bass": "x..x ..x. x... x...",
        }, {"timbales": "rim", "guiro": "shaker", "bass": "kick"}, ("bass",), 0.4, 0.6),
        Ensemble("dembow", "dembow", {
            "snare": "...x ..x.",
            "hats": "-.-. -.-.",
            "kick": "X... X...",
        }, {"snare": "snare", "hats": "closed_hat", "kick": "kick"}, (), 0.6, 0.5),
    )
})  # fmt: skip


def ensemble(name: str) -> Ensemble:
    """Find an ensemble by name.

    >>> ensemble("bembe").leader.origin
    'Cuba, Ghana (Ewe), Nigeria (Yoruba)'
    """
    found = ENSEMBLES.get(name.casefold().replace("-", "_").replace(" ", "_"))
    if found is None:
        raise InputError(f"there is no ensemble {name!r}; take {', '.join(ENSEMBLES)}")
    return found
