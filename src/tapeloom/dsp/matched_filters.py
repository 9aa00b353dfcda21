"""Digital filters whose magnitude is the analogue one's up to the edge of hearing.

The bilinear transform squeezes what lies near half the rate (a bell at 16 kHz comes out too
narrow). Here poles lie where sampling an impulse response would put them, as in M. Vicanek,
"Matched Second Order Digital Filters", 2016, whose form of a section's squared magnitude (a
polynomial in u = sin^2(w / 2)) and whose way back from it to coefficients are used too. His
numerator meets the analogue curve at three points; ours is fitted to it by least squares, and
where one section cannot follow the curve, a trim of one more section is fitted to what is missing:
the error is under 0.08 dB to 0.4535 of the rate (20 kHz at 44.1 kHz), for cutoffs up to half of it.

The trim's denominator is fitted by iteration: C. K. Sanathanan, J. Koerner, "Transfer function
synthesis as a ratio of two complex polynomials", IEEE Trans. Automatic Control 8(1), 1963.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError
from tapeloom.dsp.filters import Section
from tapeloom.dsp.prototypes import Polynomial, Prototype, analogue_response, prototypes

Curve = NDArray[np.float64]

IDENTITY: Section = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
EDGE = 0.4535  # of the rate: up to here the analogue curve is followed
_GOOD_DB = 0.03  # an error that needs no trim
_ROUNDS = 8
_DEGREES = ((2, 2), (2, 1), (1, 2), (1, 1), (2, 0), (1, 0))  # of trims, the best first
_BEYOND = 0.03  # the weight of what lies over the edge: enough to keep a fit from running away


@lru_cache(maxsize=4096)
def matched(
    kind: str,
    cutoff_hz: float,
    rate: int,
    *,
    gain_db: float = 0.0,
    q: float = math.sqrt(0.5),
    slope_db: int = 12,
) -> NDArray[np.float64]:
    """Design a band, shape (2 * stages, 6): rows of b0 b1 b2 1 a1 a2, each followed by its trim.

    cutoff_hz  over 0; it may lie over half the rate
    others     as in `dsp.prototypes.prototypes`

    A trim that isn't needed is IDENTITY. The array is read-only.

    >>> from tapeloom.dsp.filters import frequency_response
    >>> bell = matched("bell", 16000.0, 44100, gain_db=12.0, q=1.0)
    >>> bell.shape
    (2, 6)
    >>> heard = abs(frequency_response(list(bell), [8000.0, 16000.0, 20000.0], 44100))
    >>> meant = abs(analogue_response(prototypes("bell", gain_db=12.0, q=1.0),
    ...                               [8000.0, 16000.0, 20000.0], cutoff_hz=16000.0))
    >>> bool(abs(20 * np.log10(heard / meant)).max() < 0.05)
    True
    """
    if not (cutoff_hz > 0.0 and q > 0.0 and math.isfinite(cutoff_hz) and math.isfinite(q)):
        raise InputError(f"a band at {cutoff_hz:g} Hz with q {q:g} cannot be; both must be over 0")
    stages = prototypes(kind, gain_db=gain_db, q=q, slope_db=slope_db)
    w_0 = 2.0 * math.pi * cutoff_hz / rate
    # The errors of the stages add up.
    good_db = _GOOD_DB / math.ceil(len(stages) / 2)
    sections = np.concatenate([_design(stage, w_0, good_db) for stage in stages])
    sections.setflags(write=False)
    return sections


def _design(stage: Prototype, w_0: float, good_db: float) -> NDArray[np.float64]:
    """Return a stage's section and its trim; w_0 is the cutoff in radians a sample."""
    w, weight = _grid(w_0)
    u = np.sin(w / 2.0) ** 2
    target = np.abs(analogue_response([stage], w, cutoff_hz=w_0)) ** 2
    section = _fit_numerator(stage, w_0, target, u, weight)
    if section is not None:
        error = _error_db(_power([section], u), target)[weight == 1.0]
        if error.max() < good_db:
            return np.array([section, IDENTITY])
    section = np.concatenate([_roots_matched(polynomial, w_0) for polynomial in stage])
    trim = _fit_trim(target / _power([section], u), u, weight, good_db)
    # The trim has no gain at 0 Hz: between the two the level is near the final one, and stays so
    # while both move.
    gain = trim[:3].sum() / trim[3:].sum()
    scale = np.array([gain, gain, gain, 1.0, 1.0, 1.0])
    return np.array([section * scale, trim / scale])


def _grid(w_0: float) -> tuple[Curve, Curve]:
    """Return the angles that a fit looks at, close around the cutoff, and their weights."""
    edge = 2.0 * math.pi * EDGE
    around = w_0 * np.concatenate((np.geomspace(1.0 / 16.0, 16.0, 42), np.linspace(0.9, 1.1, 12)))
    w = np.concatenate((np.linspace(1e-4, edge, 40), around[around < edge]))
    beyond = np.linspace(edge, math.pi, 6)[1:]
    return np.concatenate((w, beyond)), np.concatenate((np.ones(w.size), np.full(5, _BEYOND)))


def _roots_matched(polynomial: Polynomial, w_0: float) -> Curve:
    """Return 1, c1, c2 with the roots z = exp(s) of a polynomial in s / w_0."""
    p2, p1, p0 = polynomial
    if p0 == 0.0:  # the roots are at 0 Hz
        return np.array([1.0, -2.0, 1.0] if p1 == 0.0 else [1.0, -1.0, 0.0])
    if p2 == 0.0:
        return np.array([1.0, -math.exp(-w_0 * p0 / p1) if p1 else 0.0, 0.0])
    w = w_0 * math.sqrt(p0 / p2)
    zeta = p1 / (2.0 * math.sqrt(p0 * p2))
    if zeta >= 1.0:
        spread = math.sqrt(zeta * zeta - 1.0)
        slow, fast = math.exp(-w / (zeta + spread)), math.exp(-w * (zeta + spread))
        return np.array([1.0, -slow - fast, slow * fast])
    angle = w * math.sqrt(1.0 - zeta * zeta)
    if angle > math.pi:
        # Over half the rate: one real root, weaker the farther away the pair is.
        return np.array([1.0, math.exp(-math.hypot(zeta * w, angle - math.pi)), 0.0])
    radius = math.exp(-zeta * w)
    return np.array([1.0, -2.0 * radius * math.cos(angle), radius * radius])


def _power(sections: Sequence[Section], u: Curve) -> Curve:
    """Return the squared magnitude of sections in series."""
    power = np.ones(u.shape)
    for section in sections:
        power *= _square(section[:3], u) / _square(section[3:], u)
    return power


def _square(c: Curve, u: Curve) -> Curve:
    # From the values at z = 1 and z = -1, which are exact where u is small.
    at_0, at_pi = (c[0] + c[1] + c[2]) ** 2, (c[0] - c[1] + c[2]) ** 2
    square = at_0 * (1.0 - u) + at_pi * u - 16.0 * c[0] * c[2] * u * (1.0 - u)
    return np.asarray(np.maximum(square, 1e-300))


def _section_of(square: Curve) -> Curve | None:
    """Return b0, b1, b2 of least phase whose squared magnitude is a polynomial in u.

    None where the polynomial is negative somewhere: nothing has such a magnitude.
    """
    c0, c1, c2 = square
    B0, B1, B2 = c0, c0 + c1 + c2, -c2 / 4.0
    lowest = c0 - c1 * c1 / (4.0 * c2) if c2 > 0.0 and 0.0 < -c1 < 2.0 * c2 else min(B0, B1)
    if not (B0 >= 0.0 and B1 >= 0.0 and lowest >= 0.0 and B0 + B1 > 0.0):
        return None
    W = (math.sqrt(B0) + math.sqrt(B1)) / 2.0
    b0 = (W + math.sqrt(max(0.0, W * W + B2))) / 2.0
    return np.array([b0, (math.sqrt(B0) - math.sqrt(B1)) / 2.0, -B2 / (4.0 * b0)])


def _error_db(power: Curve, wanted: Curve) -> Curve:
    # What is 100 dB down may be as far down as it likes.
    return np.abs(10.0 * np.log10((power + 1e-10) / (wanted + 1e-10)))


def _fit_numerator(
    stage: Prototype, w_0: float, target: Curve, u: Curve, weight: Curve
) -> Section | None:
    """Return one section with matched poles and the numerator that comes closest.

    None where there is none, and for a notch, whose zeros must stay on the unit circle.
    """
    if stage[0] == (1.0, 0.0, 1.0):
        return None
    denominator = _roots_matched(stage[1], w_0)
    zeros = 2 if stage[0][1:] == (0.0, 0.0) else 1 if stage[0][2] == 0.0 else 0  # at 0 Hz
    wanted = target * _square(denominator, u)
    columns = u[:, None] ** np.arange(zeros, 3)
    solution = _least_squares(columns / wanted[:, None], weight)
    numerator = _section_of(np.concatenate((np.zeros(zeros), solution)))
    return None if numerator is None else np.concatenate((numerator, denominator))


def _fit_trim(wanted: Curve, u: Curve, weight: Curve, good_db: float) -> Section:
    """Return the section whose squared magnitude comes closest to what is wanted."""
    best, least = IDENTITY, math.inf
    heard = weight == 1.0
    for n, d in _DEGREES:
        trim = _fit_ratio(wanted, u, weight, (n, d), good_db)
        if trim is None:
            continue
        error = float(_error_db(_power([trim], u), wanted)[heard].max())
        if error < least:
            best, least = trim, error
        if least < good_db:
            break
    return best


def _fit_ratio(
    wanted: Curve, u: Curve, weight: Curve, degrees: tuple[int, int], good_db: float
) -> Section | None:
    """Fit a numerator over a denominator in u, of these degrees, by Sanathanan and Koerner."""
    n, d = degrees
    powers = u[:, None] ** np.arange(3)
    columns = np.concatenate((powers[:, : n + 1] / wanted[:, None], -powers[:, 1 : d + 1]), axis=1)
    over, best, least = np.ones(u.size), None, math.inf
    for _ in range(_ROUNDS):
        solution = _least_squares(columns, weight / over)
        above = np.concatenate((solution[: n + 1], np.zeros(2 - n)))
        below = np.concatenate(([1.0], solution[n + 1 :], np.zeros(2 - d)))
        over = powers @ below
        b, a = _section_of(above), _section_of(below)
        if b is not None and a is not None and min(a[0], b[0]) > 0.0:
            trim = np.concatenate((b, a)) / a[0]
            error = float((_error_db(_power([trim], u), wanted) * weight).max())
            if abs(trim[5]) < 0.9999 and error < least:
                best, least = trim, error
                if error < good_db:
                    break
        if not (over > 0.0).all():
            break
    return best


def _least_squares(columns: Curve, weight: Curve) -> Curve:
    """Return by how much of each column they add up to 1 nearly everywhere."""
    weighed = columns * weight[:, None]
    scale = np.sqrt(np.sum(np.square(weighed), axis=0))
    # QR: the columns of a band at 20 Hz are nearly parallel, and normal equations would lose them.
    Q, R = np.linalg.qr(weighed / scale)
    return np.asarray(np.linalg.solve(R, Q.T @ weight) / scale)
