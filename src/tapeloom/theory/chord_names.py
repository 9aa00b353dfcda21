"""Naming chords from their notes: every quality in any order and octave, with or without the fifth.

Of several names the bass decides, then simplicity: an inversion, a missing fifth, a missing root
and a foreign bass cost, and so do added and altered tones. C6 and Am7 have the same notes; over C
they are a C6, over A an Am7, and the other name is offered as the second.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import exp

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, QUALITIES, Chord, Key

# What a name costs.
_ADDED = 0.2  # each tone above the triad
_ALTERED = 0.25  # each of them, or a fifth, that is altered
_TRIADS = {"4": 0.0, "3": 0.0, "5": 0.5, "2": 0.55, "": 0.45}  # by the third, or what stands for it
_DIMINISHED, _AUGMENTED = 0.25, 0.4
_NO_FIFTH = 0.35
_NO_FIFTH_SIXTH = 0.6  # a sixth chord without its fifth is rather a triad upside down
_NO_ROOT = 1.1
_ON_ROOT = -0.6  # all tones are there and the root is the bass
_SEVENTH_ON_ROOT = -0.3  # the fifth is left out, the root is the bass and there is a seventh
_TRIAD_INVERTED = 0.5
_INVERTED = 0.9  # the bass is the third, the fifth, the sixth or the seventh
_TENSION_BELOW = 1.3  # the bass is a ninth, an eleventh or a thirteenth
_FOREIGN_BASS = 1.3
_OUT_OF_KEY = 0.25  # each tone outside of the key, where a key is known
_MISSING, _EXTRA = 0.9, 1.1  # each other tone, where no name fits well


@dataclass(frozen=True, slots=True)
class NamedChord:
    """A name for notes, with how sure it is.

    >>> str(NamedChord(Chord.parse("Am7"), 0.8))
    'Am7'
    """

    chord: Chord
    confidence: float  # 0..1; the names that are offered for the same notes sum to 1 at most
    missing: tuple[
        int, ...
    ] = ()  # semitones above the root that don't sound: 7 the fifth, 0 the root
    foreign: tuple[
        int, ...
    ] = ()  # pitch classes that are not the chord's; its bass is not among them

    def __str__(self) -> str:
        return str(self.chord)


@dataclass(frozen=True, slots=True)
class _Shape:
    quality: str
    price: float
    missing: tuple[int, ...]


def simplicity(quality: str) -> float:
    """Return what a quality's name costs: 0 for a triad, more for what is added and altered.

    >>> simplicity("maj"), round(simplicity("9"), 2), round(simplicity("7#9"), 2)
    (0.0, 0.4, 0.65)
    """
    entry = QUALITIES[quality]
    steps = set(entry.intervals)
    third = next((name for name in ("4", "3", "5", "2") if int(name) in steps), "")
    price = _TRIADS[third]
    if 6 in steps:
        price += _DIMINISHED if third == "3" else 2 * _ALTERED
    elif 8 in steps and 7 not in steps:
        price += _AUGMENTED
    for number, alteration in entry.degrees:
        if number in {6, 7, 9, 10, 11, 13} or (number == 2 and third != "2"):
            price += _ADDED
            if alteration and number not in (7, 10):
                price += _ALTERED
    return price


@cache
def _shapes() -> dict[int, tuple[_Shape, ...]]:
    """Return the qualities by the set of their semitones above the root, as bits."""
    found: dict[int, list[_Shape]] = {}
    for order, (name, entry) in enumerate(QUALITIES.items()):
        steps = {step % 12 for step in entry.intervals}
        price = simplicity(name) + 0.001 * order
        found.setdefault(_bits(steps), []).append(_Shape(name, price, ()))
        if 7 in steps and len(steps) > 2 and 8 not in entry.intervals:
            is_sixth = 9 in entry.intervals
            shape = _Shape(name, price + (_NO_FIFTH_SIXTH if is_sixth else _NO_FIFTH), (7,))
            found.setdefault(_bits(steps - {7}), []).append(shape)
    return {bits: tuple(shapes) for bits, shapes in found.items()}


@cache
def _rootless() -> dict[int, tuple[_Shape, ...]]:
    """Return the chords of four tones and more without their root, and without their fifth too."""
    found: dict[int, list[_Shape]] = {}
    for order, (name, entry) in enumerate(QUALITIES.items()):
        steps = {step % 12 for step in entry.intervals}
        if len(steps) < 4 or not steps & {10, 11}:
            continue
        price = simplicity(name) + _NO_ROOT + 0.001 * order
        found.setdefault(_bits(steps - {0}), []).append(_Shape(name, price, (0,)))
        if 7 in steps and len(steps) > 4:
            shape = _Shape(name, price + _NO_FIFTH, (0, 7))
            found.setdefault(_bits(steps - {0, 7}), []).append(shape)
    return {bits: tuple(shapes) for bits, shapes in found.items()}


def _bits(steps: Iterable[int]) -> int:
    return sum(1 << step for step in steps)


def _turn(classes: Collection[int], root: int) -> int:
    return sum(1 << (number - root) % 12 for number in classes)


def name_chords(
    pitch_classes: Iterable[int],
    *,
    bass: int | None = None,
    key: Key | None = None,
    rootless: bool = False,
) -> tuple[NamedChord, ...]:
    """Rank the names of a set of tones, the best first; empty where no quality has them.

    bass       pitch class of the lowest note; it may also be foreign to the chord (`F/G`)
    key        names outside of the key come later
    rootless   offer chords whose root does not sound as well

    >>> [str(name) for name in name_chords([0, 4, 7, 9], bass=0)]
    ['C6', 'Am7/C', 'G6/9sus4/C']
    >>> "G13" in [str(name) for name in name_chords([5, 9, 11, 4], rootless=True)][:5]
    True
    """
    classes = frozenset(number % 12 for number in pitch_classes)
    return _rank(classes, None if bass is None else bass % 12, key, rootless)


@lru_cache(maxsize=16384)
def _rank(
    classes: frozenset[int], bass: int | None, key: Key | None, rootless: bool
) -> tuple[NamedChord, ...]:
    found: dict[Chord, tuple[float, tuple[int, ...]]] = {}
    sets = [(classes, 0.0)]
    if bass is not None and len(classes - {bass}) >= 3:
        sets.append((classes - {bass}, _FOREIGN_BASS))
    for tones, foreign in sets:
        for table, roots in ((_shapes(), sorted(tones)), (_rootless(), range(12))):
            if table is _rootless() and (not rootless or foreign or len(tones) < 3):
                continue
            for root in roots:
                for shape in table.get(_turn(tones, root), ()):
                    if foreign and (shape.missing or (bass or 0) in Chord(root, shape.quality)
                                    .pitch_classes):  # fmt: skip
                        continue
                    chord = Chord(root, shape.quality, None if 0 in shape.missing else bass)
                    price = shape.price + (foreign or _bass_price(chord))
                    if bass == root and not foreign:
                        price += _on_root_price(shape)
                    if key is not None:
                        price += _OUT_OF_KEY * len(set(chord.pitch_classes) - set(_tones_of(key)))
                    if price < found.get(chord, (99.0, ()))[0]:
                        found[chord] = price, shape.missing
    return _with_confidence([(price, chord, missing, ())
                             for chord, (price, missing) in found.items()])  # fmt: skip


def _on_root_price(shape: _Shape) -> float:
    if not shape.missing:
        return _ON_ROOT
    has_seventh = {10, 11} & set(QUALITIES[shape.quality].intervals)
    return _SEVENTH_ON_ROOT if has_seventh and shape.missing == (7,) else 0.0


def _bass_price(chord: Chord) -> float:
    if chord.bass is None:
        return 0.0
    above = (chord.bass - chord.root) % 12
    steps = [step for step in chord.intervals if step % 12 == above]
    if len(chord.intervals) == 3 and steps:
        return _TRIAD_INVERTED
    return _INVERTED if steps and steps[0] < 12 else _TENSION_BELOW


def _tones_of(key: Key) -> tuple[int, ...]:
    """Return a key's tones; minor has its raised sixth and seventh too."""
    if key.mode != "minor":
        return key.scale
    return (*key.scale, (key.pitch_class + 9) % 12, (key.pitch_class + 11) % 12)


Choice = tuple[float, Chord, tuple[int, ...], tuple[int, ...]]


def _with_confidence(choices: Sequence[Choice]) -> tuple[NamedChord, ...]:
    """Turn prices into confidence: a share of what is offered, less where the best is dear."""
    if not choices:
        return ()
    ranked = sorted(choices, key=lambda choice: (choice[0], choice[1].root, choice[1].quality))
    weights = [exp(-4.0 * choice[0]) for choice in ranked]
    total = sum(weights)
    clear = exp(-0.5 * max(ranked[0][0] - 0.6, 0.0))
    return tuple(
        NamedChord(chord, clear * weight / total, missing, foreign)
        for (_, chord, missing, foreign), weight in zip(ranked, weights, strict=True)
    )


def name_chord(
    pitch_classes: Iterable[int], *, bass: int | None = None, key: Key | None = None
) -> Chord | None:
    """Name the chord that has these pitch classes, its fifth perhaps left out; else None.

    bass   pitch class of the lowest note, which decides between names

    >>> str(name_chord([9, 0, 4, 7], bass=9)), str(name_chord([9, 0, 4, 7], bass=0))
    ('Am7', 'C6')
    >>> str(name_chord([0, 10, 4, 1, 9], bass=0)), name_chord([0, 1, 2, 3])  # without its fifth
    ('C13b9', None)
    """
    ranked = name_chords(pitch_classes, bass=bass, key=key)
    return ranked[0].chord if ranked else None


def identify(
    pitches: Sequence[float], *, key: Key | None = None, limit: int = 5
) -> tuple[NamedChord, ...]:
    """Name the chord of MIDI pitches in any order, the lowest being the bass; the best name first.

    Where no name fits, the chords that share most with the notes are offered with little
    confidence, and what is missing and foreign is said. Fewer than two pitch classes are no chord.

    pitches   MIDI numbers 0..127 (60 is C4); a pitch between two semitones is refused
    limit     how many names to give at most

    >>> [(str(name), round(name.confidence, 1)) for name in identify([52, 60, 67, 70])][:1]
    [('C7/E', 0.7)]
    >>> identify([60, 72]), identify([])
    ((), ())
    """
    for pitch in pitches:
        if pitch != int(pitch) or not 0 <= pitch <= 127:
            raise InputError(f"pitch is {pitch}; it must be a whole MIDI number 0 to 127")
    classes = frozenset(int(pitch) % 12 for pitch in pitches)
    if len(classes) < 2:
        return ()
    bass = int(min(pitches)) % 12
    ranked = _rank(classes, bass, key, len(classes) > 2)
    return (ranked or _approximate(classes, bass, key))[:limit]


@lru_cache(maxsize=4096)
def _approximate(classes: frozenset[int], bass: int, key: Key | None) -> tuple[NamedChord, ...]:
    """Offer the chords nearest to notes that no chord has."""
    choices: list[Choice] = []
    for root in sorted(classes):
        for order, quality in enumerate(QUALITIES):
            chord = Chord(root, quality)
            tones = set(chord.pitch_classes)
            missing = tuple(step for step in chord.intervals if (root + step) % 12 not in classes)
            foreign = tuple(sorted(classes - tones - {bass}))
            inverted = chord if bass == root else Chord(root, quality, bass)
            price = 2.0 + simplicity(quality) + 0.001 * order + _bass_price(inverted)
            price += _EXTRA * len(foreign)
            price += sum(_NO_FIFTH if step == 7 else _MISSING for step in missing)
            if key is not None:
                price += _OUT_OF_KEY * len(tones - set(_tones_of(key)))
            choices.append((price, inverted, missing, foreign))
    return _with_confidence(sorted(choices, key=lambda choice: choice[0])[:12])


def diatonic_chords(key: Key, *, sevenths: bool = True) -> tuple[Chord, ...]:
    """Return the chords on a key's seven degrees, in thirds from its scale.

    >>> [str(chord) for chord in diatonic_chords(Key("C", "major"))]
    ['Cmaj7', 'Dm7', 'Em7', 'Fmaj7', 'G7', 'Am7', 'Bm7b5']
    """
    steps = MODES[key.mode]
    size = 4 if sevenths else 3
    chords = []
    for degree in range(7):
        tones = [key.scale[(degree + 2 * third) % 7] for third in range(size)]
        named = name_chord(tones, bass=tones[0])
        if named is not None:
            chords.append(named)
    return tuple(chords[: len(steps)])
