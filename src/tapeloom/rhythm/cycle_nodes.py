"""The nodes of a pattern's tree that put parts in time: in turn, at once, faster."""

import math
from dataclasses import dataclass, field
from fractions import Fraction

from tapeloom.core.errors import InputError
from tapeloom.rhythm.cycle import WORD, Hap, Pattern, cycles_of, moved

MAX_PARTS = 16_384  # of a sequence


@dataclass(frozen=True, slots=True)
class Silence(Pattern):
    """Nothing."""

    def __post_init__(self) -> None:
        self.settle(grid=1, density=0)

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Return no events."""
        return []


@dataclass(frozen=True, slots=True)
class Pure(Pattern):
    """One value, once in each cycle and as long as it."""

    value: str  # letters, digits and _ # . -

    def __post_init__(self) -> None:
        if not isinstance(self.value, str) or WORD.fullmatch(self.value) is None:
            raise InputError(
                f"{self.value!r} is no name of a sound; write letters, digits, _ # . or -"
            )
        self.settle(grid=1, density=1)

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Return the value once for each cycle that is touched."""
        return [
            (turn * cycle, (turn + 1) * cycle, a, b, self.value, 1.0)
            for turn, a, b in cycles_of(begin, end, cycle)
        ]


def pattern_of(part: Pattern | str) -> Pattern:
    """Return a pattern as it is, and a word as the pattern that plays it once a cycle."""
    return part if isinstance(part, Pattern) else Pure(part)


@dataclass(frozen=True, slots=True)
class Sequence(Pattern):
    """Parts in turn within each cycle, as long as they weigh: `a b@2`."""

    parts: tuple[Pattern, ...]
    weights: tuple[int, ...]  # at least 1 each

    def __post_init__(self) -> None:
        if not self.parts or len(self.parts) != len(self.weights) or min(self.weights) < 1:
            raise InputError("a sequence needs at least one part, and a weight over 0 for each")
        if len(self.parts) > MAX_PARTS:
            raise InputError(f"the sequence has over {MAX_PARTS} parts; make it simpler")
        total = sum(self.weights)
        grids = (
            (total * part.grid) // math.gcd(weight, total * part.grid)
            for part, weight in zip(self.parts, self.weights, strict=True)
        )
        self.settle(
            *self.parts,
            grid=math.lcm(*grids),
            density=sum(part.density for part in self.parts),
        )

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Query each part in its slot: n-th cycle of the part in the slot of the n-th cycle."""
        found: list[Hap] = []
        total = sum(self.weights)
        slots = [
            (part, cycle * weight // total)
            for part, weight in zip(self.parts, self.weights, strict=True)
        ]
        for turn in range(begin // cycle, -(-end // cycle)):
            start = turn * cycle
            for part, length in slots:
                stop = start + length
                if stop > begin and start < end:
                    a, b = max(start, begin), min(stop, end)
                    if type(part) is Pure:  # most of them: spares a call
                        found.append((start, stop, a, b, part.value, 1.0))
                    else:
                        shift = start - turn * length
                        found += moved(part.haps(a - shift, b - shift, length), shift)
                start = stop
        return found


@dataclass(frozen=True, slots=True)
class Alternate(Pattern):
    """A different part each cycle, none of them skipping a cycle of its own: `<a b>`."""

    parts: tuple[Pattern, ...]

    def __post_init__(self) -> None:
        if not self.parts:
            raise InputError("an alternation needs at least one part")
        self.settle(
            *self.parts,
            grid=math.lcm(*(part.grid for part in self.parts)),
            density=max(part.density for part in self.parts),
            period=len(self.parts) * math.lcm(*(part.period for part in self.parts)),
        )

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Query in each cycle the part whose turn it is, at the cycle that it has come to."""
        found: list[Hap] = []
        for turn, a, b in cycles_of(begin, end, cycle):
            round_, i = divmod(turn, len(self.parts))
            shift = (turn - round_) * cycle
            found += moved(self.parts[i].haps(a - shift, b - shift, cycle), shift)
        return found


@dataclass(frozen=True, slots=True)
class Turns(Pattern):
    """A different part each cycle, all of them running on unheard: what `every` is made of."""

    parts: tuple[Pattern, ...]

    def __post_init__(self) -> None:
        if not self.parts:
            raise InputError("turns need at least one part")
        self.settle(
            *self.parts,
            grid=math.lcm(*(part.grid for part in self.parts)),
            density=max(part.density for part in self.parts),
            period=math.lcm(len(self.parts), *(part.period for part in self.parts)),
        )

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Query in each cycle the part whose turn it is, at that very cycle."""
        found: list[Hap] = []
        for turn, a, b in cycles_of(begin, end, cycle):
            found += self.parts[turn % len(self.parts)].haps(a, b, cycle)
        return found


@dataclass(frozen=True, slots=True)
class Stack(Pattern):
    """Parts at once: `a, b`."""

    parts: tuple[Pattern, ...]

    def __post_init__(self) -> None:
        if not self.parts:
            raise InputError("a stack needs at least one part")
        self.settle(
            *self.parts,
            grid=math.lcm(*(part.grid for part in self.parts)),
            density=sum(part.density for part in self.parts),
        )

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Return what all parts play."""
        return [hap for part in self.parts for hap in part.heard(begin, end, cycle)]


@dataclass(frozen=True, slots=True)
class Faster(Pattern):
    """A part whose cycles pass faster, or slower for a factor under 1: `a*2`, `a/2`."""

    part: Pattern
    factor: Fraction  # over 0

    def __post_init__(self) -> None:
        if self.factor <= 0:
            raise InputError(f"the factor is {self.factor}; it must be over 0")
        above, below = self.factor.numerator, self.factor.denominator
        whole = above * self.part.grid
        rounds = below * self.part.period
        split = above > 1 and below > 1  # a cycle may then hold pieces of one more of the part's
        self.settle(
            self.part,
            grid=whole // math.gcd(below, whole),
            density=(math.ceil(self.factor) + split) * self.part.density,
            period=rounds // math.gcd(above, rounds) if rounds else 0,
        )

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Say that the part's cycle is shorter by the factor."""
        return self.part.heard(begin, end, cycle * self.factor.denominator // self.factor.numerator)


@dataclass(frozen=True, slots=True)
class Polymeter(Pattern):
    """Sequences of different lengths that share their steps: `{a b c, d e}%4`."""

    parts: tuple[Sequence, ...]
    steps: int  # in a cycle, at least 1
    meaning: Pattern = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.parts or self.steps < 1:
            raise InputError("a polymeter needs at least one sequence and one step a cycle")
        parts = (Faster(part, Fraction(self.steps, sum(part.weights))) for part in self.parts)
        object.__setattr__(self, "meaning", Stack(tuple(parts)))
        self.settle(self.meaning, grid=self.meaning.grid, density=self.meaning.density)

    def haps(self, begin: int, end: int, cycle: int) -> list[Hap]:
        """Query the stack of the sequences, each at its own speed."""
        return self.meaning.heard(begin, end, cycle)


SILENCE = Silence()
