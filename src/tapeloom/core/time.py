"""Musical time: whole ticks on paper, seconds on tape, and the tempo map that crosses over."""

import itertools
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError

PPQ = 10_080  # ticks a quarter note, 2^5 * 3^2 * 5 * 7: triplets to septuplets and 128ths are exact

MIN_BPM, MAX_BPM = Fraction(1), Fraction(10_000)


def quarters_to_ticks(quarters: Fraction | int | str) -> int:
    """Convert a length in quarter notes to ticks; a fraction that is no whole tick raises.

    >>> quarters_to_ticks(1), quarters_to_ticks("1/3"), quarters_to_ticks(Fraction(3, 16))
    (10080, 3360, 1890)
    >>> quarters_to_ticks("1/11")
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: 1/11 of a quarter note is 10080/11 ticks; it must be whole
    """
    ticks = Fraction(quarters) * PPQ
    if ticks.denominator != 1:
        raise InputError(f"{quarters} of a quarter note is {ticks} ticks; it must be whole")
    return int(ticks)


def ticks_to_quarters(ticks: int) -> Fraction:
    """Convert ticks to an exact number of quarter notes.

    >>> ticks_to_quarters(1890)
    Fraction(3, 16)
    """
    return Fraction(ticks, PPQ)


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Tempo changes as (tick, quarter notes a minute), the first at tick 0.

    >>> tempo = TempoMap.constant(75)
    >>> tempo.tick_to_s(PPQ)
    0.8
    >>> TempoMap(((0, Fraction(60)), (PPQ, Fraction(120)))).tick_to_s(3 * PPQ)
    2.0
    """

    changes: tuple[tuple[int, Fraction], ...] = ((0, Fraction(120)),)
    _seconds: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.changes or self.changes[0][0] != 0:
            raise InputError("a tempo map must begin at tick 0")
        ticks = [tick for tick, _ in self.changes]
        if any(b <= a for a, b in itertools.pairwise(ticks)):
            raise InputError("tempo changes must be in rising order of ticks")
        for _, bpm in self.changes:
            if not MIN_BPM <= bpm <= MAX_BPM:
                raise InputError(f"tempo is {float(bpm):g}; it must lie between 1 and 10000 bpm")
        # Exact sums, rounded once: an hour of changes doesn't drift.
        exact = Fraction(0)
        seconds = [0.0]
        for (a, bpm), (b, _) in zip(self.changes, self.changes[1:], strict=False):
            exact += Fraction(b - a, PPQ) * 60 / bpm
            seconds.append(float(exact))
        object.__setattr__(self, "_seconds", tuple(seconds))

    @classmethod
    def constant(cls, bpm: Fraction | float | str) -> "TempoMap":
        """Make a map of one tempo."""
        return cls(((0, Fraction(bpm).limit_denominator(1_000_000)),))

    @property
    def initial_bpm(self) -> float:
        """The first tempo in quarter notes a minute."""
        return float(self.changes[0][1])

    def bpm_at(self, tick: int) -> Fraction:
        """Return the tempo in force at a tick."""
        return self.changes[bisect_right(self.changes, tick, key=lambda change: change[0]) - 1][1]

    def tick_to_s(self, tick: float) -> float:
        """Convert one tick (or a fraction of one) to seconds."""
        i = max(bisect_right(self.changes, tick, key=lambda change: change[0]) - 1, 0)
        start, bpm = self.changes[i]
        return self._seconds[i] + (tick - start) * 60.0 / (PPQ * float(bpm))

    def ticks_to_s(self, ticks: Iterable[float]) -> NDArray[np.float64]:
        """Convert many ticks to seconds, shape (n,)."""
        at = np.fromiter(ticks, np.float64)
        starts = np.array([tick for tick, _ in self.changes], np.float64)
        i = np.maximum(np.searchsorted(starts, at, side="right") - 1, 0)
        rates = np.array([60.0 / (PPQ * float(bpm)) for _, bpm in self.changes])
        return np.asarray(np.asarray(self._seconds)[i] + (at - starts[i]) * rates[i], np.float64)

    def s_to_tick(self, seconds: float) -> float:
        """Convert seconds to a (fractional) tick, the inverse of `tick_to_s`.

        >>> TempoMap.constant(75).s_to_tick(0.8)
        10080.0
        """
        i = max(bisect_right(self._seconds, seconds) - 1, 0)
        start, bpm = self.changes[i]
        return start + (seconds - self._seconds[i]) * PPQ * float(bpm) / 60.0
