"""The chord qualities: their names, their symbols, and their intervals, derived by the grammar.

A quality is known by a name; where a set of degrees has none, its name is the list of its degrees
as Harte writes it, such as `(1,3,5,b7,b9,#9,b13)`, and `QUALITIES[name]` makes it on the spot.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.chord_grammar import (
    Degree,
    read_degree,
    read_suffix,
    semitones,
    write_degree,
)

# Name -> the symbol's text after the root. Common qualities come first: of two names for the same
# notes the first is taken.
_SYMBOLS: dict[str, str] = {
    # triads and fifths
    "maj": "", "min": "m", "dim": "dim", "aug": "aug", "sus2": "sus2", "sus4": "sus4", "5": "5",
    "majb5": "(b5)", "sus2sus4": "sus2sus4",
    # sixths and sevenths
    "maj6": "6", "min6": "m6", "maj7": "maj7", "min7": "m7", "7": "7", "dim7": "dim7",
    "hdim7": "m7b5", "minmaj7": "mMaj7", "aug7": "aug7", "augmaj7": "augMaj7", "7sus4": "7sus4",
    "7sus2": "7sus2", "7b5": "7b5", "maj7b5": "maj7b5", "dimmaj7": "dimMaj7",
    "minb6": "mb6", "maj7sus4": "maj7sus4", "maj7sus2": "maj7sus2",
    # added notes
    "add9": "add9", "minadd9": "madd9", "add11": "add11", "minadd11": "madd11",
    "add#11": "add#11", "addb9": "addb9", "augadd9": "augadd9",
    "6/9": "6/9", "min6/9": "m6/9", "6/9#11": "6/9#11", "6/9sus4": "6/9sus4", "6sus4": "6sus4",
    "maj6#11": "6#11", "min7add11": "m7add11", "7add11": "7add11",
    "maj7add11": "maj7add11", "7add13": "7add13", "maj7add13": "maj7add13", "min7add13": "m7add13",
    # ninths
    "maj9": "maj9", "min9": "m9", "9": "9", "9sus4": "9sus4", "minmaj9": "mMaj9",
    "hdim9": "m9b5", "9b5": "9b5", "aug9": "9#5", "augmaj9": "maj9#5", "maj9b5": "maj9b5",
    "dim9": "dim9", "maj9sus4": "maj9sus4", "min7b9": "m7b9", "hdim7b9": "m7b5b9",
    "7b9": "7b9", "7#9": "7#9", "7b5b9": "7b5b9", "7b5#9": "7b5#9", "7#5b9": "7#5b9",
    "7#5#9": "7#5#9", "7b9#9": "7b9#9", "7b9sus4": "7b9sus4",
    # elevenths
    "min11": "m11", "11": "11", "maj11": "maj11", "hdim11": "m11b5", "minmaj11": "mMaj11",
    "dim11": "dim11", "7#11": "7#11", "9#11": "9#11", "7b9#11": "7b9#11", "7#9#11": "7#9#11",
    "maj7#11": "maj7#11", "maj9#11": "maj9#11", "min9#11": "m9#11", "min7b9add11": "m7b9add11",
    "hdim7add11": "m7b5add11", "minmaj7#11": "mMaj7#11", "aug9#11": "9#5#11",
    # thirteenths
    "maj13": "maj13", "13": "13", "min13": "m13", "13sus4": "13sus4", "minmaj13": "mMaj13",
    "7b13": "7b13", "9b13": "9b13", "13b5": "13b5", "13b9": "13b9", "13#9": "13#9",
    "13#11": "13#11", "13b9#11": "13b9#11", "13#9#11": "13#9#11", "7b9b13": "7b9b13",
    "7#9b13": "7#9b13", "7#11b13": "7#11b13", "9#11b13": "9#11b13", "13b9sus4": "13b9sus4",
    "maj13#11": "maj13#11", "maj13sus4": "maj13sus4", "min11add13": "m11add13",
    "13add11": "13add11", "min7b13": "m7b13", "min9b13": "m9b13", "hdim7b13": "m7b5b13",
    "7b9b13sus4": "7b9b13sus4", "min11b9b13": "m11b9b13",
    # altered dominants and fourths
    "7alt": "7alt", "7b9#9b13": "7b9#9b13", "7b5b9b13": "7b5b9b13", "7b9#11b13": "7b9#11b13",
    "7#9#11b13": "7#9#11b13",
    "phrygian": "sus4addb9", "quartal": "quartal", "quartal4": "quartal4", "quartal5": "quartal5",
}  # fmt: skip
# Shorthands of Harte et al. (ISMIR 2005) and of mir_eval which mean the same in both.
_SHORTHANDS = (
    "maj", "min", "dim", "aug", "maj7", "min7", "7", "dim7", "hdim7", "minmaj7", "maj6", "min6",
    "9", "maj9", "min9", "sus4", "sus2", "11", "min11",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quality:
    """A chord quality: semitones above the root (to 22), lead-sheet suffix, Harte text."""

    intervals: tuple[int, ...]
    symbol: str
    harte: str
    degrees: tuple[Degree, ...]  # as (9, -1), parallel to the intervals


class _Qualities(dict[str, Quality]):
    """The named qualities; a list of degrees as key makes one that has no name."""

    def __missing__(self, name: str) -> Quality:
        degrees = read_degrees(name)
        if degrees is None:
            raise KeyError(name)
        return _nameless(_stacked(frozenset(semitones(degree) % 12 for degree in degrees)))


def read_degrees(text: str) -> tuple[Degree, ...] | None:
    """Read a list of degrees in brackets, the root added; None where it is none.

    >>> read_degrees("(b3,5,b7)")
    ((1, 0), (3, -1), (5, 0), (7, -1))
    """
    if not (text.startswith("(") and text.endswith(")")):
        return None
    found = [read_degree(part.strip()) for part in text[1:-1].split(",")]
    degrees = {(1, 0)} | {degree for degree in found if degree is not None}
    return None if None in found else tuple(sorted(degrees, key=lambda d: (semitones(d), d)))


def quality_of(degrees: tuple[Degree, ...]) -> str:
    """Return the name of the quality that has these degrees.

    Where none has exactly these, one of the same pitch classes lends its name; else the name is
    the list of the degrees.

    >>> quality_of(((1, 0), (3, -1), (5, 0), (7, -1))), quality_of(((1, 0), (2, 0), (5, 0)))
    ('min7', 'sus2')
    >>> quality_of(((1, 0), (3, 0), (9, -1)))
    '(1,3,b9)'
    """
    steps = tuple(sorted({semitones(degree) for degree in degrees} | {0}))
    named = _BY_STEPS.get(steps)
    if named is None:
        classes = frozenset(step % 12 for step in steps)
        named = _BY_CLASSES.get(classes) or _list(_stacked(classes))
    return named


def write_harte(degrees: tuple[Degree, ...]) -> str:
    """Write degrees in Harte's text: the longest shorthand that they hold, then the others.

    >>> write_harte(((1, 0), (3, 0), (5, 0), (7, -1), (9, 0), (13, 0)))
    '9(13)'
    """
    held = set(degrees)
    inside = [name for name in _SHORTHANDS if set(read_shorthand(name) or ()) <= held]
    if not inside:
        return _list(degrees)
    best = max(inside, key=lambda name: len(read_shorthand(name) or ()))
    others = [degree for degree in degrees if degree not in (read_shorthand(best) or ())]
    return best + (_list(others) if others else "")


@lru_cache(maxsize=64)
def read_shorthand(name: str) -> tuple[Degree, ...] | None:
    """Return the degrees of a Harte shorthand or of a quality's name; None where it is neither.

    >>> read_shorthand("hdim7")
    ((1, 0), (3, -1), (5, -1), (7, -1))
    """
    if name == "1":
        return ((1, 0),)
    return read_suffix(_SYMBOLS[name]) if name in _SYMBOLS else None


def _list(degrees: Iterable[Degree]) -> str:
    return f"({','.join(write_degree(degree) for degree in degrees)})"


def _stacked(classes: frozenset[int]) -> tuple[Degree, ...]:
    """Return pitch classes above a root as degrees: what a third and a fifth leave is stacked."""
    third = (3, 0) if 4 in classes else (3, -1) if 3 in classes else None
    fifth = next((d for d in ((5, 0), (5, -1), (5, 1)) if semitones(d) in classes), None)
    has_seventh = bool(classes & {10, 11})
    names = {1: (9, -1), 2: (9, 0), 3: (9, 1), 5: (11, 0), 6: (11, 1), 8: (13, -1), 9: (13, 0),
             10: (7, -1), 11: (7, 0), 0: (1, 0)}  # fmt: skip
    names |= {} if has_seventh else {9: (6, 0)}
    names |= {} if third else {2: (2, 0), 5: (4, 0)}
    names |= {semitones(degree): degree for degree in (third, fifth) if degree}
    degrees = [names[step] for step in classes]
    return tuple(sorted(degrees, key=lambda degree: (semitones(degree), degree)))


@lru_cache(maxsize=1024)
def _nameless(degrees: tuple[Degree, ...]) -> Quality:
    """Make a quality for degrees which has no name."""
    steps = tuple(semitones(degree) for degree in degrees)

    def price(name: str) -> float:
        entry = QUALITIES[name]
        missing = set(entry.intervals) - set(steps)
        # Only thirds, fifths, sevenths and what is stacked above can be left out by name.
        if any(d[0] not in (3, 5, 7, 9, 11, 13) for d in entry.degrees if semitones(d) in missing):
            return 99.0
        return len(set(steps) - set(entry.intervals)) + 1.5 * len(missing)

    raised = (f"{symbol}#5" for symbol in _SYMBOLS.values())  # Cm7#5, not Cm7(no5,add#5)
    short = next((text for text in raised if read_suffix(text) == degrees), None)
    if short:
        return Quality(steps, short, write_harte(degrees), degrees)
    # A quartal chord's symbol takes no additions.
    base = QUALITIES[min((name for name in _SYMBOLS if "quartal" not in name), key=price)]
    changes = [
        f"no{number}" for number, _ in base.degrees
        if any(n == number and semitones((n, a)) not in steps for n, a in base.degrees)
    ]  # fmt: skip
    kept = {semitones(d) for d in base.degrees if f"no{d[0]}" not in changes}
    changes += [f"add{write_degree(degree)}" for degree in degrees if semitones(degree) not in kept]
    return Quality(steps, f"{base.symbol}({','.join(changes)})", write_harte(degrees), degrees)


def _derive() -> dict[str, Quality]:
    """Derive every named quality from its symbol."""
    table = {}
    for name, symbol in _SYMBOLS.items():
        degrees = read_suffix(symbol) or ()
        steps = tuple(semitones(degree) for degree in degrees)
        table[name] = Quality(steps, symbol, write_harte(degrees), degrees)
    return table


QUALITIES: dict[str, Quality] = _Qualities(_derive())
_BY_STEPS: dict[tuple[int, ...], str] = {}
_BY_CLASSES: dict[frozenset[int], str] = {}
for _name, _quality in QUALITIES.items():
    _BY_STEPS.setdefault(_quality.intervals, _name)
    _BY_CLASSES.setdefault(frozenset(step % 12 for step in _quality.intervals), _name)
