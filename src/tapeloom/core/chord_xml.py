"""Chord symbols as MusicXML's harmony elements: a kind, and degrees that change it."""

import re
import xml.etree.ElementTree as ET
from functools import lru_cache

from tapeloom.core.chord_grammar import Degree, semitones, write_degree
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import QUALITIES, Chord
from tapeloom.core.pitch import LETTERS, pitch_class

# MusicXML kind -> quality; of two kinds for one quality the first is written.
KINDS = {
    "major": "maj", "minor": "min", "augmented": "aug", "diminished": "dim", "dominant": "7",
    "major-seventh": "maj7", "minor-seventh": "min7", "diminished-seventh": "dim7",
    "augmented-seventh": "aug7", "half-diminished": "hdim7", "major-minor": "minmaj7",
    "major-sixth": "maj6", "minor-sixth": "min6", "dominant-ninth": "9", "major-ninth": "maj9",
    "minor-ninth": "min9", "dominant-11th": "11", "major-11th": "maj11", "minor-11th": "min11",
    "dominant-13th": "13", "major-13th": "maj13", "minor-13th": "min13",
    "suspended-second": "sus2", "suspended-fourth": "sus4", "power": "5",
}  # fmt: skip
# What some programs write beside the standard's kinds.
_OTHER_KINDS = {
    "maj": "maj", "min": "min", "aug": "aug", "dim": "dim", "min7": "min7", "maj7": "maj7",
    "minor-major": "minmaj7", "augmented-ninth": "aug9", "maj69": "6/9", "major-69": "6/9",
    "suspended-fourth-seventh": "7sus4", "": "maj",
}  # fmt: skip
_SYMBOL = re.compile(r"([A-G][#b]*)(.*?)(?:/([A-G][#b]*))?")


def write_harmony(chord: Chord, symbol: str) -> ET.Element:
    """Make the harmony element of a chord whose symbol is spelled already.

    >>> element = write_harmony(Chord.parse("Ebm9/Bb"), "Ebm9/Bb")
    >>> element.findtext("kind"), element.findtext("bass/bass-step"), str(read_harmony(element))
    ('minor-ninth', 'B', 'Ebm9/Bb')
    """
    match = _SYMBOL.fullmatch(symbol)
    if match is None or pitch_class(match[1]) != chord.root:
        raise InputError(f"{symbol!r} is no symbol of {chord}")
    harmony = ET.Element("harmony", {"print-frame": "no"})
    kind, changes = _analysed(chord.quality)
    _write_note(harmony, "root", match[1])
    ET.SubElement(harmony, "kind", {"text": match[2]}).text = kind
    if chord.bass is not None:
        _write_note(harmony, "bass", match[3])
    for what, (number, alteration) in changes:
        degree = ET.SubElement(harmony, "degree", {"print-object": "no"})
        ET.SubElement(degree, "degree-value").text = str(number)
        ET.SubElement(degree, "degree-alter").text = str(alteration)
        ET.SubElement(degree, "degree-type").text = what
    return harmony


def read_harmony(harmony: ET.Element) -> Chord | None:
    """Read a harmony element; None where it names no chord that sounds.

    >>> text = "<harmony><root><root-step>G</root-step></root><kind>dominant</kind></harmony>"
    >>> str(read_harmony(ET.fromstring(text)))
    'G7'
    """
    root, kind = _read_note(harmony, "root"), (harmony.findtext("kind") or "").strip()
    if root is None or kind == "none":
        return None
    name = KINDS.get(kind) or _OTHER_KINDS.get(kind)
    if name is None:
        element = harmony.find("kind")
        text = "" if element is None else element.get("text", "")
        try:
            quality = Chord.parse(f"C{text}").quality
        except InputError:
            quality = "min" if kind.startswith("minor") else "maj"
    else:
        quality = _changed(name, harmony.findall("degree"))
    return Chord(root, quality, _read_note(harmony, "bass"))


def _write_note(harmony: ET.Element, what: str, name: str) -> None:
    note = ET.SubElement(harmony, what)
    ET.SubElement(note, f"{what}-step").text = name[0]
    alteration = name.count("#") - name.count("b")
    if alteration:
        ET.SubElement(note, f"{what}-alter").text = str(alteration)


def _read_note(harmony: ET.Element, what: str) -> int | None:
    step = (harmony.findtext(f"{what}/{what}-step") or "").strip().upper()
    if step not in LETTERS:
        return None
    alteration = _number(harmony.findtext(f"{what}/{what}-alter"))
    return (LETTERS[step] + alteration) % 12


def _number(text: str | None) -> int:
    try:
        return round(float(text or 0))
    except (ValueError, OverflowError):
        return 0


def _changed(name: str, elements: list[ET.Element]) -> str:
    """Return the quality that degrees make of another."""
    degrees = list(QUALITIES[name].degrees)
    for element in elements:
        number = _number(element.findtext("degree-value"))
        alteration = _number(element.findtext("degree-alter"))
        what = (element.findtext("degree-type") or "add").strip()
        held = [degree for degree in degrees if degree[0] == number]
        if not 1 <= number <= 13 or abs(alteration) > 2:
            continue
        if what in ("alter", "subtract"):
            degrees = [degree for degree in degrees if degree not in held[:1]]
        if what == "alter" and held:
            degrees.append((number, held[0][1] + alteration))
        elif what != "subtract":  # what is added counts from a dominant chord's degrees
            degrees.append((number, alteration - (number == 7)))
    text = ",".join(write_degree(degree) for degree in sorted(set(degrees), key=semitones))
    try:
        return Chord(0, f"({text})").quality
    except InputError:
        return name


@lru_cache(maxsize=512)
def _analysed(quality: str) -> tuple[str, tuple[tuple[str, Degree], ...]]:
    """Return the kind that is nearest to a quality, and the degrees that change it."""
    wanted = QUALITIES[quality].degrees
    options = [(kind, _changes(QUALITIES[name].degrees, wanted)) for kind, name in KINDS.items()]
    return min(options, key=lambda option: len(option[1]))


def _changes(
    kind: tuple[Degree, ...], wanted: tuple[Degree, ...]
) -> tuple[tuple[str, Degree], ...]:
    over = [degree for degree in kind if degree not in wanted]
    lacking = [degree for degree in wanted if degree not in kind]
    changes: list[tuple[str, Degree]] = []
    for number, alteration in over:
        same = [degree for degree in lacking if degree[0] == number]
        if same:
            lacking.remove(same[0])
            changes.append(("alter", (number, same[0][1] - alteration)))
        else:
            changes.append(("subtract", (number, 0)))
    changes += [("add", (number, alteration + (number == 7))) for number, alteration in lacking]
    return tuple(changes)
