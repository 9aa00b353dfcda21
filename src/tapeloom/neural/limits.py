"""What a piece must keep to beside the grammar: ranges, scale, and how many notes there may be.

Pitches are those of the tokens: written as if the tonic were C. `neural.constraints` keeps to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, Key
from tapeloom.neural.controls import Controls, most_notes
from tapeloom.neural.tokens import to_c
from tapeloom.theory.instruments import instrument

# Role -> how many notes may begin at once, and how many a bar at most where nobody tells.
TOGETHER = {"melody": 1, "bass": 1, "guitar": 4, "keys": 5, "pad": 4, "other": 4, "drums": 4}
BUSIEST = {
    "melody": 16, "bass": 12, "guitar": 16, "keys": 24, "pad": 8, "other": 16, "drums": 40,
}  # fmt: skip
# Role -> the pitches that suit it in a lo-fi texture, where no instrument narrows them further.
RANGES: Mapping[str, tuple[int, int]] = MappingProxyType({
    "melody": (60, 86), "keys": (45, 79), "pad": (48, 79), "guitar": (45, 79), "bass": (28, 52),
    "other": (48, 84),
})  # fmt: skip
# Role -> the share of a density's notes that its fullest bar may have; together they are over 1,
# since no two roles are at their fullest in every bar.
BUDGET = {"melody": 0.5, "keys": 0.75, "pad": 0.4, "guitar": 0.3, "bass": 0.4, "other": 0.3}
FEWEST = {"melody": 2, "keys": 2, "pad": 1, "guitar": 2, "bass": 1, "other": 2}  # whatever is asked
MENDING = 2  # bars in which what was too many or too few is to be made up for
SWAY = (0.25, 1.6)  # how far a bar's density may lie from what is asked while it is made up for


@dataclass(frozen=True, slots=True)
class Limits:
    """What the notes of a piece must keep to.

    >>> limits = limits_for(Key("A", "minor"), instruments={"bass": "upright_bass"})
    >>> limits.ranges["bass"]
    (31, 53)
    """

    scale: frozenset[int] = frozenset(range(12))  # pitch classes beside those of the chords
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=lambda: RANGES)
    together: Mapping[str, int] = field(default_factory=lambda: TOGETHER)
    busiest: Mapping[str, int] = field(default_factory=lambda: BUSIEST)
    by_chord: bool = True  # whether chords decide what may sound on beats and for long
    sounding: frozenset[tuple[int, str]] = frozenset()  # (bar, role): there it has a note
    home: frozenset[int] = frozenset()  # bars, from 0, whose first chord stands on the tonic
    ground: Mapping[int, str] = field(default_factory=dict)  # bar -> who plays its chords' bass
    density: float | None = None  # pitched notes a bar that the whole should come to
    least_drums: int = 4  # strokes a bar that drums may have under any limit of all notes
    most: float | None = None  # notes a bar, drums included

    def __post_init__(self) -> None:
        for name, (low, high) in self.ranges.items():
            if not 0 <= low <= high - 11 <= 127:
                raise InputError(
                    f"the range of {name} is {low} to {high}; it must span an octave within 0..127"
                )
        if len(self.scale) < 5:
            raise InputError(f"the scale has {len(self.scale)} tones; it must have at least 5")

    def budget(self, bars: int, notes: int) -> Mapping[str, int]:
        """Return how many notes each role may have in the next bar.

        bars, notes  written so far, without drums

        >>> Limits(density=8.0).budget(4, 32)["keys"], Limits(density=8.0).budget(4, 48)["keys"]
        (6, 2)
        """
        if self.density is None:
            return self.busiest
        low, high = (share * self.density for share in SWAY)
        wanted = min(max(self.density + (self.density * bars - notes) / MENDING, low), high)
        shares = {role: max(round(share * wanted), FEWEST[role]) for role, share in BUDGET.items()}
        if self.most is not None:
            shares["drums"] = max(round(self.most - self.density), self.least_drums)
        return {role: min(most, shares.get(role, most)) for role, most in self.busiest.items()}


def limits_for(
    key: Key, *, instruments: Mapping[str, str] | None = None, density: float | None = None,
    most: float | None = None,
) -> Limits:  # fmt: skip
    """Return the limits of a key.

    instruments  by role; they narrow the ranges to what they play well
    density      pitched notes a bar that are asked for; it bounds what each role may play
    most         notes a bar, drums included, that a mood bears

    >>> sorted(limits_for(Key("F", "dorian")).scale)
    [0, 2, 3, 5, 7, 9, 10]
    """
    shift = to_c(key)
    ranges = {}
    for name, (low, high) in RANGES.items():
        known = (instruments or {}).get(name)
        if known is not None:
            least, most = instrument(known).comfortable
            if min(high, most) - max(low, least) >= 11:
                low, high = max(low, least), min(high, most)  # noqa: PLW2901
        ranges[name] = (low + shift, high + shift)
    scale = set(MODES[key.mode])
    if key.mode == "minor":
        scale.add(11)  # the leading tone of its dominant
    return Limits(frozenset(scale), ranges, density=density, most=most)


def limits_of(controls: Controls, *, instruments: Mapping[str, str] | None = None) -> Limits:
    """Return the limits of what a piece should be like."""
    return limits_for(
        controls.key, instruments=instruments, density=controls.density, most=most_notes(controls)
    )
