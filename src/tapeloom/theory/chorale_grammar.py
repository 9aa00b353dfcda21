"""The harmony of a chorale as a grammar: functions in a key and its relatives, and their cadences.

Costs of one function after another follow common practice (W. Piston, "Harmony", 1941, the table of
usual root progressions): dominants go home, what prepares them goes to them, and a key is left
through a chord that both keys have or straight by the new key's dominant.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.chorale_costs import Costs
from tapeloom.theory.inversions import bass_price, bass_tone, is_six_four, position_price

# Semitones above the tonic and the quality of each function's chord.
_CHORDS = {
    "major": {
        "I": (0, "maj"), "ii": (2, "min"), "ii7": (2, "min7"), "iii": (4, "min"), "IV": (5, "maj"),
        "V": (7, "maj"), "V7": (7, "7"), "vi": (9, "min"), "vii": (11, "dim"),
    },
    "minor": {
        "I": (0, "min"), "ii": (2, "dim"), "ii7": (2, "hdim7"), "iii": (3, "maj"),
        "IV": (5, "min"), "V": (7, "maj"), "V7": (7, "7"), "vi": (8, "maj"), "vii": (11, "dim"),
        "vii7": (11, "dim7"),
    },
}  # fmt: skip
# Where each function may stand: its root, third, fifth or seventh in the bass.
_BASSES = {
    "I": ("root", "third", "fifth"), "ii": ("root", "third"), "ii7": ("root", "third"),
    "iii": ("root",), "IV": ("root", "third"), "V": ("root", "third"),
    "V7": ("root", "third", "fifth", "seventh"), "vi": ("root",), "vii": ("third",),
    "vii7": ("root", "third"),
}  # fmt: skip
_ORDER = ("I", "ii", "iii", "IV", "V", "V7", "vi", "vii")
_NEXT = np.array([
    # I    ii   iii  IV   V    V7   vi   vii
    [0.9, 0.8, 1.8, 0.6, 0.5, 0.9, 0.8, 0.8],  # I
    [2.8, 0.9, 3.5, 2.5, 0.2, 0.3, 2.8, 0.6],  # ii
    [2.5, 2.2, 1.2, 0.8, 2.2, 2.5, 0.5, 2.5],  # iii
    [0.9, 0.6, 2.8, 1.0, 0.4, 0.6, 2.2, 0.7],  # IV
    [0.1, 3.2, 2.8, 3.0, 0.7, 0.5, 0.9, 1.8],  # V
    [0.0, 4.5, 4.0, 4.5, 2.5, 1.0, 1.0, 2.5],  # V7
    [1.8, 0.5, 2.0, 0.5, 0.8, 1.2, 1.1, 1.2],  # vi
    [0.2, 3.5, 2.5, 3.5, 1.5, 1.5, 2.5, 1.2],  # vii
])  # fmt: skip
# The keys that a chorale visits, as semitones from its tonic and mode, and what a beat there costs.
_REGIONS = {
    "major": ((0, "major", 0.0), (7, "major", 0.35), (9, "minor", 0.4), (5, "major", 0.45),
              (2, "minor", 0.5), (4, "minor", 0.6)),
    "minor": ((0, "minor", 0.0), (3, "major", 0.35), (7, "minor", 0.45), (5, "minor", 0.45),
              (10, "major", 0.5), (8, "major", 0.5)),
}  # fmt: skip
PIVOT = 2.0  # cost of a new key by a chord that both have
STRAIGHT = 3.2  # by its dominant
_COLOUR = {"V7": 0.3, "ii7": 0.3, "vii7": 0.6, "vii": 0.4, "iii": 0.6}
NEVER = 30.0
_NO_CADENCE = 12.0
_REST = {"I": 0.0, "V": 1.2, "vi": 4.0}  # what a phrase ends on
_ARRIVAL = {"V": 0.0, "V7": 0.0, "vii": 1.5, "IV": 3.0}  # what leads to its tonic


@dataclass(frozen=True, slots=True)
class Symbol:
    """A chord with its function in a key, all as in C."""

    chord: Chord
    function: str  # I, ii, ii7, iii, IV, V, V7, vi, vii or vii7
    region: int  # in the order of the keys that a chorale visits; 0 is its own
    cost: float


@lru_cache(maxsize=2)
def symbols(mode: str) -> tuple[Symbol, ...]:
    """List the chords of a chorale in C major or C minor, in the keys that it visits.

    >>> [str(each.chord) for each in symbols("major")[:6]]
    ['C', 'C/E', 'C/G', 'Dm', 'Dm/F', 'Dm7']
    """
    found = []
    for region, (tonic, inside, away) in enumerate(_REGIONS[mode]):
        for function, (above, quality) in _CHORDS[inside].items():
            root = (tonic + above) % 12
            plain = Chord(root, quality)
            for step in sorted({each % 12 for each in plain.intervals}):
                chord = Chord(root, quality, (root + step) % 12)
                if bass_tone(chord) in _BASSES[function]:
                    cost = away + _COLOUR.get(function, 0.0) + position_price(chord, firm=False)
                    if function == "V7" and step == 7:
                        cost -= 2.0  # a passing four-three is no six-four
                    found.append(Symbol(chord, function, region, cost))
    return tuple(found)


@lru_cache(maxsize=2)
def transitions(mode: str) -> Costs:
    """Return what each symbol costs after each, (symbols, symbols).

    >>> names = [str(each.chord) for each in symbols("major")]
    >>> cost = transitions("major")
    >>> g7, c, dm = (names.index(name) for name in ("G7", "C", "Dm"))
    >>> bool(cost[g7, c] < cost[g7, dm])
    True
    """
    every = symbols(mode)
    scales = [_scale(tonic, inside) for tonic, inside, _ in _REGIONS[mode]]
    table = np.full((len(every), len(every)), NEVER)
    for i, a in enumerate(every):
        for j, b in enumerate(every):
            table[i, j] = _follow(mode, a, b, scales) + bass_price(a.chord, b.chord)
    return table


def _scale(tonic: int, mode: str) -> frozenset[int]:
    return frozenset((step + tonic) % 12 for step in Key("C", mode).scale)


def _place(function: str) -> int:
    return _ORDER.index(function.removesuffix("7") if function in ("ii7", "vii7") else function)


def _follow(mode: str, a: Symbol, b: Symbol, scales: list[frozenset[int]]) -> float:
    same = (a.chord.root, a.chord.quality) == (b.chord.root, b.chord.quality)
    if a.region == b.region:
        cost = float(_NEXT[_place(a.function), _place(b.function)])
        if is_six_four(a.chord) and a.function == "I" and not same:
            cost = 0.0 if b.function in ("V", "V7") and b.chord.bass is None else 2.0
        if is_six_four(b.chord) and b.function == "I" and a.function in ("ii", "ii7", "IV"):
            cost = 0.3
        return cost
    pending = 4.0 * (a.function in ("V7", "vii", "vii7"))  # a dominant that isn't answered
    pivot = _pivot(mode, a, b.region) if set(a.chord.pitch_classes) <= scales[b.region] else None
    if pivot is not None:
        return PIVOT + pending + float(_NEXT[_place(pivot), _place(b.function)])
    if b.function in ("V", "V7", "vii", "vii7"):
        return STRAIGHT + pending
    return NEVER


def _pivot(mode: str, symbol: Symbol, region: int) -> str | None:
    """Return a chord's function in another key; None where it has none."""
    tonic, inside, _ = _REGIONS[mode][region]
    asked = ((symbol.chord.root - tonic) % 12, symbol.chord.quality)
    return next((name for name, each in _CHORDS[inside].items() if each == asked), None)


def rests(mode: str, *, last: bool) -> Costs:
    """Return what each symbol costs as the end of a phrase, (symbols,).

    last   whether the chorale ends here: then it rests on its own tonic

    >>> costs = rests("major", last=True)
    >>> [str(each.chord) for each, cost in zip(symbols("major"), costs) if cost == 0]
    ['C']
    """
    every = symbols(mode)
    cost = [
        _REST.get(each.function, _NO_CADENCE)
        + position_price(each.chord, firm=True) * 2
        + (NEVER if last and (each.region, each.function) != (0, "I") else 0.0)
        for each in every
    ]
    return np.array(cost)


@lru_cache(maxsize=2)
def arrivals(mode: str) -> Costs:
    """Return what each symbol costs before one that ends a phrase, (symbols, symbols)."""
    every = symbols(mode)
    table = np.zeros((len(every), len(every)))
    for i, a in enumerate(every):
        for j, b in enumerate(every):
            if b.function == "I":
                led = _ARRIVAL.get(a.function, 8.0) if a.region == b.region else 8.0
                inverted = a.function in ("V", "V7", "IV") and a.chord.bass is not None
                table[i, j] = led + 6.0 * inverted
            elif b.function == "V":
                table[i, j] = 3.0 * (a.function in ("V", "V7") and a.region == b.region)
            elif b.function == "vi":
                table[i, j] = 0.0 if a.function in ("V", "V7") and a.region == b.region else 8.0
    return table


def openings(mode: str) -> Costs:
    """Return what each symbol costs as the first chord: the tonic, or the dominant before it."""
    price = {"I": 0.0, "V": 0.8}
    cost = [
        price.get(each.function, 3.0)
        + 6.0 * (each.region != 0)
        + 3.0 * (each.chord.bass is not None)
        for each in symbols(mode)
    ]
    return np.array(cost)
