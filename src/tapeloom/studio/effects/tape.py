"""Tape machines: reel to reel and cassette."""

from dataclasses import dataclass

from tapeloom.core.seed import stream
from tapeloom.studio.effects.amount import Colour, Machine


@dataclass(frozen=True, slots=True)
class TapeMachine(Colour):
    """A tape machine: hysteresis, head bump and losses, wow and flutter, dropouts, hiss.

    Drive and bias shape the tape; speed, spacing and face the head; wow and flutter are weighted
    peaks as a meter reads them (IEC 60386).
    """

    seed: int = 0
    amount: float = 1.0
    drive_db: float = 0.0  # over the usual level: about 1.2 % of distortion at 0 VU
    bias: float = 0.7  # 0.05..1
    saturation: float = 0.5  # 0..1
    speed_ips: float = 15.0  # inches a second
    spacing_um: float = 0.5
    coating_um: float = 12.0
    gap_um: float = 3.0
    face_mm: float = 6.35
    bump_db: float = 2.5
    wow_hz: float = 0.7  # 0.3..6
    wow_percent: float = 0.03
    flutter_hz: float = 9.0  # 6..100
    flutter_percent: float = 0.03
    skew_us: float = 0.0  # azimuth: the left channel late against the right
    dropouts_per_minute: float = 0.0
    dropout_db: float = 12.0
    dropout_ms: float = 40.0
    hiss_db: float = -120.0  # RMS in dBFS; -120 is none

    def scaled(self, rate: int) -> dict[str, float]:
        """Return the machine's settings at this amount."""
        told = self.told()
        in_proportion = ("spacing_um", "coating_um", "gap_um", "bump_db", "wow_percent",
                         "flutter_percent", "skew_us", "dropout_db")  # fmt: skip
        return {
            **told,
            **{name: told[name] * self.amount for name in in_proportion},
            "drive_db": self.driven(self.drive_db),
            "bias": 1.0 - self.amount * (1.0 - self.bias),
            "hiss_db": self.softer(self.hiss_db),
        }

    def machine(self, rate: int, channels: int) -> Machine:
        """Return the machine at work."""
        from tapeloom.dsp import tape_machine

        rng = stream(self.seed, "tape machine")
        return tape_machine.TapeMachine(rate, channels, rng=rng, **self.scaled(rate))


@dataclass(frozen=True, slots=True)
class Cassette(TapeMachine):
    """A cassette deck: slow, narrow and thin tape in a light machine."""

    drive_db: float = 2.0
    bias: float = 0.55
    saturation: float = 0.6
    speed_ips: float = 1.875
    spacing_um: float = 0.3
    coating_um: float = 5.0
    gap_um: float = 1.2
    face_mm: float = 1.0
    bump_db: float = 2.0
    wow_hz: float = 0.6
    wow_percent: float = 0.1
    flutter_hz: float = 10.0
    flutter_percent: float = 0.08
    skew_us: float = 10.0
    dropouts_per_minute: float = 4.0
    hiss_db: float = -58.0


TAPES: dict[str, TapeMachine] = {
    "mastering deck": TapeMachine(speed_ips=30.0, spacing_um=0.2, wow_percent=0.02,
                                  flutter_percent=0.02, bump_db=1.5, drive_db=-3.0),
    "studio": TapeMachine(),
    "hot studio": TapeMachine(drive_db=6.0, bias=0.6),
    "home reel": TapeMachine(speed_ips=7.5, drive_db=2.0, spacing_um=1.0, face_mm=3.0,
                             wow_percent=0.08, flutter_percent=0.06, hiss_db=-62.0),
    "cassette": Cassette(),
    "worn cassette": Cassette(spacing_um=0.8, wow_percent=0.35, flutter_percent=0.15, bias=0.4,
                              skew_us=25.0, dropouts_per_minute=14.0, dropout_db=18.0,
                              hiss_db=-52.0),
}  # fmt: skip
