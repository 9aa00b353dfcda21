"""Tones that change their level, and the gain that a processor gave them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]


def tone(steps: Sequence[tuple[float, float]], hz: float, rate: int) -> Signal:
    """Return a sine (1, samples) that has each (level in dBFS, seconds) in turn."""
    peaks = [np.full(round(s * rate), 10 ** (level / 20)) for level, s in steps]
    amplitude = np.concatenate(peaks)
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(amplitude.size) / rate + 0.3))[None]


def gain_db(x: Signal, y: Signal) -> Signal:
    """Return the gain of the first channel at each sample; between zeros it is drawn through."""
    told = np.flatnonzero(np.abs(x[0]) > 1e-9)
    return np.interp(np.arange(x.shape[1]), told, 20 * np.log10(np.abs(y[0, told] / x[0, told])))


def time_ms(gain: Signal, rate: int, *, to_db: float, share: float = 0.632) -> float:
    """Return how long the gain takes over a share of its way to `to_db`."""
    goal = gain[0] + share * (to_db - gain[0])
    reached = gain >= goal if to_db > gain[0] else gain <= goal
    return float(reached.argmax()) / rate * 1000.0


def in_blocks(process: Any, x: Signal, sizes: Sequence[int]) -> Signal:
    """Return what a processor makes of blocks of these sizes, over and over."""
    parts, at, k = [np.zeros((x.shape[0], 0))], 0, 0
    while at < x.shape[1]:
        parts.append(process(x[:, at : at + sizes[k % len(sizes)]]))
        at += sizes[k % len(sizes)]
        k += 1
    return np.concatenate(parts, axis=1)


def nasty(name: str, frames: int, channels: int = 2) -> Signal:
    """Return what breaks processors."""
    n = np.arange(frames)
    rng = np.random.default_rng(3)
    x = {
        "silence": np.zeros(frames),
        "impulses": np.where(n % 4999 == 0, 1.0, 0.0),
        "square": np.sign(np.sin(2 * np.pi * 220.3 * n / 44_100) + 1e-9),
        "constant": np.ones(frames),
        "noise": rng.uniform(-1.0, 1.0, frames),
        "tiny": rng.uniform(-1e-300, 1e-300, frames),
        "bursts": rng.standard_normal(frames) * (n % 7000 < 900),
    }[name]
    return np.stack([x, 0.3 * np.roll(x, 5)])[:channels]


NASTY = ("silence", "impulses", "square", "constant", "noise", "tiny", "bursts")
