"""Touches: the articulations and ornaments that a composer writes into parts, sparingly.

Each part's touches draw from a stream of their own, so that its notes don't depend on them.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.compose.grid import STEP, Measure, measure_at, measures
from tapeloom.compose.plan import Plan
from tapeloom.core.harmony import Key
from tapeloom.core.score import Mark, Note, Part, Section
from tapeloom.core.time import PPQ
from tapeloom.rhythm.meters import SIXTEENTH
from tapeloom.theory.instruments import DRUMS

FRETTED = (
    "nylon_guitar",
    "jazz_guitar",
    "steel_guitar",
    "ukulele",
    "upright_bass",
    "electric_bass",
)  # a finger on a string slides, hammers and bends
_SNARE = DRUMS["snare"]  # a cross-stick or a clap takes no grace strokes
_BRUSH = DRUMS["brush"]
_LOUD = 60  # the least velocity of a stroke that takes an ornament


def side_stream(rng: np.random.Generator) -> np.random.Generator:
    """Return a stream beside a generator's own, which goes on as if it had not been asked."""
    return rng.spawn(1)[0]


# ---- drums ----


def ornament_drums(part: Part, sections: Sequence[Section], rng: np.random.Generator) -> Part:
    """Mark flams, drags, ruffs and rolls at fills, and a rare flam on the last backbeat.

    The livelier the section, the more; a brush takes slides.
    """
    fills = {(mark.tick, mark.pitch) for mark in part.marks if mark.name == "fill"}
    ghosts = {(mark.tick, mark.pitch) for mark in part.marks if mark.name == "ghost"}
    strokes = [
        note
        for note in part.notes
        if note.pitch in (_SNARE, _BRUSH)
        and note.velocity >= _LOUD
        and note.duration <= SIXTEENTH  # a brush that stirs has no stroke to grace
        and (note.start, note.pitch) not in ghosts
    ]
    begins = [section.start for section in sections]
    draws = rng.random((len(strokes), 2))
    feet = {DRUMS["kick"], DRUMS["pedal_hat"]}
    by_hand = [note.start for note in part.notes if note.pitch not in feet]
    marks: list[Mark] = []
    longer: dict[Note, Note] = {}
    last = -PPQ
    for i, note in enumerate(strokes):
        section = _section_at(sections, begins, note.start)
        energy = section.energy if section else 0.5
        in_fill = (note.start, note.pitch) in fills
        chance = 0.4 + 0.4 * energy if in_fill else 0.02 * energy
        if draws[i, 0] >= chance or note.start - last < PPQ:
            continue
        room = _room(by_hand, note.start)
        name = _drum_ornament(note, in_fill, room, energy, float(draws[i, 1]))
        if name == "roll":
            longer[note] = replace(note, duration=room)
        marks.append(Mark(note.start, note.pitch, name))
        last = note.start
    notes = tuple(longer.get(note, note) for note in part.notes)
    return replace(part, notes=notes, marks=(*part.marks, *marks))


def _drum_ornament(note: Note, in_fill: bool, room: int, energy: float, luck: float) -> str:
    if note.pitch == _BRUSH:
        return "slide"
    if in_fill and energy >= 0.5 and room >= 3 * STEP and luck > 0.8:
        return "roll"
    return "flam" if luck < 0.5 or not in_fill else "drag" if luck < 0.72 else "ruff"


def _room(by_hand: Sequence[int], tick: int) -> int:
    """Return the ticks until either hand is asked for again, at most a beat."""
    after = bisect_right(by_hand, tick)
    return min(by_hand[after] - tick if after < len(by_hand) else PPQ, PPQ)


def _section_at(sections: Sequence[Section], begins: Sequence[int], tick: int) -> Section | None:
    """Return the section that holds at a tick, by where they all begin."""
    found = bisect_right(begins, tick) - 1
    return sections[found] if found >= 0 and tick < sections[found].end else None


# ---- pitched parts ----


@dataclass(frozen=True, slots=True)
class Touch:
    """When a mark may be written, and how often."""

    mark: str
    chance: float  # where it fits
    lively: float = 0.0  # added to the chance at full energy
    fretted: bool = False  # only where a finger holds a string
    longest: float = 99.0  # quarters that the note lasts
    shortest: float = 0.0
    leap: tuple[int, int] = (0, 99)  # semitones from the note before
    bound: bool = False  # follows the note before without a hole
    weak: bool | None = None  # only off the beat (True), only on it (False)
    steps: bool = False  # must have a neighbour in the scale: no chromatic notes


BASS: tuple[Touch, ...] = (
    Touch("slide", 0.05, 0.05, fretted=True, shortest=0.9, leap=(2, 12), weak=False),
    Touch("hammer_on", 0.15, 0.1, fretted=True, leap=(1, 3), bound=True),
    Touch("ghost", 0.05, 0.16, longest=0.5, leap=(0, 0), weak=True),
    Touch("staccato", 0.04, 0.1, longest=0.5, weak=True),
    Touch("tenuto", 0.1, shortest=1.5, weak=False),
)  # fmt: skip

MELODY: tuple[Touch, ...] = (
    Touch("slide", 0.07, fretted=True, shortest=0.5, leap=(2, 7)),
    Touch("bend", 0.06, fretted=True, shortest=0.9, steps=True),
    Touch("hammer_on", 0.2, fretted=True, longest=0.5, leap=(1, 4), bound=True, weak=True),
    Touch("mordent", 0.02, 0.02, shortest=0.75, steps=True, weak=False),
    Touch("upper_mordent", 0.015, 0.02, shortest=0.75, steps=True, weak=False),
    Touch("legato", 0.12, longest=1.0, leap=(1, 4), bound=True),
    Touch("staccato", 0.0, 0.12, longest=0.5, weak=True),
    Touch("accent", 0.02, 0.05, shortest=0.5, leap=(4, 99)),
    Touch("tenuto", 0.1, shortest=1.5),
)  # fmt: skip

KEYS_STACCATO = 0.12  # how often a short stab off the beat is cut shorter, at full energy


def touch_line(part: Part, touches: Sequence[Touch], plan: Plan, rng: np.random.Generator) -> Part:
    """Mark the notes of one voice, one touch a note at most and never on two in a row.

    Slides, hammer-ons and bends are for strings. Mordents and bends stay in the key.
    """
    taken = {(mark.tick, mark.pitch) for mark in part.marks}
    draws = rng.random((len(part.notes), len(touches)))
    grids = [(s, measures(s.start, s.end, plan.meters)) for s in plan.sections]
    starts = [section.start for section in plan.sections]
    keys = plan.keys
    changes = [tick for tick, _ in keys]
    marks: list[Mark] = []
    last = -2
    for i, note in enumerate(part.notes):
        before = part.notes[i - 1] if i else None
        if (note.start, note.pitch) in taken or i - last < 2:
            continue
        if before is not None and (before.start, before.pitch) in taken:
            continue  # a grace note leads here
        section, grid = grids[bisect_right(starts, note.start) - 1]
        key = keys[bisect_right(changes, note.start) - 1][1]
        for touch, luck in zip(touches, draws[i], strict=True):
            chance = touch.chance + touch.lively * section.energy
            if luck < chance and _fits(touch, note, before, part.instrument, grid, key):
                marks.append(Mark(note.start, note.pitch, touch.mark))
                last = i
                break
    return replace(part, marks=(*part.marks, *marks))


def _fits(
    touch: Touch, note: Note, before: Note | None, instrument: str, grid: Sequence[Measure],
    key: Key,
) -> bool:  # fmt: skip
    quarters = note.duration / PPQ
    if not touch.shortest <= quarters <= touch.longest:
        return False
    if touch.fretted and instrument not in FRETTED:
        return False
    if touch.steps and note.pitch % 12 not in key.scale:
        return False
    needs_before = touch.bound or touch.leap != (0, 99)
    if needs_before:
        if before is None:
            return False
        leap = note.pitch - before.pitch
        rises = touch.mark != "hammer_on" or leap > 0
        near = note.start - before.end <= (0 if touch.bound else PPQ)
        if not (touch.leap[0] <= abs(leap) <= touch.leap[1] and rises and near):
            return False
    on_beat = measure_at(grid, note.start).weight(note.start) >= 0.6
    return touch.weak is None or touch.weak != on_beat


def touch_stabs(part: Part, sections: Sequence[Section], rng: np.random.Generator) -> Part:
    """Cut some short chords off the beat shorter, in lively sections."""
    chords: dict[int, list[Note]] = {}
    for note in part.notes:
        chords.setdefault(note.start, []).append(note)
    begins = [section.start for section in sections]
    draws = rng.random(len(chords))
    marks: list[Mark] = []
    for luck, (tick, notes) in zip(draws, sorted(chords.items()), strict=True):
        section = _section_at(sections, begins, tick)
        energy = section.energy if section else 0.0
        short = max(note.duration for note in notes) <= PPQ // 2
        if short and tick % PPQ and luck < KEYS_STACCATO * energy:
            marks += [Mark(tick, note.pitch, "staccato") for note in notes]
    return replace(part, marks=(*part.marks, *marks))
