"""A few broad bands that bring one spectrum to another."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.studio.effects import Band

# An octave or so apart: what is narrower belongs into the mix.
SHAPES = (
    ("low_shelf", 80.0, 0.7),
    ("bell", 160.0, 1.0),
    ("bell", 350.0, 1.0),
    ("bell", 800.0, 1.0),
    ("bell", 1800.0, 1.0),
    ("bell", 4000.0, 1.0),
    ("high_shelf", 8500.0, 0.7),
)
LEAST_DB = 0.3  # a band that would do less is left out
_STIFFNESS = 0.15  # how much a dB of gain costs beside a dB of difference in a third octave


def fit_bands(
    differences_db: Sequence[tuple[float, float]], *, most_db: float = 6.0
) -> tuple[Band, ...]:
    """Return bands of SHAPES whose response comes nearest to what is missing at each frequency.

    differences_db  (Hz, dB to be added); their mean is taken out, for it is a gain
    most_db         of a band, up or down
    Least squares with bounds; a little stiffness keeps neighbours from working against each other.

    >>> fit_bands([(hz, -3.0 if hz > 3000 else 0.0) for hz in (50, 100, 200, 400, 800, 1600, 6000,
    ...     12000)])[-1].kind
    'high_shelf'
    """
    if not differences_db:
        return ()
    from scipy.optimize import least_squares

    hz = np.array([hz for hz, _ in differences_db])
    wanted = np.array([db for _, db in differences_db])
    wanted = wanted - wanted.mean()

    def off(gains: NDArray[np.float64]) -> NDArray[np.float64]:
        response = response_db(bands_with(gains), hz)
        stiff = _STIFFNESS * math.sqrt(hz.size / len(SHAPES)) * gains
        return np.concatenate((response - response.mean() - wanted, stiff))

    found = least_squares(off, np.zeros(len(SHAPES)), bounds=(-most_db, most_db), max_nfev=30)
    return tuple(
        Band(band.kind, band.cutoff_hz, round(band.gain_db, 2), band.q)
        for band in bands_with(found.x)
        if abs(band.gain_db) >= LEAST_DB
    )


def bands_with(gains_db: Sequence[float] | NDArray[np.float64]) -> list[Band]:
    """Return the bands of SHAPES with gains in dB."""
    return [
        Band(kind, cutoff_hz, float(gain_db), q)
        for (kind, cutoff_hz, q), gain_db in zip(SHAPES, gains_db, strict=True)
    ]


def response_db(bands: Sequence[Band], hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what bands do to each frequency, in dB."""
    magnitude = (
        np.prod([band.magnitude(hz) for band in bands], axis=0) if bands else np.ones(hz.size)
    )
    return np.asarray(20.0 * np.log10(magnitude))
