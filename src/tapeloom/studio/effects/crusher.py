"""Fewer bits and a lower rate, as samplers had them."""

from dataclasses import dataclass

from tapeloom.core.seed import stream
from tapeloom.studio.effects.amount import Colour, Machine


@dataclass(frozen=True, slots=True)
class Crusher(Colour):
    """The converters of a sampler: bits, rate, dropped samples and an output filter."""

    seed: int = 0
    amount: float = 1.0
    rate_hz: float = 26_040.0
    bits: float = 12.0  # 1..24, 24 for no quantiser
    tune: float = 0.0  # semitones that it was sampled higher: the ring
    dither: float = 0.0  # 0..1 of a triangular step
    anti_alias: float = 0.0  # 0..1
    cutoff_hz: float = 12_000.0  # of the four-pole low-pass behind
    resonance: float = 0.0  # 0..0.9

    def scaled(self, rate: int) -> dict[str, float]:
        """Return the machine's settings at this amount: steps and periods go in proportion."""
        from math import log2

        period_s = 1.0 / rate + self.amount * max(0.0, 1.0 / self.rate_hz - 1.0 / rate)
        top_hz = 0.45 * rate
        return {
            **self.told(),
            "rate_hz": 1.0 / period_s,
            "bits": min(24.0, self.bits - log2(self.share())),
            "tune": self.amount * self.tune,
            "cutoff_hz": self.opened(min(self.cutoff_hz, top_hz), top_hz),
            "resonance": self.amount * self.resonance,
        }

    def machine(self, rate: int, channels: int) -> Machine:
        """Return the machine at work."""
        from tapeloom.dsp import crush

        rng = stream(self.seed, "crusher")
        return crush.Crusher(rate, channels, rng=rng, **self.scaled(rate))


CRUSHERS: dict[str, Crusher] = {
    "sp-1200": Crusher(),
    "sp-1200, tuned from 45": Crusher(tune=5.2, cutoff_hz=10_000.0),
    "sp-12": Crusher(rate_hz=27_500.0),
    "8 bit": Crusher(rate_hz=22_050.0, bits=8.0, anti_alias=1.0, cutoff_hz=10_000.0),
    "toy": Crusher(rate_hz=8000.0, bits=6.0, cutoff_hz=6000.0),
}
