"""Accordion: free reeds in threes, one of them true and two about it, under one bellows."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.blown import Breath, Gesture, Signal, play_section
from tapeloom.synth.ear import FULL
from tapeloom.synth.envelopes import ended, frames_of, velocity_gain
from tapeloom.synth.oscillators import band_noise
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.player import Vibrato
from tapeloom.synth.resonances import Resonances
from tapeloom.synth.sections import gestures, seats
from tapeloom.synth.voice import Manner, Voice

MAX_HOLD_S = 25.0  # then the bellows are at their end


def spectrum(k: Signal, hz: float, loudness: float) -> Signal:
    """Return the harmonics' amplitudes: a reed that chops the air into pulses.

    N. Fletcher and T. Rossing, "The Physics of Musical Instruments", Springer, chapter on reeds.
    """
    corner = 800.0 + 2000.0 * loudness
    even = np.where(k % 2 == 0, 0.8, 1.0)
    return np.asarray(even * k**-0.55 / (1.0 + (k * hz / corner) ** 2) ** 0.8, np.float64)


@dataclass(frozen=True, slots=True)
class Accordion:
    """The right hand of a piano accordion with its musette stop drawn."""

    musette_cents: float  # of the outer reeds at A4
    musette: float  # amplitude of the outer reeds
    air: float
    key_noise: float
    brightness: float
    tremble: float  # of the bellows
    attack_s: float
    release_s: float
    body: Resonances
    manner: Manner

    @property
    def tail_s(self) -> float:
        """Longest release, in seconds."""
        return self.release_s + 0.05

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a key is pressed anew."""
        return ringing == struck

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        held_s = min(max(duration_s, 0.03), MAX_HOLD_S)
        n = frames_of(held_s + self.tail_s, rate)
        # Tuners let the beats grow half as fast as the pitch.
        place = seats(
            1, cents=self.musette_cents * (440.0 / f) ** 0.5, width=0.5, share=self.musette
        )
        gesture = Gesture(
            # Big reeds start slowly.
            attack_s=self.attack_s * (1.3 - 0.5 * v) * (440.0 / f) ** 0.35,
            release_s=self.release_s,
            scoop_cents=-5.0,
            scoop_s=0.02,
            drift_cents=0.5,
            vibrato=Vibrato(5.6, 0.5, 0.6),
            sway_db=0.25 * self.tremble,
            lag=1.5,
            sag_db=0.5,
            shimmer=0.07 * self.tremble,
        )
        sound = play_section(
            spectrum, n, rate, rng, hz=f, loudness=min(v**0.8 * self.brightness, 1.0),
            held_s=held_s, gestures=gestures(gesture, 2, rng, apart_s=0.004),
            cents=place.cents, pans=place.pans, shares=place.shares,
            breath=Breath(
                0.012 * self.air, 500.0, 2200.0 + 2000.0 * v, pulsed=0.7, softness=0.8, chiff=1.0,
                chiff_s=0.015,
            ),
            body=self.body, rough=0.15, peaky=0.6,
        )  # fmt: skip
        # The pallet leaves its hole, and falls back.
        for at_s, loud in ((0.0, 1.0), (held_s, 0.6)):
            first = int(at_s * rate)
            length = min(frames_of(0.03, rate), n - first)
            knock = band_noise(length, rate, rng, low_hz=250.0, high_hz=1600.0)
            knock *= np.hanning(length) * np.exp(-np.arange(length) / (0.006 * rate))
            sound[:, first : first + length] += 0.5 * self.key_noise * loud * knock
        return ended(sound, rate=rate, gain=FULL * velocity_gain(velocity), rise_s=0.003)


def _build(values: Values, rng: np.random.Generator) -> Voice:
    body = Resonances((420.0, 900.0, 1700.0, 3200.0), (2.0, -2.0, 3.0, -3.0),
                      (1.5, 1.5, 1.5, 1.0), low_hz=110.0)  # fmt: skip
    turned = {name: value for name, value in values.items() if name != "cutoff_hz"}
    return Accordion(
        **turned,
        body=body.moved(np.exp(rng.normal(0.0, 0.06, 4))),
        manner=Manner(cutoff_hz=values["cutoff_hz"]),
    )


DESIGN = Design(
    "accordion",
    "Free reeds in threes that beat against each other, under one bellows",
    (
        Parameter("musette_cents", "how far the outer reeds are tuned apart at A4",
                  8.0, 0.0, 22.0, "cents", spread=2.5),
        Parameter("musette", "how loud the outer reeds are", 0.34, 0.0, 0.5, spread=0.05),
        Parameter("air", "how much the bellows are heard", 1.0, 0.0, 4.0, spread=0.3),
        Parameter("key_noise", "how much the keys are heard", 0.12, 0.0, 0.6, spread=0.04),
        Parameter("brightness", "how bright it is for its loudness",
                  1.0, 0.4, 1.6, spread=0.1, bright=0.35),
        Parameter("tremble", "how unsteady the bellows are", 1.0, 0.0, 4.0, spread=0.3),
        Parameter("attack_s", "in which a reed starts", 0.035, 0.01, 0.2, "s", spread=0.008),
        Parameter("release_s", "to -60 dB", 0.11, 0.04, 0.6, "s", spread=0.02),
        Parameter("cutoff_hz", "where the microphone ends",
                  7000.0, 1500.0, 14000.0, "Hz", spread=700.0, bright=3000.0),
    ),
    _build,
    (
        # A slow waltz.
        DemoNote(0.0, 2.0, 69, 78), DemoNote(1.0, 0.9, 57, 60), DemoNote(1.0, 0.9, 60, 60),
        DemoNote(2.0, 0.9, 57, 58), DemoNote(2.0, 0.9, 60, 58), DemoNote(2.0, 1.0, 72, 74),
        DemoNote(3.0, 2.0, 76, 88), DemoNote(4.0, 0.9, 59, 60), DemoNote(4.0, 0.9, 62, 60),
        DemoNote(5.0, 0.9, 59, 58), DemoNote(5.0, 0.9, 62, 58), DemoNote(5.0, 0.5, 74, 76),
        DemoNote(5.5, 0.5, 71, 72), DemoNote(6.0, 2.9, 72, 80), DemoNote(7.0, 1.9, 60, 62),
        DemoNote(7.0, 1.9, 64, 62),
    ),
    {
        "worn": {"musette_cents": 15.0, "air": 3.0, "tremble": 2.5, "cutoff_hz": 4200.0},
        "far": {"musette": 0.15, "brightness": 0.6, "key_noise": 0.0, "cutoff_hz": 2600.0},
    },
    demo_bpm=100.0,
)  # fmt: skip
