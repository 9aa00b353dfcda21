"""Train the humaniser on the Groove set: `python -m tapeloom.train.humaniser GROOVE_FOLDER`.

    python -m tapeloom.train.humaniser GROOVE_FOLDER [--out FILE] [--epochs N] [--seed N]

Needs torch and onnx (the extra `train`). Sessions held out by `corpus.groove` are never read.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.neural.humaniser import DRUMS, DrumPart
from tapeloom.train.corpus.groove import DrumHit, GrooveFile, read_groove

Floats = NDArray[np.float32]

OFFSET_SPAN_MS = 100.0  # what lies further out is drawn in
OFFSET_BINS = 80
VELOCITY_BINS = 64
MEMORIES = (1.0, 0.25, 0.04)  # how fast each running mean of what was played follows
HABIT = 0.35  # how fast the habit of a drum and place in the bar follows
FEEDBACK = 2 * (len(MEMORIES) + len(DRUMS) + 1) + 5


@dataclass(frozen=True, slots=True)
class Piece:
    """A performance as examples: what was written, and how each hit was played."""

    file: GrooveFile
    part: DrumPart  # in the model's order
    offsets_ms: Floats  # shape (n,)
    velocities: Floats  # shape (n,)
    lean_ms: float  # where the session as a whole lies; the model learns what departs from it
    features: Floats = field(repr=False)  # shape (n, FEATURES)
    played: Floats = field(repr=False)  # in the model's units, shape (n, 2)
    memory: Floats = field(repr=False)  # shape (n, FEEDBACK)


def to_piece(file: GrooveFile, hits: Sequence[DrumHit], *, lean_ms: float = 0.0) -> Piece:
    """Make examples of a performance; of several hits of a drum on one place the loudest counts."""
    loudest: dict[tuple[int, str], DrumHit] = {}
    for hit in hits:
        held = loudest.setdefault((hit.written, hit.drum), hit)
        if hit.velocity > held.velocity:
            loudest[hit.written, hit.drum] = hit
    kept = sorted(loudest.values(), key=lambda hit: (hit.written, DRUMS.index(hit.drum)))
    part = DrumPart(
        tuple(hit.written for hit in kept),
        tuple(hit.drum for hit in kept),
        tuple(hit.written % file.meter.bar_ticks for hit in kept),
        file.bpm,
        file.style,
    )
    offsets = np.array([hit.offset_ms(file.bpm) for hit in kept], np.float32)
    velocities = np.array([hit.velocity for hit in kept], np.float32)
    played = scaled(offsets - np.float32(lean_ms), velocities)
    memory = feedback(played, part.numbers, part.cells)
    return Piece(file, part, offsets, velocities, lean_ms, part.describe(), played, memory)


def read_pieces(folder: Path, *, validation: bool) -> list[Piece]:
    """Read the performances of the sessions that are held out, or of the others."""
    found = [(file, hits) for file, hits in read_groove(folder) if file.is_validation == validation]
    leans = session_leans(found)
    return [to_piece(file, hits, lean_ms=leans[file.session]) for file, hits in found]


def session_leans(
    performances: Sequence[tuple[GrooveFile, Sequence[DrumHit]]],
) -> dict[str, float]:
    """Return the median offset of each session in ms: the drummer's habit and the kit's delay."""
    offsets: dict[str, list[float]] = {}
    for file, hits in performances:
        offsets.setdefault(file.session, []).extend(hit.offset_ms(file.bpm) for hit in hits)
    return {session: float(np.median(found)) for session, found in offsets.items()}


def drummer_leans(pieces: Sequence[Piece]) -> tuple[float, ...]:
    """Return the leans of the drummers in ms, each the mean of his sessions', in rising order."""
    sessions = {piece.file.session: (piece.file.drummer, piece.lean_ms) for piece in pieces}
    drummers = sorted({drummer for drummer, _ in sessions.values()})
    return tuple(
        sorted(
            float(np.mean([lean for name, lean in sessions.values() if name == drummer]))
            for drummer in drummers
        )
    )


def scaled(offsets_ms: Floats, velocities: Floats) -> Floats:
    """Bring what was played to the model's units, shape (n, 2).

    >>> scaled(np.array([25.0]), np.array([96.0])).tolist()
    [[1.0, 1.0]]
    """
    offsets = np.clip(offsets_ms, -OFFSET_SPAN_MS, OFFSET_SPAN_MS) / 25.0
    return np.stack([offsets, (velocities - 64.0) / 32.0], -1).astype(np.float32)


def feedback(played: Floats, drums: NDArray[np.int64], cells: NDArray[np.int64]) -> Floats:
    """Return what the model remembers of its playing before each hit, shape (n, FEEDBACK).

    played  offset and velocity in the model's units, shape (n, 2)
    drums   indices of DRUMS, shape (n,)
    cells   numbers of each hit's drum and place in the bar, shape (n,)

    Running means of all hits, the last hit of each drum, and that of the drum to be played now;
    the last hit and the habit of this drum and place, and whether there was one.
    """
    rates = np.array(MEMORIES, np.float32)
    means = np.zeros((len(MEMORIES), 2), np.float32)
    last = np.zeros((len(DRUMS), 2), np.float32)
    rows = np.zeros((len(played), FEEDBACK), np.float32)
    habits = np.zeros((int(cells.max(initial=0)) + 1, 5), np.float32)
    split = 2 * len(MEMORIES), 2 * (len(MEMORIES) + len(DRUMS))
    for i, (value, drum, cell) in enumerate(
        zip(played, drums.tolist(), cells.tolist(), strict=True)
    ):
        rows[i, : split[0]] = means.ravel()
        rows[i, split[0] : split[1]] = last.ravel()
        rows[i, split[1] : -5] = last[drum]
        rows[i, -5:] = habit = habits[cell]
        rate = HABIT if habit[4] else 1.0
        habits[cell] = *value, *(habit[2:4] + rate * (value - habit[2:4])), 1.0
        means += rates[:, None] * (value - means)
        last[drum] = value
    return rows


_Window = tuple[Floats, Floats, NDArray[np.int64], Floats, float]


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows of pieces, padded to one length."""

    features: Floats  # (B, T, FEATURES)
    feedback: Floats  # (B, T, FEEDBACK)
    bins: NDArray[np.int64]  # (B, T, 2): offset and velocity; -1 where there is no hit
    velocities: Floats  # (B, T), in the model's units
    weights: Floats  # (B,)


def to_bins(offsets_ms: Floats, velocities: Floats) -> NDArray[np.int64]:
    """Return the numbers of the bins of offsets and velocities, shape (n, 2).

    >>> to_bins(np.array([-200.0, 0.0, 99.9]), np.array([1.0, 64.0, 127.0])).tolist()
    [[0, 0], [40, 31], [79, 63]]
    """
    width = 2.0 * OFFSET_SPAN_MS / OFFSET_BINS
    offset = np.clip((offsets_ms + OFFSET_SPAN_MS) // width, 0, OFFSET_BINS - 1)
    velocity = np.clip((velocities - 1) // 2, 0, VELOCITY_BINS - 1)
    return np.stack([offset, velocity], -1).astype(np.int64)


def batches(
    pieces: Sequence[Piece], rng: np.random.Generator, *, size: int = 32, length: int = 192
) -> Iterator[Batch]:
    """Cut every piece into windows at a random phase and yield them shuffled."""
    windows: list[_Window] = []
    weights = session_weights(pieces)
    for piece in pieces:
        played, memory = piece.played, piece.memory
        bins = to_bins(piece.offsets_ms - np.float32(piece.lean_ms), piece.velocities)
        n = len(bins)
        first = int(rng.integers(length)) if n > length else 0
        cuts = [0, *range(first, n, length), n] if first else [*range(0, n, length), n]
        for a, b in pairwise(cuts):
            if b > a:
                weight = weights[piece.file.session]
                windows.append(
                    (piece.features[a:b], memory[a:b], bins[a:b], played[a:b, 1], weight)
                )
    windows.sort(key=lambda window: len(window[2]) + int(rng.integers(16)))
    groups = [windows[i : i + size] for i in range(0, len(windows), size)]
    for i in rng.permutation(len(groups)).tolist():
        yield _pad(groups[i])


def session_weights(pieces: Sequence[Piece]) -> dict[str, float]:
    """Return what a hit of each session weighs: one over the root of the session's hits, mean 1.

    Else the two busiest drummers' latency and touch would pass for everybody's.
    """
    hits: dict[str, int] = {}
    for piece in pieces:
        hits[piece.file.session] = hits.get(piece.file.session, 0) + len(piece.offsets_ms)
    if not hits:
        return {}
    scale = sum(hits.values()) / sum(n**0.5 for n in hits.values())
    return {session: scale / n**0.5 for session, n in hits.items()}


def _pad(windows: list[_Window]) -> Batch:
    longest = max(len(window[2]) for window in windows)

    def stack(index: int, fill: float) -> NDArray[np.float32]:
        rows = [np.asarray(window[index]) for window in windows]
        out = np.full((len(rows), longest, *rows[0].shape[1:]), fill, rows[0].dtype)
        for row, held in zip(out, rows, strict=True):
            row[: len(held)] = held
        return out

    return Batch(
        stack(0, 0),
        stack(1, 0),
        stack(2, -1).astype(np.int64),
        stack(3, 0),
        np.array([window[4] for window in windows], np.float32),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Train on all sessions but those held out, and write the model."""
    from tapeloom.neural.humaniser import MODEL
    from tapeloom.train.humaniser_export import save
    from tapeloom.train.humaniser_net import fit

    parser = argparse.ArgumentParser(
        prog="python -m tapeloom.train.humaniser", description=main.__doc__
    )
    parser.add_argument("groove", type=Path, help="the Groove MIDI set's folder")
    parser.add_argument("--out", type=Path, default=MODEL, help="the model's file")
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--check", nargs="*", default=[], metavar="SESSION",
        help="training sessions to leave out and check with after each epoch",
    )  # fmt: skip
    settings = parser.parse_args(arguments)
    begun = time.monotonic()
    pieces = read_pieces(settings.groove, validation=False)
    checks = [piece for piece in pieces if piece.file.session in settings.check]
    pieces = [piece for piece in pieces if piece.file.session not in settings.check]
    net = fit(pieces, checks, epochs=settings.epochs, seed=settings.seed)
    weights = {name: value.numpy() for name, value in net.state_dict().items()}
    size = save(weights, settings.out, leans_ms=drummer_leans(pieces))
    sys.stdout.write(
        f"{len(pieces)} performances, {sum(len(p.offsets_ms) for p in pieces)} hits, "
        f"{time.monotonic() - begun:.0f} s, {size / 1e6:.2f} MB\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
