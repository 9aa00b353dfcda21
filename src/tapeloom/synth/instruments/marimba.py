"""Marimba: rosewood bars over tubes."""

import numpy as np

from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.struck import Mode, Struck
from tapeloom.synth.voice import Manner

# Marimba makers tune the second mode to two octaves and the third near three and a third; the tubes
# carry the first (N. Fletcher and T. Rossing, "The Physics of Musical Instruments", 2nd edition,
# 1998, chapter 19).
RATIOS = (1.0, 3.98, 9.8, 16.9)


def build(values: Values, rng: np.random.Generator) -> Struck:
    """Build a marimba from the table's values."""
    bite = values["overtones"]
    gains = (1.0, 0.95 * bite, 0.75 * bite, 0.45 * bite)
    rings = (1.0, 0.32, 0.13, 0.08)
    strays = (0.0, 7.0, 45.0, 60.0)
    return Struck(
        modes=tuple(
            Mode(ratio, gain, ring, stray_cents=stray)
            for ratio, gain, ring, stray in zip(RATIOS, gains, rings, strays, strict=True)
        ),
        t60_s=1.5 * values["decay"],
        halves=16.0,
        mallet_s=values["mallet_ms"] / 1000.0,
        grows=1.1,
        thud=values["thud"],
        thud_hz=(180.0, 1400.0),
        thud_s=0.028,
        release_s=1.0,
        manner=Manner(cutoff_hz=values["cutoff_hz"]),
        tail_s=0.9,
        keys=int(rng.integers(1 << 31)),
    )


# A pattern for two hands that moves every half bar.
_HANDS = ((57, 64, 69, 72), (53, 60, 69, 72), (48, 60, 67, 76), (55, 62, 67, 71))
DEMO = tuple(
    DemoNote(2.0 * bar + 0.25 * step, 0.25, hands[which], velocity)
    for bar, hands in enumerate((*_HANDS, *_HANDS[:1]))
    for step, (which, velocity) in enumerate(
        ((0, 92), (2, 66), (3, 76), (1, 64), (2, 84), (3, 68), (1, 72), (2, 60))
    )
)

DESIGN = Design(
    name="marimba",
    about="Marimba with yarn mallets",
    parameters=(
        Parameter("mallet_ms", "contact of the mallet on middle C", 0.75, 0.15, 3.0, "ms",
                  spread=0.1, bright=-0.5),
        Parameter("overtones", "how much of the upper modes the stroke finds", 1.0, 0.0, 2.0,
                  spread=0.2, bright=0.4),
        Parameter("decay", "stretches the ring", 1.0, 0.3, 2.0, spread=0.12),
        Parameter("thud", "knock of the mallet", 0.13, 0.0, 0.4, spread=0.03),
        Parameter("cutoff_hz", "low-pass of the microphone", 7500.0, 1000.0, 16_000.0, "Hz",
                  spread=700.0, bright=4000.0),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"overtones": 1.6, "decay": 0.6, "thud": 0.2, "cutoff_hz": 4000.0},
        "far": {"cutoff_hz": 1800.0, "mallet_ms": 1.6, "thud": 0.03},
        "hard": {"mallet_ms": 0.25, "overtones": 1.4},
    },
)  # fmt: skip
