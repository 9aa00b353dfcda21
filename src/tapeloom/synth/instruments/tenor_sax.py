"""Tenor saxophone: a reed on a cone, played softly with more breath than reed."""

import numpy as np

from tapeloom.synth.blown import Breath, Signal, decibels
from tapeloom.synth.patch import DemoNote, Design, Values
from tapeloom.synth.resonances import Resonances
from tapeloom.synth.voice import Voice
from tapeloom.synth.winds import Character, soloist, soloist_parameters


def spectrum(k: Signal, hz: float, loudness: float) -> Signal:
    """Return the harmonics' amplitudes: all of them, falling from a corner that rises.

    N. Fletcher and T. Rossing, "The Physics of Musical Instruments", Springer, chapter on reeds.
    """
    corner = 420.0 + 1100.0 * loudness
    x = k * hz / corner
    db = -(5.5 - 2.5 * loudness) * np.log2(k) - 10.0 * np.log10(1.0 + x**2) * (1.6 - 0.5 * loudness)
    # Low notes lean on their octave, as a cone's second mode is strong there.
    db += 3.0 * (k == 2.0) * np.clip((200.0 - hz) / 80.0, 0.0, 1.0)
    return decibels(db)


def _noise(hz: float, v: float) -> Breath:
    return Breath(
        amount=0.075,
        low_hz=500.0,
        high_hz=1900.0 + 2200.0 * v,
        pulsed=0.6,
        softness=0.72,
        chiff=1.2 * (0.4 + 0.6 * v),
        chiff_s=0.03,
    )


_CHARACTER = Character(
    spectrum,
    _noise,
    scoop_cents=-38.0,
    scoop_s=0.04,
    sway=0.06,
    sag_db=1.6,
    shimmer=0.16,
    bite=0.2,
    lag=2.4,
    slow_low=0.2,
    rough=0.12,
    peaky=0.5,
    arc_db=1.6,
)


def _build(values: Values, rng: np.random.Generator) -> Voice:
    body = Resonances(
        (450.0, 950.0, 1500.0, 2700.0, 4200.0),
        (2.5, -2.5, 3.5, 3.0, -3.0),
        (1.2, 1.8, 1.8, 1.6, 1.2),
        low_hz=75.0,
    )
    return soloist(values, _CHARACTER, body.moved(np.exp(rng.normal(0.0, 0.05, 5))))


DESIGN = Design(
    "tenor_sax",
    "A reed on a cone, played low with more breath than reed, and a slow vibrato late",
    soloist_parameters(
        vibrato_cents=17.0, vibrato_hz=4.7, vibrato_delay_s=0.45, attack_s=0.05, release_s=0.18,
        cutoff_hz=7000.0, drift_cents=2.0,
    ),
    _build,
    (
        DemoNote(0.0, 1.5, 62, 76), DemoNote(1.5, 0.5, 65, 70), DemoNote(2.0, 2.0, 60, 82),
        DemoNote(4.5, 0.5, 57, 68), DemoNote(5.0, 0.33, 60, 72), DemoNote(5.33, 0.33, 64, 78),
        DemoNote(5.67, 1.33, 67, 94), DemoNote(7.0, 0.5, 65, 76), DemoNote(7.5, 0.5, 60, 70),
        DemoNote(8.0, 3.0, 53, 66),
    ),
    {
        "worn": {"drift_cents": 6.0, "air": 1.7, "brightness": 0.8, "cutoff_hz": 4000.0},
        "far": {"chiff": 0.3, "brightness": 0.6, "attack_s": 0.09, "cutoff_hz": 2400.0},
    },
)  # fmt: skip
