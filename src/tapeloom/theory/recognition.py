"""Which chords are sounding: from notes to labels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.meter import Meter, Meters
from tapeloom.core.score import ChordSpan, Note
from tapeloom.core.time import PPQ
from tapeloom.theory.chord_net import shipped_net, weigh_evidence
from tapeloom.theory.chord_rules import LABELS, find_whole_chords
from tapeloom.theory.events import Events
from tapeloom.theory.span_features import BASS, FIRST_BASS, LOWEST, describe

__all__ = [
    "LABELS", "HeardChord", "bass_of", "beat_edges", "chord_evidence", "find_boundaries",
    "name_spans", "recognise", "recognise_chords",
]  # fmt: skip

CHANGE_COST = 2.0  # log-probability that a change of chord costs, a quarter note's evidence being 1
Described = NDArray[np.float32]
COMMON_TIME: Meters = ((0, Meter()),)
MAX_QUARTERS = 50_000  # nine hours at 90 bpm; each takes some kilobytes while it is searched
STATES = 12 * len(LABELS)
_WHOLE = 3.0  # what a chord gains that is held whole in root position with no other note
_OUTSIDE = 0.5  # log-probability that a chord outside of the key costs


@dataclass(frozen=True, slots=True)
class HeardChord:
    """A chord that was recognised, where, and how sure that is."""

    start: int  # ticks
    end: int  # ticks
    chord: Chord
    confidence: float  # 0..1: the probability of root and quality


def chord_evidence(events: Events, edges: ArrayLike) -> NDArray[np.float64]:
    """Tell how likely each chord is in each span between edges, its neighbours considered.

    Returns log-probabilities of shape (spans, 12 roots, 15 LABELS); they add up to 1 over each
    span's 180 chords, and are all the same where nothing sounds.

    >>> events = Events.from_notes([Note(0, PPQ, pitch) for pitch in (48, 64, 67)])
    >>> evidence = chord_evidence(events, [0, PPQ])
    >>> root, label = np.unravel_index(evidence[0].argmax(), evidence[0].shape)
    >>> int(root), LABELS[label]
    (0, 'maj')
    """
    return described_evidence(*describe(events, edges))


def described_evidence(channels: Described, general: Described) -> NDArray[np.float64]:
    """Return what `chord_evidence` returns, of spans that `span_features.describe` has described.

    >>> described = describe(Events.from_notes([Note(0, 4, 60)]), [0, 4, 8])
    >>> described_evidence(*described).shape
    (2, 12, 15)
    """
    scores = weigh_evidence(*shipped_net(), channels, general)
    whole = find_whole_chords(channels)
    (rows,) = np.nonzero(whole >= 0)
    scores.reshape(-1, STATES)[rows, whole[rows]] += _WHOLE
    scores[general[:, 3] > 0] = 0.0
    return normalise(scores)


def name_spans(
    events: Events, edges: ArrayLike
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.float64]]:
    """Name the likeliest chord of each span, its bass, and how sure that is (0..1).

    A chord is `root * len(LABELS) + label`, a bass a pitch class or -1; each of shape (spans,).

    >>> states, basses, sure = name_spans(Events.from_notes([Note(0, 4, 55), Note(0, 4, 52),
    ...     Note(0, 4, 60)]), [0, 4])
    >>> int(states[0]) // len(LABELS), LABELS[states[0] % len(LABELS)], int(basses[0]), sure > 0.5
    (0, 'maj', 4, array([ True]))
    """
    described = describe(events, edges)
    evidence = described_evidence(*described).reshape(-1, STATES)
    states = evidence.argmax(axis=1)
    sure = np.exp(evidence[np.arange(len(states)), states])
    return states, described_bass(*described, states=states), sure


def normalise(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn scores (spans, roots, labels) into log-probabilities over each span's chords.

    >>> float(normalise(np.zeros((1, 12, 15)))[0, 0, 0].round(2))
    -5.19
    """
    flat: NDArray[np.float64] = scores.reshape(len(scores), STATES)
    flat = flat - flat.max(axis=1, keepdims=True)
    flat -= np.log(np.exp(flat).sum(axis=1, keepdims=True))
    return flat.reshape(scores.shape)


def bass_of(
    events: Events, edges: ArrayLike, *, states: ArrayLike | None = None
) -> NDArray[np.int64]:
    """Return each span's bass as a pitch class, -1 where nothing sounds, shape (spans,).

    It is what lies lowest for most of the time, with some weight on the first sonority's lowest
    note and on the lowest of all. Where the chords are known (`states`, each
    `root * len(LABELS) + label`), it is one of the chord's own notes, unless none lies low.

    >>> events = Events.from_notes([Note(0, 2, 50), Note(2, 2, 52), Note(0, 4, 60)])
    >>> bass_of(events, [0, 4, 8]), bass_of(events, [0, 4, 8], states=[0, 0])  # 0: C major
    (array([ 2, -1]), array([ 4, -1]))
    """
    return described_bass(*describe(events, edges), states=states)


def described_bass(
    channels: Described,
    general: Described,
    *,
    states: ArrayLike | None = None,
) -> NDArray[np.int64]:
    """Return what `bass_of` returns, of spans that `span_features.describe` has described.

    >>> described_bass(*describe(Events.from_notes([Note(0, 2, 50)]), [0, 4]))
    array([2])
    """
    # The lowest counts a little more, so that a tie is no matter of which pitch class comes first.
    weight = channels[:, BASS] + 0.5 * channels[:, FIRST_BASS] + 0.501 * channels[:, LOWEST]
    if states is not None:
        at = np.asarray(states, np.intp)
        low = weight > 0
        weight = weight + 3.0 * chord_notes()[at] * low
        # Where bass notes alternate, the root is what is meant.
        row, root = np.arange(len(at)), at // len(LABELS)
        weight[row, root] += 0.15 * low[row, root]
    return np.where(general[:, 3] > 0, -1, weight.argmax(axis=1))


@cache
def chord_notes() -> NDArray[np.bool_]:
    """Return which pitch classes belong to each state, shape (12 * len(LABELS), 12).

    >>> np.flatnonzero(chord_notes()[2 * len(LABELS)])  # D major
    array([2, 6, 9])
    """
    notes = np.zeros((STATES, 12), np.bool_)
    for state, row in enumerate(notes):
        row[list(Chord(state // len(LABELS), LABELS[state % len(LABELS)]).pitch_classes)] = True
    return notes


def beat_edges(meters: Meters, end: int) -> NDArray[np.int64]:
    """List the beats from tick 0 to the first at or after `end`: where chords may change.

    A beat is a quarter note or less: the meter's unit, or three of them in compound meters.

    >>> (beat_edges(((0, Meter(6, 8)),), 4 * PPQ) / PPQ).tolist()
    [0.0, 1.5, 3.0, 4.5]
    >>> beat_edges(((0, Meter(4, 4)),), 10**10)
    Traceback (most recent call last):
    tapeloom.core.errors.InputError: the music lasts 992064 quarter notes; at most 50000 can be ...
    """
    if end > MAX_QUARTERS * PPQ:
        raise InputError(
            f"the music lasts {math.ceil(end / PPQ)} quarter notes; at most {MAX_QUARTERS} can be "
            "searched for chords: cut it into pieces"
        )
    stops = [tick for tick, _ in meters[1:]] + [max(end, 1)]
    rows = []
    beat = PPQ
    for (start, meter), stop in zip(meters, stops, strict=True):
        beat = 3 * meter.unit_ticks if meter.is_compound else min(meter.unit_ticks, PPQ)
        rows.append(np.arange(start, min(stop, max(end, 1)), beat, dtype=np.int64))
    edges = np.concatenate(rows)
    return np.append(edges, edges[-1] + beat)


def recognise(
    events: Events, meters: Meters = COMMON_TIME, *, change_cost: float = CHANGE_COST
) -> tuple[HeardChord, ...]:
    """Find where the chords of a piece change, and what they are, with their bass.

    Each beat's evidence is weighed over the whole piece, with a price on each change, by dynamic
    programming; what is found is then heard again as a whole to say how sure it is. Empty for
    music without notes.

    >>> notes = [Note(0, 2 * PPQ, pitch) for pitch in (48, 64, 67)]
    >>> notes += [Note(2 * PPQ, 2 * PPQ, pitch) for pitch in (53, 57, 60)]
    >>> [(heard.start // PPQ, str(heard.chord)) for heard in recognise(Events.from_notes(notes))]
    [(0, 'C'), (2, 'F')]
    """
    edges, states = _label_beats(events, meters, change_cost)
    if not len(states):
        return ()
    evidence = chord_evidence(events, edges).reshape(-1, STATES)
    basses = bass_of(events, edges, states=states)
    sure = np.exp(evidence[np.arange(len(states)), states])
    found = zip(edges[:-1], edges[1:], states, basses, sure, strict=True)
    return tuple(
        HeardChord(
            int(start),
            int(end),
            Chord(int(at) // len(LABELS), LABELS[at % len(LABELS)], int(low) if low >= 0 else None),
            round(float(probability), 4),
        )
        for start, end, at, low, probability in found
    )


def find_boundaries(
    events: Events, meters: Meters = COMMON_TIME, *, change_cost: float = CHANGE_COST
) -> NDArray[np.int64]:
    """Return the ticks at which chords begin, and the last one's end.

    >>> notes = [Note(0, 2 * PPQ, pitch) for pitch in (48, 64, 67)]
    >>> notes += [Note(2 * PPQ, 2 * PPQ, pitch) for pitch in (53, 57, 60)]
    >>> (find_boundaries(Events.from_notes(notes)) / PPQ).tolist()
    [0.0, 2.0, 4.0]
    """
    return _label_beats(events, meters, change_cost)[0]


def _label_beats(
    events: Events, meters: Meters, change_cost: float
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the edges of chords and each one's state."""
    if not len(events):
        return np.zeros(0, np.int64), np.zeros(0, np.intp)
    edges = beat_edges(meters, events.last)
    return join_spans(chord_evidence(events, edges), edges, change_cost=change_cost)


def join_spans(
    evidence: NDArray[np.float64], edges: NDArray[np.int64], *, change_cost: float
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Join spans that are best heard as one chord.

    evidence   what `chord_evidence` says of the spans between edges
    Returns the edges of chords, and each one's chord as `root * len(LABELS) + label`.

    >>> evidence = normalise(np.eye(4, STATES).reshape(4, 12, -1))
    >>> join_spans(evidence, np.arange(5) * PPQ, change_cost=9.0)[0] // PPQ
    array([0, 4])
    """
    evidence = evidence.reshape(-1, STATES)
    quarters = np.diff(edges) / PPQ
    path = np.array(best_path(evidence * quarters[:, None], change_cost=change_cost))
    changes = np.flatnonzero(np.diff(path)) + 1
    first = np.concatenate(([0], changes))
    return np.append(edges[first], edges[-1]), path[first]


def recognise_chords(
    notes: Sequence[Note],
    edges: Sequence[int],
    *,
    key: Key | None = None,
    change_cost: float = 1.0,
) -> tuple[ChordSpan, ...]:
    """Name the chord of each span between edges, equal neighbours joined.

    The best sequence is found by dynamic programming over `chord_evidence`, with a price on each
    change in units of log-probability (after Pardo and Birmingham, "Algorithms for Chordal
    Analysis", 2002, and Bello and Pickens, 2005) and a small one on chords outside of the key.

    >>> notes = [Note(0, PPQ, pitch) for pitch in (48, 64, 67)]
    >>> notes += [Note(PPQ, PPQ, pitch) for pitch in (45, 60, 64)]
    >>> [str(span.chord) for span in recognise_chords(notes, [0, PPQ, 2 * PPQ])]
    ['C', 'Am']
    """
    evidence = chord_evidence(Events.from_notes(notes), edges).reshape(-1, STATES)
    chords = [Chord(root, label) for root in range(12) for label in LABELS]
    if key is not None:
        inside = set(key.scale)
        foreign = [pitch for pitch in range(12) if pitch not in inside]
        evidence = evidence - _OUTSIDE * chord_notes()[:, foreign].any(axis=1)
    spans: list[ChordSpan] = []
    for i, at in enumerate(best_path(evidence, change_cost=change_cost)):
        if spans and spans[-1].chord == chords[at]:
            spans[-1] = ChordSpan(spans[-1].start, edges[i + 1], chords[at])
        else:
            spans.append(ChordSpan(edges[i], edges[i + 1], chords[at]))
    return tuple(spans)


def best_path(evidence: NDArray[np.float64], *, change_cost: float) -> list[int]:
    """Choose one state a step: the most evidence, each change of state at the same price.

    >>> best_path(np.array([[2.0, 0.0], [0.0, 1.0], [2.0, 0.0]]), change_cost=1.0)
    [0, 0, 0]
    """
    if not len(evidence):
        return []
    path: list[int] = _kernel()(np.ascontiguousarray(evidence), change_cost).tolist()
    return path


def follow_best(evidence: NDArray[np.float64], change_cost: float) -> NDArray[np.int64]:
    """Find the path of `best_path`, whose loop this is: Viterbi's algorithm.

    >>> follow_best(np.array([[2.0, 0.0], [0.0, 9.0], [2.0, 0.0]]), 1.0)
    array([0, 1, 0])
    """
    steps, states = evidence.shape
    best = evidence[0].copy()
    leaders = np.zeros(steps, np.int64)
    stays = np.zeros((steps, states), np.bool_)
    for i in range(1, steps):
        leader = best.argmax()
        change = best[leader] - change_cost
        leaders[i] = leader
        for state in range(states):
            stays[i, state] = best[state] >= change
            best[state] = max(best[state], change) + evidence[i, state]
    path = np.zeros(steps, np.int64)
    path[-1] = best.argmax()
    for i in range(steps - 1, 0, -1):
        path[i - 1] = path[i] if stays[i, path[i]] else leaders[i]
    return path


@cache
def _kernel() -> Any:
    """Compile the loop (numba takes half a second to import)."""
    from numba import njit

    return njit(cache=True)(follow_best)
