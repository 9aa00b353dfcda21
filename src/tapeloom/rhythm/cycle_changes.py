"""The nodes of a pattern's tree that change a part: turned, mirrored, masked, thinned."""

import math
from dataclasses import dataclass, field
from fractions import Fraction

from tapeloom.core.errors import InputError
from tapeloom.rhythm.cycle import MAX_NUMBER, Hap, Pattern, cycles_of, is_on, luck, moved
from tapeloom.rhythm.cycle_nodes import SILENCE, Sequence
from tapeloom.rhythm.necklaces import euclid

MAX_STEPS = 1024  # of a Euclidean rhythm


@dataclass(frozen=True, slots=True)
class Rotated(Pattern):
    """A part that comes earlier by so many cycles, or later for a negative number."""

    part: Pattern
    by: Fraction

    def __post_init__(self) -> None:
        self.settle(
            self.part,
            grid=math.lcm(self.part.grid, self.by.denominator),
            density=2 * self.part.density if self.by.denominator > 1 else self.part.density,
        )

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Query the part later and bring what it says earlier."""
        shift = cycle * self.by.numerator // self.by.denominator
        return moved(self.part.heard(begin + shift, end + shift, cycle), -shift)


@dataclass(frozen=True, slots=True)
class Reversed(Pattern):
    """A part with each of its cycles backwards."""

    part: Pattern

    def __post_init__(self) -> None:
        self.settle(self.part, grid=self.part.grid, density=self.part.density)

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Mirror each cycle about its middle."""
        found: list[Hap] = []
        for turn, first, last in cycles_of(begin, end, cycle):
            mirror = (2 * turn + 1) * cycle
            found += [
                (mirror - b, mirror - a, mirror - d, mirror - c, value, level)
                for a, b, c, d, value, level in self.part.haps(mirror - last, mirror - first, cycle)
            ]
        return found


@dataclass(frozen=True, slots=True)
class Masked(Pattern):
    """A part heard only while another pattern says anything but 0, f or false."""

    part: Pattern
    mask: Pattern

    def __post_init__(self) -> None:
        self.settle(
            self.part,
            self.mask,
            grid=math.lcm(self.part.grid, self.mask.grid),
            density=self.part.density * self.mask.density,
        )

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Query the part wherever the mask is open."""
        found: list[Hap] = []
        for _, _, a, b, value, _ in self.mask.heard(begin, end, cycle):
            if is_on(value):
                found += self.part.haps(a, b, cycle)
        return found


@dataclass(frozen=True, slots=True)
class Structured(Pattern):
    """The rhythm of one pattern with the values that another has at its onsets."""

    part: Pattern
    rhythm: Pattern

    def __post_init__(self) -> None:
        self.settle(
            self.part,
            self.rhythm,
            grid=math.lcm(self.part.grid, self.rhythm.grid),
            density=self.part.density * self.rhythm.density,
        )

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Ask at each onset of the rhythm what sounds there."""
        return [
            (a, b, c, d, sound, loud * level)
            for a, b, c, d, value, level in self.rhythm.heard(begin, end, cycle)
            if is_on(value)
            for *_, sound, loud in self.part.haps(a, a + 1, cycle)
        ]


@dataclass(frozen=True, slots=True)
class Repeated(Pattern):
    """A part each of whose events is struck so many times within its own length."""

    part: Pattern
    times: int  # at least 1

    def __post_init__(self) -> None:
        if self.times < 1:
            raise InputError(f"times is {self.times}; it must be 1 or more")
        self.settle(
            self.part,
            grid=self.part.grid * self.times,
            density=self.part.density * self.times,
        )

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Cut each event in equal pieces and keep those that lie in its part."""
        found: list[Hap] = []
        for a, b, c, d, value, level in self.part.heard(begin, end, cycle):
            length = (b - a) // self.times
            for first in range(a + (c - a) // length * length, d, length):
                last = first + length
                found.append((first, last, max(first, c), min(last, d), value, level))
        return found


@dataclass(frozen=True, slots=True)
class Lingering(Pattern):
    """A part whose cycles stay on their beginning: its first fraction, over and over."""

    part: Pattern
    length: Fraction  # of the cycle, over 0 to 1

    def __post_init__(self) -> None:
        if not 0 < self.length <= 1:
            raise InputError(f"length is {self.length}; it must lie over 0 and up to 1 cycle")
        self.settle(
            self.part,
            grid=math.lcm(self.part.grid, self.length.denominator),
            density=self.part.density * math.ceil(1 / self.length),
        )

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Copy the beginning of each cycle until it is full."""
        found: list[Hap] = []
        length = cycle * self.length.numerator // self.length.denominator
        for turn, first, last in cycles_of(begin, end, cycle):
            origin = turn * cycle
            for start in range(origin + (first - origin) // length * length, last, length):
                shift = start - origin
                a, b = max(first, start) - shift, min(last, start + length) - shift
                found += moved(self.part.haps(a, b, cycle), shift)
        return found


@dataclass(frozen=True, slots=True)
class Thinned(Pattern):
    """A part some of whose events fall away by chance, or (`others`) just those: `a?`."""

    part: Pattern
    chance: Fraction  # 0..1, of falling away
    seed: int
    others: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.chance <= 1:
            raise InputError(f"the chance is {self.chance}; it must lie between 0 and 1")
        if not 0 <= self.seed <= MAX_NUMBER:
            raise InputError(f"the seed is {self.seed}; it must lie between 0 and {MAX_NUMBER}")
        self.settle(self.part, grid=self.part.grid, density=self.part.density, period=0)

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Let the exact time of each event's beginning decide, so that all its parts agree."""
        chance, seed, others = float(self.chance), self.seed, self.others
        return [
            hap
            for hap in self.part.heard(begin, end, cycle)
            if (luck(seed, hap[0], cycle) < chance) == others
        ]


@dataclass(frozen=True, slots=True)
class Chosen(Pattern):
    """A part that gives way to another in some cycles, by chance."""

    part: Pattern
    other: Pattern
    chance: Fraction  # 0..1, of the other
    seed: int

    def __post_init__(self) -> None:
        Thinned(self.part, self.chance, self.seed)  # the same bounds
        self.settle(
            self.part,
            self.other,
            grid=math.lcm(self.part.grid, self.other.grid),
            density=max(self.part.density, self.other.density),
            period=0,
        )

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Let each cycle's number decide."""
        found: list[Hap] = []
        for turn, a, b in cycles_of(begin, end, cycle):
            part = self.other if luck(self.seed, turn, 1) < self.chance else self.part
            found += part.haps(a, b, cycle)
        return found


@dataclass(frozen=True, slots=True)
class Levelled(Pattern):
    """A part made softer: `a:0.5`."""

    part: Pattern
    level: Fraction  # 0..1

    def __post_init__(self) -> None:
        if not 0 <= self.level <= 1:
            raise InputError(f"the level is {self.level}; it must lie between 0 and 1")
        self.settle(self.part, grid=self.part.grid, density=self.part.density)

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Multiply the levels."""
        factor = float(self.level)
        haps = self.part.heard(begin, end, cycle)
        return [(a, b, c, d, value, level * factor) for a, b, c, d, value, level in haps]


@dataclass(frozen=True, slots=True)
class Euclidean(Pattern):
    """A part struck on the onsets of a Euclidean rhythm: `a(3,8)`."""

    part: Pattern
    strokes: int
    pulses: int
    rotation: int = 0
    meaning: Pattern = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.pulses > MAX_STEPS:
            raise InputError(f"a rhythm has 1 to {MAX_STEPS} pulses, not {self.pulses}")
        sounding = euclid(self.strokes, self.pulses, rotation=self.rotation).onsets
        steps = [self.part if pulse in sounding else SILENCE for pulse in range(self.pulses)]
        object.__setattr__(self, "meaning", Sequence(tuple(steps), (1,) * self.pulses))
        self.settle(self.meaning, grid=self.meaning.grid, density=self.meaning.density)

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Query the sequence of sounding and silent steps."""
        return self.meaning.heard(begin, end, cycle)
