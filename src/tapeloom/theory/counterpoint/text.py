"""Lines of counterpoint as text: `A4h D5 C5q`, a pitch and its note value, whole where none."""

import re
from collections.abc import Sequence

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.exercise import BAR, EIGHTH, HALF, QUARTER, spell_in_mode
from tapeloom.theory.intervals import SpelledPitch

VALUES = {"w": BAR, "w.": BAR + HALF, "h": HALF, "h.": HALF + QUARTER, "q": QUARTER,
          "q.": QUARTER + EIGHTH, "e": EIGHTH}  # fmt: skip
_NAMES = {ticks: name for name, ticks in VALUES.items()} | {BAR: ""}
_WORD = re.compile(r"(r|[A-Ga-g][#b♯♭]*-?\d+)([whqe]\.?|)")


def read_line(text: str) -> tuple[Note, ...]:
    """Read a line; `r` rests, and a note goes over the bar line where its value does.

    >>> [(note.start // QUARTER, note.pitch) for note in read_line("rh A4 G4q F4q")]
    [(2, 69), (6, 67), (7, 65)]
    """
    notes, tick = [], 0
    for word in text.replace("|", " ").replace(",", " ").split():
        match = _WORD.fullmatch(word)
        if match is None or (match[2] and match[2] not in VALUES):
            raise InputError(
                f"{word[:20]!r} is no note; write a pitch and a value, as in F#4 or A4h"
            )
        duration = VALUES[match[2]] if match[2] else BAR
        if match[1] != "r":
            notes.append(Note(tick, duration, SpelledPitch.parse(match[1]).midi))
        tick += duration
    if not notes:
        raise InputError("the line has no notes; write pitches such as D4 F4 E4 D4")
    return tuple(notes)


def write_line(line: Sequence[Note], mode: Key) -> str:
    """Write a line as `read_line` reads it, spelled in the mode.

    >>> write_line(read_line("rh A4 G4q F#4h. e4e d4e d4"), Key("G", "mixolydian"))
    'rh A4 G4q F#4h. E4e D4e D4'
    """
    words, tick = [], 0
    for note in line:
        gap = note.start - tick
        while gap > 0:
            part = max((v for v in _NAMES if v <= gap), default=gap)
            words.append(f"r{_NAMES.get(part, '')}")
            gap -= part
        words.append(f"{spell_in_mode(note.pitch, mode)}{_NAMES.get(note.duration, '?')}")
        tick = note.end
    return " ".join(words)
