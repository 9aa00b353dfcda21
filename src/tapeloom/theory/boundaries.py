"""Where harmony moves: edges of chords, and of a chord's inversions."""

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.meter import Meters
from tapeloom.theory.events import Events
from tapeloom.theory.recognition import (
    COMMON_TIME,
    beat_edges,
    described_bass,
    described_evidence,
    join_spans,
)
from tapeloom.theory.span_features import describe

_CHANGE_COST = 0.7  # less than for chord symbols alone: the grammar of the key weighs them again
_LEAST_BEATS = 2  # for which a bass must lie before and after it moves, to be more than a line


def find_edges(events: Events, meters: Meters = COMMON_TIME) -> NDArray[np.int64]:
    """Return the ticks at which a chord or its bass changes, and the last one's end.

    >>> from tapeloom.core.score import Note
    >>> from tapeloom.core.time import PPQ
    >>> notes = [Note(0, 4 * PPQ, pitch) for pitch in (60, 64, 67)]
    >>> notes += [Note(0, 2 * PPQ, 48), Note(2 * PPQ, 2 * PPQ, 52)]
    >>> (find_edges(Events.from_notes(notes)) / PPQ).tolist()
    [0.0, 2.0, 4.0]
    """
    if not len(events):
        return np.zeros(0, np.int64)
    beats = beat_edges(meters, events.last)
    described = describe(events, beats)
    edges, _ = join_spans(described_evidence(*described), beats, change_cost=_CHANGE_COST)
    basses = described_bass(*described)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(basses)) + 1))
    lasts = np.diff(starts, append=len(basses)) >= _LEAST_BEATS
    moves = starts[1:][lasts[1:] & lasts[:-1]]
    return np.union1d(edges, beats[moves[basses[moves] >= 0]])
