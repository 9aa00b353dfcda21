"""Analyses as romanText files: `m1 b1 C: I b3 V65/V`, written and read.

D. Tymoczko, M. Gotham, M. Cuthbert, C. Ariza, "The RomanText Format", ISMIR 2019. A beat is the
denominator's note value, in compound meters three of them. A lower-case key is minor.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter, Meters, bar_starts, meter_at
from tapeloom.theory.numerals import RomanNumeral

_MAX_MEASURES = 100_000
_SKIPPED = re.compile(r"\|+|:\|\||\|\|:|KS-?\d|\?[()].*|[Vv]ar\d*:?|\[?f(?:er)?m(?:ata)?\]?")
_BEAT = re.compile(r"b(\d+(?:\.\d+){0,2})")
_KEY = re.compile(r"([A-Ga-g])([b#]{0,2}|-);?:")
_MEASURE = re.compile(r"m(\d+)([a-h]?)(?:-m?(\d+))?(var\d+|var[A-Z]+)?\s*(.*)")
_PARTS = [Fraction(n, d) for d in (2, 3, 4, 6, 8, 12, 16, 24, 5, 7, 9, 18, 32) for n in range(1, d)]
_HEADER = re.compile(r"([A-Za-z][A-Za-z /]*):\s*(.*)")


@dataclass(frozen=True, slots=True)
class RomanEntry:
    """A Roman numeral, its key and where it begins."""

    tick: int
    key: Key
    numeral: RomanNumeral | None  # None where no chord sounds


@dataclass(frozen=True, slots=True)
class RomanText:
    """An analysis in Roman numerals, with what a romanText file says of the piece."""

    entries: tuple[RomanEntry, ...]
    meters: Meters = ((0, Meter()),)
    header: tuple[tuple[str, str], ...] = ()  # as ("Composer", "J. S. Bach")
    pickup_ticks: int = 0  # of an incomplete bar 0 before the first whole one

    def __post_init__(self) -> None:
        ticks = [entry.tick for entry in self.entries]
        if ticks != sorted(ticks) or (ticks and ticks[0] < 0):
            raise InputError("the numerals of an analysis must follow one another from tick 0")


def write_romantext(analysis: RomanText, *, portable: bool = False) -> str:
    """Write an analysis as romanText.

    portable   leave out our own `[bass4]` and lead-sheet suffixes, which other programs refuse

    >>> c = Key("C", "major")
    >>> entries = [RomanEntry(tick, c, RomanNumeral.parse(text)) for tick, text in (
    ...     (0, "I"), (20160, "V65/V"), (40320, "V"))]
    >>> print(write_romantext(RomanText(tuple(entries), header=(("Title", "Air"),))))
    Title: Air
    <BLANKLINE>
    Time Signature: 4/4
    <BLANKLINE>
    m1 C: I b3 V65/V
    m2 V
    <BLANKLINE>
    """
    lines = [f"{name}: {' '.join(value.split())}" for name, value in analysis.header]
    if lines:
        lines.append("")
    last = analysis.entries[-1].tick + 1 if analysis.entries else 1
    measures = _measures(analysis, last)
    meter: Meter | None = None
    key: Key | None = None
    entries = list(analysis.entries)
    for number, start, end, now in measures:
        if now != meter:
            lines += ["", f"Time Signature: {now}", ""] if meter else [f"Time Signature: {now}", ""]
            meter = now
        words = []
        while entries and entries[0].tick < end:
            entry = entries.pop(0)
            beat = 1 + Fraction(entry.tick - start, _beat_ticks(now))
            if beat != 1:
                words.append(f"b{_decimal(beat)}")
            if entry.key != key:
                words.append(f"{_key_text(entry.key)}:")
                key = entry.key
            words.append(_numeral_text(entry.numeral, portable=portable))
        if words:
            lines.append(f"m{number} {' '.join(words)}")
    return "\n".join(lines) + "\n"


def read_romantext(text: str) -> RomanText:
    r"""Read romanText: header, time signatures, keys, beats and numerals.

    Repeated measures (`m5-8 = m1-4`) are copied; variants, barlines, notes and pedals are passed
    over. The first key holds until it changes; C major where none is named.

    >>> analysis = read_romantext("Time Signature: 3/4\nm1 a: i b3 viio6\nm2 i")
    >>> [(entry.tick, str(entry.key), str(entry.numeral)) for entry in analysis.entries]
    [(0, 'A minor', 'i'), (20160, 'A minor', 'viio6'), (30240, 'A minor', 'i')]
    """
    header: list[tuple[str, str]] = []
    measures: dict[int, list[tuple[Fraction, Key, RomanNumeral | None]]] = {}
    changes: dict[int, Meter] = {}
    key, meter = Key("C", "major"), Meter()
    last = 0
    for line_number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        found = _MEASURE.fullmatch(line)
        if found is None:
            named = _HEADER.fullmatch(line)
            if named and named[1].lower() == "time signature":
                meter = _read_meter(named[2])
                changes[last + 1 if measures else 0] = meter
            elif named and not measures:
                header.append((named[1], named[2].strip()))
            continue
        if found[4] or found[2] > "a":
            continue  # another reading, or a second ending
        first, stop = int(found[1]), int(found[3] or found[1])
        if not first <= stop <= _MAX_MEASURES:
            raise InputError(f"line {line_number}: measures {first} to {stop} make no sense")
        last = max(last, stop)
        if found[5].startswith("="):
            _copy(measures, first, stop, found[5], line_number)
            continue
        key, measures[first] = _read_measure(found[5], key, line_number)
    return _assemble(measures, changes, tuple(header))


def _read_meter(text: str) -> Meter:
    common = {"C": "4/4", "C|": "2/2", "Fast 6/8": "6/8", "Slow 6/8": "6/8"}
    return Meter.parse(common.get(text.strip(), text.strip()))


def _read_measure(
    text: str, key: Key, line_number: int
) -> tuple[Key, list[tuple[Fraction, Key, RomanNumeral | None]]]:
    found: list[tuple[Fraction, Key, RomanNumeral | None]] = []
    beat = Fraction(1)
    for word in text.split():
        at, tonic = _BEAT.fullmatch(word), _KEY.fullmatch(word)
        if at:
            beat = _read_beat(at[1])
        elif tonic:
            sign = tonic[2].replace("-", "b")
            key = Key(tonic[1].upper() + sign, "major" if tonic[1].isupper() else "minor")
        elif word.lower() in ("nc", "n.c.", "n.c"):
            found.append((beat, key, None))
        elif not _SKIPPED.fullmatch(word):
            try:
                found.append((beat, key, RomanNumeral.parse(word.rstrip(";"))))
            except InputError as error:
                raise InputError(f"line {line_number}: {error}") from error
    return key, found


def _read_beat(text: str) -> Fraction:
    """Read `2`, `1.5`, `1.33` and `1.667`, thirds and sixths being rounded.

    `1.66.5` is half of a third after 1.66.
    """
    whole, _, part = text.partition(".")
    part, _, finer = part.partition(".")
    value = Fraction(int(whole))
    if part:
        exact = Fraction(int(part), 10 ** len(part))
        best = min(_PARTS, key=lambda fraction: abs(fraction - exact))
        value += best if abs(best - exact) < Fraction(1, 10 ** len(part)) else exact
        if finer:
            value += Fraction(int(finer), 10 ** len(finer)) / value.denominator
    return value


def _copy(
    measures: dict[int, list[tuple[Fraction, Key, RomanNumeral | None]]],
    first: int, stop: int, text: str, line_number: int,
) -> None:  # fmt: skip
    match = re.fullmatch(r"=\s*m(\d+)(?:-m?(\d+))?.*", text)
    if match is None:
        raise InputError(f"line {line_number}: {text!r} is no copy; write one like m5-8 = m1-4")
    source, until = int(match[1]), int(match[2] or match[1])
    if until - source != stop - first:
        raise InputError(
            f"line {line_number}: {until - source + 1} measures are copied to {stop - first + 1}"
        )
    for offset in range(stop - first + 1):
        if source + offset in measures:
            measures[first + offset] = list(measures[source + offset])


def _assemble(
    measures: dict[int, list[tuple[Fraction, Key, RomanNumeral | None]]],
    changes: dict[int, Meter],
    header: tuple[tuple[str, str], ...],
) -> RomanText:
    """Count the measures' ticks and put the entries in their places."""
    meter = changes.get(0, Meter())
    pickup = 0
    if measures.get(0):
        beats = measures[0][0][0] - 1
        pickup = meter.bar_ticks - round(beats * _beat_ticks(meter))
    tick = pickup
    meters: list[tuple[int, Meter]] = [(0, meter)]
    entries = []
    for beat, key, numeral in measures.get(0, ()):
        at = round((beat - 1) * _beat_ticks(meter)) - (meter.bar_ticks - pickup)
        entries.append(RomanEntry(at, key, numeral))
    for number in range(1, max(measures, default=0) + 1):
        if number in changes and changes[number] != meter:
            meter = changes[number]
            meters.append((tick, meter))
        for beat, key, numeral in measures.get(number, ()):
            entries.append(RomanEntry(tick + round((beat - 1) * _beat_ticks(meter)), key, numeral))
        tick += meter.bar_ticks
    entries.sort(key=lambda entry: entry.tick)
    return RomanText(tuple(entries), tuple(meters), header, pickup)


def _measures(analysis: RomanText, end: int) -> Iterator[tuple[int, int, int, Meter]]:
    """Yield number, start, end and meter of the measures; a pickup is number 0."""
    meters, pickup = analysis.meters, analysis.pickup_ticks
    if pickup:
        meter = meters[0][1]
        yield 0, pickup - meter.bar_ticks, pickup, meter
        first = max((t, m) for t, m in meters if t <= pickup)[1]
        meters = ((pickup, first), *((t, m) for t, m in meters if t > pickup))
    shifted = tuple((tick - pickup, meter) for tick, meter in meters)
    starts = [start + pickup for start in bar_starts(shifted, max(end - pickup, 0))]
    for number, start in enumerate(starts, 1):
        meter = meter_at(meters, start)
        following = starts[number] if number < len(starts) else max(end, start + meter.bar_ticks)
        yield number, start, following, meter


def _beat_ticks(meter: Meter) -> int:
    return meter.unit_ticks * (3 if meter.is_compound else 1)


def _decimal(beat: Fraction) -> str:
    """Write a beat, `2`, `1.5` or `1.333`, with as many digits as reading it back needs."""
    for digits in range(3, 8):
        text = f"{float(beat):.{digits}f}".rstrip("0").rstrip(".")
        if _read_beat(text) == beat:
            return text
    return text


def _key_text(key: Key) -> str:
    return key.tonic[0].lower() + key.tonic[1:] if key.is_minor else key.tonic


def _numeral_text(numeral: RomanNumeral | None, *, portable: bool) -> str:
    if numeral is None:
        return "NC"
    if portable:
        changes = tuple(change for change in numeral.changes if not change.startswith("bass"))
        numeral = replace(numeral, changes=changes, suffix=None)
    return str(numeral)
