"""Analogue prototypes: what the bands of an equaliser are before they become digital.

A prototype is one stage of at most second order, the polynomials of its numerator and denominator
in s / (2 pi cutoff), highest power first. Shelves and bells are those of R. Bristow-Johnson,
"Cookbook formulae for audio EQ biquad filter coefficients", W3C, 2021, before the bilinear
transform; passes are Butterworth's.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError

Polynomial = tuple[float, float, float]
Prototype = tuple[Polynomial, Polynomial]

PASSES = ("low_pass", "high_pass")
GAINED = ("bell", "low_shelf", "high_shelf", "tilt")
KINDS = (*PASSES, *GAINED, "notch", "band_pass")
SLOPES_DB = (6, 12, 18, 24, 30, 36, 42, 48)  # per octave


def prototypes(
    kind: str, *, gain_db: float = 0.0, q: float = math.sqrt(0.5), slope_db: int = 12
) -> tuple[Prototype, ...]:
    """Return the stages of a band.

    kind      one of KINDS
    gain_db   of bells and shelves; a tilt goes half of it down below its cutoff and half up above
    q         over 0: at the square root of 1/2 passes are Butterworth's; a steeper pass has its
              sharpest pair of poles raised by as much as a pass of 12 dB would be; first-order
              stages and tilts have none
    slope_db  of passes, one of SLOPES_DB

    >>> prototypes("low_pass", slope_db=6)
    (((0.0, 0.0, 1.0), (0.0, 1.0, 1.0)),)
    """
    if kind not in KINDS:
        raise InputError(f"{kind!r} is no band; choose one of {', '.join(KINDS)}")
    if kind in PASSES:
        return _butterworth(kind, q, slope_db)
    a = 10.0 ** (gain_db / 40.0)
    root = math.sqrt(a)
    resonance = (1.0, 1.0 / q, 1.0)
    stages: dict[str, Prototype] = {
        "bell": ((1.0, a / q, 1.0), (1.0, 1.0 / (a * q), 1.0)),
        "low_shelf": ((a, a * root / q, a * a), (a, root / q, 1.0)),
        "high_shelf": ((a * a, a * root / q, a), (1.0, root / q, a)),
        "tilt": ((0.0, a, 1.0), (0.0, 1.0, a)),
        "notch": ((1.0, 0.0, 1.0), resonance),
        "band_pass": ((0.0, 1.0 / q, 0.0), resonance),
    }
    return (stages[kind],)


def _butterworth(kind: str, q: float, slope_db: int) -> tuple[Prototype, ...]:
    if slope_db not in SLOPES_DB:
        raise InputError(
            f"slope_db is {slope_db}; it must be one of {', '.join(map(str, SLOPES_DB))}"
        )
    order = slope_db // 6
    low = kind == "low_pass"
    stages: list[Prototype] = []
    if order % 2:
        stages.append(((0.0, 0.0, 1.0) if low else (0.0, 1.0, 0.0), (0.0, 1.0, 1.0)))
    for k in range(order // 2):
        damping = 2.0 * math.sin(math.pi * (2 * k + 1) / (2 * order))
        if k == 0:
            damping *= math.sqrt(0.5) / q
        stages.append(((0.0, 0.0, 1.0) if low else (1.0, 0.0, 0.0), (1.0, damping, 1.0)))
    return tuple(stages)


def analogue_response(
    stages: Sequence[Prototype], frequencies_hz: Sequence[float] | NDArray[Any], *, cutoff_hz: float
) -> NDArray[np.complex128]:
    """Return the complex response of analogue stages in series at each frequency.

    >>> abs(analogue_response(prototypes("low_pass"), [0.0, 1000.0], cutoff_hz=1000)).round(4)
    array([1.    , 0.7071])
    """
    s = 1j * np.asarray(frequencies_hz, np.float64) / cutoff_hz
    response = np.ones(s.shape, np.complex128)
    for (n2, n1, n0), (d2, d1, d0) in stages:
        response *= ((n2 * s + n1) * s + n0) / ((d2 * s + d1) * s + d0)
    return response
