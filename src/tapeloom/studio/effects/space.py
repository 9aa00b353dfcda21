"""Rooms, plates, springs and echoes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.errors import InputError
from tapeloom.dsp.glide import RAMP
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.blend import Blend
from tapeloom.studio.effects.equalizer import Band
from tapeloom.studio.effects.settings import check_settings, keep_fixed
from tapeloom.studio.effects.work import Work

SPRING = "spring"  # the kinds of space are dsp.spaces' tables, and this one
Section = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reverb(Effect):
    """An artificial space. On a send its `dry` is 0."""

    decay_s: float = 1.4  # time to fall by 60 dB
    damping: float = 0.7  # how much faster the highs die away, 0 to 1
    size: float = 1.0
    predelay_ms: float = 15.0
    low_cut_hz: float = 180.0
    high_cut_hz: float = 7000.0
    wet: float = 1.0
    dry: float = 0.0
    kind: str = "warm"  # a small room or plate; or room, plate, hall, spring
    width: float = 1.0  # of the wet sound; 0 is mono

    def __post_init__(self) -> None:
        from tapeloom.dsp.spaces import SPACES

        if self.kind not in (*SPACES, SPRING):
            raise InputError(
                f"{self.kind!r} is no space; choose one of {', '.join((*SPACES, SPRING))}"
            )
        check_settings(
            self,
            decay_s=(0.05, 60.0),
            damping=(0.0, 1.0),
            size=(0.25, 4.0),
            predelay_ms=(0.0, 1000.0),
            width=(0.0, 2.0),
        )

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.moving_filters import MovingBiquads
        from tapeloom.dsp.reverb import FeedbackDelayNetwork
        from tapeloom.dsp.spaces import SPACES
        from tapeloom.dsp.spring import SpringReverb

        network: FeedbackDelayNetwork | SpringReverb
        if self.kind == SPRING:
            network = SpringReverb(rate, **self._network())
        else:
            network = FeedbackDelayNetwork(rate, space=SPACES[self.kind], **self._network())
        tone = MovingBiquads(self._cuts(rate), channels=2, span=RAMP)
        blend = Blend(wet=self.wet, dry=self.dry, width=self.width)

        def work(block: Samples) -> NDArray[Any]:
            pair = block if channels == 2 else np.repeat(block.mean(axis=0, keepdims=True), 2, 0)
            wet = network.process(tone.process(pair))
            if channels != 2:
                wet = np.repeat(wet.mean(axis=0, keepdims=True), channels, 0)
            return blend.process(block, wet)

        def retune(to: Reverb) -> None:
            keep_fixed(self, to, "kind")
            network.retune(**to._network())
            tone.retune(to._cuts(rate))
            blend.move(wet=to.wet, dry=to.dry, width=to.width)

        return Work(work, retune=retune)

    def _network(self) -> dict[str, float]:
        names = ("decay_s", "damping", "size", "predelay_ms")
        return {name: getattr(self, name) for name in names}

    def _cuts(self, rate: int) -> list[Section]:
        cuts = (Band("high_pass", self.low_cut_hz), Band("low_pass", self.high_cut_hz, q=0.6))
        return [band.section(rate) for band in cuts]


@dataclass(frozen=True, slots=True)
class Echo(Effect):
    """Repeats that grow softer and darker."""

    time_ms: float = 400.0
    feedback: float = 0.35
    low_cut_hz: float = 250.0
    high_cut_hz: float = 3500.0
    wet: float = 0.3

    def __post_init__(self) -> None:
        if not 0.0 <= self.feedback < 1.0:
            raise InputError(f"feedback is {self.feedback}; it must be at least 0 and below 1")
        if not self.time_ms >= 1.0:
            raise InputError(f"time_ms is {self.time_ms}; an echo needs at least 1 ms")

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work; a time that moves is a tape's affair (`TapeDelay`)."""
        from tapeloom.dsp.delay import Echo as EchoLine

        echo = EchoLine(
            channels,
            samples=max(1, round(self.time_ms / 1000.0 * rate)),
            feedback=self.feedback,
            sections=self._cuts(rate),
        )
        blend = Blend(wet=self.wet, dry=1.0)

        def retune(to: Echo) -> None:
            keep_fixed(self, to, "time_ms")
            echo.retune(feedback=to.feedback, sections=to._cuts(rate))
            blend.move(wet=to.wet, dry=1.0)

        return Work(lambda block: blend.process(block, echo.process(block)), retune=retune)

    def _cuts(self, rate: int) -> list[Section]:
        cuts = (Band("high_pass", self.low_cut_hz), Band("low_pass", self.high_cut_hz))
        return [band.section(rate) for band in cuts]
