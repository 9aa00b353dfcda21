"""Quantise played notes to the grid or to a groove, wholly or partly, and undo it again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meters
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.rhythm.microtiming import read_written
from tapeloom.rhythm.swing_ratio import Swing, swung
from tapeloom.rhythm.templates import GrooveTemplate, apply_template
from tapeloom.rhythm.written import GRIDS, Written

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Quantised:
    """Notes on the grid, and what was taken from them."""

    notes: tuple[Note, ...]  # in the order of the played ones
    swing: Swing  # what they were read with
    triplets: tuple[bool, ...]  # whether each note's beat was read in threes
    start_shifts: tuple[int, ...]  # ticks, played less quantised
    end_shifts: tuple[int, ...]

    @property
    def mean_shift_ticks(self) -> float:
        """How far the starts were moved on average, without sign."""
        shifts = [abs(shift) for shift in self.start_shifts]
        return sum(shifts) / len(shifts) if shifts else 0.0


def quantise(
    notes: Sequence[Note], *, tempo: TempoMap, meters: Meters, role: str = "drums",
    strength: float = 1.0, swing: Swing | None = None, groove: GrooveTemplate | None = None,
    triplets: bool = True,
) -> Quantised:  # fmt: skip
    """Move played notes to where they would be written, or to where a groove plays those.

    notes     as played, in ticks, in any order
    role      drums are told apart by key; each drum's steady lateness is then no matter
    strength  0 (as played) .. 1 (on the grid)
    swing     what they were played with; found where not given, so that a swung offbeat is
              written straight
    groove    where the written notes go; the straight grid where not given
    triplets  whether a beat may be read in threes: sixteenths, thirty-seconds, triplets and
              sextuplets compete in each beat

    Both ends go to the grid, then the length is their difference, at least one step.

    >>> from tapeloom.core.meter import Meter
    >>> played = [Note(60, 5000, 60), Note(5190, 4800, 62)]
    >>> found = quantise(played, tempo=TempoMap(), meters=((0, Meter()),), role="keys")
    >>> [(note.start, note.duration) for note in found.notes]
    [(0, 5040), (5040, 5040)]
    """
    if not 0.0 <= strength <= 1.0:
        raise InputError(f"strength is {strength}; it must lie between 0 and 1")
    if not notes:
        return Quantised((), swing or Swing(), (), (), ())
    found, best = read_written(
        notes, tempo=tempo, meters=meters, role=role, swing=swing, triplets=triplets
    )
    starts = np.array([note.start for note in notes], np.int64)
    ends = np.array([note.end for note in notes], np.int64)
    written_ends = _written_ends(ends, starts, found, best, meters)
    targets = tuple(
        replace(note, start=int(start), duration=int(end - start))
        for note, start, end in zip(notes, found.ticks, written_ends, strict=True)
    )
    if groove is not None:
        targets = apply_template(
            targets, groove, tempo=tempo, meters=meters, role=role, velocities=False
        )
    moved = tuple(
        _toward(note, target, strength) for note, target in zip(notes, targets, strict=True)
    )
    return Quantised(
        notes=moved,
        swing=best,
        triplets=tuple(not GRIDS[grid][2] for grid in found.grids.tolist()),
        start_shifts=tuple(a.start - b.start for a, b in zip(notes, moved, strict=True)),
        end_shifts=tuple(a.end - b.end for a, b in zip(notes, moved, strict=True)),
    )


def dequantise(quantised: Quantised, *, amount: float = 1.0) -> tuple[Note, ...]:
    """Give quantised notes their own timing back.

    amount  0 (as quantised) .. 1 (exactly as played)

    >>> from tapeloom.core.meter import Meter
    >>> played = (Note(60, 5000, 60), Note(5190, 4800, 62))
    >>> dequantise(quantise(played, tempo=TempoMap(), meters=((0, Meter()),))) == played
    True
    """
    if not 0.0 <= amount <= 1.0:
        raise InputError(f"amount is {amount}; it must lie between 0 and 1")
    rows = zip(quantised.notes, quantised.start_shifts, quantised.end_shifts, strict=True)
    result = []
    for note, start_shift, end_shift in rows:
        start = note.start + round(amount * start_shift)
        end = note.end + round(amount * end_shift)
        result.append(replace(note, start=max(start, 0), duration=max(end - start, 1)))
    return tuple(result)


def _toward(note: Note, target: Note, strength: float) -> Note:
    start = note.start + round(strength * (target.start - note.start))
    end = note.end + round(strength * (target.end - note.end))
    return replace(note, start=max(start, 0), duration=max(end - start, 1))


def _written_ends(ends: Ints, starts: Ints, found: Written, swing: Swing, meters: Meters) -> Ints:
    """Return the grid ends: a note that begins late ends late, so its lateness is taken off."""
    free = ends - (starts - found.played)
    beat = np.clip(np.searchsorted(found.beats, free, side="left") - 1, 0, len(found.beats) - 1)
    threes = np.array([not GRIDS[grid][2] for grid in found.beat_grids[beat].tolist()])
    fine = np.where(threes, PPQ // 6, PPQ // 8)
    below = np.floor(free / fine).astype(np.int64) * fine
    options = np.maximum(np.stack([below - fine, below, below + fine, below + 2 * fine]), 0)
    played = swung(options.ravel(), swing, meters=meters).reshape(options.shape)
    distance = np.abs(played - free)
    # In a beat of threes nobody knows whether the middle was swung: take what fits.
    distance[:, threes] = np.minimum(distance, np.abs(options - free))[:, threes]
    best = np.argmin(distance, axis=0)
    nearest = options[best, np.arange(len(ends))]
    return np.asarray(np.maximum(nearest, found.ticks + fine), np.int64)
