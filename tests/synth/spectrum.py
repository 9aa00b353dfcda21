"""What engines' tests measure of a steady wave, shape (n,)."""

import numpy as np

RATE = 44_100


def folded_db(wave, hz, *, rate=RATE, within_hz=25.0, below_hz=20_000.0):
    """Return the loudest line that is no harmonic of `hz`, in dB against the loudest of all.

    A Kaiser window with side lobes under -140 dB over the second from 0.1 s on.
    """
    heard = wave[rate // 10 : rate // 10 + rate]
    spectrum = np.abs(np.fft.rfft(heard * np.kaiser(len(heard), 18.0)))
    at = np.fft.rfftfreq(len(heard), 1.0 / rate)
    apart = np.abs(at - np.maximum(np.round(at / hz), 1.0) * hz)
    away = (apart > within_hz) & (at > within_hz) & (at < below_hz)
    return float(20.0 * np.log10(spectrum[away].max() / spectrum.max()))


def harmonic(wave, hz, *, rate=RATE):
    """Return the complex amplitude of a sine at a frequency."""
    heard = wave[rate // 10 : rate // 10 + rate]
    window = np.hanning(len(heard))
    t = np.arange(rate // 10, rate // 10 + len(heard)) / rate
    return complex(2.0 * np.sum(heard * window * np.exp(-2j * np.pi * hz * t)) / window.sum())
