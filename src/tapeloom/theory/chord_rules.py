"""Chord recognition by rule: how well the notes of a span fit each chord."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import QUALITIES
from tapeloom.theory.span_features import (
    BASS,
    FIRST,
    FIRST_BASS,
    LATE,
    LEADING_ON,
    LOWEST,
    ONSETS,
    PASSING,
    PRESENCE,
    SHARE,
)

# The qualities that recognition chooses from, with what each costs before anything is heard.
RESERVE = {
    "maj": 0.0, "min": 0.02, "dim": 0.1, "aug": 0.5, "7": 0.05, "maj7": 0.2, "min7": 0.2,
    "hdim7": 0.15, "dim7": 0.3, "minmaj7": 0.6, "aug7": 0.6, "augmaj7": 0.8, "sus2": 0.35,
    "sus4": 0.6, "7sus4": 0.5,
}  # fmt: skip
LABELS = tuple(RESERVE)
# The numbers below were chosen on songs and exercises of the net's training data, then rounded.
# What a note counts beside its share of the time.
_NOTE_WEIGHTS = {PASSING: -0.75, LEADING_ON: -0.15, LATE: 0.2, FIRST: 0.05, ONSETS: 0.3}
_BASS_WEIGHTS = {BASS: 0.2, LOWEST: 0.1, FIRST_BASS: 0.1}
_HEARD = 0.1  # the share from which a note counts as fully there
_FOREIGN = 0.35  # what a note outside of the chord costs, for its share
_MISSING = (0.35, 0.15, 0.15, 0.1)  # what a chord costs that lacks its root, third, fifth, seventh
_LOWEST = (1.0, 0.5, 0.3, 0.15)  # how well root, third, fifth and seventh suit as the bass
_FOREIGN_BASS = -0.15
_SHARPNESS = 14.0  # from scores to log-probabilities


@cache
def rotations() -> NDArray[np.intp]:
    """Return the pitch classes from each root up, shape (12 roots, 12).

    >>> rotations()[2, :3]
    array([2, 3, 4])
    """
    steps = np.arange(12)
    return (steps[:, None] + steps) % 12


@cache
def _tables() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what the pitch classes' share, lack and bass add to each chord, and the reserve.

    The first has shape (3 * 12 pitch classes, 12 roots * labels), the second (12 roots * labels,).
    """
    tables = np.zeros((3, 12, len(LABELS)))
    tables[0], tables[2] = -_FOREIGN, _FOREIGN_BASS
    for column, label in enumerate(LABELS):
        degrees = list(QUALITIES[label].intervals)
        tables[0, degrees, column] = 1.0
        tables[1, degrees, column] = np.negative(_MISSING[: len(degrees)])
        tables[2, degrees, column] = _LOWEST[: len(degrees)]
    around = np.zeros((3, 12, 12, len(LABELS)))
    for root, classes in enumerate(rotations()):
        around[:, classes, root] = tables
    costs = _SHARPNESS * np.tile(list(RESERVE.values()), 12)
    return _SHARPNESS * around.reshape(36, -1), costs


def rule_evidence(channels: NDArray[np.float32]) -> NDArray[np.float64]:
    """Score every chord in every span from `span_features.describe`'s channels.

    A chord is as good as the share of the time that its notes sound, notes that pass by step
    counting less; what it lacks, what is foreign to it, an odd bass and a rare quality cost.
    Returns log-probabilities, up to a constant a span, of shape (spans, 12 roots, labels).

    >>> from tapeloom.core.score import Note
    >>> from tapeloom.theory.events import Events
    >>> from tapeloom.theory.span_features import describe
    >>> events = Events.from_notes([Note(0, 4, pitch) for pitch in (50, 65, 69)])
    >>> scores = rule_evidence(describe(events, [0, 4])[0])
    >>> divmod(int(scores.argmax()), len(LABELS)) == (2, LABELS.index("min"))
    True
    """
    tables, reserve = _tables()
    notes = channels[:, SHARE].astype(np.float64)
    for channel, weight in _NOTE_WEIGHTS.items():
        notes += weight * channels[:, channel]
    np.maximum(notes, 0.0, out=notes)
    notes /= np.maximum(notes.sum(axis=1, keepdims=True), 1e-9)
    seen = np.empty((len(channels), 36))
    seen[:, :12] = notes
    seen[:, 12:24] = 1.0 - np.minimum(notes / _HEARD, 1.0)
    seen[:, 24:] = sum(weight * channels[:, row] for row, weight in _BASS_WEIGHTS.items())
    scores = seen @ tables
    scores -= reserve
    return scores.reshape(-1, 12, len(LABELS))


@cache
def _by_notes() -> NDArray[np.intp]:
    """Return the label of each set of steps above the bass, as bits; -1 where it has none."""
    table = np.full(1 << 12, -1, np.intp)
    for column, label in enumerate(LABELS):
        table[sum(1 << step for step in QUALITIES[label].intervals)] = column
    return table


def find_whole_chords(channels: NDArray[np.float32]) -> NDArray[np.intp]:
    """Find the spans that hold one whole chord in root position from end to end, and no other note.

    Returns `root * len(LABELS) + label` for each, -1 for other spans, shape (spans,).

    >>> from tapeloom.core.score import Note
    >>> from tapeloom.theory.events import Events
    >>> from tapeloom.theory.span_features import describe
    >>> events = Events.from_notes([Note(0, 4, pitch) for pitch in (50, 65, 69)])
    >>> states = find_whole_chords(describe(events, [0, 4, 8])[0])
    >>> states[0] == 2 * len(LABELS) + LABELS.index("min"), int(states[1])
    (np.True_, -1)
    """
    presence = channels[:, PRESENCE]
    sounding = presence > 0.0
    lowest = channels[:, LOWEST].argmax(axis=1)
    steps = (np.arange(12) - lowest[:, None]) % 12
    labels = _by_notes()[(sounding << steps).sum(axis=1)]
    held = ((presence > 0.99) | ~sounding).all(axis=1) & (labels >= 0)
    return np.where(held, lowest * len(LABELS) + labels, -1)
