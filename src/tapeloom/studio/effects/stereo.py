"""Width, and what is in the middle."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.errors import InputError
from tapeloom.dsp.band_edges import check_cuts
from tapeloom.dsp.glide import Ramp
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.stereo import balance_matrix, mid_side, mid_side_matrix, rotation_matrix
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.work import Work


@dataclass(frozen=True, slots=True)
class Width(Effect):
    """The width of a stereo image (0 mono, 1 as it is) and mono below a frequency.

    The side alone is cut, by 24 dB an octave: the sum of left and right stays as it is.
    """

    width: float = 1.0
    mono_below_hz: float = 0.0  # 0: nowhere

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work; audio that isn't stereo stays as it is."""
        from tapeloom.dsp.cascade import Cascade

        if channels != 2:
            return _untouched()
        cut = Cascade(self._cut(rate))
        fader = Ramp([self.width])

        def work(block: Samples) -> NDArray[Any]:
            half = np.asarray(block, np.float64) * 0.5
            middle = half[0] + half[1]
            side = fader.scale(cut.process((half[0] - half[1])[None]))[0]
            return np.stack((middle + side, middle - side))

        def retune(to: "Width") -> None:
            fader.move([to.width])
            cut.move(to._cut(rate))

        return Work(work, retune=retune)

    def _cut(self, rate: int) -> NDArray[np.float64]:
        """Return the sections of the side."""
        from tapeloom.dsp.crossover import linkwitz_riley
        from tapeloom.dsp.matched_filters import IDENTITY

        if self.mono_below_hz <= 0.0:
            return np.stack((IDENTITY, IDENTITY))[None]
        return np.stack(linkwitz_riley(self.mono_below_hz, rate)[1])[None]


@dataclass(frozen=True, slots=True)
class BandWidth(Effect):
    """A width for each band of 2 to 6 (0 mono, 1 as it is).

    keep_energy  the middle is raised where the side is lowered and the other way round, so that a
                 band with as much side as middle stays as loud
    """

    cutoffs_hz: tuple[float, ...] = (200.0, 4000.0)
    widths: tuple[float, ...] = (0.0, 1.0, 1.0)
    keep_energy: bool = False

    def __post_init__(self) -> None:
        check_cuts(self.cutoffs_hz)
        if len(self.widths) != len(self.cutoffs_hz) + 1:
            raise InputError(
                f"{len(self.cutoffs_hz)} cuts make {len(self.cutoffs_hz) + 1} bands, "
                f"but there are {len(self.widths)} widths; give one a band"
            )
        if min(self.widths) < 0.0:
            raise InputError(f"a width is {min(self.widths):g}; it must be at least 0")

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work; audio that isn't stereo stays as it is."""
        from tapeloom.dsp.crossover import LinkwitzRiley

        if channels != 2:
            return _untouched()
        split = LinkwitzRiley(rate, 2, cutoffs_hz=self.cutoffs_hz)
        fader = Ramp(self._gains())
        bands = len(self.widths)

        def work(block: Samples) -> NDArray[Any]:
            halves = mid_side(np.asarray(block, np.float64)) * 0.5
            return mid_side(fader.scale(split.process(halves)).sum(axis=0))

        def retune(to: "BandWidth") -> None:
            if len(to.widths) != bands:
                raise InputError("the number of bands cannot change in the middle of a stream")
            split.retune(to.cutoffs_hz)
            fader.move(to._gains())

        return Work(work, retune=retune)

    def _gains(self) -> NDArray[np.float64]:
        """Return the gains of middle and side, shape (bands, 2)."""
        widths = np.array(self.widths, np.float64)
        mid = np.sqrt(2.0 / (1.0 + widths**2)) if self.keep_energy else np.ones(widths.size)
        return np.stack((mid, mid * widths), axis=1)


@dataclass(frozen=True, slots=True)
class MidSide(Effect):
    """Other levels of the middle and of the side."""

    mid_db: float = 0.0
    side_db: float = 0.0

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work; audio that isn't stereo stays as it is."""
        return _matrix(self, channels, MidSide._matrix)

    def _matrix(self) -> NDArray[np.float64]:
        return mid_side_matrix(db_to_gain(self.mid_db), db_to_gain(self.side_db))


@dataclass(frozen=True, slots=True)
class Balance(Effect):
    """Lowers one channel: the right one towards -1, the left one towards 1."""

    balance: float = 0.0

    def __post_init__(self) -> None:
        if not -1.0 <= self.balance <= 1.0:
            raise InputError(
                f"balance is {self.balance}; it must lie between -1 (left) and 1 (right)"
            )

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work; audio that isn't stereo stays as it is."""
        return _matrix(self, channels, lambda to: balance_matrix(to.balance))


@dataclass(frozen=True, slots=True)
class Rotation(Effect):
    """Turns the image as a whole, with its power: 45 degrees put the middle on the right."""

    degrees: float = 0.0

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work; audio that isn't stereo stays as it is."""
        return _matrix(self, channels, lambda to: rotation_matrix(to.degrees))


def _untouched() -> Process:
    """Return a process that changes nothing, whatever its settings become."""
    return Work(lambda block: block, retune=lambda _: None)


def _matrix(effect: Effect, channels: int, matrix: Callable[[Any], NDArray[np.float64]]) -> Process:
    """Return a mixture of left and right at work, whose parts move on lines."""
    if channels != 2:
        return _untouched()
    fader = Ramp(matrix(effect))

    def work(block: Samples) -> NDArray[Any]:
        y: NDArray[Any] = fader.scale(np.stack((block, block))).sum(axis=1)
        return y

    return Work(work, retune=lambda to: fader.move(matrix(to)))
