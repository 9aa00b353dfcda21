"""Score to Performance: each player in turn, in one shared time, listening to the others."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tapeloom.compose.articulation import (
    articulate,
    bearing,
    glide_notes,
    mark_levels,
    turn_notes,
)
from tapeloom.compose.clock import Clock, clock_of, last_bar_end
from tapeloom.compose.drumming import (
    GHOSTS,
    drum_names,
    kit_lateness,
    learned_touch,
    play_ornaments,
    roll_room_s,
    stray_limit_s,
    within_reach,
)
from tapeloom.compose.ensemble import Onsets, first_onsets, follow_kick, lead_chords, spread_chords
from tapeloom.compose.pedal import play_controls
from tapeloom.core.harmony import Key
from tapeloom.core.performance import (
    Performance,
    PlayedBend,
    PlayedMove,
    PlayedNote,
    PlayedPart,
    TimedSection,
)
from tapeloom.core.score import Part, Score
from tapeloom.core.seed import stream
from tapeloom.rhythm.feel import STRAIGHT, Feel
from tapeloom.rhythm.feels import draw_feel
from tapeloom.rhythm.groove import drift
from tapeloom.rhythm.meters import SIXTEENTH
from tapeloom.theory.instruments import DRUMS

__all__ = ["STRAIGHT", "Feel", "draw_feel", "perform"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MIN_GAP_S = 0.012  # between two onsets of one voice
MIN_DURATION_S = 0.02
STROKE_LENGTH_S = 0.05  # of what an ornament adds
TOGETHER, ALONE = 0.6, 0.8  # shares of a drift that all players have, and each by himself


def perform(score: Score, feel: Feel, rng: np.random.Generator) -> Performance:
    """Play a score.

    The bars stay where the tempo map puts them; only notes move. Each part draws its own stream
    by name, so that a change in one leaves the others as they were, but for the ties: the bass
    follows the kick, and the melody leads the chords of the keys.
    """
    base = int(rng.integers(2**53))
    clock = clock_of(score, feel)
    shared = drift(clock.end // SIXTEENTH + 2, stream(base, "together"))
    played: dict[str, PlayedPart] = {}
    kicks: Onsets = {}
    chords: Onsets = {}
    order = {"drums": 0, "keys": 1}
    for part in sorted(score.parts, key=lambda part: order.get(part.role, 2)):
        own = stream(base, part.name)
        if part.role == "drums":
            played[part.name] = _play_drums(part, clock, shared, own, kicks)
        else:
            heard = {"bass": kicks, "melody": chords}.get(part.role, {})
            told = chords if part.role == "keys" else {}
            played[part.name] = _play(part, score, clock, shared, own, heard, told)
    return Performance(
        parts=tuple(played[part.name] for part in score.parts),
        duration_s=round(score.tempo.tick_to_s(last_bar_end(score)), 6),
        tempo=score.tempo,
        meters=score.meters,
        sections=tuple(
            TimedSection(
                s.name,
                round(score.tempo.tick_to_s(s.start), 6),
                round(score.tempo.tick_to_s(s.end), 6),
                s.energy,
                s.piece,
                s.roles,
                s.leads_on,
            )
            for s in score.sections
        ),
    )


def _columns(part: Part) -> tuple[Ints, Ints, Ints, Floats]:
    """Return the starts, ends, pitches and velocities of a part's notes."""
    n = len(part.notes)
    return (
        np.fromiter((note.start for note in part.notes), np.int64, n),
        np.fromiter((note.start + note.duration for note in part.notes), np.int64, n),
        np.fromiter((note.pitch for note in part.notes), np.int64, n),
        np.fromiter((note.velocity for note in part.notes), np.float64, n),
    )


def _notes(onsets: Floats, offs: Floats, pitches: Ints, velocities: Floats) -> list[PlayedNote]:
    durations = np.round(np.maximum(offs - onsets, 0.001), 6)
    return list(map(
        PlayedNote, np.round(onsets, 6).tolist(), durations.tolist(), pitches.tolist(),
        np.rint(velocities).astype(np.int64).tolist(),
    ))  # fmt: skip


def _play_drums(
    part: Part, clock: Clock, shared: Floats, rng: np.random.Generator, kicks: Onsets
) -> PlayedPart:
    """Play a drum part, and tell in `kicks` when its kicks fall."""
    feel, n = clock.feel, len(part.notes)
    own, swell = drift(len(shared), rng), drift(len(shared), rng)
    touch = rng.standard_normal(n)
    if n == 0:
        return PlayedPart(part.name, part.role, part.instrument, (), part.program)
    starts, ends, pitches, written = _columns(part)
    names, marks = drum_names(part), bearing(part)
    ghosts = marks.get("ghost", np.zeros(n, np.bool_))
    step = np.minimum(starts // SIXTEENTH, len(shared) - 1)
    stray = TOGETHER * shared[step] * feel.timing_sd_ms / 1000.0
    if feel.humanise > 0.0:
        late_s, louder = learned_touch(part, names, clock, ghosts, rng)
        stray += late_s
    else:
        stray += ALONE * own[step] * feel.timing_sd_ms / 1000.0
        louder = feel.velocity_sd * (0.7 * swell[step] + 0.7 * touch)
    limit = stray_limit_s(clock, starts)
    grid = clock.seconds(starts)
    steady = kit_lateness(names, starts, clock)
    onsets = within_reach(grid, steady, np.clip(stray, -limit, limit), names)
    offs = clock.seconds(ends) + onsets - grid
    onsets, offs = _keep_apart("drums", starts, ends, pitches, onsets, offs)

    velocities = written + louder
    # A drummer's written level already follows the energy of the section.
    velocities += 0.5 * clock.level[clock.locate(starts)[0]]
    velocities = mark_levels(velocities, {k: v for k, v in marks.items() if k == "accent"})
    lowest = np.minimum(np.where(ghosts, GHOSTS[0], 10.0), written)
    velocities = np.clip(np.rint(velocities), lowest, np.where(ghosts, GHOSTS[1], 124.0))
    notes = _notes(onsets, offs, pitches, velocities)
    if feel.ornaments and marks:
        added = play_ornaments(onsets, velocities, roll_room_s(part, clock), names, marks)
        notes += [
            PlayedNote(round(at, 6), STROKE_LENGTH_S, int(pitches[i]), velocity)
            for i, at, velocity in added
        ]
    kick = pitches == DRUMS["kick"]
    kicks.update(first_onsets(starts[kick], onsets[kick]) | kicks)
    return PlayedPart(
        part.name, part.role, part.instrument, tuple(notes), part.program,
        play_controls(part, (), clock, starts=starts, ends=ends, onsets=onsets),
        _own_bends(part, clock),
    )  # fmt: skip


def _play(
    part: Part, score: Score, clock: Clock, shared: Floats, rng: np.random.Generator,
    heard: Onsets, told: Onsets,
) -> PlayedPart:  # fmt: skip
    """Play a pitched part.

    heard  when the player that it follows strikes, by written tick
    told   is filled with when this one does
    """
    feel, n = clock.feel, len(part.notes)
    # Draw first: a drift in time and one in loudness a sixteenth, and a chance a note.
    own, swell = drift(len(shared), rng), drift(len(shared), rng)
    chance, touch = rng.random(n), rng.standard_normal(n)
    if n == 0:
        return PlayedPart(part.name, part.role, part.instrument, (), part.program)
    starts, ends, pitches, written = _columns(part)
    marks = bearing(part)
    nowhere = np.zeros(n, np.bool_)

    step = np.minimum(starts // SIXTEENTH, len(shared) - 1)
    moved = TOGETHER * shared[step] + ALONE * own[step]
    late = (feel.lateness_ms.get(part.role, 0.0) + moved * feel.timing_sd_ms) / 1000.0
    grid = clock.seconds(starts)
    onsets = grid + late
    if part.role == "bass":
        onsets = follow_kick(starts, onsets, late, heard)
    elif part.role == "melody":
        onsets = lead_chords(starts, onsets, heard, feel)
    offs = clock.seconds(ends) + onsets - grid
    delay = spread_chords(part.role, starts, marks.get("roll", nowhere), chance, feel)
    onsets, offs = onsets + delay, offs + 0.5 * delay
    onsets, offs = articulate(part.role, starts, ends, onsets, offs, marks)
    onsets, offs = _keep_apart(part.role, starts, ends, pitches, onsets, offs)
    told.update(first_onsets(starts, onsets) | told)

    velocities = written + feel.velocity_sd * (0.7 * swell[step] + 0.7 * touch)
    velocities += feel.phrasing * _accents(part.role, starts, pitches, clock.weights(starts))
    velocities += clock.level[clock.locate(starts)[0]]
    velocities = mark_levels(velocities, marks)
    velocities = np.clip(velocities, np.minimum(10.0, written), 124.0)
    notes = _with_moves(_notes(onsets, offs, pitches, velocities), part, clock)
    bends = _own_bends(part, clock)
    keys = _keys(score, starts)
    if not bends and _is_one_voice(starts, ends):
        bends = glide_notes(notes, marks, keys)
    if feel.ornaments:
        notes = turn_notes(notes, marks, keys)
    return PlayedPart(
        part.name, part.role, part.instrument, tuple(notes), part.program,
        play_controls(part, score.chords, clock, starts=starts, ends=ends, onsets=onsets),
        bends,
    )  # fmt: skip


def _with_moves(notes: list[PlayedNote], part: Part, clock: Clock) -> list[PlayedNote]:
    """Return played notes with the moves that they have on paper."""
    if not any(note.moves for note in part.notes):
        return notes
    found = []
    for played, note in zip(notes, part.notes, strict=True):
        ticks = np.array([note.start, *(note.start + move.after for move in note.moves)], np.int64)
        after = clock.straight_seconds(ticks)
        moves = (
            PlayedMove(round(float(at - after[0]), 6), move.kind, move.value)
            for move, at in zip(note.moves, after[1:], strict=True)
        )
        found.append(replace(played, moves=tuple(moves)))
    return found


def _own_bends(part: Part, clock: Clock) -> tuple[PlayedBend, ...]:
    """Return the bends that a part has on paper, in time."""
    times = clock.straight_seconds(np.array([bend.tick for bend in part.bends], np.int64))
    return tuple(
        PlayedBend(round(max(t, 0.0), 6), bend.value)
        for bend, t in zip(part.bends, times.tolist(), strict=True)
    )


def _keys(score: Score, starts: Ints) -> list[Key]:
    """Return the key in force at each start."""
    changes = score.keys or ((0, Key()),)
    at = np.searchsorted([tick for tick, _ in changes], starts, side="right") - 1
    return [changes[max(i, 0)][1] for i in at.tolist()]


def _is_one_voice(starts: Ints, ends: Ints) -> bool:
    """Tell whether no two notes of a part sound at once on paper."""
    return bool((starts[1:] >= ends[:-1]).all())


def _keep_apart(
    role: str, starts: Ints, ends: Ints, pitches: Ints, onsets: Floats, offs: Floats
) -> tuple[Floats, Floats]:
    """Keep what doesn't overlap on paper from overlapping in time, and everything after 0."""
    onsets = np.maximum(onsets, 0.0)
    n = len(starts)
    if role != "drums" and n > 1 and _is_one_voice(starts, ends):
        # One voice: onsets in order first, then each note ends by the next one's beginning.
        gaps = MIN_GAP_S * np.arange(n)
        onsets = np.maximum.accumulate(onsets - gaps) + gaps
        offs = np.minimum(offs, np.append(onsets[1:], np.inf))
    else:
        order = np.lexsort((starts, pitches))
        a, b = order[:-1], order[1:]
        same = (pitches[a] == pitches[b]) & (starts[b] >= ends[a])
        gap = np.where(same, onsets[b] - onsets[a], np.inf)
        if bool((gap < MIN_GAP_S).any()):  # rare: a drag past the next stroke of the same key
            for i in np.flatnonzero(gap < MIN_GAP_S):
                onsets[b[i]] = onsets[a[i]] + MIN_GAP_S
        limit = np.where(same, onsets[b], np.inf)
        offs = offs.copy()
        offs[a] = np.minimum(offs[a], limit)
    least = np.minimum(MIN_DURATION_S, np.maximum(offs - onsets, 0.001))
    return onsets, np.maximum(offs, onsets + least)


def _accents(role: str, starts: Ints, pitches: Ints, weights: Floats) -> Floats:
    """Return what metre, contour and voicing add to velocities."""
    accents = np.zeros(len(starts))
    if role in ("melody", "bass", "keys", "guitar", "other"):
        accents += 5.0 * (weights - 0.4)
    if role == "melody":
        window = min(9, len(pitches))
        padded = np.pad(pitches.astype(np.float64), (window // 2, window - 1 - window // 2), "edge")
        local = np.convolve(padded, np.ones(window) / window, "valid")
        accents += np.clip(0.8 * (pitches - local), -6.0, 6.0) + 4.0
    if role in ("keys", "pad"):
        last = np.append(starts[1:] != starts[:-1], True)
        first = np.append(True, starts[1:] != starts[:-1])
        accents += np.where(last & ~first, 3.0, np.where(first & ~last, 0.0, -3.0))
        accents = np.where(first & last, accents + 3.0, accents)
    return accents
