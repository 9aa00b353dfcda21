"""Clarinet: a reed on a cylinder, whose low notes have odd harmonics and a hollow sound."""

import numpy as np

from tapeloom.synth.blown import Breath, Signal, decibels
from tapeloom.synth.patch import DemoNote, Design, Values
from tapeloom.synth.resonances import Resonances
from tapeloom.synth.voice import Voice
from tapeloom.synth.winds import Character, soloist, soloist_parameters

_LATTICE_HZ = 1500.0  # above it the open holes let everything out, even harmonics too


def spectrum(k: Signal, hz: float, loudness: float) -> Signal:
    """Return the harmonics' amplitudes: odd ones below the lattice's cutoff, all above it.

    A. Benade and S. Kouzoupis, "The clarinet spectrum: theory and experiment", JASA, 1988.
    """
    x = k * hz / _LATTICE_HZ
    db = -(9.0 - 5.5 * loudness) * np.log2(k)
    db -= (22.0 - 9.0 * loudness) * np.log2(np.maximum(x, 1.0))
    even = (k % 2 == 0) * np.clip(1.0 - np.log2(np.maximum(x, 0.4) / 0.4) / 2.0, 0.12, 1.0)
    # The registers above the break lose the difference.
    hollow = 30.0 * float(np.clip(1.25 - 0.5 * np.log2(hz / 147.0), 0.25, 1.0))
    return decibels(db - hollow * even)


def _noise(hz: float, v: float) -> Breath:
    return Breath(
        amount=0.018,
        low_hz=700.0,
        high_hz=2600.0 + 2500.0 * v,
        pulsed=0.6,
        softness=0.75,
        chiff=1.6 * v,
        chiff_s=0.012,
    )


_CHARACTER = Character(
    spectrum,
    _noise,
    scoop_cents=-12.0,
    scoop_s=0.035,
    sway=0.04,
    sag_db=1.2,
    shimmer=0.09,
    bite=0.12,
    lag=2.2,
    slow_low=0.2,
    rough=0.12,
    peaky=0.3,
)


def _build(values: Values, rng: np.random.Generator) -> Voice:
    body = Resonances((1150.0, 1900.0, 3400.0), (2.5, -2.0, 2.5), (1.5, 2.0, 1.5), low_hz=70.0)
    return soloist(values, _CHARACTER, body.moved(np.exp(rng.normal(0.0, 0.05, 3))))


DESIGN = Design(
    "clarinet",
    "A reed on a cylinder: hollow and dark below the break, rounder above it",
    soloist_parameters(
        vibrato_cents=5.0, vibrato_hz=4.8, vibrato_delay_s=0.6, attack_s=0.045, release_s=0.14,
        cutoff_hz=7500.0, drift_cents=1.2,
    ),
    _build,
    (
        DemoNote(0.0, 0.5, 57, 66), DemoNote(0.5, 0.5, 60, 70), DemoNote(1.0, 2.0, 64, 84),
        DemoNote(3.0, 0.33, 62, 72), DemoNote(3.33, 0.33, 60, 68), DemoNote(3.67, 0.33, 59, 66),
        DemoNote(4.0, 2.5, 55, 76), DemoNote(6.5, 0.5, 67, 78), DemoNote(7.0, 1.0, 72, 96),
        DemoNote(8.0, 0.5, 71, 80), DemoNote(8.5, 2.5, 64, 72),
    ),
    {
        "worn": {"drift_cents": 5.0, "air": 2.4, "brightness": 0.8, "cutoff_hz": 4200.0},
        "far": {"chiff": 0.3, "brightness": 0.6, "attack_s": 0.08, "cutoff_hz": 2600.0},
    },
)  # fmt: skip
