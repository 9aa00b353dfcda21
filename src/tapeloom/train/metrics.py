"""Measures of symbolic music that the literature compares generators by, on pitched parts alone.

MusDr: S.-L. Wu and Y.-H. Yang, "The Jazz Transformer on the Front Line" (ISMIR 2020): entropy of
the pitch classes of one bar and of four, similarity of the bars' onsets. Scale consistency and
polyphony as MusPy defines them: H.-W. Dong et al., "MusPy" (ISMIR 2020). Framewise overlapping
area: G. Mittal et al., "Symbolic Music Generation with Diffusion Models" (ISMIR 2021).
`train.mgeval` compares sets.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import MODES
from tapeloom.core.score import Score
from tapeloom.core.time import PPQ

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

POSITIONS = 16  # of a bar at which onsets are compared
FRAME_BARS, HOP_BARS = 4, 2  # of the framewise overlapping area
STEPS = 4  # a quarter note: time steps of the polyphony


@dataclass(frozen=True, slots=True)
class Metrics:
    """Figures of one piece; nan where it has too few notes or bars."""

    entropy_1: float  # bits, of the pitch classes that begin within a bar (H1), mean over bars
    entropy_4: float  # bits, within four bars (H4), mean over windows that begin with each bar
    groove: float  # 0..1, mean share of 16 positions at which two bars agree (GS)
    scale_consistency: float  # 0..1, share of the notes within the best-fitting diatonic scale
    polyphony: float  # mean notes that sound where any does
    notes_per_bar: float
    overlap_pitch: float  # 0..1, overlapping area of neighbouring frames' pitches
    overlap_duration: float  # 0..1, and durations


NAMES = tuple(field.name for field in fields(Metrics))


@dataclass(frozen=True, slots=True, eq=False)
class Pitched:
    """The pitched notes of a score as columns, in order of onset, then pitch."""

    onset: Ints  # ticks
    end: Ints  # ticks
    pitch: Ints
    bars: Ints  # edges of the bars in ticks, one more than bars

    @classmethod
    def of(cls, score: Score) -> "Pitched":
        """Lay out every part but drums; bars are those up to the last note's end."""
        rows = sorted(
            (note.start, note.pitch, note.end)
            for part in score.parts if part.role != "drums" for note in part.notes
        )  # fmt: skip
        onset, pitch, end = np.array(rows, np.int64).reshape(-1, 3).T
        starts = np.array(score.bar_starts, np.int64)
        last = int(end.max()) if len(end) else 0
        starts = starts[starts < last]
        return cls(
            onset, end, pitch, np.append(starts, max(last, starts[-1] + 1 if len(starts) else 0))
        )

    @property
    def bar_of(self) -> Ints:
        """The number of the bar in which each note begins."""
        return np.searchsorted(self.bars[:-1], self.onset, side="right") - 1


def measure(score: Score) -> Metrics:
    """Measure a piece.

    >>> from tapeloom.core.score import Note, Part
    >>> scale = tuple(Note(i * PPQ, PPQ, p) for i, p in enumerate((60, 62, 64, 65) * 4))
    >>> found = measure(Score((Part("tune", "melody", notes=scale),)))
    >>> found.entropy_1, found.groove, found.scale_consistency, found.polyphony
    (2.0, 1.0, 1.0, 1.0)
    """
    notes = Pitched.of(score)
    return Metrics(
        entropy(notes, bars=1),
        entropy(notes, bars=4),
        groove_similarity(notes),
        scale_consistency(notes.pitch),
        polyphony(notes),
        len(notes.pitch) / max(len(notes.bars) - 1, 1),
        framewise_overlap(notes, notes.pitch.astype(np.float64)),
        framewise_overlap(notes, (notes.end - notes.onset) / PPQ),
    )


def entropy(notes: Pitched, *, bars: int) -> float:
    """Return the mean entropy in bits of the pitch classes of so many bars, empty ones left out."""
    count = len(notes.bars) - 1
    if count < bars:
        return math.nan
    table = np.zeros((count, 12))
    np.add.at(table, (notes.bar_of, notes.pitch % 12), 1.0)
    windows = np.lib.stride_tricks.sliding_window_view(table, bars, axis=0).sum(axis=-1)
    totals = windows.sum(axis=1, keepdims=True)
    p = (windows / np.maximum(totals, 1.0))[totals[:, 0] > 0]
    if not len(p):
        return math.nan
    logs = np.log2(np.where(p > 0, p, 1.0))
    return float(-(p * logs).sum(axis=1).mean()) + 0.0


def onset_grid(notes: Pitched, *, positions: int = POSITIONS) -> NDArray[np.bool_]:
    """Return whether a note begins at each position of each bar, shape (bars, positions)."""
    count = len(notes.bars) - 1
    grid = np.zeros((count, positions), np.bool_)
    lengths = np.diff(notes.bars)
    if count > 1:
        lengths[-1] = lengths[-2]  # the last one is cut off by the end of the notes
    bar = notes.bar_of
    place = np.floor((notes.onset - notes.bars[bar]) * positions / lengths[bar] + 0.5).astype(int)
    bar, place = bar + place // positions, place % positions
    inside = bar < count
    grid[bar[inside], place[inside]] = True
    return grid


def groove_similarity(notes: Pitched) -> float:
    """Return how alike the onsets of two bars are, 0..1, mean over all pairs of bars."""
    grid = onset_grid(notes).astype(np.float64)
    count = len(grid)
    if count < 2:
        return math.nan
    agree = grid @ grid.T + (1 - grid) @ (1 - grid).T
    return float((agree.sum() - np.trace(agree)) / (count * (count - 1) * POSITIONS))


def scale_consistency(pitch: Ints) -> float:
    """Return the largest share of the notes that lie within one major (or natural minor) scale."""
    if not len(pitch):
        return math.nan
    counts = np.bincount(pitch % 12, minlength=12)
    inside = [counts[[(t + step) % 12 for step in MODES["major"]]].sum() for t in range(12)]
    return float(max(inside) / counts.sum())


def polyphony(notes: Pitched) -> float:
    """Return the mean number of pitches that sound at a time, silences left out."""
    if not len(notes.pitch):
        return math.nan
    first = notes.onset * STEPS // PPQ
    last = np.maximum(-(-notes.end * STEPS // PPQ), first + 1)
    sounding = np.zeros(int(last.max()) + 1)
    np.add.at(sounding, first, 1)
    np.add.at(sounding, last, -1)
    heard = np.cumsum(sounding)
    return float(heard[heard > 0].mean())


def framewise_overlap(notes: Pitched, values: Floats) -> float:
    """Return how much the values of neighbouring frames of four bars overlap, 0..1.

    Each frame's values are taken as a normal distribution; a frame begins every two bars.
    """
    areas = []
    frames = [
        values[(notes.onset >= notes.bars[i]) & (notes.onset < notes.bars[i + FRAME_BARS])]
        for i in range(0, len(notes.bars) - FRAME_BARS, HOP_BARS)
    ]
    for a, b in itertools.pairwise(frames):
        if len(a) > 1 and len(b) > 1:
            areas.append(
                overlapping_area((a.mean(), max(a.std(), 1e-3)), (b.mean(), max(b.std(), 1e-3)))
            )
    return float(np.mean(areas)) if areas else math.nan


def overlapping_area(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Return the area under both of two normal densities, each a mean and a standard deviation.

    >>> overlapping_area((0.0, 1.0), (0.0, 1.0)), round(overlapping_area((0, 1), (2, 1)), 4)
    (1.0, 0.3173)
    """
    (m1, s1), (m2, s2) = sorted((first, second), key=lambda each: each[1])
    if math.isclose(s1, s2):
        return math.erfc(abs(m1 - m2) / (2 * math.sqrt(2) * s1))
    # Where the densities cross: the narrow one is the higher between the two points.
    a = 1 / s1**2 - 1 / s2**2
    b = m2 / s2**2 - m1 / s1**2
    c = m1**2 / s1**2 - m2**2 / s2**2 + 2 * math.log(s1 / s2)
    root = math.sqrt(max(b * b - a * c, 0.0))
    low, high = (-b - root) / a, (-b + root) / a

    def below(x: float, m: float, s: float) -> float:
        return 0.5 * math.erfc((m - x) / (s * math.sqrt(2)))

    narrow = below(high, m1, s1) - below(low, m1, s1)
    wide = below(high, m2, s2) - below(low, m2, s2)
    return 1.0 - narrow + wide


def table(pieces: Sequence[Metrics]) -> dict[str, dict[str, float]]:
    """Return the median and the quartiles of each figure over pieces."""
    found = {}
    for name in NAMES:
        values = np.array([getattr(piece, name) for piece in pieces], np.float64)
        values = values[~np.isnan(values)]
        if len(values):
            low, middle, high = np.percentile(values, [25, 50, 75]).tolist()
            found[name] = {"median": middle, "low": low, "high": high,
                           "mean": float(values.mean()), "count": len(values)}  # fmt: skip
    return found
