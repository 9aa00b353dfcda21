"""The iReal Book corpus (irb of K. Frieler's parkR): jazz tunes as JSON, chords without melody."""

import itertools
import json
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import ChordSpan, Score, Section
from tapeloom.train.corpus.lead_sheet import LeadSheet, chord_of_symbol

# The corpus's suffix -> lead-sheet suffix; after it what stands in where that one is not known.
SUFFIXES: dict[str, tuple[str, ...]] = {
    "": ("",), "maj": ("",), "6": ("6",), "69": ("6/9",), "add9": ("add9",),
    "maj7": ("maj7",), "maj9": ("maj9",), "maj711#": ("maj7#11",), "maj11#": ("maj7#11",),
    "maj911#": ("maj9#11", "maj7#11"), "maj7+": ("augMaj7",),
    "min": ("m",), "min6": ("m6",), "min69": ("m6/9",), "minb6": ("mb6", "m"),
    "min7": ("m7",), "min9": ("m9",), "min11": ("m11",), "minmaj7": ("mMaj7",),
    "m7b5": ("m7b5",), "min7b5": ("m7b5",), "o": ("dim",), "o7": ("dim7",), "dim7": ("dim7",),
    "+": ("aug",), "sus": ("sus4",), "7sus": ("7sus4",), "9sus": ("9sus4",), "13sus": ("13sus4",),
    "79bsus": ("7b9sus4", "7sus4"), "9bsus": ("7b9sus4", "7sus4"),
    "13bsus": ("7b13sus4", "7sus4"), "713bsus": ("7b13sus4", "7sus4"),
    "7": ("7",), "9": ("9",), "11": ("11",), "13": ("13",), "7+": ("7#5",), "9+": ("9#5", "7#5"),
    "7b5": ("7b5", "7#11"), "711#": ("7#11",), "911#": ("9#11", "7#11"), "1311#": ("13#11", "13"),
    "79b": ("7b9",), "9b": ("7b9",), "79#": ("7#9",), "9#": ("7#9",), "713b": ("7b13",),
    "13b": ("9b13", "7b13"), "139b": ("13b9", "7b9"), "7alt": ("7alt", "7#9"),
    "79#+": ("7#5#9", "7#9"), "9#+": ("7#5#9", "7#9"), "79b+": ("7#5b9", "7b9"),
    "9b+": ("7#5b9", "7b9"), "13b9b": ("7b9b13", "7b9"), "79b13b": ("7b9b13", "7b9"),
    "9b11#": ("7b9#11", "7b9"), "79b11#": ("7b9#11", "7b9"), "79bb5": ("7b5b9", "7b9"),
    "79#b5": ("7b5#9", "7#9"), "79#11#": ("7#9#11", "7#9"), "79b9#": ("7b9#9", "7b9"),
    "13b11#": ("7#11b13", "7b13"), "maj79#11#": ("maj7#9#11", "maj7#11"),
}  # fmt: skip
_MODES = {"maj": "major", "min": "minor"}


def read_irb(path: Path) -> LeadSheet:
    """Read one tune.

    A chord that cannot be read takes the place of no other: its time goes to the chord before it
    and the problem is named. A key in which neither the first chord nor any of the last four
    stands on the tonic is kept and named too.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
        title, composer = str(data["title"]), str(data["composer"])
        key = _key(str(data["key"]))
        meter = Meter.parse(str(data["time"]))
        rows = [(str(text), float(beats), str(section)) for text, beats, section in data["chords"]]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path.name} is no tune of the irb corpus: {error!r}") from error
    year = re.search(r"\d{4}", str(data.get("date", "")))
    problems: list[str] = []
    spans, sections = _lay_out(rows, meter, problems)
    if not spans:
        raise InputError(f"{path.name} holds no chord that can be read")
    tonic = key.pitch_class
    if spans[0].chord.root != tonic and all(s.chord.root != tonic for s in spans[-4:]):
        problems.append(f"the key is {key}, but the tune neither begins nor ends on its tonic")
    if spans[-1].end % meter.bar_ticks:
        problems.append(f"the chords do not fill whole bars of {meter}")
    score = Score((), meters=((0, meter),), keys=((0, key),), chords=spans, sections=sections)
    return LeadSheet(title, composer, int(year[0]) if year else None, score, tuple(problems))


def read_irb_folder(folder: Path) -> Iterator[LeadSheet]:
    """Read every tune of a folder in order of file name."""
    for path in sorted(folder.glob("*.json")):
        yield read_irb(path)


def parse_irb_chord(text: str) -> Chord | None:
    """Read one chord of the corpus; None where it is none that is known.

    >>> str(parse_irb_chord("F#79b/C#")), parse_irb_chord("minD7")
    ('Gb7b9/Db', None)
    """
    return chord_of_symbol(text, SUFFIXES)


def _key(text: str) -> Key:
    tonic, _, mode = text.partition("-")
    if mode not in _MODES:
        raise InputError(f"{text!r} is no key of the irb corpus; it writes C-maj, F#-min")
    return Key(tonic, _MODES[mode])


def _lay_out(
    rows: list[tuple[str, float, str]], meter: Meter, problems: list[str]
) -> tuple[tuple[ChordSpan, ...], tuple[Section, ...]]:
    """Place the rows in time; equal neighbours within a section stay apart, as written."""
    spans: list[ChordSpan] = []
    placed: list[tuple[str, int, int]] = []
    tick = 0
    for text, beats, section in rows:
        ticks = Fraction(beats) * meter.unit_ticks
        if ticks <= 0 or ticks.denominator != 1:
            problems.append(f"{text!r} lasts {beats} beats and was left out")
            continue
        end = tick + int(ticks)
        chord = parse_irb_chord(text)
        if chord is not None:
            spans.append(ChordSpan(tick if spans else 0, end, chord))
        else:
            problems.append(f"{text!r} is no chord that is known; the one before it was held")
            if spans:
                spans[-1] = ChordSpan(spans[-1].start, end, spans[-1].chord)
        placed.append((section, tick, end))
        tick = end
    sections = []
    for name, group in itertools.groupby(placed, key=lambda row: row[0]):
        held: list[Any] = list(group)
        sections.append(Section(name, held[0][1], held[-1][2]))
    return tuple(spans), tuple(sections)
