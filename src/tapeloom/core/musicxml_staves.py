"""The staves of a MusicXML part: what is written for what sounds, its clefs, keys and voices."""

import re
import xml.etree.ElementTree as ET
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tapeloom.core.musicxml_paper import CLEFS, Paper, Stack, Staff, add
from tapeloom.core.pitch import line_of_fifths, plain_name
from tapeloom.core.score import Note, Part

_TWO_STAVES = ("keys", "pad", "other")
_MIDDLE = 60  # where two staves meet
_FEET = (35, 36, 44)  # drums that a foot strikes: their stems point down
_OUTERMOST = 6  # sharps or flats of a transposed key, over which it changes its name
_NAME = re.compile(r"(^|/)([A-G][#b]*)")
Signature = tuple[int, int, str]  # tick, sharps (flats below 0), mode
Graces = dict[tuple[int, int], tuple[tuple[int, int], ...]]  # staff and tick -> pitch and place


@dataclass(frozen=True, slots=True)
class Written:
    """A part as it stands on its staves."""

    part: Part  # its notes and marks as they are written
    staves: tuple[tuple[Stack, ...], ...]  # from above
    clefs: tuple[str, ...]
    signatures: tuple[Signature, ...]
    graces: Graces  # small notes before others: they take no time


def signatures_of(paper: Paper, fifths: int = 0) -> tuple[Signature, ...]:
    """Return the key signatures of a part whose notes are written `fifths` above what sounds.

    >>> from tapeloom.core.harmony import Key
    >>> paper = Paper((), 1, ((0, Key("A", "minor")), (8, Key("B", "major"))))
    >>> signatures_of(paper), signatures_of(paper, 2)
    (((0, 0, 'minor'), (8, 5, 'major')), ((0, 2, 'minor'), (8, -5, 'major')))
    """
    found = []
    for tick, key in paper.keys:
        sharps = key.signature + fifths
        if abs(sharps) > (_OUTERMOST if fifths else 7):  # G# major is written as Ab major
            sharps = (sharps + 6) % 12 - 6
        found.append((tick, sharps, key.mode))
    return tuple(found)


def write_down(part: Part, places: Sequence[int], paper: Paper, staff: Staff) -> Written:
    """Lay a part out on one staff or two, transposed as its player reads.

    places  of the sounding notes on the line of fifths

    >>> from tapeloom.core.harmony import Key
    >>> third = (Note(0, 120, 60, 90), Note(0, 120, 64, 80))
    >>> paper = Paper((), 1, ((0, Key("C", "major")),))
    >>> write_down(Part("lead", "melody", notes=third), (0, 4), paper, Staff()).staves
    ((Stack(start=0, end=120, tones=((60, 0, 90), (64, 4, 80))),),)
    """
    signatures = () if part.role == "drums" else signatures_of(paper, staff.fifths)
    ticks = [tick for tick, _ in paper.keys]
    up = -staff.transposition[1]
    shown: list[tuple[Note, int]] = []
    for note, place in zip(part.notes, places, strict=True):
        at = max(bisect_right(ticks, note.start) - 1, 0)
        # A key that takes another name takes its notes along.
        lift = signatures[at][1] - paper.keys[at][1].signature if staff.fifths else 0
        shown.append((replace(note, pitch=min(max(note.pitch + up, 0), 127)), place + lift))
    marks = tuple(replace(m, pitch=min(max(m.pitch + up, 0), 127)) for m in part.marks)
    whole = replace(part, notes=tuple(note for note, _ in shown), marks=marks)
    clefs = staff.clefs or _clefs_for(whole)
    split = _MIDDLE if len(clefs) == 2 else -1
    small = {(mark.tick, mark.pitch) for mark in marks if mark.name == "grace"}
    starts = sorted({n.start for n, _ in shown if (n.start, n.pitch) not in small})
    plain: list[tuple[Note, int]] = []
    graces: Graces = {}
    for note, place in shown:
        at = bisect_right(starts, note.start)
        if (note.start, note.pitch) not in small or at == len(starts):
            plain.append((note, place))
        else:
            here = (int(note.pitch < split), starts[at])
            graces[here] = (*graces.get(here, ()), (note.pitch, place))
    return Written(whole, _stacked(plain, split, len(clefs)), clefs, signatures, graces)


def _clefs_for(part: Part) -> tuple[str, ...]:
    """Choose the clefs of a part by its role and its pitches."""
    if part.role == "drums":
        return ("percussion",)
    pitches = [note.pitch for note in part.notes] or [_MIDDLE]
    if part.role in _TWO_STAVES and min(pitches) < 53 and max(pitches) > 67:
        return ("treble", "bass")
    return ("bass" if sum(pitches) < 57 * len(pitches) else "treble",)


def _stacked(
    notes: Iterable[tuple[Note, int]], split: int, count: int
) -> tuple[tuple[Stack, ...], ...]:
    """Gather notes that begin and end together on each staff."""
    together: list[dict[tuple[int, int], list[tuple[int, int, int]]]] = [{}, {}]
    for note, place in sorted(notes, key=lambda entry: (entry[0].start, entry[0].pitch)):
        tones = together[int(note.pitch < split)].setdefault((note.start, note.end), [])
        if all(pitch != note.pitch for pitch, _, _ in tones):
            tones.append((note.pitch, place, note.velocity))
    return tuple(
        tuple(Stack(start, end, tuple(tones)) for (start, end), tones in sorted(staff.items()))
        for staff in together[:count]
    )


def voices_of(chords: Iterable[Stack], *, is_drums: bool = False) -> list[list[Stack]]:
    """Deal chords to voices, the highest first, as few as can be; of drums hands and feet apart.

    >>> long, short = Stack(0, 480, ((60, 0, 90),)), Stack(120, 240, ((67, 1, 90),))
    >>> [len(voice) for voice in voices_of([long, short])]
    [1, 1]
    """
    if is_drums:
        limbs: list[list[Stack]] = [[], []]
        for chord in chords:
            for foot in (False, True):
                tones = tuple(tone for tone in chord.tones if (tone[0] in _FEET) == foot)
                if tones:
                    limbs[foot].append(replace(chord, tones=tones))
        return [voice for limb in limbs if limb for voice in voices_of(limb)] or [[]]
    voices: list[list[Stack]] = [[]]
    for cluster in _clusters(sorted(chords, key=lambda chord: (chord.start, -chord.tones[-1][0]))):
        found: list[list[Stack]] = []
        for chord in cluster:
            free = next((voice for voice in found if voice[-1].end <= chord.start), None)
            if free is None:
                found.append(free := [])
            free.append(chord)
        found.sort(key=_height, reverse=True)
        voices += [[] for _ in range(len(found) - len(voices))]
        for voice, line in zip(voices, found, strict=False):
            voice.extend(line)
    return voices


def _clusters(chords: Iterable[Stack]) -> list[list[Stack]]:
    """Part chords where nothing sounds on."""
    clusters: list[list[Stack]] = []
    end = 0
    for chord in chords:
        if not clusters or chord.start >= end:
            clusters.append([])
        clusters[-1].append(chord)
        end = max(end, chord.end)
    return clusters


def _height(voice: Sequence[Stack]) -> float:
    return sum(chord.tones[-1][0] for chord in voice) / len(voice)


def transpose_symbol(symbol: str, fifths: int) -> str:
    """Move a chord symbol's root and bass along the line of fifths.

    >>> transpose_symbol("Ebm9/Bb", 2), transpose_symbol("F#7", 3)
    ('Fm9/C', 'D#7')
    """

    def moved(match: re.Match[str]) -> str:
        return match[1] + plain_name(line_of_fifths(match[2]) + fifths)

    return _NAME.sub(moved, symbol) if fifths else symbol


def write_key(attributes: ET.Element, signature: Signature) -> None:
    """Add a key signature to a bar's attributes.

    >>> attributes = ET.Element("attributes")
    >>> write_key(attributes, (0, -3, "minor"))
    >>> attributes.findtext("key/fifths"), attributes.findtext("key/mode")
    ('-3', 'minor')
    """
    element = add(attributes, "key")
    add(element, "fifths", str(signature[1]))
    add(element, "mode", signature[2])


def write_clefs(attributes: ET.Element, written: Written, staff: Staff) -> None:
    """Add the number of staves, their clefs, and how what is written is transposed.

    >>> tenor = Staff("Tenor saxophone", clefs=("treble",), transposition=(-8, -14))
    >>> attributes = ET.Element("attributes")
    >>> write_clefs(attributes, Written(Part("t", "melody"), ((),), tenor.clefs, (), {}), tenor)
    >>> [each.text for each in attributes.find("transpose")]
    ['-1', '-2', '-1']
    """
    two = len(written.clefs) > 1
    if two:
        add(attributes, "staves", str(len(written.clefs)))
    for number, name in enumerate(written.clefs, 1):
        sign, line, octaves = CLEFS[name]
        clef = add(attributes, "clef", **({"number": str(number)} if two else {}))
        add(clef, "sign", sign)
        if line:
            add(clef, "line", line)
        if octaves:
            add(clef, "clef-octave-change", str(octaves))
    steps, semitones = staff.transposition
    if semitones or steps:
        octaves = int(semitones / 12)  # towards 0
        transpose = add(attributes, "transpose")
        add(transpose, "diatonic", str(steps - 7 * octaves))
        add(transpose, "chromatic", str(semitones - 12 * octaves))
        if octaves:
            add(transpose, "octave-change", str(octaves))


def accidentals_of(
    written: Written, bars: Sequence[tuple[int, int]]
) -> dict[tuple[int, int, int], int]:
    """Find which notes show an accidental: staff, tick and pitch -> sharps (flats below 0).

    bars  the ticks at which each begins and ends

    An accidental holds for its line until the bar ends; a note that is tied over shows none.

    >>> line = tuple(Stack(i, i + 1, ((66, 6, 80),)) for i in range(3))
    >>> written = Written(Part("t", "melody"), (line,), ("treble",), ((0, 0, "major"),), {})
    >>> accidentals_of(written, [(0, 2), (2, 4)])
    {(0, 0, 66): 1, (0, 2, 66): 1}
    """
    shown: dict[tuple[int, int, int], int] = {}
    begins = [start for start, _ in bars]
    changes = [tick for tick, _, _ in written.signatures]
    for staff, chords in enumerate(written.staves):
        events = [(c.start, pitch, place) for c in chords for pitch, place, _ in c.tones]
        events += [(tick, pitch, place) for (on, tick), small in written.graces.items()
                   for pitch, place in small if on == staff]  # fmt: skip
        state: dict[tuple[int, int], int] = {}
        bar = -1
        for tick, pitch, place in sorted(events):
            now = bisect_right(begins, tick) - 1
            if now != bar:
                bar, state = now, {}
            letter, alteration = (place + 1) % 7, (place + 1) // 7
            line = (letter, (pitch - alteration) // 12)
            sharps = written.signatures[max(bisect_right(changes, tick) - 1, 0)][1]
            if state.get(line, _altered(letter, sharps)) != alteration:
                shown[staff, tick, pitch] = alteration
            state[line] = alteration
    return shown


def _altered(letter: int, sharps: int) -> int:
    """Return what a signature does to a letter, by its place in FCGDAEB."""
    return int(letter < sharps) - int(6 - letter < -sharps)
