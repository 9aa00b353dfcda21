"""Tokens as a score: what a sequence that the grammar allows says."""

import itertools
from dataclasses import replace
from fractions import Fraction

from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter, Meters
from tapeloom.core.score import ChordSpan, Note, Part, Score, Section
from tapeloom.core.time import TempoMap
from tapeloom.neural.controls import tempo_of
from tapeloom.neural.token_writer import in_range
from tapeloom.neural.tokens import MICRO, PLACE_TICKS, TOKEN_ROLES, VELOCITIES, to_c

STROKE_TICKS = 6 * PLACE_TICKS  # how long a drum note is written: a sixteenth


class Reader:
    """What has been read of a sequence."""

    def __init__(self) -> None:
        self.mode, self.meter, self.tempo = "major", Meter(), 0
        self.bars: list[tuple[int, Meter]] = []  # where each begins, in places
        self.sections: list[tuple[int, str]] = []
        self.chords: list[tuple[int, Chord | None]] = []
        self.notes: dict[str, list[Note]] = {}
        self.masked: list[tuple[int, str]] = []  # bars and roles that are yet to be filled
        self.filling = self.over = False
        self.bar = -1
        self.role = ""
        self.place = self.micro = self.loudness = self.pitch = 0
        self.root: int | None = None

    def take(self, family: str, value: object) -> None:
        """Take one token."""
        if family == "BAR":
            self._begin_bar()
        elif family == "MODE":
            self.mode = str(value)
        elif family == "TEMPO":
            self.tempo = int(str(value))
        elif family == "METER":
            self.meter = Meter.parse(str(value))
            if self.bars:
                self.bars[-1] = (self.bars[-1][0], self.meter)
        elif family == "SECTION":
            self.sections.append((self.bars[-1][0], str(value)))
        elif family == "ROLE":
            self.role = str(value)
            if self.role != "chords":
                self.notes.setdefault(self.role, [])
        elif family == "MASK":
            self.masked.append((self.bar, self.role))
        elif family == "SEP":
            self.filling = True
        elif family == "EOS":
            self.over = True
        else:
            self._take_event(family, value)

    def _begin_bar(self) -> None:
        if self.filling:
            self.bar, self.role = self.masked.pop(0)
            return
        if not self.bars:
            self.bars.append((0, self.meter))
        else:
            start, meter = self.bars[-1]
            self.bars.append((start + meter.bar_ticks // PLACE_TICKS, self.meter))
        self.bar = len(self.bars) - 1

    def _take_event(self, family: str, value: object) -> None:
        if family == "POS":
            self.place, self.micro = self.bars[self.bar][0] + int(str(value)), 0
        elif family == "MICRO":
            self.micro = int(str(value))
        elif family == "VEL":
            self.loudness = VELOCITIES[int(str(value))]
        elif family == "PITCH":
            self.pitch = int(str(value))
        elif family == "DUR":
            start, length = self.place * PLACE_TICKS, int(str(value)) * PLACE_TICKS
            self.notes[self.role].append(Note(start, length, self.pitch, self.loudness))
        elif family == "DRUM":
            start = max(self.place * PLACE_TICKS + self.micro * PLACE_TICKS // MICRO, 0)
            self.notes["drums"].append(Note(start, STROKE_TICKS, int(str(value)), self.loudness))
        elif family == "NOCHORD":
            self.chords.append((self.place, None))
        elif family == "ROOT":
            self.root = int(str(value))
        elif family == "QUAL":
            self.chords.append((self.place, Chord(self.root or 0, str(value))))
        elif family == "BASS":
            place, chord = self.chords[-1]
            bass = (int(str(value)) + chord.root) % 12 if chord else None
            self.chords[-1] = (place, replace(chord, bass=bass) if chord else None)

    def score(self, key: Key | None, bpm: float | None) -> Score:
        """Return what was read."""
        key = key or Key("C", self.mode)
        shift = -to_c(key)
        end = self._end()
        return Score(
            parts=tuple(
                Part(
                    role,
                    role,
                    notes=tuple(self._placed(note, role, end, shift) for note in notes),
                )
                for role in TOKEN_ROLES
                if (notes := self.notes.get(role))
            ),
            tempo=TempoMap.constant(Fraction(bpm or tempo_of(self.tempo)).limit_denominator(10**6)),
            meters=self._meters(),
            keys=((0, key),),
            chords=tuple(self._spans(end, shift)),
            sections=tuple(self._sections(end)),
        )

    def _placed(self, note: Note, role: str, end: int, shift: int) -> Note:
        """Put a note in the key; in a finished piece none sounds beyond the last bar."""
        if self.over and note.end > end > note.start:
            note = replace(note, duration=end - note.start)
        return note if role == "drums" else replace(note, pitch=in_range(note.pitch + shift))

    def _end(self) -> int:
        if not self.bars:
            return 0
        start, meter = self.bars[-1]
        return start * PLACE_TICKS + meter.bar_ticks

    def _meters(self) -> Meters:
        meters: list[tuple[int, Meter]] = []
        for place, meter in self.bars or [(0, self.meter)]:
            if not meters or meters[-1][1] != meter:
                meters.append((place * PLACE_TICKS, meter))
        return tuple(meters)

    def _spans(self, end: int, shift: int) -> list[ChordSpan]:
        spans: list[ChordSpan] = []
        changes = [*self.chords, (end // PLACE_TICKS, None)]
        for (place, chord), (following, _) in itertools.pairwise(changes):
            if chord is None or following <= place:
                continue
            start, stop = place * PLACE_TICKS, following * PLACE_TICKS
            moved = chord.transpose(shift)
            if spans and spans[-1].end == start and spans[-1].chord == moved:
                spans[-1] = replace(spans[-1], end=stop)
            else:
                spans.append(ChordSpan(start, stop, moved))
        return spans

    def _sections(self, end: int) -> list[Section]:
        starts = [place * PLACE_TICKS for place, _ in self.sections]
        stops = [*starts[1:], end][: len(starts)]
        return [
            Section(name, start, stop)
            for (_, name), start, stop in zip(self.sections, starts, stops, strict=True)
            if start < stop
        ]
