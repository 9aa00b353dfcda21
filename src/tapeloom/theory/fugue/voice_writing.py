"""A free voice, written against what sounds: the cheapest line by beam search over a grid."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tapeloom.theory.fugue.frame import Frame, Sounding

BEAM = 64
FORBIDDEN = 60.0
# What a melodic interval costs, by semitones.
_LEAPS = (1.7, 0.0, 0.0, 0.35, 0.4, 0.7, 9.0, 0.9, 1.9, 2.4, 12.0, 14.0, 1.8)
_BASS_LEAPS = (1.4, 0.0, 0.0, 0.3, 0.3, 0.35, 9.0, 0.4, 1.5, 2.0, 12.0, 14.0, 0.9)
_CLASH = {1: 3.0, 2: 1.6, 10: 1.6, 11: 3.0, 6: 0.6, 5: 0.0, 0: 0.0}
_NEED_STEP, _NEED_DOWN = 1, 2


@dataclass(frozen=True, slots=True)
class Task:
    """A stretch that a voice is to fill."""

    first: int  # slots, the last excluded
    last: int
    low: int  # the voice's range
    high: int
    rank: int  # 0 is the lowest of all voices
    voices: int  # how many there are
    before: int = -1  # the pitch that comes before, -1 after a rest
    after: int = -1  # the pitch that is struck at `last`, -1 where the voice rests then
    invertible: bool = False  # the fifth is a dissonance too, as it becomes a fourth
    motion: float = 1.0  # how much the voice likes to move where others rest


@dataclass(slots=True)
class _State:
    cost: float
    pitch: int
    last: int  # the pitch before, -1 at the beginning
    age: int  # slots since it was struck
    need: int
    struck: bool
    parent: "_State | None"
    stable: bool = True  # whether it was a chord tone when it was struck
    leading: int = 0  # 1 wants to rise, -1 to fall when the chord changes


@dataclass(slots=True)
class _Place:
    """What is known of one slot before the voice is there."""

    level: int
    still: bool
    tones: frozenset[int]
    scale: frozenset[int]
    root: int
    wish: dict[int, int]  # pitch class -> direction in which it wants to go
    others: list[tuple[int, Sounding]]  # rank and what it does
    others_struck: int
    changes: bool  # the chord differs from the slot before
    vertical: dict[int, float] = field(default_factory=dict)
    moves: dict[tuple[int, int], float] = field(default_factory=dict)


def write_voice(
    frame: Frame,
    others: Sequence[tuple[int, Sequence[Sounding]]],
    task: Task,
    rng: np.random.Generator,
    *,
    beam: int = BEAM,
) -> list[tuple[int, int]]:
    """Write a voice: returns (slot, pitch) of each note that is struck, in order.

    others  rank (0 is lowest) and grid of each voice that sounds already
    rng     a little noise, so that equal lines are chosen by lot

    Strong places are consonant: tones of the chord, or suspensions that were consonant before and
    fall by step. What is no chord tone between beats passes by step. Parallel perfect intervals
    cost more than all else, so that they are found only where nothing else is possible.
    """
    places = [_place(frame, others, slot) for slot in range(task.first, task.last)]
    noise = rng.uniform(0.0, 0.25, (len(places), 128))
    states = [_State(0.0, task.before, -1, 0, 0, struck=False, parent=None)]
    for i, place in enumerate(places):
        found: dict[tuple[int, int, int, int], _State] = {}
        for state in states:
            for new in _continuations(state, place, task, noise[i], at_start=i == 0):
                key = (new.pitch, new.last, min(new.age, 4), new.need)
                held = found.get(key)
                if held is None or new.cost < held.cost:
                    found[key] = new
        states = sorted(found.values(), key=lambda state: state.cost)[:beam]
    end = _place(frame, others, task.last) if task.last < len(frame.slots) else None
    best = min(states, key=lambda state: state.cost + _closing(state, end, task))
    strikes = []
    node: _State | None = best
    for slot in range(task.last - 1, task.first - 1, -1):
        assert node is not None  # noqa: S101  (one state a slot)
        if node.struck:
            strikes.append((slot, node.pitch))
        node = node.parent
    return strikes[::-1]


def _place(frame: Frame, others: Sequence[tuple[int, Sequence[Sounding]]], slot: int) -> _Place:
    here = frame.slots[slot]
    tones, scale = frame.scale_at(slot)
    sounding = [(rank, grid[slot]) for rank, grid in others if grid[slot].now >= 0]
    root, chord = here.chord.root, here.chord
    wish: dict[int, int] = {}
    leading = (here.key.pitch_class + 11) % 12
    if leading in tones and (leading != root or chord.quality == "dim"):
        wish[leading] = 1
    if chord.quality == "7":
        wish[(root + 10) % 12] = -1
    changes = slot == 0 or frame.slots[slot - 1].chord != chord
    struck = sum(s.struck for _, s in sounding)
    return _Place(here.level, here.still, tones, scale, root, wish, sounding, struck, changes)


def _continuations(
    state: _State, place: _Place, task: Task, noise: NDArray[np.float64], *, at_start: bool
) -> list[_State]:
    found = []
    if state.pitch >= 0 and not at_start:
        held = _hold(state, place, task)
        if held is not None:
            found.append(held)
    if place.still and not (place.level == 2 and place.changes) and not at_start:
        return found or [_State(state.cost + 20, state.pitch, state.last, state.age + 1, 0,
                                struck=False, parent=state)]  # fmt: skip
    low, high = task.low, task.high
    if state.pitch >= 0:
        low, high = max(low, state.pitch - 12), min(high, state.pitch + 12)
        if low > high:  # the given line left the range: come back from there
            low, high = task.low, task.high
    for pitch in range(low, high + 1):
        if pitch % 12 in place.scale:
            new = _strike(state, place, task, pitch)
            if new is not None:
                new.cost += float(noise[pitch])
                found.append(new)
    return found


def _hold(state: _State, place: _Place, task: Task) -> _State | None:
    cost, need = state.cost, state.need
    is_tone = state.pitch % 12 in place.tones
    if place.still and place.changes:
        return None  # the last chord is struck by all
    if need == _NEED_STEP:
        return None  # a passing note lasts one slot
    if place.level:
        if need == _NEED_DOWN:
            return None
        cost += 1.0 * task.motion if place.others_struck else 4.0
        if not is_tone or _rubs(state.pitch, place, task):
            if not place.others_struck or not state.stable:
                return None
            need = _NEED_DOWN
            cost -= 0.6 if place.level == 2 else 0.3
        elif state.age < 2 and state.age % 2 == 1:
            cost += 0.3  # a syncope without a suspension
    elif place.changes and not is_tone:
        if not place.others_struck or not state.stable or need:
            return None
        need = _NEED_DOWN
        cost += 0.8
    elif not place.others_struck:
        cost += 0.9 * task.motion
    if place.changes and is_tone and need == 0:
        cost += _vertical(state.pitch, place, task) * 0.5
        if state.leading:
            cost += 1.0
    if state.age >= 2:
        cost += 0.45 * task.motion * (state.age - 1)
    return _State(cost, state.pitch, state.last, state.age + 1, need, struck=False, parent=state,
                  stable=state.stable, leading=place.wish.get(state.pitch % 12, 0))  # fmt: skip


def _rubs(pitch: int, place: _Place, task: Task) -> bool:
    """Tell whether a tone of the chord is still dissonant with a voice that is struck."""
    lowest = min((s.now for _, s in place.others), default=pitch)
    for _, other in place.others:
        interval = abs(other.now - pitch) % 12
        if interval in (1, 2, 10, 11) and other.now % 12 in place.tones and not other.is_pedal:
            return True
        if interval in (5, 7) and task.invertible:
            return True
        if interval == 5 and other.now == lowest and other.now < pitch and task.rank > 0:
            return True
    return False


def _strike(state: _State, place: _Place, task: Task, pitch: int) -> _State | None:
    before = state.pitch
    step = pitch - before if before >= 0 else 0
    if state.need == _NEED_STEP and abs(step) not in (1, 2):
        return None
    if state.need == _NEED_DOWN and step not in (-1, -2):
        return None
    is_tone = pitch % 12 in place.tones
    need = 0
    cost = state.cost
    hollow = task.invertible and _hollow(pitch, place)
    if hollow and not place.level and is_tone:
        cost += 0.8
        hollow = False
    if not is_tone or hollow:
        if before < 0 or abs(step) not in (1, 2):
            return None
        need = _NEED_STEP
        cost += 0.1 if not place.level else (5.0 if place.level == 2 else 3.5)
        cost += _clashes(pitch, place, task, tone=False)
    else:
        cost += _vertical(pitch, place, task)
    if before >= 0:
        cost += _melodic(state, place, task, pitch)
        cost += _motion(before, pitch, place, task)
    if not place.level:
        cost += 0.12 * min(place.others_struck, 3) - (
            0.5 * task.motion if not place.others_struck else 0
        )
        if state.struck and state.age == 0 and state.parent and state.parent.struck:
            cost += 0.05
    elif state.age == 0 and place.level == 0:
        cost += 0.2
    return _State(cost, pitch, before, 0, need, struck=True, parent=state, stable=is_tone,
                  leading=place.wish.get(pitch % 12, 0))  # fmt: skip


def _melodic(state: _State, place: _Place, task: Task, pitch: int) -> float:
    step = pitch - state.pitch
    size = abs(step)
    leaps = _BASS_LEAPS if task.rank == 0 else _LEAPS
    cost = leaps[size]
    if (
        size == 3
        and state.pitch % 12 not in place.tones | {pitch % 12}
        and ((pitch % 12) in place.wish or state.leading > 0)
    ):
        cost += 5.0  # the augmented second
    if state.leading > 0 and step == -1:
        cost += 4.0  # from the leading tone to the natural seventh
    if state.leading and place.changes:
        good = 0 < step <= 2 if state.leading > 0 else -2 <= step < 0
        if not good:
            cost += 2.5 if task.rank in (0, task.voices - 1) or state.leading < 0 else 1.2
    if state.last >= 0:
        past = state.pitch - state.last
        if abs(past) >= 5:
            if past * step > 0:
                cost += 1.5 if size > 2 else 0.5
            elif size > 2:
                cost += 0.4
        if past * step > 0 and size > 2 and abs(past) > 2 and size + abs(past) in (10, 11, 13, 14):
            cost += 3.0  # a seventh or ninth in two leaps
        if pitch == state.last:
            cost += 0.7
        if abs(past) == 0 and step == 0:
            cost += 2.0
    if size > 2 and place.level == 0:
        cost += 0.25
    return cost


def _motion(before: int, pitch: int, place: _Place, task: Task) -> float:
    """Weigh what the move does with each other voice: parallels, hidden ones, overlaps."""
    found = place.moves.get((before, pitch))
    if found is not None:
        return found
    cost = 0.0
    step = pitch - before
    for rank, other in place.others:
        if other.before < 0:
            continue
        if (rank > task.rank and other.before < pitch) or (
            rank < task.rank and other.before > pitch
        ):
            cost += 0.4  # beyond where the neighbour just was
        move = other.now - other.before
        if not other.struck or not step or not move:
            continue
        interval = abs(other.now - pitch) % 12
        past = abs(other.before - before) % 12
        alike = (move > 0) == (step > 0)
        if interval in (0, 7):
            if past == interval:
                cost += FORBIDDEN if alike else 12.0
            elif alike and max(abs(move), abs(step)) > 2:
                outer = {rank, task.rank} == {0, task.voices - 1}
                cost += 2.0 if outer else 0.4
            if interval == 0 and other.now == pitch and alike:
                cost += 8.0
        elif interval == 5 and past == 5 and task.invertible:
            cost += FORBIDDEN
    place.moves[before, pitch] = cost
    return cost


def _hollow(pitch: int, place: _Place) -> bool:
    return any(abs(other.now - pitch) % 12 in (5, 7) for _, other in place.others)


def _vertical(pitch: int, place: _Place, task: Task) -> float:
    """Weigh a chord tone at a slot: doubling, spacing, range, crossing, clashes."""
    found = place.vertical.get(pitch)
    if found is not None:
        return found
    tone = pitch % 12
    cost = 0.0
    classes = [other.now % 12 for _, other in place.others]
    interval = (tone - place.root) % 12
    if task.rank == 0:
        cost += {0: 0.0, 3: 0.3, 4: 0.3, 7: 3.0, 6: 0.6, 10: 1.2}.get(interval, 0.5)
    elif interval in (3, 4):
        cost -= 0.7 if tone not in classes else 0.0
    if place.still and task.rank and interval not in (3, 4):
        third = {(place.root + 3) % 12, (place.root + 4) % 12}
        cost += 0.0 if third & set(classes) else 5.0  # the last chord has its third
    if tone in classes:
        cost += 0.25 if interval == 0 else 0.6
        if tone in place.wish:
            cost += 8.0
    middle = (task.low + task.high) / 2
    reach = (task.high - task.low) / 2
    cost += 0.6 * (abs(pitch - middle) / reach) ** 3
    cost += _clashes(pitch, place, task, tone=True)
    place.vertical[pitch] = cost
    return cost


def _clashes(pitch: int, place: _Place, task: Task, *, tone: bool) -> float:
    cost = 0.0
    lowest = min((other.now for _, other in place.others), default=pitch)
    for rank, other in place.others:
        gap = other.now - pitch if rank > task.rank else pitch - other.now
        if gap < 0:
            cost += 7.0 + 0.5 * min(-gap, 8)
        elif gap == 0:
            cost += 2.0 if place.level else 1.2
        if rank == task.rank - 1 or rank == task.rank + 1:
            limit = 19 if 0 in (rank, task.rank) else 12
            cost += 0.25 * max(0, gap - limit)
        interval = abs(gap) % 12
        if other.is_pedal:
            continue
        if interval in (1, 2, 10, 11):
            known = other.now % 12 in place.tones
            weight = _CLASH[interval]
            if tone and known:  # a seventh of the chord
                cost += 0.4 * weight
            elif tone:
                easy = other.steps_on and (not other.struck or not place.level)
                cost += weight * (0.35 if easy else 1.6)
            else:
                cost += weight * (0.9 if other.struck else 0.15)
        elif interval == 5 and place.level and tone and min(pitch, other.now) <= lowest:
            cost += 3.0  # a fourth above the bass
    return cost


def _closing(state: _State, end: _Place | None, task: Task) -> float:
    """Weigh how the line joins what comes after it."""
    if end is None:
        return 0.0
    if task.after < 0:
        return 3.0 if state.need else 0.0
    step = task.after - state.pitch
    if state.need == _NEED_STEP and abs(step) not in (1, 2):
        return 8.0
    if state.need == _NEED_DOWN and step not in (-1, -2):
        return 8.0
    leap = _LEAPS[abs(step)] if abs(step) <= 12 else 8.0
    return leap + _motion(state.pitch, task.after, end, task)
