"""Sides of a record: which tracks go where, and what a cutting engineer will want to know.

Lengths are what cutting rooms commonly recommend for a good level; there is no standard.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tapeloom.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Disc:
    """A kind of record: minutes a side for a good level, and the most that can be cut."""

    name: str
    good_min: float
    most_min: float


DISCS: dict[str, Disc] = {
    disc.name: disc
    for disc in (
        Disc("12 inch 33", 18.0, 22.0),
        Disc("12 inch 45", 12.0, 15.0),
        Disc("10 inch 33", 12.0, 15.0),
        Disc("7 inch 45", 4.5, 6.0),
    )
}


@dataclass(frozen=True, slots=True)
class Side:
    """Tracks of one side, by their numbers from 0."""

    tracks: tuple[int, ...]
    duration_s: float


def plan_sides(durations_s: Sequence[float], *, disc: str = "12 inch 33") -> tuple[Side, ...]:
    """Cut an order of tracks into as few sides as hold it, their lengths as even as can be.

    >>> [side.tracks for side in plan_sides([400, 300, 300, 420, 380])]
    [(0, 1, 2), (3, 4)]
    """
    if disc not in DISCS:
        raise InputError(f"{disc!r} is no record; choose one of {', '.join(DISCS)}")
    most_s = 60.0 * DISCS[disc].most_min
    for number, duration_s in enumerate(durations_s, 1):
        if duration_s > most_s:
            raise InputError(
                f"track {number} lasts {duration_s / 60:.1f} minutes; "
                f"a side of {disc} holds {DISCS[disc].most_min:g}"
            )
    fewest = _sides_needed(durations_s, most_s)
    # The smallest longest side for so many sides: it lies between these.
    low, high = max(durations_s, default=0.0), most_s
    for _ in range(40):
        middle = (low + high) / 2
        if _sides_needed(durations_s, middle) <= fewest:
            high = middle
        else:
            low = middle
    return _cut(durations_s, high)


def _cut(durations_s: Sequence[float], most_s: float) -> tuple[Side, ...]:
    sides: list[list[int]] = [[]]
    length_s = 0.0
    for number, duration_s in enumerate(durations_s):
        if sides[-1] and length_s + duration_s > most_s:
            sides.append([])
            length_s = 0.0
        sides[-1].append(number)
        length_s += duration_s
    return tuple(Side(tuple(side), sum(durations_s[i] for i in side)) for side in sides if side)


def _sides_needed(durations_s: Sequence[float], most_s: float) -> int:
    return len(_cut(durations_s, most_s))


def cutting_notes(
    sides: Sequence[Side], *, disc: str = "12 inch 33", true_peak_dbtp: float | None = None
) -> tuple[str, ...]:
    """Return notes for the cutting room, a sentence each."""
    kind = DISCS[disc]
    notes = []
    for letter, side in zip("ABCDEFGHIJKLMNOP", sides, strict=False):
        minutes = side.duration_s / 60
        told = f"side {letter}: {int(minutes)}:{round(side.duration_s) % 60:02d}"
        if minutes > kind.good_min:
            told += f", over the {kind.good_min:g} minutes that keep a good level"
        notes.append(told)
    notes.append("put the loudest and brightest track first on its side: treble fades inwards")
    if true_peak_dbtp is not None and true_peak_dbtp > -3.0:
        notes.append(
            f"the true peak is {true_peak_dbtp:.1f} dBTP; a master for streaming is limited for "
            "loudness, which a cut does not need: master with the preset vinyl"
        )
    return tuple(notes)
