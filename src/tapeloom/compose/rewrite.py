"""Rewriting bars of one role so that they fit both sides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.compose.arrange import GUITAR, PAD, Layer, draw_figure, hold, pick
from tapeloom.compose.bassline import HOME, KICK, draw_pattern, play_bass
from tapeloom.compose.comping import comp, draw_comping, keys_layer
from tapeloom.compose.drums import write_drums
from tapeloom.compose.grid import Measure, measures
from tapeloom.compose.line import STEP_SEMITONES
from tapeloom.compose.melody import chord_under, melody_range, sing
from tapeloom.compose.motifs import Motif, MotifNote, answer, draw_motif
from tapeloom.compose.placing import Placed
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.score import Mark, Note, Part, Score, Section
from tapeloom.theory.instruments import KITS, instrument
from tapeloom.theory.scales import nearest
from tapeloom.theory.voice_leading import Voicing, lead

ONE_AT_A_TIME = ("melody", "bass")


@dataclass(frozen=True, slots=True)
class Locks:
    """What an engine must leave as it is."""

    bars: tuple[int, ...] = ()  # bars whose notes stay
    rhythm: bool = False  # onsets and lengths stay, pitches may change
    chords: bool = False  # the harmony stays
    notes: tuple[Note, ...] = ()  # these notes stay
    roles: tuple[str, ...] = ()  # whole parts that stay


def infill(
    score: Score, *, role: str, bars: range, locks: Locks, rng: np.random.Generator
) -> Score:
    """Rewrite bars of a role so that they fit what stands before and after them."""
    edges = [*score.bar_starts, score.end]
    if not bars or bars.step != 1 or not 0 <= bars.start < bars.stop < len(edges):
        raise InputError(
            f"bars {bars.start} to {bars.stop} cannot be rewritten; "
            f"the score has the bars 0 to {len(edges) - 1}"
        )
    if not score.chords and role != "drums":
        raise InputError("the score has no chords to write to; find them first")
    if role == "other":
        raise InputError(
            "other is no role to rewrite; choose melody, keys, pad, guitar, bass or drums"
        )
    part = next((part for part in score.parts if part.role == role), None)
    if part is None:
        raise InputError(f"the score has no part for {role}; its parts are {_names(score)}")
    if role in locks.roles:
        return score
    for run in runs(bars, locks.bars):
        part = _rewrite(score, part, edges[run.start], edges[run.stop], locks, rng)
    return score.with_part(part)


def _names(score: Score) -> str:
    return ", ".join(part.name for part in score.parts)


def runs(bars: range, locked: Sequence[int]) -> list[range]:
    """Return the unbroken runs of bars that are not locked."""
    runs: list[range] = []
    for bar in bars:
        if bar in locked:
            continue
        if runs and runs[-1].stop == bar:
            runs[-1] = range(runs[-1].start, bar + 1)
        else:
            runs.append(range(bar, bar + 1))
    return runs


def _rewrite(
    score: Score, part: Part, start: int, end: int, locks: Locks, rng: np.random.Generator
) -> Part:
    old, kept = _parted(part, start, end, locks)
    if locks.rhythm and part.role != "drums":
        return insert(part, _repitch(score, part, old, kept, start, end), start, end, locks)
    fresh, marks = _fresh(score, part, old, kept, start, end, rng)
    return insert(part, fresh, start, end, locks, marks=marks)


def _parted(part: Part, start: int, end: int, locks: Locks) -> tuple[list[Note], list[Note]]:
    """Return the notes of a stretch that may go, and all those that stay."""
    old = [note for note in part.notes if start <= note.start < end and note not in locks.notes]
    gone = set(old)
    return old, [note for note in part.notes if note not in gone]


def insert(
    part: Part, fresh: Sequence[Note], start: int, end: int, locks: Locks,
    *, marks: Sequence[Mark] = (),
) -> Part:  # fmt: skip
    """Put fresh notes in the place of a stretch's; a note that stays has the right of way."""
    old, kept = _parted(part, start, end, locks)
    alone = part.role in ONE_AT_A_TIME
    standing = [note for note in kept if note.end > start and note.start < end]
    fitting = []
    for note in fresh:
        rivals = [k for k in standing if alone or k.pitch == note.pitch]
        if any(k.start <= note.start < k.end for k in rivals):
            continue
        stop = min([note.end, *(k.start for k in rivals if k.start > note.start)])
        fitting.append(replace(note, duration=stop - note.start))
    places = {(note.start, note.pitch) for note in (*fitting, *kept)}
    signs = {mark for mark in (*part.marks, *marks) if (mark.tick, mark.pitch) in places}
    stale = {(note.start, note.pitch) for note in old} - {(m.tick, m.pitch) for m in marks}
    signs = {mark for mark in signs if (mark.tick, mark.pitch) not in stale}
    return replace(part, notes=(*kept, *fitting), marks=tuple(sorted(signs)))


def key_at(score: Score, tick: int) -> Key:
    """Return the key in force at a tick."""
    keys = [key for at, key in score.keys if at <= tick]
    return keys[-1] if keys else Key()


def _section(score: Score, start: int, end: int) -> Section:
    """Return the section that holds a tick, cut to a stretch."""
    for section in score.sections:
        if section.start <= start < section.end:
            return replace(section, start=start, end=end)
    roles = tuple(part.role for part in score.parts)
    return Section("A", start, end, roles=roles)


def neighbours(kept: Sequence[Note], start: int, end: int) -> tuple[int | None, int | None]:
    """Return the pitches of the last note before a gap and of the first after it."""
    before = [note for note in kept if note.start < start]
    after = [note for note in kept if note.start >= end]
    return (before[-1].pitch if before else None, after[0].pitch if after else None)


def _chords_around(
    kept: Sequence[Note], start: int, end: int, voices: int
) -> tuple[Voicing | None, Voicing | None]:
    """Return the voicings on both sides of a gap, where they have as many voices."""

    def struck(ticks: list[int], last: bool) -> Voicing | None:
        for tick in reversed(ticks) if last else ticks:
            pitches = tuple(sorted({n.pitch for n in kept if n.start == tick and n.pitch >= 45}))
            if len(pitches) == voices:
                return pitches
        return None

    ticks = sorted({note.start for note in kept})
    return (
        struck([tick for tick in ticks if tick < start], last=True),
        struck([tick for tick in ticks if tick >= end], last=False),
    )


def _fresh(
    score: Score,
    part: Part,
    old: Sequence[Note],
    kept: Sequence[Note],
    start: int,
    end: int,
    rng: np.random.Generator,
) -> tuple[list[Note], list[Mark]]:
    """Write new notes for a stretch of a part."""
    section = _section(score, start, end)
    grid = measures(start, end, score.meters)
    key = key_at(score, start)
    chords = score.chords
    before, after = neighbours(kept, start, end)
    density = min(1.0, len(part.notes) / max(1, len(score.bar_starts)) / 8)
    if part.role == "drums":
        drums = write_drums(
            score.sections or (section,), meters=score.meters, end=score.end,
            density=density, energy=section.energy, rng=rng,
            kit=part.instrument if part.instrument in KITS else KITS[0],
        )  # fmt: skip
        inside = [note for note in drums.notes if start <= note.start < end]
        return inside, [mark for mark in drums.marks if start <= mark.tick < end]
    if part.role == "melody":
        low, high = singing_range(part)
        motif = draw_motif(grid[:2], density=0.34 + 0.4 * density, rng=rng)
        anchor = float(np.mean([note.pitch for note in old])) if old else (low + high) / 2
        placed: list[Placed] = []
        for i in range(0, len(grid), 2):
            pair = grid[i : i + 2]
            unit = motif if i % 4 == 0 else answer(motif, rng)
            placed.extend(place_motif(unit, pair, anchor))
        notes = sing(
            placed, grid, chords, key, low=low, high=high, energy=section.energy,
            before=before, after=after,
        )  # fmt: skip
        return notes, []
    if part.role == "bass":
        kicks = [
            n.start for p in score.parts if p.role == "drums" for n in p.notes if n.pitch == KICK
        ]
        near = [tick for tick in kicks if start <= tick < grid[:2][-1].end]
        pattern = draw_pattern(grid, near, density=density, energy=section.energy, rng=rng)
        return (
            play_bass(
                pattern, grid, chords, key, energy=section.energy, rng=rng, before=before or HOME
            ),
            [],
        )
    if part.role == "pad":
        left, right = _chords_around(kept, start, end, PAD.voices)
        return hold(chords, PAD, section=section, before=left, after=right), []
    left, right = _chords_around(kept, start, end, 4)
    if part.role == "guitar":
        figure = draw_figure(rng)
        return pick(figure, grid, chords, GUITAR, section=section), []
    layer = keys_layer(part.instrument or "electric_piano", rng, ceiling=72)
    comping = draw_comping(grid, energy=section.energy, density=density, rng=rng)
    return comp(comping, grid, chords, layer, section=section, rng=rng, before=left, after=right)


def singing_range(part: Part) -> tuple[int, int]:
    """Return the range of a melody that is there, or else of its instrument."""
    low, high = melody_range(part.instrument or "felt_piano", 0.0)
    if part.notes:
        pitches = [note.pitch for note in part.notes]
        low, high = min(low, *pitches), max(high, *pitches)
    return low, high


def place_motif(motif: Motif, pair: Sequence[Measure], anchor: float) -> list[Placed]:
    """Place a motif over a pair of measures; what doesn't fit is cut."""
    begin, end = pair[0].start, pair[-1].end
    return [
        Placed(
            begin + note.onset,
            replace(note, duration=min(note.duration, end - begin - note.onset)),
            anchor,
            begins=i == 0,
        )
        for i, note in enumerate(motif.notes)
        if begin + note.onset < end
    ]


def _repitch(
    score: Score, part: Part, old: Sequence[Note], kept: Sequence[Note], start: int, end: int
) -> list[Note]:
    """Give notes new pitches: the line mirrored, the chords voiced anew."""
    key = key_at(score, start)
    before, after = neighbours(kept, start, end)
    if part.role == "melody" and old:
        low, high = singing_range(part)
        centre = float(np.mean([note.pitch for note in old]))
        placed = [
            Placed(
                note.start,
                MotifNote(0, note.duration, -round((note.pitch - centre) / STEP_SEMITONES)),
                centre,
            )
            for note in old
        ]
        grid = measures(start, end, score.meters)
        sung = sing(
            placed, grid, score.chords, key, low=low, high=high, energy=0.5,
            before=before, after=after,
        )  # fmt: skip
        pitches = {note.start: note.pitch for note in sung}
        return [replace(note, pitch=pitches.get(note.start, note.pitch)) for note in old]
    if part.role == "bass":
        low, high = instrument(part.instrument or "upright_bass").comfortable
        result = []
        for i, note in enumerate(old):
            chord = chord_under(score.chords, note.start, note.end)
            classes = (chord.bass_pitch_class,) if i % 2 == 0 else chord.pitch_classes[:3]
            pitch = nearest(min(max(note.pitch + 4, low + 5), high - 6), classes)
            result.append(replace(note, pitch=pitch))
        return result
    return _revoice(score, old, start, end)


def _revoice(score: Score, old: Sequence[Note], start: int, end: int) -> list[Note]:
    """Voice each chord that is struck again, with as many notes, a little higher or lower."""
    spans = [span for span in score.chords if span.start < end and span.end > start]
    layer = Layer("drop2", 4, 50, 74)
    path = lead(
        [span.chord for span in spans], style=layer.style, voices=layer.voices,
        low=layer.low, high=layer.high,
    )  # fmt: skip
    by_tick: dict[int, list[Note]] = {}
    for note in old:
        by_tick.setdefault(note.start, []).append(note)
    result: list[Note] = []
    for tick, struck in sorted(by_tick.items()):
        at = max(i for i, span in enumerate(spans) if i == 0 or span.start <= tick)
        voicing = path[at]
        chosen = voicing[-len(struck) :]
        if len(struck) == 1:  # an arpeggio walks through the voicing
            chosen = (voicing[(tick // 5040) % len(voicing)],)
        result.extend(
            replace(note, pitch=pitch) for note, pitch in zip(struck, chosen, strict=False)
        )
    return result
