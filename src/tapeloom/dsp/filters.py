"""Second-order filters after the Audio EQ Cookbook, run in blocks with their state carried.

R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients", W3C, 2021.
A filter is a row of scipy's `sos` form: b0 b1 b2 1 a1 a2, normalised by a0.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.dsp.ranges import check_cutoff

Section = NDArray[np.float64]  # (6,)
BUTTERWORTH_Q = math.sqrt(0.5)


def _angle(cutoff_hz: float, rate: int) -> tuple[float, float]:
    check_cutoff(cutoff_hz, rate)
    w0 = 2.0 * math.pi * cutoff_hz / rate
    return math.cos(w0), math.sin(w0)


def _section(b0: float, b1: float, b2: float, a0: float, a1: float, a2: float) -> Section:
    return np.array([b0, b1, b2, a0, a1, a2]) / a0


def low_pass(cutoff_hz: float, rate: int, *, q: float = BUTTERWORTH_Q) -> Section:
    """Design a low-pass of 12 dB an octave; -3 dB at `cutoff_hz` with the default `q`.

    >>> abs(frequency_response([low_pass(100, 44100)], [1.0, 100.0], 44100)).round(4)
    array([1.    , 0.7071])
    """
    cos, sin = _angle(cutoff_hz, rate)
    alpha = sin / (2.0 * q)
    b = (1.0 - cos) / 2.0
    return _section(b, 2.0 * b, b, 1.0 + alpha, -2.0 * cos, 1.0 - alpha)


def high_pass(cutoff_hz: float, rate: int, *, q: float = BUTTERWORTH_Q) -> Section:
    """Design a high-pass of 12 dB an octave; -3 dB at `cutoff_hz` with the default `q`.

    >>> abs(frequency_response([high_pass(100, 44100)], [100.0], 44100)).round(4)
    array([0.7071])
    """
    cos, sin = _angle(cutoff_hz, rate)
    alpha = sin / (2.0 * q)
    b = (1.0 + cos) / 2.0
    return _section(b, -2.0 * b, b, 1.0 + alpha, -2.0 * cos, 1.0 - alpha)


def bell(cutoff_hz: float, rate: int, *, gain_db: float, q: float = 0.7) -> Section:
    """Design a bell: `gain_db` at `cutoff_hz`, nothing far from it.

    >>> abs(frequency_response([bell(1000, 44100, gain_db=6)], [1000.0], 44100)).round(3)
    array([1.995])
    """
    cos, sin = _angle(cutoff_hz, rate)
    alpha = sin / (2.0 * q)
    a = 10.0 ** (gain_db / 40.0)
    return _section(
        1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a, 1.0 + alpha / a, -2.0 * cos, 1.0 - alpha / a
    )


def low_shelf(cutoff_hz: float, rate: int, *, gain_db: float, q: float = BUTTERWORTH_Q) -> Section:
    """Design a shelf: `gain_db` well below `cutoff_hz`, half of it there, nothing above.

    >>> abs(frequency_response([low_shelf(100, 44100, gain_db=-6)], [1.0], 44100)).round(3)
    array([0.501])
    """
    return _shelf(cutoff_hz, rate, gain_db, q, -1.0)


def high_shelf(cutoff_hz: float, rate: int, *, gain_db: float, q: float = BUTTERWORTH_Q) -> Section:
    """Design a shelf: `gain_db` well above `cutoff_hz`, half of it there, nothing below.

    >>> abs(frequency_response([high_shelf(100, 44100, gain_db=-6)], [9000.0], 44100)).round(3)
    array([0.501])
    """
    return _shelf(cutoff_hz, rate, gain_db, q, 1.0)


def _shelf(cutoff_hz: float, rate: int, gain_db: float, q: float, up: float) -> Section:
    # The cookbook's two shelves differ only in the sign of the cosine terms.
    cos, sin = _angle(cutoff_hz, rate)
    cos *= up
    a = 10.0 ** (gain_db / 40.0)
    slope = 2.0 * math.sqrt(a) * sin / (2.0 * q)
    return _section(
        a * ((a + 1.0) + (a - 1.0) * cos + slope),
        -2.0 * up * a * ((a - 1.0) + (a + 1.0) * cos),
        a * ((a + 1.0) + (a - 1.0) * cos - slope),
        (a + 1.0) - (a - 1.0) * cos + slope,
        2.0 * up * ((a - 1.0) - (a + 1.0) * cos),
        (a + 1.0) - (a - 1.0) * cos - slope,
    )


def all_pass(section: Section) -> Section:
    """Design the all-pass with the poles of another section.

    >>> abs(frequency_response([all_pass(low_pass(900, 44100))], [90.0, 900.0], 44100)).round(6)
    array([1., 1.])
    """
    _, _, _, a0, a1, a2 = section
    numerator = (a1, a0, 0.0) if a2 == 0.0 else (a2, a1, a0)
    return np.array([*numerator, a0, a1, a2])


def frequency_response(
    sections: Sequence[Section], frequencies_hz: Sequence[float] | NDArray[np.float64], rate: int
) -> NDArray[np.complex128]:
    """Return the complex response of sections in series at each frequency.

    >>> abs(frequency_response([], [10.0, 20.0], 44100))
    array([1., 1.])
    """
    z = np.exp(-2j * np.pi * np.asarray(frequencies_hz, np.float64) / rate)
    response = np.ones(z.shape, np.complex128)
    for b0, b1, b2, a0, a1, a2 in sections:
        response *= (b0 + z * (b1 + z * b2)) / (a0 + z * (a1 + z * a2))
    return response


@njit(cache=True, nogil=True)
def _run_sections(
    x: NDArray[np.float64], sections: NDArray[np.float64], state: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled; tested through py_func
    """Filter (channels, samples) in place; transposed direct form II."""
    channels, frames = x.shape
    # Two channels side by side: their recurrences overlap in the processor.
    for first in range(0, channels, 2):
        second = min(first + 1, channels - 1)
        for k in range(sections.shape[0]):
            b0, b1, b2 = sections[k, 0], sections[k, 1], sections[k, 2]
            a1, a2 = sections[k, 4], sections[k, 5]
            p1, p2 = state[first, k, 0], state[first, k, 1]
            q1, q2 = state[second, k, 0], state[second, k, 1]
            for n in range(frames):
                u, v = x[first, n], x[second, n]
                y, z = b0 * u + p1, b0 * v + q1
                p1 = b1 * u - a1 * y + p2
                q1 = b1 * v - a1 * z + q2
                p2 = b2 * u - a2 * y
                q2 = b2 * v - a2 * z
                x[first, n], x[second, n] = y, z
            # A state that has died away is silenced: denormal numbers are slow.
            if abs(p1) + abs(p2) < 1e-60:
                p1 = p2 = 0.0
            if abs(q1) + abs(q2) < 1e-60:
                q1 = q2 = 0.0
            state[first, k, 0], state[first, k, 1] = p1, p2
            state[second, k, 0], state[second, k, 1] = q1, q2


class Biquads:
    """Sections in series over blocks, in float64.

    >>> hp = Biquads([high_pass(20, 44100)], channels=1)
    >>> one, two = hp.process(np.ones((1, 3))), hp.process(np.ones((1, 2)))
    >>> whole = Biquads([high_pass(20, 44100)], channels=1).process(np.ones((1, 5)))
    >>> bool((np.hstack([one, two]) == whole).all())
    True
    """

    def __init__(self, sections: Sequence[Section], *, channels: int) -> None:
        self._sections = np.ascontiguousarray(
            np.asarray(sections, np.float64).reshape(len(sections), 6)
        )
        self._state = np.zeros((channels, len(sections), 2))

    def process(self, block: NDArray[Any]) -> NDArray[np.float64]:
        """Return the filtered block (channels, samples) as float64."""
        y = np.array(block, np.float64, order="C")
        _run_sections(y, self._sections, self._state)
        return y
