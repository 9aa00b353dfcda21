"""Choir pad: seven singers between "oo" and "ah"."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.blown import Breath, Gesture, play_section
from tapeloom.synth.ear import FULL
from tapeloom.synth.envelopes import ended, frames_of, velocity_gain
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.player import Vibrato
from tapeloom.synth.sections import gestures, seats
from tapeloom.synth.voice import Manner, Voice
from tapeloom.synth.vowels import mouth, throat

MAX_HOLD_S = 28.0
PAIRS = 3


@dataclass(frozen=True, slots=True)
class ChoirPad:
    """Singers who swell in and hold; louder notes open the mouth."""

    vowel: float  # 0 "oo" .. 1 "ah", at middle loudness
    size: float  # of the singers: above 1 smaller ones
    detune_cents: float
    vibrato_cents: float
    drift_cents: float
    air: float
    width: float
    attack_s: float
    release_s: float
    manner: Manner

    @property
    def tail_s(self) -> float:
        """Longest release, in seconds."""
        return self.release_s + 0.05

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a note stops another: never."""
        return False

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        held_s = min(max(duration_s, 0.08), MAX_HOLD_S)
        n = frames_of(held_s + self.tail_s, rate)
        vowel = float(np.clip(self.vowel + 0.5 * (v - 0.6), 0.0, 1.0))
        gesture = Gesture(
            attack_s=self.attack_s * (1.4 - 0.6 * v),
            release_s=self.release_s,
            scoop_cents=-14.0,
            scoop_s=0.07,
            drift_cents=self.drift_cents,
            vibrato=Vibrato(5.2, self.vibrato_cents, 0.3, 0.6),
            sway_db=0.02 * self.vibrato_cents,
            shimmer=0.12,
            lag=1.4,
        )
        place = seats(PAIRS, cents=self.detune_cents, width=self.width, share=0.24)
        sound = play_section(
            throat, n, rate, rng, hz=f, loudness=v**0.8, held_s=held_s,
            gestures=gestures(gesture, 1 + PAIRS, rng, apart_s=0.06),
            cents=place.cents, pans=place.pans, shares=place.shares,
            breath=Breath(
                0.02 * self.air, 600.0, 3000.0 + 3000.0 * v, pulsed=0.2, softness=0.8, chiff=0.3,
                chiff_s=0.08,
            ),
            body=mouth(vowel, f, size=self.size), rough=0.1, peaky=0.5,
        )  # fmt: skip
        return ended(
            sound, rate=rate, gain=FULL * velocity_gain(velocity), rise_s=0.008, fall_s=0.05
        )


def _build(values: Values, rng: np.random.Generator) -> Voice:
    turned = {name: value for name, value in values.items() if name != "cutoff_hz"}
    return ChoirPad(**turned, manner=Manner(cutoff_hz=values["cutoff_hz"]))


DESIGN = Design(
    "choir_pad",
    "Seven singers who swell in between oo and ah and open the mouth when loud",
    (
        Parameter("vowel", "oo 0, ah 1", 0.45, 0.0, 1.0, spread=0.12, bright=0.3),
        Parameter("size", "of the singers: above 1 smaller ones", 1.05, 0.85, 1.25, spread=0.05),
        Parameter("detune_cents", "of the outermost singers",
                  10.0, 0.0, 26.0, "cents", spread=2.0),
        Parameter("vibrato_cents", "of each singer", 16.0, 0.0, 45.0, "cents", spread=4.0),
        Parameter("drift_cents", "how unsteady each singer is",
                  4.0, 0.0, 14.0, "cents", spread=1.0),
        Parameter("air", "how much breath is heard", 1.0, 0.0, 4.0, spread=0.3),
        Parameter("width", "of the choir", 0.85, 0.0, 1.0, spread=0.1),
        Parameter("attack_s", "in which they swell in", 0.3, 0.05, 1.5, "s", spread=0.08),
        Parameter("release_s", "to -60 dB", 1.3, 0.2, 4.0, "s", spread=0.25),
        Parameter("cutoff_hz", "where the microphones end",
                  6500.0, 1500.0, 14000.0, "Hz", spread=600.0, bright=3500.0),
    ),
    _build,
    (
        DemoNote(0.0, 3.8, 53, 68), DemoNote(0.0, 3.8, 60, 66), DemoNote(0.0, 3.8, 64, 70),
        DemoNote(0.0, 3.8, 69, 74), DemoNote(4.0, 3.8, 52, 70), DemoNote(4.0, 3.8, 59, 68),
        DemoNote(4.0, 3.8, 67, 72), DemoNote(4.0, 3.8, 71, 88), DemoNote(8.0, 4.0, 57, 62),
        DemoNote(8.0, 4.0, 60, 60), DemoNote(8.0, 4.0, 64, 62), DemoNote(8.0, 4.0, 72, 70),
    ),
    {
        "worn": {"drift_cents": 9.0, "detune_cents": 18.0, "cutoff_hz": 3600.0},
        "far": {"vowel": 0.1, "attack_s": 0.6, "cutoff_hz": 2400.0},
    },
)  # fmt: skip
