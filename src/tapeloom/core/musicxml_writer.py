"""Scores to MusicXML files, plain and compressed: parts in voices and bars, with chord symbols."""

import math
import xml.etree.ElementTree as ET
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

from tapeloom.core.chord_xml import write_harmony
from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter, bar_starts, meter_at
from tapeloom.core.midi import title_part
from tapeloom.core.musicxml_voices import (
    Paper,
    Stack,
    Voice,
    add,
    move,
    staves_of,
    voices_of,
    write_voice,
)
from tapeloom.core.score import Part, Score
from tapeloom.core.time import PPQ
from tapeloom.core.xml_files import pack_xml

MAX_BARS = 100_000
_DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)


def write_musicxml(
    path: Path,
    score: Score,
    *,
    places: Sequence[Sequence[int]] = (),
    symbols: Sequence[str] = (),
    title: str = "",
    composer: str = "",
) -> None:
    """Write a score as MusicXML 4.0; a name that ends in `.mxl` is compressed.

    places    each part's notes as places on the line of fifths, as `theory.spelling` finds them;
              by the key alone where there are none
    symbols   the chords' symbols as they are to be spelled; by the key where there are none

    Notes keep their lengths exactly; one that no note value has is written without a value.
    Controllers, bends, marks and sections are left out.
    """
    if symbols and len(symbols) != len(score.chords):
        raise InputError(f"{len(score.chords)} chords have {len(symbols)} symbols; give one each")
    if places and [len(row) for row in places] != [len(part.notes) for part in score.parts]:
        raise InputError("places must name each note of each part")
    root = _document(score, places, symbols, title, composer)
    ET.indent(root, " ")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n' + _DOCTYPE
    data = (head + ET.tostring(root, "unicode") + "\n").encode("utf-8")
    with replacing(path) as temporary:
        temporary.write_bytes(pack_xml(data) if path.suffix.lower() == ".mxl" else data)


def _document(
    score: Score, places: Sequence[Sequence[int]], symbols: Sequence[str], title: str, composer: str
) -> ET.Element:
    paper = _paper(score)
    root = ET.Element("score-partwise", {"version": "4.0"})
    if title:
        add(add(root, "work"), "work-title", title)
    if composer:
        creator = add(add(root, "identification"), "creator", composer)
        creator.set("type", "composer")
    listed = add(root, "part-list")
    parts = [(part, row) for part, row in zip(score.parts, places or [()] * len(score.parts),
                                              strict=True) if part.notes]  # fmt: skip
    if not parts:
        parts = [(Part("Chords", "other"), ())]
    led = next((i for i, (part, _) in enumerate(parts) if part.role == "melody"), 0)
    for i, (part, row) in enumerate(parts):
        name = f"P{i + 1}"
        _list_part(listed, part, name, i)
        signs = _signs(score, paper, symbols, tempo=i == 0, chords=i == led)
        _write_part(add(root, "part", id=name), part, row or _by_key(part, paper), paper, signs)
    return root


def _paper(score: Score) -> Paper:
    ends = [span.end for span in score.chords]
    end = max([score.end, *ends, 1])
    starts = bar_starts(score.meters, end)
    if len(starts) > MAX_BARS:
        raise InputError(f"the score has {len(starts)} bars; a file holds up to {MAX_BARS}")
    last = starts[-1] + meter_at(score.meters, starts[-1]).bar_ticks
    bars = tuple(
        (start, stop, meter_at(score.meters, start))
        for start, stop in zip(starts, [*starts[1:], last], strict=True)
    )
    ticks = [tick for part in score.parts for note in part.notes for tick in (note.start, note.end)]
    ticks += [span.start for span in score.chords] + [span.end for span in score.chords]
    ticks += [tick for tick, _ in (*score.keys, *score.tempo.changes)]
    ticks += [tick for start, stop, meter in bars for tick in (start, stop, meter.unit_ticks)]
    return Paper(bars, math.gcd(PPQ, *ticks), score.keys or ((0, Key("C", "major")),))


def _by_key(part: Part, paper: Paper) -> list[int]:
    ticks = [tick for tick, _ in paper.keys]
    keys = [paper.keys[max(bisect_right(ticks, n.start) - 1, 0)][1] for n in part.notes]
    return [key.place_of(n.pitch) for key, n in zip(keys, part.notes, strict=True)]


def _list_part(listed: ET.Element, part: Part, name: str, number: int) -> None:
    entry = add(listed, "score-part", id=name)
    add(entry, "part-name", title_part(part.name, part.role, part.instrument, part.program))
    is_drum = part.role == "drums"
    drums = sorted({note.pitch for note in part.notes}) if is_drum else []
    for pitch in drums or [0]:
        instrument = add(entry, "score-instrument", id=f"{name}-I{pitch}")
        add(instrument, "instrument-name", f"drum {pitch}" if is_drum else part.name)
    channel = 10 if is_drum else number % 9 + 1
    for pitch in drums or [0]:
        midi = add(entry, "midi-instrument", id=f"{name}-I{pitch}")
        add(midi, "midi-channel", str(channel))
        add(midi, "midi-program", str(part.program + 1))
        if is_drum:
            add(midi, "midi-unpitched", str(pitch + 1))


def _signs(
    score: Score, paper: Paper, symbols: Sequence[str], *, tempo: bool, chords: bool
) -> list[tuple[int, ET.Element]]:
    """Return tempo and chord symbols in order, each with its tick."""
    signs: list[tuple[int, ET.Element]] = []
    for tick, bpm in score.tempo.changes if tempo else ():
        direction = ET.Element("direction", {"placement": "above"})
        metronome = add(add(direction, "direction-type"), "metronome")
        add(metronome, "beat-unit", "quarter")
        add(metronome, "per-minute", f"{float(bpm):g}")
        add(direction, "sound", tempo=f"{float(bpm):.6f}".rstrip("0").rstrip("."))
        signs.append((tick, direction))
    for i, span in enumerate(score.chords if chords else ()):
        at = bisect_right(paper.keys, span.start, key=lambda change: change[0]) - 1
        key = paper.keys[max(at, 0)][1] if score.keys else None
        symbol = symbols[i] if symbols else span.chord.symbol(key)
        signs.append((span.start, write_harmony(span.chord, symbol)))
        after = score.chords[i + 1].start if i + 1 < len(score.chords) else paper.bars[-1][1]
        if span.end < after:
            signs.append((span.end, _silence()))
    return sorted(signs, key=lambda sign: sign[0])


def _silence() -> ET.Element:
    """Make the harmony element `N.C.`."""
    harmony = ET.Element("harmony", {"print-frame": "no"})
    add(add(harmony, "root"), "root-step", "C").set("text", "")
    add(harmony, "kind", "none").set("text", "N.C.")
    return harmony


def _write_part(
    element: ET.Element,
    part: Part,
    places: Sequence[int],
    paper: Paper,
    signs: list[tuple[int, ET.Element]],
) -> None:
    staves = staves_of(part, places)
    voices: list[Voice] = []
    for staff, chords in enumerate(staves, 1):
        for i, line in enumerate(voices_of(chords)):
            shown = staff if len(staves) > 1 else 0
            voices.append(Voice(part, element.get("id", ""), len(voices) + 1, shown, line, i == 0))
    cursors = [0] * len(voices)
    meter: Meter | None = None
    at = 0
    for number, bar in enumerate(paper.bars, 1):
        start, stop, now = bar
        measure = add(element, "measure", number=str(number))
        attributes = ET.Element("attributes")
        if number == 1:
            add(attributes, "divisions", paper.divisions(PPQ))
        for tick, key in paper.keys[:1] if number == 1 else paper.keys:
            if tick == start or number == 1:
                _add_key(attributes, key)
        if now != meter:
            time = add(attributes, "time")
            add(time, "beats", str(now.numerator))
            add(time, "beat-type", str(now.denominator))
            meter = now
        if number == 1:
            _add_clefs(attributes, part, staves)
        if len(attributes):
            measure.append(attributes)
        late = [(tick, _changed_key(k)) for tick, k in paper.keys if start < tick < stop]
        while at < len(signs) and signs[at][0] < stop:
            late.append(signs[at])
            at += 1
        _write_signs(measure, sorted(late, key=lambda sign: sign[0]), start, paper)
        for i, voice in enumerate(voices):
            if i:
                move(measure, "backup", stop - start, paper)
            cursors[i] = write_voice(measure, voice, cursors[i], bar, paper)


def _changed_key(key: Key) -> ET.Element:
    attributes = ET.Element("attributes")
    _add_key(attributes, key)
    return attributes


def _write_signs(
    measure: ET.Element, signs: Sequence[tuple[int, ET.Element]], start: int, paper: Paper
) -> None:
    """Write what stands over the notes, then go back to the beginning of the bar."""
    at = start
    for tick, sign in signs:
        move(measure, "forward", tick - at, paper)
        measure.append(sign)
        at = tick
    move(measure, "backup", at - start, paper)


def _add_key(attributes: ET.Element, key: Key) -> None:
    fifths = key.signature
    if abs(fifths) > 7:  # G# major is written as Ab major
        fifths = (fifths + 6) % 12 - 6
    element = add(attributes, "key")
    add(element, "fifths", str(fifths))
    add(element, "mode", key.mode)


def _add_clefs(attributes: ET.Element, part: Part, staves: list[list[Stack]]) -> None:
    if len(staves) > 1:
        add(attributes, "staves", str(len(staves)))
    for number, chords in enumerate(staves, 1):
        pitches = [pitch for chord in chords for pitch, _, _ in chord.tones] or [60]
        is_low = sum(pitches) / len(pitches) < 57 or number == 2
        sign, line = ("F", "4") if is_low else ("G", "2")
        clef = add(attributes, "clef", **({"number": str(number)} if len(staves) > 1 else {}))
        add(clef, "sign", "percussion" if part.role == "drums" else sign)
        if part.role != "drums":
            add(clef, "line", line)
