"""A voice of oscillators through a ladder filter, run at twice the rate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.synth.bandlimited import oscillator
from tapeloom.synth.decimation import decimate
from tapeloom.synth.ladder import CONTROL, ladder
from tapeloom.synth.oscillators import band_pass

Signal = NDArray[np.float64]

BLOCK_DC_HZ = 18.0
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
    turn: float = 0.0  # cycles after the note's own phase at its beginning


def detuned_saws(level: float, cents: float, rng: np.random.Generator) -> tuple[Source, ...]:
    """Return a saw on the pitch and a pair about it, `cents` apart.

    The pair begins as far before the first as behind it, so that it moves loudness and not pitch
    (see `chorus`), and near it, so that a note is loudest where it begins.
    """
    turn = rng.uniform(-0.1, 0.1)
    return (
        Source("saw", 0.66 * level),
        Source("saw", 0.17 * level, cents=0.5 * cents, turn=turn),
        Source("saw", 0.17 * level, cents=-0.5 * cents, turn=-turn),
    )


def curve_times(frames: int, rate: int) -> Signal:
    """Return the times in seconds at which `subtract` takes its curves."""
    return np.arange(frames * FACTOR // CONTROL + 2, dtype=np.float64) * (CONTROL / (rate * FACTOR))


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
    heard = cents + _lag_cents(hz, cutoff_hz, resonance, fast)
    bend = np.interp(at, np.arange(len(cents)), 2.0 ** (heard / 1200.0))
    mixed = np.zeros(count)
    origin = rng.uniform()
    for source in sources:
        step = hz / fast * 2.0 ** (source.octave + source.cents / 1200.0) * bend
        width: Signal | float = source.width
        if source.shape == "pulse" and source.sway > 0.0:
            turn = 2.0 * np.pi * (source.sway_hz / fast * np.arange(count) + rng.uniform())
            swayed = source.width + source.sway * np.sin(turn)
            # Both edges move, so that the wave's middle stays and with it the pitch.
            step = step + 0.5 * np.diff(swayed, append=swayed[-1])
            width = swayed
        start = origin + source.turn
        if source.shape == "pulse":
            # Its fundamental in phase with a saw's.
            start += 0.25 + 0.5 * source.width
        mixed += source.level * oscillator(source.shape, step, start=start, width=width)
    filtered = ladder(mixed, fast, cutoff_hz=cutoff_hz, resonance=resonance, drive=drive)
    return band_pass(decimate(filtered, FACTOR), rate, low_hz=BLOCK_DC_HZ)


def _lag_cents(hz: float, cutoff_hz: Signal, resonance: float, rate: int) -> Signal:
    """Return by how much a note must be sharp so that a closing filter doesn't flatten it.

    The ladder's phase lag at the note's frequency grows as its cutoff falls: a moving phase is a
    shift of pitch, of several cents in the bass.
    """
    corner = np.clip(cutoff_hz, 10.0, 0.45 * rate)
    lag = np.angle((1.0 + 1j * hz / corner) ** 4 + 4.0 * resonance)
    turns = np.gradient(np.unwrap(lag)) * rate / CONTROL / (2.0 * np.pi)
    return np.asarray(np.clip(1200.0 / np.log(2.0) * turns / hz, -60.0, 60.0), np.float64)
