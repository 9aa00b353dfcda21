"""Figured bass: a bass note with the intervals above it, read as a chord.

`E:6` is the triad whose third is E, `F:65` a seventh chord on its third, `G:7#` one on its root
with a raised third, `A:#6` a sixth chord with a raised sixth, `C:4` a suspended fourth. Figures
stand for notes of the key's scale (natural minor); a sharp, flat or natural alone is meant for the
third.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from tapeloom.core.chord_grammar import DEGREE_OF
from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.pitch import LETTERS
from tapeloom.core.qualities import quality_of

# What short figures stand for, and which of them is the root (1 is the bass itself).
_MEANT: dict[tuple[int, ...], tuple[tuple[int, ...], int]] = {
    (): ((3, 5), 1), (3,): ((3, 5), 1), (5,): ((3, 5), 1), (5, 3): ((3, 5), 1),
    (6,): ((3, 6), 6), (6, 3): ((3, 6), 6), (6, 4): ((4, 6), 4),
    (7,): ((3, 5, 7), 1), (7, 3): ((3, 5, 7), 1), (7, 5): ((3, 5, 7), 1),
    (7, 5, 3): ((3, 5, 7), 1), (6, 5): ((3, 5, 6), 6), (6, 5, 3): ((3, 5, 6), 6),
    (4, 3): ((3, 4, 6), 4), (6, 4, 3): ((3, 4, 6), 4), (4, 2): ((2, 4, 6), 2),
    (2,): ((2, 4, 6), 2), (6, 4, 2): ((2, 4, 6), 2), (4,): ((4, 5), 1), (5, 4): ((4, 5), 1),
    (7, 4): ((4, 5, 7), 1), (9,): ((3, 5, 9), 1), (9, 7): ((3, 5, 7, 9), 1),
    (9, 5): ((3, 5, 9), 1),
}  # fmt: skip
_TOKEN = re.compile(r"([A-G])([#b]?)(?::(\S*))?")
_FIGURE = re.compile(r"([#bn]?)(\d?)")
_LETTERS = "CDEFGAB"


def is_figured(word: str) -> bool:
    """Tell whether a word is a bass note with figures.

    >>> is_figured("E:6"), is_figured("E6")
    (True, False)
    """
    return ":" in word and _TOKEN.fullmatch(word) is not None


@lru_cache(maxsize=4096)
def figured_chord(word: str, key: Key) -> Chord:
    """Read one bass note with its figures in a key.

    >>> c = Key("C", "major")
    >>> [str(figured_chord(word, c)) for word in ("C", "E:6", "B:65", "G:64", "D:7#", "F:42")]
    ['C', 'C/E', 'G7/B', 'C/G', 'D7', 'G7/F']
    >>> str(figured_chord("E:#", Key("A", "minor"))), str(figured_chord("F:6#6", c))
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: 'F:6#6' has figures that no chord is known for; ...
    """
    match = _TOKEN.fullmatch(word)
    if match is None:
        raise InputError(f"{word!r} is no figured bass; write a note and figures, such as E:6")
    letter, sign, text = match[1], match[2], match[3] or ""
    marks = [pair for pair in _FIGURE.findall(text.replace("/", "")) if any(pair)]
    if "".join(a + b for a, b in marks) != text.replace("/", ""):
        raise InputError(
            f"{word!r} has figures that can't be read; write some like 6, 65, 43 or 7#"
        )
    signs = {int(number) if number else 3: accidental for accidental, number in marks}
    numbers = tuple(sorted((int(number) for _, number in marks if number), reverse=True))
    if numbers not in _MEANT or len(set(numbers)) < len(numbers):
        known = ", ".join("".join(map(str, each)) for each in _MEANT if each)
        raise InputError(f"{word!r} has figures that no chord is known for; choose from {known}")
    meant, root = _MEANT[numbers]
    bass = (LETTERS[letter] + {"": 0, "#": 1, "b": -1}[sign]) % 12
    tones = {
        number: _above(letter, number, signs.get(number, ""), key)
        for number in sorted({*meant, *(number for number in signs if number == 3)})
    }
    foot = bass if root == 1 else tones[root]
    steps = {(tone - foot) % 12 for tone in (bass, *tones.values())}
    return Chord(foot, quality_of(tuple(DEGREE_OF[step] for step in sorted(steps))), bass)


def _above(letter: str, number: int, sign: str, key: Key) -> int:
    """Return the pitch class so many letters above a bass, with the key's own accidental."""
    there = _LETTERS[(_LETTERS.index(letter) + number - 1) % 7]
    if sign == "n":
        return LETTERS[there]
    home = _LETTERS.index(key.tonic[0])
    own = key.scale[(_LETTERS.index(there) - home) % 7]
    return (own + {"": 0, "#": 1, "b": -1}[sign]) % 12


def figured_bass(words: Sequence[str], key: Key) -> tuple[Chord, ...]:
    """Read a line of bass notes with figures.

    >>> [str(chord) for chord in figured_bass("C B:6 C F:65 G:7 C".split(), Key("C", "major"))]
    ['C', 'G/B', 'C', 'Dm7/F', 'G7', 'C']
    """
    return tuple(figured_chord(word, key) for word in words)
