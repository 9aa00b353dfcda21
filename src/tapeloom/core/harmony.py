"""Keys and chords as values, with their text forms (lead-sheet and Harte)."""

import re
from dataclasses import dataclass

from tapeloom.core.chord_text import is_no_chord, read_harte, read_symbol
from tapeloom.core.errors import InputError
from tapeloom.core.pitch import (
    line_of_fifths,
    pitch_class,
    pitch_class_name,
    plain_name,
)
from tapeloom.core.qualities import QUALITIES, Quality, quality_of, read_degrees

__all__ = ["MODES", "QUALITIES", "Chord", "Key", "Quality", "parse_chords"]

MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
}
_MODE_WORDS = {"": "major", "maj": "major", "m": "minor", "min": "minor", "ionian": "major"}
_MODE_WORDS |= {"aeolian": "minor"} | {mode: mode for mode in MODES}
# Fifths from C major that the parallel mode's signature lies away from the major one's.
_SIGNATURE_SHIFT = {
    "major": 0, "minor": -3, "dorian": -2, "phrygian": -4, "lydian": 1, "mixolydian": -1,
    "locrian": -5,
}  # fmt: skip
_DEGREE_OF = ("1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7")
_DEGREE_ON_LINE = (0, 2, 4, -1, 1, 3, 5)  # fifths from the root to its degrees 1 to 7


@dataclass(frozen=True, slots=True)
class Key:
    """A spelled tonic and a mode.

    >>> Key.parse("F# minor"), str(Key.parse("Am")), Key.parse("D dorian").scale
    (Key(tonic='F#', mode='minor'), 'A minor', (2, 4, 5, 7, 9, 11, 0))
    >>> Key.parse("H#")
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: 'H#' is no key; write one like Am, F# minor, Eb major ...
    """

    tonic: str = "A"
    mode: str = "minor"

    def __post_init__(self) -> None:
        pitch_class(self.tonic)
        if self.mode not in MODES:
            raise InputError(f"{self.mode!r} is no mode; choose one of {', '.join(MODES)}")

    @classmethod
    def parse(cls, text: str) -> "Key":
        """Read `Am`, `F# minor`, `Eb major`, `Bb`, `d dorian`."""
        match = re.fullmatch(r"([A-Ga-g])([#b♯♭]?)[ _-]*([A-Za-z]*)", text.strip())
        word = match[3] if match else "?"
        mode = _MODE_WORDS.get(word if word in ("m", "M") else word.lower())
        if match and word == "M":
            mode = "major"
        if match is None or mode is None:
            raise InputError(
                f"{text!r} is no key; write one like Am, F# minor, Eb major or D dorian"
            )
        accidental = match[2].replace("♯", "#").replace("♭", "b")
        return cls(match[1].upper() + accidental, mode)

    def __str__(self) -> str:
        return f"{self.tonic} {self.mode}"

    @property
    def pitch_class(self) -> int:
        """The tonic's pitch class 0..11."""
        return pitch_class(self.tonic)

    @property
    def scale(self) -> tuple[int, ...]:
        """The seven pitch classes from the tonic up."""
        return tuple((self.pitch_class + step) % 12 for step in MODES[self.mode])

    @property
    def is_minor(self) -> bool:
        """Whether the third above the tonic is minor."""
        return MODES[self.mode][2] == 3

    @property
    def signature(self) -> int:
        """Sharps (positive) or flats (negative) in the key signature.

        >>> Key("A", "minor").signature, Key("Eb", "major").signature, Key("F#", "minor").signature
        (0, -3, 3)
        """
        return line_of_fifths(self.tonic) + _SIGNATURE_SHIFT[self.mode]

    def name_of(self, number: int) -> str:
        """Spell a pitch class in this key, with at most one accidental.

        The scale as it is, and around it the flat second, third, sixth and seventh, the raised
        fourth and what the melodic minor raises: the harmonic chromatic scale.

        >>> Key("E", "major").name_of(6), Key("F", "minor").name_of(6), Key("A").name_of(8)
        ('F#', 'Gb', 'G#')
        """
        return plain_name(self.place_of(number))

    def place_of(self, number: int) -> int:
        """Return the place of a pitch class on the line of fifths, spelled as `name_of` says.

        >>> Key("C", "major").place_of(6), Key("C", "locrian").place_of(6)
        (6, -6)
        """
        lowest = -6 if self.mode == "locrian" else -5
        above = (7 * (number - self.pitch_class) - lowest) % 12 + lowest
        return line_of_fifths(self.tonic) + above


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord as root, quality and bass; it prints and parses as lead-sheet text and as Harte.

    >>> chord = Chord.parse("Ebm9/Bb")
    >>> chord.harte(), str(chord), Chord.parse_harte("Eb:min9/5") == chord
    ('Eb:min9/5', 'Ebm9/Bb', True)
    >>> Chord.parse("Am7").pitch_classes
    (9, 0, 4, 7)
    """

    root: int  # pitch class 0..11
    quality: str = "maj"  # a name in QUALITIES, or a list of degrees such as (1,3,b9)
    bass: int | None = None  # pitch class 0..11; None is the root

    def __post_init__(self) -> None:
        if self.quality not in QUALITIES:
            degrees = read_degrees(self.quality)
            if degrees is None:
                raise InputError(
                    f"{self.quality!r} is no chord quality; see core.harmony.QUALITIES"
                )
            object.__setattr__(self, "quality", quality_of(degrees))
        if not 0 <= self.root <= 11 or not 0 <= (self.bass or 0) <= 11:
            raise InputError("a chord's root and bass are pitch classes 0 to 11")
        if self.bass == self.root:
            object.__setattr__(self, "bass", None)

    @property
    def intervals(self) -> tuple[int, ...]:
        """Semitones above the root, 0..22."""
        return QUALITIES[self.quality].intervals

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """Pitch classes from the root up, the bass not added."""
        return tuple((self.root + step) % 12 for step in self.intervals)

    @property
    def bass_pitch_class(self) -> int:
        """The lowest note's pitch class."""
        return self.root if self.bass is None else self.bass

    def transpose(self, semitones: int) -> "Chord":
        """Move root and bass.

        >>> str(Chord.parse("Dm7/C").transpose(2))
        'Em7/D'
        """
        bass = None if self.bass is None else (self.bass + semitones) % 12
        return Chord((self.root + semitones) % 12, self.quality, bass)

    def symbol(self, key: Key | None = None, *, root: str | None = None) -> str:
        """Write lead-sheet text, spelled in the key (else with flats).

        A diminished chord's root is a leading tone, so it is spelled as a raised degree; a bass is
        spelled as the degree of the chord that it is. `root` gives the root another name.

        >>> Chord(6, "hdim7").symbol(Key("E", "minor")), Chord(6, "hdim7").symbol()
        ('F#m7b5', 'Gbm7b5')
        >>> c = Key("C", "major")
        >>> [Chord(*chord).symbol(c) for chord in ((1, "7"), (1, "dim7"), (9, "7", 1))]
        ['Db7', 'C#dim7', 'A7/C#']
        """
        root = self._spell_root(key) if root is None else root
        bass = "" if self.bass is None else f"/{self._spell_bass(root, key)}"
        return f"{root}{QUALITIES[self.quality].symbol}{bass}"

    def _spell_root(self, key: Key | None) -> str:
        if key is None:
            return pitch_class_name(self.root)
        place = key.place_of(self.root)
        above = place - line_of_fifths(key.tonic)
        is_leading = self.intervals[1:3] == (3, 6) and self.root not in key.scale
        return plain_name(place + 12) if is_leading and above in (-3, -4, -5) else plain_name(place)

    def _spell_bass(self, root: str, key: Key | None) -> str:
        above = (self.bass_pitch_class - self.root) % 12
        for (number, alteration), step in zip(
            QUALITIES[self.quality].degrees, self.intervals, strict=True
        ):
            if step % 12 == above:
                fifths = _DEGREE_ON_LINE[(number - 1) % 7] + 7 * alteration
                place = line_of_fifths(root) + fifths
                # Without a key nobody looks for a Cb or a B#.
                return plain_name(place) if key or -7 < place < 11 else pitch_class_name(7 * place)
        number = self.bass_pitch_class
        return key.name_of(number) if key else pitch_class_name(number)

    def __str__(self) -> str:
        return self.symbol()

    def harte(self) -> str:
        """Write Harte's text (Harte et al., ISMIR 2005), the bass as a degree of the chord.

        >>> Chord.parse("C13b9").harte(), Chord.parse("C/Bb").harte()
        ('C:7(b9,13)', 'C:maj/b7')
        """
        slash = "" if self.bass is None else f"/{_DEGREE_OF[(self.bass - self.root) % 12]}"
        return f"{pitch_class_name(self.root)}:{QUALITIES[self.quality].harte}{slash}"

    @classmethod
    def parse(cls, text: str) -> "Chord":
        """Read lead-sheet text such as `Ebm9/Bb`, `F#ø`, `C7(b9,#11)`, `D|C7`.

        A polychord becomes the chord that has its notes over the lower chord's root: `D|C7`, or
        `D/C7`, is a C13#11.

        >>> [Chord.parse(text).quality for text in ("C-Δ7", "C7alt", "C7(#9,b13)", "Csus", "D|C7")]
        ['minmaj7', '7alt', '7#9b13', 'sus4', '13#11']
        """
        return cls(*read_symbol(text))

    @classmethod
    def parse_harte(cls, text: str) -> "Chord":
        """Read Harte's text such as `Eb:min9/5` or `C:maj7(*5,9)`; a bare root is a major triad.

        >>> Chord.parse_harte("C:maj7(*5,9)"), Chord.parse_harte("F#:(b3,5,b7)/b3")
        (Chord(root=0, quality='(1,3,7,9)', bass=None), Chord(root=6, quality='min7', bass=9))
        """
        return cls(*read_harte(text))


def parse_chords(text: str) -> tuple[Chord | None, ...]:
    """Read a line of chord symbols; None stands for `N.C.`, and `%` repeats. Bar lines are skipped.

    >>> [str(chord) for chord in parse_chords("| Dm7 G7 | N.C. | Cmaj7 % |")]
    ['Dm7', 'G7', 'None', 'Cmaj7', 'Cmaj7']
    """
    found: list[Chord | None] = []
    for word in re.split(r"(?:\s|(?<=\s)\||^\||\|$|\|(?=\s)|,(?=\s))+", text.strip()):
        if word and set(word) <= set("|:-–[]"):
            continue
        if word in ("%", "/"):
            if not found:
                raise InputError(f"{word!r} repeats the chord before it, and there is none")
            found.append(found[-1])
        elif word:
            found.append(None if is_no_chord(word) else Chord.parse(word))
    return tuple(found)
