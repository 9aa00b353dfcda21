"""The notes of a MusicXML part: dealt to staves and voices, and written bar by bar."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.note_values import note_value, split_length
from tapeloom.core.pitch import LETTERS, name_on_line
from tapeloom.core.score import Part

DYNAMIC = Fraction(9, 10)  # MIDI velocity of one percent of MusicXML's forte
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
class Stack:
    """Notes of one voice that begin and end together: pitches, places and velocities."""

    start: int
    end: int
    tones: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice of a part and where it stands."""

    part: Part
    name: str  # the part's id
    number: int
    staff: int  # 0 where there is but one
    chords: list[Stack]
    is_first: bool  # of its staff: its rests are shown


@dataclass(frozen=True, slots=True)
class Paper:
    """What all parts share: the bars, the ticks of a division, and the keys."""

    bars: tuple[tuple[int, int, Meter], ...]
    grid: int
    keys: tuple[tuple[int, Key], ...]

    def divisions(self, ticks: int) -> str:
        """Return a length as the file counts it.

        >>> Paper((), 40, ()).divisions(120)
        '3'
        """
        return str(ticks // self.grid)


def move(measure: ET.Element, way: str, ticks: int, paper: Paper) -> None:
    """Go `forward` in a bar, or `backup`, by so many ticks, if any.

    >>> measure = ET.Element("measure")
    >>> move(measure, "forward", 480, Paper((), 120, ()))
    >>> ET.tostring(measure, "unicode")
    '<measure><forward><duration>4</duration></forward></measure>'
    """
    if ticks > 0:
        add(add(measure, way), "duration", paper.divisions(ticks))


def add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    r"""Add an element and return it; characters that XML cannot hold are left out.

    >>> add(ET.Element("work"), "work-title", "Rain\x00").text
    'Rain'
    """
    element = ET.SubElement(parent, tag, attributes)
    if text:
        element.text = _ILLEGAL.sub("", text)
    return element


def staves_of(part: Part, places: Sequence[int]) -> list[list[Stack]]:
    """Gather notes that begin and end together, on one staff or on two.

    places  of the notes on the line of fifths

    >>> from tapeloom.core.score import Note
    >>> third = (Note(0, 120, 60, 90), Note(0, 120, 64, 80))
    >>> staves_of(Part("lead", "melody", notes=third), (0, 4))
    [[Stack(start=0, end=120, tones=((60, 0, 90), (64, 4, 80)))]]
    """
    pitches = [note.pitch for note in part.notes]
    wide = part.role in _TWO_STAVES and min(pitches, default=60) < 53 and max(pitches) > 67
    together: list[dict[tuple[int, int], list[tuple[int, int, int]]]] = [{}, {}]
    for note, place in zip(part.notes, places, strict=True):
        staff = together[1 if wide and note.pitch < 60 else 0]
        tones = staff.setdefault((note.start, note.end), [])
        if all(pitch != note.pitch for pitch, _, _ in tones):
            tones.append((note.pitch, place, note.velocity))
    return [
        [Stack(start, end, tuple(tones)) for (start, end), tones in sorted(staff.items())]
        for staff in together[: 2 if wide else 1]
    ]


def voices_of(chords: Iterable[Stack]) -> list[list[Stack]]:
    """Deal chords to voices, each to the first one that is free.

    >>> long, short = Stack(0, 480, ((60, 0, 90),)), Stack(120, 240, ((67, 1, 90),))
    >>> [len(voice) for voice in voices_of([long, short])]
    [1, 1]
    """
    voices: list[list[Stack]] = [[]]
    for chord in chords:
        free = next((v for v in voices if not v or v[-1].end <= chord.start), None)
        if free is None:
            voices.append(free := [])
        free.append(chord)
    return voices


def write_voice(
    measure: ET.Element, voice: Voice, cursor: int, bar: tuple[int, int, Meter], paper: Paper
) -> int:
    """Write one voice of one bar; return the chord at which the next bar goes on.

    cursor  the chord at which this bar begins

    >>> measure, bar = ET.Element("measure"), (0, 1920, Meter(4, 4))
    >>> voice = Voice(Part("lead", "melody"), "P1", 1, 0, [], is_first=True)
    >>> write_voice(measure, voice, 0, bar, Paper((bar,), 480, ()))
    0
    >>> ET.tostring(measure, "unicode")[:49]
    '<measure><note><rest measure="yes" /><duration>4<'
    """
    start, stop, meter = bar

    def cut(a: int, b: int) -> list[tuple[int, int]]:
        return split_length(a, b, origin=start, beat=meter.unit_ticks, grid=paper.grid)

    def silence(a: int, b: int) -> None:
        if not voice.is_first:
            move(measure, "forward", b - a, paper)
            return
        whole = (a, b) == (start, stop)
        for first, last in [(a, b)] if whole else cut(a, b):
            rest = add(measure, "note")
            add(rest, "rest", **({"measure": "yes"} if whole else {}))
            add(rest, "duration", paper.divisions(last - first))
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
    voice: Voice, paper: Paper, *, is_added: bool,
) -> None:  # fmt: skip
    pitch, place, velocity = tone
    is_drum, head = voice.part.role == "drums", ""
    note = add(measure, "note", dynamics=f"{float(velocity / DYNAMIC):.2f}")
    if is_added:
        add(note, "chord")
    if is_drum:
        step, octave, head = _DRUM_LINES.get(pitch, ("E", 5, ""))
        shown = add(note, "unpitched")
        add(shown, "display-step", step)
        add(shown, "display-octave", str(octave))
    else:
        name = name_on_line(place)
        alteration = name.count("#") - name.count("b")
        if (pitch - alteration) % 12 != LETTERS[name[0]]:
            raise InputError(f"{name} is no name for the pitch {pitch}")
        shown = add(note, "pitch")
        add(shown, "step", name[0])
        if alteration:
            add(shown, "alter", str(alteration))
        add(shown, "octave", str((pitch - alteration) // 12 - 1))
    add(note, "duration", paper.divisions(ticks))
    for tie in ties:
        add(note, "tie", type=tie)
    if is_drum:
        add(note, "instrument", id=f"{voice.name}-I{pitch}")
    _end_note(note, voice, ticks, head)
    if ties:
        notations = add(note, "notations")
        for tie in ties:
            add(notations, "tied", type=tie)


def _end_note(note: ET.Element, voice: Voice, ticks: int, head: str = "") -> None:
    """Write voice, value, notehead and staff, in the order that the format asks for."""
    add(note, "voice", str(voice.number))
    value = note_value(ticks)
    if value is not None:
        add(note, "type", value.name)
        for _ in range(value.dots):
            add(note, "dot")
        if value.actual > 1:
            change = add(note, "time-modification")
            add(change, "actual-notes", str(value.actual))
            add(change, "normal-notes", str(value.normal))
    if head:
        add(note, "notehead", head)
    if voice.staff:
        add(note, "staff", str(voice.staff))
