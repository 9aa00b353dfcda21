"""The melody: a motif stated, sequenced, answered and rested over each section."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.compose.elaboration import by_density
from tapeloom.compose.form import kind_of
from tapeloom.compose.grid import STEP, Measure, measure_at, measures
from tapeloom.compose.line import STEP_SEMITONES, LineNote, find_pitches
from tapeloom.compose.motifs import Motif, MotifNote, answer, draw_motif, shift, vary
from tapeloom.compose.placing import Placed
from tapeloom.compose.plan import Plan
from tapeloom.compose.touches import MELODY, side_stream, touch_line
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import ChordSpan, Mark, Note, Part
from tapeloom.theory.chords import chord_scale
from tapeloom.theory.instruments import instrument
from tapeloom.theory.scales import step_along

MIDDLE = 74  # D5, where a melody lies when nothing else is asked
REACH = 9  # semitones that it goes from there
LONG = 6 * STEP

# Phrases as units of two measures: a the motif, + a step up, - down, ' varied, ? answered,
# h its head only, . a rest. The first of each row suit a dense melody, the last a sparse one.
PHRASES: dict[str, tuple[str, ...]] = {
    "A": (
        "a a+ a a?", "a a a+ a?", "a a' a a?", "a a? a a?'", "a a- a a?", "a h a a?", "a . a a?",
        "a h . a?", "a . a+ h",
    ),
    "B": ("b b+ b b?", "b b b- b?", "b b? b+ b?", "b . b b?", "b . b+ b?", "b . b? h"),
    "bridge": ("c c+ c .", "c c- h .", "h c h c?", "c . c- ."),
    "breakdown": ("a . a? .", "h a? . .", "a . h ."),
    "outro": ("a a? h .", "a . h .", "h . h ."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Theme:
    """The material of one piece."""

    units: tuple[tuple[str, tuple[Motif | None, ...]], ...]  # by kind of section
    anchors: tuple[tuple[str, int], ...]  # MIDI pitch that each letter's contours stand on
    unit_measures: int = 2


def melody_range(name: str, register: float) -> tuple[int, int]:
    """Return the pitches within which an instrument sings.

    >>> melody_range("felt_piano", 0.0), melody_range("nylon_guitar", 0.0)
    ((65, 83), (61, 79))
    """
    low, high = instrument(name).comfortable
    centre = min(round(MIDDLE + register), high - REACH)
    return max(low, centre - REACH), min(high, centre + REACH)


def draw_theme(
    grid: Sequence[Measure], *, density: float, low: int, high: int, rng: np.random.Generator
) -> Theme:
    """Draw the motifs of a piece and lay its phrases out; `grid` is a section of it."""
    pair = grid[:2]
    head = draw_motif(pair, density=0.34 + 0.4 * density, rng=rng)
    other = draw_motif(
        pair, density=0.3 + 0.4 * density + float(rng.choice((-0.08, 0.14))), rng=rng
    )
    third = draw_motif(pair, density=0.22 + 0.35 * density, rng=rng)
    motifs = {"a": head, "b": other, "c": third, "h": _head(head)}
    units: dict[str, tuple[Motif | None, ...]] = {}
    for kind, rows in PHRASES.items():
        spread = rng.normal(0.0, 0.22)
        at = int(np.clip(1.0 - density + spread, 0.0, 0.999) * len(rows))
        units[kind] = tuple(_unit(text, motifs, rng) for text in rows[at].split())
    units["A'"] = _vary_units(units["A"], rng, count=2)
    middle = (low + high) // 2
    lift = int(rng.choice((-3, 3, 4)))
    anchors = {
        "A": middle + int(rng.integers(-2, 3)),
        "B": middle + lift,
        "bridge": middle + int(rng.integers(-3, 3)),
    }
    return Theme(tuple(units.items()), tuple(anchors.items()), len(pair))


def _head(motif: Motif) -> Motif:
    count = max(2, min(4, (len(motif.notes) + 1) // 2))
    notes = list(motif.notes[:count])
    room = motif.ticks - notes[-1].onset
    notes[-1] = replace(notes[-1], duration=min(room, max(8 * STEP, notes[-1].duration)))
    return replace(motif, notes=tuple(notes))


def _unit(text: str, motifs: dict[str, Motif], rng: np.random.Generator) -> Motif | None:
    if text == ".":
        return None
    motif = motifs[text[0]]
    for sign in text[1:]:
        if sign == "?":
            motif = answer(motif, rng)
        elif sign == "'":
            motif = vary(motif, rng)
        else:
            motif = shift(motif, int(rng.integers(1, 3)) * (1 if sign == "+" else -1))
    return motif


def _vary_units(
    units: Sequence[Motif | None], rng: np.random.Generator, *, count: int
) -> tuple[Motif | None, ...]:
    """Vary some units, the later ones first; a rest may be filled by the motif's answer."""
    result = list(units)
    sounding = [i for i, motif in enumerate(result) if motif is not None]
    for i in sounding[-count:]:
        motif = result[i]
        if motif is not None:
            result[i] = _vary_rhythm(motif, rng)
    silent = [i for i, motif in enumerate(result) if motif is None]
    first = result[0]
    if silent and first is not None and rng.random() < 0.5:
        result[silent[0]] = answer(_head(first), rng)
    return tuple(result)


def _vary_rhythm(motif: Motif, rng: np.random.Generator) -> Motif:
    """Vary a motif so that it can be heard: another pitch alone may bend back to the chord."""
    varied = vary(motif, rng, amount=2)
    for _ in range(6):
        if [note.onset for note in varied.notes] != [note.onset for note in motif.notes]:
            break
        varied = vary(varied, rng)
    return varied


def write_melody(plan: Plan, chords: Sequence[ChordSpan], rng: np.random.Generator) -> Part:
    """Write the melody of a whole record."""
    aside = side_stream(rng)
    name = plan.instrument_of("melody")
    low, high = melody_range(name, plan.register)
    themes: dict[int, Theme] = {}
    notes: list[Note] = []
    seen: set[tuple[int, str]] = set()
    for section in plan.sections:
        if "melody" not in section.roles:
            continue
        grid = measures(section.start, section.end, plan.meters)
        if section.piece not in themes:
            themes[section.piece] = draw_theme(
                grid, density=plan.density, low=low, high=high, rng=rng
            )
        kind = kind_of(section.name)
        returns = (section.piece, kind) in seen
        seen.add((section.piece, kind))
        placed = place_units(themes[section.piece], kind, grid, returns=returns, rng=rng)
        placed = by_density(placed, grid, section.density - plan.density)
        placed = [replace(entry, anchor=entry.anchor + section.register) for entry in placed]
        if section is plan.sections[-1]:
            placed = _close(placed, grid)
        key = plan.pieces[section.piece].key
        before = notes[-1].pitch if notes else None
        notes.extend(
            sing(
                placed, grid, chords, key, low=low, high=high, energy=section.energy, before=before
            )
        )
    notes, marks = add_graces(notes, chords, plan, rng)
    part = Part("melody", "melody", name, tuple(notes), instrument(name).program, marks=marks)
    return touch_line(part, MELODY, plan, aside)


def place_units(
    theme: Theme, kind: str, grid: Sequence[Measure], *, returns: bool, rng: np.random.Generator
) -> list[Placed]:
    """Place a theme's units over a section; what returns is varied once more."""
    units = dict(theme.units)["A" if kind == "intro" else kind]
    if returns:
        units = _vary_units(units, rng, count=1)
    letter = kind if kind in ("B", "bridge") else "A"
    anchor = float(dict(theme.anchors)[letter])
    placed: list[Placed] = []
    pairs = [grid[i : i + theme.unit_measures] for i in range(0, len(grid), theme.unit_measures)]
    for i, pair in enumerate(pairs):
        # A section of fewer units than the phrase has keeps its first and its last.
        at = len(units) - 1 if i == len(pairs) - 1 and i < len(units) else i % len(units)
        motif = units[at]
        if len(pairs) == 1:
            motif = units[0]
        if motif is None:
            continue
        begin, end = pair[0].start, pair[-1].end
        first = True
        for note in motif.notes:
            room = end - begin - note.onset
            if room > 0:
                held = replace(note, duration=min(note.duration, room))
                placed.append(Placed(begin + note.onset, held, anchor, first))
                first = False
    return placed


def _close(placed: list[Placed], grid: Sequence[Measure]) -> list[Placed]:
    """End the record: nothing new in the last two measures but one long note."""
    last = grid[-2] if len(grid) > 2 else grid[-1]
    kept = [entry for entry in placed if entry.start < last.start]
    contour = kept[-1].note.contour - 1 if kept else 0
    anchor = placed[-1].anchor if placed else float(MIDDLE)
    long = MotifNote(0, min(last.ticks, 16 * STEP), contour)
    return [*kept, Placed(last.start, long, anchor, begins=True)]


def sing(
    placed: Sequence[Placed],
    grid: Sequence[Measure],
    chords: Sequence[ChordSpan],
    key: Key,
    *,
    low: int,
    high: int,
    energy: float,
    before: int | None = None,
    after: int | None = None,
) -> list[Note]:
    """Find the pitches of placed notes and write them down, one at a time."""
    placed = sorted(placed, key=lambda entry: entry.start)
    starts = [entry.start for entry in placed]
    lines: list[LineNote] = []
    ends: list[int] = []
    for i, entry in enumerate(placed):
        start, note = entry.start, entry.note
        following = starts[i + 1] if i + 1 < len(placed) else start + note.duration
        end = min(start + note.duration, following)
        weight = measure_at(grid, start).weight(start)
        long = end - start >= LONG
        heaviness = 2 if weight >= 0.6 or long else int(weight >= 0.3 or end - start >= 3 * STEP)
        step = note.contour - placed[i - 1].note.contour if i else 0
        lines.append(
            LineNote(
                chord_under(chords, start, end),
                key,
                heaviness,
                goal=entry.anchor + STEP_SEMITONES * note.contour,
                step=round(step * STEP_SEMITONES, 3),
                bound=0.3 if entry.begins else 1.0,
                pinned=entry.pinned,
            )
        )
        ends.append(end)
    pitches = find_pitches(lines, low=low, high=high, before=before, after=after)
    peak = max(pitches, default=0)
    return [
        Note(
            start,
            end - start,
            pitch,
            _velocity(measure_at(grid, start).weight(start), energy, pitch == peak),
        )
        for start, end, pitch in zip(starts, ends, pitches, strict=True)
        if end > start
    ]


def _velocity(weight: float, energy: float, is_peak: bool) -> int:
    return int(min(112, 68 + 12 * energy + 9 * weight + 4 * is_peak))


def chord_under(chords: Sequence[ChordSpan], start: int, end: int) -> Chord:
    """Return the chord that sounds for most of a note; an anticipation belongs to the next."""
    i = max(bisect_right(chords, start, key=lambda span: span.start) - 1, 0)
    best, most = chords[i].chord, -1
    while i < len(chords) and (chords[i].start < end or most < 0):
        shared = min(end, chords[i].end) - max(start, chords[i].start)
        if shared > most:
            best, most = chords[i].chord, shared
        i += 1
    return best


def add_graces(
    notes: Sequence[Note], chords: Sequence[ChordSpan], plan: Plan, rng: np.random.Generator
) -> tuple[list[Note], tuple[Mark, ...]]:
    """Return the notes with a few grace notes before long ones, and their marks."""
    draws = rng.random(len(notes))
    chance = 0.05 + 0.05 * plan.energy
    result: list[Note] = []
    marks: list[Mark] = []
    for i, note in enumerate(notes):
        free = note.start - (notes[i - 1].end if i else 0)
        if draws[i] < chance and note.duration >= LONG and free >= STEP // 2 and note.start:
            key = next(k for tick, k in reversed(plan.keys) if tick <= note.start)
            classes = chord_scale(chord_under(chords, note.start, note.end), key)
            below = step_along(note.pitch, classes, steps=-1)
            onset = note.start - STEP // 2
            result.append(Note(onset, STEP // 2, below, max(1, note.velocity - 18)))
            marks.append(Mark(onset, below, "grace"))
        result.append(note)
    return result, tuple(marks)
