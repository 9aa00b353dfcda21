"""Reed piano: struck steel reeds before a charged plate, after the Wurlitzer 200A."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.synth.ear import FULL, ear_gain
from tapeloom.synth.envelopes import finish, frames_of, velocity_gain
from tapeloom.synth.oscillators import band_noise, band_pass, ring
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values, fields_of, swaying
from tapeloom.synth.pickups import reed_kernel
from tapeloom.synth.placing import carried_hz, key_pan
from tapeloom.synth.voice import Manner, Voice

MAX_RING_S = 16.0
LEAN = 0.3  # how far from the middle of its curve the amplifier rests


@dataclass(frozen=True, slots=True)
class ReedPiano:
    """Reeds that swing towards a plate: the nearer they come, the steeper the voltage rises.

    The plate is cut out around the reed: of the swing x the charge is taken as 1 / (1 - x)^2, so
    that soft notes are round and hard ones growl.

    F. Pfeifle, "Real-time physical model of a Wurlitzer and Rhodes electric piano", DAFx 2017.
    """

    growl: float  # how much nearer a hard note comes to the plate, 0..0.7 of the gap
    tick: float  # amplitude of the reed's second mode
    decay: float  # stretches the ring
    bloom: float  # share of the swing that is gone within a quarter of a second
    drive: float  # of the little amplifier in its lid
    manner: Manner
    tail_s: float = 0.5

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a key strikes the reed that rings."""
        return ringing == struck

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = carried_hz(pitch, rate)
        v = velocity / 127.0
        strike, touch, pan = rng.normal(0.0, 1.0, 3)
        t60_s = self.decay * 11.0 * 2.0 ** (-(pitch - 45.0) / 20.0)
        n = frames_of(min(duration_s + self.tail_s, 1.4 * t60_s + 0.4, MAX_RING_S), rate)
        swing = (0.2 + self.growl * v**1.2) * min(1.0, (420.0 / f) ** 0.3)
        swing = min(swing * (1.0 + 0.04 * strike), 0.93)
        tick = self.tick * v**1.3 * (1.0 + 0.2 * touch) * min(1.0, (400.0 / f) ** 0.5)
        ring_s = 2.0 ** (-(pitch - 60.0) / 24.0)
        # A bar clamped at one end has its second and third modes 6.27 and 17.5 times above.
        motion = ring(
            n,
            rate,
            hz=f * np.array([1.0, 1.0, 6.27, 17.55]),
            t60_s=np.array([t60_s, 0.5 * ring_s + 0.05, 0.22 * ring_s, 0.09 * ring_s]),
            left=swing * np.array([1.0 - self.bloom, self.bloom, 0.16 * tick, 0.08 * tick]),
            phase=np.array([0.0, 0.0, 0.5, 1.2]),
        )[0]
        sound = np.empty(n)
        reed_kernel(sound, motion, float(np.exp(-2.0 * np.pi * 35.0 / rate)), 0.0009 * rate)
        head = min(n, frames_of(0.03, rate))
        knock = band_noise(head, rate, rng, low_hz=250.0, high_hz=1400.0)
        sound[:head] += 0.05 * swing * knock * np.exp(-np.arange(head) / (0.004 * rate))
        # The amplifier leans to one side and rounds the peaks off.
        sound = np.tanh(0.45 * self.drive * sound - LEAN) + np.tanh(LEAN)
        sound = band_pass(sound, rate, low_hz=25.0)
        return finish(
            sound,
            rate,
            gain=ear_gain(sound, rate, level=FULL * velocity_gain(velocity)),
            pan=key_pan(pitch, width=0.25, chance=pan),
            rise_s=0.0015,
            held_s=duration_s,
            release_s=0.28 - 0.0014 * min(pitch, 100.0),
        )


def _build(values: Values, rng: np.random.Generator) -> Voice:
    return ReedPiano(
        **fields_of(values, ReedPiano),
        manner=swaying(values, rng),
    )


DESIGN = Design(
    "reed_piano",
    "Struck reeds before a charged plate: nasal, round when soft and growling when hard",
    (
        Parameter("growl", "how much nearer to the plate a hard note comes, as a part of the gap",
                  0.52, 0.15, 0.7, spread=0.03, bright=0.3),
        Parameter("tick", "how loud the reed's second mode is",
                  0.6, 0.0, 1.5, spread=0.15, bright=0.3),
        Parameter("decay", "stretches the ring", 1.0, 0.4, 1.6, spread=0.12),
        Parameter("bloom", "share of the swing that is gone at once", 0.16, 0.0, 0.5, spread=0.05),
        Parameter("drive", "of the amplifier in the lid", 1.1, 0.2, 2.5, spread=0.15, bright=0.8),
        Parameter("cutoff_hz", "where its loudspeakers end",
                  4300.0, 1200.0, 9000.0, "Hz", spread=400.0, bright=2000.0),
        Parameter("tremolo_hz", "of its vibrato knob", 5.6, 3.0, 8.0, "Hz", spread=0.5),
        Parameter("tremolo_depth", "how far that is turned", 0.22, 0.0, 0.8, spread=0.08),
    ),
    _build,
    (
        # A minor seventh, rolled, and an answer that digs in.
        DemoNote(0.0, 1.9, 45, 74), DemoNote(0.02, 1.9, 60, 60), DemoNote(0.04, 1.9, 64, 64),
        DemoNote(0.06, 1.9, 67, 72), DemoNote(2.0, 0.45, 69, 84), DemoNote(2.5, 0.45, 72, 92),
        DemoNote(3.0, 0.9, 74, 108), DemoNote(4.0, 1.9, 50, 78), DemoNote(4.02, 1.9, 60, 62),
        DemoNote(4.04, 1.9, 65, 66), DemoNote(4.06, 1.9, 69, 74), DemoNote(6.0, 0.7, 72, 66),
        DemoNote(6.75, 0.25, 69, 58), DemoNote(7.0, 2.6, 67, 100), DemoNote(7.05, 2.6, 60, 70),
        DemoNote(7.05, 2.6, 52, 70),
    ),
    {
        "worn": {"growl": 0.66, "drive": 1.9, "decay": 0.75, "tick": 0.25, "cutoff_hz": 3300.0,
                 "tremolo_depth": 0.4},
        "far": {"growl": 0.35, "tick": 0.2, "drive": 0.6, "cutoff_hz": 2300.0},
    },
)  # fmt: skip
