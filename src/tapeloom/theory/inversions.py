"""Which inversions chords may stand in, and what they cost: a good bass line."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from tapeloom.core.harmony import Chord
from tapeloom.theory.chorale_costs import Costs
from tapeloom.theory.voicing import functions

ROOT_NEEDED = 8.0  # cost of an inversion where a phrase begins, ends or cadences
_INVERSION = {"third": 1.4, "fifth": 4.0, "seventh": 2.5}  # cost of the tone in the bass
_LEFT = 9.0  # a six-four that isn't reached or left by step or on the same bass
_SAME_BASS = 1.0  # two chords over one bass
_LEAP = 0.25  # a bass that leaps
_STEP = -0.4  # one that steps


def inversions(chord: Chord) -> tuple[Chord, ...]:
    """List the positions of a triad or seventh chord; a chord with its own bass keeps it.

    >>> [str(each) for each in inversions(Chord.parse("G7"))]
    ['G7', 'G7/B', 'G7/D', 'G7/F']
    >>> len(inversions(Chord.parse("G/F")))
    1
    """
    degrees = functions(chord.quality)
    is_plain = len(chord.intervals) == 3 or (len(chord.intervals) == 4 and "seventh" in degrees)
    if chord.bass is not None or not is_plain or degrees.get("third") not in (3, 4):
        return (chord,)
    steps = [degrees[name] for name in ("third", "fifth", "seventh") if name in degrees]
    over = (Chord(chord.root, chord.quality, (chord.root + step) % 12) for step in steps)
    return (chord, *over)


@lru_cache(maxsize=8192)
def bass_tone(chord: Chord) -> str:
    """Name the degree of the chord that lies in the bass: root, third, fifth, seventh or other.

    >>> bass_tone(Chord.parse("C/G")), bass_tone(Chord.parse("C"))
    ('fifth', 'root')
    """
    above = (chord.bass_pitch_class - chord.root) % 12
    degrees = functions(chord.quality)
    return next((name for name, step in degrees.items() if step == above), "other")


def is_six_four(chord: Chord) -> bool:
    """Tell whether a triad stands on its fifth.

    >>> is_six_four(Chord.parse("C/G")), is_six_four(Chord.parse("C7/G"))
    (True, False)
    """
    return len(chord.intervals) == 3 and bass_tone(chord) == "fifth"


@lru_cache(maxsize=8192)
def position_price(chord: Chord, *, firm: bool) -> float:
    """Return what a position costs by itself.

    firm   the chord begins or ends a phrase, or makes its cadence: it wants its root below

    >>> position_price(Chord.parse("C/E"), firm=False), position_price(Chord.parse("C"), firm=True)
    (1.4, 0.0)
    """
    return _INVERSION.get(bass_tone(chord), 0.0) + ROOT_NEEDED * (firm and chord.bass is not None)


@lru_cache(maxsize=65536)
def bass_price(chord: Chord, after: Chord) -> float:
    """Return what it costs to go from one chord to the next in the bass.

    A six-four is cadential (its dominant follows on the same bass), passing or a pedal: the bass
    steps or holds on both sides.

    >>> c64, g = Chord.parse("C/G"), Chord.parse("G")
    >>> bass_price(c64, g) < bass_price(c64, Chord.parse("Em"))
    True
    """
    move = (after.bass_pitch_class - chord.bass_pitch_class) % 12
    near = move in (0, 1, 2, 10, 11)
    same_chord = (chord.root, chord.quality) == (after.root, after.quality)
    cost = _STEP if near and move else 0.0 if move in (3, 4, 5, 7, 8, 9) else _LEAP
    if not near and not same_chord:
        cost += _LEFT * (is_six_four(chord) + is_six_four(after))
    if move == 0 and not same_chord and not is_six_four(chord):
        cost += _SAME_BASS
    if move == 6:
        cost += 1.5
    return cost


def bass_prices(chords: Sequence[Chord], after: Sequence[Chord]) -> Costs:
    """Return `bass_price` for each chord with each after it.

    >>> bass_prices([Chord.parse("C/G")], [Chord.parse("G"), Chord.parse("F")]).shape
    (1, 2)
    """
    return np.array([[bass_price(a, b) for b in after] for a in chords])
