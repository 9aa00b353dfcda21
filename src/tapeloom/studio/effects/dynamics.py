"""Effects whose gain follows the sound: compressors and their kin."""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Protocol

from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.errors import InputError
from tapeloom.dsp.circuits import CIRCUITS
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.equalizer import Band
from tapeloom.studio.effects.settings import check_settings
from tapeloom.studio.effects.work import Work

LONGEST_LOOK_AHEAD_MS = 100.0
_UPWARD_RANGE_DB = 40.0  # silence is raised by all of it


class _Rider(Protocol):
    """What `dsp` has for all of them."""

    latency: int

    def process(self, block: NDArray[Any], key: NDArray[Any] | None = None) -> NDArray[Any]:
        """Return the next block."""

    def retune(self, **settings: Any) -> None:
        """Take other settings."""


@dataclass(frozen=True, slots=True)
class Compressor(Effect):
    """A compressor of one of six kinds; what is None is as the circuit has it.

    >>> glue = Compressor(-20.0, kind="bus", auto_release=True)
    >>> glue == Compressor(threshold_db=-20.0, kind="bus", auto_release=True)
    True
    """

    threshold_db: float = -18.0  # dBFS of a sine's peak
    ratio: float | None = None
    knee_db: float | None = None
    attack_ms: float | None = None  # for 63 % of the change in dB
    release_ms: float | None = None
    makeup_db: float = 0.0
    mix: float = 1.0  # below 1 the dry sound is blended in (parallel compression)
    kind: str = "digital"  # one of dsp.circuits.CIRCUITS
    auto_release: bool = False  # the circuit's own ("vari_mu", "bus")
    auto_makeup: bool = False  # half of what a sine at 0 dBFS is lowered by
    look_ahead_ms: float = 0.0
    link: float = 1.0  # 1: one gain for all channels, 0: each has its own
    upward: bool = False  # raises what lies below the threshold
    range_db: float | None = None  # how far the gain goes at most; None: 60, upward 12
    key: str | None = None  # the channel that it listens to; None: its own sound
    key_bands: tuple[Band, ...] = ()  # filters on what it listens to

    def __post_init__(self) -> None:
        if self.kind not in CIRCUITS:
            raise InputError(f"{self.kind!r} is no kind; choose one of {', '.join(CIRCUITS)}")
        if self.auto_release and not CIRCUITS[self.kind].automatic:
            able = ", ".join(name for name, circuit in CIRCUITS.items() if circuit.automatic)
            raise InputError(f"{self.kind!r} has no automatic release; {able} have one")
        most_db = _UPWARD_RANGE_DB if self.upward else math.inf
        _check(self, ratio=(1.0, math.inf), mix=(0.0, 1.0), range_db=(0.0, most_db))

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.compressors import Compressor as Rider

        return _at_work(self, rate, lambda settings: Rider(rate, channels, **settings))


@dataclass(frozen=True, slots=True)
class Expander(Effect):
    """Makes what is soft softer: `ratio` dB down for each dB below the threshold."""

    threshold_db: float = -40.0  # dBFS of a sine's peak
    ratio: float = 2.0
    range_db: float = 24.0  # how far down at most
    attack_ms: float = 1.0  # of opening, 63 % of the way in dB
    hold_ms: float = 0.0
    release_ms: float = 120.0
    hysteresis_db: float = 0.0  # how far below the threshold it begins to close
    look_ahead_ms: float = 0.0
    link: float = 1.0  # 1: one gain for all channels, 0: each has its own
    key: str | None = None  # the channel that it listens to; None: its own sound
    key_bands: tuple[Band, ...] = ()  # filters on what it listens to

    def __post_init__(self) -> None:
        _check(
            self,
            ratio=(1.0, math.inf),
            range_db=(0.0, math.inf),
            hold_ms=(0.0, math.inf),
            hysteresis_db=(0.0, math.inf),
        )

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.gates import Gate as Rider

        return _at_work(self, rate, lambda settings: Rider(rate, channels, **settings))


@dataclass(frozen=True, slots=True)
class Gate(Expander):
    """Lets pass what is loud and shuts out the rest; it is shut at the beginning."""

    ratio: float = math.inf
    range_db: float = 60.0
    attack_ms: float = 0.5
    hold_ms: float = 20.0
    release_ms: float = 80.0
    hysteresis_db: float = 4.0


@dataclass(frozen=True, slots=True)
class DeEsser(Effect):
    """Takes down sibilance by its share in the sound, whatever the level."""

    threshold_db: float = -10.0  # the share of the band in the whole from which it works
    ratio: float = 4.0
    range_db: float = 12.0  # how far down at most
    attack_ms: float = 1.0
    release_ms: float = 60.0
    low_hz: float = 4000.0
    high_hz: float = 10_000.0
    split: bool = True  # the band alone is lowered, else everything
    look_ahead_ms: float = 0.0

    def __post_init__(self) -> None:
        _check(self, ratio=(1.0, math.inf), range_db=(0.0, math.inf))
        if not 0.0 < self.low_hz < self.high_hz:
            raise InputError(
                f"a band from {self.low_hz:g} to {self.high_hz:g} Hz cannot be; "
                "low_hz must be over 0 and below high_hz"
            )

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.deesser import DeEsser as Rider

        return _at_work(self, rate, lambda settings: Rider(rate, channels, **settings))


@dataclass(frozen=True, slots=True)
class TransientShaper(Effect):
    """Gives onsets, and what follows them, more or less level, however loud they are."""

    attack_db: float = 0.0  # what onsets gain
    sustain_db: float = 0.0  # what the sound gains while it dies away
    attack_ms: float = 20.0  # how long an onset is
    sustain_ms: float = 80.0  # the release that a decay is set against
    look_ahead_ms: float = 0.0

    def __post_init__(self) -> None:
        _check(self, attack_db=(-40.0, 40.0), sustain_db=(-40.0, 40.0), sustain_ms=(0.0, math.inf))

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.transients import TransientShaper as Rider

        return _at_work(self, rate, lambda settings: Rider(rate, channels, **settings))


def _check(effect: Effect, **ranges: tuple[float, float]) -> None:
    """Check these settings, and what several effects have."""
    shared = {
        "threshold_db": (-200.0, 200.0),
        "makeup_db": (-200.0, 200.0),
        "knee_db": (0.0, math.inf),
        "attack_ms": (0.0, math.inf),
        "release_ms": (0.0, math.inf),
        "link": (0.0, 1.0),
        "look_ahead_ms": (0.0, LONGEST_LOOK_AHEAD_MS),
    }
    shared = {name: range_ for name, range_ in shared.items() if hasattr(effect, name)}
    check_settings(effect, **ranges, **shared)


def _settings(effect: Any, rate: int) -> dict[str, Any]:
    """Return what the signal processor takes: every field, with the side-chain's bands designed."""
    settings = {field.name: getattr(effect, field.name) for field in fields(effect)}
    if "key" in settings:
        settings.pop("key")
        bands = settings.pop("key_bands")
        settings["key_sections"] = [band.section(rate) for band in bands]
    return settings


def _at_work(effect: Effect, rate: int, make: Callable[[dict[str, Any]], _Rider]) -> Work:
    """Return an effect at work that listens to its side-chain, where it hears one."""
    rider = make(_settings(effect, rate))
    heard: Samples | None = None

    def hear(block: Samples) -> None:
        nonlocal heard
        heard = block

    def process(block: Samples) -> NDArray[Any]:
        nonlocal heard
        key, heard = heard, None
        return rider.process(block, key)

    def retune(to: Effect) -> None:
        rider.retune(**_settings(to, rate))

    return Work(process, rider.latency, retune=retune, hear=hear)
