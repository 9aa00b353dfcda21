"""Chord and scale: what may sound over a chord in a key."""

from functools import lru_cache

from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.chord_names import name_chord, name_chords

__all__ = [
    "COLOURS",
    "available_tensions",
    "avoid_notes",
    "chord_scale",
    "name_chord",
    "name_chords",
    "recolour",
]

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
