"""Chord and scale: what may sound over a chord, and which chord is sounding."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.core.score import ChordSpan, Note

# quality -> richer or plainer ones of the same function, from the plainest to the richest.
COLOURS: tuple[tuple[str, ...], ...] = (
    ("maj7", "maj9", "maj13"),
    ("min7", "min9", "min11"),
    ("7", "9", "13"),
    ("7sus4", "9sus4", "13sus4"),
    ("maj6", "6/9"),
    ("min6", "min6/9"),
)
_RAISED = (4, 6, 9, 11, 18, 21)  # steps above a root that sharpen where they leave the key
_COLOURS_OF = {quality: row for row in COLOURS for quality in row}


@lru_cache(maxsize=8192)
def chord_scale(chord: Chord, key: Key) -> tuple[int, ...]:
    """Return the pitch classes that fit over a chord in a key, in rising order.

    The key's scale is bent to the chord: a chord tone that is foreign to the key takes the place
    of the degree that it raises or lowers.

    >>> chord_scale(Chord.parse("E7b9"), Key("A", "minor"))
    (0, 2, 4, 5, 8, 9, 11)
    """
    tones = set(chord.pitch_classes)
    kept = set(key.scale)
    for step in chord.intervals:
        tone = (chord.root + step) % 12
        if tone not in key.scale:
            # A leading tone is a raised degree and takes the place of the one below it.
            is_raised = step in _RAISED or (step == 0 and "dim" in chord.quality)
            kept.discard((tone - 1 if is_raised else tone + 1) % 12)
    return tuple(sorted(kept | tones))


def avoid_notes(chord: Chord, key: Key) -> tuple[int, ...]:
    """Return the scale tones that lie a semitone above a chord tone: pass through, don't stay.

    >>> avoid_notes(Chord.parse("Cmaj7"), Key("C", "major"))
    (5,)
    """
    tones = chord.pitch_classes
    return tuple(
        tone for tone in chord_scale(chord, key) if tone not in tones and (tone - 1) % 12 in tones
    )


def available_tensions(chord: Chord, key: Key) -> tuple[int, ...]:
    """Return the tensions that a chord can take in a key, in semitones above the root (13..21).

    >>> available_tensions(Chord.parse("Dm7"), Key("C", "major"))
    (14, 17, 21)
    """
    avoided = avoid_notes(chord, key)
    steps = (
        (tone - chord.root) % 12
        for tone in chord_scale(chord, key)
        if tone not in chord.pitch_classes and tone not in avoided
    )
    return tuple(sorted(step + 12 for step in steps if step in (1, 2, 3, 5, 6, 8, 9)))


def recolour(chord: Chord, key: Key, *, richness: int) -> Chord:
    """Give a chord of the same function with more or fewer tensions, as far as the key allows.

    richness   -1 is one step plainer, +1 one step richer

    >>> str(recolour(Chord.parse("Dm9"), Key("C", "major"), richness=1))
    'Dm11'
    >>> str(recolour(Chord.parse("Em7"), Key("C", "major"), richness=1))  # F would be harsh
    'Em7'
    """
    row = _COLOURS_OF.get(chord.quality)
    if row is None:
        return chord
    at = min(max(row.index(chord.quality) + richness, 0), len(row) - 1)
    candidate = Chord(chord.root, row[at], chord.bass)
    inside = set(chord_scale(chord, key))
    return candidate if set(candidate.pitch_classes) <= inside else chord


def name_chord(pitch_classes: Iterable[int], *, bass: int | None = None) -> Chord | None:
    """Name the chord that has exactly these pitch classes; None where no quality fits.

    bass   pitch class of the lowest note: of several names the one with this root is taken

    >>> str(name_chord([9, 0, 4, 7], bass=9)), str(name_chord([9, 0, 4, 7], bass=0))
    ('Am7', 'C6')
    """
    classes = frozenset(pitch_class % 12 for pitch_class in pitch_classes)
    named = [
        Chord(root, quality, bass)
        for root in sorted(classes)
        for quality, entry in QUALITIES.items()
        if frozenset((root + step) % 12 for step in entry.intervals) == classes
    ]
    return min(named, key=lambda chord: chord.bass is not None, default=None)


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


def chroma(notes: Sequence[Note], edges: Sequence[int]) -> NDArray[np.float64]:
    """Sum how long each pitch class sounds between edges, shape (spans, 12).

    >>> chroma([Note(0, 6, 60), Note(4, 4, 67)], [0, 4, 8])[:, [0, 7]]
    array([[4., 0.], [2., 4.]])
    """
    result = np.zeros((len(edges) - 1, 12))
    if not notes:
        return result
    at = np.asarray(edges)
    starts = np.array([note.start for note in notes])
    ends = np.array([note.end for note in notes])
    classes = np.array([note.pitch % 12 for note in notes])
    first = np.searchsorted(at, starts, side="right") - 1
    last = np.searchsorted(at, ends, side="left") - 1
    for reach in range(int((last - first).max()) + 1):
        span = first + reach
        held = (span <= last) & (span >= 0) & (span < len(result))
        i = span[held]
        shared = np.minimum(ends[held], at[i + 1]) - np.maximum(starts[held], at[i])
        np.add.at(result, (i, classes[held]), np.maximum(shared, 0))
    return result


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
    heard = chroma(notes, edges)
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
