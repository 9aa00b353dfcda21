"""An echo with darkening repeats, and the times of notes."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.delay_lines import SILENT
from tapeloom.dsp.filters import Section
from tapeloom.dsp.glide import RAMP, Ramp
from tapeloom.dsp.moving_filters import MovingBiquads

_NOTE = re.compile(r"(\d+)/(\d+)([.t]?)")
_STRETCH = {"": 1.0, ".": 1.5, "t": 2.0 / 3.0}


def note_ms(note: str, *, bpm: float) -> float:
    """Return how long a note is: "1/4", "1/8." with a dot, "1/8t" of a triplet; 1/4 is a beat.

    >>> note_ms("1/4", bpm=75), note_ms("1/8.", bpm=75), note_ms("1/8t", bpm=100)
    (800.0, 600.0, 200.0)
    """
    found = _NOTE.fullmatch(note.strip())
    if found is None or int(found[1]) == 0 or int(found[2]) == 0:
        raise InputError(f"{note!r} is no note value; write one as 1/4, 1/8. or 1/8t")
    if not bpm > 0.0:
        raise InputError(f"bpm is {bpm:g}; it must be over 0")
    return 240_000.0 * int(found[1]) / int(found[2]) * _STRETCH[found[3]] / bpm


class Echo:
    """Repeats over blocks, each softer by `feedback` and darkened by `sections`.

    >>> echo = Echo(1, samples=2, feedback=0.5)
    >>> echo.process(np.array([[1.0, 0.0, 0.0, 0.0, 0.0]]))
    array([[0. , 0. , 1. , 0. , 0.5]])
    """

    def __init__(
        self, channels: int, *, samples: int, feedback: float, sections: Sequence[Section] = ()
    ) -> None:
        self._line = np.zeros((channels, samples))
        self._at = 0
        self._feedback = Ramp([feedback])
        self._filter = MovingBiquads(sections, channels=channels, span=RAMP)

    def retune(self, *, feedback: float, sections: Sequence[Section]) -> None:
        """Repeat by more or less, or darker, from here on."""
        self._feedback.move([feedback])
        self._filter.retune(sections)

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the repeats alone of (channels, samples)."""
        out = np.empty(block.shape)
        start, frames = 0, block.shape[1]
        while start < frames:
            # At most to the end of the line: what is read was written a whole turn ago.
            count = min(frames - start, self._line.shape[1] - self._at)
            line = self._line[:, self._at : self._at + count]
            repeat = self._filter.process(line)
            out[:, start : start + count] = repeat
            line[:] = block[:, start : start + count] + self._feedback.take(count) * repeat
            self._at = (self._at + count) % self._line.shape[1]
            if not self._at and np.abs(self._line).max() < SILENT:
                self._line[:] = 0.0
            start += count
        return out
