"""Chains of effects that work on a band each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.errors import InputError
from tapeloom.dsp.band_edges import check_cuts
from tapeloom.dsp.glide import Ramp
from tapeloom.dsp.level import db_to_gain
from tapeloom.studio.chain import Chain, Effect, Line, Process
from tapeloom.studio.effects.equalizer import PHASES


@dataclass(frozen=True, slots=True)
class Multiband(Effect):
    """The sound cut into 2 to 6 bands, each through a chain of effects, and added up again.

    phase  "minimum": Linkwitz and Riley's cuts, without latency; the sum of untouched bands is an
           all-pass of flat magnitude; "linear": the sum is the input itself, 0.23 s late
    order  2, 4 or 8: 12, 24 or 48 dB an octave

    However late the chains are, the bands stay together. Effects with a side-chain hear it: all of
    them the same one. In the middle of a stream cuts, gains, mutes, solos and the settings of the
    effects in the bands may change.

    >>> Multiband((200.0, 3000.0), ((), (), ())).cutoffs_hz
    (200.0, 3000.0)
    """

    cutoffs_hz: tuple[float, ...]
    chains: tuple[Chain, ...]  # one more than there are cuts, the lowest band's first
    gains_db: tuple[float, ...] = ()  # none, or one a band
    muted: tuple[int, ...] = ()  # bands that are silent, counted from 0
    soloed: tuple[int, ...] = ()  # where there are any, the others are silent
    phase: str = "minimum"
    order: int = 4

    def __post_init__(self) -> None:
        check_cuts(self.cutoffs_hz, self.order)
        bands = len(self.cutoffs_hz) + 1
        if len(self.chains) != bands or len(self.gains_db) not in (0, bands):
            raise InputError(
                f"{len(self.cutoffs_hz)} cuts make {bands} bands, but there are "
                f"{len(self.chains)} chains and {len(self.gains_db)} gains; give one a band"
            )
        if any(not 0 <= band < bands for band in (*self.muted, *self.soloed)):
            raise InputError(f"a band to mute or solo must lie between 0 and {bands - 1}")
        if self.phase not in PHASES:
            raise InputError(f"{self.phase!r} is no phase; choose one of {', '.join(PHASES)}")
        if len(self._keys()) > 1:
            raise InputError(
                f"the bands listen to {', '.join(sorted(self._keys()))}; "
                "they can have one side-chain only"
            )

    @property
    def key(self) -> str | None:
        """The side-chain of the effects in the bands."""
        return next(iter(self._keys()), None)

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        return _Bands(self, rate, channels)

    def _keys(self) -> set[str]:
        keys = (getattr(effect, "key", None) for chain in self.chains for effect in chain)
        return {key for key in keys if key is not None}

    def _gains(self, channels: int) -> NDArray[np.float64]:
        """Return each band's gain, shape (bands, channels)."""
        heard = [
            band not in self.muted and (not self.soloed or band in self.soloed)
            for band in range(len(self.chains))
        ]
        gains_db = self.gains_db or (0.0,) * len(self.chains)
        gains = [db_to_gain(db) * on for db, on in zip(gains_db, heard, strict=True)]
        return np.tile(np.array(gains, np.float64)[:, None], (1, channels))


class _Bands:
    """A splitter, a line for each band, and what makes them equally late."""

    def __init__(self, effect: Multiband, rate: int, channels: int) -> None:
        from tapeloom.dsp.crossover import LinearSplit, LinkwitzRiley

        split = LinearSplit if effect.phase == "linear" else LinkwitzRiley
        self._effect, self._channels = effect, channels
        self._split = split(rate, channels, cutoffs_hz=effect.cutoffs_hz, order=effect.order)
        self._lines = [Line(chain, rate=rate, channels=channels) for chain in effect.chains]
        self._fader = Ramp(effect._gains(channels))
        self.latency = self._split.latency + max(line.latency for line in self._lines)
        # What the splitter is late by is dropped, so that the effects of a band keep time.
        self._late = self._split.latency
        silence = np.zeros((channels, self.latency), np.float32)
        self._waiting = [silence] * len(self._lines)
        self._heard = np.zeros((channels, 0), np.float32)

    def hear(self, block: Samples) -> None:
        """Take the side-chain of the next block."""
        if self._effect.key is not None:
            heard = self._heard
            self._heard = np.concatenate((heard, block), axis=1) if heard.shape[1] else block

    def retune(self, effect: Multiband) -> None:
        """Take other cuts, gains and settings of the effects in the bands."""
        now = self._effect
        if len(effect.chains) != len(now.chains) or (effect.phase, effect.order) != (
            now.phase,
            now.order,
        ):
            raise InputError(
                "the number of bands, their phase and order cannot change in the middle of a stream"
            )
        if effect.cutoffs_hz != now.cutoffs_hz:
            self._split.retune(effect.cutoffs_hz)
        for line, chain in zip(self._lines, effect.chains, strict=True):
            line.retune(chain)
        self._fader.move(effect._gains(self._channels))
        self._effect = effect

    def process(self, block: Samples) -> Samples:
        """Return the next block."""
        frames = block.shape[1]
        bands = self._split.process(block).astype(np.float32)
        dropped = min(self._late, frames)
        self._late -= dropped
        keys: dict[str, Samples] = {}
        if self._effect.key is not None and self._heard.shape[1]:
            keys[self._effect.key] = self._heard[:, : frames - dropped]
            self._heard = self._heard[:, frames - dropped :]
        ready = []
        for at, (line, band) in enumerate(zip(self._lines, bands, strict=True)):
            pushed = line.push(band[:, dropped:], keys)
            waiting = np.concatenate((self._waiting[at], pushed), axis=1)
            ready.append(waiting[:, :frames])
            self._waiting[at] = waiting[:, frames:]
        return np.asarray(self._fader.scale(np.stack(ready)).sum(axis=0), np.float32)
