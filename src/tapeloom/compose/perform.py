"""Score to Performance: swing, each player's place in time, phrasing, strums and the pedal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.meter import meter_at
from tapeloom.core.performance import (
    Performance,
    PlayedControl,
    PlayedNote,
    PlayedPart,
    TimedSection,
)
from tapeloom.core.score import Part, Score
from tapeloom.core.seed import stream
from tapeloom.rhythm.feel import STRAIGHT, Feel, draw_feel
from tapeloom.rhythm.groove import drift, swing
from tapeloom.rhythm.meters import SIXTEENTH, metric_weights, step_ticks
from tapeloom.theory.instruments import DRUMS

__all__ = ["STRAIGHT", "Feel", "draw_feel", "perform"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PEDAL = 64  # the sustain pedal's controller number
PEDALLED = ("electric_piano", "felt_piano")
MIN_GAP_S = 0.012  # between two onsets of one voice
MIN_DURATION_S = 0.02
GRACE_S = 0.07  # a grace note's lead before its main note
PHRASE_BARS = 4

_DRUM_NAMES = {key: name for name, key in DRUMS.items()}


@dataclass(frozen=True, slots=True)
class _Grid:
    """What all parts share: bars, their meters, and where the music breathes."""

    starts: Ints  # bar starts, ticks
    meters: Ints  # the index in `kinds` of each bar's meter
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
    stream by name, so that a change in one leaves the others as they were.
    """
    base = int(rng.integers(2**53))
    grid = _grid(score, feel)
    shared = drift(grid.end // SIXTEENTH + 2, stream(base, "together"))
    parts = tuple(
        _play(part, score, feel, grid, shared, stream(base, part.name)) for part in score.parts
    )
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
        tuple(np.array(metric_weights(meter)) for meter in kinds),
        tuple(step_ticks(meter) for meter in kinds),
        breath,
        level,
        max(end, score.end, 1),
    )


def _play(
    part: Part, score: Score, feel: Feel, grid: _Grid, shared: Floats, rng: np.random.Generator
) -> PlayedPart:
    """Play one part."""
    n = len(part.notes)
    # Draw first: a drift in time and one in loudness a sixteenth, and a chance a note.
    own = drift(len(shared), rng)
    swell = drift(len(shared), rng)
    chance = rng.random(n)
    touch = rng.standard_normal(n)
    if n == 0:
        return PlayedPart(part.name, part.role, part.instrument, (), part.program)
    starts = np.fromiter((note.start for note in part.notes), np.int64, n)
    ends = np.fromiter((note.start + note.duration for note in part.notes), np.int64, n)
    pitches = np.fromiter((note.pitch for note in part.notes), np.int64, n)
    written = np.fromiter((note.velocity for note in part.notes), np.float64, n)
    marks = _marks(part)

    bars, offsets = grid.locate(starts)
    step = np.minimum(starts // SIXTEENTH, len(shared) - 1)
    moved = 0.6 * shared[step] + 0.8 * own[step]
    late = _lateness(part, pitches, feel) + moved * feel.timing_sd_ms / 1000.0
    late += _breath(grid, bars, offsets)
    onsets = _seconds(score, feel, starts, offsets) + late
    offs = _seconds(score, feel, ends, grid.locate(ends)[1]) + late

    delay = _strum(part, starts, marks["roll"], chance, feel)
    onsets, offs = onsets + delay, offs + 0.5 * delay
    onsets, offs = _articulate(part, starts, ends, onsets, offs, marks)
    onsets, offs = _keep_apart(part.role, starts, ends, pitches, onsets, offs)

    velocities = written + feel.velocity_sd * (0.7 * swell[step] + 0.7 * touch)
    velocities += feel.phrasing * _accents(part.role, starts, pitches, grid.weights(bars, offsets))
    # A drummer's written level already follows the energy of the section.
    velocities += grid.level[bars] * (0.5 if part.role == "drums" else 1.0)
    ghosts = marks["ghost"] & (part.role == "drums")
    lowest = np.minimum(np.where(ghosts, 20.0, 10.0), written)
    velocities = np.clip(np.rint(velocities), lowest, np.where(ghosts, 45.0, 124.0))

    durations = np.round(np.maximum(offs - onsets, 0.001), 6)
    notes = map(
        PlayedNote, np.round(onsets, 6).tolist(), durations.tolist(), pitches.tolist(),
        velocities.astype(np.int64).tolist(),
    )  # fmt: skip
    return PlayedPart(
        part.name,
        part.role,
        part.instrument,
        tuple(notes),
        part.program,
        _controls(part, score, feel, starts, ends, onsets),
    )


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
        for name in ("ghost", "fill", "roll", "staccato", "grace")
    }


def _seconds(score: Score, feel: Feel, ticks: Ints, offsets: Ints) -> Floats:
    """Swing ticks and put them on the tempo map."""
    swung = swing(ticks, offsets, ratio=feel.swing, level=feel.swing_level)
    return score.tempo.ticks_to_s(swung)


def _lateness(part: Part, pitches: Ints, feel: Feel) -> Floats:
    """Return each note's steady place behind (+) or ahead (-) of the beat in seconds."""
    if part.role == "drums":
        table = np.zeros(128)
        for key, name in _DRUM_NAMES.items():
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
    if part.role not in ("keys", "guitar") or feel.strum_ms == 0.0:
        return delay
    first = np.flatnonzero(np.diff(starts, prepend=-1))
    sizes = np.diff(np.append(first, len(starts)))
    always = part.role == "guitar"
    for a, size in zip(first.tolist(), sizes.tolist(), strict=True):
        if size < 3:
            continue
        marked = bool(rolled[a : a + size].any())
        if marked or always or chance[a] < feel.strum_chance:
            whole_ms = feel.strum_ms * (1.6 if marked else 1.0) * (0.6 + 0.8 * chance[a + 1])
            delay[a : a + size] = np.linspace(0.0, whole_ms / 1000.0, size)
    return delay


def _articulate(
    part: Part, starts: Ints, ends: Ints, onsets: Floats, offs: Floats,
    marks: Mapping[str, NDArray[np.bool_]],
) -> tuple[Floats, Floats]:  # fmt: skip
    """Set lengths: legato melody, a bass that lets go early, staccato, grace notes."""
    n = len(starts)
    following = np.searchsorted(starts, starts, side="right")
    has_next = following < n
    after = np.minimum(following, n - 1)
    if part.role == "melody":
        near = has_next & (starts[after] - ends >= 0) & (starts[after] - ends <= SIXTEENTH // 2)
        offs = np.where(near, onsets[after], offs)  # _keep_apart trims the rest
    elif part.role == "bass":
        offs = onsets + 0.93 * (offs - onsets)
    if marks["staccato"].any():
        offs = np.where(marks["staccato"], onsets + 0.45 * (offs - onsets), offs)
    if marks["grace"].any():
        leads = marks["grace"] & has_next
        onsets = np.where(leads, onsets[after] - GRACE_S, onsets)
        offs = np.where(leads, onsets[after], offs)
    return onsets, offs


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


def _controls(
    part: Part, score: Score, feel: Feel, starts: Ints, ends: Ints, onsets: Floats
) -> tuple[PlayedControl, ...]:
    """Keep a part's own controllers; pedal the chords of a piano that sustains them."""
    own = [PlayedControl(round(t, 6), c.number, c.value) for c, t in zip(
        part.controls, score.tempo.ticks_to_s(c.tick for c in part.controls).tolist(), strict=True
    )]  # fmt: skip
    pedalled = part.role == "keys" and part.instrument in PEDALLED and feel.pedal
    if not pedalled or any(control.number == PEDAL for control in part.controls):
        return tuple(own)
    spans = [(span.start, span.end) for span in score.chords]
    pedals = _pedal(spans, score, starts, ends, onsets)
    return tuple(sorted([*own, *pedals], key=lambda control: control.time_s))


def _pedal(
    spans: Sequence[tuple[int, int]], score: Score, starts: Ints, ends: Ints, onsets: Floats
) -> list[PlayedControl]:
    """Press the pedal after each chord's first note and lift it before the next chord.

    Only chords that are held or broken take it; short stabs with rests stay dry.
    """
    controls = []
    for start, end in spans:
        first, stop = np.searchsorted(starts, [start, end])
        if first == stop:
            continue
        covered = _covered(starts[first:stop], np.minimum(ends[first:stop], end))
        if covered < 0.7 * (end - start):
            continue
        down = float(onsets[first]) + 0.06
        # A chord that comes early rings on past the change: it, too, wants a clear pedal.
        early = np.flatnonzero((ends[first:stop] > end) & (starts[first:stop] > start))
        stop = first + int(early[0]) if len(early) else stop
        following = float(onsets[stop]) if stop < len(onsets) else np.inf
        up = min(score.tempo.tick_to_s(end), following) - 0.03
        if up > down + 0.1:
            controls += [
                PlayedControl(round(down, 6), PEDAL, 127),
                PlayedControl(round(up, 6), PEDAL, 0),
            ]
    return controls


def _covered(starts: Ints, ends: Ints) -> int:
    """Return the ticks in which at least one of the notes sounds."""
    reach = np.maximum.accumulate(ends)
    gaps = np.maximum(starts[1:] - reach[:-1], 0)
    return int(reach[-1] - starts[0] - gaps.sum())
