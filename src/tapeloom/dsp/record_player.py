"""A record on a player: its groove, a centre hole that is off, and the surface's noise."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.filters import high_pass, low_pass
from tapeloom.dsp.glide import Glide
from tapeloom.dsp.groove import Groove
from tapeloom.dsp.noise import Noise, hiss_sections, level_or_off
from tapeloom.dsp.ranges import check_ranges
from tapeloom.dsp.transport import Transport
from tapeloom.dsp.vinyl import VinylNoise

_GROOVE = ("wear", "inner", "rpm", "level_db", "mono_below_hz")
_RANGES = {"crackle_per_s": (0.0, 1000.0), "pops_per_s": (0.0, 1000.0)}
_LEVELS = ("crackle_db", "hiss_db", "rumble_db")


class RecordPlayer:
    """Groove, turntable and surface over blocks.

    wear, inner, rpm, level_db, mono_below_hz  see `groove.Groove`
    wow_percent                                once a turn, a weighted peak (see `flutter`)
    crackle_per_s, pops_per_s                  how many a second
    crackle_db                                 the peak of a typical crackle in dBFS
    hiss_db, rumble_db                         RMS in dBFS; none from -120 down, as for crackle_db

    >>> player = RecordPlayer(44100, 2, rng=np.random.default_rng(1))
    >>> player.process(np.zeros((2, 3000))).shape
    (2, 3000)
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        rng: np.random.Generator,
        wear: float = 0.3,
        inner: float = 0.4,
        rpm: float = 100.0 / 3.0,
        level_db: float = 0.0,
        mono_below_hz: float = 150.0,
        wow_percent: float = 0.05,
        crackle_per_s: float = 12.0,
        pops_per_s: float = 0.3,
        crackle_db: float = -38.0,
        hiss_db: float = -66.0,
        rumble_db: float = -64.0,
    ) -> None:
        turn_rng, crackle_rng, hiss_rng, rumble_rng = rng.spawn(4)
        groove = {
            "wear": wear,
            "inner": inner,
            "rpm": rpm,
            "level_db": level_db,
            "mono_below_hz": mono_below_hz,
        }
        self._groove = Groove(rate, channels, **groove)
        self._table = Transport(
            rate,
            channels,
            rng=turn_rng,
            wow_hz=max(0.3, rpm / 60.0),
            wow_percent=wow_percent,
            flutter_percent=0.0,
        )
        self.latency = self._groove.latency + self._table.latency
        often = {"crackle_per_s": crackle_per_s, "pops_per_s": pops_per_s}
        check_ranges(often, _RANGES)
        self._crackle = VinylNoise(
            rate,
            rng=crackle_rng,
            crackle_per_s=crackle_per_s,
            pops_per_s=pops_per_s,
            crackle_db=0.0,
            hiss_db=-np.inf,
            rumble_db=-np.inf,
        )
        self._often = often
        self._hiss = Noise(rate, channels, rng=hiss_rng, sections=hiss_sections(rate))
        # A bearing shakes the needle up and down as well: rumble is not alike in both channels.
        self._rumble = Noise(
            rate, channels, rng=rumble_rng, sections=[low_pass(28.0, rate), high_pass(12.0, rate)]
        )
        levels = {"crackle_db": crackle_db, "hiss_db": hiss_db, "rumble_db": rumble_db}
        self._glide = Glide(rate, {name: level_or_off(db) for name, db in levels.items()})

    def retune(self, **settings: float) -> None:
        """Glide to other settings, by their names; how often it crackles follows later."""
        self._groove.retune(**{k: v for k, v in settings.items() if k in _GROOVE})
        turning = {k: v for k, v in settings.items() if k == "wow_percent"}
        if "rpm" in settings:
            turning["wow_hz"] = max(0.3, settings["rpm"] / 60.0)
        self._table.retune(**turning)
        often = {name: settings.get(name, told) for name, told in self._often.items()}
        check_ranges(often, _RANGES)
        self._often = often
        self._crackle.retune(**often)
        self._glide.move({k: level_or_off(v) for k, v in settings.items() if k in _LEVELS})

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the played (channels, samples), `latency` samples late."""
        y = self._table.process(self._groove.process(block))
        for start, end, _ in self._glide.pieces(block.shape[1]):
            gains, frames = self._glide.now, end - start
            if gains["crackle_db"]:
                crackle = self._crackle.take(frames)
                pair = crackle if len(y) == 2 else 0.5 * (crackle[:1] + crackle[1:])
                y[:, start:end] += gains["crackle_db"] * pair
            if gains["hiss_db"]:
                y[:, start:end] += gains["hiss_db"] * self._hiss.take(frames)
            if gains["rumble_db"]:
                y[:, start:end] += gains["rumble_db"] * self._rumble.take(frames)
        return y
