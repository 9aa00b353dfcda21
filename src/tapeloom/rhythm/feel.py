"""How a record's players play: the numbers that are drawn once for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tapeloom.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Feel:
    """How a record's players play, drawn once for it."""

    swing: float = 0.58  # the first note's share of a pair, 0.5..0.75
    swing_level: int = 16  # which notes pair up: 16 or 8
    lateness_ms: Mapping[str, float] = field(default_factory=dict)  # by drum or role
    # Added to it: by (drum, place in the bar), the places of `feels.PLACES`.
    place_ms: Mapping[tuple[str, str], float] = field(default_factory=dict)
    kit: str = ""  # the preset of `feels.FEELS` that it was drawn around
    humanise: float = 0.0  # of the drums, by the learned drummer: 0 none, 1 as players vary
    drum_style: str | None = None  # which drummers, one of neural.humaniser.STYLES
    timing_sd_ms: float = 5.0  # each player's drift, 0..30
    velocity_sd: float = 5.0  # 0..30
    strum_ms: float = 18.0  # lowest to highest note of a rolled chord, 0..80
    strum_chance: float = 0.3  # of chords that aren't marked, keys
    lead_ms: float = 0.0  # how early the top note of a chord on keys is, 0..30
    phrasing: float = 1.0  # depth of accents and arcs, 0..2
    breath_ms: float = 10.0  # how late the end of a section may be, 0..60
    ritardando_ms: float = 30.0  # how late the end of the record may be, 0..120
    pedal: bool = True

    def __post_init__(self) -> None:
        limits = {
            "swing": (0.5, 0.75), "timing_sd_ms": (0, 30), "velocity_sd": (0, 30),
            "strum_ms": (0, 80), "strum_chance": (0, 1), "lead_ms": (0, 30), "humanise": (0, 1),
            "phrasing": (0, 2),
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
