"""Finding the key of notes by profiles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tapeloom.core.harmony import MODES, Key
from tapeloom.core.pitch import FLAT_NAMES, SHARP_NAMES
from tapeloom.core.score import Note

# How well each pitch class above the tonic fits.
PROFILES: dict[str, dict[str, tuple[float, ...]]] = {
    # C. Krumhansl, "Cognitive Foundations of Musical Pitch", 1990, from probe-tone ratings.
    "krumhansl": {
        "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
        "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
    },
    # D. Temperley, "Music and Probability", 2007, from the Kostka-Payne corpus.
    "temperley": {
        "major": (.748, .060, .488, .082, .670, .460, .096, .715, .104, .366, .057, .400),
        "minor": (.712, .084, .474, .618, .049, .460, .105, .747, .404, .067, .133, .330),
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyScore:
    """A key and how well it fits, -1..1 (a correlation)."""

    key: Key
    score: float


def spell_key(tonic: int, mode: str) -> Key:
    """Return the key on a pitch class with the name that has the fewest accidentals.

    >>> str(spell_key(8, "minor")), str(spell_key(8, "major")), str(spell_key(1, "dorian"))
    ('G# minor', 'Ab major', 'C# dorian')
    """
    names = dict.fromkeys((FLAT_NAMES[tonic % 12], SHARP_NAMES[tonic % 12]))
    keys = [Key(name, mode) for name in names]
    return min(keys, key=lambda key: (abs(key.signature), key.signature < 0))


def find_keys(notes: Sequence[Note], *, profile: str = "temperley") -> tuple[KeyScore, ...]:
    """Rank the 24 major and minor keys by how their profile correlates with the notes' lengths.

    C. Krumhansl and M. Schmuckler's algorithm: correlate the summed durations of the pitch
    classes with each rotated profile.

    >>> notes = [Note(i, 1, pitch) for i, pitch in enumerate((57, 59, 60, 62, 64, 57, 60, 64, 57))]
    >>> str(find_keys(notes)[0].key)
    'A minor'
    """
    lengths = np.zeros(12)
    for note in notes:
        lengths[note.pitch % 12] += note.duration
    return rank_keys(lengths, profile=profile)


def rank_keys(weights: Sequence[float] | np.ndarray, *, profile: str) -> tuple[KeyScore, ...]:
    """Rank the 24 keys by twelve weights, one a pitch class from C.

    >>> str(rank_keys([2, 0, 1, 0, 2, 1, 0, 2, 0, 1, 0, 1], profile="krumhansl")[0].key)
    'C major'
    """
    heard = np.asarray(weights, np.float64)
    heard = heard - heard.mean()
    size = float(np.linalg.norm(heard))
    ranked = []
    for mode, values in PROFILES[profile].items():
        shape = np.array(values) - np.mean(values)
        shape /= np.linalg.norm(shape)
        for tonic in range(12):
            score = float(np.roll(shape, tonic) @ heard) / size if size else 0.0
            ranked.append(KeyScore(spell_key(tonic, mode), score))
    return tuple(sorted(ranked, key=lambda entry: -entry.score))


def related_keys(key: Key) -> dict[str, Key]:
    """Return the keys next door: fifths up and down, relative, parallel, thirds.

    >>> {name: str(near) for name, near in related_keys(Key("C", "major")).items()}
    ... # doctest: +NORMALIZE_WHITESPACE
    {'fifth up': 'G major', 'fifth down': 'F major', 'relative': 'A minor',
     'parallel': 'C minor', 'third up': 'Eb major', 'third down': 'A major'}
    """
    tonic = key.pitch_class
    third = next(step for step in MODES[key.mode][1:] if step in (3, 4))
    relative = spell_key(tonic + 3, "major") if third == 3 else spell_key(tonic - 3, "minor")
    return {
        "fifth up": spell_key(tonic + 7, key.mode),
        "fifth down": spell_key(tonic + 5, key.mode),
        "relative": relative,
        "parallel": spell_key(tonic, "major" if third == 3 else "minor"),
        "third up": spell_key(tonic + 3, key.mode),
        "third down": spell_key(tonic - 3, key.mode),
    }
