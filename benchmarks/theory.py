"""Predict, score and time harmonic analysis: `python benchmarks/theory.py --help`.

`predict TASK INPUTS.jsonl.gz` reads pieces in the form that ../shared/bench/theory/README.md
describes (onsets and lengths in quarter notes) and prints one JSON line a piece.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tapeloom.core.meter import Meter, Meters
from tapeloom.core.time import PPQ
from tapeloom.theory.events import Events

Answer = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """One piece of a benchmark, in ticks."""

    events: Events
    meters: Meters
    edges: tuple[int, ...]  # where its labels begin, and the last one's end; empty where not given
    measures: tuple[int, ...]  # where its bars begin; empty where not given

    @classmethod
    def from_item(cls, item: dict[str, Any]) -> "Piece":
        rows = np.array(item["notes"], np.float64).reshape(-1, 4)
        starts = rows[:, 0] * PPQ
        events = Events.from_columns(starts, starts + rows[:, 1] * PPQ, rows[:, 2], rows[:, 3])
        meters = {ticks(at): Meter.parse(text) for at, text in item.get("timesigs", ())}
        first = next(iter(meters.values()), Meter())
        meters = {0: meters.get(0, first), **{t: m for t, m in meters.items() if t > 0}}
        spans = item.get("segments", ())
        edges = sorted({ticks(at) for span in spans for at in span[:2]})
        return cls(
            events,
            tuple(sorted(meters.items())),
            tuple(edges),
            tuple(ticks(at) for at in item.get("measures", ())),
        )


def ticks(quarters: float) -> int:
    return round(quarters * PPQ)


def quarters(tick: int) -> float:
    return round(tick / PPQ, 4)


def items(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def predict_key(piece: Piece) -> Answer:
    """The key of a whole piece."""
    raise NotImplementedError


def predict_passage_key(piece: Piece) -> Answer:
    """The key of a few bars."""
    raise NotImplementedError


def predict_chords(piece: Piece) -> Answer:
    """The chords between given boundaries."""
    raise NotImplementedError


def predict_free_chords(piece: Piece) -> Answer:
    """The chords, boundaries found as well."""
    raise NotImplementedError


def predict_numerals(piece: Piece) -> Answer:
    """Chords, local keys and bass between given boundaries."""
    raise NotImplementedError


def predict_cadences(piece: Piece) -> Answer:
    """Where phrases close, and how."""
    raise NotImplementedError


TASKS: dict[str, Callable[[Piece], Answer]] = {
    "key_full": predict_key,
    "key_excerpt": predict_passage_key,
    "chord": predict_chords,
    "chord_free": predict_free_chords,  # scored as `chord`
    "rn": predict_numerals,
    "cadence": predict_cadences,
}


def predict(task: str, path: Path) -> None:
    """Print predictions."""
    for item in items(path):
        answer = TASKS[task](Piece.from_item(item))
        print(json.dumps({"id": item["id"], **answer}))


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    predicting = verbs.add_parser("predict", help="print predictions for a file of pieces")
    predicting.add_argument("task", choices=TASKS)
    predicting.add_argument("inputs", type=Path)
    options = parser.parse_args()
    predict(options.task, options.inputs)


if __name__ == "__main__":
    sys.exit(main())
