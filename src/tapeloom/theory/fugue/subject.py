"""The subject of a fugue: one line in a key and a meter, and what it must be like."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.pitch import pitch_name
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.imitation import Degree, degrees

MAX_BARS, MIN_NOTES, MAX_SPAN = 6, 4, 17  # a span of 17 semitones is an eleventh
LOWEST, HIGHEST = 36, 84  # what four voices reach together


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject: its notes count from the bar line before the first one.

    >>> line = [Note(i * 5040, 5040, p) for i, p in enumerate((60, 62, 64, 65, 67, 65, 64, 62))]
    >>> subject = Subject((*line, Note(40320, 10080, 60)), Key("C", "major"))
    >>> subject.bars, subject.period_ticks, subject.modulation
    (2, 40320, None)
    """

    notes: tuple[Note, ...]
    key: Key
    meter: Meter = Meter()

    def __post_init__(self) -> None:
        if len(self.notes) < MIN_NOTES:
            raise InputError(
                f"the subject has {len(self.notes)} note{'s' * (len(self.notes) != 1)}; "
                f"it needs at least {MIN_NOTES} to be known again"
            )
        if self.key.mode not in ("major", "minor"):
            raise InputError(f"the subject's key is {self.key}; a fugue is in major or minor")
        for before, note in itertools.pairwise(self.notes):
            if note.start < before.end:
                raise InputError(
                    "the subject sounds two notes at once; a subject is one line, one note at a "
                    "time"
                )
        bar = self.meter.bar_ticks
        late = self.notes[0].start // bar * bar
        if late:
            moved = tuple(replace(note, start=note.start - late) for note in self.notes)
            object.__setattr__(self, "notes", moved)
        if self.bars > MAX_BARS + 1 or self.length_ticks > MAX_BARS * bar + bar // 2:
            raise InputError(
                f"the subject is {self.bars} bars long; it may have up to {MAX_BARS}, so that "
                "it can be heard again and again"
            )
        low, high = min(self.pitches), max(self.pitches)
        if high - low > MAX_SPAN:
            raise InputError(
                f"the subject spans {high - low} semitones; one voice must reach all of it, "
                f"so at most {MAX_SPAN}"
            )
        if low < LOWEST or high > HIGHEST:
            raise InputError(
                f"the subject lies from {pitch_name(low)} to {pitch_name(high)}; move it by "
                f"octaves to between {pitch_name(LOWEST)} and {pitch_name(HIGHEST)}"
            )
        if len(set(self.pitches)) < 3:
            raise InputError("the subject has fewer than three pitches; it needs a line")

    @property
    def pitches(self) -> tuple[int, ...]:
        """Its MIDI pitches."""
        return tuple(note.pitch for note in self.notes)

    @property
    def degrees(self) -> tuple[Degree, ...]:
        """Its pitches as places in its key."""
        return degrees(self.pitches, self.key)

    @property
    def length_ticks(self) -> int:
        """From the first note to the end of the last."""
        return self.notes[-1].end - self.notes[0].start

    @property
    def bars(self) -> int:
        """How many bars it touches."""
        return -(-self.notes[-1].end // self.meter.bar_ticks)

    @property
    def unit_ticks(self) -> int:
        """The grid on which entries begin: half a bar where the bar has two like halves."""
        bar = self.meter.bar_ticks
        return bar // 2 if self.meter.numerator in (4, 12) else bar

    @property
    def period_ticks(self) -> int:
        """From one entry to the next that waits for the end: the last note may be shared."""
        unit = self.unit_ticks
        return max(1, -(-(self.notes[-1].start - self.notes[0].start) // unit)) * unit

    @property
    def modulation(self) -> int | None:
        """The index of the note from which it is in the dominant key, None where it stays at home.

        A subject modulates that ends on the dominant's tonic, third or fifth after the raised
        fourth, which the natural fourth doesn't contradict.
        """
        places = self.degrees
        raised = [i for i, d in enumerate(places) if (d.step % 7, d.alteration) == (3, 1)]
        naturals = [i for i, d in enumerate(places) if (d.step % 7, d.alteration) == (3, 0)]
        ends_there = places[-1].step % 7 in (4, 6, 1)
        if not raised or not ends_there or any(i > raised[-1] for i in naturals):
            return None
        first = next(i for i in raised if i > (naturals[-1] if naturals else -1))
        begin = max(naturals[-1] + 1 if naturals else 1, 1)
        return _seam(self.notes, places, begin, first)


def turn_of(subject: Subject) -> int | None:
    """Return the tick from which a subject is in the dominant key, None where it stays at home."""
    index = subject.modulation
    return None if index is None else subject.notes[index].start


def _seam(notes: Sequence[Note], places: Sequence[Degree], begin: int, last: int) -> int:
    """Choose where the dominant's region begins: after the longest note, at the widest leap."""

    def fitness(i: int) -> tuple[bool, int, int]:
        steps = places[i].step - places[i - 1].step - 1  # what the answer makes of this interval
        return (abs(steps) <= 5, notes[i].start - notes[i - 1].start, abs(steps))

    return max(range(begin, last + 1), key=fitness)
