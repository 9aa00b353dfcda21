"""How a record's players play: the numbers that are drawn once for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tapeloom.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Feel:
    """How a record's players play, drawn once for it."""

    swing: float = 0.58  # the first note's share of a pair, 0.5..0.75
    swing_level: int = 16  # which notes pair up: 16 or 8
    lateness_ms: Mapping[str, float] = field(default_factory=dict)  # by drum or role
    place_ms: Mapping[tuple[str, str], float] = field(default_factory=dict)  # (drum, place): added
    kit: str = ""  # the preset of `feels.FEELS` that the drummer's numbers come from
    humanise: float = 0.0  # 0..1, how much of the learned drummer's touch; 0: a plain drift
    drummer: str | None = None  # a style that the learned drummer knows; None: no one's
    lean_ms: float = 0.0  # the whole kit behind (+) or ahead (-), -30..30
    timing_sd_ms: float = 5.0  # each player's drift, 0..30
    velocity_sd: float = 5.0  # 0..30
    strum_ms: float = 18.0  # lowest to highest note of a rolled chord, 0..80
    strum_chance: float = 0.3  # of chords that aren't marked, keys
    lead_ms: float = 0.0  # how far a melody is ahead of the chord it falls on, 0..40
    phrasing: float = 1.0  # depth of accents and arcs, 0..2
    breath_ms: float = 10.0  # how late the tempo makes the end of a section, 0..60
    ritardando_ms: float = 30.0  # how late the tempo makes the end of the record, 0..250
    pedal: bool = True
    ornaments: bool = True  # whether flams, rolls and mordents are played out

    def __post_init__(self) -> None:
        limits = {
            "swing": (0.5, 0.75), "timing_sd_ms": (0, 30), "velocity_sd": (0, 30),
            "strum_ms": (0, 80), "strum_chance": (0, 1), "phrasing": (0, 2),
            "breath_ms": (0, 60), "ritardando_ms": (0, 250), "humanise": (0, 1),
            "lean_ms": (-30, 30), "lead_ms": (0, 40),
        }  # fmt: skip
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise InputError(
                    f"{name} is {getattr(self, name)}; it must lie between {low} and {high}"
                )
        if self.swing_level not in (8, 16):
            raise InputError(f"swing_level is {self.swing_level}; it must be 8 or 16")

    def scaled(self, amount: float) -> "Feel":
        """Return so much of the feel, from 0 (on the grid) to 1 (all of it).

        >>> half = Feel(swing=0.6, lateness_ms={"snare": 20.0}).scaled(0.5)
        >>> half.swing, half.lateness_ms["snare"]
        (0.55, 10.0)
        """
        if not 0.0 <= amount <= 1.0:
            raise InputError(f"amount is {amount}; it must lie between 0 and 1")
        numbers = (
            "humanise", "lean_ms", "timing_sd_ms", "velocity_sd", "strum_ms", "lead_ms",
            "phrasing", "breath_ms", "ritardando_ms",
        )  # fmt: skip
        return replace(
            self,
            swing=0.5 + amount * (self.swing - 0.5),
            lateness_ms={name: amount * ms for name, ms in self.lateness_ms.items()},
            place_ms={place: amount * ms for place, ms in self.place_ms.items()},
            **{name: amount * getattr(self, name) for name in numbers},
        )


STRAIGHT = Feel(
    swing=0.5, timing_sd_ms=0.0, velocity_sd=0.0, strum_ms=0.0, strum_chance=0.0, phrasing=0.0,
    breath_ms=0.0, ritardando_ms=0.0, pedal=False, ornaments=False,
)  # the score as it stands  # fmt: skip
