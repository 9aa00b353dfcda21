"""Count the tables by which melodies are harmonised: `python -m tapeloom.train.harmoniser`.

    python -m tapeloom.train.harmoniser OPENEWLD_FOLDER IRB_FOLDER [--out FILE] [--figures FILE]

From lead sheets of songs (OpenEWLD) comes what melodies sound over chords; how chords follow one
another is counted twice, in those songs and in jazz (irb). Validation songs are left out.
"""

import argparse
import json
import sys
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.score import Score
from tapeloom.theory.families import FAMILIES, SIZE, START, frame
from tapeloom.theory.harmonise import harmonise, phase, steps
from tapeloom.theory.ngrams import NGrams
from tapeloom.theory.palette import STYLES
from tapeloom.theory.setting import Setting
from tapeloom.train.corpus.irb import read_irb_folder
from tapeloom.train.corpus.lead_sheet import is_validation
from tapeloom.train.corpus.openewld import read_openewld_folder


def count_melody(scores: Sequence[Score]) -> NDArray[np.float64]:
    """Return the logarithms of a melody note's chance over each family, shape (8, 12).

    Notes count by length and accent; half a quarter note is added to each.
    """
    weights = np.full((len(FAMILIES), 12), 0.5)
    for score in scores:
        setting = _setting(score)
        for i, span in enumerate(setting.spans):
            kind = FAMILIES.index(setting.kind_of(i))
            for note in setting.over(span.start, span.end):
                weights[kind, (note.pitch - span.chord.root) % 12] += note.weight
    return np.asarray(np.log(weights / weights.sum(axis=1, keepdims=True)))


def count_way(scores: Sequence[Score]) -> NGrams:
    """Count what follows each chord, step by step."""
    rows: list[list[int]] = []
    for score in scores:
        setting = _setting(score)
        home = frame(setting.key)
        before = START + setting.key.is_minor
        grid = steps(score.meters, setting.spans[-1].end)
        for i, span in enumerate(setting.spans):
            kind = FAMILIES.index(setting.kind_of(i))
            symbol = (8 * (span.chord.root - home) + kind) % SIZE
            for tick in grid[bisect_left(grid, span.start) : bisect_left(grid, span.end)]:
                rows.append([*phase(tick, score.meters), before, symbol])
                before = symbol
    return NGrams.count(rows, size=SIZE)


def measure(scores: Sequence[Score]) -> dict[str, float]:
    """Return how much of the time the root is the lead sheet's, and that of the tonic alone."""
    right = dict.fromkeys(("songs", "jazz", "tonic throughout"), 0)
    total = 0
    for score in scores:
        tune, key = score.parts[0].notes, score.keys[0][1]
        found = {
            way: harmonise(tune, meters=score.meters, key=key, style=style)
            for way, style in (("songs", "pop"), ("jazz", "jazz"))
        }
        for tick in range(0, score.end, score.meters[0][1].unit_ticks):
            truth = score.chord_at(tick)
            if truth is None:
                continue
            total += 1
            right["tonic throughout"] += truth.root == key.pitch_class
            for way, spans in found.items():
                chord = next((s.chord for s in spans if s.start <= tick < s.end), None)
                right[way] += chord is not None and chord.root == truth.root
    return {f"root right, {name}": round(n / total, 3) for name, n in right.items()}


def _setting(score: Score) -> Setting:
    melody = score.parts[0].notes if score.parts else ()
    return Setting(score.chords, score.keys[0][1], STYLES["pop"], score.meters, melody)


def main(arguments: Sequence[str] | None = None) -> None:
    """Count, write and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("openewld", type=Path, help="folder of .mxl lead sheets")
    parser.add_argument("irb", type=Path, help="folder of the corpus's JSON files")
    parser.add_argument("--out", type=Path, default=Path("src/tapeloom/models/harmoniser.npz"))
    parser.add_argument("--figures", type=Path, help="write the measured figures as JSON")
    options = parser.parse_args(arguments)
    songs = [sheet for sheet in read_openewld_folder(options.openewld) if sheet.score.chords]
    tunes = [sheet for sheet in read_irb_folder(options.irb) if not is_validation(sheet.title)]
    kept = [sheet.score for sheet in songs if not is_validation(sheet.title)]
    valid = [sheet.score for sheet in songs if is_validation(sheet.title)]
    arrays: dict[str, NDArray[np.generic]] = {"melody": count_melody(kept).astype(np.float32)}
    arrays |= count_way(kept).to_arrays("songs")
    arrays |= count_way([sheet.score for sheet in tunes]).to_arrays("jazz")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    figures: dict[str, float] = {"training songs": len(kept), "training jazz tunes": len(tunes)}
    figures |= {"validation songs": len(valid), **measure(valid)}
    figures["kilobytes"] = round(options.out.stat().st_size / 1000)
    text = json.dumps(figures, indent=2)
    if options.figures:
        options.figures.write_text(text + "\n", "utf-8")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
