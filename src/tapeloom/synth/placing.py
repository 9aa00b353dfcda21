"""Where notes stand between left and right, and how a keyboard's ends are heard."""

import numpy as np


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
