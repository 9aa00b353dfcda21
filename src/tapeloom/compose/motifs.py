"""Motifs: short rhythms with a contour, drawn, varied and answered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from tapeloom.compose.grid import STEP, Measure

# Rhythms of one metrical group by its sixteenths: x an onset, - held, . a rest; from the
# sparsest to the busiest. The draw goes to the part of the row that suits the density.
CELLS: dict[int, tuple[str, ...]] = {
    4: ("....", "x---", "..x-", "x-..", ".x--", "x-x-", "x--x", ".xx-", "xxx-", "x-xx"),
    6: (
        "......", "x-----", "....x-", "..x---", "x---..", "x---x-", "..x-x-", "x-x---", "x--x--",
        "x-x-x-", "x-xx--", "xxx-x-",
    ),
    8: (
        "........", "x-------", "....x---", "......x-", "x---....", "..x-----", "x-----x-",
        "x--x----", "x---x---", "..x-x---", "..x--x--", "x--x--..", ".x--x---", "x-x-....",
        "x--x--x-", "x---x-x-", "x-x-x---", "..x-x-x-", "....x-xx", "x-xx----", "..xxx---",
        "xx-x----", "x--xx-x-", "x-x-x-x-", "xxx-x---", "..xxx-x-", "x-xxx-..", "x-xx-x--",
    ),
    12: (
        "............", "x-----------", "x-------x---", "....x-------", "x-----x-----",
        "..x-----x---", "x---x---x---", "x--x--------", "....x---x---", "x---x-x-....",
        "x-----x-x-x-", "x-x-x-x-....", "..x-x-x-x---", "x--x--x-x---",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MotifNote:
    """One note of a motif."""

    onset: int  # ticks from the motif's first measure
    duration: int  # ticks
    contour: int  # scale steps above or below the motif's anchor


@dataclass(frozen=True, slots=True)
class Motif:
    """A rhythm with a contour over one or more measures."""

    notes: tuple[MotifNote, ...]
    ticks: int  # length of its measures


def draw_rhythm(
    grid: Sequence[Measure], *, density: float, rng: np.random.Generator
) -> tuple[tuple[int, int], ...]:
    """Draw (onset, duration) pairs over measures; the end is left free to breathe.

    density   0..1; about one to seven onsets a measure
    """
    text: list[tuple[int, int]] = []
    base = grid[0].start
    groups = [
        (measure.start - base + at, ticks)
        for measure in grid
        for at, ticks in zip(measure.group_starts, measure.groups, strict=True)
    ]
    draws = rng.normal(0.0, 0.2, len(groups))
    for i, (at, ticks) in enumerate(groups):
        level = density + draws[i]
        if len(groups) > 1 and i == len(groups) - 1:
            level -= 0.4  # the breath
        text.extend((at + onset, held) for onset, held in cell(ticks, level))
    # A held note may ring over what was left silent, for at most a half note more.
    ringing: list[tuple[int, int]] = []
    total = groups[-1][0] + groups[-1][1]
    if total >= 16 * STEP and rng.random() < 0.75:
        total -= int(rng.integers(2, 5)) * STEP
        text = [(onset, min(held, total - onset)) for onset, held in text if onset < total]
    for i, (onset, held) in enumerate(text):
        following = text[i + 1][0] if i + 1 < len(text) else total
        gap = following - onset - held
        ringing.append((onset, held + (gap if 0 < gap <= 2 * STEP else 0)))
    return tuple(ringing)


@lru_cache(maxsize=4096)
def _parse(text: str) -> tuple[tuple[int, int], ...]:
    onsets = [i for i, sign in enumerate(text) if sign == "x"]
    result = []
    for i in onsets:
        end = i + 1
        while end < len(text) and text[end] == "-":
            end += 1
        result.append((i * STEP, (end - i) * STEP))
    return tuple(result)


def cell(ticks: int, level: float) -> tuple[tuple[int, int], ...]:
    """Return the (onset, duration) pairs of the cell for a group at a level of density."""
    steps, rest = divmod(ticks, STEP)
    if rest or steps not in CELLS:
        if steps > 8:
            head = cell(8 * STEP, level)
            tail = cell(ticks - 8 * STEP, level)
            return (*head, *((onset + 8 * STEP, held) for onset, held in tail))
        return ((0, ticks),) if level > 0.2 else ()
    row = CELLS[steps]
    return _parse(row[int(np.clip(level, 0.0, 0.999) * len(row))])


_SHAPES = ("arch", "fall", "rise", "valley", "wave", "lean", "pivot")


def draw_contour(count: int, *, span: float, rng: np.random.Generator) -> tuple[int, ...]:
    """Draw a contour of scale steps: a shape, mostly steps and repeats, at most one wide leap."""
    shape = _SHAPES[int(rng.integers(len(_SHAPES)))]
    t = np.linspace(0.0, 1.0, count) if count > 1 else np.zeros(1)
    peak = rng.uniform(0.3, 0.75)
    curve = {
        "arch": 1.0 - np.abs(t - peak) / max(peak, 1.0 - peak),
        "valley": np.abs(t - peak) / max(peak, 1.0 - peak),
        "fall": 1.0 - t,
        "rise": t,
        "wave": 0.5 + 0.5 * np.sin(2.0 * np.pi * (t + peak)),
        "lean": np.where(t < peak, 0.35, 1.0 - 0.8 * (t - peak)),
        "pivot": np.where(np.arange(count) % 2 == 0, 0.25 + 0.5 * t, 0.75),
    }[shape]
    steps = np.rint(curve * span + rng.normal(0.0, 0.55, count)).astype(int)
    contour = [int(steps[0])]
    leaps = 0
    for wanted in steps[1:]:
        move = int(wanted) - contour[-1]
        widest = 5 if leaps == 0 and count > 3 else 2
        move = max(-widest, min(widest, move))
        leaps += abs(move) > 2
        contour.append(contour[-1] + move)
    middle = round(sum(contour) / len(contour))
    return tuple(step - middle for step in contour)


def draw_motif(grid: Sequence[Measure], *, density: float, rng: np.random.Generator) -> Motif:
    """Draw a motif over measures: three notes or more, of at least two lengths."""
    ticks = grid[-1].end - grid[0].start
    fewest = 3 if len(grid) == 1 else 5
    rhythm: tuple[tuple[int, int], ...] = ()
    for attempt in range(14):
        rhythm = draw_rhythm(grid, density=density + 0.07 * attempt, rng=rng)
        if len(rhythm) >= fewest and len({held for _, held in rhythm}) > 1:
            break
    if not rhythm:
        rhythm = ((0, ticks),)
    contour = draw_contour(len(rhythm), span=float(rng.uniform(3.0, 6.5)), rng=rng)
    notes = (MotifNote(on, held, step) for (on, held), step in zip(rhythm, contour, strict=True))
    return Motif(tuple(notes), ticks)


def shift(motif: Motif, steps: int) -> Motif:
    """Return the sequence of a motif, all its notes moved along the scale."""
    return replace(
        motif, notes=tuple(replace(note, contour=note.contour + steps) for note in motif.notes)
    )


def answer(motif: Motif, rng: np.random.Generator) -> Motif:
    """Answer a motif: its head again, then another way down to a long last note."""
    head = max(1, round(len(motif.notes) * float(rng.uniform(0.35, 0.6))))
    notes = list(motif.notes[:head])
    tail = list(motif.notes[head:])
    if tail:
        kept = tail[: max(1, len(tail) - int(rng.integers(0, 2)))]
        at = notes[-1].contour
        falls = rng.integers(-2, 2, len(kept))
        for note, fall in zip(kept, falls, strict=True):
            at += int(fall)
            notes.append(replace(note, contour=at))
        last = notes[-1]
        room = motif.ticks - last.onset
        notes[-1] = replace(last, duration=min(max(last.duration, 8 * STEP), room))
    return replace(motif, notes=tuple(notes))


def vary(motif: Motif, rng: np.random.Generator, *, amount: int = 1) -> Motif:
    """Vary a motif by one or more small changes; its head stays what it was."""
    for _ in range(amount):
        change = int(rng.integers(5))
        motif = (_turn_tail, _split_long, _drop_weak, _delay, _neighbour)[change](motif, rng)
    return motif


def _turn_tail(motif: Motif, rng: np.random.Generator) -> Motif:
    """Send the last notes another way."""
    notes = list(motif.notes)
    move = int(rng.choice((-3, -2, 2, 3)))
    count = min(len(notes), int(rng.integers(1, 3)))
    notes[-count:] = [replace(note, contour=note.contour + move) for note in notes[-count:]]
    return replace(motif, notes=tuple(notes))


def _split_long(motif: Motif, rng: np.random.Generator) -> Motif:
    """Turn a long note into two, the second a step on."""
    notes = list(motif.notes)
    long = [i for i, note in enumerate(notes) if note.duration >= 4 * STEP]
    if not long:
        return _turn_tail(motif, rng)
    i = long[int(rng.integers(len(long)))]
    note = notes[i]
    first = note.duration // (2 * STEP) // 2 * 2 * STEP or note.duration // 2
    second = MotifNote(
        note.onset + first, note.duration - first, note.contour + int(rng.choice((-1, 1)))
    )
    notes[i : i + 1] = [replace(note, duration=first), second]
    return replace(motif, notes=tuple(notes))


def _drop_weak(motif: Motif, rng: np.random.Generator) -> Motif:
    """Leave a note out; the one before rings on."""
    if len(motif.notes) < 4:
        return _split_long(motif, rng)
    notes = list(motif.notes)
    i = int(rng.integers(1, len(notes)))
    gone = notes.pop(i)
    before = notes[i - 1]
    if gone.onset - before.onset <= 6 * STEP:
        notes[i - 1] = replace(before, duration=gone.onset + gone.duration - before.onset)
    return replace(motif, notes=tuple(notes))


def _delay(motif: Motif, rng: np.random.Generator) -> Motif:
    """Let one note come an eighth or a sixteenth later, out of the one that it was."""
    notes = list(motif.notes)
    long = [i for i, note in enumerate(notes) if note.duration >= 3 * STEP]
    if not long:
        return _turn_tail(motif, rng)
    i = long[int(rng.integers(len(long)))]
    by = STEP if notes[i].duration == 3 * STEP or rng.random() < 0.4 else 2 * STEP
    notes[i] = replace(notes[i], onset=notes[i].onset + by, duration=notes[i].duration - by)
    return replace(motif, notes=tuple(notes))


def _neighbour(motif: Motif, rng: np.random.Generator) -> Motif:
    """Lead into a note by its neighbour a sixteenth or an eighth before."""
    notes = list(motif.notes)
    ready = [i for i in range(1, len(notes)) if notes[i].onset - notes[i - 1].onset >= 4 * STEP]
    if not ready:
        return _split_long(motif, rng)
    i = ready[int(rng.integers(len(ready)))]
    before, note = notes[i - 1], notes[i]
    onset = note.onset - (STEP if rng.random() < 0.5 else 2 * STEP)
    held = min(before.duration, onset - before.onset)
    notes[i - 1 : i] = [
        replace(before, duration=held),
        MotifNote(onset, note.onset - onset, note.contour + int(rng.choice((-1, 1)))),
    ]
    return replace(motif, notes=tuple(notes))
