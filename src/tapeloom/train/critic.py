"""Make the critic's table: percentiles of real excerpts, steps of their lines, and weights.

    python -m tapeloom.train.critic FOLDER [--out FILE] [--figures FILE]

FOLDER holds the unpacked data sets (train.corpus.song).
The weights are those by which real excerpts are best told from corrupted ones
(`train.corruption`): logistic regression on the differences of their points, no weight below a
small one. Learned on training songs; `evaluate` is for others.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing
from tapeloom.core.score import Score
from tapeloom.neural.critic import MODEL, SENSES, SHARES, Critic
from tapeloom.neural.critic_parts import Page, count_steps, measure_parts
from tapeloom.train.cleaning import CleaningReport, clean
from tapeloom.train.corpus.song import Song, read_songs
from tapeloom.train.corruption import CORRUPTIONS, excerpt

Floats = NDArray[np.float64]

BARS = 16  # of an excerpt
EXCERPTS = 2  # of a song
FEWEST_NOTES = 48  # pitched ones in an excerpt
RIDGE = 0.01
LEAST = 0.02  # weight of a part that tells none of these corruptions: a model may err otherwise
ROUNDS = 2000  # of gradient descent
RATE = 0.5
SETS = ("pop909", "wjazzd", "openewld")  # those with pitched notes and chords


@dataclass(frozen=True, slots=True)
class Trial:
    """What was measured of a real excerpt and of its corrupted forms."""

    real: Mapping[str, float]
    corrupted: Mapping[str, Mapping[str, float]]  # by name of the corruption


def excerpts(score: Score, *, bars: int = BARS, count: int = EXCERPTS) -> list[Score]:
    """Cut excerpts evenly out of a score; only those within one meter that have notes enough."""
    spare = len(score.bar_starts) - 1 - bars
    if spare < 0:
        return []
    found = []
    for first in dict.fromkeys(np.linspace(0, spare, count + 2).astype(int)[1:-1].tolist()):
        cut = excerpt(score, first=first, bars=bars)
        notes = sum(len(part.notes) for part in cut.parts if part.role != "drums")
        if len(cut.meters) == 1 and notes >= FEWEST_NOTES:
            found.append(cut)
    return found


def measure_trials(pieces: Sequence[Score], steps: Floats, rng: np.random.Generator) -> list[Trial]:
    """Measure excerpts, and each corruption of each."""
    return [
        Trial(
            measure_parts(piece, steps),
            {name: measure_parts(spoil(piece, rng), steps) for name, spoil in CORRUPTIONS.items()},
        )
        for piece in pieces
    ]


def calibrate(scores: Iterable[Score], rng: np.random.Generator) -> Critic:
    """Make a critic of training songs, one excerpt at a time."""
    pieces = [piece for score in scores for piece in excerpts(score)]
    if len(pieces) < len(SHARES):
        raise InputError(
            f"there are {len(pieces)} excerpts of {BARS} bars; a critic needs {len(SHARES)} or more"
        )
    steps = count_steps([Page.of(piece) for piece in pieces])
    trials = measure_trials(pieces, steps, rng)
    table = {}
    for name in SENSES:
        values = np.array([trial.real.get(name, np.nan) for trial in trials], np.float64)
        values = values[~np.isnan(values)]
        if len(values) >= len(SHARES):
            table[name] = tuple(np.percentile(values, SHARES).tolist())
    plain = Critic(table, dict.fromkeys(table, 1.0), steps)
    return replace(plain, weights=fit_weights(plain, trials))


def fit_weights(critic: Critic, trials: Sequence[Trial]) -> dict[str, float]:
    """Return the weights by which real excerpts are told best, their sum 1, none below LEAST."""
    names = list(critic.percentiles)
    rows = []
    for trial in trials:
        good = critic.weigh(trial.real).parts
        for measures in trial.corrupted.values():
            bad = critic.weigh(measures).parts
            rows.append([good[n] - bad[n] if n in good and n in bad else 0.0 for n in names])
    x = np.array(rows)
    w = np.full(len(names), 1.0)
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(np.clip(x @ w, -30, 30)))  # how wrong each pair still is
        w = np.maximum(w + RATE * (x.T @ p / len(x) - RIDGE * w), 0.0)
    w = np.maximum(w / max(w.sum(), 1e-9), LEAST)
    return dict(zip(names, (w / w.sum()).tolist(), strict=True))


def accuracy(critic: Critic, trials: Sequence[Trial]) -> dict[str, dict[str, float]]:
    """Return the share of pairs in which the real excerpt is preferred, a tie counting half.

    Of `all` parts by their weights, of all by `equal` weights, and of each part alone; for each
    corruption, and the mean over them. Pairs that a part cannot judge are left out; nan where it
    can judge none.
    """
    equal = replace(critic, weights=dict.fromkeys(critic.percentiles, 1.0))
    found: dict[str, dict[str, float]] = {}
    for name in ("all", "equal", *critic.percentiles):
        row = {}
        for kind in CORRUPTIONS:
            wins = []
            for trial in trials:
                values = []
                for measures in (trial.real, trial.corrupted[kind]):
                    judge = equal if name == "equal" else critic
                    quality = judge.weigh(measures)
                    known = name in ("all", "equal")
                    values.append(quality.total if known else quality.parts.get(name, np.nan))
                if not np.isnan(values).any():
                    wins.append(float(values[0] > values[1]) if values[0] != values[1] else 0.5)
            row[kind] = float(np.mean(wins)) if wins else float("nan")
        row["mean"] = float(np.mean(list(row.values())))
        found[name] = row
    return found


def evaluate(
    critic: Critic, scores: Iterable[Score], rng: np.random.Generator
) -> dict[str, dict[str, float]]:
    """Measure a critic on songs that it wasn't made of (see `accuracy`)."""
    pieces = [piece for score in scores for piece in excerpts(score, count=4)]
    if not pieces:
        raise InputError(f"no song has an excerpt of {BARS} bars to judge by")
    return accuracy(critic, measure_trials(pieces, critic.steps, rng))


def save_critic(critic: Critic, path: Path) -> None:
    """Write the table that `Critic.load` reads."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(critic.to_json(), indent=1) + "\n", "utf-8")


def songs_to_judge_by(folder: Path) -> list[Song]:
    """Return the cleaned songs below a folder that have pitched notes and chords."""
    there = tuple(name for name in SETS if (folder / name).is_dir())
    if not there:
        raise InputError(f"{folder} holds none of the data sets {', '.join(SETS)}")
    songs = clean(read_songs(folder, sources=there), CleaningReport())
    return [song for song in songs if song.score.parts and song.score.chords]


def main(words: Sequence[str] | None = None) -> None:
    """Make the table of training songs, write it, and measure it on validation songs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the unpacked data sets")
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--figures", type=Path, help="write the measured figures as JSON")
    options = parser.parse_args(words)
    try:
        songs = songs_to_judge_by(options.folder)
        taught = [song.score for song in songs if not song.validation]
        critic = calibrate(taught, np.random.default_rng(0))
        save_critic(critic, options.out)
        figures: dict[str, Any] = {
            "training songs": len(taught),
            "training excerpts": sum(len(excerpts(score)) for score in taught),
            "weights": {name: round(value, 3) for name, value in critic.weights.items()},
        }
        for name in ("all sets", *dict.fromkeys(song.source for song in songs)):
            kept = [s.score for s in songs if s.validation and name in ("all sets", s.source)]
            figures[f"validation, {name}"] = {"songs": len(kept)}
            if any(excerpts(score, count=4) for score in kept):
                figures[f"validation, {name}"] |= _rounded(
                    evaluate(critic, kept, np.random.default_rng(1))
                )
    except InputError as error:
        parser.error(str(error))
    text = json.dumps(figures, indent=1)
    if options.figures:
        options.figures.write_text(text + "\n", "utf-8")
    sys.stdout.write(text + "\n")


def _rounded(found: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float | None]]:
    return {
        name: {k: None if np.isnan(v) else round(v, 3) for k, v in row.items()}
        for name, row in found.items()
    }


if __name__ == "__main__":
    main()
