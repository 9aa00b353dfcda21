"""Voices about a voice: pairs that move its loudness, harmonic by harmonic, and never its pitch.

Two voices, one sharp and one flat by the same amount, sum to a carrier of the middle pitch whose
amplitude beats, if one begins as far before the middle voice as the other begins behind it.
"""

import numpy as np


def pair_turn(apart_hz: float, rng: np.random.Generator) -> float:
    """Draw how many cycles before and behind the middle voice a pair begins.

    apart_hz  how far each of the two is from it

    The beat passes its middle 0.4 s into the note, so that slow beats leave a note its loudness.
    """
    sign = rng.choice([-1.0, 1.0])
    return float(sign * rng.uniform(0.21, 0.29) - 0.4 * apart_hz)


def apart_hz(hz: float, cents: float) -> float:
    """Return how far a voice some cents above a pitch is from it.

    >>> round(apart_hz(440.0, 100.0), 2)
    26.16
    """
    return float(hz * (2.0 ** (cents / 1200.0) - 1.0))
