"""How a drummer plays a written part: the learned touch, the kit's feel on top, and ornaments."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.compose.clock import Clock
from tapeloom.core.score import Part
from tapeloom.core.time import PPQ
from tapeloom.rhythm.feels import PLACES, place_of
from tapeloom.rhythm.limbs import FEET, FOOT_S, HABIT, STROKE_S, TRAVEL_S, Sticking, sticking
from tapeloom.rhythm.meters import step_ticks
from tapeloom.rhythm.microtiming import drum_name
from tapeloom.rhythm.ornaments import ORNAMENTS, ornament, roll

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

GHOSTS = (20.0, 45.0)  # velocities within which a ghost note stays
TOUCH = 16.0  # the most that the learned touch adds to a velocity or takes away
GHOST_TOUCH = 6.0
FURTHEST = 0.9 / 16  # of a beat, that one hit strays from its drum's place
REACH_S = 0.35  # what a limb did longer ago doesn't hinder it
ROLL_STROKES_PER_S = 15.0
_SIMPLER = {"wide_flam": "flam", "drag": "flam", "ruff": "drag", "flam": "tight_flam",
            "slide": "tight_flam"}  # fmt: skip


def drum_names(part: Part) -> tuple[str, ...]:
    """Return the drum of each note."""
    return tuple(drum_name(note.pitch) for note in part.notes)


def learned_touch(
    part: Part, names: Sequence[str], clock: Clock, ghosts: Bools, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Let the learned drummer play: seconds and velocities that differ from hit to hit.

    Where a drum lies on the whole at each kind of place is the kit feel's word, and how loud a
    drum is the page's; what changes from hit to hit is the drummer's. So the means are taken off.
    """
    from tapeloom.neural.humaniser import DRUMS, MAX_HITS, STAND_INS, DrumPart, Humaniser

    n = len(part.notes)
    late_s, louder = np.zeros(n), np.zeros(n)
    known = np.flatnonzero([name in DRUMS or name in STAND_INS for name in names])[:MAX_HITS]
    if not len(known):
        return late_s, louder
    ticks = np.fromiter((part.notes[i].start for i in known), np.int64, len(known))
    bpm = min(max(float(clock.tempo.bpm_at(int(ticks[0]))), 20.0), 400.0)
    _, offsets = clock.locate(ticks)
    drums = tuple(names[i] for i in known)
    page = DrumPart(tuple(ticks.tolist()), drums, tuple(offsets.tolist()), bpm, clock.feel.drummer)
    amount = clock.feel.humanise
    touch = Humaniser.load().play(page, rng, amount=amount)
    places = _places(ticks, clock)
    number = page.numbers
    late_s[known] = _unsettled(touch.offsets_ms, number * len(PLACES) + places) / 1000.0
    # Ghosts are compared with ghosts: the drummer's strokes and ghosts are two levels.
    heard = _unsettled(touch.velocities, 2 * number + ghosts[known])
    louder[known] = min(2.0 * amount, 1.0) * heard
    most = np.where(ghosts, GHOST_TOUCH, TOUCH)
    return late_s, most * np.tanh(louder / (2.0 * most))


def _unsettled(values: Floats, groups: Ints) -> Floats:
    """Return values less the means of their groups, which shrink a little where hits are few."""
    _, group, counts = np.unique(groups, return_inverse=True, return_counts=True)
    overall = float(values.mean())
    means = (np.bincount(group, values) + overall) / (counts + 1)
    return np.asarray(values - means[group], np.float64)


def _places(ticks: Ints, clock: Clock) -> Ints:
    """Return the kind of place of each tick in its bar, an index of PLACES."""
    bars, offsets = clock.locate(ticks)
    places = np.full(len(ticks), PLACES.index("sixteenth"))
    for i, meter in enumerate(clock.kinds):
        step = step_ticks(meter)
        steps = max(meter.bar_ticks // step, 1)
        table = np.array([PLACES.index(place_of(s, meter)) for s in range(steps)])
        here = (clock.meters[bars] == i) & (offsets % step == 0)
        places[here] = table[np.minimum(offsets[here] // step, steps - 1)]
    return places


def kit_lateness(names: Sequence[str], ticks: Ints, clock: Clock) -> Floats:
    """Return where the kit's feel puts each hit, in seconds behind (+) the swung grid."""
    feel = clock.feel
    steady = {name: feel.lateness_ms.get(name, 0.0) + feel.lean_ms for name in dict.fromkeys(names)}
    late_ms = np.array([steady[name] for name in names], np.float64)
    if feel.place_ms:
        places = _places(ticks, clock)
        kinds = [PLACES[place] for place in places.tolist()]
        late_ms += [feel.place_ms.get(key, 0.0) for key in zip(names, kinds, strict=True)]
    return late_ms / 1000.0


def within_reach(grid_s: Floats, steady_s: Floats, stray_s: Floats, names: Sequence[str]) -> Floats:
    """Return onsets that two hands and two feet can play, as far as the page allows it.

    Where the strays of hits bring two too close for one limb, those hits go back to their drums'
    steady places, and where that isn't enough to the grid.
    """
    onsets = grid_s + steady_s + stray_s
    for calmer in (grid_s + steady_s, grid_s):
        tight = _tight(onsets, names)
        if not len(tight):
            break
        impossible = _dropped_near(onsets, names, tight)
        for i in impossible:
            near = np.abs(onsets - onsets[i]) < TRAVEL_S + 0.03
            onsets = np.where(near, calmer, onsets)
    return onsets


def _tight(onsets: Floats, names: Sequence[str]) -> Ints:
    """Return the hits that come too soon for the limb that plays them by habit."""
    limb = np.array([HABIT.get(name, -1) for name in names])
    kind = np.unique(np.array(names), return_inverse=True)[1]
    late: list[int] = []
    for number in range(4):
        own = np.flatnonzero(limb == number)
        own = own[np.argsort(onsets[own], kind="stable")]
        gap = np.diff(onsets[own])
        same = kind[own[1:]] == kind[own[:-1]]
        need = np.where(same, STROKE_S, TRAVEL_S) if number < 2 else np.full(len(gap), FOOT_S)
        late += own[1:][gap < need].tolist()
    return np.array(sorted(late), np.int64)


def _dropped_near(onsets: Floats, names: Sequence[str], suspects: Ints) -> list[int]:
    """Return the hits about the suspects that no limb can reach."""
    order = np.argsort(onsets, kind="stable")
    order = order[np.array([name in HABIT for name in names])[order]]
    at = onsets[order]
    lost: set[int] = set()
    done = -math.inf
    for suspect in sorted(onsets[suspects].tolist()):
        if suspect <= done:
            continue
        low, high = np.searchsorted(at, [suspect - 2 * REACH_S, suspect + REACH_S])
        window = [int(i) for i in order[low:high]]
        found = sticking(onsets[window].tolist(), [names[i] for i in window])
        lost |= {window[k] for k in found.dropped}
        done = suspect + REACH_S / 2
    return sorted(lost)


def play_ornaments(
    onsets: Floats, velocities: Floats, room_s: Floats, names: Sequence[str],
    marks: Mapping[str, Bools],
) -> list[tuple[int, float, int]]:  # fmt: skip
    """Return the strokes that flams, drags, ruffs and rolls add: (note, seconds, velocity).

    room_s  for each note, how long a roll on it may last

    What two hands can't play beside the rest of the kit becomes a simpler ornament, or none.
    """
    kit = [i for i, name in enumerate(names) if name in HABIT]
    at = sorted((float(onsets[i]), names[i]) for i in kit)
    added: list[tuple[int, float, int]] = []
    wanted = [
        (float(onsets[i]), i, name)
        for name, bears in marks.items()
        if name in ORNAMENTS or name == "roll"
        for i in np.flatnonzero(bears).tolist()
        if names[i] in HABIT and names[i] not in FEET
    ]
    for onset, i, name in sorted(wanted):
        # A roll goes on; what the others add lies before the stroke.
        extent = float(room_s[i]) if name == "roll" else 0.0
        here = [hit for hit in at if abs(hit[0] - onset) < REACH_S + extent]
        choice: str | None = name
        while choice is not None:
            strokes = _strokes(choice, onset, int(velocities[i]), float(room_s[i]))
            trial = sorted([*here, *((s, names[i]) for s, _ in strokes)])
            lost = len(_stick(trial).dropped)
            # What could not be played without the ornament is not its fault.
            if strokes and (lost == 0 or lost <= len(_stick(here).dropped)):
                added += [(i, s, v) for s, v in strokes]
                at = sorted([*at, *((s, names[i]) for s, _ in strokes)])
                break
            choice = _SIMPLER.get(choice)
    return added


def _stick(hits: Sequence[tuple[float, str]]) -> Sticking:
    return sticking([hit[0] for hit in hits], [hit[1] for hit in hits])


def _strokes(name: str, onset: float, velocity: int, room_s: float) -> list[tuple[float, int]]:
    """Return the strokes that an ornament adds to the written one."""
    if name == "roll":
        if math.floor(room_s * ROLL_STROKES_PER_S) < 3:
            return []
        at, levels = roll(
            onset_s=onset, length_s=min(room_s, 4.0), velocity=velocity,
            strokes_per_s=ROLL_STROKES_PER_S, shape="rise",
        )  # fmt: skip
        return list(zip(at[1:].tolist(), levels[1:].tolist(), strict=True))
    at, levels = ornament(name, onset_s=onset, velocity=velocity)
    return list(zip(at[:-1].tolist(), levels[:-1].tolist(), strict=True))


def stray_limit_s(clock: Clock, ticks: Ints) -> Floats:
    """Return how far each hit may stray, so that sixteenths can be told apart."""
    rate = np.array([60.0 / float(bpm) for _, bpm in clock.tempo.changes])
    changes = np.array([tick for tick, _ in clock.tempo.changes], np.int64)
    at = np.maximum(np.searchsorted(changes, ticks, side="right") - 1, 0)
    return np.asarray(FURTHEST * rate[at], np.float64)


def roll_room_s(part: Part, clock: Clock) -> Floats:
    """Return the written length of each note in seconds, at most two beats."""
    starts = np.fromiter((note.start for note in part.notes), np.int64, len(part.notes))
    lengths = np.fromiter((note.duration for note in part.notes), np.int64, len(part.notes))
    ends = starts + np.minimum(lengths, 2 * PPQ)
    return clock.straight_seconds(ends) - clock.straight_seconds(starts)
