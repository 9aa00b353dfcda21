"""A triode stage: second harmonics, a grid that draws current and a bias that shifts with it.

    E = Vp / Kp ln(1 + exp(Kp (1 / mu + Vg / sqrt(Kvb + Vp^2)))),   Ip = 2 E^x / Kg

N. Koren, "Improved vacuum-tube models for SPICE simulations", Glass Audio 8(5), 1996, with his
figures for a 12AX7; the plate voltage is solved once on its load line, so that the stage is a
curve. A grid over 0 V draws current through the coupling capacitor and pulls the bias down.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.filters import Biquads, high_pass
from tapeloom.dsp.followers import smoothing
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.ranges import check_ranges
from tapeloom.dsp.resampled import Oversampled, factor_for

Signal = NDArray[np.float64]
_MU, _X, _KG, _KP, _KVB = 100.0, 1.4, 1060.0, 600.0, 300.0
_SUPPLY_V, _LOAD_OHM = 300.0, 100_000.0
_LOW_V, _HIGH_V, _STEPS = -8.0, 8.0, 64.0  # the table: volts at the grid, rows to the volt
_VOLTS = 1.6  # at the grid, of full scale at drive 0 dB
_KNEE_V = 0.25  # how softly the grid begins to conduct
_GRID = 0.35  # what is left of a swing over 0 V when the grid conducts
_CHARGE_MS, _GLIDE_MS = 4.0, 5.0
_RANGES = {
    "drive_db": (-30.0, 36.0),
    "bias_v": (-3.0, -0.3),
    "grid": (0.0, 1.0),
    "recover_ms": (5.0, 2000.0),
}


def plate_current(grid_v: Signal, plate_v: Signal) -> Signal:
    """Return a 12AX7's plate current in amperes.

    >>> float(plate_current(np.array([-1.0]), np.array([200.0]))[0].round(5))
    0.00194
    """
    inner = _KP * (1.0 / _MU + grid_v / np.sqrt(_KVB + plate_v**2))
    e = plate_v / _KP * np.logaddexp(0.0, inner)
    return np.asarray(2.0 * np.maximum(e, 0.0) ** _X / _KG)


def conducting_grid(grid_v: Signal) -> Signal:
    """Return the grid's voltage where what drives it is held back over 0 V.

    >>> conducting_grid(np.array([-4.0, 4.0])).round(3).tolist()
    [-4.0, 1.4]
    """
    over = _KNEE_V * np.logaddexp(0.0, grid_v / _KNEE_V)
    return np.asarray(grid_v - (1.0 - _GRID) * over)


@lru_cache
def stage_table() -> Signal:
    """Return rows of a cubic from the driving voltage to the plate's, upside down, in volts.

    >>> table = stage_table()
    >>> gain = (table[round(7 * 64), 0] - table[round(6 * 64), 0])
    >>> bool(50 < gain < 80)  # a 12AX7 amplifies about 60 times
    True
    """
    count = round((_HIGH_V - _LOW_V) * _STEPS) + 3
    grid_v = conducting_grid(_LOW_V + (np.arange(count) - 1) / _STEPS)
    low, high = np.zeros(count), np.full(count, _SUPPLY_V)
    for _ in range(60):
        middle = 0.5 * (low + high)
        too_low = middle + _LOAD_OHM * plate_current(grid_v, middle) < _SUPPLY_V
        low, high = np.where(too_low, middle, low), np.where(too_low, high, middle)
    y = -0.5 * (low + high)
    slope = 0.5 * (y[2:] - y[:-2])
    rise = np.diff(y[1:-1])
    square = 3.0 * rise - 2.0 * slope[:-1] - slope[1:]
    cube = slope[:-1] + slope[1:] - 2.0 * rise
    table = np.column_stack((y[1:-2], slope[:-1], square, cube))
    table.setflags(write=False)
    return table


@njit(cache=True, nogil=True)
def _plate(grid_v: float, table: Signal) -> float:  # pragma: no cover - compiled
    size = min(max((grid_v - _LOW_V) * _STEPS, 0.0), table.shape[0] - 1e-6)
    row = int(size)
    f = size - row
    return float(table[row, 0] + f * (table[row, 1] + f * (table[row, 2] + f * table[row, 3])))


@njit(cache=True, nogil=True)
def _amplify(
    x: Signal, table: Signal, now: Signal, aim: Signal, steps: Signal, state: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Turn x (channels, n) into the plate's voltage, in place.

    now    volts of full scale, bias, slope, share of the grid's current
    aim    where they glide to
    steps  of the glide, of the charge, of the discharge
    state  (channels,): by how many volts the bias is pulled down
    """
    for n in range(x.shape[1]):
        for p in range(now.size):
            now[p] += steps[0] * (aim[p] - now[p])
        for channel in range(x.shape[0]):
            # Against where it would rest just now: the capacitor behind passes no slow shift.
            rest_v = now[1] - state[channel]
            v = rest_v + now[0] * x[channel, n]
            x[channel, n] = (_plate(v, table) - _plate(rest_v, table)) / (now[2] * now[0])
            over = max(0.0, v) * now[3]
            pull = over * over / (over + 0.25)
            state[channel] += steps[1] * pull - steps[2] * state[channel]
            if state[channel] < 1e-30:
                state[channel] = 0.0


class Triode:
    """The stage at work over blocks; soft sounds keep their level.

    drive_db    how hard the grid is driven, -30..36
    bias_v      the grid's rest, -3..-0.3: nearer to 0 the bottom, further away the top is cut
    grid        0..1: how much of the grid's current shifts the bias
    recover_ms  in which the bias comes back

    >>> y = Triode(44100, 1).process(0.3 * np.sin(np.arange(4410) * 2 * np.pi / 44.1)[None])
    >>> levels = np.abs(np.fft.rfft(y[0, 2205:]))  # 20 Hz apart
    >>> bool(levels[100] > 5 * levels[150])  # the second harmonic above the third
    True
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        drive_db: float = 0.0,
        bias_v: float = -1.2,
        grid: float = 0.5,
        recover_ms: float = 60.0,
    ) -> None:
        factor = factor_for(rate)
        self._fast = factor * rate
        self._up = Oversampled(channels, factor=factor)
        self.latency = self._up.latency
        self._coupling = Biquads([high_pass(8.0, rate)], channels=channels)
        self._state = np.zeros(channels)
        self._steps = np.array(
            [smoothing(_GLIDE_MS, self._fast), smoothing(_CHARGE_MS, self._fast), 0.0]
        )
        self._told = {
            "drive_db": drive_db,
            "bias_v": bias_v,
            "grid": grid,
            "recover_ms": recover_ms,
        }
        self.retune()
        self._now = self._aim.copy()

    def retune(self, **settings: float) -> None:
        """Glide to other settings, by their names."""
        told = {**self._told, **settings}
        check_ranges(told, _RANGES)
        self._told, bias_v = told, told["bias_v"]
        volts = _VOLTS * db_to_gain(told["drive_db"])
        # The slope at rest: soft sounds come out as loud.
        at = (bias_v - _LOW_V) * _STEPS
        row, f = int(at), at - int(at)
        first, second, third = (float(value) for value in stage_table()[row, 1:])
        slope = (first + f * (2.0 * second + 3.0 * f * third)) * _STEPS
        self._aim = np.array([volts, bias_v, slope, told["grid"]])
        self._steps[2] = smoothing(told["recover_ms"], self._fast)

    def process(self, block: NDArray[Any]) -> Signal:
        """Return the amplified (channels, samples), `latency` samples late."""
        return self._coupling.process(self._up.process(block, self._amplify))

    def _amplify(self, fast: Signal) -> None:
        _amplify(fast, stage_table(), self._now, self._aim, self._steps, self._state)
