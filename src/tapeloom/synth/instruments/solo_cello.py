"""Solo cello: a bow that sticks and slips, and a body that colours every cent of vibrato."""

import numpy as np

from tapeloom.synth.blown import Breath, Signal
from tapeloom.synth.patch import DemoNote, Design, Parameter, Values
from tapeloom.synth.resonances import Resonances
from tapeloom.synth.voice import Voice
from tapeloom.synth.winds import Character, soloist, soloist_parameters


def spectrum(k: Signal, hz: float, loudness: float) -> Signal:
    """Return the harmonics' amplitudes of Helmholtz motion: a saw whose corner rounds when soft.

    H. Helmholtz, "On the Sensations of Tone"; L. Cremer, "The Physics of the Violin", MIT Press,
    1984, for the rounding of the corner.
    """
    corner = 450.0 * 9.0**loudness
    # The bow is a seventh of the string from the bridge: that harmonic is weaker.
    bowed = 0.45 + 0.55 * np.abs(np.sin(np.pi * k / 7.3)) / np.sin(np.pi / 7.3) / 2.3
    return np.asarray(bowed / k**0.95 / (1.0 + (k * hz / corner) ** 2) ** 0.8, np.float64)


def _noise(hz: float, v: float) -> Breath:
    return Breath(
        amount=0.03,
        low_hz=600.0,
        high_hz=2500.0 + 2500.0 * v,
        pulsed=0.8,
        softness=0.75,
        chiff=2.4 * (0.3 + 0.7 * v),
        chiff_s=0.028,
    )


_CHARACTER = Character(
    spectrum,
    _noise,
    scoop_cents=-16.0,
    scoop_s=0.045,
    sway=0.02,
    sag_db=1.0,
    shimmer=0.14,
    bite=0.15,
    lag=1.7,
    slow_low=0.3,
    rough=0.12,
    peaky=0.85,
    arc_db=1.0,
)
# Air, the two main wood modes, higher ones and the bridge's hill.
_BODY = Resonances(
    (98.0, 178.0, 222.0, 300.0, 420.0, 560.0, 730.0, 980.0, 1400.0, 2100.0, 3000.0),
    (5.0, 5.0, 3.0, -4.0, 5.0, -4.0, 4.0, -3.0, 3.5, 4.0, -5.0),
    (5.0, 6.0, 6.0, 4.0, 5.0, 5.0, 5.0, 4.0, 2.5, 2.0, 1.2),
    low_hz=50.0,
)


def _build(values: Values, rng: np.random.Generator) -> Voice:
    wood = values["wood"]
    body = Resonances(
        _BODY.hz, tuple(wood * db for db in _BODY.gain_db), _BODY.q, low_hz=_BODY.low_hz
    )
    body = body.moved(np.exp(rng.normal(0.0, 0.03, len(body.hz))))
    others = {name: value for name, value in values.items() if name not in {"wood", "glide_s"}}
    return soloist(others, _CHARACTER, body, glide_s=values["glide_s"])


DESIGN = Design(
    "solo_cello",
    "A bow that sticks and slips on four strings, singing, with a vibrato that grows",
    (
        Parameter("wood", "how strongly the body colours", 1.0, 0.0, 1.8, spread=0.15),
        Parameter("glide_s", "in which the hand slides into a joined note",
                  0.04, 0.0, 0.2, "s", spread=0.015),
        *soloist_parameters(
            vibrato_cents=15.0, vibrato_hz=5.3, vibrato_delay_s=0.22, attack_s=0.085,
            release_s=0.28, cutoff_hz=7500.0, drift_cents=2.0,
            air="how much of the bow's hair is heard", chiff="how hard the bow bites",
        ),
    ),
    _build,
    (
        DemoNote(0.0, 2.0, 48, 74), DemoNote(2.0, 1.0, 55, 80), DemoNote(3.0, 1.0, 52, 72),
        DemoNote(4.0, 3.0, 57, 90), DemoNote(7.0, 0.5, 55, 74), DemoNote(7.5, 0.5, 52, 70),
        DemoNote(8.0, 1.5, 50, 78), DemoNote(9.5, 0.5, 47, 70), DemoNote(10.0, 3.5, 45, 66),
    ),
    {
        "worn": {"drift_cents": 6.0, "air": 2.2, "brightness": 0.75, "cutoff_hz": 4200.0},
        "far": {"chiff": 0.3, "brightness": 0.55, "attack_s": 0.14, "cutoff_hz": 2400.0},
    },
)  # fmt: skip
