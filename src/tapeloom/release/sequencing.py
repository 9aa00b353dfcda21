"""The order of an album: keys that follow well, tempi that don't jump, and an arc of energy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key

MAX_TRACKS = 35
# What weighs how much, chosen by us: a key step on the circle, ten per cent of tempo, a tenth of
# energy off the arc.
KEY_WEIGHT, TEMPO_WEIGHT, ENERGY_WEIGHT = 1.0, 1.5, 1.0
PEAK = 0.6  # where in the album the arc of energy is highest
_EXACT = 11  # tracks up to which every order is weighed


@dataclass(frozen=True, slots=True)
class Piece:
    """What the order of tracks looks at."""

    key: Key
    bpm: float
    energy: float  # 0..1


def key_steps(a: Key, b: Key) -> int:
    """Return the distance of two keys: steps round the circle of fifths, one for another mode.

    Relative keys share a signature: they are one step apart. Modes count by their signature.

    >>> home = Key("C", "major")
    >>> key_steps(Key("A", "minor"), home), key_steps(home, Key("D", "major"))
    (1, 2)
    """
    around = (a.signature - b.signature) % 12
    return min(around, 12 - around) + (a.mode != b.mode)


def arc(position: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return the wanted energy, 0..1, at a place 0..1 of the album: up to the peak, and home.

    >>> [round(float(arc(x)), 2) for x in (0.0, 0.6, 1.0)]
    [0.35, 1.0, 0.0]
    """
    x = np.asarray(position, np.float64)
    rising = 0.35 + 0.65 * np.sin(0.5 * np.pi * x / PEAK)
    falling = np.cos(0.5 * np.pi * (x - PEAK) / (1.0 - PEAK))
    return np.where(x <= PEAK, rising, falling)


def order_tracks(pieces: Sequence[Piece], *, first: int | None = None) -> tuple[int, ...]:
    """Return the order, as indices: the best of all for few tracks, else a good one by exchanges.

    first   a track that must open the album

    >>> calm, mid = Piece(Key("A", "minor"), 70, 0.1), Piece(Key("C", "major"), 72, 0.5)
    >>> order_tracks([calm, Piece(Key("G", "major"), 74, 0.9), mid])
    (2, 1, 0)
    """
    if not 1 <= len(pieces) <= MAX_TRACKS:
        raise InputError(f"an album has 1 to {MAX_TRACKS} tracks, not {len(pieces)}")
    if first is not None and not 0 <= first < len(pieces):
        raise InputError(f"track {first + 1} cannot come first; there are {len(pieces)}")
    moves, places = _costs(pieces)
    count = len(pieces)
    if count <= _EXACT:
        return _best(moves, places, first)
    start = [first] if first is not None else list(range(count))
    orders = [_improved(_greedy(moves, places, head), moves, places, first) for head in start]
    best: list[int] = min(orders, key=lambda order: _cost(order, moves, places))
    return tuple(best)


def _costs(pieces: Sequence[Piece]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the cost of each step from a track to another, and of each track at each place."""
    count = len(pieces)
    keys = np.array([[key_steps(a.key, b.key) for b in pieces] for a in pieces], np.float64)
    tempi = np.log(np.array([piece.bpm for piece in pieces]))
    jumps = np.abs(tempi[:, None] - tempi[None, :]) / np.log(1.1)
    energy = np.array([piece.energy for piece in pieces])
    spread = np.ptp(energy)
    ranks = (energy - energy.min()) / spread if spread > 0 else np.full(count, 0.5)
    wanted = arc(np.linspace(0.0, 1.0, count)) if count > 1 else np.array([0.5])
    places = ENERGY_WEIGHT * 10.0 * (ranks[:, None] - wanted[None, :]) ** 2
    return KEY_WEIGHT * keys + TEMPO_WEIGHT * jumps, places


def _cost(order: Sequence[int], moves: NDArray[np.float64], places: NDArray[np.float64]) -> float:
    at = np.asarray(order)
    return float(moves[at[:-1], at[1:]].sum() + places[at, np.arange(len(at))].sum())


def _best(
    moves: NDArray[np.float64], places: NDArray[np.float64], first: int | None
) -> tuple[int, ...]:
    """Weigh every order by dynamic programming over sets (Held and Karp, 1962)."""
    count = len(moves)
    heads = range(count) if first is None else [first]
    costs = {(1 << head, head): (float(places[head, 0]), -1) for head in heads}
    layer = list(costs)
    for place in range(1, count):
        following: dict[tuple[int, int], tuple[float, int]] = {}
        for taken, last in layer:
            cost = costs[taken, last][0]
            for new in range(count):
                if taken & 1 << new:
                    continue
                key = (taken | 1 << new, new)
                price = cost + float(moves[last, new] + places[new, place])
                if key not in following or price < following[key][0]:
                    following[key] = (price, last)
        costs |= following
        layer = list(following)
    taken, last = min(layer, key=lambda state: costs[state][0])
    order = [last]
    while (before := costs[taken, last][1]) >= 0:
        taken, last = taken & ~(1 << last), before
        order.append(last)
    return tuple(reversed(order))


def _greedy(moves: NDArray[np.float64], places: NDArray[np.float64], head: int) -> list[int]:
    order = [head]
    left = set(range(len(moves))) - {head}
    while left:
        place = len(order)
        new = min(left, key=lambda i: (moves[order[-1], i] + places[i, place], i))
        order.append(new)
        left.remove(new)
    return order


def _improved(
    order: list[int], moves: NDArray[np.float64], places: NDArray[np.float64], first: int | None
) -> list[int]:
    """Exchange two tracks, or move one, as long as the album gets better by it."""
    begin = 0 if first is None else 1
    cost = _cost(order, moves, places)
    better = True
    while better:
        better = False
        for i in range(begin, len(order)):
            for j in range(begin, len(order)):
                if i == j:
                    continue
                swapped = list(order)
                swapped[i], swapped[j] = swapped[j], swapped[i]
                moved = [track for k, track in enumerate(order) if k != i]
                moved.insert(j, order[i])
                for candidate in (swapped, moved):
                    price = _cost(candidate, moves, places)
                    if price < cost - 1e-9:
                        order, cost, better = candidate, price, True
    return order
