"""What a chord does in its key, and how it is written as a numeral there."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from tapeloom.core.harmony import MODES, QUALITIES, Chord, Key
from tapeloom.theory.key_grammar import function_of
from tapeloom.theory.roman import RomanNumeral, roman

_WORDS = {"T": "tonic", "S": "subdominant", "D": "dominant", "C": "dominant", "R": "tonic"}
_SPECIAL = {"It": "subdominant", "Ger": "subdominant", "Fr": "subdominant", "Sw": "subdominant",
            "N": "subdominant", "Cad": "dominant"}  # fmt: skip
# Degrees that only stand in for others: semitones above the tonic, in major and in minor.
_SUBSTITUTES = {"major": {4: "tonic"}, "minor": {3: "tonic", 10: "dominant"}}


@lru_cache(maxsize=1024)
def label_of(quality: str) -> str:
    """Return the nearest of the fifteen qualities that chord recognition knows.

    >>> [label_of(name) for name in ("6/9", "13", "min11", "7#9", "min6", "9sus4", "hdim7", "5")]
    ['maj', '7', 'min7', '7', 'min', '7sus4', 'hdim7', 'maj']
    """
    steps = set(QUALITIES[quality].intervals)
    seventh = 10 if 10 in steps else 11 if 11 in steps else 9 if quality == "dim7" else 0
    if 4 in steps:
        raised = 8 in steps and 7 not in steps
        plain = {0: "maj", 9: "maj", 10: "7", 11: "maj7"}
        return ({0: "aug", 9: "aug", 10: "aug7", 11: "augmaj7"} if raised else plain)[seventh]
    if 3 in steps:
        if 6 in steps and 7 not in steps:
            return {0: "dim", 9: "dim7", 10: "hdim7", 11: "dim7"}[seventh]
        return {0: "min", 9: "min", 10: "min7", 11: "minmaj7"}[seventh]
    if 5 in steps:
        return "7sus4" if seventh == 10 else "sus4"
    return "sus2" if 2 in steps else "maj"


def write_numeral(
    chord: Chord, key: Key, *, region: Key | None = None, next_chord: Chord | None = None
) -> RomanNumeral:
    """Write a chord of a key as a numeral, as of a region of it where that is simpler.

    region   the key in which the passage stands for a while, as in `ii/V`

    >>> c, d = Key("C", "major"), Key("D", "minor")
    >>> str(write_numeral(Chord(7, "min"), c, region=d)), str(write_numeral(Chord(7, "min"), c))
    ('iv/ii', 'v')
    """
    plain = roman(chord, key, next_chord=next_chord)
    if region is None or region == key or plain.of or plain.special or is_within(chord, key):
        return plain
    local = roman(chord, region, next_chord=next_chord)
    tonic = Chord(region.pitch_class, "min" if region.is_minor else "maj")
    if local.of or local.accidental or local.suffix or len(local.changes) > len(plain.changes):
        return plain
    of = roman(tonic, key)
    return plain if of.of or of.suffix else replace(local, of=of)


@lru_cache(maxsize=8192)
def is_within(chord: Chord, key: Key) -> bool:
    """Tell whether all of a chord's notes belong to its key, the leading tone of minor included.

    >>> is_within(Chord(7, "7"), Key("C", "minor")), is_within(Chord(5, "min"), Key("C", "major"))
    (True, False)
    """
    raised = {(key.pitch_class + 11) % 12} if key.is_minor else set()
    return set(chord.pitch_classes) <= set(key.scale) | raised


def name_function(numeral: RomanNumeral, chord: Chord, key: Key) -> str:
    """Return what a chord does, one of `spans.FUNCTIONS`.

    Applied chords lead to another degree, mixture is what the parallel key lends.

    >>> c = Key("C", "major")
    >>> [name_function(roman(chord, c), chord, c)
    ...  for chord in map(Chord.parse, ("Am7", "F", "Bdim", "D7", "Fm", "Gbm"))]
    ['tonic', 'subdominant', 'dominant', 'applied', 'mixture', 'other']
    """
    if numeral.of is not None:
        return "applied"
    if numeral.special:
        return _SPECIAL[numeral.special]
    mode = "minor" if key.is_minor else "major"
    degree = (chord.root - key.pitch_class) % 12
    word = _WORDS.get(function_of(degree, label_of(chord.quality), mode))
    if not is_within(chord, key) and word not in ("dominant",):
        other = MODES["major" if key.is_minor else "minor"]
        parallel = {(key.pitch_class + step) % 12 for step in other}
        if set(chord.pitch_classes) <= parallel:
            return "mixture"
    return word or _SUBSTITUTES[mode].get(degree, "other")


def name_functions(
    chords: Sequence[Chord], keys: Sequence[Key], regions: Sequence[Key]
) -> list[tuple[str, str]]:
    """Return each chord's numeral as text, and its function, in the light of the next chord.

    >>> c = Key("C", "major")
    >>> name_functions([Chord.parse(name) for name in ("C/G", "G7", "C")], [c] * 3, [c] * 3)
    [('Cad64', 'dominant'), ('V7', 'dominant'), ('I', 'tonic')]
    """
    named = []
    for i, (chord, key, region) in enumerate(zip(chords, keys, regions, strict=True)):
        following = chords[i + 1] if i + 1 < len(chords) else None
        named.append(_name(chord, key, region, following))
    return named


@lru_cache(maxsize=8192)
def _name(chord: Chord, key: Key, region: Key, following: Chord | None) -> tuple[str, str]:
    numeral = write_numeral(chord, key, region=region, next_chord=following)
    return str(numeral), name_function(numeral, chord, key)
