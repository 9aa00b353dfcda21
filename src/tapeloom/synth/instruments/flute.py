"""Flute: a jet of air, nearly a sine when high and hollow when low."""

import numpy as np

from tapeloom.synth.blown import Breath, Signal, decibels
from tapeloom.synth.patch import DemoNote, Design, Values
from tapeloom.synth.resonances import Resonances
from tapeloom.synth.voice import Voice
from tapeloom.synth.winds import Character, soloist, soloist_parameters

# Levels of the harmonics at middle loudness on C4 and on C6; they fall on beyond.
_LOW_DB = np.array([0.0, 1.0, -5.0, -11.0, -17.0, -21.0, -27.0, -31.0, -36.0, -40.0])
_HIGH_DB = np.array([0.0, -14.0, -25.0, -37.0, -46.0, -52.0, -58.0, -64.0, -70.0, -76.0])


def spectrum(k: Signal, hz: float, loudness: float) -> Signal:
    """Return the harmonics' amplitudes: the upper ones come with loudness.

    N. Fletcher and T. Rossing, "The Physics of Musical Instruments", Springer, chapter on flutes.
    """
    high = float(np.clip(np.log2(hz / 262.0) / 2.0, 0.0, 1.0))
    place = np.minimum(k, 10.0)
    db = np.interp(place, np.arange(1.0, 11.0), (1.0 - high) * _LOW_DB + high * _HIGH_DB)
    db = db - 4.0 * (k - place) + (loudness - 0.55) * 6.0 * np.minimum(k - 1.0, 4.0)
    return decibels(db)


def _noise(hz: float, v: float) -> Breath:
    return Breath(
        amount=0.036,
        low_hz=0.9 * min(hz, 1000.0),
        high_hz=1800.0 + 2600.0 * v + 1.2 * hz,
        pulsed=0.35,
        softness=0.75,
        chiff=3.0 * (0.3 + 0.7 * v),
        chiff_s=0.02,
    )


_CHARACTER = Character(
    spectrum,
    _noise,
    scoop_cents=-18.0,
    scoop_s=0.03,
    sway=0.13,  # a flute's vibrato is one of breath: of loudness more than of pitch
    sag_db=1.0,
    shimmer=0.14,
    bite=0.2,
    rough=0.08,
)


def _build(values: Values, rng: np.random.Generator) -> Voice:
    body = Resonances((820.0, 2300.0, 4800.0), (1.5, -2.0, 2.0), (0.9, 1.2, 1.0), low_hz=120.0)
    return soloist(values, _CHARACTER, body.moved(np.exp(rng.normal(0.0, 0.05, 3))))


DESIGN = Design(
    "flute",
    "A jet of air: hollow when low, nearly a sine when high, with a breath before each note",
    soloist_parameters(
        vibrato_cents=10.0, vibrato_hz=5.0, vibrato_delay_s=0.28, attack_s=0.05, release_s=0.16,
        cutoff_hz=9000.0,
    ),
    _build,
    (
        DemoNote(0.0, 1.5, 74, 76), DemoNote(1.5, 0.5, 77, 70), DemoNote(2.0, 0.5, 76, 66),
        DemoNote(2.5, 1.5, 72, 82), DemoNote(4.0, 0.33, 69, 68), DemoNote(4.33, 0.33, 72, 72),
        DemoNote(4.67, 0.33, 76, 78), DemoNote(5.0, 2.0, 79, 96), DemoNote(7.0, 0.5, 77, 74),
        DemoNote(7.5, 0.5, 74, 68), DemoNote(8.0, 3.0, 69, 72),
    ),
    {
        "worn": {"drift_cents": 6.0, "air": 1.8, "brightness": 0.8, "cutoff_hz": 5000.0},
        "far": {"chiff": 0.3, "brightness": 0.6, "attack_s": 0.09, "cutoff_hz": 3000.0},
    },
)  # fmt: skip
