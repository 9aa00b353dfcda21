"""How far chords lie apart in Lerdahl's tonal pitch space.

F. Lerdahl, "Tonal Pitch Space", 2001: the chord distance rule, d = i + j + k.
"""

from functools import lru_cache

from tapeloom.core.harmony import Chord, Key

# Steps of the scale that an interval in semitones spans; the tritone counts as a fourth.
_STEPS = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)


def basic_space(chord: Chord, key: Key) -> tuple[frozenset[int], ...]:
    """Return the levels of the basic space: root, fifth, chord, scale (pitch classes).

    A chord tone that is foreign to the key is added to its scale.

    >>> [sorted(level) for level in basic_space(Chord.parse("G"), Key("C", "major"))]
    [[7], [2, 7], [2, 7, 11], [0, 2, 4, 5, 7, 9, 11]]
    """
    return tuple(
        frozenset((step + key.pitch_class) % 12 for step in level)
        for level in _levels(
            (chord.root - key.pitch_class) % 12, tuple(chord.intervals), _relative_scale(key)
        )
    )


def chord_distance(first: Chord, first_key: Key, second: Chord, second_key: Key) -> int:
    """Return Lerdahl's distance from one chord, heard in a key, to another in its key.

    i is the distance of the two scales on the circle of fifths; j that of the roots on the circle
    of diatonic fifths; k counts what is new in the second basic space, level by level. Chords of
    far keys are compared directly, where Lerdahl goes by way of keys in between. Sevenths and
    tensions count at the chord's level.

    >>> c = Key("C", "major")
    >>> [chord_distance(Chord(0), c, Chord.parse(name), c) for name in ("Dm", "Em", "F", "G", "Am")]
    [8, 7, 5, 5, 7]
    >>> chord_distance(Chord(0), c, Chord(7), Key("G", "major"))
    7
    """
    return _distance(
        tuple(first.intervals),
        (first.root - first_key.pitch_class) % 12,
        _relative_scale(first_key),
        tuple(second.intervals),
        (second.root - first_key.pitch_class) % 12,
        (second_key.pitch_class - first_key.pitch_class) % 12,
        _relative_scale(second_key),
    )


def _relative_scale(key: Key) -> tuple[int, ...]:
    return tuple((step - key.pitch_class) % 12 for step in key.scale)


@lru_cache(maxsize=4096)
def _levels(
    root: int, intervals: tuple[int, ...], scale: tuple[int, ...]
) -> tuple[frozenset[int], ...]:
    tones = frozenset((root + step) % 12 for step in intervals)
    fifth = next((step for step in (7, 6, 8) if step in intervals), 0)
    return (
        frozenset((root,)), frozenset((root, (root + fifth) % 12)), tones, frozenset(scale) | tones
    )  # fmt: skip


@lru_cache(maxsize=16384)
def _distance(
    first: tuple[int, ...],
    first_root: int,
    first_scale: tuple[int, ...],
    second: tuple[int, ...],
    second_root: int,
    shift: int,
    second_scale: tuple[int, ...],
) -> int:
    """Return i + j + k, the first key's tonic being 0 and the second's `shift`."""
    moved = frozenset((step + shift) % 12 for step in second_scale)
    # Scales of unlike shape: the turn that fits best, and each tone that is still foreign.
    i = sum(
        min(
            (len(moved - {(step + 7 * turn) % 12 for step in first_scale}), min(turn, 12 - turn))
            for turn in range(12)
        )
    )
    fifths = 2 * _STEPS[(second_root - first_root) % 12] % 7
    j = min(fifths, 7 - fifths)
    before = _levels(first_root, first, first_scale)
    after = _levels(second_root, second, tuple(sorted(moved)))
    k = sum(len(new - old) for old, new in zip(before, after, strict=True))
    return i + j + k
