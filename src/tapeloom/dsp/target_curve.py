"""Curves that a spectrum should have, and how far one is from them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.spectrum import Spectrum

_AUDIBLE_DB = 60.0  # bands further under the loudest are left out


@dataclass(frozen=True, slots=True)
class TargetCurve:
    """How power density falls: (Hz, dB) points, straight over octaves; the ends go on straight.

    Only the shape counts: the level at large is no matter of a spectrum.

    >>> curve = TargetCurve(((100.0, 0.0), (10_000.0, -20.0)))
    >>> curve.density_db(np.array([1000.0, 100_000.0])).round(6)
    array([-10., -30.])
    """

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if len(self.points) < 2:
            raise InputError(f"a target curve has {len(self.points)} points; it needs at least 2")
        if any(later[0] <= earlier[0] for earlier, later in pairwise(self.points)):
            raise InputError("the points of a target curve must be in the order of frequency")
        if self.points[0][0] <= 0.0:
            raise InputError(f"{self.points[0][0]:g} Hz is no frequency; it must be above 0")

    def density_db(self, frequencies_hz: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the density at each frequency."""
        octaves = np.log2(np.asarray(frequencies_hz, np.float64) / 1000.0)
        at, db = np.array(self.points, np.float64).T
        at = np.log2(at / 1000.0)
        slope = np.diff(db) / np.diff(at)
        line = np.clip(np.searchsorted(at, octaves, side="right") - 1, 0, slope.size - 1)
        return np.asarray(db[line] + slope[line] * (octaves - at[line]))

    def level_db(self, frequencies_hz: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the levels of third octaves at their centres: they widen with frequency.

        >>> sloped(-6.0).level_db(np.array([1000.0, 2000.0])).round(2)
        array([ 0.  , -2.99])
        """
        wider_db = 10.0 * np.log10(np.asarray(frequencies_hz, np.float64) / 1000.0)
        return np.asarray(self.density_db(frequencies_hz) + wider_db)


def sloped(
    db_per_octave: float,
    *,
    below: tuple[float, float] | None = None,
    above: tuple[float, float] | None = None,
) -> TargetCurve:
    """Return a curve of one slope, 0 dB at 1 kHz; white noise is 0, pink -3.01, music about -5.

    below, above  (Hz, dB an octave): where a second and a third slope begin

    >>> sloped(-5.0, above=(4000.0, -12.0)).density_db(np.array([500.0, 4000.0, 8000.0]))
    array([  5., -10., -22.])
    """
    low_hz, low_db = below or (500.0, db_per_octave)
    high_hz, high_db = above or (2000.0, db_per_octave)
    low, high = (db_per_octave * math.log2(hz / 1000.0) for hz in (low_hz, high_hz))
    return TargetCurve(
        (
            (low_hz / 2.0, low - low_db),
            (low_hz, low),
            (high_hz, high),
            (2.0 * high_hz, high + high_db),
        )
    )


def deviations_db(
    spectrum: Spectrum, target: TargetCurve, *, low_hz: float = 40.0, high_hz: float = 16_000.0
) -> Sequence[tuple[float, float]]:
    """Return (centre in Hz, dB over the target) of every third-octave band that sounds.

    The mean over the bands is 0.

    >>> flat = Spectrum(np.arange(4097) * 5.4, np.ones(4097))
    >>> max(abs(db) for _, db in deviations_db(flat, sloped(0.0), low_hz=500)) < 0.2
    True
    """
    bands = [
        (hz, level - float(target.level_db(np.array(hz))))
        for hz, level in spectrum.bands_db(per_octave=3)
        if low_hz <= hz <= high_hz and np.isfinite(level)
    ]
    if not bands:
        return []
    loudest = max(level for _, level in bands)
    bands = [(hz, level) for hz, level in bands if level > loudest - _AUDIBLE_DB]
    mean = sum(level for _, level in bands) / len(bands)
    return [(hz, level - mean) for hz, level in bands]
