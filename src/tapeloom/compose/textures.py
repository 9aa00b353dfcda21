"""Textures: how a tune, its chords and the players of a band make music together.

Each texture takes a passage and the players, and returns a part for each of them, in their order.
The tune is always whole, in one part or from hand to hand.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from tapeloom.compose.line import LineNote, find_pitches
from tapeloom.compose.lines import one_at_a_time, phrases_of, place_line, thin
from tapeloom.compose.material import material_of
from tapeloom.compose.melody import chord_under
from tapeloom.compose.passage import (
    EIGHTH,
    UNDER,
    Lines,
    Passage,
    Players,
    as_parts,
    doubled,
    fill,
    hold_voice,
    level_under,
    place_bass,
    place_tune,
    voices_among,
)
from tapeloom.core.errors import InputError
from tapeloom.core.score import ChordSpan, Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.chords import chord_scale
from tapeloom.theory.instruments import KNOWN, Instrument, instrument, of_program
from tapeloom.theory.orchestration.ensembles import Player, Task
from tapeloom.theory.scales import step_along


def solo(passage: Passage, players: Players, rng: np.random.Generator) -> tuple[Part, ...]:
    """Set the tune for the leader alone."""
    lead, _, _ = voices_among(players)
    return as_parts({lead.name: place_tune(passage, lead)}, passage, players, led=lead.name)


def tutti(passage: Passage, players: Players, rng: np.random.Generator) -> tuple[Part, ...]:
    """Set the tune for all at once, in unison and octaves."""
    lead, _, _ = voices_among(players)
    lines: Lines = {}
    for player in players:
        if player.task != "drums":
            known = instrument(player.instrument)
            tune = place_line(passage.melody, known)
            lines[player.name] = tune if player is lead else thin(tune, known, passage.tempo)
    return as_parts(lines, passage, players, led=lead.name)


def homophonic(passage: Passage, players: Players, rng: np.random.Generator) -> tuple[Part, ...]:
    """Set the tune as a chorale: every player moves with it."""
    lead, inner, low = voices_among(players)
    tune = place_tune(passage, lead)
    starts = [note.start for note in tune]
    bass: list[Note] = []
    if low:
        known = instrument(low[0].instrument)
        bass = place_line(_bass_with(tune, passage), known, around=sum(known.comfortable) / 2 - 4)
    lines: Lines = {lead.name: tune}
    moments, path = fill(passage, inner, tune, bass, starts)
    ends = {note.start: note.end for note in tune}
    for voice, player in enumerate(inner):
        held = hold_voice(moments, path, voice, level_under(passage), starts)
        with_tune = [replace(n, duration=min(n.duration, ends[n.start] - n.start))
                     for n in held if n.start in ends]  # fmt: skip
        lines[player.name] = thin(with_tune, instrument(player.instrument), passage.tempo)
    for player in low:
        placed = place_line(bass, instrument(player.instrument))
        lines[player.name] = thin(placed, instrument(player.instrument), passage.tempo)
    return as_parts(doubled(lines, players, passage), passage, players, led=lead.name)


def _bass_with(tune: Sequence[Note], passage: Passage) -> list[Note]:
    """Strike the chords' basses with the tune's notes, and where a chord comes without one."""
    begins = {note.start for note in tune} | {span.start for span in passage.chords}
    edges = [*sorted(begins), passage.end]
    sung = {note.start: note for note in tune}
    line: list[Note] = []
    for start, following in itertools.pairwise(edges):
        span = next((s for s in passage.chords if s.start <= start < s.end), None)
        if span is not None:
            note = sung.get(start)
            end = note.end if note and span.start != start else min(following, span.end)
            level = note.velocity if note else level_under(passage)
            line.append(Note(start, max(end - start, 1), 36 + span.chord.bass_pitch_class, level))
    return one_at_a_time(line)


def accompanied(passage: Passage, players: Players, rng: np.random.Generator) -> tuple[Part, ...]:
    """Set the tune over a bass, with the voices between them in the accompaniment's rhythm."""
    lead, inner, low = voices_among(players)
    tune = place_tune(passage, lead)
    lines: Lines = {lead.name: tune}
    bass = place_bass(passage, low[0]) if low else []
    for player in low:
        lines[player.name] = place_bass(passage, player)
    strikes = [*passage.bars, *_pulse(passage)]
    moments, path = fill(passage, inner, tune, bass, strikes)
    for voice, player in enumerate(inner):
        held = hold_voice(moments, path, voice, level_under(passage), strikes)
        lines[player.name] = thin(held, instrument(player.instrument), passage.tempo)
    return as_parts(doubled(lines, players, passage), passage, players, led=lead.name)


def _pulse(passage: Passage) -> list[int]:
    """Return the accompaniment's strokes that voices can follow: eighths apart and more."""
    kept: list[int] = []
    for tick in passage.pulse:
        if tick % EIGHTH == 0 and (not kept or tick - kept[-1] >= PPQ):
            kept.append(tick)
    return kept


def heterophonic(passage: Passage, players: Players, rng: np.random.Generator) -> tuple[Part, ...]:
    """Set the tune for all at once, each but the leader varying it in its own way."""
    lead, inner, low = voices_among(players)
    lines: Lines = {lead.name: place_tune(passage, lead)}
    for player in inner:
        known = instrument(player.instrument)
        varied = _varied(passage, rng)
        lines[player.name] = thin(place_line(varied, known), known, passage.tempo)
    for player in low:
        lines[player.name] = place_bass(passage, player)
    return as_parts(doubled(lines, players, passage), passage, players, led=lead.name)


def _varied(passage: Passage, rng: np.random.Generator) -> list[Note]:
    """Vary a tune where it stands: turns in long notes, weak notes left out."""
    notes: list[Note] = []
    draws = rng.random((len(passage.melody), 2))
    for i, note in enumerate(passage.melody):
        level = max(note.velocity - UNDER, 1)
        weak = note.start % PPQ != 0 and note.duration <= EIGHTH
        if weak and draws[i, 0] < 0.5 and notes and notes[-1].end == note.start:
            notes[-1] = replace(notes[-1], duration=note.end - notes[-1].start)
        elif note.duration >= PPQ and passage.chords and draws[i, 0] < 0.65:
            scale = chord_scale(chord_under(passage.chords, note.start, note.end), passage.key)
            way = 1 if draws[i, 1] < 0.5 else -1
            beside = step_along(note.pitch, scale, steps=way)
            at = note.start + note.duration // 2 // (PPQ // 4) * (PPQ // 4)
            turn = PPQ // 4
            notes += [Note(note.start, at - note.start, note.pitch, level),
                      Note(at, turn, beside, level)]  # fmt: skip
            if at + turn < note.end:
                notes.append(Note(at + turn, note.end - at - turn, note.pitch, level))
        else:
            notes.append(replace(note, velocity=level))
    return notes


def polyphonic(passage: Passage, players: Players, rng: np.random.Generator) -> tuple[Part, ...]:
    """Set the tune with imitations: one voice after another enters with its head, then goes on.

    An entry keeps the head's rhythm and contour and bends its pitches to the chords that it meets;
    before it the voice rests.
    """
    lead, inner, _ = voices_among(players)
    lines: Lines = {part.name: list(part.notes) for part in accompanied(passage, players, rng)}
    head, bars = _head(passage), passage.bars
    for player, bar in zip(inner, bars[1:], strict=False):
        entry = _bent(head, bar - bars[0], passage, instrument(player.instrument))
        if entry:
            after = [note for note in lines[player.name] if note.start >= entry[-1].end]
            lines[player.name] = [*entry, *after]
    return as_parts(doubled(lines, players, passage), passage, players, led=lead.name)


def _head(passage: Passage) -> list[Note]:
    phrases = phrases_of(passage.melody)
    if not phrases:
        return []
    bars = passage.bars
    limit = phrases[0][0].start + (bars[1] - bars[0] if len(bars) > 1 else 4 * PPQ)
    return [note for note in phrases[0] if note.start < limit][:8]


def _bent(head: Sequence[Note], shift: int, passage: Passage, player: Instrument) -> list[Note]:
    """Write a head later, at an octave where the player lies well, on the chords that it meets."""
    moved = [replace(note, start=note.start + shift) for note in head]
    moved = [note for note in moved if note.start < passage.end]
    if not moved or not passage.chords:
        return []
    moved[-1] = replace(moved[-1], duration=min(moved[-1].duration, passage.end - moved[-1].start))
    placed = place_line(moved, player)
    lines = [
        LineNote(
            chord_under(passage.chords, note.start, note.end), passage.key,
            2 if note.start % PPQ == 0 else 0, goal=float(note.pitch),
            step=float(note.pitch - placed[i - 1].pitch) if i else 0.0,
        )
        for i, note in enumerate(placed)
    ]  # fmt: skip
    pitches = find_pitches(lines, low=player.comfortable[0], high=player.comfortable[1])
    level = level_under(passage) + UNDER // 2
    return [replace(n, pitch=p, velocity=level) for n, p in zip(placed, pitches, strict=True)]


def call_and_response(
    passage: Passage, players: Players, rng: np.random.Generator
) -> tuple[Part, ...]:
    """Set the tune's phrases in turn for the leader over the bass and for all the others as chords.

    A tune of one phrase is called whole, and its end is answered.
    """
    lead, inner, low = voices_among(players)
    answerers = inner or [lead]
    lines: Lines = {player.name: [] for player in players}
    for number, phrase in enumerate(phrases_of(passage.melody)):
        part = replace(passage, start=phrase[0].start, end=phrase[-1].end, melody=tuple(phrase),
                       bass=(), marks=())  # fmt: skip
        if number % 2 == 0 or not inner:
            lines[lead.name] += place_tune(part, lead)
            continue
        leader = replace(answerers[0], task="lead")
        group = [leader, *answerers[1:]]
        cut = [span for span in passage.chords if span.start < part.end and span.end > part.start]
        spans = tuple(ChordSpan(max(s.start, part.start), min(s.end, part.end), s.chord)
                      for s in cut)  # fmt: skip
        for made in homophonic(replace(part, chords=spans), [*group, *low], rng):
            if made.name not in {player.name for player in low}:
                lines[made.name] += made.notes
    for player in low:
        lines[player.name] = place_bass(passage, player)
    return as_parts(doubled(lines, players, passage), passage, players, led=lead.name)


Setting = Callable[[Passage, Players, np.random.Generator], tuple[Part, ...]]
TEXTURES: Mapping[str, Setting] = {
    "solo": solo, "tutti": tutti, "homophonic": homophonic, "heterophonic": heterophonic,
    "polyphonic": polyphonic, "accompanied": accompanied, "call and response": call_and_response,
}  # fmt: skip
_TASKS: dict[str, Task] = {
    "melody": "lead", "bass": "bass", "keys": "inner", "pad": "inner", "guitar": "inner",
    "other": "inner", "drums": "drums",
}  # fmt: skip


def players_of(score: Score) -> tuple[Player, ...]:
    """Return the players of a score's parts, as a band would be written for them."""
    return tuple(
        Player(
            part.name,
            part.instrument if part.instrument in KNOWN else of_program(part.program).name,
            _TASKS[part.role],
        )
        for part in score.parts
    )


def set_texture(
    score: Score, stretch: str | range, texture: str, *, rng: np.random.Generator
) -> Score:
    """Set a section, or bars counted from 0, in another texture; drums and all else stay.

    stretch  a section's name, or a range of bars
    texture  a name in TEXTURES
    """
    if texture not in TEXTURES:
        raise InputError(f"{texture!r} is no texture; choose one of {', '.join(TEXTURES)}")
    start, end = _stretch(score, stretch)
    players = players_of(score)
    made = TEXTURES[texture](Passage.of(material_of(score), start, end), players, rng)
    parts = []
    for old, new in zip(score.parts, made, strict=True):
        if old.role == "drums":
            parts.append(old)
            continue
        kept = [note for note in old.notes if not start <= note.start < end]
        marks = [mark for mark in old.marks if not start <= mark.tick < end]
        parts.append(replace(old, notes=(*kept, *new.notes), marks=(*marks, *new.marks)))
    return replace(score, parts=tuple(parts))


def _stretch(score: Score, stretch: str | range) -> tuple[int, int]:
    if isinstance(stretch, str):
        section = next((each for each in score.sections if each.name == stretch), None)
        if section is None:
            told = ", ".join(each.name for each in score.sections) or "none"
            raise InputError(f"the score has no section {stretch!r}; its sections are {told}")
        return section.start, section.end
    edges = [*score.bar_starts, score.end]
    if not stretch or not 0 <= stretch.start < stretch.stop < len(edges):
        raise InputError(
            f"bars {stretch.start} to {stretch.stop} cannot be set; "
            f"the score has the bars 0 to {len(edges) - 2}"
        )
    return edges[stretch.start], edges[stretch.stop]
