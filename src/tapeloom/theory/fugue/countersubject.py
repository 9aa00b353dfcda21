"""The countersubject: a line that goes above the subject and below it, found by search."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.core.meter import Meter
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.dissonance import find_dissonances
from tapeloom.theory.counterpoint.invertible import PARALLELS, Clash, check_inversion
from tapeloom.theory.fugue.answer import Answer
from tapeloom.theory.fugue.frame import Frame, Slot, lay
from tapeloom.theory.fugue.harmony import Beat, plan_chords
from tapeloom.theory.fugue.subject import Subject
from tapeloom.theory.fugue.voice_writing import Task, write_voice
from tapeloom.theory.part_writing import find_faults

_TRIES = 8


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
    beats: Sequence[Beat],
    *,
    meter: Meter,
    slot: int,
    bass: int | None = None,
    still_from: int = -1,
    weights: dict[str, float] | None = None,
) -> Frame:
    """Harmonise given lines, and lay the grid for the voices that are to come."""
    chords = plan_chords(lines, beats, bass=bass, weights=weights)
    slots = []
    for beat, chord in zip(beats, chords, strict=True):
        for tick in range(beat.start, beat.end, slot):
            level = (2 if beat.strong else 1) if tick == beat.start else 0
            slots.append(Slot(tick, level, beat.key, chord, 0 <= still_from <= tick))
    return Frame(tuple(slots), slot, beats[0].end - beats[0].start, meter.bar_ticks)


def write_countersubject(
    subject: Subject, answer: Answer, rng: np.random.Generator
) -> Countersubject:
    """Search a countersubject: consonant in both positions, moving where the subject rests.

    It begins once the notes that a tonal answer changes are past, so that one line goes with
    subject and answer alike. Of several lines, drawn by lot, the one is taken that has the
    fewest faults, then the most rhythm and shape of its own.
    """
    beat, slot, bar = beat_ticks(subject.meter), slot_ticks(subject), subject.meter.bar_ticks
    end = subject.notes[0].start + subject.period_ticks
    end = -(-end // slot) * slot
    begin = _first_tick(subject, answer, slot)
    modulation = subject.modulation
    turn = subject.notes[modulation].start if modulation is not None else end
    beats = [
        Beat(t, t + beat, answer.key if t >= turn else subject.key, t % bar == 0)
        for t in range(0, -(-end // beat) * beat, beat)
    ]
    frame = make_frame([subject.notes], beats, meter=subject.meter, slot=slot)
    given = lay(subject.notes, frame)
    high = max(subject.pitches)
    middle = (min(subject.pitches) + high) // 2
    task = Task(begin // slot, end // slot, middle + 1, middle + 16, 1, 2, invertible=True,
                motion=1.3)  # fmt: skip
    best: tuple[float, Countersubject] | None = None
    for _ in range(_TRIES):
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
    return 4.0 * len(found.clashes) + 3.0 * found.free_dissonances - 2.0 * own - shape


def with_answer(
    found: Countersubject, subject: Subject, answer: Answer
) -> tuple[Note, ...]:
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


def overlaps(a: Sequence[Note], b: Sequence[Note]) -> bool:
    """Tell whether two lines cross anywhere."""
    signs = {
        x.pitch > y.pitch
        for x, y in itertools.product(a, b)
        if x.start < y.end and y.start < x.end and x.pitch != y.pitch
    }
    return len(signs) > 1
