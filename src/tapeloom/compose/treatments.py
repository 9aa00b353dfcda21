"""Treatments: how a section develops a line, unit of two measures by unit of two measures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from tapeloom.compose.development import (
    augment,
    call_and_response,
    diminish,
    displace,
    fragment,
    invert,
    ornament,
    retrograde,
    sequence,
    thin,
)
from tapeloom.compose.grid import STEP, Measure
from tapeloom.compose.motifs import Motif, shift

Units = list[Motif]


@dataclass(frozen=True, slots=True)
class Room:
    """What a treatment may use: the measures of each unit, and how far a line may move."""

    pairs: tuple[Sequence[Measure], ...]
    lift: int  # scale steps by which the line may move for another register
    rng: np.random.Generator


def treat(units: Units, names: Sequence[str], room: Room) -> Units:
    """Apply treatments by name, one after the other."""
    for name in names:
        units = TREATMENTS[name].apply(units, room)
    return units


def _every(units: Units, second: bool, change: Callable[[int, Motif], Motif]) -> Units:
    """Change the second unit of each two, or all of them; a silent one stays silent."""
    return [
        change(i, unit) if unit.notes and (i % 2 or not second) else unit
        for i, unit in enumerate(units)
    ]


def _ornament(units: Units, room: Room) -> Units:
    return _every(units, False, lambda i, unit: ornament(unit, room.rng, share=0.4 + 0.4 * (i % 2)))


def _answer(units: Units, room: Room) -> Units:
    return _every(
        units, True, lambda i, unit: _fit(call_and_response(units[i - 1], unit), unit.ticks)
    )


def _thin(units: Units, room: Room) -> Units:
    return [thin(unit, pair, keep=0.8) for unit, pair in zip(units, room.pairs, strict=True)]


def _augment(units: Units, room: Room) -> Units:
    """Let the first unit of each four come back twice as slow in the time of the last two."""
    result = list(units)
    for first in range(0, len(units), 4):
        group = range(first, min(first + 4, len(units)))
        long = augment(units[first])
        for i, tail in zip(group[-2:], (False, True), strict=False):
            half = fragment(long, long.ticks // 2, tail=tail)
            result[i] = _fit(half, units[i].ticks)
    return result


def _diminish(units: Units, room: Room) -> Units:
    """State every second unit twice in its time, the second time a step on."""
    way = int(room.rng.choice((-1, 1)))
    return _every(units, True, lambda i, unit: _fit(sequence(diminish(unit), (0, way)), unit.ticks))


def _displace(units: Units, room: Room) -> Units:
    return _every(units, True, lambda i, unit: displace(unit, 2 * STEP))


def _invert(units: Units, room: Room) -> Units:
    return _every(units, True, lambda i, unit: invert(unit))


def _retrograde(units: Units, room: Room) -> Units:
    return _every(units, True, lambda i, unit: retrograde(unit))


def _register(units: Units, room: Room) -> Units:
    return _every(units, False, lambda i, unit: shift(unit, room.lift))


def _head(units: Units, room: Room) -> Units:
    """Let the heads alone be heard, and silence after every second one."""
    return [
        Motif((), unit.ticks)
        if i % 2
        else _fit(fragment(unit, max(unit.ticks // 2, 1)), unit.ticks)
        for i, unit in enumerate(units)
    ]


def _enter(units: Units, room: Room) -> Units:
    """Let every first unit of two be heard in the place of the second, after silence."""
    last = len(units) - 1
    result: Units = []
    for i, unit in enumerate(units):
        sung = units[i - 1] if i % 2 else unit
        sounds = i % 2 or i == last
        result.append(_fit(sung, unit.ticks) if sounds else Motif((), unit.ticks))
    return result


def _step_on(units: Units, room: Room) -> Units:
    """Repeat the unit before on another step in the place of every second one."""
    way = int(room.rng.choice((-2, -1, 1, 2)))
    return _every(
        units, True,
        lambda i, unit: _fit(shift(units[i - 1], way), unit.ticks) if units[i - 1].notes else unit,
    )  # fmt: skip


def _fit(motif: Motif, ticks: int) -> Motif:
    """Give a motif another length: its end cut, or silence after it."""
    if motif.ticks > ticks:
        return fragment(motif, ticks)
    return replace(motif, ticks=ticks)


def sentence_of(source: Motif, count: int, rng: np.random.Generator) -> Units:
    """Make a contrast out of one unit as a sentence: stated, repeated, cut down, closed.

    The unit is stated and repeated on another step; then the half of it that says more is led on
    within one unit, and the unit's answer to that rests on a long note (Schoenberg,
    "Fundamentals of Musical Composition", chapter VIII).
    """
    half = max(source.ticks // 2, 1)
    head, tail = fragment(source, half), fragment(source, half, tail=True)
    cell = tail if len(tail.notes) > len(head.notes) else head
    way = int(rng.choice((-1, 1)))
    led_on = _fit(sequence(cell, (0, way)), source.ticks) if len(cell.notes) >= 2 else source
    closed = _fit(call_and_response(led_on, source), source.ticks)
    sentence = (source, shift(source, way), led_on, closed)
    return [sentence[i % 4] for i in range(count)]


@dataclass(frozen=True, slots=True)
class Treatment:
    """A way to develop a line, and how a listener is told of it."""

    says: str
    apply: Callable[[Units, Room], Units]


TREATMENTS: Mapping[str, Treatment] = MappingProxyType({
    "ornament": Treatment("passing and neighbour notes fill its long ones", _ornament),
    "answer": Treatment("call and response", _answer),
    "thin": Treatment("only its strong notes", _thin),
    "augment": Treatment("its beginning comes back twice as slow", _augment),
    "diminish": Treatment("every second unit twice as fast", _diminish),
    "displace": Treatment("every second unit an eighth late", _displace),
    "invert": Treatment("every second unit upside down", _invert),
    "retrograde": Treatment("every second unit from its end", _retrograde),
    "register": Treatment("in a higher register", _register),
    "head": Treatment("its head alone", _head),
    "enter": Treatment("its beginning alone, after the keys", _enter),
    "sequence": Treatment("units repeated on other steps", _step_on),
})  # fmt: skip
