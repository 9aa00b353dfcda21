"""Upright bass, plucked."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.dsp.filters import Biquads
from tapeloom.synth.envelopes import finish, frames_of, level_gain, velocity_gain
from tapeloom.synth.oscillators import Signal, band_noise, band_pass
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.strings import Body, comb, pluck, struck_shape, through_body
from tapeloom.synth.voice import Manner


@dataclass(frozen=True, slots=True)
class UprightBass:
    """A double bass played pizzicato near the end of the fingerboard."""

    body: Body
    position: float  # of the plucking finger, as a part of the string
    cutoff_hz: float  # of the finger at full strength
    decay: float  # stretches the ring
    bright_s: float  # how long a partial near 900 Hz takes to fall by 60 dB
    sag_cents: float  # how sharp a strong pluck begins
    growl: float  # how much of the string slaps the fingerboard
    manner: Manner
    tail_s: float = 0.35

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a note stops the one before: always, the hand moves on."""
        return True

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        place, strength = rng.normal(0.0, 1.0, 2)
        t60_s = self.decay * 4.2 * 2.0 ** (-(pitch - 28) / 24.0)
        n = frames_of(min(duration_s + self.tail_s, 1.3 * t60_s + 0.2), rate)
        cutoff_hz = self.cutoff_hz * (0.15 + 1.01 * v) * (1.0 + 0.05 * strength)
        cutoff_hz = min(max(cutoff_hz, 2.0 * f), 0.45 * rate)
        touch = struck_shape(frames_of(0.05, rate), rate, rng, cutoff_hz=cutoff_hz, noise=0.25)
        touch = _ease(touch, rate, corner_hz=(0.2 + 1.97 * v) * f + 20.0)
        position = float(np.clip(self.position + 0.015 * place, 0.1, 0.45))
        touch = comb(touch, rate, hz=f, position=position)
        spread = 1.0 + 0.15 * rng.standard_normal(len(self.body.hz))
        drive = through_body(touch, self.body.response(rate, seconds=0.25, spread=spread))
        both = np.zeros((2, n))
        pluck(
            both,
            drive,
            rate,
            hz=f,
            t60_s=t60_s,
            bright_hz=900.0,
            bright_t60_s=self.bright_s,
            right=0.0,
        )
        sound = both[0]
        _sag(sound, rate, cents=self.sag_cents * v, settle_s=0.06)
        # A long string slaps the wood: the waveform flattens on one side while it is loud.
        peak = float(np.abs(sound[: frames_of(0.2, rate)]).max())
        swing = self.growl * (0.1 + 1.3 * v) / max(peak, 1e-9) * sound
        sound = band_pass(np.tanh(swing + 0.22 * swing**2), rate, low_hz=16.0)
        head = min(n, frames_of(0.016, rate))
        skin = band_noise(head, rate, rng, low_hz=700.0, high_hz=1900.0)
        out = finish(
            sound,
            rate,
            gain=level_gain(sound, rate, rms=0.12 * velocity_gain(velocity), window_s=0.2),
            rise_s=0.003,
            held_s=duration_s,
            release_s=0.2,
        )
        out[:, :head] += (0.007 * (0.2 + v) * skin * np.hanning(head)).astype(np.float32)
        return out


def _ease(touch: Signal, rate: int, *, corner_hz: float) -> Signal:
    """Let the finger release gradually: 6 dB per octave above a corner, so that the lowest lead."""
    keep = np.exp(-2.0 * np.pi * corner_hz / rate)
    one_pole = np.array([1.0 - keep, 0.0, 0.0, 1.0, -keep, 0.0])
    eased: Signal = Biquads([one_pole], channels=1).process(touch[None])[0]
    return eased


def _sag(sound: Signal, rate: int, *, cents: float, settle_s: float) -> None:
    """Begin sharp and settle on the pitch, in place: read by a clock that runs fast at first.

    The clock starts late by what it will gain, so that after a while it needs no correction.
    """
    head = min(len(sound), frames_of(8.0 * settle_s, rate))
    t = np.arange(head) / rate
    late = (2.0 ** (cents / 1200.0) - 1.0) * settle_s * np.exp(-t / settle_s)
    sound[:head] = np.interp((t - late) * rate, np.arange(head), sound[:head], left=0.0)


def build(values: Values, rng: np.random.Generator) -> UprightBass:
    """Build a bass from the table's values; its box is drawn."""
    hz = np.array([64.0, 104.0, 152.0, 208.0, 290.0, 430.0, 640.0]) * rng.uniform(0.95, 1.05, 7)
    gain = np.array([0.25, 0.3, 0.14, 0.12, 0.1, 0.08, 0.06]) * rng.choice([-1.0, 1.0], 7)
    t60_s = np.array([0.22, 0.2, 0.15, 0.13, 0.1, 0.07, 0.05])
    return UprightBass(
        body=Body(
            tuple(map(float, hz)), tuple(map(float, t60_s)), tuple(map(float, gain)), direct=1.0
        ),
        position=values["position"],
        cutoff_hz=values["finger_hz"],
        decay=values["decay"],
        bright_s=values["bright_s"],
        sag_cents=values["sag_cents"],
        growl=values["growl"],
        manner=Manner(cutoff_hz=values["cutoff_hz"]),
    )


# A walk under a turnaround, with a pull before the barline.
DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 0.95, 36, 92), (1.0, 0.95, 40, 82), (2.0, 0.6, 43, 86), (2.66, 0.3, 43, 64),
        (3.0, 0.95, 46, 84), (4.0, 0.95, 45, 92), (5.0, 0.95, 43, 80), (6.0, 0.95, 40, 84),
        (7.0, 0.6, 37, 84), (7.66, 0.3, 37, 66), (8.0, 0.95, 38, 92), (9.0, 0.95, 41, 82),
        (10.0, 0.95, 43, 88), (11.0, 0.6, 31, 84), (11.66, 0.3, 35, 74), (12.0, 2.8, 36, 92),
    )
)  # fmt: skip

DESIGN = Design(
    name="upright_bass",
    about="Upright bass, plucked",
    parameters=(
        Parameter("position", "where the finger plucks, as a part of the string", 0.25, 0.1, 0.45,
                  spread=0.05),
        Parameter("finger_hz", "where a finger at full strength cuts", 840.0, 250.0, 3000.0, "Hz",
                  spread=80.0, bright=400.0),
        Parameter("decay", "stretches the ring", 1.0, 0.3, 1.8, spread=0.15),
        Parameter("bright_s", "ring of a partial near 900 Hz", 0.485, 0.1, 1.5, "s", spread=0.06,
                  bright=0.25),
        Parameter("sag_cents", "how sharp a strong pluck begins", 13.0, 0.0, 40.0, "cents",
                  spread=4.0),
        Parameter("growl", "how much of the string slaps the fingerboard", 0.7, 0.05, 2.0,
                  spread=0.2),
        Parameter("cutoff_hz", "low-pass of the microphone", 3300.0, 400.0, 12_000.0, "Hz",
                  spread=300.0, bright=1600.0),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"growl": 1.3, "sag_cents": 22.0, "bright_s": 0.3, "cutoff_hz": 2000.0},
        "far": {"cutoff_hz": 800.0, "finger_hz": 500.0},
    },
)  # fmt: skip
