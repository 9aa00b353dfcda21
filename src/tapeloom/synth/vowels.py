"""Singers: what the throat makes and what the mouth makes of it.

G. Fant, "Acoustic Theory of Speech Production", Mouton, 1960; J. Sundberg, "The Science of the
Singing Voice", Northern Illinois University Press, 1987, for formants that follow a high note.
"""

import numpy as np
from numpy.typing import NDArray

from tapeloom.synth.resonances import Resonances

Signal = NDArray[np.float64]

# Frequencies in Hz, gains in dB and bandwidths in Hz of the formants of "oo" and "ah".
_OO = np.array([[340.0, 760.0, 2450.0, 3300.0], [10.0, 7.0, 4.0, 3.0], [80.0, 110.0, 220.0, 260.0]])
_AH = np.array([[720.0, 1180.0, 2750.0, 3500.0], [12.0, 11.0, 9.0, 7.0],
                [110.0, 130.0, 200.0, 260.0]])  # fmt: skip


def throat(k: Signal, hz: float, loudness: float) -> Signal:
    """Return the harmonics of the vocal folds: they fall less steeply when it is loud."""
    corner = 900.0 + 1800.0 * loudness
    slope = 1.55 - 0.6 * loudness
    return np.asarray(k**-slope / (1.0 + (k * hz / corner) ** 2) ** 0.35, np.float64)


def mouth(vowel: float, hz: float, *, size: float, high_hz: float = 0.0) -> Resonances:
    """Return the formants for a note: "oo" 0 .. "ah" 1.

    size     of the singers: 1 is middling, 1.1 smaller (higher formants)
    high_hz  where what records them ends
    """
    f, gain, width = (1.0 - vowel) * _OO + vowel * _AH
    f = _OO[0] ** (1.0 - vowel) * _AH[0] ** vowel * size
    # Nobody sings above the first formant: the mouth opens until it is there.
    f[0] = max(f[0], 1.02 * hz)
    f[1] = max(f[1], 1.35 * f[0])
    return Resonances(
        tuple(map(float, f)), tuple(map(float, gain)), tuple(map(float, f / width)),
        low_hz=90.0, high_hz=high_hz,
    )  # fmt: skip
