"""Swing as a number: what musicians write (58 %, 2:1) and the place that it gives the offbeat."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meters, bar_starts
from tapeloom.rhythm.groove import swing

STRAIGHTEST, HARDEST = 0.5, 0.75
LEVELS = (8, 16)


@dataclass(frozen=True, slots=True)
class Swing:
    """How unequal the two notes of a pair are.

    >>> Swing.parse("2:1"), Swing.parse("58%").ratio, Swing.parse("0.58", level=8).level
    (Swing(ratio=0.6666666666666666, level=16), 0.58, 8)
    """

    ratio: float = STRAIGHTEST  # the first note's share of a pair, 0.5..0.75
    level: int = 16  # which notes pair up: 16 or 8

    def __post_init__(self) -> None:
        if not STRAIGHTEST <= self.ratio <= HARDEST:
            raise InputError(
                f"swing is {100 * self.ratio:g} %; it must lie within 50 % (straight) and 75 %"
            )
        if self.level not in LEVELS:
            raise InputError(f"the swing's level is {self.level}; it must be 8 or 16")

    @classmethod
    def parse(cls, text: str, *, level: int = 16) -> "Swing":
        """Read `58%`, `0.58`, `58` or `2:1` (the first note to the second).

        >>> Swing.parse("120%")
        Traceback (most recent call last):
        tapeloom.core.errors.InputError: swing is 120 %; it must lie within 50 % (straight) and 75 %
        >>> Swing.parse("a lot")
        Traceback (most recent call last):
        tapeloom.core.errors.InputError: 'a lot' is no swing; write one like 58%, 0.58 or 2:1
        """
        number = r"\d{1,6}(?:\.\d{1,12})?"
        share = re.fullmatch(rf"({number})\s*(%?)", text.strip(), re.ASCII)
        if share:
            value = float(share[1])
            return cls(value / 100.0 if share[2] or value > 1.0 else value, level)
        pair = re.fullmatch(rf"({number})\s*:\s*({number})", text.strip(), re.ASCII)
        if pair is None or float(pair[1]) + float(pair[2]) == 0.0:
            raise InputError(f"{text!r} is no swing; write one like 58%, 0.58 or 2:1")
        return cls(float(pair[1]) / (float(pair[1]) + float(pair[2])), level)

    def __str__(self) -> str:
        return f"{100 * self.ratio:.4g}%"

    def scaled(self, amount: float) -> "Swing":
        """Return so much of it, 0 (straight) to 1 (all).

        >>> Swing(0.6).scaled(0.5)
        Swing(ratio=0.55, level=16)
        """
        if not 0.0 <= amount <= 1.0:
            raise InputError(f"amount is {amount}; it must lie between 0 and 1")
        return Swing(STRAIGHTEST + amount * (self.ratio - STRAIGHTEST), self.level)


STRAIGHT_SWING = Swing()


def swung(ticks: NDArray[np.int64], swing_: Swing, *, meters: Meters) -> NDArray[np.float64]:
    """Move written ticks to where a swing plays them.

    >>> from tapeloom.core.meter import Meter
    >>> swung(np.array([0, 2520, 5040]), Swing(0.6), meters=((0, Meter()),))
    array([   0., 3024., 5040.])
    """
    if not len(ticks):
        return np.zeros(0)
    starts = np.array(bar_starts(meters, int(ticks.max()) + 1), np.int64)
    bars = np.clip(np.searchsorted(starts, ticks, side="right") - 1, 0, None)
    return swing(ticks, ticks - starts[bars], ratio=swing_.ratio, level=swing_.level)
