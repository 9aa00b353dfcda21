"""The engines compared on the same briefs: theory, transformer, and both together.

    python -m tapeloom.train.comparison DATA OUT.md [--briefs 100] [--candidates 4]

Each engine draws as many candidates for a brief, and the same critic and originality check choose
one. What is compared took no part in that choice. DATA holds the unpacked data sets
(train.corpus.song), whose validation songs the pieces are held against.
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.compose.engines import engine as engine_named
from tapeloom.compose.learned import HybridEngine, TransformerEngine
from tapeloom.compose.plan import Plan, plan
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.mood import MOODS, SCENES
from tapeloom.core.score import Score
from tapeloom.core.seed import stream
from tapeloom.neural.critic import rank
from tapeloom.neural.drafting import Drafter
from tapeloom.neural.originality import OriginalityIndex
from tapeloom.theory.keys import spell_key
from tapeloom.train.cleaning import CleaningReport, clean
from tapeloom.train.confidence import paired_bootstrap
from tapeloom.train.control_accuracy import heard_chords, heard_key
from tapeloom.train.corpus.song import read_songs
from tapeloom.train.corruption import excerpt
from tapeloom.train.evaluate import Row, Table, distributions, originality, write_report
from tapeloom.train.metrics import measure

ENGINES = ("theory", "transformer", "hybrid")
BARS = 24
DENSITY = (7.0, 12.0)  # pitched notes a bar in lo-fi packs
ENTROPY_4, GROOVE = (2.5, 2.9), (0.80, 0.95)  # bits and 0..1, in lo-fi packs and a little around
Draw = Callable[[Brief, Plan, int], tuple[Score, float]]  # brief, plan, candidates -> score, s


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What an engine gave for a brief."""

    key: Key  # that was asked for
    score: Score
    seconds: float


def draw_briefs(count: int, seed: int = 7) -> list[Brief]:
    """Draw briefs: one or two moods, a scene, a tempo, a key; all of BARS bars."""
    rng = np.random.default_rng(seed)
    briefs = []
    for number in range(count):
        words = rng.choice(sorted(MOODS), size=int(rng.integers(1, 3)), replace=False).tolist()
        words.append(str(rng.choice(sorted(SCENES))))
        mode = "minor" if rng.random() < 0.6 else "major"
        key = spell_key(int(rng.integers(12)), mode)
        bpm = float(rng.integers(60, 96))
        briefs.append(Brief(" ".join(words), bpm=bpm, key=str(key), bars=BARS, seed=number))
    return briefs


def engines_of(drafter: Drafter) -> Mapping[str, Draw]:
    """Return how each engine draws; all by one critic and one index."""

    def theory(brief: Brief, drawn: Plan, candidates: int) -> tuple[Score, float]:
        began = time.process_time()
        rngs = stream(brief.seed, "compose").spawn(candidates)
        scores = [engine_named("theory").compose(drawn, rng) for rng in rngs]
        original = {"quotation": lambda score: drafter.index.check(score).is_original}
        ranking = rank(scores, drafter.critic.judge, filters=original)
        score = ranking.kept[0][0] if ranking.kept else scores[0]
        return score, time.process_time() - began

    def learned(kind: type[TransformerEngine]) -> Draw:
        def draw(brief: Brief, drawn: Plan, candidates: int) -> tuple[Score, float]:
            began = time.process_time()
            composer = kind(replace(drafter, candidates=candidates, by_controls=False))
            score = composer.compose(drawn, stream(brief.seed, "compose"))
            return score, time.process_time() - began

        return draw

    return {"theory": theory, "transformer": learned(TransformerEngine),
            "hybrid": learned(HybridEngine)}  # fmt: skip


def play_all(
    draws: Mapping[str, Draw], briefs: Sequence[Brief], candidates: int,
    report: Callable[[str], None],
) -> dict[str, list[Entry]]:  # fmt: skip
    """Have every engine answer every brief, along the same plans."""
    found: dict[str, list[Entry]] = {name: [] for name in draws}
    for number, brief in enumerate(briefs):
        drawn = plan(brief, stream(brief.seed, "plan"))
        for name, draw in draws.items():
            score, seconds = draw(brief, drawn, candidates)
            found[name].append(Entry(drawn.pieces[0].key, score, seconds))
        if (number + 1) % 10 == 0:
            report(f"{number + 1} briefs")
    return found


def figures_of(entry: Entry, index: OriginalityIndex) -> dict[str, float]:
    """Measure a piece; every figure is better when it is higher, most are 0 or 1."""
    score = entry.score
    told, heard = measure(score), heard_key(score)
    chords = heard_chords(score, score.chords)
    return {
        "key as asked": float(
            heard is not None
            and (heard.pitch_class, heard.is_minor) == (entry.key.pitch_class, entry.key.is_minor)
        ),
        "chords re-detected": float(np.mean(chords)) if chords else 0.0,
        "7 to 12 notes a bar": float(DENSITY[0] <= told.notes_per_bar <= DENSITY[1]),
        "H4 2.5 to 2.9": float(ENTROPY_4[0] <= told.entropy_4 <= ENTROPY_4[1]),
        "GS .80 to .95": float(GROOVE[0] <= told.groove <= GROOVE[1]),
        "scale consistency": told.scale_consistency,
        "not copied": 1.0 - index.check(score).copied_share,
    }


def compare(
    entries: Mapping[str, Sequence[Entry]], index: OriginalityIndex, rng: np.random.Generator
) -> Table:
    """Compare the engines brief by brief with the first one, by paired bootstrap."""
    measured = {name: [figures_of(e, index) for e in held] for name, held in entries.items()}
    first = next(iter(entries))
    rows: list[Row] = []
    for figure in measured[first][0]:
        values: dict[str, NDArray[np.float64]] = {
            name: np.array([row[figure] for row in held]) for name, held in measured.items()
        }
        for name, column in values.items():
            if name == first:
                rows.append((figure, name, float(column.mean()), "", ""))
                continue
            more, low, high = paired_bootstrap(column, values[first], rng)
            rows.append((figure, name, float(column.mean()), more, f"{low:.3f} to {high:.3f}"))
    for name, held in entries.items():
        seconds = float(np.mean([entry.seconds for entry in held]))
        rows.append(("seconds of a processor a piece", name, seconds, "", ""))
    return Table(
        "Brief by brief", ("figure", "engine", "mean", f"more than {first}", "95 % interval"),
        tuple(rows), note="Higher is better, but for the seconds.",
    )  # fmt: skip


def real_pieces(data: Path, *, most: int = 100) -> list[Score]:
    """Return stretches of BARS bars from validation songs of several parts."""
    songs = clean(read_songs(data, sources=("pop909",)), CleaningReport())
    held = [song.score for song in songs if song.validation]
    found = []
    for score in held:
        starts = range(0, len(score.bar_starts) - BARS - 1, BARS)
        found += [excerpt(score, first=first, bars=BARS) for first in starts]
    return found[:most]


def main(words: Sequence[str] | None = None) -> None:
    """Read the options, compare, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path, help="the report, .md")
    parser.add_argument("--briefs", type=int, default=100)
    parser.add_argument("--candidates", type=int, default=4)
    options = parser.parse_args(words)

    def say(text: str) -> None:
        print(text, flush=True)  # noqa: T201  (the command's output)

    try:
        real = real_pieces(options.data)
        drafter = Drafter.load()
        briefs = draw_briefs(options.briefs)
        entries = play_all(engines_of(drafter), briefs, options.candidates, say)
    except InputError as error:
        parser.error(str(error))
    rng = np.random.default_rng(0)
    scores = {name: [entry.score for entry in held] for name, held in entries.items()}
    index = OriginalityIndex.load()
    tables = (
        compare(entries, index, rng),
        *distributions(scores, real, rng),
        originality(scores, index),
    )
    command = (
        f"python -m tapeloom.train.comparison DATA {options.out.name} "
        f"--briefs {options.briefs} --candidates {options.candidates}"
    )
    write_report(
        tables, options.out, title="Engines compared", command=command,
        facts={"briefs": str(len(briefs)), "candidates a brief": str(options.candidates),
               "bars a piece": str(BARS), "real pieces": f"{len(real)} of POP909's validation"},
    )  # fmt: skip
    say("\n\n".join(table.markdown() for table in tables))


if __name__ == "__main__":
    main()
