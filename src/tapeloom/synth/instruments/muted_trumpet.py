"""Muted trumpet: brass through a harmon mute, close to the microphone."""

import numpy as np

from tapeloom.synth.blown import Breath, Signal
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.resonances import Resonances
from tapeloom.synth.voice import Voice
from tapeloom.synth.winds import Character, soloist, soloist_parameters


def spectrum(k: Signal, hz: float, loudness: float) -> Signal:
    """Return the harmonics' amplitudes: flat up to a frequency that rises with loudness.

    J. Beauchamp, "Synthesis by spectral amplitude and 'brightness' matching of analyzed musical
    instrument tones", JAES, 1982, for brass whose brightness follows its loudness.
    """
    corner = 500.0 * 5.5**loudness * (hz / 300.0) ** 0.3
    return np.asarray(k**-0.3 / (1.0 + (k * hz / corner) ** 2) ** 0.95, np.float64)


def _noise(hz: float, v: float) -> Breath:
    return Breath(
        amount=0.014,
        low_hz=900.0,
        high_hz=3500.0 + 2500.0 * v,
        pulsed=0.7,
        softness=0.75,
        chiff=2.0 * v,
        chiff_s=0.012,
    )


_CHARACTER = Character(
    spectrum,
    _noise,
    scoop_cents=-24.0,
    scoop_s=0.028,
    sway=0.03,
    sag_db=1.5,
    shimmer=0.1,
    bite=0.3,
    lag=2.6,  # brass brightens after it has begun
    slow_low=0.15,
    rough=0.06,
    peaky=0.75,
    arc_db=1.4,
)


def _build(values: Values, rng: np.random.Generator) -> Voice:
    # A harmon mute is a chamber: little passes below its resonance, and a buzz above.
    mute = values["mute"]
    body = Resonances(
        (300.0, 1150.0, 1750.0, 2600.0, 4300.0),
        (-4.0 * mute, 4.0 * mute, -5.0 * mute, 8.0 * mute, 4.0 * mute),
        (0.7, 1.6, 2.0, 1.8, 1.5),
        low_hz=150.0,
    )
    others = {name: value for name, value in values.items() if name != "mute"}
    return soloist(others, _CHARACTER, body.moved(np.exp(rng.normal(0.0, 0.04, 5))))


DESIGN = Design(
    "muted_trumpet",
    "Brass through a harmon mute: thin, near, and lonely after midnight",
    (
        Parameter("mute", "how far the mute is pushed in", 1.0, 0.0, 1.4, spread=0.12),
        *soloist_parameters(
            vibrato_cents=13.0, vibrato_hz=5.1, vibrato_delay_s=0.5, attack_s=0.035,
            release_s=0.12, cutoff_hz=8000.0, drift_cents=1.8,
        ),
    ),
    _build,
    (
        DemoNote(0.5, 0.5, 67, 74), DemoNote(1.0, 2.0, 72, 84), DemoNote(3.0, 0.5, 70, 70),
        DemoNote(3.5, 0.5, 67, 66), DemoNote(4.0, 0.25, 65, 70), DemoNote(4.25, 2.25, 67, 78),
        DemoNote(7.0, 0.33, 72, 76), DemoNote(7.33, 0.33, 75, 84), DemoNote(7.67, 1.33, 77, 98),
        DemoNote(9.0, 0.5, 75, 78), DemoNote(9.5, 2.4, 72, 72),
    ),
    {
        "worn": {"drift_cents": 6.0, "air": 2.2, "brightness": 0.85, "cutoff_hz": 4500.0},
        "far": {"chiff": 0.2, "brightness": 0.65, "attack_s": 0.06, "cutoff_hz": 2800.0},
    },
)  # fmt: skip
