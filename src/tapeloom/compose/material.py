"""What a score is made of: its tune, its bass, its chords, and what accompanies them."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tapeloom.compose.borrow import find_melody, key_of
from tapeloom.compose.lines import one_at_a_time
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meters, bar_starts, meter_at
from tapeloom.core.score import ChordSpan, Mark, Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap

_HELD = PPQ // 8  # ticks by which a tune's notes may overlap
_LOW = 55  # a line whose mean lies over this is no bass
_BASS = 40  # E2, about where a bass that must be made up lies
_SPAN = 12  # semitones under the highest note of a beat where a tune's next note may lie


@dataclass(frozen=True, slots=True)
class Material:
    """A score taken apart."""

    melody: tuple[Note, ...]  # one note at a time
    marks: tuple[Mark, ...]  # of the melody
    bass: tuple[Note, ...]  # one note at a time
    chords: tuple[ChordSpan, ...]
    accompaniment: tuple[Note, ...]  # the rest but for the drums
    drums: tuple[Part, ...]
    keys: tuple[tuple[int, Key], ...]
    meters: Meters
    tempo: TempoMap
    end: int  # ticks, the end of the last bar

    def key_at(self, tick: int) -> Key:
        """Return the key in force at a tick."""
        return next((key for at, key in reversed(self.keys) if at <= tick), self.keys[0][1])


def material_of(score: Score) -> Material:
    """Take a score apart; chords that it doesn't state are recognised.

    The tune is the part for the melody, else the one that is most like a tune, else the highest
    line of all; the bass is the part for it, else the lowest line, else the chords' roots.
    """
    pitched = [part for part in score.parts if part.role != "drums" and part.notes]
    if not pitched and not score.chords:
        raise InputError(
            "the score has no pitched notes and no chords; there is nothing to arrange"
        )
    melody, marks, rest = _take_melody(score, pitched)
    end = _last_bar(score)
    chords = score.chords or _recognised(score)
    own = [part for part in rest if part.role == "bass"]
    if own:
        bass = one_at_a_time(_floor(own[0].notes))
        others = [note for part in rest if part is not own[0] for note in part.notes]
    else:
        others = [note for part in rest for note in part.notes]
        bass = _floor(others)
        if not bass or sum(note.pitch for note in bass) > _LOW * len(bass):
            bass = roots(chords)
        else:
            low = {(note.start, note.pitch) for note in bass}
            others = [note for note in others if (note.start, note.pitch) not in low]
    keys = score.keys or ((0, key_of(score) if pitched else Key()),)
    return Material(
        tuple(melody), marks, tuple(bass), tuple(chords), tuple(sorted(others)),
        tuple(part for part in score.parts if part.role == "drums" and part.notes),
        keys, score.meters, score.tempo, end,
    )  # fmt: skip


def _last_bar(score: Score) -> int:
    end = max([score.end, *(span.end for span in score.chords), 1])
    last = bar_starts(score.meters, end)[-1]
    return last + meter_at(score.meters, last).bar_ticks


def _take_melody(
    score: Score, pitched: Sequence[Part]
) -> tuple[list[Note], tuple[Mark, ...], list[Part]]:
    named = next((part for part in pitched if part.role == "melody"), None)
    found = named or find_melody(score)
    if found is not None:
        line = one_at_a_time(found.notes) if _is_single(found.notes) else skyline(found.notes)
        places = {(note.start, note.pitch) for note in line}
        marks = tuple(mark for mark in found.marks if (mark.tick, mark.pitch) in places)
        rest = [part for part in pitched if part is not found]
        under = tuple(note for note in found.notes if (note.start, note.pitch) not in places)
        if not _is_single(found.notes) and under:
            rest.append(Part(f"{found.name} chords", "other", found.instrument, under))
        return line, marks, rest
    upper = [note for part in pitched if part.role != "bass" for note in part.notes]
    line = skyline(upper)
    places = {(note.start, note.pitch) for note in line}
    rest = []
    for part in pitched:
        kept = tuple(note for note in part.notes
                     if part.role == "bass" or (note.start, note.pitch) not in places)  # fmt: skip
        rest.append(Part(part.name, part.role, part.instrument, kept))
    return line, (), [part for part in rest if part.notes]


def _is_single(notes: Sequence[Note]) -> bool:
    pairs = list(itertools.pairwise(sorted(notes)))
    overlaps = sum(a.end - b.start > _HELD for a, b in pairs)
    return overlaps <= 0.1 * len(pairs)


def skyline(notes: Iterable[Note]) -> list[Note]:
    """Return the highest line: at each onset the highest note, unless a higher one still sounds.

    A note far below what was just heard is another hand's.

    >>> tune = [Note(0, 2 * PPQ, 72), Note(2 * PPQ, 2 * PPQ, 74)]
    >>> chord = [Note(0, 4 * PPQ, 60), Note(PPQ, PPQ, 64)]
    >>> [note.pitch for note in skyline(tune + chord)]
    [72, 74]
    """
    line: list[Note] = []
    for _, group in itertools.groupby(sorted(notes), key=lambda note: note.start):
        top = max(group, key=lambda note: note.pitch)
        if line:
            last = line[-1]
            covered = last.end > top.start + _HELD and last.pitch > top.pitch
            low = top.start - last.end < 4 * PPQ and last.pitch - top.pitch > _SPAN
            if covered or low:
                continue
        line.append(top)
    return one_at_a_time(line)


def _floor(notes: Iterable[Note]) -> list[Note]:
    """Return the lowest line."""
    turned = [Note(n.start, n.duration, 127 - n.pitch, n.velocity) for n in notes]
    return [Note(n.start, n.duration, 127 - n.pitch, n.velocity) for n in skyline(turned)]


def roots(chords: Sequence[ChordSpan]) -> list[Note]:
    """Return the basses of chords as a line about E2."""
    line = []
    for span in chords:
        pitch = _BASS + (span.chord.bass_pitch_class - _BASS + 6) % 12 - 6
        line.append(Note(span.start, span.end - span.start, pitch, 76))
    return line


def _recognised(score: Score) -> tuple[ChordSpan, ...]:
    from tapeloom.theory.analysis import analyse

    found = analyse(score)
    return tuple(ChordSpan(chord.start, chord.end, chord.chord) for chord in found.chords)
