"""Sound in a space that was recorded: convolution with its impulse response."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Audio, AudioFile, Samples
from tapeloom.core.errors import InputError
from tapeloom.dsp.glide import RAMP
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.blend import Blend
from tapeloom.studio.effects.equalizer import Band
from tapeloom.studio.effects.settings import check_settings, keep_fixed
from tapeloom.studio.effects.work import Work

LONGEST_S = 30.0


@dataclass(frozen=True, slots=True)
class Convolution(Effect):
    """A recorded space, without latency. Responses at another rate are resampled.

    Of a response's channels one serves all of the sound's, two are left and right, four are true
    stereo (left to left, left to right, right to left, right to right).
    """

    response: Audio | AudioFile
    predelay_ms: float = 0.0
    low_cut_hz: float = 20.0
    high_cut_hz: float = 20_000.0
    wet: float = 0.3
    dry: float = 1.0
    width: float = 1.0
    normalise: bool = True  # noise comes out of the wet sound as loud as it went in

    def __post_init__(self) -> None:
        seconds = self.response.frames / self.response.rate
        if not 0.0 < seconds <= LONGEST_S:
            raise InputError(
                f"the impulse response lasts {seconds:.1f} s; it must have a sample and last "
                f"{LONGEST_S:g} s at most: cut it"
            )
        if self.response.channels not in (1, 2, 4):
            raise InputError(
                f"the impulse response has {self.response.channels} channels; it must have 1, 2 "
                "or 4 (true stereo)"
            )
        check_settings(self, predelay_ms=(0.0, 1000.0), width=(0.0, 2.0))

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.convolution import Convolver
        from tapeloom.dsp.delay_lines import Wait
        from tapeloom.dsp.moving_filters import MovingBiquads

        responses = self._responses(rate)
        if channels != 2:
            responses = responses.mean(axis=0, keepdims=True)
        convolver = Convolver(responses, channels=channels)
        tone = MovingBiquads(self._cuts(rate), channels=channels, span=RAMP)
        wait = Wait(channels, samples=round(self.predelay_ms / 1000.0 * rate), longest=rate)
        blend = Blend(wet=self.wet, dry=self.dry, width=self.width)

        def work(block: Samples) -> NDArray[Any]:
            return blend.process(block, convolver.process(wait.process(tone.process(block))))

        def retune(to: Convolution) -> None:
            keep_fixed(self, to, "response", "normalise")
            tone.retune(to._cuts(rate))
            wait.move(round(to.predelay_ms / 1000.0 * rate))
            blend.move(wet=to.wet, dry=to.dry, width=to.width)

        return Work(work, retune=retune)

    def _cuts(self, rate: int) -> list[NDArray[np.float64]]:
        cuts = (Band("high_pass", self.low_cut_hz), Band("low_pass", self.high_cut_hz))
        return [band.section(rate) for band in cuts]

    def _responses(self, rate: int) -> NDArray[np.float64]:
        from tapeloom.dsp.convolution import at_rate

        audio = self.response.read() if isinstance(self.response, AudioFile) else self.response
        h = at_rate(audio.samples, audio.rate, to=rate)
        if not np.isfinite(h).all():
            raise InputError(
                "the impulse response holds values that are no numbers; record it anew"
            )
        energy = float(np.square(h).sum()) / (1.0 if len(h) == 1 else 2.0)
        return h / math.sqrt(energy) if self.normalise and energy > 0.0 else h
