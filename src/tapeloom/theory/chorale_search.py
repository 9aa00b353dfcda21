"""The best way through the voicings of a chorale: dynamic programming over every clean move."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import Chord, Key
from tapeloom.theory.chorale_costs import FAULT, Costs, Rows, moving, resolving, voicings_of
from tapeloom.theory.part_moves import Rules, wishes

MOST = 72  # voicings of a place that are kept where the soprano is free


@dataclass(frozen=True, slots=True)
class Top:
    """What the soprano sings over a chord: its first and last note, and the lowest between."""

    first: int
    last: int
    lowest: int


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """What may sound in one place: voicings of one or more chords."""

    chords: tuple[Chord, ...]
    which: NDArray[np.intp]  # (states,) of the chords
    rows: Rows  # (states, 4) as the place begins
    leaving: Rows  # (states, 4) as it ends: the soprano may have moved on
    costs: Costs  # (states,)


def states_of(
    chords: Sequence[Chord],
    prices: Sequence[float],
    key: Key | None,
    top: Top | None = None,
) -> States:
    """Gather the voicings of some chords, each chord with its own price; under a soprano if given.

    >>> found = states_of([Chord.parse("C"), Chord.parse("C/E")], [0.0, 1.0], None, Top(72, 71, 71))
    >>> set(found.rows[:, 3].tolist()), set(found.leaving[:, 3].tolist())
    ({72}, {71})
    """
    rows, costs, which = [], [], []
    most = MOST // min(len(chords), 3)
    for number, (chord, price) in enumerate(zip(chords, prices, strict=True)):
        these, cost = voicings_of(chord, key)
        if top is not None:
            kept = np.flatnonzero((these[:, 3] == top.first) & (these[:, 2] <= top.lowest))
        elif len(these) > most:
            kept = np.sort(np.argpartition(cost, most)[:most])
        else:
            kept = np.arange(len(these))
        rows.append(these[kept])
        costs.append(cost[kept] + price)
        which.append(np.full(len(kept), number, np.intp))
    begun = np.concatenate(rows)
    leaving = begun if top is None or top.last == top.first else begun.copy()
    if leaving is not begun:
        leaving[:, 3] = top.last if top else 0
    return States(tuple(chords), np.concatenate(which), begun, leaving, np.concatenate(costs))


def link(
    a: States, b: States, key: Key | None, rules: Rules, *, between: Costs | None, phrase: bool
) -> Costs:
    """Return what each move costs, (states of a, states of b).

    between   the cost of each chord of b after each of a
    phrase    whether a phrase begins with b
    """
    cost = moving(a.leaving, b.rows, rules, key, phrase=phrase)
    if between is not None:
        cost += between[np.ix_(a.which, b.which)]
    if phrase:
        return cost
    spans_a, spans_b = _stretches(a), _stretches(b)
    for chord, rows in zip(a.chords, spans_a, strict=True):
        for after, columns in zip(b.chords, spans_b, strict=True):
            if (
                wishes(chord, after, key)
                and rows.start < rows.stop
                and columns.start < columns.stop
            ):
                charge = resolving(a.leaving[rows], b.rows[columns], chord, after, key)
                if charge is not None:
                    cost[rows, columns] += charge
    return cost


def _stretches(states: States) -> list[slice]:
    """Return where the voicings of each chord lie; they follow one another."""
    stops = np.searchsorted(states.which, np.arange(len(states.chords)), side="right")
    return [slice(int(a), int(b)) for a, b in zip([0, *stops[:-1]], stops, strict=True)]


def cheapest(places: Sequence[States], links: Sequence[Costs]) -> list[int]:
    """Return the state of each place on the cheapest path (Viterbi)."""
    total = places[0].costs
    back: list[NDArray[np.intp]] = []
    for place, cost in zip(places[1:], links, strict=True):
        reach = total[:, None] + cost
        back.append(reach.argmin(axis=0))
        total = reach.min(axis=0) + place.costs
    path = [int(total.argmin())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    return path[::-1]


def search(
    places: Sequence[States],
    links: list[Costs],
    faults_at: Callable[[list[int]], list[int]],
    *,
    tries: int = 12,
) -> list[int]:
    """Return the best path, judged by a checker as well: what it still finds is tried otherwise.

    faults_at   returns the places into which a path moves with a fault, one for each fault

    Faults that two chords alone don't show (a tritone that doesn't turn back, what passing notes
    make) are forbidden one by one, and the search runs again.
    """
    best: tuple[int, list[int]] | None = None
    for _ in range(tries):
        path = cheapest(places, links)
        wrong = faults_at(path)
        if best is None or len(wrong) < best[0]:
            best = (len(wrong), path)
        if not wrong:
            break
        for place in set(wrong):
            at = max(place, 1) - 1
            if at < len(links):
                links[at] = links[at].copy()  # chords that come again share their costs
                links[at][path[at], path[at + 1]] += FAULT
    return best[1] if best else []
