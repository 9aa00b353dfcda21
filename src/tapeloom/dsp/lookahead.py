"""What waits and what looks ahead: delays and windows over blocks."""

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.moving import moving_max, smooth

Signal = NDArray[np.float64]


class Delay:
    """What waits: the last values on the last axis, before those that come.

    >>> delay = Delay(2)
    >>> delay.join(np.ones(3)), delay.join(np.zeros(1))
    (array([0., 0., 1., 1., 1.]), array([1., 1., 0.]))
    """

    def __init__(self, *shape: int) -> None:
        self._held = np.zeros(shape)

    def join(self, x: Signal) -> Signal:
        """Return what was held and x in one, and hold the end of it."""
        joined = np.concatenate((self._held, x), axis=-1)
        self._held = joined[..., x.shape[-1] :].copy()
        return joined

    @property
    def is_silent(self) -> bool:
        """Whether all that is held is 0."""
        return not self._held.any()


class Window:
    """Holds values around where they are due and smooths the ends: in force when they are due.

    half     samples of each of two moving means
    plateau  samples for which a value stays in force, half of them before it is due

    >>> window = Window(2)
    >>> window.smooth(window.hold(np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])))
    array([0.  , 0.25, 0.75, 1.  , 1.  , 0.75, 0.25])
    """

    def __init__(self, half: int, plateau: int = 0) -> None:
        self._half, self._length = half, 2 * half + plateau
        self.latency = 2 * half - 2 + plateau // 2
        self._wanted, self._held = Delay(self._length - 1), Delay(2 * half - 2)

    def hold(self, wanted: Signal) -> Signal:
        """Return the largest of each window."""
        quiet = self._wanted.is_silent and not wanted.any()
        joined = self._wanted.join(wanted)
        return np.zeros(wanted.size) if quiet else moving_max(joined, self._length)

    def smooth(self, held: Signal) -> Signal:
        """Return the held values without corners, `latency` samples late."""
        quiet = self._held.is_silent and not held.any()
        joined = self._held.join(held)
        if quiet:
            return np.zeros(held.size)
        return smooth(joined, self._half)
