"""No section of a piece is another one to the letter: what would be is varied."""

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np

from tapeloom.compose.rewrite import Locks
from tapeloom.compose.variation import vary_section
from tapeloom.core.score import Note, Part, Score, Section
from tapeloom.core.time import PPQ

TRIES = 4
VARIED = ("melody", "keys", "guitar", "bass", "other", "pad")  # whose line is, the first of these


def repeated_sections(score: Score) -> tuple[int, ...]:
    """Return the sections whose line, or all of whose notes, are an earlier one's to the letter.

    The line is the melody's; where it rests all pitched parts count. Velocities don't count.

    >>> notes = tuple(Note(i * PPQ, PPQ, 60 + i % 2) for i in range(4))
    >>> sections = tuple(Section(n, i * PPQ, (i + 1) * PPQ) for i, n in ((0, "A"), (2, "A2")))
    >>> repeated_sections(Score((Part("melody", "melody", notes=notes),), sections=sections))
    (1,)
    """
    seen: dict[Hashable, int] = {}
    found = []
    for i, section in enumerate(score.sections):
        letter = _letter(score, section)
        if letter and seen.setdefault(letter, i) != i:
            found.append(i)
    return tuple(found)


def vary_repeats(score: Score, *, rng: np.random.Generator) -> Score:
    """Return a score in which no section is repeated to the letter.

    The melody's later units are turned, or where it rests another part is written anew; where
    that leads to the same, the last note differs (`turn_repeats`).
    """
    for i in repeated_sections(score):
        for _ in range(TRIES):
            if i not in repeated_sections(score):
                break
            score = _varied(score, i, rng)
    return turn_repeats(score)


def turn_repeats(score: Score) -> Score:
    """Return a score whose repeated sections end in another way: a long note is struck twice.

    Silences stay, so this may be done behind stops and drops.
    """
    for i in repeated_sections(score):
        for _ in range(TRIES):
            if i not in repeated_sections(score):
                break
            section = score.sections[i]
            score = score.with_part(_turned(_line(score, section), section))
    return score


def _line(score: Score, section: Section) -> Part:
    """Return the part that is varied in a section."""
    sounding = [part for part in score.parts if part.role != "drums" and _inside(part, section)]
    return min(sounding, key=lambda part: (VARIED.index(part.role), part.name))


def _letter(score: Score, section: Section) -> Hashable:
    lines = [(part.role, _inside(part, section)) for part in score.parts if part.role != "drums"]
    sung = tuple(notes for role, notes in lines if role == "melody" and notes)
    return sung or tuple((role, notes) for role, notes in lines if notes)


def _inside(part: Part, section: Section) -> tuple[tuple[int, int, int], ...]:
    first, stop = (
        bisect_left(part.notes, tick, key=lambda note: note.start)
        for tick in (section.start, section.end)
    )
    return tuple(
        (note.start - section.start, note.duration, note.pitch) for note in part.notes[first:stop]
    )


def _varied(score: Score, number: int, rng: np.random.Generator) -> Score:
    section = score.sections[number]
    part = _line(score, section)
    if not score.chords or part.role not in VARIED[:4] or part is not score.part(part.role):
        return score.with_part(_turned(part, section))
    others = tuple({part.role for part in score.parts} - {part.role})
    return vary_section(score, section=number, locks=Locks(chords=True, roles=others), rng=rng)


def _turned(part: Part, section: Section) -> Part:
    """Divide the last long note of a section, or leave its last note out."""
    inside = [note for note in part.notes if section.start <= note.start < section.end]
    long = [note for note in inside if note.duration >= PPQ]
    notes: Sequence[Note]
    if long:
        half = long[-1].duration // 2
        parted = (
            replace(long[-1], duration=half),
            replace(long[-1], start=long[-1].start + half, duration=long[-1].duration - half),
        )
        notes = [*(note for note in part.notes if note is not long[-1]), *parted]
    else:
        notes = [note for note in part.notes if note is not inside[-1]]
    return replace(part, notes=tuple(notes))
