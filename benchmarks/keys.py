"""Key finding on songs that its nets were not taught: `python benchmarks/keys.py --help`.

The songs of POP909-CL, without those that the theory benchmark uses, are dealt into parts. For
each part the nets are taught anew, by `tapeloom.train.keys`, on all other songs (and on the lead
sheets and exercises), and hear the songs of the part: whole ones of one key, and passages of eight
bars that begin in every second bar. Beside each figure stands an interval of 95 %, by drawing
songs.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.time import PPQ
from tapeloom.theory.events import Events
from tapeloom.theory.key_evidence import key_evidence
from tapeloom.theory.key_model import KeyModel
from tapeloom.theory.keys import key_distribution, weigh
from tapeloom.theory.profiles import correlate
from tapeloom.train.corpus.pop909 import read_pop909
from tapeloom.train.key_examples import key_spans, passages
from tapeloom.train.keys import add_options, gather, read_excluded, report, teach

DRAWS = 2000


@dataclass(frozen=True)
class Question:
    """Music whose key is stated."""

    events: Events
    key: int
    song: str
    is_passage: bool


def questions(folder: Path, excluded: frozenset[str]) -> Iterator[Question]:
    """Whole songs of one key, and passages of all."""
    for sheet in read_pop909(folder, excluded=excluded):
        events = Events.from_score(sheet.score)
        spans = key_spans(sheet.score, events)
        if len({key for _, _, key in spans}) == 1:
            yield Question(events, spans[0][2], sheet.title, False)
        for passage, key in passages(events, spans, step=8 * PPQ):
            yield Question(passage, key, sheet.title, True)


def listen(asked: Question, model: KeyModel) -> dict[str, NDArray[np.float64]]:
    """How probable each key is, or how well it fits, by several ways to listen."""
    vectors, keywise = key_evidence(asked.events)
    heard = {
        "simple profile": correlate(vectors[0], profile="simple"),
        "as shipped": key_distribution(asked.events, passage=asked.is_passage, model=model),
    }
    if not asked.is_passage:
        heard["the piece alone"] = weigh(vectors, keywise, model=model)
    return heard


def show(name: str, heard: NDArray[np.float64], asked: list[Question]) -> None:
    """Print the share that is right, its interval and the log-loss."""
    keys = np.array([each.key for each in asked])
    right = heard.argmax(axis=1) == keys
    _, song = np.unique([each.song for each in asked], return_inverse=True)
    hits, total = np.bincount(song, right), np.bincount(song)
    drawn = np.random.default_rng(0).integers(len(total), size=(DRAWS, len(total)))
    low, high = np.percentile(hits[drawn].sum(1) / total[drawn].sum(1), (2.5, 97.5))
    told = heard[np.arange(len(keys)), keys]
    loss = "" if name == "simple profile" else f", log-loss {-np.log(told).mean():.3f}"
    print(f"  {name:<18}{100 * right.mean():.1f} ({100 * low:.1f} to {100 * high:.1f}){loss}")


def main() -> None:
    """Read the options, teach, listen and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    parser.add_argument("--parts", type=int, default=5, help="how often the nets are taught")
    options = parser.parse_args()
    if options.parts < 2:
        parser.error(f"--parts {options.parts} leaves no songs to teach: give 2 or more")
    excluded = read_excluded(options.excluded)
    asked = list(questions(options.pop, excluded))
    songs = sorted({each.song for each in asked})
    part = {song: number % options.parts for number, song in enumerate(songs)}
    examples = gather(
        options.pop, options.sheets, options.jazz, excluded, count=options.exercises, seed=1
    )
    heard: dict[int, dict[str, NDArray[np.float64]]] = {}
    for held in range(options.parts):
        report(f"part {held + 1} of {options.parts}")
        dealt = {
            span: [replace(each, is_validation=part.get(each.song) == held) for each in those]
            for span, those in examples.items()
        }
        model = teach(dealt, hidden=options.hidden, nets=options.nets, fits=options.fits)
        for number, each in enumerate(asked):
            if part[each.song] == held:
                heard[number] = listen(each, model)
    for title, is_passage in (("whole songs of one key", False), ("passages of eight bars", True)):
        chosen = [number for number, each in enumerate(asked) if each.is_passage == is_passage]
        those = [asked[number] for number in chosen]
        print(f"{title}: {len(those)} of {len({each.song for each in those})} songs")
        for name in heard[chosen[0]]:
            show(name, np.stack([heard[number][name] for number in chosen]), those)


if __name__ == "__main__":
    sys.exit(main())
