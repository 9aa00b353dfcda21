"""Effects whose gain follows the sound: compressors and their kin."""

from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.work import Work


@dataclass(frozen=True, slots=True)
class Compressor(Effect):
    """A feed-forward compressor with a soft knee; all channels get one gain."""

    threshold_db: float = -18.0  # dBFS of a sine's peak
    ratio: float = 2.0
    knee_db: float = 6.0
    attack_ms: float = 15.0
    release_ms: float = 150.0
    makeup_db: float = 0.0
    mix: float = 1.0  # below 1 the dry sound is blended in (parallel compression)

    def __post_init__(self) -> None:
        if not self.ratio >= 1.0:
            raise InputError(f"ratio is {self.ratio}; it must be at least 1")

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp import dynamics

        work = dynamics.Compressor(
            rate,
            threshold_db=self.threshold_db,
            ratio=self.ratio,
            knee_db=self.knee_db,
            attack_ms=self.attack_ms,
            release_ms=self.release_ms,
            makeup_db=self.makeup_db,
            mix=self.mix,
        )
        return Work(work.process)
