"""Transient shaper: more or less of the attack and of the sustain, whatever the level.

Two envelopes that differ in one time only part where the sound changes: a fast and a slow attack
on an onset, a fast and a slow release while it dies away. Their difference in decibels is how much
of an attack, or of a decay, there is; no threshold is needed.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.decibels import db_to_gains, powers_to_db
from tapeloom.dsp.detectors import Detector
from tapeloom.dsp.followers import follow, smoothing
from tapeloom.dsp.gain_stage import Rider, refuse_changes

Signal = NDArray[np.float64]
_FLOOR = 1e-8  # of power: what lies below -80 dBFS is neither an attack nor a decay
_FULL_DB = 12.0  # between two envelopes: all of an attack or of a decay
_FAST_MS = 1.0  # an attack that follows an onset
_SLOW = 4.0  # how many times slower the second release is


class TransientShaper(Rider):
    """A transient shaper over blocks; all channels get one gain.

    attack_db     what onsets gain; below 0 they are softened
    sustain_db    what the sound gains while it dies away; below 0 it gets dry
    attack_ms     how long an onset is
    sustain_ms    the release that a decay is set against
    look_ahead_ms by how much the sound is late

    >>> drone = np.sin(2 * np.pi * 500 / 44100 * np.arange(44100))[None]
    >>> y = TransientShaper(44100, 1, attack_db=9.0, sustain_db=-9.0).process(drone)
    >>> bool(np.allclose(y[0, -9000:], drone[0, -9000:], atol=0.01))
    True
    """

    def __init__(
        self, rate: int, channels: int, *, look_ahead_ms: float = 0.0, **settings: Any
    ) -> None:
        self._kept = {"look_ahead_ms": look_ahead_ms}
        self._looks = rate / 2.0
        self._detector = Detector(channels)
        self._envelopes = 10.0 * np.log10(_FLOOR) * np.ones(3)
        super().__init__(rate, channels, numbers=self._set(**settings), look_ahead_ms=look_ahead_ms)

    def _set(
        self,
        *,
        attack_db: float = 0.0,
        sustain_db: float = 0.0,
        attack_ms: float = 20.0,
        sustain_ms: float = 80.0,
    ) -> list[float]:
        fast, slow = smoothing(_FAST_MS, self._looks), smoothing(attack_ms, self._looks)
        short, long = (
            smoothing(sustain_ms, self._looks),
            smoothing(_SLOW * sustain_ms, self._looks),
        )
        # The steps up and down of the envelope, of the one that lags on an onset, and of the one
        # that lags in a decay.
        self._steps = (fast, short), (slow, short), (fast, long)
        return [attack_db / _FULL_DB, sustain_db / _FULL_DB]

    def retune(self, **settings: Any) -> None:
        """Take other settings; what cannot change in the middle of a stream is refused."""
        refuse_changes(self._kept, settings)
        self._ramp.move(self._set(**{k: v for k, v in settings.items() if k not in self._kept}))

    def _gains(self, heard: Signal, phase: int, count: int) -> Signal:
        levels = powers_to_db(self._detector.powers(heard, phase)[0], floor=_FLOOR)
        envelopes = np.empty((3, count))
        for k, (rise, fall) in enumerate(self._steps):
            envelopes[k], self._envelopes[k] = follow(
                levels, rise=rise, fall=fall, start=self._envelopes[k]
            )
        envelope, late, lasting = envelopes
        attack, sustain = self._now(phase, count)
        onset = np.clip(envelope - late, 0.0, _FULL_DB)
        decay = np.clip(lasting - envelope, 0.0, _FULL_DB)
        return db_to_gains(np.ascontiguousarray(attack * onset + sustain * decay))[None]
