"""A played score's time at a glance: swing, each line's microtiming, syncopation and timeline."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.meter import Meters, meter_at
from tapeloom.core.performance import Performance
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.rhythm.bar_rhythms import rhythms_by_bar, syncopation_by_bar
from tapeloom.rhythm.microtiming import (
    MeasuredSwing,
    instruments_of,
    measure,
    played_notes,
    read_written,
)
from tapeloom.rhythm.pulse import MIN_ONSETS, Pulse, find_pulse
from tapeloom.rhythm.swing_ratio import STRAIGHT_SWING, Swing
from tapeloom.rhythm.timelines import TIMELINES, Timeline, fits, place

SYNCOPATION = ("lhl", "wnbd", "metric complexity", "off-beatness")
MOST_NOTES = 20_000  # of a line that are measured, from its beginning
FEWEST_CYCLES, CERTAIN = 4, 0.6  # how often and how surely a timeline must come
LEAST_PULSES = 8  # shorter cycles are in all music: cumbia's is the swing of a ride, too
FITS = 0.3  # mean length of the onsets' vectors round some grid, from which a map is believed
_DIVISIONS = (2, 3, 4, 6)  # of a quarter, that are tried as grids


@dataclass(frozen=True, slots=True)
class Line:
    """One drum, or one pitched part, as it is played."""

    name: str
    role: str
    hits: int
    mean_ms: float  # behind (+) or ahead of the swung grid
    sd_ms: float
    velocity: float  # mean
    velocity_sd: float
    syncopation: Mapping[str, float]  # mean over the bars in which it sounds, by measure
    timeline: str | None = None  # that it keeps
    timeline_share: float = 0.0  # of its cycles that are this timeline exactly


@dataclass(frozen=True, slots=True)
class Overview:
    """What `overview` measured."""

    swing: Swing  # straight where nothing is sure
    swings: tuple[MeasuredSwing, ...]  # of sixteenths and of eighths
    lines: tuple[Line, ...]
    tempo_fits: bool  # whether the onsets lie on a grid of the score's tempo map
    pulse: Pulse | None  # that the onsets tell; what was measured is against it if nothing fits


def overview(score: Score) -> Overview:
    """Measure how a score is played.

    Drums are told apart by key. Swing is that of the drums, or of the part with most notes. Where
    the onsets lie on no grid of the tempo map, they are measured against the pulse that they tell.

    >>> hats = tuple(Note(bar * 5040 + place, 100, 42) for bar in range(16) for place in (0, 2923))
    >>> found = overview(Score((Part("Kit", "drums", notes=hats),)))
    >>> str(found.swing), found.lines[0].name, found.tempo_fits
    ('58%', 'closed_hat', True)
    """
    parts = [_shortened(part) for part in score.parts if part.notes]
    notes, role = leading_notes(parts)
    if not notes:
        return Overview(STRAIGHT_SWING, (), (), True, None)
    pulse = _pulse_of(notes, score.tempo, role)
    fits_map = pulse is None or score_fit(score) >= FITS
    tempo, meters = score.tempo, score.meters
    if not fits_map and pulse is not None:
        steady = on_pulse(replace(score, parts=tuple(parts)), pulse)
        parts, tempo, meters = list(steady.parts), steady.tempo, steady.meters
        notes, role = leading_notes(parts)
    found = measure(notes, tempo=tempo, meters=meters, role=role)
    lines = [
        line
        for part in _together(parts)
        for line in _lines(part, tempo=tempo, meters=meters, swing=found.swing)
    ]
    return Overview(found.swing, found.swings, tuple(lines), fits_map, pulse)


def as_played(performance: Performance) -> Score:
    """Return a performance as a score whose notes lie where they were played.

    >>> from tapeloom.core.performance import PlayedNote, PlayedPart
    >>> part = PlayedPart("bass", "bass", "upright_bass", (PlayedNote(0.51, 0.4, 40, 80),))
    >>> as_played(Performance((part,), 2.0, TempoMap.constant(60))).parts[0].notes[0].start
    5141
    """
    tempo = performance.tempo
    return Score(
        tuple(
            Part(p.name, p.role, p.instrument, played_notes(p, tempo=tempo), p.program)
            for p in performance.parts
        ),
        tempo,
        performance.meters,
    )


def leading_notes(parts: Sequence[Part]) -> tuple[tuple[Note, ...], str]:
    """Return the notes that tell a score's swing, and their role: all drums, or the busiest part.

    >>> leading_notes([Part("a", "bass", notes=(Note(0, 1, 40),)), Part("b", "drums")])[1]
    'bass'
    """
    drums = [note for part in parts if part.role == "drums" for note in part.notes]
    if drums:
        return tuple(sorted(drums)), "drums"
    busiest = max(parts, key=lambda part: len(part.notes), default=None)
    return (busiest.notes, busiest.role) if busiest else ((), "other")


def score_fit(score: Score) -> float:
    """Tell how well what leads a score lies on some grid of its tempo map, 0..1."""
    notes, _ = leading_notes(score.parts)
    return grid_fit([note.start for note in notes[:MOST_NOTES]]) if notes else 1.0


def grid_fit(ticks: Sequence[int]) -> float:
    """Tell how well onsets lie on eighths, sixteenths or triplets: 0 by chance, 1 exactly.

    The mean resultant length of the onsets as angles round a step, for the best of the grids.

    >>> grid_fit([0, 2520, 5040, 7560]), grid_fit(range(0, 10080, 7)) < 0.01
    (1.0, True)
    """
    turns = 2j * np.pi * np.asarray(ticks, np.float64) / PPQ
    return round(max(abs(complex(np.exp(turns * n).mean())) for n in _DIVISIONS), 6)


def _shortened(part: Part) -> Part:
    if len(part.notes) <= MOST_NOTES:
        return part
    return Part(part.name, part.role, part.instrument, part.notes[:MOST_NOTES], part.program)


def _pulse_of(notes: Sequence[Note], tempo: TempoMap, role: str) -> Pulse | None:
    seconds = tempo.ticks_to_s(note.start for note in notes)
    if len(seconds) < MIN_ONSETS or float(np.ptp(seconds)) < 1.0:
        return None
    pitches = [note.pitch for note in notes] if role == "drums" else None
    return find_pulse(seconds, [note.velocity for note in notes], pitches=pitches)


def on_pulse(score: Score, pulse: Pulse) -> Score:
    """Write a score's notes on the ticks of a steady pulse, a bar line where it has its downbeat.

    What sounds is the same, but for the rest of the bar in which it begins, which comes first.

    >>> late = Score((Part("Kit", "drums", notes=(Note(2016, 100, 36), Note(12096, 100, 38))),))
    >>> moved = on_pulse(late, Pulse(60.0, late.meters[0][1], 0.1, 1.0, 1.0))
    >>> [note.start for note in moved.parts[0].notes]
    [40320, 45360]
    """
    steady = TempoMap.constant(round(pulse.bpm, 3))
    bar_s = steady.tick_to_s(pulse.meter.bar_ticks)
    first = pulse.downbeat_s % bar_s
    lead = bar_s - first if first else 0.0  # the bars begin before anything sounds

    def at(tick: int) -> int:
        return round(steady.s_to_tick(score.tempo.tick_to_s(tick) + lead))

    parts = tuple(
        replace(
            part,
            notes=tuple(
                replace(n, start=at(n.start), duration=max(at(n.end) - at(n.start), 1))
                for n in part.notes
            ),
            controls=tuple(replace(c, tick=at(c.tick)) for c in part.controls),
            bends=tuple(replace(b, tick=at(b.tick)) for b in part.bends),
            marks=tuple(replace(m, tick=at(m.tick)) for m in part.marks),
        )
        for part in score.parts
    )
    return replace(
        score, parts=parts, tempo=steady, meters=((0, pulse.meter),), chords=(), sections=(),
        keys=score.keys[:1],
    )  # fmt: skip


def _together(parts: Sequence[Part]) -> list[Part]:
    """Join all parts of drums: a file may have a track for each."""
    drums = [part for part in parts if part.role == "drums"]
    rest = [part for part in parts if part.role != "drums"]
    if not drums:
        return rest
    notes = tuple(note for part in drums for note in part.notes)
    return [Part(drums[0].name, "drums", drums[0].instrument, notes), *rest]


def _lines(part: Part, *, tempo: TempoMap, meters: Meters, swing: Swing) -> Iterator[Line]:
    notes = part.notes
    found, _ = read_written(notes, tempo=tempo, meters=meters, role=part.role, swing=swing)
    names = np.array(instruments_of(notes, role=part.role))
    loud = np.array([note.velocity for note in notes], np.float64)
    by_pitch = np.argsort([note.pitch for note in notes], kind="stable")  # whoever comes first
    for name in dict.fromkeys(names[by_pitch].tolist()):
        at = np.flatnonzero(names == name)
        ticks = found.ticks[at]
        known, share = timeline_of(ticks, meters) if len(meters) == 1 else (None, 0.0)
        yield Line(
            name=name if part.role == "drums" else part.name,
            role=part.role,
            hits=len(at),
            mean_ms=float(found.late_ms[at].mean()),
            sd_ms=float(found.late_ms[at].std()),
            velocity=float(loud[at].mean()),
            velocity_sd=float(loud[at].std()),
            syncopation=_syncopation(ticks, meters),
            timeline=known.name if known else None,
            timeline_share=share,
        )


def _syncopation(ticks: NDArray[np.int64], meters: Meters) -> Mapping[str, float]:
    """Return each measure's mean over the bars that sound; no syncopation at all counts 0."""
    last = int(ticks.max())
    bars = rhythms_by_bar(ticks, meters, end=last + meter_at(meters, last).bar_ticks)
    means = {}
    for name in SYNCOPATION:
        values = [max(v, 0.0) for v in syncopation_by_bar(bars, measure=name) if v is not None]
        means[name] = float(np.mean(values)) if values else 0.0
    return MappingProxyType(means)


def timeline_of(ticks: NDArray[np.int64], meters: Meters) -> tuple[Timeline | None, float]:
    """Recognise the timeline that a line keeps, where it does so surely.

    ticks   where its notes are written
    meters  one meter throughout

    Return it and the share of the line's cycles that are it exactly; the longest that is kept in at
    least 60 % of four cycles or more, (None, 0) where none is.

    >>> from tapeloom.core.meter import Meter
    >>> son = [bar * 16 + step for bar in range(4) for step in (0, 3, 6, 10, 12)]
    >>> found, share = timeline_of(2520 * np.array(son), ((0, Meter(4, 4)),))
    >>> found.name, share
    ('son32', 1.0)
    """
    meter = meters[0][1]
    best: tuple[Timeline | None, float] = (None, 0.0)
    longest = 0
    for known in TIMELINES.values():
        if known.pulses < LEAST_PULSES or not fits(known, meter):
            continue
        onsets, cycle = place(known, meter)
        sounding: dict[int, set[int]] = {}
        for tick in ticks.tolist():
            sounding.setdefault(tick // cycle, set()).add(tick % cycle)
        same = sum(found == set(onsets) for found in sounding.values())
        share = same / len(sounding)
        enough = len(sounding) >= FEWEST_CYCLES and share >= CERTAIN
        if enough and (cycle, share) > (longest, best[1]):
            best, longest = (known, round(share, 3)), cycle
    return best
