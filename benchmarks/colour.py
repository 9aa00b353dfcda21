"""Measure how many times faster than real time each machine of colour runs, on one core.

    OMP_NUM_THREADS=1 python benchmarks/colour.py

Stereo noise at 44.1 kHz in blocks of 8192; the best of eight runs of 2 s by the time of the
processor, which counts where others use it, too. No seconds of compiling are in it.
"""

from time import process_time

import numpy as np

from tapeloom.core.audio import RATE
from tapeloom.studio.effects import (
    Cassette,
    Crusher,
    Radio,
    TapeMachine,
    Transformer,
    Tube,
    Vinyl,
)

BLOCK, SECONDS, RUNS = 8192, 2.0, 8


def main() -> None:
    """Print a line for each machine."""
    noise = np.random.default_rng(0).standard_normal((2, round(SECONDS * RATE)))
    x = (0.1 * noise).astype(np.float32)
    for effect in (
        TapeMachine(hiss_db=-60.0),
        Cassette(),
        Tube(),
        Transformer(),
        Crusher(),
        Vinyl(),
        Radio(),
    ):
        work = effect.open(RATE, 2)
        times = []
        for _ in range(RUNS + 1):  # the first compiles
            begin = process_time()
            for start in range(0, x.shape[1], BLOCK):
                work.process(x[:, start : start + BLOCK])
            times.append(process_time() - begin)
        print(f"{type(effect).__name__:12} {SECONDS / min(times[1:]):6.1f} x real time")


if __name__ == "__main__":
    main()
