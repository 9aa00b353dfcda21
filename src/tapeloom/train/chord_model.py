"""Count the chord model, weigh its views and measure it: `python -m tapeloom.train.chord_model`.

    python -m tapeloom.train.chord_model IRB_FOLDER [--out chord_model.npz] [--figures FILE.json]

The weights of the views are fitted on songs left out of the counts, fold after fold; the model is
then counted from all training songs; the figures are of the validation songs, which nothing saw.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.theory.chord_model import ChordModel, save_chord_model
from tapeloom.theory.chord_views import DEPTH, VIEWS, contexts, remembered
from tapeloom.theory.families import SIZE, family, frame, symbol
from tapeloom.theory.ngrams import NGrams
from tapeloom.theory.places import Place, places
from tapeloom.train.corpus.irb import read_irb_folder
from tapeloom.train.corpus.lead_sheet import LeadSheet, is_validation

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Tune:
    """What the model learns of one tune."""

    title: str
    key: Key
    chords: tuple[Chord, ...]
    places: tuple[Place, ...]


def tune_of(sheet: LeadSheet) -> Tune:
    """Return a tune's chords with their places."""
    score = sheet.score
    starts = [span.start for span in score.chords]
    spots = places(starts, meters=score.meters, sections=score.sections, end=score.end)
    return Tune(sheet.title, score.keys[0][1], tuple(s.chord for s in score.chords), spots)


def count(tunes: Sequence[Tune]) -> ChordModel:
    """Count the views of the past over tunes; all weights are 1 / views."""
    rows: dict[str, list[list[int]]] = {view: [] for view in VIEWS}
    qualities: list[list[int]] = []
    basses: list[list[int]] = []
    shown = {chord.quality for tune in tunes for chord in tune.chords}
    named = [name for name in QUALITIES if name in shown]
    names = (*named, *sorted(shown.difference(named)))
    for tune in tunes:
        symbols = [symbol(chord) for chord in tune.chords]
        for i, (chord, place) in enumerate(zip(tune.chords, tune.places, strict=True)):
            degree = (symbols[i] - 8 * frame(tune.key)) % SIZE
            before = symbols[i - 1] // 8 if i else tune.key.pitch_class
            for view, seen in contexts(symbols[:i], tune.key, place).items():
                motion = (symbols[i] - 8 * before) % SIZE
                rows[view].append([*seen, motion if view == "motion" else degree])
            kind = family(chord.quality)
            last = names.index(tune.chords[i - 1].quality) if i else 0
            qualities.append([last, degree, kind, names.index(chord.quality)])
            basses.append([degree, kind, (chord.bass_pitch_class - chord.root) % 12])
    weights = np.full((2, DEPTH + 2, 5), 1.0 / 4)
    return ChordModel(
        tuple(NGrams.count(rows[view], size=SIZE) for view in VIEWS),
        weights,
        NGrams.count(qualities, size=len(names)),
        names,
        NGrams.count(basses, size=12),
    )


def view_logs(model: ChordModel, tune: Tune) -> Iterator[tuple[NDArray[np.float64], int, int]]:
    """Yield each chord's logarithms by view and memory (5, 96), the memory's depth, the symbol."""
    symbols = [symbol(chord) for chord in tune.chords]
    for i, place in enumerate(tune.places):
        before = symbols[i - 1] // 8 if i else tune.key.pitch_class
        logs = np.empty((5, SIZE))
        for v, (view, seen) in enumerate(contexts(symbols[:i], tune.key, place).items()):
            p = model.views[v].distribution(seen)
            logs[v] = np.log(np.roll(p, 8 * (before if view == "motion" else frame(tune.key))))
        p, depth = remembered(symbols[:i])
        logs[4] = np.log(p)
        yield logs, depth, symbols[i]


def fit_weights(folds: Sequence[tuple[ChordModel, Sequence[Tune]]]) -> NDArray[np.float64]:
    """Return the weights that make left-out tunes likeliest, shape (2, DEPTH + 2, 5)."""
    seen = [row for model, tunes in folds for tune in tunes for row in view_logs(model, tune)]
    logs = np.array([row[0] for row in seen])
    depths = np.array([row[1] for row in seen])
    truth = np.array([row[2] for row in seen])
    weights = np.zeros((2, DEPTH + 2, 5))
    for placed in (0, 1):
        views = list(range(4 if placed else 2))
        weights[placed, 0, views] = _fit(logs[:, views], truth)
        views = [*views, 4]
        for depth in range(DEPTH + 1):
            chosen = depths == depth
            if chosen.sum() < 100:
                weights[placed, depth + 1] = weights[placed, max(depth, 0)]
                continue
            weights[placed, depth + 1, views] = _fit(logs[chosen][:, views], truth[chosen])
    return weights


def _fit(logs: NDArray[np.float64], truth: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the weights (views,) of a log-linear mixture; the loss is convex in them."""
    from scipy.optimize import minimize

    rows = np.arange(len(truth))
    target = logs[rows, :, truth].mean(axis=0)

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = np.einsum("v,nvs->ns", w, logs)
        top = z.max(axis=1, keepdims=True)
        p = np.exp(z - top)
        total = p.sum(axis=1, keepdims=True)
        value = float((top + np.log(total)).mean() - w @ target)
        return value, np.einsum("ns,nvs->v", p / total, logs) / len(truth) - target

    start = np.full(logs.shape[1], 1.0 / logs.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def measure(model: ChordModel, train: Sequence[Tune], valid: Sequence[Tune]) -> dict[str, float]:
    """Return bits a chord on validation tunes, of the model and of plainer ones."""
    figures: dict[str, float] = {}
    for order, name in ((1, "unigram"), (2, "bigram"), (3, "trigram"), (5, "five-gram")):
        grams = NGrams.count([row[-order:] for row in _degree_rows(train)], size=SIZE)
        bits = [
            -np.log2(grams.distribution(row[:-1][len(row) - order :])[row[-1]])
            for row in _degree_rows(valid)
        ]
        figures[name] = float(np.mean(bits))
    for name, placed, memory, whole in (
        ("two views", False, False, False),
        ("with metre and section", True, False, False),
        ("with memory", False, True, False),
        ("with metre, section and memory", True, True, False),
        ("with metre, section and memory, quality and bass too", True, True, True),
    ):
        bits = [
            bit
            for tune in valid
            for bit in model.surprise(
                tune.chords, tune.key, places=tune.places if placed else None, memory=memory,
                whole=whole,
            )
        ]  # fmt: skip
        figures[name] = float(np.mean(bits))
    return {name: round(bits, 3) for name, bits in figures.items()}


def _degree_rows(tunes: Sequence[Tune]) -> list[list[int]]:
    rows = []
    for tune in tunes:
        symbols = [symbol(chord) for chord in tune.chords]
        for i, truth in enumerate(symbols):
            seen = contexts(symbols[:i], tune.key, None)["key"]
            rows.append([*seen, (truth - 8 * frame(tune.key)) % SIZE])
    return rows


def train(folder: Path) -> tuple[ChordModel, dict[str, float]]:
    """Read the corpus, count and weigh the model, and measure it."""
    sheets = list(read_irb_folder(folder))
    tunes = [tune_of(sheet) for sheet in sheets if not is_validation(sheet.title)]
    valid = [tune_of(sheet) for sheet in sheets if is_validation(sheet.title)]
    fold_of = [int(sha256(f"{tune.title}#fold".encode()).hexdigest(), 16) % FOLDS for tune in tunes]
    folds = []
    for fold in range(FOLDS):
        kept = [tune for tune, at in zip(tunes, fold_of, strict=True) if at != fold]
        left = [tune for tune, at in zip(tunes, fold_of, strict=True) if at == fold]
        folds.append((count(kept), left))
    weights = fit_weights(folds)
    counted = count(tunes)
    model = ChordModel(counted.views, weights, counted.qualities, counted.names, counted.basses)
    figures = measure(model, tunes, valid)
    figures |= {"training tunes": len(tunes), "validation tunes": len(valid)}
    figures |= {"validation chords": sum(len(tune.chords) for tune in valid)}
    return model, figures


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("irb", type=Path, help="folder of the corpus's JSON files")
    parser.add_argument("--out", type=Path, default=Path("src/tapeloom/models/chord_model.npz"))
    parser.add_argument("--figures", type=Path, help="write the measured figures as JSON")
    options = parser.parse_args(arguments)
    model, figures = train(options.irb)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save_chord_model(model, options.out)
    figures["kilobytes"] = round(options.out.stat().st_size / 1000)
    text = json.dumps(figures, indent=2)
    if options.figures:
        options.figures.write_text(text + "\n", "utf-8")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
