"""A record's groove: cut with RIAA emphasis, traced by a stylus that cannot follow everything.

Between emphasis and de-emphasis the signal is the groove's velocity. A soft limit there stands for
what cutter and stylus cannot do: it bends highs long before lows, sooner where the groove runs
slowly (towards the middle) and where it is worn. The contact's length blurs what is shorter: the
first zero of a contact of length c at speed v lies at v / c. Levels and the way of the wear are
ours; the geometry is that of a 30 cm record.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.emphasis import inverse, riaa_playback
from tapeloom.dsp.filters import Biquads, high_pass, low_pass
from tapeloom.dsp.glide import Glide
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.moving_filters import MovingBiquads
from tapeloom.dsp.ranges import check_ranges
from tapeloom.dsp.resampled import Oversampled, factor_for
from tapeloom.dsp.saturation import soft_clip

Signal = NDArray[np.float64]
_OUTER_M, _INNER_M = 0.146, 0.060  # radii of the first and the last groove
_CONTACT_M, _WORN_M = 5e-6, 14e-6
_LIMIT_DB, _WORN_DB = 14.0, 0.0  # the velocity's limit over that of full scale at 1 kHz
_TILT = 0.35  # how far wear moves the curve off its middle: even harmonics
_REACH_HZ = 176_400.0
_RANGES = {
    "wear": (0.0, 1.0),
    "inner": (0.0, 1.0),
    "rpm": (16.0, 80.0),
    "level_db": (-30.0, 24.0),
    "mono_below_hz": (10.0, 1000.0),
}


class Groove:
    """The groove at work over blocks.

    wear           0..1
    inner          0 at the rim, 1 at the label
    rpm            16..80
    level_db       how loud it is cut
    mono_below_hz  lows that are cut sideways only, in both channels

    >>> Groove(44100, 2).process(np.zeros((2, 50))).any()
    np.False_
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        wear: float = 0.3,
        inner: float = 0.4,
        rpm: float = 100.0 / 3.0,
        level_db: float = 0.0,
        mono_below_hz: float = 150.0,
    ) -> None:
        self._rate = rate
        factor = factor_for(rate, reach_hz=_REACH_HZ)
        self._up = Oversampled(channels, factor=factor)
        self.latency = self._up.latency
        start = {
            "wear": wear,
            "inner": inner,
            "rpm": rpm,
            "level_db": level_db,
            "mono_below_hz": mono_below_hz,
        }
        check_ranges(start, _RANGES)
        self._glide = Glide(rate, start)
        player = riaa_playback(factor * rate)
        self._cutter = Biquads([inverse(player)], channels=channels)
        self._player = Biquads([player], channels=channels)
        self._sides = MovingBiquads([high_pass(mono_below_hz, rate)], channels=1)
        # The player's amplifier passes no direct current, which a worn groove would make.
        self._contact = MovingBiquads([low_pass(0.2 * rate, rate)] * 2, channels=channels)
        self._limit = self._gain = self._tilt = 1.0
        self._set(start)

    def retune(self, **settings: float) -> None:
        """Glide to other settings, by their names."""
        check_ranges({**self._glide.now, **settings}, _RANGES)
        self._glide.move(settings)

    def _set(self, now: dict[str, float]) -> None:
        turns = 2.0 * math.pi * now["rpm"] / 60.0
        speed = turns * (_OUTER_M + now["inner"] * (_INNER_M - _OUTER_M))
        contact = _CONTACT_M + now["wear"] * (_WORN_M - _CONTACT_M)
        # |sinc| is 3 dB down at 0.443 of its first zero.
        blur_hz = min(0.443 * speed / contact, 0.45 * self._rate)
        self._contact.retune([low_pass(blur_hz, self._rate), high_pass(7.0, self._rate)])
        limit_db = _LIMIT_DB + now["wear"] * (_WORN_DB - _LIMIT_DB)
        rim = 2.0 * math.pi * 100.0 / 3.0 / 60.0 * _OUTER_M
        self._limit = db_to_gain(limit_db - now["level_db"]) * speed / rim
        self._tilt = _TILT * now["wear"]
        self._sides.retune([high_pass(min(now["mono_below_hz"], 0.4 * self._rate), self._rate)])

    def process(self, block: NDArray[Any]) -> Signal:
        """Return the traced (channels, samples), `latency` samples late."""
        out = np.empty(block.shape)
        for start, end, now in self._glide.pieces(block.shape[1]):
            if now is not None:
                self._set(now)
            x = np.array(block[:, start:end], np.float64)
            if len(x) == 2:
                middle, side = 0.5 * (x[0] + x[1]), self._sides.process(0.5 * (x[:1] - x[1:]))[0]
                x[0], x[1] = middle + side, middle - side
            out[:, start:end] = self._contact.process(self._up.process(x, self._trace))
        return out

    def _trace(self, fast: Signal) -> None:
        tilt = self._tilt
        rest = float(soft_clip(np.array([tilt]))[0])
        # The rational tanh's slope there, so that soft sounds keep their level.
        slope = (9.0 * (9.0 - tilt * tilt) ** 2) / (27.0 + 9.0 * tilt * tilt) ** 2
        velocity = self._cutter.process(fast)
        traced = (soft_clip(velocity / self._limit + tilt) - rest) * (self._limit / slope)
        fast[:] = self._player.process(traced)
