"""The search for the gain before the limiter: a forecast, then steps by what was measured."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.product import Loudness
from tapeloom.studio.chain import through
from tapeloom.studio.effects import Gain, Limiter
from tapeloom.studio.forecast import Forecast
from tapeloom.studio.presets import MasterSettings

TOLERANCE_LU = 0.05
_MARGIN_DB = 0.03  # between the limiter's ceiling and the master's; the limiter holds 0.02 dB


class Settling:
    """Gain and ceiling of the pass to come."""

    def __init__(
        self, forecast: Forecast, settings: MasterSettings, *, clip_over_db: float = np.inf
    ) -> None:
        self._forecast, self._settings = forecast, settings
        self._clip_over_db = clip_over_db
        self._ceiling_db = settings.ceiling_dbtp - _MARGIN_DB
        unlimited = forecast.loudness(0.0, np.inf, 1.0)
        self.is_silent = not np.isfinite(unlimited)
        self._gain_db = self._most_db = 0.0
        if not self.is_silent:
            self._most_db = self._ceiling_db + settings.most_limiting_db - forecast.high_peak_dbfs
            self._gain_db = forecast.gain_for(
                settings.target_lufs,
                self._ceiling_db,
                settings.release_ms,
                clip_over_db=clip_over_db,
                most_limiting_db=settings.most_limiting_db,
            )
        self._last: tuple[float, float] | None = None  # gain and loudness of the pass before

    @property
    def limiting_db(self) -> float:
        """What the limiter takes away in the loudest 5 % of the time."""
        return self._forecast.limiting_db(self._gain_db, self._ceiling_db)

    def blocks(self, blocks: Iterator[Samples], rate: int, channels: int) -> Iterator[Samples]:
        """Yield blocks with the gain and under the limiter."""
        limiter = Limiter(self._ceiling_db, self._settings.release_ms)
        if np.isfinite(self._clip_over_db):
            limiter = replace(limiter, clipper="soft", clip_over_db=self._clip_over_db)
        chain = (Gain(self._gain_db), limiter)
        return through(chain, blocks, rate=rate, channels=channels)

    def is_met(self, loudness: Loudness) -> bool:
        """Return whether a pass met the settings as far as it can; if not, prepare the next."""
        over_db = loudness.true_peak_dbtp - self._settings.ceiling_dbtp
        if over_db > 0.0:
            self._ceiling_db -= over_db + 0.02
            self._most_db -= over_db + 0.02
        if self.is_silent or not np.isfinite(loudness.integrated_lufs):
            return over_db <= 0.0
        off_lu = self._settings.target_lufs - loudness.integrated_lufs
        if over_db <= 0.0 and abs(off_lu) <= TOLERANCE_LU:
            return True
        here = (self._gain_db, loudness.integrated_lufs)
        slope = 1.0
        if self._last is not None and abs(here[0] - self._last[0]) > 1e-6:
            # Under a limiter loudness grows slower than gain.
            slope = (here[1] - self._last[1]) / (here[0] - self._last[0])
        self._last = here
        before = self._gain_db
        if abs(off_lu) > TOLERANCE_LU / 2:
            step_db = float(np.clip(off_lu / min(1.2, max(0.2, slope)), -24.0, 24.0))
            self._gain_db = min(self._gain_db + step_db, self._most_db)
        # The limiter is at its end: another pass would be this one.
        return over_db <= 0.0 and self._gain_db == before

    def notes(self, loudness: Loudness) -> tuple[str, ...]:
        """Say what the gain and the limiter did, and what they could not."""
        if self.is_silent:
            return ("the audio is silent or shorter than 0.4 s: its level is left alone",)
        said = [
            f"gain {self._gain_db:+.1f} dB; the limiter takes away {self.limiting_db:.1f} dB "
            "in the loudest 5 % of the time",
        ]
        off_lu = self._settings.target_lufs - loudness.integrated_lufs
        if abs(off_lu) > 0.2:
            said.append(
                f"reached {loudness.integrated_lufs:.1f} LUFS where {self._settings.target_lufs:g} "
                f"was asked: more would need over {self._settings.most_limiting_db:g} dB of "
                "limiting in the loudest 5 % of the time; lower peaks in the mix or ask for less"
            )
        return tuple(said)
