"""Vibraphone: aluminium bars over tubes with turning discs."""

import numpy as np

from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.struck import Mode, Struck
from tapeloom.synth.voice import Manner

# The second mode is tuned to two octaves, the third lies near three and a third (N. Fletcher and
# T. Rossing, "The Physics of Musical Instruments", 2nd edition, 1998, chapter 19).
RATIOS = (1.0, 4.0, 9.9, 17.2, 26.0)


def build(values: Values, rng: np.random.Generator) -> Struck:
    """Build a vibraphone from the table's values."""
    bite = values["overtones"]
    gains = (1.0, 0.9 * bite, 0.65 * bite, 0.38 * bite, 0.2 * bite)
    rings = (1.0, 0.42, 0.12, 0.06, 0.04)
    strays = (0.0, 4.0, 25.0, 40.0, 50.0)
    return Struck(
        modes=tuple(
            Mode(ratio, gain, ring, stray_cents=stray)
            for ratio, gain, ring, stray in zip(RATIOS, gains, rings, strays, strict=True)
        ),
        t60_s=9.0 * values["decay"],
        halves=20.0,
        mallet_s=values["mallet_ms"] / 1000.0,
        grows=1.15,
        thud=values["thud"],
        thud_hz=(250.0, 1300.0),
        thud_s=0.03,
        release_s=values["damper_s"],
        off=0.012,
        manner=Manner(
            pedal=True,
            cutoff_hz=values["cutoff_hz"],
            tremolo_hz=values["motor_hz"],
            tremolo_depth=values["motor"],
            tremolo_phase=rng.uniform(0.0, 2.0 * np.pi),
            tremolo_together=0.8,
        ),
        tail_s=1.2,
        pair_cents=values["beat_cents"],
        keys=int(rng.integers(1 << 31)),
    )


# Two bars of ballad: four-note chords, a line above.
DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 3.5, 57, 76), (0.0, 3.5, 60, 70), (0.0, 3.5, 64, 72), (0.5, 3.0, 71, 84),
        (1.5, 0.5, 72, 72), (2.0, 1.0, 76, 86), (3.0, 0.5, 74, 76), (3.5, 0.5, 71, 70),
        (4.0, 3.5, 55, 76), (4.0, 3.5, 59, 70), (4.0, 3.5, 64, 72), (4.5, 1.5, 69, 82),
        (6.0, 0.66, 67, 74), (6.66, 0.34, 69, 66), (7.0, 1.0, 71, 80),
        (8.0, 4.0, 53, 78), (8.0, 4.0, 60, 72), (8.0, 4.0, 64, 74), (8.5, 3.5, 69, 80),
        (9.0, 3.0, 76, 88), (9.5, 2.5, 79, 76),
    )
)  # fmt: skip

DESIGN = Design(
    name="vibraphone",
    about="Vibraphone with its motor running slowly",
    parameters=(
        Parameter("mallet_ms", "contact of the yarn mallet on middle C", 0.6, 0.15, 2.5, "ms",
                  spread=0.08, bright=-0.35),
        Parameter("overtones", "how much of the upper modes the stroke finds", 1.0, 0.0, 2.0,
                  spread=0.2, bright=0.4),
        Parameter("decay", "stretches the ring", 1.0, 0.2, 1.5, spread=0.1),
        Parameter("damper_s", "time in which the felt bar silences a note", 0.4, 0.1, 2.0, "s",
                  spread=0.1),
        Parameter("motor_hz", "turns of the discs", 3.6, 0.5, 9.0, "Hz", spread=0.9),
        Parameter("motor", "depth of the tremolo; 0: the motor stands still", 0.28, 0.0, 0.9,
                  spread=0.08),
        Parameter("beat_cents", "beating within a bar", 0.4, 0.0, 4.0, "cents", spread=0.3),
        Parameter("thud", "knock of the mallet", 0.05, 0.0, 0.3, spread=0.02),
        Parameter("cutoff_hz", "low-pass of the microphone", 7000.0, 1000.0, 16_000.0, "Hz",
                  spread=600.0, bright=4000.0),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"beat_cents": 3.0, "motor": 0.55, "motor_hz": 5.6, "cutoff_hz": 3600.0},
        "far": {"cutoff_hz": 1900.0, "mallet_ms": 1.2, "thud": 0.02},
        "still": {"motor": 0.0, "mallet_ms": 0.35},
    },
)  # fmt: skip
