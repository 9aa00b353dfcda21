"""A line of notes as text: pitch, octave and value, such as `G4:8 C5:16 B4:16 r:4`."""

import re

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.pitch import pitch_class
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ

_TOKEN = re.compile(r"(?:([A-Ga-g])(#{1,2}|b{1,2}|)(-?\d)|(r))(?::(\d{1,2})(\.{0,2}))?")
_VALUES = (1, 2, 4, 8, 16, 32)


def read_line(text: str) -> tuple[tuple[Note, ...], Key | None, Meter]:
    r"""Read notes, and the key and the meter where the text tells them.

    A note is a letter, # or b, an octave (C4 is middle C), a colon and a value: 1 is a whole note,
    4 a quarter, 8. a dotted eighth. `r` is a rest. The value before holds where none is given.
    Lines `key: C minor` and `meter: 3/4` may come first; bars `|` are passed over.

    >>> notes, key, meter = read_line("key: C minor\nr:8 C5:16 B4 C5:8")
    >>> [(note.start / PPQ, note.pitch) for note in notes], str(key), str(meter)
    ([(0.5, 72), (0.75, 71), (1.0, 72)], 'C minor', '4/4')
    """
    key: Key | None = None
    meter = Meter()
    at, duration = 0, PPQ
    notes = []
    for row in text.splitlines():
        name, colon, told = row.partition(":")
        if colon and name.strip().lower() == "key":
            key = Key.parse(told)
            continue
        if colon and name.strip().lower() == "meter":
            meter = Meter.parse(told.strip())
            continue
        for token in row.split("#!")[0].split():
            if set(token) == {"|"}:
                continue
            match = _TOKEN.fullmatch(token)
            if match is None or (match[5] and int(match[5]) not in _VALUES):
                raise InputError(
                    f"{token!r} is no note; write one like C5:8, F#4:4. or r:16 (a rest)"
                )
            if match[5]:
                plain = 4 * PPQ // int(match[5])
                duration = plain * (2 ** (len(match[6]) + 1) - 1) // 2 ** len(match[6])
            if match[4] is None:
                natural = 12 * (int(match[3]) + 1) + pitch_class(match[1].upper())
                pitch = natural + match[2].count("#") - match[2].count("b")
                notes.append(Note(at, duration, pitch))
            at += duration
    return tuple(notes), key, meter
