"""Measure four-part writing: `python benchmarks/chorales.py --help`.

`progressions [CHARTS]` writes 100 progressions for four voices: Roman numerals, the families of
theory.progressions, drawn ones, and jazz and popular charts (folders irb and openewld of the data
sets, where CHARTS names the folder that holds both).
`melodies` harmonises 50 sopranos of Bach's chorales (music21's corpus, in the extra `dev`).
`planted` plants faults of every kind into what was written, and counts those that are found.
`bach` checks all of Bach's four-part chorales by the same rules, reports per phrase.

All four use the one set of rules, `theory.part_writing.CHORALE`; each prints one JSON object.
"""

import argparse
import json
import statistics
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import ChordSpan, Note
from tapeloom.core.time import PPQ
from tapeloom.theory.chorale import Chorale, write_chorale
from tapeloom.theory.chorale_melody import harmonise_chorale
from tapeloom.theory.chorale_reading import check_chorale, phrase_starts
from tapeloom.theory.progressions import FAMILIES, progressions
from tapeloom.train.chorale_exercises import (
    NUMERALS,
    PLANTED,
    Passage,
    plant,
    progression,
)
from tapeloom.train.harmonies import progress

TONICS = ("C", "Eb", "A", "F#", "Bb", "D", "G", "F", "E", "Ab", "B", "Db")
HARD = ("parallel fifths", "parallel octaves", "parallel unisons", "range", "crossing")
Item = tuple[str, list[Chord], Key]


@dataclass(frozen=True)
class Bach:
    """A chorale as music21 has it."""

    name: str
    voices: list[list[Note]]  # from the bass
    ends: list[int]  # ticks of the soprano's fermatas
    beat: int
    bar: int


def numerals() -> Iterator[Item]:
    """Yield the progressions in Roman numerals, each in a key of its own."""
    for mode, texts in NUMERALS.items():
        for i, text in enumerate(texts):
            key = Key(TONICS[i % len(TONICS)], mode)
            yield f"{key}: {text}", list(progression(text, key)), key


def families() -> Iterator[Item]:
    """Yield the families of theory.progressions: four bars of seventh and ninth chords, twice."""
    for i, name in enumerate(FAMILIES):
        for mode in ("major", "minor"):
            key = Key(TONICS[(5 * i) % len(TONICS)], mode)
            found = progressions(name, mode)[0]
            bars = found.in_key(key)
            yield f"{name} {key}", [chord for bar in bars for chord in bar] * 2, key


def drawn(count: int) -> Iterator[Item]:
    """Yield common-practice progressions with inversions, applied chords, mixture, modulations."""
    seed = 0
    while count:
        found = progress(np.random.default_rng(seed), length=16)
        seed += 1
        tonic, mode = found[0].key
        chords = [Chord(each.root, each.quality, each.bass) for each in found[:16]]
        count -= 1
        yield f"drawn {seed}", chords, Key(Key("C").name_of(tonic), mode)


def charts(folder: Path, count: int) -> Iterator[Item]:
    """Yield lead sheets of both data sets."""
    from tapeloom.train.corpus.irb import read_irb
    from tapeloom.train.corpus.openewld import read_openewld

    for paths, read in (
        (sorted((folder / "irb").glob("*/*.json")), read_irb),
        (sorted((folder / "openewld").rglob("*.mxl")), read_openewld),
    ):
        for path in paths[:: max(len(paths) // count, 1)][:count]:
            sheet = read(path)
            key = sheet.score.key
            spans = sheet.score.chords
            if key is not None and spans:
                yield path.stem, [span.chord for span in spans], key


def all_progressions(folder: Path | None) -> list[Item]:
    """Return 100 progressions."""
    found = [*numerals(), *families()]
    if folder is not None:
        found += charts(folder, 12)
    return [*found, *drawn(max(100 - len(found), 0))][:100]


def bach(limit: int | None = None) -> Iterator[Bach]:
    """Yield the four-part chorales of music21's corpus."""
    warnings.simplefilter("ignore")
    from music21 import corpus, expressions  # type: ignore[import-untyped]

    paths = [path for path in corpus.getComposer("bach") if path.suffix in (".mxl", ".xml")]
    kept = [path for path in paths if path.name.startswith("bwv")]
    step = 1 if limit is None else max(len(kept) // (limit + limit // 4), 1)
    given = 0
    for path in kept[::step]:
        score = corpus.parse(path)
        if len(score.parts) != 4 or (limit is not None and given >= limit):
            continue
        voices, held = [], []
        for part in score.parts:
            flat = part.stripTies().flatten()
            times = [(_ticks(n.offset), _ticks(n.quarterLength), n) for n in flat.notes]
            voices.append([Note(at, long, n.pitch.midi) for at, long, n in times if long])
            held.append([
                at for at, _, n in times
                if any(isinstance(each, expressions.Fermata) for each in n.expressions)
            ])  # fmt: skip
        meter = score.parts[0].flatten().getElementsByClass("TimeSignature")[0]
        beat = 4 * PPQ // meter.denominator
        yield Bach(path.name, voices[::-1], held[0], beat, beat * meter.numerator)
        given += 1


def _ticks(quarters: Any) -> int:
    return round(float(quarters) * PPQ)


def _tell(faults: Counter[str], seconds: list[float], cpu: list[float], **more: Any) -> None:
    told = {
        "count": len(seconds),
        **more,
        "parallels, crossings and notes out of range": sum(faults[name] for name in HARD),
        "faults": dict(faults.most_common()),
        "seconds": {
            "median": round(statistics.median(seconds), 3),
            "worst": round(max(seconds), 3),
        },
        "CPU seconds": {"median": round(statistics.median(cpu), 3), "worst": round(max(cpu), 3)},
    }
    print(json.dumps(told, indent=1))


def write(items: list[Item]) -> list[tuple[Item, Chorale]]:
    """Write progressions, and tell how."""
    written, seconds, cpu = [], [], []
    faults: Counter[str] = Counter()
    clean = 0
    for item in items:
        start, used = perf_counter(), process_time()
        chorale = write_chorale(item[1], item[2])
        seconds.append(perf_counter() - start)
        cpu.append(process_time() - used)
        found = check_chorale(chorale.voices, key=item[2], chords=chorale.chords)
        faults.update(fault.name for fault in found)
        clean += not found
        if found:
            print(f"{item[0]}: {', '.join(map(str, found))}", file=sys.stderr)
        written.append((item, chorale))
    _tell(faults, seconds, cpu, chords=sum(len(item[1]) for item in items), clean=clean)
    return written


def harmonise(limit: int) -> list[Chorale]:
    """Harmonise Bach's sopranos, and tell how; a first one warms up."""
    written, seconds, cpu = [], [], []
    faults: Counter[str] = Counter()
    beats = clean = 0
    found = list(bach(limit))
    harmonise_chorale(found[0].voices[3], phrase_ends=found[0].ends)
    for each in found:
        start, used = perf_counter(), process_time()
        chorale = harmonise_chorale(
            each.voices[3], phrase_ends=each.ends, beat=each.beat, bar=each.bar
        )
        seconds.append(perf_counter() - start)
        cpu.append(process_time() - used)
        beats += len(chorale.chords)
        wrong = check_chorale(
            chorale.voices, key=chorale.key, chords=chorale.chords, beat=each.beat,
            phrases=chorale.phrases,
        )  # fmt: skip
        faults.update(fault.name for fault in wrong)
        clean += not wrong
        if wrong:
            print(f"{each.name}: {', '.join(map(str, wrong))}", file=sys.stderr)
        written.append(chorale)
    _tell(faults, seconds, cpu, beats=beats, clean=clean)
    return written


def count_planted(chorales: list[Chorale], *, each: int) -> None:
    """Plant faults into chorales that have none, and tell how many are found where they are."""
    rng = np.random.default_rng(1)
    table = {}
    for name in PLANTED:
        planted = found = 0
        for _ in range(20 * each):
            if planted == each:
                break
            chorale = chorales[int(rng.integers(len(chorales)))]
            spans = chorale.chords
            passage = Passage(chorale.voicings(), tuple(span.chord for span in spans), chorale.key)
            wrong = plant(passage, name, rng)
            if wrong is None:
                continue
            faults = check_chorale(
                _voices(wrong.passage.rows, spans), key=chorale.key, chords=spans
            )
            at = spans[wrong.at].start
            planted += 1
            found += any((f.name, f.tick, f.voices) == (name, at, wrong.voices) for f in faults)
        table[name] = {"planted": planted, "found": found}
    print(json.dumps(table, indent=1))


def _voices(rows: tuple[tuple[int, ...], ...], spans: tuple[ChordSpan, ...]) -> list[list[Note]]:
    return [
        [Note(s.start, s.end - s.start, row[voice]) for row, s in zip(rows, spans, strict=True)]
        for voice in range(4)
    ]


def check_bach(limit: int | None) -> None:
    """Check Bach's chorales, and tell the reports per phrase by kind."""
    faults: Counter[str] = Counter()
    phrases = chorales = 0
    for each in bach(limit):
        try:
            found = check_chorale(
                each.voices, beat=each.beat, phrases=phrase_starts(each.voices[3], each.ends)
            )
        except ValueError as error:  # two of the corpus have two notes at once in a voice
            print(f"{each.name}: {error}", file=sys.stderr)
            continue
        faults.update(fault.name for fault in found)
        phrases += max(len(each.ends), 1)
        chorales += 1
    told = {
        "chorales": chorales,
        "phrases": phrases,
        "reports": faults.total(),
        "reports per phrase": round(faults.total() / phrases, 3),
        "by kind, per phrase": {k: round(v / phrases, 4) for k, v in faults.most_common()},
    }
    print(json.dumps(told, indent=1))


def main() -> None:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("task", choices=("progressions", "melodies", "planted", "bach"))
    parser.add_argument("charts", type=Path, nargs="?", help="the folder that holds the charts")
    parser.add_argument("--limit", type=int, help="how many melodies or chorales")
    parser.add_argument("--each", type=int, default=200, help="how many faults of each kind")
    given = parser.parse_args()
    if given.task == "progressions":
        write(all_progressions(given.charts))
    elif given.task == "melodies":
        harmonise(given.limit or 50)
    elif given.task == "planted":
        chorales = [write_chorale(chords, key) for _, chords, key in all_progressions(None)]
        clean = [each for each in chorales if not each.faults]
        count_planted(clean, each=given.each)
    else:
        check_bach(given.limit)


if __name__ == "__main__":
    main()
