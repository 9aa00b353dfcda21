"""Equalizers: bands in series, of least phase or of linear phase."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.errors import InputError
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.bands import BANDS, CHANNELS, Band, Dynamics
from tapeloom.studio.effects.work import Work

__all__ = ["BANDS", "PHASES", "Band", "Dynamics", "Equalizer", "Filter"]

PHASES = ("minimum", "linear")
_MID_SIDE = CHANNELS[1:3]


@dataclass(frozen=True, slots=True)
class Equalizer(Effect):
    """Bands in series.

    phase  "minimum": no latency, each band within 0.08 dB of its analogue model up to 0.4535 of
           the rate; "linear": the same magnitudes without a shift of phase, 0.23 s late

    An equalizer without bands, or whose gains are all 0, returns the sound bit by bit. In the
    middle of a stream the cutoffs, gains, q and dynamics of its bands may change.
    """

    bands: tuple[Band, ...]
    phase: str = "minimum"

    def __post_init__(self) -> None:
        if self.phase not in PHASES:
            raise InputError(f"{self.phase!r} is no phase; choose one of {', '.join(PHASES)}")
        if self.phase == "linear" and any(band.dynamics for band in self.bands):
            raise InputError("a band of linear phase has no dynamics; take phase 'minimum'")

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        if not self.bands:
            return Work(lambda block: block)
        steps = _steps(self, rate, channels)
        now = self

        def work(block: Samples) -> NDArray[Any]:
            y: NDArray[Any] = block
            for step in steps:
                y = step.process(y)
            return y

        def retune(to: "Equalizer") -> None:
            nonlocal now
            shapes = [[band.shape for band in effect.bands] for effect in (now, to)]
            if shapes[0] != shapes[1] or now.phase != to.phase:
                raise InputError(
                    "the number of an equalizer's bands, their kinds, slopes and channels and its "
                    "phase cannot change in the middle of a stream"
                )
            for step, members in zip(steps, _groups(to, channels), strict=True):
                step.retune(members)
            now = to

        return Work(work, sum(step.latency for step in steps), retune=retune)


@dataclass(frozen=True, slots=True)
class Filter(Effect):
    """An equalizer of one band whose settings are the effect's own: they can be put on curves.

    >>> from tapeloom.studio.automation import Automated, Curve
    >>> rise = Automated(Filter("low_pass", 300.0), (("cutoff_hz", Curve(((0, 300), (4, 9000)))),))
    >>> rise.settings(2.0).cutoff_hz
    4650.0
    """

    kind: str
    cutoff_hz: float
    gain_db: float = 0.0
    q: float = 0.7071
    slope_db: int = 12
    channel: str = "stereo"

    def __post_init__(self) -> None:
        self._equalizer()

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        process = self._equalizer().open(rate, channels)
        return Work(process.process, retune=lambda to: process.retune(to._equalizer()))

    def _equalizer(self) -> Equalizer:
        band = Band(self.kind, self.cutoff_hz, self.gain_db, self.q, self.slope_db, self.channel)
        return Equalizer((band,))


class _Step(Protocol):
    """Bands that are run together."""

    latency: int

    def process(self, block: NDArray[Any]) -> NDArray[Any]:
        """Return the next block."""

    def retune(self, bands: Sequence[Band]) -> None:
        """Take other settings of the same bands."""


def _steps(effect: Equalizer, rate: int, channels: int) -> list[_Step]:
    kind = _Linear if effect.phase == "linear" else _Minimum
    return [
        _Dynamic(bands, rate, channels) if bands[0].dynamics else kind(bands, rate, channels)
        for bands in _groups(effect, channels)
    ]


def _groups(effect: Equalizer, channels: int) -> list[list[Band]]:
    """Return bands that follow each other on the same two signals: left and right, or mid and side.

    A band of both goes with either.
    """
    is_sided = False
    keys: list[tuple[bool, int]] = []
    for at, band in enumerate(effect.bands):
        if band.channel != "stereo":
            is_sided = band.channel in _MID_SIDE and channels == 2
        # Dynamic bands are alone.
        keys.append((is_sided, at if band.dynamics else -1))
    groups = groupby(zip(keys, effect.bands, strict=True), key=lambda pair: pair[0])
    return [[band for _, band in members] for _, members in groups]


def _lanes(band: Band, channels: int) -> tuple[int, ...]:
    """Return the rows that a band filters."""
    if band.channel == "stereo" or (channels == 1 and band.channel == "mid"):
        return tuple(range(channels))
    if channels != 2:
        return ()
    return (0,) if band.channel in ("mid", "left") else (1,)


def _on_mid_side(
    function: Callable[[NDArray[Any]], NDArray[Any]], block: NDArray[Any]
) -> NDArray[np.float64]:
    half = np.asarray(block, np.float64) * 0.5
    mid, side = function(np.stack((half[0] + half[1], half[0] - half[1])))
    return np.stack((mid + side, mid - side))


def _is_sided(bands: Sequence[Band], channels: int) -> bool:
    return channels == 2 and any(band.channel in _MID_SIDE for band in bands)


class _Minimum:
    """Sections in series."""

    def __init__(self, bands: Sequence[Band], rate: int, channels: int) -> None:
        from tapeloom.dsp.cascade import Cascade

        self.latency = 0
        self._rate, self._channels = rate, channels
        self._sided = _is_sided(bands, channels)
        self._bands = bands
        self._rows = [self._sections(band, moving=False) for band in bands]
        self._cascade = Cascade(np.concatenate(self._rows, axis=1))

    def _sections(self, band: Band, *, moving: bool) -> NDArray[np.float64]:
        """Return what a band does to each row, shape (channels, sections, 6)."""
        from tapeloom.dsp.matched_filters import IDENTITY

        sections = band.sections(self._rate, moving=moving)
        lanes = np.tile(IDENTITY, (self._channels, len(sections), 1))
        lanes[list(_lanes(band, self._channels))] = sections
        return lanes

    def retune(self, bands: Sequence[Band]) -> None:
        self._rows = [
            rows if band == before else self._sections(band, moving=True)
            for rows, band, before in zip(self._rows, bands, self._bands, strict=True)
        ]
        self._bands = bands
        self._cascade.move(np.concatenate(self._rows, axis=1))

    def process(self, block: NDArray[Any]) -> NDArray[Any]:
        if self._sided and not self._cascade.is_idle:
            return _on_mid_side(self._cascade.process, block)
        return self._cascade.process(block)


class _Linear:
    """Long symmetric responses, one a channel."""

    def __init__(self, bands: Sequence[Band], rate: int, channels: int) -> None:
        from tapeloom.dsp.linear_phase import LinearPhase

        self._channels = channels
        self._filter = LinearPhase(
            rate, channels, self._magnitudes(bands), is_sided=_is_sided(bands, channels)
        )
        self.latency = self._filter.latency

    def _magnitudes(
        self, bands: Sequence[Band]
    ) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
        def magnitudes(frequencies_hz: NDArray[np.float64]) -> NDArray[np.float64]:
            lanes = np.ones((self._channels, frequencies_hz.size))
            for band in bands:
                lanes[list(_lanes(band, self._channels))] *= band.magnitude(frequencies_hz)
            return lanes[None]

        return magnitudes

    def retune(self, bands: Sequence[Band]) -> None:
        self._filter.move(self._magnitudes(bands))

    def process(self, block: NDArray[Any]) -> NDArray[Any]:
        y: NDArray[Any] = self._filter.process(block)[0]
        return y


class _Dynamic:
    """One band whose gain moves."""

    def __init__(self, bands: Sequence[Band], rate: int, channels: int) -> None:
        from tapeloom.dsp.dynamic_filters import DynamicFilter

        self.latency = 0
        self._sided = _is_sided(bands, channels)
        self._lanes = list(_lanes(bands[0], channels))
        self._filter = DynamicFilter(
            rate, len(self._lanes), kind=bands[0].kind, **self._settings(bands[0])
        )

    @staticmethod
    def _settings(band: Band) -> dict[str, float]:
        dynamics = band.dynamics or Dynamics()
        settings = {name: getattr(dynamics, name) for name in Dynamics.__slots__}
        return {"cutoff_hz": band.cutoff_hz, "q": band.q, "gain_db": band.gain_db, **settings}

    def retune(self, bands: Sequence[Band]) -> None:
        self._filter.retune(**self._settings(bands[0]))

    def process(self, block: NDArray[Any]) -> NDArray[Any]:
        if not self._lanes:
            return block
        return _on_mid_side(self._run, block) if self._sided else self._run(block)

    def _run(self, block: NDArray[Any]) -> NDArray[Any]:
        y = np.array(block, np.float64)
        y[self._lanes] = self._filter.process(y[self._lanes])
        return y
