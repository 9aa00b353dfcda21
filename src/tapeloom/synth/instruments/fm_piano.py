"""FM piano: three pairs of sines as the electric pianos of the 1980s had them."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.synth.ear import FULL, ear_gain
from tapeloom.synth.envelopes import finish, frames_of, velocity_gain
from tapeloom.synth.oscillators import band_pass
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values, swaying
from tapeloom.synth.phase_modulation import ALGORITHMS, Operator, modulate
from tapeloom.synth.placing import carried_hz, key_pan
from tapeloom.synth.voice import Manner, Voice

MAX_RING_S = 20.0


@dataclass(frozen=True, slots=True)
class FmPiano:
    """Two detuned pairs for the body and one, fourteen times above, for the tine.

    J. Chowning and D. Bristow, "FM Theory and Applications", Yamaha, 1986.
    """

    body: float  # index of the body's pairs, radians
    tine: float  # amplitude of the tine's pair
    tine_ratio: float
    detune_cents: float  # between the body's pairs
    decay: float  # stretches the ring
    manner: Manner
    tail_s: float = 0.5

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a key is struck anew."""
        return ringing == struck

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = carried_hz(pitch, rate)
        strike, touch, pan = rng.normal(0.0, 1.0, 3)
        ring_s = self.decay * 9.0 * 2.0 ** (-(pitch - 60.0) / 26.0)
        n = frames_of(min(duration_s + self.tail_s, 1.3 * ring_s + 0.4, MAX_RING_S), rate)
        # The body's pairs weigh 2 to 1: their mean is the pitch. High notes would beat too fast.
        apart = self.detune_cents * min(1.0, (260.0 / f) ** 0.7)
        low, high = -apart / 3.0, 2.0 * apart / 3.0
        body = self.body * (1.0 + 0.05 * strike)
        tine = self.tine * (1.0 + 0.12 * touch)
        decay_s = 9.0 * self.decay
        # Modulators in tune with their carriers keep a pair's spectrum still while it fades.
        operators = (
            Operator(1.0, 0.7, 0.0012, decay_s, touch=0.0, slow=26.0, detune_cents=low),
            Operator(1.0, 1.45 * body, 0.001, 0.7 * decay_s, touch=1.2, scale_db=-1.5, slow=26.0,
                     detune_cents=low),
            Operator(1.0, 0.35, 0.0012, 0.8 * decay_s, touch=0.0, slow=26.0, detune_cents=high),
            Operator(3.0, 1.1 * body, 0.001, 0.25 * decay_s, touch=1.6, scale_db=-6.0,
                     detune_cents=high),
            Operator(1.0, 0.5 * tine, 0.001, 0.45 * decay_s, touch=0.5, scale_db=-1.5),
            Operator(self.tine_ratio, 0.8, 0.001, 0.7, touch=1.0, scale_db=-8.0, slow=30.0,
                     phase=rng.uniform()),
        )  # fmt: skip
        sound = modulate(
            ALGORITHMS["5"],
            operators,
            n,
            rate,
            hz=f,
            pitch=pitch,
            velocity=velocity / 127.0,
            feedback=0.15,
            factor=2,
        )
        sound = band_pass(sound, rate, low_hz=20.0)
        return finish(
            sound,
            rate,
            gain=ear_gain(sound, rate, level=FULL * velocity_gain(velocity)),
            pan=key_pan(pitch, width=0.3, chance=pan),
            rise_s=0.0015,
            held_s=duration_s,
            release_s=0.4 - 0.002 * min(pitch, 100.0),
        )


def _build(values: Values, rng: np.random.Generator) -> Voice:
    return FmPiano(
        body=values["body"],
        tine=values["tine"],
        tine_ratio=float(round(values["tine_ratio"])),
        detune_cents=values["detune_cents"],
        decay=values["decay"],
        manner=swaying(values, rng),
    )


DESIGN = Design(
    "fm_piano",
    "Sines that turn each other's phase: the glassy electric piano of 1980s ballads",
    (
        Parameter("body", "how rich the body is", 1.0, 0.2, 2.0, spread=0.15, bright=0.4),
        Parameter("tine", "how loud the glassy attack is",
                  0.8, 0.0, 2.0, spread=0.15, bright=0.5),
        Parameter("tine_ratio", "its frequency, a whole multiple of the note's",
                  14.0, 7.0, 16.0, spread=1.4),
        Parameter("detune_cents", "between its pairs", 2.6, 0.0, 9.0, "cents", spread=0.8),
        Parameter("decay", "stretches the ring", 1.0, 0.4, 1.6, spread=0.12),
        Parameter("cutoff_hz", "where the converter's filter ends",
                  7500.0, 1500.0, 15000.0, "Hz", spread=700.0, bright=4000.0),
        Parameter("tremolo_hz", "how fast it moves left and right",
                  3.2, 0.5, 8.0, "Hz", spread=0.7),
        Parameter("tremolo_depth", "how far", 0.25, 0.0, 0.8, spread=0.08),
    ),
    _build,
    (
        # Major sevenths over a pedal, spread wide, with a tune in the right hand.
        DemoNote(0.0, 3.8, 41, 74), DemoNote(0.0, 1.9, 57, 62), DemoNote(0.02, 1.9, 60, 62),
        DemoNote(0.04, 1.9, 64, 68), DemoNote(0.5, 1.4, 76, 84), DemoNote(2.0, 0.9, 72, 70),
        DemoNote(2.02, 1.9, 55, 60), DemoNote(2.04, 1.9, 59, 60), DemoNote(3.0, 0.9, 79, 104),
        DemoNote(4.0, 3.6, 45, 72), DemoNote(4.0, 3.5, 55, 60), DemoNote(4.02, 3.5, 60, 62),
        DemoNote(4.04, 3.5, 64, 66), DemoNote(4.5, 0.9, 74, 92), DemoNote(5.5, 2.2, 71, 76),
    ),
    {
        "worn": {"detune_cents": 6.5, "tine": 0.4, "cutoff_hz": 4200.0, "decay": 0.8},
        "far": {"body": 0.6, "tine": 0.3, "cutoff_hz": 2800.0, "tremolo_depth": 0.1},
    },
)  # fmt: skip
