"""The chords of an arrangement: the loop's, section by section, led on and closed."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tapeloom.compose.arrange import spans_in
from tapeloom.compose.grid import measures
from tapeloom.compose.harmony import MODAL, TONICS, end_on, join_equal, lead_into
from tapeloom.compose.section_plan import SectionPlan
from tapeloom.compose.stretch import Stretch
from tapeloom.core.harmony import Chord
from tapeloom.core.meter import Meters
from tapeloom.core.score import ChordSpan, Note, Section
from tapeloom.theory.chords import recolour
from tapeloom.theory.melody_fit import melody_over, misfit

_LEADS = 0.5  # how often a section that stays in its key leads to the next by a dominant


def turned(theme: Stretch) -> Stretch:
    """Begin a stretch with its second half, so that its chords come from another side."""
    bar = theme.meter.bar_ticks
    half = theme.bars // 2 * bar
    return theme.cut(half, theme.ticks).then(theme.cut(0, half)) if half else theme


def write_chords(
    plans: Sequence[SectionPlan],
    sections: Sequence[Section],
    sources: dict[str, Stretch],
    meters: Meters,
    rng: np.random.Generator,
) -> tuple[ChordSpan, ...]:
    """Write each section's chords: the loop's in its key, led on to the next, closed at the end."""
    laid = [
        _recoloured(
            _tiled(sources[plan.letter], section),
            plan,
            _tune(sources[plan.letter], section),
            meters,
            rng,
        )
        for plan, section in zip(plans, sections, strict=True)
    ]
    draws = rng.random((len(plans), 2))
    spans: list[ChordSpan] = []
    for i, (plan, section) in enumerate(zip(plans, sections, strict=True)):
        grid = measures(section.start, section.end, meters)
        here = [span for m in grid for span in spans_in(laid[i], m.start, m.end)]
        if i + 1 == len(plans):
            here = end_on(here, grid, Chord(plan.key.pitch_class, TONICS[plan.key.mode]))
        elif plan.key != plans[i + 1].key:
            here = lead_into(here, grid, laid[i + 1][0].chord, how=1.0)
        elif draws[i, 0] < _LEADS and plan.recoloured and plan.key.mode not in MODAL:
            here = lead_into(here, grid, laid[i + 1][0].chord, how=float(draws[i, 1]))
        spans.extend(here)
    return join_equal(spans)


def _tiled(stretch: Stretch, section: Section) -> list[ChordSpan]:
    return [
        ChordSpan(at + span.start, min(at + span.end, section.end), span.chord)
        for at in range(section.start, section.end, stretch.ticks)
        for span in stretch.chords
        if at + span.start < section.end
    ]


def _tune(stretch: Stretch, section: Section) -> list[Note]:
    return [
        replace(note, start=at + note.start)
        for at in range(section.start, section.end, stretch.ticks)
        for note in stretch.melody
        if at + note.start < section.end
    ]


def _recoloured(
    spans: Sequence[ChordSpan],
    plan: SectionPlan,
    tune: Sequence[Note],
    meters: Meters,
    rng: np.random.Generator,
) -> list[ChordSpan]:
    """Give some chords after the first another colour of the same function, where the tune may.

    tune   the theme over the section, before it is developed
    """
    draws = rng.random((len(spans), 2))
    result: list[ChordSpan] = []
    for i, (span, (whether, how)) in enumerate(zip(spans, draws, strict=True)):
        chord = span.chord
        if i and whether < plan.recoloured:
            other = recolour(chord, plan.key, richness=1 if how < 0.7 else -1)
            sung = melody_over(tune, span.start, span.end, meters=meters)
            if misfit(other, sung) <= misfit(chord, sung):
                chord = other
        result.append(replace(span, chord=chord))
    return result
