"""A voice of oscillators through a ladder filter, run at twice the rate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.synth.bandlimited import oscillator
from tapeloom.synth.decimation import decimate
from tapeloom.synth.ladder import CONTROL, ladder

Signal = NDArray[np.float64]

FACTOR = 2  # of the rate, so that what the filter's saturation adds doesn't fold


@dataclass(frozen=True, slots=True)
class Source:
    """One oscillator of the mixture."""

    shape: str  # saw, pulse, triangle
    level: float
    octave: float = 0.0  # about the note
    cents: float = 0.0
    width: float = 0.5  # of a pulse
    sway: float = 0.0  # how far the width moves to either side
    sway_hz: float = 0.4


def curve_times(frames: int, rate: int) -> Signal:
    """Return the times in seconds at which `subtract` takes its curves."""
    return np.arange(frames * FACTOR // CONTROL + 2) * (CONTROL / (rate * FACTOR))


def subtract(
    sources: tuple[Source, ...],
    frames: int,
    rate: int,
    rng: np.random.Generator,
    *,
    hz: float,
    cents: Signal,
    cutoff_hz: Signal,
    resonance: float,
    drive: float,
) -> Signal:
    """Return a sound without loudness envelope, shape (frames,).

    cents, cutoff_hz  at `curve_times`
    resonance         0..1; drive: 0 for a clean filter
    """
    fast = rate * FACTOR
    count = frames * FACTOR
    at = np.arange(count) / CONTROL
    bend = 2.0 ** (np.interp(at, np.arange(len(cents)), cents) / 1200.0)
    mixed = np.zeros(count)
    for source in sources:
        step = hz / fast * 2.0 ** (source.octave + source.cents / 1200.0) * bend
        width: Signal | float = source.width
        if source.shape == "pulse" and source.sway > 0.0:
            turn = 2.0 * np.pi * (source.sway_hz / fast * np.arange(count) + rng.uniform())
            width = source.width + source.sway * np.sin(turn)
        mixed += source.level * oscillator(source.shape, step, start=rng.uniform(), width=width)
    return decimate(
        ladder(mixed, fast, cutoff_hz=cutoff_hz, resonance=resonance, drive=drive), FACTOR
    )
