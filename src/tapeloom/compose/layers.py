"""Percussion over the kit's groove, by a player of its own: a clave, a polyrhythm, hands.

The clave is the rim's; a polyrhythm's first layer is too where no clave is kept, its others and
that beside a clave are the shaker's. All of it stays under the kit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tapeloom.compose.form import kind_of
from tapeloom.compose.hands import hand_strokes
from tapeloom.compose.plan import Plan
from tapeloom.core.meter import bar_starts, meter_at
from tapeloom.core.score import Note, Part, Section
from tapeloom.core.time import PPQ
from tapeloom.rhythm.meters import SIXTEENTH, beat_starts
from tapeloom.rhythm.polyrhythm import Polyrhythm, layer_hits
from tapeloom.rhythm.timelines import Timeline, place
from tapeloom.theory.instruments import DRUMS, instrument

NAME = "percussion"
BARE = ("intro", "breakdown", "outro")  # where the kit itself is thinned out
CLAVE_VELOCITY, POLYRHYTHM_VELOCITY = 62, 58
BACKBEAT_VELOCITY = 70  # of a rim stroke that is no mere colour
ON_A_BEAT = 0.85  # what the kit plays anyway is softer
SHORTEST_ROUND = 5 * PPQ // 2  # ticks: a polyrhythm over a shorter bar takes two


def write_percussion(plan: Plan) -> Part | None:
    """Write the layers that a plan asks for, where the kit plays; None where it asks for none."""
    if plan.clave is None and plan.polyrhythm is None and not plan.hands:
        return None
    notes: dict[tuple[int, int], Note] = {}
    for section in layered_sections(plan.sections):
        gain = 0.85 + 0.3 * section.energy
        for note in _strokes(plan, section):
            louder = replace(note, velocity=min(round(note.velocity * gain), 100))
            kept = notes.get((note.start, note.pitch))
            if kept is None or kept.velocity < louder.velocity:
                notes[note.start, note.pitch] = louder
    kit = plan.instrument_of("drums")
    return Part(NAME, "drums", kit, tuple(notes.values()), instrument(kit).program)


def layered_sections(sections: Sequence[Section]) -> list[Section]:
    """Return the sections that have the layers: those with drums, the bare ones only if need be.

    >>> names = [section.name for section in layered_sections([
    ...     Section("intro", 0, 8, roles=("drums",)), Section("A", 8, 16, roles=("drums", "bass")),
    ...     Section("B", 16, 24, roles=("keys",))])]
    >>> names
    ['A']
    """
    drummed = [section for section in sections if "drums" in section.roles]
    return [section for section in drummed if kind_of(section.name) not in BARE] or drummed


def _strokes(plan: Plan, section: Section) -> Iterator[Note]:
    if plan.clave is not None:
        yield from clave_strokes(plan.clave, plan, section)
    if plan.polyrhythm is not None:
        first = "rim" if plan.clave is None else "shaker"
        yield from polyrhythm_strokes(plan.polyrhythm, plan, section, first=first)
    bars = [tick for tick in bar_starts(plan.meters, section.end) if tick >= section.start]
    for name in plan.hands:
        for number, start in enumerate(bars):
            for note in hand_strokes(name, number, start, meter_at(plan.meters, start)):
                if note.start < section.end:
                    yield note


def clave_strokes(clave: Timeline, plan: Plan, section: Section) -> Iterator[Note]:
    """Place a clave's strokes on the rim, its first cycle where the section begins."""
    onsets, cycle = place(clave, meter_at(plan.meters, section.start))
    for start in range(section.start, section.end, cycle):
        for onset in onsets:
            if start + onset < section.end:
                yield Note(start + onset, SIXTEENTH, DRUMS["rim"], CLAVE_VELOCITY)


def polyrhythm_strokes(
    polyrhythm: Polyrhythm, plan: Plan, section: Section, *, first: str = "rim"
) -> Iterator[Note]:
    """Place rounds of a polyrhythm, each over a bar, or over two that are short.

    first  the drum of its first layer; the others are the shaker's
    """
    voices = (first, *("shaker" for _ in polyrhythm.layers[1:]))
    bars = [tick for tick in bar_starts(plan.meters, section.end) if tick >= section.start]
    number = 0
    while number < len(bars):
        start = bars[number]
        meter = meter_at(plan.meters, start)
        pair = bars[number : number + 2]
        alike = len(pair) == 2 and meter_at(plan.meters, pair[1]) == meter
        span = 2 if meter.bar_ticks < SHORTEST_ROUND and alike else 1
        beats = set(beat_starts(meter))
        rounds = layer_hits(
            polyrhythm, voices, meter=meter, bars=span, span_bars=span,
            velocity=POLYRHYTHM_VELOCITY,
        )  # fmt: skip
        for bar, hits in zip(bars[number : number + span], rounds, strict=True):
            for hit in hits:
                heard = hit.tick in beats and hit.drum != first
                level = ON_A_BEAT if heard else 1.0
                length = SIXTEENTH // 2
                yield Note(bar + hit.tick, length, DRUMS[hit.drum], round(level * hit.velocity))
        number += span


def without_rim(drums: Part, percussion: Part) -> Part:
    """Take a kit's rim off where percussion strikes it: one rim has one player.

    Its backbeats go to the snare, softer; its other strokes are left out.
    """
    rim, snare = DRUMS["rim"], DRUMS["snare"]
    struck = [note.start for note in percussion.notes if note.pitch == rim]
    if not struck:
        return drums
    taken = range(min(struck), max(struck) + 1)
    sounding = {note.start for note in drums.notes if note.pitch == snare}
    notes = []
    for note in drums.notes:
        if note.pitch != rim or note.start not in taken:
            notes.append(note)
        elif note.velocity >= BACKBEAT_VELOCITY and note.start not in sounding:
            notes.append(replace(note, pitch=snare, velocity=round(0.8 * note.velocity)))
    marks = [mark for mark in drums.marks if mark.pitch != rim or mark.tick not in taken]
    return replace(drums, notes=tuple(notes), marks=tuple(marks))


def with_clave_kicks(drums: Part, percussion: Part | None, clave: Timeline | None) -> Part:
    """Return the drums as the bass hears them: off-beat strokes of the clave ask for it, too."""
    if percussion is None or clave is None:
        return drums
    rim = [note for note in percussion.notes if note.pitch == DRUMS["rim"]]
    leaning = [replace(n, pitch=DRUMS["kick"]) for n in rim if n.start % PPQ]
    return replace(drums, notes=(*drums.notes, *leaning))
