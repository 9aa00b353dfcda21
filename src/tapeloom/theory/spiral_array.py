"""Chew's spiral array: pitches on a helix of fifths, and how a cloud of them is stretched.

E. Chew, "Towards a Mathematical Model of Tonality", 2000: the helix and centres of effect.
D. Herremans and E. Chew, "Tension Ribbons", 2016: cloud diameter, cloud momentum, tensile strain.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key

Point = NDArray[np.float64]

RADIUS, RISE = 1.0, (2.0 / 15.0) ** 0.5  # Chew's proportion: a triad's three distances fit
# Fifths that an interval of a chord lies from its root, spelled as the chord spells it: 0..21.
_CHORD_FIFTHS = (0, -5, 2, -3, 4, -1, -6, 1, 8, 3, -2, 5, 0, -5, 2, 9, 4, -1, 6, 1, -4, 3)


def position(fifths: int) -> Point:
    """Return the place of a pitch on the helix, `fifths` from C on the line of fifths; shape (3,).

    >>> position(0).round(3), position(1).round(3)
    (array([0., 1., 0.]), array([1.   , 0.   , 0.365]))
    """
    turn = fifths * np.pi / 2.0
    return np.array([RADIUS * np.sin(turn), RADIUS * np.cos(turn), RISE * fifths])


def fifths_in_key(pitch_class: int, key: Key) -> int:
    """Return how many fifths a pitch class lies from a key's tonic: -5 (b2) to 6 (#4).

    >>> [fifths_in_key(tone, Key("C", "major")) for tone in (7, 5, 10, 6)]
    [1, -1, -2, 6]
    """
    return (7 * (pitch_class - key.pitch_class) + 5) % 12 - 5


def chord_fifths(chord: Chord, key: Key) -> tuple[int, ...]:
    """Spell a chord's tones as fifths from a key's tonic: the root by the key, the rest by it.

    >>> chord_fifths(Chord.parse("E7"), Key("A", "minor"))
    (1, 5, 2, -1)
    """
    root = fifths_in_key(chord.root, key)
    steps = list(chord.intervals)
    found = [root + _CHORD_FIFTHS[step] for step in steps]
    if 9 in steps and 6 in steps and 10 not in steps:  # a diminished seventh, no sixth
        found[steps.index(9)] = root - 9
    return tuple(found)


def centre(fifths: Sequence[int], weights: Iterable[float] | None = None) -> Point:
    """Return the centre of effect of pitches: their weighted mean place.

    >>> centre([0, 1, 4]).round(3)
    array([0.333, 0.667, 0.609])
    """
    if not len(fifths):
        raise InputError("a cloud of no pitches has no centre; give one pitch at least")
    places = np.array([position(f) for f in fifths])
    return np.asarray(
        places.mean(axis=0) if weights is None else np.average(places, axis=0, weights=[*weights])
    )


def cloud_diameter(fifths: Sequence[int]) -> float:
    """Return the largest distance between two pitches of a cloud: what is dissonant is wide.

    >>> round(cloud_diameter([0, 1, 4]), 3), round(cloud_diameter([0, 1, 4, -2]), 3)
    (1.789, 2.966)
    """
    if not len(fifths):
        return 0.0
    places = np.array([position(f) for f in fifths])
    return float(np.linalg.norm(places[:, None] - places[None], axis=2).max())


@lru_cache(maxsize=4)
def key_centre(is_minor: bool) -> tuple[float, float, float]:
    """Return the centre of a key whose tonic is at 0: that of its tonic, dominant and subdominant.

    Chew weights the triads; here the tonic counts twice. A minor key's dominant is major.

    >>> key_centre(False)[2] > key_centre(True)[2]
    True
    """
    tonic = (0, 1, -3) if is_minor else (0, 1, 4)
    fourth = (-1, 0, -4) if is_minor else (-1, 0, 3)
    weights = (2.0, 1.0, 1.0)
    places = [centre(triad) for triad in (tonic, (1, 2, 5), fourth)]
    x, y, z = np.average(places, axis=0, weights=weights).tolist()
    return x, y, z


def tensile_strain(fifths: Sequence[int], is_minor: bool) -> float:
    """Return how far a cloud's centre lies from the centre of the key whose tonic is at 0.

    >>> tensile_strain((0, 1, 4), False) < tensile_strain((6, 7, 10), False)
    True
    """
    return float(np.linalg.norm(centre(fifths) - np.array(key_centre(is_minor))))
