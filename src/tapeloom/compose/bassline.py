"""The bass: roots with the kick, fifths and octaves between, a step into the next chord."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.compose.form import kind_of, recall, remember
from tapeloom.compose.grid import STEP, Measure, measures
from tapeloom.compose.melody import chord_under
from tapeloom.compose.plan import Plan
from tapeloom.compose.touches import BASS, side_stream, touch_line
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import ChordSpan, Note, Part
from tapeloom.theory.chords import chord_scale
from tapeloom.theory.instruments import instrument
from tapeloom.theory.scales import nearest, step_along
from tapeloom.theory.voicing import functions

KICK = 36
LOW, HIGH = 28, 50
HOME = 36  # C2


@dataclass(frozen=True, slots=True)
class BassStroke:
    """One stroke of a pattern over a pair of measures."""

    offset: int  # ticks from the pair's start
    kind: str  # root, fifth, octave or approach


@dataclass(frozen=True, slots=True)
class BassPattern:
    """What the bass repeats through a section."""

    strokes: tuple[BassStroke, ...]
    gap: float  # 0..1, how much of a note's room is left silent at its end
    approach: float  # 0..1, how often it steps into the next chord


def draw_pattern(
    grid: Sequence[Measure],
    kicks: Sequence[int],
    *,
    density: float,
    energy: float,
    rng: np.random.Generator,
) -> BassPattern:
    """Draw the pattern of a section over its first two measures.

    kicks   ticks of the kick drum in those measures; the bass takes most of them
    """
    pair = grid[:2]
    base = pair[0].start
    busy = 0.5 * density + 0.5 * energy
    offsets: dict[int, str] = {}
    for measure in pair:
        start = measure.start - base
        offsets[start] = "root"
        second = start + measure.middle
        if measure.middle and rng.random() < 0.25 + 0.35 * busy:
            offsets[second] = "fifth" if rng.random() < 0.5 else "root"
        for kick in kicks:
            inside = kick - measure.start
            if 0 < inside < measure.ticks and rng.random() < 0.5 + 0.4 * busy:
                offsets.setdefault(kick - base, "root")
        # A pick-up on the last eighth or sixteenth keeps the line walking.
        late = STEP * 2 if rng.random() < 0.7 else STEP
        if measure.ticks > 8 * STEP and rng.random() < 0.15 + 0.5 * busy:
            offsets.setdefault(start + measure.ticks - late, "approach")
        if busy > 0.35 and measure.ticks > 8 * STEP and rng.random() < busy * 0.7:
            at = start + measure.middle - 2 * STEP
            if at > start:
                offsets.setdefault(at, "octave" if rng.random() < 0.4 else "fifth")
    closest = STEP if busy > 0.6 else 2 * STEP
    most = round(1.5 + 4 * busy)
    downbeats = {measure.start - base for measure in pair}
    thinned: list[BassStroke] = []
    left = most
    for offset, kind in sorted(offsets.items()):
        if offset in downbeats:
            left = most
        elif offset - thinned[-1].offset < closest or left <= 0:
            continue
        left -= 1
        thinned.append(BassStroke(offset, kind))
    return BassPattern(
        tuple(thinned), gap=float(rng.uniform(0.02, 0.25)), approach=float(0.3 + 0.5 * busy)
    )


def write_bass(
    plan: Plan, chords: Sequence[ChordSpan], drums: Part | None, rng: np.random.Generator
) -> Part:
    """Write the bass of a whole record, locked to the kick where there are drums."""
    aside = side_stream(rng)
    kicks = [note.start for note in drums.notes if note.pitch == KICK] if drums else []
    patterns: dict[tuple[int, str], list[tuple[float, BassPattern]]] = {}
    notes: list[Note] = []
    for section in plan.sections:
        if "bass" not in section.roles:
            continue
        grid = measures(section.start, section.end, plan.meters)
        kind = kind_of(section.name)
        pattern = recall(patterns, section)
        if pattern is None:
            first, stop = (bisect_left(kicks, at) for at in (grid[0].start, grid[:2][-1].end))
            near = kicks[first:stop]
            density = section.density * (0.5 if kind in ("intro", "breakdown", "outro") else 1.0)
            pattern = draw_pattern(grid, near, density=density, energy=section.energy, rng=rng)
            remember(patterns, section, pattern)
        notes.extend(
            play_bass(
                pattern,
                grid,
                chords,
                plan.pieces[section.piece].key,
                energy=section.energy,
                rng=rng,
                before=notes[-1].pitch if notes else HOME,
                rests_at_end=section is plan.sections[-1],
            )
        )
    name = plan.instrument_of("bass")
    part = Part("bass", "bass", name, tuple(notes), instrument(name).program)
    return touch_line(part, BASS, plan, aside)


def play_bass(
    pattern: BassPattern | Sequence[BassPattern],
    grid: Sequence[Measure],
    chords: Sequence[ChordSpan],
    key: Key,
    *,
    energy: float,
    rng: np.random.Generator,
    before: int = HOME,
    rests_at_end: bool = False,
) -> list[Note]:
    """Play a pattern through measures: a root on every chord, the rest as the pattern says.

    pattern   one, or one for each pair of measures, which take turns
    """
    patterns = (pattern,) if isinstance(pattern, BassPattern) else tuple(pattern)
    gap, approach = patterns[0].gap, patterns[0].approach
    strokes = _strokes(patterns, grid, chords)
    end = grid[-1].end
    if rests_at_end:
        stop = grid[-2].start if len(grid) > 4 else grid[-1].start
        strokes = [(tick, kind) for tick, kind in strokes if tick <= stop]
    draws = rng.random((len(strokes), 2))
    notes: list[Note] = []
    at = before
    for i, (tick, wished) in enumerate(strokes):
        following = strokes[i + 1][0] if i + 1 < len(strokes) else end
        chord = chord_under(chords, tick, tick + 1)
        ahead = chord_under(chords, following, following + 1) if following < end else chord
        kind = wished
        if kind == "approach" and (ahead.root == chord.root or draws[i, 0] > approach):
            kind = "fifth"
        at = _pitch(kind, chord, ahead, key, at, draws[i, 0])
        room = following - tick
        silent = int(gap * room) // (STEP // 2) * (STEP // 2)
        # An approach leads on without a hole.
        held = room if kind == "approach" else max(room - silent, min(room, STEP))
        accent = 4 if kind == "root" else -4
        notes.append(Note(tick, held, at, round(76 + 10 * energy + 6 * draws[i, 1]) + accent))
    return notes


def _strokes(
    patterns: Sequence[BassPattern], grid: Sequence[Measure], chords: Sequence[ChordSpan]
) -> list[tuple[int, str]]:
    """Lay patterns over measures; every chord that begins gets its root."""
    begin, end = grid[0].start, grid[-1].end
    strokes: dict[int, str] = {}
    for i in range(0, len(grid), 2):
        pair = grid[i : i + 2]
        for stroke in patterns[i // 2 % len(patterns)].strokes:
            tick = pair[0].start + stroke.offset
            if tick < pair[-1].end:
                strokes[tick] = stroke.kind
    first, stop = (bisect_left(chords, at, key=lambda span: span.start) for at in (begin, end))
    changes = [span.start for span in chords[first:stop]] or [begin]
    for tick in changes:
        strokes[tick] = "root"
        # What was struck just before a chord crowds its root, unless it leads there.
        for near in [at for at in strokes if tick - 2 * STEP < at < tick]:
            if strokes[near] != "approach":
                del strokes[near]
    return sorted(strokes.items())


def _pitch(kind: str, chord: Chord, ahead: Chord, key: Key, before: int, draw: float) -> int:
    """Choose a pitch in range: near the one before, near home."""
    low = chord.bass_pitch_class
    root = _place(low, (before + 2 * HOME) / 3)
    if kind == "fifth":
        fifth = (chord.root + functions(chord.quality).get("fifth", 7)) % 12
        return _place(fifth, root + (3 if draw < 0.5 else -3))
    if kind == "octave":
        return root + 12 if root + 12 <= HIGH else root
    if kind == "approach":
        target = _place(ahead.bass_pitch_class, (root + 2 * HOME) / 3)
        if draw < 0.22:
            side = target - 1 if target > LOW else target + 1
        else:
            steps = 1 if before > target and target < HIGH - 2 else -1
            side = step_along(target, chord_scale(chord, key), steps=steps)
        return side if LOW <= side <= HIGH else root
    return root


def _place(pitch_class: int, near: float) -> int:
    pitch = nearest(near, (pitch_class,))
    while pitch < LOW:
        pitch += 12
    while pitch > HIGH - 3:
        pitch -= 12
    return pitch if pitch >= LOW else pitch + 12
