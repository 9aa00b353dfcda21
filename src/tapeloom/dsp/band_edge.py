"""The upper edge of the band, taken away around peaks that it makes uncertain.

No interpolator of finite length knows how high sound at the very edge of the band rises between the
samples. A linear-phase filter tells how much of it there is; where it might lift a peak over a
ceiling, it is faded out for some hundreds of samples, of which nobody hears anything.
"""

from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.lookahead import Window
from tapeloom.dsp.moving import moving_max, moving_mean

Signal = NDArray[np.float64]
_EDGE_TAPS = 127
_EDGE_WIDTH = 0.018  # of the rate: half of what is lowered at its edge
_RAMP, _HOLD = 96, 400  # samples in which the edge is faded, and for which it stays away
_AROUND = 48  # samples on either side in which the edge's envelope is looked for
_DOUBT = 3.0  # times its envelope, the edge may move a peak
NEAR = 0.7  # of the ceiling: under it no peak can be taken for one above
LATENCY = 2 * _RAMP + _HOLD  # at least: what is taken away is so long


@lru_cache
def edge_filter() -> NDArray[np.float64]:
    """Design a linear-phase filter for what lies at the upper edge of the band.

    >>> taps = edge_filter()
    >>> taps.size, round(abs(float(taps @ (-1.0) ** np.arange(127))), 3)
    (127, 1.0)
    """
    n = np.arange(_EDGE_TAPS) - _EDGE_TAPS // 2
    low = np.sinc(2.0 * _EDGE_WIDTH * n) * np.kaiser(_EDGE_TAPS, 6.0)
    taps = low / low.sum() * np.where(n % 2, -1.0, 1.0)
    taps.setflags(write=False)
    return np.asarray(taps)


@njit(cache=True, nogil=True)
def _filter_symmetric(
    x: NDArray[np.float64], taps: NDArray[np.float64], out: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Set out[n] to the sum of taps[k] x[n + k], where the taps are an odd number and symmetric."""
    middle = taps.size // 2
    for start in range(0, out.size, 512):
        y = out[start : start + 512]
        for n in range(y.size):
            y[n] = taps[middle] * x[start + middle + n]
        for k in range(middle):
            tap = taps[k]
            earlier = x[start + k : start + k + y.size]
            later = x[start + taps.size - 1 - k : start + taps.size - 1 - k + y.size]
            for n in range(y.size):
                y[n] += tap * (earlier[n] + later[n])


class Edge:
    """Takes the edge of the band away around peaks that may with it lie over the ceiling.

    behind   how many samples ago the peaks are that it is told
    latency  how many samples ago, behind them, it works: LATENCY or more
    """

    def __init__(self, *, behind: int, latency: int) -> None:
        self._fade = Window(_RAMP, 2 * (latency - 2 * _RAMP + 2))
        self._behind, self._latency = behind, latency
        self.reach = 2 * _EDGE_TAPS

    def take(self, joined: Signal, late: Signal, peaks: Signal, ceiling: float) -> Signal:
        """Return `late` without the edge where it must go.

        joined  all that is known, from `reach` samples before `late` on
        late    the samples `behind` and `latency` ago
        peaks   those of samples `behind` ago
        """
        near = peaks > NEAR * ceiling
        concern = np.zeros(peaks.size)
        begin = joined.shape[1] - peaks.size - self._behind
        for first, end in _stretches(near):
            size = np.abs(_edge_of(joined, begin + first - _AROUND, end - first + 2 * _AROUND))
            # What an interpolator misses is about as large as the edge itself.
            envelope = moving_max(size.max(axis=0), 2 * _AROUND + 1)
            doubtful = peaks[first:end] + _DOUBT * envelope > ceiling
            concern[first:end] = near[first:end] & doubtful
        fade = self._fade.smooth(self._fade.hold(concern))
        if not fade.any():
            return late
        begin -= self._latency
        fade *= _beside_silence(joined, begin, peaks.size)
        late = late.copy()
        for first, end in _stretches(fade > 0.0):
            edge = _edge_of(joined, begin + first, end - first)
            late[:, first:end] -= fade[first:end] * edge
        return late


def _stretches(holds: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return (begin, end) of the stretches in which a condition holds, near ones as one."""
    at = np.flatnonzero(holds)
    if not at.size:
        return []
    ends = np.flatnonzero(np.diff(at) > 2 * _EDGE_TAPS)
    firsts = np.concatenate(([0], ends + 1))
    lasts = np.concatenate((ends, [at.size - 1]))
    return [(int(at[i]), int(at[j]) + 1) for i, j in zip(firsts, lasts, strict=True)]


def _edge_of(x: Signal, begin: int, length: int) -> Signal:
    """Return the edge of the band of x[:, begin : begin + length]."""
    first = begin - _EDGE_TAPS // 2
    out = np.empty((len(x), length))
    for channel, edge in zip(x, out, strict=True):
        _filter_symmetric(channel[first : first + length + _EDGE_TAPS - 1], edge_filter(), edge)
    return out


def _beside_silence(x: Signal, begin: int, length: int) -> Signal:
    """Return 1 for x[:, begin : begin + length], less within 64 samples of digital silence.

    In silence itself it is 0: where sound begins or stops at once the filter would ring into
    silence, and whoever cuts the silence off would cut the ringing.
    """
    run, ramp = _EDGE_TAPS // 2 + 1, _EDGE_TAPS // 2 + 2
    around = run + ramp - 2
    sounds = (x[:, begin - around : begin + length + around] != 0.0).any(axis=0)
    if sounds.all():
        return np.ones(length)
    runs = 1.0 - moving_max(sounds.astype(np.float64), run)
    silent = moving_max(moving_max(runs, run), ramp)
    return 1.0 - moving_mean(silent, ramp)
