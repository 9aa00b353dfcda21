"""Chorales as text: what a progression is written in, and four voices written out.

A text holds bars of lead-sheet symbols, Roman numerals or a figured bass, parted by `|`; a phrase
ends at `||`. Lines at its head may say `title:`, `key:` and `meter:`.

    key: Bb major
    I V65 | I IV6 | Cad64 V7 | I ||
"""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter, Meters, bar_starts
from tapeloom.core.pitch import pitch_name
from tapeloom.core.score import ChordSpan
from tapeloom.theory.chart import chord_text, read_chart
from tapeloom.theory.chorale import VOICES, Chorale
from tapeloom.theory.figured_bass import figured_chord, is_figured
from tapeloom.theory.numerals import RomanNumeral

_FIELD = re.compile(r"\s*(title|key|meter)\s*:\s*(.+?)\s*$", re.IGNORECASE)
_KEPT = re.compile(r"[|:.%/\-–]+|N\.?C\.?", re.IGNORECASE)  # of a chart: bars, beats, silence


@dataclass(frozen=True, slots=True)
class ChoraleText:
    """A progression that was read: chords in ticks, and what the text says of them."""

    chords: tuple[ChordSpan, ...]
    meter: Meter
    key: Key | None = None
    phrases: tuple[int, ...] = ()  # ticks at which phrases after the first begin
    title: str = ""
    form: str = "symbols"  # symbols, numerals or figures


def read_chorale_text(
    text: str, *, key: Key | None = None, meter: Meter | None = None
) -> ChoraleText:
    r"""Read a progression in lead-sheet symbols, Roman numerals or figured bass.

    key, meter   stand in for what the text doesn't say

    >>> found = read_chorale_text("key: F\nI V65/V | V7 I ||")
    >>> [str(span.chord) for span in found.chords], found.form
    (['F', 'G7/B', 'C7', 'F'], 'numerals')
    >>> [str(span.chord) for span in read_chorale_text("key: C\nC B:6 | C F:65 | G:7 | C").chords]
    ['C', 'G/B', 'C', 'Dm7/F', 'G7', 'C']
    """
    fields: dict[str, str] = {}
    lines = text.replace("\ufeff", "").splitlines()
    while lines and (not lines[0].strip() or _FIELD.match(lines[0])):
        found = _FIELD.match(lines.pop(0))
        if found:
            fields[found[1].lower()] = found[2]
    told = Key.parse(fields["key"]) if "key" in fields else key
    time = Meter.parse(fields["meter"]) if "meter" in fields else meter or Meter()
    body = "\n".join(lines)
    form, read = _form(body, told)
    spans: list[ChordSpan] = []
    phrases: list[int] = []
    at = 0
    for phrase in body.split("||"):
        if not phrase.strip(" \n\t|"):
            continue
        if spans:
            phrases.append(at)
        chart = "\n".join(_as_symbols(line, read) for line in phrase.splitlines())
        found_spans = read_chart(chart, meter=time)
        spans += [ChordSpan(at + s.start, at + s.end, s.chord) for s in found_spans]
        at += bar_starts(((0, time),), found_spans[-1].end)[-1] + time.bar_ticks
    if not spans:
        raise InputError("there is no chord in it; write some like C G/B | Am, I V6 | vi or C B:6")
    return ChoraleText(tuple(spans), time, told, tuple(phrases), fields.get("title", ""), form)


def _form(body: str, key: Key | None) -> tuple[str, Callable[[str], Chord] | None]:
    """Tell what the chords are written in, and how one is read."""
    words = [word for word in body.split() if not _KEPT.fullmatch(word)]
    if any(is_figured(word) for word in words):
        form = "figures"
    elif words and re.match(r"[#b]?(?:[iIvV]|N\d|Ger|It|Fr\d|Cad)", words[0]):
        form = "numerals"
    else:
        return "symbols", None
    if key is None:
        raise InputError(f"{form} need a key; give one, or write a line such as key: C minor above")
    home = key
    if form == "figures":
        return form, lambda word: figured_chord(word, home)
    return form, lambda word: RomanNumeral.parse(word).chord(home)


def _as_symbols(line: str, read: Callable[[str], Chord] | None) -> str:
    """Write each chord of a line as a lead-sheet symbol."""
    if read is None:
        return line
    words = re.findall(r"\|+|[^\s|]+", line)
    return " ".join(word if _KEPT.fullmatch(word) else read(word).symbol() for word in words)


def write_voices(chorale: Chorale, meters: Meters) -> str:
    r"""Write four voices bar by bar, the soprano above, with the chords; `-` holds a note.

    >>> from tapeloom.theory.chorale import write_chorale
    >>> text = read_chorale_text("key: C\nC F | G C")
    >>> print(write_voices(write_chorale(text.chords, Key("C", "major")), ((0, text.meter),)))
    chords  | C  F  | G  C  |
    soprano | C5 C5 | B4 C5 |
    alto    | E4 F4 | D4 E4 |
    tenor   | G3 A3 | G3 G3 |
    bass    | C3 F2 | G2 C3 |
    """
    end = max(note.end for voice in chorale.voices for note in voice)
    bars = [*bar_starts(meters, end), end]
    moments = sorted(
        {note.start for voice in chorale.voices for note in voice}
        | {span.start for span in chorale.chords}
    )
    sharps = chorale.key.signature > 0
    after = {a.start: b.chord for a, b in itertools.pairwise(chorale.chords)}
    rows = [{
        span.start: chord_text(span.chord, chorale.key, following=after.get(span.start))
        for span in chorale.chords
    }]  # fmt: skip
    rows += [
        {note.start: pitch_name(note.pitch, sharps=sharps) for note in voice}
        for voice in reversed(chorale.voices)
    ]
    names = ("chords", *reversed(VOICES))
    cells: list[list[str]] = [[] for _ in rows]
    for start, stop in itertools.pairwise(bars):
        inside = [tick for tick in moments if start <= tick < stop]
        wide = [max(len(row.get(tick, "-")) for row in rows) for tick in inside]
        for i, row in enumerate(rows):
            words = (row.get(tick, "-").ljust(n) for tick, n in zip(inside, wide, strict=True))
            cells[i].append(" ".join(words))
    return "\n".join(
        f"{name:<7} | {' | '.join(row)} |" for name, row in zip(names, cells, strict=True)
    )
