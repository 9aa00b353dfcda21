"""Effects on short spectra: freeze, blur, a gate for each bin, denoise, morph."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.seed import stream
from tapeloom.dsp.denoise import NoiseProfile
from tapeloom.studio.chain import Effect, Process
from tapeloom.studio.effects.settings import check_settings, keep_fixed
from tapeloom.studio.effects.work import Work


@dataclass(frozen=True, slots=True)
class Freeze(Effect):
    """A moment held for ever; its amount on a curve lets it come and go."""

    at_s: float
    amount: float = 1.0

    def __post_init__(self) -> None:
        check_settings(self, at_s=(0.0, 1e6), amount=(0.0, 1.0))

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp import spectral

        work = spectral.Freeze(rate, channels, at_s=self.at_s, amount=self.amount)

        def retune(to: Freeze) -> None:
            keep_fixed(self, to, "at_s")
            work.retune(amount=to.amount)

        return Work(work.process, work.latency, retune=retune)


@dataclass(frozen=True, slots=True)
class Blur(Effect):
    """Loudness smeared over time, bin by bin: attacks melt into a cloud."""

    seed: int
    blur_ms: float = 400.0
    amount: float = 1.0

    def __post_init__(self) -> None:
        check_settings(self, blur_ms=(1.0, 20_000.0), amount=(0.0, 1.0))

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp import spectral

        rng = stream(self.seed, "blur")
        work = spectral.Blur(rate, channels, rng=rng, blur_ms=self.blur_ms, amount=self.amount)

        def retune(to: Blur) -> None:
            keep_fixed(self, to, "seed")
            work.retune(blur_ms=to.blur_ms, amount=to.amount)

        return Work(work.process, work.latency, retune=retune)


@dataclass(frozen=True, slots=True)
class SpectralGate(Effect):
    """A gate for each bin: what is soft at its frequency goes down."""

    threshold_db: float = -60.0  # dBFS of a sine's peak
    range_db: float = 40.0
    attack_ms: float = 5.0
    release_ms: float = 80.0

    def __post_init__(self) -> None:
        check_settings(
            self,
            threshold_db=(-150.0, 0.0),
            range_db=(0.0, 120.0),
            attack_ms=(0.0, 1000.0),
            release_ms=(0.0, 10_000.0),
        )

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp import spectral

        work = spectral.SpectralGate(rate, channels, **self._settings())
        return Work(work.process, work.latency, retune=lambda to: work.retune(**to._settings()))

    def _settings(self) -> dict[str, float]:
        names = ("threshold_db", "range_db", "attack_ms", "release_ms")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Denoise(Effect):
    """Steady noise taken out, by a profile that `dsp.learn_noise` made of a stretch of it."""

    profile: NoiseProfile
    reduction_db: float = 18.0
    sensitivity_db: float = 3.0

    def __post_init__(self) -> None:
        check_settings(self, reduction_db=(0.0, 60.0), sensitivity_db=(-20.0, 20.0))

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.denoise import Denoiser

        work = Denoiser(
            rate,
            channels,
            profile=self.profile,
            reduction_db=self.reduction_db,
            sensitivity_db=self.sensitivity_db,
        )

        def retune(to: Denoise) -> None:
            keep_fixed(self, to, "profile")
            work.retune(reduction_db=to.reduction_db, sensitivity_db=to.sensitivity_db)

        return Work(work.process, work.latency, retune=retune)


@dataclass(frozen=True, slots=True)
class Morph(Effect):
    """A channel on the way to another one, its key; without one it stays as it is."""

    amount: float = 0.5
    key: str | None = None

    def __post_init__(self) -> None:
        check_settings(self, amount=(0.0, 1.0))

    def open(self, rate: int, channels: int) -> Process:
        """Return it at work."""
        from tapeloom.dsp.morphing import Morph as Morphing

        work = Morphing(rate, channels, amount=self.amount)
        heard: Samples | None = None

        def process(block: Samples) -> NDArray[Any]:
            nonlocal heard
            other, heard = heard, None
            return work.process(block, block if other is None else other)

        def hear(block: Samples) -> None:
            nonlocal heard
            heard = block

        return Work(
            process, work.latency, retune=lambda to: work.retune(amount=to.amount), hear=hear
        )
