"""Which chords suit a melody: what each costs under each beat, and what the outer voices forbid."""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import Key
from tapeloom.theory.chorale_beats import Beat
from tapeloom.theory.chorale_costs import Costs
from tapeloom.theory.chorale_grammar import arrivals, openings, rests, symbols, transitions
from tapeloom.theory.part_moves import allowed_steps, wishes

FOREIGN = 9.0  # cost of a melody note on the beat that isn't the chord's, if it moves by step
STRANGE = 40.0  # if it doesn't
PASSING = 0.3  # of one after the beat, by step
SKIPPED = 5.0  # by leap
FORCED = 60.0  # parallels of the outer voices, or a bound tone that is not led on
DULL = 0.9  # a chord that stays, with its bass
LOOSE = 1.5  # how much more so into a stronger beat


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """What the symbols of the grammar cost, beat by beat."""

    best: tuple[Costs, ...]  # (symbols,) the cost of the best chords of the whole with it here
    prices: tuple[Costs, ...]  # (symbols,) its own cost
    betweens: tuple[Costs, ...]  # (symbols, symbols) from each beat into the next


@lru_cache(maxsize=2)
def _tones(mode: str) -> NDArray[np.bool_]:
    """Return whether each symbol's chord holds each pitch class, (symbols, 12)."""
    every = symbols(mode)
    held = np.zeros((len(every), 12), np.bool_)
    for row, symbol in zip(held, every, strict=True):
        row[list(symbol.chord.pitch_classes)] = True
    return held


@lru_cache(maxsize=4096)
def _fits(mode: str, pitches: tuple[int, ...]) -> Costs:
    """Return what each symbol costs under a beat of melody, pitches counted from the tonic."""
    held = _tones(mode)
    cost = np.zeros(len(held))
    for i, pitch in enumerate(pitches):
        foreign = ~held[:, pitch % 12]
        if i:
            cost += foreign * (PASSING if abs(pitch - pitches[i - 1]) <= 2 else SKIPPED)
        else:
            led = len(pitches) > 1 and abs(pitches[1] - pitch) <= 2
            resolved = held[:, pitches[1] % 12] if led else np.zeros(len(held), np.bool_)
            cost += foreign * np.where(resolved, FOREIGN, STRANGE)
    return cost


@dataclass(frozen=True, slots=True, eq=False)
class _Bound:
    """Tones that pairs of symbols bind, all pairs in one table."""

    bass: Costs  # (symbols, symbols) what a bound tone in the bass costs where it isn't led on
    pairs: NDArray[np.intp]  # (bound tones, 2): a symbol and the one after
    tones: NDArray[np.int64]  # (bound tones,) pitch classes
    steps: tuple[tuple[int, ...], ...]  # what the soprano may do with each


@lru_cache(maxsize=2)
def _bound(mode: str) -> _Bound:
    every = symbols(mode)
    key = Key("C", mode)
    bass = np.zeros((len(every), len(every)))
    found = []
    for (i, a), (j, b) in itertools.product(enumerate(every), enumerate(every)):
        below = a.chord.bass_pitch_class
        step = (b.chord.bass_pitch_class - below) % 12
        for wish in wishes(a.chord, b.chord, key):
            if wish.tone == below and step not in {each % 12 for each in wish.steps}:
                bass[i, j] = FORCED
            found.append((i, j, wish.tone, allowed_steps(wish, 3, 4)))
    return _Bound(
        bass, np.array([each[:2] for each in found]), np.array([each[2] for each in found]),
        tuple(each[3] for each in found),
    )  # fmt: skip


@lru_cache(maxsize=8192)
def _bounds(mode: str, before: int, after: int, step: int) -> Costs:
    """Return what the outer voices cost where the melody moves, (symbols, symbols).

    before, after   the melody's pitch classes, counted from the tonic
    step            semitones that it moves
    """
    bound = _bound(mode)
    table = bound.bass.copy()
    for row in np.flatnonzero(bound.tones == before).tolist():
        if step not in bound.steps[row]:
            table[tuple(bound.pairs[row])] = FORCED
    if step % 12:
        below = np.array([each.chord.bass_pitch_class for each in symbols(mode)])
        here, there = (before - below)[:, None] % 12, (after - below)[None] % 12
        moved = below[:, None] != below[None]
        table[moved & (here == there) & ((here == 0) | (here == 7))] = FORCED
    return table


@lru_cache(maxsize=2)
def _staying(mode: str) -> Costs:
    """Return what it costs to stay on a chord, (symbols, symbols): in all, and with its bass."""
    chords = [each.chord for each in symbols(mode)]
    roots = np.array([chord.root for chord in chords])
    basses = np.array([chord.bass_pitch_class for chord in chords])
    stays: NDArray[np.bool_] = (roots[:, None] == roots[None]) & (basses[:, None] == basses[None])
    return np.asarray(DULL * stays)


def weigh_chords(
    beats: Sequence[Beat], ends: Collection[int], phrases: Collection[int], tonic: int, mode: str
) -> Weighed:
    """Weigh every chord of the grammar under every beat of a melody.

    ends      ticks at which the last notes of phrases begin
    phrases   ticks at which phrases after the first begin
    tonic     pitch class

    >>> beats = [Beat(0, 4, (71,), False, True), Beat(4, 8, (72,), False, False)]
    >>> weighed = weigh_chords(beats, {4}, (), 0, "major")
    >>> [str(symbols("major")[int(costs.argmin())].chord) for costs in weighed.best]
    ['G', 'C']
    """
    every = symbols(mode)
    own = np.array([each.cost for each in every])
    grammar = transitions(mode)
    closing = [i for i, each in enumerate(beats) if each.start in ends]
    prices = [own + _fits(mode, tuple(pitch - tonic for pitch in each.pitches)) for each in beats]
    prices[0] = prices[0] + openings(mode)
    for i in closing:
        prices[i] = prices[i] + rests(mode, last=i == len(beats) - 1)
    betweens = []
    for i, (a, b) in enumerate(itertools.pairwise(beats), 1):
        cost = grammar
        if b.start in phrases:
            cost = 0.5 * np.minimum(grammar, 8.0)
        else:
            before, after = a.pitches[-1] - tonic, b.pitches[0] - tonic
            cost = cost + _bounds(mode, before % 12, after % 12, after - before) + _staying(mode)
            if b.strong:
                cost = cost + LOOSE * _staying(mode)
        betweens.append(cost + arrivals(mode) if i in closing else cost)
    forward = [prices[0]]
    for price, between in zip(prices[1:], betweens, strict=True):
        forward.append((forward[-1][:, None] + between).min(axis=0) + price)
    backward = [np.zeros(len(every))]
    for price, between in zip(reversed(prices), reversed(betweens), strict=False):
        backward.append((between + (price + backward[-1])[None]).min(axis=1))
    margins = [a + b for a, b in zip(forward, reversed(backward), strict=True)]
    return Weighed(tuple(margins), tuple(prices), tuple(betweens))
