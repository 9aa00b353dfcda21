"""Scales as pitch classes, and steps along them."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from functools import lru_cache

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, Key

SCALES: dict[str, tuple[int, ...]] = {
    **MODES,
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic minor": (0, 2, 3, 5, 7, 9, 11),
    "major pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "lydian dominant": (0, 2, 4, 6, 7, 9, 10),
    "altered": (0, 1, 3, 4, 6, 8, 10),
    "half-whole": (0, 1, 3, 4, 6, 7, 9, 10),
    "whole tone": (0, 2, 4, 6, 8, 10),
}


def scale(tonic: int, name: str) -> tuple[int, ...]:
    """Return a scale's pitch classes from its tonic up.

    >>> scale(9, "minor pentatonic")
    (9, 0, 2, 4, 7)
    """
    if name not in SCALES:
        raise InputError(f"{name!r} is no scale; choose one of {', '.join(SCALES)}")
    return tuple((tonic + step) % 12 for step in SCALES[name])


def pentatonic(key: Key) -> tuple[int, ...]:
    """Return the five pitch classes of a key that clash with nothing in it.

    The minor pentatonic where the third is minor, the major one else; in locrian, whose fifth is
    diminished, that of its third.

    >>> pentatonic(Key("C", "major")), pentatonic(Key("A", "minor"))
    ((0, 2, 4, 7, 9), (9, 0, 2, 4, 7))
    >>> pentatonic(Key("E", "phrygian"))
    (4, 7, 9, 11, 2)
    """
    name = "minor pentatonic" if key.is_minor else "major pentatonic"
    if key.mode == "locrian":
        return scale((key.pitch_class + 3) % 12, "minor pentatonic")
    return scale(key.pitch_class, name)


@lru_cache(maxsize=4096)
def _ladder(classes: frozenset[int], low: int, high: int) -> tuple[int, ...]:
    return tuple(pitch for pitch in range(low, high + 1) if pitch % 12 in classes)


def ladder(pitch_classes: Collection[int], low: int, high: int) -> tuple[int, ...]:
    """List the pitches of a scale or chord from `low` to `high`, both included.

    >>> ladder((0, 4, 7), 60, 72)
    (60, 64, 67, 72)
    """
    return _ladder(frozenset(pitch_classes), low, high)


def step_along(pitch: int, pitch_classes: Collection[int], *, steps: int) -> int:
    """Move along a scale; from outside of it, the first step leads to its next tone.

    >>> step_along(64, (0, 2, 4, 5, 7, 9, 11), steps=2)
    67
    >>> step_along(61, (0, 2, 4, 5, 7, 9, 11), steps=-1)
    60
    """
    if steps == 0:
        return pitch
    rungs = ladder(pitch_classes, pitch - 12 * (2 + abs(steps)), pitch + 12 * (2 + abs(steps)))
    if steps > 0:
        return rungs[bisect_right(rungs, pitch) + steps - 1]
    return rungs[bisect_left(rungs, pitch) + steps]


def nearest(pitch: float, pitch_classes: Collection[int]) -> int:
    """Return the closest pitch of a scale or chord; of two as close the lower one.

    >>> nearest(61, (0, 4, 7)), nearest(62, (0, 4, 7))
    (60, 60)
    """
    middle = round(pitch)
    around = ladder(pitch_classes, middle - 12, middle + 12)
    return min(around, key=lambda candidate: (abs(candidate - pitch), candidate))


def degree_of(pitch: int, key: Key) -> tuple[int, int]:
    """Return a pitch's scale degree 1..7 in a key and its alteration in semitones.

    >>> degree_of(64, Key("C", "major")), degree_of(66, Key("C", "major"))
    ((3, 0), (4, 1))
    """
    above = (pitch - key.pitch_class) % 12
    steps = MODES[key.mode]
    degree = max(i for i, step in enumerate(steps) if step <= above)
    return degree + 1, above - steps[degree]
