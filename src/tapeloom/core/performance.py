"""The played music: notes in seconds, as a synthesiser or a performance.mid takes them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter, Meters
from tapeloom.core.time import TempoMap


@dataclass(frozen=True, slots=True, order=True)
class PlayedMove:
    """What a finger does to its own note while it holds it; it stays so until the next move."""

    after_s: float  # seconds since the note's onset
    kind: str  # one of core.score.MOVES
    value: float  # a bend in semitones; a pressure 0..127; a brightness 0..127, 64 as it is


@dataclass(frozen=True, slots=True, order=True)
class PlayedNote:
    """One played note."""

    onset_s: float  # seconds from the beginning of the record, at least 0
    duration_s: float  # seconds, over 0
    pitch: int  # MIDI note number 0..127; for drums a General MIDI drum key
    velocity: int  # 1..127
    moves: tuple[PlayedMove, ...] = field(default=(), repr=False)  # in order of time

    def __post_init__(self) -> None:
        if not self.onset_s >= 0.0 or not self.duration_s > 0.0:
            raise InputError(
                f"a note at {self.onset_s} s for {self.duration_s} s cannot be played; "
                "its onset must be 0 or later and its duration over 0"
            )


@dataclass(frozen=True, slots=True)
class PlayedControl:
    """A controller change (64 is the sustain pedal)."""

    time_s: float
    number: int  # 0..127
    value: int  # 0..127


@dataclass(frozen=True, slots=True)
class PlayedBend:
    """A pitch-bend change; it holds until the next one."""

    time_s: float
    value: int  # -8192..8191: two semitones down to two up, unless the part asks for another range

    def __post_init__(self) -> None:
        if not self.time_s >= 0.0 or not -8192 <= self.value <= 8191:
            raise InputError(
                f"a bend to {self.value} at {self.time_s} s cannot be played; it must lie between "
                "-8192 and 8191, at 0 or later"
            )


BEND_SEMITONES = 2.0  # what a whole bend is worth where nothing else is asked


def bend_value(semitones: float) -> int:
    """Return the bend that moves the pitch by -2..2 semitones.

    >>> [bend_value(semitones) for semitones in (-2.0, 0.0, 0.5, 2.0)]
    [-8192, 0, 2048, 8191]
    """
    if not -BEND_SEMITONES <= semitones <= BEND_SEMITONES:
        raise InputError(f"a bend of {semitones} semitones; it must lie between -2 and 2")
    return min(round(8192 * semitones / BEND_SEMITONES), 8191)


def bend_range(controls: Iterable["PlayedControl"]) -> float:
    """Return the semitones of a whole bend: what controllers 101, 100 and 6 ask for, else 2.

    The MIDI 1.0 specification, registered parameter 0, "Pitch Bend Sensitivity".

    >>> bend_range(()), bend_range([PlayedControl(0.0, n, v) for n, v in ((101, 0), (6, 12))])
    (2.0, 2.0)
    >>> asked = [PlayedControl(0.0, n, v) for n, v in ((101, 0), (100, 0), (6, 12))]
    >>> bend_range(asked)
    12.0
    """
    parameter = [127, 127]  # high and low byte; 127 127 is none
    semitones, cents = BEND_SEMITONES, 0.0
    for control in controls:
        if control.number in (100, 101):
            parameter[101 - control.number] = control.value
        elif control.number == 6 and parameter == [0, 0]:
            semitones = float(control.value)
        elif control.number == 38 and parameter == [0, 0]:
            cents = float(control.value)
    return semitones + cents / 100.0


@dataclass(frozen=True, slots=True)
class PlayedPart:
    """One player's notes in order of onset, then pitch."""

    name: str
    role: str  # one of core.score.ROLES
    instrument: str  # a name in theory.instruments
    notes: tuple[PlayedNote, ...]
    program: int = 0
    controls: tuple[PlayedControl, ...] = ()
    bends: tuple[PlayedBend, ...] = ()  # in order of time

    def __post_init__(self) -> None:
        order = sorted(self.notes, key=lambda note: (note.onset_s, note.pitch))
        object.__setattr__(self, "notes", tuple(order))


@dataclass(frozen=True, slots=True)
class TimedSection:
    """A section of the form in seconds."""

    name: str
    start_s: float
    end_s: float
    energy: float = 0.5
    piece: int = 0
    roles: tuple[str, ...] = ()
    leads_on: tuple[str, ...] = ()  # how it goes over to the next one, or ends


@dataclass(frozen=True, slots=True)
class Performance:
    """A whole piece as played; `duration_s` is the end of the last bar, before any tail."""

    parts: tuple[PlayedPart, ...]
    duration_s: float
    tempo: TempoMap = TempoMap()
    meters: Meters = ((0, Meter()),)
    sections: tuple[TimedSection, ...] = ()

    def part(self, role: str) -> PlayedPart:
        """Return the first part of a role; KeyError where there is none."""
        for part in self.parts:
            if part.role == role:
                return part
        raise KeyError(role)


def performance_to_json(performance: Performance) -> dict[str, Any]:
    """Return the JSON form; times are rounded to a microsecond by the performer, not here."""
    return {
        "format": 1,
        "duration_s": performance.duration_s,
        "tempo": [[tick, str(bpm)] for tick, bpm in performance.tempo.changes],
        "meters": [[tick, str(meter)] for tick, meter in performance.meters],
        "sections": [asdict(section) for section in performance.sections],
        "parts": [
            {
                "name": part.name, "role": part.role, "instrument": part.instrument,
                "program": part.program,
                "notes": [_note_to_json(note) for note in part.notes],
                "controls": [[c.time_s, c.number, c.value] for c in part.controls],
                "bends": [[b.time_s, b.value] for b in part.bends],
            }
            for part in performance.parts
        ],
    }  # fmt: skip


def _note_to_json(note: PlayedNote) -> list[Any]:
    plain = [note.onset_s, note.duration_s, note.pitch, note.velocity]
    return [*plain, [[m.after_s, m.kind, m.value] for m in note.moves]] if note.moves else plain


def _note_from_json(fields: Sequence[Any]) -> PlayedNote:
    return PlayedNote(
        *fields[:4], *(tuple(PlayedMove(*move) for move in moves) for moves in fields[4:])
    )


def performance_from_json(data: Mapping[str, Any]) -> Performance:
    """Read what `performance_to_json` wrote.

    >>> played = PlayedPart("bass", "bass", "upright_bass", (PlayedNote(0.0, 0.5, 40, 80),))
    >>> performance = Performance((played,), 2.0)
    >>> performance_from_json(performance_to_json(performance)) == performance
    True
    """
    if data.get("format") != 1:
        raise InputError(f"performance format {data.get('format')!r} is not known; it must be 1")
    try:
        return Performance(
            parts=tuple(
                PlayedPart(
                    name=part["name"],
                    role=part["role"],
                    instrument=part["instrument"],
                    notes=tuple(_note_from_json(fields) for fields in part["notes"]),
                    program=part["program"],
                    controls=tuple(PlayedControl(*fields) for fields in part["controls"]),
                    bends=tuple(PlayedBend(*fields) for fields in part.get("bends", ())),
                )
                for part in data["parts"]
            ),
            duration_s=data["duration_s"],
            tempo=TempoMap(tuple((int(tick), Fraction(bpm)) for tick, bpm in data["tempo"])),
            meters=tuple((int(tick), Meter.parse(text)) for tick, text in data["meters"]),
            sections=tuple(_section_from_json(section) for section in data["sections"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"the performance is damaged: {error!r}") from error


def _section_from_json(data: Mapping[str, Any]) -> TimedSection:
    lists = {name: tuple(data.get(name, ())) for name in ("roles", "leads_on")}
    return TimedSection(**{**data, **lists})
