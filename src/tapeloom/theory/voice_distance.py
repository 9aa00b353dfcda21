"""How far one chord lies from another: the smallest voice leading between pitch classes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapeloom.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Leading:
    """A voice leading between two chords: each voice's pitch class and how far it moves.

    >>> Leading(((0, 0), (4, -1), (7, 0))).size
    1
    """

    moves: tuple[tuple[int, int], ...]  # pitch class 0..11, semitones -6..5

    @property
    def size(self) -> int:
        """Semitones that all the voices move together (the taxicab metric)."""
        return sum(abs(step) for _, step in self.moves)

    @property
    def arrivals(self) -> tuple[int, ...]:
        """The pitch classes at which the voices arrive."""
        return tuple((start + step) % 12 for start, step in self.moves)


def _step(start: int, end: int) -> int:
    return (end - start + 6) % 12 - 6


def _checked(classes: Sequence[int]) -> list[int]:
    if not classes:
        raise InputError("a chord without notes leads nowhere; give at least one pitch class")
    return sorted(tone % 12 for tone in classes)


def minimal_leading(
    first: Sequence[int], second: Sequence[int], *, doublings: bool = False
) -> Leading:
    """Find a smallest voice leading between two chords of pitch classes.

    doublings   False: every note of one chord goes to one of the other, so that both must have
                as many; True: notes may split and join, so that every note has at least one
                partner, which can be shorter and takes chords of any two sizes

    No voice need cross another on the circle of pitch classes: with equal sizes one of the
    rotations is the best (after D. Tymoczko, "A Geometry of Music", 2011);
    with doublings a path through the table of pairs is, found by dynamic programming.

    >>> minimal_leading((0, 4, 7), (5, 9, 0)).size, minimal_leading((7, 11, 2, 5), (1, 5, 8, 11))
    (3, Leading(moves=((2, -1), (5, 0), (7, 1), (11, 0))))
    >>> minimal_leading((0, 4, 7), (9, 0, 4, 7), doublings=True).size
    2
    """
    a, b = _checked(first), _checked(second)
    if doublings:
        return min((_path(a, b[j:] + b[:j]) for j in range(len(b))), key=lambda found: found.size)
    if len(a) != len(b):
        raise InputError(
            f"chords of {len(a)} and {len(b)} notes have no one-to-one voice leading; "
            "allow doublings"
        )
    turns = (b[j:] + b[:j] for j in range(len(b)))
    led = (Leading(tuple((x, _step(x, y)) for x, y in zip(a, turn, strict=True))) for turn in turns)
    return min(led, key=lambda found: found.size)


def _path(a: list[int], b: list[int]) -> Leading:
    """Find the best path once around both chords that begins with the pair of their first notes."""
    n, m = len(a), len(b)
    steps = [[_step(x, y) for y in b] for x in a]
    # Row n and column m stand for the first notes again, an octave on: the closing pair is free.
    sizes = [[abs(steps[i % n][j % m]) for j in range(m + 1)] for i in range(n + 1)]
    sizes[n][m] = 0
    pairs = _warp(sizes)[:-1]
    return Leading(tuple(sorted((a[i % n], steps[i % n][j % m]) for i, j in pairs)))


def _warp(sizes: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Find the cheapest path from the first cell to the last that goes right, up or both."""
    best: dict[tuple[int, int], tuple[int, tuple[int, int]]] = {}
    for i, row in enumerate(sizes):
        for j, size in enumerate(row):
            ways = [way for way in ((i - 1, j - 1), (i - 1, j), (i, j - 1)) if way in best]
            way = min(ways, key=lambda way: best[way][0], default=(0, 0))
            best[i, j] = (size + (best[way][0] if ways else 0), way)
    path = [(len(sizes) - 1, len(sizes[-1]) - 1)]
    while path[-1] != (0, 0):
        path.append(best[path[-1]][1])
    return path[::-1]


def match_voices(first: Sequence[int], second: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Match the voices of two voicings so that they move least and none cross.

    first, second   pitches, rising; where they differ in number, voices split or join, so that
                    every voice has a partner

    >>> match_voices((53, 57, 60, 64), (53, 55, 59, 62))
    ((53, 53), (57, 55), (60, 59), (64, 62))
    >>> match_voices((48, 55, 64), (48, 53, 57, 65))
    ((48, 48), (55, 53), (55, 57), (64, 65))
    """
    if not first or not second:
        raise InputError("a voicing without notes leads nowhere; give at least one pitch")
    low, high = sorted(first), sorted(second)
    if len(low) == len(high):
        return tuple(zip(low, high, strict=True))
    pairs = _warp([[abs(x - y) for y in high] for x in low])
    return tuple((low[i], high[j]) for i, j in pairs)


def leading_sizes(
    firsts: ArrayLike, seconds: ArrayLike, *, doublings: bool = False
) -> NDArray[np.int64]:
    """Measure the smallest voice leading from each of many chords to each of many others.

    firsts, seconds   pitch classes, shape (chords, notes); equally many notes unless doublings
    result            semitones, shape (firsts, seconds)

    >>> leading_sizes([[0, 4, 7]], [[0, 3, 7], [5, 9, 0], [6, 10, 1]])
    array([[1, 3, 6]])
    """
    a = np.sort(np.atleast_2d(np.asarray(firsts, np.int64)) % 12, axis=1)
    b = np.sort(np.atleast_2d(np.asarray(seconds, np.int64)) % 12, axis=1)
    n, m = a.shape[1], b.shape[1]
    if not n or not m or (n != m and not doublings):
        raise InputError(f"chords of {n} and {m} notes have no one-to-one voice leading")
    far = np.abs((b[None, :, None, :] - a[:, None, :, None] + 6) % 12 - 6)  # (A, B, n, m)
    voice = np.arange(n)
    if not doublings:
        turns = [far[:, :, voice, (voice + j) % n].sum(axis=2) for j in range(n)]
        return np.asarray(np.min(turns, axis=0))
    return np.asarray(np.min([_around(np.roll(far, -j, axis=3)) for j in range(m)], axis=0))


def _around(far: NDArray[np.int64]) -> NDArray[np.int64]:
    """Price the best path once around both chords, as `_path` does, for many pairs at once."""
    n, m = far.shape[2:]
    row: list[NDArray[np.int64]] = []
    for i in range(n + 1):
        above, row = row, []
        for j in range(m + 1):
            ways = above[max(j - 1, 0) : j + 1] + row[-1:]
            price = far[:, :, i % n, j % m]
            row.append(np.min(ways, axis=0) + price if ways else price)
    return row[m] - far[:, :, 0, 0]
