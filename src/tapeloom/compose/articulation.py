"""Articulations: the marks of pitched parts, and what a player makes of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import Key
from tapeloom.core.performance import BEND_SEMITONES, PlayedBend, PlayedNote, bend_value
from tapeloom.core.score import Part
from tapeloom.theory.scales import step_along

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BEND_STEP_S = 0.008  # between two messages of a moving bend
OVERLAP_S = 0.015  # of joined notes, where an instrument can hold two
TURN_S = 0.062  # each quick note of a mordent


@dataclass(frozen=True, slots=True)
class Articulation:
    """What one mark does to a note."""

    says: str
    length: float | None = None  # share of the written length that sounds; None: as usual
    joins: bool = False  # held until the next note begins
    joined: bool = False  # the note before is held until this one begins
    level: float = 1.0  # factor of the velocity
    accent: float = 0.0  # added to the velocity
    lead_s: float = 0.0  # played this much before the next note, whatever is written
    glide: tuple[tuple[float, float], ...] = ()  # (seconds, share of the way still to go)
    origin: str = ""  # where a glide begins: "before", the last note, or "scale", a step below
    turn: tuple[int, ...] = ()  # quick notes that begin it, in steps of the scale


ARTICULATIONS: Mapping[str, Articulation] = MappingProxyType({
    "legato": Articulation("bound to the next note", length=1.0, joins=True),
    "tenuto": Articulation("held for all its length, with weight", length=1.0, accent=3.0),
    "staccato": Articulation("short: under half of its length", length=0.45),
    "accent": Articulation("struck harder", accent=12.0),
    "ghost": Articulation("a muffled touch, half as loud and short", length=0.5, level=0.5),
    "slide": Articulation(
        "the finger slides up or down to it, from the note before or two semitones off",
        length=1.0, joined=True, glide=((0.0, 1.0), (0.015, 1.0), (0.11, 0.0)), origin="before",
    ),
    "hammer_on": Articulation(
        "no new pluck: bound to the note before and softer", length=1.0, joined=True, level=0.74
    ),
    "bend": Articulation(
        "struck a step of the scale below and pulled up to pitch",
        length=1.0, glide=((0.0, 1.0), (0.06, 1.0), (0.2, 0.0)), origin="scale",
    ),
    "grace": Articulation("crushed into the next note, 70 ms before it", lead_s=0.07),
    "mordent": Articulation("to the step below and back, quickly", turn=(0, -1)),
    "upper_mordent": Articulation("to the step above and back, quickly", turn=(0, 1)),
    "glissando": Articulation(
        "a run up the scale into it, from five steps below", turn=(-5, -4, -3, -2, -1)
    ),
    "roll": Articulation("a chord spread from its lowest note up"),
})  # fmt: skip


def bearing(part: Part) -> dict[str, Bools]:
    """Return, for each mark in a part, which of its notes bear it, shape (n,)."""
    places: dict[str, set[tuple[int, int]]] = {}
    for mark in part.marks:
        places.setdefault(mark.name, set()).add((mark.tick, mark.pitch))
    return {
        name: np.array([(note.start, note.pitch) in at for note in part.notes], np.bool_)
        for name, at in places.items()
    }


def articulate(
    role: str, starts: Ints, ends: Ints, onsets: Floats, offs: Floats, marks: Mapping[str, Bools]
) -> tuple[Floats, Floats]:
    """Set lengths and the places of grace notes: by role, then by mark.

    A melody binds notes that are written without a hole; a bass lets go a little early.
    """
    n = len(starts)
    following = np.searchsorted(starts, starts, side="right")
    has_next = following < n
    after = np.minimum(following, n - 1)
    before = np.searchsorted(starts, starts, side="left") - 1
    full = offs.copy()
    if role == "melody":
        gap = starts[after] - ends
        offs = np.where(has_next & (gap >= 0) & (gap <= 1260), onsets[after], offs)
    elif role == "bass":
        offs = onsets + 0.93 * (offs - onsets)
    for name, bears in marks.items():
        sign = ARTICULATIONS.get(name)
        if sign is None or not bears.any():
            continue
        if sign.length is not None:
            offs = np.where(bears, onsets + sign.length * (full - onsets), offs)
        if sign.lead_s:
            leads = bears & has_next
            onsets = np.where(leads, onsets[after] - sign.lead_s, onsets)
            offs = np.where(leads, onsets[after], offs)
        if sign.joins:
            offs = np.where(bears & has_next, onsets[after] + OVERLAP_S, offs)
        if sign.joined:
            for i in np.flatnonzero(bears & (before >= 0)):
                first = np.searchsorted(starts, starts[before[i]], side="left")
                tied = slice(int(first), int(before[i]) + 1)
                offs[tied] = np.maximum(offs[tied], onsets[i])
    return onsets, offs


def mark_levels(velocities: Floats, marks: Mapping[str, Bools]) -> Floats:
    """Return velocities as the marks change them."""
    for name, bears in marks.items():
        if sign := ARTICULATIONS.get(name):
            velocities = np.where(bears, sign.level * velocities + sign.accent, velocities)
    return velocities


def turn_notes(
    notes: Sequence[PlayedNote], marks: Mapping[str, Bools], keys: Sequence[Key]
) -> list[PlayedNote]:
    """Return the notes with mordents played out; each takes at most half of its note.

    keys  the key in force at each note
    """
    turns = {
        int(i): ARTICULATIONS[name].turn
        for name, bears in marks.items()
        if name in ARTICULATIONS and ARTICULATIONS[name].turn
        for i in np.flatnonzero(bears)
    }
    result: list[PlayedNote] = []
    for i, note in enumerate(notes):
        turn = turns.get(i, ())
        quick = min(TURN_S, note.duration_s / (2.0 * max(len(turn), 1)))
        pitches = [note.pitch + _way(note.pitch, step, keys[i]) for step in turn]
        if not turn or quick < 0.03 or not all(0 <= pitch <= 127 for pitch in pitches):
            result.append(note)
            continue
        at = note.onset_s
        for number, pitch in enumerate(pitches):
            level = note.velocity if number == 0 else round(0.82 * note.velocity)
            result.append(PlayedNote(round(at, 6), round(quick, 6), pitch, max(level, 1)))
            at += quick
        left = note.onset_s + note.duration_s - at
        result.append(
            PlayedNote(round(at, 6), round(left, 6), note.pitch, max(round(0.9 * note.velocity), 1))
        )
    return result


def _way(pitch: int, step: int, key: Key) -> int:
    """Return the semitones to a step of the scale; a pitch outside it takes a semitone."""
    if step == 0 or pitch % 12 not in key.scale:
        return step
    return step_along(pitch, key.scale, steps=step) - pitch


def glide_notes(
    notes: Sequence[PlayedNote], marks: Mapping[str, Bools], keys: Sequence[Key]
) -> tuple[PlayedBend, ...]:
    """Return the bends of slides and bends, each over within its own note."""
    bends: list[PlayedBend] = []
    glides = {
        int(i): ARTICULATIONS[name]
        for name, bears in marks.items()
        if name in ARTICULATIONS and ARTICULATIONS[name].glide
        for i in np.flatnonzero(bears)
    }
    for i, sign in sorted(glides.items(), key=lambda entry: entry[0]):
        note = notes[i]
        depth = float(_way(note.pitch, -1, keys[i]))
        if sign.origin == "before":
            earlier = [n.pitch for n in notes[max(i - 8, 0) : i] if n.onset_s < note.onset_s]
            leap = earlier[-1] - note.pitch if earlier else 0
            depth = float(np.sign(leap) * BEND_SEMITONES) if abs(leap) >= 2 else float(leap or -2)
        depth = float(np.clip(depth, -BEND_SEMITONES, BEND_SEMITONES))
        times, shares = (np.array(column) for column in zip(*sign.glide, strict=True))
        pace = min(1.0, 0.7 * note.duration_s / float(times[-1]))
        raster = np.append(np.arange(0.0, pace * times[-1], BEND_STEP_S), pace * times[-1])
        for at, share in zip(raster, np.interp(raster, pace * times, shares), strict=True):
            value = bend_value(depth * float(share))
            if not bends or value != bends[-1].value:
                bends.append(PlayedBend(round(note.onset_s + float(at), 6), value))
    return tuple(bends)
