"""Looking between the samples: what true peak is measured and limited by.

A stretch is skipped where its samples and their second differences prove that nothing in it can
pass what is looked for; elsewhere it is interpolated to twice the rate, and where that leaves doubt
to eight or sixteen times.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.interpolation import MARGIN, SHORT_TAPS, Interpolation, interpolation

_CHUNK = 64  # samples that are interpolated or skipped together
_MARGIN = MARGIN - 1  # samples beyond a chunk that its points at twice the rate are known for


@njit(cache=True, nogil=True)
def _survey(
    x: NDArray[np.float32], tops: NDArray[np.float32], bends: NDArray[np.float32]
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Find the largest magnitude and second difference of every _CHUNK samples."""
    zero = np.float32(0.0)
    for chunk in range(tops.size):
        top = bend = zero
        for n in range(chunk * _CHUNK, min(x.size, (chunk + 1) * _CHUNK)):
            top = max(top, abs(x[n]))
            if 0 < n < x.size - 1:
                bend = max(bend, abs((x[n + 1] - x[n]) - (x[n] - x[n - 1])))
        tops[chunk], bends[chunk] = top, bend


@njit(cache=True, nogil=True)
def _double(
    x: NDArray[np.float32], half: NDArray[np.float32], twice: NDArray[np.float32]
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Set `twice` to x from its sample half.size / 2 - 1 on, at twice the rate."""
    folded = half.size // 2
    width = twice.size // 2
    sums = np.zeros(width, x.dtype)
    for k in range(0, folded, 2):
        # Two taps a pass: the sums are loaded and stored half as often.
        one, two = half[folded + k], half[folded + k + 1]
        earlier = x[folded - k - 2 : folded - k + width - 1]
        later = x[folded + k : folded + k + width + 1]
        for n in range(width):
            sums[n] += one * (earlier[n + 1] + later[n]) + two * (earlier[n] + later[n + 1])
    for n in range(width):
        twice[2 * n], twice[2 * n + 1] = x[folded - 1 + n], sums[n]


@njit(cache=True, nogil=True)
def _refine(
    twice: NDArray[np.float32], between: NDArray[np.float32], fine: NDArray[np.float32]
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Set fine[n, p] to the magnitude p / phases of the way from twice[n + 5] to the next."""
    points, phases = fine.shape
    sums = np.empty(points, twice.dtype)
    for p in range(phases):
        sums[:] = 0.0
        for k in range(0, between.shape[1], 4):
            a, b, c, d = between[p, k], between[p, k + 1], between[p, k + 2], between[p, k + 3]
            near = twice[k : k + points + 3]
            for n in range(points):
                sums[n] += a * near[n] + b * near[n + 1] + c * near[n + 2] + d * near[n + 3]
        for n in range(points):
            fine[n, p] = abs(sums[n])


@njit(cache=True, nogil=True)
def _settle(
    line: NDArray[np.float32], each: int, floor: float, follows: bool, peaks: NDArray[np.float64]
) -> float:  # pragma: no cover - compiled; tested through py_func
    """Raise peaks[n] to the top of line[(n + 1) * each : (n + 2) * each], and the floor to it."""
    slack = 1.0 / np.cos(np.pi / (2 * each))
    for n in range(peaks.size):
        begin = (n + 1) * each
        highest, at = np.float32(peaks[n]), 0
        for i in range(begin, begin + each):
            if line[i] > highest:
                highest, at = line[i], i
        if slack * highest <= floor or not at:
            continue
        top, before, after = float(highest), float(line[at - 1]), float(line[at + 1])
        curve = 2.0 * top - before - after
        if before <= top and after <= top and curve > 0.0:
            # The top of the parabola through three points.
            top += (after - before) ** 2 / (8.0 * curve)
        peaks[n] = top
        if follows and top > floor:
            floor = top
    return floor


@njit(cache=True, nogil=True)
def _raise_peaks(
    x: NDArray[np.float32],
    half: NDArray[np.float32],
    between: NDArray[np.float32],
    half_bound: float,
    between_bound: float,
    floor: float,
    follows: bool,
    peaks: NDArray[np.float64],
) -> float:  # pragma: no cover - compiled; tested through py_func
    """Raise `peaks[n]` to the largest magnitude from x[n + reach] up to the next sample.

    Stretches that cannot exceed `floor` are skipped. If it `follows`, the floor rises to the
    largest magnitude found. Returns the floor.
    """
    reach = half.size // 2 + _MARGIN + 1
    phases = between.shape[0]
    # Between the finest points a tone at half of the rate may be higher by so much.
    slack = 1.0 / np.cos(np.pi / (4 * phases))
    chunks = -(-x.size // _CHUNK)
    tops, bends = np.empty(chunks, x.dtype), np.empty(chunks, x.dtype)
    _survey(x, tops, bends)
    twice = np.empty(2 * (_CHUNK + 2 * _MARGIN), x.dtype)
    fine = np.empty((2 * (_CHUNK + 2), phases), x.dtype)
    for start in range(0, peaks.size, _CHUNK):
        count = min(_CHUNK, peaks.size - start)
        first = start + reach
        top = bend = np.float32(0.0)
        for chunk in range(first // _CHUNK, (first + count) // _CHUNK + 1):
            top = max(top, tops[chunk])
        for chunk in range(start // _CHUNK, min(chunks - 1, (first + count + reach) // _CHUNK) + 1):
            bend = max(bend, bends[chunk])
        if slack * (top + half_bound * bend) <= floor:
            continue
        # At twice the rate, from _MARGIN samples before the chunk to as many behind it.
        length = 2 * (count + 2 * _MARGIN)
        _double(x[first - _MARGIN - half.size // 2 + 1 :], half, twice[:length])
        bend = np.float32(0.0)
        for n in range(1, length - 1):
            bend = max(bend, abs((twice[n + 1] - twice[n]) - (twice[n] - twice[n - 1])))
        # The stretch whose finest points may lie over the floor.
        least = floor / slack - between_bound * bend
        low, high = count, -1
        for n in range(count):
            i = 2 * (_MARGIN + n)
            if max(abs(twice[i]), abs(twice[i + 1]), abs(twice[i + 2])) > least:
                low, high = min(low, n), n
        if high < 0:
            continue
        # With a sample more on either side, whose points are the neighbours of the stretch's.
        points = 2 * (high - low + 3)
        i = 2 * (_MARGIN + low - 1) - SHORT_TAPS // 2 + 1
        _refine(twice[i : i + points + SHORT_TAPS - 1], between, fine[:points])
        stretch = peaks[start + low : start + high + 1]
        floor = _settle(fine.reshape(-1), 2 * phases, floor, follows, stretch)
    return floor


def peaks_between(
    x: NDArray[Any], filters: Interpolation, *, floor: float, follows: bool = False
) -> tuple[NDArray[np.float64], float]:
    """Return the largest magnitude of any channel from each sample up to the next, and the floor.

    x        (channels, samples + 2 * filters.reach); the result is for the samples in the middle
    floor    magnitudes up to it may be told as 0
    follows  whether the floor rises to the largest that is found

    Computed in single precision, which is to 0.00001 dB.

    >>> filters = interpolation(64, 4)
    >>> tone = np.sin(np.pi / 4 + np.pi / 2 * np.arange(100 + 2 * filters.reach))[None]
    >>> peaks, highest = peaks_between(tone, filters, floor=0.0, follows=True)
    >>> peaks.shape, round(highest, 2)
    ((100,), 1.0)
    """
    peaks = np.zeros(x.shape[1] - 2 * filters.reach)
    for channel in np.ascontiguousarray(x, np.float32):
        floor = float(
            _raise_peaks(channel, filters.half, filters.between, filters.half_bound,
                         filters.between_bound, floor, follows, peaks)
        )  # fmt: skip
    return peaks, floor


class TruePeak:
    """The largest magnitude of the signal between its samples, over blocks.

    Maxima are settled at 16 times the rate and by a parabola.

    >>> tone = np.sin(np.pi / 4 + np.pi / 2 * np.arange(4000))[None]
    >>> meter = TruePeak(1)
    >>> meter.push(tone * np.hanning(4000))
    >>> round(float(abs(tone).max()), 3), round(meter.read(), 2)
    (0.707, 1.0)
    """

    def __init__(self, channels: int) -> None:
        self._filters = interpolation(512, 8)
        self._history = np.zeros((channels, 2 * self._filters.reach), np.float32)
        self._largest = 0.0

    def push(self, block: NDArray[Any]) -> None:
        """Take the next (channels, samples)."""
        x = np.concatenate((self._history, block), axis=1, dtype=np.float32)
        self._history = x[:, x.shape[1] - self._history.shape[1] :].copy()
        self._largest = self._follow(x)

    def read(self) -> float:
        """Return the largest magnitude so far, as if silence followed."""
        return self._follow(np.pad(self._history, ((0, 0), (0, self._history.shape[1]))))

    def _follow(self, x: NDArray[np.float32]) -> float:
        return peaks_between(x, self._filters, floor=self._largest, follows=True)[1]


class PeaksBetween:
    """The largest magnitude of any channel between each sample and the next, over blocks.

    >>> finder = PeaksBetween(2)
    >>> finder.latency, finder.process(np.ones((2, 400)), floor=0.5).shape
    (261, (400,))
    """

    def __init__(self, channels: int) -> None:
        self._filters = interpolation(512, 8)
        self.latency = self._filters.reach
        self._history = np.zeros((channels, 2 * self.latency), np.float32)

    def process(self, block: NDArray[Any], *, floor: float) -> NDArray[np.float64]:
        """Return the peaks of samples `latency` ago; up to `floor` they may be told as 0."""
        x = np.concatenate((self._history, block), axis=1, dtype=np.float32)
        self._history = x[:, block.shape[1] :].copy()
        return peaks_between(x, self._filters, floor=floor)[0]
