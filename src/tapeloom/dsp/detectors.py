"""How loud a side-chain is at every second sample, without the ripple of a rectifier.

Two chains of all-passes turn the sound into two signals a quarter of a cycle apart, whose squares
add up to the square of the envelope: a steady sine has a steady level, at once. One sample in two
is enough for a gain, and lets each chain work on half of the samples.

R. A. Valenzuela, A. G. Constantinides, "Digital signal processing schemes for efficient
interpolation and decimation", IEE Proceedings G 130(6), 1983: the half-band pair of all-passes,
which is turned by a quarter of the rate here.
"""

import math
from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.filters import Biquads, Section

Signal = NDArray[np.float64]
_SECTIONS = 8  # four in each chain
_LOWEST = 30.0 / 44_100.0  # of the rate: from there up the envelope ripples by 0.07 dB at most
_SILENT = 1e-60  # a state that has died away: denormal numbers are slow


def quadrature(sections: int, lowest: float) -> Signal:
    """Design a pair of all-pass chains in z^-2 whose outputs are 90 degrees apart.

    sections  in both chains together; every second one belongs to the second, delayed chain
    lowest    the band's lower end, as a part of the rate; it ends as far below half of the rate

    Returns their coefficients a, of (a - z^-2) / (1 - a z^-2).

    >>> quadrature(2, 0.05).round(4)
    array([0.3325, 0.8038])
    """
    order = 2 * sections + 1
    k = math.tan((1.0 - 2.0 * lowest) * math.pi / 4.0) ** 2
    root = (1.0 - k * k) ** 0.25
    e = 0.5 * (1.0 - root) / (1.0 + root)
    q = e + 2.0 * e**5 + 15.0 * e**9 + 150.0 * e**13
    a = np.empty(sections)
    for c in range(1, sections + 1):
        angle = c * math.pi / order
        over = sum((-1) ** i * q ** (i * (i + 1)) * math.sin((2 * i + 1) * angle) for i in range(9))
        under = sum((-1) ** i * q ** (i * i) * math.cos(2 * i * angle) for i in range(1, 9))
        w = (2.0 * q**0.25 * over / (1.0 + 2.0 * under)) ** 2
        x = math.sqrt((1.0 - w * k) * (1.0 - w / k)) / (1.0 + w)
        a[c - 1] = (1.0 - x) / (1.0 + x)
    return a


@njit(cache=True, nogil=True)
def _envelope(
    x: Signal, a: Signal, state: Signal, phase: int, peak: bool, power: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Fill power with the squared envelope at every second sample of x from `phase` on.

    power  (channels, looks), or (1, looks) for the loudest of them
    """
    a0, a1, a2, a3 = a[0], a[2], a[4], a[6]
    b0, b1, b2, b3 = a[1], a[3], a[5], a[7]
    linked = power.shape[0] == 1
    for c in range(x.shape[0]):
        s = state[c]
        p0, p1, p2, p3, p4 = s[0], s[1], s[2], s[3], s[4]
        q0, q1, q2, q3, q4 = s[5], s[6], s[7], s[8], s[9]
        between = x[c, 0] if phase == 1 else s[10]  # the sample before the one that is looked at
        sound = x[c, phase:]
        for m in range((sound.size + 1) // 2):
            u, v = sound[2 * m], between
            loudest = max(u * u, v * v) if peak else 0.0
            w = a0 * (u + p1) - p0
            p0 = u
            u = a1 * (w + p2) - p1
            p1 = w
            w = a2 * (u + p3) - p2
            p2 = u
            u = a3 * (w + p4) - p3
            p3 = w
            p4 = u
            w = b0 * (v + q1) - q0
            q0 = v
            v = b1 * (w + q2) - q1
            q1 = w
            w = b2 * (v + q3) - q2
            q2 = v
            v = b3 * (w + q4) - q3
            q3 = w
            q4 = v
            loudest = max(u * u + v * v, loudest)
            if linked and c > 0:
                power[0, m] = max(power[0, m], loudest)
            else:
                power[c, m] = loudest
            if 2 * m + 1 < sound.size:
                between = sound[2 * m + 1]
        s[0], s[1], s[2], s[3], s[4] = p0, p1, p2, p3, p4
        s[5], s[6], s[7], s[8], s[9] = q0, q1, q2, q3, q4
        s[10] = between
        for k in range(11):
            if -_SILENT < s[k] < _SILENT:
                s[k] = 0.0


class Detector:
    """The squared envelope of a side-chain at every second sample, for each gain that follows it.

    A sine has the square of its peak. With `peak` no single sample is overheard, whatever the
    envelope is; without it a crest counts for no more than its power.

    >>> x = 0.5 * np.sin(2 * np.pi * 1000 / 44100 * np.arange(4410))[None]
    >>> bool(abs(Detector(1).powers(x)[0, -500:] - 0.25).max() < 0.004)
    True
    """

    def __init__(
        self, channels: int, *, peak: bool = True, sections: Sequence[Section] = ()
    ) -> None:
        self._channels, self._peak = channels, peak
        self._coefficients = quadrature(_SECTIONS, _LOWEST)
        self._states: dict[int, Signal] = {}  # by the number of channels that are heard
        self._filters: dict[int, Biquads] = {}
        self._sections = tuple(sections)

    def filter(self, sections: Sequence[Section]) -> None:
        """Hear the side-chain through other filters from here on."""
        same = len(sections) == len(self._sections)
        if not (same and all(map(np.array_equal, sections, self._sections))):
            self._sections, self._filters = tuple(sections), {}

    def powers(
        self, heard: Signal, phase: int = 0, *, link: float | Signal = 1.0, split: bool = False
    ) -> Signal:
        """Return (gains, looks): one row for all channels, or one for each where they are split.

        phase  the first sample that is looked at, 0 or 1; then every second one
        link   0..1: how far each channel's row is the loudest channel's
        """
        channels, frames = heard.shape
        x = self._filter(channels).process(heard) if self._sections else heard
        apart = split and channels == self._channels
        power = np.empty((channels if apart else 1, (frames + 1 - phase) // 2))
        if frames:
            if channels not in self._states:
                self._states[channels] = np.zeros((channels, 11))
            _envelope(x, self._coefficients, self._states[channels], phase, self._peak, power)
        if apart:
            power += link * (power.max(axis=0) - power)
        return np.repeat(power, self._channels, axis=0) if split and not apart else power

    def _filter(self, channels: int) -> Biquads:
        if channels not in self._filters:
            self._filters[channels] = Biquads(self._sections, channels=channels)
        return self._filters[channels]
