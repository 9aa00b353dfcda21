"""Music box: a steel comb plucked by the pins of a cylinder, on a small wooden case."""

import numpy as np

from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.struck import Mode, Struck
from tapeloom.synth.voice import Manner
from tapeloom.synth.wood import draw_wood

# Teeth are bars held at one end (1, 6.27, 17.5); lead below the longer ones brings the second mode
# down a little.
RATIOS = (1.0, 5.9, 16.6)
CASE = ((390.0, 0.5), (640.0, 0.8), (980.0, 0.9), (1420.0, 0.9), (2050.0, 0.8))


def build(values: Values, rng: np.random.Generator) -> Struck:
    """Build a music box from the table's values; its case is drawn."""
    ping = values["ping"]
    return Struck(
        modes=(
            Mode(RATIOS[0], 1.0, 1.0),
            Mode(2.0, 0.10 * ping, 0.5, stray_cents=3.0),  # the comb's base answers at the octave
            Mode(RATIOS[1], 0.30 * ping, 0.25, stray_cents=60.0),
            Mode(RATIOS[2], 0.10 * ping, 0.08, stray_cents=80.0),
        ),
        t60_s=4.2 * values["decay"],
        halves=20.0,
        mallet_s=values["pin_ms"] / 1000.0,
        grows=0.8,
        thud=values["pin"],
        thud_hz=(1800.0, 6500.0),
        thud_s=0.012,
        release_s=1.8,
        manner=Manner(cutoff_hz=values["cutoff_hz"]),
        tail_s=1.8,
        pair_cents=values["beat_cents"],
        pair=0.3,
        wood=draw_wood(rng, low=CASE, to_hz=9000.0, count=50, low_q=10.0, q=20.0, direct=0.8),
        knock=values["knock"],
        keys=int(rng.integers(1 << 31)),
        width=0.12,
        lufs=-23.0,
    )


# A waltz, as such boxes play.
DEMO = tuple(
    DemoNote(beat, beats, pitch, velocity)
    for beat, beats, pitch, velocity in (
        (0.0, 1.0, 65, 78), (0.0, 1.0, 81, 86), (1.0, 1.0, 72, 62), (1.0, 0.5, 79, 72),
        (1.5, 0.5, 77, 70), (2.0, 1.0, 72, 62), (2.0, 1.0, 84, 84), (3.0, 1.0, 62, 78),
        (3.0, 2.0, 81, 84), (4.0, 1.0, 69, 62), (5.0, 1.0, 69, 62), (5.0, 1.0, 77, 74),
        (6.0, 1.0, 67, 78), (6.0, 1.0, 79, 84), (7.0, 1.0, 74, 62), (7.0, 0.5, 77, 72),
        (7.5, 0.5, 76, 70), (8.0, 1.0, 74, 62), (8.0, 1.0, 82, 82), (9.0, 1.0, 60, 78),
        (9.0, 1.5, 79, 84), (10.0, 1.0, 70, 62), (10.5, 0.5, 84, 70), (11.0, 1.0, 70, 62),
        (11.0, 1.0, 88, 78), (12.0, 2.5, 65, 78), (12.0, 2.5, 77, 72), (12.0, 2.5, 81, 76),
        (12.5, 2.0, 89, 70),
    )
)  # fmt: skip

DESIGN = Design(
    name="music_box",
    about="Music box: a steel comb on a wooden case",
    parameters=(
        Parameter("pin_ms", "softness of the pluck", 0.10, 0.04, 0.6, "ms", spread=0.02,
                  bright=-0.06),
        Parameter("ping", "how much of the teeth's upper modes is heard", 1.0, 0.0, 2.5,
                  spread=0.2, bright=0.4),
        Parameter("decay", "stretches the ring", 1.0, 0.3, 2.0, spread=0.12),
        Parameter("beat_cents", "beating of a tooth with itself", 0.8, 0.0, 5.0, "cents",
                  spread=0.5),
        Parameter("pin", "scrape of the pin", 0.05, 0.0, 0.3, spread=0.015),
        Parameter("knock", "knock of the case", 0.08, 0.0, 0.4, spread=0.03),
        Parameter("cutoff_hz", "low-pass of the microphone", 8500.0, 1500.0, 16_000.0, "Hz",
                  spread=700.0, bright=4000.0),
    ),
    build=build,
    demo=DEMO,
    presets={
        "worn": {"beat_cents": 4.5, "pin": 0.14, "cutoff_hz": 5000.0, "decay": 0.7},
        "far": {"cutoff_hz": 2600.0, "pin_ms": 0.3, "knock": 0.03},
    },
    demo_bpm=80.0,
)  # fmt: skip
