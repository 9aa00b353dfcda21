"""Sub bass: a sine with just enough above it that small speakers hear it too."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.ear import FULL, ear_gain
from tapeloom.synth.envelopes import finish, frames_of, velocity_gain
from tapeloom.synth.oscillators import band_noise
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values, fields_of
from tapeloom.synth.voice import Manner, Voice

MAX_HOLD_S = 28.0


@dataclass(frozen=True, slots=True)
class SubBass:
    """A sine with a knock at its front and a few harmonics that grow with velocity."""

    warmth: float  # how loud its harmonics are
    even: float  # share of the even ones
    knock_octaves: float  # how high the pitch begins
    knock_s: float  # time constant of its fall
    decay_s: float  # of the held note, to -60 dB
    release_s: float
    manner: Manner

    @property
    def tail_s(self) -> float:
        """Longest release, in seconds."""
        return max(self.release_s, 0.3) + 0.1

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a note stops the one before: always."""
        return True

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        held_s = min(duration_s, MAX_HOLD_S)
        n = frames_of(held_s + self.tail_s, rate)
        touch, drift = rng.normal(0.0, 1.0, 2)
        t = np.arange(n) / rate
        octaves = self.knock_octaves * v * (1.0 + 0.15 * touch)
        # The phase of a pitch that falls by exp(-t / s) on its way to f.
        early = octaves * np.log(2.0) * self.knock_s * (1.0 - np.exp(-t / self.knock_s))
        angle = 2.0 * np.pi * f * (t + early)
        # Harmonics by name, so that nothing folds; the higher ones fade sooner.
        warmth = self.warmth * (0.05 + 0.95 * v**1.3) * (1.0 + 0.05 * drift)
        even = self.even * warmth
        tones = (1.0, even, 0.28 * warmth, 0.25 * even, 0.05 * warmth**2, 0.0, 0.02 * warmth**3)
        turn = np.exp(1j * angle)
        fading = np.exp(-0.3 * np.log(1000.0) / self.decay_s * t) * turn
        wave = np.exp(-0.7 * np.log(1000.0) / self.decay_s * t).astype(np.complex128)
        sound = np.zeros(n)
        for amplitude in tones:
            wave *= fading
            sound += amplitude * wave.imag
        sound += 0.002 * v * band_noise(n, rate, rng, low_hz=80.0, high_hz=400.0)
        return finish(
            sound,
            rate,
            gain=ear_gain(sound, rate, level=FULL * velocity_gain(velocity)),
            rise_s=0.004,
            held_s=held_s,
            release_s=self.release_s,
        )


def _build(values: Values, rng: np.random.Generator) -> Voice:
    return SubBass(
        **fields_of(values, SubBass),
        manner=Manner(cutoff_hz=values["cutoff_hz"]),
    )


DESIGN = Design(
    "sub_bass",
    "A sine with a soft knock, warmed just enough to be heard on small speakers",
    (
        Parameter("warmth", "how loud its harmonics are", 0.9, 0.2, 1.6, spread=0.15, bright=0.5),
        Parameter("even", "amplitude of the second one",
                  0.3, 0.0, 0.6, spread=0.06, bright=0.1),
        Parameter("knock_octaves", "how high the pitch begins", 0.25, 0.0, 1.0, spread=0.08),
        Parameter("knock_s", "time constant of its fall", 0.008, 0.003, 0.03, "s", spread=0.003),
        Parameter("decay_s", "of the held note, to -60 dB", 9.0, 1.5, 30.0, "s", spread=3.0),
        Parameter("release_s", "to -60 dB", 0.16, 0.05, 1.0, "s", spread=0.04),
        Parameter("cutoff_hz", "where the amplifier ends",
                  900.0, 250.0, 2500.0, "Hz", spread=100.0, bright=600.0),
    ),
    _build,
    (
        DemoNote(0.0, 1.4, 33, 92), DemoNote(1.5, 0.4, 33, 70), DemoNote(2.5, 0.45, 36, 82),
        DemoNote(3.0, 0.9, 38, 88), DemoNote(4.0, 1.4, 29, 94), DemoNote(5.5, 0.4, 29, 70),
        DemoNote(6.5, 0.4, 28, 78), DemoNote(7.0, 2.6, 31, 90),
    ),
    {
        "worn": {"warmth": 1.4, "even": 0.3, "decay_s": 4.0},
        "far": {"warmth": 0.5, "even": 0.06, "knock_octaves": 0.08, "cutoff_hz": 400.0},
    },
)  # fmt: skip
