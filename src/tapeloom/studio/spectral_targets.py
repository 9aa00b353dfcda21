"""Spectra that a mix may be matched to, as straight lines, with where each comes from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError


@dataclass(frozen=True, slots=True)
class SpectralTarget:
    """How the power density falls: lines between (frequency in Hz, dB), straight over octaves.

    >>> pink = TARGETS["pink"]
    >>> pink.density_db(np.array([500.0, 1000.0])).round(2)
    array([3.01, 0.  ])
    """

    points: tuple[tuple[float, float], ...]  # dB of density, 0 at 1 kHz; the ends go on straight
    grade: str  # A: measured on many records, and published; C: our own judgement; D: a definition
    source: str

    def density_db(self, frequencies_hz: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the density at each frequency in dB against that at 1 kHz."""
        octaves = np.log2(np.asarray(frequencies_hz, np.float64) / 1000.0)
        at, db = np.array(self.points).T
        at = np.log2(at / 1000.0)
        slope = np.diff(db) / np.diff(at)
        line = np.clip(np.searchsorted(at, octaves, side="right") - 1, 0, slope.size - 1)
        return np.asarray(db[line] + slope[line] * (octaves - at[line]))


def _falling(
    db_per_octave: float, *, low_db: float, high_db: float
) -> tuple[tuple[float, float], ...]:
    """Return a line from 100 Hz to 4 kHz, with other slopes in dB an octave outside of it."""
    low, high = -db_per_octave * np.log2(10.0), db_per_octave * np.log2(4.0)
    return (
        (50.0, float(low - low_db)),
        (100.0, float(low)),
        (4000.0, float(high)),
        (8000.0, float(high + high_db)),
    )


TARGETS = {
    "pink": SpectralTarget(
        _falling(-3.01, low_db=-3.01, high_db=-3.01),
        "D",
        "equal power in every octave, by definition",
    ),
    "popular": SpectralTarget(
        _falling(-5.0, low_db=0.0, high_db=-7.0),
        "A",
        "P. D. Pestana et al., 'Spectral Characteristics of Popular Commercial Recordings "
        "1950-2010', 135th AES Convention, 2013: about -5 dB an octave from 100 Hz to 4 kHz; "
        "the slopes outside of that are ours",
    ),
    "lofi": SpectralTarget(
        _falling(-6.0, low_db=0.0, high_db=-11.0),
        "C",
        "ours: one decibel an octave darker than popular records, as the range in docs/sound.md",
    ),
}


def spectral_target(name: str) -> SpectralTarget:
    """Return a target by its name.

    >>> spectral_target("pnk")
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: 'pnk' is no target; did you mean 'pink'? ...
    """
    from difflib import get_close_matches

    if name not in TARGETS:
        near = get_close_matches(name, TARGETS, 1, 0.5)
        meant = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(f"{name!r} is no target; {meant}choose one of {', '.join(TARGETS)}")
    return TARGETS[name]
