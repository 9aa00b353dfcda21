"""The effects that a channel or a bus can hold, as plain values.

>>> warm = Equalizer((Band("high_pass", 40), Band("low_pass", 9000)))
>>> warm == Equalizer((Band("high_pass", 40.0), Band("low_pass", 9000.0)))
True
>>> import numpy as np
>>> from tapeloom.core.audio import Audio
>>> warm(Audio(np.zeros((2, 100), np.float32))).frames
100
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.errors import InputError
from tapeloom.core.seed import stream
from tapeloom.dsp.level import db_to_gain
from tapeloom.dsp.stereo import pan_gains
from tapeloom.studio.chain import Effect, Process


class _Work:
    """A process made of one function."""

    __slots__ = ("_function", "latency")

    def __init__(self, function: Callable[[Samples], NDArray[Any]], latency: int = 0) -> None:
        self._function, self.latency = function, latency

    def process(self, block: Samples) -> Samples:
        return np.asarray(self._function(block), np.float32)


@dataclass(frozen=True, slots=True)
class Gain(Effect):
    """A change of level."""

    gain_db: float = 0.0

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        gain = np.float32(db_to_gain(self.gain_db))
        return _Work(lambda block: block * gain)


@dataclass(frozen=True, slots=True)
class Pan(Effect):
    """A place between left (-1) and right (1), by constant power; mono audio stays as it is."""

    pan: float = 0.0

    def __post_init__(self) -> None:
        if not -1.0 <= self.pan <= 1.0:
            raise InputError(f"pan is {self.pan}; it must lie between -1 (left) and 1 (right)")

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        gains = np.array(pan_gains(self.pan) if channels == 2 else [1.0] * channels, np.float32)
        return _Work(lambda block: block * gains[:, None])


BANDS = ("low_pass", "high_pass", "bell", "low_shelf", "high_shelf")


@dataclass(frozen=True, slots=True)
class Band:
    """One band of an equalizer. `gain_db` belongs to bells and shelves."""

    kind: str  # one of BANDS
    cutoff_hz: float
    gain_db: float = 0.0
    q: float = 0.7071

    def __post_init__(self) -> None:
        if self.kind not in BANDS:
            raise InputError(f"{self.kind!r} is no band; choose one of {', '.join(BANDS)}")
        if not self.cutoff_hz > 0.0 or not self.q > 0.0:
            raise InputError(
                f"a band at {self.cutoff_hz:g} Hz with q {self.q:g} cannot be; both must be over 0"
            )

    def section(self, rate: int) -> NDArray[np.float64]:
        """Design its filter; above 0.45 of the rate it is moved down there."""
        from tapeloom.dsp import filters

        cutoff_hz = min(self.cutoff_hz, 0.45 * rate)
        if self.kind in ("low_pass", "high_pass"):
            pass_filter = filters.low_pass if self.kind == "low_pass" else filters.high_pass
            return pass_filter(cutoff_hz, rate, q=self.q)
        gained = {
            "bell": filters.bell,
            "low_shelf": filters.low_shelf,
            "high_shelf": filters.high_shelf,
        }[self.kind]
        return gained(cutoff_hz, rate, gain_db=self.gain_db, q=self.q)


@dataclass(frozen=True, slots=True)
class Equalizer(Effect):
    """Bands in series."""

    bands: tuple[Band, ...]

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.filters import Biquads

        sections = [band.section(rate) for band in self.bands]
        return _Work(Biquads(sections, channels=channels).process)


@dataclass(frozen=True, slots=True)
class Compressor(Effect):
    """A feed-forward compressor with a soft knee; all channels get one gain."""

    threshold_db: float = -18.0  # dBFS of a sine's peak
    ratio: float = 2.0
    knee_db: float = 6.0
    attack_ms: float = 15.0
    release_ms: float = 150.0
    makeup_db: float = 0.0
    mix: float = 1.0  # below 1 the dry sound is blended in (parallel compression)

    def __post_init__(self) -> None:
        if not self.ratio >= 1.0:
            raise InputError(f"ratio is {self.ratio}; it must be at least 1")

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp import dynamics

        work = dynamics.Compressor(
            rate,
            threshold_db=self.threshold_db,
            ratio=self.ratio,
            knee_db=self.knee_db,
            attack_ms=self.attack_ms,
            release_ms=self.release_ms,
            makeup_db=self.makeup_db,
            mix=self.mix,
        )
        return _Work(work.process)


@dataclass(frozen=True, slots=True)
class Limiter(Effect):
    """A look-ahead limiter that holds its ceiling between the samples too."""

    ceiling_db: float = -1.0  # dBTP
    release_ms: float = 120.0

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.dynamics import TruePeakLimiter

        work = TruePeakLimiter(
            rate, channels, ceiling_db=self.ceiling_db, release_ms=self.release_ms
        )
        return _Work(work.process, work.latency)


@dataclass(frozen=True, slots=True)
class Saturation(Effect):
    """Tape-like soft saturation, oversampled."""

    drive_db: float = 6.0

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.saturation import TapeSaturator

        work = TapeSaturator(channels, drive_db=self.drive_db)
        return _Work(work.process, work.latency)


@dataclass(frozen=True, slots=True)
class Tape(Effect):
    """Wow and flutter; depths are peak deviations of speed (1 % is 17 cents)."""

    seed: int
    wow_hz: float = 0.7
    wow_percent: float = 0.15
    flutter_hz: float = 7.0
    flutter_percent: float = 0.04

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.tape import WowAndFlutter

        work = WowAndFlutter(
            rate,
            channels,
            rng=stream(self.seed, "tape"),
            wow_hz=self.wow_hz,
            wow_percent=self.wow_percent,
            flutter_hz=self.flutter_hz,
            flutter_percent=self.flutter_percent,
        )
        return _Work(work.process, work.latency)


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

        return _Work(work)


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
        return _Work(lambda block: block + self.wet * echo.process(block))


_DUCK_ATTACK_S = 0.006


@dataclass(frozen=True, slots=True)
class Duck(Effect):
    """Makes room at each onset, as a side-chain from the kick does: down in 6 ms, then back."""

    onsets_s: tuple[float, ...]
    depth_db: float = 4.0
    release_ms: float = 180.0

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        shape = self._shape(rate)
        before = round(_DUCK_ATTACK_S * rate)
        starts = np.sort(np.round(np.array(self.onsets_s, np.float64) * rate).astype(int)) - before
        lowest = db_to_gain(-self.depth_db)
        position = 0

        def work(block: Samples) -> NDArray[Any]:
            nonlocal position
            end = position + block.shape[1]
            down = np.zeros(block.shape[1])
            first = int(np.searchsorted(starts, position - shape.size, side="right"))
            for start in starts[first : np.searchsorted(starts, end)]:
                low, high = max(start, position), min(start + shape.size, end)
                here = down[low - position : high - position]
                np.maximum(here, shape[low - start : high - start], out=here)
            position = end
            return block * np.asarray(lowest**down, np.float32) if down.any() else block

        return _Work(work)

    def _shape(self, rate: int) -> NDArray[np.float64]:
        """Return how far down the sound is around an onset: half a cosine to 1, and one back."""
        attack = np.linspace(0.0, np.pi, round(_DUCK_ATTACK_S * rate), endpoint=False)
        release = np.linspace(0.0, np.pi, max(1, round(self.release_ms / 1000.0 * rate)))
        return np.concatenate((0.5 - 0.5 * np.cos(attack), 0.5 + 0.5 * np.cos(release)))


@dataclass(frozen=True, slots=True)
class Width(Effect):
    """The width of a stereo image (0 mono, 1 as it is) and mono below a frequency."""

    width: float = 1.0
    mono_below_hz: float = 0.0  # 0: nowhere

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work; audio that isn't stereo stays as it is."""
        from tapeloom.dsp.filters import Biquads

        if channels != 2:
            return _Work(lambda block: block)
        cuts = [Band("high_pass", self.mono_below_hz)] if self.mono_below_hz > 0.0 else []
        side_filter = Biquads([band.section(rate) for band in cuts], channels=1)

        def work(block: Samples) -> NDArray[Any]:
            half = np.asarray(block, np.float64) * 0.5
            middle = half[0] + half[1]
            side = self.width * side_filter.process((half[0] - half[1])[None])[0]
            return np.stack((middle + side, middle - side))

        return _Work(work)
