"""Keys and chords as values, with their text forms (lead-sheet and Harte)."""

import re
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.core.pitch import pitch_class, pitch_class_name

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
_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}


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
        accidentals = self.tonic.count("#") - self.tonic.count("b")
        return _FIFTHS[self.tonic[0]] + 7 * accidentals + _SIGNATURE_SHIFT[self.mode]

    def name_of(self, number: int) -> str:
        """Spell a pitch class with the accidentals of this key's side of the circle of fifths.

        >>> Key("E", "major").name_of(6), Key("F", "minor").name_of(6)
        ('F#', 'Gb')
        """
        return pitch_class_name(number, sharps=self.signature > 0)


@dataclass(frozen=True, slots=True)
class Quality:
    """A chord quality: semitones above the root (to 21), lead-sheet suffix, Harte text."""

    intervals: tuple[int, ...]
    symbol: str
    harte: str


QUALITIES: dict[str, Quality] = {
    name: Quality(intervals, symbol, harte)
    for name, intervals, symbol, harte in (
        ("maj", (0, 4, 7), "", "maj"),
        ("min", (0, 3, 7), "m", "min"),
        ("dim", (0, 3, 6), "dim", "dim"),
        ("aug", (0, 4, 8), "aug", "aug"),
        ("sus2", (0, 2, 7), "sus2", "sus2"),
        ("sus4", (0, 5, 7), "sus4", "sus4"),
        ("5", (0, 7), "5", "(1,5)"),
        ("maj6", (0, 4, 7, 9), "6", "maj6"),
        ("min6", (0, 3, 7, 9), "m6", "min6"),
        ("maj7", (0, 4, 7, 11), "maj7", "maj7"),
        ("min7", (0, 3, 7, 10), "m7", "min7"),
        ("7", (0, 4, 7, 10), "7", "7"),
        ("dim7", (0, 3, 6, 9), "dim7", "dim7"),
        ("hdim7", (0, 3, 6, 10), "m7b5", "hdim7"),
        ("minmaj7", (0, 3, 7, 11), "mMaj7", "minmaj7"),
        ("aug7", (0, 4, 8, 10), "aug7", "(3,#5,b7)"),
        ("augmaj7", (0, 4, 8, 11), "augMaj7", "(3,#5,7)"),
        ("7sus4", (0, 5, 7, 10), "7sus4", "sus4(b7)"),
        ("add9", (0, 4, 7, 14), "add9", "maj(9)"),
        ("minadd9", (0, 3, 7, 14), "madd9", "min(9)"),
        ("6/9", (0, 4, 7, 9, 14), "6/9", "maj6(9)"),
        ("min6/9", (0, 3, 7, 9, 14), "m6/9", "min6(9)"),
        ("maj9", (0, 4, 7, 11, 14), "maj9", "maj9"),
        ("min9", (0, 3, 7, 10, 14), "m9", "min9"),
        ("9", (0, 4, 7, 10, 14), "9", "9"),
        ("9sus4", (0, 5, 7, 10, 14), "9sus4", "sus4(b7,9)"),
        ("minmaj9", (0, 3, 7, 11, 14), "mMaj9", "minmaj7(9)"),
        ("7b9", (0, 4, 7, 10, 13), "7b9", "7(b9)"),
        ("7#9", (0, 4, 7, 10, 15), "7#9", "7(#9)"),
        ("7#11", (0, 4, 7, 10, 18), "7#11", "7(#11)"),
        ("7b13", (0, 4, 7, 10, 20), "7b13", "7(b13)"),
        ("maj7#11", (0, 4, 7, 11, 18), "maj7#11", "maj7(#11)"),
        ("maj13", (0, 4, 7, 11, 14, 21), "maj13", "maj13"),
        ("min11", (0, 3, 7, 10, 14, 17), "m11", "min11"),
        ("11", (0, 4, 7, 10, 14, 17), "11", "11"),
        ("13", (0, 4, 7, 10, 14, 21), "13", "13"),
        ("13sus4", (0, 5, 7, 10, 14, 21), "13sus4", "sus4(b7,9,13)"),
        ("min13", (0, 3, 7, 10, 14, 21), "m13", "min13"),
    )
}
_BY_SYMBOL = {quality.symbol: name for name, quality in QUALITIES.items()}
_BY_SYMBOL |= {
    "M7": "maj7", "Δ": "maj7", "Δ7": "maj7", "M9": "maj9", "-": "min", "-7": "min7", "-9": "min9",
    "min": "min", "min7": "min7", "min9": "min9", "ø": "hdim7", "ø7": "hdim7", "o": "dim",
    "°": "dim", "o7": "dim7", "°7": "dim7", "+": "aug", "+7": "aug7", "7#5": "aug7", "69": "6/9",
    "m69": "min6/9", "maj": "maj", "M": "maj", "sus": "sus4", "7sus": "7sus4", "9sus": "9sus4",
    "13sus": "13sus4", "mM7": "minmaj7", "maj7#5": "augmaj7",
}  # fmt: skip
_BY_HARTE = {quality.harte: name for name, quality in QUALITIES.items()}
_DEGREES = {"1": 0, "2": 2, "3": 4, "4": 5, "5": 7, "6": 9, "7": 11, "9": 2, "11": 5, "13": 9}
_DEGREE_OF = ("1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7")


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
    quality: str = "maj"  # a name in QUALITIES
    bass: int | None = None  # pitch class 0..11; None is the root

    def __post_init__(self) -> None:
        if self.quality not in QUALITIES:
            raise InputError(f"{self.quality!r} is no chord quality; see core.harmony.QUALITIES")
        if not 0 <= self.root <= 11 or not 0 <= (self.bass or 0) <= 11:
            raise InputError("a chord's root and bass are pitch classes 0 to 11")
        if self.bass == self.root:
            object.__setattr__(self, "bass", None)

    @property
    def intervals(self) -> tuple[int, ...]:
        """Semitones above the root, 0..21."""
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

    def symbol(self, key: Key | None = None) -> str:
        """Write lead-sheet text, spelled on the key's side of the circle of fifths (else flats).

        >>> Chord(6, "hdim7").symbol(Key("E", "minor")), Chord(6, "hdim7").symbol()
        ('F#m7b5', 'Gbm7b5')
        """
        name = key.name_of if key else pitch_class_name
        slash = "" if self.bass is None else f"/{name(self.bass)}"
        return f"{name(self.root)}{QUALITIES[self.quality].symbol}{slash}"

    def __str__(self) -> str:
        return self.symbol()

    def harte(self) -> str:
        """Write Harte's text (Harte et al., ISMIR 2005), the bass as a degree of the chord."""
        slash = "" if self.bass is None else f"/{_DEGREE_OF[(self.bass - self.root) % 12]}"
        return f"{pitch_class_name(self.root)}:{QUALITIES[self.quality].harte}{slash}"

    @classmethod
    def parse(cls, text: str) -> "Chord":
        """Read lead-sheet text such as `Ebm9/Bb`, `F#m7b5`, `C6/9`."""
        match = re.fullmatch(r"([A-G](?:#|b)?)(.*?)(?:/([A-G](?:#|b)?))?", text.strip())
        quality = _BY_SYMBOL.get(match[2]) if match else None
        if match is None or quality is None:
            raise InputError(f"{text!r} is no chord that is known; write one like Am7, Ebm9/Bb")
        bass = None if match[3] is None else pitch_class(match[3])
        return cls(pitch_class(match[1]), quality, bass)

    @classmethod
    def parse_harte(cls, text: str) -> "Chord":
        """Read Harte's text such as `Eb:min9/5`; a bare root is a major triad."""
        match = re.fullmatch(r"([A-G][#b]*)(?::([^/]+))?(?:/([b#]*)(\d+))?", text.strip())
        quality = _BY_HARTE.get(match[2] or "maj") if match else None
        if match is None or quality is None or (match[4] and match[4] not in _DEGREES):
            raise InputError(f"{text!r} is no Harte chord that is known; write one like Eb:min9/5")
        root = pitch_class(match[1])
        if match[4] is None:
            return cls(root, quality)
        shift = match[3].count("#") - match[3].count("b")
        return cls(root, quality, (root + _DEGREES[match[4]] + shift) % 12)
