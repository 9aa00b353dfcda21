"""Which style music is in, told from plain counts by logistic regression.

    python -m tapeloom.train.style_classifier FOLDER [--figures FILE] [--composed N]

Two questions: which of Groove's styles a drum performance has, and whether pitched music is pop,
jazz or lo-fi. Lo-fi is what the theory engine composes: the set has no other. Performances and
songs stay on their side of the split (Song.validation: sessions, titles). Macro-F1 is told beside
the majority's and the nearest neighbours'.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES
from tapeloom.core.score import Note, Score
from tapeloom.core.time import PPQ
from tapeloom.neural.controls import notes_per_bar, pitched

Floats = NDArray[np.float64]

DRUM_GROUPS = (
    ("kick", (35, 36)), ("snare", (38, 40, 37, 39)), ("closed hat", (42, 44)), ("open hat", (46,)),
    ("ride", (51, 53, 59)), ("crash", (49, 52, 55, 57)), ("toms", (41, 43, 45, 47, 48, 50)),
)  # General MIDI's keys that are heard as one  # fmt: skip
PLACES = 16  # of a bar that are told apart; what lies off them, as triplets do, is counted too
BAR = 4 * PPQ
STEPS = 12  # semitones of a melodic interval that are told apart
FEWEST = 3  # training examples of a style that is learned
RIDGE = 30.0  # of the regression; chosen by cross-validation over Groove's training sessions
NEIGHBOURS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Rows of features with their styles."""

    x: Floats  # shape (n, features)
    styles: tuple[str, ...]

    @classmethod
    def of(cls, rows: Iterable[tuple[Floats, str]]) -> "Examples":
        """Put rows together."""
        pairs = list(rows)
        if not pairs:
            raise InputError("there is no music of which a style could be told")
        return cls(np.array([x for x, _ in pairs]), tuple(style for _, style in pairs))


def drum_features(score: Score) -> Floats:
    """Return how a drum part fills its bars.

    For each group of drums the share of its strokes on each sixteenth and off them all, and how
    many it has a bar; tempo, and mean and spread of velocities.
    """
    notes = [note for part in score.parts if part.role == "drums" for note in part.notes]
    bars = max((max((n.end for n in notes), default=0) + BAR - 1) // BAR, 1)
    rows: list[float] = []
    for _, keys in DRUM_GROUPS:
        strokes = [note for note in notes if note.pitch in keys]
        rows += [*_places(strokes), np.sqrt(len(strokes) / bars / 4)]
    velocity = np.array([note.velocity for note in notes] or [0]) / 127
    bpm = float(score.tempo.initial_bpm)
    return np.array([*rows, np.log2(bpm / 100), velocity.mean(), velocity.std()])


def pitched_features(score: Score) -> Floats:
    """Return what pitched music is made of: density, chords, rhythm, intervals, lengths."""
    notes = pitched(score)
    kinds: dict[int, int] = Counter(len(QUALITIES[s.chord.quality].intervals) for s in score.chords)
    chords = max(len(score.chords), 1)
    end = max((note.end for note in notes), default=1)
    melody = [note for part in score.parts if part.role == "melody" for note in part.notes]
    roots = np.array([span.chord.root for span in score.chords], np.int64)
    lengths = np.log2(np.array([note.duration for note in notes] or [PPQ]) / PPQ)
    return np.array([
        np.log2(notes_per_bar(score) + 1),
        *(kinds.get(size, 0) / chords for size in (3, 4, 5, 6)),
        len(score.chords) * BAR / end,
        *_share(np.diff(roots) % 12, 12),
        *_places(notes),
        *_intervals(melody),
        lengths.mean(), lengths.std(),
    ])  # fmt: skip


def _places(notes: Sequence[Note]) -> list[float]:
    """Return roots of the shares of notes on each sixteenth of a bar, and off them."""
    counts = np.zeros(PLACES + 1)
    for note in notes:
        place, off = divmod(note.start % BAR, BAR // PLACES)
        counts[place if off == 0 else PLACES] += 1
    return list(np.sqrt(counts / max(len(notes), 1)))


def _intervals(notes: Sequence[Note]) -> list[float]:
    pitches = np.array([n.pitch for n in sorted(notes)], np.int64)
    return _share(np.minimum(np.abs(np.diff(pitches)), STEPS), STEPS + 1)


def _share(values: NDArray[np.int64], size: int) -> list[float]:
    counts = np.bincount(values, minlength=size)
    return list(np.sqrt(counts / max(len(values), 1)))


@dataclass(frozen=True, slots=True, eq=False)
class StyleClassifier:
    """Multinomial logistic regression over standardised features."""

    styles: tuple[str, ...]
    mean: Floats  # (features,)
    spread: Floats  # (features,)
    weights: Floats  # (features + 1, styles), the last row is the bias

    def chances(self, x: Floats) -> Floats:
        """Return how likely each style is, shape (n, styles)."""
        logits = _with_bias((np.atleast_2d(x) - self.mean) / self.spread) @ self.weights
        logits -= logits.max(1, keepdims=True)
        chances: Floats = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        return chances

    def tell(self, x: Floats) -> tuple[str, ...]:
        """Return the likeliest style of each row."""
        return tuple(self.styles[i] for i in self.chances(x).argmax(1).tolist())

    @classmethod
    def learn(cls, examples: Examples, *, balanced: bool = True) -> "StyleClassifier":
        """Learn the styles that have examples enough.

        balanced  whether each style counts as much as another, however many examples it has
        """
        from scipy.optimize import minimize

        counts = Counter(examples.styles)
        styles = tuple(sorted(style for style, count in counts.items() if count >= FEWEST))
        if len(styles) < 2:
            raise InputError(f"styles need {FEWEST} examples each, and there must be two of them")
        kept = np.array([style in styles for style in examples.styles])
        told = np.array([styles.index(s) for s in examples.styles if s in styles])
        mean = examples.x[kept].mean(0)
        spread = np.maximum(examples.x[kept].std(0), 0.02)
        x = _with_bias((examples.x[kept] - mean) / spread)
        each = np.array([counts[styles[i]] for i in told], np.float64)
        share = 1 / (each * len(styles)) if balanced else np.full(len(told), 1 / len(told))
        target = np.eye(len(styles))[told]

        def loss(flat: Floats) -> tuple[float, Floats]:
            w = flat.reshape(x.shape[1], -1)
            logits = x @ w
            logits -= logits.max(1, keepdims=True)
            log_p = logits - np.log(np.exp(logits).sum(1, keepdims=True))
            decay = RIDGE / len(x) * w
            decay[-1] = 0.0
            slope = x.T @ (share[:, None] * (np.exp(log_p) - target)) + decay
            return float(-(share * (target * log_p).sum(1)).sum() + 0.5 * (decay * w).sum()), (
                slope.ravel()
            )

        start = np.zeros(x.shape[1] * len(styles))
        found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400})
        return cls(styles, mean, spread, np.asarray(found.x).reshape(x.shape[1], -1))


def _with_bias(x: Floats) -> Floats:
    return np.hstack([x, np.ones((len(x), 1))])


def nearest(taught: Examples, x: Floats, *, neighbours: int = NEIGHBOURS) -> tuple[str, ...]:
    """Return the style that most of the nearest examples have, the nearer one of equals."""
    mean, spread = taught.x.mean(0), np.maximum(taught.x.std(0), 0.02)
    a, b = (np.atleast_2d(x) - mean) / spread, (taught.x - mean) / spread
    distances = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T
    order = np.argsort(distances, axis=1, kind="stable")[:, :neighbours]
    return tuple(
        Counter(taught.styles[i] for i in row).most_common(1)[0][0] for row in order.tolist()
    )


def macro_f1(truth: Sequence[str], told: Sequence[str]) -> float:
    """Return the mean F1 over the styles that occur in truth.

    >>> macro_f1(["a", "a", "b"], ["a", "a", "a"])
    0.4
    """
    scores = []
    for style in sorted(set(truth)):
        hits = sum(a == b == style for a, b in zip(truth, told, strict=True))
        total = sum(a == style for a in truth) + sum(b == style for b in told)
        scores.append(2 * hits / total)
    return float(np.mean(scores))


def figures_of(taught: Examples, kept: Examples) -> dict[str, Any]:
    """Measure the classifier and its baselines on examples that were kept apart."""
    model = StyleClassifier.learn(taught)
    common = Counter(taught.styles).most_common(1)[0][0]
    answers = {
        "majority": (common,) * len(kept.styles),
        f"{NEIGHBOURS} nearest": nearest(taught, kept.x),
        "logistic regression": model.tell(kept.x),
    }
    return {
        "taught": len(taught.styles),
        "kept apart": len(kept.styles),
        "styles taught": len(model.styles),
        "styles kept apart": len(set(kept.styles)),
        "styles": dict(Counter(kept.styles).most_common()),
        **{
            name: {
                "macro_f1": round(macro_f1(kept.styles, told), 3),
                "right": round(float(np.mean([a == b for a, b in zip(kept.styles, told,
                                                                      strict=True)])), 3),
            }
            for name, told in answers.items()
        },
    }  # fmt: skip


def main(words: Sequence[str] | None = None) -> None:
    """Learn both questions and measure the answers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the unpacked data sets")
    parser.add_argument("--composed", type=int, default=200, help="lo-fi pieces [200]")
    parser.add_argument("--figures", type=Path, help="write the measured figures as JSON")
    options = parser.parse_args(words)
    from tapeloom.train.style_examples import drum_examples, pitched_examples

    try:
        figures = {
            "drums": figures_of(*drum_examples(options.folder)),
            "pitched music": figures_of(
                *pitched_examples(options.folder, composed=options.composed)
            ),
        }
    except InputError as error:
        parser.error(str(error))
    text = json.dumps(figures, indent=1)
    if options.figures:
        options.figures.write_text(text + "\n", "utf-8")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
