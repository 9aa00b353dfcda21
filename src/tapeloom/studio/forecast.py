"""How loud a master will be after its limiter, told from figures of every 10 ms."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.dsp.level import db_to_gain

STEPS_PER_S = 100
_OUT_OF_REACH_DB = 400.0  # a ceiling that no signal meets


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """The K-weighted mean square and the peak of every 10 ms of a signal before its limiter."""

    powers: NDArray[np.float64]
    peaks: NDArray[np.float64]

    @classmethod
    def of(cls, blocks: Iterable[Samples], rate: int, channels: int) -> "Forecast":
        """Measure a signal."""
        from tapeloom.dsp.loudness import Meter

        meter = Meter(rate, channels, true_peak=False)
        peaks = [np.zeros(0)]
        step = max(1, rate // STEPS_PER_S)
        pending = np.zeros(0, np.float32)
        for block in blocks:
            meter.push(block)
            loudest = np.maximum(block.max(axis=0), -block.min(axis=0))
            pending = np.concatenate((pending, loudest))
            whole = pending.size - pending.size % step
            peaks.append(pending[:whole].reshape(-1, step).max(axis=1))
            pending = pending[whole:]
        return cls(meter.steps, np.concatenate(peaks).astype(np.float64))

    def loudness(self, gain_db: float, ceiling_db: float, release_ms: float) -> float:
        """Return the integrated loudness behind a gain and a limiter."""
        from tapeloom.dsp.dynamics import follow, smoothing
        from tapeloom.dsp.loudness import integrated_lufs

        gain, ceiling = db_to_gain(gain_db), db_to_gain(ceiling_db)
        count = min(self.powers.size, self.peaks.size)
        wanted = 1.0 - ceiling / np.maximum(self.peaks[:count] * gain, ceiling)
        fall = smoothing(release_ms, STEPS_PER_S)
        reduction, _ = follow(wanted, rise=1.0, fall=fall)
        return integrated_lufs(self.powers[:count] * np.square(gain * (1.0 - reduction)))

    def gain_for(self, target_lufs: float, ceiling_db: float, release_ms: float) -> float:
        """Return the gain in dB that leads to a loudness; bisection, to 0.005 dB."""
        low = target_lufs - self.loudness(0.0, _OUT_OF_REACH_DB, release_ms)
        if not math.isfinite(low):
            return 0.0
        # The limiter only ever takes away: less gain than this cannot do, 24 dB more is enough.
        high = low + 24.0
        while high - low > 0.005:
            middle = 0.5 * (low + high)
            if self.loudness(middle, ceiling_db, release_ms) < target_lufs:
                low = middle
            else:
                high = middle
        return low
