"""Nylon-string guitar, plucked by fingertips."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.envelopes import finish, frames_of, level_gain, velocity_gain
from tapeloom.synth.oscillators import band_noise
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.plucked import one_string
from tapeloom.synth.strings import Body, comb, pluck, struck_shape, through_body
from tapeloom.synth.voice import Manner

OPEN = (40, 45, 50, 55, 59, 64)


@dataclass(frozen=True, slots=True)
class NylonGuitar:
    """A guitar with nylon strings, plucked by fingertips.

    Each string swings in two planes that the box hears differently: two loops, a hair apart in
    pitch, one long and one short, each with its own way through the body.

    J. Woodhouse, "Plucked guitar transients", Acta Acustica, 2004, for the body's modes.
    """

    body: Body
    position: float  # of the plucking finger, as a part of the string
    cutoff_hz: float  # of a fingertip at full strength
    split_cents: float  # between the two planes
    decay: float  # stretches the ring
    brush: float  # noise of the skin
    mute: float  # 0 open .. 1 under the palm
    manner: Manner
    tail_s: float = 0.5

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a pluck stops the string that rings."""
        return one_string(OPEN, ringing, struck)

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        place, strength, pan = rng.normal(0.0, 1.0, 3)
        t60_s = self.decay * 4.6 * 2.0 ** (-(pitch - 40) / 26.0)
        t60_s = t60_s ** (1.0 - self.mute) * min(t60_s, 0.35) ** self.mute
        n = frames_of(min(duration_s + self.tail_s, 1.4 * t60_s + 0.2), rate)
        cutoff_hz = self.cutoff_hz * (0.35 + 0.65 * v) * (1.0 + 0.06 * strength)
        cutoff_hz = max(cutoff_hz, 1.2 * f)
        touch = struck_shape(
            frames_of(0.03, rate), rate, rng, cutoff_hz=min(cutoff_hz, 0.45 * rate), noise=0.35
        )
        position = float(np.clip(self.position + 0.012 * place, 0.06, 0.45))
        touch = comb(touch, rate, hz=f, position=position)
        sound = np.zeros((2, n))
        # The second plane is shorter, weaker, and leans to the other side.
        for sign, share, left, right in ((-1.0, 1.0, 1.0, 0.78), (1.0, 0.5, 0.3, 0.75)):
            spread = 1.0 + 0.3 * rng.standard_normal(len(self.body.hz))
            body = self.body.response(rate, seconds=0.12, spread=spread)
            pluck(
                sound,
                through_body(touch, body),
                rate,
                hz=f * 2.0 ** (sign * 0.5 * self.split_cents / 1200.0),
                t60_s=t60_s * share**0.7,
                bright_hz=3000.0,
                bright_t60_s=0.42 * share**0.7 * 0.15**self.mute,
                left=left,
                right=right,
            )
        out = finish(
            sound,
            rate,
            gain=level_gain(sound, rate, rms=0.062 * velocity_gain(velocity)),
            pan=0.05 * float(np.tanh(pan)),
            rise_s=0.0015,
            held_s=duration_s,
            release_s=0.22,
        )
        brush = min(n, frames_of(0.018, rate))
        skin = band_noise(brush, rate, rng, low_hz=1200.0, high_hz=3800.0)
        out[:, :brush] += (self.brush * (0.25 + v) * skin * np.hanning(brush)).astype(np.float32)
        return out


def build(values: Values, rng: np.random.Generator) -> NylonGuitar:
    """Build a guitar from the table's values; its box is drawn."""
    low = np.array([98.0, 192.0, 222.0, 305.0, 395.0, 470.0]) * rng.uniform(0.96, 1.04, 6)
    high = np.sort(rng.uniform(520.0, 3200.0, 16))
    hz = np.concatenate([low, high])
    gain = np.concatenate(
        [np.array([0.35, 0.6, 0.5, 0.35, 0.45, 0.4]), 0.5 * (520.0 / high) ** 0.6]
    ) * rng.choice([-1.0, 1.0], len(hz))
    t60_s = np.clip(26.0 / hz, 0.02, 0.2) * rng.uniform(0.8, 1.2, len(hz))
    return NylonGuitar(
        body=Body(
            tuple(map(float, hz)), tuple(map(float, t60_s)), tuple(map(float, gain)), direct=0.9
        ),
        position=values["position"],
        cutoff_hz=values["finger_hz"],
        split_cents=values["split_cents"],
        decay=values["decay"],
        brush=values["brush"],
        mute=values["mute"],
        manner=Manner(cutoff_hz=values["cutoff_hz"], strum_s=0.06),
    )


# A bossa: the thumb on one and three, chords between.
DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 1.4, 45, 84), (0.0, 0.9, 55, 74), (0.01, 0.9, 60, 74), (0.02, 0.9, 64, 80),
        (1.5, 0.4, 55, 66), (1.51, 0.4, 60, 66), (1.52, 0.4, 64, 72), (2.0, 1.0, 40, 80),
        (2.5, 0.5, 55, 68), (2.51, 0.5, 60, 68), (2.52, 0.5, 64, 74), (3.5, 0.4, 67, 78),
        (4.0, 1.4, 50, 84), (4.0, 0.9, 57, 74), (4.01, 0.9, 60, 74), (4.02, 0.9, 66, 80),
        (5.5, 0.4, 57, 66), (5.51, 0.4, 60, 66), (5.52, 0.4, 65, 74), (6.0, 1.0, 45, 80),
        (6.5, 0.5, 57, 68), (6.51, 0.5, 60, 68), (6.52, 0.5, 64, 74), (7.5, 0.4, 62, 74),
        (8.0, 3.5, 43, 86), (8.03, 3.5, 55, 74), (8.06, 3.5, 59, 76), (8.09, 3.5, 64, 82),
    )
)  # fmt: skip

DESIGN = Design(
    name="nylon_guitar",
    about="Nylon-string guitar, plucked by fingertips",
    parameters=(
        Parameter("position", "where the finger plucks, as a part of the string", 0.19, 0.06, 0.45,
                  spread=0.05),
        Parameter("finger_hz", "where a fingertip at full strength cuts", 3200.0, 800.0, 8000.0,
                  "Hz", spread=300.0, bright=1400.0),
        Parameter("split_cents", "between the two planes of each string", 0.6, 0.0, 3.0, "cents",
                  spread=0.3),
        Parameter("decay", "stretches the ring", 1.0, 0.3, 1.6, spread=0.15),
        Parameter("cutoff_hz", "low-pass of the microphone", 7100.0, 1000.0, 16_000.0, "Hz",
                  spread=600.0, bright=3000.0),
        Parameter("brush", "noise of the skin", 0.006, 0.0, 0.03),
        Parameter("mute", "palm on the strings", 0.0, 0.0, 1.0),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"split_cents": 2.4, "finger_hz": 2300.0, "cutoff_hz": 4200.0, "brush": 0.012},
        "far": {"cutoff_hz": 2400.0, "finger_hz": 1800.0, "position": 0.32},
        "muted": {"mute": 0.6},
    },
)  # fmt: skip
