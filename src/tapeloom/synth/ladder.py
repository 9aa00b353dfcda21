"""A four-pole ladder filter without a delay in its loop.

V. Zavalishin, "The Art of VA Filter Design", Native Instruments, chapter on the ladder filter.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Signal = NDArray[np.float64]

CONTROL = 64  # samples between two cutoffs


@njit(cache=True, nogil=True)
def _saturate(x: float) -> float:
    """Return Pade's approximation of tanh, which reaches 1 at 3."""
    w = min(max(x, -3.0), 3.0)
    return w * (27.0 + w * w) / (27.0 + 9.0 * w * w)


@njit(cache=True, nogil=True)
def ladder_kernel(out: Signal, sound: Signal, g: Signal, k: float, drive: float) -> None:
    """Write the filtered sound, shape (n,).

    g      tan(pi fc / fs) at every CONTROLth sample, (n / CONTROL + 2,)
    k      resonance: 0 none, 4 rings for ever
    drive  gain into the saturation of what is fed back and of what comes out, 0 for none

    Both lie behind the four poles: a saw's high harmonics would fold in a saturating input.
    """
    s1 = s2 = s3 = s4 = 0.0
    G = loop = G_slope = loop_slope = 0.0
    for n in range(out.shape[0]):
        if n % CONTROL == 0:
            c = n // CONTROL
            G = g[c] / (1.0 + g[c])
            loop = 1.0 / (1.0 + k * G * G * G * G)
            G_next = g[c + 1] / (1.0 + g[c + 1])
            G_slope = (G_next - G) / CONTROL
            loop_slope = (1.0 / (1.0 + k * G_next * G_next * G_next * G_next) - loop) / CONTROL
        S = (1.0 - G) * (((s1 * G + s2) * G + s3) * G + s4)
        # The low end is kept as resonance rises.
        x = sound[n] * (1.0 + 0.5 * k)
        u = (x - k * S) * loop
        if drive > 0.0:
            # What is fed back saturates: at its linear guess, which the filter has smoothed.
            u = x - k * _saturate(drive * (G * G * G * G * u + S)) / drive
        v = (u - s1) * G
        y = v + s1
        s1 = y + v
        v = (y - s2) * G
        y = v + s2
        s2 = y + v
        v = (y - s3) * G
        y = v + s3
        s3 = y + v
        v = (y - s4) * G
        y = v + s4
        s4 = y + v
        out[n] = _saturate(drive * y) / drive if drive > 0.0 else y
        G += G_slope
        loop += loop_slope


def ladder(
    sound: Signal, rate: int, *, cutoff_hz: Signal, resonance: float, drive: float = 0.0
) -> Signal:
    """Return a sound of shape (n,) through 24 dB per octave.

    cutoff_hz  at every CONTROLth sample, at least n / CONTROL + 2 of them; kept below 0.45 rate
    resonance  0..1; at 1 it is about to ring by itself
    drive      how hard it saturates, 0 not at all
    """
    out = np.empty(len(sound))
    g = np.tan(np.pi * np.clip(cutoff_hz, 10.0, 0.45 * rate) / rate)
    ladder_kernel(out, sound, g, 4.0 * resonance, drive)
    return out
