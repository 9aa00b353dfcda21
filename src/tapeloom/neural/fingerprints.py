"""Lines of a score as hashed passages that stay the same when transposed or played slower.

Two kinds of passages are taken, both as intervals:

- notes: GRAM_NOTES that follow one another, with the ratios of the waits between them;
- frames: the pitch on each of FRAME_BEATS beats, whatever happens between: ornaments don't hide it.

What is too plain to belong to anyone (repeated notes, a see-saw of two pitches) is left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.meter import bar_starts
from tapeloom.core.score import Part, Score
from tapeloom.core.time import PPQ

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint32]
Bools = NDArray[np.bool_]

KINDS = ("melody", "accompaniment", "bass")  # of lines
GRAM_NOTES = 8
FEWEST_PITCHES = 4  # different ones within a passage that can be told from others
FRAME_BEATS = 12
FEWEST_MOVES = 6  # beats of a frame on which the pitch changes
LONGEST_HOLD = 4  # beats; what is held or silent for longer ends a frame
UNITS = (PPQ // 2, PPQ, 2 * PPQ)  # ticks a beat that are tried: half, whole and double tempo
ORNAMENT = 0.45  # a note that lasts less than this share of both its neighbours is left out
WIDEST = 24  # semitones; wider leaps count as this
SLOWEST = 6  # half octaves of a ratio of waits; larger ones count as this
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One voice of a part: a pitch at each onset, ornaments left out."""

    name: str  # of the part
    kind: str  # one of KINDS
    onset: Ints  # ticks, rising
    pitch: Ints  # MIDI pitches


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """Hashed passages of a line, and where each lies."""

    hashes: Hashes
    start: Ints  # ticks of the first note or beat
    end: Ints  # ticks of the last note's onset or last beat
    telling: Bools  # whether it is more than a plain figure


def line_of(part: Part) -> Line:
    """Return a part's top voice, of a bass part its lowest.

    >>> from tapeloom.core.score import Note
    >>> notes = (Note(0, 10, 60), Note(0, 10, 64), Note(PPQ, 10, 62))
    >>> line_of(Part("keys", "keys", notes=notes)).pitch
    array([64, 62])
    """
    kind = {"melody": "melody", "bass": "bass"}.get(part.role, "accompaniment")
    onset = np.array([note.start for note in part.notes], np.int64)
    pitch = np.array([note.pitch for note in part.notes], np.int64)
    order = np.lexsort((pitch if kind == "bass" else -pitch, onset))
    onset, pitch = onset[order], pitch[order]
    first = np.diff(onset, prepend=-1) > 0
    return Line(part.name, kind, *_without_ornaments(onset[first], pitch[first]))


def lines_of(score: Score) -> tuple[Line, ...]:
    """Return the line of each pitched part that has notes."""
    return tuple(line_of(part) for part in score.parts if part.role != "drums" and part.notes)


def _without_ornaments(onset: Ints, pitch: Ints) -> tuple[Ints, Ints]:
    wait = np.diff(onset)
    keep = np.ones(len(onset), np.bool_)
    if len(wait) > 2:
        keep[1:-2] = wait[1:-1] >= ORNAMENT * np.minimum(wait[:-2], wait[2:])
    return onset[keep], pitch[keep]


def note_passages(line: Line, *, notes: int = GRAM_NOTES) -> Passages:
    """Hash each run of `notes` notes: the same for every key and tempo.

    >>> line = Line("tune", "melody", PPQ * np.arange(9), 60 + np.arange(9))
    >>> up = Line("tune", "melody", 2 * PPQ * np.arange(9), 67 + np.arange(9))
    >>> bool((note_passages(line).hashes == note_passages(up).hashes).all())
    True
    """
    count = max(len(line.onset) - notes + 1, 0)
    if count == 0:
        return _nothing()
    steps = np.clip(np.diff(line.pitch), -WIDEST, WIDEST)
    ratios = np.round(2 * np.diff(np.log2(np.diff(line.onset).astype(np.float64))))
    turns = np.clip(ratios, -SLOWEST, SLOWEST).astype(np.int64)
    columns = [steps[k : k + count] for k in range(notes - 1)]
    columns += [turns[k : k + count] for k in range(notes - 2)]
    windows = np.lib.stride_tricks.sliding_window_view(line.pitch, notes)
    return Passages(
        _hash(columns, salt=notes),
        line.onset[:count],
        line.onset[notes - 1 :],
        _differing(windows) >= FEWEST_PITCHES,
    )


def frame_passages(line: Line, *, unit: int = PPQ, beats: int = FRAME_BEATS) -> Passages:
    """Hash the pitches on `beats` beats in a row, beginning on every beat.

    unit   ticks a beat is taken to last; of a longer one every whole beat begins a frame too

    >>> line = Line("tune", "melody", PPQ * np.arange(12), 60 + np.arange(12) % 5)
    >>> passing = Line("tune", "melody", PPQ // 2 * np.arange(24), 60 + np.arange(24) // 2 % 5)
    >>> frame_passages(line).hashes[0] == frame_passages(passing).hashes[0]
    np.True_
    """
    if not len(line.onset):
        return _nothing()
    step = min(unit, PPQ)
    stride = unit // step
    at = np.arange(-(-int(line.onset[0]) // step) * step, int(line.onset[-1]) + 1, step)
    reach = (beats - 1) * stride + 1
    count = len(at) - reach + 1
    if count <= 0:
        return _nothing()
    sounding = np.searchsorted(line.onset, at, side="right") - 1
    pitch = line.pitch[sounding]
    stale = at - line.onset[sounding] >= LONGEST_HOLD * unit
    rows = np.lib.stride_tricks.sliding_window_view(pitch, reach)[:, ::stride]
    steps = np.clip(np.diff(rows, axis=1), -WIDEST, WIDEST)
    held = np.lib.stride_tricks.sliding_window_view(stale, reach)[:, ::stride].any(axis=1)
    telling = (_differing(rows) >= FEWEST_PITCHES) & ((steps != 0).sum(axis=1) >= FEWEST_MOVES)
    return Passages(_hash(list(steps.T), salt=1000 + beats), at[:count], at[reach - 1 :],
                    telling & ~held)  # fmt: skip


def windows_of(score: Score, *, bars: int = 4) -> list[tuple[int, int]]:
    """Return the ticks of each stretch of so many bars, one beginning with every bar."""
    edges = [*bar_starts(score.meters, score.end), score.end]
    return [(edges[i], edges[i + bars]) for i in range(len(edges) - bars)]


def _nothing() -> Passages:
    empty = np.zeros(0, np.int64)
    return Passages(empty.astype(np.uint32), empty, empty, empty.astype(np.bool_))


def _differing(rows: Ints) -> Ints:
    """Count the different values of each row."""
    return np.asarray(1 + (np.diff(np.sort(rows, axis=1), axis=1) != 0).sum(axis=1))


def _hash(columns: list[Ints], *, salt: int) -> Hashes:
    """Hash rows to 32 bits, by the mixing steps of splitmix64 (S. Vigna), one a column."""
    h = np.full(len(columns[0]), salt, np.uint64)
    for column in columns:
        h += (column + 1000).astype(np.uint64) + _GOLDEN
        h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        h ^= h >> np.uint64(31)
    return (h >> np.uint64(32)).astype(np.uint32)
