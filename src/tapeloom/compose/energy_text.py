"""An energy curve as text: values over the sections, or breakpoints in bars.

    values       0.2 0.4 0.8 0.6 0.3     laid evenly from the first section to the last
    breakpoints  0:0.2 16:0.7 48:0.3     bars from the beginning, lines between them

With as many values as there are sections each section has its own; with another number of them
the curve through the values is read where each section lies. A section's energy over breakpoints
is the mean of the curve over its bars.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.core.errors import InputError

MAX_POINTS = 200
_POINT = re.compile(r"(?:(\d+(?:\.\d+)?):)?(\d*\.?\d+)")


@dataclass(frozen=True, slots=True)
class EnergyCurve:
    """The energy that is asked for, through a record."""

    values: tuple[float, ...]  # 0..1
    bars: tuple[float, ...] = ()  # where each value is reached; none: evenly over the sections

    def over(self, lengths: Sequence[int]) -> tuple[float, ...]:
        """Return the energy of each section, given how many bars each has.

        >>> EnergyCurve((0.2, 0.8)).over((8, 8, 8))
        (0.2, 0.5, 0.8)
        >>> EnergyCurve((0.2, 0.6), (0.0, 8.0)).over((8, 8))
        (0.4, 0.6)
        """
        count = len(lengths)
        if not self.bars:
            places = np.linspace(0.0, len(self.values) - 1.0, count) if count > 1 else np.zeros(1)
            found = np.interp(places, np.arange(len(self.values)), self.values)
        else:
            ends = np.cumsum(lengths)
            found = np.array([
                np.interp(np.arange(end - length, end) + 0.5, self.bars, self.values).mean()
                for length, end in zip(lengths, ends, strict=True)
            ])  # fmt: skip
        return tuple(round(float(value), 3) for value in found)


def parse_energy(text: str) -> EnergyCurve:
    """Read an energy curve; what can't be read is refused in a sentence.

    >>> parse_energy("0.2, 0.4 0.8").values, parse_energy("0:0.2 16:0.7").bars
    ((0.2, 0.4, 0.8), (0.0, 16.0))
    >>> parse_energy("0.2 1.4")
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: the energy 1.4 is out of range; it must lie between 0 and 1
    """
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if not words:
        raise InputError("the energy curve is empty; write one such as 0.2 0.4 0.8 0.6 0.3")
    if len(words) > MAX_POINTS:
        raise InputError(f"the energy curve has {len(words)} points; it may have {MAX_POINTS}")
    bars: list[float] = []
    values: list[float] = []
    for word in words:
        match = _POINT.fullmatch(word)
        if match is None:
            raise InputError(
                f"{word!r} is no point of an energy curve; write values such as 0.2 0.4 0.8, "
                "or bars and values such as 0:0.2 16:0.7"
            )
        if not 0.0 <= float(match[2]) <= 1.0:
            raise InputError(f"the energy {match[2]} is out of range; it must lie between 0 and 1")
        values.append(float(match[2]))
        if match[1] is not None:
            bars.append(float(match[1]))
    if bars and len(bars) != len(values):
        raise InputError("the energy curve mixes values and bars; write 0:0.2 16:0.7 throughout")
    if any(b <= a for a, b in itertools.pairwise(bars)):
        raise InputError("the bars of the energy curve must rise, such as 0:0.2 16:0.7 48:0.3")
    return EnergyCurve(tuple(values), tuple(bars))
