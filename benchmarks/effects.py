"""Measure effects against peers in one run: times real time on one core, medians.

    python benchmarks/effects.py [--seconds 60] [--tries 9] [ROW ...]

Needs pedalboard (the extra `plugins`). Each try runs ours and the peer one after the other on the
same sound, so that both meet the same machine; what counts are the processor's seconds. A row is a
name and two functions that return what takes (2, samples) float32: add one to ROWS.
"""

import argparse
import os
from collections.abc import Callable
from statistics import median
from time import process_time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

RATE = 44_100
SEVEN_HZ = (60.0, 150.0, 400.0, 1000.0, 2500.0, 6000.0, 12_000.0)
PIECE = 8_192  # what a chain pushes at once

Run = Callable[[np.ndarray], object]


def ours(effect: object) -> Run:
    """Return an effect of the studio at work in pieces, as in a chain."""

    def run(x: np.ndarray) -> None:
        process = effect.open(RATE, len(x))
        for at in range(0, x.shape[1], PIECE):
            process.process(x[:, at : at + PIECE])

    return run


def seven_bands(phase: str = "minimum") -> Run:
    """Return seven bells of +3 dB."""
    from tapeloom.studio.effects import Band, Equalizer

    return ours(Equalizer(tuple(Band("bell", hz, 3.0) for hz in SEVEN_HZ), phase))


def seven_peak_filters() -> Run:
    """Return the same by pedalboard."""
    from pedalboard import PeakFilter, Pedalboard

    board = Pedalboard([PeakFilter(hz, 3.0, 0.7071) for hz in SEVEN_HZ])
    return lambda x: board(x, RATE)


ROWS: dict[str, tuple[Callable[[], Run], Callable[[], Run]]] = {
    "equaliser, seven bands": (seven_bands, seven_peak_filters),
    "equaliser, seven bands, linear phase": (lambda: seven_bands("linear"), seven_peak_filters),
}


def measure(row: str, x: np.ndarray, tries: int) -> tuple[float, float, list[float]]:
    """Return the median seconds of ours and of the peer, and the ratio of each try."""
    runs = [make() for make in ROWS[row]]
    for run in runs:
        run(x)  # compiles, and warms the caches
    seconds: list[list[float]] = []
    for _ in range(tries):
        seconds.append([])
        for run in runs:
            begin = process_time()
            run(x)
            seconds[-1].append(process_time() - begin)
    mine, theirs = (median(column) for column in zip(*seconds, strict=True))
    return mine, theirs, sorted(theirs / mine for mine, theirs in seconds)


def main() -> None:
    """Read the options and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--tries", type=int, default=9)
    options = parser.parse_args()
    frames = round(options.seconds * RATE)
    x = np.random.default_rng(1).uniform(-0.5, 0.5, (2, frames)).astype(np.float32)
    print("| effect | ours, x real time | peer, x real time | ours / peer, lowest to highest |")
    print("|---|---|---|---|")
    for row in options.rows or ROWS:
        mine, theirs, ratios = measure(row, x, options.tries)
        print(
            f"| {row} | {options.seconds / mine:.0f} | {options.seconds / theirs:.0f} | "
            f"{theirs / mine:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) |"
        )


if __name__ == "__main__":
    main()
