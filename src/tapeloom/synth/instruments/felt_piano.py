"""Felt piano: an upright with its practice pedal down."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.dsp.stereo import pan_gains
from tapeloom.synth.envelopes import (
    fade_in,
    fade_out,
    finish,
    frames_of,
    level_gain,
    velocity_gain,
)
from tapeloom.synth.oscillators import Signal, band_noise, ring
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values, fields_of
from tapeloom.synth.voice import Manner

MAX_RING_S = 24.0  # no key rings longer


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
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        v = velocity / 127.0
        t60_s = self.decay * 11.0 * 2.0 ** (-(pitch - 40) / 22.0)
        n = frames_of(min(duration_s + self.tail_s, 1.3 * t60_s + 0.3, MAX_RING_S), rate)
        k, hz, amplitude = self._partials(pitch, v, rate, rng)
        fast = np.maximum(0.34 * t60_s / (1.0 + 0.10 * (k - 1) + (hz / 2600.0) ** 1.5), 0.05)
        slow = np.maximum(t60_s / (1.0 + 0.22 * (k - 1) + (hz / 1800.0) ** 1.5), 0.08)
        cents = self.unison_cents * rng.uniform(0.5, 1.0) * (0.4 if pitch < 40 else 1.0)
        centre = float(np.clip((pitch - 62) / 44.0, -0.5, 0.5))
        pans = np.clip(_width(pitch) * (0.7 * centre + rng.normal(0.0, 0.16, len(k))), -0.8, 0.8)
        left, right = np.array([pan_gains(float(p)) for p in pans]).T
        # A real string pair is split between two ways of swinging, of which one is heard little.
        both = np.concatenate([0.70 * amplitude, 0.30 * amplitude])
        detuned = 2.0 ** (cents / 1200.0)
        sound = ring(
            n,
            rate,
            hz=np.concatenate([hz * detuned**-0.28, hz * detuned**0.72]),
            t60_s=np.concatenate([fast, slow]),
            left=both * np.tile(left, 2),
            right=both * np.tile(right, 2),
            phase=np.tile(rng.uniform(-0.2, 0.2, len(k)), 2),
        )
        gain = level_gain(sound, rate, rms=0.085 * velocity_gain(velocity) * _register(pitch))
        out = finish(
            sound,
            rate,
            gain=gain,
            rise_s=0.0085 - 0.0055 * v - 0.00002 * pitch,
            held_s=duration_s,
            release_s=0.62 - 0.0038 * min(pitch, 100),
            fall_s=0.03,
        )
        self._add_knock(out, rate, rng, at_s=0.0, gain=self.thump * (0.12 + v))
        self._add_knock(out, rate, rng, at_s=duration_s + 0.01, gain=0.25 * self.thump * (0.1 + v))
        return out

    def _partials(
        self, pitch: float, v: float, rate: int, rng: np.random.Generator
    ) -> tuple[Signal, Signal, Signal]:
        """Return number, frequency and amplitude of each partial down to -80 dB."""
        f = midi_to_hz(pitch)
        B = min(1.4 * 10.0 ** (-4.0 + 0.011 * abs(pitch - 45) * (1.6 if pitch > 45 else 1.0)), 5e-3)
        cut_hz = self.felt_hz * (0.4 + 1.2 * v) * 2.0 ** ((pitch - 60) / 36.0)
        k = np.arange(1.0, 2.0 + min(40.0, 0.4 * rate / f))
        # Stretched partials would make the note sharp: the first partial is what is tuned.
        hz = k * f * np.sqrt((1.0 + B * k**2) / (1.0 + B))
        comb = np.abs(np.sin(np.pi * k * self.strike)) / np.sin(np.pi * self.strike) + 0.05
        felt = np.exp(-((hz / (2.2 * cut_hz)) ** 1.2)) / (1.0 + (hz / cut_hz) ** 2) ** 0.5
        # Small soundboards radiate their lowest notes weakly.
        board = 1.0 / np.sqrt(1.0 + (75.0 / hz) ** 4)
        rough = np.exp(rng.normal(0.0, 0.12, len(k)))
        amplitude = comb * felt * board * rough / k**0.95
        heard = (amplitude > 1e-4 * amplitude.max()) & (hz < 0.44 * rate)
        heard[0] = True
        return k[heard], hz[heard], amplitude[heard]

    def _add_knock(
        self, sound: Samples, rate: int, rng: np.random.Generator, *, at_s: float, gain: float
    ) -> None:
        """Add the wood that answers a key or damper: short low modes and a breath of noise."""
        start = frames_of(at_s, rate) if at_s > 0.0 else 0
        frames = min(frames_of(0.12, rate), sound.shape[1] - start)
        if frames < 16:
            return
        modes = np.array(self.knock_hz)
        signs = rng.normal(0.0, 1.0, len(modes))
        knock = ring(
            frames, rate, hz=modes, t60_s=9.0 / np.sqrt(modes), left=signs, right=0.9 * signs
        )
        breath = band_noise(frames, rate, rng, low_hz=100.0, high_hz=700.0)
        knock += 0.5 * breath * np.exp(-np.arange(frames) / (0.012 * rate))
        fade_in(knock, rate, 0.002)
        fade_out(knock, rate, 0.03)
        sound[:, start : start + frames] += (gain * knock).astype(np.float32)


def _register(pitch: float) -> float:
    """Take the highest keys back a little: the ear hears them well."""
    return float(10.0 ** (-0.055 * max(0, pitch - 60) / 20.0))


def _width(pitch: float) -> float:
    """Return how far from the middle a pitch may stand, 0..1: low notes stay there."""
    return min(1.0, max(0.0, (pitch - 40) / 14.0))


def build(values: Values, rng: np.random.Generator) -> FeltPiano:
    """Build a piano from the table's values; the modes of its wood are drawn."""
    return FeltPiano(
        **fields_of(values, FeltPiano),
        knock_hz=tuple(
            float(hz)
            for hz in np.array([88.0, 131.0, 187.0, 264.0, 390.0]) * rng.uniform(0.93, 1.07, 5)
        ),
        manner=Manner(pedal=True, cutoff_hz=values["cutoff_hz"], sympathy=values["sympathy"]),
    )


# Broken chords in the left hand, few notes in the right.
DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 3.9, 41, 66), (0.5, 3.4, 48, 58), (1.0, 2.9, 57, 62), (1.0, 1.5, 76, 76),
        (1.5, 2.4, 60, 58), (2.5, 0.5, 74, 66), (3.0, 0.9, 72, 72), (4.0, 3.9, 40, 66),
        (4.5, 3.4, 47, 58), (5.0, 2.9, 55, 60), (5.0, 2.0, 71, 74), (5.5, 2.4, 59, 56),
        (7.0, 0.5, 67, 64), (7.5, 0.5, 69, 66), (8.0, 3.9, 38, 66), (8.5, 3.4, 45, 58),
        (9.0, 2.9, 53, 62), (9.0, 1.5, 72, 76), (9.5, 2.4, 60, 58), (10.5, 1.4, 64, 64),
        (12.0, 4.0, 36, 68), (12.1, 3.9, 43, 60), (12.2, 3.8, 52, 62), (12.3, 3.7, 59, 62),
        (12.4, 3.6, 62, 64), (12.5, 3.5, 67, 74),
    )
)  # fmt: skip

DESIGN = Design(
    name="felt_piano",
    about="Felt piano: an upright with its practice pedal down",
    parameters=(
        Parameter("felt_hz", "where the felt cuts, for a note of middle strength", 1010.0, 300.0,
                  4000.0, "Hz", spread=90.0, bright=800.0),
        Parameter("strike", "where the hammer hits, as a part of the string", 0.1225, 0.06, 0.2,
                  spread=0.0125),
        Parameter("unison_cents", "detuning of the strings of one note", 0.9, 0.0, 8.0, "cents",
                  spread=0.4),
        Parameter("decay", "stretches the ring", 0.975, 0.2, 1.5, spread=0.125),
        Parameter("thump", "knock of key and damper", 0.0065, 0.0, 0.04, spread=0.0015),
        Parameter("cutoff_hz", "low-pass of the microphone", 7850.0, 800.0, 16_000.0, "Hz",
                  spread=650.0, bright=4000.0),
        Parameter("sympathy", "free strings that ring along under the pedal", 0.1, 0.0, 0.5,
                  spread=0.03),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"unison_cents": 4.0, "felt_hz": 800.0, "thump": 0.014, "cutoff_hz": 3600.0},
        "far": {"cutoff_hz": 1600.0, "felt_hz": 650.0},
        "close": {"thump": 0.02, "felt_hz": 1500.0},
    },
    demo_bpm=70.0,
)  # fmt: skip
