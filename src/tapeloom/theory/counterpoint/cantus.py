"""Cantus firmi: Fux's six, their modes, and what a line must be to serve as one."""

from collections.abc import Sequence
from typing import NamedTuple

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.pitch import pitch_class_name
from tapeloom.theory.counterpoint.exercise import spell_in_mode
from tapeloom.theory.counterpoint.line_tables import flat_of
from tapeloom.theory.counterpoint.melodies import HIGHEST, LOWEST, WIDEST_COMPASS
from tapeloom.theory.intervals import SpelledPitch

FEWEST, MOST = 4, 64  # notes
MODES = {
    "ionian": "major", "dorian": "dorian", "phrygian": "phrygian", "lydian": "lydian",
    "mixolydian": "mixolydian", "aeolian": "minor",
}  # fmt: skip
_RARE = {"phrygian", "lydian", "mixolydian"}


class Cantus(NamedTuple):
    """A cantus firmus: MIDI pitches, one a bar, and its mode."""

    pitches: tuple[int, ...]
    mode: Key


def _fux(text: str, mode: str) -> Cantus:
    return Cantus(read_pitches(text), Key.parse(mode))


def read_pitches(text: str) -> tuple[int, ...]:
    """Read pitches written out.

    >>> read_pitches("D4 F4 E4, D4")
    (62, 65, 64, 62)
    """
    return tuple(SpelledPitch.parse(word).midi for word in text.replace(",", " ").split())


# J. J. Fux, Gradus ad Parnassum, 1725: the cantus firmi of the exercises in two voices.
FUX = {
    "dorian": _fux("D4 F4 E4 D4 G4 F4 A4 G4 F4 E4 D4", "D dorian"),
    "phrygian": _fux("E4 C4 D4 C4 A3 A4 G4 E4 F4 E4", "E phrygian"),
    "lydian": _fux("F3 G3 A3 F3 D3 E3 F3 C4 A3 F3 G3 F3", "F lydian"),
    "mixolydian": _fux("G3 C4 B3 G3 C4 E4 D4 G4 E4 C4 D4 B3 A3 G3", "G mixolydian"),
    "aeolian": _fux("A3 C4 B3 D4 C4 E4 F4 E4 D4 C4 B3 A3", "A minor"),
    "ionian": _fux("C4 E4 F4 G4 E4 A4 G4 E4 F4 E4 D4 C4", "C major"),
}


def find_mode(pitches: Sequence[int]) -> Key:
    """Find the mode of a cantus firmus: its last note, and the mode that has most of its tones.

    Among those that fit alike the one of the simplest signature is preferred.

    >>> str(find_mode(FUX["dorian"].pitches)), str(find_mode((67, 70, 69, 67)))
    ('D dorian', 'G dorian')
    """
    final = pitches[-1] % 12
    keys = [
        min((Key(pitch_class_name(final, sharps=sharps), mode) for sharps in (False, True)),
            key=lambda key: abs(key.signature))
        for mode in MODES.values()
    ]  # fmt: skip
    # The rarer modes are taken for what they are on the white keys alone.
    plain = [abs(k.signature) + (3 if k.mode in _RARE and k.signature else 0) for k in keys]
    fits = [sum(pitch % 12 in key.scale for pitch in pitches) for key in keys]
    return keys[min(range(len(keys)), key=lambda i: (-fits[i], plain[i]))]


def parse_mode(text: str, pitches: Sequence[int]) -> Key:
    """Read a mode's name, alone or after a final.

    >>> str(parse_mode("dorian", (62, 64, 62))), str(parse_mode("A aeolian", (57,)))
    ('D dorian', 'A minor')
    """
    words = text.split()
    name = words[-1].lower() if words else ""
    if len(words) != 1 or name not in MODES:
        return Key.parse(text)
    final = pitches[-1] % 12
    sharp, flat = (Key(pitch_class_name(final, sharps=s), MODES[name]) for s in (True, False))
    return min(sharp, flat, key=lambda key: abs(key.signature))


def make_cantus(pitches: Sequence[int], mode: Key | None = None) -> Cantus:
    """Judge whether a line can be a cantus firmus; return it with its mode.

    It has 4 to 64 notes, lies between E2 and C6 and within a twelfth, ends on the mode's final, and
    comes to it by step: else no counterpoint can close.

    >>> str(make_cantus((62, 65, 64, 62)).mode)
    'D dorian'
    >>> make_cantus((62,))
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: the cantus firmus has 1 note; it must have 4 to 64
    """
    count = len(pitches)
    if not FEWEST <= count <= MOST:
        notes = "1 note" if count == 1 else f"{count} notes"
        raise InputError(f"the cantus firmus has {notes}; it must have {FEWEST} to {MOST}")
    bottom, top = min(pitches), max(pitches)
    if bottom < LOWEST or top > HIGHEST:
        raise InputError(
            f"the cantus firmus lies between {_name(bottom)} and {_name(top)}; "
            f"no voice sings below {_name(LOWEST)} or above {_name(HIGHEST)}, so transpose it"
        )
    if top - bottom > WIDEST_COMPASS:
        raise InputError(
            f"the cantus firmus spans {top - bottom} semitones; a voice has "
            f"{WIDEST_COMPASS}, a twelfth"
        )
    key = mode or find_mode(pitches)
    if pitches[-1] % 12 != key.pitch_class:
        raise InputError(
            f"the cantus firmus ends on {_name(pitches[-1])}; in {key} it must end on {key.tonic}"
        )
    # B flat and the leading tone belong to every mode.
    own = {*key.scale, flat_of(key), (key.pitch_class - 1) % 12}
    strangers = [pitch for pitch in pitches if pitch % 12 not in own]
    if strangers:
        raise InputError(
            f"{_name(strangers[0])} in the cantus firmus doesn't belong to {key}; give the mode "
            "that it is in, or transpose it"
        )
    if abs(pitches[-1] - pitches[-2]) not in (1, 2):
        raise InputError(
            f"the cantus firmus ends {_name(pitches[-2])} {_name(pitches[-1])}; it must come to "
            "its final by step, or no voice can close with it"
        )
    return Cantus(tuple(pitches), key)


def _name(pitch: int) -> str:
    return str(spell_in_mode(pitch, Key("C", "major")))
