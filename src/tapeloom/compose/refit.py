"""Fitting a line to chords: of the pitches near those wished, the ones that sound."""

from collections.abc import Sequence
from dataclasses import dataclass

from tapeloom.compose.grid import STEP, Measure, measure_at
from tapeloom.compose.line import LineNote, find_pitches
from tapeloom.compose.melody import LONG, chord_under
from tapeloom.compose.motifs import Motif, MotifNote
from tapeloom.core.harmony import Key
from tapeloom.core.score import ChordSpan, Note
from tapeloom.theory.scales import ladder, nearest, step_along


@dataclass(frozen=True, slots=True)
class Wish:
    """A note whose pitch may still move to suit its chord."""

    note: Note
    stays: bool = False  # its pitch is kept whatever sounds under it
    begins: bool = False  # the interval from the note before matters little


def refit(
    wishes: Sequence[Wish],
    grid: Sequence[Measure],
    chords: Sequence[ChordSpan],
    key: Key,
    *,
    low: int,
    high: int,
    before: int | None = None,
) -> list[Note]:
    """Return a line, one note at a time, whose pitches suit the chords and lie near the wished.

    The contour is kept as far as heavy and long notes can be chord tones (`compose.line`).

    low, high   MIDI pitches that only notes that stay may pass
    before      the pitch that sounded last before it
    """
    wishes = _one_at_a_time(wishes)
    if not wishes:
        return []
    lines: list[LineNote] = []
    for i, wish in enumerate(wishes):
        note = wish.note
        weight = measure_at(grid, note.start).weight(note.start)
        long = note.duration >= LONG
        heavy = 2 if weight >= 0.6 or long else int(weight >= 0.3 or note.duration >= 3 * STEP)
        step = note.pitch - wishes[i - 1].note.pitch if i else 0
        lines.append(
            LineNote(
                chord_under(chords, note.start, note.end), key, heavy, goal=float(note.pitch),
                step=float(step), bound=0.3 if wish.begins else 1.0,
                pinned=note.pitch if wish.stays else None,
            )
        )  # fmt: skip
    fixed = [wish.note.pitch for wish in wishes if wish.stays]
    low, high = min([low, *fixed]), max([high, *fixed])
    pitches = find_pitches(lines, low=low, high=high, before=before)
    return [
        Note(w.note.start, w.note.duration, pitch, w.note.velocity)
        for w, pitch in zip(wishes, pitches, strict=True)
    ]


def _one_at_a_time(wishes: Sequence[Wish]) -> list[Wish]:
    """Put wishes in order, the highest of those that begin together, each cut at the next."""
    line: list[Wish] = []
    for wish in sorted(wishes, key=lambda w: (w.note.start, -w.note.pitch)):
        if line and line[-1].note.start == wish.note.start:
            continue
        if line and line[-1].note.end > wish.note.start:
            last = line[-1].note
            cut = Note(last.start, wish.note.start - last.start, last.pitch, last.velocity)
            line[-1] = Wish(cut, line[-1].stays, line[-1].begins)
        line.append(wish)
    return line


def motif_of(notes: Sequence[Note], key: Key, *, start: int, ticks: int, anchor: int) -> Motif:
    """Read a stretch of a line as a motif whose contour stands on a tone of the key.

    >>> line = [Note(0, 9, 60), Note(9, 9, 64)]
    >>> motif_of(line, Key("C", "major"), start=0, ticks=18, anchor=60).notes
    (MotifNote(onset=0, duration=9, contour=0), MotifNote(onset=9, duration=9, contour=2))
    """
    inside = [note for note in notes if start <= note.start < start + ticks]
    found = tuple(
        MotifNote(
            note.start - start,
            min(note.duration, start + ticks - note.start),
            _steps(anchor, nearest(note.pitch, key.scale), key),
        )
        for note in inside
    )
    return Motif(found, ticks)


def _steps(low: int, high: int, key: Key) -> int:
    """Count the scale steps from one pitch of a key to another."""
    if high < low:
        return -_steps(high, low, key)
    return len(ladder(key.scale, low, high)) - 1


def place(
    motif: Motif, start: int, *, anchor: int, key: Key, end: int, velocity: int = 80
) -> list[Wish]:
    """Place a motif's notes in a key; what would begin after the end is left out.

    anchor   MIDI pitch of contour 0, a tone of the key
    """
    wishes: list[Wish] = []
    for note in motif.notes:
        at = start + note.onset
        if at >= end:
            break
        pitch = step_along(anchor, key.scale, steps=note.contour)
        held = min(note.duration, end - at)
        sound = Note(at, held, min(max(pitch, 0), 127), velocity)
        wishes.append(Wish(sound, begins=not wishes))
    return wishes
