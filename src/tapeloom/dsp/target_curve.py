"""A spectrum held against a curve that it should have."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.dsp.spectrum import Spectrum

PER_OCTAVE = 3
_AUDIBLE_DB = 60.0  # bands further under the loudest are left out


@dataclass(frozen=True, slots=True)
class TargetCurve:
    """Levels of third-octave bands, straight between (Hz, dB) points on an axis of octaves.

    Only the shape counts: the level at large is taken out. Pink noise is level.

    >>> round(TargetCurve(((100.0, 0.0), (10_000.0, -20.0))).level_db(1000.0), 6)
    -10.0
    """

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if len(self.points) < 2:
            raise InputError(f"a target curve has {len(self.points)} points; it needs at least 2")
        if any(later[0] <= earlier[0] for earlier, later in pairwise(self.points)):
            raise InputError("the points of a target curve must be in the order of frequency")
        if self.points[0][0] <= 0.0:
            raise InputError(f"{self.points[0][0]:g} Hz is no frequency; it must be above 0")

    def level_db(self, hz: float) -> float:
        """Return the level at a frequency; level beyond the outer points."""
        octaves, levels = zip(*((np.log2(at), db) for at, db in self.points), strict=True)
        return float(np.interp(np.log2(hz), octaves, levels))


def sloped(db_per_octave: float) -> TargetCurve:
    """Return a straight curve whose power density falls or rises by so much an octave.

    White noise is 0, pink -3.01, music about -5, lo-fi -6 to -7.

    >>> round(sloped(-6.01).level_db(2000.0) - sloped(-6.01).level_db(1000.0), 2)
    -3.0
    """
    rise = db_per_octave + 10.0 * float(np.log10(2.0))  # bands widen with frequency
    return TargetCurve(((31.25, 0.0), (16_000.0, 9.0 * rise)))


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
        (hz, level - target.level_db(hz))
        for hz, level in spectrum.bands_db(per_octave=PER_OCTAVE)
        if low_hz <= hz <= high_hz and np.isfinite(level)
    ]
    if not bands:
        return []
    loudest = max(level for _, level in bands)
    bands = [(hz, level) for hz, level in bands if level > loudest - _AUDIBLE_DB]
    mean = sum(level for _, level in bands) / len(bands)
    return [(hz, level - mean) for hz, level in bands]
