"""The likeliest ways along a script: beam search, and diverse beam search.

Diverse beam search works in groups that choose one behind the other; what a group chooses is
made dearer for the groups behind it (Hamming diversity): Vijayakumar et al., "Diverse Beam
Search: Decoding Diverse Solutions from Neural Sequence Models", 2016, eq. 2 and section 3.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.neural.generator import Candidate, Floats, Model, Reading
from tapeloom.neural.script import Script, Writer


class Searchable(Model, Protocol):
    """A model whose sequences can be exchanged for one another."""

    def reorder(self, rows: Sequence[int]) -> None:
        """Let row i go on from what row rows[i] has read; there may be more or fewer rows."""


@dataclass(frozen=True, slots=True)
class Beam:
    """How a search is done."""

    beams: int = 8  # ways that are followed at once
    groups: int = 1  # of the beams, equally large; above 1 the search is diverse
    diversity: float = 0.5  # nats that a token costs more for each earlier group's beam with it
    length_power: float = 1.0  # a way's score is its log chance by its chosen tokens to this power

    def __post_init__(self) -> None:
        if not 1 <= self.beams <= 64:
            raise InputError(f"beams is {self.beams}; it must lie in 1..64")
        if not 1 <= self.groups <= self.beams or self.beams % self.groups:
            raise InputError(f"groups is {self.groups}; it must divide the {self.beams} beams")
        if not 0.0 <= self.diversity <= 100.0:
            raise InputError(f"diversity is {self.diversity}; it must lie in 0..100")
        if not 0.0 <= self.length_power <= 2.0:
            raise InputError(f"length_power is {self.length_power}; it must lie in 0..2")


@dataclass(frozen=True, slots=True)
class _Way:
    """One beam: what is written, the nats that it cost, and its row in the model."""

    writer: Writer
    nats: float
    row: int
    is_greedy: bool  # whether it took the likeliest token wherever it had a choice


@dataclass(frozen=True, slots=True)
class _Next:
    """A way with one more token, before the writer has taken it."""

    way: _Way
    token: int | None  # None: the way was over
    nats: float
    chosen: int  # tokens that were the model's, this one included
    is_greedy: bool
    fee: float = 0.0  # for what earlier groups chose

    def dearness(self, power: float) -> float:
        """Return what the choice goes by: nats by length, and the fee."""
        return self.nats / float(max(self.chosen, 1) ** power) + self.fee


def search(
    model: Searchable, script: Script, settings: Beam = Beam(), *, limit: int = 60_000
) -> tuple[Candidate, ...]:
    """Return the ways along a script that the search ended with, the likeliest first.

    Chances are the model's own, of all tokens; what is settled costs nothing. The way that always
    takes the likeliest token is kept to the end: none that is returned first is less likely.
    """
    writer = Writer(script)
    while not writer.is_over and (token := writer.forced()) is not None:
        writer.take(token)
    if writer.is_over:
        return (_candidate(writer, 0.0),)
    reading = Reading(model)
    logits = reading.begin([writer.tokens])
    groups = [[_Way(writer, 0.0, 0, True)]] + [
        [_Way(writer, 0.0, 0, False)] for _ in range(settings.groups - 1)
    ]
    while not all(way.writer.is_over for group in groups for way in group):
        costs = _costs(logits)
        taken: Counter[int] = Counter()
        chosen = []
        for group in groups:
            found = _extend(group, costs, taken, settings)
            chosen.append(found)
            taken.update(step.token for step in found if step.token is not None)
        logits, groups = _advance(model, reading, chosen, limit)
    ways = sorted(
        (way for group in groups for way in group),
        key=lambda way: way.nats / max(way.writer.chosen, 1) ** settings.length_power,
    )
    return tuple(_candidate(way.writer, way.nats) for way in ways)


def _candidate(writer: Writer, nats: float) -> Candidate:
    return Candidate(tuple(writer.tokens), nats / max(writer.chosen, 1), writer.chosen)


def _costs(logits: Floats) -> NDArray[np.float64]:
    """Return the nats of every token, shape (B, V)."""
    shifted = logits.astype(np.float64) - logits.max(1, keepdims=True)
    costs: NDArray[np.float64] = np.log(np.exp(shifted).sum(1, keepdims=True)) - shifted
    return costs


def _extend(
    group: Sequence[_Way], costs: NDArray[np.float64], taken: Counter[int], settings: Beam
) -> list[_Next]:
    """Return a group's best ways with one more token each, as many as it has beams."""
    count = settings.beams // settings.groups
    found: list[_Next] = []
    for way in group:
        writer = way.writer
        token = None if writer.is_over else writer.forced()
        if writer.is_over or token is not None:
            found.append(_Next(way, token, way.nats, writer.chosen, way.is_greedy))
            continue
        numbers = writer.allowed().nonzero()[0]
        dear = costs[way.row, numbers]
        fees = np.array([settings.diversity * taken[int(number)] for number in numbers])
        best = np.argsort(dear + fees, kind="stable")[:count]
        found += [
            _Next(
                way, int(numbers[at]), way.nats + float(dear[at]), writer.chosen + 1,
                way.is_greedy and place == 0, float(fees[at]),
            )
            for place, at in enumerate(best)
        ]  # fmt: skip
    found.sort(key=lambda step: step.dearness(settings.length_power))
    kept = found[:count]
    if not any(step.is_greedy for step in kept):
        kept[-1:] = [step for step in found if step.is_greedy] or kept[-1:]
    return kept


def _advance(
    model: Searchable, reading: Reading, chosen: Sequence[Sequence[_Next]], limit: int
) -> tuple[Floats, list[list[_Way]]]:
    """Write the chosen tokens, and let the model read them."""
    steps = [step for group in chosen for step in group]
    places = _places([step.way.row for step in steps])
    uses = Counter(id(step.way.writer) for step in steps)
    ways = []
    for step, place in zip(steps, places, strict=True):
        writer = step.way.writer
        if step.token is not None:
            uses[id(writer)] -= 1
            if uses[id(writer)]:
                writer = writer.copy()
            if len(writer.tokens) >= limit:
                raise InputError(f"a way has over {limit} tokens; ask for fewer bars")
            writer.take(step.token)
        ways.append(_Way(writer, step.nats, place, step.is_greedy))
    parents = {place: step.way.row for step, place in zip(steps, places, strict=True)}
    order = [parents[place] for place in range(len(steps))]
    model.reorder(order)
    reading.reorder(order)
    by_row = sorted(ways, key=lambda way: way.row)
    logits = reading.go_on(
        [way.writer.tokens for way in by_row], [way.writer.is_over for way in by_row]
    )
    left = iter(ways)
    return logits, [[next(left) for _ in group] for group in chosen]


def _places(parents: Sequence[int]) -> list[int]:
    """Return a row for each way: its parent's where it can be, so that little is copied.

    >>> _places([2, 0, 0])
    [2, 0, 1]
    """
    places = [-1] * len(parents)
    free = set(range(len(parents)))
    for number, parent in enumerate(parents):
        if parent in free:
            places[number] = parent
            free.remove(parent)
    rest = iter(sorted(free))
    return [next(rest) if place < 0 else place for place in places]
