"""Tape and its kin: what a machine adds to the sound."""

from dataclasses import dataclass

from tapeloom.core.seed import stream
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.work import Work


@dataclass(frozen=True, slots=True)
class Saturation(Effect):
    """Tape-like soft saturation, oversampled."""

    drive_db: float = 6.0

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.saturation import TapeSaturator

        work = TapeSaturator(channels, drive_db=self.drive_db)
        return Work(work.process, work.latency)


@dataclass(frozen=True, slots=True)
class Tape(Effect):
    """Wow and flutter; depths are peak deviations of speed (1 % is 17 cents)."""

    seed: int
    wow_hz: float = 0.7
    wow_percent: float = 0.15
    flutter_hz: float = 7.0
    flutter_percent: float = 0.04

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.tape import WowAndFlutter

        work = WowAndFlutter(
            rate,
            channels,
            rng=stream(self.seed, "tape"),
            wow_hz=self.wow_hz,
            wow_percent=self.wow_percent,
            flutter_hz=self.flutter_hz,
            flutter_percent=self.flutter_percent,
        )
        return Work(work.process, work.latency)
