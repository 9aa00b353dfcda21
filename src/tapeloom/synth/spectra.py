"""Additive synthesis with moving spectra: harmonic sums as tables, mixed by weights over time.

All tables of a note are read at one phase, so that any mixture of them is a harmonic spectrum in
between: soft and loud playing, an attack that brightens, partials that wander. The last table may
be a puff that marks the period, for noise that comes with it.

X. Serra and J. Smith, "Spectral modeling synthesis", Computer Music Journal, 1990, for the view of
a sound as moving harmonics and filtered noise.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Signal = NDArray[np.float64]

SIZE = 2048  # samples in one cycle
CONTROL = 64  # samples between two values of a weight or a pitch


def tables(amplitudes: Signal, phases: Signal) -> Signal:
    """Return cycles of harmonics 1, 2, 3 ... as columns, shape (SIZE + 1, M).

    amplitudes, phases  (M, K) and (K,); K at most SIZE / 4

    >>> tables(np.array([[1.0], [0.5]]), np.array([0.0]))[SIZE // 4].round(6)
    array([1. , 0.5])
    """
    count = min(amplitudes.shape[1], SIZE // 4)
    spectrum = np.zeros((len(amplitudes), SIZE // 2 + 1), np.complex128)
    spectrum[:, 1 : count + 1] = amplitudes[:, :count] * np.exp(1j * (phases[:count] - np.pi / 2))
    waves = np.fft.irfft(spectrum * SIZE / 2, SIZE, axis=1)
    return np.ascontiguousarray(np.concatenate([waves, waves[:, :1]], axis=1).T)


@njit(cache=True, nogil=True)
def mixture_kernel(
    out: Signal, table: Signal, weights: Signal, step: Signal, start: float, apart: int
) -> None:
    """Write the mixture of tables to out[0] and, where apart is 1, the last table to out[1].

    table    (SIZE + 1, M), the first sample repeated at the end
    weights  (n / CONTROL + 2, M) and step (n / CONTROL + 2,), table samples a sample: both at
             every CONTROLth sample
    start    table position at the beginning
    """
    size = table.shape[0] - 1
    mixed = table.shape[1] - apart
    w = np.zeros(table.shape[1])
    slope = np.zeros(table.shape[1])
    heard = np.zeros(table.shape[1], np.int64)  # which tables have any weight for now
    position = start % size
    increment = step[0]
    change = 0.0
    count = 0
    for n in range(out.shape[1]):
        if n % CONTROL == 0:
            c = n // CONTROL
            increment = step[c]
            change = (step[c + 1] - step[c]) / CONTROL
            for m in range(table.shape[1]):
                w[m] = weights[c, m]
                slope[m] = (weights[c + 1, m] - weights[c, m]) / CONTROL
            count = 0
            for m in range(mixed):
                if weights[c, m] != 0.0 or weights[c + 1, m] != 0.0:
                    heard[count] = m
                    count += 1
        i = int(position)
        f = position - i
        total = 0.0
        for h in range(count):
            m = heard[h]
            low = table[i, m]
            total += w[m] * (low + f * (table[i + 1, m] - low))
            w[m] += slope[m]
        out[0, n] = total
        if apart == 1:
            low = table[i, mixed]
            out[1, n] = w[mixed] * (low + f * (table[i + 1, mixed] - low))
            w[mixed] += slope[mixed]
        position += increment
        increment += change
        while position >= size:
            position -= size


def controls(frames: int) -> int:
    """Return how many values a curve of a note has: one at every CONTROLth sample, and the end."""
    return frames // CONTROL + 2


def control_times(frames: int, rate: int) -> Signal:
    """Return the times of those values in seconds."""
    return np.arange(controls(frames), dtype=np.float64) * (CONTROL / rate)


def level_weights(level: Signal, count: int) -> Signal:
    """Return weights that go from table to table as the level goes from 0 to 1, (c, count).

    >>> level_weights(np.array([0.0, 0.25, 1.0]), 3)
    array([[1. , 0. , 0. ],
           [0.5, 0.5, 0. ],
           [0. , 0. , 1. ]])
    """
    place = np.clip(level, 0.0, 1.0) * (count - 1)
    return np.maximum(0.0, 1.0 - np.abs(place[:, None] - np.arange(count)))
