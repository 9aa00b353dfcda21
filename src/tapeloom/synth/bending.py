"""Bending the pitch of a note that was rendered straight."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.performance import PlayedBend

Signal = NDArray[np.float64]

TAPS = 16  # of the interpolating filter, each way
JUMP_S = 0.05  # of two bends further apart, the first holds until just before the second
GLIDE_S = 0.004  # how quickly such a jump is made, lest it click


def bend_curve(
    bends: Sequence[PlayedBend], *, start_s: float, frames: int, rate: int
) -> Signal | None:
    """Return how many semitones a note is bent at each of its frames; None where it is not.

    bends    of the part, in order of time
    start_s  when the note begins

    >>> bend_curve((PlayedBend(0.0, -2.0), PlayedBend(0.04, 0.0)), start_s=0.0, frames=5, rate=100)
    array([-2. , -1.5, -1. , -0.5,  0. ])
    >>> bend_curve((), start_s=0.0, frames=5, rate=100) is None
    True
    """
    if not bends:
        return None
    times: list[float] = []
    values: list[float] = []
    for bend in bends:
        if times and bend.time_s - times[-1] > JUMP_S:
            times.append(bend.time_s - GLIDE_S)
            values.append(values[-1])
        times.append(bend.time_s)
        values.append(bend.semitones)
    at = start_s + np.arange(frames) / rate
    # Before the first bend nothing is bent.
    curve = np.where(at < times[0] - 1e-9, 0.0, np.interp(at, times, values))
    return curve if np.abs(curve).max() > 1e-3 else None


def bend(sound: Samples, curve: Signal) -> Samples:
    """Play a sound faster and slower, so that its pitch follows a curve.

    sound  float32, shape (2, n)
    curve  semitones at each frame of the result, shape (n,)

    Read between the samples by a windowed sinc: J. O. Smith, "Digital Audio Resampling Home Page",
    bandlimited interpolation. What lies beyond the end of the sound is silence.

    >>> bend(np.ones((2, 64), np.float32), np.zeros(64)).round(3)[0, 32]
    np.float32(1.0)
    """
    steps = 2.0 ** (curve / 12.0)
    places = np.concatenate([[0.0], np.cumsum(steps)[:-1]])
    wide = np.pad(sound.astype(np.float64), ((0, 0), (TAPS, TAPS)))
    first = np.minimum(places.astype(np.int64), sound.shape[1] - 1)
    out = np.zeros((2, len(curve)))
    for tap in range(1 - TAPS, TAPS + 1):
        x = places - first - tap
        out += np.sinc(x) * (0.5 + 0.5 * np.cos(np.pi * x / TAPS)) * wide[:, first + tap + TAPS]
    out[:, places >= sound.shape[1]] = 0.0
    return out.astype(np.float32)
