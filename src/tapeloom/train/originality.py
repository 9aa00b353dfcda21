"""Make the originality index: hashes of all songs, and what human songs share with one another.

    python -m tapeloom.train.originality FOLDER [--out FILE] [--figures FILE]

FOLDER holds the unpacked data sets (train.corpus.song). All their songs are known to the index,
those for validation too. Songs are hashed one at a time, so that a corpus of any size needs little
more than its hashes.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.score import Score
from tapeloom.neural.fingerprints import (
    KINDS,
    Bools,
    Hashes,
    Ints,
    Line,
    lines_of,
    windows_of,
)
from tapeloom.neural.originality import (
    MODEL,
    WINDOW_BARS,
    Limits,
    LineFigures,
    OriginalityIndex,
    is_in,
    measure,
    passages_of,
)
from tapeloom.train.cleaning import CleaningReport, clean
from tapeloom.train.corpus import song as corpus
from tapeloom.train.quotations import ORNAMENTS, detection, false_alarms

Owned = NDArray[np.uint64]  # a passage's hash in the upper 32 bits, its song in the lower

PERCENTILE = 99.0  # of what human songs share; beyond it a candidate is refused
COMMON = 6  # groups of songs: a passage that so many have is a commonplace, nobody's property
FEWEST_LINES = 20  # of a kind, to tell its limits; with fewer the mildest of the others hold
SAME = 0.3  # share of a song's melody that another one must have to be the same song
ALL_OVER = 12  # songs: a passage that more of them have makes no two of them the same
FEWEST_PASSAGES = 12  # in common
PITCHED = ("pop909", "wjazzd", "openewld")  # data sets with notes that have a pitch
SHARES = (50.0, 90.0, 99.0)  # percent, of the figures that are told
QUOTED_BARS = (4, 8)  # of the quotations by which the index is tried


@dataclass(frozen=True, slots=True, eq=False)
class Song:
    """What is kept of a song while the index is made."""

    key: str
    lines: tuple[Line, ...]
    windows: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """What each human song shares with the others, and the limits that follow."""

    figures: tuple[tuple[str, LineFigures], ...]  # (song key, a line)
    groups: Mapping[str, int]  # song key -> number of the group of songs that are the same
    limits: Limits

    def percentiles(self, kind: str, shares: Sequence[float]) -> dict[str, list[float]]:
        """Return percentiles of the longest run and of the copied share of a kind of line."""
        lines = [line for _, line in self.figures if line.kind == kind]
        if not lines:
            return {}
        return {
            "longest_run": np.percentile([x.longest_run for x in lines], shares).tolist(),
            "copied_share": np.percentile([x.copied_share for x in lines], shares).tolist(),
        }


def read_songs(songs: Iterable[tuple[str, Score]]) -> list[Song]:
    """Keep the lines of songs; other versions of a song bear the same key."""
    return [
        Song(key, lines_of(score), tuple(windows_of(score, bars=WINDOW_BARS)))
        for key, score in songs
    ]


def build(songs: Sequence[Song]) -> tuple[OriginalityIndex, Baseline]:
    """Make the index of some songs, with limits from what they share with one another."""
    if not songs:
        raise InputError("there are no songs of which an index could be made")
    names = {key: i for i, key in enumerate(dict.fromkeys(song.key for song in songs))}
    tables: list[list[Owned]] = [[], [], []]
    for song in songs:
        for line in song.lines:
            notes, frames = (_own(hashes, names[song.key]) for hashes in passages_of(line))
            tables[0].append(notes)
            tables[1].append(frames)
            if line.kind == "melody":
                tables[2].append(notes)
    notes, frames, tunes = (_join(table) for table in tables)
    groups = _groups(tunes if len(tunes) else notes, len(names))
    notes, frames = _without_commonplaces(notes, groups), _without_commonplaces(frames, groups)
    baseline = _baseline(songs, names, groups, notes, frames)
    index = OriginalityIndex(_hashes(notes), _hashes(frames), baseline.limits, len(names))
    return index, baseline


def _own(hashes: Hashes, song: int) -> Owned:
    return (hashes.astype(np.uint64) << np.uint64(32)) + np.uint64(song)


def _join(tables: Sequence[Owned]) -> Owned:
    return np.unique(np.concatenate([np.zeros(0, np.uint64), *tables]))


def _without_commonplaces(owned: Owned, groups: Ints) -> Owned:
    hashes, owners = _split(owned)
    by_group = np.unique(_own(hashes, 0) + groups[owners].astype(np.uint64))
    table, seen = np.unique((by_group >> np.uint64(32)).astype(np.uint32), return_counts=True)
    return owned[~is_in(table[seen >= COMMON], hashes)]


def _hashes(owned: Owned) -> Hashes:
    return np.unique((owned >> np.uint64(32)).astype(np.uint32))


def _split(owned: Owned) -> tuple[Hashes, Ints]:
    return (owned >> np.uint64(32)).astype(np.uint32), (owned & np.uint64(0xFFFFFFFF)).astype(
        np.int64
    )


def _groups(notes: Owned, count: int) -> Ints:
    """Number the groups of songs that are one song under two keys: they share most passages."""
    hashes, owners = _split(notes)
    size = np.bincount(owners, minlength=count)
    first = np.flatnonzero(np.diff(hashes.astype(np.int64), prepend=-1))
    lengths = np.diff(np.append(first, len(hashes)))
    pairs = []
    for length in range(2, ALL_OVER + 1):
        rows = owners[first[lengths == length][:, None] + np.arange(length)]
        for i in range(length):
            pairs += [rows[:, i] * count + rows[:, j] for j in range(i + 1, length)]
    group = np.arange(count)
    if not pairs:
        return group
    codes, shared = np.unique(np.concatenate(pairs), return_counts=True)
    for code, common in zip(codes.tolist(), shared.tolist(), strict=True):
        a, b = divmod(code, count)
        if common >= max(FEWEST_PASSAGES, SAME * min(size[a], size[b])):
            group[group == group[b]] = group[a]
    return group


def _sole_owner(owned: Owned, groups: NDArray[np.int64]) -> tuple[Hashes, Ints]:
    """Return all hashes, and the one group that has each; -1 where several do."""
    hashes, owners = _split(owned)
    first = np.flatnonzero(np.diff(hashes.astype(np.int64), prepend=-1))
    low = np.minimum.reduceat(groups[owners], first)
    high = np.maximum.reduceat(groups[owners], first)
    return hashes[first], np.where(low == high, low, -1)


def _known_elsewhere(table: Hashes, sole: Ints, group: int, hashes: Hashes) -> Bools:
    """Tell which hashes a song of another group has."""
    at = np.minimum(np.searchsorted(table, hashes), len(table) - 1)
    return np.asarray((table[at] == hashes) & (sole[at] != group))


def _baseline(
    songs: Sequence[Song],
    names: Mapping[str, int],
    groups: Ints,
    notes: Owned,
    frames: Owned,
) -> Baseline:
    """Measure each song against all songs of other groups."""
    tables = _sole_owner(notes, groups), _sole_owner(frames, groups)
    figures = []
    for song in songs:
        group = int(groups[names[song.key]])
        knows = [partial(_known_elsewhere, table, sole, group) for table, sole in tables]
        figures += [(song.key, measure(line, song.windows, *knows)) for line in song.lines]
    told = {key: int(groups[i]) for key, i in names.items()}
    return Baseline(tuple(figures), told, _limits([line for _, line in figures]))


def _limits(lines: Sequence[LineFigures]) -> Limits:
    limits: dict[str, tuple[float, float]] = {}
    for kind in KINDS:
        runs = [line.longest_run for line in lines if line.kind == kind]
        shares = [line.copied_share for line in lines if line.kind == kind]
        if len(runs) >= FEWEST_LINES:
            limits[kind] = (
                float(np.percentile(runs, PERCENTILE)), float(np.percentile(shares, PERCENTILE))
            )  # fmt: skip
    if not limits:
        raise InputError(f"no kind of line occurs {FEWEST_LINES} times; give more songs")
    mildest = max(run for run, _ in limits.values()), max(share for _, share in limits.values())
    rows = [limits.get(kind, mildest) for kind in KINDS]
    return Limits(tuple(run for run, _ in rows), tuple(share for _, share in rows))


def known_songs(folder: Path, report: corpus.Report) -> Iterator[tuple[str, Score]]:
    """Yield key and score of every song below a folder that has pitched notes, cleaned."""
    there = tuple(name for name in PITCHED if (folder / name).is_dir())
    if not there:
        raise InputError(f"{folder} holds none of the data sets {', '.join(PITCHED)}")
    songs = corpus.read_songs(folder, sources=there, report=report)
    for song in clean(songs, CleaningReport()):
        yield song.key, song.score


def figures_of(
    index: OriginalityIndex, baseline: Baseline, songs: Sequence[Song], rng: np.random.Generator
) -> dict[str, Any]:
    """Tell what an index knows, what it allows, and how well it sees quotations."""
    tunes = [line for song in songs for line in song.lines if line.kind == "melody"]
    seen, refused = false_alarms(index, rng)
    found: dict[str, Any] = {
        "songs": index.songs,
        "passages of notes": len(index.notes),
        "passages of frames": len(index.frames),
        "limits": {
            kind: {"longest_run": run, "copied_share": round(share, 4)}
            for kind, run, share in zip(
                KINDS, index.limits.longest_run, index.limits.copied_share, strict=True
            )
        },
        f"percentiles {SHARES}": {kind: baseline.percentiles(kind, SHARES) for kind in KINDS},
        "random tunes": {"seen": seen, "refused": refused},
    }
    for bars in QUOTED_BARS if tunes else ():
        for ornament in ORNAMENTS:
            told = detection(index, tunes, rng, ornament=ornament, bars=bars)
            name = f"quotations of {bars} bars, ornament {ornament}"
            found[name] = {"seen": told.seen, "refused": told.refused}
    return found


def main(words: Sequence[str] | None = None) -> None:
    """Make the index, write it and measure it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the unpacked data sets")
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--figures", type=Path, help="write the measured figures as JSON")
    options = parser.parse_args(words)
    try:
        songs = read_songs(known_songs(options.folder, lambda text: None))
        index, baseline = build(songs)
        index.save(options.out)
        figures = figures_of(index, baseline, songs, np.random.default_rng(0))
    except InputError as error:
        parser.error(str(error))
    figures["kilobytes"] = round(options.out.stat().st_size / 1000)
    text = json.dumps(figures, indent=1)
    if options.figures:
        options.figures.write_text(text + "\n", "utf-8")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
