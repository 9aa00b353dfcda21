"""Chords for songs that come without: heard by `theory.recognition`, and checked against labels.

    python -m tapeloom.train.chord_extraction FOLDER [--all]

FOLDER holds pop909 and pop909cl, unpacked. Their labels are compared with what is heard, on
validation songs, since the recognition was taught on the others.
"""

import argparse
import itertools
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.core.score import ChordSpan, Score
from tapeloom.theory.events import Events
from tapeloom.theory.recognition import MAX_QUARTERS, recognise

FEWEST_TOGETHER = 0.1  # share of the notes that begin together with another: else it is one line
STEP = 2520  # ticks between the places at which labels are compared: a sixteenth


@dataclass(frozen=True, slots=True)
class Agreement:
    """Share of the time, 0..1, in which what is heard is what is labelled."""

    root: float
    third: float  # root, and whether it is major, minor or neither
    chord: float  # root and all pitch classes
    change: float  # share of the labelled changes that are heard on their beat


def hear_chords(score: Score) -> tuple[ChordSpan, ...]:
    """Return the chords that a score's pitched notes make; none where a single line is all.

    >>> from tapeloom.core.score import Note, Part
    >>> notes = tuple(Note(0, 40320, pitch) for pitch in (48, 64, 67))
    >>> [str(span.chord) for span in hear_chords(Score((Part("a", "keys", notes=notes),)))]
    ['C']
    """
    events = Events.from_score(score)
    if not len(events) or not _sounds_together(events):
        return ()
    if events.last > MAX_QUARTERS * 10080:
        return ()
    spans: list[ChordSpan] = []
    for heard in recognise(events, score.meters):
        chord = heard.chord
        plain = Chord(chord.root, chord.quality, None if chord.bass == chord.root else chord.bass)
        if spans and spans[-1].chord == plain and spans[-1].end == heard.start:
            spans[-1] = replace(spans[-1], end=heard.end)
        else:
            spans.append(ChordSpan(heard.start, heard.end, plain))
    return tuple(spans)


def with_chords(score: Score) -> Score:
    """Return a score with chords: its own where it has some, else those that are heard."""
    return score if score.chords else replace(score, chords=hear_chords(score))


def _sounds_together(events: Events) -> bool:
    """Tell whether notes begin while others sound: chords, or a line over a bass."""
    latest = np.maximum.accumulate(events.end)
    under = events.onset[1:] < latest[:-1]
    return len(events) > 1 and float(under.mean()) >= FEWEST_TOGETHER


def agreement(heard: Sequence[ChordSpan], labelled: Sequence[ChordSpan]) -> Agreement:
    """Compare chords sixteenth by sixteenth, over the time that has a label."""
    if not labelled:
        raise InputError("there are no labels to compare with")
    places = np.arange(labelled[0].start, labelled[-1].end, STEP)
    truth, found = _at(labelled, places), _at(heard, places)
    pairs = [(a, b) for a, b in zip(truth, found, strict=True) if a is not None]
    starts = {span.start for span in heard}
    changes = [b.start for a, b in itertools.pairwise(labelled) if a.chord != b.chord]
    return Agreement(
        float(np.mean([b is not None and a.root == b.root for a, b in pairs])),
        float(np.mean([b is not None and _third(a) == _third(b) for a, b in pairs])),
        float(np.mean([b is not None and _whole(a) == _whole(b) for a, b in pairs])),
        float(np.mean([tick in starts for tick in changes])) if changes else float("nan"),
    )


def _at(spans: Sequence[ChordSpan], places: NDArray[np.int64]) -> list[Chord | None]:
    starts = np.array([span.start for span in spans], np.int64)
    at = np.searchsorted(starts, places, side="right") - 1
    return [
        spans[i].chord if i >= 0 and spans[i].end > tick else None
        for i, tick in zip(at.tolist(), places.tolist(), strict=True)
    ]


def _third(chord: Chord) -> tuple[int, bool, bool]:
    steps = {(pitch - chord.root) % 12 for pitch in chord.pitch_classes}
    return chord.root, 4 in steps, 3 in steps and 4 not in steps


def _whole(chord: Chord) -> tuple[int, frozenset[int]]:
    return chord.root, frozenset((chord.root + step) % 12 for step in chord.intervals)


def compare(scores: Iterable[Score]) -> tuple[int, Agreement]:
    """Hear the chords of labelled scores; return how many there were, and the mean agreement."""
    found = [
        agreement(hear_chords(replace(score, chords=())), score.chords)
        for score in scores if score.chords
    ]  # fmt: skip
    if not found:
        raise InputError("there is no song with labels to compare with")
    rows = np.array([[a.root, a.third, a.chord, a.change] for a in found])
    return len(found), Agreement(*np.nanmean(rows, axis=0).tolist())


def main(words: Sequence[str] | None = None) -> None:
    """Compare what is heard with POP909's labels."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="holds pop909 and pop909cl, unpacked")
    parser.add_argument("--all", action="store_true", help="training songs too")
    options = parser.parse_args(words)
    from tapeloom.train.corpus.song import read_songs

    try:
        songs = read_songs(options.folder, sources=("pop909",))
        count, told = compare(s.score for s in songs if s.validation or options.all)
    except InputError as error:
        parser.error(str(error))
    sys.stdout.write(
        f"{count} songs: root {told.root:.3f}, with its third {told.third:.3f}, whole chord "
        f"{told.chord:.3f} of the time; {told.change:.3f} of the changes on their beat\n"
    )


if __name__ == "__main__":
    main()
