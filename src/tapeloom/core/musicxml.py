"""MusicXML files, plain and compressed, to scores, by the standard library alone."""

import math
import re
import xml.etree.ElementTree as ET
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from tapeloom.core.chord_xml import read_harmony
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import DENOMINATORS, MAX_NUMERATOR, Meter, Meters
from tapeloom.core.midi import identify_part
from tapeloom.core.musicxml_paper import DYNAMIC, LEVELS, Staff
from tapeloom.core.musicxml_writer import write_musicxml
from tapeloom.core.pitch import LETTERS, name_on_line
from tapeloom.core.score import MAX_TICK, ChordSpan, Mark, Note, Part, Score
from tapeloom.core.time import MAX_BPM, MIN_BPM, PPQ, TempoMap
from tapeloom.core.xml_files import read_xml

__all__ = ["SUFFIXES", "Staff", "read_musicxml", "write_musicxml"]

SUFFIXES = (".musicxml", ".xml", ".mxl")
MAX_NOTES = 1_000_000
_BEATS = {"whole": Fraction(4), "half": Fraction(2), "quarter": Fraction(1),
          "eighth": Fraction(1, 2), "16th": Fraction(1, 4)}  # fmt: skip
_MODES = {"major": 0, "minor": 3, "dorian": 2, "phrygian": 4, "lydian": -1, "mixolydian": 1,
          "aeolian": 3, "ionian": 0, "locrian": 5}  # fmt: skip


@dataclass(slots=True)
class _Page:
    """What has been read of a part; times are quarters since the measure's or the part's begin."""

    kit: dict[str, int]  # pitches by id of instrument
    divisions: Fraction = Fraction(1)
    shift: int = 0  # semitones from what is written to what sounds
    velocity: int = 80
    # measure, onset in it, length, pitch, velocity, whether a tie leads to the next note
    notes: list[tuple[int, Fraction, Fraction, int, int, bool]] = field(default_factory=list)
    meters: dict[int, Meter] = field(default_factory=dict)  # by measure
    keys: list[tuple[int, Fraction, Key]] = field(default_factory=list)
    tempos: list[tuple[int, Fraction, Fraction]] = field(default_factory=list)
    chords: list[tuple[int, Fraction, Chord | None]] = field(default_factory=list)
    lengths: list[Fraction] = field(default_factory=list)
    fermatas: list[tuple[int, Fraction, int]] = field(default_factory=list)  # with the pitch


def read_musicxml(path: Path) -> Score:
    """Read a MusicXML file, `.musicxml`, `.xml` or compressed `.mxl`.

    Kept are parts, notes with ties joined, dynamics, keys, meters, tempo, chord symbols, and
    fermatas as marks.
    Transposing instruments come as they sound, quarter tones go to the next semitone up, a measure
    longer or shorter than its meter gets one of its own (a pickup begins late in a whole bar).
    A chord symbol that is repeated goes on. Repeats are not played; grace and cue notes, lyrics and
    layout are left out.
    """
    try:
        return _score(read_xml(path))
    except InputError as error:
        raise InputError(f"{path.name} cannot be read: {error}") from error
    except (ArithmeticError, ValueError, RecursionError) as error:
        raise InputError(f"{path.name} is damaged: {error}") from error


def _score(root: ET.Element) -> Score:
    if root.tag not in ("score-partwise", "score-timewise"):
        raise InputError("it is no MusicXML score")
    listed = {element.get("id", ""): element for element in root.findall("part-list/score-part")}
    pages: dict[str, _Page] = {}
    for name, number, measure in _measures(root):
        page = pages.setdefault(name, _Page(_kit(listed.get(name))))
        page.lengths += [Fraction(0)] * (number - len(page.lengths))
        _read_measure(measure, number, page)
    starts, meters = _lay_out(list(pages.values()))

    def tick(measure: int, late: Fraction) -> int:
        return _tick(starts[measure] + late)

    parts: list[Part] = []
    for name, page in pages.items():
        notes = _joined(page, starts)
        if notes:
            part = _part(listed.get(name), name, notes, page, {part.name for part in parts})
            held = [(tick(at, late), pitch) for at, late, pitch in page.fermatas]
            parts.append(replace(part, marks=_fermatas(notes, held)) if held else part)
    keys: dict[int, Key] = {}
    tempos: dict[int, Fraction] = {}
    for page in _by_trust(pages):
        keys |= {tick(at, late) if at or late else 0: key for at, late, key in page.keys}
        tempos |= {tick(at, late) if at or late else 0: bpm for at, late, bpm in page.tempos}
    first = tempos[min(tempos)] if tempos else Fraction(120)
    chords = next((page.chords for page in pages.values() if page.chords), [])
    spans = _spans([(tick(at, late), chord) for at, late, chord in chords], _tick(starts[-1]))
    return Score(
        tuple(parts), TempoMap(tuple(sorted(({0: first} | tempos).items()))), meters,
        tuple(sorted(keys.items(), key=lambda change: change[0])), spans,
    )  # fmt: skip


def _by_trust(pages: dict[str, _Page]) -> list[_Page]:
    """Order parts so that the last word holds: the first part's that isn't transposed."""
    backwards = list(pages.values())[::-1]
    return sorted(backwards, key=lambda page: page.shift % 12 == 0)


def _measures(root: ET.Element) -> Iterator[tuple[str, int, ET.Element]]:
    """Yield part, number and content of each measure."""
    if root.tag == "score-partwise":
        for part in root.findall("part"):
            for number, measure in enumerate(part.findall("measure")):
                yield part.get("id", ""), number, measure
        return
    for number, measure in enumerate(root.findall("measure")):
        for part in measure.findall("part"):
            yield part.get("id", ""), number, part


def _joined(page: _Page, starts: list[Fraction]) -> tuple[Note, ...]:
    """Place the notes on the ticks, those that are tied as one."""
    held: dict[tuple[int, int], int] = {}  # pitch and end -> the note that goes on
    notes: list[Note] = []
    placed = [
        (_tick(starts[at] + late), _tick(starts[at] + late + length), *rest)
        for at, late, length, *rest in page.notes
    ]
    for start, end, pitch, velocity, goes_on in sorted(placed):
        at = held.pop((pitch, start), None)
        if at is None:
            at = len(notes)
            notes.append(Note(start, max(end - start, 1), pitch, velocity))
        else:
            notes[at] = replace(notes[at], duration=end - notes[at].start)
        if goes_on:
            held[pitch, end] = at
    return tuple(notes)


def _fermatas(notes: tuple[Note, ...], held: list[tuple[int, int]]) -> tuple[Mark, ...]:
    """Mark the notes that a fermata stands over, tied ones where they begin."""
    lines: dict[int, list[Note]] = {}
    for note in notes:
        lines.setdefault(note.pitch, []).append(note)
    found = set()
    for tick, pitch in held:
        line = lines.get(pitch, [])
        at = bisect_right(line, tick, key=lambda note: note.start) - 1
        if at >= 0 and tick < line[at].end:
            found.add(Mark(line[at].start, pitch, "fermata"))
    return tuple(sorted(found))


def _lay_out(pages: list[_Page]) -> tuple[list[Fraction], Meters]:
    """Return where the measures begin, and the end, in quarters; and the meters by ticks."""
    count = max((len(page.lengths) for page in pages), default=0)
    starts = [Fraction(0)]
    written = meter = Meter()
    meters: dict[int, Meter] = {}
    broken = False
    for i in range(count):
        written = next((page.meters[i] for page in pages if i in page.meters), written)
        whole = Fraction(written.bar_ticks, PPQ)
        length = max((page.lengths[i] for page in pages if i < len(page.lengths)), default=whole)
        at = starts[-1]
        if i == 0 and 0 < length < whole < 64:
            starts[0], at = whole - length, Fraction(0)  # a pickup
            length = whole
        elif not length or (i == count - 1 and length < whole):
            length = whole
        own = written if length == whole else _meter_of(length) or written
        if not meters or own != meter or broken:
            meters[_tick(at)] = meter = own
        broken = Fraction(own.bar_ticks, PPQ) != length  # no meter has this length
        starts.append(at + length)
    return starts, tuple(meters.items()) or ((0, Meter()),)


def _meter_of(quarters: Fraction) -> Meter | None:
    """Return the meter of a measure's length; None where there is none."""
    for unit in (4, 8, 16, 32):
        beats = quarters * unit / 4
        if beats.denominator == 1 and 1 <= beats <= MAX_NUMERATOR:
            return Meter(int(beats), unit)
    return None


def _read_measure(measure: ET.Element, number: int, page: _Page) -> None:
    at = last = length = Fraction(0)
    for element in measure:
        if element.tag == "attributes":
            _read_attributes(element, number, at, page)
        elif element.tag in ("backup", "forward"):
            step = _fraction(element.findtext("duration")) / page.divisions
            at = max(at - step, Fraction(0)) if element.tag == "backup" else at + step
        elif element.tag == "note" and element.find("grace") is None:
            duration = _fraction(element.findtext("duration")) / page.divisions
            start = last if element.find("chord") is not None else at
            if element.find("chord") is None:
                last, at = at, at + duration
            if element.find("cue") is None and duration > 0:
                _read_note(element, number, start, duration, page)
        elif element.tag == "harmony":
            offset = _fraction(element.findtext("offset")) / page.divisions
            chord = read_harmony(element)
            if chord is not None and page.shift:
                chord = chord.transpose(page.shift)
            page.chords.append((number, max(at + offset, Fraction(0)), chord))
        elif element.tag in ("direction", "sound"):
            _read_direction(element, number, at, page)
        length = max(length, at)
    page.lengths.append(length)


def _read_attributes(element: ET.Element, number: int, at: Fraction, page: _Page) -> None:
    if element.find("divisions") is not None:
        page.divisions = _fraction(element.findtext("divisions"))
        if page.divisions <= 0:
            raise InputError("a quarter note has no divisions in it")
    transpose = element.find("transpose")
    if transpose is not None:
        page.shift = int(_fraction(transpose.findtext("chromatic")))
        page.shift += 12 * int(_fraction(transpose.findtext("octave-change")))
    fifths = element.findtext("key/fifths")
    if fifths is not None:
        written = int(_fraction(fifths))
        sounding = (written + 7 * page.shift + 6) % 12 - 6 if page.shift % 12 else written
        mode = (element.findtext("key/mode") or "major").strip().lower()
        mode = {"aeolian": "minor"}.get(mode, mode if mode in _MODES else "major")
        if abs(sounding) <= 7:
            page.keys.append((number, at, Key(name_on_line(sounding + _MODES[mode]), mode)))
    beats, unit = element.findtext("time/beats"), element.findtext("time/beat-type")
    if beats and unit:
        upper = sum(int(_fraction(part)) for part in beats.split("+"))
        lower = int(_fraction(unit))
        if 1 <= upper <= MAX_NUMERATOR and lower in DENOMINATORS:
            page.meters[number] = Meter(upper, lower)


def _read_direction(element: ET.Element, number: int, at: Fraction, page: _Page) -> None:
    sound = element if element.tag == "sound" else element.find("sound")
    bpm = Fraction(0)
    if sound is not None:
        bpm = _fraction(sound.get("tempo"))
        if sound.get("dynamics"):
            page.velocity = round(_fraction(sound.get("dynamics")) * DYNAMIC)
    beat = element.find("direction-type/metronome")
    if not bpm and beat is not None and beat.findtext("beat-unit") in _BEATS:
        spoken = re.search(r"\d+(\.\d+)?", beat.findtext("per-minute") or "")
        dotted = Fraction(3, 2) if beat.find("beat-unit-dot") is not None else 1
        bpm = _fraction(spoken[0]) * _BEATS[str(beat.findtext("beat-unit"))] * dotted if spoken \
            else bpm  # fmt: skip
    if MIN_BPM <= bpm <= MAX_BPM:
        page.tempos.append((number, at, bpm))
    for mark in element.findall("direction-type/dynamics/*"):
        page.velocity = LEVELS.get(mark.tag, page.velocity)


def _read_note(
    element: ET.Element, number: int, start: Fraction, duration: Fraction, page: _Page
) -> None:
    pitch = _pitch(element, page)
    if pitch is None or not 0 <= pitch <= 127:
        return
    # Some programs write only how a tie looks.
    found = element.findall("tie") or element.findall("notations/tied")
    ties = {tie.get("type") for tie in found}
    velocity = page.velocity
    if element.get("dynamics"):
        velocity = round(_fraction(element.get("dynamics")) * DYNAMIC)
    velocity = min(max(velocity, 1), 127)
    page.notes.append((number, start, duration, pitch, velocity, "start" in ties))
    if element.find("notations/fermata") is not None:
        page.fermatas.append((number, start, pitch))
    if len(page.notes) > MAX_NOTES:
        raise InputError(f"it holds over {MAX_NOTES} notes")


def _pitch(element: ET.Element, page: _Page) -> int | None:
    """Return the MIDI pitch that sounds; None for a rest."""
    for tag, prefix in (("pitch", ""), ("unpitched", "display-")):
        found = element.find(tag)
        step = "" if found is None else (found.findtext(f"{prefix}step") or "").strip()
        if found is None or step not in LETTERS:
            continue
        octave = int(_fraction(found.findtext(f"{prefix}octave")))
        alteration = math.floor(_fraction(found.findtext("alter")) + Fraction(1, 2))
        written = 12 * (octave + 1) + LETTERS[step] + alteration
        if tag == "pitch":
            return written + page.shift
        instrument = element.find("instrument")
        return page.kit.get("" if instrument is None else instrument.get("id", ""), written)
    return None


def _kit(listed: ET.Element | None) -> dict[str, int]:
    """Return which drum each instrument of a part is."""
    if listed is None:
        return {}
    drums = {
        element.get("id", ""): int(_fraction(element.findtext("midi-unpitched"))) - 1
        for element in listed.findall("midi-instrument")
        if element.find("midi-unpitched") is not None
    }
    return drums | ({"": next(iter(drums.values()))} if len(drums) == 1 else {})


def _part(
    listed: ET.Element | None, number: str, notes: tuple[Note, ...], page: _Page, taken: set[str]
) -> Part:
    empty = ET.Element("score-part")
    found = empty if listed is None else listed
    program = int(_fraction(found.findtext("midi-instrument/midi-program"))) - 1
    program = program if 0 <= program <= 127 else 0
    channel = found.findtext("midi-instrument/midi-channel") or ""
    is_drum = channel.strip() == "10" or bool(page.kit)
    text = (found.findtext("part-name") or "").strip() or number
    ours = (found.findtext("score-instrument/instrument-name") or "").strip()
    if ours.endswith(")") and not is_drum:  # the writer's own title, where a staff has another
        text = ours
    name, role, instrument = identify_part(text, program, is_drum)
    unique, count = name, 2
    while unique in taken:
        unique, count = f"{name} {count}", count + 1
    return Part(unique, role, instrument, notes, program)


def _spans(chords: list[tuple[int, Chord | None]], end: int) -> tuple[ChordSpan, ...]:
    """Let each chord hold until the next one; a chord that is repeated goes on."""
    spans: list[ChordSpan] = []
    changes = sorted(dict(chords).items(), key=lambda change: change[0])
    stops = [tick for tick, _ in changes[1:]] + [end]
    for (start, chord), stop in zip(changes, stops, strict=False):
        if chord is None or stop <= start:
            continue
        if spans and spans[-1].end == start and spans[-1].chord == chord:
            spans[-1] = ChordSpan(spans[-1].start, stop, chord)
        else:
            spans.append(ChordSpan(start, stop, chord))
    return tuple(spans)


def _tick(quarters: Fraction) -> int:
    tick = round(quarters * PPQ)
    if tick > MAX_TICK:
        raise InputError("it is longer than any music")
    return tick


def _fraction(text: str | None) -> Fraction:
    """Read a number of a document; none is 0."""
    if text is None or not text.strip():
        return Fraction(0)
    if len(text) > 40 or not re.fullmatch(r"[+-]?\d*\.?\d*", text.strip()):
        raise InputError(f"{text[:40]!r} stands where a number should")
    return Fraction(text.strip())
