"""The written music: notes, parts, chords, sections and marks in whole ticks."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter, Meters, bar_starts
from tapeloom.core.time import PPQ, TempoMap

ROLES = ("melody", "keys", "pad", "guitar", "bass", "drums", "other")
MAX_TICK = 2**40  # years at any tempo: what a file may not exceed


MOVES = ("bend", "pressure", "brightness")


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """What a finger does to its own note while it holds it; it stays so until the next move."""

    after: int  # ticks since the note's start
    kind: str  # one of MOVES
    value: float  # a bend in semitones; a pressure 0..127; a brightness 0..127, 64 as it is

    def __post_init__(self) -> None:
        if self.kind not in MOVES:
            raise InputError(f"{self.kind!r} is no move; choose one of {', '.join(MOVES)}")
        if not 0 <= self.after <= MAX_TICK:
            raise InputError(
                f"a move {self.after} ticks after its note's start; "
                f"it must lie between 0 and {MAX_TICK}"
            )
        low, high = (-96.0, 96.0) if self.kind == "bend" else (0.0, 127.0)
        if not low <= self.value <= high:
            raise InputError(
                f"a {self.kind} of {self.value}; it must lie between {low:g} and {high:g}"
            )


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One written note.

    >>> from dataclasses import replace
    >>> a4 = Note(start=0, duration=120, pitch=69, velocity=90)
    >>> replace(a4, pitch=a4.pitch + 12)
    Note(start=0, duration=120, pitch=81, velocity=90)
    """

    start: int  # ticks from the beginning of the score
    duration: int  # ticks, at least 1
    pitch: int  # MIDI note number 0..127; 60 is middle C (C4)
    velocity: int = 80  # 1..127
    moves: tuple[Move, ...] = field(default=(), repr=False)  # in order of time

    def __post_init__(self) -> None:
        if not 0 <= self.start <= MAX_TICK:
            raise InputError(
                f"a note starts at tick {self.start}; it must lie between 0 and {MAX_TICK}"
            )
        if not 1 <= self.duration <= MAX_TICK:
            raise InputError(
                f"a note lasts {self.duration} ticks; it must last between 1 and {MAX_TICK}"
            )
        if not 0 <= self.pitch <= 127:
            raise InputError(f"pitch is {self.pitch}; it must lie between 0 and 127")
        if not 1 <= self.velocity <= 127:
            raise InputError(f"velocity is {self.velocity}; it must lie between 1 and 127")

    @property
    def end(self) -> int:
        """The first tick after the note."""
        return self.start + self.duration


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """An articulation or other sign on the note of this tick and pitch (`ghost`, `roll`)."""

    tick: int
    pitch: int
    name: str


@dataclass(frozen=True, slots=True, order=True)
class Control:
    """A controller change."""

    tick: int
    number: int  # MIDI controller 0..127 (64 is the sustain pedal)
    value: int  # 0..127


@dataclass(frozen=True, slots=True, order=True)
class Bend:
    """A pitch-bend change."""

    tick: int
    value: int  # -8192..8191


@dataclass(frozen=True, slots=True)
class Part:
    """What one player plays. Notes are kept in order of start, then pitch.

    >>> Part("keys", "keys", "electric_piano", (Note(9, 1, 60), Note(0, 1, 62))).notes[0].pitch
    62
    """

    name: str
    role: str  # one of ROLES
    instrument: str = ""  # a name in theory.instruments; "" when a file doesn't tell
    notes: tuple[Note, ...] = ()
    program: int = 0  # General MIDI program 0..127
    controls: tuple[Control, ...] = ()
    bends: tuple[Bend, ...] = ()
    marks: tuple[Mark, ...] = ()
    style: str = ""  # of a drum part's groove, by which its feel is chosen; "" when unknown

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise InputError(f"{self.role!r} is no role; choose one of {', '.join(ROLES)}")
        if not 0 <= self.program <= 127:
            raise InputError(f"program is {self.program}; it must lie between 0 and 127")
        order = sorted(self.notes, key=lambda note: (note.start, note.pitch))
        object.__setattr__(self, "notes", tuple(order))
        object.__setattr__(self, "controls", tuple(sorted(self.controls, key=lambda c: c.tick)))
        object.__setattr__(self, "bends", tuple(sorted(self.bends, key=lambda b: b.tick)))
        object.__setattr__(self, "marks", tuple(sorted(self.marks)))

    @property
    def end(self) -> int:
        """The first tick after the last note."""
        return max((note.end for note in self.notes), default=0)


@dataclass(frozen=True, slots=True)
class ChordSpan:
    """A chord and the time for which it holds."""

    start: int
    end: int
    chord: Chord

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise InputError(f"a chord from tick {self.start} to {self.end} has no length")


@dataclass(frozen=True, slots=True)
class Section:
    """A named stretch of whole bars.

    `roles` are the layers that the form asks to sound here; a silent bar is one that it leaves out.

    >>> Section("A", 0, 4 * PPQ, energy=0.7, density=1.5)
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: density is 1.5; it must lie between 0 and 1
    """

    name: str  # intro, A, A', B, bridge, breakdown, outro; a number is added to what returns
    start: int
    end: int
    energy: float = 0.5  # 0..1
    piece: int = 0  # which of the related pieces of a long record
    roles: tuple[str, ...] = ()
    density: float = 0.5  # 0..1, how many notes
    register: float = 0.0  # semitones that the melody lies above where it lies elsewhere, -24..24
    leads_on: tuple[str, ...] = ()  # how it goes over to the next one, or ends: fill, stop, held

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise InputError(f"section {self.name!r} from {self.start} to {self.end} has no length")
        for name, value in (("energy", self.energy), ("density", self.density)):
            if not 0.0 <= value <= 1.0:
                raise InputError(f"{name} is {value}; it must lie between 0 and 1")
        if not -24.0 <= self.register <= 24.0:
            raise InputError(f"register is {self.register}; it must lie between -24 and 24")


@dataclass(frozen=True, slots=True)
class Score:
    """A whole piece on paper.

    >>> score = Score((Part("bass", "bass", notes=(Note(0, PPQ, 40),)),))
    >>> score.end == PPQ, score.part("bass").notes[0].pitch, len(score.bar_starts)
    (True, 40, 1)
    """

    parts: tuple[Part, ...]
    tempo: TempoMap = TempoMap()
    meters: Meters = ((0, Meter()),)
    keys: tuple[tuple[int, Key], ...] = ()
    chords: tuple[ChordSpan, ...] = ()
    sections: tuple[Section, ...] = ()
    ticks_per_quarter: int = PPQ  # of the file that it was read from

    def __post_init__(self) -> None:
        if not self.meters or self.meters[0][0] != 0:
            raise InputError("a score's first meter must begin at tick 0")
        for changes in (self.meters, self.keys):
            ticks = [tick for tick, _ in changes]
            if any(b <= a for a, b in itertools.pairwise(ticks)):
                raise InputError("meters and keys must be in rising order of ticks")
        for spans in (self.chords, self.sections):
            bounds = [(span.start, span.end) for span in spans]
            if any(b < a_end for (_, a_end), (b, _) in itertools.pairwise(bounds)):
                raise InputError("chords and sections must follow one another without overlap")

    @property
    def end(self) -> int:
        """The first tick after everything: the last section's end, or the last note's."""
        ends = [part.end for part in self.parts] + [section.end for section in self.sections]
        return max(ends, default=0)

    @property
    def bar_starts(self) -> list[int]:
        """Ticks at which the bars begin."""
        return bar_starts(self.meters, self.end)

    @property
    def key(self) -> Key | None:
        """The first key, where one is known."""
        return self.keys[0][1] if self.keys else None

    def part(self, role: str) -> Part:
        """Return the first part of a role; KeyError where there is none."""
        for part in self.parts:
            if part.role == role:
                return part
        raise KeyError(role)

    def chord_at(self, tick: int) -> Chord | None:
        """Return the chord that holds at a tick."""
        for span in self.chords:
            if span.start <= tick < span.end:
                return span.chord
        return None

    def with_part(self, part: Part) -> "Score":
        """Return the score with the part of the same name replaced, or added."""
        if any(old.name == part.name for old in self.parts):
            parts = tuple(part if old.name == part.name else old for old in self.parts)
        else:
            parts = (*self.parts, part)
        return replace(self, parts=parts)


def score_to_json(score: Score) -> dict[str, Any]:
    """Return the canonical JSON form; chords are lead-sheet text, notes are plain lists."""
    return {
        "format": 1,
        "ppq": PPQ,
        "ticks_per_quarter": score.ticks_per_quarter,
        "tempo": [[tick, str(bpm)] for tick, bpm in score.tempo.changes],
        "meters": [[tick, str(meter)] for tick, meter in score.meters],
        "keys": [[tick, str(key)] for tick, key in score.keys],
        "chords": [[span.start, span.end, str(span.chord)] for span in score.chords],
        "sections": [
            {"name": s.name, "start": s.start, "end": s.end, "energy": s.energy, "piece": s.piece,
             "roles": list(s.roles), "density": s.density, "register": s.register,
             "leads_on": list(s.leads_on)}
            for s in score.sections
        ],
        "parts": [
            {
                "name": part.name, "role": part.role, "instrument": part.instrument,
                "program": part.program,
                "notes": [_note_to_json(note) for note in part.notes],
                "controls": [[c.tick, c.number, c.value] for c in part.controls],
                "bends": [[b.tick, b.value] for b in part.bends],
                "marks": [[m.tick, m.pitch, m.name] for m in part.marks],
                "style": part.style,
            }
            for part in score.parts
        ],
    }  # fmt: skip


def _note_to_json(note: Note) -> list[Any]:
    plain = [note.start, note.duration, note.pitch, note.velocity]
    return [*plain, [[m.after, m.kind, m.value] for m in note.moves]] if note.moves else plain


def _note_from_json(fields: Sequence[Any]) -> Note:
    return Note(*fields[:4], *(tuple(Move(*move) for move in moves) for moves in fields[4:]))


def score_from_json(data: Mapping[str, Any]) -> Score:
    """Read what `score_to_json` wrote.

    >>> score = Score((Part("bass", "bass", notes=(Note(0, PPQ, 40),)),))
    >>> score_from_json(score_to_json(score)) == score
    True
    """
    if data.get("format") != 1:
        raise InputError(f"score format {data.get('format')!r} is not known; this version reads 1")
    try:
        return Score(
            parts=tuple(_part_from_json(part) for part in data["parts"]),
            tempo=TempoMap(tuple((int(tick), Fraction(bpm)) for tick, bpm in data["tempo"])),
            meters=tuple((int(tick), Meter.parse(text)) for tick, text in data["meters"]),
            keys=tuple((int(tick), Key.parse(text)) for tick, text in data["keys"]),
            chords=tuple(ChordSpan(a, b, Chord.parse(text)) for a, b, text in data["chords"]),
            sections=tuple(_section_from_json(section) for section in data["sections"]),
            ticks_per_quarter=int(data["ticks_per_quarter"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"the score is damaged: {error!r}") from error


def _section_from_json(data: Mapping[str, Any]) -> Section:
    lists = {name: tuple(data.get(name, ())) for name in ("roles", "leads_on")}
    return Section(**{**data, **lists})


def _part_from_json(data: Mapping[str, Any]) -> Part:
    return Part(
        name=data["name"],
        role=data["role"],
        instrument=data["instrument"],
        notes=tuple(_note_from_json(fields) for fields in data["notes"]),
        program=data["program"],
        controls=tuple(Control(*fields) for fields in data["controls"]),
        bends=tuple(Bend(*fields) for fields in data["bends"]),
        marks=tuple(Mark(*fields) for fields in data["marks"]),
        style=data.get("style", ""),
    )
