"""The frame in which voices are written: a grid of slots with harmony, and voices laid on it."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from tapeloom.core.harmony import MODES, Chord, Key
from tapeloom.core.score import Note

HELD_BARS = 1  # a note of this many bars or more is a pedal


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of the grid."""

    tick: int
    level: int  # 2 begins a bar, 1 a beat, 0 lies between beats
    key: Key
    chord: Chord
    still: bool = False  # nothing is struck here but by what is given (the last chord is held)


@dataclass(frozen=True, slots=True)
class Sounding:
    """What a voice does at a slot."""

    now: int  # MIDI pitch, -1 where it rests
    before: int  # just before, -1 where it rested
    struck: bool
    is_pedal: bool
    steps_on: bool = False  # it goes on by step: a passing note, or a suspension that falls


@dataclass(frozen=True, slots=True)
class Frame:
    """The grid of a piece."""

    slots: tuple[Slot, ...]
    slot_ticks: int
    beat_ticks: int
    bar_ticks: int
    _sets: dict[tuple[Key, Chord], tuple[frozenset[int], frozenset[int]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def scale_at(self, slot: int) -> tuple[frozenset[int], frozenset[int]]:
        """Return the pitch classes of the chord, and those that may pass in the key with it."""
        key, chord = self.slots[slot].key, self.slots[slot].chord
        found = self._sets.get((key, chord))
        if found is None:
            found = self._sets[key, chord] = (frozenset(chord.pitch_classes), passing(key, chord))
        return found


def passing(key: Key, chord: Chord) -> frozenset[int]:
    """Return the pitch classes that go with a chord of a key, chord tones and others.

    In minor a chord with the leading tone has the raised sixth beside the natural one.

    >>> sorted(passing(Key("A", "minor"), Chord.parse("E")))
    [0, 2, 4, 5, 6, 8, 9, 11]
    """
    tonic = key.pitch_class
    steps = set(MODES["minor" if key.is_minor else "major"])
    tones = {(tone - tonic) % 12 for tone in chord.pitch_classes}
    if key.is_minor and 11 in tones:
        steps = (steps - {10}) | {9, 11}
    for tone in tones - steps:
        steps = {step for step in steps if (step - tone) % 12 not in (1, 11)} | {tone}
    return frozenset((tonic + step) % 12 for step in steps | tones)


def lay(line: Sequence[Note], frame: Frame) -> list[Sounding]:
    """Lay a line on the grid: what it does at each slot."""
    notes = sorted(line, key=lambda note: note.start)
    starts = [note.start for note in notes]
    pedal = HELD_BARS * frame.bar_ticks
    found = []
    for slot in frame.slots:
        i = bisect_right(starts, slot.tick) - 1
        now = before = -1
        struck = is_pedal = steps_on = False
        if i >= 0 and notes[i].end > slot.tick:
            now = notes[i].pitch
            struck = notes[i].start == slot.tick
            is_pedal = notes[i].duration > pedal
            after = notes[i + 1] if i + 1 < len(notes) else None
            steps_on = after is not None and 0 < abs(after.pitch - now) <= 2
        j = i - 1 if struck else i
        if j >= 0 and notes[j].end >= slot.tick:
            before = notes[j].pitch
        found.append(Sounding(now, before, struck, is_pedal, steps_on))
    return found
