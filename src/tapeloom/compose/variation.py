"""The variation of a section: related to what it was, not the same."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tapeloom.compose.grid import measures
from tapeloom.compose.line import STEP_SEMITONES
from tapeloom.compose.melody import sing
from tapeloom.compose.motifs import Motif, MotifNote, vary
from tapeloom.compose.placing import Placed
from tapeloom.compose.rewrite import Locks, infill, key_at, neighbours, place_motif, singing_range
from tapeloom.core.errors import InputError
from tapeloom.core.score import ChordSpan, Note, Part, Score, Section
from tapeloom.theory.chords import recolour


def vary_section(score: Score, *, section: int, locks: Locks, rng: np.random.Generator) -> Score:
    """Vary a section: some chords recoloured, the melody's later units turned, the rest anew."""
    if not 0 <= section < len(score.sections):
        raise InputError(
            f"section {section} doesn't exist; the score has {len(score.sections)}, from 0"
        )
    place = score.sections[section]
    edges = [*score.bar_starts, score.end]
    bars = range(edges.index(place.start), edges.index(place.end))
    if not locks.chords and score.chords:
        score = replace(score, chords=_vary_chords(score, place, rng))
    for part in score.parts:
        sounding = any(place.start <= note.start < place.end for note in part.notes)
        if part.role in locks.roles or not sounding or part.role == "other":
            continue
        if part.role == "melody":
            score = score.with_part(_vary_melody(score, part, place, locks, edges, rng))
        else:
            score = infill(score, role=part.role, bars=bars, locks=locks, rng=rng)
    return score


def _vary_chords(score: Score, place: Section, rng: np.random.Generator) -> tuple[ChordSpan, ...]:
    """Recolour about half of the chords after the first."""
    inside = [i for i, span in enumerate(score.chords) if place.start < span.start < place.end]
    draws = rng.random((len(inside), 2))
    spans = list(score.chords)
    for i, (whether, how) in zip(inside, draws, strict=True):
        if whether < 0.5:
            key = key_at(score, spans[i].start)
            chord = recolour(spans[i].chord, key, richness=1 if how < 0.6 else -1)
            spans[i] = replace(spans[i], chord=chord)
    return tuple(spans)


def _vary_melody(
    score: Score,
    part: Part,
    place: Section,
    locks: Locks,
    edges: Sequence[int],
    rng: np.random.Generator,
) -> Part:
    """Vary every second unit of two measures, the last one surely; the others keep their notes."""
    grid = measures(place.start, place.end, score.meters)
    locked = [(edges[bar], edges[bar + 1]) for bar in locks.bars if bar + 1 < len(edges)]
    inside = [note for note in part.notes if place.start <= note.start < place.end]
    anchor = float(np.mean([note.pitch for note in inside]))
    pairs = [grid[i : i + 2] for i in range(0, len(grid), 2)]
    sounding = [
        i
        for i, pair in enumerate(pairs)
        if any(pair[0].start <= note.start < pair[-1].end for note in inside)
    ]
    turned = set(sounding[::-2])
    placed: list[Placed] = []
    for i, pair in enumerate(pairs):
        begin, end = pair[0].start, pair[-1].end
        notes = [note for note in inside if begin <= note.start < end]
        stays = i not in turned or any(
            note in locks.notes or any(a <= note.start < b for a, b in locked) for note in notes
        )
        if stays or locks.rhythm:
            pins = {note.start: note.pitch for note in notes} if stays else {}
            placed.extend(
                Placed(
                    note.start,
                    MotifNote(0, note.duration, round((note.pitch - anchor) / STEP_SEMITONES))
                    if stays
                    else MotifNote(0, note.duration, int(rng.integers(-3, 4))),
                    anchor,
                    pinned=pins.get(note.start),
                )
                for note in notes
            )
        else:
            motif = Motif(
                tuple(
                    MotifNote(
                        note.start - begin,
                        note.duration,
                        round((note.pitch - anchor) / STEP_SEMITONES),
                    )
                    for note in notes
                ),
                end - begin,
            )
            placed.extend(place_motif(vary(motif, rng, amount=2), pair, anchor))
    low, high = singing_range(part)
    kept = [note for note in part.notes if not place.start <= note.start < place.end]
    before, after = neighbours(kept, place.start, place.end)
    sung = sing(
        placed, grid, score.chords, key_at(score, place.start), low=low, high=high,
        energy=place.energy, before=before, after=after,
    )  # fmt: skip
    same = {(note.start, note.pitch): note for note in inside}
    notes = [same.get((note.start, note.pitch), note) for note in sung]
    limits = [note.start for note in kept if note.start >= place.end][:1]
    final = [
        replace(note, duration=min(note.duration, limit - note.start))
        for note in notes
        for limit in [limits[0] if limits else note.end]
    ]
    places = {(note.start, note.pitch) for note in (*kept, *final)}
    marks = tuple(mark for mark in part.marks if (mark.tick, mark.pitch) in places)
    return replace(part, notes=(*kept, *_one_at_a_time(final)), marks=marks)


def _one_at_a_time(notes: Sequence[Note]) -> list[Note]:
    ordered = sorted(notes)
    ends = [note.start for note in ordered[1:]] + [ordered[-1].end if ordered else 0]
    return [
        replace(note, duration=min(note.duration, end - note.start))
        for note, end in zip(ordered, ends, strict=True)
        if end > note.start
    ]
