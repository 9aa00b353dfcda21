"""Making one rhythm out of another: more or less syncopated, a given way off, thinner, denser."""

import itertools
import math
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.rhythm.metric_grid import MetricGrid, usual_grid
from tapeloom.rhythm.necklaces import Rhythm
from tapeloom.rhythm.similarity import swap_distance
from tapeloom.rhythm.syncopation import MEASURES, syncopation

_FEW = 2_000  # rhythms that are all tried, rather than searched
_WIDTH = 64  # rhythms that a search keeps at each distance from the first
_PATIENCE = 6  # distances searched without getting nearer


def neighbours(rhythm: Rhythm, *, keep_downbeat: bool = False) -> Iterator[Rhythm]:
    """Yield the rhythms in which one onset lies a pulse earlier or later; none crosses the end.

    keep_downbeat  leave an onset on pulse 0 where it is

    >>> [str(near) for near in neighbours(Rhythm.parse("x.x."), keep_downbeat=True)]
    ['xx..', 'x..x']
    """
    taken = set(rhythm.onsets)
    for i, onset in enumerate(rhythm.onsets):
        if keep_downbeat and onset == 0:
            continue
        for moved in (onset - 1, onset + 1):
            if 0 <= moved < rhythm.pulses and moved not in taken:
                yield Rhythm((*rhythm.onsets[:i], moved, *rhythm.onsets[i + 1 :]), rhythm.pulses)


def reach(
    rhythm: Rhythm,
    *,
    target: float,
    measure: str = "metric complexity",
    grid: MetricGrid | None = None,
    keep_downbeat: bool = True,
) -> Rhythm:
    """Move onsets, as little as it takes, until a measure of syncopation comes to a target.

    target   the value wanted; infinity the most, minus infinity the least that can be found
    measure  a name of `syncopation.MEASURES`
    grid     the meter, else `usual_grid` of the rhythm's pulses

    The onsets stay as many. Where there are at most two thousand such rhythms (five onsets in
    sixteen pulses) the result is the nearest of all; else a search widens by one swap at a time and
    keeps the best few dozen. Where nothing has the value itself the nearest value wins.

    >>> son = Rhythm.parse("x..x..x...x.x...")
    >>> str(reach(son, target=2)), str(reach(son, target=6))
    ('x...x.x...x.x...', 'x..x..x...xx....')
    """
    if measure not in MEASURES:
        raise InputError(f"{measure!r} is no measure of syncopation; take {', '.join(MEASURES)}")
    if math.isnan(target):
        raise InputError("the target of a syncopation must be a number")
    grid = grid or usual_grid(rhythm.pulses)

    def miss(candidate: Rhythm) -> float:
        value = syncopation(candidate, measure=measure, grid=grid)
        if math.isinf(target):
            return -value if target > 0 else value
        return abs(value - target)

    fixed = keep_downbeat and rhythm.onsets[0] == 0
    if math.comb(rhythm.pulses - fixed, len(rhythm) - fixed) <= _FEW:
        return _nearest_of_all(rhythm, miss, fixed=fixed)
    return _search(rhythm, miss, endless=math.isinf(target), fixed=fixed)


def _nearest_of_all(rhythm: Rhythm, miss: Callable[[Rhythm], float], *, fixed: bool) -> Rhythm:
    free = itertools.combinations(range(int(fixed), rhythm.pulses), len(rhythm) - fixed)
    every = (Rhythm((0,) * fixed + onsets, rhythm.pulses) for onsets in free)
    return min(
        every, key=lambda found: (round(miss(found), 9), swap_distance(rhythm, found), found)
    )


def _search(
    rhythm: Rhythm, miss: Callable[[Rhythm], float], *, endless: bool, fixed: bool
) -> Rhythm:
    best, least = rhythm, miss(rhythm)
    layer, seen = [rhythm], {rhythm}
    idle = 0
    while layer and idle < _PATIENCE and (endless or least > 1e-9):
        found = dict.fromkeys(
            near for kept in layer for near in neighbours(kept, keep_downbeat=fixed)
        )
        fresh = [near for near in found if near not in seen]
        seen.update(fresh)
        ranked = sorted((miss(near), near) for near in fresh)
        layer = [near for _, near in ranked[:_WIDTH]]
        if ranked and ranked[0][0] < least - 1e-9:
            least, best = ranked[0]
            idle = 0
        else:
            idle += 1
    return best


def syncopate(
    rhythm: Rhythm,
    *,
    amount: float,
    measure: str = "metric complexity",
    grid: MetricGrid | None = None,
    keep_downbeat: bool = True,
) -> Rhythm:
    """Pull a rhythm away from the meter, or straighten it, by a share of what is possible.

    amount  -1..1: 0 leaves it, 1 syncopates it as far as `reach` finds, -1 straightens it as far

    >>> str(syncopate(Rhythm.parse("x..x..x...x.x..."), amount=-1))
    'x...x.x.x...x...'
    """
    if not -1 <= amount <= 1:
        raise InputError(f"amount is {amount}; it must lie between -1 (straight) and 1")
    if amount == 0:
        return rhythm
    farthest = reach(
        rhythm, target=math.copysign(math.inf, amount), measure=measure, grid=grid,
        keep_downbeat=keep_downbeat,
    )  # fmt: skip
    if abs(amount) == 1:
        return farthest
    now = syncopation(rhythm, measure=measure, grid=grid)
    end = syncopation(farthest, measure=measure, grid=grid)
    return reach(
        rhythm, target=now + abs(amount) * (end - now), measure=measure, grid=grid,
        keep_downbeat=keep_downbeat,
    )  # fmt: skip


def variation(
    rhythm: Rhythm, *, distance: int, rng: np.random.Generator, keep_downbeat: bool = False
) -> Rhythm:
    """Draw a rhythm exactly so many swaps away, each of them as likely as any other.

    distance  steps of one pulse in all, see `similarity.swap_distance`; no onset crosses the end

    >>> varied = variation(Rhythm.parse("x..x..x."), distance=2, rng=np.random.default_rng(1))
    >>> sum(abs(a - b) for a, b in zip(varied.onsets, (0, 3, 6), strict=True))
    2
    """
    if distance < 0:
        raise InputError(f"distance is {distance}; it must be 0 or more")
    n, onsets = rhythm.pulses, rhythm.onsets

    def places(i: int, last: int, left: int) -> range:
        """Return where the i-th onset may go, with all later ones still having room."""
        if keep_downbeat and onsets[i] == 0:
            return range(1)
        room = n - (len(onsets) - i)
        return range(max(last + 1, onsets[i] - left), min(room, onsets[i] + left) + 1)

    @cache
    def ways(i: int, last: int, left: int) -> int:
        if i == len(onsets):
            return int(left == 0)
        return sum(
            ways(i + 1, place, left - abs(place - onsets[i])) for place in places(i, last, left)
        )

    if not ways(0, -1, distance):
        farthest = next(d for d in range(distance, -1, -1) if ways(0, -1, d))
        raise InputError(f"no variation lies {distance} swaps away; the farthest is {farthest}")
    drawn: list[int] = []
    last, left = -1, distance
    for i, onset in enumerate(onsets):
        options = list(places(i, last, left))
        counts = [ways(i + 1, place, left - abs(place - onset)) for place in options]
        luck = rng.random() * sum(counts)
        chosen = next(
            (j for j, upto in enumerate(np.cumsum(counts, dtype=float)) if luck < upto),
            max(j for j, count in enumerate(counts) if count),
        )
        last = options[chosen]
        left -= abs(last - onset)
        drawn.append(last)
    return Rhythm(tuple(drawn), n)


def with_onsets(
    rhythm: Rhythm,
    *,
    onsets: int,
    grid: MetricGrid | None = None,
    rng: np.random.Generator | None = None,
) -> Rhythm:
    """Thin a rhythm, or fill it, to a number of onsets; what can stay stays.

    onsets  1..pulses
    rng     draw, heavier pulses likelier to sound; without it the lightest go and heaviest come

    >>> cinquillo = Rhythm.parse("x.xx.xx.")
    >>> str(with_onsets(cinquillo, onsets=3)), str(with_onsets(cinquillo, onsets=7))
    ('x.x...x.', 'xxxxxxx.')
    """
    if not 1 <= onsets <= rhythm.pulses:
        raise InputError(
            f"{onsets} onsets don't fit in {rhythm.pulses} pulses; take 1 to {rhythm.pulses}"
        )
    weights = (grid or usual_grid(rhythm.pulses)).weights
    if len(weights) != rhythm.pulses:
        raise InputError(
            f"the rhythm has {rhythm.pulses} pulses and the meter {len(weights)}; "
            "they must be the same"
        )
    sounding = set(rhythm.onsets)
    luck = np.zeros(rhythm.pulses) if rng is None else rng.gumbel(size=rhythm.pulses)

    def heaviness(pulse: int) -> tuple[float, int, int]:
        others = sounding - {pulse}
        apart = min((min((pulse - o) % rhythm.pulses, (o - pulse) % rhythm.pulses) for o in others),
                    default=rhythm.pulses)  # fmt: skip
        return (float(weights[pulse] + luck[pulse]), apart, -pulse)

    while len(sounding) > onsets:
        sounding.remove(min(sounding, key=heaviness))
    while len(sounding) < onsets:
        silent = (pulse for pulse in range(rhythm.pulses) if pulse not in sounding)
        sounding.add(max(silent, key=heaviness))
    return Rhythm(tuple(sorted(sounding)), rhythm.pulses)
