"""Tunings beside twelve equal steps: Scala's scales (.scl) and keyboard mappings (.kbm).

The formats are those of Manuel Op de Coul's Scala, "Scala scale file format" and "Scala keyboard
mapping file format".
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from tapeloom.core.errors import InputError

T = TypeVar("T")

MAX_BYTES = 2**20
MAX_STEPS = 4096
MIDDLE_C = 60
MIDDLE_C_HZ = 440.0 * 2.0 ** (-9.0 / 12.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """Steps above the first, in cents, the last of which is the interval of repetition."""

    about: str
    cents: tuple[float, ...]  # may be empty: then every key sounds alike

    def cents_of(self, degree: int) -> float:
        """Return how far a degree lies above degree 0, below it where negative.

        >>> major = Scale("thirds", (400.0, 800.0, 1200.0))
        >>> major.cents_of(4), major.cents_of(-1)
        (1600.0, -400.0)
        """
        if not self.cents:
            return 0.0
        turns, rest = divmod(degree, len(self.cents))
        return turns * self.cents[-1] + (self.cents[rest - 1] if rest else 0.0)


@dataclass(frozen=True, slots=True)
class KeyMap:
    """Which key plays which degree; without one, each key is a degree."""

    degrees: tuple[int | None, ...] = ()  # of each key of a repetition; None is silent
    first: int = 0
    last: int = 127
    middle: int = MIDDLE_C  # the key of degrees[0]
    reference: int = MIDDLE_C  # the key that has reference_hz
    reference_hz: float = MIDDLE_C_HZ
    octave: int = 0  # the degree by which a repetition moves; 0: the scale's own

    def degree_of(self, key: int, scale: Scale) -> int | None:
        """Return the degree of a MIDI key; None where it is silent."""
        steps = key - self.middle
        if not self.degrees:
            return steps
        turns, place = divmod(steps, len(self.degrees))
        degree = self.degrees[place]
        return None if degree is None else degree + turns * (self.octave or len(scale.cents))


@dataclass(frozen=True, slots=True)
class Temperament:
    """The pitch of every key, as a MIDI number with a fraction; None is silent."""

    pitches: tuple[float | None, ...]  # of keys 0..127

    def pitch(self, key: int) -> float | None:
        """Return what a key sounds."""
        return self.pitches[key]


def temperament(scale: Scale, keys: KeyMap | None = None) -> Temperament:
    """Tune the keyboard by a scale; without a mapping its first step is middle C.

    >>> equal = Scale("12", tuple(100.0 * i for i in range(1, 13)))
    >>> [round(temperament(equal).pitch(key), 6) for key in (0, 60, 69)]
    [0.0, 60.0, 69.0]
    """
    keys = keys or KeyMap()
    anchor = keys.degree_of(keys.reference, scale)
    if anchor is None:
        raise InputError(f"key {keys.reference} of the mapping is silent; it can be no reference")
    base = 69.0 + 12.0 * math.log2(keys.reference_hz / 440.0) - scale.cents_of(anchor) / 100.0
    pitches: list[float | None] = []
    for key in range(128):
        degree = keys.degree_of(key, scale) if keys.first <= key <= keys.last else None
        pitch = None if degree is None else base + scale.cents_of(degree) / 100.0
        pitches.append(pitch if pitch is not None and -12.0 <= pitch <= 140.0 else None)
    return Temperament(tuple(pitches))


def read_temperament(scale: Path, keys: Path | None = None) -> Temperament:
    """Read a .scl file, and a .kbm file where there is one."""
    mapping = None if keys is None else _used(keys, parse_key_map)
    return temperament(_used(scale, parse_scale), mapping)


def parse_scale(text: str) -> Scale:
    r"""Read a Scala scale.

    >>> parse_scale("! x.scl\nJust fifth\n 2\n 3/2 a fifth\n 1200.0").cents[1]
    1200.0
    """
    lines = [line for line in text.splitlines() if not line.startswith("!")]
    if len(lines) < 2:
        raise InputError("it is no Scala scale: it has no line with the number of its steps")
    count = _whole(lines[1], "the number of steps", 0, MAX_STEPS)
    rows = [line for line in lines[2:] if line.strip()]
    if len(rows) < count:
        raise InputError(f"it promises {count} steps and has {len(rows)}")
    cents = tuple(_cents(row, number) for number, row in enumerate(rows[:count], 1))
    if cents and cents[-1] <= 0.0:
        raise InputError(f"its last step is {cents[-1]:g} cents; it must lie above the first")
    return Scale(lines[0].strip(), cents)


def _cents(line: str, number: int) -> float:
    """Read one step: cents where there is a period, else a ratio or a whole number."""
    word = line.split(maxsplit=1)[0]
    try:
        if "." in word:
            value = float(word)
            if math.isfinite(value) and abs(value) <= 12_000.0:
                return value
        elif re.fullmatch(r"\d{1,18}(/\d{1,18})?", word):
            ratio = Fraction(word)
            if ratio > 0:
                return 1200.0 * math.log2(ratio)
    except (ValueError, ZeroDivisionError):
        pass
    raise InputError(f"step {number} is {word!r}; it must be cents such as 701.955 or a ratio "
                     "such as 3/2")  # fmt: skip


def parse_key_map(text: str) -> KeyMap:
    """Read a Scala keyboard mapping."""
    rows = [line.split()[0] for line in text.splitlines()
            if line.strip() and not line.startswith("!")]  # fmt: skip
    if len(rows) < 7:
        raise InputError(f"it is no keyboard mapping: it has {len(rows)} values of 7")
    size = _whole(rows[0], "the size of the map", 0, 128)
    first, last, middle, reference = (
        _whole(row, name, 0, 127)
        for row, name in zip(
            rows[1:5], ("the first key", "the last key", "the middle key", "the reference key"),
            strict=True,
        )
    )  # fmt: skip
    try:
        hz = float(rows[5])
    except ValueError:
        hz = math.nan
    if not 1.0 <= hz <= 20_000.0:
        raise InputError(f"its reference is {rows[5]!r}; it must lie between 1 and 20000 Hz")
    octave = _whole(rows[6], "the octave's degree", 0, MAX_STEPS)
    degrees = tuple(
        None if row.lower() == "x" else _whole(row, f"entry {i}", -MAX_STEPS, MAX_STEPS)
        for i, row in enumerate(rows[7 : 7 + size], 1)
    )
    degrees += (None,) * (size - len(degrees))  # what is left out at the end is silent
    return KeyMap(degrees, first, last, middle, reference, hz, octave)


def _whole(text: str, name: str, low: int, high: int) -> int:
    word = (text.split() or [""])[0]
    if not re.fullmatch(r"-?\d{1,6}", word) or not low <= int(word) <= high:
        raise InputError(f"{name} is {word!r}; it must be a number from {low} to {high}")
    return int(word)


def _used(path: Path, parse: Callable[[str], T]) -> T:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"it has over {MAX_BYTES // 2**20} MiB")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except InputError as error:
        raise InputError(f"{path} cannot be used: {error}") from error
    if b"\0" in data:
        raise InputError(f"{path} cannot be used: it is no text")
    try:
        return parse(data.decode("latin-1"))  # the format's own character set
    except InputError as error:
        raise InputError(f"{path} cannot be used: {error}") from error
