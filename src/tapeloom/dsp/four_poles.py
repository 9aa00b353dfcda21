"""The four-pole low-pass of synthesizers and samplers, as second-order sections."""

import math

import numpy as np

from tapeloom.dsp.filters import Section
from tapeloom.dsp.ranges import check_cutoff


def four_pole_sections(cutoff_hz: float, rate: int, *, resonance: float = 0.0) -> list[Section]:
    """Design four equal poles with feedback, 24 dB an octave; as chips like the SSM2044 have them.

        H(s) = (1 + k) / ((1 + s)^4 + k),   k = 4 resonance

    by the bilinear transform, in unity at 0 Hz; with resonance 1 it would sing.
    T. Stilson, J. O. Smith, "Analyzing the Moog VCF with considerations for digital
    implementation", ICMC 1996.

    >>> from tapeloom.dsp.filters import frequency_response
    >>> sections = four_pole_sections(1000.0, 44100)
    >>> (20 * np.log10(abs(frequency_response(sections, [10.0, 1000.0], 44100)))).round(1).tolist()
    [-0.0, -12.0]
    """
    check_cutoff(cutoff_hz, rate)
    away = (4.0 * resonance) ** 0.25 * math.sqrt(0.5)
    warped = math.tan(math.pi * cutoff_hz / rate)
    sections = []
    for real in (-1.0 + away, -1.0 - away):
        # A pair of poles at real +- j away.
        square = (real * real + away * away) * warped * warped
        a0 = 1.0 - 2.0 * real * warped + square
        a1 = 2.0 * (square - 1.0)
        a2 = 1.0 + 2.0 * real * warped + square
        sections.append(np.array([square, 2.0 * square, square, a0, a1, a2]) / a0)
    return sections
