"""Prints of the instruments' phrases: levels by band and time, kept in data/golden.json.

python -m tests.synth.golden [NAME ...]     writes the prints of all instruments, or of some
"""

import itertools
import json
import sys
from pathlib import Path

import numpy as np

from tapeloom.core.audio import RATE
from tapeloom.synth.catalogue import NAMES
from tapeloom.synth.demo import render_demo

PLACE = Path(__file__).parent / "data" / "golden.json"
SECONDS, SLICES = 3.0, 6
EDGES_HZ = (30, 120, 400, 1200, 3500, 12_000)
FLOOR_DB = -80.0


def print_of(name: str) -> list[list[float]]:
    """Return the level in dB of each band in each stretch of a phrase's beginning."""
    blocks, frames = [], 0
    for block in render_demo(name, seed=1):
        blocks.append(block)
        frames += block.shape[1]
        if frames >= SECONDS * RATE:
            break
    sound = np.concatenate(blocks, axis=1)[:, : int(SECONDS * RATE)].astype(np.float64)
    rows = []
    for part in np.array_split(sound, SLICES, axis=1):
        power = (np.abs(np.fft.rfft(part)) ** 2).sum(axis=0) / part.shape[1] ** 2
        hz = np.fft.rfftfreq(part.shape[1], 1 / RATE)
        row = []
        for low, high in itertools.pairwise(EDGES_HZ):
            level = power[(hz >= low) & (hz < high)].sum()
            row.append(round(max(10 * float(np.log10(level + 1e-12)), FLOOR_DB), 2))
        rows.append(row)
    return rows


def main() -> None:
    """Write the prints."""
    known = json.loads(PLACE.read_text("utf-8")) if PLACE.exists() else {}
    for name in sys.argv[1:] or NAMES:
        known[name] = print_of(name)
    kept = {name: known[name] for name in NAMES}
    lines = [f" {json.dumps(name)}: {json.dumps(rows)}" for name, rows in kept.items()]
    PLACE.parent.mkdir(exist_ok=True)
    PLACE.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
