"""Polyrhythms: even pulses against each other, exact as fractions, nested, shifted and accented.

As text: `3:2`, `5:4`, `7+1/8:4` (the seven an eighth of the span late), `3^1:4^1^3` (accents on
these pulses), `5(2=3):4` (the second of the five divided in three). Pulses are counted from 1.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.rhythm import cycles
from tapeloom.rhythm.cycle import MAX_NUMBER, Pattern
from tapeloom.rhythm.hits import MAX_BARS, Bars, groove_hits, pattern_hits, together
from tapeloom.rhythm.patterns import Groove

MAX_COUNT = 64
MAX_LAYERS = 8
MAX_NESTING = 4
SOFT = Fraction(7, 10)  # level of a pulse without accent
HOW = "write one like 3:2, 5+1/8:4, 3^1:4 or 5(2=3):4"


@dataclass(frozen=True, slots=True)
class Layer:
    """Even pulses in a span of time, some of them accented or divided again.

    >>> [str(onset) for onset in Layer(3, phase=Fraction(1, 2)).onsets]
    ['1/6', '1/2', '5/6']
    """

    count: int  # pulses, 1..64
    phase: Fraction = Fraction(0)  # of the span by which they come late, 0 up to but not 1
    accents: tuple[int, ...] = ()  # pulses, from 1
    inside: tuple[tuple[int, "Layer"], ...] = ()  # (pulse, what it is divided in)

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MAX_COUNT:
            raise InputError(f"a layer of {self.count} pulses; take 1 to {MAX_COUNT}")
        if not 0 <= self.phase < 1 or self.phase.denominator > MAX_NUMBER:
            raise InputError(f"the phase is {self.phase}; it must lie from 0 up to but not 1")
        pulses = [pulse for pulse, _ in self.inside]
        for pulse in (*self.accents, *pulses):
            if not 1 <= pulse <= self.count:
                raise InputError(f"pulse {pulse} isn't one of the {self.count} of its layer")
        if len(set(pulses)) < len(pulses):
            raise InputError("a pulse can be divided only once")
        if self.nesting > MAX_NESTING:
            raise InputError(f"pulses are divided over {MAX_NESTING} times; make it simpler")

    @property
    def nesting(self) -> int:
        """How often pulses are divided in turn: 0 for a plain layer."""
        return max((1 + layer.nesting for _, layer in self.inside), default=0)

    @property
    def strokes(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """When each pulse sounds, in fractions of the span, and its level 0..1.

        Where some pulses are accented the others are softer, with all that they are divided in.

        >>> Layer(2, accents=(2,)).strokes
        ((Fraction(0, 1), Fraction(7, 10)), (Fraction(1, 2), Fraction(1, 1)))
        """
        divided = dict(self.inside)
        plain = ((Fraction(0), Fraction(1)),)
        return tuple(
            sorted(
                (((pulse - 1 + onset) / self.count + self.phase) % 1, level * self.level_of(pulse))
                for pulse in range(1, self.count + 1)
                for onset, level in (divided[pulse].strokes if pulse in divided else plain)
            )
        )

    def level_of(self, pulse: int) -> Fraction:
        """Return how loud a pulse is beside the accents."""
        return SOFT if self.accents and pulse not in self.accents else Fraction(1)

    @property
    def onsets(self) -> tuple[Fraction, ...]:
        """When each pulse sounds, in fractions of the span, rising."""
        return tuple(onset for onset, _ in self.strokes)

    def __str__(self) -> str:
        inside = ",".join(f"{pulse}={layer}" for pulse, layer in self.inside)
        accents = "".join(f"^{pulse}" for pulse in self.accents)
        return (
            f"{self.count}{f'({inside})' if inside else ''}"
            f"{f'+{self.phase}' if self.phase else ''}{accents}"
        )

    def pattern(self, voice: str) -> Pattern:
        """Return the layer as a pattern whose cycle is the span."""
        divided = dict(self.inside)
        parts: list[Pattern] = []
        for pulse in range(1, self.count + 1):
            part = divided[pulse].pattern(voice) if pulse in divided else cycles.pure(voice)
            level = self.level_of(pulse)
            parts.append(part if level == 1 else cycles.level(part, level))
        return cycles.rotate(cycles.sequence(*parts), -self.phase)


@dataclass(frozen=True, slots=True)
class Polyrhythm:
    """Layers of pulses in the same span of time.

    >>> three_two = Polyrhythm.parse("3:2")
    >>> [str(onset) for onset in three_two.onsets]
    ['0', '1/3', '1/2', '2/3']
    """

    layers: tuple[Layer, ...]  # 2..8

    def __post_init__(self) -> None:
        if not 2 <= len(self.layers) <= MAX_LAYERS:
            raise InputError(f"a polyrhythm has 2 to {MAX_LAYERS} layers, not {len(self.layers)}")

    @classmethod
    def parse(cls, text: str) -> "Polyrhythm":
        """Read a polyrhythm.

        >>> str(Polyrhythm.parse("5(2=3):4+1/8"))
        '5(2=3):4+1/8'
        >>> Polyrhythm.parse("3 against 2")
        Traceback (most recent call last):
        tapeloom.core.errors.InputError: '3 against 2' is no polyrhythm; write one like 3:2, ...
        """
        line = re.sub(r"\s", "", text)
        layers: list[Layer] = []
        place = 0
        while not layers or line[place : place + 1] == ":":
            layer, place = _layer(line, place + bool(layers), text, 0)
            layers.append(layer)
        if place < len(line):
            raise _unread(text)
        return cls(tuple(layers))

    def __str__(self) -> str:
        return ":".join(map(str, self.layers))

    @property
    def onsets(self) -> tuple[Fraction, ...]:
        """All moments at which something sounds, in fractions of the span, rising."""
        return tuple(sorted({onset for layer in self.layers for onset in layer.onsets}))

    @property
    def meetings(self) -> tuple[Fraction, ...]:
        """The moments at which two layers or more sound together.

        >>> Polyrhythm.parse("6:4").meetings
        (Fraction(0, 1), Fraction(1, 2))
        """
        counts = Counter(onset for layer in self.layers for onset in set(layer.onsets))
        return tuple(sorted(onset for onset, count in counts.items() if count > 1))

    @property
    def grid(self) -> int:
        """The fewest equal pulses of the span on which every onset lies.

        >>> Polyrhythm.parse("3:2").grid, Polyrhythm.parse("11:8").grid
        (6, 88)
        """
        return math.lcm(*(onset.denominator for onset in self.onsets))

    def pattern(self, *voices: str) -> Pattern:
        """Return the polyrhythm as a pattern whose cycle is the span, a voice for each layer.

        >>> str(Polyrhythm.parse("3:2").pattern("rim", "kick"))
        'rim!3, kick!2'
        """
        self.check_voices(voices)
        parts = (layer.pattern(voice) for layer, voice in zip(self.layers, voices, strict=True))
        return cycles.stack(*parts)

    def check_voices(self, voices: tuple[str, ...]) -> None:
        """Refuse any other number of voices than one for each layer."""
        if len(voices) != len(self.layers):
            raise InputError(
                f"the polyrhythm {self} has {len(self.layers)} layers and needs as many voices, "
                f"not {len(voices)}"
            )


def layer_hits(
    polyrhythm: Polyrhythm,
    voices: tuple[str, ...],
    *,
    meter: Meter,
    bars: int,
    span_bars: int = 1,
    velocity: int = 80,
) -> Bars:
    """Place a polyrhythm in bars: for each of them its hits, to the nearest tick.

    voices     a drum for each layer
    span_bars  bars that one round of the polyrhythm takes
    velocity   1..127, of an accent; other pulses of a layer with accents are softer

    >>> rounds = layer_hits(Polyrhythm.parse("3:2"), ("rim", "kick"), meter=Meter(4, 4), bars=1)
    >>> [(hit.tick, hit.drum) for hit in rounds[0]]
    [(0, 'kick'), (0, 'rim'), (13440, 'rim'), (20160, 'kick'), (26880, 'rim')]
    """
    if not 1 <= span_bars <= MAX_BARS:
        raise InputError(f"span_bars is {span_bars}; it must lie between 1 and {MAX_BARS}")
    pattern = cycles.slow(polyrhythm.pattern(*voices), span_bars)
    return pattern_hits(pattern, meter=meter, bars=bars, velocity=velocity)


def layer_over(
    groove: Groove,
    polyrhythm: Polyrhythm,
    voices: tuple[str, ...],
    *,
    bars: int,
    span_bars: int = 1,
    velocity: int = 80,
) -> Bars:
    """Play a polyrhythm over a groove: for each bar the hits of both.

    Where both strike one drum at one tick, the louder stays. Parameters as in `layer_hits`.

    >>> groove = Groove("plain", {"kick": "X...|....|X...|....", "snare": "....|X...|....|X..."})
    >>> bar = layer_over(groove, Polyrhythm.parse("3:2"), ("rim", "kick"), bars=1)[0]
    >>> [(hit.tick, hit.drum) for hit in bar if hit.drum != "snare"]
    [(0, 'kick'), (0, 'rim'), (13440, 'rim'), (20160, 'kick'), (26880, 'rim')]
    """
    over = layer_hits(
        polyrhythm, voices, meter=groove.meter, bars=bars, span_bars=span_bars, velocity=velocity
    )
    return together(over, groove_hits(groove, bars=bars))


def _unread(text: str) -> InputError:
    return InputError(f"{text!r} is no polyrhythm; {HOW}")


def _layer(line: str, place: int, text: str, depth: int) -> tuple[Layer, int]:
    """Read one layer from a place on; return it and the place after it."""

    def number(at: int) -> tuple[int, int]:
        found = re.compile(r"\d{1,4}", re.ASCII).match(line, at)
        if found is None:
            raise _unread(text)
        return int(found[0]), found.end()

    if depth > MAX_NESTING:
        raise InputError(f"pulses are divided over {MAX_NESTING} times; make it simpler")
    count, place = number(place)
    inside: list[tuple[int, Layer]] = []
    sign = line[place : place + 1]
    while sign and sign == ("," if inside else "("):
        pulse, place = number(place + 1)
        if line[place : place + 1] != "=":
            raise _unread(text)
        layer, place = _layer(line, place + 1, text, depth + 1)
        inside.append((pulse, layer))
        sign = line[place : place + 1]
    if inside:
        if sign != ")":
            raise _unread(text)
        place += 1
    phase = Fraction(0)
    if line[place : place + 1] == "+":
        above, place = number(place + 1)
        if line[place : place + 1] != "/":
            raise _unread(text)
        below, place = number(place + 1)
        if not below:
            raise InputError(f"the phase {above}/0 of {text!r} is no number; write one like 1/8")
        phase = Fraction(above, below)
    accents: list[int] = []
    while line[place : place + 1] == "^":
        pulse, place = number(place + 1)
        accents.append(pulse)
    return Layer(count, phase, tuple(accents), tuple(inside)), place
