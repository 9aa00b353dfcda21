"""What a text needs to be drawn: a face with its letters, shaping, or plainer letters instead."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.media.fonts import TITLE_FACES, Face, can_shape, letters_of

# Scripts whose letters join or change places; names as they begin in Unicode's names.
_SHAPED = (
    "ARABIC", "HEBREW", "SYRIAC", "THAANA", "NKO", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI",
    "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "THAI", "LAO", "TIBETAN",
    "MYANMAR", "KHMER", "MONGOLIAN",
)  # fmt: skip
_SYLLABLE = re.compile(
    r"(?:HIRAGANA|KATAKANA|HANGUL)(?: LETTER)?(?: SMALL)?(?: SYLLABLE)? ([A-Z]+)$"
)
_JOINER = {0x200D, 0xFE0E, 0xFE0F, 0x20E3}
_LEAST_KEPT = 0.5  # of the letters: a title that loses more says something else


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it can be drawn."""

    text: str  # "" where too little of it can be drawn
    face: Face
    shaped: bool  # whether it needs libraqm
    lost: str  # characters that were left out or put into plainer letters, each once


def is_right_to_left(text: str) -> bool:
    """Tell whether any letter runs from right to left.

    >>> is_right_to_left("ليل"), is_right_to_left("night")
    (True, False)
    """
    return any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text)


def needs_shaping(text: str) -> bool:
    """Tell whether letters join, stack or run from right to left.

    >>> needs_shaping("रात"), needs_shaping("夜")
    (True, False)
    """
    return any(unicodedata.name(c, "").startswith(_SHAPED) for c in text)


def is_emoji(character: str) -> bool:
    """Tell whether a character is a pictograph, or joins two of them."""
    code = ord(character)
    return code in _JOINER or 0x1F000 <= code <= 0x1FAFF or 0xE0000 <= code <= 0xE007F


def romanised(character: str) -> str | None:
    """Return a kana's or a Korean syllable's sound in Latin letters, as Unicode names it.

    >>> "".join(romanised(c) or c for c in "よる"), romanised("밤"), romanised("夜")
    ('yoru', 'bam', None)
    """
    found = _SYLLABLE.match(unicodedata.name(character, ""))
    return found[1].lower() if found else None


def written(text: str, faces: Sequence[Face]) -> Written:
    """Choose a face for a text, and replace what none can draw.

    The first face that has every letter is taken. If none has, the one with most: accents are
    dropped before letters are, kana and Korean are put into Latin letters, pictographs are left
    out. Where fewer than half of the letters would stay, nothing does. Raises InputError for joined
    or right-to-left writing where Pillow has no libraqm to set it.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    bare = " ".join("".join(c for c in text if not is_emoji(c)).split())
    for face in faces:
        if all(ord(c) in letters_of(face) for c in bare):
            shaped = needs_shaping(bare)
            if shaped and not can_shape():
                raise InputError(
                    f"{bare!r} needs joined or right-to-left writing, which Pillow sets only with "
                    "libraqm and FriBiDi; install them, or give a title in Latin letters"
                )
            return Written(bare, face, shaped, _each_once(c for c in text if c not in bare))
    best = max(faces, key=lambda face: sum(ord(c) in letters_of(face) for c in bare))
    known = letters_of(best)
    kept: list[str] = []
    stayed = 0
    for c in bare:
        plain = [c, *unicodedata.normalize("NFKD", c)]
        found = next((p for p in plain if ord(p) in known), None) or romanised(c)
        stayed += found is not None and not c.isspace()
        kept.append(found or (" " if c.isspace() else ""))
    letters = sum(not c.isspace() for c in bare)
    lost = _each_once(c for c in text if is_emoji(c) or ord(c) not in known)
    if stayed < _LEAST_KEPT * letters:
        return Written("", best, shaped=False, lost=lost)
    return Written(" ".join("".join(kept).split()), best, shaped=False, lost=lost)


def missing_characters(text: str, faces: Sequence[Face] = TITLE_FACES) -> str:
    """Return the characters of a title that no face can draw, each once, in order."""
    known = frozenset().union(*(letters_of(face) for face in faces))
    lacking = (c for c in unicodedata.normalize("NFC", text) if ord(c) not in known or is_emoji(c))
    return _each_once(c for c in lacking if not c.isspace())


def _each_once(characters: Iterable[str]) -> str:
    return "".join(dict.fromkeys(c for c in characters if not c.isspace()))
