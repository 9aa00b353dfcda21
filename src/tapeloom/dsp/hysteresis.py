"""Magnetic hysteresis of tape, after Jiles and Atherton.

    M_an = L(H),   L(x) = coth x - 1 / x
    dM_irr / dH = (M_an - M_irr) / (delta k), or 0 against delta
    M = c M_an + (1 - c) M_irr

in units where the tape saturates at M = 1 and L's argument needs no scale; delta is the direction
in which the field H goes. D. C. Jiles, D. L. Atherton, "Theory of ferromagnetic hysteresis",
J. Magn. Magn. Mater. 61, 1986; J. Chowdhury, "Real-time Physical Modelling for Analog Tape
Machines", DAFx-19, whose equation for dM/dt is the same with M_irr eliminated. The coupling alpha
of the domains is left out: on tape (1.6e-3) it adds less than 1 % to H. Since H alone drives the
model, each step is taken along H, by the exponential midpoint rule, which is of second order and
stable for any step, where Runge-Kutta needs small ones.
"""

import math
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.followers import smoothing
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.ranges import check_ranges

Signal = NDArray[np.float64]
VU_PEAK = db_to_gain(-15.0)  # the peak of a sine at 0 VU: -18 dBFS RMS
REACH_HZ = 705_600.0  # the loop's corners need a high rate
_FIELD = 4.8  # H of full scale at drive 0 dB: 1.2 % of third harmonic at 0 VU
_K = 1.0  # the coercive field there
_STEPS = 16.0  # of the table, for each unit
_REACH = 64.0  # where L is taken as level
_GLIDE_MS = 5.0
_CHUNK = 512
TAPE_RANGES = {
    "drive_db": (-30.0, 36.0),
    "bias": (0.05, 1.0),
    "saturation": (0.0, 1.0),
}


@lru_cache
def langevin_table() -> Signal:
    """Return rows of L, scaled slope, and the two coefficients of a cubic up to the next row.

    >>> L = langevin_table()[16 * 3, 0]
    >>> round(float(L), 6), round(1 / math.tanh(3.0) - 1 / 3.0, 6)
    (0.671636, 0.671636)
    """
    x = np.arange(1, round(_REACH * _STEPS) + 1) / _STEPS
    value = np.concatenate(([0.0], 1.0 / np.tanh(x) - 1.0 / x))
    # L' = 1 - L^2 - 2 L / x
    slope = np.concatenate(([1.0 / 3.0], 1.0 - value[1:] ** 2 - 2.0 * value[1:] / x)) / _STEPS
    rise = np.diff(value)
    square = 3.0 * rise - 2.0 * slope[:-1] - slope[1:]
    cube = slope[:-1] + slope[1:] - 2.0 * rise
    table = np.column_stack((value[:-1], slope[:-1], square, cube))
    table.setflags(write=False)
    return table


@njit(cache=True, nogil=True)
def _anhysteretic(h: Signal, table: Signal, out: Signal) -> None:  # pragma: no cover - compiled
    """Write L(h) to out."""
    last = (table.shape[0] - 1) + 0.999
    for n in range(h.size):
        size = min(abs(h[n]) * _STEPS, last)
        row = int(size)
        f = size - row
        y = table[row, 0] + f * (table[row, 1] + f * (table[row, 2] + f * table[row, 3]))
        out[n] = y if h[n] >= 0.0 else -y


@njit(cache=True, nogil=True)
def _approach(
    h: Signal, an: Signal, k: Signal, aims: Signal, shares: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Write what M_irr goes towards in each step, and by which share: below 0 where H falls."""
    for n in range(shares.size):
        aims[n] = 0.5 * (an[n] + an[n + 1])
    for n in range(shares.size):
        # 1 - exp(-d / k), 1 / exp by its series: second order, never over 1
        step = h[n + 1] - h[n]
        even = (k[n] + 0.5 * abs(step)) * step
        shares[n] = even / (k[n] * k[n] + abs(even))


@njit(cache=True, nogil=True)
def _irreversible(
    aims: Signal, shares: Signal, m: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Follow the aims (pair, n) by shares, but only in the field's direction; m holds the start."""
    p, q = m[0, 0], m[1, 0]
    for n in range(aims.shape[1]):
        # Both channels together: their recurrences overlap in the processor.
        d, e = abs(shares[0, n]), abs(shares[1, n])
        u = (1.0 - d) * p + d * aims[0, n]
        v = (1.0 - e) * q + e * aims[1, n]
        if (u > p) == (shares[0, n] > 0.0):
            p = u
        if (v > q) == (shares[1, n] > 0.0):
            q = v
        m[0, n], m[1, n] = p, q


@njit(cache=True, nogil=True)
def _weigh(
    y: Signal, an: Signal, irreversible: Signal, own: Signal, gains: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Write M, scaled, to y."""
    for n in range(y.size):
        m = irreversible[n]
        y[n] = gains[n] * (m + own[n] * (an[n] - m))


@njit(cache=True, nogil=True)
def _magnetise(
    x: Signal, table: Signal, now: Signal, aim: Signal, glide: float, state: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Turn x (channels, n) into the tape's magnetisation, in place.

    now    field of full scale, k, c, gain times field; they glide to `aim`
    state  (channels, 3): H, M_an, M_irr
    """
    settings, gains = np.empty((4, _CHUNK)), np.empty(_CHUNK)
    h, an = np.empty(_CHUNK + 1), np.empty((2, _CHUNK + 1))
    aims, shares, m = np.zeros((2, _CHUNK)), np.zeros((2, _CHUNK)), np.zeros((2, _CHUNK))
    for start in range(0, x.shape[1], _CHUNK):
        count = min(_CHUNK, x.shape[1] - start)
        for p in range(4):
            value = now[p]
            if value == aim[p]:
                settings[p, :] = value
                continue
            for n in range(count):
                value += glide * (aim[p] - value)
                settings[p, n] = value
            now[p] = value if abs(aim[p] - value) > 1e-9 * abs(aim[p]) else aim[p]
        gains[:count] = settings[3, :count] / settings[0, :count]
        for first in range(0, x.shape[0], 2):
            pair = min(2, x.shape[0] - first)
            for c in range(pair):
                s, y = state[first + c], x[first + c, start : start + count]
                h[0], an[c, 0], m[c, 0] = s[0], s[1], s[2]
                h[1 : count + 1] = settings[0, :count] * y
                _anhysteretic(h[1 : count + 1], table, an[c, 1 : count + 1])
                _approach(h, an[c], settings[1], aims[c, :count], shares[c, :count])
                s[0], s[1] = h[count], an[c, count]
            _irreversible(aims[:, :count], shares[:, :count], m)
            for c in range(pair):
                state[first + c, 2] = m[c, count - 1]
                y = x[first + c, start : start + count]
                _weigh(y, an[c, 1:], m[c], settings[2], gains)


@lru_cache(maxsize=64)
def _settings(drive_db: float, bias: float, saturation: float) -> Signal:
    """Return the kernel's four numbers; the gain keeps a tone at 0 VU at its level."""
    # M_s falls from 2 to 1/2; H and k are in units of a, which goes with M_s.
    scale = 4.0 ** (saturation - 0.5)
    # With more bias the tape follows M_an, without a loop: c goes to 1.
    numbers = np.array(
        [scale * _FIELD * db_to_gain(drive_db), scale * _K, min(math.sqrt(bias), 0.99), 1.0]
    )
    turn = 2.0 * np.pi * np.arange(3 * 256) / 256
    tone = VU_PEAK * np.sin(turn)[None]
    _magnetise(tone, langevin_table(), numbers.copy(), numbers, 0.0, np.zeros((1, 3)))
    level = abs(np.exp(-1j * turn[512:]) @ tone[0, 512:]) / 128.0
    numbers[3] *= VU_PEAK / level
    return numbers


class Hysteresis:
    """The tape itself: what the record head's field leaves, in blocks at a high rate.

    drive_db    how much hotter than usual it is recorded, -30..36; 0 VU comes out as 0 VU
    bias        0.05..1: little leaves the whole loop (a dead zone at each turn), 1 none
    saturation  0..1: how soon it is full, for the same loop; 1/2 is usual

    >>> tape = Hysteresis(352_800, 1)
    >>> y = 0.1 * np.sin(np.arange(8 * 441) * 2 * np.pi / 441)[None]
    >>> tape.process(y)
    >>> bool(0.09 < y.max() < 0.11)
    True
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        drive_db: float = 0.0,
        bias: float = 0.7,
        saturation: float = 0.5,
    ) -> None:
        self.retune(drive_db=drive_db, bias=bias, saturation=saturation)
        self._now = self._aim.copy()
        self._glide = smoothing(_GLIDE_MS, rate)
        self._state = np.zeros((channels, 3))

    def retune(self, *, drive_db: float, bias: float, saturation: float) -> None:
        """Glide to other settings."""
        told = {"drive_db": drive_db, "bias": bias, "saturation": saturation}
        check_ranges(told, TAPE_RANGES)
        self._aim = _settings(drive_db, bias, saturation)

    def process(self, fast: Signal) -> None:
        """Magnetise (channels, samples) in place."""
        _magnetise(fast, langevin_table(), self._now, self._aim, self._glide, self._state)
