"""What four voices like to sing: doublings, places in their ranges, smooth and independent lines.

The faults of `part_writing.CHORALE` are charged so much that a search avoids them whatever the rest
costs; the rest chooses among what is clean.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.four_part import RANGES, four_part_voicings
from tapeloom.theory.part_moves import (
    Rules,
    leading_tones,
    leap_faults,
    overlap_faults,
    pair_faults,
    resolution_faults,
)
from tapeloom.theory.voicing import functions

Costs = NDArray[np.float64]
Rows = NDArray[np.int64]

FAULT = 1e4  # cost of a fault; a search counts faults first
FORBIDDEN = 1e9  # parallels: never, whatever else must give
TURNING = 40.0  # a tritone leap, which is a fault unless the voice turns back
_LINES = np.array([0.35, 1.0, 1.0, 0.7], np.float32)[
    :, None, None
]  # cost of a semitone that a voice moves, from the bass
_FREE = np.array([7, 4, 4, 5], np.int16)[:, None, None]  # semitones beyond which a voice leaps
_LEAP = 0.6  # cost of a semitone beyond
_SMALL_OVERLAP = 3.0
_TOGETHER = 2.5  # all four voices move the same way
_ALIKE = 0.6  # the outer voices do
_STATIC = 0.8  # a soprano that repeats its note over a new bass
_UNEASE = 0.7  # a semitone outside of the range that a voice sings with ease
_MEET = 4.0  # two voices on one note
_HOME = np.array([49.0, 57.0, 64.0, 71.0])  # where the voices like to be
_AWAY = 0.06  # cost of a semitone away from there


@lru_cache(maxsize=8192)
def voicings_of(chord: Chord, key: Key | None) -> tuple[Rows, Costs]:
    """Return the ways to sing a chord, (ways, 4) from the bass up, and what each costs by itself.

    A leading tone that is doubled counts as a fault.

    >>> rows, costs = voicings_of(Chord.parse("C"), Key("C", "major"))
    >>> rows[costs.argmin()].tolist()
    [48, 55, 64, 72]
    """
    rows = np.array(four_part_voicings(chord, low=0, high=127, wide=True), np.int64).reshape(-1, 4)
    cost = _AWAY * np.abs(rows - _HOME).sum(axis=1)
    ease = np.array(list(RANGES.values()))
    cost += _UNEASE * (np.maximum(ease[:, 0] - rows, 0) + np.maximum(rows - ease[:, 1], 0)).sum(1)
    cost += _MEET * (np.diff(rows, axis=1) == 0).sum(axis=1)
    cost += _doubling(rows, chord)
    for tone in leading_tones(chord, key):
        cost += FAULT * ((rows % 12 == tone).sum(axis=1) > 1)
    return rows, cost


def _doubling(rows: Rows, chord: Chord) -> Costs:
    """Charge for what is doubled and left out: the root is doubled best, in a six-four the bass."""
    degrees = functions(chord.quality)
    counts = {
        name: ((rows - chord.root) % 12 == step).sum(axis=1)
        for name, step in degrees.items() if name in ("root", "third", "fifth")
    }  # fmt: skip
    diminished = degrees.get("fifth") == 6
    minor = degrees.get("third") == 3
    price = {"root": 0.0, "third": 1.0 if minor else 2.5, "fifth": 0.8}
    if diminished:
        price = {"root": 4.0, "third": 0.0, "fifth": 2.0}
    elif "fifth" in degrees and chord.bass_pitch_class == (chord.root + degrees["fifth"]) % 12:
        price = {"root": 2.0, "third": 3.0, "fifth": 0.0}
    total = np.zeros(len(rows))
    for name, count in counts.items():
        total += price[name] * np.maximum(count - 1, 0) + 1.5 * np.maximum(count - 2, 0)
        total += 1.2 * (count == 0)
    return total


def moving(a: Rows, b: Rows, rules: Rules, key: Key | None, *, phrase: bool = False) -> Costs:
    """Return what each move from a row of `a` to a row of `b` costs, shape (a, b).

    phrase   a new phrase begins with `b`: only parallels are faults there

    >>> from tapeloom.theory.part_writing import CHORALE
    >>> c = np.array([[48, 55, 64, 72]])
    >>> moving(c, np.array([[50, 57, 65, 74], [50, 53, 62, 69]]), CHORALE, None)[0] > FAULT
    array([ True, False])
    """
    first, second = a[:, None].astype(np.int16), b[None].astype(np.int16)
    step = np.moveaxis(second, -1, 0) - np.moveaxis(first, -1, 0)  # (4, a, b)
    size = np.abs(step)
    smooth = _LINES * size + _LEAP * np.maximum(size - _FREE, 0)
    cost = (0.4 if phrase else 1.0) * smooth.sum(axis=0, dtype=np.float64)
    sign = np.sign(step)
    low, high = sign[0], sign[-1]
    cost += _TOGETHER * (np.abs(sign.sum(axis=0, dtype=np.int16)) == len(sign))
    cost += _ALIKE * (low * high > 0) + _STATIC * ((high == 0) & (low != 0))
    for _, _, where in overlap_faults(first, second, 0):
        cost += _SMALL_OVERLAP * where.sum(axis=0)
    for name, _, where in pair_faults(first, second, rules):
        parallel = name.startswith("parallel")
        if name in rules.faults and (parallel or not phrase):
            cost += (FORBIDDEN if parallel else FAULT) * where.any(axis=0)
    if phrase:
        return np.asarray(cost)
    for _, _, where in overlap_faults(first, second, rules.overlap_room):
        cost += FAULT * where.any(axis=0)
    for name, _, where in leap_faults(first, second, key):
        cost += (TURNING if name == "tritone leap" else FAULT) * where.any(axis=0)
    return np.asarray(cost)


def resolving(a: Rows, b: Rows, chord: Chord, after: Chord, key: Key | None) -> Costs | None:
    """Return what unresolved leading tones and sevenths cost, (a, b); None where there are none.

    >>> g7, c = np.array([[43, 59, 65, 74]]), np.array([[48, 60, 64, 72], [48, 60, 67, 72]])
    >>> resolving(g7, c, Chord.parse("G7"), Chord.parse("C"), None).tolist()
    [[0.0, 10000.0]]
    """
    charges = [
        where[0] for _, _, where in resolution_faults(a[:, None], b[None], chord, after, key)
    ]
    return np.asarray(FAULT * np.sum(charges, axis=0)) if charges else None
