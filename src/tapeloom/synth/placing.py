"""Where notes stand between left and right, and how a keyboard's ends are heard."""

import numpy as np

from tapeloom.core.pitch import midi_to_hz


def carried_hz(pitch: float, rate: int) -> float:
    """Return a pitch's frequency; one that the rate can't carry is played octaves lower.

    >>> carried_hz(69.0, 44_100), round(carried_hz(127.0, 8_000), 1)
    (440.0, 3136.0)
    """
    hz = midi_to_hz(pitch)
    while hz > 0.4 * rate:
        hz *= 0.5
    return hz


def width_of(pitch: float) -> float:
    """Return how far from the middle a pitch may stand, 0..1: low notes stay there.

    >>> width_of(36.0), width_of(60.0)
    (0.0, 1.0)
    """
    return min(1.0, max(0.0, (pitch - 40.0) / 14.0))


def key_pan(pitch: float, *, width: float, chance: float = 0.0) -> float:
    """Return a key's place, low keys left: -0.6..0.6 times `width`.

    chance  a normal number that moves it a little
    """
    return width * width_of(pitch) * float(np.clip((pitch - 62.0) / 40.0 + 0.2 * chance, -0.6, 0.6))
