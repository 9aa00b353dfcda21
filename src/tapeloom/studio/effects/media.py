"""What the sound went through on its way: records, radio, telephone."""

from dataclasses import dataclass

from tapeloom.core.seed import stream
from tapeloom.studio.effects.amount import Colour, Machine


@dataclass(frozen=True, slots=True)
class Vinyl(Colour):
    """A record: crackle, hiss, rumble, a groove with its limits, lows in mono."""

    seed: int = 0
    amount: float = 1.0
    wear: float = 0.3  # 0..1: dulling and distortion
    inner: float = 0.4  # 0 at the rim, 1 at the label
    rpm: float = 100.0 / 3.0
    level_db: float = 0.0  # how loud it is cut
    mono_below_hz: float = 150.0
    wow_percent: float = 0.05  # once a turn, weighted peak
    crackle_per_s: float = 12.0
    pops_per_s: float = 0.3
    crackle_db: float = -38.0
    hiss_db: float = -66.0
    rumble_db: float = -64.0

    def scaled(self, rate: int) -> dict[str, float]:
        """Return the machine's settings at this amount."""
        told = self.told()
        return {
            **told,
            **{name: told[name] * self.amount for name in ("wear", "inner", "wow_percent")},
            **{name: self.softer(told[name]) for name in ("crackle_db", "hiss_db", "rumble_db")},
            "level_db": self.driven(self.level_db),
            "mono_below_hz": self.opened(self.mono_below_hz, 10.0),
        }

    def machine(self, rate: int, channels: int) -> Machine:
        """Return the machine at work."""
        from tapeloom.dsp.record_player import RecordPlayer

        return RecordPlayer(rate, channels, rng=stream(self.seed, "vinyl"), **self.scaled(rate))


@dataclass(frozen=True, slots=True)
class Radio(Colour):
    """A sender, a way and a receiver; RADIOS holds AM, FM and the telephone."""

    seed: int = 0
    amount: float = 1.0
    low_hz: float = 120.0
    high_hz: float = 4500.0
    squash: float = 0.6  # 0..1
    drive_db: float = 3.0
    emphasis_us: float = 0.0  # 50 or 75 for FM
    companding: float = 0.0  # 0..1: an 8-bit mu-law line
    mono: float = 1.0  # 0..1
    fading_db: float = 4.0
    noise_db: float = -58.0  # RMS in dBFS
    static_db: float = -30.0  # peak in dBFS
    static_per_s: float = 3.0

    def scaled(self, rate: int) -> dict[str, float]:
        """Return the machine's settings at this amount."""
        told = self.told()
        in_proportion = ("squash", "emphasis_us", "companding", "mono", "fading_db")
        top_hz = 0.45 * rate
        return {
            **told,
            **{name: told[name] * self.amount for name in in_proportion},
            **{name: self.softer(told[name]) for name in ("noise_db", "static_db")},
            "drive_db": self.driven(self.drive_db),
            "low_hz": self.opened(self.low_hz, 10.0),
            "high_hz": self.opened(min(self.high_hz, top_hz), top_hz),
        }

    def machine(self, rate: int, channels: int) -> Machine:
        """Return the machine at work."""
        from tapeloom.dsp import radio

        rng = stream(self.seed, "radio")
        return radio.Radio(rate, channels, rng=rng, **self.scaled(rate))


VINYLS: dict[str, Vinyl] = {
    "new": Vinyl(wear=0.05, crackle_per_s=2.0, pops_per_s=0.05, crackle_db=-46.0, hiss_db=-70.0),
    "loved": Vinyl(),
    "flea market": Vinyl(wear=0.8, inner=0.8, crackle_per_s=30.0, pops_per_s=1.0,
                         crackle_db=-32.0, hiss_db=-58.0, wow_percent=0.15),
}  # fmt: skip
RADIOS: dict[str, Radio] = {
    "am": Radio(),
    "short wave": Radio(low_hz=250.0, high_hz=3200.0, squash=0.8, drive_db=6.0, fading_db=14.0,
                        noise_db=-44.0, static_db=-24.0, static_per_s=10.0),
    "fm": Radio(low_hz=30.0, high_hz=15_000.0, squash=0.4, emphasis_us=50.0, mono=0.0,
                fading_db=0.0, noise_db=-60.0, static_db=-120.0, static_per_s=0.0),
    "telephone": Radio(low_hz=300.0, high_hz=3400.0, squash=0.5, drive_db=4.0, companding=1.0,
                       fading_db=0.0, noise_db=-56.0, static_db=-120.0, static_per_s=0.0),
}  # fmt: skip
