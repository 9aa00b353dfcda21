"""How a record's players play: the numbers that are drawn once for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.mood import Character
from tapeloom.rhythm.groove import LATENESS_MS


@dataclass(frozen=True, slots=True)
class Feel:
    """How a record's players play, drawn once for it."""

    swing: float = 0.58  # the first note's share of a pair, 0.5..0.75
    swing_level: int = 16  # which notes pair up: 16 or 8
    lateness_ms: Mapping[str, float] = field(default_factory=dict)  # by drum or role
    timing_sd_ms: float = 5.0  # each player's drift, 0..30
    velocity_sd: float = 5.0  # 0..30
    strum_ms: float = 18.0  # lowest to highest note of a rolled chord, 0..80
    strum_chance: float = 0.3  # of chords that aren't marked, keys
    phrasing: float = 1.0  # depth of accents and arcs, 0..2
    breath_ms: float = 10.0  # how late the end of a section may be, 0..60
    ritardando_ms: float = 30.0  # how late the end of the record may be, 0..120
    pedal: bool = True

    def __post_init__(self) -> None:
        limits = {
            "swing": (0.5, 0.75), "timing_sd_ms": (0, 30), "velocity_sd": (0, 30),
            "strum_ms": (0, 80), "strum_chance": (0, 1), "phrasing": (0, 2),
            "breath_ms": (0, 60), "ritardando_ms": (0, 120),
        }  # fmt: skip
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise InputError(
                    f"{name} is {getattr(self, name)}; it must lie between {low} and {high}"
                )
        if self.swing_level not in (8, 16):
            raise InputError(f"swing_level is {self.swing_level}; it must be 8 or 16")


STRAIGHT = Feel(
    swing=0.5, timing_sd_ms=0.0, velocity_sd=0.0, strum_ms=0.0, strum_chance=0.0, phrasing=0.0,
    breath_ms=0.0, ritardando_ms=0.0, pedal=False,
)  # the score as it stands  # fmt: skip


def draw_feel(character: Character, rng: np.random.Generator) -> Feel:
    """Draw a feel that suits a mood: livelier music swings more, calmer music drags more."""
    lively = 0.5 * (character.energy + character.density)
    centre = 0.565 + 0.03 * lively
    drag = float(np.clip(0.5 + 0.8 * (0.45 - lively) + rng.normal(0.0, 0.2), 0.0, 1.0))
    return Feel(
        swing=round(float(np.clip(rng.normal(centre, 0.012), 0.54, 0.62)), 4),
        lateness_ms={
            name: round(low + (high - low) * float(np.clip(drag + rng.normal(0, 0.12), 0, 1)), 2)
            for name, (low, high) in LATENESS_MS.items()
        },
        timing_sd_ms=round(float(rng.uniform(4.0, 7.0)), 2),
        velocity_sd=round(float(rng.uniform(4.5, 7.0)), 2),
        strum_ms=round(float(rng.uniform(10.0, 28.0)), 1),
        strum_chance=round(float(rng.uniform(0.1, 0.4)), 2),
        phrasing=round(float(rng.uniform(0.8, 1.2)), 2),
        breath_ms=round(float(rng.uniform(4.0, 14.0)) * (1.0 - 0.5 * lively), 1),
        ritardando_ms=round(float(rng.uniform(20.0, 45.0)), 1),
    )
