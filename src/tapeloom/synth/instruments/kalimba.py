"""Kalimba: steel tines on a small wooden box, plucked by thumbs."""

import numpy as np

from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.struck import Mode, Struck
from tapeloom.synth.voice import Manner
from tapeloom.synth.wood import draw_wood

# A bar held at one end: 1, 6.27, 17.5, 34.4 (N. Fletcher and T. Rossing, "The Physics of Musical
# Instruments", 2nd edition, 1998, chapter 2).
RATIOS = (1.0, 6.267, 17.55, 34.39)
# The air of the box and its top.
BOX = ((172.0, 0.5), (318.0, 0.9), (455.0, 0.7), (640.0, 0.7), (905.0, 0.7))


def build(values: Values, rng: np.random.Generator) -> Struck:
    """Build a kalimba from the table's values; its box is drawn."""
    ping = values["ping"]
    gains = (1.0, 0.8 * ping, 0.35 * ping, 0.15 * ping)
    rings = (1.0, 0.2, 0.07, 0.04)
    strays = (0.0, 40.0, 60.0, 80.0)
    return Struck(
        modes=tuple(
            Mode(ratio, gain, ring, stray_cents=stray)
            for ratio, gain, ring, stray in zip(RATIOS, gains, rings, strays, strict=True)
        ),
        t60_s=2.6 * values["decay"],
        halves=22.0,
        mallet_s=values["thumb_ms"] / 1000.0,
        grows=1.1,
        thud=values["thumb"],
        thud_hz=(400.0, 2600.0),
        thud_s=0.022,
        release_s=1.6,
        manner=Manner(
            cutoff_hz=values["cutoff_hz"],
            tremolo_hz=values["wah_hz"],
            tremolo_depth=values["wah"],
            tremolo_phase=rng.uniform(0.0, 2.0 * np.pi),
            tremolo_together=1.0,
        ),
        tail_s=1.4,
        pair_cents=values["beat_cents"],
        pair=0.2,
        wood=draw_wood(rng, low=BOX, to_hz=6000.0, count=40, low_q=9.0, q=16.0, direct=0.8),
        knock=values["knock"],
        keys=int(rng.integers(1 << 31)),
        width=0.15,
    )


# Thumbs in turn, a fifth and an octave below the tune.
DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 0.5, 60, 84), (0.5, 0.5, 67, 68), (1.0, 0.5, 76, 88), (1.5, 0.5, 67, 66),
        (2.0, 0.5, 64, 78), (2.5, 0.5, 72, 76), (3.0, 0.5, 74, 84), (3.5, 0.5, 67, 64),
        (4.0, 0.5, 69, 84), (4.5, 0.5, 64, 66), (5.0, 0.5, 72, 86), (5.5, 0.5, 64, 66),
        (6.0, 0.5, 65, 80), (6.5, 0.5, 69, 70), (7.0, 0.5, 76, 86), (7.5, 0.5, 74, 74),
        (8.0, 2.0, 60, 84), (8.03, 2.0, 67, 76), (8.06, 2.0, 72, 84), (9.0, 0.5, 79, 72),
        (9.5, 0.5, 76, 66), (10.0, 2.0, 84, 80),
    )
)  # fmt: skip

DESIGN = Design(
    name="kalimba",
    about="Kalimba (thumb piano) on a wooden box",
    parameters=(
        Parameter("thumb_ms", "softness of the thumb", 0.3, 0.08, 1.5, "ms", spread=0.05,
                  bright=-0.2),
        Parameter("ping", "how much of the tine's second mode is heard", 1.0, 0.0, 2.5, spread=0.2,
                  bright=0.4),
        Parameter("decay", "stretches the ring", 1.0, 0.3, 2.0, spread=0.12),
        Parameter("beat_cents", "beating of a tine with itself", 0.8, 0.0, 5.0, "cents",
                  spread=0.5),
        Parameter("thumb", "noise of the thumb nail", 0.07, 0.0, 0.4, spread=0.02),
        Parameter("knock", "knock of the box", 0.14, 0.0, 0.5, spread=0.04),
        Parameter("wah", "depth of a hand moving over the sound hole", 0.0, 0.0, 0.9),
        Parameter("wah_hz", "its rate", 3.5, 0.5, 8.0, "Hz", spread=0.5),
        Parameter("cutoff_hz", "low-pass of the microphone", 7000.0, 1000.0, 16_000.0, "Hz",
                  spread=600.0, bright=4000.0),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"beat_cents": 4.0, "thumb": 0.16, "cutoff_hz": 4000.0, "decay": 0.7},
        "far": {"cutoff_hz": 1900.0, "thumb_ms": 0.7, "knock": 0.08},
        "wah": {"wah": 0.6},
    },
)  # fmt: skip
