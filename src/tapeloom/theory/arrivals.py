"""What happens at each onset of a piece: bass, melody, harmony before and after, pause, metre."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter, Meters, bar_starts
from tapeloom.core.time import PPQ
from tapeloom.theory.events import Events

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REPEAT_BARS = 32  # how far back a returning passage is looked for
_SLOTS = 8  # positions in a bar that are told apart when two bars are compared
_SILENT_LOW, _SILENT_HIGH = 999, -1


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """One row a distinct onset; shares are the parts of a window's sound, twelve pitch classes.

    The bass "run" is the stretch over which the bass has kept its pitch class; `before` and
    `bar_before` look back from its beginning, `held` from the onset to that beginning.
    """

    tick: Ints
    bar: Floats  # bars since the beginning; a cut bar counts as its part
    beat: Ints  # ticks of a beat
    metre: Floats  # 0 downbeat, -0.6 middle of the bar, -1 another beat, -2.5 between the beats
    bass: Ints  # lowest pitch that sounds
    soprano: Ints  # highest pitch that sounds
    soprano_before: Ints  # the melody's last pitch before
    soprano_after: Ints  # its next one; -99 where there is none
    melody_ticks: Ints  # until the melody's next note
    next_melody_ticks: Ints  # how long that one lasts
    rest_ticks: Ints  # until anything begins
    thinning: Floats  # log2 of how much sparser onsets get, -2..2
    returns: Floats  # 0..1, whether a passage heard before returns with the next bar
    late: NDArray[np.bool_]  # the bass is here already: what sounds above it changes
    after: Floats  # (rows, 12) shares in the beat that follows
    before: Floats  # (rows, 12) in the beat before the run
    bar_before: Floats  # (rows, 12) in the bar's length before the run
    held: Floats  # (rows, 12) in the run before this onset, at most a beat
    bass_before: Ints  # pitch classes: the lowest pitch just before the run,
    bass_beat: Ints  # in the beat before it,
    bass_bar: Ints  # in the bar's length before it
    bass_way: Floats  # (rows, 12) shares of the bass's time in a bar and a half before the run
    around: Floats  # (rows, 12) shares in four bars before and one after
    whole: Floats  # (12,) shares in the piece

    def __len__(self) -> int:
        return len(self.tick)

    def take(self, rows: Ints) -> "Arrivals":
        """Keep some rows."""
        columns = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "whole"}
        return Arrivals(**{name: c[rows] for name, c in columns.items()}, whole=self.whole)


class _Slices:
    """The piece cut at every onset and end; what sounds in between is looked up by windows."""

    def __init__(self, events: Events) -> None:
        self.times = np.unique(np.concatenate((events.onset, events.end)))
        self.lengths = np.diff(self.times)
        first = np.searchsorted(self.times, events.onset)
        counts = np.searchsorted(self.times, events.end) - first
        note = np.repeat(np.arange(len(events)), counts)
        begun = np.concatenate(([0], np.cumsum(counts)[:-1]))
        at = np.repeat(first - begun, counts) + np.arange(int(counts.sum()))
        self.low = np.full(len(self.lengths), _SILENT_LOW, np.int64)
        self.high = np.full(len(self.lengths), _SILENT_HIGH, np.int64)
        np.minimum.at(self.low, at, events.pitch[note])
        np.maximum.at(self.high, at, events.pitch[note])
        flat = at * 12 + events.pitch[note] % 12
        rate = np.bincount(flat, minlength=12 * len(self.lengths)).reshape(-1, 12)
        self._sound = _Running(self.times, rate.astype(np.float64))
        lows = np.zeros((len(self.lengths), 12))
        sounding = np.flatnonzero(self.low != _SILENT_LOW)
        lows[sounding, self.low[sounding] % 12] = 1.0
        self._lows = _Running(self.times, lows)
        # A rest doesn't end a run: the bass is remembered.
        known = np.where(self.low != _SILENT_LOW, np.arange(len(self.low)), 0)
        self.bass_class = self.low[np.maximum.accumulate(known)] % 12
        new = np.concatenate(([True], self.bass_class[1:] != self.bass_class[:-1]))
        begins = np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))
        self._run = self.times[begins]

    def index(self, ticks: Ints) -> Ints:
        found = np.searchsorted(self.times, ticks, side="right") - 1
        return np.clip(found, 0, len(self.low) - 1)

    def run(self, ticks: Ints) -> Ints:
        """Return since when the bass has had its pitch class."""
        return np.asarray(self._run[self.index(ticks)])

    def lowest(self, start: Ints, end: Ints) -> Ints:
        return self._extreme(self.low, start, end, np.minimum)

    def highest(self, start: Ints, end: Ints) -> Ints:
        return self._extreme(self.high, start, end, np.maximum)

    def _extreme(self, values: Ints, start: Ints, end: Ints, pick: np.ufunc) -> Ints:
        first = self.index(start)
        last = np.maximum(np.searchsorted(self.times, end, side="left"), first + 1)
        pairs = np.column_stack((first, np.minimum(last, len(values)))).ravel()
        return np.asarray(pick.reduceat(np.append(values, values[-1]), pairs)[::2])

    def shares(self, start: Ints, end: Ints) -> Floats:
        return self._sound.shares(start, end)

    def bass_shares(self, start: Ints, end: Ints) -> Floats:
        return self._lows.shares(start, end)


class _Running:
    """An integral over time of what is constant in each slice."""

    def __init__(self, times: Ints, rate: Floats) -> None:
        self._times, self._rate = times, rate
        self._total = np.zeros((len(times), rate.shape[1]))
        np.cumsum(rate * np.diff(times)[:, None], axis=0, out=self._total[1:])

    def shares(self, start: Ints, end: Ints) -> Floats:
        """Return the part of each window's sound that is each column's, (windows, columns)."""
        found = np.zeros((len(start), self._rate.shape[1]))
        _kernel()(self._times, self._total, self._rate, start, end, found)
        return found


@cache
def _kernel() -> Any:
    """Compile the loop (numba takes half a second to import)."""
    from numba import njit

    return njit(cache=True)(fill_shares)


def fill_shares(
    times: Ints, total: Floats, rate: Floats, start: Ints, end: Ints, found: Floats
) -> None:
    """Fill in what share of each window belongs to each column; the loop behind `_Running`.

    times   where slices begin, and the last one's end, (slices + 1,)
    total   the integral up to each of them, (slices + 1, columns)
    rate    what is constant in each slice, (slices, columns)

    >>> found = np.zeros((1, 2))
    >>> rate, total = np.array([[1.0, 0.0], [1.0, 2.0]]), np.array([[0.0, 0], [4, 0], [8, 8]])
    >>> fill_shares(np.array([0, 4, 8]), total, rate, np.array([0]), np.array([6]), found)
    >>> found
    array([[0.6, 0.4]])
    """
    last = len(rate) - 1
    for row in range(len(start)):
        begin = min(max(start[row], times[0]), times[-1])
        stop = min(max(end[row], times[0]), times[-1])
        i = max(min(np.searchsorted(times, begin, side="right") - 1, last), 0)
        j = max(min(np.searchsorted(times, stop, side="right") - 1, last), 0)
        whole = 0.0
        for column in range(found.shape[1]):
            to_end = total[j, column] + rate[j, column] * (stop - times[j])
            found[row, column] = to_end - total[i, column] - rate[i, column] * (begin - times[i])
            whole += found[row, column]
        for column in range(found.shape[1]):
            found[row, column] /= max(whole, 1e-9)


def describe_arrivals(
    events: Events, meters: Meters, measures: Sequence[int] | None = None
) -> Arrivals:
    """Describe what happens at each onset.

    measures   ticks at which bars begin, where they are known better than by the meters (upbeats,
               bars that a repeat cuts)

    >>> from tapeloom.core.meter import Meter
    >>> from tapeloom.core.score import Note
    >>> notes = [Note(0, 40320, pitch) for pitch in (43, 74)]
    >>> notes += [Note(40320, 40320, pitch) for pitch in (48, 72)]
    >>> found = describe_arrivals(Events.from_notes(notes), ((0, Meter(4, 4)),))
    >>> found.tick, found.bass, found.soprano, found.bass_before
    (array([    0, 40320]), array([43, 48]), array([74, 72]), array([7, 7]))
    """
    if not len(events):
        raise InputError("there is no note to describe; give one pitched note at least")
    tick = np.unique(events.onset)
    meters = meters or ((0, Meter()),)
    bars = np.unique(np.array([0, *(measures or bar_starts(meters, events.last))], np.int64))
    bar, metre, beat, bar_ticks = _place(tick, bars, meters, events.last)
    slices = _Slices(events)
    run = slices.run(tick)
    run = np.where(tick - run > bar_ticks, tick, run)
    melody, line = _melody(events, slices)
    following = np.searchsorted(melody, tick, side="right")
    last = following - 1 - np.isin(tick, melody)
    after_all = events.last + 8 * PPQ
    times = np.append(melody, (after_all, after_all))
    times = times[np.minimum(following[:, None] + [0, 1], len(times) - 1)]
    onsets = np.append(tick, after_all)
    index = np.arange(len(tick))
    dense = (index - np.searchsorted(tick, tick - bar_ticks) + 0.0) * PPQ / bar_ticks
    sparse = (np.searchsorted(tick, tick + bar_ticks) - index - 1.0) * PPQ / bar_ticks
    here = tick + 1
    return Arrivals(
        tick=tick,
        bar=bar,
        beat=beat,
        metre=metre,
        bass=slices.lowest(tick, here),
        soprano=slices.highest(tick, here),
        soprano_before=line[np.maximum(last, 0)],
        soprano_after=np.append(line, -99)[following],
        melody_ticks=times[:, 0] - tick,
        next_melody_ticks=times[:, 1] - times[:, 0],
        rest_ticks=onsets[1:] - tick,
        thinning=np.clip(np.log2((dense + 0.2) / (sparse + 0.2)), -2.0, 2.0),
        returns=_returns(events, bars)[np.searchsorted(bars, tick, side="right")],
        late=run < tick,
        after=slices.shares(tick, tick + beat),
        before=slices.shares(run - beat, run),
        bar_before=slices.shares(run - bar_ticks, run),
        held=slices.shares(np.maximum(run, tick - beat), tick),
        bass_before=slices.lowest(run - 1, run) % 12,
        bass_beat=slices.lowest(run - beat, run) % 12,
        bass_bar=slices.lowest(run - bar_ticks, run) % 12,
        bass_way=slices.bass_shares(run - 3 * bar_ticks // 2, run),
        around=slices.shares(tick - 4 * bar_ticks, tick + bar_ticks),
        whole=slices.shares(tick[:1], np.array([events.last]))[0],
    )


def _melody(events: Events, slices: _Slices) -> tuple[Ints, Ints]:
    """Return onsets and pitches of the notes above which nothing sounds as they begin."""
    last = np.append(events.onset[1:] != events.onset[:-1], True)  # pitches rise at each onset
    onset, pitch = events.onset[last], events.pitch[last]
    top = pitch >= slices.highest(onset, onset + 1)
    return onset[top], pitch[top]


def _place(tick: Ints, bars: Ints, meters: Meters, end: int) -> tuple[Floats, Floats, Ints, Ints]:
    """Return bar, metric weight, the beat's and the bar's ticks of each onset."""
    changes = [at for at, _ in meters]
    change = np.searchsorted(changes, tick, side="right") - 1
    sizes = [(m.bar_ticks, m.unit_ticks * (3 if m.is_compound else 1)) for _, m in meters]
    # A bar of 3/8 goes as one beat.
    sizes = [(bar, bar if bar < 2 * PPQ else beat) for bar, beat in sizes]
    bar_sizes = np.array(sizes, np.int64)[:, 0]
    bar_ticks, beat = np.array(sizes, np.int64)[np.maximum(change, 0)].T
    row = np.searchsorted(bars, tick, side="right") - 1
    lengths = np.diff(np.append(bars, max(end, int(bars[-1]) + 1)))
    full = bar_sizes[np.maximum(np.searchsorted(changes, bars, side="right") - 1, 0)]
    shift = np.array(_missed(lengths.tolist(), full.tolist()), np.int64)[row]
    offset = tick - bars[row] + shift
    on_beat = offset % beat == 0
    metre = np.where(on_beat, np.where(2 * offset == bar_ticks, -0.6, -1.0), -2.5)
    metre[offset == 0] = 0.0
    begun = np.concatenate(([0.0], np.cumsum(lengths)))[row]
    return (begun + tick - bars[row]) / bar_ticks, metre, beat, bar_ticks


def _missed(lengths: list[int], full: list[int]) -> list[int]:
    """Return how much of its meter's bar has passed where each bar begins.

    The first bar, cut short, is an upbeat; a bar that a repeat cuts is made up by the next.
    """
    shifts = []
    carried = 0  # how much of a cut bar has been heard
    for i, (length, whole) in enumerate(zip(lengths, full, strict=True)):
        goes_on = carried > 0 and carried + length <= whole
        shifts.append(max(whole - length, 0) if i == 0 else carried if goes_on else 0)
        heard = length + carried * goes_on
        carried = heard if i > 0 and heard < whole else 0
    return shifts


def _returns(events: Events, bars: Ints) -> Floats:
    """Return for each bar (and the piece's end) whether what was heard before begins again, 0..1.

    Two bars are alike as the cosine of what begins in them where; a return is where two bars are
    like two earlier ones while the bar before is unlike the bar before those.
    """
    found = np.zeros(len(bars) + 1)
    row = np.clip(np.searchsorted(bars, events.onset, side="right") - 1, 0, None)
    usual = float(np.median(np.diff(bars))) if len(bars) > 1 else float(events.last)
    slot = np.minimum((events.onset - bars[row]) * _SLOTS / usual, _SLOTS - 1).astype(np.int64)
    heard = np.zeros((len(bars), 12 * _SLOTS))
    np.add.at(heard, (row, np.maximum(slot, 0) * 12 + events.pitch % 12), 1.0)
    heard /= np.maximum(np.linalg.norm(heard, axis=1, keepdims=True), 1e-9)
    for lag in range(2, min(REPEAT_BARS, len(bars) - 1) + 1):
        alike = np.einsum("ij,ij->i", heard[lag:], heard[:-lag])
        following = np.append(alike[1:], alike[-1])
        preceding = np.concatenate(([0.0], alike[:-1]))
        back = found[lag:-1]
        np.maximum(back, (alike + following) / 2 - preceding, out=back)
    found[-1] = 0.5  # the end closes a phrase as a return does
    return found
