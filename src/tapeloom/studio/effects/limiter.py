"""The end of a chain: nothing passes the ceiling."""

from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.work import Work


@dataclass(frozen=True, slots=True)
class Limiter(Effect):
    """A look-ahead limiter that holds its ceiling between the samples too."""

    ceiling_db: float = -1.0  # dBTP
    release_ms: float = 120.0  # after a short peak
    lookahead_ms: float = 3.0  # in which the gain moves ahead of a peak
    programme: float = 0.5  # 0: one release for all; 1: six times as long after sustained reduction
    clipper: str = "off"  # or "hard" or "soft": peaks are clipped before they are limited
    clip_over_db: float = 1.5  # how far over the ceiling they are clipped

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.limiter import TruePeakLimiter

        work = TruePeakLimiter(
            rate, channels, lookahead_ms=self.lookahead_ms, clipper=self.clipper, **self._moving()
        )

        def retune(other: "Limiter") -> None:
            for name in ("lookahead_ms", "clipper"):
                if getattr(other, name) != getattr(self, name):
                    raise InputError(f"{name} sets a limiter's latency and cannot be automated")
            work.retune(**other._moving())

        return Work(work.process, work.latency, retune=retune)

    def _moving(self) -> dict[str, float]:
        return {
            "ceiling_db": self.ceiling_db,
            "release_ms": self.release_ms,
            "programme": self.programme,
            "clip_over_db": self.clip_over_db,
        }
