"""The layers around the keys: the long chords of the pad, the guitar's arpeggios."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.compose.form import kind_of
from tapeloom.compose.grid import STEP, Measure, measures
from tapeloom.compose.plan import Plan
from tapeloom.core.score import ChordSpan, Note, Part, Section
from tapeloom.core.time import PPQ
from tapeloom.theory.instruments import instrument
from tapeloom.theory.voice_leading import Voicing, lead

_ARPEGGIOS: tuple[tuple[int, ...], ...] = (
    # Indices into the guitar's voicing on the eighths; -1 rests.
    (0, 1, 2, 3, -1, 2, -1, -1),
    (0, -1, 2, 1, 3, -1, -1, -1),
    (0, -1, 2, 3, -1, 1, 2, -1),
    (0, 2, -1, 3, -1, -1, 1, -1),
    (0, -1, 1, 2, -1, 3, -1, -1),
    (0, 3, 2, -1, -1, 1, -1, -1),
    (0, -1, -1, 2, 3, -1, 1, -1),
)


@dataclass(frozen=True, slots=True)
class Layer:
    """How a harmony instrument is voiced."""

    style: str
    voices: int
    low: int
    high: int


BUSIER, SPARSER = 0.12, -0.12  # of a section's density over the record's: where figures change
PAD = Layer("spread", 3, 48, 70)

GUITAR = Layer("drop2", 4, 45, 71)


def spans_in(chords: Sequence[ChordSpan], start: int, end: int) -> list[ChordSpan]:
    """Cut chord spans to a stretch."""
    return [
        ChordSpan(max(span.start, start), min(span.end, end), span.chord)
        for span in chords[
            bisect_right(chords, start, key=lambda span: span.end) : bisect_left(
                chords, end, key=lambda span: span.start
            )
        ]
    ]


def voice_chords(
    chords: Sequence[ChordSpan],
    *,
    style: str,
    voices: int,
    low: int,
    high: int,
    before: Voicing | None = None,
    after: Voicing | None = None,
) -> dict[int, Voicing]:
    """Lead the voices through chord spans; the result is by the ticks at which they begin."""
    path = lead(
        [span.chord for span in chords],
        style=style, voices=voices, low=low, high=high, before=before, after=after,
    )  # fmt: skip
    return {span.start: voicing for span, voicing in zip(chords, path, strict=True)}


def without_overlaps(notes: list[Note]) -> list[Note]:
    """Cut notes where the same key is struck again."""
    held: dict[int, Note] = {}
    result: list[Note] = []
    for note in sorted(notes, reverse=True):  # from the last to the first
        following = held.get(note.pitch)
        if following is not None and note.end > following.start:
            if following.start == note.start:
                continue
            cut = Note(note.start, following.start - note.start, note.pitch, note.velocity)
        else:
            cut = note
        held[note.pitch] = cut
        result.append(cut)
    return result[::-1]


def write_pad(plan: Plan, chords: Sequence[ChordSpan], rng: np.random.Generator) -> Part:
    """Write the pad: whole chords, one long breath each."""
    name = plan.instrument_of("pad")
    notes: list[Note] = []
    wide = {piece: float(rng.random()) < 0.5 for piece in range(len(plan.pieces))}
    for section in plan.sections:
        if "pad" in section.roles:
            # A pad that is to be fuller has a voice more.
            full = section.density - plan.density >= BUSIER
            voices = PAD.voices + full
            layer = replace(PAD, voices=voices, style="spread" if wide[section.piece] else "shell")
            notes.extend(hold(chords, layer, section=section))
    return Part("pad", "pad", name, tuple(notes), instrument(name).program)


def hold(
    chords: Sequence[ChordSpan],
    layer: Layer,
    *,
    section: Section,
    before: Voicing | None = None,
    after: Voicing | None = None,
) -> list[Note]:
    """Hold each chord of a section; voices that stay are not struck again."""
    spans = spans_in(chords, section.start, section.end)
    voicings = voice_chords(
        spans, style=layer.style, voices=layer.voices, low=layer.low, high=layer.high,
        before=before, after=after,
    )  # fmt: skip
    loud = round(50 + 14 * section.energy)
    sounding: dict[int, Note] = {}
    done: list[Note] = []
    for span in spans:
        voicing = voicings[span.start]
        kept = {}
        for pitch in voicing:
            old = sounding.pop(pitch, None)
            begin = old.start if old and span.end - old.start <= 16 * PPQ else span.start
            if old and begin == span.start:
                done.append(old)
            kept[pitch] = Note(begin, span.end - begin, pitch, loud)
        done.extend(sounding.values())
        sounding = kept
    return [*done, *sounding.values()]


def write_guitar(plan: Plan, chords: Sequence[ChordSpan], rng: np.random.Generator) -> Part:
    """Write the guitar's arpeggios on the eighths, ringing until the chord changes."""
    name = plan.instrument_of("guitar")
    notes: list[Note] = []
    figures: dict[tuple[int, str], tuple[int, ...]] = {}
    for section in plan.sections:
        if "guitar" not in section.roles:
            continue
        here = (section.piece, kind_of(section.name))
        if here not in figures:
            figures[here] = draw_figure(rng)
        grid = measures(section.start, section.end, plan.meters)
        figure = figure_by_density(figures[here], section.density - plan.density)
        notes.extend(pick(figure, grid, chords, GUITAR, section=section))
    return Part("guitar", "guitar", name, tuple(notes), instrument(name).program)


def figure_by_density(figure: Sequence[int], away: float) -> tuple[int, ...]:
    """Return a figure with its rests filled, or with its weak eighths left out.

    away   the section's density over the record's

    >>> figure_by_density((0, 1, 2, 3, -1, 2, -1, -1), -0.2)
    (0, -1, 2, -1, -1, -1, -1, -1)
    >>> figure_by_density((0, 1, 2, 3, -1, 2, -1, -1), 0.2)
    (0, 1, 2, 3, 1, 2, 1, 2)
    """
    if away >= BUSIER:
        return tuple(1 + i % 2 if index < 0 else index for i, index in enumerate(figure))
    if away <= SPARSER:
        return tuple(-1 if i % 2 else index for i, index in enumerate(figure))
    return tuple(figure)


def draw_figure(rng: np.random.Generator) -> tuple[int, ...]:
    """Draw the figure that the guitar picks."""
    return _ARPEGGIOS[int(rng.integers(len(_ARPEGGIOS)))]


def pick(
    figure: Sequence[int],
    grid: Sequence[Measure],
    chords: Sequence[ChordSpan],
    layer: Layer,
    *,
    section: Section,
    before: Voicing | None = None,
    after: Voicing | None = None,
) -> list[Note]:
    """Pick a figure through measures."""
    begin, end = grid[0].start, grid[-1].end
    spans = spans_in(chords, begin, end)
    voicings = voice_chords(
        spans, style=layer.style, voices=layer.voices, low=layer.low, high=layer.high,
        before=before, after=after,
    )  # fmt: skip
    notes: list[Note] = []
    loud = 54 + 12 * section.energy
    span_at = 0
    for measure in grid:
        for i, offset in enumerate(range(0, measure.ticks, 2 * STEP)):
            tick = measure.start + offset
            while span_at + 1 < len(spans) and spans[span_at + 1].start <= tick:
                span_at += 1
            span = spans[span_at]
            voicing = voicings[span.start]
            index = 0 if tick == span.start else figure[i % len(figure)]
            if index >= 0:
                pitch = voicing[min(index, len(voicing) - 1)]
                ring = min(span.end, measure.end, tick + 3 * PPQ) - tick
                weight = measure.weight(tick)
                notes.append(Note(tick, max(ring, 1), pitch, round(loud + 8 * weight)))
    return without_overlaps(notes)
