"""Reading chords from lead-sheet symbols and from Harte's text, as (root, quality, bass)."""

import re
from functools import lru_cache

from tapeloom.core.chord_grammar import Degree, read_degree, read_suffix, semitones
from tapeloom.core.errors import InputError
from tapeloom.core.pitch import pitch_class
from tapeloom.core.qualities import quality_of, read_shorthand

ChordParts = tuple[int, str, int | None]

_NO_CHORD = ("n", "nc", "n.c.", "n.c", "no chord", "nochord", "tacet", "x")
_ROOT = re.compile(r"[A-G](?:##|bb|x|#|b|)")
_SIGNS = str.maketrans({"♭": "b", "♯": "#", "𝄫": "bb", "𝄪": "##"})
# The degree that a note of the upper chord of a polychord is, by semitones above the lower root.
_STACKED: tuple[Degree, ...] = (
    (1, 0), (9, -1), (9, 0), (9, 1), (3, 0), (11, 0), (11, 1), (5, 0), (13, -1), (13, 0), (7, -1),
    (7, 0),
)  # fmt: skip


def is_no_chord(text: str) -> bool:
    """Tell whether a text says that no chord sounds, or an unknown one: `N.C.`, `NC`, `N`, `X`.

    >>> is_no_chord("N.C."), is_no_chord("Cm")
    (True, False)
    """
    return text.strip().lower() in _NO_CHORD


@lru_cache(maxsize=8192)
def read_symbol(text: str) -> ChordParts:
    """Read a lead-sheet symbol as root, quality and bass.

    >>> read_symbol("Ebm9/Bb"), read_symbol("F♯ø7")
    ((3, 'min9', 10), (6, 'hdim7', None))
    """
    plain = text.strip().translate(_SIGNS)
    upper, bar, lower = plain.partition("|")
    if bar:
        return _polychord(text, upper, lower)
    split = re.fullmatch(r"([^/].*?)/([A-G].*)", plain)
    if split:
        bass = re.fullmatch(_ROOT, split[2])
        if bass is None:
            return _polychord(text, split[1], split[2])
        root, degrees = _read_plain(text, split[1])
        return root, quality_of(degrees), _class_of(bass[0])
    root, degrees = _read_plain(text, plain)
    return root, quality_of(degrees), None


def _read_plain(text: str, symbol: str) -> tuple[int, tuple[Degree, ...]]:
    """Read a symbol without a bass; `text` is what the error names."""
    root = _ROOT.match(symbol)
    # `Bbb5` could end its root at either flat: the longest that makes sense is taken.
    for length in range(root.end() if root else 0, 0, -1):
        degrees = read_suffix(symbol[length:])
        if degrees is not None:
            return _class_of(symbol[:length]), degrees
    raise InputError(f"{text!r} is no chord that is known; {_advice(text.strip())}")


def _advice(text: str) -> str:
    if is_no_chord(text) and text:
        return "it says that no chord sounds, which only a line of chords can hold"
    if re.match(r"[Hh][^a-z]|[Hh]$|H", text):
        return f"the German H is called B here: write B{text[1:]}"
    if re.match(r"[a-g]", text):
        return f"the root is a capital: write {text[0].upper()}{text[1:]}"
    return "write one like Am7, Ebm9/Bb, C7(b9,#11)"


def _class_of(name: str) -> int:
    return pitch_class(name.replace("x", "##"))


def _polychord(text: str, upper: str, lower: str) -> ChordParts:
    """Put one chord over another and name what sounds by the lower root."""
    root, below = _read_plain(text, lower.strip())
    other, above = _read_plain(text, upper.strip())
    degrees = set(below)
    heard = {semitones(degree) % 12 for degree in below}
    for degree in above:
        step = (other + semitones(degree) - root) % 12
        if step not in heard:
            degrees.add(_STACKED[step])
    return root, quality_of(tuple(sorted(degrees))), None


@lru_cache(maxsize=8192)
def read_harte(text: str) -> ChordParts:
    """Read Harte's text as root, quality and bass.

    >>> read_harte("C:maj7(*5,9)/3")
    (0, '(1,3,7,9)', 4)
    """
    match = re.fullmatch(
        r"([A-G](?:#{0,2}|b{0,2}))(?::([^/():]*)(\([^()]*\))?)?(?:/([b#]{0,2}\d{1,2}))?",
        text.strip(),
    )
    degrees = _harte_degrees(match[2], match[3]) if match else None
    bass = read_degree(match[4]) if match and match[4] else None
    if match is None or degrees is None or (match[4] and bass is None):
        raise InputError(f"{text!r} is no Harte chord that is known; write one like Eb:min9/5")
    root = pitch_class(match[1])
    quality = quality_of(degrees)
    return root, quality, None if bass is None else (root + semitones(bass)) % 12


def _harte_degrees(shorthand: str | None, listed: str | None) -> tuple[Degree, ...] | None:
    """Return the degrees of a shorthand with those of the list added, and the starred left out."""
    if not shorthand and listed is None:
        return read_shorthand("maj") if shorthand is None else None
    held = read_shorthand(shorthand) if shorthand else ((1, 0),)
    if held is None:
        return None
    degrees = set(held)
    for part in listed[1:-1].split(",") if listed else ():
        degree = read_degree(part.strip().removeprefix("*"))
        if degree is None:
            return None
        if part.strip().startswith("*"):
            degrees -= {d for d in degrees if semitones(d) % 12 == semitones(degree) % 12}
        else:
            degrees.add(degree)
    return tuple(sorted(degrees | {(1, 0)}))
