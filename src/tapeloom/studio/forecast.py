"""How loud a master will be after its limiter, told from figures of every 10 ms."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.dsp.level import db_to_gain, gain_to_db
from tapeloom.dsp.steps import STEPS_PER_S, StepPeaks

_SILENT_LUFS = -70.0


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """The K-weighted mean square and the peak of every 10 ms of a signal before its limiter."""

    powers: NDArray[np.float64]
    peaks: NDArray[np.float64]

    @classmethod
    def of(cls, blocks: Iterable[Samples], rate: int, channels: int) -> "Forecast":
        """Measure a signal."""
        from tapeloom.dsp.loudness import Meter

        meter, peaks = Meter(rate, channels, true_peak=False), StepPeaks(rate)
        for block in blocks:
            meter.push(block)
            peaks.push(block)
        return cls(meter.steps, peaks.read())

    @property
    def high_peak_dbfs(self) -> float:
        """The peak that 5 % of the sounding steps (over -70 LUFS) exceed; -inf for silence."""
        count = min(self.powers.size, self.peaks.size)
        sounding = self.powers[:count] > 10.0 ** ((_SILENT_LUFS + 0.691) / 10.0)
        peaks = self.peaks[:count][sounding]
        return gain_to_db(float(np.percentile(peaks, 95.0))) if peaks.size else -math.inf

    def limiting_db(self, gain_db: float, ceiling_db: float) -> float:
        """Return what a limiter takes away behind a gain: exceeded in 5 % of the sounding steps."""
        return max(0.0, self.high_peak_dbfs + gain_db - ceiling_db)

    def loudness(
        self,
        gain_db: float,
        ceiling_db: float,
        release_ms: float,
        *,
        clip_over_db: float = math.inf,
    ) -> float:
        """Return the integrated loudness behind a gain and a limiter (ceiling inf: none).

        clip_over_db  how far over the ceiling peaks are clipped before the limiter
        """
        from tapeloom.dsp.followers import follow, smoothing
        from tapeloom.dsp.loudness import integrated_lufs

        gain, ceiling = db_to_gain(gain_db), db_to_gain(ceiling_db)
        count = min(self.powers.size, self.peaks.size)
        powers = self.powers[:count] * gain * gain
        if not math.isfinite(ceiling):
            return integrated_lufs(powers)
        peaks = np.minimum(self.peaks[:count] * gain, ceiling * db_to_gain(clip_over_db))
        wanted = 1.0 - ceiling / np.maximum(peaks, ceiling)
        fall = smoothing(release_ms, STEPS_PER_S)
        reduction, _ = follow(wanted, rise=1.0, fall=fall)
        return integrated_lufs(powers * np.square(1.0 - reduction))

    def gain_for(
        self,
        target_lufs: float,
        ceiling_db: float,
        release_ms: float,
        *,
        clip_over_db: float = math.inf,
        most_limiting_db: float = math.inf,
    ) -> float:
        """Return the gain in dB that leads to a loudness; bisection, to 0.005 dB.

        most_limiting_db  the gain stops where the limiter would take away more (`limiting_db`)
        """
        low = target_lufs - self.loudness(0.0, math.inf, release_ms)
        if not math.isfinite(low):
            return 0.0
        # The limiter only ever takes away: less gain than this cannot do, 24 dB more is enough.
        high = min(low + 24.0, ceiling_db + most_limiting_db - self.high_peak_dbfs)
        if high <= low:
            return high
        while high - low > 0.005:
            middle = 0.5 * (low + high)
            reached = self.loudness(middle, ceiling_db, release_ms, clip_over_db=clip_over_db)
            if reached < target_lufs:
                low = middle
            else:
                high = middle
        return low
