"""The notes of a MusicXML part, written bar by bar with their beams, ties, slurs and signs."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.musicxml_bars import Row, beams_of, rows_of, tuplets_of
from tapeloom.core.musicxml_paper import DYNAMIC, Paper, Stack, add, move
from tapeloom.core.note_values import note_value
from tapeloom.core.pitch import LETTERS, name_on_line

# General MIDI drums -> step and octave on a staff of five lines, and the note's head.
_DRUM_LINES = {
    35: ("E", 4, ""), 36: ("F", 4, ""), 37: ("C", 5, "x"), 38: ("C", 5, ""), 39: ("C", 5, "x"),
    40: ("B", 4, "slash"), 41: ("G", 4, ""), 42: ("G", 5, "x"), 43: ("A", 4, ""), 44: ("D", 4, "x"),
    45: ("B", 4, ""), 46: ("G", 5, "circle-x"), 47: ("B", 4, ""), 48: ("D", 5, ""),
    49: ("A", 5, "x"), 50: ("E", 5, ""), 51: ("F", 5, "x"), 52: ("B", 5, "x"),
    53: ("F", 5, "diamond"), 54: ("E", 5, "diamond"), 55: ("B", 5, "x"), 56: ("E", 5, "triangle"),
    57: ("A", 5, "x"), 59: ("F", 5, "x"), 70: ("E", 5, "x"),
}  # fmt: skip
_ACCIDENTALS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
# Marks on a note -> the group of MusicXML's notations and the sign.
SIGNS = {
    "staccato": ("articulations", "staccato"), "tenuto": ("articulations", "tenuto"),
    "accent": ("articulations", "accent"), "bend": ("articulations", "scoop"),
    "mordent": ("ornaments", "mordent"), "upper_mordent": ("ornaments", "inverted-mordent"),
}  # fmt: skip
LINES = {"slide": "slide", "glissando": "glissando"}  # from the note before, where there is one
Tone = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice of a part and where it stands."""

    name: str  # the part's id
    number: int
    staff: int  # 0 where there is but one
    chords: Sequence[Stack]
    is_first: bool  # of its staff: its rests are shown
    is_drums: bool = False
    stem: str = ""  # up or down where two voices share a staff
    marks: Mapping[tuple[int, int], Sequence[str]] = field(default_factory=dict)  # tick and pitch
    accidentals: Mapping[tuple[int, int], int] = field(default_factory=dict)  # tick and pitch
    graces: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)  # tick

    def marks_at(self, number: int) -> set[str]:
        """Return the marks of a chord; none beyond either end."""
        if not 0 <= number < len(self.chords):
            return set()
        chord = self.chords[number]
        tones = (self.marks.get((chord.start, pitch), ()) for pitch, _, _ in chord.tones)
        return {name for names in tones for name in names}

    def is_bound(self, number: int) -> bool:
        """Whether a chord is slurred to the next one."""
        if not 0 <= number < len(self.chords) - 1:
            return False
        return "legato" in self.marks_at(number) or "hammer_on" in self.marks_at(number + 1)

    def line_into(self, number: int) -> str:
        """Return the line that leads into a chord from the one before, if any."""
        found = [LINES[name] for name in sorted(self.marks_at(number)) if name in LINES]
        return found[0] if found and number > 0 else ""


def write_voice(
    measure: ET.Element, voice: Voice, cursor: int, bar: tuple[int, int, Meter], paper: Paper
) -> int:
    """Write one voice of one bar; return the chord at which the next bar goes on.

    cursor  the chord at which this bar begins

    >>> measure, bar = ET.Element("measure"), (0, 1920, Meter(4, 4))
    >>> write_voice(measure, Voice("P1", 1, 0, [], is_first=True), 0, bar, Paper((bar,), 480, ()))
    0
    >>> ET.tostring(measure, "unicode")[:49]
    '<measure><note><rest measure="yes" /><duration>4<'
    """
    rows, after = rows_of(voice.chords, cursor, bar, grid=paper.grid)
    beams, tuplets = beams_of(rows, bar), tuplets_of(rows, bar)
    for row, beam, tuplet in zip(rows, beams, tuplets, strict=True):
        if row.chord < 0:
            _write_rest(measure, row, voice, bar, paper, tuplet)
            continue
        chord = voice.chords[row.chord]
        if row.start == chord.start:
            for pitch, place in voice.graces.get(row.start, ()):
                _write_grace(measure, pitch, place, voice, row.start)
        for i, tone in enumerate(chord.tones):
            note = _write_note(measure, tone, row, voice, paper, beam, is_added=i > 0)
            _write_notations(note, tone, row, voice, tuplet, is_added=i > 0)
    return after


def _write_rest(
    measure: ET.Element, row: Row, voice: Voice, bar: tuple[int, int, Meter], paper: Paper,
    tuplet: Sequence[str],
) -> None:  # fmt: skip
    ticks = row.end - row.start
    whole = (row.start, row.end) == bar[:2]
    if not voice.is_first and not tuplet:
        value = note_value(ticks)
        if value is None or value.actual == 1:
            move(measure, "forward", ticks, paper)
            return
    rest = add(measure, "note")
    add(rest, "rest", **({"measure": "yes"} if whole else {}))
    add(rest, "duration", paper.divisions(ticks))
    _end_note(rest, voice, 0 if whole else ticks)
    if tuplet:
        notations = add(rest, "notations")
        for sign in tuplet:
            add(notations, "tuplet", type=sign)


def _write_pitch(note: ET.Element, pitch: int, place: int) -> None:
    name = name_on_line(place)
    alteration = name.count("#") - name.count("b")
    if (pitch - alteration) % 12 != LETTERS[name[0]]:
        raise InputError(f"{name} is no name for the pitch {pitch}")
    shown = add(note, "pitch")
    add(shown, "step", name[0])
    if alteration:
        add(shown, "alter", str(alteration))
    add(shown, "octave", str((pitch - alteration) // 12 - 1))


def _write_grace(measure: ET.Element, pitch: int, place: int, voice: Voice, tick: int) -> None:
    note = add(measure, "note")
    add(note, "grace", slash="yes")
    _write_pitch(note, pitch, place)
    add(note, "voice", str(voice.number))
    add(note, "type", "eighth")
    _write_accidental(note, voice.accidentals.get((tick, pitch)))
    if voice.staff:
        add(note, "staff", str(voice.staff))


def _write_accidental(note: ET.Element, alteration: int | None) -> None:
    if alteration in _ACCIDENTALS:
        add(note, "accidental", _ACCIDENTALS[alteration])


def _write_note(
    measure: ET.Element, tone: Tone, row: Row, voice: Voice, paper: Paper,
    beams: Sequence[str], *, is_added: bool,
) -> ET.Element:  # fmt: skip
    pitch, place, velocity = tone
    chord = voice.chords[row.chord]
    head = ""
    note = add(measure, "note", dynamics=f"{float(velocity / DYNAMIC):.2f}")
    if is_added:
        add(note, "chord")
    if voice.is_drums:
        step, octave, head = _DRUM_LINES.get(pitch, ("E", 5, ""))
        shown = add(note, "unpitched")
        add(shown, "display-step", step)
        add(shown, "display-octave", str(octave))
    else:
        _write_pitch(note, pitch, place)
    add(note, "duration", paper.divisions(row.end - row.start))
    for tie in _ties(row, chord):
        add(note, "tie", type=tie)
    if voice.is_drums:
        add(note, "instrument", id=f"{voice.name}-I{pitch}")
    accidental = voice.accidentals.get((chord.start, pitch)) if row.start == chord.start else None
    is_ghost = "ghost" in voice.marks.get((chord.start, pitch), ())
    _end_note(note, voice, row.end - row.start, head=head, accidental=accidental, ghost=is_ghost)
    for number, sign in enumerate(() if is_added else beams, 1):
        add(note, "beam", sign, number=str(number))
    return note


def _ties(row: Row, chord: Stack) -> list[str]:
    return ["stop"] * (row.start > chord.start) + ["start"] * (row.end < chord.end)


def _write_notations(
    note: ET.Element, tone: Tone, row: Row, voice: Voice, tuplet: Sequence[str], *, is_added: bool
) -> None:
    """Write ties, and with a chord's first note its slurs, tuplets, lines and signs."""
    chord = voice.chords[row.chord]
    notations = ET.Element("notations")
    for tie in _ties(row, chord):
        add(notations, "tied", type=tie)
    begins, ends = row.start == chord.start, row.end == chord.end
    number, marks = row.chord, voice.marks_at(row.chord)
    if not is_added:
        if begins and voice.is_bound(number - 1) and not voice.is_bound(number):
            add(notations, "slur", type="stop", number="1")
        if begins and voice.is_bound(number) and not voice.is_bound(number - 1):
            add(notations, "slur", type="start", number="1")
        for sign in tuplet:
            add(notations, "tuplet", type=sign)
        if begins and voice.line_into(number):
            add(notations, voice.line_into(number), type="stop", number="1")
        if ends and voice.line_into(number + 1):
            add(notations, voice.line_into(number + 1), type="start", number="1")
        if begins:
            _write_signs(notations, marks, leads=bool(voice.line_into(number)))
    if begins and "roll" in marks:
        add(notations, "arpeggiate")
    if len(notations):
        note.append(notations)


def _write_signs(notations: ET.Element, marks: set[str], *, leads: bool) -> None:
    signs = [SIGNS[name] for name in sorted(marks) if name in SIGNS]
    if marks & set(LINES) and not leads:  # nothing to slide from
        signs.append(SIGNS["bend"])
    for kind in ("ornaments", "articulations"):
        names = dict.fromkeys(sign for group, sign in signs if group == kind)
        if names:
            element = add(notations, kind)
            for name in names:
                add(element, name)


def _end_note(
    note: ET.Element, voice: Voice, ticks: int, *, head: str = "", accidental: int | None = None,
    ghost: bool = False,
) -> None:  # fmt: skip
    """Write voice, value, accidental, stem, head and staff, in the order of the format."""
    add(note, "voice", str(voice.number))
    value = note_value(ticks)
    if value is not None:
        add(note, "type", value.name)
        for _ in range(value.dots):
            add(note, "dot")
    _write_accidental(note, accidental)
    if value is not None and value.actual > 1:
        change = add(note, "time-modification")
        add(change, "actual-notes", str(value.actual))
        add(change, "normal-notes", str(value.normal))
    if voice.stem and note.find("rest") is None:
        add(note, "stem", voice.stem)
    if head or ghost:
        shape = add(note, "notehead", head or "normal")
        if ghost:
            shape.set("parentheses", "yes")
    if voice.staff:
        add(note, "staff", str(voice.staff))
