"""Families of chord progressions in Roman numerals, and how to write them out in a key.

A numeral counts from the major scale on the tonic whatever the mode is (`bIII` in C is Eb), and
carries its quality as a lead sheet does: `IIm9 V13 | Imaj9`. Bars are parted by `|`; the chords of
one bar share it evenly. The mode of a progression only says to which keys it belongs.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, QUALITIES, Chord, Key

Bars = tuple[tuple[Chord, ...], ...]  # the chords of each bar

_DEGREES = {"I": 0, "II": 2, "III": 4, "IV": 5, "V": 7, "VI": 9, "VII": 11}
_NUMERAL = re.compile(r"([b#]?)(VII|VI|IV|V|III|II|I)(.*?)(?:/([b#]?)(VII|VI|IV|V|III|II|I))?")
_DEGREE_NAMES = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")

# family -> mode -> progressions. A mode that a family leaves out falls back as _FALLBACK says.
FAMILIES: dict[str, dict[str, tuple[str, ...]]] = {
    "plagal": {
        "major": (
            "Imaj9 | IVmaj9 | Imaj9 | IVmaj9",
            "IVmaj9 | Imaj9 | IVmaj9 | IIm9 V9sus4",
            "Imaj9 | VIm9 | IVmaj9 | IVm6",
            "IVmaj9 | IIIm7 | IIm9 | Imaj9",
            "Imaj9 | IVmaj9 | IIm11 | V9sus4",
            "IVmaj9 | Imaj9 | IIm11 | VIm9",
            "VIm9 | IVmaj9 | Imaj9 | V9sus4",
        ),
        "minor": (
            "Im9 | IVm9 | Im9 | IVm9",
            "bVImaj9 | IVm9 | Im11 | Im9",
            "Im9 | IVm9 | bVImaj9 | Vm7",
            "IVm9 | Im9 | IVm11 | bVII6/9",
            "Im11 | bVImaj9 | IVm9 | V7#9",
        ),
        "dorian": (
            "Im9 | IV9 | Im9 | IV13",
            "Im11 | IV9 | bVIImaj9 | IV9",
            "IV9 | Im9 | IV9 | Vm7",
        ),
        "mixolydian": ("I13 | IVmaj9 | I9sus4 | IVmaj9", "I9 | bVIImaj9 | IVmaj9 | I9sus4"),
        "lydian": ("Imaj9 | II9 | Imaj7#11 | VIm9", "Imaj7#11 | IIIm7 | Imaj9 | II13"),
    },
    "circle": {
        "major": (
            "IIm9 | V13 | Imaj9 | VIm9",
            "IIIm7 | VIm9 | IIm9 | V13sus4",
            "Imaj9 | VIm9 | IIm9 | V13",
            "Imaj9 | VI7b9 | IIm9 | V13",
            "IIm9 | V13 | IIIm7 | VI7b13",
            "IVmaj9 | VIIm7b5 III7b9 | VIm9 | IIm9 V13",
            "IIm9 | V9sus4 V13 | Imaj9 | IVmaj9",
            "Imaj9 | IIIm7 | VIm9 | IIm9 V13sus4",
        ),
        "minor": (
            "IVm9 | bVII13 | bIIImaj9 | bVImaj9",
            "IIm7b5 | V7b9 | Im9 | IVm9",
            "Im9 | IVm9 | bVII13 | bIIImaj9",
            "Im9 | bVImaj9 | IIm7b5 | V7b13",
            "bVImaj9 | IIm7b5 | V7#9 | Im11",
            "Im9 | IVm9 bVII13 | bIIImaj9 bVImaj9 | IIm7b5 V7b9",
        ),
        "dorian": (
            "Im9 | IV13 | bVIImaj9 | bIIImaj9",
            "IIm7 | Vm9 | Im9 | IV9",
            "Im9 | Vm7 | IV9 | bVIImaj9",
        ),
        "mixolydian": ("Vm9 | I13 | IVmaj9 | bVIImaj9", "IIm9 | Vm9 | I13 | IVmaj9"),
    },
    "modal": {
        "major": (
            "Imaj9 | IIm11 | IIIm7 | IIm11",
            "IVmaj7#11 | IIIm7 | IVmaj9 | IIm9",
            "Imaj9 | bVIImaj9 | IVmaj9 | Imaj9",
            "VIm11 | IIm9 | IVmaj9 | Imaj9",
            "Imaj9 | IIIm7 | IVmaj9 | IIm11",
        ),
        "minor": (
            "Im11 | bVImaj9 | bVIIadd9 | Im9",
            "Im9 | Vm7 | bVImaj9 | IVm9",
            "bVImaj9 | bVII6/9 | Im11 | Im9",
            "Im9 | bIIImaj9 | IVm9 | bVImaj9",
        ),
        "dorian": (
            "Im9 | IV9 | Im11 | IV13",
            "Im11 | IIm7 | Im9 | IV9",
            "Im9 | IIm7 | bIIImaj9 | IV9",
            "Im11 | bVIImaj9 | IV9 | IIm7",
        ),
        "phrygian": (
            "Im7 | bIImaj7#11 | Im11 | bVIIm9",
            "Im7 | bIImaj9 | bVImaj9 | bIImaj9",
            "bIImaj9 | Im7 | bVIIm9 | Im7",
        ),
        "lydian": (
            "Imaj7#11 | II9 | Imaj9 | VIIm7",
            "Imaj9 | II13 | IIIm9 | Imaj7#11",
            "Imaj7#11 | VIm9 | II9 | IIIm9",
        ),
        "mixolydian": (
            "I9sus4 | bVIImaj9 | IVmaj9 | I13",
            "I13 | Vm9 | bVIImaj9 | IVmaj9",
            "IVmaj9 | I9sus4 | Vm9 | bVIImaj9",
        ),
        "locrian": (
            "Im7b5 | bIImaj9 | bVmaj9 | bIIIm7",
            "bIImaj9 | bIIIm7 | Im7b5 | bVmaj7#11",
        ),
    },
    "descending": {
        "major": (
            "Imaj9 | VIIm7b5 III7b9 | VIm9 | Vm9 I13",
            "IVmaj9 | IIIm7 | IIm9 | Imaj9",
            "Imaj9 | IIIm7/VII | VIm9 | Vm9 I13",
            "VIm9 | V13sus4 | IVmaj9 | IIIm7",
            "Imaj9 | bVII13 | bVImaj9 | V9sus4",
        ),
        "minor": (
            "Im9 | bVII9sus4 | bVImaj9 | V7b9",
            "Im9 | ImMaj9/VII | Im7/bVII | VIm7b5",
            "bVImaj9 | Vm7 | IVm9 | bIIImaj9",
            "Im9 | Vm7/bVII | bVImaj9 | IVm9",
            "IVm9 | bIIImaj9 | IIm7b5 V7b9 | Im9",
        ),
        "dorian": ("IV9 | bIIImaj9 | IIm7 | Im9", "Im9 | bVIImaj9 | VIm7b5 | Vm7"),
    },
    "minor_turn": {
        "major": (
            "VIm9 | IVmaj9 | VIIm7b5 | III7b9",
            "VIm9 | IIm9 | III7#9 | VIm9",
            "IVmaj9 | III7b9 | VIm9 | IIm9",
        ),
        "minor": (
            "Im9 | bVImaj9 | IIm7b5 | V7b9",
            "Im9 | VIm7b5 | IIm7b5 | V7b13",
            "Im9 | bIIImaj9 | bVImaj9 | V7#9",
            "IVm9 | Im9 | IIm7b5 V7b9 | Im9",
            "bVImaj9 | V7#9 | Im9 | IVm9",
        ),
        "dorian": ("Im9 | VIm7b5 | IIm7 | V7#9", "Im9 | bIIImaj9 | IV9 | V7b9"),
    },
    "royal": {
        "major": (
            "IVmaj9 | V13 | IIIm7 | VIm9",
            "IVmaj9 | V9 | IIIm7 | VI7b9",
            "IVmaj9 | III7b9 | VIm9 | Vm9 I13",
            "IVmaj9 | V9sus4 | VIm9 | Imaj9",
            "IVmaj9 | IIIm7 | VIm9 | Imaj9",
        ),
        "minor": (
            "bVImaj9 | bVIIadd9 | Vm7 | Im9",
            "bVImaj9 | V7#9 | Im9 | bVIIm9 bIII13",
            "bVImaj9 | bVII6/9 | Im9 | bIIImaj9",
            "bVImaj9 | V7b9 | Im9 | Im11",
        ),
    },
    "chromatic": {
        "major": (
            "Imaj9 | bIIImaj9 | bVImaj9 | bIImaj9",
            "Imaj9 | #Idim7 | IIm9 | V13",
            "IIIm7 | bIIIdim7 | IIm9 | bII7#11",
            "IVmaj9 | IVm6 | IIIm7 | bIIIdim7",
            "Imaj9 | VIm9 | IIm9 | bIImaj9",
        ),
        "minor": (
            "Im9 | bIImaj9 | Im11 | bIImaj9",
            "Im9 | VIm7b5 | bVImaj9 | V7b9",
            "IVm9 | #IVdim7 | Im9/V | bVImaj7#11",
            "Im9 | bVIm9 | bVImaj9 | V7#9",
            "bVImaj7#11 | V7#9 | Im9 | bIImaj9",
        ),
        "lydian": ("Imaj7#11 | bIIImaj9 | Imaj9 | II9",),
    },
    "backdoor": {
        "major": (
            "IVmaj9 | IVm9 bVII13 | Imaj9 | VIm9",
            "Imaj9 | IVm9 | bVII13 | Imaj9",
            "IIm9 | bVII9 | Imaj9 | VI7b9",
            "Imaj9 | Vm9 I13 | IVmaj9 | IVm6 bVII9",
            "VIm9 | IVmaj9 | IVm6 | Imaj9",
        ),
        "minor": (
            "IVm9 | bVII13 | Im9 | bVImaj9",
            "Im9 | bIIImaj9 | IVm9 | bVII13",
            "bVImaj9 | bVII13 | Im11 | Vm7",
        ),
        "mixolydian": ("I13 | Vm9 | IVmaj9 | bVII9", "IVmaj9 | bVIImaj9 | I13 | I9sus4"),
    },
}
_FALLBACK = {
    "dorian": "minor", "phrygian": "modal", "locrian": "modal", "lydian": "major",
    "mixolydian": "modal",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progression:
    """Bars of Roman numerals.

    >>> Progression("IIm9 V13 | Imaj9").in_key(Key("F", "major"))
    ((Chord(root=7, quality='min9', bass=None), Chord(root=0, quality='13', bass=None)),
     (Chord(root=5, quality='maj9', bass=None),))
    """

    text: str

    def __post_init__(self) -> None:
        for numeral in self.text.replace("|", " ").split():
            numeral_to_chord(numeral, Key("C", "major"))

    def in_key(self, key: Key) -> Bars:
        """Write the chords out in a key."""
        return tuple(
            tuple(numeral_to_chord(numeral, key) for numeral in bar.split())
            for bar in self.text.split("|")
        )


@lru_cache(maxsize=8192)
def numeral_to_chord(numeral: str, key: Key) -> Chord:
    """Read one numeral in a key.

    >>> str(numeral_to_chord("bVII13", Key("D", "major")))
    'C13'
    >>> str(numeral_to_chord("Im7/bVII", Key("A", "minor")))
    'Am7/G'
    """
    match = _NUMERAL.fullmatch(numeral)
    if match is None:
        raise InputError(f"{numeral!r} is no chord numeral; write one like IIm9, bVII13, Im7/bVII")
    shift = {"": 0, "b": -1, "#": 1}
    root = (key.pitch_class + _DEGREES[match[2]] + shift[match[1]]) % 12
    quality = Chord.parse("C" + match[3]).quality
    if match[5] is None:
        return Chord(root, quality)
    bass = (key.pitch_class + _DEGREES[match[5]] + shift[match[4]]) % 12
    return Chord(root, quality, bass)


def chord_to_numeral(chord: Chord, key: Key) -> str:
    """Write a chord as a numeral in a key.

    >>> chord_to_numeral(Chord.parse("Am7/G"), Key("A", "minor"))
    'Im7/bVII'
    """
    slash = "" if chord.bass is None else f"/{_DEGREE_NAMES[(chord.bass - key.pitch_class) % 12]}"
    root = _DEGREE_NAMES[(chord.root - key.pitch_class) % 12]
    return f"{root}{QUALITIES[chord.quality].symbol}{slash}"


def progressions(family: str, mode: str) -> tuple[Progression, ...]:
    """Return a family's progressions for a mode.

    A family without any of its own for the mode lends those of the nearest mode; where even
    that would leave the mode's colour (phrygian, locrian, mixolydian), the modal family steps in.

    >>> progressions("royal", "minor")[0].text
    'bVImaj9 | bVIIadd9 | Vm7 | Im9'
    >>> progressions("royal", "phrygian") == progressions("modal", "phrygian")
    True
    """
    if family not in FAMILIES:
        raise InputError(f"{family!r} is no family; choose one of {', '.join(FAMILIES)}")
    if mode not in MODES:
        raise InputError(f"{mode!r} is no mode; choose one of {', '.join(MODES)}")
    own = FAMILIES[family].get(mode)
    if own is None:
        nearest = _FALLBACK.get(mode, mode)
        own = FAMILIES["modal"][mode] if nearest == "modal" else FAMILIES[family][nearest]
    return tuple(Progression(text) for text in own)


def tritone_substitute(chord: Chord) -> Chord:
    """Return the dominant a tritone away, which shares the third and the seventh.

    >>> str(tritone_substitute(Chord.parse("G13")))
    'Db7#11'
    """
    return Chord((chord.root + 6) % 12, "7#11")


def dominant_of(target: Chord) -> Chord:
    """Return the dominant that leads to a chord: altered before minor, plain before major.

    >>> str(dominant_of(Chord.parse("Am9"))), str(dominant_of(Chord.parse("Fmaj9")))
    ('E7b9', 'C13')
    """
    root = (target.root + 7) % 12
    return Chord(root, "7b9" if is_minor_chord(target) else "13")


def two_five(target: Chord) -> tuple[Chord, Chord]:
    """Return the ii-V that leads to a chord.

    >>> [str(chord) for chord in two_five(Chord.parse("Am9"))]
    ['Bm7b5', 'E7b9']
    """
    quality = "hdim7" if is_minor_chord(target) else "min9"
    return Chord((target.root + 2) % 12, quality), dominant_of(target)


def is_minor_chord(chord: Chord) -> bool:
    """Tell whether the third above the root is minor.

    >>> is_minor_chord(Chord.parse("Bm7b5")), is_minor_chord(Chord.parse("B7#9"))
    (True, False)
    """
    return 3 in chord.intervals and 4 not in chord.intervals
