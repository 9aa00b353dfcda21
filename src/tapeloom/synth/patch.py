"""Instruments as tables of parameters: what can be turned, how far, and what is drawn for a record.

A `Design` is an instrument of ours: its parameters with ranges and units, how a voice is built from
their values, presets, and a phrase that shows it. A `Patch` is a design's name with values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.synth.voice import Manner, Voice
from tapeloom.synth.wavetables import Wavetable

Values = Mapping[str, float]
Build = Callable[[Values, np.random.Generator], Voice]
BuildWithTable = Callable[[Values, np.random.Generator, Wavetable], Voice]


def fields_of(values: Values, voice: type) -> dict[str, float]:
    """Return the values that a voice's class has as fields of the same names.

    >>> fields_of({"cutoff_hz": 900.0, "bark": 0.4}, Manner)
    {'cutoff_hz': 900.0}
    """
    names = {field.name for field in fields(voice)}
    return {name: value for name, value in values.items() if name in names}


def swaying(values: Values, rng: np.random.Generator) -> Manner:
    """Return the manner of a pedalled keyboard whose amplifier has a tremolo."""
    return Manner(
        pedal=True,
        cutoff_hz=values["cutoff_hz"],
        tremolo_hz=values["tremolo_hz"],
        tremolo_depth=values["tremolo_depth"],
        tremolo_phase=rng.uniform(0.0, 2.0 * np.pi),
    )


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that can be turned."""

    name: str
    about: str
    default: float  # where brightness is 0.5
    low: float
    high: float
    unit: str = ""  # Hz, s, cents, dB; nothing: a ratio or an amount
    spread: float = 0.0  # records draw it evenly from default - spread to default + spread
    bright: float = 0.0  # what the mood's brightness adds from 0 to 1

    def __post_init__(self) -> None:
        if not self.low <= self.default <= self.high:
            raise InputError(f"{self.name} is {self.default} by default; "
                             f"it must lie between {self.low} and {self.high}")  # fmt: skip

    def draw(self, rng: np.random.Generator, *, brightness: float) -> float:
        """Draw a value for one record; brightness 0..1."""
        value = self.default + self.bright * (brightness - 0.5) + rng.uniform(-1, 1) * self.spread
        return min(max(value, self.low), self.high)


@dataclass(frozen=True, slots=True)
class DemoNote:
    """A note of the phrase that shows an instrument, in beats of a quarter note."""

    beat: float
    beats: float
    pitch: int  # MIDI
    velocity: int = 80


@dataclass(frozen=True, slots=True)
class Design:
    """An instrument: `theory.instruments` knows its range by the same name."""

    name: str
    about: str  # one line, for a list
    parameters: tuple[Parameter, ...]
    build: Build
    demo: tuple[DemoNote, ...]
    presets: Mapping[str, Values] = field(default_factory=dict)
    demo_bpm: float = 75.0
    with_table: BuildWithTable | None = None  # builds a voice that reads a wavetable of the user's

    def values(self, given: Values | None = None, *, preset: str = "") -> dict[str, float]:
        """Return every parameter's value: a preset's over the defaults, and given ones over both.

        Raises InputError at an unknown name and at a value out of its range.
        """
        if preset and preset not in self.presets:
            known = ", ".join(self.presets) or "none"
            raise InputError(f"{self.name} has no preset {preset!r}; its presets are {known}")
        found = {each.name: each.default for each in self.parameters}
        return self._with(found, {**(self.presets[preset] if preset else {}), **(given or {})})

    def draw(
        self, rng: np.random.Generator, *, brightness: float, preset: str = "",
        given: Values | None = None, table: Wavetable | None = None,
    ) -> Voice:  # fmt: skip
        """Draw the parameters for one record and build the voice; what is set stays as it is.

        table  what a design that reads wavetables reads in place of its own
        """
        self.values(given, preset=preset)
        drawn = {each.name: each.draw(rng, brightness=brightness) for each in self.parameters}
        set_by_hand = {**(self.presets[preset] if preset else {}), **(given or {})}
        values = self._with(drawn, set_by_hand)
        if table is None:
            return self.build(values, rng)
        if self.with_table is None:
            raise InputError(f"{self.name} reads no wavetable; wave_keys does")
        return self.with_table(values, rng, table)

    def _with(self, values: dict[str, float], given: Values) -> dict[str, float]:
        ranges = {each.name: each for each in self.parameters}
        for name, value in given.items():
            if name not in ranges:
                raise InputError(
                    f"{self.name} has no parameter {name!r}; it has {', '.join(ranges)}"
                )
            known = ranges[name]
            if not known.low <= value <= known.high:
                raise InputError(
                    f"{name} of {self.name} is {value}; it must lie between "
                    f"{known.low} and {known.high} {known.unit}".rstrip()
                )
            values[name] = float(value)
        return values
