"""Pitch as a MIDI number 0..127 (60 = C4) and its names."""

import re
from functools import lru_cache

from tapeloom.core.errors import InputError

FLAT_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
SHARP_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

_NAME = re.compile(r"([A-G])(#{1,2}|b{1,2}|)")


@lru_cache(maxsize=256)
def pitch_class(name: str) -> int:
    """Return the pitch class 0..11 (C = 0) of a spelled name, of at most two accidentals.

    >>> pitch_class("F#"), pitch_class("Cb"), pitch_class("Bbb")
    (6, 11, 9)
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise InputError(f"{name!r} is no pitch name; write a letter A to G and # or b, as in F#")
    letter, accidental = match.groups()
    return (LETTERS[letter] + accidental.count("#") - accidental.count("b")) % 12


def line_of_fifths(name: str) -> int:
    """Return a spelled name's place on the line of fifths: F -1, C 0, G 1, F# 6, Bb -2.

    >>> line_of_fifths("F#"), line_of_fifths("Bb"), line_of_fifths("Cb")
    (6, -2, -7)
    """
    pitch_class(name)
    return "FCGDAEB".index(name[0]) - 1 + 7 * (name.count("#") - name.count("b"))


def name_on_line(place: int) -> str:
    """Return the name at a place of the line of fifths; the inverse of `line_of_fifths`.

    >>> [name_on_line(place) for place in (-9, -1, 6, 13)]
    ['Bbb', 'F', 'F#', 'F##']
    """
    accidental, letter = divmod(place + 1, 7)
    return "FCGDAEB"[letter] + ("#" * accidental if accidental > 0 else "b" * -accidental)


def plain_name(place: int) -> str:
    """Return the name at a place of the line of fifths, of at most one accidental.

    >>> plain_name(6), plain_name(13), plain_name(-9)
    ('F#', 'G', 'A')
    """
    if -8 < place < 13:
        return name_on_line(place)
    return pitch_class_name(7 * place, sharps=place > 0)


def pitch_class_name(number: int, *, sharps: bool = False) -> str:
    """Spell a pitch class without regard to key.

    >>> pitch_class_name(10), pitch_class_name(10, sharps=True)
    ('Bb', 'A#')
    """
    return (SHARP_NAMES if sharps else FLAT_NAMES)[number % 12]


def pitch_name(pitch: int, *, sharps: bool = False) -> str:
    """Name a MIDI pitch in scientific notation.

    >>> pitch_name(60), pitch_name(69), pitch_name(0)
    ('C4', 'A4', 'C-1')
    """
    return f"{pitch_class_name(pitch, sharps=sharps)}{pitch // 12 - 1}"


def midi_to_hz(pitch: float) -> float:
    """Return the frequency in Hz, equal temperament, A4 = 440 Hz.

    >>> midi_to_hz(69), round(midi_to_hz(60), 3)
    (440.0, 261.626)
    """
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))
