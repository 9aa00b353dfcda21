"""Electric piano: a tine before a pickup."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.envelopes import finish, frames_of, level_gain, velocity_gain
from tapeloom.synth.oscillators import Signal, band_noise, ring
from tapeloom.synth.voice import Manner

MAX_RING_S = 24.0  # no key rings longer


@njit(cache=True, nogil=True)
def pickup_kernel(out: Signal, motion: Signal, offset: float, scale: float, settle: float) -> None:
    """Write what a magnetic pickup hears of a tine: the change of the flux 1 / (1 + (x + h)^2).

    motion  (2, n): the swing x of the tip in widths of the field, and what is heard as it is
    settle  samples in which the hammer gives the tine its swing
    """
    last = 1.0 / (1.0 + offset * offset)
    lack = 1.0
    lacking = np.exp(-1.0 / settle)
    for n in range(out.shape[0]):
        lack = lack * lacking if lack > 1e-9 else 0.0  # what is left would be slow denormals
        x = motion[0, n] * (1.0 - lack) + offset
        flux = 1.0 / (1.0 + x * x)
        out[n] = scale * (flux - last) + motion[1, n]
        last = flux


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
    manner: Manner
    tail_s: float = 0.6

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a key strikes the tine that rings."""
        return ringing == struck

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
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
        sound[:head] += 0.02 * swing * thud * np.exp(-np.arange(head) / (0.005 * rate))
        loudness = 0.085 * velocity_gain(velocity) * _register(pitch)
        return finish(
            sound,
            rate,
            gain=level_gain(sound, rate, rms=loudness),
            pan=0.3 * _width(pitch) * float(np.clip((pitch - 62) / 40.0 + 0.2 * pan, -0.6, 0.6)),
            rise_s=0.0015,
            held_s=duration_s,
            release_s=0.34 - 0.0018 * min(pitch, 100),
        )


def _register(pitch: float) -> float:
    """Take the highest keys back a little: the ear hears them well."""
    return float(10.0 ** (-0.07 * max(0, pitch - 60) / 20.0))


def _width(pitch: float) -> float:
    """Return how far from the middle a pitch may stand, 0..1: low notes stay there."""
    return min(1.0, max(0.0, (pitch - 40) / 14.0))


def draw_electric_piano(rng: np.random.Generator, *, brightness: float) -> ElectricPiano:
    """Draw an electric piano."""
    return ElectricPiano(
        bark=rng.uniform(0.45, 0.75) + 0.3 * brightness,
        offset=rng.uniform(0.28, 0.5),
        bell=rng.uniform(0.10, 0.18) + 0.12 * brightness,
        bell_ratio=rng.uniform(6.9, 7.3),
        detune_cents=rng.uniform(1.0, 2.2),
        decay=rng.uniform(0.85, 1.15),
        manner=Manner(
            pedal=True,
            cutoff_hz=rng.uniform(3600.0, 4600.0) + 2400.0 * brightness,
            tremolo_hz=rng.uniform(3.6, 5.4),
            tremolo_depth=rng.uniform(0.22, 0.4),
            tremolo_phase=rng.uniform(0.0, 2.0 * np.pi),
        ),
    )
