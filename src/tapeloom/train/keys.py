"""Teach key finding: `python -m tapeloom.train.keys POP909_CL OPENEWLD IRB EXCLUDED OUT.npz`."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.theory.key_evidence import seen_from_keys
from tapeloom.theory.key_lines import lines_from_keys
from tapeloom.theory.key_model import KeyModel
from tapeloom.theory.key_net import KeyNet, join, probabilities
from tapeloom.theory.keys import weigh
from tapeloom.theory.profiles import correlate
from tapeloom.train.corpus.irb import read_irb
from tapeloom.train.corpus.lead_sheet import LeadSheet
from tapeloom.train.corpus.openewld import read_openewld
from tapeloom.train.corpus.pop909 import read_pop909
from tapeloom.train.key_examples import (
    KINDS,
    Example,
    assemble,
    exercises,
    gather_sections,
    sheets,
    songs,
)
from tapeloom.train.key_trees import join_trees, teach_relatives


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a net is taught on, and how."""

    span: str  # "whole" or "passage"
    kinds: dict[str, float]  # how much each kind counts in all, whatever its number
    epochs: int = 4
    decay: float = 1.0
    lines: bool = False  # by the evidence of `key_lines`


_SHEETS = {"sheet": 0.15, "minor_sheet": 0.15, "jazz": 0.05, "minor_jazz": 0.05}
LESSONS = {
    "pieces": Lesson("whole", {"song": 0.3, "part": 0.7, "sheet": 0.1, "minor_sheet": 0.1,
                               "assembled": 1.2}),
    "songs": Lesson("passage", {"song": 1.0}),
    "all": Lesson("passage", {"song": 1.0, "exercise": 1.0, **_SHEETS}),
    "songs_lines": Lesson("passage", {"song": 1.0}, decay=3.0, lines=True),
    "all_lines": Lesson("passage", {"song": 1.0, "exercise": 1.0, **_SHEETS}, decay=3.0,
                        lines=True),
    "exercises": Lesson("passage", {"exercise": 1.0}, 2, 30.0),
    "sheets": Lesson("passage", {"sheet": 1.0, "minor_sheet": 1.0, "jazz": 0.5,
                                 "minor_jazz": 0.5}, 3, 30.0),
}  # fmt: skip
# The lessons whose nets are joined into each shipped one.
JOINED = {
    "whole": ("pieces",),
    "diatonic": ("songs", "all"),
    "chromatic": ("all", "exercises", "sheets"),
    "diatonic_lines": ("songs_lines", "all_lines"),
}
# By span, the kinds of examples that each fit of the trees is taught on, as in a Lesson.
TREE_LESSONS: dict[str, tuple[dict[str, float], ...]] = {
    "whole": ({"song": 0.3, "part": 0.7, "sheet": 0.1, "minor_sheet": 0.1, "assembled": 0.4},),
    "passage": ({"song": 1.0}, {"song": 1.0, "exercise": 1.0, **_SHEETS}),
}


def fit(
    seen: NDArray[np.float32],
    key: NDArray[np.int64],
    weight: NDArray[np.float64],
    *,
    hidden: int,
    epochs: int,
    seed: int,
    batch: int = 256,
    learning_rate: float = 2e-3,
    dropout: float = 0.2,
    smoothing: float = 0.02,
    decay: float = 1.0,
) -> KeyNet:
    """Fit a net by Adam with decoupled decay on examples drawn by weight.

    seen     shape (examples, 12, inputs)
    key      numbers 0..23
    weight   how often each is drawn, relative to the others
    """
    rng = np.random.default_rng(seed)
    sample = seen[:: max(1, len(seen) // 4000)].reshape(-1, seen.shape[2])
    mean, spread = sample.mean(axis=0), sample.std(axis=0) + 1e-3
    inputs = seen.shape[2]
    shapes = ((inputs, hidden), (hidden,), (hidden, 2), (inputs, 2), (2,))
    weights = [np.zeros(shape, np.float32) for shape in shapes]
    weights[0] += rng.normal(size=shapes[0]).astype(np.float32) / np.float32(inputs**0.5)
    weights[2] += 0.01 * rng.normal(size=shapes[2]).astype(np.float32)
    slow = [np.zeros_like(each) for each in weights]
    size = [np.zeros_like(each) for each in weights]
    odds = weight / weight.sum()
    steps, step = epochs * (len(seen) // batch), 0
    for _ in range(epochs):
        order = rng.choice(len(seen), len(seen) // batch * batch, p=odds)
        for rows in order.reshape(-1, batch):
            x = (seen[rows] - mean) / spread  # (B, 12, inputs)
            mask = ((rng.random((batch, 1, hidden)) > dropout) / (1 - dropout)).astype(np.float32)
            before = x @ weights[0] + weights[1]
            inner = np.maximum(before, 0.0) * mask
            scores = inner @ weights[2] + x @ weights[3] + weights[4]
            error = probabilities(np.swapaxes(scores, 1, 2).reshape(batch, 24))
            error[np.arange(batch), key[rows]] -= 1.0 - smoothing
            error = (error - smoothing / 24) / batch
            slope = np.swapaxes(error.reshape(batch, 2, 12), 1, 2).astype(np.float32)
            back = ((slope @ weights[2].T) * mask * (before > 0)).reshape(-1, hidden)
            flat, flat_slope = x.reshape(-1, inputs), slope.reshape(-1, 2)
            gradients = (
                flat.T @ back, back.sum(axis=0), inner.reshape(-1, hidden).T @ flat_slope,
                flat.T @ flat_slope, flat_slope.sum(axis=0),
            )  # fmt: skip
            step += 1
            rate = learning_rate * 0.5 * (1 + np.cos(np.pi * step / steps))
            for k, gradient in enumerate(gradients):
                slow[k] += 0.1 * (gradient - slow[k])
                size[k] += 0.001 * (gradient**2 - size[k])
                move = slow[k] / (1 - 0.9**step)
                move /= np.sqrt(size[k] / (1 - 0.999**step)) + 1e-8
                weights[k] -= rate * (move + decay * 0.1 * weights[k] * (weights[k].ndim > 1))
    first, first_bias, last, direct, bias = weights
    return KeyNet(
        first / spread[:, None],
        first_bias - (mean / spread) @ first,
        last,
        direct / spread[:, None],
        bias - (mean / spread) @ direct,
    )


def train(examples: Sequence[Example], lesson: Lesson, *, hidden: int, nets: int) -> KeyNet:
    """Fit some nets to a lesson's examples and join them."""
    kinds = lesson.kinds
    chosen = [each for each in examples if each.kind in kinds and not each.is_validation]
    counts = {kind: sum(each.kind == kind for each in chosen) for kind in kinds}
    seen = np.stack(
        [
            lines_from_keys(each.lines)
            if lesson.lines
            else seen_from_keys(each.vectors, each.keywise)
            for each in chosen
        ]
    )
    key = np.array([each.key for each in chosen])
    weight = np.array([kinds[each.kind] / counts[each.kind] for each in chosen])
    return join(
        tuple(
            fit(
                seen,
                key,
                weight,
                hidden=hidden,
                epochs=lesson.epochs,
                decay=lesson.decay,
                seed=seed,
            )
            for seed in range(nets)
        )
    )


def teach(examples: dict[str, list[Example]], *, hidden: int, nets: int, fits: int = 2) -> KeyModel:
    """Teach all lessons on the examples of both spans.

    nets   how many are fitted for each lesson
    fits   how often trees are
    """
    trees = {}
    for span, lessons in TREE_LESSONS.items():  # first, so that a missing extra is told at once
        report(f"trees, {span}: {len(lessons)} times {fits} fits")
        fitted = [
            teach_relatives(examples[span], kinds, lines=span == "passage", fits=fits)
            for kinds in lessons
        ]
        trees[span] = join_trees(fitted)
    taught = {}
    for name, lesson in LESSONS.items():
        report(f"{name}: {len(examples[lesson.span])} examples")
        taught[name] = train(examples[lesson.span], lesson, hidden=hidden, nets=nets)
    joined = {name: join(tuple(taught[part] for part in parts)) for name, parts in JOINED.items()}
    return KeyModel(joined, trees)


def read_excluded(path: Path) -> frozenset[str]:
    """Read numbers of songs, a line each; what begins with # is a remark."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    lines = (line.strip() for line in text.splitlines())
    return frozenset(line for line in lines if line and line[0] != "#")


def measure(model: KeyModel, examples: Sequence[Example], span: str) -> dict[str, str]:
    """Return for each kind of examples: their number, the exact ones beside the best profile's, in
    percent, the log-loss, and how far confidence lies from the share that is right.
    """
    figures = {}
    for kind in KINDS:
        those = [each for each in examples if each.kind == kind and each.is_validation]
        if not those:
            continue
        key = np.array([each.key for each in those])
        passage = span == "passage"
        shares = np.stack(
            [weigh(e.vectors, e.keywise, e.lines if passage else None, model=model) for e in those]
        )
        right = shares.argmax(axis=1) == key
        loss = -np.log(shares[np.arange(len(key)), key]).mean()
        plain = [int(correlate(e.vectors[0], profile="simple").argmax()) == e.key for e in those]
        off = miscalibration(shares.max(axis=1), right)
        figures[kind] = (
            f"{len(those)}: {100 * right.mean():.1f} (simple profile {100 * np.mean(plain):.1f}), "
            f"log-loss {loss:.3f}, calibration {100 * off:.1f}"
        )
    return figures


def miscalibration(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error over ten bins of confidence: 0 is perfect.

    >>> miscalibration(np.array([0.75] * 4), np.array([True, True, True, False]))
    0.0
    """
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [
        (bins == k).sum() * abs(confidence[bins == k].mean() - right[bins == k].mean())
        for k in np.unique(bins)
    ]
    return float(sum(gaps) / len(confidence))


def gather(
    pop: Path, sheet_folder: Path, jazz: Path, excluded: frozenset[str], *, count: int, seed: int
) -> dict[str, list[Example]]:
    """Make the examples of both spans."""
    rng = np.random.default_rng(seed)
    found: dict[str, list[Example]] = {"whole": [], "passage": []}
    sources = (
        songs(read_pop909(pop, excluded=excluded), rng),
        sheets(_read(sheet_folder, "*.mxl"), rng, kind="sheet", times=2),
        sheets(_read(jazz, "*.json"), rng, kind="jazz"),
    )
    for source in sources:
        for example, is_passage in source:
            found["passage" if is_passage else "whole"].append(example)
    found["passage"].extend(exercises(count, rng))
    found["whole"].extend(assemble(gather_sections(count // 5, rng), count // 2, rng))
    return found


def _read(folder: Path, pattern: str) -> list[LeadSheet]:
    """Read the lead sheets of a folder that can be read."""
    read = read_irb if pattern.endswith("json") else read_openewld
    found = []
    for path in sorted(folder.rglob(pattern)):
        try:
            found.append(read(path))
        except InputError as error:
            report(f"left out: {error}")
    if not found:
        raise InputError(f"{folder} holds no {pattern}")
    return found


def report(text: str) -> None:
    """Show how far the training is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def add_options(parser: argparse.ArgumentParser) -> None:
    """Ask where the music is, and how much is taught."""
    parser.add_argument("pop", type=Path, help="POP909-CL's folder of MIDI files")
    parser.add_argument("sheets", type=Path, help="OpenEWLD's folder of lead sheets")
    parser.add_argument("jazz", type=Path, help="irb's folder of tunes")
    parser.add_argument(
        "excluded", type=Path, help="numbers of songs that are left out, a line each"
    )
    parser.add_argument("--exercises", type=int, default=8000, help="passages of exercises")
    parser.add_argument("--hidden", type=int, default=24, help="hidden units a net")
    parser.add_argument("--nets", type=int, default=3, help="nets a lesson, whose mean is taken")
    parser.add_argument("--fits", type=int, default=2, help="fits of trees a lesson, likewise")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, train, print the figures and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    parser.add_argument("out", type=Path, help="the .npz to write")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    try:
        examples = gather(
            options.pop, options.sheets, options.jazz, read_excluded(options.excluded),
            count=options.exercises, seed=options.seed,
        )  # fmt: skip
        model = teach(examples, hidden=options.hidden, nets=options.nets, fits=options.fits)
    except InputError as error:
        parser.error(str(error))
    for span, those in examples.items():
        report(f"{span}, validation songs")
        for kind, figures in measure(model, those, span).items():
            report(f"  {kind} {figures}")
    model.save(options.out)


if __name__ == "__main__":
    main()
