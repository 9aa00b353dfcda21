"""The vocabulary of the symbolic models: every token that a sequence may hold, in one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, QUALITIES, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ROLES
from tapeloom.core.time import PPQ
from tapeloom.neural.humaniser import STYLES as DRUM_STYLES

GRID = 24  # places a quarter note: thirty-seconds and sextuplets are exact
PLACE_TICKS = PPQ // GRID
MICRO = 4  # a drum's place is told to a quarter of a grid step
LONGEST_BAR = 7 * GRID  # places
TASKS = ("compose", "continue", "accompany", "melody", "drums", "infill", "vary")
STYLES = tuple(dict.fromkeys(("any", "lofi", "pop", "jazz", *DRUM_STYLES)))
# Quadrants of valence and arousal (Russell): a rule tells which one music lies in.
MOODS = ("any", "happy", "tense", "sad", "calm")
TEMPO_EDGES = (
    50, 56, 60, 64, 68, 72, 76, 80, 84, 88, 92, 96, 100, 108, 116, 124, 132, 144, 160, 180, 200,
    240, 300,
)  # fmt: skip
METERS = (
    "4/4", "3/4", "2/4", "6/8", "2/2", "3/2", "6/4", "5/4", "7/4", "3/8", "5/8", "7/8", "9/8",
    "10/8", "11/8", "12/8", "13/8", "15/16",
)  # fmt: skip
SWINGS = ("any", "straight", "light", "medium", "hard")
SWING_EDGES = (0.53, 0.57, 0.63)  # the first note's share of a pair
DENSITY_EDGES = (3.0, 5.0, 7.0, 9.0, 12.0, 16.0, 22.0)  # pitched notes a bar
SECTIONS = ("intro", "A", "A'", "B", "bridge", "breakdown", "outro")
# Bars that are left, this one included: from .. to, each.
LEFT = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 8), (9, 16), (17, 32), (33, 64), (65, 9999))
TOKEN_ROLES = ("chords", *ROLES)
DURATIONS = (
    *range(1, 25), *range(27, 97, 3), *range(108, 193, 12), *range(216, 385, 24),
)  # places of the grid  # fmt: skip
VELOCITIES = tuple(range(8, 128, 16))  # middles of eight bins
DRUM_KEYS = tuple(range(35, 82))  # General MIDI's percussion key map

_FAMILIES: Mapping[str, tuple[object, ...]] = MappingProxyType({
    "PAD": ("",), "BOS": ("",), "EOS": ("",), "SEP": ("",), "MASK": ("",),
    "TASK": TASKS,
    "STYLE": STYLES,
    "MOOD": MOODS,
    "TEMPO": tuple(range(len(TEMPO_EDGES) + 1)),
    "MODE": tuple(MODES),
    "METER": METERS,
    "SWING": SWINGS,
    "DENSITY": tuple(range(len(DENSITY_EDGES) + 1)),
    "BAR": ("",),
    "LEFT": tuple(low for low, _ in LEFT),
    "SECTION": SECTIONS,
    "ROLE": TOKEN_ROLES,
    "POS": tuple(range(LONGEST_BAR)),
    "MICRO": (-1, 1, 2),  # quarters of a grid step
    "ROOT": tuple(range(12)),
    "NOCHORD": ("",),
    "QUAL": tuple(QUALITIES),
    "BASS": tuple(range(1, 12)),  # semitones above the root
    "VEL": tuple(range(len(VELOCITIES))),
    "PITCH": tuple(range(128)),
    "DUR": DURATIONS,
    "DRUM": DRUM_KEYS,
})  # fmt: skip


@dataclass(frozen=True)
class Vocabulary:
    """Tokens by number, name and family.

    >>> VOCABULARY.name(VOCABULARY.id("PITCH_60")), VOCABULARY.family(VOCABULARY.id("POS_0"))
    ('PITCH_60', 'POS')
    >>> VOCABULARY.value(VOCABULARY.id("DUR_27")), VOCABULARY.of("BAR")
    (27, range(99, 100))
    """

    families: Mapping[str, tuple[object, ...]]

    @cached_property
    def _ranges(self) -> dict[str, range]:
        ranges, first = {}, 0
        for family, values in self.families.items():
            ranges[family] = range(first, first + len(values))
            first += len(values)
        return ranges

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every token's name, in order."""
        return tuple(
            f"{family}_{value}" if value != "" else family
            for family, values in self.families.items()
            for value in values
        )

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def _family_of(self) -> tuple[str, ...]:
        return tuple(family for family, values in self.families.items() for _ in values)

    @cached_property
    def _values(self) -> tuple[object, ...]:
        return tuple(value for values in self.families.values() for value in values)

    @cached_property
    def masks(self) -> Mapping[str, NDArray[np.bool_]]:
        """Which tokens belong to a family, each shape (size,)."""
        found = {}
        for family, numbers in self._ranges.items():
            mask = np.zeros(self.size, np.bool_)
            mask[numbers.start : numbers.stop] = True
            mask.flags.writeable = False
            found[family] = mask
        return MappingProxyType(found)

    @property
    def size(self) -> int:
        """How many tokens there are."""
        return len(self.names)

    @property
    def pad(self) -> int:
        """What fills up a batch."""
        return self._ids["PAD"]

    @property
    def bos(self) -> int:
        """What begins a sequence."""
        return self._ids["BOS"]

    @property
    def eos(self) -> int:
        """What ends one."""
        return self._ids["EOS"]

    def id(self, name: str) -> int:
        """Return a token's number."""
        if name not in self._ids:
            raise InputError(f"{name!r} is no token of the vocabulary")
        return self._ids[name]

    def name(self, token: int) -> str:
        """Return a token's name."""
        return self.names[self._checked(token)]

    def family(self, token: int) -> str:
        """Return the family that a token belongs to."""
        return self._family_of[self._checked(token)]

    def value(self, token: int) -> object:
        """Return what a token says within its family."""
        return self._values[self._checked(token)]

    def of(self, family: str) -> range:
        """Return the numbers of a family's tokens."""
        return self._ranges[family]

    def _checked(self, token: int) -> int:
        if not 0 <= token < self.size:
            raise InputError(f"{token} is no token; the vocabulary has 0 to {self.size - 1}")
        return token

    @cached_property
    def digest(self) -> str:
        """A hash of the whole table: a model knows by it whether it was taught this vocabulary."""
        return sha256("\n".join(self.names).encode()).hexdigest()


VOCABULARY = Vocabulary(_FAMILIES)
TOKEN_IDS: Mapping[str, int] = MappingProxyType({
    name: number for number, name in enumerate(VOCABULARY.names)
})  # fmt: skip


def places_in(meter: Meter) -> int:
    """Return how many places of the grid a bar has.

    >>> places_in(Meter(4, 4)), places_in(Meter(7, 8))
    (96, 84)
    """
    return meter.bar_ticks // PLACE_TICKS


def knows(meter: Meter) -> bool:
    """Tell whether a meter has a token.

    >>> knows(Meter(7, 8)), knows(Meter(17, 16))
    (True, False)
    """
    return meter.signature in METERS


def check_meter(meter: Meter) -> None:
    """Refuse a meter without a token."""
    if not knows(meter):
        raise InputError(f"the model knows no bars of {meter}; take 4/4, 3/4, 6/8 or 7/8")


def to_c(key: Key) -> int:
    """Return the semitones, -6..5, that put a key on C.

    >>> to_c(Key("A", "minor")), to_c(Key("Eb", "major"))
    (3, -3)
    """
    return (6 - key.pitch_class) % 12 - 6
