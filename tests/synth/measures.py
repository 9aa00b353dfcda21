"""What tests measure of a note: pitch, loudness, brightness, onset, and what shouldn't be there.

Sounds are (2, n) as a voice returns them.
"""

import numpy as np

from tapeloom.core.audio import RATE, Audio
from tapeloom.dsp.loudness import measure


def middle(sound):
    """Return both channels as one, float64, shape (n,)."""
    return sound.astype(np.float64).mean(axis=0)


def cents(hz, from_hz):
    return 1200.0 * np.log2(hz / from_hz)


def yin_hz(mono, rate=RATE, *, low_hz, high_hz, threshold=0.1):
    """Estimate the fundamental of a stretch of sound.

    A. de Cheveigne and H. Kawahara, "YIN, a fundamental frequency estimator for speech and music",
    JASA, 2002: the difference function (eq. 6), its cumulative mean normal form (eq. 8), the
    absolute threshold and the parabola through the minimum.
    """
    longest = min(int(rate / low_hz) + 2, len(mono) // 2)
    window = len(mono) - longest
    size = 1 << (len(mono) + longest - 1).bit_length()
    spectrum = np.fft.rfft(mono, size)
    head = np.fft.rfft(mono[:window], size)
    cross = np.fft.irfft(spectrum * head.conj(), size)[: longest + 1]
    energy = np.concatenate([[0.0], np.cumsum(mono**2)])
    lag = np.arange(longest + 1)
    d = energy[window] + energy[lag + window] - energy[lag] - 2.0 * cross
    normal = np.ones(longest + 1)
    normal[1:] = d[1:] * lag[1:] / np.maximum(np.cumsum(d[1:]), 1e-20)
    first = max(2, int(rate / high_hz))
    inside = normal[first:longest]
    under = np.flatnonzero(inside < threshold)
    at = first + (int(under[0]) if len(under) else int(np.argmin(inside)))
    while at + 1 < longest and normal[at + 1] < normal[at]:
        at += 1
    a, b, c = d[at - 1 : at + 2]
    curve = a - 2.0 * b + c
    return rate / (at + (0.5 * (a - c) / curve if curve > 0.0 else 0.0))


def peak_hz(mono, near_hz, rate=RATE, *, within_cents=50.0):
    """Return the frequency of the spectrum's peak near a frequency, to a fraction of a cent.

    A Hann window, eight times the length in zeros, and a parabola through the logarithms.
    """
    size = 1 << (8 * len(mono) - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), size))
    hz = np.fft.rfftfreq(size, 1.0 / rate)
    inside = np.flatnonzero(np.abs(cents(np.maximum(hz, 1.0), near_hz)) < within_cents)
    i = int(inside[np.argmax(spectrum[inside])])
    a, b, c = np.log(spectrum[i - 1 : i + 2] + 1e-300)
    return (i + 0.5 * (a - c) / (a - 2.0 * b + c)) * rate / size


def pitch_hz(sound, near_hz, rate=RATE, *, from_s=0.05, to_s=0.95):
    """Return the pitch of a note: YIN's, made exact by the partial that lies there.

    Where the partials are no harmonics (bars, bells) YIN may find none near; then the lowest
    partial near `near_hz` is the pitch.
    """
    mono = middle(sound)[int(from_s * rate) : int(to_s * rate)]
    rough = yin_hz(mono[: rate // 4], rate, low_hz=0.6 * near_hz, high_hz=1.7 * near_hz)
    if abs(cents(rough, near_hz)) > 25.0:
        rough = near_hz
    return peak_hz(mono, rough, rate)


def loudness_lufs(sound, rate=RATE):
    """Return the loudest 400 ms of a note (momentary loudness, EBU Tech 3341)."""
    missing = int(0.5 * rate) - sound.shape[1]
    padded = np.pad(sound, ((0, 0), (0, max(0, missing))))
    return measure(Audio(padded, rate)).max_momentary_lufs


def centroid_hz(sound, rate=RATE, *, seconds=0.5):
    """Return the power spectrum's centre of gravity over the beginning of a note."""
    mono = middle(sound)[: int(seconds * rate)]
    power = np.abs(np.fft.rfft(mono)) ** 2
    return float((np.fft.rfftfreq(len(mono), 1.0 / rate) * power).sum() / power.sum())


def onset_s(sound, rate=RATE, *, part=0.1):
    """Return when a note's first 0.4 s reach a part of their peak."""
    level = np.abs(sound[:, : int(0.4 * rate)]).max(axis=0)
    return int(np.argmax(level >= part * level.max())) / rate


def click_ratio(sound, at_s, rate=RATE):
    """Return how far the highest frequencies rise at a moment over what they were before.

    A jump adds a burst high up: the fourth difference just after against that before, 1 is none.
    """
    high = np.abs(np.diff(middle(sound), n=4))
    at = int(at_s * rate)
    before = high[max(0, at - 6_000) : at - 200].max()
    return float(high[at - 100 : at + 400].max() / max(before, 1e-4))


def alias_dbfs(sound, hz, rate=RATE, *, from_s=0.1, to_s=0.9):
    """Return the level of the loudest folded harmonic of `hz`, in dBFS of a sine.

    Where a folded harmonic falls on a true one (within 25 Hz) nothing can be told; choose a pitch
    whose harmonics don't divide the rate.
    """
    mono = middle(sound)[int(from_s * rate) : int(to_s * rate)]
    window = np.blackman(len(mono))
    level = np.abs(np.fft.rfft(mono * window)) * 2.0 / window.sum()
    bin_hz = rate / len(mono)
    k = np.arange(int(0.5 * rate / hz) + 1, int(3.0 * rate / hz))
    folded = np.abs((k * hz + 0.5 * rate) % rate - 0.5 * rate)
    away = np.abs((folded + 0.5 * hz) % hz - 0.5 * hz) > 25.0
    worst = 0.0
    for at in folded[away & (folded > 50.0) & (folded < 0.49 * rate)]:
        i = round(at / bin_hz)
        worst = max(worst, float(level[max(0, i - 1) : i + 2].max()))
    return 20.0 * np.log10(worst + 1e-12)


def partial_amplitude(sound, hz, rate=RATE, *, from_s, to_s):
    """Return the amplitude of a sine at a frequency over a stretch of a note."""
    mono = middle(sound)[int(from_s * rate) : int(to_s * rate)]
    window = np.hanning(len(mono))
    t = np.arange(len(mono)) / rate
    return float(2.0 * abs((mono * window * np.exp(-2j * np.pi * hz * t)).sum()) / window.sum())


def fall_db_per_s(sound, hz, rate=RATE, *, from_s, to_s, window_s=0.1):
    """Return how fast a partial falls between two moments."""
    first = partial_amplitude(sound, hz, rate, from_s=from_s, to_s=from_s + window_s)
    last = partial_amplitude(sound, hz, rate, from_s=to_s, to_s=to_s + window_s)
    return 20.0 * np.log10(first / last) / (to_s - from_s)
