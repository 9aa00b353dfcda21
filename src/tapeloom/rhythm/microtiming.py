"""Swing and microtiming of a performance: how players leave the grid, measured.

A played onset is taken as its written place, plus the swing that all share, plus what each
instrument does at each place of the bar, plus chance. Swing and habits are fitted together, so
that a late snare on the beats doesn't read as swing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meters, bar_starts, meter_at
from tapeloom.core.performance import PlayedPart
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.rhythm.meters import SIXTEENTH
from tapeloom.rhythm.swing_ratio import HARDEST, LEVELS, STRAIGHTEST, Swing
from tapeloom.rhythm.written import Written, write
from tapeloom.theory.instruments import DRUMS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Keys of General MIDI kits and of the Roland kit that the Groove set was played on.
_MORE_KEYS = {
    35: "kick", 22: "closed_hat", 26: "open_hat", 53: "ride", 59: "ride", 52: "crash",
    55: "crash", 57: "crash", 48: "high_tom", 50: "high_tom", 45: "mid_tom", 47: "mid_tom",
    41: "low_tom", 43: "low_tom", 58: "low_tom",
}  # fmt: skip
DRUM_NAMES: dict[int, str] = {**_MORE_KEYS, **{key: name for name, key in DRUMS.items()}}

_RATIOS = np.linspace(STRAIGHTEST, 0.72, 12)
_SWING_PRICE = 8.0  # squared distances that swing must save, beside straight time
_FEWEST_OFFBEATS = 3
_ONE_POINT = 0.01
_SIGNIFICANT = 3.0  # standard errors from straight time


@dataclass(frozen=True, slots=True)
class MeasuredSwing:
    """The swing of one level, and how far it can be trusted."""

    ratio: float  # the first note's share of a pair; under 0.5 where offbeats are early
    level: int  # 8 or 16
    error: float  # standard error of the ratio; infinite where nothing tells
    offbeats: int  # notes on the second place of a pair

    @property
    def confidence(self) -> float:
        """The chance that the ratio is right to one percentage point.

        >>> round(MeasuredSwing(0.58, 16, 0.01, 40).confidence, 2)
        0.68
        """
        if not math.isfinite(self.error):
            return 0.0
        return math.erf(_ONE_POINT / (max(self.error, 1e-9) * math.sqrt(2.0)))


@dataclass(frozen=True, slots=True)
class PlaceTiming:
    """How one instrument plays one place of the bar."""

    instrument: str
    step: int  # sixteenths from the beginning of the bar (or cycle of bars)
    offset_ms: float  # mean, late is positive, the swing taken off
    spread_ms: float  # standard deviation; 0 for one hit
    velocity: float  # mean, 1..127
    hits: int


@dataclass(frozen=True, slots=True)
class Microtiming:
    """What was measured of a performance."""

    swing: Swing  # what the performance is best read with; straight where nothing is sure
    swings: tuple[MeasuredSwing, ...]  # of sixteenths and of eighths
    lateness_ms: dict[str, float]  # by instrument, mean over all its places
    places: tuple[PlaceTiming, ...]  # in order of instrument and step
    bars: int  # of the cycle that the steps count in
    spread_ms: float  # what is left after swing and places, root mean square


def drum_name(pitch: int) -> str:
    """Name a drum key; keys of no known drum are named by their number.

    >>> drum_name(36), drum_name(90)
    ('kick', 'key 90')
    """
    return DRUM_NAMES.get(pitch, f"key {pitch}")


def instruments_of(notes: Sequence[Note], *, role: str = "drums") -> tuple[str, ...]:
    """Return each note's instrument: the drum for drums, else the role itself.

    >>> instruments_of([Note(0, 1, 36)]), instruments_of([Note(0, 1, 36)], role="bass")
    (('kick',), ('bass',))
    """
    return tuple(drum_name(note.pitch) if role == "drums" else role for note in notes)


def played_notes(part: PlayedPart, *, tempo: TempoMap) -> tuple[Note, ...]:
    """Return a played part's notes in ticks, as a MIDI file would hold them.

    >>> from tapeloom.core.performance import PlayedNote
    >>> part = PlayedPart("bass", "bass", "upright_bass", (PlayedNote(0.51, 0.4, 40, 80),))
    >>> played_notes(part, tempo=TempoMap.constant(60))
    (Note(start=5141, duration=4032, pitch=40, velocity=80),)
    """
    notes = []
    for note in part.notes:
        start = round(tempo.s_to_tick(note.onset_s))
        end = round(tempo.s_to_tick(note.onset_s + note.duration_s))
        notes.append(Note(start, max(end - start, 1), note.pitch, note.velocity))
    return tuple(notes)


def read_written(
    notes: Sequence[Note], *, tempo: TempoMap, meters: Meters, role: str = "drums",
    swing: Swing | None = None, triplets: bool = True,
) -> tuple[Written, Swing]:  # fmt: skip
    """Find where played notes would be written, and the swing that reads them best.

    swing  taken as given; else it is found, straight unless swing explains much more

    >>> notes = [Note(tick, 100, 42) for tick in (0, 3024, 5040, 8064)]
    >>> from tapeloom.core.meter import Meter
    >>> found, swing = read_written(notes, tempo=TempoMap(), meters=((0, Meter()),))
    >>> found.ticks, swing.level
    (array([   0, 2520, 5040, 7560]), 16)
    """
    starts = np.array([note.start for note in notes], np.int64)
    keys = np.array([note.pitch if role == "drums" else 0 for note in notes], np.int64)

    def attempt(candidate: Swing, rounds: int) -> Written:
        return write(
            starts, keys, tempo=tempo, meters=meters, swing=candidate, triplets=triplets,
            rounds=rounds,
        )  # fmt: skip

    if swing is not None or not len(starts):
        swing = swing or Swing()
        return attempt(swing, 4), swing
    best, least = Swing(), attempt(Swing(), 1).cost
    for level in LEVELS:
        for ratio in _RATIOS[1:]:
            candidate = Swing(float(ratio), level)
            cost = attempt(candidate, 1).cost + _SWING_PRICE
            if cost < least:
                best, least = candidate, cost
    found = attempt(best, 4)
    names = instruments_of(notes, role=role)
    for _ in range(2):  # the fitted swing may read a few notes better than the scanned one
        levels = LEVELS if best.ratio == STRAIGHTEST else (best.level,)
        fits = [
            _fit_swing(found, best, names, tempo=tempo, meters=meters, level=level)
            for level in levels
        ]
        measured = max(fits, key=_significance)
        if not math.isfinite(measured.error):
            break
        if best.ratio == STRAIGHTEST and _significance(measured) < _SIGNIFICANT:
            break
        best = Swing(min(max(measured.ratio, STRAIGHTEST), HARDEST), measured.level)
        found = attempt(best, 4)
    return found, best


def _significance(measured: MeasuredSwing) -> float:
    """Return how many standard errors over straight time a swing lies."""
    over = measured.ratio - STRAIGHTEST
    return over / max(measured.error, 1e-6) if math.isfinite(measured.error) else -math.inf


def measure(
    notes: Sequence[Note], *, tempo: TempoMap, meters: Meters, role: str = "drums",
    swing: Swing | None = None, bars: int = 1,
) -> Microtiming:  # fmt: skip
    """Measure swing and microtiming of notes that were played to a known grid.

    notes  in ticks as played (read_midi, `played_notes`)
    role   drums are told apart by key; any other part is one instrument
    swing  what it was played with where that is known; else it is found
    bars   length of the cycle in which places are told apart, 1..16

    >>> from tapeloom.core.meter import Meter
    >>> late = [Note(beat * 10080 + 100, 100, 38) for beat in range(8)]
    >>> found = measure(late, tempo=TempoMap.constant(100), meters=((0, Meter()),))
    >>> round(found.lateness_ms["snare"], 2)
    5.95
    """
    if not 1 <= bars <= 16:
        raise InputError(f"the cycle has {bars} bars; it must have 1 to 16")
    if not notes:
        raise InputError("there are no notes to measure; a part with some is needed")
    found, best = read_written(notes, tempo=tempo, meters=meters, role=role, swing=swing)
    names = instruments_of(notes, role=role)
    steps = steps_in_cycle(found.ticks, meters=meters, bars=bars)
    rows: dict[tuple[str, int], list[int]] = {}
    for i, (name, step) in enumerate(zip(names, steps.tolist(), strict=True)):
        if step >= 0:
            rows.setdefault((name, step), []).append(i)
    velocity = np.array([note.velocity for note in notes], np.float64)
    late = found.late_ms
    places = tuple(
        PlaceTiming(
            name, step, float(late[at].mean()), float(late[at].std()), float(velocity[at].mean()),
            len(at),
        )
        for (name, step), at in sorted(rows.items())
    )  # fmt: skip
    left = [late[at] - late[at].mean() for at in rows.values()]
    rest = np.concatenate(left) if left else np.zeros(1)
    who = np.array(names)
    return Microtiming(
        swing=best,
        swings=tuple(
            _fit_swing(found, best, names, tempo=tempo, meters=meters, level=level)
            for level in (16, 8)
        ),
        lateness_ms={name: float(late[who == name].mean()) for name in sorted(set(names))},
        places=places,
        bars=bars,
        spread_ms=float(np.sqrt(np.mean(rest**2))),
    )


def steps_in_cycle(ticks: Ints, *, meters: Meters, bars: int) -> Ints:
    """Return each written tick's sixteenth in its cycle of bars, -1 between the sixteenths.

    >>> from tapeloom.core.meter import Meter
    >>> steps_in_cycle(np.array([0, 5040, 3360, 40320]), meters=((0, Meter()),), bars=2)
    array([ 0,  2, -1, 16])
    """
    if not len(ticks):
        return np.zeros(0, np.int64)
    starts = np.array(bar_starts(meters, int(ticks.max()) + 1), np.int64)
    bar = np.clip(np.searchsorted(starts, ticks, side="right") - 1, 0, None)
    offset = ticks - starts[bar]
    before = np.zeros(len(ticks), np.int64)
    if bars > 1:
        bar_steps = meter_at(meters, 0).bar_ticks // SIXTEENTH
        before = (bar % bars) * bar_steps
    return np.where(offset % SIXTEENTH == 0, offset // SIXTEENTH + before, -1)


def _fit_swing(
    found: Written, read: Swing, names: Sequence[str], *, tempo: TempoMap, meters: Meters,
    level: int,
) -> MeasuredSwing:  # fmt: skip
    """Fit one level's swing and every instrument's lateness together, by least squares."""
    pair = 8 * PPQ // level
    starts = np.array(bar_starts(meters, int(found.ticks.max()) + 1), np.int64)
    bar = np.clip(np.searchsorted(starts, found.ticks, side="right") - 1, 0, None)
    place = (found.ticks - starts[bar]) % pair
    used = np.isin(place, (0, pair // 2)) & (found.grids == 0)
    offbeat = (place == pair // 2)[used]
    count = int(offbeat.sum())
    nothing = MeasuredSwing(STRAIGHTEST, level, math.inf, count)
    if count < _FEWEST_OFFBEATS:
        return nothing
    # Late against the swing that was read, so that one level's swing is no lateness of the other.
    late_ms = found.late_ms[used]
    written = found.ticks[used]
    known = read.ratio if read.level == level else STRAIGHTEST
    bpm = np.array([float(tempo.bpm_at(int(tick))) for tick in written])
    pair_ms = pair * 60_000.0 / (PPQ * bpm)
    kinds, kind = np.unique(np.array(names)[used], return_inverse=True)
    design = np.zeros((len(written), len(kinds) + 1))
    design[np.arange(len(written)), kind] = 1.0
    design[:, -1] = offbeat * pair_ms
    tells = [len(set(offbeat[kind == k])) == 2 for k in range(len(kinds))]
    if not any(tells):
        # Nobody plays both places: take all for one player.
        design = np.stack([np.ones(len(written)), offbeat * pair_ms], axis=1)
        if offbeat.all():
            design = design[:, 1:]
    answer, *_ = np.linalg.lstsq(design, late_ms, rcond=None)
    rest = late_ms - design @ answer
    freedom = max(len(written) - design.shape[1], 1)
    covariance = np.linalg.pinv(design.T @ design) * float(rest @ rest) / freedom
    error = math.sqrt(max(float(covariance[-1, -1]), 0.0))
    return MeasuredSwing(known + float(answer[-1]), level, error, count)
