"""Bands: what equalisers are made of."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.prototypes import (
    GAINED,
    KINDS,
    PASSES,
    SLOPES_DB,
    analogue_response,
    prototypes,
)

BANDS = KINDS
CHANNELS = ("stereo", "mid", "side", "left", "right")
DYNAMIC = ("bell", "low_shelf", "high_shelf")

# Bands that move are set on a lattice this fine: a sweep designs each filter once.
_OCTAVE_STEPS, _GAIN_STEPS, _Q_STEPS = 200.0, 20.0, 70.0


@dataclass(frozen=True, slots=True)
class Dynamics:
    """How the gain of a band follows the level in it.

    Above the threshold each dB moves the gain by `1 - 1 / ratio` dB down; with a ratio under 1 it
    moves up. The level is that of the loudest channel, as the peak of a sine.
    """

    threshold_db: float = -24.0  # dBFS
    ratio: float = 2.0  # over 0
    attack_ms: float = 10.0
    release_ms: float = 100.0
    range_db: float = 12.0  # how far the gain moves at most

    def __post_init__(self) -> None:
        if not (self.ratio > 0.0 and self.range_db >= 0.0):
            raise InputError(
                f"dynamics of ratio {self.ratio:g} and range_db {self.range_db:g} cannot be; the "
                "ratio must be over 0 and the range at least 0"
            )


@dataclass(frozen=True, slots=True)
class Band:
    """One band of an equalizer.

    The kinds are those of `dsp.prototypes`; `gain_db` belongs to bells, shelves and tilts (which
    go half of it down below the cutoff and half up above it), `slope_db` to passes. A band of one
    channel works on stereo alone: audio of other numbers of channels passes it unchanged, but that
    mono has a middle.

    >>> Band("low_pass", 12_000, slope_db=48).slope_db
    48
    """

    kind: str  # one of BANDS
    cutoff_hz: float
    gain_db: float = 0.0
    q: float = 0.7071
    slope_db: int = 12  # per octave: 6, 12, 18 ... 48
    channel: str = "stereo"  # one of CHANNELS
    dynamics: Dynamics | None = None  # for bells and shelves

    def __post_init__(self) -> None:
        if self.kind not in BANDS:
            raise InputError(f"{self.kind!r} is no band; choose one of {', '.join(BANDS)}")
        if not self.cutoff_hz > 0.0 or not self.q > 0.0:
            raise InputError(
                f"a band at {self.cutoff_hz:g} Hz with q {self.q:g} cannot be; both must be over 0"
            )
        if self.slope_db not in SLOPES_DB:
            raise InputError(
                f"slope_db is {self.slope_db}; it must be one of {', '.join(map(str, SLOPES_DB))}"
            )
        if self.channel not in CHANNELS:
            raise InputError(
                f"{self.channel!r} is no channel of a band; choose one of {', '.join(CHANNELS)}"
            )
        if self.dynamics is not None and self.kind not in DYNAMIC:
            raise InputError(
                f"a {self.kind} has no dynamics; leave them out, or choose one of "
                + ", ".join(DYNAMIC)
            )

    @property
    def is_flat(self) -> bool:
        """Whether it does nothing."""
        return self.kind in GAINED and self.gain_db == 0.0 and self.dynamics is None

    @property
    def shape(self) -> tuple[str, int, str, bool]:
        """What cannot change in the middle of a stream."""
        slope_db = self.slope_db if self.kind in PASSES else 12
        return self.kind, slope_db, self.channel, self.dynamics is not None

    def sections(self, rate: int, *, moving: bool = False) -> NDArray[np.float64]:
        """Design its filter, shape (sections, 6); the number depends on kind and slope alone.

        moving  the settings are rounded to steps that cannot be heard: what sweeps is designed once
        """
        from tapeloom.dsp.matched_filters import IDENTITY, matched

        if self.is_flat:
            return np.stack((IDENTITY, IDENTITY))
        cutoff_hz, gain_db, q = float(self.cutoff_hz), float(self.gain_db), float(self.q)
        if moving:
            cutoff_hz = 2.0 ** (round(math.log2(cutoff_hz) * _OCTAVE_STEPS) / _OCTAVE_STEPS)
            gain_db = round(gain_db * _GAIN_STEPS) / _GAIN_STEPS
            q = 2.0 ** (round(math.log2(q) * _Q_STEPS) / _Q_STEPS)
        return matched(self.kind, cutoff_hz, rate, gain_db=gain_db, q=q, slope_db=self.slope_db)

    def section(self, rate: int) -> NDArray[np.float64]:
        """Design a pass of 12 dB as one section of the cookbook, for loops that need no more."""
        from tapeloom.dsp import filters

        if self.kind not in PASSES:
            raise InputError(f"a {self.kind} is no pass; take its `sections`")
        design = {"low_pass": filters.low_pass, "high_pass": filters.high_pass}[self.kind]
        return design(min(self.cutoff_hz, 0.45 * rate), rate, q=self.q)

    def magnitude(self, frequencies_hz: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the magnitude of its analogue model, without its dynamics."""
        if self.is_flat:
            return np.ones(frequencies_hz.shape)
        stages = prototypes(self.kind, gain_db=self.gain_db, q=self.q, slope_db=self.slope_db)
        return np.abs(analogue_response(stages, frequencies_hz, cutoff_hz=self.cutoff_hz))
