"""What is struck, shaken, scraped and clapped by hand.

Shaken things are many small collisions that wake a few resonances, after P. R. Cook, "Physically
informed sonic modeling (PhISM): synthesis of percussive sounds", Computer Music Journal, 1997.
"""

import numpy as np

from tapeloom.synth.envelopes import Signal, fade_in, fade_out, frames_of
from tapeloom.synth.kit_table import Sound, Tuning
from tapeloom.synth.membranes import IDEAL, burst, head, seconds
from tapeloom.synth.oscillators import band_noise, ring


def _convolve(sparse: Signal, response: Signal) -> Signal:
    """Let each impulse of one signal sound as the other, shape (n,) as the first."""
    size = 1 << (len(sparse) + len(response) - 2).bit_length()
    out = np.fft.irfft(np.fft.rfft(sparse, size) * np.fft.rfft(response, size), size)
    return np.asarray(out[: len(sparse)])


def _collisions(rate_hz: Signal, rate: int, rng: np.random.Generator) -> Signal:
    """Draw impulses of random sign and size, as many a second as `rate_hz` tells, shape (n,)."""
    struck = rng.random(len(rate_hz)) < rate_hz / rate
    return np.where(struck, rng.normal(0.0, 1.0, len(rate_hz)), 0.0)


def _resonance(
    rate: int, hz: tuple[float, ...], gains: tuple[float, ...], t60_s: float, tune: float = 1.0
) -> Signal:
    """Return the sound of one collision, shape (n,)."""
    return np.asarray(
        ring(
            frames_of(1.1 * t60_s, rate), rate, hz=tune * np.array(hz),
            t60_s=np.full(len(hz), t60_s), left=np.array(gains),
        )[0]
    )  # fmt: skip


def rim(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Lay the stick across the rim: short wooden modes."""
    frames = frames_of(0.16, rate)
    hz = tune * np.array([405.0, 780.0, 1690.0, 2560.0]) * np.exp(rng.normal(0.0, 0.012, 4))
    amplitude = np.array([0.75, 0.35, 0.9, 0.3 * (0.5 + v)])
    wood: Signal = ring(
        frames, rate, hz=hz, t60_s=np.array([0.13, 0.08, 0.06, 0.035]), left=amplitude
    )[0]
    tick = band_noise(frames, rate, rng, low_hz=1200.0, high_hz=6000.0)
    return wood + (0.1 + 0.2 * v) * tick * np.exp(-np.arange(frames) / (0.002 * rate))


def machine_rim(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Two short resonators, bent by a diode: the machine's rim shot."""
    t = seconds(0.09, rate)
    out = head(t, hz=tune * np.array([455.0, 1667.0]), amplitude=np.array([0.7, 1.0]),
               t60_s=np.array([0.045, 0.035]))  # fmt: skip
    out = np.tanh((1.2 + 1.6 * v) * out) + 0.2 * v * burst(t, rate, rng, 1500.0, 6000.0, 0.0015)
    fade_out(out, rate, 0.02)
    return np.asarray(out)


def clap(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Three or four hands a few milliseconds apart, and their tail."""
    t = seconds(0.4, rate)
    noise = band_noise(len(t), rate, rng, low_hz=850.0 * tune, high_hz=3200.0 + 1500.0 * v)
    envelope = np.zeros(len(t))
    hands = np.cumsum(np.concatenate([[0.0], rng.uniform(0.007, 0.013, 3)]))
    for at in hands:
        envelope += np.where(t >= at, np.exp(-(t - at) / 0.0045), 0.0)
    envelope += 0.6 * np.where(t >= hands[-1], np.exp(-(t - hands[-1]) / 0.06), 0.0)
    return noise * envelope


def hands(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """A few people clap: each pair of hands has its own hollow, and its own idea of the beat."""
    t = seconds(0.3, rate)
    out = np.zeros(len(t))
    for at in np.sort(np.abs(rng.normal(0.0, 0.011, 5))):
        hollow = tune * float(rng.uniform(900.0, 1500.0))
        later = (t - at).clip(0.0)
        sounding = np.where(t >= at, 1.0, 0.0)
        skin = band_noise(len(t), rate, rng, low_hz=0.8 * hollow, high_hz=2.6 * hollow)
        slap = band_noise(len(t), rate, rng, low_hz=2200.0, high_hz=4500.0 + 3500.0 * v)
        level = float(rng.uniform(0.5, 1.0))
        rise = 1.0 - np.exp(-later / 0.0006)
        hit = skin * np.exp(-later / 0.011) + (0.2 + 0.5 * v) * slap * np.exp(-later / 0.003)
        out += level * sounding * rise * hit
    fade_out(out, rate, 0.1)
    return out


def snap(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Snap the fingers: a short slide of skin, then the pop of the palm's hollow."""
    t = seconds(0.2, rate)
    pop_at = 0.012 + float(rng.normal(0.0, 0.001))
    slide = band_noise(len(t), rate, rng, low_hz=2500.0, high_hz=7000.0)
    slide *= np.where(t < pop_at, (t / pop_at) ** 3, 0.0)
    later = (t - pop_at).clip(0.0)
    sounding = np.where(t >= pop_at, 1.0, 0.0)
    palm = tune * float(rng.normal(1750.0, 40.0))
    pop = sounding * np.sin(2.0 * np.pi * palm * later) * np.exp(-later / 0.005)
    pop += 0.35 * sounding * np.sin(2.0 * np.pi * 2.1 * palm * later) * np.exp(-later / 0.003)
    crack = band_noise(len(t), rate, rng, low_hz=1300.0, high_hz=3500.0 + 4000.0 * v)
    crack *= sounding * np.exp(-later / 0.0028)
    out = 0.10 * slide + pop + (0.35 + 0.5 * v) * crack
    fade_out(out, rate, 0.05)
    return np.asarray(out)


def shaker(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Seeds that fly, then land."""
    t = seconds(0.16, rate)
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


def egg(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Shake an egg: its beads are heard one by one as they land."""
    t = seconds(0.2, rate)
    land = 0.05 - 0.02 * v + float(rng.normal(0.0, 0.003))
    density = 500.0 + 5500.0 * np.exp(-(((t - land) / 0.011) ** 2))
    density *= np.where(t < land, np.exp(-((land - t) / 0.03)), np.exp(-(t - land) / 0.02))
    beads = _collisions(density, rate, rng) * np.sqrt(density / 6000.0)
    out = _convolve(beads, _resonance(rate, (3900.0, 5600.0, 7700.0), (0.5, 1.0, 0.5 + 0.8 * v),
                                      0.006, tune))  # fmt: skip
    out += 0.05 * band_noise(len(t), rate, rng, low_hz=4000.0, high_hz=9000.0) * density / 3000.0
    fade_in(out, rate, 0.006)
    fade_out(out, rate, 0.03)
    return np.asarray(out)


def cabasa(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Turn the steel beads against the cylinder: a dry rasp that stops at once."""
    length = 0.075 - 0.025 * v
    t = seconds(length + 0.06, rate)
    inside = np.where(t < length, np.sin(np.pi * np.clip(t / length, 0.0, 1.0)) ** 0.5, 0.0)
    beads = _collisions(7000.0 * inside + 1.0, rate, rng) * (0.35 + inside)
    out = _convolve(beads, _resonance(rate, (3100.0, 6200.0, 9100.0), (0.4, 1.0, 0.6 + 0.8 * v),
                                      0.004, tune))  # fmt: skip
    fade_in(out, rate, 0.004)
    fade_out(out, rate, 0.02)
    return np.asarray(out)


def tambourine(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Strike a tambourine with the hand: the frame, and jingles that settle."""
    t = seconds(0.45, rate)
    density = 90.0 + 2600.0 * np.exp(-t / 0.022) + 420.0 * np.exp(-t / 0.10)
    size = np.exp(-t / (0.055 + 0.035 * v)) * (1.0 - np.exp(-t / 0.0015))
    out = np.zeros(len(t))
    for _ in range(5):  # pairs of plates, no two alike
        jingles = _collisions(density / 5.0, rate, rng) * size
        plates = _resonance(rate, (2320.0, 5630.0, 6870.0, 8150.0, 9900.0),
                            (0.2, 0.8, 0.7, 0.8, 0.35 + 0.5 * v), float(rng.uniform(0.03, 0.07)),
                            tune * float(rng.uniform(0.9, 1.1)))  # fmt: skip
        out += _convolve(jingles, plates)
    out /= max(float(np.abs(out).max()), 1e-9)
    frame = head(t, hz=np.array([310.0, 690.0]) * tune, amplitude=np.array([0.14, 0.1]) * v,
                 t60_s=np.array([0.07, 0.04]))  # fmt: skip
    out += frame * (1.0 - np.exp(-t / 0.001)) + 0.15 * v * burst(t, rate, rng, 900, 3500, 0.004)
    fade_out(out, rate, 0.12)
    return np.asarray(out)


def scraper(length_s: float, *, first_hz: float, last_hz: float) -> Sound:
    """Make a guiro: a stick over notches, first_hz to last_hz of them a second."""

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        length = length_s * float(rng.uniform(0.93, 1.07))
        t = seconds(length + 0.08, rate)
        clicks = np.zeros(len(t))
        at, count = 0.0, 0
        while at < length:
            across = at / length
            swell = 0.35 + 0.65 * np.sin(np.pi * min(0.15 + 0.7 * across, 1.0))
            clicks[int(at * rate)] = swell * float(rng.uniform(0.6, 1.0)) * (-1.0) ** count
            at += 1.0 / (first_hz + (last_hz - first_hz) * across) * float(rng.normal(1.0, 0.06))
            count += 1
        gourd = _resonance(rate, (1180.0, 2450.0, 3700.0, 5200.0),
                           (0.5, 1.0, 0.55 + 0.4 * v, 0.2 + 0.5 * v), 0.016, tune)  # fmt: skip
        out = _convolve(clicks, gourd)
        out += 0.06 * v * _convolve(np.abs(clicks), burst(t[: rate // 50], rate, rng, 2500.0,
                                                          7000.0, 0.002))  # fmt: skip
        fade_in(out, rate, 0.002)
        fade_out(out, rate, 0.04)
        return np.asarray(out)

    return sound


def vibraslap(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Strike the ball: pins rattle in the box, slower and softer."""
    t = seconds(0.9, rate)
    clicks = np.zeros(len(t))
    at, gap = 0.0, 0.018
    while at < 0.8:
        clicks[int(at * rate)] = np.exp(-at / 0.28) * float(rng.uniform(0.7, 1.0))
        at += gap * float(rng.normal(1.0, 0.05))
        gap *= 1.004
    box = _resonance(rate, (2100.0, 2850.0, 4300.0), (0.8, 1.0, 0.3 + 0.5 * v), 0.03, tune)
    out = _convolve(clicks, box)
    fade_in(out, rate, 0.0015)
    fade_out(out, rate, 0.3)
    return np.asarray(out)


def wood(hz: tuple[float, ...], gains: tuple[float, ...], t60_s: float, *, click: float) -> Sound:
    """Make claves or a wood block: short modes and the click of the stick."""

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        modes = tune * np.array(hz) * np.exp(rng.normal(0.0, 0.002, len(hz)))
        amplitude = np.array(gains) * (0.35 + 0.65 * v) ** np.arange(len(hz))
        out: Signal = ring(
            frames_of(1.1 * t60_s + 0.02, rate), rate, hz=modes,
            t60_s=t60_s * np.array([1.0, 0.6, 0.4, 0.3])[: len(hz)], left=amplitude,
        )[0]  # fmt: skip
        t = np.arange(len(out)) / rate
        out = out + (0.05 + click * v) * burst(t, rate, rng, 1500.0, 7000.0, 0.0012)
        fade_out(out, rate, 0.02)
        return out

    return sound


def hand_drum(
    hz: float, *, t60_s: float, edge: float, hand: float, hand_hz: tuple[float, float],
    glide: float = 0.05, cavity_hz: float = 0.0,
) -> Sound:  # fmt: skip
    """Make one stroke on a drum played by hand.

    edge       0: the palm in the middle; 1: fingers at the rim, where the overtones are
    hand       amplitude of the hand's own noise, in the band hand_hz
    cavity_hz  the air in the shell, which a bass stroke wakes
    """
    # The middle moves the round modes (0,1) and (0,2), the rim those with nodes across.
    middle = np.array([1.0, 0.12, 0.08, 0.35, 0.05, 0.1])
    rim_side = np.array([0.9, 0.75, 0.5, 0.3, 0.35, 0.25])
    amplitude = (1.0 - edge) * middle + edge * rim_side
    t60s = t60_s * np.array([1.0, 0.8, 0.6, 0.4, 0.45, 0.32])

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        t = seconds(0.08 + 0.95 * max(t60_s, 0.4 if cavity_hz else 0.0), rate)
        struck = amplitude * (0.3 + 0.7 * v) ** (0.5 * np.arange(6)) * rng.uniform(0.85, 1.15, 6)
        out = head(t, hz=hz * tune * IDEAL, amplitude=struck, t60_s=t60s, glide=glide * v,
                   glide_s=0.025)  # fmt: skip
        if cavity_hz:
            out += head(t, hz=np.array([cavity_hz * tune]), amplitude=np.array([1.1]),
                        t60_s=np.array([0.36]), glide=0.12 * v)  # fmt: skip
        low, high = hand_hz
        palm = burst(t, rate, rng, low, high * (0.5 + 0.6 * v), 0.0045)
        out = (out + hand * (0.25 + 0.9 * v) * palm) * (1.0 - np.exp(-t / 0.0009))
        fade_out(out, rate, 0.2 * len(t) / rate)
        return np.asarray(out)

    return sound


def timbale(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
    """Strike a timbale: a tight head on a shell of brass."""
    t = seconds(0.7, rate)
    out = head(
        t, hz=330.0 * tune * IDEAL, amplitude=np.array([0.8, 0.7, 0.5, 0.35, 0.3, 0.2]),
        t60_s=np.array([0.5, 0.6, 0.5, 0.3, 0.35, 0.25]), glide=0.06 * v,
    )  # fmt: skip
    shell = ring(
        len(t), rate, hz=tune * np.array([1130.0, 1910.0, 2870.0, 4100.0]),
        t60_s=np.array([0.35, 0.3, 0.24, 0.18]), left=0.16 * v * np.array([1.0, 0.9, 0.7, 0.5]),
    )[0]  # fmt: skip
    out = out + shell + (0.1 + 0.3 * v) * burst(t, rate, rng, 900.0, 6000.0, 0.003)
    out *= 1.0 - np.exp(-t / 0.0006)
    fade_out(out, rate, 0.15)
    return np.asarray(out)


def whistle(length_s: float) -> Sound:
    """Make a samba whistle: a pea that circles in it parts and bends the tone."""

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        t = seconds(length_s + 0.03, rate)
        pea = np.sin(2.0 * np.pi * float(rng.uniform(29.0, 34.0)) * t + rng.uniform(0.0, 6.28))
        blown = np.clip(t / 0.012, 0.0, 1.0) * np.where(t < length_s, 1.0, 0.0)
        hz = tune * (2250.0 + 130.0 * v) * (0.97 + 0.03 * np.clip(t / 0.02, 0.0, 1.0))
        phase = 2.0 * np.pi * np.cumsum(hz * (1.0 + 0.012 * pea)) / rate
        out = np.sin(phase) + (0.05 + 0.1 * v) * np.sin(2.0 * phase)
        out *= 0.72 + 0.28 * pea
        out += (0.08 + 0.1 * v) * band_noise(len(t), rate, rng, low_hz=1800.0, high_hz=6500.0)
        out = np.convolve(blown, np.hanning(rate // 150), "same") / (rate / 300.0) * out
        fade_out(out, rate, 0.02)
        return np.asarray(out)

    return sound


def cuica(length_s: float, hz: tuple[float, float]) -> Sound:
    """Make a cuica: a stick that is rubbed pulls the head and lets it go, hundreds of times."""

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        t = seconds(length_s + 0.06, rate)
        across = np.clip(t / length_s, 0.0, 1.0)
        curve = tune * hz[0] * (hz[1] / hz[0]) ** (across**0.8)
        curve *= 1.0 + 0.02 * np.sin(2.0 * np.pi * 11.0 * t) * across
        phase = 2.0 * np.pi * np.cumsum(curve) / rate
        highest = min(9, int(0.4 * rate / curve.max()))
        tilt = 1.9 - 0.7 * v
        out = np.zeros(len(t))
        for k in range(1, highest + 1):
            out += k**-tilt * np.sin(k * phase + 0.4 * k)
        grit = band_noise(len(t), rate, rng, low_hz=500.0, high_hz=2500.0)
        out = out * (1.0 + 0.15 * np.clip(grit, -2.0, 2.0)) + 0.05 * grit
        out *= np.clip(t / 0.012, 0.0, 1.0) * np.sin(np.pi * (0.12 + 0.88 * across)) ** 0.6
        fade_out(out, rate, 0.03)
        return np.asarray(out)

    return sound


def machine_conga(hz: float, t60_s: float) -> Sound:
    """Make a machine's conga: one resonator."""

    def sound(kit: Tuning, v: float, tune: float, rate: int, rng: np.random.Generator) -> Signal:
        t = seconds(1.1 * t60_s, rate)
        out = head(t, hz=np.array([hz * tune]), amplitude=np.array([1.0]),
                   t60_s=np.array([t60_s]), glide=0.1 * v, glide_s=0.012)  # fmt: skip
        out += (0.02 + 0.1 * v) * burst(t, rate, rng, 800.0, 3500.0, 0.002)
        out *= 1.0 - np.exp(-t / 0.0008)
        fade_out(out, rate, 0.3 * t60_s)
        return np.asarray(out)

    return sound
