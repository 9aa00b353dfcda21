"""What the shipped generator writes, measured: valid, as asked, like lo-fi, original.

    python -m tapeloom.train.generation OUT.md [--pieces 100] [--samples 500]

Pieces are drawn by `LoFiGenerator` as a user would draw them, each for a tempo, a key, a mood and a
density of its own. Samples are short, one candidate each and unjudged: they show whether anything
that the model says under the grammar fails to be music.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.files import sha256_of
from tapeloom.core.harmony import Key
from tapeloom.core.score import Score
from tapeloom.neural.controls import Controls, density_bin, measure_mood, tempo_bin
from tapeloom.neural.drafting import MODEL, SAMPLING
from tapeloom.neural.generator import write
from tapeloom.neural.limits import limits_of
from tapeloom.neural.lofi_generator import GeneratorConfig, LoFiGenerator
from tapeloom.neural.originality import OriginalityIndex
from tapeloom.neural.outline import Outline, simple_form
from tapeloom.neural.runtime import Runtime
from tapeloom.neural.token_codec import Codec
from tapeloom.neural.tokens import MOODS
from tapeloom.theory.keys import spell_key
from tapeloom.train.control_accuracy import Asked, Rules
from tapeloom.train.evaluate import Table, controls, originality, validity, write_report
from tapeloom.train.metrics import NAMES, measure, table

BARS = 24
DENSITIES = (6.0, 8.0, 10.0)  # middles of the bins of density that are asked for
LOFI = {"entropy_4": (2.5, 2.9), "groove": (0.80, 0.95), "notes_per_bar": (7.0, 12.0),
        "polyphony": (3.5, 6.0), "scale_consistency": (0.92, 1.0)}  # fmt: skip
BATCH = 8
Order = tuple[float, Key, str, float | None]
RULES = Rules(tempo_bin, density_bin, measure_mood)


def draw_orders(count: int, seed: int = 11) -> list[Order]:
    """Draw what is asked for: tempo, key, mood (one of tokens.MOODS), density.

    Brisk moods (over 6.5 notes a second, drums included) leave the density open: with a lo-fi one
    they cannot be had.
    """
    rng = np.random.default_rng(seed)
    orders = []
    for number in range(count):
        mood = MOODS[1:][number % (len(MOODS) - 1)]
        bright = mood in ("happy", "calm")
        key = spell_key(int(rng.integers(12)), "major" if bright else "minor")
        density = DENSITIES[int(rng.integers(3))] if mood in ("sad", "calm") else None
        orders.append((float(rng.integers(60, 96)), key, mood, density))
    return orders


def draw_pieces(
    generator: LoFiGenerator, orders: Sequence[Order],
    report: Callable[[str], None],
) -> list[tuple[Asked, Score]]:  # fmt: skip
    """Draw a piece for each order."""
    found = []
    for number, (bpm, key, mood, density) in enumerate(orders):
        tokens, _ = generator.generate_track(
            bpm, key, mood, bars=BARS, seed=number, density=density
        )
        score = generator.decode(tokens)
        found.append((Asked(bpm, key, score.chords, density, mood), score))
        if (number + 1) % 10 == 0:
            report(f"{number + 1} pieces")
    return found


def draw_samples(runtime: Runtime, count: int, *, bars: int = 4) -> list[Callable[[], Score]]:
    """Draw short candidates, and return for each the call that reads it as a score."""
    orders = draw_orders(count, seed=13)
    found: list[Callable[[], Score]] = []
    for first in range(0, count, BATCH):
        scripts, rngs = [], []
        for number, (bpm, key, mood, density) in enumerate(orders[first : first + BATCH]):
            told = Controls(key, bpm, style="lofi", mood=mood, density=density)
            rng = np.random.default_rng([13, first + number])
            outline = Outline(told, simple_form(bars, told.meter))
            scripts.append(outline.script(limits_of(told), rng))
            rngs.append(rng)
        written = write(runtime, scripts, rngs, choose=SAMPLING.choose)
        found += [partial(Codec().decode, candidate.tokens) for candidate in written]
    return found


def lofi_table(scores: Sequence[Score]) -> Table:
    """Hold the pieces' medians against what lo-fi loops measure."""
    told = table([measure(score) for score in scores])
    rows = []
    for name in NAMES:
        low, high = LOFI.get(name, (float("nan"), float("nan")))
        middle = told[name]["median"]
        inside = "" if name not in LOFI else "yes" if low <= middle <= high else "no"
        rows.append((name, middle, low, high, inside))
    return Table("Pitched parts, medians", ("figure", "median", "from", "to", "within"),
                 tuple(rows))  # fmt: skip


def generated(
    runtime: Runtime, *, pieces: int, samples: int, candidates: int, report: Callable[[str], None]
) -> tuple[Table, ...]:
    """Draw pieces and samples, and measure them.

    candidates  drawn for each piece, of which one is taken
    """
    if pieces < 1 or samples < 1:
        raise InputError(f"{pieces} pieces and {samples} samples; give at least 1 of each")
    config = GeneratorConfig(bars=BARS, candidates=candidates)
    drawn = draw_pieces(LoFiGenerator(runtime, config=config), draw_orders(pieces), report)
    scores = [score for _, score in drawn]
    return (
        controls({"generator": drawn}, RULES),
        validity({"generator": draw_samples(runtime, samples)}),
        lofi_table(scores),
        originality({"generator": scores}, OriginalityIndex.load()),
    )


def main(words: Sequence[str] | None = None) -> None:
    """Read the options, draw, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="the report, .md")
    parser.add_argument("--model", type=Path, default=MODEL, help="[the shipped one]")
    parser.add_argument("--pieces", type=int, default=100)
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--candidates", type=int, default=6)
    options = parser.parse_args(words)

    def say(text: str) -> None:
        print(text, flush=True)  # noqa: T201  (the command's output)

    try:
        runtime = Runtime.load(options.model)
        tables = generated(
            runtime, pieces=options.pieces, samples=options.samples,
            candidates=options.candidates, report=say,
        )  # fmt: skip
    except InputError as error:
        parser.error(str(error))
    command = f"python -m tapeloom.train.generation {options.out.name} --pieces {options.pieces}"
    write_report(
        tables, options.out, title="What the generator writes", command=command,
        facts={"pieces": f"{options.pieces} of {BARS} bars", "candidates a piece":
               str(options.candidates), "samples": f"{options.samples} of 4 bars",
               "model": f"{runtime.facts.name}, sha256 {sha256_of(options.model)}"},
    )  # fmt: skip
    say("\n\n".join(each.markdown() for each in tables))


if __name__ == "__main__":
    main()
