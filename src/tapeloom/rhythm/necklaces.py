"""Rhythms as beads on a ring: the onsets of a cycle, its turns and mirrors, Euclid's rhythms."""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from tapeloom.core.errors import InputError

MAX_PULSES = 1024


@dataclass(frozen=True, slots=True, order=True)
class Rhythm:
    """A cycle of equal pulses, some of which sound; the last one leads back into the first.

    >>> son = Rhythm((0, 3, 6, 10, 12), 16)
    >>> str(son), son.intervals
    ('x..x..x...x.x...', (3, 3, 4, 2, 4))
    """

    onsets: tuple[int, ...]  # rising, from 0 to pulses - 1, at least one
    pulses: int  # 1..1024

    def __post_init__(self) -> None:
        if not 1 <= self.pulses <= MAX_PULSES:
            raise InputError(f"a rhythm has 1 to {MAX_PULSES} pulses, not {self.pulses}")
        if not self.onsets:
            raise InputError("the rhythm is empty; it needs at least one onset")
        rising = all(a < b for a, b in itertools.pairwise(self.onsets))
        if not rising or self.onsets[0] < 0 or self.onsets[-1] >= self.pulses:
            raise InputError(
                f"onsets {self.onsets} must rise and lie between 0 and {self.pulses - 1}"
            )

    @classmethod
    def of(cls, onsets: Iterable[int], pulses: int) -> "Rhythm":
        """Make a rhythm of onsets in any order; they wrap around the cycle, doubles fall together.

        >>> str(Rhythm.of([10, 0, 3], 8))
        'x.xx....'
        """
        if pulses < 1:
            raise InputError(f"a rhythm has 1 to {MAX_PULSES} pulses, not {pulses}")
        return cls(tuple(sorted({onset % pulses for onset in onsets})), pulses)

    @classmethod
    def parse(cls, text: str) -> "Rhythm":
        """Read a line such as `x..x..x.`: `.` is silent, `x` sounds, spaces and bars don't count.

        >>> Rhythm.parse("x..x | ..x.").onsets
        (0, 3, 6)
        """
        line = re.sub(r"[\s|]", "", text)
        if strange := set(line) - set("xX."):
            raise InputError(f"{text!r}: {min(strange)!r} is neither x nor . ")
        return cls(tuple(i for i, sign in enumerate(line) if sign != "."), max(len(line), 1))

    @classmethod
    def from_intervals(cls, intervals: Iterable[int]) -> "Rhythm":
        """Make the rhythm that begins on pulse 0 and goes on by these steps until it closes.

        >>> str(Rhythm.from_intervals((3, 3, 2)))
        'x..x..x.'
        """
        steps = tuple(intervals)
        if not steps or min(steps) < 1:
            raise InputError(f"the intervals {steps} must be whole numbers of 1 or more")
        return cls((0, *itertools.accumulate(steps[:-1])), sum(steps))

    def __str__(self) -> str:
        sounding = set(self.onsets)
        return "".join("x" if pulse in sounding else "." for pulse in range(self.pulses))

    def __len__(self) -> int:
        return len(self.onsets)

    @property
    def intervals(self) -> tuple[int, ...]:
        """Pulses from each onset to the next, the last one's across the end of the cycle."""
        following = (*self.onsets[1:], self.onsets[0] + self.pulses)
        return tuple(b - a for a, b in zip(self.onsets, following, strict=True))


def rotate(rhythm: Rhythm, steps: int) -> Rhythm:
    """Turn the cycle so that what lay `steps` pulses in comes first (negative: later).

    >>> str(rotate(Rhythm.parse("x..x..x...x.x..."), 8))
    '..x.x...x..x..x.'
    """
    return Rhythm.of((onset - steps for onset in rhythm.onsets), rhythm.pulses)


def reflect(rhythm: Rhythm) -> Rhythm:
    """Play the cycle backwards; pulse 0 stays where it is.

    >>> str(reflect(Rhythm.parse("xx.x....")))
    'x....x.x'
    """
    return Rhythm.of((-onset for onset in rhythm.onsets), rhythm.pulses)


def complement(rhythm: Rhythm) -> Rhythm:
    """Sound what was silent and silence what sounded; a full cycle has no complement.

    >>> str(complement(Rhythm.parse("x..x..x.")))
    '.xx.xx.x'
    """
    return Rhythm(
        tuple(pulse for pulse in range(rhythm.pulses) if pulse not in set(rhythm.onsets)),
        rhythm.pulses,
    )


def rotations(rhythm: Rhythm) -> tuple[Rhythm, ...]:
    """List the different rhythms that begin on each onset in turn (the modes of a scale).

    >>> [str(mode) for mode in rotations(Rhythm.parse("x..x..x."))]
    ['x..x..x.', 'x..x.x..', 'x.x..x..']
    """
    return tuple(dict.fromkeys(rotate(rhythm, onset) for onset in rhythm.onsets))


def necklace(rhythm: Rhythm) -> Rhythm:
    """Return the one rotation that stands for all: that whose intervals come first in order.

    Two rhythms with the same necklace are the same wheel, begun elsewhere.

    >>> necklace(Rhythm.parse("x..x..x.")).intervals
    (2, 3, 3)
    """
    return min(rotations(rhythm), key=lambda mode: mode.intervals)


def bracelet(rhythm: Rhythm) -> Rhythm:
    """Return the one rotation or reflection that stands for all of them.

    >>> bracelet(Rhythm.parse("xx.x....")) == bracelet(Rhythm.parse("x.xx...."))
    True
    """
    return min(necklace(rhythm), necklace(reflect(rhythm)), key=lambda mode: mode.intervals)


def period(rhythm: Rhythm) -> int:
    """Return the pulses after which the cycle repeats itself; the whole cycle if it doesn't.

    >>> period(Rhythm.parse("x.xxx.xx"))
    4
    """
    return next(step for step in range(1, rhythm.pulses + 1) if rotate(rhythm, step) == rhythm)


def is_palindrome(rhythm: Rhythm) -> bool:
    """Tell whether some rotation reads the same forwards and backwards.

    >>> is_palindrome(Rhythm.parse("x..x..x.")), is_palindrome(Rhythm.parse("xx.x...."))
    (True, False)
    """
    return necklace(rhythm) == necklace(reflect(rhythm))


def euclid(onsets: int, pulses: int, *, rotation: int = 0) -> Rhythm:
    """Spread onsets over pulses as evenly as whole pulses allow, the first on pulse 0.

    onsets    1..pulses
    rotation  pulses by which the result is turned, see `rotate`

    Bjorklund's algorithm in the order of G. T. Toussaint, "The Euclidean Algorithm Generates
    Traditional Musical Rhythms" (BRIDGES 2005): onsets and rests are strings; the shorter heap is
    dealt out to the longer one, first the rests, then what is left over while that is two or more.

    >>> str(euclid(3, 8)), str(euclid(5, 8)), str(euclid(5, 16))
    ('x..x..x.', 'x.xx.xx.', 'x..x..x..x..x...')
    """
    if not 1 <= onsets <= pulses:
        raise InputError(f"{onsets} onsets don't fit in {pulses} pulses; take 1 to {pulses}")
    heads: list[tuple[int, ...]] = [(1,)] * onsets
    tails: list[tuple[int, ...]] = [(0,)] * (pulses - onsets)
    least = 1  # even a single rest is dealt out: E(3, 4) is x.xx
    while len(tails) >= least:
        least = 2
        dealt = min(len(heads), len(tails))
        paired = [head + tail for head, tail in zip(heads, tails, strict=False)]
        heads, tails = paired, heads[dealt:] or tails[dealt:]
    beads = itertools.chain.from_iterable(heads + tails)
    found = Rhythm(tuple(i for i, bead in enumerate(beads) if bead), pulses)
    return rotate(found, rotation) if rotation else found
