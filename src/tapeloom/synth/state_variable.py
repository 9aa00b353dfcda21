"""A two-pole filter whose low-pass, band-pass and high-pass come at once, without a delay inside.

V. Zavalishin, "The Art of VA Filter Design", Native Instruments, chapter on the state-variable
filter.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Signal = NDArray[np.float64]

CONTROL = 64  # samples between two cutoffs


@njit(cache=True, nogil=True)
def state_variable_kernel(
    out: Signal, sound: Signal, g: Signal, R: float, low: float, band: float, high: float
) -> None:
    """Write a mixture of the three outputs, shape (n,).

    g  tan(pi fc / fs) at every CONTROLth sample, (n / CONTROL + 2,)
    R  damping: 1 is critical, towards 0 it rings
    """
    s1 = s2 = 0.0
    now = g[0]
    slope = 0.0
    for n in range(out.shape[0]):
        if n % CONTROL == 0:
            now = g[n // CONTROL]
            slope = (g[n // CONTROL + 1] - now) / CONTROL
        hp = (sound[n] - (2.0 * R + now) * s1 - s2) / (1.0 + 2.0 * R * now + now * now)
        v = now * hp
        bp = v + s1
        s1 = bp + v
        v = now * bp
        lp = v + s2
        s2 = lp + v
        out[n] = low * lp + band * 2.0 * R * bp + high * hp
        now += slope


def state_variable(
    sound: Signal,
    rate: int,
    *,
    cutoff_hz: Signal,
    q: float,
    low: float = 1.0,
    band: float = 0.0,
    high: float = 0.0,
) -> Signal:
    """Return a sound of shape (n,) through 12 dB per octave.

    cutoff_hz        at every CONTROLth sample, at least n / CONTROL + 2 of them
    q                0.5 and up; 0.707 is flat
    low, band, high  share of each output; the band-pass has unit gain at its middle
    """
    out = np.empty(len(sound))
    g = np.tan(np.pi * np.clip(cutoff_hz, 10.0, 0.45 * rate) / rate)
    state_variable_kernel(out, sound, g, 0.5 / q, low, band, high)
    return out
