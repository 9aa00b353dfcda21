"""A filter whose cutoff moves: sweeps, and a record heard through a wall."""

from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.work import Work

KINDS = ("low_pass", "high_pass")


@dataclass(frozen=True, slots=True)
class Filter(Effect):
    """A low- or high-pass of 12 dB an octave that can be swept without a click."""

    kind: str  # one of KINDS
    cutoff_hz: float
    q: float = 0.7071

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"{self.kind!r} is no filter; choose one of {', '.join(KINDS)}")
        if not self.cutoff_hz > 0.0 or not self.q > 0.0:
            raise InputError(
                f"a filter at {self.cutoff_hz:g} Hz with q {self.q:g} cannot be; "
                "both must be over 0"
            )

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.sweep import SweptFilter

        work = SweptFilter(rate, channels, kind=self.kind, cutoff_hz=self.cutoff_hz, q=self.q)
        return Work(work.process, retune=lambda to: work.retune(cutoff_hz=to.cutoff_hz, q=to.q))
