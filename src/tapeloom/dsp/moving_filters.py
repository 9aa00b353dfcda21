"""Filters whose settings move: their coefficients go in lines, sample by sample."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.filters import Biquads, Section
from tapeloom.dsp.glide import STEP

Signal = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _run_moving(
    x: Signal, start: Signal, aim: Signal, moved: int, span: int, state: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Filter (channels, samples) in place by sections on their way from `start` to `aim`."""
    for channel in range(x.shape[0]):
        for n in range(x.shape[1]):
            way = min(1.0, (moved + n + 1.0) / span)
            y = x[channel, n]
            for k in range(start.shape[0]):
                s, a = start[k], aim[k]
                u = y
                y = (s[0] + way * (a[0] - s[0])) * u + state[channel, k, 0]
                state[channel, k, 0] = (
                    (s[1] + way * (a[1] - s[1])) * u
                    - (s[4] + way * (a[4] - s[4])) * y
                    + state[channel, k, 1]
                )
                state[channel, k, 1] = (s[2] + way * (a[2] - s[2])) * u - (
                    s[5] + way * (a[5] - s[5])
                ) * y
            x[channel, n] = y


class MovingBiquads(Biquads):
    """Sections in series over blocks that may be told other coefficients at any time.

    span   samples that a move takes: STEP where settings glide to it, RAMP where they are told

    >>> from tapeloom.dsp.filters import low_pass
    >>> lp = MovingBiquads([low_pass(5000, 44100)], channels=1)
    >>> lp.retune([low_pass(50, 44100)])
    >>> bool(lp.process(np.ones((1, 64)))[0, -1] < 0.9)
    True
    """

    def __init__(self, sections: Sequence[Section], *, channels: int, span: int = STEP) -> None:
        super().__init__(sections, channels=channels)
        self._start = self._sections
        self._span = self._moved = span
        self._began = False

    def retune(self, sections: Sequence[Section]) -> None:
        """Go to as many other sections, from where they stand; before the first block at once.

        Towards the same ones they go on as they do.

        Sections of one kind go to others of it without trouble. A low-pass on its way to a
        high-pass would pass through filters of enormous gain.
        """
        aim = np.ascontiguousarray(np.asarray(sections, np.float64).reshape(self._start.shape))
        if np.array_equal(aim, self._sections):
            return
        way = min(1.0, self._moved / self._span)
        self._start = self._start + way * (self._sections - self._start)
        self._sections = aim
        if self._began:
            self._moved = 0
        else:
            self._start = self._sections

    def process(self, block: NDArray[Any]) -> Signal:
        """Return the filtered block (channels, samples) as float64."""
        self._began = True
        moving = min(block.shape[1], self._span - self._moved)
        if moving <= 0:
            return super().process(block)
        y = np.array(block[:, :moving], np.float64, order="C")
        _run_moving(y, self._start, self._sections, self._moved, self._span, self._state)
        self._moved += moving
        if moving == block.shape[1]:
            return y
        return np.concatenate((y, super().process(block[:, moving:])), axis=1)
