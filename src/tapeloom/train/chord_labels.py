"""Train the net that names chords: `python -m tapeloom.train.chord_labels --help`.

It learns from POP909-CL (the excluded songs left out, one song in twenty kept for validation) and
from harmony exercises that are made up on the way. Needs torch (extra `train`).
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.time import PPQ
from tapeloom.theory.chord_net import ChordNet, save_net
from tapeloom.theory.chord_rules import LABELS, rotations, rule_evidence
from tapeloom.theory.events import Events
from tapeloom.theory.span_features import CHANNELS, SCALARS, describe
from tapeloom.train.corpus.irb import read_irb_folder
from tapeloom.train.corpus.lead_sheet import is_validation
from tapeloom.train.corpus.pop909 import read_pop909
from tapeloom.train.exercises import exercise, lounge, plain
from tapeloom.train.harmonies import Tune, random_tune, reduce_quality

Spans = list[tuple[int, int, int]]  # start, end, target: root * len(LABELS) + label, or -1


class Examples:
    """Described spans and their chords, gathered piece by piece."""

    def __init__(self) -> None:
        self._rows: list[tuple[NDArray[Any], ...]] = []

    def add(self, events: Events, spans: Spans) -> None:
        """Describe spans that follow one another; those without a target give context only."""
        edges = [start for start, _, _ in spans] + [spans[-1][1]]
        channels, general = describe(events, edges)
        target = np.array([target for _, _, target in spans])
        weight = np.diff(edges) / PPQ
        kept = (target >= 0) & (general[:, 3] == 0)
        self._rows.append(
            (
                channels[kept].astype(np.float16),
                general[kept].astype(np.float16),
                target[kept],
                np.clip(weight[kept], 0.25, 4.0).astype(np.float32),
            )
        )

    def arrays(self) -> list[NDArray[Any]]:
        """Return channels, general numbers, targets and weights of all spans."""
        return [np.concatenate(column) for column in zip(*self._rows, strict=True)]


def fill_gaps(spans: Spans, end: int) -> Spans:
    """Put spans without a target wherever nothing is labelled.

    >>> fill_gaps([(4, 8, 3)], 12)
    [(0, 4, -1), (4, 8, 3), (8, 12, -1)]
    """
    filled: Spans = []
    at = 0
    for start, stop, target in spans:
        if start > at:
            filled.append((at, start, -1))
        filled.append((start, stop, target))
        at = stop
    if end > at:
        filled.append((at, end, -1))
    return filled


def cut_at_beats(spans: Spans) -> Spans:
    """Cut the time into quarter notes, each with the target that holds for most of it.

    >>> cut_at_beats([(0, PPQ + 9, 5), (PPQ + 9, 2 * PPQ, 7)]) == [(0, PPQ, 5), (PPQ, 2 * PPQ, 7)]
    True
    """
    starts = np.array([start for start, _, _ in spans])
    count = round(spans[-1][1] / PPQ)
    middles = np.arange(count) * PPQ + PPQ // 2
    rows = np.searchsorted(starts, middles, side="right") - 1
    return [(k * PPQ, (k + 1) * PPQ, spans[max(row, 0)][2]) for k, row in enumerate(rows.tolist())]


def cut_at_random(spans: Spans, rng: np.random.Generator, *, share: float) -> Spans:
    """Cut a share of the spans in two at a quarter, so that parts of chords are learned too."""
    result: Spans = []
    for start, end, target in spans:
        quarters = (end - start) // PPQ
        if quarters >= 2 and rng.random() < share:
            middle = start + PPQ * int(rng.integers(1, quarters))
            result += [(start, middle, target), (middle, end, target)]
        else:
            result.append((start, end, target))
    return result


def read_songs(
    folder: Path, excluded: frozenset[str], rng: np.random.Generator
) -> tuple[Examples, Examples]:
    """Describe the songs: those to learn from, whole and cut, and those for validation."""
    learned, validation = Examples(), Examples()
    for song in read_pop909(folder, excluded=excluded):
        if not song.score.chords:
            continue
        events = Events.from_score(song.score)
        labelled = [
            (span.start, span.end, state_of(span.chord.root, span.chord.quality))
            for span in song.score.chords
        ]
        spans = fill_gaps(labelled, max(song.score.end, labelled[-1][1]))
        if is_validation(song.title):
            validation.add(events, spans)
        else:
            learned.add(events, spans)
            learned.add(events, cut_at_random(spans, rng, share=0.6))
            learned.add(events, cut_at_beats(spans))
    return learned, validation


def read_tunes(folder: Path) -> list[Tune]:
    """Read the chords of jazz tunes, those for validation left out."""
    return [
        [
            (span.chord.root, reduce_quality(span.chord.intervals), span.end - span.start)
            for span in sheet.score.chords
        ]
        for sheet in read_irb_folder(folder)
        if not is_validation(sheet.title)
    ]


def make_exercises(count: int, tunes: Sequence[Tune], rng: np.random.Generator) -> Examples:
    """Describe made-up pieces: most in common-practice style, some in jazz voicings, some plain."""
    examples = Examples()
    for row in range(count):
        if row % 12 == 1:
            pieces = [plain(rng, length=int(rng.choice([1, 1, 2, 4, 8]))) for _ in range(6)]
        elif row % 24 == 2:
            pieces = [lounge(rng, random_tune(rng, length=32))]
        elif row % 24 == 3:
            pieces = [lounge(rng, tunes[int(rng.integers(len(tunes)))][:64])]
        else:
            pieces = [exercise(rng, length=int(rng.choice([8, 32, 32, 32])))]
        for piece in pieces:
            examples.add(
                piece.events,
                [
                    (chord.start, chord.end, state_of(chord.root, chord.quality))
                    for chord in piece.chords
                ],
            )
    return examples


def state_of(root: int, quality: str) -> int:
    """Return the number of a root and a label.

    >>> state_of(1, "min")
    16
    """
    return root * len(LABELS) + LABELS.index(quality)


def train(
    sets: Sequence[list[NDArray[Any]]],
    *,
    hidden: int,
    epochs: int,
    seed: int,
    batch: int = 512,
    learning_rate: float = 2e-3,
    dropout: float = 0.1,
) -> ChordNet:
    """Fit the net to sets of examples, each set counting as much as it has rows."""
    torch = _torch()
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    channels, general, target, weight = (
        torch.from_numpy(np.concatenate(column)) for column in zip(*sets, strict=True)
    )
    rules = torch.cat(
        [
            torch.from_numpy(rule_evidence(part.float().numpy()).astype(np.float16))
            for part in channels.split(20_000)  # in double precision the whole takes gigabytes
        ]
    )
    turn = torch.from_numpy(rotations())
    inner = torch.nn.Sequential(
        torch.nn.Linear(CHANNELS * 12 + SCALARS, hidden), torch.nn.ReLU(),
        torch.nn.Dropout(dropout),
        torch.nn.Linear(hidden, hidden), torch.nn.ReLU(), torch.nn.Dropout(dropout),
        torch.nn.Linear(hidden, len(LABELS)),
    )  # fmt: skip
    trust = torch.nn.Parameter(torch.tensor(0.3))
    parameters = [*inner.parameters(), trust]
    optimiser = torch.optim.AdamW(parameters, lr=learning_rate, weight_decay=1e-3)
    steps = epochs * (len(target) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, learning_rate, total_steps=steps)
    start = perf_counter()
    for epoch in range(epochs):
        inner.train()
        total = 0.0
        for rows in torch.randperm(len(target))[: len(target) // batch * batch].view(-1, batch):
            x = channels[rows].float()[:, :, turn]  # (B, C, 12 roots, 12)
            x = x.transpose(1, 2).flatten(2)  # (B, 12 roots, C * 12)
            about = general[rows].float()[:, None].expand(-1, 12, -1)
            scores = inner(torch.cat((x, about), dim=2)) + trust * rules[rows].float()
            losses = torch.nn.functional.cross_entropy(
                scores.flatten(1), target[rows], reduction="none", label_smoothing=0.02
            )
            loss = (losses * weight[rows]).sum() / weight[rows].sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        report(
            f"epoch {epoch}: loss {total / (len(target) // batch):.4f}, "
            f"{perf_counter() - start:.0f} s"
        )
    layers = [inner[0], inner[3], inner[6]]
    matrices = [layer.weight.detach().numpy().T.copy() for layer in layers]
    biases = [layer.bias.detach().numpy() for layer in layers]
    return ChordNet(
        matrices[0],
        biases[0],
        matrices[1],
        biases[1],
        matrices[2],
        biases[2],
        float(trust.detach()),
    )


def _torch() -> Any:
    try:
        return import_module("torch")
    except ModuleNotFoundError as error:
        raise InputError(
            "training needs torch; install it with pip install torch==2.13.0"
        ) from error


def report(text: str) -> None:
    """Show how far the training is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def measure(net: ChordNet, examples: list[NDArray[Any]]) -> dict[str, float]:
    """Return the shares of the time, in percent, with the right root and the right chord."""
    channels, general, target, weight = examples
    figures: dict[str, float] = {}
    rules = rule_evidence(channels.astype(np.float32))
    learned = net.evidence(channels.astype(np.float32), general.astype(np.float32))
    for name, scores in (("rules", rules), ("net", learned)):
        best = scores.reshape(len(scores), -1).argmax(axis=1)
        for what, right in (
            ("root", best // len(LABELS) == target // len(LABELS)),
            ("chord", best == target),
        ):
            figures[f"{name} {what}"] = round(100 * float(weight[right].sum() / weight.sum()), 2)
    return figures


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, train, print the figures and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="POP909-CL's folder of MIDI files")
    parser.add_argument("irb", type=Path, help="the irb corpus's folder of JSON files")
    parser.add_argument("--exclude", type=Path, required=True, help="numbers of songs to leave out")
    parser.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    parser.add_argument("--exercises", type=int, default=12_000)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--hidden", type=int, default=96)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    rng = np.random.default_rng(options.seed)
    lines = options.exclude.read_text().splitlines()
    excluded = frozenset(line.strip() for line in lines if line.strip() and line[0] != "#")
    tunes = read_tunes(options.irb)
    songs, validation = read_songs(options.folder, excluded, rng)
    made, unseen = make_exercises(options.exercises, tunes, rng), make_exercises(200, tunes, rng)
    sets = [songs.arrays(), made.arrays()]
    report(f"{len(sets[0][2])} spans of songs, {len(sets[1][2])} of exercises")
    net = train(sets, hidden=options.hidden, epochs=options.epochs, seed=options.seed)
    report(f"validation songs: {measure(net, validation.arrays())}")
    report(f"unseen exercises: {measure(net, unseen.arrays())}")
    save_net(net, options.out)
    report(f"{options.out} has {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
