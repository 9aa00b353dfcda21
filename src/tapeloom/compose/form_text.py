"""A form as text, such as `intro8 A16 A'16 B8 A16 outro8`.

    form     = section { (space | ",") section }
    section  = name [bars]
    name     = intro | A | A' | B | B' | bridge | breakdown | outro, or a songwriter's word
    bars     = 1 to 128; left out it is two phrases, or one for intro, breakdown and outro

A prime (also a curled one, or several) is a variation. Songwriters' words stand for letters:
verse is A, chorus (and refrain) B, middle8 a bridge of eight bars, coda an outro; C is a bridge.
"""

import re
from dataclasses import dataclass

from tapeloom.core.errors import InputError, nearest

MAX_SECTIONS, MAX_SECTION_BARS, MAX_BARS = 200, 128, 5000
NAMES = ("intro", "A", "B", "bridge", "breakdown", "outro")
ALIASES = {"verse": "A", "chorus": "B", "refrain": "B", "middle": "bridge", "coda": "outro",
           "a": "A", "b": "B", "c": "bridge"}  # fmt: skip
SHORT = ("intro", "breakdown", "outro")  # one phrase unless bars are given
_TOKEN = re.compile(r"([^\W\d_]+)(['\u2019\u2032\u2033\"]*)(\d*)")


@dataclass(frozen=True, slots=True)
class FormPart:
    """One section of a form that was written down."""

    name: str  # such as A', without a number
    bars: int | None  # None where the text leaves it open

    def length(self, phrase_bars: int) -> int:
        """Return its bars, where a phrase has so many.

        >>> FormPart("A", None).length(4), FormPart("outro", None).length(4)
        (8, 4)
        """
        if self.bars is not None:
            return self.bars
        return phrase_bars * (1 if self.name in SHORT else 2)


def parse_form(text: str) -> tuple[FormPart, ...]:
    """Read a form; what can't be read is refused in a sentence.

    >>> [(part.name, part.bars) for part in parse_form("intro4, A8 a'8 chorus outro")]
    [('intro', 4), ('A', 8), ("A'", 8), ('B', None), ('outro', None)]
    >>> parse_form("A8 solo8")
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: 'solo8' is no section; choose one of intro, A, B, ...
    """
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if not words:
        raise InputError("the form is empty; write one such as intro8 A16 B8 A16 outro8")
    if len(words) > MAX_SECTIONS:
        raise InputError(f"the form has {len(words)} sections; it may have {MAX_SECTIONS}")
    parts = tuple(_section(word) for word in words)
    bars = sum(part.bars or 1 for part in parts)
    if bars > MAX_BARS:
        raise InputError(f"the form has {bars} bars; it may have {MAX_BARS}")
    return parts


def _section(word: str) -> FormPart:
    match = _TOKEN.fullmatch(word)
    said = match[1] if match else word
    name = said if said in NAMES else said.lower()
    name = ALIASES.get(name, name)
    if match is None or name not in NAMES:
        known = (*NAMES, *(alias for alias in ALIASES if len(alias) > 1))
        raise InputError(
            f"{word!r} is no section{nearest(said.lower(), known)}, with its bars behind it "
            "such as A16"
        )
    if match[2] and name in SHORT:
        raise InputError(f"{word!r} has a prime; only A, B and bridge have variations")
    bars = int(match[3][:6]) if match[3] else None
    if bars is not None and not 1 <= bars <= MAX_SECTION_BARS:
        raise InputError(
            f"{word!r} has {bars} bars; a section has 1 to {MAX_SECTION_BARS}, "
            "a longer one is written as several"
        )
    return FormPart(name + ("'" if match[2] else ""), bars)
