"""Variations of a groove: a grammar of ghost notes and rules that move kicks.

What makes the groove stays: its accents, its downbeat and its backbeats.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.rhythm.limbs import playable
from tapeloom.rhythm.patterns import Bar, Groove

GHOSTED = ("snare", "rim", "brush")  # drums on which a light touch speaks
LONGEST_RUN = 2  # ghosts in a row


@dataclass(frozen=True, slots=True)
class GhostRule:
    """A place for a ghost note, seen from a stroke that is there."""

    name: str
    beside: str  # "backbeat" or "kick"
    distance: int  # steps after (+) or before (-) it
    weight: float  # how often drummers' hands go there, from the commonest, 1


# The commonest places first; the weights are chosen by ear.
GHOST_RULES = (
    GhostRule("rebound", "backbeat", 3, 1.0),
    GhostRule("pull", "backbeat", -1, 0.6),
    GhostRule("echo", "backbeat", 1, 0.5),
    GhostRule("before the kick", "kick", -1, 0.6),
    GhostRule("behind the kick", "kick", 1, 0.5),
    GhostRule("far echo", "backbeat", 5, 0.5),
    GhostRule("lead", "backbeat", -3, 0.4),
)


def ghost_places(bar: Bar, groove: Groove) -> dict[int, float]:
    """Return the steps at which a ghost note may be added to a bar, and how likely each is.

    None falls on a kick or on a stroke of the same hand, makes three ghosts in a row, or comes
    right before the downbeat of a still groove (energy below 0.3).

    >>> groove = Groove("plain", {"kick": "X.......x.......", "snare": "....X.......X..."})
    >>> sorted(ghost_places(groove.bar(0), groove))
    [1, 3, 5, 7, 9, 11, 13, 15]
    """
    drum = groove.backbeat
    if drum not in GHOSTED:
        return {}
    strokes = {step for step, d in bar if d == drum}
    kicks = {step for step, d in bar if d == "kick"}
    answers = {step for step, d in bar if d == drum and bar[step, d] in "xX"}
    ghosts = {step for step in strokes if bar[step, drum] == "o"}
    sources = {"backbeat": answers, "kick": kicks}
    places: dict[int, float] = {}
    for rule in GHOST_RULES:
        for source in sources[rule.beside]:
            step = source + rule.distance
            if not 0 < step < groove.steps or step in strokes | kicks:
                continue
            run = _run(step, ghosts)
            if run <= LONGEST_RUN and not (groove.energy < 0.3 and step == groove.steps - 1):
                places[step] = max(places.get(step, 0.0), rule.weight)
    return {
        step: weight
        for step, weight in places.items()
        if playable({**bar, (step, drum): "o"}).keys() == {*bar, (step, drum)}
    }


def add_ghosts(bar: Bar, groove: Groove, rng: np.random.Generator, *, count: int = 1) -> Bar:
    """Return a bar with up to `count` more ghost notes.

    >>> groove = Groove("plain", {"kick": "X.......x.......", "snare": "....X.......X..."})
    >>> more = add_ghosts(groove.bar(0), groove, np.random.default_rng(1), count=2)
    >>> sum(sign == "o" for sign in more.values())
    2
    """
    bar = dict(bar)
    for _ in range(count):
        places = ghost_places(bar, groove)
        if not places:
            break
        steps = sorted(places)
        weights = np.array([places[step] for step in steps])
        bar[int(rng.choice(steps, p=weights / weights.sum())), groove.backbeat] = "o"
    return bar


def _run(step: int, ghosts: set[int]) -> int:
    """Return how many ghosts in a row one at this step would make."""
    low = high = step
    while low - 1 in ghosts:
        low -= 1
    while high + 1 in ghosts:
        high += 1
    return high - low + 1


# ---- kicks: where each may go; (bar, groove) -> what may change, as (remove, add, sign) ----

Move = tuple[int | None, int | None, str]


def _free(bar: Bar, groove: Groove, step: int) -> bool:
    """Ask whether a kick may fall here: within the bar, off the backbeat, no third in a row."""
    if not 0 < step < groove.steps or (step, groove.backbeat) in bar or (step, "kick") in bar:
        return False
    kicks = {s for s, drum in bar if drum == "kick"} | {step}
    return not any({s, s + 1, s + 2} <= kicks for s in (step - 2, step - 1, step))


def _movable(bar: Bar) -> list[int]:
    """List the kicks that hold nothing up: neither the downbeat nor an accent."""
    return sorted(s for s, drum in bar if drum == "kick" and s > 0 and bar[s, drum] != "X")


def _shift(by: int) -> Callable[[Bar, Groove], list[Move]]:
    def moves(bar: Bar, groove: Groove) -> list[Move]:
        return [(s, s + by, bar[s, "kick"]) for s in _movable(bar) if _free(bar, groove, s + by)]

    return moves


def _double(bar: Bar, groove: Groove) -> list[Move]:
    return [(None, s - 1, "-") for s in _movable(bar) if _free(bar, groove, s - 1)]


def _lean(bar: Bar, groove: Groove) -> list[Move]:
    return [(None, s, "-") for s in (groove.steps - 1, groove.steps - 2) if _free(bar, groove, s)]


def _answer(bar: Bar, groove: Groove) -> list[Move]:
    backbeats = [s for s, d in bar if d == groove.backbeat and bar[s, d] in "xX"]
    return [(None, s + d, "-") for s in backbeats for d in (2, 3) if _free(bar, groove, s + d)]


def _leave_out(bar: Bar, groove: Groove) -> list[Move]:
    return [(s, None, "") for s in _movable(bar)]


KICK_RULES: Mapping[str, Callable[[Bar, Groove], list[Move]]] = MappingProxyType({
    "early": _shift(-1),  # a sixteenth before its place
    "late": _shift(1),  # or after it
    "double": _double,  # a soft one right before it
    "lean": _lean,  # into the next bar
    "answer": _answer,  # to the backbeat
    "leave_out": _leave_out,
})  # fmt: skip


def move_kick(bar: Bar, groove: Groove, rng: np.random.Generator, *, rule: str) -> Bar:
    """Return a bar with one kick moved, added or left out by a rule, or as it was.

    rule  one of KICK_RULES

    >>> groove = Groove("plain", {"kick": "X.......x.......", "snare": "....X.......X..."})
    >>> sorted(move_kick(groove.bar(0), groove, np.random.default_rng(1), rule="early"))[:3]
    [(0, 'kick'), (4, 'snare'), (7, 'kick')]
    """
    if rule not in KICK_RULES:
        raise InputError(f"{rule!r} is no rule for kicks; choose one of {', '.join(KICK_RULES)}")
    moves = KICK_RULES[rule](bar, groove)
    if not moves:
        return dict(bar)
    old, new, sign = moves[int(rng.integers(len(moves)))]
    moved = {key: value for key, value in bar.items() if key != (old, "kick")}
    if new is not None:
        moved[new, "kick"] = sign
    return moved if playable(moved).keys() == moved.keys() else dict(bar)


def vary(groove: Groove, rng: np.random.Generator, *, amount: float = 0.5) -> Groove:
    """Return a groove of the same temper with other ghosts and kicks.

    amount  0 (as it is) to 1 (about three changes a bar)

    The first bar's downbeat, all accents and all backbeats stay.

    >>> groove = Groove("plain", {"kick": "X.......x.......", "snare": "....X.......X..."})
    >>> varied = vary(groove, np.random.default_rng(3), amount=1.0)
    >>> varied.lines != groove.lines, varied.bar(0)[4, "snare"]
    (True, 'X')
    """
    if not 0.0 <= amount <= 1.0:
        raise InputError(f"amount is {amount}; it must lie between 0 and 1")
    lines: dict[str, str] = dict.fromkeys(groove.lines, "")
    rules = tuple(KICK_RULES)
    for index in range(groove.bars):
        bar = groove.bar(index)
        for _ in range(int(rng.binomial(3, amount))):
            if rng.random() < 0.45:
                bar = add_ghosts(bar, groove, rng)
            else:
                bar = move_kick(bar, groove, rng, rule=rules[int(rng.integers(len(rules)))])
        for drum in {*lines, *(drum for _, drum in bar)}:
            written = lines.get(drum, "." * (index * groove.steps))
            lines[drum] = written + "".join(bar.get((s, drum), ".") for s in range(groove.steps))
    return Groove(groove.name, lines, groove.energy, groove.density, groove.meter, groove.style)
