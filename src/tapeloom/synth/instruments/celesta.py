"""Celesta: steel plates struck by felt, each over a wooden resonator."""

import numpy as np

from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.struck import Mode, Struck
from tapeloom.synth.voice import Manner
from tapeloom.synth.wood import draw_wood

# A bar free at both ends: 1, 2.76, 5.40, 8.93 (N. Fletcher and T. Rossing, "The Physics of Musical
# Instruments", 2nd edition, 1998, chapter 2); the resonator carries the first.
RATIOS = (1.0, 2.756, 5.404, 8.933)
CASE = ((210.0, 0.5), (345.0, 0.7), (520.0, 0.8), (760.0, 0.8), (1150.0, 0.8))


def build(values: Values, rng: np.random.Generator) -> Struck:
    """Build a celesta from the table's values; its case is drawn."""
    chime = values["chime"]
    gains = (1.0, 0.5 * chime, 0.5 * chime, 0.4 * chime)
    rings = (1.0, 0.3, 0.16, 0.08)
    strays = (0.0, 15.0, 25.0, 40.0)
    return Struck(
        modes=tuple(
            Mode(ratio, gain, ring, stray_cents=stray)
            for ratio, gain, ring, stray in zip(RATIOS, gains, rings, strays, strict=True)
        ),
        t60_s=4.5 * values["decay"],
        halves=22.0,
        mallet_s=values["felt_ms"] / 1000.0,
        grows=1.3,
        thud=values["key"],
        thud_hz=(200.0, 1500.0),
        thud_s=0.035,
        release_s=0.35,
        off=0.25 * values["key"],
        manner=Manner(pedal=True, cutoff_hz=values["cutoff_hz"]),
        tail_s=0.9,
        pair_cents=values["beat_cents"],
        pair=0.25,
        wood=draw_wood(rng, low=CASE, to_hz=7000.0, count=40, low_q=9.0, q=18.0, direct=0.9),
        knock=values["knock"],
        keys=int(rng.integers(1 << 31)),
        lufs=-23.0,
    )


DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 1.9, 72, 74), (0.0, 1.9, 76, 70), (0.5, 0.5, 83, 80), (1.0, 0.5, 86, 84),
        (1.5, 0.5, 88, 76), (2.0, 1.9, 69, 74), (2.0, 1.9, 76, 70), (2.5, 0.5, 84, 80),
        (3.0, 0.66, 83, 78), (3.66, 0.34, 79, 66), (4.0, 1.9, 65, 74), (4.0, 1.9, 72, 70),
        (4.5, 0.5, 81, 80), (5.0, 0.5, 84, 82), (5.5, 0.5, 88, 78), (6.0, 1.9, 67, 74),
        (6.0, 1.9, 74, 70), (6.5, 0.5, 86, 82), (7.0, 0.66, 83, 76), (7.66, 0.34, 81, 68),
        (8.0, 3.5, 72, 76), (8.0, 3.5, 79, 72), (8.25, 3.2, 88, 78), (8.5, 3.0, 91, 80),
        (8.75, 2.7, 96, 84),
    )
)  # fmt: skip

DESIGN = Design(
    name="celesta",
    about="Celesta: felt hammers on steel plates",
    parameters=(
        Parameter("felt_ms", "contact of the felt on middle C", 0.26, 0.08, 1.5, "ms", spread=0.04,
                  bright=-0.16),
        Parameter("chime", "how much of the upper modes is heard", 1.0, 0.0, 3.0, spread=0.2,
                  bright=0.5),
        Parameter("decay", "stretches the ring", 1.0, 0.3, 2.0, spread=0.1),
        Parameter("beat_cents", "beating of a plate with itself", 0.6, 0.0, 5.0, "cents",
                  spread=0.4),
        Parameter("key", "noise of key and felt", 0.05, 0.0, 0.3, spread=0.015),
        Parameter("knock", "knock of the case", 0.07, 0.0, 0.4, spread=0.02),
        Parameter("cutoff_hz", "low-pass of the microphone", 7500.0, 1500.0, 16_000.0, "Hz",
                  spread=700.0, bright=4000.0),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"beat_cents": 4.0, "key": 0.12, "cutoff_hz": 4500.0},
        "far": {"cutoff_hz": 2200.0, "felt_ms": 0.8, "key": 0.02},
    },
)  # fmt: skip
