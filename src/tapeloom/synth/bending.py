"""Pitch bends: a rendered note read by a clock that runs faster or slower.

Any voice is bent alike, after it has played: a note at r times its speed sounds at r times its
pitch. The reading is a sinc interpolation whose band narrows with r, so that nothing aliases.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.performance import PlayedPart, bend_range

Floats = NDArray[np.float64]

GLIDE_S = 0.012  # in which one bend message becomes the next: a step would click
STEP_S = 0.0005  # raster of the clock
HALF_WIDTH = 24  # samples of the interpolating sinc on each side, at the original speed
FRACTIONS = 1_024  # of a sample for which the sinc is tabled
_BLOCK = 4_096  # output samples that are read at once


@dataclass(frozen=True, slots=True)
class Bending:
    """How one note's pitch moves: in semitones at times since its onset, then held."""

    times_s: Floats  # rising, from 0
    semitones: Floats

    @property
    def moves(self) -> bool:
        """Whether it is bent at all."""
        return bool(np.any(self.semitones != 0.0))

    def read_s(self, at_s: float) -> float:
        """Return how much of the unbent note has been read after `at_s` seconds.

        >>> octave_up = Bending(np.array([0.0]), np.array([12.0]))
        >>> round(octave_up.read_s(0.5), 6)
        1.0
        """
        return float(np.interp(at_s, *self.clock(at_s)))

    def plus(self, other: "Bending") -> "Bending":
        """Return both bends at once.

        >>> low, high = (Bending(np.zeros(1), np.array([s])) for s in (-1.0, 3.0))
        >>> low.plus(high).semitones.tolist()
        [2.0]
        """
        times = np.union1d(self.times_s, other.times_s)
        own = np.interp(times, self.times_s, self.semitones)
        return Bending(times, own + np.interp(times, other.times_s, other.semitones))

    def clock(self, until_s: float) -> tuple[Floats, Floats]:
        """Return times and how far the unbent note has been read at each, both in seconds."""
        t = np.arange(int(np.ceil(until_s / STEP_S)) + 2) * STEP_S
        speed = 2.0 ** (np.interp(t, self.times_s, self.semitones) / 12.0)
        read = np.concatenate([[0.0], np.cumsum(0.5 * (speed[1:] + speed[:-1]) * STEP_S)])
        return np.asarray(t, np.float64), np.asarray(read, np.float64)


def bending_of(part: PlayedPart, *, onset_s: float, held_s: float) -> Bending:
    """Return how a part's bends move a note; once it is let go it keeps the bend that it had.

    Messages that follow each other closely are one smooth curve.
    """
    times = np.array([bend.time_s for bend in part.bends], np.float64)
    if not len(times):
        return Bending(np.zeros(1), np.zeros(1))
    semitones = np.array([bend.value for bend in part.bends], np.float64) / 8192.0
    semitones *= bend_range(part.controls)
    end_s = onset_s + held_s
    # A change on the onset belongs to this note, one on its end to the next note.
    before = int(np.searchsorted(times, onset_s + 1e-6, side="right"))
    stop = int(np.searchsorted(times, end_s - 1e-6, side="left"))
    level = float(semitones[before - 1]) if before else 0.0
    return glides(times[before:stop] - onset_s, semitones[before:stop], start=level)


def glides(times_s: Floats, semitones: Floats, *, start: float = 0.0) -> Bending:
    """Return a bending that goes from each value to the next in the last moment before its time.

    start  semitones at the onset, until the first

    >>> glides(np.array([0.5]), np.array([2.0])).times_s.tolist()
    [0.0, 0.488, 0.5]
    """
    at, points, level = [0.0], [start], start
    for time, value in zip(times_s.tolist(), semitones.tolist(), strict=True):
        if time <= at[-1]:  # of several at once the last holds
            points[-1] = level = value
            continue
        at += [max(time - GLIDE_S, at[-1]), time]
        points += [level, value]
        level = value
    return Bending(np.array(at), np.array(points))


def slide_into(bending: Bending, *, semitones: float, seconds: float) -> Bending:
    """Begin a note so many semitones off and let it slide to where it would have been.

    >>> still = Bending(np.zeros(1), np.zeros(1))
    >>> slide_into(still, semitones=-2.0, seconds=0.1).semitones[[0, -1]].tolist()
    [-2.0, 0.0]
    """
    share = np.linspace(0.0, 1.0, 9)
    times = np.union1d(bending.times_s, share * seconds)
    slide = np.interp(times, share * seconds, semitones * (1.0 - share) ** 2)
    return Bending(times, np.interp(times, bending.times_s, bending.semitones) + slide)


def bend_note(sound: Samples, bending: Bending, rate: int) -> Samples:
    """Return a note (2, n) read with its pitch bent; its length follows.

    >>> octave_up = Bending(np.array([0.0]), np.array([12.0]))
    >>> bend_note(np.ones((2, 100), np.float32), octave_up, 48_000).shape
    (2, 50)
    """
    frames = sound.shape[1]
    slowest = 2.0 ** (min(0.0, float(bending.semitones.min())) / 12.0)
    clock = bending.clock(frames / rate / slowest + STEP_S)
    places = np.interp(np.arange(int(frames / slowest) + 1) / rate, *clock) * rate
    places = places[: np.searchsorted(places, frames - 1e-9)]
    out = np.empty((2, len(places)), np.float32)
    for start in range(0, len(places), _BLOCK):
        block = slice(start, start + _BLOCK)
        out[:, block] = _read(sound, places[block])
    return out


@lru_cache(maxsize=64)
def _kernels(band: float) -> Floats:
    """Return the sincs of a band (1 is all of it) for each fraction of a sample, shape (n, taps).

    Between neighbours of the table a kernel is interpolated, with an error near -120 dB.
    """
    width = int(np.ceil(HALF_WIDTH / band))
    fraction = np.arange(FRACTIONS + 1)[:, None] / FRACTIONS
    distance = np.arange(1 - width, width + 1) - fraction
    window = np.i0(9.0 * np.sqrt(np.clip(1.0 - (distance / width) ** 2, 0.0, 1.0)))
    kernels = np.sinc(band * distance) * window
    return np.asarray(kernels / kernels.sum(axis=1, keepdims=True), np.float64)


def _read(sound: Samples, places: Floats) -> Floats:
    """Read samples at fractional places; silence lies around them."""
    fastest = float(np.diff(places).max()) if len(places) > 1 else 1.0
    kernels = _kernels(1.0 / max(1.0, np.ceil(100.0 * (fastest - 1e-6)) / 100.0))
    width = kernels.shape[1] // 2
    whole = np.floor(places).astype(np.int64)
    fraction = (places - whole) * FRACTIONS
    row = np.minimum(fraction.astype(np.int64), FRACTIONS - 1)
    part = (fraction - row)[:, None]
    kernel = kernels[row] * (1.0 - part) + kernels[row + 1] * part
    low = int(whole[0]) + 1 - width
    padded = np.zeros((2, int(whole[-1]) + width + 1 - low))
    begin, end = max(low, 0), min(low + padded.shape[1], sound.shape[1])
    if end > begin:
        padded[:, begin - low : end - low] = sound[:, begin:end]
    near = np.lib.stride_tricks.sliding_window_view(padded, 2 * width, axis=1)
    return np.asarray(np.einsum("cnk,nk->cn", near[:, whole - whole[0]], kernel), np.float64)
