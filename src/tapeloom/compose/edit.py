"""Taking back a score that was edited in a DAW."""

from bisect import bisect_left
from dataclasses import replace

from tapeloom.core.meter import Meters
from tapeloom.core.score import Mark, Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.theory.instruments import INSTRUMENTS

_TOLERANCE = PPQ // 96  # what a DAW at 96 ticks a quarter or more may have moved a note by


def take_notes(score: Score, edited: Score) -> Score:
    """Return the score with the notes, tempo and meters of an edited file of it.

    Parts are matched by name. Chords, sections, keys, roles and instruments stay; a mark stays
    where a note of its pitch still begins at its tick. A part that the file lacks is gone, one
    that is new comes along.
    """
    known = {part.name: part for part in score.parts}
    parts = tuple(_take(known.get(part.name), part) for part in edited.parts)
    return replace(
        score,
        parts=parts,
        tempo=score.tempo if _same_tempo(score.tempo, edited.tempo) else edited.tempo,
        meters=_grouped_as(score.meters, edited.meters),
    )


def _grouped_as(old: Meters, new: Meters) -> Meters:
    """Keep the groupings of meters that stayed: a MIDI file can't tell them."""
    known = {meter.signature: meter for _, meter in old}
    plain = [(tick, meter.signature) for tick, meter in old]
    if plain == [(tick, meter.signature) for tick, meter in new]:
        return old
    return tuple((tick, known.get(meter.signature, meter)) for tick, meter in new)


def _take(old: Part | None, new: Part) -> Part:
    if old is None:
        return replace(new, instrument=new.instrument or _instrument_for(new))
    return replace(
        old,
        notes=new.notes,
        controls=new.controls,
        bends=new.bends,
        marks=_reattach(old.marks, new.notes),
    )


def _reattach(marks: tuple[Mark, ...], notes: tuple[Note, ...]) -> tuple[Mark, ...]:
    starts: dict[int, list[int]] = {}
    for note in notes:
        starts.setdefault(note.pitch, []).append(note.start)
    kept = []
    for mark in marks:
        ticks = starts.get(mark.pitch, [])
        i = bisect_left(ticks, mark.tick - _TOLERANCE)
        if i < len(ticks) and ticks[i] <= mark.tick + _TOLERANCE:
            kept.append(replace(mark, tick=ticks[i]))
    return tuple(kept)


def _instrument_for(part: Part) -> str:
    """Choose the instrument of a part that was added by hand: by its program, else a piano."""
    if part.role == "drums":
        return "dusty_kit"
    near = min(
        (known for known in INSTRUMENTS.values() if known.name != "dusty_kit"),
        key=lambda known: (
            known.program != part.program,
            known.program // 8 != part.program // 8,
            known.name != "felt_piano",
        ),
    )
    return near.name


def _same_tempo(a: TempoMap, b: TempoMap) -> bool:
    """Tell whether two maps are one as far as a MIDI file can tell (whole microseconds)."""

    def in_file(tempo: TempoMap) -> list[tuple[int, int]]:
        return [(tick, round(60_000_000 / bpm)) for tick, bpm in tempo.changes]

    return in_file(a) == in_file(b)
