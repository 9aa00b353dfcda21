"""The smoothest way through a progression, found by dynamic programming."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.theory.voicing import voicings

Voicing = tuple[int, ...]


def motion(first: Voicing, second: Voicing) -> float:
    """Return the mean semitones that a voice moves, voices taken in order from the bottom.

    Where the number of voices differs, each voice of the larger chord comes from its nearest.

    >>> motion((53, 57, 60, 64), (53, 56, 59, 62))
    1.0
    """
    if len(first) == len(second):
        return sum(abs(a - b) for a, b in zip(first, second, strict=True)) / len(first)
    small, large = sorted((first, second), key=len)
    return sum(min(abs(a - b) for b in small) for a in large) / len(large)


@lru_cache(maxsize=32768)
def _moves(first: tuple[Voicing, ...], second: tuple[Voicing, ...]) -> NDArray[np.float64]:
    """Return the price of each move, shape (first, second)."""
    if len(first[0]) == len(second[0]):
        a, b = np.array(first), np.array(second)
        steps = np.abs(a[:, None] - b[None])
        # The top voice is heard as a tune, and one voice far off is worse than all a little.
        price = steps.mean(axis=2) + 0.5 * steps[:, :, -1] / 2 + 0.15 * steps.max(axis=2)
        return np.asarray(price)
    return np.array([[motion(a, b) for b in second] for a in first])


def lead(
    chords: Sequence[Chord],
    *,
    style: str = "rootless",
    voices: int = 4,
    low: int = 48,
    high: int = 74,
    centre: float | None = None,
    before: Voicing | None = None,
    after: Voicing | None = None,
) -> tuple[Voicing, ...]:
    """Voice a progression so that each voice moves as little as it can.

    style, voices  see `theory.voicing.voicings`
    low, high      MIDI pitches that no voice passes
    centre         where the voicings like to lie; the middle of the range when None
    before, after  voicings on either side that the path must fit

    >>> path = lead([Chord.parse(name) for name in ("Dm9", "G13", "Cmaj9")])
    >>> max(motion(a, b) for a, b in zip(path, path[1:])) <= 2.0
    True
    """
    if not chords:
        return ()
    middle = (low + high) / 2 if centre is None else centre
    choices = [_choices(chord, style, voices, low, high) for chord in chords]
    homes = [_home(options, middle) for options in choices]
    best = homes[0].copy()
    if before is not None:
        best += _moves((before,), choices[0])[0]
    back: list[NDArray[np.intp]] = []
    for i in range(1, len(choices)):
        total = best[:, None] + _moves(choices[i - 1], choices[i])
        back.append(total.argmin(axis=0))
        best = total.min(axis=0) + homes[i]
    if after is not None:
        best = best + _moves(choices[-1], (after,))[:, 0]
    path = [int(best.argmin())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    path.reverse()
    return tuple(options[i] for options, i in zip(choices, path, strict=True))


@lru_cache(maxsize=16384)
def _home(options: tuple[Voicing, ...], middle: float) -> NDArray[np.float64]:
    return 0.12 * np.abs(np.array([sum(v) / len(v) for v in options]) - middle)


@lru_cache(maxsize=16384)
def _choices(chord: Chord, style: str, voices: int, low: int, high: int) -> tuple[Voicing, ...]:
    """List the voicings of a style; where the range leaves none, those of plainer styles."""
    for count in range(voices, 1, -1):
        for attempt in dict.fromkeys((style, "drop2", "shell")):
            found = voicings(chord, style=attempt, voices=count, low=low, high=high)
            if found:
                return found
    raise InputError(f"no voicing of {chord} fits between the pitches {low} and {high}")
