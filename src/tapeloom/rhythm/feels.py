"""Presets of feel: how a lo-fi drummer of each style leaves the grid, in milliseconds.

They are designed for the sound of the style, by ear and from how players speak of it, and
measured from nobody. `KitFeel.says` tells what one does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.mood import Character
from tapeloom.rhythm.feel import Feel
from tapeloom.rhythm.groove import LATENESS_MS
from tapeloom.rhythm.limbs import HABIT
from tapeloom.rhythm.meters import beat_starts, step_ticks

PLACES = ("one", "beat", "and", "sixteenth")  # the bar's first step, beats, eighths, the rest

# The style of the learned drummer (neural.humaniser) whose touch suits a feel.
DRUMMERS: Mapping[str, str] = MappingProxyType({
    "dusty": "hiphop", "dilla": "hiphop", "boom_bap": "hiphop", "swung": "hiphop",
    "half_time": "hiphop", "trip_hop": "hiphop", "bossa": "latin", "brushes": "jazz",
    "shuffle": "blues", "rolling": "soul", "house": "dance", "dub": "reggae", "sleepy": "soul",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class KitFeel:
    """How a drummer plays a kit: swing, each drum's steady lateness, and more at some places."""

    name: str
    says: str
    swing: float = 0.5  # the first note's share of a pair, 0.5..0.75
    swing_level: int = 16  # which notes pair up: 16 or 8
    lateness_ms: Mapping[str, float] = field(default_factory=dict)  # by drum, -40..40
    place_ms: Mapping[tuple[str, str], float] = field(default_factory=dict)  # added: (drum, place)
    timing_sd_ms: float = 5.0  # human drift, 0..30
    velocity_sd: float = 5.0  # 0..30

    def __post_init__(self) -> None:
        object.__setattr__(self, "lateness_ms", MappingProxyType(dict(self.lateness_ms)))
        object.__setattr__(self, "place_ms", MappingProxyType(dict(self.place_ms)))
        for drum, place in (*((d, "one") for d in self.lateness_ms), *self.place_ms):
            if drum not in HABIT or place not in PLACES:
                raise InputError(
                    f"feel {self.name!r}: {drum!r} must be a drum and {place!r} one of "
                    f"{', '.join(PLACES)}"
                )
        for ms in (*self.lateness_ms.values(), *self.place_ms.values()):
            if not -40.0 <= ms <= 40.0:
                raise InputError(f"feel {self.name!r}: {ms} ms must lie between -40 and 40")
        self.player()  # checks the swing and the spreads

    def player(self) -> Feel:
        """Return the performer's feel with this kit's swing, lateness and drift.

        >>> FEELS["dusty"].player().lateness_ms["snare"]
        15.0
        """
        return Feel(
            swing=self.swing,
            swing_level=self.swing_level,
            lateness_ms=dict(self.lateness_ms),
            place_ms=dict(self.place_ms),
            kit=self.name,
            drummer=DRUMMERS.get(self.name),
            timing_sd_ms=self.timing_sd_ms,
            velocity_sd=self.velocity_sd,
        )

    def offset_ms(self, drum: str, *, step: int, meter: Meter) -> float:
        """Return how far a drum lies from the swung grid at a step of the bar, late is positive.

        drum  a drum of the kit
        step  a step of `meters.step_ticks`, counted from the bar's start; it wraps

        >>> [FEELS["dilla"].offset_ms("kick", step=s, meter=Meter(4, 4)) for s in (0, 3, 10)]
        [0.0, 12.0, 7.0]
        """
        if drum not in HABIT:
            raise InputError(f"{drum!r} is no drum of the kit; choose one of {', '.join(HABIT)}")
        extra = self.place_ms.get((drum, place_of(step, meter)), 0.0)
        return self.lateness_ms.get(drum, 0.0) + extra


def place_of(step: int, meter: Meter) -> str:
    """Name the place of a step in its bar: `one`, `beat`, `and` (eighths) or `sixteenth`.

    >>> [place_of(step, Meter(4, 4)) for step in (0, 4, 6, 7, 16)]
    ['one', 'beat', 'and', 'sixteenth', 'one']
    """
    length = step_ticks(meter)
    tick = step * length % meter.bar_ticks
    if tick == 0:
        return "one"
    if tick in beat_starts(meter):
        return "beat"
    return "and" if tick // length % 2 == 0 else "sixteenth"


FEELS: Mapping[str, KitFeel] = MappingProxyType({
    feel.name: feel
    for feel in (
        KitFeel("straight", "On the grid: no swing, nobody early or late, no drift.",
                timing_sd_ms=0.0, velocity_sd=0.0),
        KitFeel("dusty", "The lo-fi default: kick on time, snare 15 ms behind, hats 5 ms ahead.",
                0.58, 16,
                {"kick": 0.0, "snare": 15.0, "rim": 13.0, "clap": 14.0, "brush": 10.0,
                 "closed_hat": -5.0, "open_hat": -4.0, "ride": -4.0, "shaker": -6.0},
                {("closed_hat", "sixteenth"): 2.0}, 5.0, 5.5),
        KitFeel("dilla", "Drunk but sure: low swing in the hats, kicks drag off the beat, snare "
                "20 ms behind.", 0.55, 16,
                {"kick": 0.0, "snare": 20.0, "rim": 18.0, "clap": 20.0, "brush": 14.0,
                 "closed_hat": -6.0, "open_hat": -6.0, "ride": -5.0, "shaker": -8.0},
                {("kick", "and"): 7.0, ("kick", "sixteenth"): 12.0, ("kick", "beat"): 4.0,
                 ("closed_hat", "and"): 5.0, ("snare", "sixteenth"): 5.0}, 7.0, 6.5),
        KitFeel("boom_bap", "A sampler's swing of 60 %, tight kick, snare 9 ms behind.", 0.60, 16,
                {"kick": 0.0, "snare": 9.0, "rim": 8.0, "clap": 10.0, "closed_hat": -3.0,
                 "open_hat": -3.0, "ride": -3.0, "shaker": -4.0},
                {("kick", "sixteenth"): 3.0}, 3.5, 5.0),
        KitFeel("swung", "Late triplet-like sixteenths at 62 %; the ghosts come later still.",
                0.62, 16,
                {"kick": 1.0, "snare": 14.0, "rim": 12.0, "brush": 10.0, "clap": 12.0,
                 "closed_hat": -4.0, "ride": -5.0, "shaker": -5.0},
                {("snare", "sixteenth"): 5.0, ("rim", "sixteenth"): 4.0}, 5.5, 6.5),
        KitFeel("half_time", "Wide and heavy: the one backbeat hangs 22 ms back.", 0.56, 16,
                {"kick": 1.0, "snare": 22.0, "rim": 18.0, "clap": 20.0, "closed_hat": -4.0,
                 "shaker": -6.0, "ride": -4.0},
                {("kick", "and"): 4.0}, 5.0, 5.0),
        KitFeel("trip_hop", "A slowed-down break: 54 % swing, all close together, snare 7 ms "
                "behind.", 0.54, 16,
                {"kick": 0.0, "snare": 7.0, "rim": 6.0, "closed_hat": -2.0, "ride": -2.0,
                 "shaker": -3.0, "open_hat": -2.0}, {}, 4.0, 6.0),
        KitFeel("bossa", "Almost straight at 52 %: shaker ahead by 6 ms, rim 6 ms behind.",
                0.52, 16,
                {"kick": 0.0, "rim": 6.0, "snare": 8.0, "brush": 6.0, "shaker": -6.0,
                 "closed_hat": -4.0, "ride": -4.0, "pedal_hat": 0.0},
                {("shaker", "sixteenth"): -2.0, ("rim", "sixteenth"): 2.0}, 4.0, 5.0),
        KitFeel("brushes", "A soft trio drummer: brush 10 ms behind, foot hat a hair early.",
                0.60, 16,
                {"kick": 2.0, "brush": 10.0, "snare": 12.0, "rim": 9.0, "ride": -6.0,
                 "pedal_hat": -3.0, "shaker": -4.0},
                {("brush", "sixteenth"): 6.0, ("ride", "sixteenth"): 3.0}, 6.5, 7.0),
        KitFeel("shuffle", "Full triplets, eighths at 67 %, with a lazy snare.", 0.667, 8,
                {"kick": 0.0, "snare": 12.0, "rim": 10.0, "clap": 11.0, "brush": 9.0,
                 "closed_hat": -4.0, "ride": -5.0, "shaker": -5.0}, {}, 4.5, 6.0),
        KitFeel("rolling", "For triplet meters: no swing to add, snare 13 ms behind, hats ahead.",
                0.5, 16,
                {"kick": 0.0, "snare": 13.0, "rim": 11.0, "clap": 12.0, "brush": 9.0,
                 "closed_hat": -4.0, "ride": -5.0, "shaker": -5.0}, {}, 5.0, 6.0),
        KitFeel("house", "A machine with a loose clap: 55 % swing, kick dead on, clap 6 ms "
                "behind.", 0.55, 16,
                {"kick": 0.0, "clap": 6.0, "snare": 6.0, "rim": 5.0, "closed_hat": -1.0,
                 "open_hat": 0.0, "shaker": -3.0}, {}, 2.0, 3.5),
        KitFeel("dub", "Behind on purpose: kick and rim on three drag together.", 0.58, 16,
                {"kick": 4.0, "rim": 10.0, "snare": 12.0, "closed_hat": -2.0, "shaker": -4.0},
                {("kick", "beat"): 6.0, ("rim", "beat"): 4.0}, 5.0, 5.0),
        KitFeel("sleepy", "Everyone lies back, hats included; wide drift.", 0.57, 16,
                {"kick": 3.0, "snare": 24.0, "rim": 20.0, "brush": 16.0, "clap": 20.0,
                 "closed_hat": 2.0, "shaker": 0.0, "ride": 2.0, "pedal_hat": 2.0},
                {("closed_hat", "and"): 3.0, ("shaker", "and"): 3.0}, 7.5, 5.0),
    )
})  # fmt: skip

# The feel that suits each style of `patterns.GROOVES`.
STYLE_FEELS: Mapping[str, str] = MappingProxyType({
    "boom bap": "boom_bap", "displaced": "dilla", "swung": "swung", "half-time": "half_time",
    "trip-hop": "trip_hop", "break": "trip_hop", "bossa": "bossa", "latin": "bossa",
    "brushes": "brushes", "house": "house", "dub": "dub", "still": "sleepy", "waltz": "dusty",
    "six-eight": "rolling", "shuffle": "rolling", "five": "dusty", "seven": "dusty",
    "nine": "rolling", "ten": "rolling", "eleven": "rolling",
})  # fmt: skip

# Feels that may take each other's place, by mood: what they share is their sixteenths.
_CALM, _LIVELY, _DEFAULT = ("sleepy", "half_time"), ("boom_bap", "swung"), "dusty"
_KIN = (_DEFAULT, "dilla", *_CALM, *_LIVELY)
_OWN_FEEL = 0.65  # how often a groove is played with the feel of its style


def feel_named(name: str) -> KitFeel:
    """Return a preset by name.

    >>> feel_named("dusty").swing
    0.58
    """
    if name not in FEELS:
        raise InputError(f"{name!r} is no feel; choose one of {', '.join(FEELS)}")
    return FEELS[name]


def feel_of(style: str) -> KitFeel:
    """Return the preset that suits a style of groove.

    >>> feel_of("displaced").name
    'dilla'
    """
    if style not in STYLE_FEELS:
        raise InputError(f"{style!r} is no style; choose one of {', '.join(STYLE_FEELS)}")
    return FEELS[STYLE_FEELS[style]]


def draw_feel(character: Character, rng: np.random.Generator, *, style: str = "") -> Feel:
    """Draw how a record is played: a kit's feel by groove and mood, and the others' places.

    style  of the drum part's groove, one of STYLE_FEELS; "" where it is not known

    Livelier music has the tighter feels, calmer music the lazy ones; the kit's numbers are then
    varied a little, so that two records of one feel are no twins.
    """
    lively = 0.5 * (character.energy + character.density)
    kit = FEELS[_draw_kit(STYLE_FEELS.get(style, ""), lively, rng)]
    depth = float(np.clip(1.0 + 0.4 * (0.45 - lively) + rng.normal(0.0, 0.08), 0.8, 1.2))
    swing = kit.swing
    if 0.515 < swing <= 0.62:
        swing = swing + float(np.clip(rng.normal(0.0, 0.008), -0.015, min(0.015, 0.62 - swing)))
    drag = float(np.clip(0.5 + 0.8 * (0.45 - lively) + rng.normal(0.0, 0.2), 0.0, 1.0))
    lateness = {
        name: round(low + (high - low) * float(np.clip(drag + rng.normal(0, 0.12), 0, 1)), 2)
        for name, (low, high) in LATENESS_MS.items()
    }
    lateness |= {drum: round(depth * ms, 2) for drum, ms in kit.lateness_ms.items()}
    return Feel(
        swing=round(swing, 4),
        swing_level=kit.swing_level,
        lateness_ms=lateness,
        place_ms={place: round(depth * ms, 2) for place, ms in kit.place_ms.items()},
        kit=kit.name,
        humanise=round(float(rng.uniform(0.22, 0.34)), 3),
        drummer=DRUMMERS[kit.name],
        lean_ms=round(float(np.clip(rng.normal(0.0, 0.7), -1.5, 1.5)), 2),
        timing_sd_ms=round(float(np.clip(kit.timing_sd_ms + rng.normal(0.0, 0.5), 2.0, 8.0)), 2),
        velocity_sd=round(float(rng.uniform(4.5, 7.0)), 2),
        strum_ms=round(float(rng.uniform(10.0, 28.0)), 1),
        strum_chance=round(float(rng.uniform(0.1, 0.4)), 2),
        lead_ms=round(float(rng.uniform(4.0, 14.0)), 1),
        phrasing=round(float(rng.uniform(0.8, 1.2)), 2),
        breath_ms=round(float(rng.uniform(12.0, 30.0)) * (1.0 - 0.5 * lively), 1),
        ritardando_ms=round(float(rng.uniform(30.0, 80.0)), 1),
    )


def _draw_kit(own: str, lively: float, rng: np.random.Generator) -> str:
    """Draw the name of a feel: mostly the style's own, else one of its kin that fits the mood."""
    luck = float(rng.random())
    options = [_DEFAULT, "dilla", *(_LIVELY if lively > 0.5 else _CALM if lively < 0.35 else ())]
    other = int(rng.integers(len(options)))
    if own and (luck < _OWN_FEEL or own not in _KIN):
        return own
    return str(options[other])
