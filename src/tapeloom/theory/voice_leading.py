"""The best way through a progression: the shortest path through its voicings, and its reasons."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.pitch import pitch_name
from tapeloom.theory.voice_costs import (
    KEYS,
    WEIGHTS,
    Prices,
    Rows,
    Weights,
    motion,
    moving_costs,
    standing_costs,
    weigh_costs,
)
from tapeloom.theory.voice_distance import match_voices
from tapeloom.theory.voicing import STYLE_TABLE, Voicing, voicings

__all__ = ["Move", "Voicing", "Weights", "explain", "lead", "motion", "path_cost"]


@dataclass(frozen=True, slots=True)
class _Choice:
    """What a chord's voicings are chosen from; the key of the caches."""

    chord: Chord
    style: str
    voices: int
    low: int
    high: int
    bass: bool | None
    key: Key | None


@lru_cache(maxsize=4096)
def _options(choice: _Choice) -> Rows:
    """List the voicings of a style; where the range leaves none, those of plainer styles."""
    styles: list[str] = []
    style = choice.style
    while style not in styles:
        styles.append(style)
        style = STYLE_TABLE[style].fallback if style in STYLE_TABLE else style
    for count, attempt in itertools.product(range(choice.voices, 1, -1), styles):
        found = voicings(
            choice.chord,
            style=attempt, voices=count, low=choice.low, high=choice.high, bass=choice.bass,
            key=choice.key,
        )  # fmt: skip
        if found:
            return np.array(found, np.int64)
    raise InputError(
        f"no voicing of {choice.chord} fits between the pitches {choice.low} and {choice.high}"
    )


@lru_cache(maxsize=4096)
def _moves(first: _Choice, second: _Choice, weights: Weights) -> Prices:
    chords = (first.chord, second.chord)
    return weigh_costs(moving_costs(_options(first), _options(second), chords, weights), weights)


@lru_cache(maxsize=4096)
def _homes(choice: _Choice, centre: float, weights: Weights) -> Prices:
    return weigh_costs(standing_costs(_options(choice), choice.chord, centre, weights), weights)


def _settled(style: str, low: int | None, high: int | None) -> tuple[int, int]:
    table = STYLE_TABLE.get(style)
    if table is None:
        raise InputError(f"{style!r} is no voicing; choose one of {', '.join(STYLE_TABLE)}")
    return table.low if low is None else low, table.high if high is None else high


def _weights(weights: Weights | str) -> Weights:
    if isinstance(weights, Weights):
        return weights
    if weights not in WEIGHTS:
        raise InputError(f"{weights!r} is no set of weights; choose one of {', '.join(WEIGHTS)}")
    return WEIGHTS[weights]


def lead(
    chords: Sequence[Chord],
    *,
    style: str = "rootless",
    voices: int = 4,
    low: int | None = None,
    high: int | None = None,
    bass: bool | None = None,
    key: Key | None = None,
    weights: Weights | str = KEYS,
    centre: float | None = None,
    before: Voicing | None = None,
    after: Voicing | None = None,
    tops: Sequence[int | None] | None = None,
) -> tuple[Voicing, ...]:
    """Voice a progression by the cheapest path through the voicings of its chords.

    style, voices  see `theory.voicing.voicings`; a chord that the style can't hold is voiced in
                   the style's fallback, with fewer voices if need be
    low, high      MIDI pitches that no voice passes; the style's own range when None
    bass           whether the chord's bass is sounded; see `theory.voicing.voicings`
    key            where the styles that add tensions find them; see there
    weights        what counts, or its name: keys, jazz or chorale
    centre         where the voicings like to lie; the middle of the range when None
    before, after  voicings on either side that the path must fit
    tops           the pitch of the highest voice of each chord; None leaves it free

    >>> path = lead([Chord.parse(name) for name in ("Dm9", "G13", "Cmaj9")])
    >>> max(motion(a, b) for a, b in zip(path, path[1:])) <= 2.0
    True
    >>> lead([Chord.parse(each) for each in ("C", "F", "G7", "C")], style="chorale",
    ...      weights="chorale", tops=(72, 72, 71, 72))[-2:]
    ((43, 55, 65, 71), (48, 55, 64, 72))
    """
    if not chords:
        return ()
    low, high = _settled(style, low, high)
    weights = _weights(weights)
    middle = (low + high) / 2 if centre is None else centre
    choices = [_Choice(chord, style, voices, low, high, bass, key) for chord in chords]
    homes = [_homes(choice, middle, weights) for choice in choices]
    if tops is not None:
        homes = _held(choices, homes, tops)
    best = homes[0]
    if before is not None:
        first = _options(choices[0])
        best = (
            best + weigh_costs(moving_costs(np.array([before]), first, None, weights), weights)[0]
        )
    back: list[NDArray[np.intp]] = []
    for i in range(1, len(choices)):
        total = best[:, None] + _moves(choices[i - 1], choices[i], weights)
        back.append(total.argmin(axis=0))
        best = total.min(axis=0) + homes[i]
    if after is not None:
        last = _options(choices[-1])
        best = (
            best + weigh_costs(moving_costs(last, np.array([after]), None, weights), weights)[:, 0]
        )
    path = [int(best.argmin())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    path.reverse()
    return tuple(
        tuple(_options(choice)[i].tolist()) for choice, i in zip(choices, path, strict=True)
    )


def _held(
    choices: Sequence[_Choice], homes: Sequence[Prices], tops: Sequence[int | None]
) -> list[Prices]:
    """Close every voicing whose highest voice isn't the one asked for."""
    if len(tops) != len(choices):
        raise InputError(f"there are {len(choices)} chords, but {len(tops)} pitches for their tops")
    result = []
    for choice, home, top in zip(choices, homes, tops, strict=True):
        fits = np.ones(len(home), np.bool_) if top is None else _options(choice)[:, -1] == top
        if not fits.any():
            raise InputError(f"no voicing of {choice.chord} has {pitch_name(top or 0)} on top")
        result.append(np.where(fits, home, np.inf))
    return result


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a path: who moves how far, and what it costs.

    >>> chords = [Chord.parse("Dm7"), Chord.parse("G7")]
    >>> print(explain(chords, ((50, 53, 57, 60), (50, 53, 55, 59)))[0])
    D3 stays, F3 stays, A3 falls 2 to G3, C4 falls 1 to B3; motion 0.75, top 0.25, leap 0.30, ...
    """

    start: Voicing
    end: Voicing
    costs: tuple[tuple[str, float], ...]  # by the names of the weights, what is 0 left out

    @property
    def steps(self) -> tuple[int, ...]:
        """Semitones that each voice moves, from the bottom; empty where their number changes."""
        if len(self.start) != len(self.end):
            return ()
        return tuple(b - a for a, b in zip(self.start, self.end, strict=True))

    @property
    def cost(self) -> float:
        """The sum of the costs."""
        return sum(price for _, price in self.costs)

    def describe(self, key: Key | None = None) -> str:
        """Say it in words, spelled on the key's side of the circle of fifths (else flats)."""
        sharps = key is not None and key.signature > 0
        words = []
        for pitch, goal in match_voices(self.start, self.end):
            here, there = (pitch_name(each, sharps=sharps) for each in (pitch, goal))
            turn = f"{'rises' if goal > pitch else 'falls'} {abs(goal - pitch)} to {there}"
            words.append(f"{here} {turn if goal != pitch else 'stays'}")
        return f"{', '.join(words)}; " + ", ".join(f"{n} {price:.2f}" for n, price in self.costs)

    def __str__(self) -> str:
        return self.describe()


def explain(
    chords: Sequence[Chord],
    path: Sequence[Voicing],
    *,
    weights: Weights | str = KEYS,
    centre: float = 61.0,
) -> tuple[Move, ...]:
    """Report each move of a path of voicings with its costs, those of the voicing moved to within.

    chords, path   as many chords as voicings
    weights        see `lead`; centre is where the voicings like to lie

    >>> [move.steps for move in explain([Chord(0), Chord(5)], ((60, 64, 67), (60, 65, 69)))]
    [(0, 1, 2)]
    """
    if len(chords) != len(path):
        raise InputError(f"there are {len(chords)} chords, but {len(path)} voicings")
    weights = _weights(weights)
    moves = []
    for (first, second), (a, b) in zip(
        itertools.pairwise(chords), itertools.pairwise(path), strict=True
    ):
        rows = np.array([b])
        terms = moving_costs(np.array([a]), rows, (first, second), weights)
        terms |= {
            name: x[None] for name, x in standing_costs(rows, second, centre, weights).items()
        }
        costs = ((name, float(getattr(weights, name) * x[0, 0])) for name, x in terms.items())
        moves.append(Move(tuple(a), tuple(b), tuple((n, price) for n, price in costs if price)))
    return tuple(moves)


def path_cost(
    chords: Sequence[Chord],
    path: Sequence[Voicing],
    *,
    weights: Weights | str = KEYS,
    centre: float = 61.0,
) -> float:
    """Sum what a path of voicings costs: what `lead` makes as small as can be.

    >>> path_cost([Chord(0), Chord(0)], ((57, 61, 65), (57, 61, 65)))
    0.0
    """
    if not path:
        return 0.0
    weights = _weights(weights)
    first = weigh_costs(standing_costs(np.array([path[0]]), chords[0], centre, weights), weights)[0]
    moves = explain(chords, path, weights=weights, centre=centre)
    return float(first) + sum(move.cost for move in moves)
