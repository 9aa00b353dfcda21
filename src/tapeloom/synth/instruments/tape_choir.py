"""Tape choir: keys that each pull a strip of tape with eight voices on it, after the Mellotron."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.blown import Breath, Gesture, play_section
from tapeloom.synth.ear import FULL
from tapeloom.synth.envelopes import ended, frames_of, velocity_gain
from tapeloom.synth.oscillators import Signal, band_noise, band_pass
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.player import Vibrato, upsample, wander
from tapeloom.synth.sections import gestures, seats
from tapeloom.synth.spectra import controls
from tapeloom.synth.voice import Manner, Voice
from tapeloom.synth.vowels import mouth, throat

TAPE_S = 8.0  # then the strip is at its end
PAIRS = 2


@dataclass(frozen=True, slots=True)
class TapeChoir:
    """Mixed voices on "ah", of which a key plays one strip: it starts at once and ends in 8 s."""

    vowel: float
    wow_cents: float  # of the strip over the head
    wow_hz: float
    pull_cents: float  # how flat a strip is before the capstan has it
    wear: float  # dropouts and unevenness
    hiss: float
    detune_cents: float  # among the voices
    bandwidth_hz: float
    attack_s: float
    release_s: float
    manner: Manner

    @property
    def tail_s(self) -> float:
        """Longest release, in seconds."""
        return self.release_s + 0.05

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a key is pressed anew: its strip has to run back first."""
        return ringing == struck

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        held_s = min(max(duration_s, 0.05), TAPE_S)
        n = frames_of(held_s + self.tail_s, rate)
        # Men below, women above, each with mouths of their size.
        size = float(np.interp(pitch, [45.0, 60.0, 74.0], [0.9, 1.0, 1.12]))
        gesture = Gesture(
            attack_s=self.attack_s * (1.2 - 0.4 * v),
            release_s=self.release_s,
            scoop_cents=0.0,
            scoop_s=0.05,
            drift_cents=2.0,
            vibrato=Vibrato(5.3, 10.0, 0.05, 0.3),
            sway_db=0.25,
            shimmer=0.12,
            lag=1.2,
        )
        place = seats(PAIRS, cents=self.detune_cents, width=0.25, share=0.3)
        sound = play_section(
            throat, n, rate, rng, hz=f, loudness=v**0.8, held_s=held_s,
            gestures=gestures(gesture, 1 + PAIRS, rng, apart_s=0.01),
            cents=place.cents, pans=place.pans, shares=place.shares,
            breath=Breath(0.014, 500.0, 3500.0, pulsed=0.2, softness=0.9, chiff=0.4),
            body=mouth(self.vowel, f, size=size, high_hz=self.bandwidth_hz),
            rough=0.1, peaky=0.5,
        )  # fmt: skip
        sound = self._over_the_head(sound, f, held_s, rate, rng)
        level = 0.009 * self.hiss
        noise = np.stack(
            [band_noise(n, rate, rng, low_hz=900.0, high_hz=self.bandwidth_hz) for _ in range(2)]
        )
        runs = np.ones(n)
        last = frames_of(held_s, rate)
        runs[last:] *= np.exp(-np.arange(n - last) / (0.02 * rate))
        return ended(
            sound + level * noise * runs,
            rate=rate,
            gain=FULL * velocity_gain(velocity),
            rise_s=0.01,
        )

    def _over_the_head(
        self, sound: Signal, hz: float, held_s: float, rate: int, rng: np.random.Generator
    ) -> Signal:
        """Return the sound as an unsteady strip gives it back: wow, the first pull, dropouts."""
        frames = sound.shape[1]
        t = np.arange(frames) / rate
        turn = rng.uniform(0.0, 2.0 * np.pi)
        omega = 2.0 * np.pi * self.wow_hz
        depth = self.wow_cents / 1200.0 * np.log(2.0)
        slow = wander(controls(frames), rate, rng, hz=0.6)
        # How late the head reads, in seconds: its slope is the shift of pitch, which has no mean
        # over a note.
        late = depth / omega * np.cos(omega * t + turn)
        late += 0.35 * depth / (2.0 * np.pi * 0.6) * upsample(slow, frames)
        held = min(frames, max(2, int(held_s * rate)))
        # Moments in which the first harmonic is strong weigh more in what is heard as the pitch.
        weight = np.sin(np.pi * (np.arange(held) + 0.5) / held) ** 4
        lowest = band_pass(sound[:, :held].mean(axis=0), rate, high_hz=1.3 * hz, order=2)
        weight *= band_pass(lowest**2, rate, high_hz=20.0).clip(0.0) + 1e-12
        late -= t * float(np.average(np.gradient(late[:held], 1.0 / rate), weights=weight))
        pull = self.pull_cents / 1200.0 * np.log(2.0)
        late += pull * 0.05 * (1.0 - np.exp(-t / 0.05)) - pull * 0.05
        at = (t - late) * rate
        read = np.stack([np.interp(at, np.arange(frames), row) for row in sound])
        drop = wander(controls(frames), rate, rng, hz=3.0)
        level_db = -self.wear * (0.5 + 1.6 * np.maximum(0.0, upsample(drop, frames) - 0.7) ** 2)
        return np.asarray(read * 10.0 ** (level_db / 20.0), np.float64)


def _build(values: Values, rng: np.random.Generator) -> Voice:
    turned = {name: value for name, value in values.items() if name != "cutoff_hz"}
    return TapeChoir(**turned, manner=Manner(cutoff_hz=values["cutoff_hz"]))


DESIGN = Design(
    "tape_choir",
    "Eight voices on strips of tape, one a key, that start at once and end after eight seconds",
    (
        Parameter("vowel", "oo 0, ah 1", 0.75, 0.0, 1.0, spread=0.12, bright=0.25),
        Parameter("wow_cents", "how unsteadily a strip runs",
                  5.0, 0.0, 25.0, "cents", spread=1.5),
        Parameter("wow_hz", "how often", 0.9, 0.3, 4.0, "Hz", spread=0.25),
        Parameter("pull_cents", "how flat a strip begins", 40.0, 0.0, 150.0, "cents", spread=12.0),
        Parameter("wear", "dropouts, in dB", 1.0, 0.0, 4.0, "dB", spread=0.3),
        Parameter("hiss", "of the tape", 1.0, 0.0, 4.0, spread=0.2),
        Parameter("detune_cents", "among the voices", 9.0, 0.0, 24.0, "cents", spread=2.0),
        Parameter("bandwidth_hz", "where the tape ends",
                  4800.0, 2000.0, 9000.0, "Hz", spread=400.0, bright=2000.0),
        Parameter("attack_s", "of the recorded voices", 0.07, 0.02, 0.4, "s", spread=0.015),
        Parameter("release_s", "to -60 dB", 0.16, 0.05, 1.0, "s", spread=0.03),
        Parameter("cutoff_hz", "where the amplifier ends",
                  5500.0, 1500.0, 12000.0, "Hz", spread=500.0, bright=2500.0),
    ),
    _build,
    (
        DemoNote(0.0, 3.8, 48, 74), DemoNote(0.0, 3.8, 55, 72), DemoNote(0.0, 3.8, 64, 76),
        DemoNote(0.0, 1.9, 67, 80), DemoNote(2.0, 1.9, 71, 86), DemoNote(4.0, 3.8, 45, 74),
        DemoNote(4.0, 3.8, 57, 72), DemoNote(4.0, 3.8, 64, 74), DemoNote(4.0, 3.8, 72, 90),
        DemoNote(8.0, 3.9, 50, 70), DemoNote(8.0, 3.9, 57, 68), DemoNote(8.0, 3.9, 65, 72),
        DemoNote(8.0, 3.9, 69, 74),
    ),
    {
        "worn": {"wow_cents": 13.0, "wear": 2.5, "hiss": 2.5, "bandwidth_hz": 3200.0},
        "far": {"vowel": 0.35, "bandwidth_hz": 2600.0, "cutoff_hz": 2600.0},
    },
)  # fmt: skip
