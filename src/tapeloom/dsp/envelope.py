"""The outline of a spectrum, in which the formants lie.

A. Röbel, X. Rodet, "Efficient spectral envelope estimation and its application to pitch shifting
and envelope preservation", DAFx-05: a cepstrum that is smoothed again and again until no partial
stands over it, as fine as the pitch allows.
"""

import numpy as np
from numpy.typing import NDArray

_TURNS = 10
_LOWEST_HZ, _HIGHEST_HZ = 75.0, 500.0  # of the pitch that is looked for
_USUAL_HZ = 180.0  # where none is found
_CLEAR = 0.08  # how far a pitch stands out of the cepstrum, in nepers
_FLOOR = 1e-9


def spectral_envelope(power: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """Return the outline of power spectra (windows, bins) in nepers of amplitude, as many bins.

    >>> flat = spectral_envelope(np.full((1, 513), 4.0), 44100)
    >>> flat.shape, flat[0, :3].round(3)
    ((1, 513), array([0.693, 0.693, 0.693]))
    """
    level = 0.5 * np.log(power + _FLOOR**2)
    # A spectrum and its mirror image are even: their cepstrum is real.
    length = 2 * (power.shape[1] - 1)
    cepstrum = np.fft.irfft(level, length)
    longest = min(length // 2 - 1, int(rate / _LOWEST_HZ))
    shortest = min(longest - 1, int(rate / _HIGHEST_HZ))
    searched = cepstrum[:, shortest:longest]
    found = searched.max(axis=1) > _CLEAR
    pitch = np.where(found, rate / (shortest + searched.argmax(axis=1)), _USUAL_HZ)
    order = rate / (2.0 * pitch)[:, None]
    quefrency = np.minimum(np.arange(length), length - np.arange(length))
    # Not cut off but faded out, so that the outline doesn't ring.
    fade = np.clip((1.15 * order - quefrency) / (0.3 * order), 0.0, 1.0)
    lifter = 0.5 - 0.5 * np.cos(np.pi * fade)
    outline = level
    for _ in range(_TURNS):
        smooth = np.fft.rfft(np.fft.irfft(outline, length) * lifter).real
        outline = np.maximum(level, smooth)
    return np.asarray(smooth)
