"""Width from time and phase, and a guard over it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.errors import InputError
from tapeloom.dsp.glide import Ramp
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.stereo import comb_loss_db
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.settings import check_settings, keep_fixed
from tapeloom.studio.effects.work import Work

MOST_DELAY_MS = 50.0


@dataclass(frozen=True, slots=True)
class Haas(Effect):
    """Delays one channel: the sound seems to come from the other, and grows wide.

    In mono a sound from the middle meets its echo, and loses `mono_loss_db` at the notches of a
    comb: what must survive mono takes a `level_db` far from 0, or is refused by `most_loss_db`.

    >>> Haas(level_db=-12.0).mono_loss_db.__round__(1)
    4.5
    """

    delay_ms: float = 15.0  # 0 to 50
    channel: str = "right"  # or left: the one that is late
    level_db: float = -3.0  # of the late channel
    most_loss_db: float | None = None  # refuse what costs mono more than this at the deepest

    def __post_init__(self) -> None:
        check_settings(self, delay_ms=(0.0, MOST_DELAY_MS))
        if self.channel not in ("left", "right"):
            raise InputError(f"{self.channel!r} is no channel to be late; choose left or right")
        if self.most_loss_db is not None and self.mono_loss_db > self.most_loss_db:
            raise InputError(
                f"in mono this costs {self.mono_loss_db:.1f} dB at the notches, and most_loss_db "
                f"is {self.most_loss_db:g}; lower level_db or take a width without a delay"
            )

    @property
    def mono_loss_db(self) -> float:
        """What a sound from the middle loses in mono at the deepest notch of the comb."""
        return comb_loss_db(self.level_db)[1] if self.delay_ms > 0.0 else 0.0

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work; audio that isn't stereo stays as it is."""
        from tapeloom.dsp.delay_lines import Wait

        if channels != 2:
            return Work(lambda block: block, retune=lambda _: None)
        late = ("left", "right").index(self.channel)
        longest = round(MOST_DELAY_MS / 1000.0 * rate)
        wait = Wait(1, samples=self._samples(rate), longest=longest)
        fader = Ramp([db_to_gain(self.level_db)])

        def work(block: Samples) -> NDArray[Any]:
            y = np.array(block)
            y[late] = fader.scale(wait.process(block[late][None]))[0]
            return y

        def retune(to: "Haas") -> None:
            keep_fixed(self, to, "channel")
            wait.move(to._samples(rate))
            fader.move([db_to_gain(to.level_db)])

        return Work(work, retune=retune)

    def _samples(self, rate: int) -> int:
        return round(self.delay_ms / 1000.0 * rate)


@dataclass(frozen=True, slots=True)
class CorrelationGuard(Effect):
    """Narrows the image where left and right would fall apart in mono, as far as needed."""

    floor: float = 0.0  # the least short-term correlation, 0 to under 1
    attack_ms: float = 5.0
    release_ms: float = 300.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.floor < 1.0:
            raise InputError(f"floor is {self.floor:g}; it must lie between 0 and 1, without 1")

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work; audio that isn't stereo stays as it is."""
        from tapeloom.dsp import image

        if channels != 2:
            return Work(lambda block: block, retune=lambda _: None)
        guard = image.CorrelationGuard(rate, **self._settings())
        return Work(guard.process, retune=lambda to: guard.retune(**to._settings()))

    def _settings(self) -> dict[str, float]:
        return {
            "floor": self.floor,
            "attack_ms": self.attack_ms,
            "release_ms": self.release_ms,
        }


@dataclass(frozen=True, slots=True)
class PseudoStereo(Effect):
    """Gives width to what is in the middle; in mono it is gone, and nothing is missing."""

    amount: float = 0.5
    from_hz: float = 150.0  # below it all stays in the middle

    def __post_init__(self) -> None:
        if not 0.0 <= self.amount <= 1.0 or not self.from_hz > 0.0:
            raise InputError(
                f"an amount of {self.amount:g} from {self.from_hz:g} Hz cannot be; the amount must "
                "lie between 0 and 1, the frequency over 0"
            )

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work; audio that isn't stereo stays as it is."""
        from tapeloom.dsp import image

        if channels != 2:
            return Work(lambda block: block, retune=lambda _: None)
        widener = image.PseudoStereo(rate, from_hz=self.from_hz)
        fader = Ramp([self.amount])

        def work(block: Samples) -> NDArray[Any]:
            return widener.process(block, fader.take(block.shape[1])[0])

        def retune(to: "PseudoStereo") -> None:
            widener.retune(to.from_hz)
            fader.move([to.amount])

        return Work(work, retune=retune)
