"""A stretch of bars: the chords and the lines of a loop, cut, joined, in another key or metre."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tapeloom.compose.arrange import spans_in
from tapeloom.compose.recast import chord_in, notes_in_key, notes_in_meter, tick_in
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Note


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some bars of a loop, from tick 0: its chords and what three players do."""

    key: Key
    meter: Meter
    ticks: int  # whole bars
    chords: tuple[ChordSpan, ...]
    melody: tuple[Note, ...]
    keys: tuple[Note, ...] = ()
    bass: tuple[Note, ...] = ()

    @property
    def bars(self) -> int:
        """Its length in bars."""
        return self.ticks // self.meter.bar_ticks

    def cut(self, start: int, end: int) -> "Stretch":
        """Return the part between two ticks, from tick 0."""
        spans = spans_in(self.chords, start, end)
        return replace(
            self,
            ticks=end - start,
            chords=tuple(ChordSpan(s.start - start, s.end - start, s.chord) for s in spans),
            melody=cut_notes(self.melody, start, end),
            keys=cut_notes(self.keys, start, end),
            bass=cut_notes(self.bass, start, end),
        )

    def then(self, other: "Stretch") -> "Stretch":
        """Return this stretch with another after it."""
        at = self.ticks
        spans = (ChordSpan(s.start + at, s.end + at, s.chord) for s in other.chords)
        return replace(
            self,
            ticks=at + other.ticks,
            chords=(*self.chords, *spans),
            melody=(*self.melody, *later(other.melody, at)),
            keys=(*self.keys, *later(other.keys, at)),
            bass=(*self.bass, *later(other.bass, at)),
        )

    def in_key(self, key: Key) -> "Stretch":
        """Return the same degrees in another key or mode."""
        spans = (replace(s, chord=chord_in(s.chord, self.key, key)) for s in self.chords)
        lines = (notes_in_key(ns, self.key, key) for ns in (self.melody, self.keys, self.bass))
        melody, keys, bass = lines
        return replace(self, key=key, chords=tuple(spans), melody=melody, keys=keys, bass=bass)

    def in_meter(self, meter: Meter) -> "Stretch":
        """Return the same bars in another metre."""
        spans = [
            ChordSpan(tick_in(s.start, self.meter, meter), tick_in(s.end, self.meter, meter),
                      s.chord)
            for s in self.chords
        ]  # fmt: skip
        lines = (
            notes_in_meter(ns, self.meter, meter) for ns in (self.melody, self.keys, self.bass)
        )
        melody, keys, bass = lines
        return Stretch(
            self.key, meter, self.bars * meter.bar_ticks, tuple(spans), melody, keys, bass
        )


def cut_notes(notes: Sequence[Note], start: int, end: int) -> tuple[Note, ...]:
    """Return the notes that begin between two ticks, from tick 0, cut at the end."""
    return tuple(
        replace(note, start=note.start - start, duration=min(note.end, end) - note.start)
        for note in notes
        if start <= note.start < end
    )


def later(notes: Sequence[Note], ticks: int) -> tuple[Note, ...]:
    """Move notes by so many ticks."""
    return tuple(replace(note, start=note.start + ticks) for note in notes)
