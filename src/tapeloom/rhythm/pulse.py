"""The pulse of a performance: tempo, meter and downbeat from the times at which notes begin."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.time import PPQ
from tapeloom.rhythm.meters import beat_starts

Floats = NDArray[np.float64]

BIN_S = 0.005  # of the onset train
SPREAD_S = 0.015  # a hit's blur in it
LONGEST_S = 16.0  # the longest lag that is heard as a repetition
MAX_HEARD_S = 240.0  # what comes later is left out
MIN_ONSETS = 3

_BPM = np.exp(np.arange(np.log(40.0), np.log(300.0), 0.01))
# How much a repetition at a multiple of the beat speaks for it, and of the tempo's distance from
# 110 in e-folds. Fitted by maximum likelihood on the train split of the Groove MIDI Dataset.
_BEAT_MULTIPLES = np.array([1 / 4, 1 / 3, 1 / 2, 1.0, 3 / 2, 2.0, 3.0, 4.0])
_BEAT_WEIGHTS = np.array([2.59, 1.49, 1.14, 3.69, 0.47, 4.57, 2.42, 0.84])
_USUAL_BPM, _PULL, _PULL_SQUARED = 110.0, -0.75, -8.86

# Bars that are no 4/4, in beats: (their meter, beats of theirs in a beat of ours, the margin by
# which they must repeat better than four beats do, set by hand on the train split).
_BARS: dict[float, tuple[str, float, float]] = {
    1.5: ("3/4", 2.0, 0.12),
    1.75: ("7/8", 2.0, 0.04),
    2.5: ("5/4", 2.0, 0.12),
    3.0: ("3/4", 1.0, 0.04),
    3.5: ("7/8", 1.0, 0.06),
    5.0: ("5/4", 1.0, 0.06),
    6.0: ("6/8", 0.5, 0.06),
    7.0: ("7/4", 1.0, 0.06),
}
_INSTEAD_OF_THREE = (4 / 3, 2 / 3)
_THREES_ARE_RARE = 1.5
_LEAST_BEATS = 20.0  # that must be heard before another meter than 4/4 is believed
_REPEATS = 4

# How much likelier than chance a hit of kick, backbeat drums and the rest falls on each eighth of
# 4/4 (logarithms, from the train split), and how likely a player begins on the one.
_COMMON_TIME = np.array([
    [1.4, -0.2, 0.1, -0.1, 0.7, 0.2, 0.15, -0.2],
    [-0.55, -0.4, 1.0, -0.35, -0.15, -0.25, 1.0, -0.1],
    [0.7, 0.2, 0.6, 0.25, 0.5, 0.2, 0.7, 0.3],
])  # fmt: skip
_BEGINS_ON_ONE = 2.7
_HITS_A_BAR = 4.0  # that count as independent evidence
_BARS_OF_EVIDENCE = 8.0

_LOW, _BACKBEAT = (35, 36), (37, 38, 39, 40)  # drum keys


@dataclass(frozen=True, slots=True)
class Pulse:
    """A steady pulse through a performance.

    >>> Pulse(90.0, Meter(4, 4), 0.5, 0.9, 0.8).beat_s
    0.6666666666666666
    """

    bpm: float  # quarter notes a minute
    meter: Meter
    downbeat_s: float  # where a bar begins, the first one not before the first onset less 0.1 s
    confidence: float  # 0..1, of the tempo against all others, octaves included
    meter_confidence: float  # 0..1; 0 where too little was heard and 4/4 is assumed

    @property
    def beat_s(self) -> float:
        """Seconds of a quarter note."""
        return 60.0 / self.bpm

    @property
    def bar_s(self) -> float:
        """Seconds of a bar."""
        return self.beat_s * self.meter.bar_ticks / PPQ


def find_pulse(
    onsets_s: Sequence[float] | Floats,
    velocities: Sequence[int] | None = None,
    *,
    pitches: Sequence[int] | None = None,
) -> Pulse:
    """Estimate tempo, meter and downbeat of a performance in steady time.

    onsets_s    seconds, at least 3, in any order
    velocities  1..127, as many; all alike where not given
    pitches     MIDI numbers, as many; drum keys tell kick, backbeat and the rest apart

    The autocorrelation of the onsets, drum by drum, is read at simple multiples of each tempo from
    40 to 300; the bar is the length that repeats best. 12/8 is heard
    as 4/4 in triplets and 5/8 as 5/4. Tempo is counted in quarters, that of 6/8 too.

    >>> pulse = find_pulse([0.5 * beat for beat in range(33)], [100, 60, 80, 60] * 8 + [100])
    >>> round(pulse.bpm), str(pulse.meter), round(pulse.downbeat_s, 2)
    (120, '4/4', 0.0)
    """
    times, weights, groups = _checked(onsets_s, velocities, pitches)
    whole = _repetition(times, weights, np.zeros(len(times), np.int64))
    by_drum = _repetition(times, weights, groups)
    duration = float(times[-1] - times[0])

    scores = _tempo_scores(whole)
    likely = np.exp(scores - scores.max())
    best = int(np.argmax(scores))
    near = np.abs(np.log(_BPM / _BPM[best])) < 0.04
    beat_s = _refined(60.0 / float(_BPM[best]), by_drum, times, weights)

    meter, faster, sure = _meter(by_drum, beat_s, duration)
    if meter.numerator % 3 == 0:
        bar_s = 3.0 * beat_s / faster
        halved = _halves(times, weights, groups, bar_s)
        meter = Meter(6, 8) if halved else Meter(3, 4)
        # Three beats may be four of another tempo: believe those unless it is far less likely.
        for ratio in _INSTEAD_OF_THREE[: 1 if halved else 2]:
            other = float(np.interp(np.log(ratio * 60.0 / beat_s), np.log(_BPM), scores))
            if other > float(scores.max()) - _THREES_ARE_RARE:
                meter, faster, sure = Meter(4, 4), ratio, 0.5 * sure
                break
    beat_s /= faster
    downbeat = _downbeat(times, weights, groups, beat_s, meter)
    return Pulse(
        bpm=60.0 / beat_s,
        meter=meter,
        downbeat_s=downbeat,
        confidence=float(likely[near].sum() / likely.sum()),
        meter_confidence=sure,
    )


def _checked(
    onsets_s: Sequence[float] | Floats,
    velocities: Sequence[int] | None,
    pitches: Sequence[int] | None,
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    times = np.asarray(onsets_s, np.float64)
    if times.ndim != 1 or len(times) < MIN_ONSETS:
        raise InputError(
            f"a pulse needs {MIN_ONSETS} onsets or more in one row; there are {times.size}"
        )
    for name, given in (("velocities", velocities), ("pitches", pitches)):
        if given is not None and len(given) != len(times):
            raise InputError(f"{len(times)} onsets, but {len(given)} {name}; give as many")
    if not np.isfinite(times).all():
        raise InputError("an onset is no finite number of seconds")
    loud = np.full(len(times), 80.0) if velocities is None else np.asarray(velocities, np.float64)
    keys = np.zeros(len(times)) if pitches is None else np.asarray(pitches)
    groups = np.where(np.isin(keys, _LOW), 0, np.where(np.isin(keys, _BACKBEAT), 1, 2))
    order = np.argsort(times, kind="stable")
    heard = order[times[order] <= times[order[0]] + MAX_HEARD_S]
    if times[heard[-1]] - times[heard[0]] < 2 * BIN_S:
        raise InputError("all onsets lie at one moment; a pulse needs some that follow it")
    weights = np.sqrt(np.clip(loud, 1.0, 127.0) / 127.0)
    return times[heard], weights[heard], groups[heard]


def _repetition(times: Floats, weights: Floats, groups: NDArray[np.int64]) -> Floats:
    """Return how well the onsets repeat at each lag, (bins,): 1 wholly, 0 by mere chance."""
    at = np.rint((times - times[0]) / BIN_S).astype(np.int64)
    lags = int(LONGEST_S / BIN_S) + 1
    reach = round(3 * SPREAD_S / BIN_S)
    blur = np.exp(-0.5 * (np.arange(-reach, reach + 1) * BIN_S / SPREAD_S) ** 2)
    blur /= np.sqrt((blur**2).sum())
    length = int(at[-1]) + len(blur)
    size = 1 << (length + lags).bit_length()
    left = np.maximum(1.0 - np.arange(lags) / length, 0.0)
    found, best = np.zeros(lags), 0.0
    for group in np.unique(groups):
        here = groups == group
        train = np.convolve(np.bincount(at[here], weights[here], int(at[-1]) + 1), blur)
        power = np.abs(np.fft.rfft(train, size)) ** 2
        same = np.fft.irfft(power, size)[:lags] - train.sum() ** 2 / length * left
        found += same
        best += float(same[0])
    remaining = np.maximum(1.0 - np.arange(lags) * BIN_S / max(length * BIN_S, 0.5), 0.0)
    # Near the end few pairs are left: undo their loss, but don't believe the last of them.
    return np.asarray(found / max(best, 1e-9) * remaining / (remaining**2 + 0.05), np.float64)


def _at(repetition: Floats, lags_s: Floats) -> Floats:
    bins = np.arange(len(repetition)) * BIN_S
    return np.asarray(np.interp(lags_s, bins, repetition, right=0.0), np.float64)


def _tempo_scores(repetition: Floats) -> Floats:
    beats = 60.0 / _BPM
    heard = _at(repetition, _BEAT_MULTIPLES[:, None] * beats[None, :])  # (multiples, tempi)
    far = np.log(_BPM / _USUAL_BPM)
    return np.asarray(_BEAT_WEIGHTS @ heard + _PULL * far + _PULL_SQUARED * far**2, np.float64)


def _refined(beat_s: float, repetition: Floats, times: Floats, weights: Floats) -> float:
    """Return the beat near a coarse one that repeats best over many beats, then over them all."""
    duration = float(times[-1] - times[0])
    for span in (0.03, 0.006):
        beats = beat_s * np.linspace(1 - span, 1 + span, 121)
        most = int(min(LONGEST_S, max(duration, 2.0 * beat_s)) / beat_s)
        counts = np.arange(1, max(min(most, 4 if span > 0.01 else 24), 1) + 1)
        beat_s = float(beats[np.argmax(_at(repetition, counts[:, None] * beats).sum(axis=0))])
    for reach_s in (20.0, 60.0, MAX_HEARD_S):
        here = times - times[0] <= reach_s
        # A tenth of a beat's drift over what is heard, in steps of a hundredth.
        span = 0.1 * beat_s / max(min(reach_s, duration), beat_s)
        beats = beat_s * (1.0 + np.linspace(-span, span, 41))
        fit = np.zeros(len(beats))
        for parts in (1, 2, 4):
            turns = np.exp(2j * np.pi * parts * (times[here] - times[0])[None, :] / beats[:, None])
            fit += np.abs(turns @ weights[here])
        beat_s = float(beats[np.argmax(fit)])
        if duration <= reach_s:
            break
    return beat_s


def _meter(repetition: Floats, beat_s: float, duration: float) -> tuple[Meter, float, float]:
    """Return the meter, how many of its quarters fit in a beat, and the confidence 0..1."""
    longest = min(LONGEST_S - 0.05, 0.75 * duration)
    if duration < _LEAST_BEATS * beat_s:
        return Meter(4, 4), 1.0, 0.0

    def strength(beats: float) -> float:
        lags = beats * beat_s * np.arange(1.0, _REPEATS + 1.0)
        lags = lags[lags <= longest]
        return float(_at(repetition, lags).mean()) if len(lags) else -1.0

    common = strength(4.0)
    margins = {beats: strength(beats) - common - _BARS[beats][2] for beats in _BARS}
    best = max(margins, key=lambda beats: margins[beats])
    sure = float(min(abs(margins[best]) / 0.1, 1.0))
    if margins[best] <= 0.0:
        return Meter(4, 4), 1.0, sure
    name, faster, _ = _BARS[best]
    return Meter.parse(name), faster, sure


def _halves(times: Floats, weights: Floats, groups: NDArray[np.int64], bar_s: float) -> bool:
    """Tell whether a bar of six eighths falls in two (6/8) and not in three (3/4)."""
    loud = weights * np.where(groups < 2, 2.0, 1.0)
    turns = np.exp(2j * np.pi * np.outer([2, 3], times - times[0]) / bar_s)
    two, three = np.abs(turns @ loud)
    return bool(two > three)


def _downbeat(
    times: Floats, weights: Floats, groups: NDArray[np.int64], beat_s: float, meter: Meter
) -> float:
    """Return where a bar begins: on the beat's phase, where low drums and loud notes gather."""
    turns = np.exp(2j * np.pi * np.outer([1, 2, 4], times - times[0]) / beat_s)
    # The phase that explains the beats, halves and quarters of it together.
    phases = np.linspace(0.0, 1.0, 96, endpoint=False)
    sums = turns @ weights
    fit = (np.exp(-2j * np.pi * np.outer(phases, [1, 2, 4])) @ (sums * [1.0, 0.7, 0.5])).real
    start = float(times[0] + phases[np.argmax(fit)] * beat_s)

    tables = _expectations(meter)
    eighths = tables.shape[1]
    place = np.rint((times - start) / (0.5 * beat_s)).astype(np.int64)
    off = np.abs(times - start - place * 0.5 * beat_s)
    loud = weights * np.exp(-0.5 * (off / 0.04) ** 2)
    heard = min(float(times[-1] - times[0]) / (4.0 * beat_s), _BARS_OF_EVIDENCE)
    scores = np.zeros(eighths)
    for group, table in enumerate(tables):
        here = groups == group
        counts = np.bincount(place[here] % eighths, loud[here], minlength=eighths).astype(
            np.float64
        )
        counts *= heard * _HITS_A_BAR / max(float(loud.sum()), 1e-9)
        scores += [float(counts @ np.roll(table, shift)) for shift in range(eighths)]
    first = int(np.rint((times[0] - start) / (0.5 * beat_s))) % eighths
    scores[first] += _BEGINS_ON_ONE
    chosen = int(np.argmax(scores))
    bar_s = beat_s * meter.bar_ticks / PPQ
    downbeat = start + chosen * 0.5 * beat_s
    return float(downbeat - np.floor((downbeat - times[0] + 0.1) / bar_s) * bar_s)


def _expectations(meter: Meter) -> Floats:
    """Return log-likelihoods of kick, backbeat and other hits on each eighth of a bar, (3, n)."""
    if meter == Meter(4, 4):
        return _COMMON_TIME
    eighth = PPQ // 2
    beats = beat_starts(meter)
    table = np.zeros((3, meter.bar_ticks // eighth))
    for i in range(table.shape[1]):
        table[:, i] = (0.2, 0.6, 0.6) if i * eighth in beats else (-0.2, -0.3, 0.2)
    table[:, 0] = (1.4, -0.55, 0.7)
    return table
