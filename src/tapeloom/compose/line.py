"""Finding the pitches of a line: the motif's contour led through the chords.

The rhythm and the wished contour are given; of all the pitches in range, dynamic programming takes
the path that keeps the contour best while it lands on chord tones where it is heavy or long,
leans to the pentatonic elsewhere, and leaps seldom. So a motif that returns over other chords
bends to them and stays itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.chords import avoid_notes, chord_scale
from tapeloom.theory.scales import pentatonic

Costs = NDArray[np.float64]
FORBIDDEN = 60.0
STEP_SEMITONES = 12 / 7  # of a scale step on average

# What a pitch costs by what it is to the chord, for light, middling and heavy notes.
_COST_OF = {
    "chord": (0.0, 0.0, 0.0),
    "root": (0.05, 0.15, 0.3),
    "pentatonic": (0.1, 0.45, 1.3),
    "tension": (0.3, 0.6, 1.0),
    "passing": (0.5, 1.1, 2.6),
    "avoid": (0.9, 3.0, 7.0),
}


@dataclass(frozen=True, slots=True)
class LineNote:
    """A note of a line whose pitch is to be found."""

    chord: Chord  # the one that sounds for most of it
    key: Key
    heaviness: int  # 0 light, 1 middling, 2 heavy or long
    goal: float  # MIDI pitch that it would like to be
    step: float  # semitones from the note before in the motif
    bound: float = 1.0  # 0..1, how much that interval matters
    pinned: int | None = None  # a pitch that it must be


@lru_cache(maxsize=16384)
def class_costs(chord: Chord, key: Key, heaviness: int) -> tuple[float, ...]:
    """Return the price of each pitch class 0..11."""
    scale = chord_scale(chord, key)
    avoided = avoid_notes(chord, key)
    five = pentatonic(key)
    costs = []
    for tone in range(12):
        if tone not in scale:
            costs.append(FORBIDDEN)
            continue
        if tone == chord.root:
            name = "root"
        elif tone in chord.pitch_classes:
            name = "chord"
        elif tone in avoided:
            name = "avoid"
        elif tone in five:
            name = "pentatonic"
        elif (tone - chord.root) % 12 in (2, 9):
            name = "tension"
        else:
            name = "passing"
        foreign = 0.5 if tone not in key.scale else 0.0
        costs.append(_COST_OF[name][heaviness] + foreign)
    return tuple(costs)


@lru_cache(maxsize=512)
def _pitch_costs(chord: Chord, key: Key, heaviness: int, low: int, high: int) -> Costs:
    classes = class_costs(chord, key, heaviness)
    return np.array([classes[pitch % 12] for pitch in range(low, high + 1)])


@lru_cache(maxsize=512)
def _moves(count: int, step: float, bound: float) -> Costs:
    """Return the price of each interval, shape (from, to), where `step` semitones are wished."""
    pitches = np.arange(count)
    interval = (pitches[None, :] - pitches[:, None]).astype(np.float64)
    size = np.abs(interval)
    price = (0.08 + 0.24 * bound) * np.abs(interval - step)
    price += 0.8 * np.maximum(size - 7.0, 0.0) + 1.0 * (size == 6) + 3.0 * (size == 11)
    if step == 0.0:
        price += 0.35 * bound * (size > 0)
    else:
        price += 0.6 * bound * (size == 0) + 0.5 * bound * (interval * step < 0)
    return np.asarray(price)


def find_pitches(
    notes: Sequence[LineNote],
    *,
    low: int,
    high: int,
    before: int | None = None,
    after: int | None = None,
) -> tuple[int, ...]:
    """Return the pitches of the best line within a range.

    before, after   pitches of the notes on either side that stay as they are
    """
    if not notes:
        return ()
    pitches = np.arange(low, high + 1, dtype=np.float64)
    best = np.zeros(len(pitches))
    if before is not None:
        best += 0.15 * np.abs(pitches - before) + 0.45 * np.maximum(np.abs(pitches - before) - 7, 0)
    back: list[NDArray[np.intp]] = []
    for i, note in enumerate(notes):
        home = _pitch_costs(note.chord, note.key, note.heaviness, low, high)
        home = home + 0.16 * np.abs(pitches - note.goal)
        if note.pinned is not None:
            home = np.where(pitches == min(max(note.pinned, low), high), 0.0, 1e6)
        if i:
            total = best[:, None] + _moves(len(pitches), note.step, note.bound)
            back.append(total.argmin(axis=0))
            best = total.min(axis=0)
        best = best + home
    if after is not None:
        best = best + 0.15 * np.abs(pitches - after)
        best += 0.45 * np.maximum(np.abs(pitches - after) - 7, 0)
    path = [int(best.argmin())]
    for choice in reversed(back):
        path.append(int(choice[path[-1]]))
    return tuple(low + i for i in reversed(path))
