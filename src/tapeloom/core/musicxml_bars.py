"""One voice of one bar as rows of note values: where they are cut, beamed and made tuplets."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tapeloom.core.meter import Meter
from tapeloom.core.musicxml_paper import Stack
from tapeloom.core.note_values import note_value, split_length

_BEAMS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4, "128th": 5}


@dataclass(frozen=True, slots=True)
class Row:
    """A note value of a bar: a chord or a piece of one, or a rest."""

    start: int  # ticks
    end: int
    chord: int = -1  # its number in the voice; -1 rests


def rows_of(
    chords: Sequence[Stack], cursor: int, bar: tuple[int, int, Meter], *, grid: int = 1
) -> tuple[list[Row], int]:
    """Cut a voice's bar to note values; return them, and the chord at which the next bar goes on.

    cursor  the chord at which this bar begins
    grid    ticks of which each length is a multiple

    >>> rows_of([Stack(0, 10080, ((60, 0, 90),))], 0, (0, 40320, Meter()))
    ([Row(start=0, end=10080, chord=0), Row(start=10080, end=20160, ...), Row(...)], 1)
    """
    start, stop, meter = bar

    def cut(a: int, b: int, number: int = -1) -> list[Row]:
        late = (a - start) % meter.unit_ticks
        if late and b - a > meter.unit_ticks - late and _hides_beats(late, b - a, meter):
            beat = a + meter.unit_ticks - late
            return [*cut(a, beat, number), *cut(beat, b, number)]
        lengths = split_length(a, b, origin=start, beat=meter.unit_ticks, grid=grid)
        return [Row(first, last, number) for first, last in lengths]

    def silence(a: int, b: int) -> list[Row]:
        if b <= a or (a, b) == (start, stop):
            return [Row(a, b)] if b > a else []
        edges = sorted({a, *(edge for edge in _rest_edges(bar) if a < edge < b), b})
        # Rests show the beats; whole beats go together to the end of their half of the bar.
        first = next((edge for edge in edges[1:] if (edge - start) % meter.unit_ticks == 0), b)
        if (a - start) % meter.unit_ticks and first < b:
            return [*cut(a, first), *silence(first, b)]
        return [row for x, y in itertools.pairwise(edges) for row in cut(x, y)]

    rows: list[Row] = []
    at = start
    while cursor < len(chords) and chords[cursor].start < stop:
        chord = chords[cursor]
        first, last = max(chord.start, start), min(chord.end, stop)
        rows += [*silence(at, first), *cut(first, last, cursor)]
        at = last
        if chord.end > stop:
            return rows, cursor
        cursor += 1
    return rows + silence(at, stop), cursor


def _hides_beats(late: int, ticks: int, meter: Meter) -> bool:
    """Return whether one value from between the beats would be hard to count."""
    value = note_value(ticks)
    off = 2 * late % meter.unit_ticks != 0
    return value is not None and value.actual == 1 and (value.dots == 2 or off)


def _rest_edges(bar: tuple[int, int, Meter]) -> list[int]:
    start, stop, meter = bar
    if meter.numerator % 2 == 0 and not meter.is_compound:
        return [start, (start + stop) // 2]
    return list(range(start, stop, meter.unit_ticks * (3 if meter.is_compound else 1)))


def beam_edges(meter: Meter) -> tuple[int, ...]:
    """Return where groups of beams begin in a bar, in ticks.

    >>> from tapeloom.core.time import PPQ
    >>> [[edge / PPQ for edge in beam_edges(Meter.parse(text))] for text in ("3/4", "6/8", "7/8")]
    [[0.0, 1.0, 2.0], [0.0, 1.5], [0.0, 1.0, 2.0]]
    """
    units = meter.numerator
    groups = list(meter.grouping)
    if not groups and meter.denominator < 8:
        groups = [1] * units
    elif not groups and units % 3 == 0:
        groups = [3] * (units // 3)
    elif not groups:
        groups = [2] * (units // 2)
        groups[-1:] = [groups[-1] + units % 2] if groups else [units]
    return tuple(sum(groups[:i]) * meter.unit_ticks for i in range(len(groups)))


def beams_of(rows: Sequence[Row], bar: tuple[int, int, Meter]) -> list[tuple[str, ...]]:
    """Say of each row what its beams do, the outermost first; nothing where it has none.

    >>> eighth, sixteenth = 5040, 2520
    >>> rows = [Row(0, eighth, 0), Row(eighth, 7560, 1), Row(7560, 10080, 2)]
    >>> beams_of(rows, (0, 40320, Meter()))
    [('begin',), ('continue', 'begin'), ('end', 'end')]
    """
    start, _, meter = bar
    edges = beam_edges(meter)
    values = [note_value(row.end - row.start) for row in rows]
    counts = [
        _BEAMS.get(value.name, 0) if value and row.chord >= 0 else 0
        for row, value in zip(rows, values, strict=True)
    ]
    groups = [sum(edge <= row.start - start for edge in edges) for row in rows]

    def reaches(i: int, j: int, level: int) -> bool:
        return 0 <= j < len(rows) and groups[i] == groups[j] and counts[j] >= level

    found: list[tuple[str, ...]] = []
    for i, count in enumerate(counts):
        signs: list[str] = []
        for level in range(1, count + 1):
            before, after = reaches(i, i - 1, level), reaches(i, i + 1, level)
            if before or after:
                signs.append("continue" if before and after else "end" if before else "begin")
            elif level > 1 and signs:  # joined by its longer neighbours
                signs.append("backward hook" if reaches(i, i - 1, 1) else "forward hook")
        found.append(tuple(signs))
    return found


def tuplets_of(rows: Sequence[Row], bar: tuple[int, int, Meter]) -> list[tuple[str, ...]]:
    """Say of each row whether a tuplet's bracket begins there, ends there, or both.

    >>> third = 3360
    >>> rows = [Row(0, third, 0), Row(third, 2 * third), Row(2 * third, 10080, 1)]
    >>> tuplets_of(rows, (0, 40320, Meter()))
    [('start',), (), ('stop',)]
    """
    start, _, meter = bar
    found: list[tuple[str, ...]] = []
    held = Fraction(1)  # the ratio of the bracket that is open
    for i, row in enumerate(rows):
        ratio = _ratio(row)
        signs: tuple[str, ...] = ()
        if ratio != 1:
            follows = i + 1 < len(rows) and _ratio(rows[i + 1]) == ratio
            opens = held != ratio
            closes = not follows or (row.end - start) % meter.unit_ticks == 0
            signs = ("start",) * opens + ("stop",) * closes
            held = Fraction(1) if closes else ratio
        found.append(signs)
    return found


def _ratio(row: Row) -> Fraction:
    value = note_value(row.end - row.start)
    return Fraction(value.actual, value.normal) if value else Fraction(1)
