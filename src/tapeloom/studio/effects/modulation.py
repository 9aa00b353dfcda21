"""Effects that swing: chorus, flanger, vibrato, phaser, tremolo."""

import math
from dataclasses import dataclass
from typing import Any

from tapeloom.core.errors import InputError
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.blend import Blend
from tapeloom.studio.effects.settings import check_settings, keep_fixed
from tapeloom.studio.effects.work import Work

RATES_HZ = (0.01, 20.0)


@dataclass(frozen=True, slots=True)
class Chorus(Effect):
    """Two to four voices beside the sound, whose pitch wanders a little."""

    rate_hz: float = 0.6
    depth_ms: float = 2.5  # to either side of the middle
    delay_ms: float = 14.0  # the middle
    voices: int = 3
    spread_degrees: float = 90.0  # how far left and right swing apart
    wet: float = 0.5
    dry: float = 1.0

    def __post_init__(self) -> None:
        check_settings(
            self, rate_hz=RATES_HZ, voices=(1, 4), delay_ms=(1.0, 40.0), depth_ms=(0.0, 10.0)
        )
        if self.depth_ms > self.delay_ms:
            raise InputError(
                f"depth_ms is {self.depth_ms:g}; it must be at most delay_ms ({self.delay_ms:g})"
            )

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.modulation import MovingDelay

        delay = MovingDelay(rate, channels, voices=self.voices, **self._swing())
        scale = 1.0 / math.sqrt(self.voices)
        blend = Blend(wet=scale * self.wet, dry=self.dry)

        def retune(to: Chorus) -> None:
            keep_fixed(self, to, "voices")
            delay.retune(**to._swing())
            blend.move(wet=scale * to.wet, dry=to.dry)

        return Work(lambda block: blend.process(block, delay.process(block)), retune=retune)

    def _swing(self) -> dict[str, Any]:
        return {
            "base_ms": self.delay_ms,
            "depth_ms": self.depth_ms,
            "rate_hz": self.rate_hz,
            "spread": self.spread_degrees / 360.0,
            "feedback": 0.0,
        }


@dataclass(frozen=True, slots=True)
class Flanger(Effect):
    """A short delay that swings and feeds itself: a comb that sweeps."""

    rate_hz: float = 0.2
    delay_ms: float = 0.5  # the shortest
    depth_ms: float = 4.0  # from the shortest to the longest
    feedback: float = 0.5  # negative: the comb's other teeth
    spread_degrees: float = 90.0
    wet: float = 0.7
    dry: float = 0.7

    def __post_init__(self) -> None:
        check_settings(
            self,
            rate_hz=RATES_HZ,
            delay_ms=(0.1, 20.0),
            depth_ms=(0.0, 20.0),
            feedback=(-0.98, 0.98),
        )

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.modulation import MovingDelay

        delay = MovingDelay(rate, channels, **self._swing())
        blend = Blend(wet=self.wet, dry=self.dry)

        def retune(to: Flanger) -> None:
            delay.retune(**to._swing())
            blend.move(wet=to.wet, dry=to.dry)

        return Work(lambda block: blend.process(block, delay.process(block)), retune=retune)

    def _swing(self) -> dict[str, Any]:
        return {
            "base_ms": self.delay_ms + 0.5 * self.depth_ms,
            "depth_ms": 0.5 * self.depth_ms,
            "rate_hz": self.rate_hz,
            "spread": self.spread_degrees / 360.0,
            "feedback": self.feedback,
        }


@dataclass(frozen=True, slots=True)
class Vibrato(Effect):
    """Pitch that swings; no dry sound."""

    rate_hz: float = 5.0
    depth_cents: float = 15.0  # to either side
    spread_degrees: float = 0.0

    def __post_init__(self) -> None:
        from tapeloom.dsp.oscillator import VIBRATO_MS, swing_ms

        check_settings(self, rate_hz=RATES_HZ, depth_cents=(0.0, 200.0))
        needed_ms = swing_ms(self.depth_cents, self.rate_hz)
        if needed_ms > VIBRATO_MS - 1.0:
            raise InputError(
                f"{self.depth_cents:g} cents at {self.rate_hz:g} Hz need a delay of "
                f"{needed_ms:.0f} ms to either side; at most {VIBRATO_MS - 1.0:g} can be: lower "
                "depth_cents or raise rate_hz"
            )

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.modulation import MovingDelay
        from tapeloom.dsp.oscillator import VIBRATO_MS

        latency = round(VIBRATO_MS / 1000.0 * rate)
        base_ms = 1000.0 * latency / rate
        delay = MovingDelay(rate, channels, **self._swing(base_ms))
        return Work(delay.process, latency, retune=lambda to: delay.retune(**to._swing(base_ms)))

    def _swing(self, base_ms: float) -> dict[str, Any]:
        from tapeloom.dsp.oscillator import swing_ms

        return {
            "base_ms": base_ms,
            "depth_ms": swing_ms(self.depth_cents, self.rate_hz),
            "rate_hz": self.rate_hz,
            "spread": self.spread_degrees / 360.0,
            "feedback": 0.0,
        }


@dataclass(frozen=True, slots=True)
class Phaser(Effect):
    """Notches that wander: half as many as stages."""

    stages: int = 6
    rate_hz: float = 0.4
    low_hz: float = 300.0
    high_hz: float = 2400.0
    feedback: float = 0.4
    spread_degrees: float = 60.0
    wet: float = 0.5
    dry: float = 0.5

    def __post_init__(self) -> None:
        check_settings(
            self,
            stages=(4, 12),
            rate_hz=RATES_HZ,
            low_hz=(20.0, 20_000.0),
            high_hz=(20.0, 20_000.0),
            feedback=(-0.95, 0.95),
        )
        if self.stages % 2:
            raise InputError(f"stages is {self.stages}; it must be even")

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.phaser import Phaser as AllPasses

        phaser = AllPasses(rate, channels, stages=self.stages, **self._sweep())
        blend = Blend(wet=self.wet, dry=self.dry)

        def retune(to: Phaser) -> None:
            keep_fixed(self, to, "stages")
            phaser.retune(**to._sweep())
            blend.move(wet=to.wet, dry=to.dry)

        return Work(lambda block: blend.process(block, phaser.process(block)), retune=retune)

    def _sweep(self) -> dict[str, Any]:
        names = ("low_hz", "high_hz", "rate_hz", "feedback")
        return {
            **{name: getattr(self, name) for name in names},
            "spread": self.spread_degrees / 360.0,
        }


@dataclass(frozen=True, slots=True)
class Tremolo(Effect):
    """A level that swings; with 180 degrees between the sides it pans by itself."""

    rate_hz: float = 4.5
    depth: float = 0.4  # 1: down to silence
    shape: str = "sine"  # or triangle, square, optical
    spread_degrees: float = 0.0

    def __post_init__(self) -> None:
        from tapeloom.dsp.oscillator import SHAPES

        if self.shape not in SHAPES:
            raise InputError(f"{self.shape!r} is no shape; choose one of {', '.join(SHAPES)}")
        check_settings(self, rate_hz=RATES_HZ, depth=(0.0, 1.0))

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.modulation import Tremolo as Swing

        swing = Swing(rate, channels, shape=self.shape, **self._swing())

        def retune(to: Tremolo) -> None:
            keep_fixed(self, to, "shape")
            swing.retune(**to._swing())

        return Work(swing.process, retune=retune)

    def _swing(self) -> dict[str, Any]:
        return {
            "rate_hz": self.rate_hz,
            "depth": self.depth,
            "spread": self.spread_degrees / 360.0,
        }
