"""Make the originality index: hashes of all songs, and what human songs share with one another.

Songs are hashed one at a time, so that a corpus of any size needs little more than its hashes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.score import Score
from tapeloom.neural.fingerprints import (
    KINDS,
    Bools,
    Hashes,
    Line,
    lines_of,
    windows_of,
)
from tapeloom.neural.originality import (
    WINDOW_BARS,
    Limits,
    LineFigures,
    OriginalityIndex,
    measure,
    passages_of,
)

Ints = NDArray[np.int64]

PERCENTILE = 99.0  # of what human songs share; beyond it a candidate is refused
SAME = 0.3  # share of a song's passages that another one must have to be the same song
ALL_OVER = 12  # songs: a passage that more of them have makes no two of them the same
FEWEST_PASSAGES = 12  # in common


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
    owned: list[list[NDArray[np.uint64]]] = [[], []]
    for song in songs:
        for line in song.lines:
            for table, hashes in zip(owned, passages_of(line), strict=True):
                table.append((hashes.astype(np.uint64) << np.uint64(32)) + np.uint64(names[song.key]))
    notes, frames = (np.unique(np.concatenate(table)) for table in owned)
    groups = _groups(notes, len(names))
    baseline = _baseline(songs, names, groups, notes, frames)
    index = OriginalityIndex(_hashes(notes), _hashes(frames), baseline.limits, len(names))
    return index, baseline


def _hashes(owned: NDArray[np.uint64]) -> Hashes:
    return np.unique((owned >> np.uint64(32)).astype(np.uint32))


def _split(owned: NDArray[np.uint64]) -> tuple[Hashes, Ints]:
    return (owned >> np.uint64(32)).astype(np.uint32), (owned & np.uint64(0xFFFFFFFF)).astype(
        np.int64
    )


def _groups(notes: NDArray[np.uint64], count: int) -> Ints:
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


def _sole_owner(owned: NDArray[np.uint64], groups: NDArray[np.int64]) -> tuple[Hashes, Ints]:
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
    notes: NDArray[np.uint64],
    frames: NDArray[np.uint64],
) -> Baseline:
    """Measure each song against all songs of other groups."""
    tables = _sole_owner(notes, groups), _sole_owner(frames, groups)
    figures = []
    for song in songs:
        group = int(groups[names[song.key]])
        knows = [partial(_known_elsewhere, table, sole, group) for table, sole in tables]
        figures += [(song.key, measure(line, song.windows, *knows)) for line in song.lines]
    runs, shares = [], []
    for kind in KINDS:
        lines = [line for _, line in figures if line.kind == kind]
        runs.append(float(np.percentile([x.longest_run for x in lines] or [0], PERCENTILE)))
        shares.append(float(np.percentile([x.copied_share for x in lines] or [0], PERCENTILE)))
    told = {key: int(groups[i]) for key, i in names.items()}
    return Baseline(tuple(figures), told, Limits(tuple(runs), tuple(shares)))
