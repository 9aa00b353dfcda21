"""How sure figures are: intervals of shares and of differences."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError

Z = 1.959964  # standard deviations of a 95 % interval
DRAWS = 10_000


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of hits (E. B. Wilson, 1927).

    >>> [round(bound, 3) for bound in wilson(9, 10)], wilson(0, 0)
    ([0.596, 0.982], (0.0, 1.0))
    """
    if not 0 <= hits <= count:
        raise InputError(f"{hits} hits of {count} are no share")
    if count == 0:
        return 0.0, 1.0
    p, z2 = hits / count, Z * Z
    centre = (p + z2 / (2 * count)) / (1 + z2 / count)
    half = Z / (1 + z2 / count) * math.sqrt(p * (1 - p) / count + z2 / (4 * count * count))
    return max(centre - half, 0.0), min(centre + half, 1.0)


def paired_bootstrap(
    first: Sequence[float] | NDArray[np.float64],
    second: Sequence[float] | NDArray[np.float64],
    rng: np.random.Generator,
    *,
    weights: Sequence[float] | NDArray[np.float64] | None = None,
    draws: int = DRAWS,
) -> tuple[float, float, float]:
    """Return the mean of first - second and its 95 % interval, by drawing pairs anew.

    first, second  a value a song (or a brief) each, in the same order
    weights        of the songs, such as their tokens; equal when None

    >>> rng = np.random.default_rng(0)
    >>> mean, low, high = paired_bootstrap([2.0, 3.0, 4.0], [1.0, 2.0, 3.0], rng)
    >>> mean, low, high
    (1.0, 1.0, 1.0)
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if a.shape != b.shape or a.ndim != 1 or not len(a):
        raise InputError(f"{a.size} and {b.size} values are no pairs")
    w = np.ones(len(a)) if weights is None else np.asarray(weights, np.float64)
    difference = (a - b) * w
    mean = float(difference.sum() / w.sum())
    drawn = rng.integers(len(a), size=(draws, len(a)))
    means = difference[drawn].sum(axis=1) / w[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5]).tolist()
    return mean, low, high
