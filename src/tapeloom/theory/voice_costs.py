"""What voice leading costs: motion, parallels, tendencies, doublings, and how much each weighs."""

import itertools
from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.theory.voicing import Voicing, functions


@dataclass(frozen=True, slots=True)
class Weights:
    """What a move from voicing to voicing costs, and what a voicing costs by itself."""

    motion: float = 1.0  # a semitone that the voices move in the mean
    top: float = 0.25  # a semitone that the highest voice moves: it is heard as a tune
    leap: float = 0.15  # a semitone of the widest step: one voice far off is worse than all near
    awkward: float = 0.0  # a leap of a tritone, a seventh, or more than an octave
    common: float = 0.0  # a tone that the next chord has too, and that isn't held
    parallel: float = 0.0  # two voices in parallel fifths, octaves or unisons
    direct: float = 0.0  # the outer voices leap the same way into a fifth or octave
    overlap: float = 0.0  # a voice passes where its neighbour just was
    tendency: float = 0.0  # a leading tone that doesn't rise, a seventh that doesn't fall
    doubled: float = 0.0  # a leading tone, seventh or major third that sounds twice
    spread: float = 0.0  # a semitone above an octave between neighbours over the bass
    home: float = 0.12  # a semitone that the mean pitch lies away from the centre

    def __post_init__(self) -> None:
        for field in fields(self):
            if not 0.0 <= getattr(self, field.name) < float("inf"):
                raise InputError(f"the weight of {field.name} must be 0 or more")


KEYS = Weights()
JAZZ = Weights(common=0.15, overlap=0.1, tendency=0.5, doubled=0.5)
CHORALE = Weights(
    leap=0.3, awkward=8.0, common=0.5, parallel=30.0, direct=6.0, overlap=8.0, tendency=12.0,
    doubled=4.0, spread=0.5, home=0.2,
)  # fmt: skip
WEIGHTS = {"keys": KEYS, "jazz": JAZZ, "chorale": CHORALE}

AWKWARD = (6, 10, 11)  # semitones
Rows = NDArray[np.int64]  # voicings, shape (voicings, voices)
Prices = NDArray[np.float64]


def motion(first: Voicing, second: Voicing) -> float:
    """Return the mean semitones that a voice moves, voices taken in order from the bottom.

    Where the number of voices differs, each voice of the larger chord comes from its nearest.

    >>> motion((53, 57, 60, 64), (53, 56, 59, 62))
    1.0
    """
    if len(first) == len(second):
        return sum(abs(a - b) for a, b in zip(first, second, strict=True)) / len(first)
    small, large = sorted((first, second), key=len)
    return sum(min(abs(a - b) for b in small) for a in large) / len(large)


@dataclass(frozen=True, slots=True)
class Tendency:
    """A tone that wants to move on, and the steps that content it."""

    tone: int  # pitch class 0..11
    name: str  # leading tone or seventh
    steps: tuple[int, ...]  # semitones; 0 where it may be held


@lru_cache(maxsize=8192)
def tendencies(first: Chord, second: Chord) -> tuple[Tendency, ...]:
    """List the tones of a chord that want to move into the next.

    A minor seventh falls by step or is held. The third of a chord whose root falls a fifth, and
    the root of a diminished chord below the next root, rise a semitone or are held, or sink one
    to become a seventh. A tone that the next chord gives no such step wants nothing.

    >>> tendencies(Chord.parse("G7"), Chord.parse("C"))
    (Tendency(tone=5, name='seventh', steps=(-1,)), Tendency(tone=11, name='leading tone', ...))
    """
    degrees = functions(first.quality)
    third, fifth, seventh = (degrees.get(name) for name in ("third", "fifth", "seventh"))
    found: list[Tendency] = []
    if seventh == 10 or (seventh == 9 and fifth == 6):
        found.append(Tendency((first.root + seventh) % 12, "seventh", (0, -1, -2)))
    rise = (second.root - first.root) % 12
    if third == 4 and rise == 5:
        found.append(_leading_tone(first.root + 4, second))
    elif (third, fifth) == (3, 6) and rise == 1:
        found.append(_leading_tone(first.root, second))
    ahead = {*second.pitch_classes, second.bass_pitch_class}
    kept = (
        replace(each, steps=tuple(step for step in each.steps if (each.tone + step) % 12 in ahead))
        for each in found
    )
    return tuple(each for each in kept if each.steps)


def _leading_tone(tone: int, ahead: Chord) -> Tendency:
    sinks = (tone - 1 - ahead.root) % 12 == functions(ahead.quality).get("seventh")
    return Tendency(tone % 12, "leading tone", (1, 0, -1) if sinks else (1, 0))


def moving_costs(
    a: Rows, b: Rows, chords: tuple[Chord, Chord] | None, weights: Weights
) -> dict[str, Prices]:
    """Count what each move from a row of `a` to a row of `b` is charged for.

    a, b     voicings, shape (voicings, voices); between different numbers of voices motion alone
             is counted
    chords   those of the two sides, for the tendencies; None leaves these out
    weights  what weighs nothing may be left out
    result   by name of the weight, shape (a, b) each

    >>> rows = np.array([[48, 55, 64]]), np.array([[50, 57, 65]])
    >>> moving_costs(*rows, None, Weights(parallel=1.0))["parallel"]
    array([[1.]])
    """
    terms: dict[str, Prices] = {}
    if a.shape[1] != b.shape[1]:
        rows = [[motion(tuple(first), tuple(second)) for second in b] for first in a]
        return {"motion": np.array(rows, np.float64)}
    steps = b[None] - a[:, None]  # (a, b, voices)
    size = np.abs(steps)
    terms["motion"] = size.mean(axis=2)
    terms["top"] = size[:, :, -1].astype(np.float64)
    terms["leap"] = size.max(axis=2).astype(np.float64)
    if weights.awkward:
        terms["awkward"] = (np.isin(size, AWKWARD) | (size > 12)).sum(axis=2).astype(np.float64)
    if weights.common:
        shared = (a[:, None, :, None] % 12 == b[None, :, None, :] % 12).any(axis=3)
        terms["common"] = (shared & (size > 0)).sum(axis=2).astype(np.float64)
    pairs = list(itertools.combinations(range(a.shape[1]), 2))
    if weights.parallel and pairs:
        low, high = np.array(pairs).T
        before, after = (a[:, high] - a[:, low]) % 12, (b[:, high] - b[:, low]) % 12
        perfect = np.isin(before, (0, 7))[:, None] & (before[:, None] == after[None])
        both = (steps[:, :, low] != 0) & (steps[:, :, high] != 0)
        terms["parallel"] = (perfect & both).sum(axis=2).astype(np.float64)
    if weights.direct and pairs:
        perfect = np.isin((b[:, -1] - b[:, 0]) % 12, (0, 7))[None]
        alike = np.sign(steps[:, :, 0]) * np.sign(steps[:, :, -1]) > 0
        terms["direct"] = (perfect & alike & (size[:, :, -1] > 2)).astype(np.float64)
    if weights.overlap and pairs:
        over = b[None, :, :-1] > a[:, None, 1:]
        under = b[None, :, 1:] < a[:, None, :-1]
        terms["overlap"] = (over | under).sum(axis=2).astype(np.float64)
    if weights.tendency and chords is not None:
        wrong = np.zeros(steps.shape[:2])
        for wish in tendencies(*chords):
            wrong += ((a[:, None] % 12 == wish.tone) & ~np.isin(steps, wish.steps)).sum(axis=2)
        terms["tendency"] = wrong
    return terms


def standing_costs(rows: Rows, chord: Chord, centre: float, weights: Weights) -> dict[str, Prices]:
    """Count what each voicing is charged for by itself.

    rows     voicings of the chord, shape (voicings, voices)
    centre   the pitch at which voicings are at home
    result   by name of the weight, shape (voicings,) each

    >>> standing_costs(np.array([[48, 52, 55]]), Chord(0), 60.0, Weights())["home"].round(2)
    array([8.33])
    """
    terms = {"home": np.abs(rows.mean(axis=1) - centre)}
    if weights.doubled:
        degrees = functions(chord.quality)
        once = {degrees[name] for name in ("seventh", "ninth", "colour") if name in degrees}
        once |= {4} & {degrees.get("third")}
        extra = [((rows - chord.root) % 12 == step).sum(axis=1) - 1 for step in sorted(once)]
        terms["doubled"] = np.maximum(extra, 0).sum(axis=0) + np.zeros(len(rows))
    if weights.spread and rows.shape[1] > 2:
        gaps = np.diff(rows[:, 1:], axis=1)
        terms["spread"] = np.maximum(gaps - 12, 0).sum(axis=1).astype(np.float64)
    return terms


def weigh_costs(terms: dict[str, Prices], weights: Weights) -> Prices:
    """Sum costs by their weights.

    >>> weigh_costs({"motion": np.array([2.0]), "home": np.array([1.0])}, Weights())
    array([2.12])
    """
    return np.asarray(sum(getattr(weights, name) * term for name, term in terms.items()))
