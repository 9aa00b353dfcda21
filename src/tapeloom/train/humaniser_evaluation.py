"""Measure the humaniser on held-out sessions.

    python -m tapeloom.train.humaniser_evaluation GROOVE_FOLDER [--model FILE] [--seed N] [--json]

Against the score as quantised, white jitter of the training hits' spread, and the template of the
nearest training performance. Errors are those of central values, divergences those of draws.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.neural.humaniser import DRUMS, MODEL, Humaniser
from tapeloom.train.humaniser import Piece, read_pieces
from tapeloom.train.humaniser_judge import judge

Floats = NDArray[np.float64]

OFFSET_EDGES_MS = np.linspace(-100.0, 100.0, 41)
VELOCITY_EDGES = np.linspace(0.0, 128.0, 17)
FILE_PPQ = 480  # the set's files; every performance is rounded to their ticks, as the real ones are
FEWEST = 32  # hits of a template, and of a drum whose histograms are compared


@dataclass(frozen=True, slots=True)
class Playing:
    """How one method plays a piece."""

    centre: Floats  # offset in ms and velocity, shape (n, 2)
    drawn: Floats  # the same, as played once

    @classmethod
    def same(cls, values: Floats) -> "Playing":
        """Make a playing of a method that has but one."""
        return cls(values, values)


Method = Callable[[Piece, np.random.Generator], Playing]


def real(piece: Piece) -> Floats:
    """Return what was played, shape (n, 2)."""
    return np.stack([piece.offsets_ms, piece.velocities], 1).astype(np.float64)


class Habits:
    """What the training performances tell without a model: spreads by drum, and templates."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        drums = np.concatenate([piece.part.numbers for piece in pieces])
        played = np.concatenate([real(piece) for piece in pieces])
        self.median = np.zeros((len(DRUMS), 2))
        self.mean, self.spread = np.zeros((len(DRUMS), 2)), np.zeros((len(DRUMS), 2))
        for drum in range(len(DRUMS)):
            hits = played[drums == drum] if (drums == drum).any() else played
            self.median[drum] = np.median(hits, axis=0)
            self.mean[drum], self.spread[drum] = hits.mean(axis=0), hits.std(axis=0)
        self.pieces = [piece for piece in pieces if len(piece.offsets_ms) >= FEWEST]
        self.cells = [frozenset(_cells(piece)) for piece in self.pieces]

    def quantised(self, piece: Piece, _: np.random.Generator) -> Playing:
        """Play on the grid, each drum at its middle velocity."""
        values = self.median[piece.part.numbers].copy()
        values[:, 0] = 0.0
        return Playing.same(values)

    def jitter(self, piece: Piece, rng: np.random.Generator) -> Playing:
        """Play with white noise of each drum's training mean and spread."""
        drums = piece.part.numbers
        noise = rng.standard_normal((len(drums), 2))
        return Playing.same(self.mean[drums] + self.spread[drums] * noise)

    def jitter_centre(self, piece: Piece, rng: np.random.Generator) -> Playing:
        """Expect each drum's training median; play as `jitter` does."""
        return Playing(self.median[piece.part.numbers], self.jitter(piece, rng).drawn)

    def jitter_on_grid(self, piece: Piece, rng: np.random.Generator) -> Playing:
        """Play as `jitter` does, but without its mean: around the grid."""
        drawn = self.jitter(piece, rng).drawn
        drawn[:, 0] -= self.mean[piece.part.numbers, 0]
        return Playing.same(drawn)

    def template(self, piece: Piece, rng: np.random.Generator) -> Playing:
        """Play each drum and place as the nearest training performance does on average."""
        return Playing.same(self._apply(piece, rng).centre)

    def template_drawn(self, piece: Piece, rng: np.random.Generator) -> Playing:
        """Expect what the template does on average; draw one of its hits."""
        return self._apply(piece, rng)

    def _nearest(self, piece: Piece) -> Piece:
        """Return the performance of its style that is nearest by tempo and by what it plays."""
        cells = _cells(piece)
        total = sum(len(rows) for rows in cells.values())

        def distance(index: int) -> float:
            other = self.pieces[index]
            tempo = abs(np.log2(other.file.bpm / piece.file.bpm)) / 0.15
            shared = sum(len(rows) for cell, rows in cells.items() if cell in self.cells[index])
            return float(tempo + 2.0 * (1.0 - shared / total))

        styled = [i for i, p in enumerate(self.pieces) if p.file.style == piece.file.style]
        return self.pieces[min(styled or range(len(self.pieces)), key=distance)]

    def _apply(self, piece: Piece, rng: np.random.Generator) -> Playing:
        near = self._nearest(piece)
        played, cells = real(near), _cells(near)
        by_drum: dict[int, list[int]] = {}
        for i, drum in enumerate(near.part.numbers.tolist()):
            by_drum.setdefault(drum, []).append(i)
        centre, drawn = np.empty((len(piece.offsets_ms), 2)), np.empty((len(piece.offsets_ms), 2))
        for (drum, place), rows in _cells(piece).items():
            found = cells.get((drum, place)) or by_drum.get(drum)
            held = played[found] if found else self.mean[drum : drum + 1]
            centre[rows] = held.mean(axis=0)
            drawn[rows] = held[rng.integers(len(held), size=len(rows))]
        return Playing(centre, drawn)


def _cells(piece: Piece) -> dict[tuple[int, int], list[int]]:
    """Return the hits of each drum and place in the bar."""
    cells: dict[tuple[int, int], list[int]] = {}
    for i, (drum, offset) in enumerate(
        zip(piece.part.numbers.tolist(), piece.part.bar_offsets, strict=True)
    ):
        cells.setdefault((drum, offset), []).append(i)
    return cells


def learned(humaniser: Humaniser) -> Method:
    """Return the model as a method: who plays, and so the lean, is drawn for each piece.

    The leans are the training drummers', one vote each; their median is the centre.
    """
    leans = np.array(humaniser.leans_ms or (0.0,))

    def play(piece: Piece, rng: np.random.Generator) -> Playing:
        expected = humaniser.expect(piece.part, lean_ms=float(np.median(leans)))
        drawn = humaniser.play(piece.part, rng, lean_ms=float(rng.choice(leans)))
        return Playing(
            np.stack([expected.offsets_ms, expected.velocities], 1),
            np.stack([drawn.offsets_ms, drawn.velocities], 1),
        )

    return play


def as_file(values: Floats, bpm: float) -> Floats:
    """Round offsets to a file's ticks and velocities to whole numbers 1..127."""
    tick_ms = 60_000.0 / (bpm * FILE_PPQ)
    offsets = np.rint(values[:, 0] / tick_ms) * tick_ms
    return np.stack([offsets, np.clip(np.rint(values[:, 1]), 1, 127)], 1)


def divergence(real_values: Floats, values: Floats, edges: Floats) -> float:
    """Return the Kullback-Leibler divergence of histograms, real from other, in nats.

    Half a hit is added to each bin; what lies beyond the edges counts in the last bins.

    >>> x = np.array([1.0, 2.0, 3.0])
    >>> divergence(x, x, np.array([0.0, 2.0, 4.0]))
    0.0
    """
    inside = (edges[0], np.nextafter(edges[-1], edges[0]))
    p, q = (np.histogram(np.clip(x, *inside), edges)[0] + 0.5 for x in (real_values, values))
    p, q = p / p.sum(), q / q.sum()
    return float((p * np.log(p / q)).sum())


def measure(
    pieces: Sequence[Piece], method: Method, *, seed: int
) -> tuple[dict[str, float], list[Floats]]:
    """Return a method's errors and divergences over pieces, and its draws.

    Divergences are means over the drums, weighted by their hits.
    """
    rng = np.random.default_rng(seed)
    playings = [method(piece, rng) for piece in pieces]
    drums = np.concatenate([piece.part.numbers for piece in pieces])
    truth = np.concatenate([as_file(real(piece), piece.file.bpm) for piece in pieces])
    centre = np.concatenate([playing.centre for playing in playings])
    draws = [as_file(p.drawn, piece.file.bpm) for p, piece in zip(playings, pieces, strict=True)]
    drawn = np.concatenate(draws)
    error = np.abs(centre - truth).mean(axis=0)
    kl = np.zeros(2)
    hits = 0
    for drum in range(len(DRUMS)):
        here = drums == drum
        if here.sum() < FEWEST:
            continue
        hits += int(here.sum())
        for column, edges in enumerate((OFFSET_EDGES_MS, VELOCITY_EDGES)):
            kl[column] += here.sum() * divergence(truth[here, column], drawn[here, column], edges)
    kl /= max(hits, 1)
    figures = {
        "timing_error_ms": float(error[0]),
        "velocity_error": float(error[1]),
        "offset_kl": float(kl[0]),
        "velocity_kl": float(kl[1]),
    }
    return figures, draws


def evaluate(
    training: Sequence[Piece], pieces: Sequence[Piece], humaniser: Humaniser, *, seed: int = 1
) -> dict[str, dict[str, float]]:
    """Return every method's figures, the judge's share of right answers among them.

    told_apart is the judge's who knows the held-out drummers alone, told_apart_taught of one who
    has also learnt from every training drummer's windows, played by the same method.
    """
    habits = Habits(training)
    methods: dict[str, Method] = {
        "quantised": habits.quantised,
        "white jitter": habits.jitter,
        "nearest template": habits.template,
        "white jitter, by its median": habits.jitter_centre,
        "white jitter, around the grid": habits.jitter_on_grid,
        "nearest template, hits drawn": habits.template_drawn,
        "humaniser": learned(humaniser),
    }
    table = {}
    for name, method in methods.items():
        table[name], draws = measure(pieces, method, seed=seed)
        table[name]["told_apart"] = judge(pieces, draws)
        _, taught = measure(training, method, seed=seed)
        lessons = list(zip(training, taught, strict=True))
        table[name]["told_apart_taught"] = judge(pieces, draws, lessons=lessons)
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m tapeloom.train.humaniser_evaluation", description=main.__doc__
    )
    parser.add_argument("groove", type=Path, help="the Groove MIDI set's folder")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--seed", type=int, default=1, help="of the draws")
    parser.add_argument("--json", action="store_true")
    settings = parser.parse_args(arguments)
    training = read_pieces(settings.groove, validation=False)
    pieces = read_pieces(settings.groove, validation=True)
    table = evaluate(training, pieces, Humaniser.load(settings.model), seed=settings.seed)
    if settings.json:
        sys.stdout.write(json.dumps(table, indent=2) + "\n")
        return 0
    hits = sum(len(piece.offsets_ms) for piece in pieces)
    sys.stdout.write(f"{len(pieces)} held-out performances, {hits} hits\n\n")
    names = ("timing_error_ms", "velocity_error", "offset_kl", "velocity_kl", "told_apart",
             "told_apart_taught")  # fmt: skip
    sys.stdout.write("| method | " + " | ".join(names) + " |\n" + "|---" * (1 + len(names)) + "|\n")
    for method, figures in table.items():
        row = " | ".join(f"{figures[name]:.3f}" for name in names)
        sys.stdout.write(f"| {method} | {row} |\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
