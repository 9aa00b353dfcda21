"""Metric modulation: a note value of the old tempo becomes another one of the new.

`dotted eighth = quarter` says that what was a dotted eighth goes on as a quarter: the tempo, in
quarters a minute, grows by exactly 4/3.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.time import MAX_BPM, MIN_BPM, TempoMap
from tapeloom.rhythm import cycles
from tapeloom.rhythm.cycle import MAX_NUMBER, Number, Pattern, exact

NAMES = {
    "whole": Fraction(4), "half": Fraction(2), "quarter": Fraction(1), "eighth": Fraction(1, 2),
    "sixteenth": Fraction(1, 4), "thirty-second": Fraction(1, 8),
}  # fmt: skip
CHANGES = {
    "dotted": Fraction(3, 2), "double-dotted": Fraction(7, 4),
    "triplet": Fraction(2, 3), "quintuplet": Fraction(4, 5), "septuplet": Fraction(4, 7),
}  # fmt: skip
MAX_PULSES = 1024
PLAYABLE_BPM = (Fraction(30), Fraction(300))  # what a chain may pass through
HOW = "write one like quarter, dotted eighth, triplet eighth, quarter + sixteenth or 5/16"

# What players change tempo by, the most familiar first.
IDIOMS = (
    "dotted eighth = quarter", "quarter = dotted eighth",
    "triplet eighth = eighth", "eighth = triplet eighth",
    "triplet quarter = quarter", "dotted quarter = quarter", "quarter = dotted quarter",
    "eighth = quarter", "quarter = eighth",
    "quintuplet sixteenth = sixteenth", "sixteenth = quintuplet sixteenth",
    "triplet sixteenth = quintuplet sixteenth", "quintuplet sixteenth = triplet sixteenth",
    "triplet eighth = sixteenth", "sixteenth = triplet eighth",
    "septuplet sixteenth = sixteenth", "sixteenth = septuplet sixteenth",
)  # fmt: skip


def note_length(text: str) -> Fraction:
    """Read a note value, or some tied together, as a length in quarter notes.

    Also a fraction of a whole note, as in the sum of five sixteenths.

    >>> note_length("dotted eighth"), note_length("triplet quarter + eighth"), note_length("5/16")
    (Fraction(3, 4), Fraction(7, 6), Fraction(5, 4))
    """
    return sum((_length(part, text) for part in text.split("+")), Fraction(0))


def _length(part: str, text: str) -> Fraction:
    fraction = re.fullmatch(r"\s*(\d{1,4})/(\d{1,4})\s*", part, re.ASCII)
    if fraction and int(fraction[1]) and int(fraction[2]):
        return 4 * Fraction(int(fraction[1]), int(fraction[2]))
    *changes, name = part.replace("double dotted", "double-dotted").split() or [""]
    if name not in NAMES or set(changes) - set(CHANGES) or len(changes) > len(set(changes)):
        raise InputError(f"{text.strip()!r} is no note value; {HOW}")
    length = NAMES[name]
    for change in changes:
        length *= CHANGES[change]
    return length


def note_text(length: Fraction) -> str:
    """Write a length in quarter notes as a note value, or as a fraction of a whole note.

    >>> note_text(Fraction(3, 4)), note_text(Fraction(1, 3)), note_text(Fraction(5, 4))
    ('dotted eighth', 'triplet eighth', '5/16')
    """
    for words in itertools.product(("", *CHANGES), NAMES):
        if CHANGES.get(words[0], Fraction(1)) * NAMES[words[1]] == length:
            return " ".join(filter(None, words))
    return f"{(length / 4).numerator}/{(length / 4).denominator}"


@dataclass(frozen=True, slots=True)
class Modulation:
    """A change of tempo in which one note value goes on as another.

    >>> change = Modulation.parse("dotted eighth = quarter")
    >>> change.ratio, change.tempo_after(75)
    (Fraction(4, 3), Fraction(100, 1))
    """

    old: Fraction  # the pivot before the change, in quarter notes, over 0
    new: Fraction  # and after it

    def __post_init__(self) -> None:
        for name, length in (("old", self.old), ("new", self.new)):
            if length <= 0 or max(length.numerator, length.denominator) > MAX_NUMBER:
                raise InputError(f"the {name} note value is {length} quarters; {HOW}")

    @classmethod
    def parse(cls, text: str) -> "Modulation":
        """Read a modulation: the note value before the change = the one after it."""
        sides = text.split("=")
        if len(sides) != 2:
            raise InputError(f"{text!r} is no modulation; write one like dotted eighth = quarter")
        return cls(note_length(sides[0]), note_length(sides[1]))

    def __str__(self) -> str:
        return f"{note_text(self.old)} = {note_text(self.new)}"

    @property
    def ratio(self) -> Fraction:
        """The new tempo in quarters a minute, divided by the old one."""
        return self.new / self.old

    @property
    def inverse(self) -> "Modulation":
        """The change that leads back."""
        return Modulation(self.new, self.old)

    def tempo_after(self, bpm: Number) -> Fraction:
        """Return the tempo after the change from the one before it, in quarters a minute."""
        after = check_tempo(bpm) * self.ratio
        if not MIN_BPM <= after <= MAX_BPM:
            raise InputError(f"{self} leads to {float(after):g} bpm; it must stay from 1 to 10000")
        return after


def check_tempo(bpm: Number) -> Fraction:
    """Return a tempo as a fraction; it must lie between 1 and 10000 quarters a minute."""
    tempo = bpm if isinstance(bpm, Fraction) else exact(bpm, "the tempo")
    if not MIN_BPM <= tempo <= MAX_BPM:
        raise InputError(f"tempo is {float(tempo):g}; it must lie between 1 and 10000 bpm")
    return tempo


def tempos(bpm: Number, modulations: Iterable[Modulation]) -> tuple[Fraction, ...]:
    """List the tempo at the beginning and after each modulation, exact.

    >>> there, back = Modulation.parse("triplet eighth = eighth"), Modulation.parse("5/16 = 1/4")
    >>> [str(tempo) for tempo in tempos(80, [there, back])]
    ['80', '120', '96']
    """
    found = [check_tempo(bpm)]
    for modulation in modulations:
        found.append(modulation.tempo_after(found[-1]))
    return tuple(found)


def chain_to(
    bpm: Number, target_bpm: Number, *, steps: int = 3, tolerance: Number = 0
) -> tuple[Modulation, ...]:
    """Find the fewest modulations of `IDIOMS` that lead from a tempo to another.

    steps      at most, 1..4; what lies between stays within 30..300 bpm, or wider where the two
               tempos do
    tolerance  how far off the end may be, as a part of the target, 0 up to but not 1

    Of the chains that are as short the nearest is taken, then the one of more familiar changes.
    Raises InputError, with the nearest tempo, where none leads there.

    >>> [str(change) for change in chain_to(75, 100)], chain_to(90, 90)
    (['dotted eighth = quarter'], ())
    >>> [str(change) for change in chain_to(72, 81)]
    ['quarter = dotted eighth', 'triplet eighth = eighth']
    """
    start, target, allowed = (
        check_tempo(bpm),
        check_tempo(target_bpm),
        exact(tolerance, "tolerance"),
    )
    if not 1 <= steps <= 4:
        raise InputError(f"steps is {steps}; it must lie between 1 and 4")
    if not 0 <= allowed < 1:
        raise InputError(f"tolerance is {allowed}; it must lie from 0 up to but not 1")
    slowest, quickest = min(start, target, PLAYABLE_BPM[0]), max(start, target, PLAYABLE_BPM[1])
    reached: dict[Fraction, tuple[Modulation, ...]] = {start: ()}
    newest = reached
    for _ in range(steps + 1):
        nearest = min(reached, key=lambda tempo: abs(tempo - target))
        if abs(nearest - target) <= allowed * target:
            return reached[nearest]
        newest = dict(_further(newest, slowest, quickest, reached))
        reached |= newest
    raise InputError(
        f"no {steps} modulations lead from {float(start):g} to {float(target):g} bpm; "
        f"the nearest reach {float(nearest):g}"
    )


def _further(
    tempos_now: dict[Fraction, tuple[Modulation, ...]],
    slowest: Fraction,
    quickest: Fraction,
    known: dict[Fraction, tuple[Modulation, ...]],
) -> Iterator[tuple[Fraction, tuple[Modulation, ...]]]:
    """Yield the tempos that are one modulation away and new, each once."""
    met = set(known)
    for tempo, chain in tempos_now.items():
        for modulation in map(Modulation.parse, IDIOMS):
            after = tempo * modulation.ratio
            if slowest <= after <= quickest and after not in met:
                met.add(after)
                yield after, (*chain, modulation)


def preparation(
    modulation: Modulation, *, meter: Meter, bars: int = 1, voice: str = "rim"
) -> Pattern:
    """Sound the pivot before the change, so that the new pulse is heard before it comes.

    meter  of the bars before the change
    bars   1..64 that the pulse sounds for; a cycle of the pattern is one bar, and its first so
           many cycles are the bars up to the change

    The pulses are counted backwards from the change: the next one would fall on it.

    >>> pulse = preparation(Modulation.parse("dotted eighth = quarter"), meter=Meter(4, 4))
    >>> [str(event.begin) for event in pulse.onsets(0, 1)]
    ['1/16', '1/4', '7/16', '5/8', '13/16']
    """
    length, pulses = _pulses(modulation.old, meter, bars)
    rest = length - pulses * modulation.old
    parts: list[Pattern | str] = [voice] * pulses
    weights = [modulation.old] * pulses
    if rest:
        parts, weights = [cycles.silence(), *parts], [rest, *weights]
    return cycles.slow(cycles.sequence(*parts, weights=weights), bars)


def continuation(
    modulation: Modulation, *, meter: Meter, bars: int = 1, voice: str = "rim"
) -> Pattern:
    """Sound the pivot on after the change, at the same speed in the new tempo.

    Parameters as in `preparation`, of the bars after the change; the first pulse is on it.

    >>> pulse = continuation(Modulation.parse("dotted eighth = quarter"), meter=Meter(4, 4))
    >>> [str(event.begin) for event in pulse.onsets(0, 1)]
    ['0', '1/4', '1/2', '3/4']
    """
    length, pulses = _pulses(modulation.new, meter, bars)
    rest = length - pulses * modulation.new
    parts: list[Pattern | str] = [voice] * pulses
    weights = [modulation.new] * pulses
    if rest:  # a last pulse that the end cuts short
        parts, weights = [*parts, voice], [*weights, rest]
    return cycles.slow(cycles.sequence(*parts, weights=weights), bars)


def _pulses(value: Fraction, meter: Meter, bars: int) -> tuple[Fraction, int]:
    if not 1 <= bars <= 64:
        raise InputError(f"bars is {bars}; it must lie between 1 and 64")
    length = bars * Fraction(4 * meter.numerator, meter.denominator)
    pulses = int(length / value)
    if not 1 <= pulses <= MAX_PULSES:
        raise InputError(
            f"pulses of a {note_text(value)} don't fit in {bars} bars of {meter}; "
            f"1 to {MAX_PULSES} of them must"
        )
    return length, pulses


def modulated_tempo(bpm: Number, changes: Iterable[tuple[int, Modulation]]) -> TempoMap:
    """Make the tempo map of a piece that modulates.

    bpm      at the beginning
    changes  (tick, modulation) in rising order of ticks

    >>> modulated_tempo(90, [(40_320, Modulation.parse("dotted eighth = quarter"))]).bpm_at(40_320)
    Fraction(120, 1)
    """
    events = list(changes)
    found = tempos(bpm, (modulation for _, modulation in events))
    ticks = [0, *(tick for tick, _ in events)]
    if any(b <= a for a, b in itertools.pairwise(ticks)):
        raise InputError(f"modulations at the ticks {ticks[1:]} must be in rising order after 0")
    return TempoMap(tuple(zip(ticks, found, strict=True)))
