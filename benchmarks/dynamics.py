"""Measure the compressors, gates and their kin beside pedalboard's, on one core.

    python benchmarks/dynamics.py [--minutes 2] [--rounds 7]

Stereo noise of changing level at 44.1 kHz goes through each effect in blocks of 8,192 samples, in
float32, as in a chain. Rounds take turns, and the processor's time is counted, not the clock's.
Prints the median of the times real time. Kernels are compiled before.
"""

import argparse
from collections.abc import Callable
from statistics import median
from time import process_time

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.dsp.circuits import CIRCUITS
from tapeloom.studio.chain import Effect
from tapeloom.studio.effects import Compressor, DeEsser, Expander, Gate, TransientShaper

RATE, BLOCK = 44_100, 8_192
SET = {"threshold_db": -24.0, "ratio": 4.0}
EFFECTS: dict[str, Effect] = {
    **{f"compressor, {kind}": Compressor(kind=kind, **SET) for kind in CIRCUITS},
    "compressor, unlinked": Compressor(link=0.0, **SET),
    "expander": Expander(-30.0),
    "gate": Gate(-30.0),
    "de-esser": DeEsser(-20.0),
    "transient shaper": TransientShaper(6.0, -6.0),
}


def music_like(minutes: float) -> Samples:
    """Return noise that swells and falls by 20 dB, four times a second."""
    frames = round(minutes * 60 * RATE)
    swell = 10 ** (np.sin(2 * np.pi * 4.0 * np.arange(frames) / RATE) / 2)
    x = np.random.default_rng(0).standard_normal((2, frames)) * 0.08 * swell
    return np.clip(x, -1.0, 1.0).astype(np.float32)


def ours(effect: Effect, x: Samples) -> Callable[[], None]:
    """Return what runs an effect over the whole."""

    def run() -> None:
        process = effect.open(RATE, 2)
        for start in range(0, x.shape[1], BLOCK):
            process.process(x[:, start : start + BLOCK])

    return run


def pedalboards(x: Samples) -> dict[str, Callable[[], NDArray[np.float32]]]:
    """Return what runs pedalboard's compressor and gate, or nothing where it isn't installed."""
    try:
        from pedalboard import Compressor as Peer
        from pedalboard import NoiseGate, Pedalboard
    except ImportError:
        print("pedalboard is not there: not measured (pip install pedalboard)")
        return {}
    compressor = Pedalboard([Peer(attack_ms=15.0, release_ms=150.0, **SET)])
    gate = Pedalboard([NoiseGate(threshold_db=-30.0)])
    return {
        "pedalboard's compressor": lambda: compressor(x, RATE, buffer_size=BLOCK),
        "pedalboard's gate": lambda: gate(x, RATE, buffer_size=BLOCK),
    }


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    x = music_like(options.minutes)
    runs: dict[str, Callable[[], object]] = {
        name: ours(effect, x) for name, effect in EFFECTS.items()
    }
    runs |= pedalboards(x)
    for effect in EFFECTS.values():
        ours(effect, x[:, :BLOCK])()
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(options.rounds):
        for name, run in runs.items():
            start = process_time()
            run()
            seconds[name].append(process_time() - start)
    print(f"{'':<26}{'x real time':>12}")
    for name, times in seconds.items():
        print(f"{name:<26}{60 * options.minutes / median(times):12.0f}")


if __name__ == "__main__":
    main()
