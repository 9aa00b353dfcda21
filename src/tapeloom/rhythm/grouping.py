"""Where a line of onsets falls into groups: gaps in time, and changes of any kind."""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapeloom.core.errors import InputError
from tapeloom.rhythm.necklaces import Rhythm

_WEIGHTS = (0.25, 0.5, 0.25)  # pitch, time between onsets, silence: Cambouropoulos 2001
_NOTHING = 1e-6  # of the sum of two neighbours: as good as equal


def _rising(onsets: ArrayLike) -> NDArray[np.float64]:
    at = np.asarray(onsets, np.float64)
    if at.ndim != 1 or not np.all(np.isfinite(at)) or np.any(np.diff(at) <= 0):
        raise InputError("onsets must be a row of rising times, one for each note")
    return at


def proximity_boundaries(onsets: ArrayLike, offsets: ArrayLike | None = None) -> tuple[int, ...]:
    """List the notes before which a gap in time begins a group.

    onsets   any unit, rising, shape (n,)
    offsets  where the notes end, shape (n,); without them only onsets count

    A group begins after the second of four notes where the rest, or the time between the onsets,
    is longer than that before and that after (F. Lerdahl and R. Jackendoff, "A Generative Theory
    of Tonal Music", 1983: grouping preference rules 2a slur/rest and 2b attack-point).

    >>> proximity_boundaries([0, 1, 2, 5, 6, 7])
    (3,)
    """
    at = _rising(onsets)
    gaps = np.diff(at)
    rests = np.zeros_like(gaps)
    if offsets is not None:
        rests = np.maximum(at[1:] - _ends(at, offsets)[:-1], 0.0)
    return tuple(
        i + 1
        for i in range(1, len(gaps) - 1)
        if gaps[i] > max(gaps[i - 1], gaps[i + 1]) or rests[i] > max(rests[i - 1], rests[i + 1])
    )


def _ends(at: NDArray[np.float64], offsets: ArrayLike) -> NDArray[np.float64]:
    ends = np.asarray(offsets, np.float64)
    if ends.shape != at.shape or np.any(ends < at):
        raise InputError("each note needs one offset, not before its onset")
    return ends


def boundary_strengths(
    onsets: ArrayLike, offsets: ArrayLike | None = None, pitches: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Return how strongly a group begins with each note but the first, 0..1, shape (n - 1,).

    onsets, offsets  any unit, shape (n,);  pitches  MIDI note numbers, shape (n,)

    The local boundary detection model: each of pitch interval, time between onsets and silence is
    strong where it is large and differs from its neighbours, s = x (r before + r after) with
    r = |x - y| / (x + y); weighted 1/4, 1/2, 1/4, what isn't given or never changes left out. E.
    Cambouropoulos,
    "The Local Boundary Detection Model (LBDM) and its Application in the Study of Expressive
    Timing" (ICMC 2001).

    >>> boundary_strengths([0, 1, 2, 5, 6, 7]).round(2).tolist()
    [0.0, 0.17, 1.0, 0.17, 0.0]
    """
    at = _rising(onsets)
    if len(at) < 2:
        return np.zeros(0)
    profiles: list[tuple[float, NDArray[np.float64]]] = [(_WEIGHTS[1], np.diff(at))]
    if offsets is not None:
        rests = np.maximum(at[1:] - _ends(at, offsets)[:-1], 0.0)
        profiles.append((_WEIGHTS[2], rests))
    if pitches is not None:
        tones = np.asarray(pitches, np.float64)
        if tones.shape != at.shape:
            raise InputError(f"{len(at)} notes need as many pitches, not {tones.size}")
        profiles.append((_WEIGHTS[0], np.abs(np.diff(tones))))
    found = [(weight, s) for weight, x in profiles if (s := _strengths(x)).any()]
    total = sum(weight for weight, _ in found)
    mixed = sum((weight / total * s for weight, s in found), np.zeros(len(at) - 1))
    return np.asarray(mixed, np.float64)


def _strengths(x: NDArray[np.float64]) -> NDArray[np.float64]:
    both = x[1:] + x[:-1]
    change = np.abs(np.diff(x))
    real = change > _NOTHING * both  # not the rounding of equal gaps in seconds
    r = np.divide(change, both, out=np.zeros(len(x) - 1), where=real)
    s = x * (np.concatenate(([0.0], r)) + np.concatenate((r, [0.0])))
    top = float(s.max())
    return np.asarray(s / top if top > 0 else s, np.float64)


def group_onsets(
    onsets: ArrayLike,
    offsets: ArrayLike | None = None,
    pitches: ArrayLike | None = None,
    *,
    threshold: float = 0.5,
    least: int = 2,
) -> tuple[tuple[int, ...], ...]:
    """Cut a line into groups at its strong boundaries; return the notes' numbers, group by group.

    threshold  0..1, the strength from which a local peak of `boundary_strengths` is a boundary
    least      notes that a group has at least; where two boundaries are nearer the stronger stays

    >>> group_onsets([0, 1, 2, 5, 6, 7])
    ((0, 1, 2), (3, 4, 5))
    """
    if not 0 <= threshold <= 1 or least < 1:
        raise InputError(
            f"threshold is {threshold} and least {least}; take 0..1 and a whole number from 1"
        )
    n = len(_rising(onsets))
    strengths = boundary_strengths(onsets, offsets, pitches)
    padded = np.concatenate(([0.0], strengths, [0.0]))
    peak = (strengths >= padded[:-2]) & (strengths >= padded[2:]) & (strengths > 0)
    wanted = np.flatnonzero(peak & (strengths >= threshold)) + 1
    chosen: list[int] = []
    for note in sorted(wanted.tolist(), key=lambda note: (-strengths[note - 1], note)):
        if all(abs(note - other) >= least for other in (0, n, *chosen)):
            chosen.append(note)
    edges = [0, *sorted(chosen), n] if n else [0]
    return tuple(tuple(range(a, b)) for a, b in itertools.pairwise(edges))


def cycle_groups(rhythm: Rhythm) -> tuple[tuple[int, ...], ...]:
    """Group the onsets of a cycle: a new group begins after each longest gap, around the end too.

    >>> cycle_groups(Rhythm.parse("x..x..x...x.x..."))
    ((0, 3, 6), (10, 12))
    >>> cycle_groups(Rhythm.parse("x...x...x...x..."))
    ((0, 4, 8, 12),)
    """
    gaps = rhythm.intervals
    k = len(gaps)
    # A gap ends a group if it is longer than one neighbour and no shorter than the other.
    breaks = [
        i for i in range(k)
        if gaps[i] >= max(gaps[i - 1], gaps[(i + 1) % k])
        and gaps[i] > min(gaps[i - 1], gaps[(i + 1) % k])
    ]  # fmt: skip
    if not breaks:
        return (rhythm.onsets,)
    groups: list[tuple[int, ...]] = []
    for before, last in zip([breaks[-1] - k, *breaks[:-1]], breaks, strict=True):
        groups.append(tuple(rhythm.onsets[i % k] for i in range(before + 1, last + 1)))
    return tuple(groups)


def group_lengths(groups: Sequence[Sequence[int]], pulses: int) -> tuple[int, ...]:
    """Return the pulses from each group's first onset to the next one's, around the cycle.

    >>> group_lengths(cycle_groups(Rhythm.parse("x..x..x...x.x...")), 16)
    (10, 6)
    """
    firsts = [group[0] for group in groups]
    following = [*firsts[1:], firsts[0] + pulses] if firsts else []
    return tuple((b - a - 1) % pulses + 1 for a, b in zip(firsts, following, strict=True))
