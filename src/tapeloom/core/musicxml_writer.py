"""Scores to MusicXML files, plain and compressed: parts in voices and bars, with chord symbols."""

import math
import re
import xml.etree.ElementTree as ET
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from tapeloom.core.chord_xml import write_harmony
from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter, bar_starts, meter_at
from tapeloom.core.midi import title_part
from tapeloom.core.note_values import note_value, split_length
from tapeloom.core.pitch import LETTERS, name_on_line
from tapeloom.core.score import Part, Score
from tapeloom.core.time import PPQ
from tapeloom.core.xml_files import pack_xml

DYNAMIC = Fraction(9, 10)  # MIDI velocity of one percent of MusicXML's forte
MAX_BARS = 100_000
_DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TWO_STAVES = ("keys", "pad", "other")
# General MIDI drums -> step and octave on a staff of five lines, and the note's head.
_DRUM_LINES = {
    35: ("E", 4, ""), 36: ("F", 4, ""), 37: ("C", 5, "x"), 38: ("C", 5, ""), 39: ("C", 5, "x"),
    40: ("C", 5, ""), 41: ("G", 4, ""), 42: ("G", 5, "x"), 43: ("A", 4, ""), 44: ("D", 4, "x"),
    45: ("B", 4, ""), 46: ("G", 5, "circle-x"), 47: ("B", 4, ""), 48: ("D", 5, ""),
    49: ("A", 5, "x"), 50: ("E", 5, ""), 51: ("F", 5, "x"), 53: ("F", 5, "diamond"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Chord:
    """Notes of one voice that begin and end together: pitches, places and velocities."""

    start: int
    end: int
    tones: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Voice:
    """One voice of a part and where it stands."""

    part: Part
    name: str  # the part's id
    number: int
    staff: int  # 0 where there is but one
    chords: list[_Chord]
    is_first: bool  # of its staff: its rests are shown


@dataclass(frozen=True, slots=True)
class _Paper:
    """What all parts share: the bars, the ticks of a division, and the keys."""

    bars: tuple[tuple[int, int, Meter], ...]
    grid: int
    keys: tuple[tuple[int, Key], ...]

    def divisions(self, ticks: int) -> str:
        return str(ticks // self.grid)


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
        _add(_add(root, "work"), "work-title", title)
    if composer:
        creator = _add(_add(root, "identification"), "creator", composer)
        creator.set("type", "composer")
    listed = _add(root, "part-list")
    parts = [(part, row) for part, row in zip(score.parts, places or [()] * len(score.parts),
                                              strict=True) if part.notes]  # fmt: skip
    if not parts:
        parts = [(Part("Chords", "other"), ())]
    led = next((i for i, (part, _) in enumerate(parts) if part.role == "melody"), 0)
    for i, (part, row) in enumerate(parts):
        name = f"P{i + 1}"
        _list_part(listed, part, name, i)
        signs = _signs(score, paper, symbols, tempo=i == 0, chords=i == led)
        _write_part(_add(root, "part", id=name), part, row or _by_key(part, paper), paper, signs)
    return root


def _paper(score: Score) -> _Paper:
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
    return _Paper(bars, math.gcd(PPQ, *ticks), score.keys or ((0, Key("C", "major")),))


def _by_key(part: Part, paper: _Paper) -> list[int]:
    ticks = [tick for tick, _ in paper.keys]
    keys = [paper.keys[max(bisect_right(ticks, n.start) - 1, 0)][1] for n in part.notes]
    return [key.place_of(n.pitch) for key, n in zip(keys, part.notes, strict=True)]


def _list_part(listed: ET.Element, part: Part, name: str, number: int) -> None:
    entry = _add(listed, "score-part", id=name)
    _add(entry, "part-name", title_part(part.name, part.role, part.instrument, part.program))
    is_drum = part.role == "drums"
    drums = sorted({note.pitch for note in part.notes}) if is_drum else []
    for pitch in drums or [0]:
        instrument = _add(entry, "score-instrument", id=f"{name}-I{pitch}")
        _add(instrument, "instrument-name", f"drum {pitch}" if is_drum else part.name)
    channel = 10 if is_drum else number % 9 + 1
    for pitch in drums or [0]:
        midi = _add(entry, "midi-instrument", id=f"{name}-I{pitch}")
        _add(midi, "midi-channel", str(channel))
        _add(midi, "midi-program", str(part.program + 1))
        if is_drum:
            _add(midi, "midi-unpitched", str(pitch + 1))


def _signs(
    score: Score, paper: _Paper, symbols: Sequence[str], *, tempo: bool, chords: bool
) -> list[tuple[int, ET.Element]]:
    """Return tempo and chord symbols in order, each with its tick."""
    signs: list[tuple[int, ET.Element]] = []
    for tick, bpm in score.tempo.changes if tempo else ():
        direction = ET.Element("direction", {"placement": "above"})
        metronome = _add(_add(direction, "direction-type"), "metronome")
        _add(metronome, "beat-unit", "quarter")
        _add(metronome, "per-minute", f"{float(bpm):g}")
        _add(direction, "sound", tempo=f"{float(bpm):.6f}".rstrip("0").rstrip("."))
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
    _add(_add(harmony, "root"), "root-step", "C").set("text", "")
    _add(harmony, "kind", "none").set("text", "N.C.")
    return harmony


def _write_part(
    element: ET.Element,
    part: Part,
    places: Sequence[int],
    paper: _Paper,
    signs: list[tuple[int, ET.Element]],
) -> None:
    staves = _staves(part, places)
    voices: list[_Voice] = []
    for staff, chords in enumerate(staves, 1):
        for i, line in enumerate(_voices(chords)):
            shown = staff if len(staves) > 1 else 0
            voices.append(_Voice(part, element.get("id", ""), len(voices) + 1, shown, line, i == 0))
    cursors = [0] * len(voices)
    meter: Meter | None = None
    at = 0
    for number, bar in enumerate(paper.bars, 1):
        start, stop, now = bar
        measure = _add(element, "measure", number=str(number))
        attributes = ET.Element("attributes")
        if number == 1:
            _add(attributes, "divisions", paper.divisions(PPQ))
        for tick, key in paper.keys[:1] if number == 1 else paper.keys:
            if tick == start or number == 1:
                _add_key(attributes, key)
        if now != meter:
            time = _add(attributes, "time")
            _add(time, "beats", str(now.numerator))
            _add(time, "beat-type", str(now.denominator))
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
                _move(measure, "backup", stop - start, paper)
            cursors[i] = _write_voice(measure, voice, cursors[i], bar, paper)


def _changed_key(key: Key) -> ET.Element:
    attributes = ET.Element("attributes")
    _add_key(attributes, key)
    return attributes


def _staves(part: Part, places: Sequence[int]) -> list[list[_Chord]]:
    """Gather notes that begin and end together, on one staff or on two."""
    pitches = [note.pitch for note in part.notes]
    wide = part.role in _TWO_STAVES and min(pitches, default=60) < 53 and max(pitches) > 67
    together: list[dict[tuple[int, int], list[tuple[int, int, int]]]] = [{}, {}]
    for note, place in zip(part.notes, places, strict=True):
        staff = together[1 if wide and note.pitch < 60 else 0]
        tones = staff.setdefault((note.start, note.end), [])
        if all(pitch != note.pitch for pitch, _, _ in tones):
            tones.append((note.pitch, place, note.velocity))
    return [
        [_Chord(start, end, tuple(tones)) for (start, end), tones in sorted(staff.items())]
        for staff in together[: 2 if wide else 1]
    ]


def _voices(chords: Iterable[_Chord]) -> list[list[_Chord]]:
    """Deal chords to voices, each to the first one that is free."""
    voices: list[list[_Chord]] = [[]]
    for chord in chords:
        free = next((v for v in voices if not v or v[-1].end <= chord.start), None)
        if free is None:
            voices.append(free := [])
        free.append(chord)
    return voices


def _write_signs(
    measure: ET.Element, signs: Sequence[tuple[int, ET.Element]], start: int, paper: _Paper
) -> None:
    """Write what stands over the notes, then go back to the beginning of the bar."""
    at = start
    for tick, sign in signs:
        _move(measure, "forward", tick - at, paper)
        measure.append(sign)
        at = tick
    _move(measure, "backup", at - start, paper)


def _write_voice(
    measure: ET.Element, voice: _Voice, cursor: int, bar: tuple[int, int, Meter], paper: _Paper
) -> int:
    """Write one voice of one bar; return the chord at which the next bar goes on."""
    start, stop, meter = bar

    def cut(a: int, b: int) -> list[tuple[int, int]]:
        return split_length(a, b, origin=start, beat=meter.unit_ticks, grid=paper.grid)

    def silence(a: int, b: int) -> None:
        if not voice.is_first:
            _move(measure, "forward", b - a, paper)
            return
        whole = (a, b) == (start, stop)
        for first, last in [(a, b)] if whole else cut(a, b):
            rest = _add(measure, "note")
            _add(rest, "rest", **({"measure": "yes"} if whole else {}))
            _add(rest, "duration", paper.divisions(last - first))
            _end_note(rest, voice, 0 if whole else last - first)

    at = start
    while cursor < len(voice.chords) and voice.chords[cursor].start < stop:
        chord = voice.chords[cursor]
        first, last = max(chord.start, start), min(chord.end, stop)
        silence(at, first)
        for a, b in cut(first, last):
            ties = ["stop"] * (a > chord.start) + ["start"] * (b < chord.end)
            for i, tone in enumerate(chord.tones):
                _write_note(measure, tone, b - a, ties, voice, paper, is_added=i > 0)
        at = last
        if chord.end > stop:
            return cursor
        cursor += 1
    silence(at, stop)
    return cursor


def _write_note(
    measure: ET.Element, tone: tuple[int, int, int], ticks: int, ties: Sequence[str],
    voice: _Voice, paper: _Paper, *, is_added: bool,
) -> None:  # fmt: skip
    pitch, place, velocity = tone
    is_drum, head = voice.part.role == "drums", ""
    note = _add(measure, "note", dynamics=f"{float(velocity / DYNAMIC):.2f}")
    if is_added:
        _add(note, "chord")
    if is_drum:
        step, octave, head = _DRUM_LINES.get(pitch, ("E", 5, ""))
        shown = _add(note, "unpitched")
        _add(shown, "display-step", step)
        _add(shown, "display-octave", str(octave))
    else:
        name = name_on_line(place)
        alteration = name.count("#") - name.count("b")
        if (pitch - alteration) % 12 != LETTERS[name[0]]:
            raise InputError(f"{name} is no name for the pitch {pitch}")
        shown = _add(note, "pitch")
        _add(shown, "step", name[0])
        if alteration:
            _add(shown, "alter", str(alteration))
        _add(shown, "octave", str((pitch - alteration) // 12 - 1))
    _add(note, "duration", paper.divisions(ticks))
    for tie in ties:
        _add(note, "tie", type=tie)
    if is_drum:
        _add(note, "instrument", id=f"{voice.name}-I{pitch}")
    _end_note(note, voice, ticks, head)
    if ties:
        notations = _add(note, "notations")
        for tie in ties:
            _add(notations, "tied", type=tie)


def _end_note(note: ET.Element, voice: _Voice, ticks: int, head: str = "") -> None:
    """Write voice, value, notehead and staff, in the order that the format asks for."""
    _add(note, "voice", str(voice.number))
    value = note_value(ticks)
    if value is not None:
        _add(note, "type", value.name)
        for _ in range(value.dots):
            _add(note, "dot")
        if value.actual > 1:
            change = _add(note, "time-modification")
            _add(change, "actual-notes", str(value.actual))
            _add(change, "normal-notes", str(value.normal))
    if head:
        _add(note, "notehead", head)
    if voice.staff:
        _add(note, "staff", str(voice.staff))


def _add_key(attributes: ET.Element, key: Key) -> None:
    fifths = key.signature
    if abs(fifths) > 7:  # G# major is written as Ab major
        fifths = (fifths + 6) % 12 - 6
    element = _add(attributes, "key")
    _add(element, "fifths", str(fifths))
    _add(element, "mode", key.mode)


def _add_clefs(attributes: ET.Element, part: Part, staves: list[list[_Chord]]) -> None:
    if len(staves) > 1:
        _add(attributes, "staves", str(len(staves)))
    for number, chords in enumerate(staves, 1):
        pitches = [pitch for chord in chords for pitch, _, _ in chord.tones] or [60]
        is_low = sum(pitches) / len(pitches) < 57 or number == 2
        sign, line = ("F", "4") if is_low else ("G", "2")
        clef = _add(attributes, "clef", **({"number": str(number)} if len(staves) > 1 else {}))
        _add(clef, "sign", "percussion" if part.role == "drums" else sign)
        if part.role != "drums":
            _add(clef, "line", line)


def _move(measure: ET.Element, way: str, ticks: int, paper: _Paper) -> None:
    if ticks > 0:
        _add(_add(measure, way), "duration", paper.divisions(ticks))


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    if text:
        element.text = _ILLEGAL.sub("", text)
    return element
