"""An analysis as plain values with names that stay, and as romanText."""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tapeloom.core.meter import Meters, bar_starts, meter_at
from tapeloom.core.score import Score
from tapeloom.theory.analysis import Analysis
from tapeloom.theory.chart import chord_text
from tapeloom.theory.roman import RomanNumeral
from tapeloom.theory.romantext import RomanEntry, RomanText, write_romantext
from tapeloom.theory.tension import swells


def harmony_figures(score: Score, analysis: Analysis) -> dict[str, Any]:
    """Return keys, chords, cadences, tension and patterns; places are bar and beat, from 1.

    A beat is the meter's lower number, in compound meters three of them.
    """
    end = max([score.end, 1, *(chord.end for chord in analysis.chords)])
    bars = bar_starts(score.meters, end)

    def place(tick: int) -> dict[str, Any]:
        bar = max(bisect_right(bars, tick), 1)
        beat = 1 + Fraction(tick - bars[bar - 1], _beat_ticks(score.meters, tick))
        return {"bar": bar, "beat": round(float(beat), 3)}

    def bar_at(index: int) -> int:
        return int(place(analysis.chords[index].start)["bar"])

    total = analysis.tension.total
    names = chord_names(analysis)
    return {
        "key": str(analysis.key) if analysis.key else None,
        "confidence": round(analysis.key_confidence, 3),
        "keys": [
            place(span.start) | {"key": str(span.key), "confidence": round(span.confidence, 3)}
            for span in analysis.keys
        ],
        "chords": [
            place(chord.start) | {
                "to_bar": place(chord.end - 1)["bar"],
                "beats": round(
                    (chord.end - chord.start) / _beat_ticks(score.meters, chord.start), 3
                ),
                "chord": names[i], "harte": chord.chord.harte(), "key": str(chord.key),
                "numeral": chord.numeral, "function": chord.function,
                "confidence": round(chord.confidence, 3),
                "tension": round(total[i], 3) if i < len(total) else None,
            }
            for i, chord in enumerate(analysis.chords)
        ],
        "cadences": [
            place(cadence.tick) | {
                "kind": cadence.kind, "name": cadence.name, "key": str(cadence.key),
                "confidence": round(cadence.confidence, 3), "reason": cadence.reason,
            }
            for cadence in analysis.cadences
        ],
        "swells": [
            {"from_bar": bar_at(swell.start), "peak_bar": bar_at(swell.peak),
             "to_bar": bar_at(swell.end), "height": round(swell.height, 3),
             "release": round(swell.release, 3)}
            for swell in swells(total)
        ],
        "patterns": [
            {"name": found.name, "key": str(found.key), "from_bar": bar_at(found.start),
             "to_bar": bar_at(found.end - 1)}
            for found in analysis.patterns
        ],
    }  # fmt: skip


def chord_names(analysis: Analysis) -> list[str]:
    """Write the chords' symbols, spelled in their keys and by what follows."""
    chords = analysis.chords
    after = [*(chord.chord for chord in chords[1:]), None][: len(chords)]
    return [
        chord_text(chord.chord, chord.key, following=following)
        for chord, following in zip(chords, after, strict=True)
    ]


def to_romantext(score: Score, analysis: Analysis, *, title: str = "") -> str:
    """Write an analysis as a romanText file."""
    entries: list[RomanEntry] = []
    last_end = 0
    for chord in analysis.chords:
        if entries and chord.start > last_end:
            entries.append(RomanEntry(last_end, entries[-1].key, None))
        entries.append(RomanEntry(chord.start, chord.key, RomanNumeral.parse(chord.numeral)))
        last_end = chord.end
    header = (("Title", title),) if title else ()
    return write_romantext(RomanText(tuple(entries), score.meters, header))


def chords_by_bar(
    spans: Sequence[tuple[int, int, str]], starts: Sequence[int], end: int
) -> list[str]:
    """Gather texts by the bars in which they hold; a bar without one stays empty.

    >>> chords_by_bar([(0, 6, "C"), (6, 8, "G7")], (0, 4, 8), 12)
    ['C', 'C G7', '']
    """
    bars = []
    at = 0
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        here = []
        for k in range(at, len(spans)):
            if spans[k][0] >= stop:
                break
            here.append(spans[k][2])
        bars.append(" ".join(here))
    return bars


def _beat_ticks(meters: Meters, tick: int) -> int:
    meter = meter_at(meters, tick)
    return meter.unit_ticks * (3 if meter.is_compound else 1)
