"""What the marks of a pitched part mean when it is played: length, level, timing and bend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import Key
from tapeloom.core.performance import PlayedBend

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GRACE_S = 0.07  # a grace note's lead before its main note
MORDENT_S = 0.065  # each of a mordent's first two notes
REST_S = 0.5  # a longer silence before a slide or a hammer-on stays one
BEND_STEP_S = 0.005  # between two points of a bend that is played


@dataclass(frozen=True, slots=True)
class Articulation:
    """What one mark does to its note."""

    says: str
    length: float | None = None  # share of the written length that sounds
    connects: bool = False  # it lasts until the next note begins
    follows: bool = False  # the note before lasts until this one begins
    level: float = 1.0  # of the velocity
    louder: float = 0.0  # added to the velocity
    bend: tuple[tuple[float, float], ...] = ()  # (seconds after the onset, semitones)
    neighbour: int = 0  # scale steps to the note that a mordent touches
    leads: bool = False  # it comes just before the next note


# Times and intervals are what players of fretted strings and pianos do at these tempi; they are
# designed, not measured.
ARTICULATIONS: Mapping[str, Articulation] = MappingProxyType({
    "legato": Articulation("tied to what follows", connects=True, level=0.96),
    "tenuto": Articulation("held to its end and leant on", length=1.0, louder=3.0),
    "staccato": Articulation("short", length=0.45),
    "accent": Articulation("struck harder", louder=14.0),
    "ghost": Articulation("touched, hardly heard", length=0.5, level=0.45),
    "slide": Articulation(
        "reached from two semitones below along the string", follows=True,
        bend=((0.0, -2.0), (0.02, -1.7), (0.11, 0.0)),
    ),
    "hammer_on": Articulation(
        "sounded by the finger on the neck, not plucked", follows=True, level=0.78
    ),
    "bend": Articulation(
        "pulled up a semitone after the attack", bend=((0.0, -1.0), (0.06, -1.0), (0.2, 0.0))
    ),
    "grace": Articulation("leads to the next note", leads=True),
    "mordent": Articulation("touches the step below", neighbour=-1),
    "upper_mordent": Articulation("touches the step above", neighbour=1),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """Notes as they are about to be played, in columns; `score` order is that of the part."""

    starts: Ints  # ticks
    pitches: Ints
    onsets: Floats  # seconds
    offs: Floats
    velocities: Floats


def articulate(line: Line, marks: Mapping[str, NDArray[np.bool_]]) -> Line:
    """Change onsets, ends and velocities as the marks of the notes say.

    marks  for each name in ARTICULATIONS which notes bear it
    """
    onsets, offs, velocities = line.onsets.copy(), line.offs.copy(), line.velocities.copy()
    n = len(line.starts)
    following = np.searchsorted(line.starts, line.starts, side="right")
    has_next = following < n
    after = np.minimum(following, max(n - 1, 0))
    before = np.searchsorted(line.starts, line.starts, side="left") - 1
    for name, sign in ARTICULATIONS.items():
        bearing = marks.get(name)
        if bearing is None or not bearing.any():
            continue
        velocities = np.where(bearing, sign.level * velocities + sign.louder, velocities)
        if sign.length is not None:
            offs = np.where(bearing, onsets + sign.length * (offs - onsets), offs)
        if sign.leads:
            leads = bearing & has_next
            onsets = np.where(leads, onsets[after] - GRACE_S, onsets)
            offs = np.where(leads, onsets[after], offs)
        if sign.connects:
            offs = np.where(bearing & has_next, np.maximum(offs, onsets[after]), offs)
        if sign.follows:
            for i in np.flatnonzero(bearing & (before >= 0)):
                at = before[i]
                if onsets[i] - offs[at] <= REST_S:
                    offs[at] = max(offs[at], onsets[i])
    return Line(line.starts, line.pitches, onsets, offs, velocities)


def bends_of(line: Line, marks: Mapping[str, NDArray[np.bool_]]) -> list[PlayedBend]:
    """Return the bends of slides and bends, in small steps, each back at 0 when it is over."""
    bends: list[PlayedBend] = []
    for name, sign in ARTICULATIONS.items():
        bearing = marks.get(name)
        if not sign.bend or bearing is None:
            continue
        for i in np.flatnonzero(bearing):
            room = float(line.offs[i] - line.onsets[i])
            shrink = min(1.0, 0.6 * room / sign.bend[-1][0])
            times = np.array([at for at, _ in sign.bend]) * shrink
            steps = np.arange(0.0, times[-1] + BEND_STEP_S, BEND_STEP_S)
            curve = np.interp(steps, times, [semitones for _, semitones in sign.bend])
            bends += [
                PlayedBend(round(float(line.onsets[i] + at), 6), round(float(semitones), 4))
                for at, semitones in zip(steps, curve, strict=True)
            ]
    return sorted(bends, key=lambda bend: bend.time_s)


def mordents(
    line: Line, marks: Mapping[str, NDArray[np.bool_]], keys: Sequence[tuple[int, Key]]
) -> tuple[Line, NDArray[np.int64]]:
    """Play each mordent as three notes; return the line and which written note each is of.

    A note that is too short for one is played plain.
    """
    index = np.arange(len(line.starts))
    extra: list[tuple[int, float, float, int, float]] = []
    onsets = line.onsets.copy()
    for name, sign in ARTICULATIONS.items():
        bearing = marks.get(name)
        if not sign.neighbour or bearing is None:
            continue
        for i in np.flatnonzero(bearing):
            start, pitch = float(line.onsets[i]), int(line.pitches[i])
            if line.offs[i] - start < 4 * MORDENT_S:
                continue
            key = next((key for tick, key in reversed(keys) if tick <= line.starts[i]), Key())
            touched = _neighbour(pitch, key, sign.neighbour)
            loud = float(line.velocities[i])
            extra.append((int(i), start, start + MORDENT_S, pitch, loud))
            extra.append((int(i), start + MORDENT_S, start + 2 * MORDENT_S, touched, 0.85 * loud))
            onsets[i] = start + 2 * MORDENT_S
    if not extra:
        return line, index
    columns = list(zip(*extra, strict=True))
    of = np.concatenate([index, np.array(columns[0], np.int64)])
    played = Line(
        line.starts[of],
        np.concatenate([line.pitches, np.array(columns[3], np.int64)]),
        np.concatenate([onsets, np.array(columns[1])]),
        np.concatenate([line.offs, np.array(columns[2])]),
        np.concatenate([line.velocities, np.array(columns[4])]),
    )
    return played, of


def _neighbour(pitch: int, key: Key, steps: int) -> int:
    """Return the next tone of the key above or below a pitch."""
    direction = 1 if steps > 0 else -1
    touched = pitch + direction
    while touched % 12 not in key.scale and abs(touched - pitch) < 3:
        touched += direction
    return min(max(touched, 0), 127)
