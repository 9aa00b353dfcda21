"""What each drum of the dusty kit sounds like before it is sampled: modes and noise.

Recipes after G. Reid, "Synth Secrets", parts 35 to 40, Sound on Sound, 2002.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tapeloom.synth.envelopes import fade_in, fade_out, frames_of
from tapeloom.synth.oscillators import Signal, band_noise, ring


@dataclass(frozen=True, slots=True)
class Tuning:
    """How the drums of one kit are tuned and struck."""

    kick_hz: float
    snare_hz: float
    hat_hz: float  # the lowest of the six square waves of its metal
    crispness: float  # of snare and hats, 0..1


# A drum's sound from its kit, its strength 0..1 and a factor of pitch: (n,), of any level.
Sound = Callable[[Tuning, float, float, int, np.random.Generator], Signal]


def _kick(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Sweep a sine down to the drum's pitch, with a soft beater."""
    t = np.arange(frames_of(0.5, rate)) / rate
    end = kit.kick_hz * tune
    start = end * (1.9 + 0.8 * v)
    fall = 0.034
    phase = 2.0 * np.pi * (end * t + (start - end) * fall * (1.0 - np.exp(-t / fall)))
    body = np.sin(phase) * np.exp(-t / 0.095) * (1.0 - np.exp(-t / 0.0012))
    shell = np.sin(2.0 * np.pi * 172.0 * tune * t) * np.exp(-t / 0.028)
    beater = band_noise(len(t), rate, rng, low_hz=500.0, high_hz=2600.0) * np.exp(-t / 0.0032)
    return np.tanh(1.7 * (body + 0.14 * shell + (0.04 + 0.14 * v) * beater))


def _snare(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Two modes of the head that drop a little, over the rattle of the wires."""
    t = np.arange(frames_of(0.42, rate)) / rate
    f = kit.snare_hz * tune
    slide = 0.006 * (0.4 + v) * (1.0 - np.exp(-t / 0.02))
    low = np.sin(2.0 * np.pi * f * (t + slide)) * np.exp(-t / 0.055)
    high = np.sin(2.0 * np.pi * 1.79 * f * (t + 0.6 * slide)) * np.exp(-t / 0.032)
    top = 4200.0 + 3000.0 * kit.crispness * (0.4 + v)
    wires = band_noise(len(t), rate, rng, low_hz=1100.0, high_hz=top)
    wires *= np.exp(-t / (0.034 + 0.014 * v)) + 0.10 * np.exp(-t / 0.085)
    stick = band_noise(len(t), rate, rng, low_hz=700.0, high_hz=5000.0) * np.exp(-t / 0.004)
    softened = 1.0 - np.exp(-t / 0.0009)
    return np.tanh(
        softened * (0.75 * low + 0.4 * high + (0.3 + 0.25 * v) * wires + 0.3 * v * stick) * 1.2
    )


def _rim(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Lay the stick across the rim: short wooden modes."""
    frames = frames_of(0.16, rate)
    hz = tune * np.array([405.0, 780.0, 1690.0, 2560.0]) * np.exp(rng.normal(0.0, 0.012, 4))
    amplitude = np.array([0.75, 0.35, 0.9, 0.3 * (0.5 + v)])
    wood: Signal = ring(
        frames, rate, hz=hz, t60_s=np.array([0.13, 0.08, 0.06, 0.035]), left=amplitude
    )[0]
    tick = band_noise(frames, rate, rng, low_hz=1200.0, high_hz=6000.0)
    return wood + (0.1 + 0.2 * v) * tick * np.exp(-np.arange(frames) / (0.002 * rate))


def _clap(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Three or four hands a few milliseconds apart, and their tail."""
    t = np.arange(frames_of(0.4, rate)) / rate
    noise = band_noise(len(t), rate, rng, low_hz=850.0 * tune, high_hz=3200.0 + 1500.0 * v)
    envelope = np.zeros(len(t))
    hands = np.cumsum(np.concatenate([[0.0], rng.uniform(0.007, 0.013, 3)]))
    for at in hands:
        envelope += np.where(t >= at, np.exp(-(t - at) / 0.0045), 0.0)
    envelope += 0.6 * np.where(t >= hands[-1], np.exp(-(t - hands[-1]) / 0.06), 0.0)
    return noise * envelope


def _brush(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Sweep wires over the head: a swell of noise, firmer and shorter when struck harder."""
    length = float(rng.uniform(0.17, 0.24)) * (1.15 - 0.5 * v)
    t = np.arange(frames_of(length + 0.1, rate)) / rate
    top = 4500.0 + 2200.0 * kit.crispness
    noise = band_noise(len(t), rate, rng, low_hz=1600.0 * tune, high_hz=top)
    rise = (0.16 - 0.13 * v) * length
    swell = np.where(
        t < rise,
        0.5 - 0.5 * np.cos(np.pi * t / rise),
        np.exp(-(t - rise) / (0.26 * length)),
    )
    flutter = 1.0 + 0.3 * np.sin(2.0 * np.pi * rng.uniform(28.0, 40.0) * t)
    head = np.sin(2.0 * np.pi * kit.snare_hz * tune * t) * np.exp(-t / 0.04)
    return noise * swell * flutter + 0.5 * v * head * (1.0 - np.exp(-t / 0.002))


def _tom(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """A head with its first overtones, dropping a little."""
    t = np.arange(frames_of(0.6, rate)) / rate
    f = 118.0 * tune
    slide = 0.010 * (0.4 + v) * (1.0 - np.exp(-t / 0.03))
    out = np.sin(2.0 * np.pi * f * (t + slide)) * np.exp(-t / 0.12)
    for ratio, amplitude, fall in ((1.59, 0.35, 0.07), (2.14, 0.2, 0.05), (2.65, 0.12, 0.04)):
        out += amplitude * np.sin(2.0 * np.pi * ratio * f * (t + slide)) * np.exp(-t / fall)
    stick = band_noise(len(t), rate, rng, low_hz=400.0, high_hz=3000.0) * np.exp(-t / 0.005)
    return np.asarray((out + (0.08 + 0.2 * v) * stick) * (1.0 - np.exp(-t / 0.0012)))


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
) -> Signal:
    """Ring six inharmonic square waves (their odd harmonics within a band) and noise above them.

    Band-limited by construction; t60_s is that of the middle of the band.
    """
    frames = frames_of(seconds, rate)
    lowest = kit.hat_hz * tune
    squares = lowest * np.array([1.0, 1.4471, 1.6170, 1.9265, 2.5028, 2.6637])
    odd = np.arange(1, 80, 2)
    hz = np.outer(squares, odd).ravel()
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
        left=amplitude / np.sqrt(np.sum(amplitude**2)),
        phase=rng.uniform(0.0, 2.0 * np.pi, len(hz)),
    )[0]
    noise = band_noise(frames, rate, rng, low_hz=low_hz, high_hz=high_hz)
    fall: Signal = np.exp(-np.log(1000.0) / (0.85 * t60_s) * np.arange(frames) / rate)
    metal *= 1.0 - grain
    return metal + 0.7 * grain * noise * fall


def _hat(seconds: float, t60_s: float, grain: float, attack_s: float) -> Sound:
    """Make a hat of a given length."""

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        low = 5200.0 - 900.0 * v + 800.0 * kit.crispness
        out = _metal(
            kit, rate, rng, seconds=seconds, tune=tune, low_hz=low, high_hz=11_500.0,
            t60_s=t60_s * (0.75 + 0.5 * v), grain=grain,
        )  # fmt: skip
        t = np.arange(len(out)) / rate
        # The stick's own tick is what a loud hat adds.
        tick = band_noise(len(out), rate, rng, low_hz=2500.0, high_hz=8000.0)
        out = out * (1.0 - np.exp(-t / attack_s)) + 0.35 * v * tick * np.exp(-t / 0.002)
        fade_out(out, rate, 0.3 * seconds)
        return out

    return sound


def _ride(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """A ping of few modes over a long quiet wash."""
    wash = _metal(
        kit, rate, rng, seconds=1.6, tune=1.2 * tune, low_hz=2600.0, high_hz=9500.0,
        t60_s=1.5, grain=0.35,
    )  # fmt: skip
    hz = tune * kit.hat_hz * np.array([1.53, 2.41, 3.87, 5.2, 7.13, 9.4])
    ping = ring(
        len(wash), rate, hz=hz, t60_s=np.array([0.9, 0.8, 0.6, 0.5, 0.4, 0.3]),
        left=np.array([0.16, 0.22, 0.3, 0.28, 0.22, 0.18]) * (0.5 + 0.6 * v),
    )[0]  # fmt: skip
    t = np.arange(len(wash)) / rate
    stick = band_noise(len(wash), rate, rng, low_hz=2200.0, high_hz=7500.0) * np.exp(-t / 0.004)
    out = (0.30 * wash + ping + 0.4 * v * stick) * (1.0 - np.exp(-t / 0.0008))
    fade_out(out, rate, 0.5)
    return np.asarray(out)


def _crash(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
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


def _shaker(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Seeds that fly, then land."""
    t = np.arange(frames_of(0.16, rate)) / rate
    noise = band_noise(len(t), rate, rng, low_hz=3600.0 * tune, high_hz=9000.0)
    land = 0.045 - 0.018 * v + float(rng.normal(0.0, 0.002))
    envelope = 0.35 * np.exp(-(((t - 0.4 * land) / (0.4 * land)) ** 2))
    envelope += np.where(
        t < land, np.exp(-(((t - land) / 0.009) ** 2)), np.exp(-(t - land) / 0.022)
    )
    out = noise * envelope
    fade_in(out, rate, 0.006)
    fade_out(out, rate, 0.03)
    return np.asarray(out)


SOUNDS: dict[str, Sound] = {
    "kick": _kick,
    "snare": _snare,
    "rim": _rim,
    "clap": _clap,
    "brush": _brush,
    "tom": _tom,
    "closed_hat": _hat(0.16, 0.10, 0.55, 0.0006),
    "pedal_hat": _hat(0.12, 0.075, 0.7, 0.004),
    "open_hat": _hat(0.9, 0.75, 0.5, 0.0006),
    "crash": _crash,
    "ride": _ride,
    "shaker": _shaker,
}
