"""Struck metal: hats, cymbals, bells and the triangle.

The machine's hats are six square waves through a band, after K. J. Werner, J. S. Abel and
J. O. Smith, "The TR-808 cymbal: a physically-informed, circuit-bendable, digital model",
ICMC/SMC 2014; a played cymbal is a plate, whose modes lie evenly over the frequencies.
"""

from functools import lru_cache

import numpy as np

from tapeloom.core.seed import stream
from tapeloom.synth.envelopes import Signal, fade_out, frames_of
from tapeloom.synth.kit_table import Sound, Tuning
from tapeloom.synth.membranes import LN_1000, burst, seconds
from tapeloom.synth.oscillators import band_noise, band_pass, ring

Ratios = tuple[float, ...]
SQUARES: Ratios = (1.0, 1.4471, 1.6170, 1.9265, 2.5028, 2.6637)
# The machine's own six, 205.3 304.4 369.6 522.7 540 800 Hz, over the lowest.
SQUARES_808: Ratios = (1.0, 1.4827, 1.8003, 2.5460, 2.6303, 3.8967)


def _metal(
    kit: Tuning,
    rate: int,
    rng: np.random.Generator,
    *,
    seconds: float,
    tune: float,
    low_hz: float,
    high_hz: float,
    t60_s: float,
    grain: float,
    squares: Ratios = SQUARES,
) -> Signal:
    """Ring six inharmonic square waves (their odd harmonics within a band) and noise above them.

    Band-limited by construction; t60_s is that of the middle of the band.
    """
    frames = frames_of(seconds, rate)
    lowest = kit.hat_hz * tune
    odd = np.arange(1, 80, 2)
    hz = np.outer(lowest * np.array(squares), odd).ravel()
    amplitude = np.repeat(1.0, 6)[:, None] * (odd**-0.3)[None, :]
    inside = (hz > low_hz) & (hz < min(high_hz, 0.44 * rate))
    hz = hz[inside] * np.exp(rng.normal(0.0, 0.004, int(inside.sum())))
    amplitude = amplitude.ravel()[inside] * np.exp(rng.normal(0.0, 0.3, len(hz)))
    middle = np.sqrt(low_hz * high_hz)
    metal: Signal = ring(
        frames,
        rate,
        hz=hz,
        t60_s=t60_s * (middle / hz) ** 0.35 * rng.uniform(0.7, 1.2, len(hz)),
        left=amplitude / np.sqrt(np.sum(amplitude**2) + 1e-12),
        phase=rng.uniform(0.0, 2.0 * np.pi, len(hz)),
    )[0]
    noise = band_noise(frames, rate, rng, low_hz=low_hz, high_hz=high_hz)
    fall: Signal = np.exp(-LN_1000 / (0.85 * t60_s) * np.arange(frames) / rate)
    metal *= 1.0 - grain
    return metal + 0.7 * grain * noise * fall


@lru_cache(maxsize=64)
def _plate_hz(key: float, low_hz: float, high_hz: float, count: int) -> Signal:
    """Return the modes of one cymbal, the same for each of its hits, shape (count,)."""
    rng = stream(round(1000.0 * key), "plate", count)
    step = (high_hz - low_hz) / count
    hz: Signal = low_hz + step * (np.arange(count) + rng.uniform(0.0, 1.0, count))
    hz.setflags(write=False)
    return hz


def _plate(
    kit: Tuning,
    rate: int,
    rng: np.random.Generator,
    *,
    length_s: float,
    tune: float,
    low_hz: float,
    high_hz: float,
    modes: int,
    t60_s: float,
    damping: float,
    tilt: float,
) -> Signal:
    """Ring the modes of a plate, shape (n,), of unit level at its beginning.

    t60_s    of a mode at 2 kHz
    damping  how much sooner high modes fall: t60 goes with hz^-damping
    tilt     amplitude goes with hz^tilt: a soft stroke leaves the treble asleep
    """
    hz = tune * _plate_hz(kit.hat_hz, low_hz, high_hz, modes)
    # Where on the cymbal it was struck: every hit wakes the modes otherwise.
    amplitude = (hz / 2000.0) ** tilt * rng.rayleigh(1.0, modes)
    amplitude /= 1.0 + (hz / (0.6 * high_hz)) ** 5  # no cymbal ends at an edge
    out: Signal = ring(
        frames_of(length_s, rate),
        rate,
        hz=hz,
        t60_s=t60_s * (2000.0 / hz) ** damping,
        left=amplitude / np.sqrt(0.5 * np.sum(amplitude**2)),
        phase=rng.uniform(0.0, 2.0 * np.pi, modes),
    )[0]
    return out


def machine_hat(
    seconds: float, t60_factor: float, grain: float, attack_s: float, squares: Ratios = SQUARES
) -> Sound:
    """Make a hat of square waves: its length, and its decay in times the kit's closed hat's."""

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        low = kit.hat_band_hz - 450.0 + 800.0 * kit.crispness
        high = max(1.2 * low, 5000.0 + 6000.0 * v + 3300.0 * kit.crispness)
        high = min(high, max(11_500.0, kit.dust_hz))
        out = _metal(
            kit, rate, rng, seconds=seconds, tune=tune, low_hz=low, high_hz=high,
            t60_s=t60_factor * kit.hat_s * (0.75 + 0.5 * v), grain=grain, squares=squares,
        )  # fmt: skip
        t = np.arange(len(out)) / rate
        # The stick's own tick is what a loud hat adds.
        tick = burst(t, rate, rng, 2500.0, 8000.0, 0.002)
        out = out * (1.0 - np.exp(-t / attack_s)) + 0.35 * v * tick
        fade_out(out, rate, 0.3 * seconds)
        return out

    return sound


def played_hat(seconds: float, t60_factor: float, *, foot: bool = False) -> Sound:
    """Make a hat of two plates that touch: they rattle while they ring."""

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        t60_s = t60_factor * kit.hat_s * (0.7 + 0.5 * v)
        bite = kit.crispness - 0.5
        metal = _plate(
            kit, rate, rng, length_s=seconds, tune=tune, low_hz=380.0, high_hz=15_000.0,
            modes=170, t60_s=1.5 * t60_s, damping=0.3, tilt=0.3 + 0.5 * v + 0.5 * bite,
        )  # fmt: skip
        t = np.arange(len(metal)) / rate
        high = 8000.0 + 5000.0 * v + 2000.0 * bite
        sizzle = band_noise(len(t), rate, rng, low_hz=kit.hat_band_hz, high_hz=high)
        sizzle *= np.exp(-LN_1000 * t / (1.1 * t60_s))
        # The low modes are heard, but under the band that makes it a hat.
        body = band_noise(len(t), rate, rng, low_hz=500.0, high_hz=1800.0)
        body *= np.exp(-t / (0.018 if foot else 0.004))
        rise = 0.005 if foot else 0.0005
        stick = 0.0 if foot else 0.5 * v
        out = (0.55 * metal + 0.45 * sizzle) * (1.0 - np.exp(-t / rise))
        out = band_pass(out, rate, low_hz=kit.hat_band_hz * (1.15 - 0.3 * v))
        out += 0.10 * body + stick * burst(t, rate, rng, 3000.0, 8500.0, 0.0016)
        fade_out(out, rate, 0.3 * seconds)
        return out

    return sound


def ride(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """A ping of few modes over a long quiet wash of square waves."""
    wash = _metal(
        kit, rate, rng, seconds=1.6, tune=1.2 * tune, low_hz=2600.0, high_hz=5000.0 + 5000.0 * v,
        t60_s=1.5, grain=0.35,
    )  # fmt: skip
    hz = tune * kit.hat_hz * np.array([1.53, 2.41, 3.87, 5.2, 7.13, 9.4])
    ping = ring(
        len(wash), rate, hz=hz, t60_s=np.array([0.9, 0.8, 0.6, 0.5, 0.4, 0.3]),
        left=np.array([0.16, 0.22, 0.3, 0.28, 0.22, 0.18])
        * 0.9 * (0.35 + 0.75 * v) ** np.arange(6),
    )[0]  # fmt: skip
    t = np.arange(len(wash)) / rate
    stick = burst(t, rate, rng, 2200.0, 7500.0, 0.004)
    out = ((0.08 + 0.29 * v) * wash + ping + 0.4 * v * stick) * (1.0 - np.exp(-t / 0.0008))
    fade_out(out, rate, 0.5)
    return np.asarray(out)


def played_ride(*, ping: float, bell: float = 0.0) -> Sound:
    """Make a ride of a plate: the stick's click, and a wash that opens after it.

    ping  how far the stick stands before the wash
    bell  amplitude of the cup's clear modes
    """

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        wash = _plate(
            kit, rate, rng, length_s=1.9, tune=tune, low_hz=260.0, high_hz=14_500.0, modes=120,
            t60_s=2.6, damping=0.5, tilt=-0.25 + 0.6 * v + 0.5 * (kit.crispness - 0.5),
        )  # fmt: skip
        wash = band_pass(wash, rate, low_hz=600.0)
        t = np.arange(len(wash)) / rate
        # Energy climbs from the low modes to the high ones within some ten milliseconds.
        wash *= 0.55 + 0.45 * (1.0 - np.exp(-t / 0.03))
        click = burst(t, rate, rng, 2600.0, 5200.0 + 4500.0 * v, 0.0035)
        tone = ring(
            len(t), rate, hz=tune * kit.hat_hz * np.array([6.9, 9.2, 12.1, 15.8]),
            t60_s=np.array([0.35, 0.3, 0.22, 0.16]), left=np.array([0.4, 0.5, 0.4, 0.3]),
            phase=rng.uniform(0.0, 6.28, 4),
        )[0]  # fmt: skip
        cup = ring(
            len(t), rate, hz=tune * kit.hat_hz * np.array([2.02, 3.11, 4.47, 6.03, 7.9]),
            t60_s=np.array([1.6, 1.3, 1.0, 0.8, 0.5]), left=np.array([0.5, 0.7, 0.5, 0.35, 0.25]),
        )[0]  # fmt: skip
        out = 0.30 * wash + ping * ((0.25 + 0.5 * v) * click + 0.3 * tone) + bell * cup
        out *= 1.0 - np.exp(-t / 0.0005)
        fade_out(out, rate, 0.9)
        return np.asarray(out)

    return sound


def crash(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """A dense wash that opens within some milliseconds and darkens as it falls."""
    low = _metal(
        kit, rate, rng, seconds=2.6, tune=0.8 * tune, low_hz=1000.0, high_hz=5600.0,
        t60_s=2.2, grain=0.5,
    )  # fmt: skip
    high = _metal(
        kit, rate, rng, seconds=2.6, tune=1.3 * tune, low_hz=4200.0, high_hz=11_000.0,
        t60_s=1.3, grain=0.6,
    )  # fmt: skip
    t = np.arange(len(low)) / rate
    out = 0.6 * low + (0.5 + 0.6 * v) * high
    out *= 1.0 - np.exp(-t / (0.012 - 0.008 * v))
    fade_out(out, rate, 0.8)
    return np.asarray(out)


def played_crash(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """A thin plate struck at its edge: the treble follows some milliseconds after the blow."""
    low = _plate(
        kit, rate, rng, length_s=2.6, tune=0.9 * tune, low_hz=280.0, high_hz=5000.0, modes=90,
        t60_s=2.6, damping=0.4, tilt=-0.3,
    )  # fmt: skip
    high = _plate(
        kit, rate, rng, length_s=2.6, tune=tune, low_hz=3600.0, high_hz=14_500.0, modes=100,
        t60_s=2.4, damping=0.75, tilt=-0.3 + 0.4 * v,
    )  # fmt: skip
    t = np.arange(len(low)) / rate
    noise = band_noise(len(t), rate, rng, low_hz=2500.0, high_hz=9000.0) * np.exp(-t / 0.18)
    out = 0.5 * low + (0.35 + 0.75 * v) * (high + 0.4 * noise) * (1.0 - np.exp(-t / 0.014))
    out *= 1.0 - np.exp(-t / 0.002)
    fade_out(out, rate, 0.8)
    return np.asarray(out)


def bell(
    hz: float, ratios: tuple[float, ...], amplitudes: tuple[float, ...], *, t60_s: float,
    stick_hz: float, damping: float = 0.6,
) -> Sound:  # fmt: skip
    """Make an iron bell struck by a stick: clear modes, of which each is split in two.

    t60_s     of the lowest mode; higher ones fall sooner, with ratio^-damping
    stick_hz  upper end of the stick's noise
    """

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        modes = hz * tune * np.array(ratios)
        # No bell is quite round: each mode is a pair that beats slowly.
        split = 1.0 + 0.0016 * np.array([(7 * i) % 5 + 1 for i in range(len(ratios))]) / 3.0
        struck = np.array(amplitudes) * (0.3 + 0.7 * v) ** (0.45 * np.arange(len(ratios)))
        struck *= np.exp(rng.normal(0.0, 0.12, len(ratios)))
        t60s = t60_s * np.array(ratios) ** -damping
        rings = ring(
            frames_of(1.1 * t60_s + 0.05, rate), rate, hz=np.concatenate([modes, modes * split]),
            t60_s=np.concatenate([t60s, 0.8 * t60s]),
            left=np.concatenate([0.65 * struck, 0.35 * struck]),
            phase=rng.uniform(-0.4, 0.4, 2 * len(ratios)),
        )[0]  # fmt: skip
        t = np.arange(len(rings)) / rate
        tap = burst(t, rate, rng, 0.25 * stick_hz, stick_hz, 0.0018)
        out = (rings + (0.08 + 0.3 * v) * tap) * (1.0 - np.exp(-t / 0.0004))
        fade_out(out, rate, 0.15 * len(t) / rate)
        return np.asarray(out)

    return sound


def machine_cowbell(
    kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator
) -> Signal:
    """Two square waves, 540 and 800 Hz, through a band: the machine's cowbell."""
    t = seconds(0.6, rate)
    out = np.zeros(len(t))
    for f in (540.0 * tune, 800.0 * tune):
        for k in range(1, 14, 2):
            if k * f < min(0.45 * rate, 9000.0):
                body = 1.0 / (1.0 + ((k * f - 900.0) / 1900.0) ** 2)  # the band
                out += body / k * np.sin(2.0 * np.pi * k * f * t)
    fall = 0.55 * np.exp(-t / 0.012) * (0.5 + v) + 0.45 * np.exp(-t / 0.085)
    out *= fall * (1.0 - np.exp(-t / 0.0004))
    fade_out(out, rate, 0.1)
    return out


# A bent steel rod: its free bending modes go with (2n + 1)^2, in the plane and across it.
_ROD = np.array([(2 * n + 1) ** 2 for n in range(2, 11)]) / 25.0


def triangle(length_s: float, t60_s: float) -> Sound:
    """Make a triangle, open or held."""

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        hz = 1180.0 * tune * np.concatenate([_ROD, 1.043 * _ROD[:8], 1.31 * _ROD[:7]])
        hz = hz[hz < 0.44 * rate]
        amplitude = np.exp(rng.normal(0.0, 0.35, len(hz))) * (hz / 3000.0) ** (-0.5 + 0.7 * v)
        amplitude[hz < 1600.0] *= 0.35
        t60s = t60_s * (hz / 3000.0) ** -0.55
        out = ring(
            frames_of(length_s, rate), rate,
            hz=np.concatenate([hz, hz * 1.0009]), t60_s=np.concatenate([t60s, 0.85 * t60s]),
            left=np.concatenate([0.6 * amplitude, 0.4 * amplitude]),
            phase=rng.uniform(0.0, 2.0 * np.pi, 2 * len(hz)),
        )[0]  # fmt: skip
        t = np.arange(len(out)) / rate
        tick = burst(t, rate, rng, 3500.0, 10_000.0, 0.0012)
        out = (out + 1.2 * v * tick) * (1.0 - np.exp(-t / 0.0004))
        fade_out(out, rate, 0.3 * length_s)
        return np.asarray(out)

    return sound
