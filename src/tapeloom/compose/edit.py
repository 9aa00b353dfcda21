"""Taking back a score or its playing that was edited in a DAW."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meters
from tapeloom.core.performance import (
    Performance,
    PlayedBend,
    PlayedControl,
    PlayedNote,
    PlayedPart,
)
from tapeloom.core.score import Mark, Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.theory.instruments import KITS, of_program

_TOLERANCE = PPQ // 96  # what a DAW at 96 ticks a quarter or more may have moved a note by

_NEAR_S = 0.003  # a played note that a file's ticks moved by less is the one that it was


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
        return KITS[0]
    return of_program(part.program).name


def _same_tempo(a: TempoMap, b: TempoMap) -> bool:
    """Tell whether two maps are one as far as a MIDI file can tell (whole microseconds)."""

    def in_file(tempo: TempoMap) -> list[tuple[int, int]]:
        return [(tick, round(60_000_000 / bpm)) for tick, bpm in tempo.changes]

    return in_file(a) == in_file(b)


def take_played(performance: Performance, edited: Score) -> Performance:
    """Return the performance with the notes, controllers and bends of an edited file of it.

    Parts are matched by name; roles and instruments stay. A note that was left alone is exactly
    the one that it was, with what the finger does to it. Raises InputError where the file has
    another tempo, or a note behind the end: those belong into the score.
    """
    if not _same_tempo(performance.tempo, edited.tempo):
        raise InputError(
            "the edited performance has another tempo; its bars would no longer be the score's: "
            "change the tempo of score.mid instead"
        )
    known = {part.name: part for part in performance.parts}
    parts = tuple(_played(known.get(part.name), part, edited.tempo) for part in edited.parts)
    last_s = max((note.onset_s for part in parts for note in part.notes), default=0.0)
    if last_s > performance.duration_s:
        raise InputError(
            f"the edited performance has a note at {last_s:.2f} s and ends at "
            f"{performance.duration_s:.2f} s; add bars to score.mid instead"
        )
    return replace(performance, parts=parts)


def _played(old: PlayedPart | None, new: Part, tempo: TempoMap) -> PlayedPart:
    at = tempo.tick_to_s
    notes = [
        PlayedNote(round(at(n.start), 6), round(at(n.end) - at(n.start), 6), n.pitch, n.velocity)
        for n in new.notes
    ]
    controls = tuple(PlayedControl(round(at(c.tick), 6), c.number, c.value) for c in new.controls)
    bends = tuple(PlayedBend(round(at(b.tick), 6), b.value) for b in new.bends)
    if old is None:
        instrument = new.instrument or _instrument_for(new)
        return PlayedPart(
            new.name, new.role, instrument, tuple(notes), new.program, controls, bends
        )
    near = _close(old.controls, controls) and _close(old.bends, bends)
    return replace(
        old,
        notes=tuple(_as_it_was(old.notes, notes)),
        controls=old.controls if near else controls,
        bends=old.bends if near else bends,
    )


def _as_it_was(old: Sequence[PlayedNote], new: Sequence[PlayedNote]) -> Iterator[PlayedNote]:
    """Yield the new notes, each as the old one where it is one of those but for a file's ticks."""
    by_pitch: dict[int, list[PlayedNote]] = {}
    for note in old:
        by_pitch.setdefault(note.pitch, []).append(note)
    for note in new:
        those = by_pitch.get(note.pitch, [])
        first = bisect_left(those, note.onset_s - _NEAR_S, key=lambda each: each.onset_s)
        last = bisect_left(those, note.onset_s + _NEAR_S, key=lambda each: each.onset_s)
        found = min(
            (
                each for each in those[first:last]
                if each.velocity == note.velocity
                and abs(each.duration_s - note.duration_s) < _NEAR_S
            ),
            key=lambda each: abs(each.onset_s - note.onset_s), default=note,
        )  # fmt: skip
        yield found


def _close(
    old: Sequence[PlayedControl | PlayedBend], new: Sequence[PlayedControl | PlayedBend]
) -> bool:
    """Tell whether changes are the same but for a file's ticks."""
    return len(old) == len(new) and all(
        a.value == b.value and abs(a.time_s - b.time_s) < _NEAR_S
        for a, b in zip(old, new, strict=True)
    )
