"""Plucked strings after Karplus, Strong, Jaffe and Smith: the loop, the pluck, the body."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from tapeloom.synth.envelopes import fade_out, frames_of
from tapeloom.synth.oscillators import Signal, band_pass, ring


@njit(cache=True, nogil=True)
def string_kernel(
    out: Signal,
    excitation: Signal,
    delay: int,
    damping: float,
    loss: float,
    tuning: float,
    left: float,
    right: float,
) -> None:
    """Let a string answer an excitation: a delay line with losses, added to `out` (2, n).

    delay    whole samples of the loop
    damping  S of the loop's low-pass (1 - S) / (1 - S z^-1)
    loss     gain of the loop, below 1
    tuning   coefficient of the first-order all-pass that makes up the fraction of a sample
    """
    line = np.zeros(delay)
    at = 0
    smooth = 0.0
    last_in = 0.0
    last_out = 0.0
    for n in range(out.shape[1]):
        back = line[at]
        smooth = (1.0 - damping) * back + damping * smooth
        last_out = tuning * (smooth - last_out) + last_in
        last_in = smooth
        y = loss * last_out
        if n < excitation.shape[0]:
            y += excitation[n]
        line[at] = y
        out[0, n] += left * y
        out[1, n] += right * y
        at += 1
        if at == delay:
            at = 0


def pluck(
    out: Signal,
    excitation: Signal,
    rate: int,
    *,
    hz: float,
    t60_s: float,
    bright_hz: float,
    bright_t60_s: float,
    left: float = 1.0,
    right: float = 1.0,
) -> None:
    """Add what a string of pitch `hz` makes of an excitation to `out`, shape (2, n).

    t60_s         time in which the fundamental falls by 60 dB
    bright_t60_s  the same (shorter) for a partial near bright_hz

    D. Jaffe and J. Smith, "Extensions of the Karplus-Strong plucked-string algorithm", Computer
    Music Journal, 1983, equations 12 to 22; J. Smith, "Physical Audio Signal Processing".
    """
    while hz > 0.3 * rate:
        hz *= 0.5  # a pitch that the rate cannot carry is played octaves lower
    omega = 2.0 * np.pi * hz / rate
    period = rate / hz
    base = 10.0 ** (-3.0 / (hz * t60_s))
    high = 2.0 * np.pi * min(bright_hz, 0.3 * rate) / rate
    damping = _damping(omega, high, hz, t60_s, bright_t60_s)
    while period - _lag(damping, omega) < 1.4 and damping > 1e-3:
        damping *= 0.5
    rest = period - _lag(damping, omega)
    delay = max(1, int(rest - 0.35))
    rest -= delay
    gain = (1.0 - damping) / np.sqrt(1.0 - 2.0 * damping * np.cos(omega) + damping**2)
    tuning = np.sin(0.5 * omega * (1.0 - rest)) / np.sin(0.5 * omega * (1.0 + rest))
    loss = min(base / gain, 0.99999)
    string_kernel(out, excitation, delay, float(damping), float(loss), float(tuning), left, right)


def _lag(damping: float, omega: float) -> float:
    """Return the phase delay of the loop's low-pass in samples."""
    return float(np.arctan2(damping * np.sin(omega), 1.0 - damping * np.cos(omega)) / omega)


def _damping(omega: float, high: float, hz: float, t60_s: float, bright_t60_s: float) -> float:
    """Return S for which a partial at `high` falls as asked, relative to the fundamental."""
    # |H(high)|^2 / |H(omega)|^2 = ratio^2 is a quadratic in S; one root lies in 0..1.
    ratio = 10.0 ** (-3.0 / hz * (1.0 / min(bright_t60_s, t60_s) - 1.0 / t60_s))
    a = 1.0 - ratio**2
    if a < 1e-12 or high <= omega:
        return 0.0
    b = (np.cos(omega) - ratio**2 * np.cos(high)) / a
    return float(np.clip(b - np.sqrt(max(b * b - 1.0, 0.0)), 0.0, 0.95))


def struck_shape(
    frames: int, rate: int, rng: np.random.Generator, *, cutoff_hz: float, noise: float
) -> Signal:
    """Return the push of a fingertip: a smooth pulse with some of the skin's noise in it."""
    pulse = np.zeros(frames)
    width = min(frames, frames_of(0.4 / cutoff_hz, rate))
    pulse[:width] = np.hanning(width + 2)[1:-1] / np.sqrt(width)
    burst = rng.standard_normal(frames) * np.exp(-np.arange(frames) / (0.004 * rate))
    burst *= noise / np.sqrt(0.002 * rate)
    return band_pass(pulse + burst, rate, high_hz=cutoff_hz)


def comb(excitation: Signal, rate: int, *, hz: float, position: float) -> Signal:
    """Pluck at a part 0..0.5 of the string's length: partials with a node there are missing."""
    lag = position * rate / hz
    whole = int(lag)
    part = lag - whole
    delayed = np.zeros_like(excitation)
    if whole + 1 < len(excitation):
        delayed[whole:] += (1.0 - part) * excitation[: len(excitation) - whole]
        delayed[whole + 1 :] += part * excitation[: len(excitation) - whole - 1]
    return excitation - delayed


def through_body(excitation: Signal, body: Signal) -> Signal:
    """Convolve with a body's impulse response: body and string are linear, so they commute."""
    length = len(excitation) + len(body) - 1
    size = 1 << (length - 1).bit_length()
    spectrum = np.fft.rfft(excitation, size) * np.fft.rfft(body, size)
    return np.asarray(np.fft.irfft(spectrum, size)[:length], np.float64)


@dataclass(frozen=True, slots=True)
class Body:
    """The modes of a wooden box."""

    hz: tuple[float, ...]
    t60_s: tuple[float, ...]
    gain: tuple[float, ...]
    direct: float  # how much of the string is heard without the box

    def response(self, rate: int, *, seconds: float, spread: Signal) -> Signal:
        """Return the impulse response, shape (n,); `spread` scales each mode."""
        frames = frames_of(seconds, rate)
        # A cosine phase would begin with a step, a sine swells: wood swells.
        out: Signal = ring(
            frames,
            rate,
            hz=np.array(self.hz),
            t60_s=np.array(self.t60_s),
            left=np.array(self.gain) * spread,
            right=np.zeros(len(self.hz)),
        )[0]
        out /= np.sqrt(0.02 * rate)
        fade_out(out, rate, 0.3 * seconds)
        out[0] += self.direct
        return out
