"""Chord progressions that are made up: common-practice phrases, and jazz chords with tensions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.core.harmony import QUALITIES
from tapeloom.core.time import PPQ
from tapeloom.theory.chord_rules import LABELS

# What follows a chord, and how often. A numeral is a degree in semitones and a quality.
_NUMERALS: dict[str, dict[str, tuple[int, str]]] = {
    "major": {
        "I": (0, "maj"), "ii": (2, "min"), "iii": (4, "min"), "IV": (5, "maj"), "V": (7, "maj"),
        "vi": (9, "min"), "viio": (11, "dim"), "V7": (7, "7"), "ii7": (2, "min7"),
        "IV7": (5, "maj7"), "vi7": (9, "min7"), "I7": (0, "maj7"), "iih7": (2, "hdim7"),
        "viih7": (11, "hdim7"), "viio7": (11, "dim7"), "iv": (5, "min"), "bVI": (8, "maj"),
        "bII": (1, "maj"), "V+": (7, "aug"), "iii7": (4, "min7"), "bVII": (10, "maj"),
    },
    "minor": {
        "I": (0, "min"), "ii": (2, "dim"), "iii": (3, "maj"), "IV": (5, "min"), "V": (7, "maj"),
        "vi": (8, "maj"), "viio": (11, "dim"), "V7": (7, "7"), "ii7": (2, "hdim7"),
        "IV7": (5, "min7"), "vi7": (8, "maj7"), "I7": (0, "min7"), "iih7": (2, "hdim7"),
        "viih7": (11, "dim7"), "viio7": (11, "dim7"), "iv": (5, "maj"), "bVI": (8, "maj"),
        "bII": (1, "maj"), "V+": (7, "aug"), "iii7": (3, "maj7"), "bVII": (10, "maj"),
    },
}  # fmt: skip
_PRE = {"V": 4, "V7": 4, "cad": 3, "viio": 1, "viio7": 1, "viih7": 0.4, "I": 1, "V+": 0.1}
_FOLLOWS: dict[str, dict[str, float]] = {
    "I": {"IV": 3, "V": 4, "V7": 4, "ii": 2, "ii7": 1, "vi": 2, "viio": 1.2, "viio7": 0.6, "I": 1,
          "iii": 0.5, "IV7": 0.3, "iv": 0.3, "bVI": 0.2, "bII": 0.2, "cad": 0.5, "I7": 0.2,
          "bVII": 0.2},
    "ii": _PRE | {"ii7": 1}, "ii7": _PRE, "iih7": _PRE, "iv": _PRE, "bII": _PRE,
    "IV": _PRE | {"ii": 1.5, "I": 3, "ii7": 1, "iv": 0.4, "iih7": 0.3}, "IV7": _PRE | {"viih7": 1},
    "iii": {"vi": 4, "IV": 3, "I": 1, "ii": 1}, "iii7": {"vi": 3, "vi7": 2, "IV": 1},
    "vi": {"ii": 3, "IV": 3, "V": 2, "ii7": 2, "iii": 0.7, "V7": 1, "I": 1, "cad": 0.7, "vi7": 0.3},
    "vi7": {"ii7": 3, "ii": 2, "IV": 1}, "bVI": {"V": 3, "V7": 2, "bII": 1, "iv": 1, "I": 1},
    "V": {"I": 8, "V7": 3, "vi": 1.5, "IV": 0.7, "viio7": 0.3, "V": 0.5, "cad": 0.5},
    "V+": {"I": 1},
    "V7": {"I": 9, "vi": 1.5, "V7": 0.5, "V": 0.4}, "viio": {"I": 6, "V7": 1, "iii": 0.4},
    "viih7": {"I": 4, "V7": 1, "viio7": 0.5}, "viio7": {"I": 5, "V7": 1.5, "V": 0.5},
    "cad": {"V": 5, "V7": 6}, "I7": {"IV": 3, "vi7": 1, "IV7": 2}, "bVII": {"IV": 2, "iii": 2,
                                                                          "V7": 1},
}  # fmt: skip
# Applied chords: semitones above the root that they lead to, quality, frequency.
_APPLIED = ((7, "7", 5.0), (7, "maj", 2.0), (11, "dim7", 2.0), (11, "dim", 1.0), (11, "hdim7", 0.5))
_DELAYS = {"145": 1.0, "136": 1.0, "146": 1.0}  # suspended fourth, sixth for fifth, six-four
_TARGETS = ("V", "ii", "vi", "IV", "iii")
_INVERSIONS = {"triad": (0.62, 0.3, 0.08), "seventh": (0.42, 0.25, 0.16, 0.17),
               "dim": (0.25, 0.65, 0.1), "dim7": (0.35, 0.3, 0.2, 0.15)}  # fmt: skip
_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 11)}
_MODULATIONS = {
    "major": ((7, "major"), (9, "minor"), (5, "major"), (2, "minor"), (0, "minor")),
    "minor": ((3, "major"), (7, "minor"), (5, "minor"), (8, "major"), (0, "major")),
}


@dataclass(frozen=True, slots=True)
class Harmony:
    """One chord of an exercise."""

    start: int
    end: int
    root: int  # pitch class 0..11
    quality: str
    bass: int  # pitch class
    scale: frozenset[int]  # pitch classes that melodies pass through
    sounding: tuple[int, ...]  # the pitch classes played (another chord's for a six-four)
    key: tuple[int, str] | None = None  # tonic's pitch class and mode of the local key


def _pick(rng: np.random.Generator, table: dict[str, float]) -> str:
    weights = np.array(list(table.values()))
    return str(list(table)[int(rng.choice(len(weights), p=weights / weights.sum()))])


def _invert(rng: np.random.Generator, steps: Sequence[int], quality: str) -> int:
    """Draw the degree that lies in the bass."""
    name = quality if quality in _INVERSIONS else "triad" if len(steps) == 3 else "seventh"
    return int(steps[int(rng.choice(len(_INVERSIONS[name]), p=_INVERSIONS[name]))])


def progress(rng: np.random.Generator, *, length: int = 32) -> list[Harmony]:
    """Draw a progression of some chords, with phrases, applied chords and modulations.

    >>> chords = progress(np.random.default_rng(1), length=8)
    >>> len(chords) >= 8, chords[0].start, chords[1].start == chords[0].end
    (True, 0, True)
    """
    mode = "major" if rng.random() < 0.58 else "minor"
    tonic, numeral, time = int(rng.integers(12)), "I", 0
    pulse = float(rng.choice([0.5, 1.0, 1.0, 1.0, 1.5, 2.0]))
    chromatic, inverted = rng.random() * 0.25, rng.random() * 1.3
    suspended = rng.random() * 0.12
    chords: list[Harmony] = []

    def add(root: int, quality: str, quarters: float, *, delayed: str = "") -> None:
        nonlocal time
        steps = QUALITIES[quality].intervals
        root %= 12
        played = tuple((root + step) % 12 for step in steps)
        low = _invert(rng, steps, quality) if rng.random() < inverted else 0
        if delayed:
            low = 0
            sixth = root + (9 if (root + 9 - tonic) % 12 in _SCALES[mode] else 8)
            voices = {"1": 0, "3": steps[1], "4": 5, "5": steps[2], "6": sixth - root}
            played = tuple((root + voices[tone]) % 12 for tone in delayed)
        scale = {(tonic + step) % 12 for step in _SCALES[mode]}
        if mode == "minor" and quality not in ("7", "dim7") and rng.random() < 0.5:
            scale = (scale - {(tonic + 11) % 12}) | {(tonic + 10) % 12}
        own = set(played)
        scale = {pc for pc in scale if not ({(pc + 1) % 12, (pc - 1) % 12} & (own - scale))} | own
        end = time + int(quarters * PPQ)
        bass = (root + low) % 12
        chords.append(
            Harmony(time, end, root, quality, bass, frozenset(scale), played, (tonic, mode))
        )
        time = end

    while len(chords) < length:
        quarters = pulse * float(rng.choice([0.5, 1, 1, 1, 1, 2, 2, 3]))
        if numeral == "cad":
            add(tonic + 7, "maj", quarters, delayed="146")
        else:
            degree, quality = _NUMERALS[mode][numeral]
            if numeral in _TARGETS and quality != "dim" and rng.random() < chromatic * 2:
                odds = {str(i): odd for i, (_, _, odd) in enumerate(_APPLIED)}
                above, applied, _ = _APPLIED[int(_pick(rng, odds))]
                add(tonic + degree + above, applied, pulse * float(rng.choice([0.5, 1, 1, 2])))
            if quality in ("maj", "min", "7") and rng.random() < suspended:
                add(
                    tonic + degree,
                    quality,
                    quarters,
                    delayed=str(rng.choice(["145", "136", "146"])),
                )
            add(tonic + degree, quality, quarters)
            if rng.random() < 0.15:  # the same chord again, perhaps inverted
                add(tonic + degree, quality, quarters)
        if numeral == "I" and rng.random() < 0.06:
            shift, mode = _MODULATIONS[mode][int(rng.integers(5))]
            tonic = (tonic + shift) % 12
        if numeral in ("I", "V") and rng.random() < 0.12:
            numeral = "I"
        else:
            follows = _FOLLOWS[numeral]
            rare = {"I7", "IV7", "vi7", "iii7", "iv", "bVI", "bII", "bVII", "V+", "iih7"}
            numeral = _pick(
                rng,
                {k: w * (chromatic * 5 if k in rare else 1.0) for k, w in follows.items()},
            )
    return chords


# Tensions that sound with a quality, and the scale that melodies pass through, above the root.
_LOUNGE: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "maj": ((14,), (0, 2, 4, 5, 7, 9, 11)), "min": ((14,), (0, 2, 3, 5, 7, 9, 10)),
    "7": ((14, 21, 13, 15, 18), (0, 2, 4, 5, 7, 9, 10)), "dim": ((), (0, 2, 3, 5, 6, 8, 9, 11)),
    "maj7": ((14, 14, 21, 18), (0, 2, 4, 7, 9, 11)), "min7": ((14, 14, 17), (0, 2, 3, 5, 7, 9, 10)),
    "hdim7": ((17, 14), (0, 1, 3, 5, 6, 8, 10)), "dim7": ((), (0, 2, 3, 5, 6, 8, 9, 11)),
    "aug": ((), (0, 2, 4, 6, 8, 10)), "minmaj7": ((14,), (0, 2, 3, 5, 7, 9, 11)),
    "aug7": ((14,), (0, 2, 4, 6, 8, 10)), "augmaj7": ((14,), (0, 2, 4, 6, 8, 9, 11)),
    "sus2": ((), (0, 2, 5, 7, 9)), "sus4": ((), (0, 2, 5, 7, 9)),
    "7sus4": ((14, 21), (0, 2, 5, 7, 9, 10)),
}  # fmt: skip
_COMMON = {"maj": 3.0, "min": 3.0, "7": 6.0, "maj7": 6.0, "min7": 6.0, "hdim7": 2.0, "7sus4": 1.5}
Tune = Sequence[tuple[int, str, int]]  # root, label of recognition, ticks


def reduce_quality(intervals: Sequence[int]) -> str:
    """Name the label of recognition that a chord of more notes counts as.

    >>> reduce_quality((0, 4, 7, 10, 14, 21)), reduce_quality((0, 3, 7, 9)), reduce_quality((0, 7))
    ('7', 'min', 'maj')
    """
    low = {step for step in intervals if step < 12}
    for label in ("augmaj7", "aug7", "minmaj7", "dim7", "hdim7", "7sus4", "maj7", "min7", "7"):
        if set(QUALITIES[label].intervals) <= low:
            return label
    if {4, 10} <= low:
        return "7"
    for label in ("maj", "min", "dim", "aug", "sus4", "sus2"):
        if set(QUALITIES[label].intervals) <= low:
            return label
    return "min" if 3 in low else "maj"


def random_tune(rng: np.random.Generator, *, length: int) -> Tune:
    """Draw chords of all qualities, whose roots mostly fall by fifths or move by step.

    >>> len(random_tune(np.random.default_rng(0), length=5))
    5
    """
    root, tune = int(rng.integers(12)), []
    unit = int(rng.choice([1, 2, 2, 4]))
    odds = {label: _COMMON.get(label, 1.0) for label in LABELS}
    for _ in range(length):
        tune.append((root, _pick(rng, odds), unit * PPQ * int(rng.choice([1, 1, 2]))))
        root = (root + int(rng.choice([5, 5, 5, 2, 10, 11, 1, 9, 3, 7]))) % 12
    return tune


def colour(rng: np.random.Generator, tune: Tune) -> list[Harmony]:
    """Add tensions and inversions to a tune's chords.

    >>> chords = colour(np.random.default_rng(0), [(0, "maj7", 4), (5, "7", 4)])
    >>> [chord.quality for chord in chords], (chords[1].root - chords[0].root) % 12
    (['maj7', '7'], 5)
    """
    chords, time = [], 0
    lush, inverted = rng.random(), rng.random() * 0.15
    shift = int(rng.integers(12))
    for degree, quality, ticks in tune:
        root = (degree + shift) % 12
        steps = list(QUALITIES[quality].intervals)
        tensions, scale = _LOUNGE[quality]
        for tension in rng.permutation(tensions)[:2]:
            if rng.random() < lush * (0.7 if len(steps) > 3 else 0.2):
                steps.append(int(tension))
        low = int(rng.choice(steps[: 3 if quality != "dim7" else 1]))
        bass = low if rng.random() < inverted else 0
        played = tuple((root + step) % 12 for step in steps)
        passing = frozenset({(root + step) % 12 for step in scale} | set(played))
        chords.append(
            Harmony(time, time + ticks, root, quality, (root + bass) % 12, passing, played)
        )
        time += ticks
    return chords
