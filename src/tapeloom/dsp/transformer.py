"""A transformer: its core saturates by flux, and flux is the voltage's sum, so low notes distort.

    d flux / dt = x - i,   i = w flux (1 + (flux / knee)^2),   y = x - i

A voltage x behind a resistance drives a coil whose current i grows steeply once the flux passes
its knee; y is what is left over the coil. w is 2 pi times the low cut of the circuit while it is
linear. It is the usual lumped circuit with a smooth odd curve of our own for the iron. Stray
inductance and winding capacitance ring gently at the top of the band.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.filters import bell
from tapeloom.dsp.glide import Glide
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.moving_filters import MovingBiquads
from tapeloom.dsp.ranges import check_ranges
from tapeloom.dsp.resampled import Oversampled, factor_for

Signal = NDArray[np.float64]
_NEWTON = 3  # steps of the solver; the flux moves little from sample to sample
_REACH_HZ = 176_400.0
_RANGES = {
    "drive_db": (-30.0, 36.0),
    "core_hz": (5.0, 500.0),
    "low_hz": (0.5, 40.0),
    "resonance_hz": (2000.0, 60_000.0),
    "resonance_db": (-6.0, 6.0),
}


@njit(cache=True, nogil=True)
def _core(
    x: Signal, half: float, w: float, knee: float, state: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Turn x (channels, n) into the coil's voltage, in place, by the trapezoidal rule.

    half   half a sample's duration in seconds
    state  (channels, 2): flux, and the coil's voltage
    """
    for n in range(x.shape[1]):
        for channel in range(x.shape[0]):
            v = x[channel, n]
            flux = state[channel, 0]
            aim = flux + half * (state[channel, 1] + v)
            for _ in range(_NEWTON):
                square = (flux / knee) ** 2
                flux -= (flux + half * w * flux * (1.0 + square) - aim) / (
                    1.0 + half * w * (1.0 + 3.0 * square)
                )
            if -1e-60 < flux < 1e-60:
                flux = 0.0
            v -= w * flux * (1.0 + (flux / knee) ** 2)
            state[channel, 0], state[channel, 1] = flux, v
            x[channel, n] = v


class Transformer:
    """The core and the ringing at work over blocks.

    drive_db      how hot it is driven, -30..36; soft sounds keep their level
    core_hz       where a full-scale tone at drive 0 dB reaches the knee; larger iron has it lower
    low_hz        the linear circuit's low cut
    resonance_hz  where it rings, and by how much:
    resonance_db

    >>> hot = Transformer(44100, 1, drive_db=12.0)
    >>> t = np.arange(44100) / 44100
    >>> low, high = (hot.process(np.sin(2 * np.pi * f * t)[None]) for f in (40, 1000))
    >>> bool(low[0, 22050:].std() < 0.8 * high[0, 22050:].std())
    True
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        drive_db: float = 0.0,
        core_hz: float = 50.0,
        low_hz: float = 4.0,
        resonance_hz: float = 17_000.0,
        resonance_db: float = 1.0,
    ) -> None:
        factor = factor_for(rate, reach_hz=_REACH_HZ)
        self._rate, self._half = rate, 0.5 / (factor * rate)
        self._up = Oversampled(channels, factor=factor)
        self.latency = self._up.latency
        self._state = np.zeros((channels, 2))
        start = {
            "drive_db": drive_db,
            "core_hz": core_hz,
            "low_hz": low_hz,
            "resonance_hz": resonance_hz,
            "resonance_db": resonance_db,
        }
        check_ranges(start, _RANGES)
        self._glide = Glide(rate, start)
        self._ring = MovingBiquads(self._ringing(start), channels=channels)
        self._knee = self._w = 0.0
        self._set(start)

    def _ringing(self, now: dict[str, float]) -> list[Signal]:
        at_hz = min(now["resonance_hz"], 0.45 * self._rate)
        return [bell(at_hz, self._rate, gain_db=now["resonance_db"], q=1.0)]

    def _set(self, now: dict[str, float]) -> None:
        self._w = 2.0 * math.pi * now["low_hz"]
        # A sine of 1 has a flux of 1 / (2 pi f).
        self._knee = 1.0 / (2.0 * math.pi * now["core_hz"] * db_to_gain(now["drive_db"]))
        self._ring.retune(self._ringing(now))

    def retune(self, **settings: float) -> None:
        """Glide to other settings, by their names."""
        check_ranges({**self._glide.now, **settings}, _RANGES)
        self._glide.move(settings)

    def process(self, block: NDArray[Any]) -> Signal:
        """Return the transformed (channels, samples), `latency` samples late."""
        out = np.empty(block.shape)
        for start, end, now in self._glide.pieces(block.shape[1]):
            if now is not None:
                self._set(now)
            y = self._up.process(block[:, start:end], self._saturate)
            out[:, start:end] = self._ring.process(y)
        return out

    def _saturate(self, fast: Signal) -> None:
        _core(fast, self._half, self._w, self._knee, self._state)
