"""Following keys and chords through a piece at once: how probable each is at every moment.

A hidden Markov model of four layers: the key; the region, a near key in which the passage stands
for a while (a tonicisation, which is no modulation unless it settles); the chord, as a numeral of
the region; what sounds. Probabilities are found by the forward and backward algorithm (L. Rabiner,
"A Tutorial on Hidden Markov Models and Selected Applications in Speech Recognition", 1989).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.theory.chord_rules import LABELS
from tapeloom.theory.key_grammar import (
    CADENTIAL_MAJOR,
    CADENTIAL_MINOR,
    DEFAULT,
    WIDTH,
    Grammar,
    modulations,
    notes_of,
    openings,
    regions,
    scale_evidence,
    transitions,
)

CANDIDATES = 6  # chords that are tried in each span
_LEAST = 3e-3  # the least that a candidate must weigh beside the best one
_LONGEST_QUARTERS = 8.0  # a longer span tells no more of the scale
_LENGTH_POWER = 0.75
_OVER_THE_FIFTH, _NOT_OVER_IT = 1.0, -8.0  # for the cadential six-four, by the bass
# Probabilities of long chains are too sure of themselves. These powers make them true: of the keys
# (and of the odds of a chord) that are told with 80 % about 80 % are right.
_KEY_POWER, _CHORD_POWER = 0.6, 0.4
_DOUBT = 0.02  # probability that is shared by all keys alike
# How strongly the key of the whole piece pulls at each span, by the share of its notes that belong
# to that key's scale: lightly where fewer than the first, strongly where more than the second do.
_CHROMATIC, _DIATONIC = 0.94, 0.98
_LIGHT_PULL, _STRONG_PULL = 0.08, 0.2
_HOME_FLOOR = 0.03
_BLOCK, _OVERLAP = 4096, 128  # spans followed at a time, and how far blocks reach into others


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Which key and chord each span is in, and how probable each key is.

    Keys are numbered tonic + 12 * is_minor.
    """

    keys: NDArray[np.int64]  # (spans,)
    key_shares: NDArray[np.float64]  # (spans, 24), adding up to 1
    regions: NDArray[np.int64]  # (spans,): the key in which the chord is heard
    roots: NDArray[np.int64]  # (spans,), pitch classes
    labels: NDArray[np.int64]  # (spans,), indices in LABELS, then the cadential six-fours
    shares: NDArray[np.float64]  # (spans,): how probable the chord is

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> "Track":
        """Return some of the spans."""
        at = np.asarray(rows, np.int64)
        return Track(*(getattr(self, field.name)[at] for field in fields(self)))


def track(
    evidence: NDArray[np.float64],
    basses: NDArray[np.int64],
    lengths_quarters: NDArray[np.float64],
    weights: NDArray[np.float64],
    *,
    home: NDArray[np.float64] | None = None,
    rules: Grammar = DEFAULT,
) -> Track:
    """Find keys, regions and chords of the spans of a piece, all of which sound.

    evidence           log-probabilities of chords, (spans, 12 roots, LABELS)
    basses             pitch classes, (spans,)
    lengths_quarters   (spans,)
    weights            how long each pitch class sounds, in any unit, (spans, 12)
    home               how probable each key is for the whole piece, (24,); all alike when None

    >>> evidence = np.full((3, 12, len(LABELS)), -9.0)
    >>> for span, (root, label) in enumerate(((0, "maj"), (7, "7"), (0, "maj"))):
    ...     evidence[span, root, LABELS.index(label)] = 0.0
    >>> found = track(evidence, np.array([0, 7, 0]), np.ones(3), np.eye(12)[[0, 5, 4]])
    >>> found.keys, found.roots, [LABELS[label] for label in found.labels]
    (array([0, 0, 0]), array([0, 7, 0]), ['maj', '7', 'maj'])
    """
    if not len(evidence):
        none = np.zeros(0, np.int64)
        return Track(none, np.zeros((0, 24)), none, none, none, np.zeros(0))
    chords, heard = candidates(evidence, basses, rules=rules)
    in_key = key_evidence(lengths_quarters, weights, rules=rules)
    pull = np.ones(24) if home is None else pull_home(home, weights.sum(axis=0))
    blocks = []
    for start in range(0, len(chords), _BLOCK):
        low, high = max(start - _OVERLAP, 0), start + _BLOCK + _OVERLAP
        block = _follow(chords[low:high], heard[low:high], in_key[low:high], pull, rules)
        blocks.append([column[start - low : start - low + _BLOCK] for column in block])
    return Track(*(np.concatenate(columns) for columns in zip(*blocks, strict=True)))


def _follow(
    chords: NDArray[np.int64],
    heard: NDArray[np.float64],
    in_key: NDArray[np.float64],
    pull: NDArray[np.float64],
    rules: Grammar,
) -> tuple[NDArray[Any], ...]:
    """Return the columns of a Track."""
    spans = len(chords)
    near, shares = regions()
    fill, walk = _kernels()
    counts = np.count_nonzero(heard, axis=1)
    steps = np.zeros((spans, 24, chords.shape[1], chords.shape[1]))
    fill(chords, counts, heard, in_key, openings(rules), transitions(rules), WIDTH, steps)
    states = np.zeros((spans, 24, near.shape[1], chords.shape[1]))
    rates = np.array([rules.leave, rules.linger, rules.settle, rules.modulate])
    walk(steps, counts, modulations(), near, shares, pull, rates, states)
    row = np.arange(spans)
    key_shares = states.reshape(spans, 24, -1).sum(axis=2)
    keys = key_shares.argmax(axis=1)
    in_found = states[row, keys]  # (spans, regions, candidates)
    best = in_found.sum(axis=1).argmax(axis=1)
    region = in_found[row, :, best].argmax(axis=1)
    found = chords[row, best]
    odds = np.clip(states[row, :, :, best].sum(axis=(1, 2)), 1e-9, 1.0 - 1e-9)
    odds = (odds / (1.0 - odds)) ** _CHORD_POWER
    total = odds / (1.0 + odds)
    key_shares = np.maximum(key_shares, 1e-12) ** _KEY_POWER
    key_shares *= (1.0 - _DOUBT) / key_shares.sum(axis=1, keepdims=True)
    key_shares += _DOUBT / key_shares.shape[1]
    return keys, key_shares, near[keys, region], found // WIDTH, found % WIDTH, total


def candidates(
    evidence: NDArray[np.float64], basses: NDArray[np.int64], *, rules: Grammar = DEFAULT
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Choose the chords to be tried in each span, and tell how well they fit what sounds.

    Returns chords as WIDTH * root + label and weights up to 1, both (spans, CANDIDATES). The
    cadential six-four is the tonic's triad with its fifth in the bass, as a chord on the fifth.

    >>> evidence = np.full((1, 12, len(LABELS)), -9.0)
    >>> evidence[0, 0, LABELS.index("maj")] = 0.0
    >>> chords, _ = candidates(evidence, np.array([7]))
    >>> [divmod(int(chord), WIDTH) for chord in chords[0, :2]] == [(7, CADENTIAL_MAJOR), (0, 0)]
    True
    """
    root = np.arange(12)
    full = np.empty((len(evidence), 12, WIDTH))
    full[:, :, : len(LABELS)] = rules.chords * evidence
    over = np.where(basses[:, None] == root, _OVER_THE_FIFTH, _NOT_OVER_IT)
    for label, triad in ((CADENTIAL_MAJOR, "maj"), (CADENTIAL_MINOR, "min")):
        full[:, :, label] = full[:, (root + 5) % 12, LABELS.index(triad)] + over
    flat = full.reshape(len(evidence), -1)
    some = np.argpartition(-flat, CANDIDATES, axis=1)[:, :CANDIDATES]
    values = np.take_along_axis(flat, some, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    some = np.take_along_axis(some, order, axis=1)
    values = np.take_along_axis(values, order, axis=1)
    weights = np.exp(values - values[:, :1])
    weights[weights < _LEAST] = 0.0
    return some, weights


def key_evidence(
    lengths_quarters: NDArray[np.float64],
    weights: NDArray[np.float64],
    *,
    rules: Grammar = DEFAULT,
) -> NDArray[np.float64]:
    """Tell how well each span's notes suit the scale of each key, up to 1, (spans, 24).

    >>> key_evidence(np.ones(1), np.eye(12)[[0]])[0].round(1)[[0, 1, 2]]
    array([1. , 0.5, 0. ])
    """
    total = np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    amount = np.minimum(lengths_quarters, _LONGEST_QUARTERS)[:, None] ** _LENGTH_POWER
    fit = rules.scale * (amount * weights / total) @ scale_evidence(rules).T
    result: NDArray[np.float64] = np.exp(fit - fit.max(axis=1, keepdims=True))
    return result


def pull_home(home: NDArray[np.float64], sounding: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what each key weighs in each span, up to 1, by the key of the whole piece, (24,).

    Music that hardly ever leaves one scale does not modulate; where chromatic notes are many, the
    key of the whole says little about that of a passage.

    home       how probable each key is for the whole, (24,)
    sounding   how long each pitch class sounds in all, (12,)

    >>> home = np.eye(24)[0]
    >>> diatonic, chromatic = np.isin(np.arange(12), (0, 2, 4, 5, 7, 9, 11)), np.ones(12)
    >>> [float(pull_home(home, notes * 1.0)[7].round(2)) for notes in (diatonic, chromatic)]
    [0.49, 0.75]
    """
    inside = sounding[list(notes_of(int(home.argmax())))].sum() / max(sounding.sum(), 1e-9)
    low, high = _CHROMATIC, _DIATONIC
    still = min(max((float(inside) - low) / (high - low), 0.0), 1.0)
    power = _LIGHT_PULL + (_STRONG_PULL - _LIGHT_PULL) * still
    result: NDArray[np.float64] = ((home + _HOME_FLOOR) / (home.max() + _HOME_FLOOR)) ** power
    return result


@cache
def _kernels() -> tuple[Any, Any]:
    """Compile the loops (numba takes half a second to import)."""
    from numba import njit

    return njit(cache=True)(fill_steps), njit(cache=True)(forward_backward)


def fill_steps(
    chords: NDArray[np.int64],
    counts: NDArray[np.int64],
    heard: NDArray[np.float64],
    in_key: NDArray[np.float64],
    opens: NDArray[np.float64],
    follows: NDArray[np.float64],
    width: int,
    steps: NDArray[np.float64],
) -> None:
    """Fill in how probable each chord is after each, and what sounds there; a loop of `track`.

    counts  how many of each span's candidates are any good, (spans,)
    steps   (spans, keys, candidates of the span before, candidates), zeros at first; the first row
            of the first span's tables says how probable a chord is as the first
    """
    spans, keys = steps.shape[:2]
    for t in range(spans):
        before_count = counts[t - 1] if t else 1
        for key in range(keys):
            turn = key % 12 * width
            mode = key // 12
            for j in range(counts[t]):
                after = (chords[t, j] - turn) % (12 * width)
                fits = heard[t, j] * in_key[t, key]
                for i in range(before_count):
                    if t == 0:
                        steps[t, key, i, j] = opens[mode, after] * fits
                    else:
                        before = (chords[t - 1, i] - turn) % (12 * width)
                        steps[t, key, i, j] = follows[mode, before, after] * fits


def forward_backward(
    steps: NDArray[np.float64],
    counts: NDArray[np.int64],
    away: NDArray[np.float64],
    near: NDArray[np.int64],
    shares: NDArray[np.float64],
    pull: NDArray[np.float64],
    rates: NDArray[np.float64],
    states: NDArray[np.float64],
) -> None:
    """Fill in `states`, (spans, keys, regions, candidates), zeros at first, with probabilities; a
    loop of `track`, without array expressions since they take long to compile.
    """
    leave, linger, settle, modulate = rates
    back = 1.0 - linger - settle - modulate
    spans, keys, count, _ = steps.shape
    regions = near.shape[1]
    mixed = np.zeros((keys, regions, count))
    # What comes to each key from others, and what leaves each; keys last, so that loops over them
    # become vector instructions.
    arriving = np.zeros((count, keys))
    going = np.zeros(keys)
    into = np.empty((keys, keys))
    for key in range(keys):
        for other in range(keys):
            into[other, key] = away[key, other]
    later = np.ones((keys, regions, count))
    for t in range(spans):
        before_count = counts[t - 1] if t else 1
        for i in range(before_count):
            for key in range(keys):
                arriving[i, key] = 0.0
            for key in range(keys):
                if t == 0:
                    mixed[key, 0, i] = 1.0
                    for region in range(1, regions):
                        mixed[key, region, i] = leave * shares[key, region]
                    continue
                here = states[t - 1, key, 0, i]
                afield = 0.0
                for region in range(1, regions):
                    there = states[t - 1, key, region, i]
                    afield += there
                    mixed[key, region, i] = here * leave * shares[key, region] + there * linger
                    arriving[i, near[key, region]] += settle * there
                mixed[key, 0, i] = here * (1.0 - leave - modulate) + afield * back
                leaving = modulate * (here + afield)
                for other in range(keys):
                    arriving[i, other] += leaving * away[key, other]
        total = 0.0
        for key in range(keys):
            for region in range(regions):
                home = near[key, region]
                for i in range(before_count):
                    come = mixed[key, region, i]
                    if region == 0:
                        come += arriving[i, key]
                    for j in range(counts[t]):
                        states[t, key, region, j] += come * steps[t, home, i, j]
                for j in range(counts[t]):
                    states[t, key, region, j] *= pull[key]
                    total += states[t, key, region, j]
        scale = 1.0 / max(total, 1e-300)
        for key in range(keys):
            for region in range(regions):
                for j in range(counts[t]):
                    states[t, key, region, j] *= scale
    for t in range(spans - 2, -1, -1):
        for key in range(keys):
            for region in range(regions):
                home = near[key, region]
                for i in range(counts[t]):
                    value = 0.0
                    for j in range(counts[t + 1]):
                        value += steps[t + 1, home, i, j] * later[key, region, j]
                    mixed[key, region, i] = value * pull[key]
        total = 0.0
        for i in range(counts[t]):
            for key in range(keys):
                going[key] = 0.0
            for other in range(keys):
                there = mixed[other, 0, i]
                for key in range(keys):
                    going[key] += there * into[other, key]
            for key in range(keys):
                leaving = 0.0
                for region in range(1, regions):
                    leaving += shares[key, region] * mixed[key, region, i]
                    later[key, region, i] = (
                        back * mixed[key, 0, i]
                        + linger * mixed[key, region, i]
                        + settle * mixed[near[key, region], 0, i]
                        + modulate * going[key]
                    )
                    total += later[key, region, i]
                later[key, 0, i] = (
                    (1.0 - leave - modulate) * mixed[key, 0, i]
                    + leave * leaving
                    + modulate * going[key]
                )
                total += later[key, 0, i]
        later[:, :, counts[t] :] = 0.0  # what an earlier step left there would grow to infinity
        whole = 0.0
        scale = 1.0 / max(total, 1e-300)
        for key in range(keys):
            for region in range(regions):
                for i in range(counts[t]):
                    later[key, region, i] *= scale
                    states[t, key, region, i] *= later[key, region, i]
                    whole += states[t, key, region, i]
        scale = 1.0 / max(whole, 1e-300)
        for key in range(keys):
            for region in range(regions):
                for i in range(counts[t]):
                    states[t, key, region, i] *= scale
