"""Key profiles: how well each pitch class above a tonic fits, as published."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError

MODE_NAMES = ("major", "minor")

PROFILES: dict[str, dict[str, tuple[float, ...]]] = {
    # C. Krumhansl, "Cognitive Foundations of Musical Pitch", 1990, from probe-tone ratings.
    "krumhansl": {
        "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
        "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
    },
    # D. Temperley, "Music and Probability", 2007, from the Kostka-Payne corpus: in what share of
    # the segments each pitch class sounds.
    "temperley": {
        "major": (.748, .060, .488, .082, .670, .460, .096, .715, .104, .366, .057, .400),
        "minor": (.712, .084, .474, .618, .049, .460, .105, .747, .404, .067, .133, .330),
    },
    # B. Aarden's, from the Essen folk songs, as music21 has them.
    "aarden": {
        "major": (17.7661, .145624, 14.9265, .160186, 19.8049, 11.3587, .291248, 22.062, .145624,
                  8.15494, .232998, 4.95122),
        "minor": (18.2648, .737619, 14.0499, 16.8599, .702494, 14.4362, .702494, 18.6161, 4.56621,
                  1.93186, 7.37619, 1.75623),
    },
    # Bellman's, after Budge's counts of chords, as music21 has them.
    "bellman": {
        "major": (16.8, .86, 12.95, 1.41, 13.49, 11.93, 1.25, 20.28, 1.8, 8.04, .62, 10.57),
        "minor": (18.16, .69, 12.99, 13.34, 1.07, 11.15, 1.38, 21.07, 7.49, 1.53, .92, 10.21),
    },
}  # fmt: skip
# Set by hand, not measured: strong on whole pieces, weak on short tunes.
BY_HAND: dict[str, dict[str, tuple[float, ...]]] = {
    # C. Sapp's simple weights, as music21 has them.
    "simple": {
        "major": (2, 0, 1, 0, 1, 1, 0, 2, 0, 1, 0, 1),
        "minor": (2, 0, 1, 1, 0, 1, 0, 2, 1, 0, .5, .5),
    },
}  # fmt: skip


def turned(profile: str) -> NDArray[np.float64]:
    """Return a profile turned to all keys, shape (24, 12): twelve major keys from C, then minor.

    >>> turned("simple")[7].astype(int)
    array([1, 0, 2, 0, 1, 0, 1, 2, 0, 1, 0, 1])
    """
    known = PROFILES | BY_HAND
    values = known.get(profile)
    if values is None:
        raise InputError(f"{profile!r} is no key profile; choose one of {', '.join(known)}")
    rows = [np.roll(values[mode], tonic) for mode in MODE_NAMES for tonic in range(12)]
    return np.array(rows, np.float64)


def correlate(
    weights: Sequence[float] | NDArray[np.float64], *, profile: str | tuple[str, ...]
) -> NDArray[np.float64]:
    """Correlate twelve weights, one a pitch class from C, with a profile in all 24 keys: -1..1.

    C. Krumhansl and M. Schmuckler's algorithm. Weights that are all alike fit no key: all zeros.
    Of several profiles the mean of their correlations is given. Rows of weights, shape (..., 12),
    are correlated each for itself.

    >>> correlate([2, 0, 1, 0, 1, 1, 0, 2, 0, 1, 0, 1], profile="simple").round(2)[[0, 7]]
    array([1.  , 0.68])
    """
    given = np.asarray(weights, np.float64)
    count = given.shape[-1] if given.ndim else 1
    if count != 12:
        raise InputError(f"there are {count} weights; there must be 12, one a pitch class")
    heard = given - given.sum(axis=-1, keepdims=True) / 12
    size = np.sqrt((heard * heard).sum(axis=-1, keepdims=True))
    scores: NDArray[np.float64] = heard @ _shapes(profile).T
    scores *= (size > 1e-9) / np.maximum(size, 1e-9)
    return scores


@lru_cache(maxsize=32)
def _shapes(profile: str | tuple[str, ...]) -> NDArray[np.float64]:
    """Return a profile in all 24 keys, each less its mean and of size 1, shape (24, 12)."""
    if isinstance(profile, tuple):
        together: NDArray[np.float64] = np.mean([_shapes(each) for each in profile], axis=0)
        return together
    shapes = turned(profile)
    shapes -= shapes.mean(axis=1, keepdims=True)
    shapes /= np.linalg.norm(shapes, axis=1, keepdims=True)
    shapes.flags.writeable = False
    return shapes
