"""The players of an arrangement: a loop's own figures over any chords."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tapeloom.compose.arrange import Layer, without_overlaps
from tapeloom.compose.bassline import HIGH, LOW, play_bass
from tapeloom.compose.comping import Comping, comp
from tapeloom.compose.figures import pairs, read_bass_patterns, read_compings
from tapeloom.compose.grid import Measure, measures
from tapeloom.compose.stretch import Stretch
from tapeloom.compose.theme_lines import Place
from tapeloom.core.score import Mark, Note
from tapeloom.theory.voice_leading import Voicing

CALM = 0.42  # the energy under which strokes off the beat are left out


def play_keys(
    theme: Stretch, places: Sequence[Place], layer: Layer, rng: np.random.Generator
) -> tuple[list[Note], list[Mark]]:
    """Let the keys play the loop's figure: note for note in its first statement, then revoiced."""
    compings = read_compings(theme.keys, _grid_of(theme), theme.chords)
    notes: list[Note] = []
    marks: list[Mark] = []
    stated = False
    for place_ in places:
        if "keys" not in place_.plan.roles:
            continue
        own = not stated and _states(place_)
        stated = stated or own
        for units, first, same in _runs(theme, place_):
            if own and same:
                notes.extend(_as_it_is(theme.keys, theme, units, first, level=64))
                continue
            patterns = [compings[(first + i) % len(compings)] for i in range(len(units))]
            patterns = [
                _calmed(p, u) if place_.plan.energy < CALM else p
                for p, u in zip(patterns, units, strict=True)
            ]
            grid = [measure for unit in units for measure in unit]
            played, signs = comp(
                patterns, grid, place_.chords, layer, section=place_.section, rng=rng,
                closes=place_ is places[-1] and grid[-1].end == place_.section.end,
                before=_last_voicing(notes, layer.voices),
            )  # fmt: skip
            notes.extend(played)
            marks.extend(signs)
    return without_overlaps(notes), marks


def play_own_bass(theme: Stretch, places: Sequence[Place], rng: np.random.Generator) -> list[Note]:
    """Let the bass play the loop's line where its chords sound, its patterns over others."""
    patterns = read_bass_patterns(theme.bass, _grid_of(theme), theme.chords)
    line = tuple(replace(note, pitch=_in_reach(note.pitch)) for note in theme.bass)
    notes: list[Note] = []
    for place_ in places:
        if "bass" not in place_.plan.roles:
            continue
        for units, first, same in _runs(theme, place_):
            if same and _states(place_):
                notes.extend(_as_it_is(line, theme, units, first, level=82))
                continue
            grid = [measure for unit in units for measure in unit]
            notes.extend(
                play_bass(
                    [patterns[(first + i) % len(patterns)] for i in range(len(units))], grid,
                    place_.chords, place_.plan.key, energy=place_.plan.energy, rng=rng,
                    before=notes[-1].pitch if notes else 36,
                    rests_at_end=place_ is places[-1] and grid[-1].end == place_.section.end,
                )
            )  # fmt: skip
    return notes


def _states(place_: Place) -> bool:
    return place_.plan.letter == "A" and place_.plan.recoloured == 0.0


def _grid_of(stretch: Stretch) -> tuple[Measure, ...]:
    return measures(0, stretch.ticks, ((0, stretch.meter),))


def _runs(theme: Stretch, place_: Place) -> list[tuple[list[Sequence[Measure]], int, bool]]:
    """Part a section's pairs of measures into runs over the theme's own chords and over others.

    Each run comes with the number of its first pair in the section.
    """
    runs: list[tuple[list[Sequence[Measure]], int, bool]] = []
    for i, pair in enumerate(pairs(place_.grid)):
        same = _same_chords(theme, place_, pair)
        if runs and runs[-1][2] == same:
            runs[-1][0].append(pair)
        else:
            runs.append(([pair], i, same))
    return runs


def _same_chords(theme: Stretch, place_: Place, pair: Sequence[Measure]) -> bool:
    begin, end = pair[0].start, pair[-1].end
    offset = (begin - place_.section.start) % theme.ticks
    if offset + end - begin > theme.ticks:
        return False
    here = {
        (max(s.start, begin) - begin, s.chord)
        for s in place_.chords
        if s.start < end and s.end > begin
    }
    there = {
        (max(s.start - offset, 0), s.chord)
        for s in theme.chords
        if s.start < offset + end - begin and s.end > offset
    }
    return here == there


def _as_it_is(
    line: Sequence[Note], theme: Stretch, units: Sequence[Sequence[Measure]], first: int, *,
    level: int,
) -> list[Note]:  # fmt: skip
    """Copy what the loop plays under a run of pairs, its velocities brought to a level."""
    mean = float(np.mean([note.velocity for note in line])) if line else 0.0
    length = len(pairs(_grid_of(theme)))
    notes: list[Note] = []
    for i, unit in enumerate(units):
        begin, end = unit[0].start, unit[-1].end
        origin = pairs(_grid_of(theme))[(first + i) % length][0].start
        for note in line:
            at = begin + note.start - origin
            if begin <= at < end:
                loud = round(level + 0.5 * (note.velocity - mean))
                held = min(note.duration, end - at)
                notes.append(Note(at, held, note.pitch, min(max(loud, 1), 127)))
    return notes


def _calmed(comping: Comping, unit: Sequence[Measure]) -> Comping:
    """Leave out the strokes off the beat; what stays rings on."""
    base = unit[0].start
    kept = [
        stroke
        for stroke in comping.strokes
        if any(m.start <= base + stroke.offset < m.end and m.weight(base + stroke.offset) >= 0.6
               for m in unit)
    ]  # fmt: skip
    if not kept:
        return comping
    ends = [stroke.offset for stroke in kept[1:]] + [unit[-1].end - base]
    return replace(
        comping,
        strokes=tuple(
            replace(stroke, duration=end - stroke.offset)
            for stroke, end in zip(kept, ends, strict=True)
        ),
    )


def _last_voicing(notes: Sequence[Note], voices: int) -> Voicing | None:
    """Return the pitches struck last, where they are as many as a voicing has."""
    if not notes:
        return None
    latest = max(note.start for note in notes)
    pitches = tuple(sorted({note.pitch for note in notes if note.start == latest}))
    return pitches if len(pitches) == voices else None


def _in_reach(pitch: int) -> int:
    while pitch > HIGH:
        pitch -= 12
    while pitch < LOW:
        pitch += 12
    return pitch
