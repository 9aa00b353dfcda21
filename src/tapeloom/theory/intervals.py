"""Spelled pitches and the intervals between them."""

import re
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.core.pitch import LETTERS, line_of_fifths, name_on_line, pitch_class_name

_LETTERS = "CDEFGAB"
_STEP_SEMITONES = (0, 2, 4, 5, 7, 9, 11)  # of the major scale
_PERFECT = (0, 3, 4)  # unison, fourth, fifth, as steps
_QUALITY_WORDS = {
    "P": "perfect", "M": "major", "m": "minor", "A": "augmented", "d": "diminished",
}  # fmt: skip
_NUMBER_WORDS = (
    "unison", "second", "third", "fourth", "fifth", "sixth", "seventh", "octave", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth",
)  # fmt: skip
# Semitones within the octave -> how two notes so far apart sound together.
_CONSONANCE = {0: "perfect", 7: "perfect", 3: "imperfect", 4: "imperfect", 8: "imperfect",
               9: "imperfect"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpelledPitch:
    """A pitch as it is written: a letter, an accidental and an octave.

    >>> pitch = SpelledPitch.parse("Cb4")
    >>> pitch.midi, str(pitch), pitch.name
    (59, 'Cb4', 'Cb')
    """

    letter: str  # A to G
    alteration: int = 0  # semitones that the accidental raises
    octave: int = 4  # the octave of the letter: C4 is middle C, B3 lies below it

    def __post_init__(self) -> None:
        if self.letter not in LETTERS:
            raise InputError(f"letter is {self.letter!r}; it must be one of A to G")

    @classmethod
    def parse(cls, text: str) -> "SpelledPitch":
        """Read `F#4`, `Bb3`, `C##5`, `E♭-1`."""
        plain = text.strip().replace("♯", "#").replace("♭", "b")
        match = re.fullmatch(r"([A-Ga-g])(#*|b*)(-?\d+)", plain)
        if match is None:
            raise InputError(f"{text!r} is no pitch; write one like F#4 or Bb3")
        return cls(match[1].upper(), match[2].count("#") - match[2].count("b"), int(match[3]))

    @property
    def midi(self) -> int:
        """The MIDI number (60 is C4)."""
        return 12 * (self.octave + 1) + LETTERS[self.letter] + self.alteration

    @property
    def name(self) -> str:
        """The letter with its accidental."""
        sign = "#" * self.alteration if self.alteration > 0 else "b" * -self.alteration
        return self.letter + sign

    @property
    def height(self) -> int:
        """The number of steps above C0, whatever the accidentals."""
        return 7 * self.octave + _LETTERS.index(self.letter)

    def __str__(self) -> str:
        return f"{self.name}{self.octave}"


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval by its steps and semitones, upwards; it prints as `m3`, `P5`, `A4`, `M9`.

    >>> third = Interval.parse("m3")
    >>> third.semitones, str(third.inversion), third.words, third.consonance
    (3, 'M6', 'minor third', 'imperfect')
    >>> str(Interval.between("F4", "B4")), str(Interval.between("C4", "Ebb4"))
    ('A4', 'd3')
    """

    steps: int  # 0 a unison, 7 an octave
    semitones: int

    def __post_init__(self) -> None:
        if self.steps < 0:
            raise InputError(f"steps is {self.steps}; an interval is counted upwards, from 0")
        if abs(self._off) > 6:
            raise InputError(
                f"{self.steps} steps cannot be {self.semitones} semitones; "
                f"a natural interval of that size has {self._natural}"
            )

    @property
    def _natural(self) -> int:
        octaves, step = divmod(self.steps, 7)
        return 12 * octaves + _STEP_SEMITONES[step]

    @property
    def _off(self) -> int:
        return self.semitones - self._natural

    @classmethod
    def parse(cls, text: str) -> "Interval":
        """Read `m3`, `P5`, `A4`, `d5`, `AA4`, `M9`, `tritone`."""
        if text == "tritone":
            return cls(3, 6)
        match = re.fullmatch(r"(P|M|m|A{1,6}|d{1,6})(\d{1,2})", text.strip())
        steps = int(match[2]) - 1 if match else -1
        is_perfect = steps % 7 in _PERFECT
        wrong = match is not None and match[1] in "PMm" and (match[1] == "P") != is_perfect
        if match is None or steps < 0 or wrong:
            raise InputError(f"{text!r} is no interval; write one like m3, P5, A4, d7 or M9")
        flat = {"P": 0, "M": 0, "m": -1}.get(match[1])
        if flat is None:
            size = len(match[1])
            flat = size if match[1][0] == "A" else -size - (0 if is_perfect else 1)
        natural = cls(steps, 12 * (steps // 7) + _STEP_SEMITONES[steps % 7])
        return cls(steps, natural.semitones + flat)

    @classmethod
    def between(cls, low: str | SpelledPitch, high: str | SpelledPitch) -> "Interval":
        """Measure from one spelled pitch to another; the lower letter counts as the lower note."""
        first = SpelledPitch.parse(low) if isinstance(low, str) else low
        second = SpelledPitch.parse(high) if isinstance(high, str) else high
        if (first.height, first.midi) > (second.height, second.midi):
            first, second = second, first
        return cls(second.height - first.height, second.midi - first.midi)

    @classmethod
    def of_semitones(cls, semitones: int) -> "Interval":
        """Return the usual name of a distance: six semitones are an augmented fourth.

        >>> [str(Interval.of_semitones(n)) for n in (1, 6, 8, 14)]
        ['m2', 'A4', 'm6', 'M9']
        """
        octaves, rest = divmod(abs(semitones), 12)
        step = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)[rest]
        return cls(7 * octaves + step, abs(semitones))

    def __str__(self) -> str:
        return f"{self.quality}{self.steps + 1}"

    @property
    def quality(self) -> str:
        """The sign of the size: P, M, m, A, d, and AA, dd where it is doubly so."""
        off = self._off
        if self.steps % 7 in _PERFECT:
            return "P" if off == 0 else "A" * off if off > 0 else "d" * -off
        return {0: "M", -1: "m"}.get(off) or ("A" * off if off > 0 else "d" * (-off - 1))

    @property
    def words(self) -> str:
        """The interval in words."""
        size = {2: "doubly ", 3: "triply ", 4: "quadruply ", 5: "quintuply ", 6: "sextuply "}.get(
            len(self.quality), ""
        )
        number = self.steps
        name = _NUMBER_WORDS[number] if number < len(_NUMBER_WORDS) else f"{number + 1}th"
        return f"{size}{_QUALITY_WORDS[self.quality[0]]} {name}"

    @property
    def is_compound(self) -> bool:
        """Whether it is wider than an octave."""
        return self.steps > 7

    @property
    def simple(self) -> "Interval":
        """The interval within an octave; an octave stays one."""
        octaves = (self.steps - 1) // 7 if self.steps else 0
        return Interval(self.steps - 7 * octaves, self.semitones - 12 * octaves)

    @property
    def inversion(self) -> "Interval":
        """What completes the simple interval to an octave."""
        simple = self.simple
        return Interval(7 - simple.steps, 12 - simple.semitones)

    @property
    def consonance(self) -> str:
        """`perfect`, `imperfect`, `dissonant`, or `fourth`: by what lies below it.

        Augmented and diminished intervals are dissonant, whatever they sound like alone.

        >>> [Interval.parse(name).consonance for name in ("P8", "M6", "P4", "A2", "m10")]
        ['perfect', 'imperfect', 'fourth', 'dissonant', 'imperfect']
        """
        if self.quality[0] in "Ad":
            return "dissonant"
        if self.semitones % 12 == 5:
            return "fourth"
        return _CONSONANCE.get(self.semitones % 12, "dissonant")

    def above(self, pitch: str | SpelledPitch) -> SpelledPitch:
        """Return the pitch so far above another.

        >>> str(Interval.parse("M7").above("Db4")), str(Interval.parse("d5").above("B3"))
        ('C5', 'F4')
        """
        low = SpelledPitch.parse(pitch) if isinstance(pitch, str) else pitch
        octave, step = divmod(low.height + self.steps, 7)
        plain = SpelledPitch(_LETTERS[step], 0, octave)
        return SpelledPitch(_LETTERS[step], low.midi + self.semitones - plain.midi, octave)


def spelled(pitch: int, place: int) -> SpelledPitch:
    """Spell a MIDI pitch as the name at a place of the line of fifths.

    >>> str(spelled(61, 7)), str(spelled(61, -5)), str(spelled(60, 12)), str(spelled(59, -7))
    ('C#4', 'Db4', 'B#3', 'Cb4')
    """
    name = name_on_line(place)
    alteration = name.count("#") - name.count("b")
    letter, octave = name[0], pitch // 12 - 1
    natural = pitch - alteration
    if natural % 12 != LETTERS[letter]:
        raise InputError(f"{name} is no name for {pitch_class_name(pitch)}, pitch {pitch}")
    octave = natural // 12 - 1
    return SpelledPitch(letter, alteration, octave)


def place_of(pitch: SpelledPitch) -> int:
    """Return a spelled pitch's place on the line of fifths.

    >>> place_of(SpelledPitch.parse("F#4"))
    6
    """
    return line_of_fifths(pitch.letter) + 7 * pitch.alteration
