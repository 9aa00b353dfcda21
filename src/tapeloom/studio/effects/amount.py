"""One knob for a machine: how much of it there is.

`amount` scales the settings from neutral ones (0) to those that are set (1), each effect in its
own way: drives and noises fall by 20 dB at 0.1, depths and times go in proportion, cut-offs by
octaves. Below FADED the dry sound, as late as the machine, is blended in as well, so that 0 is
the sound itself, bit by bit, and a curve may come and go without a click.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.dsp.glide import Ramp
from tapeloom.dsp.level import OFF_DB, gain_to_db
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.settings import check_settings, keep_fixed
from tapeloom.studio.effects.work import Work

FADED = 0.1  # the amount from which on nothing dry is left
_RAMP = 256  # samples that the blend moves over
_LEAST = 1e-3  # the amount that settings are scaled by where it is 0
_LEAST_DB = -30.0  # a drive at which nothing distorts any more


class Machine(Protocol):
    """A processor with named settings."""

    latency: int

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the next (channels, samples)."""

    def retune(self, **settings: float) -> None:
        """Glide to other settings."""


class Colour(Effect):
    """An effect that is a machine with an amount; `seed`, where it has one, cannot move."""

    __slots__ = ()
    amount: float

    def __post_init__(self) -> None:
        check_settings(self, amount=(0.0, 1.0))

    def scaled(self, rate: int) -> dict[str, float]:
        """Return the machine's settings at this amount."""
        raise NotImplementedError

    def machine(self, rate: int, channels: int) -> Machine:
        """Return the machine at work."""
        raise NotImplementedError

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        fader = _Fader(lambda now: now.machine(rate, channels), self, channels)

        def retune(to: Colour) -> None:
            if hasattr(self, "seed"):
                keep_fixed(self, to, "seed")
            fader.move(to, to.scaled(rate))

        return Work(fader.process, fader.latency, retune=retune)

    def told(self) -> dict[str, float]:
        """Return the fields that are the machine's settings, as they are."""
        names = {field.name for field in fields(self)} - {"seed", "amount"}  # type: ignore[arg-type]
        return {name: getattr(self, name) for name in sorted(names)}

    def share(self) -> float:
        """Return the amount that settings are scaled by: never quite 0."""
        return max(self.amount, _LEAST)

    def softer(self, db: float) -> float:
        """Return a noise's level at this amount: that of silence at 0."""
        return max(OFF_DB, db + gain_to_db(self.amount))

    def driven(self, drive_db: float) -> float:
        """Return a drive at this amount: distortion goes with it."""
        return max(_LEAST_DB, drive_db + gain_to_db(self.share()))

    def opened(self, hz: float, neutral_hz: float) -> float:
        """Return a cut-off at this amount, by octaves from where it does nothing."""
        return float(neutral_hz * (hz / neutral_hz) ** self.amount)


class _Fader:
    """A machine, and the dry sound as late as it."""

    def __init__(self, make: Callable[[Colour], Machine], effect: Colour, channels: int) -> None:
        self._make, self._machine = make, make(effect)
        self.latency = self._machine.latency
        self._late = np.zeros((channels, self.latency), np.float32)
        self._share = Ramp(min(1.0, effect.amount / FADED), frames=_RAMP)

    @property
    def _sleeps(self) -> bool:
        return self._share.rests and self._share.after == 0.0

    def move(self, effect: Colour, settings: dict[str, float]) -> None:
        """Go towards another amount and other settings."""
        to = min(1.0, effect.amount / FADED)
        if self._sleeps and to > 0.0:
            # A fresh machine that has heard what is on its way: where it slept is forgotten.
            self._machine = self._make(effect)
            self._machine.process(self._late)
        elif not self._sleeps:
            self._machine.retune(**settings)
        self._share.move(to)

    def process(self, block: Samples) -> NDArray[Any]:
        """Return the next block."""
        joined = np.concatenate((self._late, block), axis=1)
        dry, self._late = joined[:, : block.shape[1]], joined[:, block.shape[1] :].copy()
        if self._sleeps:
            return dry
        wet = self._machine.process(block)
        if self._share.rests and self._share.after == 1.0:
            return wet
        return dry + self._share.take(block.shape[1]) * (wet - dry)
