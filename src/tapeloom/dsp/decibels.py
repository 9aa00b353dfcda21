"""Whole arrays of powers to decibels and of decibels to gains, fast enough for every sample.

The mantissa's logarithm and the fraction's power are short polynomials, the exponent is moved as
bits, so that the compiler works on several numbers at a time. Right to 1e-7 dB from -3000 to
3000 dB.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Signal = NDArray[np.float64]
_BITS = 52  # of a mantissa
_ONE = 0x3FF  # the exponent that stands for 2 ** 0
_TO_ROOT_HALF = 0x3FF0000000000000 - 0x3FE6A09E667F3BCD  # mantissas run from root 1/2 to root 2
_AS_FLOAT = 0x4330000000000000  # 2 ** 52 as bits: an integer put below it reads as 2 ** 52 + it
_ROUND = 1.5 * 2.0**52  # added and taken away it leaves the nearest whole number
_TWO_52 = 2.0**52
_DB_PER_OCTAVE = 10.0 * math.log10(2.0)  # of power
_DB_PER_NEPER = 10.0 / math.log(10.0)
_LN2 = math.log(2.0)
# ln(1 + t) / t by a Chebyshev fit over the mantissas: within 4e-8 dB.
_L0, _L1, _L2 = 0.9999999742674384, -0.49999987032284765, 0.3333418333852125
_L3, _L4, _L5 = -0.25002153460961846, 0.19956977483156857, -0.16560695991844784
_L6, _L7, _L8 = 0.14949095475025045, -0.14377330568965987, 0.08743945357852628


@njit(cache=True, nogil=True)
def to_db(
    power: Signal, floor: float, db: Signal, exponent: Signal, mantissa: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """10 log10(power + floor); the two last arrays are scratch."""
    for n in range(power.size):
        db[n] = power[n] + floor
    bits, whole, rest = db.view(np.int64), exponent.view(np.int64), mantissa.view(np.int64)
    for n in range(power.size):
        k = (bits[n] + _TO_ROOT_HALF) >> _BITS
        whole[n] = k | _AS_FLOAT
        rest[n] = bits[n] - ((k - _ONE) << _BITS)
    for n in range(power.size):
        t = mantissa[n] - 1.0
        high = _L5 + t * (_L6 + t * (_L7 + t * _L8))
        series = _L0 + t * (_L1 + t * (_L2 + t * (_L3 + t * (_L4 + t * high))))
        octaves = exponent[n] - (_TWO_52 + _ONE)
        db[n] = octaves * _DB_PER_OCTAVE + _DB_PER_NEPER * t * series


@njit(cache=True, nogil=True)
def to_gain(
    db: Signal, gain: Signal, octaves: Signal, power: Signal
) -> None:  # pragma: no cover - compiled; tested through py_func
    """10 ** (db / 20); the two last arrays are scratch."""
    for n in range(db.size):
        x = db[n] * (0.5 / _DB_PER_OCTAVE)
        octaves[n] = x + _ROUND
        f = (x - (octaves[n] - _ROUND)) * _LN2
        high = 1.0 / 120.0 + f * (1.0 / 720.0 + f * (1.0 / 5040.0 + f / 40320.0))
        power[n] = 1.0 + f * (1.0 + f * (1.0 / 2.0 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * high))))
    bits, whole, rest = gain.view(np.int64), octaves.view(np.int64), power.view(np.int64)
    for n in range(db.size):
        bits[n] = rest[n] + (whole[n] << _BITS)


def powers_to_db(power: Signal, *, floor: float = 1e-24) -> Signal:
    """Return 10 log10 of each power, shape (n,); `floor` is added, so that 0 has a level.

    >>> powers_to_db(np.array([1.0, 0.01, 0.0])).round(6)
    array([   0.,  -20., -240.])
    """
    db, *scratch = np.empty((3, power.size))
    to_db(power, floor, db, *scratch)
    return np.asarray(db)


def db_to_gains(db: Signal) -> Signal:
    """Return the factor of amplitude for each level, shape (n,).

    >>> db_to_gains(np.array([0.0, -20.0, 6.0])).round(6)
    array([1.      , 0.1     , 1.995262])
    """
    gain, *scratch = np.empty((3, db.size))
    to_gain(db, gain, *scratch)
    return np.asarray(gain)
