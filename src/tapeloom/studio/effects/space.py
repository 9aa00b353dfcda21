"""Rooms, plates and echoes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.errors import InputError
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.equalizer import Band
from tapeloom.studio.effects.work import Work


@dataclass(frozen=True, slots=True)
class Reverb(Effect):
    """A warm room or plate. On a send its `dry` is 0."""

    decay_s: float = 1.4
    damping: float = 0.7
    size: float = 1.0
    predelay_ms: float = 15.0
    low_cut_hz: float = 180.0
    high_cut_hz: float = 7000.0
    wet: float = 1.0
    dry: float = 0.0

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.filters import Biquads
        from tapeloom.dsp.reverb import FeedbackDelayNetwork

        network = FeedbackDelayNetwork(
            rate,
            decay_s=self.decay_s,
            damping=self.damping,
            size=self.size,
            predelay_ms=self.predelay_ms,
        )
        cuts = (Band("high_pass", self.low_cut_hz), Band("low_pass", self.high_cut_hz, q=0.6))
        tone = Biquads([band.section(rate) for band in cuts], channels=2)

        def work(block: Samples) -> NDArray[Any]:
            pair = block if channels == 2 else np.repeat(block.mean(axis=0, keepdims=True), 2, 0)
            wet = network.process(tone.process(pair))
            if channels != 2:
                wet = np.repeat(wet.mean(axis=0, keepdims=True), channels, 0)
            return self.wet * wet + self.dry * block if self.dry else self.wet * wet

        return Work(work)


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
        """Return it at work."""
        from tapeloom.dsp.delay import Echo as EchoLine

        cuts = (Band("high_pass", self.low_cut_hz), Band("low_pass", self.high_cut_hz))
        echo = EchoLine(
            channels,
            samples=max(1, round(self.time_ms / 1000.0 * rate)),
            feedback=self.feedback,
            sections=[band.section(rate) for band in cuts],
        )
        return Work(lambda block: block + self.wet * echo.process(block))
