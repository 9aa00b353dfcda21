"""Predict, score and time harmonic analysis: `python benchmarks/theory.py --help`.

`predict TASK INPUTS.jsonl.gz` reads pieces in the form that ../shared/bench/theory/README.md
describes (onsets and lengths in quarter notes) and prints one JSON line a piece.
`time KEYS.jsonl.gz CHORDS.jsonl.gz` measures pieces and segments a CPU-second beside music21 and
partitura (both in the extra `dev`), from plain lists of notes and from each one's own form of them.
"""

import argparse
import gc
import gzip
import json
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from tapeloom.core.harmony import Chord
from tapeloom.core.meter import Meter, Meters
from tapeloom.core.time import PPQ
from tapeloom.theory.analysis import analyse_events
from tapeloom.theory.cadence import find_cadences
from tapeloom.theory.events import Events, weigh
from tapeloom.theory.profiles import correlate

Answer = dict[str, Any]
ROUNDS = 5  # of which the fastest counts, for everyone alike
ROUNDS_ANALYSED = 15
FULL_PIECE = 5000  # notes: what a full analysis is timed on, the longest piece's first ones


@dataclass(frozen=True)
class Piece:
    """One piece of a benchmark, in ticks."""

    events: Events
    meters: Meters
    edges: tuple[int, ...]  # where its labels begin, and the last one's end; empty where not given
    measures: tuple[int, ...]  # where its bars begin; empty where not given

    @classmethod
    def from_item(cls, item: dict[str, Any]) -> "Piece":
        # (A third faster than numpy.fromiter.)
        numbers = struct.pack(f"{4 * len(item['notes'])}d", *chain.from_iterable(item["notes"]))
        columns = np.frombuffer(numbers).reshape(-1, 4).T.copy()
        columns[1] += columns[0]
        columns[:2] *= PPQ
        events = Events.from_columns(*np.rint(columns).astype(np.int64))
        meters = {ticks(at): Meter.parse(text) for at, text in item.get("timesigs", ())}
        first = next(iter(meters.values()), Meter())
        meters = {0: meters.get(0, first), **{t: m for t, m in meters.items() if t > 0}}
        spans = item.get("segments", ())
        edges = sorted({ticks(at) for span in spans for at in span[:2]})
        return cls(
            events,
            tuple(sorted(meters.items())),
            tuple(edges),
            tuple(ticks(at) for at in item.get("measures", ())),
        )


def ticks(quarters: float) -> int:
    return round(quarters * PPQ)


def quarters(tick: int) -> float:
    return round(tick / PPQ, 4)


def items(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def predict_key(piece: Piece) -> Answer:
    """The key of a whole piece."""
    from tapeloom.theory.keys import find_key

    key = find_key(piece.events, meters=piece.meters, passage=False).key
    return {"tonic": key.pitch_class, "mode": key.mode}


def predict_passage_key(piece: Piece) -> Answer:
    """The key of a few bars."""
    from tapeloom.theory.keys import find_key

    key = find_key(piece.events, meters=piece.meters, passage=True).key
    return {"tonic": key.pitch_class, "mode": key.mode}


def predict_simple_key(piece: Piece) -> Answer:
    """The key by the simple profile alone: a baseline for both tasks of keys."""
    lengths = weigh(piece.events, [0, max(piece.events.last, 1)])[0]
    tonic_mode = int(correlate(lengths, profile="simple").argmax())
    return {"tonic": tonic_mode % 12, "mode": ("major", "minor")[tonic_mode // 12]}


def predict_chords(piece: Piece) -> Answer:
    """The chords between given boundaries."""
    from tapeloom.theory.recognition import LABELS, name_spans

    states, basses, _ = name_spans(piece.events, piece.edges)
    found = zip(piece.edges, piece.edges[1:], states, basses, strict=False)
    return {
        "chords": [
            [quarters(a), quarters(b), int(at) // len(LABELS), LABELS[at % len(LABELS)], int(bass)]
            for a, b, at, bass in found
        ]
    }


def predict_free_chords(piece: Piece) -> Answer:
    """The chords, boundaries found as well."""
    from tapeloom.theory.recognition import recognise

    return {
        "chords": [
            [
                quarters(heard.start),
                quarters(heard.end),
                heard.chord.root,
                heard.chord.quality,
                heard.chord.bass_pitch_class,
            ]
            for heard in recognise(piece.events, piece.meters)
        ]
    }


def predict_numerals(piece: Piece) -> Answer:
    """Chords, local keys and bass between given boundaries."""
    rows = []
    for span in analyse_events(piece.events, piece.meters, piece.edges or None).chords:
        chord = span.chord
        if span.numeral == "Cad64":  # labels call it a dominant with two suspensions
            chord = Chord(chord.bass_pitch_class, "maj")
        rows.append(
            {
                "start": quarters(span.start),
                "end": quarters(span.end),
                "root": chord.root,
                "quality": chord.quality,
                "bass": chord.bass_pitch_class,
                "key": [span.key.pitch_class, "minor" if span.key.is_minor else "major"],
            }
        )
    return {"rn": rows}


def predict_cadences(piece: Piece) -> Answer:
    """Where phrases close, and how."""
    cadences = find_cadences(piece.events, piece.meters, measures=piece.measures)
    return {"cadences": [[quarters(cadence.tick), cadence.kind] for cadence in cadences]}


TASKS: dict[str, Callable[[Piece], Answer]] = {
    "key_full": predict_key,
    "key_excerpt": predict_passage_key,
    "key_simple": predict_simple_key,  # scored as either
    "chord": predict_chords,
    "chord_free": predict_free_chords,  # scored as `chord`
    "rn": predict_numerals,
    "cadence": predict_cadences,
}


def predict(task: str, path: Path) -> None:
    """Print predictions."""
    for item in items(path):
        answer = TASKS[task](Piece.from_item(item))
        print(json.dumps({"id": item["id"], **answer}))


@dataclass(frozen=True)
class Runner:
    """A library at work on things that are given to it, prepared where the clock stands still."""

    name: str
    prepare: Callable[[], list[Any]]
    work: Callable[[list[Any]], object]
    count: int  # of the pieces or segments among them


def each(work: Callable[[Any], object]) -> Callable[[list[Any]], object]:
    """Do the work on one thing after another."""
    return lambda things: [work(thing) for thing in things]


def race(runners: list[Runner]) -> list[float]:
    """Print and return how many pieces or segments each one does in a CPU-second.

    They take turns, so that a machine whose speed wavers is as kind to all of them; of each one's
    rounds the fastest counts, after one that compiles, imports and fills caches.
    """
    seconds = [float("inf")] * len(runners)
    for runner in runners:
        runner.work(runner.prepare()[:1])
    for _ in range(ROUNDS):
        for number, runner in enumerate(runners):
            given = runner.prepare()
            start = process_time()
            runner.work(given)
            seconds[number] = min(seconds[number], process_time() - start)
    rates = [runner.count / best for runner, best in zip(runners, seconds, strict=True)]
    for runner, rate in zip(runners, rates, strict=True):
        print(f"  {runner.name:<34}{rate:12.1f}")
    return rates


def as_stream(piece: Piece) -> Any:
    """Write the notes as a music21 stream."""
    from music21 import note, stream

    written = stream.Stream()
    for onset, end, pitch in zip(
        piece.events.onset, piece.events.end, piece.events.pitch, strict=True
    ):
        sound = note.Note(int(pitch), quarterLength=float(end - onset) / PPQ)
        written.insert(float(onset) / PPQ, sound)
    return written


def as_note_array(piece: Piece) -> Any:
    """Write the notes as partitura's structured array."""
    fields = [("onset_beat", "f4"), ("duration_beat", "f4"), ("pitch", "i4")]
    array = np.zeros(len(piece.events), dtype=fields)
    array["onset_beat"] = piece.events.onset / PPQ
    array["duration_beat"] = (piece.events.end - piece.events.onset) / PPQ
    array["pitch"] = piece.events.pitch
    return array


def distribute(pieces: list[Piece]) -> object:
    """Find the keys of many pieces at once."""
    from tapeloom.theory.keys import key_distributions

    return key_distributions([(piece.events, piece.meters) for piece in pieces], passage=False)


def find_all_keys(given: list[dict[str, Any]]) -> object:
    """Read many pieces and find their keys at once."""
    return distribute([Piece.from_item(item) for item in given])


def sounding(piece: Piece) -> list[list[int]]:
    """List what sounds between the edges, as MIDI pitches."""
    pairs = zip(piece.edges, piece.edges[1:], strict=False)
    return [sorted(set(piece.events.between(a, b).pitch.tolist())) for a, b in pairs]


def time_peers(keys: Path, chords: Path, peers: int) -> None:
    """Print what each library does in a CPU-second, and the ratios."""
    from music21 import chord as music21_chord
    from partitura.musicanalysis import estimate_key

    whole, cut = list(items(keys)), [item for item in items(chords) if item["segments"]]
    pieces, passages = (
        [Piece.from_item(item) for item in whole],
        [Piece.from_item(item) for item in cut],
    )
    few = pieces[:: max(1, len(pieces) // peers)]
    segments = [pitches for piece in passages for pitches in sounding(piece) if pitches]
    some = segments[:: max(1, len(segments) // (40 * peers))]
    count = sum(len(piece.edges) - 1 for piece in passages)

    def name(pitches: list[int]) -> object:
        heard = music21_chord.Chord(pitches)
        return heard.root(), heard.quality, heard.commonName

    # The collector's walks over what was read are nobody's work.
    gc.collect()
    gc.freeze()
    print("key of a piece, pieces a second")
    one, together, ours, ours_together, _, theirs, streams = race([
        Runner("tapeloom, from lists", lambda: whole,
               each(lambda item: predict_key(Piece.from_item(item))), len(whole)),
        Runner("tapeloom, from lists, in one call", lambda: whole, find_all_keys, len(whole)),
        Runner("tapeloom, from arrays", lambda: pieces, each(predict_key), len(pieces)),
        Runner("tapeloom, from arrays, in one call", lambda: pieces, distribute, len(pieces)),
        Runner("partitura, from arrays", lambda: [as_note_array(piece) for piece in pieces],
               each(estimate_key), len(pieces)),
        Runner("music21, from lists", lambda: few,
               each(lambda piece: as_stream(piece).analyze("key")), len(few)),
        # Streams remember what they were asked, so there are new ones for each round.
        Runner("music21, from streams", lambda: [as_stream(piece) for piece in few],
               each(lambda stream: stream.analyze("key")), len(few)),
    ])  # fmt: skip
    print(f"  tapeloom / music21, lists: {one / theirs:.0f}, in one call {together / theirs:.0f}")
    print(f"  arrays, streams: {ours / streams:.0f}, in one call {ours_together / streams:.0f}")
    print("chords, segments a second")
    one, _, theirs = race([
        Runner("tapeloom, from lists", lambda: cut,
               each(lambda item: predict_chords(Piece.from_item(item))), count),
        Runner("tapeloom, from arrays", lambda: passages, each(predict_chords), count),
        Runner("music21, from pitches", lambda: some, each(name), len(some)),
    ])  # fmt: skip
    print(f"  tapeloom / music21: {one / theirs:.0f}")
    longest = max(pieces, key=lambda piece: len(piece.events))
    for count in (FULL_PIECE, len(longest.events)):
        whole = longest.events
        events = Events(*(getattr(whole, name)[:count] for name in Events.__slots__))
        seconds = []
        for _ in range(ROUNDS_ANALYSED):
            start = process_time()
            analyse_events(events, longest.meters)
            seconds.append(process_time() - start)
        print(f"{len(events)} notes fully analysed in {1000 * min(seconds):.0f} ms")


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    predicting = verbs.add_parser("predict", help="print predictions for a file of pieces")
    predicting.add_argument("task", choices=TASKS)
    predicting.add_argument("inputs", type=Path)
    timing = verbs.add_parser("time", help="measure beside music21 and partitura")
    timing.add_argument("keys", type=Path, help="a file of the task key_full")
    timing.add_argument("chords", type=Path, help="a file of the task chord")
    timing.add_argument("--peers", type=int, default=12, help="pieces that music21 is given")
    options = parser.parse_args()
    if options.verb == "predict":
        predict(options.task, options.inputs)
    else:
        time_peers(options.keys, options.chords, options.peers)


if __name__ == "__main__":
    sys.exit(main())
