"""Progressions written as steps in C, and where they fit in any key.

A step is a root and a mark: `^` major, `7` dominant, `m` minor, `h` half-diminished, `o`
diminished, `M` anything with a major third, `n` with a minor one, no mark anything. `|` stands
between what may take each other's place, `?` after what may be missing, `@5` after what must begin
in the fifth bar.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.core.pitch import pitch_class
from tapeloom.theory.families import FAMILIES, family

Symbol = tuple[int, int]  # root and family of a chord

# The families of qualities that a mark stands for.
MARKS = {
    "": FAMILIES,
    "^": ("major", "augmented"),
    "7": ("dominant", "suspended"),
    "m": ("minor7", "minor"),
    "h": ("half-diminished",),
    "o": ("diminished", "half-diminished"),
    "M": ("major", "dominant", "suspended", "augmented"),
    "n": ("minor7", "minor", "half-diminished"),
}


def merge_repeats(chords: Sequence[Chord]) -> tuple[list[tuple[int, int]], list[int]]:
    """Return root and family of each chord, repeats once, and where each begins (and the end).

    >>> merge_repeats([Chord.parse(name) for name in ("Dm7", "Dm9", "G7")])
    ([(2, 2), (7, 1)], [0, 2, 3])
    """
    symbols: list[tuple[int, int]] = []
    starts = []
    for i, chord in enumerate(chords):
        symbol = (chord.root, family(chord.quality))
        if not symbols or symbol != symbols[-1]:
            symbols.append(symbol)
            starts.append(i)
    return symbols, [*starts, len(chords)]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the chords that may stand there, in C."""

    choices: frozenset[Symbol]
    is_optional: bool
    bar: int  # the bar in which it must begin; 0 where any will do


@lru_cache(maxsize=512)
def read_steps(text: str) -> tuple[Step, ...]:
    """Read steps.

    >>> [len(step.choices) for step in read_steps("Dm G7|Db7 C^?")]
    [2, 4, 2]
    """
    steps = []
    for word in text.split():
        choices: set[Symbol] = set()
        bar = 0
        for choice in word.rstrip("?").split("|"):
            match = re.fullmatch(r"([A-G][b#]?)([\^7mhoMn]?)(?:@(\d+))?", choice)
            if match is None:
                raise InputError(f"{choice!r} is no step; write one like Dm, G7, C^")
            root = pitch_class(match[1])
            choices |= {(root, FAMILIES.index(name)) for name in MARKS[match[2]]}
            bar = int(match[3] or bar)
        steps.append(Step(frozenset(choices), word.endswith("?"), bar))
    if sum(not step.is_optional for step in steps) < 2:
        raise InputError(f"{text!r} is too short; write two steps at least that may not be missing")
    return tuple(steps)


Head = tuple[int, int, int]  # family, semitones to the next root, its family


@lru_cache(maxsize=16)
def _heads(texts: tuple[str, ...]) -> dict[Head, tuple[tuple[int, int, int], ...]]:
    """Return which texts may begin with two chords: row, first step, its semitones from C."""
    found: dict[Head, dict[tuple[int, int, int], None]] = {}
    for row, text in enumerate(texts):
        steps = read_steps(text)
        for first, second in _openings(steps):
            pairs = product(sorted(steps[first].choices), sorted(steps[second].choices))
            for (root, kind), (next_root, next_kind) in pairs:
                head = (kind, (next_root - root) % 12, next_kind)
                found.setdefault(head, {})[row, first, root] = None
    return {head: tuple(rows) for head, rows in found.items()}


def _openings(steps: Sequence[Step]) -> Iterator[tuple[int, int]]:
    """Yield which steps may come first and second."""
    for first, step in enumerate(steps):
        for second in range(first + 1, len(steps)):
            yield first, second
            if not steps[second].is_optional:
                break
        if not step.is_optional:
            return


def match_steps(
    symbols: Sequence[Symbol], texts: Sequence[str], bars: Sequence[float] | None = None
) -> Iterator[tuple[int, int, int, int]]:
    """Yield which text fits where: its index, first chord, last (exclusive) and tonic.

    symbols   roots and families, as `merge_repeats` gives them
    texts     progressions, the tonic C
    bars      in which bar each chord begins; None where it isn't known

    >>> symbols, _ = merge_repeats([Chord.parse(name) for name in ("Am7", "D7", "G")])
    >>> list(match_steps(symbols, ["Dm G7 C^", "G7 C^"]))
    [(0, 0, 3, 7), (1, 1, 3, 7)]
    """
    heads = _heads(tuple(texts))
    for at in range(len(symbols) - 1):
        (root, kind), (following, next_kind) = symbols[at : at + 2]
        told = set()
        for row, first, degree in heads.get((kind, (following - root) % 12, next_kind), ()):
            tonic = (root - degree) % 12
            if (row, tonic) not in told:
                origin = bars[at] if bars else 0.0
                steps = read_steps(texts[row])
                last = _follow(symbols, at + 1, steps, first + 1, tonic, bars, origin)
                if last is not None:
                    told.add((row, tonic))
                    yield row, at, last, tonic


def _follow(
    symbols: Sequence[Symbol],
    at: int,
    steps: Sequence[Step],
    row: int,
    tonic: int,
    bars: Sequence[float] | None,
    origin: float,
) -> int | None:
    """Return where the steps from `row` on end if they begin at a chord; None where they don't fit.

    bars     in which bar each chord begins, and `origin` the first one
    """
    if row == len(steps):
        return at
    step = steps[row]
    if at < len(symbols):
        root, kind = symbols[at]
        timely = not step.bar or bars is None or abs(bars[at] - origin + 1 - step.bar) <= 0.5
        if timely and ((root - tonic) % 12, kind) in step.choices:
            end = _follow(symbols, at + 1, steps, row + 1, tonic, bars, origin)
            if end is not None:
                return end
    if step.is_optional:
        return _follow(symbols, at, steps, row + 1, tonic, bars, origin)
    return None
