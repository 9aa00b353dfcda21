"""Steel drum: a lead pan's note areas, whose octave and twelfth grow out of the blow."""

import numpy as np

from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.struck import Mode, Struck
from tapeloom.synth.voice import Manner

# A note area is tuned so that its second mode is the octave and its third the twelfth or the double
# octave; swinging far, it passes energy from the first to them after the blow, and its neighbours
# join in (T. Rossing, "Science of Percussion Instruments", 2000, chapter on steelpans).


def build(values: Values, rng: np.random.Generator) -> Struck:
    """Build a pan from the table's values."""
    bloom = values["bloom"]
    return Struck(
        modes=(
            Mode(1.0, 1.0, 1.0),
            Mode(2.0, 0.25, 0.5, stray_cents=4.0),
            Mode(2.0, 0.9 * bloom, 0.7, rise_s=0.018, stray_cents=3.0),
            Mode(3.0, 0.7 * bloom, 0.5, rise_s=0.028, stray_cents=6.0),
            Mode(4.0, 0.65 * bloom, 0.4, rise_s=0.035, stray_cents=6.0),
            Mode(5.0, 0.4 * bloom, 0.3, rise_s=0.03, stray_cents=12.0),
            Mode(6.0, 0.35 * bloom, 0.25, rise_s=0.03, stray_cents=12.0),
            # What the skirt and the areas beside it answer.
            Mode(1.498, 0.05 * values["neighbours"], 0.7, rise_s=0.02, stray_cents=8.0),
            Mode(2.67, 0.06 * values["neighbours"], 0.4, stray_cents=25.0),
            Mode(3.37, 0.08 * values["neighbours"], 0.3, stray_cents=35.0),
            Mode(5.31, 0.08 * values["neighbours"], 0.16, stray_cents=45.0),
            Mode(7.43, 0.06 * values["neighbours"], 0.12, stray_cents=45.0),
        ),
        t60_s=1.9 * values["decay"],
        halves=26.0,
        mallet_s=values["stick_ms"] / 1000.0,
        grows=0.9,
        thud=values["thud"],
        thud_hz=(300.0, 2400.0),
        thud_s=0.025,
        release_s=0.9,
        manner=Manner(cutoff_hz=values["cutoff_hz"]),
        tail_s=0.9,
        pair_cents=values["beat_cents"],
        pair=0.25,
        keys=int(rng.integers(1 << 31)),
        width=0.2,
    )


DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 0.5, 67, 86), (0.0, 0.5, 72, 78), (0.75, 0.25, 72, 70), (1.0, 0.5, 76, 84),
        (1.75, 0.25, 74, 68), (2.0, 0.5, 72, 82), (2.5, 0.25, 69, 70), (2.75, 0.5, 72, 78),
        (3.5, 0.5, 76, 82), (4.0, 0.5, 69, 86), (4.0, 0.5, 77, 78), (4.75, 0.25, 77, 70),
        (5.0, 0.5, 79, 84), (5.5, 0.25, 77, 68), (5.75, 0.5, 76, 76), (6.5, 0.5, 74, 78),
        (7.0, 0.25, 72, 68), (7.25, 0.25, 74, 72), (7.5, 0.5, 71, 78),
        *((8.0 + 0.125 * i, 0.125, 72 if i % 2 else 76, 56 + i) for i in range(16)),
        (10.0, 1.5, 72, 84), (10.0, 1.5, 79, 84),
    )
)  # fmt: skip

DESIGN = Design(
    name="steel_drum",
    about="Steel drum: a lead pan, rubber-tipped sticks",
    parameters=(
        Parameter("stick_ms", "contact of the rubber tip on middle C", 0.42, 0.12, 2.0, "ms",
                  spread=0.06, bright=-0.28),
        Parameter("bloom", "how much grows out of the blow", 1.0, 0.0, 2.0, spread=0.2,
                  bright=0.4),
        Parameter("neighbours", "what the rest of the pan answers", 1.0, 0.0, 3.0, spread=0.3),
        Parameter("decay", "stretches the ring", 1.0, 0.3, 2.0, spread=0.12),
        Parameter("beat_cents", "beating of a note area with itself", 1.0, 0.0, 6.0, "cents",
                  spread=0.5),
        Parameter("thud", "noise of the stick", 0.06, 0.0, 0.3, spread=0.02),
        Parameter("cutoff_hz", "low-pass of the microphone", 7000.0, 1000.0, 16_000.0, "Hz",
                  spread=600.0, bright=4000.0),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"beat_cents": 5.0, "neighbours": 2.2, "cutoff_hz": 3800.0},
        "far": {"cutoff_hz": 1900.0, "stick_ms": 1.0, "thud": 0.02},
    },
)  # fmt: skip
