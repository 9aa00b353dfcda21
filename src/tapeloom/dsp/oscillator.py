"""Slow oscillators: their phases, their shapes, what they do to a pitch."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]
VIBRATO_MS = 20.0  # the middle of a vibrato's delay: its latency


class Oscillator:
    """The phase of a slow oscillator over blocks, in turns; its frequency may move.

    >>> Oscillator(4).take(np.full(5, 1.0))
    array([0.25, 0.5 , 0.75, 0.  , 0.25])
    """

    def __init__(self, rate: int) -> None:
        self._rate, self._phase = rate, 0.0

    def take(self, rate_hz: Signal) -> Signal:
        """Return the phases at the next samples."""
        # One addition after another: a sum by pieces would depend on the block size.
        turns = np.cumsum(np.concatenate(([self._phase], rate_hz / self._rate)))[1:] % 1.0
        self._phase = float(turns[-1]) if turns.size else self._phase
        return np.asarray(turns)


def swing_ms(depth_cents: float, rate_hz: float) -> float:
    """Return how far a delay must swing to either side for a vibrato's pitch.

    A delay of amplitude d at f changes the speed by 2 pi f d at most.

    >>> round(swing_ms(50.0, 5.0), 2)
    0.93
    """
    return float(1000.0 * (2.0 ** (depth_cents / 1200.0) - 1.0) / (2.0 * math.pi * rate_hz))


SHAPES: dict[str, Callable[[Signal], Signal]] = {  # of phases in turns, -1 to 1
    "sine": lambda turns: np.sin(2.0 * np.pi * turns),
    "triangle": lambda turns: 2.0 / np.pi * np.arcsin(np.sin(2.0 * np.pi * turns)),
    # As steep as a switch may be without a click.
    "square": lambda turns: np.tanh(8.0 * np.sin(2.0 * np.pi * turns)) / math.tanh(8.0),
    # A lamp on a photocell: quick to light, slow to fade.
    "optical": lambda turns: np.sin(2.0 * np.pi * turns + 0.6 * np.cos(2.0 * np.pi * turns)),
}
