"""Emphasis by time constants: what records and radio lift before the noise and lower after it."""

from collections.abc import Sequence

import numpy as np

from tapeloom.dsp.filters import Section, frequency_response

# IEC 60098: 3180, 318 and 75 us; the fourth is where a cutting amplifier stops lifting (50 kHz).
_RIAA_POLES_US, _RIAA_ZEROS_US = (3180.0, 75.0), (318.0, 3.18)
_STOPS = 12.0  # how many times higher a radio's pre-emphasis ends than it begins


def time_constants(zeros_us: Sequence[float], poles_us: Sequence[float], rate: int) -> Section:
    """Design the filter prod (1 + s zero) / prod (1 + s pole), one or two of each, bilinear.

    >>> from tapeloom.dsp.filters import frequency_response
    >>> section = time_constants((0.1,), (75.0,), 192_000)
    >>> float(abs(frequency_response([section], [2122.0], 192_000))[0].round(2))
    0.71
    """
    section = np.zeros(6)
    for at, times_us in ((0, zeros_us), (3, poles_us)):
        product = np.ones(1)
        for time_us in times_us:
            steps = 2.0 * rate * time_us * 1e-6
            product = np.convolve(product, [1.0 + steps, 1.0 - steps])
        section[at : at + product.size] = product
    return np.asarray(section / section[3])


def inverse(section: Section) -> Section:
    """Return the filter that undoes a minimum-phase one.

    >>> inverse(np.array([2.0, 1.0, 0.0, 1.0, 0.5, 0.0])).tolist()
    [0.5, 0.25, 0.0, 1.0, 0.5, 0.0]
    """
    b, a = section[:3], section[3:]
    return np.asarray(np.concatenate((a, b)) / b[0])


def riaa_playback(rate: int) -> Section:
    """Design the equaliser of a record player, in unity at 1 kHz; `inverse` is the cutter's.

    From 176.4 kHz up it keeps to the standard's curve within 0.3 dB; at 44.1 kHz it falls below it
    by 4 dB at 15 kHz. A cutter and a player at one rate undo each other exactly.

    >>> from tapeloom.dsp.filters import frequency_response
    >>> curve = frequency_response([riaa_playback(192_000)], [20.0, 1000.0, 10_000.0], 192_000)
    >>> (20 * np.log10(abs(curve[::2]))).round(1).tolist()  # the standard says 19.3 and -13.7
    [19.3, -13.6]
    """
    section = time_constants(_RIAA_ZEROS_US, _RIAA_POLES_US, rate)
    section[:3] /= abs(frequency_response([section], [1000.0], rate))[0]
    return section


def radio_receiver(emphasis_us: float, rate: int) -> Section:
    """Design a receiver's de-emphasis; 0 us is none. `inverse` is the transmitter's.

    >>> radio_receiver(0.0, 44100).tolist()
    [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    """
    if emphasis_us <= 0.0:
        return np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    return time_constants((emphasis_us / _STOPS,), (emphasis_us,), rate)
