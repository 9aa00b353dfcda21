"""The first reflections of a box-shaped room.

J. B. Allen, D. A. Berkley, "Image method for efficiently simulating small-room acoustics",
JASA 65(4), 1979.
"""

import math
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.crossfade import Crossfade
from tapeloom.dsp.delay_lines import DelayLines
from tapeloom.dsp.spaces import Space

SPEED_OF_SOUND = 343.0  # m/s
_WALL = 0.8  # of the sound's pressure comes back from a wall
_EARS_M = 0.35  # between the two microphones
MAX_SIZE = 4.0


def early_reflections(
    walls_m: tuple[float, float, float], *, size: float, rate: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return delays in samples and gains (2, reflections) of a box's first reflections.

    Source and microphones stand off the middle; delays are counted from the direct sound, gains
    are against it. Images of the first and second order.

    >>> delays, gains = early_reflections((6.0, 4.0, 3.0), size=1.0, rate=44100)
    >>> delays.shape == gains.shape, bool(delays.min() > 0), bool(gains.max() < 0.8)
    (True, True, True)
    """
    walls = size * np.array(walls_m)
    source = walls * (0.31, 0.43, 0.47)
    delays, gains = [], []
    for side in (-0.5, 0.5):
        ear = walls * (0.67, 0.55, 0.41) + np.array([0.0, side * _EARS_M, 0.0])
        direct = math.dist(ear, source)
        late, loud = [], []
        for turns in product((-2, -1, 0, 1, 2), repeat=3):
            order = sum(abs(turn) for turn in turns)
            if not 1 <= order <= 2:
                continue
            n = np.array(turns)
            image = np.where(n % 2 == 0, n * walls + source, (n + 1) * walls - source)
            far = math.dist(ear, image.tolist())
            late.append(round((far - direct) / SPEED_OF_SOUND * rate))
            loud.append(direct / far * _WALL**order)
        delays.append(late)
        gains.append(loud)
    return np.maximum(1, np.array(delays, np.int64)), np.array(gains)


class Early:
    """The first reflections of a box over blocks: a few echoes a side.

    >>> from tapeloom.dsp.spaces import ROOM
    >>> early = Early(44100, ROOM, 1.0)
    >>> impulse = np.zeros((2, 2000)); impulse[:, 0] = 1.0
    >>> int(np.count_nonzero(early.process(impulse)[0])) <= 24
    True
    """

    def __init__(self, rate: int, space: Space, size: float) -> None:
        self._rate, self._space = rate, space
        self._fade = Crossfade(size)
        self._lines = DelayLines(2, reach=int(_echoes(space, MAX_SIZE, rate)[0].max()))

    def move(self, size: float) -> None:
        """Go to a box of another size."""
        self._fade.move(min(size, MAX_SIZE))

    def process(self, block: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the reflections of (2, samples)."""
        x = self._lines

        def reflected(size: float, first: int, count: int) -> NDArray[np.float64]:
            y = np.zeros((2, count))
            for side, echoes in enumerate(
                zip(*_echoes(self._space, size, self._rate), strict=True)
            ):
                for late, gain in zip(*(part.tolist() for part in echoes), strict=True):
                    y[side] += gain * x.values[side, first - late : first - late + count]
            return y

        return x.read(block, lambda at, count: self._fade.process(count, reflected, at))


@lru_cache(maxsize=16)
def _echoes(space: Space, size: float, rate: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return a space's reflections, as loud against the tail as its table has them."""
    assert space.walls_m is not None  # noqa: S101 - only such spaces have an Early
    delays, gains = early_reflections(space.walls_m, size=size, rate=rate)
    loudness = np.sqrt(np.square(gains).sum(axis=1, keepdims=True))
    return delays, space.early * gains / loudness
