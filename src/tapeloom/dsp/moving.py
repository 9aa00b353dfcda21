"""Moving maxima and means over whole windows that don't drift as running sums do.

The result at a place depends on its window alone, so that blocks give what the whole gives, bit by
bit, and zeros give zeros.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Signal = NDArray[np.float64]
_SCALE = 2.0**32


def moving_max(x: Signal, length: int) -> Signal:
    """Return the largest of each `length` neighbours; `length` - 1 values fewer than x has.

    >>> moving_max(np.array([1.0, 0.0, 0.0, 2.0, 0.0]), 3)
    array([1., 2., 2.])
    """
    size = 1
    while 2 * size <= length:
        x = np.maximum(x[size:], x[:-size])
        size *= 2
    rest = length - size
    return np.maximum(x[rest:], x[: x.size - rest]) if rest else x


def moving_mean(x: Signal, length: int) -> Signal:
    """Return the mean of each `length` neighbours; `length` - 1 values fewer than x has.

    >>> moving_mean(np.array([3.0, 0.0, 0.0, 6.0, 0.0]), 3)
    array([1., 2., 2.])
    """
    count = x.size - length + 1
    total = np.zeros(count)
    size, offset = 1, 0
    while True:
        if length & size:
            total += x[offset : offset + count]
            offset += size
        if 2 * size > length:
            return total / length
        x = x[size:] + x[:-size]
        size *= 2


@njit(cache=True, nogil=True)
def _smooth(
    x: NDArray[np.float64], half: int, scale: float, out: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Set `out` to the mean of means: sums of whole numbers are exact."""
    sums = np.empty(x.size - half + 1, np.int64)
    total = np.int64(0)
    for n in range(x.size):
        total += np.int64(x[n] * scale + 0.5)
        if n >= half - 1:
            sums[n - half + 1] = total
            total -= np.int64(x[n - half + 1] * scale + 0.5)
    total = np.int64(0)
    factor = 1.0 / (scale * half * half)
    for n in range(sums.size):
        total += sums[n]
        if n >= half - 1:
            out[n - half + 1] = total * factor
            total -= sums[n - half + 1]


def smooth(x: Signal, half: int) -> Signal:
    """Return the moving mean over `half` neighbours of such a mean, to ten digits.

    x  0 to 1; the result has 2 * (half - 1) values fewer

    >>> smooth(np.array([0.0, 0.0, 1.0, 0.0, 0.0]), 2)
    array([0.25, 0.5 , 0.25])
    """
    out = np.empty(x.size - 2 * (half - 1))
    _smooth(x, half, _SCALE, out)
    return out
