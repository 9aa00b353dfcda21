"""Families of chords, and chords as symbols of root and family that a table can count."""

from functools import lru_cache

from tapeloom.core.harmony import QUALITIES, Chord, Key

FAMILIES = ("major", "dominant", "minor7", "minor", "half-diminished", "diminished", "suspended",
            "augmented")  # fmt: skip
SIZE = 12 * len(FAMILIES)  # symbols: 8 * degree + family
START = SIZE  # the beginning of a piece in major; one more in minor


@lru_cache(maxsize=512)
def family(quality: str) -> int:
    """Return the index in FAMILIES of a chord quality, by its third, fifth and seventh.

    >>> [FAMILIES[family(name)] for name in ("6/9", "7b9", "min6", "9sus4")]
    ['major', 'dominant', 'minor', 'suspended']
    """
    steps = QUALITIES[quality].intervals
    if 4 in steps:
        if 10 in steps:
            return 1
        return 7 if 8 in steps and 7 not in steps else 0
    if 3 in steps:
        if 6 in steps and 7 not in steps:
            return 4 if 10 in steps else 5
        return 2 if 10 in steps else 3
    return 6 if 5 in steps or 2 in steps else 0


def symbol(chord: Chord) -> int:
    """Return 8 * root + family, 0..95.

    >>> symbol(Chord.parse("Dm9")), symbol(Chord.parse("Dm7"))
    (18, 18)
    """
    return 8 * chord.root + family(chord.quality)


def frame(key: Key) -> int:
    """Return the pitch class from which degrees are counted: the (relative) major's tonic.

    >>> frame(Key("A", "minor")), frame(Key("D", "dorian"))
    (0, 5)
    """
    return (key.pitch_class + 3 * key.is_minor) % 12
