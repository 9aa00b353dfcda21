"""Heads under beaters, sticks and brushes: kicks, snares and toms.

Recipes after G. Reid, "Synth Secrets", parts 35 to 40, Sound on Sound, 2002; modes of a head after
N. H. Fletcher and T. D. Rossing, "The Physics of Musical Instruments", chapter 18.
"""

import numpy as np

from tapeloom.synth.envelopes import Signal, fade_out, frames_of
from tapeloom.synth.kit_table import Sound, Tuning
from tapeloom.synth.oscillators import band_noise

# Zeros of the Bessel functions over the first: the modes (0,1) (1,1) (2,1) (0,2) (3,1) (1,2).
IDEAL = np.array([1.0, 1.594, 2.136, 2.296, 2.653, 2.918])
LN_1000 = float(np.log(1000.0))


def head(
    t: Signal,
    *,
    hz: Signal,
    amplitude: Signal,
    t60_s: Signal,
    glide: float = 0.0,
    glide_s: float = 0.03,
) -> Signal:
    """Sum the modes of a head whose tension eases after the stroke, shape (n,).

    glide  how much higher the first instant is, as a fraction of the pitch
    """
    stretched = t + glide * glide_s * (1.0 - np.exp(-t / glide_s))
    out = np.zeros(len(t))
    for f, a, t60 in zip(hz, amplitude, t60_s, strict=True):
        out += a * np.sin(2.0 * np.pi * f * stretched) * np.exp(-LN_1000 * t / t60)
    return out


def burst(
    t: Signal, rate: int, rng: np.random.Generator, low_hz: float, high_hz: float, fall_s: float
) -> Signal:
    """Return a falling burst of noise: a stick, a hand, a beater."""
    return band_noise(len(t), rate, rng, low_hz=low_hz, high_hz=high_hz) * np.exp(-t / fall_s)


def seconds(length_s: float, rate: int) -> Signal:
    """Return the times of a sound's samples, shape (n,)."""
    return np.arange(frames_of(length_s, rate)) / rate


def swept_kick(*, wood: float, crack_hz: float, squash: float) -> Sound:
    """Make a kick that sweeps a sine down to its pitch, with a soft beater.

    wood      amplitude of the drum's second mode
    crack_hz  upper end of the beater's noise
    squash    how hard the whole is pressed against tape
    """

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        t = seconds(max(0.5, 0.8 * kit.kick_s), rate)
        end = kit.kick_hz * tune
        start = end * (1.0 + kit.kick_sweep * (0.7 + 0.62 * v))
        fall = kit.kick_fall_s
        phase = 2.0 * np.pi * (end * t + (start - end) * fall * (1.0 - np.exp(-t / fall)))
        body = np.sin(phase) * np.exp(-LN_1000 * t / kit.kick_s) * (1.0 - np.exp(-t / 0.0012))
        shell = np.sin(2.0 * np.pi * 3.4 * end * t) * np.exp(-t / 0.028)
        beater = burst(t, rate, rng, 500.0, crack_hz * (0.6 + 0.55 * v), 0.0032)
        click = kit.kick_click * (0.28 + v)
        out = np.tanh(squash * (body + wood * (0.5 + 0.7 * v) * shell + click * beater))
        fade_out(out, rate, 0.2 * len(t) / rate)
        return np.asarray(out)

    return sound


def open_kick(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Strike a small bass drum with both heads on: it sings, under a felt beater."""
    t = seconds(0.9 * kit.kick_s + 0.1, rate)
    hz = kit.kick_hz * tune * np.array([1.0, 1.62, *(1.06 * IDEAL[1:])])
    # Both heads and the air between them: the two lowest belong together, the upper dies first.
    amplitude = np.array([1.0, 0.5, 0.28, 0.16, 0.2, 0.10, 0.08])
    amplitude *= (0.35 + 0.65 * v) ** (0.8 * np.arange(7))
    t60_s = kit.kick_s * np.array([1.0, 0.42, 0.34, 0.26, 0.22, 0.17, 0.14])
    out = head(t, hz=hz, amplitude=amplitude, t60_s=t60_s, glide=0.5 * kit.kick_sweep * v,
               glide_s=kit.kick_fall_s)  # fmt: skip
    felt = burst(t, rate, rng, 120.0, 500.0 + 900.0 * v, 0.006)
    out += kit.kick_click * (0.2 + v) * felt
    out *= 1.0 - np.exp(-t / 0.0022)
    fade_out(out, rate, 0.15 * len(t) / rate)
    return np.asarray(np.tanh(1.1 * out))


def struck_snare(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Two modes of the head that drop a little, over the rattle of the wires."""
    t = seconds(max(0.42, 0.9 * kit.snare_s), rate)
    f = kit.snare_hz * tune
    slide = 0.006 * (0.4 + v) * (1.0 - np.exp(-t / 0.02))
    fall = LN_1000 / kit.snare_s
    low = np.sin(2.0 * np.pi * f * (t + slide)) * np.exp(-t * fall)
    high = np.sin(2.0 * np.pi * 1.79 * f * (t + 0.6 * slide)) * np.exp(-1.72 * t * fall)
    top = 4200.0 + 3000.0 * kit.crispness * (0.4 + v)
    wires = band_noise(len(t), rate, rng, low_hz=1100.0, high_hz=top)
    wires *= np.exp(-t / (0.034 + 0.014 * v)) + 0.10 * np.exp(-t / 0.085)
    stick = burst(t, rate, rng, 700.0, 5000.0, 0.004)
    softened = 1.0 - np.exp(-t / 0.0009)
    body, rattle = 2.0 * (1.0 - kit.snare_wires), 2.0 * kit.snare_wires
    out = body * (0.75 * low + 0.4 * high) + rattle * (0.3 + 0.25 * v) * wires + 0.3 * v * stick
    return np.asarray(np.tanh(1.2 * softened * out))


def open_snare(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Strike an undamped snare: the head rings, and the wires answer as long as it moves them."""
    t = seconds(0.25 + 0.9 * kit.snare_s, rate)
    hz = kit.snare_hz * tune * np.array([1.0, *(1.03 * IDEAL[1:])])
    amplitude = np.array([0.8, 0.55, 0.35, 0.3, 0.22, 0.16]) * rng.uniform(0.85, 1.15, 6)
    amplitude *= (0.35 + 0.65 * v) ** (0.5 * np.arange(6))
    t60_s = kit.snare_s * np.array([0.85, 1.0, 0.75, 0.4, 0.5, 0.35])
    rings = head(t, hz=hz, amplitude=amplitude, t60_s=t60_s, glide=0.10 * v, glide_s=0.02)
    top = 3200.0 + 5200.0 * v * (0.5 + kit.crispness)
    wires = band_noise(len(t), rate, rng, low_hz=1300.0, high_hz=top)
    # The bottom head lags behind the stick by the air between.
    lag = 1.0 - np.exp(-t / 0.0025)
    wires *= lag * (0.75 * np.exp(-t / (0.030 + 0.02 * v)) + 0.25 * np.exp(-t / 0.095))
    stick = burst(t, rate, rng, 1200.0, 3500.0 + 4000.0 * v, 0.0022)
    out = 1.3 * (1.0 - kit.snare_wires) * rings + 1.1 * kit.snare_wires * wires + 0.35 * v * stick
    out *= 1.0 - np.exp(-t / 0.0007)
    fade_out(out, rate, 0.1)
    return np.asarray(np.tanh(1.1 * out))


def machine_snare(*, soft_s: float, top_hz: float, drop: float) -> Sound:
    """Make a drum machine's snare: two tones and a band of noise.

    soft_s  how slowly it sets in
    top_hz  upper end of the noise
    drop    how much higher its tones begin
    """

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        t = seconds(0.12 + max(0.35, kit.snare_s), rate)
        tones = head(
            t, hz=kit.snare_hz * tune * np.array([1.0, 1.83]), amplitude=np.array([0.7, 0.45]),
            t60_s=kit.snare_s * np.array([1.0, 0.6]), glide=drop * (0.5 + 0.5 * v), glide_s=0.012,
        )  # fmt: skip
        top = top_hz * (0.5 + 0.5 * v) * (0.75 + 0.5 * kit.crispness)
        noise = band_noise(len(t), rate, rng, low_hz=1500.0, high_hz=top)
        noise *= np.exp(-t / (0.05 + 0.03 * v))
        out = 2.0 * (1.0 - kit.snare_wires) * tones + 0.9 * kit.snare_wires * (0.5 + v) * noise
        out *= 1.0 - np.exp(-t / soft_s)
        fade_out(out, rate, 0.12)
        return np.asarray(np.tanh(out))

    return sound


def brush_tap(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Tap the head with the fan of a brush: many wires land within some milliseconds."""
    t = seconds(0.20 + 0.8 * kit.snare_s, rate)
    spread = 0.012 - 0.007 * v  # a soft fan opens wider
    landings = np.sort(rng.gamma(2.0, 0.5 * spread, 26))
    fan = np.zeros(len(t))
    for at in landings:
        fan += np.where(t >= at, np.exp(-(t - at).clip(0.0) / 0.0035), 0.0)
    fan = fan / fan.max() + (0.10 + 0.12 * v) * np.exp(-t / 0.06)
    wires = band_noise(len(t), rate, rng, low_hz=900.0, high_hz=3000.0 + 4200.0 * v) * fan
    hz = kit.snare_hz * tune * np.array([1.0, *(1.03 * IDEAL[1:4])])
    rings = head(t, hz=hz, amplitude=np.array([0.8, 0.35, 0.15, 0.1]) * (0.4 + 0.6 * v),
                 t60_s=kit.snare_s * np.array([1.0, 0.8, 0.5, 0.3]), glide=0.04)  # fmt: skip
    rings *= 1.0 - np.exp(-t / 0.004)
    rattle = band_noise(len(t), rate, rng, low_hz=1800.0, high_hz=5500.0) * np.exp(-t / 0.05)
    rattle *= (1.0 - np.exp(-t / 0.006)) * v * kit.snare_wires
    out = 1.1 * (1.0 - kit.snare_wires) * rings + 0.8 * wires + 0.25 * rattle
    fade_out(out, rate, 0.06)
    return np.asarray(out)


def brush(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Sweep wires over the head: a swell of noise, firmer and shorter when struck harder."""
    length = float(rng.uniform(0.17, 0.24)) * (1.15 - 0.5 * v)
    t = seconds(length + 0.1, rate)
    top = 4500.0 + 2200.0 * kit.crispness
    noise = band_noise(len(t), rate, rng, low_hz=1600.0 * tune, high_hz=top)
    rise = (0.16 - 0.13 * v) * length
    swell = np.where(
        t < rise,
        0.5 - 0.5 * np.cos(np.pi * t / rise),
        np.exp(-(t - rise) / (0.26 * length)),
    )
    flutter = 1.0 + 0.3 * np.sin(2.0 * np.pi * rng.uniform(28.0, 40.0) * t)
    skin = np.sin(2.0 * np.pi * kit.snare_hz * tune * t) * np.exp(-t / 0.04)
    return noise * swell * flutter + 0.5 * v * skin * (1.0 - np.exp(-t / 0.002))


def brush_sweep(length_s: float) -> Sound:
    """Make a sweep of a brush across a coated head, as long as the note is held.

    The wires run over the coating's grain faster in the middle of the stroke, so it is brighter
    there; each wire catches now and then.
    """

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        length = length_s * float(rng.uniform(0.92, 1.08))
        t = seconds(length + 0.08, rate)
        across = np.clip(t / length, 0.0, 1.0)
        peak = float(rng.uniform(0.42, 0.6))
        speed = np.sin(np.pi * across ** (np.log(0.5) / np.log(peak))) ** 0.8
        low = band_noise(len(t), rate, rng, low_hz=700.0 * tune, high_hz=2600.0)
        high = band_noise(len(t), rate, rng, low_hz=2400.0, high_hz=4600.0 + 3400.0 * v)
        # Slow random catching: noise of some 30 Hz.
        grain = band_noise(len(t), rate, rng, low_hz=8.0, high_hz=45.0)
        out = speed * (low + (0.25 + 0.55 * v) * (0.4 + 0.6 * kit.crispness) * speed * high)
        out *= 1.0 + 0.22 * np.clip(grain, -2.0, 2.0)
        rub = band_noise(len(t), rate, rng, low_hz=150.0, high_hz=420.0)
        out += 0.16 * speed * rub
        fade_out(out, rate, 0.05)
        return np.asarray(out)

    return sound


def tom(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Strike a head with its first overtones, dropping a little."""
    t = seconds(0.7, rate)
    amplitude = np.array([1.0, 0.35, 0.2, 0.0, 0.12, 0.0]) * (0.5 + 0.5 * v) ** np.arange(6)
    out = head(
        t, hz=118.0 * tune * IDEAL, amplitude=amplitude,
        t60_s=np.array([0.83, 0.48, 0.35, 0.3, 0.28, 0.2]), glide=0.33 * (0.4 + v), glide_s=0.03,
    )  # fmt: skip
    stick = burst(t, rate, rng, 400.0, 3000.0, 0.005)
    out = (out + (0.04 + 0.24 * v) * stick) * (1.0 - np.exp(-t / 0.0012))
    fade_out(out, rate, 0.1)
    return np.asarray(out)


def machine_tom(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Ring one resonator of a drum machine, with a breath of pink noise under it."""
    t = seconds(0.6, rate)
    tone = head(t, hz=np.array([112.0 * tune]), amplitude=np.array([1.0]),
                t60_s=np.array([0.75]), glide=0.25 * (0.3 + v), glide_s=0.05)  # fmt: skip
    air = band_noise(len(t), rate, rng, low_hz=200.0, high_hz=900.0 + 600.0 * v)
    out = (tone + (0.04 + 0.12 * v) * air * np.exp(-t / 0.09)) * (1.0 - np.exp(-t / 0.001))
    fade_out(out, rate, 0.1)
    return np.asarray(out)
