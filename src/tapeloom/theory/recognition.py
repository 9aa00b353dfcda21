"""Which chords are sounding: from notes to labels."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import ChordSpan, Note
from tapeloom.theory.events import Events, weigh

# Qualities that recognition chooses from, with how likely each is before anything is heard.
_HEARD = {
    "maj": 0.0, "min": 0.0, "7": -0.03, "maj7": -0.02, "min7": -0.02, "sus4": -0.06, "dim": -0.06,
    "hdim7": -0.05, "aug": -0.09, "sus2": -0.07,
}  # fmt: skip


@lru_cache(maxsize=1)
def _templates() -> tuple[tuple[Chord, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Return the chords, their unit template vectors (chords, 12) and their priors."""
    chords = tuple(Chord(root, quality) for quality in _HEARD for root in range(12))
    vectors = np.zeros((len(chords), 12))
    for row, chord in zip(vectors, chords, strict=True):
        row[list(chord.pitch_classes)] = 1.0
        row[chord.root] = 1.25  # the root is doubled more often than the rest
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return chords, vectors, np.array([_HEARD[chord.quality] for chord in chords])


def recognise_chords(
    notes: Sequence[Note],
    edges: Sequence[int],
    *,
    key: Key | None = None,
    change_cost: float = 0.08,
) -> tuple[ChordSpan, ...]:
    """Find the chords of a piece, one for each span between edges, equal neighbours joined.

    Each span's chroma is compared with chord templates, its lowest notes and the key count in,
    and the best sequence is found by dynamic programming with a price on each change (after
    Pardo and Birmingham, "Algorithms for Chordal Analysis", 2002, and Bello and Pickens, 2005).

    >>> notes = [Note(0, 4, pitch) for pitch in (48, 64, 67)]
    >>> notes += [Note(4, 4, pitch) for pitch in (45, 60, 64)]
    >>> [str(span.chord) for span in recognise_chords(notes, [0, 4, 8])]
    ['C', 'Am']
    """
    chords, vectors, prior = _templates()
    heard = weigh(Events.from_notes(notes), edges)
    strength = np.linalg.norm(heard, axis=1, keepdims=True)
    score = (heard / np.maximum(strength, 1e-9)) @ vectors.T + prior
    score += 0.15 * _bass_bonus(notes, edges)[:, [chord.root for chord in chords]]
    if key is not None:
        inside = set(key.scale)
        score += np.array([0.04 * (set(c.pitch_classes) <= inside) for c in chords])
    score[strength[:, 0] == 0] = 0.0
    best = score[0]
    back = np.zeros(score.shape, np.intp)
    stay = np.arange(len(chords))
    for i in range(1, len(score)):
        leader = int(best.argmax())
        change = best[leader] - change_cost
        back[i] = np.where(best >= change, stay, leader)
        best = np.maximum(best, change) + score[i]
    path = [int(best.argmax())]
    for i in range(len(score) - 1, 0, -1):
        path.append(int(back[i][path[-1]]))
    path.reverse()
    spans: list[ChordSpan] = []
    for i, at in enumerate(path):
        if spans and spans[-1].chord == chords[at]:
            spans[-1] = ChordSpan(spans[-1].start, edges[i + 1], chords[at])
        else:
            spans.append(ChordSpan(edges[i], edges[i + 1], chords[at]))
    return tuple(spans)


def _bass_bonus(notes: Sequence[Note], edges: Sequence[int]) -> NDArray[np.float64]:
    """Return 1 for the pitch class of each span's lowest note, shape (spans, 12)."""
    bonus = np.zeros((len(edges) - 1, 12))
    lowest = [128] * len(bonus)
    at = np.asarray(edges)
    for note in notes:
        first = max(int(np.searchsorted(at, note.start, side="right")) - 1, 0)
        for span in range(first, len(bonus)):
            if at[span] >= note.end:
                break
            lowest[span] = min(lowest[span], note.pitch)
    for row, pitch in zip(bonus, lowest, strict=True):
        if pitch < 128:
            row[pitch % 12] = 1.0
    return bonus
