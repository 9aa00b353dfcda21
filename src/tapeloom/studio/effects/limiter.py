"""The end of a chain: nothing passes the ceiling."""

from dataclasses import dataclass

from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.work import Work


@dataclass(frozen=True, slots=True)
class Limiter(Effect):
    """A look-ahead limiter that holds its ceiling between the samples too."""

    ceiling_db: float = -1.0  # dBTP
    release_ms: float = 120.0

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.dynamics import TruePeakLimiter

        work = TruePeakLimiter(
            rate, channels, ceiling_db=self.ceiling_db, release_ms=self.release_ms
        )
        return Work(work.process, work.latency)
