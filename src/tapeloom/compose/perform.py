"""Score to Performance: swing, each player's place in time, phrasing, strums and the pedal."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.compose.articulation import ARTICULATIONS, Line, articulate, bends_of, mordents
from tapeloom.compose.drumming import DRUM_NAMES, STROKES, DrumLine, ornamented, places_s, touch
from tapeloom.compose.pedal import controls_of
from tapeloom.core.meter import Meter, meter_at
from tapeloom.core.midi import BEND_SEMITONES
from tapeloom.core.performance import (
    Performance,
    PlayedBend,
    PlayedNote,
    PlayedPart,
    TimedSection,
)
from tapeloom.core.score import Part, Score
from tapeloom.core.seed import stream
from tapeloom.rhythm.feel import STRAIGHT, Feel
from tapeloom.rhythm.feels import draw_feel
from tapeloom.rhythm.groove import drift, swing
from tapeloom.rhythm.meters import SIXTEENTH, metric_weights, step_ticks
from tapeloom.theory.instruments import DRUMS

__all__ = ["STRAIGHT", "Feel", "draw_feel", "perform"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MARKS = tuple(dict.fromkeys((*ARTICULATIONS, *STROKES)))
MIN_GAP_S = 0.012  # between two onsets of one voice
MIN_DURATION_S = 0.02
PHRASE_BARS = 4
KICK = DRUMS["kick"]
TIED = 0.8  # how closely the bass follows the kick that it falls together with, 0..1


@dataclass(frozen=True, slots=True)
class _Grid:
    """What all parts share: bars, their meters, and where the music breathes."""

    starts: Ints  # bar starts, ticks
    meters: Ints  # the index in `kinds` of each bar's meter
    known: tuple[Meter, ...]  # those meters
    kinds: tuple[Floats, ...]  # metric weights by sixteenth (or finer) step
    steps: tuple[int, ...]  # ticks a step of those
    breath_s: Floats  # by bar: how late its end is
    level: Floats  # by bar: what its section and phrase add to velocities
    end: int

    def locate(self, ticks: Ints) -> tuple[Ints, Ints]:
        """Return each tick's bar and its offset in it."""
        bars = np.searchsorted(self.starts, ticks, side="right") - 1
        bars = np.clip(bars, 0, len(self.starts) - 1)
        return bars, ticks - self.starts[bars]

    def weights(self, bars: Ints, offsets: Ints) -> Floats:
        """Return the metric weight 0..1 of places in bars."""
        weights = np.zeros(len(bars))
        for i, (kind, step) in enumerate(zip(self.kinds, self.steps, strict=True)):
            here = (self.meters[bars] == i) & (offsets % step == 0)
            weights[here] = kind[np.minimum(offsets[here] // step, len(kind) - 1)]
        return weights


def perform(score: Score, feel: Feel, rng: np.random.Generator) -> Performance:
    """Play a score.

    The bars stay where the tempo map puts them; only notes move, and each part draws its own
    stream by name, so that a change in one leaves the others as they were. Only the bass listens:
    where it falls together with the kick it follows it.
    """
    base = int(rng.integers(2**53))
    grid = _grid(score, feel)
    shared = drift(grid.end // SIXTEENTH + 2, stream(base, "together"))
    played: dict[int, PlayedPart] = {}
    kicks: dict[int, float] = {}  # ticks of the kick -> how late it is played, seconds
    # The drums go first.
    for number, part in sorted(enumerate(score.parts), key=lambda p: p[1].role != "drums"):
        played[number] = _play(part, score, feel, grid, shared, kicks, stream(base, part.name))
    parts = tuple(played[number] for number in range(len(score.parts)))
    seconds = [round(score.tempo.tick_to_s(s.start), 6) for s in score.sections]
    ends = [round(score.tempo.tick_to_s(s.end), 6) for s in score.sections]
    return Performance(
        parts=parts,
        duration_s=round(score.tempo.tick_to_s(_last_bar_end(score)), 6),
        tempo=score.tempo,
        meters=score.meters,
        sections=tuple(
            TimedSection(s.name, a, b, s.energy, s.piece, s.roles)
            for s, a, b in zip(score.sections, seconds, ends, strict=True)
        ),
    )


def _last_bar_end(score: Score) -> int:
    starts = score.bar_starts
    if not starts:
        return 0
    if score.sections and score.sections[-1].end == score.end:
        return score.end
    return max(score.end, starts[-1] + meter_at(score.meters, starts[-1]).bar_ticks)


def _grid(score: Score, feel: Feel) -> _Grid:
    end = max(_last_bar_end(score), 1)
    starts = np.array(score.bar_starts or [0], np.int64)
    meters = [meter_at(score.meters, int(tick)) for tick in starts]
    kinds = list(dict.fromkeys(meters))
    breath = np.zeros(len(starts))
    level = np.zeros(len(starts))
    phrase = np.sin(np.pi * (np.arange(PHRASE_BARS) + 0.75) / (PHRASE_BARS + 0.5))
    for section in score.sections:
        first, stop = np.searchsorted(starts, [section.start, section.end])
        n = int(stop - first)
        if n > 0:
            breath[stop - 1] = feel.breath_ms / 1000.0
            arc = np.sin(np.pi * (np.arange(n) + 0.5) / n)
            shape = 5.0 * phrase[np.arange(n) % PHRASE_BARS] + 3.0 * arc - 5.0
            level[first:stop] = feel.phrasing * (shape + 10.0 * (section.energy - 0.5))
    breath[-1] = feel.ritardando_ms / 1000.0
    return _Grid(
        starts,
        np.array([kinds.index(meter) for meter in meters], np.int64),
        tuple(kinds),
        tuple(np.array(metric_weights(meter)) for meter in kinds),
        tuple(step_ticks(meter) for meter in kinds),
        breath,
        level,
        max(end, score.end, 1),
    )


def _play(
    part: Part, score: Score, feel: Feel, grid: _Grid, shared: Floats, kicks: dict[int, float],
    rng: np.random.Generator,
) -> PlayedPart:  # fmt: skip
    """Play one part; drums tell where their kicks fall."""
    n = len(part.notes)
    # Draw first: a drift in time and one in loudness a sixteenth, and a chance a note.
    own = drift(len(shared), rng)
    swell = drift(len(shared), rng)
    chance = rng.random(n)
    touched = rng.standard_normal(n)
    if n == 0:
        return PlayedPart(part.name, part.role, part.instrument, (), part.program)
    starts = np.fromiter((note.start for note in part.notes), np.int64, n)
    ends = np.fromiter((note.start + note.duration for note in part.notes), np.int64, n)
    pitches = np.fromiter((note.pitch for note in part.notes), np.int64, n)
    written = np.fromiter((note.velocity for note in part.notes), np.float64, n)
    marks = _marks(part)
    is_drums = part.role == "drums"

    bars, offsets = grid.locate(starts)
    step = np.minimum(starts // SIXTEENTH, len(shared) - 1)
    moved = (0.6 * shared[step] + 0.8 * own[step]) * feel.timing_sd_ms / 1000.0
    sway = np.zeros(n)
    if is_drums:
        meters = [grid.known[i] for i in grid.meters[bars].tolist()]
        line = DrumLine(
            starts, offsets, pitches, written, marks["ghost"], meters, score.tempo.initial_bpm
        )
        offset_s, sway = touch(line, feel, rng)
        if feel.humanise > 0.0:  # the learned drummer drifts by himself
            moved = 0.6 * shared[step] * feel.timing_sd_ms / 1000.0 + offset_s
        moved = moved + places_s(line, feel)
    late = _lateness(part, pitches, feel) + moved
    if is_drums:
        kicks.update(
            zip(starts[pitches == KICK].tolist(), late[pitches == KICK].tolist(), strict=True)
        )
    elif part.role == "bass" and kicks:
        late = _follow(late, starts, kicks, feel)
    late += _breath(grid, bars, offsets)
    onsets = _seconds(score, feel, starts, offsets) + late
    offs = _seconds(score, feel, ends, grid.locate(ends)[1]) + late

    delay = _strum(part, starts, marks["roll"], chance, feel)
    onsets, offs = onsets + delay, offs + 0.5 * delay
    velocities = written + feel.velocity_sd * (0.7 * swell[step] + 0.7 * touched) + sway
    velocities += feel.phrasing * _accents(part.role, starts, pitches, grid.weights(bars, offsets))
    # A drummer's written level already follows the energy of the section.
    velocities += grid.level[bars] * (0.5 if is_drums else 1.0)
    ghosts = marks["ghost"] & is_drums
    offs = _lengths(part.role, starts, ends, onsets, offs)
    played = Line(starts, pitches, onsets, offs, velocities)
    bends = _written_bends(part, score)
    if not is_drums:
        played = articulate(played, marks)
        bends += bends_of(played, marks)
    onsets, offs = _keep_apart(part.role, starts, ends, pitches, played.onsets, played.offs)
    played, of = Line(starts, pitches, onsets, offs, played.velocities), np.arange(n)
    if not is_drums:
        played, of = mordents(played, marks, score.keys)
    lowest = np.minimum(np.where(ghosts, 20.0, 10.0), written)
    velocities = np.clip(np.rint(played.velocities), lowest[of], np.where(ghosts, 45.0, 124.0)[of])
    durations = np.round(np.maximum(played.offs - played.onsets, 0.001), 6)
    notes = tuple(map(
        PlayedNote, np.round(played.onsets, 6).tolist(), durations.tolist(),
        played.pitches.tolist(), velocities.astype(np.int64).tolist(),
    ))  # fmt: skip
    if is_drums:
        notes = ornamented(notes, _ornaments(marks, n))
    return PlayedPart(
        part.name,
        part.role,
        part.instrument,
        notes,
        part.program,
        controls_of(part, score, feel, starts, ends, onsets),
        tuple(sorted(bends, key=lambda bend: bend.time_s)),
    )


def _follow(late: Floats, starts: Ints, kicks: Mapping[int, float], feel: Feel) -> Floats:
    """Let the bass fall behind the kick of the same tick by what the feel says, and little else."""
    behind_s = feel.lateness_ms.get("bass", 0.0) / 1000.0
    wanted = np.array([kicks.get(tick, np.nan) for tick in starts.tolist()]) + behind_s
    return np.where(np.isnan(wanted), late, TIED * wanted + (1.0 - TIED) * late)


def _ornaments(marks: Mapping[str, NDArray[np.bool_]], n: int) -> list[str | None]:
    """Return each drum note's ornament."""
    found: list[str | None] = [None] * n
    for name in STROKES:
        for i in np.flatnonzero(marks[name]):
            found[i] = name
    return found


def _written_bends(part: Part, score: Score) -> list[PlayedBend]:
    """Return the bends that the score holds, at the usual range."""
    times = score.tempo.ticks_to_s(bend.tick for bend in part.bends)
    return [
        PlayedBend(round(at, 6), round(BEND_SEMITONES * bend.value / 8192, 4))
        for at, bend in zip(times.tolist(), part.bends, strict=True)
    ]


def _marks(part: Part) -> dict[str, NDArray[np.bool_]]:
    """Return, for each mark that the performer knows, which notes bear it."""
    bearing: dict[str, set[tuple[int, int]]] = {}
    for mark in part.marks:
        bearing.setdefault(mark.name, set()).add((mark.tick, mark.pitch))
    return {
        name: np.array(
            [(note.start, note.pitch) in at for note in part.notes]
            if (at := bearing.get(name))
            else np.zeros(len(part.notes)),
            np.bool_,
        )
        for name in _MARKS
    }


def _seconds(score: Score, feel: Feel, ticks: Ints, offsets: Ints) -> Floats:
    """Swing ticks and put them on the tempo map."""
    swung = swing(ticks, offsets, ratio=feel.swing, level=feel.swing_level)
    return score.tempo.ticks_to_s(swung)


def _lateness(part: Part, pitches: Ints, feel: Feel) -> Floats:
    """Return each note's steady place behind (+) or ahead (-) of the beat in seconds."""
    if part.role == "drums":
        table = np.zeros(128)
        for key, name in DRUM_NAMES.items():
            table[key] = feel.lateness_ms.get(name, 0.0)
        return table[pitches] / 1000.0
    return np.full(len(pitches), feel.lateness_ms.get(part.role, 0.0) / 1000.0)


def _breath(grid: _Grid, bars: Ints, offsets: Ints) -> Floats:
    """Return how much later the end of a section's last bar is played; the next is in time."""
    lengths = np.diff(np.append(grid.starts, max(grid.end, int(grid.starts[-1]) + 1)))
    through = np.clip(offsets / np.maximum(lengths[bars], 1), 0.0, 1.0)
    return grid.breath_s[bars] * through**2


def _strum(
    part: Part, starts: Ints, rolled: NDArray[np.bool_], chance: Floats, feel: Feel
) -> Floats:
    """Return each note's delay in seconds within its chord, lowest note first."""
    delay = np.zeros(len(starts))
    if part.role not in ("keys", "guitar"):
        return delay
    first = np.flatnonzero(np.diff(starts, prepend=-1))
    sizes = np.diff(np.append(first, len(starts)))
    always = part.role == "guitar"
    for a, size in zip(first.tolist(), sizes.tolist(), strict=True):
        if size < 3:
            continue
        marked = bool(rolled[a : a + size].any())
        if feel.strum_ms > 0.0 and (marked or always or chance[a] < feel.strum_chance):
            whole_ms = feel.strum_ms * (1.6 if marked else 1.0) * (0.6 + 0.8 * chance[a + 1])
            delay[a : a + size] = np.linspace(0.0, whole_ms / 1000.0, size)
        elif not always:
            delay[a + size - 1] = -feel.lead_ms / 1000.0  # the melody of the chords leads
    return delay


def _lengths(role: str, starts: Ints, ends: Ints, onsets: Floats, offs: Floats) -> Floats:
    """Return where notes end that bear no mark: a legato melody, a bass that lets go early."""
    n = len(starts)
    if role == "melody":
        following = np.searchsorted(starts, starts, side="right")
        after = np.minimum(following, n - 1)
        gap = starts[after] - ends
        near = (following < n) & (gap >= 0) & (gap <= SIXTEENTH // 2)
        return np.where(near, onsets[after], offs)  # _keep_apart trims the rest
    return onsets + 0.93 * (offs - onsets) if role == "bass" else offs


def _keep_apart(
    role: str, starts: Ints, ends: Ints, pitches: Ints, onsets: Floats, offs: Floats
) -> tuple[Floats, Floats]:
    """Keep what doesn't overlap on paper from overlapping in time, and everything after 0."""
    onsets = np.maximum(onsets, 0.0)
    n = len(starts)
    if role != "drums" and n > 1 and bool((starts[1:] >= ends[:-1]).all()):
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
