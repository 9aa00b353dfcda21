"""Settings that move: an effect whose numbers follow curves over time."""

import math
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.errors import InputError
from tapeloom.studio.chain import Effect, Process

CONTROL = 64  # samples from one look at the curves to the next
_LONGEST_LOOK_S = 10.0
GLIDE_S = 0.02  # what a jump is spread over, so that it can't click


@dataclass(frozen=True, slots=True)
class Curve:
    """A number over time: straight lines between (seconds, value) points, level outside of them.

    Two points at one time are a jump, which takes GLIDE_S.

    >>> Curve(((0.0, -20.0), (2.0, -10.0))).at(1.0)
    -15.0
    """

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if not self.points:
            raise InputError("a curve has no points; it must have at least one")
        if any(later[0] < earlier[0] for earlier, later in pairwise(self.points)):
            raise InputError("the points of a curve must be in the order of their times")

    def at(self, seconds: float) -> float:
        """Return the value at a time."""
        return float(self.values(np.array([seconds]))[0])

    def values(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values at many times."""
        return np.interp(times_s, *_without_jumps(self.points))

    def level_until(self, seconds: float) -> float:
        """Return up to when the value stays what it is at a time; that time where it moves.

        >>> curve = Curve(((1.0, 0.0), (3.0, 0.0), (4.0, -6.0)))
        >>> curve.level_until(0.5), curve.level_until(3.5), curve.level_until(5.0)
        (3.0, 3.5, inf)
        """
        times_s, values = _without_jumps(self.points)
        index = int(np.searchsorted(times_s, seconds, side="right"))
        now = values[max(0, index - 1)]
        if 0 < index < len(values) and values[index] != now:
            return seconds
        moved = np.flatnonzero(values[index:] != now)
        return float(times_s[index + moved[0] - 1]) if moved.size else math.inf


@lru_cache(maxsize=256)
def _without_jumps(
    points: tuple[tuple[float, float], ...],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times and values; whatever changes faster than by a line of GLIDE_S takes GLIDE_S."""
    spread: list[tuple[float, float]] = [points[0]]
    for (before_s, before), (now_s, now) in pairwise(points):
        if now != before and now_s - before_s < GLIDE_S:
            spread.append((max(now_s, spread[-1][0]) + GLIDE_S, now))
        elif now_s > spread[-1][0]:
            spread.append((now_s, now))
    times, values = np.array(spread, np.float64).T
    return times, values


@dataclass(frozen=True, slots=True)
class Automated(Effect):
    """An effect with some of its settings on curves.

    >>> from tapeloom.studio.effects import Gain
    >>> fade = Automated(Gain(), (("gain_db", Curve(((0.0, 0.0), (1.0, -60.0)))),))
    >>> from tapeloom.core.audio import Audio
    >>> y = fade(Audio(np.ones((1, 44100), np.float32))).samples[0]
    >>> bool(y[0] > 0.99 and y[-1] < 0.002 and np.abs(np.diff(y)).max() < 0.01)
    True
    """

    effect: Effect
    curves: tuple[tuple[str, Curve], ...]  # by the name of the setting

    def __post_init__(self) -> None:
        known = [field.name for field in fields(self.effect)]  # type: ignore[arg-type]
        for name, _ in self.curves:
            if name not in known:
                raise InputError(
                    f"{type(self.effect).__name__} has no setting {name!r}; "
                    f"choose one of {', '.join(known)}"
                )

    @property
    def key(self) -> str | None:
        """The side-chain of the effect."""
        return getattr(self.effect, "key", None)

    def settings(self, seconds: float) -> Effect:
        """Return the effect as it is set at a time."""
        now: dict[str, Any] = {name: curve.at(seconds) for name, curve in self.curves}
        return replace(self.effect, **now)  # type: ignore[type-var]

    def level_until(self, seconds: float) -> float:
        """Return up to when no setting moves."""
        return min((curve.level_until(seconds) for _, curve in self.curves), default=math.inf)

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        return _Moving(self, rate, channels)


class _Moving:
    """A process that is set anew every CONTROL samples, wherever the blocks begin."""

    def __init__(self, effect: Automated, rate: int, channels: int) -> None:
        self._effect, self._rate = effect, rate
        self._now = effect.settings(0.0)
        self._process = self._now.open(rate, channels)
        self._next_look = 0  # the frame at which the curves are looked at again
        self._frames = 0
        self._heard: Samples | None = None
        self.latency = self._process.latency

    def retune(self, effect: Effect) -> None:
        """Refuse: its curves already move it."""
        raise InputError("an automated effect cannot be automated again")

    def hear(self, block: Samples) -> None:
        """Take the side-chain of the next block."""
        self._heard = block

    def process(self, block: Samples) -> Samples:
        """Return the next block."""
        pieces = []
        start = 0
        heard, self._heard = self._heard, None
        while start < block.shape[1]:
            if self._frames == self._next_look:
                self._look()
            end = min(block.shape[1], start + self._next_look - self._frames)
            if heard is not None:
                self._process.hear(heard[:, start:end])
            pieces.append(self._process.process(block[:, start:end]))
            self._frames += end - start
            start = end
        return np.concatenate(pieces, axis=1) if pieces else block

    def _look(self) -> None:
        """Set the effect as its curves say in the middle of the next stretch."""
        middle_s = (self._frames + CONTROL / 2) / self._rate
        wanted = self._effect.settings(middle_s)
        if wanted != self._now:
            self._process.retune(wanted)
            self._now = wanted
        # Where no curve moves there is nothing to look at: up to the last stretch that is level.
        level_s = min(self._effect.level_until(middle_s), middle_s + _LONGEST_LOOK_S)
        stretches = max(1, int(((level_s - middle_s) * self._rate) // CONTROL))
        self._next_look = self._frames + CONTROL * stretches
