"""Test tones and what is read off them."""

from collections.abc import Callable
from typing import Any

import numpy as np

RATE = 44_100
VU = 10 ** (-15 / 20)  # the peak of a sine at 0 VU


def sine(hz: float, amplitude: float, seconds: float = 2.0, rate: int = RATE) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)[None]


def spectrum_db(x: np.ndarray) -> np.ndarray:
    """Levels of a signal of one second, bin k at k Hz, a sine of 1 reading 0."""
    window = np.blackman(x.size)
    return 20 * np.log10(np.abs(np.fft.rfft(x * window)) / window.sum() * 2 + 1e-15)


def settled(x: np.ndarray, rate: int = RATE) -> np.ndarray:
    """The last whole second of the first channel."""
    return x[0, -rate:]


def harmonics_db(machine: Any, hz: int, amplitude: float) -> np.ndarray:
    """The levels of harmonics 0 (unused), 1, 2... against the fundamental."""
    levels = spectrum_db(settled(machine.process(sine(hz, amplitude))))
    return levels[::hz][:12] - levels[hz]


def worst_alias_db(make: Callable[[], Any], hz: int, amplitude: float) -> float:
    """The highest level below 20 kHz that is no harmonic, against the tone."""
    levels = spectrum_db(settled(make().process(sine(hz, amplitude, 2.0))))
    heard = np.ones(levels.size, bool)
    heard[:30] = False
    for harmonic in range(1, RATE // (2 * hz) + 1):
        heard[harmonic * hz - 5 : harmonic * hz + 6] = False
    return float(levels[heard][:19_900].max() - levels[hz])


def in_blocks(machine: Any, x: np.ndarray, sizes: list[int]) -> np.ndarray:
    """What a machine makes of x in blocks of these sizes, over and over."""
    parts, start, turn = [], 0, 0
    while start < x.shape[1]:
        size = sizes[turn % len(sizes)]
        parts.append(machine.process(x[:, start : start + size]))
        start, turn = start + size, turn + 1
    return np.concatenate(parts, axis=1)
