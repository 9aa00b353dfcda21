"""Music whose style is known, as examples for the classifier."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.score import Score
from tapeloom.train.augment import composed
from tapeloom.train.cleaning import CleaningReport, clean
from tapeloom.train.corpus.lead_sheet import is_validation
from tapeloom.train.corpus.song import Song, read_songs
from tapeloom.train.style_classifier import Examples, Floats, drum_features, pitched_features

FEWEST_STROKES = 16  # of a performance whose style can be told
PITCHED = {"pop909": "pop", "wjazzd": "jazz"}
Sides = tuple[Examples, Examples]  # taught, kept apart


def drum_examples(folder: Path) -> Sides:
    """Return Groove's performances on both sides of the split, each with its style."""
    songs = clean(read_songs(folder, sources=("groove",)), CleaningReport())
    return _sides(
        (drum_features(song.score), song.style, song.validation)
        for song in songs if sum(len(p.notes) for p in song.score.parts) >= FEWEST_STROKES
    )  # fmt: skip


def pitched_examples(folder: Path, *, composed: int) -> Sides:
    """Return pop, jazz and lo-fi on both sides of the split.

    All are reduced to a melody, chords and a bass: what each of them has, so that nothing else
    gives them away.
    """
    there = tuple(name for name in PITCHED if (folder / name).is_dir())
    if len(there) < len(PITCHED):
        raise InputError(f"{folder} must hold {' and '.join(PITCHED)}, unpacked")
    songs = [*clean(read_songs(folder, sources=there), CleaningReport()), *_own(composed)]
    rows = ((_reduced(song.score), song) for song in songs)
    return _sides(
        (pitched_features(score), PITCHED.get(song.source, "lofi"), song.validation)
        for score, song in rows if score.parts
    )  # fmt: skip


def _own(count: int) -> Iterator[Song]:
    for number in range(count):
        key = f"composed {number}"
        score = composed(np.random.default_rng([1, number]), bars=24)
        yield Song("lofi", key, score, "lofi", is_validation(key))


def _reduced(score: Score) -> Score:
    kept = tuple(part for part in score.parts if part.role in ("melody", "bass"))
    return replace(score, parts=kept)


def _sides(rows: Iterator[tuple[Floats, str, bool]]) -> Sides:
    found = list(rows)
    taught, kept = (
        Examples.of((x, style) for x, style, is_kept in found if is_kept is side)
        for side in (False, True)
    )
    return taught, kept
