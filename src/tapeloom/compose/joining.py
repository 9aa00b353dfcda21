"""Joining pieces: scores one after the other as one."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Part, Score, Section
from tapeloom.core.time import TempoMap

T = TypeVar("T")


def join_pieces(scores: Sequence[Score]) -> Score:
    """Put scores one after the other into one; parts of the same name become one part.

    scores   each with sections, the last of which tells where it ends
    """
    if len(scores) == 1:
        return scores[0]
    parts: dict[str, Part] = {}
    tempo: list[tuple[int, Fraction]] = []
    meters: list[tuple[int, Meter]] = []
    keys: list[tuple[int, Key]] = []
    chords: list[ChordSpan] = []
    sections: list[Section] = []
    at = 0
    for score in scores:
        for part in score.parts:
            moved = replace(
                part,
                notes=tuple(replace(note, start=note.start + at) for note in part.notes),
                marks=tuple(replace(mark, tick=mark.tick + at) for mark in part.marks),
            )
            old = parts.get(part.name)
            parts[part.name] = moved if old is None else replace(
                old, notes=(*old.notes, *moved.notes), marks=(*old.marks, *moved.marks)
            )  # fmt: skip
        tempo.extend((at + tick, bpm) for tick, bpm in score.tempo.changes)
        meters.extend((at + tick, meter) for tick, meter in score.meters)
        keys.extend((at + tick, key) for tick, key in score.keys)
        chords.extend(ChordSpan(s.start + at, s.end + at, s.chord) for s in score.chords)
        sections.extend(replace(s, start=s.start + at, end=s.end + at) for s in score.sections)
        at = sections[-1].end
    return Score(
        tuple(parts.values()), tempo=TempoMap(_changes(tempo)), meters=_changes(meters),
        keys=_changes(keys), chords=tuple(chords), sections=tuple(sections),
    )  # fmt: skip


def _changes(values: Sequence[tuple[int, T]]) -> tuple[tuple[int, T], ...]:
    """Leave out what only says again what is in force."""
    return tuple(entry for i, entry in enumerate(values) if i == 0 or values[i - 1][1] != entry[1])
