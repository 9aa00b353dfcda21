"""More music from each song: other tempi and loudness, half time, thinner, and as a lo-fi record.

There is no augmentation by key: tokens are written as if the tonic were C (`neural.token_codec`).
"""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from tapeloom.compose.borrow import key_of, plan_around
from tapeloom.compose.engines import child_streams, write_parts
from tapeloom.compose.engines import engine as engine_named
from tapeloom.compose.plan import plan
from tapeloom.core.brief import Brief
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.core.mood import MOODS, SCENES
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.neural.controls import notes_per_bar
from tapeloom.rhythm.meters import beat_starts
from tapeloom.theory.instruments import instrument
from tapeloom.theory.reharmony import reharmonise

LOFI_TEMPI = (60, 96)  # quarter notes a minute, from .. below
LOFI_DENSITY = (7.0, 10.0)  # pitched notes a bar
ENRICHMENT = (0.1, 0.3)  # amount of the reharmonisation that turns triads into sevenths and ninths
TEMPO_SPREAD = 0.08
LOUDNESS_SPREAD = 12  # velocities


def vary_playing(score: Score, rng: np.random.Generator) -> Score:
    """Return a score at a slightly other tempo and at another loudness of each part."""
    bpm = float(score.tempo.initial_bpm) * rng.uniform(1 - TEMPO_SPREAD, 1 + TEMPO_SPREAD)
    gains = rng.integers(-LOUDNESS_SPREAD, LOUDNESS_SPREAD + 1, len(score.parts)).tolist()
    parts = tuple(
        replace(
            part,
            notes=tuple(
                replace(n, velocity=min(max(n.velocity + gain, 1), 127)) for n in part.notes
            ),
        )
        for part, gain in zip(score.parts, gains, strict=True)
    )
    tempo = TempoMap.constant(round(min(max(bpm, 40.0), 300.0), 2))
    return replace(score, parts=parts, tempo=tempo)


def half_time(score: Score) -> Score:
    """Return a score with every length doubled: half as many notes a bar.

    >>> slow = half_time(Score((Part("a", "melody", notes=(Note(PPQ, PPQ, 60),)),)))
    >>> slow.parts[0].notes[0].start == 2 * PPQ
    True
    """
    if len(score.meters) > 1:
        raise InputError("a score whose meter changes cannot be put in half time")
    parts = tuple(
        replace(
            part,
            notes=tuple(replace(n, start=2 * n.start, duration=2 * n.duration) for n in part.notes),
            marks=(), controls=(), bends=(),
        )
        for part in score.parts
    )  # fmt: skip
    return replace(
        score, parts=parts, keys=score.keys[:1], sections=(),
        chords=tuple(ChordSpan(2 * c.start, 2 * c.end, c.chord) for c in score.chords),
    )  # fmt: skip


def thin(score: Score, density: float) -> Score:
    """Return a score with so many pitched notes a bar, where it has more.

    Second tunes go first, then the keys' notes off the beat and inside their chords; what stays of
    the keys sounds until their next chord. Melody and bass are left alone.
    """
    parts = tuple(part for part in score.parts if part.role != "other")
    score = replace(score, parts=parts)
    excess = notes_per_bar(score) - density
    if excess <= 0:
        return score
    bars = max(len(score.bar_starts), 1)
    ranked = []
    for part in parts:
        if part.role in ("melody", "bass", "drums"):
            continue
        chords: dict[int, list[Note]] = defaultdict(list)
        for note in part.notes:
            chords[note.start].append(note)
        ranked += [
            (_worth(note, chords[note.start], score), part.role, note) for note in part.notes
        ]
    ranked.sort(key=lambda row: (row[0], row[2].start))
    gone = {(role, note) for _, role, note in ranked[: round(excess * bars)]}
    thinned = (
        replace(part, notes=tuple(n for n in part.notes if (part.role, n) not in gone))
        for part in parts
    )
    return replace(score, parts=tuple(_sustain(part, score) for part in thinned if part.notes))


def _worth(note: Note, chord: list[Note], score: Score) -> float:
    """Return how much a note of the keys is missed: on beats, at a chord's edges, held long."""
    meter = score.meters[0][1]
    place = note.start % meter.bar_ticks
    on_beat = 2.0 if place == 0 else 1.0 if place in beat_starts(meter) else 0.0
    pitches = [other.pitch for other in chord]
    edge = 0.5 if note.pitch in (min(pitches), max(pitches)) else 0.0
    return on_beat + edge + min(note.duration / (2 * PPQ), 1.0)


def _sustain(part: Part, score: Score) -> Part:
    if part.role in ("melody", "bass", "drums"):
        return part
    starts = sorted({note.start for note in part.notes})
    bar = score.meters[0][1].bar_ticks
    until = dict(zip(starts, [*starts[1:], starts[-1] + bar], strict=True))
    return replace(
        part,
        notes=tuple(
            replace(n, duration=max(n.duration, min(until[n.start] - n.start, bar)))
            for n in part.notes
        ),
    )


def enrich(score: Score, rng: np.random.Generator) -> Score:
    """Return a score whose chords are sevenths and ninths, as lo-fi has them; notes stay."""
    if not score.chords:
        raise InputError("a score without chords has none to enrich")
    found = reharmonise(score, amount=float(rng.uniform(*ENRICHMENT)), style="lofi", rng=rng)
    return replace(score, chords=found[0].chords)


def lofi_brief(rng: np.random.Generator, *, bars: int | None = None) -> Brief:
    """Draw a brief: one or two moods, a scene, a tempo."""
    moods = rng.choice(sorted(MOODS), size=int(rng.integers(1, 3)), replace=False)
    scene = rng.choice(sorted(SCENES))
    return Brief(
        " ".join([*moods.tolist(), str(scene)]), bpm=float(rng.integers(*LOFI_TEMPI)), bars=bars
    )


def as_lofi(score: Score, rng: np.random.Generator) -> Score:
    """Return a lo-fi record of a song: its melody, its chords enriched, the rest written anew."""
    tune = next((part for part in score.parts if part.role == "melody"), None)
    if tune is None or not score.chords:
        raise InputError("a song needs a melody and chords to be arranged")
    brief = lofi_brief(rng)
    key = key_of(score)
    streams = child_streams(rng)
    drawn = plan_around(score, brief, key=key, melody=tune.notes, rng=streams["chords"])
    chords = _without_gaps(enrich(score, rng).chords, drawn.end)
    written = write_parts(drawn, chords, streams)
    name = drawn.instrument_of("melody")
    melody = Part("melody", "melody", name, tune.notes, instrument(name).program)
    others = (part for part in written.parts if part.role != "melody")
    return thin(replace(written, parts=(melody, *others)), float(rng.uniform(*LOFI_DENSITY)))


def _without_gaps(chords: tuple[ChordSpan, ...], end: int) -> tuple[ChordSpan, ...]:
    """Let each chord hold until the next one, the first from the beginning, the last to the end."""
    inside = [span for span in chords if span.start < end]
    starts = [0, *(span.start for span in inside[1:]), end]
    return tuple(
        ChordSpan(starts[i], starts[i + 1], Chord(span.chord.root, span.chord.quality,
                                                  span.chord.bass))
        for i, span in enumerate(inside)
    )  # fmt: skip


def composed(rng: np.random.Generator, *, bars: int) -> Score:
    """Return a record of the theory engine's own."""
    brief = lofi_brief(rng, bars=bars)
    return engine_named("theory").compose(plan(brief, rng), rng)
