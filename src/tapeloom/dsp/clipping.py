"""Where audio is clipped, and where it passes full scale between its samples."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.oversampling import PeaksBetween

FULL_SCALE = 1.0 - 2.0**-15  # the largest step of 16 bits, the lower of its two ends
CLIPPED_SAMPLES = 3  # in a row: fewer are peaks that happen to end there
OVER = 1.001  # 0.01 dB: what is found between samples is exact to that
JOINED_S = 0.001  # overs nearer to each other are one
MOST_PLACES = 1000  # that are remembered; all are counted


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of samples, in samples from the beginning."""

    start: int
    length: int
    channel: int | None = None  # None: of any channel
    peak: float = 1.0  # the largest magnitude in it; 1 is full scale


@dataclass(frozen=True, slots=True)
class Places:
    """How many stretches were found, how many samples they have, and the first of them."""

    count: int
    samples: int
    longest: int
    places: tuple[Place, ...]


class _Runs:
    """Stretches in which a condition holds, over blocks; gaps of up to `join` samples are bridged.

    Stretches shorter than `least` are left out.
    """

    def __init__(self, *, least: int = 1, join: int = 0, channel: int | None = None) -> None:
        self._least, self._join, self._channel = least, join, channel
        self._open: Place | None = None
        self._frames = 0
        self.count = self.samples = self.longest = 0
        self.places: list[Place] = []

    def push(self, holds: NDArray[np.bool_], size: NDArray[Any]) -> None:
        """Take whether the condition holds for the next samples, and their magnitudes."""
        if holds.any():
            edges = np.flatnonzero(np.diff(holds, prepend=False, append=False)).reshape(-1, 2)
            for first, end in edges.tolist():
                self._add(self._frames + first, end - first, float(size[first:end].max()))
        self._frames += holds.size

    def _add(self, start: int, length: int, peak: float) -> None:
        before = self._open
        if before is not None and start - (before.start + before.length) <= self._join:
            length += start - before.start
            self._open = Place(before.start, length, self._channel, max(peak, before.peak))
            return
        self._close()
        self._open = Place(start, length, self._channel, peak)

    def _close(self) -> None:
        if self._open is not None and self._open.length >= self._least:
            self.count += 1
            self.samples += self._open.length
            self.longest = max(self.longest, self._open.length)
            if len(self.places) < MOST_PLACES:
                self.places.append(self._open)
        self._open = None

    def read(self) -> Places:
        """Return what was found; a stretch that goes on counts as it is."""
        goes_on = self._open
        before = (self.count, self.samples, self.longest, list(self.places))
        self._close()
        found = Places(self.count, self.samples, self.longest, tuple(self.places))
        self.count, self.samples, self.longest, self.places = before
        self._open = goes_on
        return found


class ClipMeter:
    """Finds runs of samples at full scale in each channel, as blocks are pushed in.

    >>> meter = ClipMeter(1)
    >>> meter.push(np.clip(2.0 * np.sin(np.arange(100) * 0.1), -1, 1)[None])
    >>> meter.read().count, meter.read().longest
    (3, 21)
    """

    def __init__(
        self, channels: int, *, level: float = FULL_SCALE, least: int = CLIPPED_SAMPLES
    ) -> None:
        self._level = level
        self._runs = [_Runs(least=least, channel=channel) for channel in range(channels)]

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples)."""
        size = np.abs(block)
        for runs, each in zip(self._runs, size, strict=True):
            runs.push(each >= self._level, each)

    def read(self) -> Places:
        """Return what was found so far, in all channels, by time."""
        found = [runs.read() for runs in self._runs]
        places = sorted((place for each in found for place in each.places), key=_begin)
        return Places(
            sum(each.count for each in found),
            sum(each.samples for each in found),
            max((each.longest for each in found), default=0),
            tuple(places[:MOST_PLACES]),
        )


def _begin(place: Place) -> int:
    return place.start


class OverMeter:
    """Finds where the signal passes full scale between (or on) its samples.

    >>> meter = OverMeter(44100, 1)
    >>> meter.push(np.where(np.arange(2000) % 1000 // 2 == 250, 0.9, 0.0)[None]); meter.finish()
    >>> [(place.start, round(place.peak, 2)) for place in meter.read().places]
    [(500, 1.15), (1500, 1.15)]
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._finder = PeaksBetween(channels)
        self._runs = _Runs(join=round(JOINED_S * rate))
        self._channels = channels
        self._pending = self._finder.latency  # peaks that lie before the first sample

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples)."""
        peaks = self._finder.process(block, floor=OVER)
        early = min(self._pending, peaks.size)
        self._pending -= early
        self._runs.push(peaks[early:] > OVER, peaks[early:])

    def finish(self) -> None:
        """Take the last samples as if silence followed; nothing may be pushed afterwards."""
        self.push(np.zeros((self._channels, self._finder.latency)))

    def read(self) -> Places:
        """Return what was found so far; the last 6 ms count once it is finished."""
        return self._runs.read()
