"""Electric piano: tines before magnetic pickups."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.synth.ear import FULL, ear_gain
from tapeloom.synth.envelopes import finish, frames_of, velocity_gain
from tapeloom.synth.oscillators import band_noise, ring
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values, fields_of, swaying
from tapeloom.synth.pickups import pickup_kernel
from tapeloom.synth.placing import carried_hz, key_pan
from tapeloom.synth.voice import Manner, Voice

MAX_RING_S = 24.0  # no key rings longer


@dataclass(frozen=True, slots=True)
class ElectricPiano:
    """Tines struck by neoprene before magnetic pickups.

    The tip of the tine moves by x before a magnet at an offset h. The flux 1 / (1 + (x + h)^2) has
    few harmonics for soft notes and many for hard ones, and they fade before the fundamental does.

    F. Pfeifle, "Real-time physical model of a Wurlitzer and Rhodes electric piano", DAFx 2017;
    A. Falaize and T. Helie, "Passive simulation of the nonlinear port-Hamiltonian modeling of a
    Rhodes piano", Journal of Sound and Vibration, 2016.
    """

    bark: float  # how far a hard note swings, in widths of the magnet's field: 0.5..1.1
    offset: float  # h, where the pickup sits beside the tine: 0.2..0.6
    bell: float  # amplitude of the tine's second mode
    bell_ratio: float  # its frequency, near 7.1 times the note
    detune_cents: float  # of tone bar against tine
    decay: float  # stretches the ring
    thud: float  # how loud the neoprene's knock is
    manner: Manner
    tail_s: float = 0.6

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a key strikes the tine that rings."""
        return ringing == struck

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = carried_hz(pitch, rate)
        v = velocity / 127.0
        strike, touch, pan = rng.normal(0.0, 1.0, 3)
        t60_s = self.decay * 13.0 * 2.0 ** (-(pitch - 40) / 22.0)
        n = frames_of(min(duration_s + self.tail_s, 1.4 * t60_s + 0.2, MAX_RING_S), rate)
        # High tines are short and stiff: they swing less, which also keeps harmonics in band.
        swing = (0.10 + self.bark * v**1.4) * min(1.0, (500.0 / f) ** 0.35)
        swing *= 1.0 + 0.04 * strike
        bell = self.bell * v**1.5 * (1.0 + 0.15 * touch) * swing
        # Low tines carry a heavy spring, which takes their bell; high ones have little room.
        bell *= min(1.0, (700.0 / f) ** 0.7, (f / 230.0) ** 0.6)
        bar = f * 2.0 ** (self.detune_cents / 1200.0)
        ring_of_bell = 2.0 ** (-(pitch - 60) / 30.0)
        motion = ring(
            n,
            rate,
            hz=np.array([f, bar, *(f * self.bell_ratio * np.array([1.0, 2.47])), 4.0 * f]),
            t60_s=np.array([t60_s, 0.6 * t60_s, *(ring_of_bell * np.array([0.6, 0.2, 0.3]))]),
            left=np.array([0.88 * swing, 0.12 * swing, 0.0, 0.0, 0.0]),
            right=np.array([0.0, 0.0, bell, 0.35 * bell, 0.25 * bell]),
            phase=np.array([0.0, 0.0, 0.4, 1.9, 0.0]),
        )
        sound = np.empty(n)
        # Heard is the change of flux, which grows with pitch; rate / f evens the keyboard out.
        pickup_kernel(sound, motion, self.offset, rate / (2.0 * np.pi * f), 0.0012 * rate)
        head = min(n, frames_of(0.02, rate))
        thud = band_noise(head, rate, rng, low_hz=180.0, high_hz=900.0)
        sound[:head] += 0.02 * self.thud * swing * thud * np.exp(-np.arange(head) / (0.005 * rate))
        return finish(
            sound,
            rate,
            gain=ear_gain(sound, rate, level=FULL * velocity_gain(velocity)),
            pan=key_pan(pitch, width=0.3, chance=pan),
            rise_s=0.0015,
            held_s=duration_s,
            release_s=0.34 - 0.0018 * min(pitch, 100),
        )


def _build(values: Values, rng: np.random.Generator) -> Voice:
    return ElectricPiano(
        **fields_of(values, ElectricPiano),
        manner=swaying(values, rng),
    )


DESIGN = Design(
    "electric_piano",
    "Tines before magnetic pickups, with a bell on top and a bark when struck hard",
    (
        Parameter("bark", "how far a hard note swings, in widths of the magnet's field",
                  0.75, 0.2, 1.2, spread=0.15, bright=0.3),
        Parameter("offset", "where the pickup sits beside the tine", 0.39, 0.1, 0.7, spread=0.11),
        Parameter("bell", "how loud the tine's second mode is",
                  0.2, 0.0, 0.5, spread=0.04, bright=0.12),
        Parameter("bell_ratio", "frequency of that mode in terms of the note's",
                  7.1, 6.5, 7.7, spread=0.2),
        Parameter("detune_cents", "of the tone bar against the tine",
                  1.6, 0.0, 8.0, "cents", spread=0.6),
        Parameter("decay", "stretches the ring", 1.0, 0.4, 1.6, spread=0.15),
        Parameter("cutoff_hz", "where the amplifier ends",
                  5300.0, 1200.0, 12000.0, "Hz", spread=500.0, bright=2400.0),
        Parameter("tremolo_hz", "how fast the sound moves between left and right",
                  4.5, 0.5, 9.0, "Hz", spread=0.9),
        Parameter("tremolo_depth", "how far it moves", 0.31, 0.0, 0.9, spread=0.09),
        Parameter("thud", "how loud the neoprene's knock is", 1.0, 0.0, 4.0),
    ),
    _build,
    (
        # A slow ii-V-I with the ninth on top.
        DemoNote(0.0, 2.4, 50, 66), DemoNote(0.02, 2.4, 57, 56), DemoNote(0.03, 2.3, 60, 60),
        DemoNote(0.05, 2.3, 64, 70), DemoNote(1.5, 1.0, 72, 58), DemoNote(2.5, 1.4, 71, 74),
        DemoNote(4.0, 2.0, 43, 70), DemoNote(4.02, 2.0, 59, 58), DemoNote(4.03, 2.0, 64, 62),
        DemoNote(4.05, 2.0, 69, 84), DemoNote(5.5, 0.7, 67, 64), DemoNote(6.25, 0.7, 64, 98),
        DemoNote(7.0, 3.0, 48, 72), DemoNote(7.02, 3.0, 55, 58), DemoNote(7.03, 3.0, 59, 60),
        DemoNote(7.05, 3.0, 64, 68), DemoNote(8.0, 2.5, 74, 78),
    ),
    {
        "worn": {"detune_cents": 5.0, "decay": 0.7, "bell": 0.1, "cutoff_hz": 3600.0,
                 "thud": 2.5, "tremolo_depth": 0.45},
        "far": {"bark": 0.45, "bell": 0.08, "cutoff_hz": 2600.0, "tremolo_depth": 0.15},
    },
)  # fmt: skip
