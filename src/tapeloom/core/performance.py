"""The played music: notes in seconds, as a synthesiser or a performance.mid takes them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter, Meters
from tapeloom.core.time import TempoMap


@dataclass(frozen=True, slots=True, order=True)
class PlayedNote:
    """One played note."""

    onset_s: float  # seconds from the beginning of the record, at least 0
    duration_s: float  # seconds, over 0
    pitch: int  # MIDI note number 0..127; for drums a General MIDI drum key
    velocity: int  # 1..127

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
    """How far the whole part is bent from a time on, in semitones."""

    time_s: float
    semitones: float  # -12..12


@dataclass(frozen=True, slots=True)
class PlayedPart:
    """One player's notes in order of onset, then pitch."""

    name: str
    role: str  # one of core.score.ROLES
    instrument: str  # a name in theory.instruments
    notes: tuple[PlayedNote, ...]
    program: int = 0
    controls: tuple[PlayedControl, ...] = ()
    bends: tuple[PlayedBend, ...] = ()

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
                "notes": [[n.onset_s, n.duration_s, n.pitch, n.velocity] for n in part.notes],
                "controls": [[c.time_s, c.number, c.value] for c in part.controls],
                "bends": [[b.time_s, b.semitones] for b in part.bends],
            }
            for part in performance.parts
        ],
    }  # fmt: skip


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
                    notes=tuple(PlayedNote(*fields) for fields in part["notes"]),
                    program=part["program"],
                    controls=tuple(PlayedControl(*fields) for fields in part["controls"]),
                    bends=tuple(PlayedBend(*fields) for fields in part.get("bends", ())),
                )
                for part in data["parts"]
            ),
            duration_s=data["duration_s"],
            tempo=TempoMap(tuple((int(tick), Fraction(bpm)) for tick, bpm in data["tempo"])),
            meters=tuple((int(tick), Meter.parse(text)) for tick, text in data["meters"]),
            sections=tuple(
                TimedSection(**{**section, "roles": tuple(section["roles"])})
                for section in data["sections"]
            ),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"the performance is damaged: {error!r}") from error
