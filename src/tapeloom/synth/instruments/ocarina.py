"""Ocarina: a vessel that has one note at a time and hardly a harmonic."""

import numpy as np

from tapeloom.synth.blown import Breath, Signal, decibels
from tapeloom.synth.patch import DemoNote, Design, Values
from tapeloom.synth.resonances import Resonances
from tapeloom.synth.voice import Voice
from tapeloom.synth.winds import Character, soloist, soloist_parameters


def spectrum(k: Signal, hz: float, loudness: float) -> Signal:
    """Return the harmonics' amplitudes: a Helmholtz resonator has but one mode."""
    db = np.where(k == 1.0, 0.0, -18.0 - 5.0 * (k - 1.0) - 4.0 * (k % 2 == 0))
    return decibels(db + 19.0 * (loudness - 0.5) * np.minimum(k - 1.0, 2.0))


def _noise(hz: float, v: float) -> Breath:
    return Breath(
        amount=0.05,
        low_hz=0.8 * hz,
        high_hz=1.6 * hz + 1500.0 * v,
        pulsed=0.25,
        softness=0.7,
        chiff=3.2 * (0.4 + 0.6 * v),
        chiff_s=0.025,
    )


_CHARACTER = Character(
    spectrum,
    _noise,
    scoop_cents=-34.0,  # more breath is a higher note: it comes up to pitch as it is blown
    scoop_s=0.035,
    sway=0.05,
    sag_db=0.8,
    shimmer=0.12,
    bite=0.1,
    rough=0.2,
)


def _build(values: Values, rng: np.random.Generator) -> Voice:
    body = Resonances((1900.0, 3600.0), (2.0, -3.0), (1.0, 1.0), low_hz=200.0)
    return soloist(values, _CHARACTER, body.moved(np.exp(rng.normal(0.0, 0.06, 2))))


DESIGN = Design(
    "ocarina",
    "A clay vessel: one soft mode, a good deal of air, and notes that come up to pitch",
    soloist_parameters(
        vibrato_cents=14.0, vibrato_hz=5.3, vibrato_delay_s=0.3, attack_s=0.045, release_s=0.13,
        cutoff_hz=7000.0, drift_cents=2.0,
    ),
    _build,
    (
        DemoNote(0.0, 1.0, 76, 76), DemoNote(1.0, 0.5, 79, 80), DemoNote(1.5, 1.5, 81, 90),
        DemoNote(3.0, 0.5, 79, 74), DemoNote(3.5, 0.5, 76, 70), DemoNote(4.0, 2.5, 74, 80),
        DemoNote(6.5, 0.25, 76, 70), DemoNote(6.75, 0.25, 77, 72), DemoNote(7.0, 1.0, 79, 86),
        DemoNote(8.0, 2.8, 72, 74),
    ),
    {
        "worn": {"drift_cents": 7.0, "air": 2.0, "vibrato_hz": 4.4, "cutoff_hz": 4500.0},
        "far": {"chiff": 0.2, "air": 0.7, "brightness": 0.5, "cutoff_hz": 2600.0},
    },
)  # fmt: skip
