"""Settings on the move: numbers that go to where they are told, whatever the blocks' sizes.

`Ramp` has a value for every sample: gains and whatever else a sum or a kernel reads as it goes.
`Glide` has one for every 32 samples, by name: settings from which a machine must be set anew.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

RAMP = 64  # samples from one value to the next: as often as a curve tells another
STEP = 32  # samples between two settings on the way
GLIDE_S = 0.01


class Ramp:
    """Numbers of any shape that go to others on straight lines of `frames` samples.

    before, after, moved, step  the line for kernels that follow it themselves: its ends, samples
                                since the last move, which part of the way a sample is

    >>> ramp = Ramp([0.0])
    >>> ramp.move([1.0])
    >>> ramp.take(2) * RAMP
    array([[1., 2.]])
    >>> ramp.take(RAMP)[0, -3:]
    array([1., 1., 1.])
    """

    __slots__ = ("_frames", "after", "before", "moved", "step")

    def __init__(self, values: ArrayLike, *, frames: int = RAMP) -> None:
        self.before = self.after = np.array(values, np.float64)
        self.moved = self._frames = frames
        self.step = 1.0 / frames

    @property
    def rests(self) -> bool:
        """Whether the numbers stand still."""
        return self.before is self.after

    def move(self, values: ArrayLike) -> None:
        """Start towards other numbers; towards the same ones it goes on as it does."""
        if np.array_equal(values, self.after):
            return
        self.before = self.before + min(1.0, self.moved * self.step) * (self.after - self.before)
        self.after, self.moved = np.array(values, np.float64), 0

    def pass_by(self, frames: int) -> None:
        """Count samples that have been worked on."""
        self.moved += frames
        if self.moved >= self._frames:
            self.before = self.after

    def along(self, start: int, step: int, count: int) -> NDArray[np.float64]:
        """Return the numbers at every `step`-th sample from `start` on, (..., count).

        At rest there is one value for all of them: (..., 1).

        >>> ramp = Ramp([0.0])
        >>> ramp.move([64.0])
        >>> ramp.along(0, 2, 3)
        array([[1., 3., 5.]])
        """
        if self.rests:
            return self.after[..., None]
        way = np.minimum(1.0, (self.moved + start + 1 + step * np.arange(count)) * self.step)
        return np.asarray(self.before[..., None] + (self.after - self.before)[..., None] * way)

    def take(self, frames: int) -> NDArray[np.float64]:
        """Return the numbers at the next samples, (..., frames), and go on."""
        values = self.along(0, 1, frames)
        if self.rests:
            return np.repeat(values, frames, axis=-1)
        self.pass_by(frames)
        return values

    def scale(self, block: NDArray[Any]) -> NDArray[Any]:
        """Return the next block (..., samples) times the numbers; at rest in its own precision.

        >>> Ramp([0.5, 2.0]).scale(np.ones((2, 1), np.float32))
        array([[0.5],
               [2. ]], dtype=float32)
        """
        gains = self.along(0, 1, block.shape[-1])
        if self.rests:
            gains = gains.astype(block.dtype)
        self.pass_by(block.shape[-1])
        return np.asarray(block * gains)


class Glide:
    """Named numbers that move in straight lines, in steps of STEP samples over GLIDE_S.

    Frequencies (`_hz`) move by octaves.

    >>> glide = Glide(6400, {"gain_db": 0.0})
    >>> glide.move({"gain_db": -6.0})
    >>> [(start, end, now) for start, end, now in glide.pieces(100)]
    [(0, 32, {'gain_db': -3.0}), (32, 64, {'gain_db': -6.0}), (64, 100, None)]
    """

    __slots__ = ("_aim", "_done", "_from", "_span", "_steps", "now")

    def __init__(self, rate: int, start: Mapping[str, float]) -> None:
        self._steps = max(1, round(GLIDE_S * rate / STEP))
        self._span = self._steps * STEP
        self.now = dict(start)
        self._from = self._aim = dict(start)
        self._done = self._span

    def move(self, aim: Mapping[str, float]) -> None:
        """Start towards other numbers; those that are not named stay as they were told."""
        aim = {**self._aim, **aim}
        if aim != self._aim:
            self._from, self._aim, self._done = self.now, aim, 0

    def pieces(self, frames: int) -> Iterator[tuple[int, int, dict[str, float] | None]]:
        """Yield (start, end, numbers from there on; None where they stay)."""
        start = 0
        while start < frames:
            if self._done >= self._span:
                yield start, frames, None
                return
            changed = None
            if self._done % STEP == 0:
                way = self._done // STEP + 1
                if way == self._steps:
                    self.now = self._aim
                else:
                    share = way / self._steps
                    self.now = {
                        name: _between(name, self._from[name], to, share)
                        for name, to in self._aim.items()
                    }
                changed = self.now
            end = min(frames, start + STEP - self._done % STEP)
            self._done += end - start
            yield start, end, changed
            start = end


def _between(name: str, start: float, aim: float, share: float) -> float:
    if name.endswith("_hz") and start > 0.0 < aim:
        return float(start * (aim / start) ** share)
    return start + (aim - start) * share
