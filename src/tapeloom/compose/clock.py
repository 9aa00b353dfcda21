"""The time that all players share: bars, metre, swing, and where the music breathes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.meter import Meter, meter_at
from tapeloom.core.score import Score
from tapeloom.core.time import TempoMap
from tapeloom.rhythm.feel import Feel
from tapeloom.rhythm.groove import swing
from tapeloom.rhythm.meters import metric_weights, step_ticks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PHRASE_BARS = 4


@dataclass(frozen=True, slots=True)
class Breath:
    """A place where the tempo slows and, unless the music ends there, recovers."""

    begin: int  # ticks: from here on it slows
    at: int  # here it is latest
    recovered: int  # from here on it is in time again; `at` where it never is
    late_s: float


@dataclass(frozen=True, slots=True)
class Clock:
    """Written ticks to played seconds, and what the form asks of loudness."""

    tempo: TempoMap
    feel: Feel
    starts: Ints  # bar starts, ticks
    kinds: tuple[Meter, ...]
    meters: Ints  # the index in `kinds` of each bar's meter
    breaths: tuple[Breath, ...]
    level: Floats  # by bar: what its section and phrase add to velocities
    end: int

    def locate(self, ticks: Ints) -> tuple[Ints, Ints]:
        """Return each tick's bar and its offset in it."""
        bars = np.searchsorted(self.starts, ticks, side="right") - 1
        bars = np.clip(bars, 0, len(self.starts) - 1)
        return bars, ticks - self.starts[bars]

    def seconds(self, ticks: Ints) -> Floats:
        """Return when written ticks are played: swung, and breathing with everybody."""
        _, offsets = self.locate(ticks)
        swung = swing(ticks, offsets, ratio=self.feel.swing, level=self.feel.swing_level)
        return self.straight_seconds(swung)

    def straight_seconds(self, ticks: Floats | Ints) -> Floats:
        """Return when ticks that aren't swung are played (controllers, bends)."""
        at = np.asarray(ticks, np.float64)
        seconds = self.tempo.ticks_to_s(at)
        for breath in self.breaths:
            seconds += _late(at, breath)
        return seconds

    def weights(self, ticks: Ints) -> Floats:
        """Return the metric weight 0..1 of places in bars."""
        bars, offsets = self.locate(ticks)
        weights = np.zeros(len(ticks))
        for i, meter in enumerate(self.kinds):
            step, table = step_ticks(meter), np.array(metric_weights(meter))
            here = (self.meters[bars] == i) & (offsets % step == 0)
            weights[here] = table[np.minimum(offsets[here] // step, len(table) - 1)]
        return weights


def clock_of(score: Score, feel: Feel) -> Clock:
    """Return the time in which a score is played with a feel.

    The tempo slows through a section's last bar and is made up for in half of the next one, so
    that all later bars stay where the tempo map puts them; at the very end it only slows.
    """
    end = max(last_bar_end(score), score.end, 1)
    starts = np.array(score.bar_starts or [0], np.int64)
    meters = [meter_at(score.meters, int(tick)) for tick in starts]
    kinds = tuple(dict.fromkeys(meters))
    edges = [*starts.tolist(), end]
    level = np.zeros(len(starts))
    phrase = np.sin(np.pi * (np.arange(PHRASE_BARS) + 0.75) / (PHRASE_BARS + 0.5))
    breaths: list[Breath] = []
    for section in score.sections:
        first, stop = (int(i) for i in np.searchsorted(starts, [section.start, section.end]))
        n = stop - first
        if n <= 0:
            continue
        if stop < len(starts) and feel.breath_ms > 0.0:
            recovered = (edges[stop] + edges[stop + 1]) // 2
            breaths.append(Breath(edges[stop - 1], edges[stop], recovered, feel.breath_ms / 1000.0))
        arc = np.sin(np.pi * (np.arange(n) + 0.5) / n)
        shape = 5.0 * phrase[np.arange(n) % PHRASE_BARS] + 3.0 * arc - 5.0
        level[first:stop] = feel.phrasing * (shape + 10.0 * (section.energy - 0.5))
    if feel.ritardando_ms > 0.0:
        breaths.append(Breath(edges[-2], edges[-1], edges[-1], feel.ritardando_ms / 1000.0))
    return Clock(
        score.tempo,
        feel,
        starts,
        kinds,
        np.array([kinds.index(meter) for meter in meters], np.int64),
        tuple(breaths),
        level,
        end,
    )


def last_bar_end(score: Score) -> int:
    """Return the tick at which a score's last bar ends."""
    starts = score.bar_starts
    if not starts:
        return 0
    if score.sections and score.sections[-1].end == score.end:
        return score.end
    return max(score.end, starts[-1] + meter_at(score.meters, starts[-1]).bar_ticks)


def _late(ticks: Floats, breath: Breath) -> Floats:
    """Return how late ticks are: a raised cosine up to the bar line and, shorter, down again."""
    through = np.clip((ticks - breath.begin) / max(breath.at - breath.begin, 1), 0.0, 1.0)
    late = 0.5 - 0.5 * np.cos(np.pi * through)
    if breath.recovered > breath.at:
        past = np.clip((ticks - breath.at) / (breath.recovered - breath.at), 0.0, 1.0)
        late = np.where(ticks > breath.at, 0.5 + 0.5 * np.cos(np.pi * past), late)
    return np.asarray(breath.late_s * late, np.float64)
