"""How much of a piece is a quotation of songs that a model learned from, or of a user's own songs.

The songs are known by hashes of their passages alone (`neural.fingerprints`): nothing of them can
be read back. What counts as too much is told by the songs themselves: the 99th percentile of what
they share with one another (`train.originality`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing
from tapeloom.core.score import Score
from tapeloom.neural.fingerprints import (
    FRAME_BEATS,
    GRAM_NOTES,
    KINDS,
    UNITS,
    Bools,
    Hashes,
    Line,
    frame_passages,
    lines_of,
    note_passages,
    windows_of,
)

Knows = Callable[[Hashes], Bools]

FORMAT = 1
WINDOW_BARS = 4
COVERED = 0.75  # share of a window's notes within known passages that makes it a match
FRAMED = 0.5  # share of its frames
FEWEST_NOTES = 6  # of a window that is judged at all
MODEL = Path(__file__).parents[1] / "models" / "originality.npz"
MAX_BYTES = 64_000_000
MAX_HASHES = 50_000_000


@dataclass(frozen=True, slots=True)
class LineFigures:
    """What one line shares with the known songs."""

    name: str  # of the part
    kind: str  # one of fingerprints.KINDS
    notes: int  # ornaments left out
    longest_run: int  # notes in a row that a known song has too, 0 or GRAM_NOTES and more
    windows: int  # stretches of four bars with notes enough
    copied: int  # those of them that match

    @property
    def copied_share(self) -> float:
        """Share of the four-bar stretches that match a known song, 0..1."""
        return self.copied / self.windows if self.windows else 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a line may share and still be called original, for each of KINDS."""

    longest_run: tuple[float, ...]  # notes
    copied_share: tuple[float, ...]  # 0..1

    def allows(self, line: LineFigures) -> bool:
        """Tell whether a line keeps to the limits of its kind."""
        kind = KINDS.index(line.kind)
        return (
            line.longest_run <= self.longest_run[kind]
            and line.copied_share <= self.copied_share[kind]
        )


@dataclass(frozen=True, slots=True)
class Originality:
    """What a piece shares with the known songs, line by line."""

    lines: tuple[LineFigures, ...]
    limits: Limits

    @property
    def longest_run(self) -> int:
        """Notes of the longest run that any line shares."""
        return max((line.longest_run for line in self.lines), default=0)

    @property
    def copied_share(self) -> float:
        """Share of all lines' four-bar stretches that match."""
        windows = sum(line.windows for line in self.lines)
        return sum(line.copied for line in self.lines) / windows if windows else 0.0

    @property
    def is_original(self) -> bool:
        """Whether every line keeps within what human songs share with one another."""
        return all(self.limits.allows(line) for line in self.lines)

    def to_json(self) -> dict[str, Any]:
        """Return the figures for a record's provenance."""
        return {
            "is_original": self.is_original,
            "longest_run": self.longest_run,
            "copied_share": round(self.copied_share, 4),
            "lines": {
                line.name: {
                    "longest_run": line.longest_run,
                    "copied_share": round(line.copied_share, 4),
                    "limit_longest_run": self.limits.longest_run[KINDS.index(line.kind)],
                    "limit_copied_share": round(
                        self.limits.copied_share[KINDS.index(line.kind)], 4
                    ),
                }
                for line in self.lines
            },
        }


STRICT = Limits((GRAM_NOTES - 1.0,) * len(KINDS), (0.0,) * len(KINDS))


@dataclass(frozen=True, slots=True, eq=False)
class OriginalityIndex:
    """Hashed passages of the known songs, and what may be shared with them.

    >>> from tapeloom.core.score import Note, Part
    >>> tune = tuple(Note(i * 5040, 5040, 60 + i * i % 7) for i in range(32))
    >>> score = Score((Part("tune", "melody", notes=tune),))
    >>> OriginalityIndex.of([score]).check(score).longest_run
    32
    """

    notes: Hashes  # sorted
    frames: Hashes  # sorted
    limits: Limits = STRICT
    songs: int = 0

    @classmethod
    def of(cls, scores: Iterable[Score], *, limits: Limits = STRICT) -> "OriginalityIndex":
        """Make an index of some songs; the strict limits allow no known passage at all."""
        notes, frames, songs = [], [], 0
        for score in scores:
            songs += 1
            for line in lines_of(score):
                found = passages_of(line)
                notes.append(found[0])
                frames.append(found[1])
        return cls(_union(notes), _union(frames), limits, songs)

    def merged(self, other: "OriginalityIndex") -> "OriginalityIndex":
        """Return an index that knows the songs of another one too; the limits stay."""
        return replace(
            self,
            notes=_union([self.notes, other.notes]),
            frames=_union([self.frames, other.frames]),
            songs=self.songs + other.songs,
        )

    def check(self, score: Score) -> Originality:
        """Measure what a piece shares with the known songs."""
        windows = windows_of(score, bars=WINDOW_BARS)
        lines = tuple(
            measure(line, windows, partial(is_in, self.notes), partial(is_in, self.frames))
            for line in lines_of(score)
        )
        return Originality(lines, self.limits)

    def save(self, path: Path) -> None:
        """Write the index as compressed numbers."""
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(
                file,
                format=np.array([FORMAT, GRAM_NOTES, FRAME_BEATS, self.songs], np.int64),
                longest_run=np.array(self.limits.longest_run),
                copied_share=np.array(self.limits.copied_share),
                notes=_packed(self.notes),
                frames=_packed(self.frames),
            )

    @classmethod
    def load(cls, path: Path = MODEL) -> "OriginalityIndex":
        """Read an index; the one that comes with the package is kept for the next call."""
        return _load(path)


def passages_of(line: Line) -> tuple[Hashes, Hashes]:
    """Return the hashes by which a line is known: of its notes, and of its frames."""
    notes, frames = note_passages(line), frame_passages(line)
    return np.unique(notes.hashes[notes.telling]), np.unique(frames.hashes[frames.telling])


def measure(
    line: Line, windows: Sequence[tuple[int, int]], knows_notes: Knows, knows_frames: Knows
) -> LineFigures:
    """Measure what a line shares with known passages.

    windows  ticks of the stretches that are judged
    """
    found = note_passages(line)
    hit = found.telling & knows_notes(found.hashes)
    inside = _covered(hit, len(line.onset))
    judgeable = _covered(found.telling, len(line.onset))
    judged = copied = 0
    framed = [frame_passages(line, unit=unit) for unit in UNITS]
    known = [each.telling & knows_frames(each.hashes) for each in framed]
    for start, end in windows:
        here = slice(*np.searchsorted(line.onset, (start, end)))
        notes = int(judgeable[here].sum())
        if notes < FEWEST_NOTES:
            continue
        judged += 1
        by_notes = int(inside[here].sum()) >= COVERED * notes
        copied += bool(by_notes or any(
            _is_framed(each.start, each.end, each.telling, seen, start, end)
            for each, seen in zip(framed, known, strict=True)
        ))  # fmt: skip
    return LineFigures(
        line.name, line.kind, len(line.onset), _longest(hit, found.telling, inside), judged, copied
    )


def _is_framed(
    starts: NDArray[np.int64], ends: NDArray[np.int64], telling: Bools, seen: Bools,
    start: int, end: int,
) -> bool:  # fmt: skip
    here = slice(np.searchsorted(starts, start), np.searchsorted(ends, end))
    judged = int(telling[here].sum())
    return judged >= 2 and int(seen[here].sum()) >= FRAMED * judged


def _covered(passages: Bools, notes: int) -> Bools:
    """Tell which notes lie within any of the passages, each of which begins a note later."""
    edges = np.zeros(notes + 1, np.int64)
    at = np.flatnonzero(passages)
    np.add.at(edges, at, 1)
    np.add.at(edges, at + GRAM_NOTES, -1)
    return np.asarray(np.cumsum(edges[:-1]) > 0)


def _longest(hit: Bools, telling: Bools, inside: Bools) -> int:
    """Return the notes of the longest run of known passages.

    A plain figure between two of them doesn't end a run, but its notes don't count.
    """
    at = np.flatnonzero(telling)
    breaks = np.flatnonzero(~hit[at] | (np.diff(at, prepend=-1) > GRAM_NOTES))
    longest = 0
    for run in np.split(at, breaks):
        known = run[hit[run]]
        if len(known):
            longest = max(longest, int(inside[known[0] : known[-1] + GRAM_NOTES].sum()))
    return longest


def is_in(table: Hashes, hashes: Hashes) -> Bools:
    """Tell which hashes a sorted table holds.

    >>> is_in(np.array([1, 3, 9], np.uint32), np.array([3, 4], np.uint32))
    array([ True, False])
    """
    if not len(table):
        return np.zeros(len(hashes), np.bool_)
    at = np.minimum(np.searchsorted(table, hashes), len(table) - 1)
    return np.asarray(table[at] == hashes)


def _union(tables: Sequence[Hashes]) -> Hashes:
    return np.unique(np.concatenate([np.zeros(0, np.uint32), *tables]))


def _packed(table: Hashes) -> NDArray[np.uint8]:
    """Lay out the steps between sorted hashes by bytes, the lowest first: they compress well."""
    steps = np.diff(table.astype(np.int64), prepend=0).astype("<u4")
    return np.ascontiguousarray(steps.view(np.uint8).reshape(-1, 4).T)


def _unpacked(planes: NDArray[np.uint8]) -> Hashes:
    if planes.dtype != np.uint8 or planes.ndim != 2 or len(planes) != 4:
        raise ValueError("its tables have the wrong shape")
    steps = np.ascontiguousarray(planes.T).view("<u4").reshape(-1)
    table = np.cumsum(steps, dtype=np.int64)
    if len(table) > MAX_HASHES or (len(table) and table[-1] >= 2**32):
        raise ValueError("its tables are too large")
    return table.astype(np.uint32)


@lru_cache(maxsize=2)
def _load(path: Path) -> OriginalityIndex:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"it has over {MAX_BYTES} bytes")
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            told = file["format"].tolist()
            if told[:3] != [FORMAT, GRAM_NOTES, FRAME_BEATS]:
                raise ValueError(f"its form is {told[:3]}; make it again with this version")
            limits = Limits(
                tuple(map(float, file["longest_run"])), tuple(map(float, file["copied_share"]))
            )
            if {len(limits.longest_run), len(limits.copied_share)} != {len(KINDS)}:
                raise ValueError("its limits are incomplete")
            notes, frames = _unpacked(file["notes"]), _unpacked(file["frames"])
    except InputError:
        raise
    except Exception as error:  # zipfile, zlib and numpy have one class each for each cause
        raise InputError(f"{path} is no originality index that can be read: {error}") from error
    return OriginalityIndex(notes, frames, limits, int(told[3]))
