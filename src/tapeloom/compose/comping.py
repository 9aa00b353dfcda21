"""The comping of the keys: patterns of chords and broken chords, voiced below the melody."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.compose.arrange import Layer, spans_in, voice_chords, without_overlaps
from tapeloom.compose.form import recall, remember
from tapeloom.compose.grid import STEP, Measure, measure_at, measures
from tapeloom.compose.melody import melody_range
from tapeloom.compose.plan import Plan
from tapeloom.compose.touches import side_stream, touch_stabs
from tapeloom.core.score import ChordSpan, Mark, Note, Part, Section
from tapeloom.theory.instruments import instrument
from tapeloom.theory.scales import nearest
from tapeloom.theory.voice_leading import Voicing

# Comping of one metrical group by its sixteenths, from calm to lively: x the chord, t its upper
# voices, l its lower ones, 0 to 3 one voice that rings on, - held, . silent.
COMPING: dict[int, tuple[str, ...]] = {
    4: ("----", "x---", "t---", "..t-"),
    6: ("------", "x-----", "x---t-", "l-t---", "x--t--"),
    8: (
        "--------", "x-------", "x-------", "t-------", "l---t---", "x-----t-", "x--t----",
        "..t-----", "x--t--..", "l--t--t-", "l-t---t-",
    ),
    12: (
        "------------", "x-----------", "x-------t---", "l---t---t---", "x-----t-----",
        "x--t----t---",
    ),
}  # fmt: skip

BROKEN: dict[int, tuple[str, ...]] = {
    4: ("----", "2---", "l-t-", "0-2-"),
    6: ("------", "l---t-", "0-2-3-", "0-3-2-", "l-2-3-"),
    8: (
        "--------", "--------", "2-------", "l---t---", "l-----t-", "....t---", "l-2-3---",
        "0-1-3---", "l-3-2---", "0-2-3-1-", "0-1-2-3-", "..2-3-1-",
    ),
    12: (
        "------------", "l-----t-----", "l---2---3---", "0-1-2-3-----", "l-2-3---2---",
        "0-1-2-3-2-1-",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stroke:
    """One stroke of a comping pattern."""

    offset: int  # ticks from the start of its pair of measures
    duration: int  # ticks
    voices: str  # x all, t the upper ones, l the lower ones, 0 to 3 one of them


@dataclass(frozen=True, slots=True)
class Comping:
    """How the keys play a kind of section: strokes over a pair of measures, and a way to strum."""

    strokes: tuple[Stroke, ...]
    rolls: float  # 0..1, how many chords are rolled
    pushes: bool  # whether a stroke on the last eighth takes the next chord early


def draw_comping(
    grid: Sequence[Measure], *, energy: float, density: float, rng: np.random.Generator,
    away: float = 0.0,
) -> Comping:  # fmt: skip
    """Draw the strokes of the keys over the first two measures of a section.

    away   the section's density over the record's
    """
    strokes: list[Stroke] = []
    base = grid[0].start
    is_broken = rng.random() < 0.65 - 0.6 * energy
    rows = BROKEN if is_broken else COMPING
    level = (0.38 if is_broken else 0.1) + 0.28 * energy + 0.24 * density + 0.9 * away
    for measure in grid[:2]:
        for i, (at, ticks) in enumerate(zip(measure.group_starts, measure.groups, strict=True)):
            lively = float(np.clip(level + rng.normal(0.0, 0.16) - 0.26 * (i > 0), 0.0, 0.999))
            offset = measure.start - base + at
            for onset, held, voices in _cell(rows, ticks, lively, first=i == 0):
                strokes.append(Stroke(offset + onset, held, voices))
    # A held cell prolongs the stroke before it.
    for i, stroke in enumerate(strokes):
        if stroke.voices == "-" and i:
            before = strokes[i - 1]
            strokes[i] = Stroke(before.offset, before.duration + stroke.duration, before.voices)
            strokes[i - 1] = Stroke(before.offset, 0, before.voices)
    sounding = tuple(stroke for stroke in strokes if stroke.duration and stroke.voices != "-")
    return Comping(
        sounding, rolls=float(rng.uniform(0.1, 0.5)), pushes=rng.random() < 0.6 * energy + 0.1
    )


def _cell(
    rows: dict[int, tuple[str, ...]], ticks: int, lively: float, *, first: bool
) -> list[tuple[int, int, str]]:
    steps, rest = divmod(ticks, STEP)
    if rest or steps not in rows:
        if steps > 8:
            tail = _cell(rows, ticks - 8 * STEP, lively, first=False)
            head = _cell(rows, 8 * STEP, lively, first=first)
            return [*head, *((onset + 8 * STEP, held, voices) for onset, held, voices in tail)]
        return [(0, ticks, "x" if first else "-")]
    row = rows[steps]
    text = row[max(int(lively * len(row)), int(first))]
    result: list[tuple[int, int, str]] = []
    for i, sign in enumerate(text):
        if sign in "xtl0123" or (sign == "-" and i == 0):
            end = i + 1
            while end < len(text) and text[end] == "-":
                end += 1
            result.append((i * STEP, (end - i) * STEP, sign))
    return result


def keys_layer(name: str, rng: np.random.Generator, *, ceiling: int) -> Layer:
    """Draw how the keys are voiced: below the melody, rootless or drop 2."""
    style = ("rootless", "drop2", "rootless")[int(rng.integers(3))]
    low, high = instrument(name).comfortable
    voices = 3 if rng.random() < 0.4 else 4
    return Layer(style, voices, max(low, 47), min(high, max(63, min(69, ceiling))))


def write_keys(plan: Plan, chords: Sequence[ChordSpan], rng: np.random.Generator) -> Part:
    """Write the comping of a whole record."""
    aside = side_stream(rng)
    name = plan.instrument_of("keys")
    # Only the lowest third that the melody sings in is shared with the chords.
    ceiling = melody_range(plan.instrument_of("melody"), plan.register)[0] + 3
    layers = {piece: keys_layer(name, rng, ceiling=ceiling) for piece in range(len(plan.pieces))}
    compings: dict[tuple[int, str], list[tuple[float, Comping]]] = {}
    notes: list[Note] = []
    marks: list[Mark] = []
    for section in plan.sections:
        if "keys" not in section.roles:
            continue
        grid = measures(section.start, section.end, plan.meters)
        comping = recall(compings, section)
        if comping is None:
            # Beside a pad or a guitar the keys hold back.
            room = 0.35 if {"pad", "guitar"} & set(section.roles) else 1.0
            comping = draw_comping(
                grid, energy=room * section.energy, density=room * plan.density, rng=rng,
                away=section.density - plan.density,
            )  # fmt: skip
            remember(compings, section, comping)
        played, signs = comp(
            comping,
            grid,
            chords,
            layers[section.piece],
            section=section,
            rng=rng,
            closes=section is plan.sections[-1],
        )
        notes.extend(played)
        marks.extend(signs)
    part = Part("keys", "keys", name, tuple(notes), instrument(name).program, marks=tuple(marks))
    return touch_stabs(part, plan.sections, aside)


def comp(
    comping: Comping | Sequence[Comping],
    grid: Sequence[Measure],
    chords: Sequence[ChordSpan],
    layer: Layer,
    *,
    section: Section,
    rng: np.random.Generator,
    closes: bool = False,
    before: Voicing | None = None,
    after: Voicing | None = None,
) -> tuple[list[Note], list[Mark]]:
    """Play a comping pattern through a section's measures, every chord struck as it begins.

    comping   one pattern, or one for each pair of measures, which take turns
    """
    patterns = (comping,) if isinstance(comping, Comping) else tuple(comping)
    begin, end = grid[0].start, grid[-1].end
    spans = spans_in(chords, begin, end)
    voicings = voice_chords(
        spans, style=layer.style, voices=layer.voices, low=layer.low, high=layer.high,
        before=before, after=after,
    )  # fmt: skip
    strokes = _strokes(patterns, grid, spans, closes=closes)
    ticks = sorted(strokes)
    draws = rng.random((len(ticks), 2))
    needs_root = "bass" not in section.roles
    notes: list[Note] = []
    marks: list[Mark] = []
    for i, tick in enumerate(ticks):
        ends, span, voices = strokes[tick]
        voicing = voicings[span.start]
        following = ticks[i + 1] if i + 1 < len(ticks) else end
        rings = voices in "l0123"
        held = (span.end if rings else min(ends, following, span.end)) - tick
        half = len(voicing) // 2
        parts = {"x": voicing, "t": voicing[half:], "l": voicing[:half]}
        chosen = parts[voices] if voices in parts else (voicing[int(voices) % len(voicing)],)
        if needs_root and tick <= span.start < following:
            root = nearest(42.0, (span.chord.bass_pitch_class,))
            if root < voicing[0] - 2:
                begin = max(tick, span.start)
                notes.append(Note(begin, span.end - begin, root, round(58 + 10 * section.energy)))
        weight = measure_at(grid, tick).weight(tick)
        loud = 56 + 12 * section.energy + 8 * weight + 5 * draws[i, 0]
        for j, pitch in enumerate(chosen):
            top = 4 if j == len(chosen) - 1 else 0
            notes.append(Note(tick, held, pitch, round(loud) + top))
        is_last = closes and tick == ticks[-1]
        if len(chosen) > 2 and (is_last or draws[i, 1] < patterns[0].rolls * weight):
            marks.append(Mark(tick, chosen[0], "roll"))
    return without_overlaps(notes), marks


def _strokes(
    patterns: Sequence[Comping],
    grid: Sequence[Measure],
    spans: Sequence[ChordSpan],
    *,
    closes: bool,
) -> dict[int, tuple[int, ChordSpan, str]]:
    """Lay patterns over measures: by tick the stroke's end, its chord and its voices."""
    end = grid[-1].end
    starts = [span.start for span in spans]
    strokes: dict[int, tuple[int, ChordSpan, str]] = {}
    for i in range(0, len(grid), 2):
        pair = grid[i : i + 2]
        for stroke in patterns[i // 2 % len(patterns)].strokes:
            tick = pair[0].start + stroke.offset
            if tick < pair[-1].end:
                span = spans[bisect_right(starts, tick) - 1]
                strokes[tick] = (tick + stroke.duration, span, stroke.voices)
    for measure in grid:
        # Chords that hold for long are struck again in each measure.
        span = spans[bisect_right(starts, measure.start) - 1]
        strokes.setdefault(measure.start, (measure.end, span, "x"))
    for before, span in zip([None, *spans], spans, strict=False):
        ends, _, voices = strokes.get(span.start, (span.end, span, "x"))
        early = span.start - 2 * STEP
        if patterns[0].pushes and before and early in strokes and early > before.start:
            del strokes[early]
            strokes.pop(span.start, None)
            strokes[early] = (max(ends, span.start + 2 * STEP), span, "x")
        else:
            strokes[span.start] = (ends, span, voices if voices in "l0" else "x")
    if closes:
        rest = grid[-2].start if len(grid) > 4 else grid[-1].start
        strokes = {tick: stroke for tick, stroke in strokes.items() if tick < rest}
        strokes[rest] = (end, spans[bisect_right(starts, rest) - 1], "x")
    return strokes
