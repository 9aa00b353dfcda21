"""Tubes and transformers."""

from dataclasses import dataclass

from tapeloom.studio.effects.amount import Colour, Machine


@dataclass(frozen=True, slots=True)
class Tube(Colour):
    """A triode stage: second harmonics, and a bias that shifts when its grid conducts."""

    amount: float = 1.0
    drive_db: float = 0.0
    bias_v: float = -1.2  # -3..-0.3
    grid: float = 0.5  # 0..1: how much of the grid's current shifts the bias
    recover_ms: float = 60.0

    def scaled(self, rate: int) -> dict[str, float]:
        """Return the machine's settings at this amount."""
        return {**self.told(), "drive_db": self.driven(self.drive_db)}

    def machine(self, rate: int, channels: int) -> Machine:
        """Return the machine at work."""
        from tapeloom.dsp.triode import Triode

        return Triode(rate, channels, **self.scaled(rate))


@dataclass(frozen=True, slots=True)
class Transformer(Colour):
    """A transformer: lows saturate by their flux, the top rings a little."""

    amount: float = 1.0
    drive_db: float = 6.0
    core_hz: float = 50.0  # a full-scale tone there reaches the core's knee
    low_hz: float = 4.0
    resonance_hz: float = 17_000.0
    resonance_db: float = 1.0

    def scaled(self, rate: int) -> dict[str, float]:
        """Return the machine's settings at this amount."""
        return {
            **self.told(),
            "drive_db": self.driven(self.drive_db),
            "resonance_db": self.amount * self.resonance_db,
        }

    def machine(self, rate: int, channels: int) -> Machine:
        """Return the machine at work."""
        from tapeloom.dsp import transformer

        return transformer.Transformer(rate, channels, **self.scaled(rate))


TUBES: dict[str, Tube] = {
    "warm": Tube(),
    "edge": Tube(drive_db=6.0, bias_v=-1.1),
    "pushed": Tube(drive_db=8.0, bias_v=-1.5, grid=0.8),
}
TRANSFORMERS: dict[str, Transformer] = {
    "line": Transformer(),
    "small iron": Transformer(core_hz=90.0, low_hz=8.0, drive_db=8.0),
    "console": Transformer(core_hz=40.0, drive_db=4.0, resonance_db=0.6),
}
