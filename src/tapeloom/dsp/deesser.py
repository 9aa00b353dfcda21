"""De-esser: hears how much of the sound is sibilance, whatever its level, and takes that down.

The power between `low_hz` and `high_hz` is set against the power of the whole, so that a whisper
and a shout are treated alike. Split, the gain works on a bell there, which is the sound less what
a band-pass takes out of it; else on everything.

R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients", W3C, 2021: the
band-pass of 0 dB at its centre.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.decibels import db_to_gains, powers_to_db
from tapeloom.dsp.filters import Biquads, high_pass, low_pass
from tapeloom.dsp.followers import follow, smoothing
from tapeloom.dsp.gain_stage import Rider, refuse_changes

Signal = NDArray[np.float64]
_WINDOW_MS = 3.0  # over which powers are averaged
_FLOOR = 1e-10  # of power: below -100 dBFS nothing is sibilance
_HIGHEST = 0.45  # of the rate: higher corners are moved down there


def band_pass(low_hz: float, high_hz: float, rate: int) -> NDArray[np.float64]:
    """Design a second-order band-pass of 0 dB at its centre, -3 dB at about both ends.

    >>> from tapeloom.dsp.filters import frequency_response
    >>> abs(frequency_response([band_pass(4000, 10000, 48000)], [0.0, 6324.56], 48000)).round(6)
    array([0., 1.])
    """
    w0 = 2.0 * math.pi * math.sqrt(low_hz * high_hz) / rate
    alpha = math.sin(w0) * (high_hz - low_hz) / math.sqrt(low_hz * high_hz) / 2.0
    a = np.array([alpha, 0.0, -alpha, 1.0 + alpha, -2.0 * math.cos(w0), 1.0 - alpha])
    return a / (1.0 + alpha)


class DeEsser(Rider):
    """A de-esser over blocks; all channels get one gain.

    threshold_db    the share of the band in the whole, in dB, from which it works (0: all of it)
    ratio           by how much that share is held
    range_db        how far down it goes at most
    attack_ms, release_ms   63 % of a change in dB
    low_hz, high_hz where the sibilance lies
    split           True: the band alone is lowered, else everything
    look_ahead_ms   by how much the sound is late

    >>> hiss = np.sin(2 * np.pi * 6300 / 44100 * np.arange(44100))[None]
    >>> y = DeEsser(44100, 1, range_db=9.0).process(hiss)
    >>> float((20 * np.log10(np.abs(y[0, -4410:]).max())).round(1))
    -7.0
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        low_hz: float = 4000.0,
        high_hz: float = 10_000.0,
        split: bool = True,
        look_ahead_ms: float = 0.0,
        **settings: Any,
    ) -> None:
        self._kept = {
            "low_hz": low_hz,
            "high_hz": high_hz,
            "split": split,
            "look_ahead_ms": look_ahead_ms,
        }
        self._rate, self._split = rate, split
        high_hz = min(high_hz, _HIGHEST * rate)
        low_hz = min(low_hz, high_hz / 2.0)
        self._band = Biquads([high_pass(low_hz, rate), low_pass(high_hz, rate)], channels=channels)
        self._bell = Biquads([band_pass(low_hz, high_hz, rate)], channels=channels)
        self._powers = [0.0, 0.0]  # of the band and of the whole
        self._reduction = 0.0
        super().__init__(rate, channels, numbers=self._set(**settings), look_ahead_ms=look_ahead_ms)

    def _set(
        self,
        *,
        threshold_db: float = -10.0,
        ratio: float = 4.0,
        range_db: float = 12.0,
        attack_ms: float = 1.0,
        release_ms: float = 60.0,
    ) -> list[float]:
        looks = self._rate / 2.0
        self._steps = smoothing(attack_ms, looks), smoothing(release_ms, looks)
        return [threshold_db, 1.0 - 1.0 / ratio, range_db]

    def retune(self, **settings: Any) -> None:
        """Take other settings; what cannot change in the middle of a stream is refused."""
        refuse_changes(self._kept, settings)
        self._ramp.move(self._set(**{k: v for k, v in settings.items() if k not in self._kept}))

    def _gains(self, heard: Signal, phase: int, count: int) -> Signal:
        step = smoothing(_WINDOW_MS, self._rate)
        shares = np.empty((2, count))
        for k, sound in enumerate((self._band.process(heard), heard)):
            power = np.square(sound).sum(axis=0)
            power, self._powers[k] = follow(power, rise=step, fall=step, start=self._powers[k])
            shares[k] = powers_to_db(np.ascontiguousarray(power[phase::2]), floor=_FLOOR)
        threshold, slope, limit = self._now(phase, count)
        wanted = np.minimum(slope * np.maximum(shares[0] - shares[1] - threshold, 0.0), limit)
        rise, fall = self._steps
        reduction, self._reduction = follow(wanted, rise=rise, fall=fall, start=self._reduction)
        return db_to_gains(-reduction)[None]

    def _lay(self, x: Signal, gains: Signal, phase: int) -> Signal:
        if not self._split:
            return super()._lay(x, gains, phase)
        sibilance = self._bell.process(x)
        return x - sibilance + self._stage.lay(sibilance, gains, phase=phase)
