"""Groove templates: one performance's timing and touch, taken from it and given to other notes.

Swing scales with the tempo and is kept as a ratio; what each instrument does beside it is kept in
milliseconds, as players keep it over the tempi of a style. The text form is TOML.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter, Meters
from tapeloom.core.score import Note
from tapeloom.core.time import TempoMap
from tapeloom.rhythm.meters import SIXTEENTH
from tapeloom.rhythm.microtiming import Microtiming, instruments_of, measure, steps_in_cycle
from tapeloom.rhythm.swing_ratio import Swing, swung

MAX_OFFSET_MS = 250.0
MAX_VELOCITY_RATIO = 20.0
MAX_BARS = 16
MAX_TEXT = 1_000_000  # characters


@dataclass(frozen=True, slots=True)
class GroovePlace:
    """What one instrument does at one place of the cycle."""

    step: int  # sixteenths from its beginning
    offset_ms: float  # late is positive, beside the swing
    velocity_ratio: float  # to the instrument's mean velocity

    def __post_init__(self) -> None:
        if self.step < 0:
            raise InputError(f"step is {self.step}; it must be 0 or more sixteenths")
        if not -MAX_OFFSET_MS <= self.offset_ms <= MAX_OFFSET_MS:
            raise InputError(
                f"offset_ms is {self.offset_ms}; it must lie within {MAX_OFFSET_MS:g} of 0"
            )
        if not 0.0 < self.velocity_ratio <= MAX_VELOCITY_RATIO:
            raise InputError(
                f"velocity_ratio is {self.velocity_ratio}; "
                f"it must be over 0 and at most {MAX_VELOCITY_RATIO:g}"
            )


@dataclass(frozen=True, slots=True)
class GrooveTemplate:
    """A groove to give to other notes: swing, and offsets and accents by instrument and place."""

    name: str
    meter: Meter
    instruments: tuple[tuple[str, tuple[GroovePlace, ...]], ...]  # sorted by name, then step
    swing: Swing = Swing()
    bars: int = 1  # length of the cycle, 1..16
    bpm: float = 90.0  # of the performance that it was taken from, 10..1000

    def __post_init__(self) -> None:
        if not 1 <= self.bars <= MAX_BARS:
            raise InputError(f"bars is {self.bars}; a template has 1 to {MAX_BARS}")
        if not 10.0 <= self.bpm <= 1000.0:
            raise InputError(f"bpm is {self.bpm}; it must lie between 10 and 1000")
        steps = math.ceil(self.meter.bar_ticks / SIXTEENTH) * self.bars
        rows = []
        for instrument, places in sorted(self.instruments):
            ordered = tuple(sorted(places, key=lambda place: place.step))
            found = [place.step for place in ordered]
            if len(set(found)) < len(found):
                raise InputError(f"{instrument} has a step twice; each place comes once")
            if found and found[-1] >= steps:
                raise InputError(
                    f"{instrument} has step {found[-1]}; "
                    f"{self.bars} x {self.meter} have steps 0 to {steps - 1}"
                )
            rows.append((instrument, ordered))
        if len({instrument for instrument, _ in rows}) < len(rows):
            raise InputError("an instrument comes twice in the template; each comes once")
        object.__setattr__(self, "instruments", tuple(rows))

    def touch(self, instrument: str, step: int) -> tuple[float, float]:
        """Return the offset in milliseconds and the velocity ratio of an instrument at a place.

        At a place that it doesn't know, the instrument takes its mean; one that the template
        lacks takes the mean of the others at that place, else nothing.
        """
        known = dict(self.instruments)
        own = known.get(instrument, ())
        for place in own:
            if place.step == step:
                return place.offset_ms, place.velocity_ratio
        others = [place for places in known.values() for place in places if place.step == step]
        for kin in (own, others):
            if kin:
                # Loudness at places unknown stays: accents say nothing of them.
                return sum(place.offset_ms for place in kin) / len(kin), 1.0
        return 0.0, 1.0


def template_of(
    found: Microtiming, *, name: str, meter: Meter, bpm: float, fewest_hits: int = 1
) -> GrooveTemplate:
    """Keep what was measured as a template; places with fewer hits are left out."""
    rows: dict[str, list[GroovePlace]] = {}
    for instrument in {place.instrument for place in found.places}:
        places = [place for place in found.places if place.instrument == instrument]
        hits = sum(place.hits for place in places)
        mean = sum(place.velocity * place.hits for place in places) / hits
        rows[instrument] = [
            GroovePlace(
                place.step,
                float(np.clip(place.offset_ms, -MAX_OFFSET_MS, MAX_OFFSET_MS)),
                place.velocity / mean,
            )
            for place in places
            if place.hits >= fewest_hits
        ]
    instruments = tuple((instrument, tuple(places)) for instrument, places in rows.items())
    return GrooveTemplate(name, meter, instruments, found.swing, found.bars, bpm)


def extract_template(
    notes: Sequence[Note], *, tempo: TempoMap, meters: Meters, name: str = "groove",
    role: str = "drums", bars: int = 1, swing: Swing | None = None, fewest_hits: int = 1,
) -> GrooveTemplate:  # fmt: skip
    """Take the groove of any performance whose bars are known.

    notes  as played, in ticks; a changing meter is refused

    >>> played = [Note(10180, 100, 38, 100), Note(30340, 100, 38, 100), Note(0, 100, 36, 90)]
    >>> groove = extract_template(played, tempo=TempoMap(), meters=((0, Meter()),))
    >>> groove.instruments[1][0], [place.step for place in groove.instruments[1][1]]
    ('snare', [4, 12])
    """
    if len({meter for _, meter in meters}) != 1:
        raise InputError("the meter changes in this performance; a template is of one meter")
    found = measure(notes, tempo=tempo, meters=meters, role=role, swing=swing, bars=bars)
    return template_of(
        found, name=name, meter=meters[0][1], bpm=tempo.initial_bpm, fewest_hits=fewest_hits
    )


def apply_template(
    notes: Sequence[Note], template: GrooveTemplate, *, tempo: TempoMap, meters: Meters,
    role: str = "drums", amount: float = 1.0, velocities: bool = True,
) -> tuple[Note, ...]:  # fmt: skip
    """Play written notes in a template's groove.

    notes       on the straight grid, in ticks; given back in the same order
    amount      0 (as written) .. 1 (the groove as it was)
    velocities  whether its accents are taken as well

    What the template doesn't know is as `GrooveTemplate.touch` says. No note goes before tick 0.

    >>> late = GrooveTemplate("late", Meter(), (("snare", (GroovePlace(4, 20.0, 1.0),)),))
    >>> apply_template([Note(10080, 100, 38)], late, tempo=TempoMap.constant(60),
    ...                meters=((0, Meter()),), amount=0.5)[0].start
    10181
    """
    if not 0.0 <= amount <= 1.0:
        raise InputError(f"amount is {amount}; it must lie between 0 and 1")
    for _, meter in meters:
        if meter.bar_ticks != template.meter.bar_ticks:
            raise InputError(
                f"the groove {template.name!r} is in {template.meter} and the score in {meter}; "
                "they must have bars of one length"
            )
    if not notes:
        return ()
    starts = np.array([note.start for note in notes], np.int64)
    ends = np.array([note.end for note in notes], np.int64)
    steps = steps_in_cycle(starts, meters=meters, bars=template.bars)
    names = instruments_of(notes, role=role)
    touch = [template.touch(name, step) for name, step in zip(names, steps, strict=True)]
    late_s = np.array([offset_ms for offset_ms, _ in touch]) * amount / 1000.0
    swing = template.swing.scaled(amount)
    at = later(swung(starts, swing, meters=meters), late_s, tempo)
    off = later(swung(ends, swing, meters=meters), late_s, tempo)
    return tuple(
        replace(
            note, start=int(start), duration=max(int(end - start), 1),
            velocity=_accented(note.velocity, ratio**amount) if velocities else note.velocity,
        )
        for note, start, end, (_, ratio) in zip(notes, at, off, touch, strict=True)
    )  # fmt: skip


def later(
    ticks: NDArray[np.float64], late_s: NDArray[np.float64], tempo: TempoMap
) -> NDArray[np.int64]:
    """Move ticks by seconds, never before 0.

    >>> later(np.array([0.0, 10080.0]), np.array([-0.1, 0.05]), TempoMap.constant(60)).tolist()
    [0, 10584]
    """
    seconds = tempo.ticks_to_s(ticks.tolist()) + late_s
    moved = [tempo.s_to_tick(max(second, 0.0)) for second in seconds.tolist()]
    return np.asarray(np.maximum(np.rint(np.array(moved)), 0.0), np.int64)


def _accented(velocity: int, ratio: float) -> int:
    return int(min(max(round(velocity * ratio), 1), 127))


def template_to_toml(template: GrooveTemplate) -> str:
    """Write a template as TOML, one table an instrument, as `template_from_toml` reads it.

    >>> groove = GrooveTemplate("late", Meter(), (("snare", (GroovePlace(4, 12.5, 1.1),)),))
    >>> print(template_to_toml(groove))
    name = "late"
    meter = "4/4"
    bars = 1
    bpm = 90.0
    swing = 0.5
    swing_level = 16
    <BLANKLINE>
    [instruments."snare"]
    step = [4]
    offset_ms = [12.5]
    velocity_ratio = [1.1]
    <BLANKLINE>
    """
    lines = [
        f"name = {_quoted(template.name)}",
        f'meter = "{template.meter}"',
        f"bars = {template.bars}",
        f"bpm = {float(template.bpm)!r}",
        f"swing = {float(template.swing.ratio)!r}",
        f"swing_level = {template.swing.level}",
    ]
    for instrument, places in template.instruments:
        lines += [
            "",
            f"[instruments.{_quoted(instrument)}]",
            f"step = [{', '.join(str(place.step) for place in places)}]",
            f"offset_ms = [{', '.join(repr(float(place.offset_ms)) for place in places)}]",
            f"velocity_ratio = [{', '.join(repr(float(p.velocity_ratio)) for p in places)}]",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = (
        f"\\u{ord(c):04X}" if ord(c) < 32 or ord(c) == 127 else "\\" + c if c in '"\\' else c
        for c in text
    )
    return '"' + "".join(escaped) + '"'


def template_from_toml(text: str) -> GrooveTemplate:
    """Read a template from TOML.

    >>> template_from_toml('name = "x"')
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: the groove template has no meter
    """
    if len(text) > MAX_TEXT:
        raise InputError(f"the groove template has over {MAX_TEXT} characters; that is no template")
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"the groove template is no TOML: {error}") from error
    instruments = _value(data, "instruments", dict) if "instruments" in data else {}
    return GrooveTemplate(
        name=_value(data, "name", str),
        meter=Meter.parse(_value(data, "meter", str)),
        instruments=tuple((name, _places(name, table)) for name, table in instruments.items()),
        swing=Swing(_number(data, "swing", 0.5), _whole(data, "swing_level", 16)),
        bars=_whole(data, "bars", 1),
        bpm=_number(data, "bpm", 90.0),
    )


def _value(data: Mapping[str, Any], key: str, kind: type) -> Any:
    if key not in data:
        raise InputError(f"the groove template has no {key}")
    if not isinstance(data[key], kind):
        raise InputError(f"{key} of the groove template is {data[key]!r}, which is of no use there")
    return data[key]


def _number(data: Mapping[str, Any], key: str, default: float) -> float:
    value = data.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InputError(f"{key} of the groove template is {value!r}; it must be a number")
    return float(value)


def _whole(data: Mapping[str, Any], key: str, default: int) -> int:
    value = _number(data, key, default)
    if not value.is_integer():
        raise InputError(f"{key} of the groove template is {value}; it must be a whole number")
    return int(value)


def _places(name: str, table: object) -> tuple[GroovePlace, ...]:
    if not isinstance(table, dict):
        raise InputError(f"instruments.{name} of the groove template must be a table")
    columns: list[list[float]] = []
    for key in ("step", "offset_ms", "velocity_ratio"):
        values = _value(table, key, list)
        columns.append([_number({key: value}, key, 0.0) for value in values])
    steps, offsets, ratios = columns
    if not len(steps) == len(offsets) == len(ratios):
        raise InputError(
            f"instruments.{name} has {len(steps)} steps, {len(offsets)} offsets and "
            f"{len(ratios)} velocity ratios; there must be as many of each"
        )
    if any(step != int(step) for step in steps):
        raise InputError(f"instruments.{name} has a step that is no whole sixteenth")
    rows = zip(steps, offsets, ratios, strict=True)
    return tuple(GroovePlace(int(step), float(offset), float(r)) for step, offset, r in rows)
