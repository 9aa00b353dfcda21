"""An organ of sines: nine drawbars, keys that close nine contacts, and a bass that folds back.

The tonewheels of a Hammond are nearly sines; what makes it speak is that a key's nine contacts
close one after another within milliseconds, each at whatever its wheel does then.

K. Werner and J. Abel, "Modal processor effects inspired by Hammond tonewheel organs", Applied
Sciences, 2016, for the wheels as sines and the layout of the drawbars.
"""

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError

Signal = NDArray[np.float64]

# 16', 5 1/3', 8', 4', 2 2/3', 2', 1 3/5', 1 1/3', 1': multiples of the 8' pitch.
FOOTAGES = (0.5, 1.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
STEP_DB = 3.0  # between two numbers of a drawbar, 8 to 1
HIGHEST_HZ = 6_000.0  # the top wheel; what lies above sounds an octave lower


def registration(text: str) -> Signal:
    """Return the amplitudes of nine drawbars.

    >>> registration("888000000").round(2).tolist()
    [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    if len(text) != len(FOOTAGES) or not set(text) <= set("012345678"):
        raise InputError(f"{text!r} is no registration; write nine numbers 0 to 8, as 888000000")
    numbers = np.array([int(digit) for digit in text], np.float64)
    return np.where(numbers > 0, 10.0 ** ((numbers - 8.0) * STEP_DB / 20.0), 0.0)


def wheels_hz(hz: float) -> Signal:
    """Return the frequencies of a key's nine wheels.

    >>> wheels_hz(1000.0).tolist()
    [500.0, 1500.0, 1000.0, 2000.0, 3000.0, 4000.0, 5000.0, 6000.0, 4000.0]
    """
    found = hz * np.array(FOOTAGES)
    while (found > HIGHEST_HZ).any():
        found = np.where(found > HIGHEST_HZ, 0.5 * found, found)
    return found


def drawbar_tone(
    frames: int,
    rate: int,
    *,
    hz: Signal,
    amplitudes: Signal,
    phases: Signal,
    closes_s: Signal,
    edge_s: float,
) -> Signal:
    """Return the sum of a key's wheels, shape (frames,).

    closes_s  when each contact closes; edge_s: in what time (a short one clicks)
    """
    out = np.zeros(frames)
    for f, amplitude, phase, closes in zip(hz, amplitudes, phases, closes_s, strict=True):
        if amplitude == 0.0 or f >= 0.45 * rate:
            continue
        start = min(int(closes * rate), frames)
        wave = amplitude * np.sin(phase + (2.0 * np.pi * f / rate) * np.arange(start, frames))
        edge = min(max(2, int(edge_s * rate)), len(wave))
        wave[:edge] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(edge) / edge)
        out[start:] += wave
    return out
