"""Equalizers: bands in series."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.work import Work

BANDS = ("low_pass", "high_pass", "bell", "low_shelf", "high_shelf")


@dataclass(frozen=True, slots=True)
class Band:
    """One band of an equalizer. `gain_db` belongs to bells and shelves."""

    kind: str  # one of BANDS
    cutoff_hz: float
    gain_db: float = 0.0
    q: float = 0.7071

    def __post_init__(self) -> None:
        if self.kind not in BANDS:
            raise InputError(f"{self.kind!r} is no band; choose one of {', '.join(BANDS)}")
        if not self.cutoff_hz > 0.0 or not self.q > 0.0:
            raise InputError(
                f"a band at {self.cutoff_hz:g} Hz with q {self.q:g} cannot be; both must be over 0"
            )

    def section(self, rate: int) -> NDArray[np.float64]:
        """Design its filter; above 0.45 of the rate it is moved down there."""
        from tapeloom.dsp import filters

        cutoff_hz = min(self.cutoff_hz, 0.45 * rate)
        if self.kind in ("low_pass", "high_pass"):
            pass_filter = filters.low_pass if self.kind == "low_pass" else filters.high_pass
            return pass_filter(cutoff_hz, rate, q=self.q)
        gained = {
            "bell": filters.bell,
            "low_shelf": filters.low_shelf,
            "high_shelf": filters.high_shelf,
        }[self.kind]
        return gained(cutoff_hz, rate, gain_db=self.gain_db, q=self.q)


@dataclass(frozen=True, slots=True)
class Equalizer(Effect):
    """Bands in series."""

    bands: tuple[Band, ...]

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.filters import Biquads

        sections = [band.section(rate) for band in self.bands]
        return Work(Biquads(sections, channels=channels).process)
