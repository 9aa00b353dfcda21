"""Filters whose corners move without a click: the cuts of wet sound."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.filters import Biquads, Section

STEP, STEPS = 8, 8  # samples between two sets of coefficients, and how many lie on the way


class Cuts:
    """Sections in series over blocks, that move to others in small steps.

    >>> from tapeloom.dsp.filters import low_pass
    >>> cuts = Cuts([low_pass(1000, 44100)], channels=1)
    >>> cuts.move([low_pass(2000, 44100)])
    >>> cuts.process(np.ones((1, 4410)))[0, -1].round(3)
    np.float64(1.0)
    """

    def __init__(self, sections: Sequence[Section], *, channels: int) -> None:
        self._filter = Biquads(sections, channels=channels)
        self._from = self._to = np.array(sections, np.float64)
        self._moved = STEP * STEPS

    def move(self, sections: Sequence[Section]) -> None:
        """Start towards other sections, as many; towards the same ones it goes on as it does."""
        if np.array_equal(sections, self._to):
            return
        self._from = self._from + self._way() * (self._to - self._from)
        self._to, self._moved = np.array(sections, np.float64), 0

    def _way(self) -> float:
        return min(1.0, (self._moved // STEP) / STEPS)

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the filtered (channels, samples)."""
        frames = block.shape[1]
        done = 0
        parts = []
        while done < frames and self._moved < STEP * STEPS:
            count = min(frames - done, STEP - self._moved % STEP)
            if self._moved % STEP == 0:
                way = self._moved // STEP + 1
                self._filter.retune(list(self._from + way / STEPS * (self._to - self._from)))
            parts.append(self._filter.process(block[:, done : done + count]))
            self._moved += count
            done += count
        parts.append(self._filter.process(block[:, done:]))
        return np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]
