"""What a drummer's two hands and two feet can reach: on a step, and from stroke to stroke."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tapeloom.core.errors import InputError

FEET = ("kick", "pedal_hat")

# What a drummer lets go of first when more is asked for than there are limbs.
EASIEST_TO_DROP = (
    "shaker", "closed_hat", "ride", "pedal_hat", "clap", "brush", "open_hat", "rim", "crash",
    "snare", "kick",
)  # fmt: skip

LIMBS = ("right hand", "left hand", "right foot", "left foot")

# The limb that plays a drum by habit; a hand may take over the other's drum, a foot may not.
HABIT = {
    "kick": 2, "pedal_hat": 3, "closed_hat": 0, "open_hat": 0, "ride": 0, "crash": 0, "shaker": 0,
    "snare": 1, "rim": 1, "clap": 1, "brush": 1,
}  # fmt: skip

# Seconds that one limb needs between two strokes; chosen, not measured.
STROKE_S = 0.085  # a hand on one drum: near twelve single strokes a second
BOUNCE_S = 0.03  # the second stroke of a double, which the stick's rebound plays
TRAVEL_S = 0.13  # a hand from one drum to another
FOOT_S = 0.11

_BEAM = 32  # ways to go on that `sticking` keeps in mind

_Sign = TypeVar("_Sign")


def playable(bar: Mapping[tuple[int, str], _Sign]) -> dict[tuple[int, str], _Sign]:
    """Drop what two hands and two feet can't play at once, the least important first.

    bar  (step, drum) -> any sign or velocity

    An open hat closes neither under a stick nor under the foot on the same step.

    >>> sorted(playable({(0, drum): "x" for drum in ("kick", "snare", "ride", "shaker")}))
    [(0, 'kick'), (0, 'ride'), (0, 'snare')]
    """
    kept = dict(bar)
    for step in {step for step, _ in bar}:
        here = sorted((_known(d) for s, d in bar if s == step), key=EASIEST_TO_DROP.index)
        dropped = [d for d in ("closed_hat", "pedal_hat") if "open_hat" in here and d in here]
        here = [drum for drum in here if drum not in dropped]
        hands = [drum for drum in here if drum not in FEET]
        for drum in (*dropped, *hands[: max(len(hands) - 2, 0)]):
            del kept[step, drum]
    return kept


@dataclass(frozen=True, slots=True)
class Sticking:
    """Which limb plays each hit; `None` is a hit that no limb could reach."""

    limbs: tuple[int | None, ...]  # an index in LIMBS for each hit, in the order given

    @property
    def dropped(self) -> tuple[int, ...]:
        """The hits that cannot be played."""
        return tuple(i for i, limb in enumerate(self.limbs) if limb is None)

    @property
    def is_playable(self) -> bool:
        """Whether a limb was found for every hit."""
        return not self.dropped


@dataclass(frozen=True, slots=True)
class _Hand:
    """Where a limb was last."""

    at_s: float = -1e9
    drum: str = ""
    bounced: bool = False


def sticking(onsets_s: Sequence[float], drums: Sequence[str]) -> Sticking:
    """Give each hit a limb, or none where no limb can be there in time.

    onsets_s  seconds, in order
    drums     the drum of each hit

    A hand plays a drum again after 85 ms, or once after 30 ms as the rebound of a double stroke,
    and another drum after 130 ms; a foot needs 110 ms. The way that loses the least important
    hits is searched with a beam, so a loss is small but not proved to be the least.

    >>> sticking([0.0, 0.0, 0.15], ["kick", "closed_hat", "snare"]).limbs
    (2, 0, 1)
    >>> sticking([0.0, 0.05], ["kick", "kick"]).dropped
    (1,)
    """
    if len(onsets_s) != len(drums):
        raise InputError(f"{len(onsets_s)} onsets and {len(drums)} drums; there must be as many")
    if any(not b >= a for a, b in itertools.pairwise(onsets_s)):
        raise InputError("onsets_s must be in order, the earliest first")
    ways: list[tuple[float, tuple[_Hand, ...]]] = [(0.0, (_Hand(),) * 4)]
    history: list[list[tuple[int, int | None]]] = []  # for each hit: (way before, limb)
    for at_s, drum in zip(onsets_s, drums, strict=True):
        loss = 10.0 * (1 + EASIEST_TO_DROP.index(_known(drum)))
        own = HABIT[drum]
        limbs = (own,) if drum in FEET else (own, 1 - own)
        best: dict[tuple[_Hand, ...], tuple[float, int, int | None]] = {}
        for before, (cost, state) in enumerate(ways):
            choices: list[tuple[float, tuple[_Hand, ...], int | None]] = [
                (cost + loss, state, None)
            ]
            for limb in limbs:
                reached = _reach(state[limb], at_s, drum, limb)
                if reached is not None:
                    moved = (*state[:limb], reached, *state[limb + 1 :])
                    strain = 0.3 * (limb != own) + 0.5 * reached.bounced
                    choices.append((cost + strain, moved, limb))
            for total, after, chosen in choices:
                if after not in best or total < best[after][0]:
                    best[after] = (total, before, chosen)
        ranked = sorted(best.items(), key=lambda item: item[1][0])[:_BEAM]
        ways = [(total, state) for state, (total, _, _) in ranked]
        history.append([(before, limb) for _, (_, before, limb) in ranked])
    found: list[int | None] = []
    way = 0
    for options in reversed(history):
        way, chosen_limb = options[way]
        found.append(chosen_limb)
    return Sticking(tuple(reversed(found)))


def _reach(last: _Hand, at_s: float, drum: str, limb: int) -> _Hand | None:
    """Return where the limb is after this stroke, or None where it comes too late."""
    gap = at_s - last.at_s
    if limb >= 2:
        return _Hand(at_s, drum) if gap >= FOOT_S else None
    if drum != last.drum:
        return _Hand(at_s, drum) if gap >= TRAVEL_S else None
    if gap >= STROKE_S:
        return _Hand(at_s, drum)
    if gap >= BOUNCE_S and not last.bounced:
        return _Hand(at_s, drum, bounced=True)
    return None


def _known(drum: str) -> str:
    if drum not in HABIT:
        raise InputError(f"{drum!r} is no drum of the kit; choose one of {', '.join(HABIT)}")
    return drum
