"""An echo with darkening repeats."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.filters import Biquads, Section


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
        self._feedback = feedback
        self._filter = Biquads(sections, channels=channels)

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
            line[:] = block[:, start : start + count] + self._feedback * repeat
            self._at = (self._at + count) % self._line.shape[1]
            start += count
        return out
