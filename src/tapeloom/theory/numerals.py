"""Roman numerals in the conventions of romanText, read and written as values.

M. Gotham, D. Tymoczko, M. Cuthbert, "The RomanText Format", ISMIR 2019, as music21 reads it. The
case of a numeral and its sign (`o`, `ø` or `/o`, `+`) tell the triad; sevenths, ninths and what is
above come from the key's scale (natural minor), so that `I7` is a major seventh and `V9` in minor
has a flat ninth. What differs is bracketed: `V7[addb9]`, `I7[b7]`, `V[no3][add4]`.

The sixth and seventh degrees of minor: `vi`, `vio`, `vii`, `viio` stand on the raised degree, `VI`
and `VII` on the natural one; an accidental that says so once more is a cautionary one (`#viio`,
`bVI`). `[bass4]` is our own sign for a bass that is no note of the chord.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from tapeloom.core.chord_grammar import DEGREE_OF, read_degree, read_suffix, semitones
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, Chord, Key
from tapeloom.core.qualities import quality_of

NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")
TRIADS = {"maj": (4, 7), "dom": (4, 7), "min": (3, 7), "dim": (3, 6), "hdim": (3, 6), "aug": (4, 8)}
SIGNS = {"maj": "", "dom": "d", "min": "", "dim": "o", "hdim": "ø", "aug": "+"}
FIGURES = {5: ("", "6", "64"), 7: ("7", "65", "43", "42"), 9: ("9",), 11: ("11",), 13: ("13",)}
READ_FIGURES = {
    text: (extension, inversion)
    for extension, texts in FIGURES.items()
    for inversion, text in enumerate(texts)
} | {
    "5": (5, 0), "53": (5, 0), "3": (5, 0), "63": (5, 1), "753": (7, 0), "73": (7, 0), "75": (7, 0),
    "653": (7, 1), "643": (7, 2), "642": (7, 3), "2": (7, 3), "97": (9, 0), "975": (9, 0),
    "9753": (9, 0), "119": (11, 0), "1311": (13, 0),
}  # fmt: skip
_LETTERS = {"maj": "", "dom": "", "min": "m", "dim": "dim", "hdim": "ø", "aug": "aug"}
# Augmented sixths: the root that theory gives them, then their steps above the tonic.
_SIXTHS = {"It": (6, 8, 0), "Ger": (6, 8, 0, 3), "Fr": (2, 6, 8, 0), "Sw": (3, 6, 8, 0)}
SIXTH_FIGURES = {"It": ("6", 1), "Ger": ("65", 1), "Fr": ("43", 2), "Sw": ("43", 2)}
_PATTERN = re.compile(
    r"(?P<accidental>[b#-]{0,2})(?:(?P<special>It|Ger|Fr|Sw|N|Cad)|(?P<numeral>[ivIV]+))(?P<rest>.*)"
)
_BRACKET = re.compile(r"\[(no\d{1,2}|add[b#]{0,2}\d{1,2}|[b#]{1,2}\d{1,2}|bass[b#]{0,2}\d{1,2})\]")
_ADVICE = "write one like V65/V, viio7, bVI, Ger65 or IV[add9]"


@dataclass(frozen=True, slots=True)
class RomanNumeral:
    """A Roman numeral: what is written, apart from a key.

    >>> numeral = RomanNumeral.parse("V65/V")
    >>> str(numeral), str(numeral.chord(Key("C", "major"))), numeral.of
    ('V65/V', 'D7/F#', RomanNumeral(degree=5, triad='maj', accidental=0, extension=5, inversion=0,
     changes=(), special='', suffix=None, of=None))
    >>> [str(RomanNumeral.parse(text).chord(Key("C", "minor"))) for text in ("viio7", "N6", "Fr43")]
    ['Bdim7', 'Db/F', 'Ab7b5']
    """

    degree: int  # 1..7
    triad: str = "maj"  # a name in TRIADS: the numeral's case and sign
    accidental: int = 0  # semitones, as written before the numeral
    extension: int = 5  # the highest figure: 5, 7, 9, 11 or 13
    inversion: int = 0  # 0 is root position
    changes: tuple[str, ...] = ()  # in brackets: no5, add9, b7, bass4
    special: str = ""  # It, Ger, Fr, Sw, N or Cad
    suffix: str | None = None  # a lead sheet's text in the place of figures (`V7alt`)
    of: "RomanNumeral | None" = None  # what an applied chord leads to

    def __post_init__(self) -> None:
        if not 1 <= self.degree <= 7 or self.triad not in TRIADS or self.extension not in FIGURES:
            raise InputError(f"degree {self.degree}, {self.triad} {self.extension} is no numeral")
        if not 0 <= self.inversion < (4 if self.extension >= 7 else 3):
            raise InputError(f"inversion is {self.inversion}; the numeral has no such inversion")
        for change in self.changes:
            if _BRACKET.fullmatch(f"[{change}]") is None:
                raise InputError(f"{change!r} is no change of a numeral; write add9, no5 or b7")

    def __str__(self) -> str:
        tail = f"/{self.of}" if self.of else ""
        brackets = "".join(f"[{change}]" for change in self.changes)
        if self.special in _SIXTHS:
            figure = FIGURES[5 if self.special == "It" else 7][self.inversion]
            return f"{self.special}{figure}{brackets}{tail}"
        if self.special == "Cad":
            return f"Cad64{brackets}{tail}"
        figure = FIGURES[self.extension][self.inversion]
        if self.special == "N":
            return f"N{figure or '53'}{brackets}{tail}"
        front = "#" * self.accidental if self.accidental > 0 else "b" * -self.accidental
        name = NUMERALS[self.degree - 1]
        if self.triad in ("min", "dim", "hdim"):
            name = name.lower()
        if self.suffix is not None:
            return f"{front}{name}{self.suffix}{brackets}{tail}"
        return f"{front}{name}{SIGNS[self.triad]}{figure}{brackets}{tail}"

    @classmethod
    def parse(cls, text: str, *, jazz: bool = False) -> "RomanNumeral":
        """Read romanText such as `V65/V`, `viio7`, `ii/o65`, `bVI`, `Ger65`, `IV[add9]`.

        jazz   what follows the numeral is a lead sheet's text, so that `I7` is a dominant

        >>> RomanNumeral.parse("ii/o65").triad, str(RomanNumeral.parse("V7b9", jazz=True))
        ('hdim', 'V7b9')
        """
        return _parse(text.strip(), jazz)

    def chord(self, key: Key) -> Chord:
        """Return the chord that the numeral is in a key.

        An augmented sixth has the flat sixth degree as its root, as a dominant seventh would.

        >>> str(RomanNumeral.parse("V43/ii").chord(Key("Bb", "major")))
        'G7/D'
        """
        return chord_in(self, key.pitch_class, MODES[key.mode], key.mode == "minor")

    @property
    def is_applied(self) -> bool:
        """Whether the numeral belongs to another degree than the tonic (`V/V`)."""
        return self.of is not None


@lru_cache(maxsize=16384)
def _parse(text: str, jazz: bool) -> RomanNumeral:
    wrong = InputError(f"{text!r} is no Roman numeral; {_ADVICE}")
    plain = text.replace("♭", "b").replace("♯", "#").replace("°", "o").replace("%", "ø")
    plain = re.sub(r"(?<=\d)/(?=\d)", "", plain.replace("/o", "ø"))
    head, slash, tail = plain.partition("/")
    of = _parse(tail, False) if slash else None
    match = _PATTERN.fullmatch(head)
    if match is None:
        raise wrong
    accidental = match["accidental"].count("#") - len(re.findall(r"[b-]", match["accidental"]))
    changes = tuple(_BRACKET.findall(match["rest"]))
    rest = _BRACKET.sub("", match["rest"])
    if "[" in rest or "]" in rest:
        raise wrong
    if match["special"]:
        return _special(match["special"], rest, changes, of, wrong)
    name = match["numeral"]
    if name.upper() not in NUMERALS or name not in (name.upper(), name.lower()):
        raise wrong
    degree, is_small = NUMERALS.index(name.upper()) + 1, name.islower()
    sign = re.match(r"d(?=[2467])|[oø+]?", rest)
    triad = {"o": "dim", "ø": "hdim", "+": "aug", "d": "dom", "": "min" if is_small else "maj"}[
        sign[0] if sign else ""
    ]
    figures = rest[sign.end() if sign else 0 :]
    extra = re.fullmatch(r"(\d*)((?:[b#]{1,2}\d{1,2})*)", figures)
    if jazz or extra is None or extra[1] not in READ_FIGURES:
        if read_suffix(spell_out(triad, figures)) is None:
            raise wrong
        return RomanNumeral(degree, triad, accidental, changes=changes, suffix=rest, of=of)
    extension, inversion = READ_FIGURES[extra[1]]
    for sharp, number in re.findall(r"([b#]+)(\d+)", extra[2]):
        changes += (f"{'add' if int(number) > extension else ''}{sharp}{number}",)
    return RomanNumeral(degree, triad, accidental, extension, inversion, changes, of=of)


def _special(
    name: str, rest: str, changes: tuple[str, ...], of: RomanNumeral | None, wrong: InputError
) -> RomanNumeral:
    if name == "Cad" and rest in ("64", ""):
        return RomanNumeral(1, "maj", inversion=2, special="Cad", changes=changes, of=of)
    if name == "N":
        found = READ_FIGURES.get(rest or "6")
        if found is None or found[0] > 7:
            raise wrong
        return RomanNumeral(2, "maj", -1, *found, changes=changes, special="N", of=of)
    if name in _SIXTHS:
        default = SIXTH_FIGURES[name][0]
        figure = rest.removeprefix("+")
        figure = default if figure in ("", "6") else figure
        found = READ_FIGURES.get(figure)
        if found is None or found[0] > (5 if name == "It" else 7):
            raise wrong
        triad, degree, front = ("maj", 2, 0) if name in ("Fr", "Sw") else ("min", 4, 1)
        return RomanNumeral(degree, triad, front, *found, changes=changes, special=name, of=of)
    raise wrong


def spell_out(triad: str, suffix: str) -> str:
    """Return a whole lead-sheet suffix from a numeral's case and sign and the text after it.

    >>> spell_out("min", "maj7"), spell_out("hdim", "")
    ('mmaj7', 'ø')
    """
    if triad == "min" and suffix[:1] in ("m", "-") and not suffix.startswith("maj"):
        return suffix
    return _LETTERS[triad] + suffix


@lru_cache(maxsize=32768)
def chord_in(numeral: RomanNumeral, tonic: int, steps: tuple[int, ...], minor: bool) -> Chord:
    """Return a numeral's chord over a tonic and its scale; what `RomanNumeral.chord` does.

    steps   the scale in semitones above the tonic
    minor   whether the sixth and seventh degrees follow the conventions of minor

    >>> str(chord_in(RomanNumeral.parse("ii65"), 0, MODES["major"], False))
    'Dm7/F'
    """
    if numeral.of is not None:
        target = chord_in(numeral.of, tonic, steps, minor)
        is_minor = 3 in target.intervals and 4 not in target.intervals
        inside = replace(numeral, of=None)
        return chord_in(inside, target.root, MODES["minor" if is_minor else "major"], is_minor)
    if numeral.special in _SIXTHS:
        return _augmented_sixth(numeral, tonic)
    if numeral.special == "Cad":
        return Chord(tonic, "min" if steps[2] == 3 else "maj", (tonic + 7) % 12)
    is_neapolitan = numeral.special == "N"
    root = (tonic + 1) % 12 if is_neapolitan else _root_in(numeral, tonic, steps, minor)
    if numeral.suffix is not None:
        sign = SIGNS[numeral.triad]
        degrees = read_suffix(spell_out(numeral.triad, numeral.suffix.removeprefix(sign)))
        if degrees is None:
            raise InputError(f"{numeral} is no Roman numeral; {_ADVICE}")
        return Chord(root, quality_of(degrees), _slash(numeral, root))
    tones = stack_of(numeral, root, tonic, steps)
    bass = tones.get((1, 3, 5, 7)[numeral.inversion], 0)
    slash = _slash(numeral, root)
    degrees = tuple(DEGREE_OF[step] for step in sorted(set(tones.values())))
    return Chord(root, quality_of(degrees), (root + bass) % 12 if slash is None else slash)


def _slash(numeral: RomanNumeral, root: int) -> int | None:
    for change in numeral.changes:
        if change.startswith("bass"):
            degree = read_degree(change[4:])
            return None if degree is None else (root + semitones(degree)) % 12
    return None


def _root_in(numeral: RomanNumeral, tonic: int, steps: tuple[int, ...], minor: bool) -> int:
    shift = numeral.accidental
    if minor and numeral.degree in (6, 7):
        is_raised = numeral.triad in ("min", "dim", "hdim")
        if (shift == 0 and is_raised) or shift < 0:
            shift += 1  # `vii` is raised unsaid; `bVI` says with caution what is so
    return (tonic + steps[numeral.degree - 1] + shift) % 12


def stack_of(
    numeral: RomanNumeral, root: int, tonic: int, steps: tuple[int, ...]
) -> dict[int | str, int]:
    """Return the semitones above the root by their number in the stack of thirds.

    >>> stack_of(RomanNumeral.parse("V9"), 7, 0, MODES["minor"])
    {1: 0, 3: 4, 5: 7, 7: 10, 9: 13}
    """

    def of_scale(number: int) -> int:
        """Return the scale's tone so far above the numeral's degree, in semitones (1 to 22)."""
        above = (tonic + steps[(numeral.degree + number - 2) % 7] - root) % 12
        return above + (12 if number > 7 else 0)

    third, fifth = TRIADS[numeral.triad]
    tones: dict[int | str, int] = {1: 0, 3: third, 5: fifth}
    if numeral.extension >= 7:
        tones[7] = {"dim": 9, "hdim": 10, "dom": 10}.get(numeral.triad, of_scale(7))
        if numeral.triad == "min" and tones[7] == 11:
            tones[7] = 10  # i7 and iv7 borrowed in major keep their minor seventh
    for number in (9, 11, 13):
        if numeral.extension >= number:
            tones[number] = of_scale(number)
    for change in numeral.changes:
        match = re.fullmatch(r"(no|add|)([b#]*)(\d+)", change)
        if match is None:
            continue
        number, shift = int(match[3]), match[2].count("#") - match[2].count("b")
        if match[1] == "no":
            tones.pop(number, None)
        elif match[1] == "add":
            above = of_scale(number) + shift
            floor = 12 if number > 7 else 0
            tones[change] = floor + (above - floor) % 12 if number != 8 else 12
        elif number in tones:
            tones[number] += shift
    return {name: step % 24 for name, step in tones.items()}


def _augmented_sixth(numeral: RomanNumeral, tonic: int) -> Chord:
    above = _SIXTHS[numeral.special]
    root = (tonic + 8) % 12
    degrees = tuple(DEGREE_OF[step] for step in sorted((step - 8) % 12 for step in above))
    return Chord(root, quality_of(degrees), (tonic + above[numeral.inversion]) % 12)
