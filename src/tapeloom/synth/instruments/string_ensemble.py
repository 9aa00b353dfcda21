"""String ensemble: seven bows on every note, each with a hand of its own."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.blown import Breath, Gesture, Signal, play_section
from tapeloom.synth.ear import FULL
from tapeloom.synth.envelopes import ended, frames_of, velocity_gain
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.player import Vibrato
from tapeloom.synth.resonances import Resonances
from tapeloom.synth.sections import gestures, seats
from tapeloom.synth.voice import Manner, Voice

MAX_HOLD_S = 28.0
PAIRS = 3


def spectrum(k: Signal, hz: float, loudness: float) -> Signal:
    """Return the harmonics' amplitudes of a bowed string, its corner rounded when it is soft."""
    corner = 750.0 * 6.0**loudness * (hz / 262.0) ** 0.35
    return np.asarray(k**-0.7 / (1.0 + (k * hz / corner) ** 2) ** 0.75, np.float64)


@dataclass(frozen=True, slots=True)
class StringEnsemble:
    """A section: the body stands for all their instruments, the room between them for width."""

    detune_cents: float  # of the outermost players
    vibrato_cents: float
    vibrato_hz: float
    drift_cents: float
    bow: float  # how much the hair is heard
    brightness: float
    width: float
    attack_s: float
    release_s: float
    body: Resonances
    manner: Manner

    @property
    def tail_s(self) -> float:
        """Longest release, in seconds."""
        return self.release_s + 0.05

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a note is bowed anew."""
        return ringing == struck

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        held_s = min(max(duration_s, 0.05), MAX_HOLD_S)
        n = frames_of(held_s + self.tail_s, rate)
        gesture = Gesture(
            attack_s=self.attack_s * (1.4 - 0.6 * v) * (262.0 / max(f, 60.0)) ** 0.15,
            release_s=self.release_s,
            scoop_cents=-9.0,
            scoop_s=0.06,
            drift_cents=self.drift_cents,
            vibrato=Vibrato(self.vibrato_hz, self.vibrato_cents, 0.15, 0.5),
            sway_db=0.02 * self.vibrato_cents,
            sag_db=0.5,
            shimmer=0.1,
            lag=1.6,
        )
        place = seats(PAIRS, cents=self.detune_cents, width=self.width, share=0.24)
        sound = play_section(
            spectrum, n, rate, rng, hz=f, loudness=min(v**0.8 * self.brightness, 1.0),
            held_s=held_s, gestures=gestures(gesture, 1 + PAIRS, rng, apart_s=0.03),
            cents=place.cents, pans=place.pans, shares=place.shares,
            breath=Breath(
                0.014 * self.bow, 900.0, 3000.0 + 2500.0 * v, pulsed=0.1, softness=0.75, chiff=0.8,
                chiff_s=0.05,
            ),
            body=self.body, rough=0.12, peaky=0.7,
        )  # fmt: skip
        return ended(
            sound, rate=rate, gain=FULL * velocity_gain(velocity), rise_s=0.006, fall_s=0.04
        )


def _build(values: Values, rng: np.random.Generator) -> Voice:
    body = Resonances(
        (210.0, 290.0, 460.0, 700.0, 1100.0, 2400.0, 4200.0),
        (1.5, 2.0, 3.0, -2.0, -3.0, 3.5, -4.0),
        (3.0, 3.0, 3.0, 2.0, 1.5, 1.2, 1.0),
        low_hz=55.0,
    )
    turned = {name: value for name, value in values.items() if name != "cutoff_hz"}
    return StringEnsemble(
        **turned,
        body=body.moved(np.exp(rng.normal(0.0, 0.03, 7))),
        manner=Manner(cutoff_hz=values["cutoff_hz"]),
    )


DESIGN = Design(
    "string_ensemble",
    "Seven bows on every note: a warm section that breathes in and leans on the beat",
    (
        Parameter("detune_cents", "of the outermost players", 9.0, 0.0, 24.0, "cents", spread=2.0),
        Parameter("vibrato_cents", "of each hand", 14.0, 0.0, 40.0, "cents", spread=3.0),
        Parameter("vibrato_hz", "their rate", 5.4, 3.5, 7.0, "Hz", spread=0.3),
        Parameter("drift_cents", "how unsteady each player is",
                  3.0, 0.0, 14.0, "cents", spread=0.8),
        Parameter("bow", "how much the hair is heard", 1.0, 0.0, 3.0, spread=0.25),
        Parameter("brightness", "how bright it is for its loudness",
                  0.95, 0.4, 1.6, spread=0.08, bright=0.4),
        Parameter("width", "of the section", 0.8, 0.0, 1.0, spread=0.1),
        Parameter("attack_s", "in which the bows take hold", 0.16, 0.03, 0.8, "s", spread=0.04),
        Parameter("release_s", "to -60 dB", 0.6, 0.1, 2.5, "s", spread=0.12),
        Parameter("cutoff_hz", "where the microphones end",
                  6500.0, 1500.0, 14000.0, "Hz", spread=600.0, bright=3500.0),
    ),
    _build,
    (
        DemoNote(0.0, 3.9, 50, 70), DemoNote(0.0, 3.9, 57, 68), DemoNote(0.0, 3.9, 65, 72),
        DemoNote(0.0, 1.9, 72, 76), DemoNote(2.0, 1.9, 76, 84), DemoNote(4.0, 3.9, 43, 72),
        DemoNote(4.0, 3.9, 59, 70), DemoNote(4.0, 3.9, 65, 72), DemoNote(4.0, 2.9, 74, 88),
        DemoNote(7.0, 0.9, 71, 74), DemoNote(8.0, 4.0, 48, 66), DemoNote(8.0, 4.0, 55, 62),
        DemoNote(8.0, 4.0, 64, 66), DemoNote(8.0, 4.0, 72, 72),
    ),
    {
        "worn": {"detune_cents": 16.0, "drift_cents": 8.0, "brightness": 0.75,
                 "cutoff_hz": 3800.0},
        "far": {"brightness": 0.55, "bow": 0.3, "attack_s": 0.3, "cutoff_hz": 2400.0},
    },
)  # fmt: skip
