"""Electric piano (tine before a pickup) and felt piano (bank of modes)."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.envelopes import (
    damp,
    fade_in,
    fade_out,
    frames_of,
    level,
    pan_gains,
    stereo,
    velocity_gain,
)
from tapeloom.synth.oscillators import Signal, band_noise, ring
from tapeloom.synth.voice import Manner

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
    manner: Manner
    tail_s: float = 0.6

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a key strikes the tine that rings."""
        return ringing == struck

    def note(
        self, pitch: int, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        strike, bell_touch, pan = rng.normal(0.0, 1.0, 3)
        t60_s = self.decay * 13.0 * 2.0 ** (-(pitch - 40) / 22.0)
        ring_s = min(duration_s + self.tail_s, 1.4 * t60_s + 0.2, MAX_RING_S)
        n = frames_of(ring_s, rate)
        # High tines are short and stiff: they swing less, which also keeps harmonics in band.
        swing = (0.10 + self.bark * v**1.4) * min(1.0, (500.0 / f) ** 0.35)
        swing *= 1.0 + 0.04 * strike
        beat = f * 2.0 ** (self.detune_cents / 1200.0)
        x = ring(
            n,
            rate,
            hz=np.array([f, beat]),
            t60_s=np.array([t60_s, 0.6 * t60_s]),
            left=swing * np.array([0.88, 0.12]),
            right=np.zeros(2),
        )[0]
        x *= 1.0 - np.exp(-np.arange(n) / (0.0012 * rate))
        flux = 1.0 / (1.0 + (x + self.offset) ** 2)
        # The pickup hears the change of flux; rate / f evens the keyboard out.
        tone = np.diff(flux, prepend=flux[0]) * (rate / (2.0 * np.pi * f))
        strength = self.bell * v**1.5 * (1.0 + 0.15 * bell_touch) * min(1.0, (700.0 / f) ** 0.7)
        bell = ring(
            n,
            rate,
            hz=f * np.array([self.bell_ratio, 2.47 * self.bell_ratio, 4.0]),
            t60_s=np.array([0.9, 0.25, 0.35]) * 2.0 ** (-(pitch - 60) / 30.0),
            left=swing * strength * np.array([1.0, 0.35, 0.25]),
            right=np.zeros(3),
            phase=np.array([0.4, 1.9, 0.0]),
        )[0]
        sound = tone + bell
        head = min(n, frames_of(0.02, rate))
        thud = band_noise(head, rate, rng, low_hz=180.0, high_hz=900.0)
        sound[:head] += 0.02 * swing * thud * np.exp(-np.arange(head) / (0.005 * rate))
        fade_in(sound, rate, 0.0015)
        sound = level(sound, rate, rms=0.085 * velocity_gain(velocity) * _register(pitch))
        if n > frames_of(duration_s, rate):
            damp(sound, rate, at_s=duration_s, t60_s=0.34 - 0.0018 * min(pitch, 100))
        fade_out(sound, rate, 0.02)
        width = 0.10 * min(1.0, max(0.0, (pitch - 43) / 12.0))
        return stereo(sound, width * float(np.tanh(pan))).astype(np.float32)


@dataclass(frozen=True, slots=True)
class FeltPiano:
    """An upright with the felt of its practice pedal between hammers and strings.

    Every partial n is a pair of modes near n f sqrt(1 + B n^2): one that the bridge drains fast,
    one that it hardly hears and that sings on.

    J. Bensa et al., "The simulation of piano string vibration", JASA, 2003; B. Bank and
    J. Chabassier, "Model-based digital pianos", IEEE Signal Processing Magazine, 2019.
    """

    felt_hz: float  # where the felt cuts, for a note of middle strength
    strike: float  # where the hammer hits, as a part of the string
    unison_cents: float  # detuning of the strings of one note
    decay: float  # stretches the ring
    thump: float  # amplitude of the key's knock
    knock_hz: tuple[float, ...]  # modes of the wood
    manner: Manner
    tail_s: float = 0.8

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a key strikes the strings that ring."""
        return ringing == struck

    def note(
        self, pitch: int, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        t60_s = self.decay * 11.0 * 2.0 ** (-(pitch - 40) / 17.0)
        n = frames_of(min(duration_s + self.tail_s, 1.3 * t60_s + 0.3, MAX_RING_S), rate)
        B = 10.0 ** (-4.0 + 0.011 * abs(pitch - 45) * (1.6 if pitch > 45 else 1.0)) * 1.4
        B = min(B, 5e-3)
        cut_hz = self.felt_hz * (0.55 + 0.95 * v) * 2.0 ** ((pitch - 60) / 40.0)
        k = np.arange(1, 1 + max(1, min(40, int(min(5.0 * cut_hz, 0.4 * rate) / f))))
        # Stretched partials would make the note sharp: the first partial is what is tuned.
        hz = k * f * np.sqrt((1.0 + B * k**2) / (1.0 + B))
        comb = np.abs(np.sin(np.pi * k * self.strike)) + 0.04
        felt = 1.0 / (1.0 + (hz / cut_hz) ** 2) ** 1.1
        # Small soundboards radiate their lowest notes weakly.
        board = 1.0 / np.sqrt(1.0 + (75.0 / hz) ** 4)
        rough = np.exp(rng.normal(0.0, 0.12, len(k)))
        amplitude = comb * felt * board * rough / k**0.35
        fast = np.maximum(0.22 * t60_s / (1.0 + 0.10 * (k - 1) + (hz / 2600.0) ** 1.5), 0.04)
        slow = np.maximum(t60_s / (1.0 + 0.22 * (k - 1) + (hz / 1800.0) ** 1.5), 0.06)
        cents = self.unison_cents * rng.uniform(0.5, 1.0) * (0.4 if pitch < 40 else 1.0)
        width = 0.55 * min(1.0, max(0.0, (pitch - 40) / 14.0))
        centre = np.clip((pitch - 64) / 48.0, -0.5, 0.5)
        pans = np.clip(width * (centre + rng.normal(0.0, 0.22, len(k))), -0.8, 0.8)
        gains = np.array([pan_gains(float(p)) for p in pans]).T
        # A real string pair is split between two ways of swinging, of which one is heard little.
        share = np.concatenate([np.full(len(k), 0.72), np.full(len(k), 0.28)])
        both = np.tile(amplitude, 2) * share
        sound = ring(
            n,
            rate,
            hz=np.concatenate([hz * 2.0 ** (-0.28 * cents / 1200.0), hz * 2.0 ** (0.72 * cents / 1200.0)]),
            t60_s=np.concatenate([fast, slow]),
            left=both * np.tile(gains[0], 2),
            right=both * np.tile(gains[1], 2),
            phase=np.tile(rng.uniform(-0.2, 0.2, len(k)), 2),
        )
        fade_in(sound, rate, 0.0085 - 0.0055 * v - 0.00002 * pitch)
        sound = level(sound, rate, rms=0.085 * velocity_gain(velocity) * _register(pitch))
        self._add_knock(sound, rate, rng, at_s=0.0, gain=self.thump * (0.3 + v))
        if n > frames_of(duration_s, rate):
            damp(sound, rate, at_s=duration_s, t60_s=0.62 - 0.0038 * min(pitch, 100))
            self._add_knock(sound, rate, rng, at_s=duration_s + 0.01, gain=0.4 * self.thump)
        fade_out(sound, rate, 0.03)
        return sound.astype(np.float32)

    def _add_knock(
        self, sound: Signal, rate: int, rng: np.random.Generator, *, at_s: float, gain: float
    ) -> None:
        """Add the wood that answers a key or damper: short low modes and a breath of noise."""
        start = frames_of(at_s, rate) if at_s > 0.0 else 0
        frames = min(frames_of(0.12, rate), sound.shape[-1] - start)
        if frames < 16:
            return
        modes = np.array(self.knock_hz)
        signs = rng.normal(0.0, 1.0, len(modes))
        knock = ring(
            frames, rate, hz=modes, t60_s=9.0 / np.sqrt(modes), left=signs, right=signs * 0.9
        )
        knock += 0.5 * band_noise(frames, rate, rng, low_hz=100.0, high_hz=700.0) * np.exp(
            -np.arange(frames) / (0.012 * rate)
        )
        fade_in(knock, rate, 0.002)
        fade_out(knock, rate, 0.03)
        sound[:, start : start + frames] += gain * knock


def _register(pitch: int) -> float:
    """Take the highest keys back a little: the ear hears them well."""
    return 10.0 ** (-0.11 * max(0, pitch - 60) / 20.0)


def draw_electric_piano(rng: np.random.Generator, *, brightness: float) -> ElectricPiano:
    """Draw an electric piano."""
    return ElectricPiano(
        bark=rng.uniform(0.45, 0.75) + 0.3 * brightness,
        offset=rng.uniform(0.28, 0.5),
        bell=rng.uniform(0.10, 0.20) + 0.14 * brightness,
        bell_ratio=rng.uniform(6.9, 7.3),
        detune_cents=rng.uniform(1.0, 2.2),
        decay=rng.uniform(0.85, 1.15),
        manner=Manner(
            pedal=True,
            cutoff_hz=rng.uniform(3600.0, 4600.0) + 2400.0 * brightness,
            tremolo_hz=rng.uniform(3.6, 5.4),
            tremolo_depth=rng.uniform(0.15, 0.32),
            tremolo_phase=rng.uniform(0.0, 2.0 * np.pi),
        ),
    )


def draw_felt_piano(rng: np.random.Generator, *, brightness: float) -> FeltPiano:
    """Draw a felt piano."""
    return FeltPiano(
        felt_hz=rng.uniform(620.0, 820.0) + 700.0 * brightness,
        strike=rng.uniform(0.11, 0.135),
        unison_cents=rng.uniform(0.5, 1.3),
        decay=rng.uniform(0.85, 1.1),
        thump=rng.uniform(0.004, 0.007),
        knock_hz=tuple(float(hz) for hz in np.array([88, 131, 187, 264, 390]) * rng.uniform(0.93, 1.07, 5)),
        manner=Manner(pedal=True, cutoff_hz=rng.uniform(5200.0, 6500.0) + 4000.0 * brightness),
    )
