"""What is usual in a key: its chords, how they follow one another, where the music goes from it.

The tables are rules of common practice set by hand, not counts of a corpus: degrees are semitones
above the tonic, weights are relative. A chord is numbered `WIDTH * degree + label`, the labels
being those of chord recognition and two for the cadential six-four (the tonic's notes over the
fifth, which is heard as a dominant with two suspensions).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import MODES
from tapeloom.theory.chord_rules import LABELS

CADENTIAL_MAJOR, CADENTIAL_MINOR = len(LABELS), len(LABELS) + 1
WIDTH = len(LABELS) + 2
_NAMES = (*LABELS, "cadential major", "cadential minor")

# How common each chord is: label -> {semitones above the tonic: weight}.
USUAL: dict[str, dict[str, dict[int, float]]] = {
    "major": {
        "maj": {0: 1.0, 7: 0.45, 5: 0.25, 2: 0.04, 4: 0.025, 9: 0.02, 8: 0.02, 1: 0.012, 3: 0.012,
                10: 0.012, 11: 0.008},
        "7": {7: 0.6, 2: 0.06, 0: 0.05, 4: 0.03, 9: 0.03, 5: 0.015, 11: 0.012, 8: 0.012, 10: 0.012,
              1: 0.01},
        "min": {2: 0.2, 9: 0.2, 5: 0.05, 4: 0.04, 0: 0.03, 7: 0.012, 6: 0.001},
        "min7": {2: 0.12, 9: 0.03, 5: 0.01, 7: 0.006, 4: 0.005},
        "maj7": {0: 0.03, 5: 0.02},
        "dim": {11: 0.06, 6: 0.015, 2: 0.015, 1: 0.006, 4: 0.006, 8: 0.005},
        "hdim7": {2: 0.03, 11: 0.02, 6: 0.012, 4: 0.003},
        "dim7": {11: 0.06, 6: 0.04, 1: 0.02, 8: 0.015, 3: 0.005, 4: 0.005, 0: 0.004, 9: 0.004,
                 2: 0.003},
        "aug": {7: 0.012, 0: 0.006},
        "aug7": {7: 0.006},
        "sus4": {7: 0.02, 0: 0.008},
        "7sus4": {7: 0.02},
        "sus2": {0: 0.003},
        "cadential major": {7: 0.1},
        "cadential minor": {7: 0.005},
    },
    "minor": {
        "min": {0: 1.0, 5: 0.25, 7: 0.12, 2: 0.01, 10: 0.006, 8: 0.002, 9: 0.002},
        "maj": {7: 0.45, 8: 0.25, 3: 0.2, 10: 0.2, 0: 0.06, 1: 0.03, 5: 0.03, 2: 0.015},
        "7": {7: 0.6, 0: 0.05, 10: 0.04, 2: 0.04, 8: 0.03, 3: 0.02, 5: 0.015, 1: 0.01},
        "min7": {5: 0.05, 0: 0.03, 7: 0.012, 2: 0.005},
        "maj7": {8: 0.03, 3: 0.008, 1: 0.004},
        "dim": {2: 0.08, 11: 0.05, 4: 0.012, 6: 0.01, 9: 0.006, 7: 0.004, 5: 0.002},
        "hdim7": {2: 0.12, 9: 0.01, 11: 0.004, 6: 0.003},
        "dim7": {11: 0.12, 6: 0.04, 4: 0.03, 7: 0.004, 0: 0.004, 2: 0.004, 9: 0.004, 1: 0.002},
        "minmaj7": {0: 0.004},
        "aug": {3: 0.008, 7: 0.008},
        "aug7": {7: 0.005},
        "sus4": {7: 0.02, 0: 0.006},
        "7sus4": {7: 0.02},
        "cadential minor": {7: 0.08},
        "cadential major": {7: 0.02},
    },
}  # fmt: skip
_DOMINANTS = ("maj", "7", "aug", "aug7", "sus4", "7sus4")
_DIMINISHED = ("dim", "dim7", "hdim7")
_SUBSTITUTES = ((1, "major"), (1, "minor"), (10, "major"))  # by tritone, and by the back door
_PREDOMINANTS = ("maj", "min", "min7", "maj7", "hdim7", "dim")

# How much of the time each pitch class above the tonic sounds; a minor key has both sixths and
# sevenths. What is outside of the key gets `Grammar.foreign`.
SCALE_SHARES = {
    "major": {0: 0.18, 2: 0.13, 4: 0.15, 5: 0.12, 6: 0.03, 7: 0.18, 9: 0.11, 11: 0.11},
    "minor": {0: 0.18, 2: 0.13, 3: 0.15, 5: 0.12, 6: 0.03, 7: 0.18, 8: 0.11, 9: 0.04, 10: 0.07,
              11: 0.07},
}  # fmt: skip

# The keys in which a passage may stand for a while without leaving its key: those of the chords
# that a key has (in major V IV vi ii iii, in minor III iv v VI VII), with how common they are.
REGIONS: dict[str, tuple[tuple[int, str, float], ...]] = {
    "major": ((7, "major", 3), (5, "major", 3), (9, "minor", 3), (2, "minor", 2), (4, "minor", 1)),
    "minor": ((3, "major", 3), (5, "minor", 3), (7, "minor", 1.5), (8, "major", 1.5),
              (10, "major", 1)),
}  # fmt: skip
# Where a piece modulates at once: (from, to) -> {semitones up: weight}; elsewhere _FAR.
MODULATIONS: dict[tuple[str, str], dict[int, float]] = {
    ("major", "major"): {7: 3, 5: 2, 8: 0.6, 3: 0.5, 2: 0.4, 10: 0.4, 9: 0.3, 4: 0.3},
    ("major", "minor"): {9: 3, 4: 1, 2: 1, 0: 1, 5: 0.6, 7: 0.5},
    ("minor", "major"): {3: 3, 8: 1, 0: 1, 10: 0.8, 7: 0.3, 5: 0.3},
    ("minor", "minor"): {7: 1.5, 5: 1.2, 10: 0.4, 2: 0.4, 3: 0.3, 9: 0.3},
}
_FAR = 0.12
_MODES = ("major", "minor")


@dataclass(frozen=True, slots=True)
class Grammar:
    """How strongly each rule counts; bonuses are added to a logarithm.

    The defaults are guesses that were set right on the 72 development excerpts of the benchmark,
    one at a time: around them the figures are flat.

    >>> Grammar().chords > 0
    True
    """

    usual: float = 0.85  # the power of the table of usual chords
    floor: float = 2e-4  # what a chord weighs that it does not hold
    resolution: float = 1.2  # dominant to tonic
    approach: float = 0.6  # subdominant to dominant
    departure: float = 0.3  # tonic to dominant
    retrogression: float = -0.5  # dominant to subdominant
    deception: float = 0.2  # dominant to the sixth degree
    descent: float = 0.4  # the sixth degree to a subdominant
    falling_fifth: float = 0.5  # any root to the one a fifth below
    applied: float = 1.0  # an applied dominant to its goal
    unapplied: float = -1.0  # and elsewhere
    cadential: float = 2.5  # a cadential six-four to the dominant
    stuck: float = -2.5  # and elsewhere
    repeated: float = 1.0  # the same chord, or one of the same root and function
    chords: float = 1.0  # the power of what is heard as chords
    scale: float = 1.5  # the power of what is heard as a scale
    foreign: float = 0.02  # the share of a pitch class outside of the key
    leave: float = 0.016  # how probably a passage leaves its key's tonic for a region, at a chord
    linger: float = 0.67  # how probably it stays in the region
    settle: float = 0.03  # how probably the region becomes the key
    modulate: float = 0.015  # how probably the key changes at once


DEFAULT = Grammar()


def function_of(degree: int, label: str, mode: str = "major") -> str:
    """Return what a chord does in its key, as T, S, D, C, R or X.

    T tonic, S subdominant, D dominant, C cadential six-four, R the sixth degree, which stands in
    for the tonic, X anything else: applied and foreign chords.

    >>> [function_of(degree, label) for degree, label in ((7, "7"), (2, "min7"), (2, "7"))]
    ['D', 'S', 'X']
    """
    if label.startswith("cadential"):
        return "C"
    if (degree == 7 and label in _DOMINANTS) or (degree == 11 and label in _DIMINISHED):
        return "D"
    if label == "7" and (degree, mode) in _SUBSTITUTES:
        return "D"
    if degree == 0 and label in ("maj", "min", "maj7", "min7", "minmaj7"):
        return "T"
    if degree in (2, 5) and label in _PREDOMINANTS and (degree, label) != (2, "maj"):
        return "S"
    if (degree, label) == (1, "maj"):
        return "S"
    if degree in (8, 9) and label in ("maj", "min", "maj7", "min7"):
        return "R"
    return "X"


def goal_of(degree: int, label: str) -> int:
    """Return the degree to which a chord leads if it is an applied dominant, else -1.

    >>> goal_of(2, "7"), goal_of(6, "dim7"), goal_of(2, "min")
    (7, 7, -1)
    """
    if label in ("7", "maj", "aug", "aug7"):
        return (degree + 5) % 12
    return (degree + 1) % 12 if label in _DIMINISHED else -1


@cache
def openings(rules: Grammar = DEFAULT) -> NDArray[np.float64]:
    """Return how probable each chord is as the first, shape (modes, 12 * WIDTH).

    >>> openings().sum(axis=1).round(6)
    array([1., 1.])
    """
    return np.stack([_share(_weights(mode, rules)) for mode in _MODES])


@cache
def transitions(rules: Grammar = DEFAULT) -> NDArray[np.float64]:
    """Return how probable each chord is after each in a key, shape (modes, before, after).

    >>> at = {name: WIDTH * degree + LABELS.index(label)
    ...       for name, degree, label in (("V7", 7, "7"), ("I", 0, "maj"), ("IV", 5, "maj"))}
    >>> major = transitions()[0]
    >>> bool(major[at["V7"], at["I"]] > 10 * major[at["V7"], at["IV"]])
    True
    """
    return np.stack([_share(_weights(mode, rules) + _bonuses(mode, rules)) for mode in _MODES])


def _share(logarithms: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.exp(logarithms - logarithms.max(axis=-1, keepdims=True))
    result: NDArray[np.float64] = weights / weights.sum(axis=-1, keepdims=True)
    return result


def _weights(mode: str, rules: Grammar) -> NDArray[np.float64]:
    weights = np.full((12, WIDTH), rules.floor)
    for name, degrees in USUAL[mode].items():
        for degree, weight in degrees.items():
            weights[degree, _NAMES.index(name)] = weight
    result: NDArray[np.float64] = rules.usual * np.log(weights).reshape(-1)
    return result


def _bonuses(mode: str, rules: Grammar) -> NDArray[np.float64]:
    """Add up the bonuses of the rules from each chord to each, shape (before, after)."""
    chords = [(degree, name) for degree in range(12) for name in _NAMES]
    degree = np.array([chord[0] for chord in chords])
    does = np.array([function_of(*chord, mode) for chord in chords])
    goal = np.array([goal_of(*chord) for chord in chords])
    diminished = np.array([chord[1] in ("dim", "dim7") for chord in chords])
    bonus = np.zeros((len(chords), len(chords)))
    for before, after, weight in (
        ("D", "T", rules.resolution),
        ("S", "D", rules.approach),
        ("S", "C", rules.approach),
        ("T", "D", rules.departure),
        ("D", "S", rules.retrogression),
        ("D", "R", rules.deception),
        ("R", "S", rules.descent),
    ):
        bonus[np.ix_(does == before, does == after)] += weight
    cadential = does == "C"
    applied = (does == "X") & (goal >= 0)
    reached = (goal[:, None] == degree) & ~diminished & ~cadential
    # What leads to the dominant may be held up by the six-four before it.
    reached |= (goal[:, None] == 7) & cadential
    bonus[applied] += np.where(reached[applied], rules.applied, rules.unapplied)
    fifths = (degree - degree[:, None]) % 12 == 5
    bonus[~cadential] += rules.falling_fifth * fifths[~cadential]
    closes = (does == "D") & (degree == 7)
    bonus[cadential] += np.where(closes, rules.cadential, rules.stuck)
    bonus += rules.repeated * ((degree[:, None] == degree) & (does[:, None] == does))
    return bonus


@cache
def regions() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return each key's regions, itself first, and how they share what leaves it.

    Keys are numbered tonic + 12 * is_minor; shapes (24, 6) and (24, 6), the first share being 0.

    >>> regions()[0][0], regions()[1][0].round(2)
    (array([ 0,  7,  5, 21, 14, 16]), array([0.  , 0.25, 0.25, 0.25, 0.17, 0.08]))
    """
    rows, shares = [], []
    for key in range(24):
        near = REGIONS[_MODES[key // 12]]
        rows.append([key] + [(key + up) % 12 + 12 * _MODES.index(mode) for up, mode, _ in near])
        shares.append([0.0, *(weight for *_, weight in near)])
    table = np.array(shares)
    return np.array(rows), table / table.sum(axis=1, keepdims=True)


@cache
def modulations() -> NDArray[np.float64]:
    """Return where each key goes when it changes at once, shape (24, 24), rows adding up to 1.

    >>> modulations()[0].argmax(), modulations()[12].argmax()
    (np.int64(7), np.int64(3))
    """
    table = np.full((24, 24), _FAR)
    for (source, target), ways in MODULATIONS.items():
        for up, weight in ways.items():
            for tonic in range(12):
                row = tonic + 12 * _MODES.index(source)
                table[row, (tonic + up) % 12 + 12 * _MODES.index(target)] = weight
    np.fill_diagonal(table, 0.0)
    result: NDArray[np.float64] = table / table.sum(axis=1, keepdims=True)
    return result


@cache
def notes_of(key: int) -> tuple[int, ...]:
    """Return the pitch classes of a key, tonic + 12 * is_minor; minor has both sixths and sevenths.

    >>> notes_of(7), notes_of(12)
    ((7, 9, 11, 0, 2, 4, 6), (0, 2, 3, 5, 7, 8, 9, 10, 11))
    """
    steps = MODES["major"] if key < 12 else sorted({*MODES["minor"], 9, 11})
    return tuple((key + step) % 12 for step in steps)


@cache
def scale_evidence(rules: Grammar = DEFAULT) -> NDArray[np.float64]:
    """Return the logarithm of each pitch class's share in each key, shape (24, 12).

    >>> table = scale_evidence()
    >>> bool(table[0, 0] > table[0, 1]), table.shape
    (True, (24, 12))
    """
    rows = []
    for mode in _MODES:
        shares = np.full(12, rules.foreign)
        for step, share in SCALE_SHARES[mode].items():
            shares[step] = max(share, rules.foreign)
        logarithms = np.log(shares / shares.sum())
        rows += [np.roll(logarithms, tonic) for tonic in range(12)]
    return np.array(rows)
