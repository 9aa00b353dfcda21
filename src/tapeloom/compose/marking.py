"""The composer's pencil: articulations and ornaments written into a score, sparingly.

A mark is put where a player of the instrument would do the thing anyway: slides and hammer-ons up
the neck of a bass, mordents and leant-on peaks in a melody, flams and drags into a backbeat.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from tapeloom.core.score import Mark, Note, Part, Score
from tapeloom.core.time import PPQ
from tapeloom.theory.instruments import DRUMS

STEP = PPQ // 4
FRETTED = ("upright_bass", "nylon_guitar")
_SNARES = (DRUMS["snare"], DRUMS["brush"])

Pencil = Callable[[Part, Score, float, np.random.Generator], list[Mark]]


def mark(score: Score, *, energy: float, rng: np.random.Generator) -> Score:
    """Return the score with marks added to its parts; those that it has stay.

    energy  0..1 of the music: livelier players ornament more

    Each part has its own stream, so that marks in one leave the others as they were.
    """
    base = int(rng.integers(2**53))
    parts = []
    for part in score.parts:
        pencil = _PENCILS.get(part.role)
        draw = np.random.Generator(np.random.PCG64([base, *part.name.encode()]))
        fresh = pencil(part, score, energy, draw) if pencil else []
        taken = {(old.tick, old.pitch) for old in part.marks if old.name != "fill"}
        first = {(m.tick, m.pitch): m for m in reversed(fresh)}  # one mark a note
        added = [m for place, m in first.items() if place not in taken]
        parts.append(replace(part, marks=(*part.marks, *added)) if added else part)
    return replace(score, parts=tuple(parts))


def _mark_bass(part: Part, score: Score, energy: float, rng: np.random.Generator) -> list[Mark]:
    """Slide up to roots after a leap, hammer on a step up, touch the shortest weak notes."""
    luck = rng.random(len(part.notes))
    marks = []
    for before, note, chance in _pairs(part.notes, luck):
        up, joined = note.pitch - before.pitch, note.start - before.end <= STEP
        if not joined or note.start - before.start < STEP:
            continue
        if up >= 3 and note.duration >= 3 * STEP and chance < 0.10 + 0.10 * energy:
            marks.append(Mark(note.start, note.pitch, "slide"))
        elif up in (1, 2) and note.start % PPQ and chance < 0.25 + 0.2 * energy:
            marks.append(Mark(note.start, note.pitch, "hammer_on"))
        elif up == 0 and note.duration <= STEP and note.start % PPQ and chance < 0.35:
            marks.append(Mark(note.start, note.pitch, "ghost"))
    return marks


def _mark_melody(part: Part, score: Score, energy: float, rng: np.random.Generator) -> list[Mark]:
    """Lean on peaks, tie steps, clip light offbeats, and now and then a mordent, slide or bend."""
    luck = rng.random(len(part.notes))
    fretted = part.instrument in FRETTED
    marks = []
    for i, (before, note, chance) in enumerate(_pairs(part.notes, luck), 1):
        after = part.notes[i + 1] if i + 1 < len(part.notes) else None
        leap = note.pitch - before.pitch
        joined = note.start - before.end <= STEP // 2
        is_peak = leap > 0 and (after is None or after.pitch < note.pitch)
        if note.duration >= PPQ and is_peak and chance < 0.30:
            name = "tenuto"
            if fretted and joined and leap in (1, 2) and chance < 0.10:
                name = "slide" if leap == 2 else "bend"
            marks.append(Mark(note.start, note.pitch, name))
        elif not fretted and note.duration >= PPQ and 0.30 <= chance < 0.34 + 0.04 * energy:
            marks.append(Mark(note.start, note.pitch, "mordent" if leap > 0 else "upper_mordent"))
        elif fretted and joined and leap in (1, 2) and chance < 0.25:
            marks.append(Mark(note.start, note.pitch, "hammer_on"))
        elif note.duration <= 2 * STEP and note.start % PPQ and chance < 0.12 * energy:
            marks.append(Mark(note.start, note.pitch, "staccato"))
        elif joined and abs(leap) in (1, 2) and chance < 0.2:
            marks.append(Mark(before.start, before.pitch, "legato"))
    return marks


def _mark_drums(part: Part, score: Score, energy: float, rng: np.random.Generator) -> list[Mark]:
    """Flam or drag into a few loud snares that have room before them: fills and section ends."""
    luck = rng.random(len(part.notes))
    quiet = {(m.tick, m.pitch) for m in part.marks if m.name == "ghost"}
    fills = {(m.tick, m.pitch) for m in part.marks if m.name == "fill"}
    edges = {section.end for section in score.sections}
    onsets = sorted({note.start for note in part.notes})
    previous = dict(zip(onsets[1:], onsets, strict=False))
    marks = []
    for note, chance in zip(part.notes, luck.tolist(), strict=True):
        at = (note.start, note.pitch)
        room = note.start - previous.get(note.start, -PPQ)
        if note.pitch not in _SNARES or at in quiet or note.velocity < 60 or room < STEP:
            continue
        near_end = any(0 < edge - note.start <= PPQ for edge in edges)
        wanted = 0.45 if near_end else 0.22 if at in fills else 0.012
        if chance < wanted * (0.5 + energy):
            wide = room >= 2 * STEP and chance < 0.4 * wanted
            # The mark of a fill and that of its ornament stand on the same note.
            marks.append(Mark(*at, "drag" if wide else "flam"))
    return marks


def _pairs(notes: Sequence[Note], luck: np.ndarray) -> list[tuple[Note, Note, float]]:
    """Return each note but the first with the one before it and its luck."""
    return list(zip(notes, notes[1:], luck[1:].tolist(), strict=False))


_PENCILS: Mapping[str, Pencil] = MappingProxyType({
    "bass": _mark_bass, "melody": _mark_melody, "drums": _mark_drums,
})  # fmt: skip
