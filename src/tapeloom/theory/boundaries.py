"""Where harmony moves: edges of chords, and of a chord's inversions."""

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.meter import Meters
from tapeloom.theory.events import Events
from tapeloom.theory.recognition import COMMON_TIME, bass_of, beat_edges, find_boundaries

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
    edges = find_boundaries(events, meters, change_cost=_CHANGE_COST)
    if not len(edges):
        return edges
    beats = beat_edges(meters, events.last)
    basses = bass_of(events, beats)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(basses)) + 1))
    lasts = np.diff(starts, append=len(basses)) >= _LEAST_BEATS
    moves = starts[1:][lasts[1:] & lasts[:-1]]
    return np.union1d(edges, beats[moves[basses[moves] >= 0]])
