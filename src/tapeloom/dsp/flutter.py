"""How much a machine's speed wanders, as meters of wow and flutter read it.

IEC 60386 (DIN 45507 and AES6 are alike): a tone of 3150 Hz is demodulated, its deviation weighted
as the ear hears it, most at 4 Hz, and its peak read. AES6-2008 reads the peak as a two-sigma
voltmeter does: what is passed for 5 % of the time.
"""

import numpy as np
from numpy.typing import NDArray

TONE_HZ = 3150.0
_METER_HZ = 1000.0  # the rate that the deviation is read at
_FLAT_HZ, _EDGE_HZ = 250.0, 480.0  # of the demodulator's band, to either side of the tone
# The table of the weighting curve: Hz, dB.
_WEIGHTING = np.array(
    [(0.1, -48.0), (0.2, -30.6), (0.315, -19.7), (0.4, -15.0), (0.63, -8.4), (0.8, -6.0),
     (1.0, -4.2), (1.6, -1.8), (2.0, -0.9), (4.0, 0.0), (6.3, -0.9), (10.0, -2.1), (20.0, -5.9),
     (40.0, -10.4), (63.0, -14.2), (100.0, -17.3), (200.0, -23.0)]
)  # fmt: skip


def flutter_weight(frequencies_hz: NDArray[np.float64] | list[float]) -> NDArray[np.float64]:
    """Return the weighting curve as a factor of the deviation, 0 at 0 Hz.

    >>> (20 * np.log10(flutter_weight([0.2, 4.0, 100.0]))).round(1).tolist()
    [-30.6, 0.0, -17.3]
    """
    f = np.asarray(frequencies_hz, np.float64)
    octaves = np.log2(np.maximum(f, 1e-9))
    points = np.log2(_WEIGHTING[:, 0])
    db = np.interp(octaves, points, _WEIGHTING[:, 1])
    # Beyond the table it falls on as steeply as at its ends.
    db -= 17.4 * np.maximum(0.0, points[0] - octaves) + 6.0 * np.maximum(0.0, octaves - points[-1])
    return np.asarray(np.where(f > 0.0, 10.0 ** (db / 20.0), 0.0))


def weighted_peak(deviation: NDArray[np.float64], rate_hz: float) -> float:
    """Return the two-sigma peak of a weighted deviation of speed, in the deviation's unit.

    deviation   (n,), of at least 2 s

    >>> wow = 0.5 * np.sin(2 * np.pi * 4.0 * np.arange(5000) / 500)
    >>> round(weighted_peak(wow, 500), 2)
    0.5
    """
    n = deviation.size
    # Mirrored, so that its ends meet without a jump.
    spectrum = np.fft.rfft(np.concatenate((deviation, deviation[::-1])))
    spectrum *= flutter_weight(np.arange(n + 1) * rate_hz / (2 * n))
    weighted = np.fft.irfft(spectrum, 2 * n)[:n]
    return float(np.quantile(np.abs(weighted), 0.95))


def speed_deviation(
    x: NDArray[np.float64], rate: int, *, tone_hz: float = TONE_HZ
) -> tuple[NDArray[np.float64], float]:
    """Return by how many percent a recorded tone's speed deviates, and the rate of that (n,).

    x      (samples,), at least 1 s of the tone; half a second at either end is left out

    >>> x = np.sin(2 * np.pi * 3181.5 * np.arange(88200) / 44100)
    >>> round(float(speed_deviation(x, 44100)[0].mean()), 3)
    1.0
    """
    n = x.size
    spectrum = np.fft.rfft(x)
    frequencies = np.fft.rfftfreq(n, 1.0 / rate)
    away = (np.abs(frequencies - tone_hz) - _FLAT_HZ) / (_EDGE_HZ - _FLAT_HZ)
    spectrum *= np.cos(0.5 * np.pi * np.clip(away, 0.0, 1.0)) ** 2
    # Only the band is kept: as a complex signal of a low rate, turned by the tone's frequency.
    kept = 2 * round(_METER_HZ * n / rate / 2.0)
    centre = round(tone_hz * n / rate)
    bins = np.arange(-kept // 2, kept // 2) + centre
    inside = (bins >= 0) & (bins < spectrum.size)
    band = np.zeros(kept, np.complex128)
    band[inside] = spectrum[bins[inside]]
    meter_hz = kept * rate / n
    turning = np.fft.ifft(np.fft.ifftshift(band))
    turned = np.angle(turning[1:] * np.conj(turning[:-1]))
    hz = centre * rate / n + turned * meter_hz / (2.0 * np.pi)
    edge = round(0.5 * meter_hz)
    return np.asarray(100.0 * (hz[edge:-edge] / tone_hz - 1.0)), meter_hz


def weighted_flutter_percent(
    x: NDArray[np.float64], rate: int, *, tone_hz: float = TONE_HZ
) -> float:
    """Return the weighted peak wow and flutter of a recorded tone in percent.

    x     (samples,); 5 s and more for a reading that holds

    >>> t = np.arange(5 * 44100) / 44100
    >>> x = np.sin(2 * np.pi * 3150 * t + 3.15 * np.sin(2 * np.pi * 4 * t))
    >>> round(weighted_flutter_percent(x, 44100), 2)
    0.4
    """
    deviation, meter_hz = speed_deviation(x, rate, tone_hz=tone_hz)
    return weighted_peak(deviation - deviation.mean(), meter_hz)
