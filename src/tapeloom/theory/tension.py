"""How tense harmony is over time: where it rises, peaks and lets go.

Six measures, each 0..1, and their weighted sum: the tonal distance from home, the pull of tones
that lie a semitone from the tonic chord, the strain of the chord against its key and its motion on
the spiral array, sensory dissonance, and (where a chord model gives it) surprise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.events import Events, weigh
from tapeloom.theory.pitch_space import chord_distance
from tapeloom.theory.spiral_array import (
    centre,
    chord_fifths,
    cloud_diameter,
    fifths_in_key,
    key_centre,
    tensile_strain,
)

WEIGHTS = {
    "distance": 0.28, "pull": 0.2, "dissonance": 0.17, "strain": 0.1, "motion": 0.1,
    "surprise": 0.15,
}  # fmt: skip
# How consonant interval classes 1 to 6 are: D. Huron, "Interval-Class Content in Equally Tempered
# Pitch-Class Sets", 1994.
CONSONANCE = (-1.428, -0.582, 0.594, 0.386, 1.240, -0.453)
_TRIAD = (0.594 + 0.386 + 1.240) / 3
# What counts as 1: tonal distance, spread of consonance, strain, motion, bits.
_FAR, _HARSH, _STRAINED, _MOVED, _STARTLING = 16.0, 1.2, 2.0, 2.5, 10.0
_INVERTED = 2.0  # F. Lerdahl, "Tonal Pitch Space", 2001: an inversion's surface tension


@dataclass(frozen=True, slots=True)
class Tension:
    """Curves of one value a chord, each 0..1."""

    distance: tuple[float, ...]  # tonal distance from home (Lerdahl)
    pull: tuple[float, ...]  # share of tones a semitone from the tonic chord's
    dissonance: tuple[float, ...]  # of the chord's intervals (Huron)
    strain: tuple[float, ...]  # the chord's centre from the key's (Chew)
    motion: tuple[float, ...]  # the chord's centre from the last one's (Herremans and Chew)
    surprise: tuple[float, ...]  # how little a chord model expected it; empty without one
    total: tuple[float, ...]  # the weighted sum

    def __len__(self) -> int:
        return len(self.total)


@dataclass(frozen=True, slots=True)
class Swell:
    """A rise and its release, as indices into the curve."""

    start: int  # from here it rises
    peak: int
    end: int  # here it has let go
    height: float  # from the start to the peak
    release: float  # from the peak to the end


@lru_cache(maxsize=4096)
def dissonance(pitch_classes: frozenset[int]) -> float:
    """Return how harsh a set of pitch classes is, 0 (as a triad, or softer) to 1.

    >>> dissonance(frozenset({0, 4, 7})), round(dissonance(frozenset({7, 11, 2, 5})), 2)
    (0.0, 0.37)
    """
    pairs = [min((a - b) % 12, (b - a) % 12) for a, b in combinations(sorted(pitch_classes), 2)]
    if not pairs:
        return 0.0
    mean = sum(CONSONANCE[size - 1] for size in pairs) / len(pairs)
    return min(max(_TRIAD - mean, 0.0) / _HARSH, 1.0)


def tension(
    chords: Sequence[Chord],
    keys: Key | Sequence[Key],
    *,
    home: Key | None = None,
    surprise: Sequence[float] | NDArray[np.float64] | None = None,
) -> Tension:
    """Return how tense each chord of a progression is.

    keys       the key of each chord, or one for all
    home       the key from whose tonic distance is counted; the first one when None
    surprise   bits that a chord model needs for each chord (-log2 of its probability), as
               `theory.chord_model` tells them

    >>> line = [Chord.parse(name) for name in ("C", "Dm7", "G7", "C")]
    >>> curve = tension(line, Key("C", "major")).total
    >>> curve[0] < curve[1] < curve[2] > curve[3]
    True
    """
    local = [keys] * len(chords) if isinstance(keys, Key) else list(keys)
    if len(local) != len(chords):
        raise InputError(
            f"{len(chords)} chords have {len(local)} keys; give one key for each chord, or one"
        )
    if surprise is not None and len(surprise) != len(chords):
        raise InputError(
            f"{len(chords)} chords have {len(surprise)} values of surprise; give one for each"
        )
    if not chords:
        return Tension((), (), (), (), (), (), ())
    origin = home or local[0]
    rows = np.array(
        [_measure(chord, key, origin) for chord, key in zip(chords, local, strict=True)]
    )
    # Both chords are placed from the later one's tonic.
    here = np.array([_centre(chord, key) for chord, key in zip(chords, local, strict=True)])
    before = np.array([_centre(c, key) for c, key in zip(chords, local[1:], strict=False)])
    motion = np.zeros(len(chords))
    motion[1:] = np.linalg.norm(here[1:] - before.reshape(-1, 3), axis=1)
    curves = {
        "distance": rows[:, 0], "pull": rows[:, 1], "dissonance": rows[:, 2],
        "strain": rows[:, 3], "motion": np.minimum(motion / _MOVED, 1.0),
    }  # fmt: skip
    if surprise is not None:
        curves["surprise"] = np.clip(np.asarray(surprise, np.float64) / _STARTLING, 0.0, 1.0)
    total = np.zeros(len(chords))
    for name, curve in curves.items():
        total += WEIGHTS[name] * curve
    total /= sum(WEIGHTS[name] for name in curves)
    told = {name: tuple(curve.tolist()) for name, curve in curves.items()}
    return Tension(**({"surprise": ()} | told), total=tuple(total.tolist()))


@lru_cache(maxsize=8192)
def _measure(chord: Chord, key: Key, home: Key) -> tuple[float, float, float, float]:
    """Return distance, pull, dissonance and strain of one chord."""
    tonic = Chord(home.pitch_class, "min" if home.is_minor else "maj")
    steps = chord_distance(tonic, home, chord, key) + _INVERTED * (chord.bass is not None)
    tones = frozenset(chord.pitch_classes)
    third = 3 if key.is_minor else 4
    rest = {(key.pitch_class + step) % 12 for step in (0, third, 7)}
    pulled = [t for t in tones - rest if (t + 1) % 12 in rest or (t - 1) % 12 in rest]
    return (
        min(steps / _FAR, 1.0),
        len(pulled) / len(tones),
        dissonance(tones | {chord.bass_pitch_class}),
        min(tensile_strain(chord_fifths(chord, key), key.is_minor) / _STRAINED, 1.0),
    )


@lru_cache(maxsize=8192)
def _centre(chord: Chord, key: Key) -> tuple[float, float, float]:
    x, y, z = centre(chord_fifths(chord, key)).tolist()
    return x, y, z


@dataclass(frozen=True, slots=True)
class Clouds:
    """The three ribbons of Herremans and Chew, one value a span; 0 where nothing sounds."""

    diameter: tuple[float, ...]  # the two pitches farthest apart
    momentum: tuple[float, ...]  # from the last span's centre to this one's
    strain: tuple[float, ...]  # from this span's centre to the key's


def cloud_tension(events: Events, edges: Sequence[int], keys: Key | Sequence[Key]) -> Clouds:
    """Return the tension of what sounds between edges, on the spiral array.

    keys   the key of each span, or one for all: pitches are spelled within it

    >>> from tapeloom.core.score import Note
    >>> notes = [Note(0, 4, pitch) for pitch in (60, 64, 67)]
    >>> notes += [Note(4, 4, pitch) for pitch in (61, 65, 68)]
    >>> ribbons = cloud_tension(Events.from_notes(notes), (0, 4, 8), Key("C", "major"))
    >>> ribbons.strain[0] < ribbons.strain[1], ribbons.momentum[0]
    (True, 0.0)
    """
    heard = weigh(events, edges)
    local = [keys] * len(heard) if isinstance(keys, Key) else list(keys)
    if len(local) != len(heard):
        raise InputError(
            f"{len(heard)} spans have {len(local)} keys; give one key for each span, or one"
        )
    rows = np.zeros((len(heard), 3))
    last: NDArray[np.float64] | None = None  # the weights of the last span that sounds
    for i, (weights, key) in enumerate(zip(heard, local, strict=True)):
        if not weights.any():
            continue
        fifths, here = _weighted(weights, key)
        rows[i, 0] = cloud_diameter(fifths)
        if last is not None:
            rows[i, 1] = np.linalg.norm(here - _weighted(last, key)[1])
        rows[i, 2] = np.linalg.norm(here - np.array(key_centre(key.is_minor)))
        last = weights
    diameter, momentum, strain = rows.T.tolist()
    return Clouds(tuple(diameter), tuple(momentum), tuple(strain))


def _weighted(weights: NDArray[np.float64], key: Key) -> tuple[list[int], NDArray[np.float64]]:
    """Return the pitches that sound as fifths from the tonic, and their centre."""
    classes = np.flatnonzero(weights)
    fifths = [fifths_in_key(int(tone), key) for tone in classes]
    return fifths, centre(fifths, weights[classes])


def swells(curve: Sequence[float], *, least: float = 0.1) -> tuple[Swell, ...]:
    """Find where a curve rises, peaks and lets go.

    least   a rise and a release smaller than this are ripples and not told

    >>> swells([0.1, 0.3, 0.6, 0.2, 0.2, 0.25, 0.2])
    (Swell(start=0, peak=2, end=3, height=0.5, release=0.4),)
    """
    found = []
    start = peak = low = 0
    falling = True  # waiting for the lowest place before the next rise
    for i, value in enumerate(curve):
        if falling and value < curve[low]:
            low = i
        elif falling and value - curve[low] >= least:
            if peak:
                found.append(_swell(curve, start, peak, low))
            start = max(j for j in range(low, i) if curve[j] == curve[low])
            peak, falling = i, False
        elif not falling and value > curve[peak]:
            peak = i
        elif not falling and curve[peak] - value >= least:
            low, falling = i, True
    if peak and falling:
        found.append(_swell(curve, start, peak, low))
    return tuple(found)


def _swell(curve: Sequence[float], start: int, peak: int, end: int) -> Swell:
    rise, release = curve[peak] - curve[start], curve[peak] - curve[end]
    return Swell(start, peak, end, round(float(rise), 6), round(float(release), 6))
