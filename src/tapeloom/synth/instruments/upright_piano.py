"""Upright piano, its lid open."""

import numpy as np

from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.upright import UprightPiano
from tapeloom.synth.voice import Manner
from tapeloom.synth.wood import draw_wood

BOARD = ((72.0, 0.5), (108.0, 0.7), (149.0, 0.8), (198.0, 0.8), (247.0, 0.7), (305.0, 0.7))


def build(values: Values, rng: np.random.Generator) -> UprightPiano:
    """Build a piano from the table's values; its soundboard is drawn."""
    return UprightPiano(
        board=draw_wood(rng, low=BOARD, to_hz=6500.0, count=110, low_q=14.0, q=22.0, direct=0.7),
        hammer_s=values["hammer_ms"] / 1000.0,
        strike=values["strike"],
        unison_cents=values["unison_cents"],
        stiffness=values["stiffness"],
        decay=values["decay"],
        knock=values["knock"],
        felt=values["felt"],
        damper_s=values["damper_s"],
        off=values["off"],
        keys=int(rng.integers(1 << 31)),
        manner=Manner(pedal=True, cutoff_hz=values["cutoff_hz"]),
    )


# Two hands: shells below, a tune with its sixths above.
DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 1.9, 38, 76), (0.0, 1.9, 53, 66), (0.0, 1.9, 60, 68), (0.5, 0.5, 69, 78),
        (1.0, 0.5, 72, 82), (1.5, 1.0, 76, 88), (2.0, 1.9, 43, 76), (2.0, 1.9, 53, 66),
        (2.0, 1.9, 59, 68), (2.5, 0.5, 74, 80), (3.0, 0.66, 71, 76), (3.66, 0.34, 67, 68),
        (4.0, 1.9, 36, 78), (4.0, 1.9, 52, 66), (4.0, 1.9, 59, 68), (4.5, 1.0, 67, 80),
        (4.5, 1.0, 76, 84), (5.66, 0.34, 74, 70), (6.0, 1.9, 45, 76), (6.0, 1.9, 55, 66),
        (6.0, 1.9, 61, 70), (6.5, 0.5, 76, 84), (7.0, 0.5, 74, 76), (7.5, 0.5, 70, 78),
        (8.0, 4.0, 38, 80), (8.0, 4.0, 45, 72), (8.03, 4.0, 53, 70), (8.06, 4.0, 60, 74),
        (8.09, 4.0, 64, 76), (8.12, 4.0, 69, 88), (9.5, 2.5, 81, 80),
    )
)  # fmt: skip

DESIGN = Design(
    name="upright_piano",
    about="Upright piano, its lid open",
    parameters=(
        Parameter("hammer_ms", "contact of the hammer on middle C: worn felt is hard and short",
                  0.82, 0.2, 2.5, "ms", spread=0.07, bright=-0.4),
        Parameter("strike", "where the hammer hits, as a part of the string", 0.118, 0.06, 0.2,
                  spread=0.008),
        Parameter("unison_cents", "how far the strings of a key stand apart", 0.9, 0.0, 8.0,
                  "cents", spread=0.35),
        Parameter("stiffness", "times the strings' own", 1.0, 0.0, 3.0, spread=0.15),
        Parameter("decay", "stretches the ring", 1.0, 0.2, 1.5, spread=0.1),
        Parameter("knock", "hammer and key on the wood", 0.16, 0.0, 0.6, spread=0.04),
        Parameter("felt", "noise of the hammer's felt", 0.05, 0.0, 0.3, spread=0.015),
        Parameter("damper_s", "time in which a damper silences middle C", 0.32, 0.08, 1.5, "s",
                  spread=0.06),
        Parameter("off", "noise of key and damper as they come back", 0.012, 0.0, 0.1,
                  spread=0.004),
        Parameter("cutoff_hz", "low-pass of the microphone", 8000.0, 1000.0, 16_000.0, "Hz",
                  spread=800.0, bright=4500.0),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"unison_cents": 4.5, "hammer_ms": 0.65, "off": 0.04, "knock": 0.26,
                 "cutoff_hz": 4200.0},
        "far": {"cutoff_hz": 2000.0, "hammer_ms": 1.4, "knock": 0.08},
        "tack": {"hammer_ms": 0.25, "unison_cents": 3.0, "felt": 0.12},
    },
    demo_bpm=72.0,
)  # fmt: skip
