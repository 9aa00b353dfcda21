"""The countersubject: a line that goes above the subject and below it, found by search."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.dissonance import find_dissonances
from tapeloom.theory.counterpoint.invertible import PARALLELS, Clash, check_inversion
from tapeloom.theory.fugue.answer import Answer
from tapeloom.theory.fugue.frame import Frame, Slot, lay
from tapeloom.theory.fugue.harmony import Place, plan_chords
from tapeloom.theory.fugue.subject import Subject
from tapeloom.theory.fugue.voice_writing import Task, write_voice
from tapeloom.theory.part_writing import find_faults

_TRIES = 18


@dataclass(frozen=True, slots=True)
class Countersubject:
    """A countersubject as it goes with the subject; ticks count from the subject's bar line."""

    notes: tuple[Note, ...]
    clashes: tuple[Clash, ...]  # what goes wrong when it changes places with the subject
    free_dissonances: int  # on beats, that nothing explains, as written


def beat_ticks(meter: Meter) -> int:
    """Return the ticks of a beat: three units in compound meters, else one.

    >>> beat_ticks(Meter(6, 8)), beat_ticks(Meter(3, 4))
    (15120, 10080)
    """
    compound = meter.denominator >= 8 and meter.numerator % 3 == 0
    return meter.unit_ticks * (3 if compound else 1)


def slot_ticks(subject: Subject) -> int:
    """Return the grid of free voices: half a beat, a third of a compound one."""
    beat = beat_ticks(subject.meter)
    return subject.meter.unit_ticks if beat != subject.meter.unit_ticks else beat // 2


def make_frame(
    lines: Sequence[Sequence[Note]],
    keys: Sequence[tuple[int, Key]],
    *,
    end: int,
    meter: Meter,
    slot: int,
    forced: Mapping[int, Chord] | None = None,
    bass: int | None = None,
    still_from: int = -1,
) -> Frame:
    """Harmonise given lines up to a tick, and lay the grid for the voices that are to come.

    keys    (tick, key) pairs in order
    forced  chords that are known, by the tick from which they hold for one slot
    """
    beat = beat_ticks(meter)
    places = []
    for tick in range(0, -(-end // slot) * slot, slot):
        key = next(key for start, key in reversed(keys) if start <= tick)
        level = 2 if tick % meter.bar_ticks == 0 else int(tick % beat == 0)
        places.append(Place(tick, tick + slot, key, level, (forced or {}).get(tick)))
    chords = plan_chords(lines, places, bass=bass)
    slots = tuple(
        Slot(place.start, place.level, place.key, chord, 0 <= still_from <= place.start)
        for place, chord in zip(places, chords, strict=True)
    )
    return Frame(slots, slot, beat, meter.bar_ticks)


def write_countersubject(
    subject: Subject, answer: Answer, rng: np.random.Generator
) -> Countersubject:
    """Search a countersubject: consonant in both positions, moving where the subject rests.

    It begins once the notes that a tonal answer changes are past, so that one line goes with
    subject and answer alike. Of several lines, drawn by lot, the one is taken that has the
    fewest faults, then the most rhythm and shape of its own.
    """
    beat, slot = beat_ticks(subject.meter), slot_ticks(subject)
    end = subject.notes[0].start + subject.period_ticks
    end = -(-end // slot) * slot
    begin = _first_tick(subject, answer, slot)
    modulation = subject.modulation
    turn = subject.notes[modulation].start if modulation is not None else end
    keys = [(0, subject.key)] + ([(turn, answer.key)] if turn < end else [])
    frame = make_frame([subject.notes], keys, end=end, meter=subject.meter, slot=slot)
    given = lay(subject.notes, frame)
    high = max(subject.pitches)
    middle = (min(subject.pitches) + high) // 2
    best: tuple[float, Countersubject] | None = None
    for i in range(_TRIES):
        task = Task(begin // slot, end // slot, middle + 1, middle + 16, 1, 2, invertible=True,
                    motion=1.0 + 0.4 * (i % 6))  # fmt: skip
        strikes = write_voice(frame, [(0, given)], task, rng)
        notes = notes_of(strikes, frame, end)
        if len(notes) < 3:
            continue
        found = _judge(subject, notes, beat)
        worth = _worth(subject, found)
        if best is None or worth < best[0]:
            best = (worth, found)
    assert best is not None  # noqa: S101  (a line of three notes is always found)
    return best[1]


def notes_of(strikes: Sequence[tuple[int, int]], frame: Frame, end: int) -> tuple[Note, ...]:
    """Turn what is struck at slots into notes that last to the next one."""
    ticks = [frame.slots[slot].tick for slot, _ in strikes]
    return tuple(
        Note(tick, stop - tick, pitch)
        for tick, stop, (_, pitch) in zip(ticks, [*ticks[1:], end], strikes, strict=True)
    )


def _first_tick(subject: Subject, answer: Answer, slot: int) -> int:
    """Begin after the head's changed notes, at least half a beat after the subject."""
    modulation = subject.modulation
    head = [a.index for a in answer.explained if a.mutated and a.index != modulation]
    head = [i for i in head if modulation is None or i < modulation]
    begin = subject.notes[0].start + slot
    late = subject.notes[0].start + subject.period_ticks // 2
    if head and subject.notes[head[-1]].end <= late:
        begin = max(begin, subject.notes[head[-1]].end)
    return -(-begin // slot) * slot


def _judge(subject: Subject, notes: tuple[Note, ...], beat: int) -> Countersubject:
    clashes = check_inversion(subject.notes, notes, key=subject.key, beat_ticks=beat)
    ticks = range(0, notes[-1].end, beat)
    free = find_dissonances([subject.notes, notes], ticks=ticks)
    parallels = find_faults([subject.notes, notes], rules=PARALLELS)
    wrong = sum(d.kind == "free" for d in free) + 3 * len(parallels)
    return Countersubject(notes, clashes, wrong)


def _worth(subject: Subject, found: Countersubject) -> float:
    theirs = {note.start for note in subject.notes}
    own = sum(note.start not in theirs for note in found.notes) / len(found.notes)
    pitches = [note.pitch for note in found.notes]
    shape = len(set(pitches)) / len(pitches)
    length = (found.notes[-1].end - found.notes[0].start) / beat_ticks(subject.meter)
    lively = min(1.6, len(found.notes) / length)
    repeated = sum(a == b for a, b in itertools.pairwise(pitches)) / len(pitches)
    return (
        4.0 * len(found.clashes) + 6.0 * found.free_dissonances
        - 2.0 * own - shape - 2.5 * lively + 3.0 * repeated
    )  # fmt: skip


def with_answer(found: Countersubject, subject: Subject, answer: Answer) -> tuple[Note, ...]:
    """Return the countersubject as it goes with the answer: moved as the note beneath it is."""
    shifts = answer.shifts
    starts = [note.start for note in subject.notes]
    modulation = subject.modulation
    moved = []
    for note in found.notes:
        i = max((j for j, start in enumerate(starts) if start <= note.start), default=0)
        # The head's changed notes are past; only the region of the dominant key moves it.
        shift = shifts[i] if modulation is not None and i >= modulation else 7
        moved.append(replace(note, pitch=note.pitch + shift))
    return tuple(moved)
