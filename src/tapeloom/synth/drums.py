"""Dusty kit: drums from modes and noise, sampled the way of an early twelve-bit machine."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.seed import stream
from tapeloom.synth.drum_sounds import SOUNDS, Tuning
from tapeloom.synth.envelopes import fade_in, fade_out, frames_of, stereo
from tapeloom.synth.oscillators import Signal, band_pass
from tapeloom.synth.voice import Manner
from tapeloom.theory.instruments import DRUMS

LAYERS = 6  # strengths that are synthesised; between them only the level changes
VARIANTS = 4  # hits of each strength, so that no two in a row need be the same
SAMPLER_HZ = 26_040.0
STEPS = 2_048.0  # on each side of zero: 12 bits


@dataclass(frozen=True, slots=True)
class Drum:
    """How one drum of the kit is placed."""

    level: float  # peak of a hit at full velocity, before the room
    pan: float  # -1..1
    room: float  # amplitude of the room against the drum


PLACES: dict[str, Drum] = {
    "kick": Drum(0.46, 0.0, 0.05),
    "snare": Drum(0.34, 0.0, 0.16),
    "rim": Drum(0.24, -0.06, 0.2),
    "clap": Drum(0.26, 0.05, 0.22),
    "brush": Drum(0.17, -0.05, 0.16),
    "tom": Drum(0.34, -0.12, 0.14),
    "closed_hat": Drum(0.125, 0.22, 0.08),
    "pedal_hat": Drum(0.10, 0.22, 0.08),
    "open_hat": Drum(0.12, 0.22, 0.1),
    "crash": Drum(0.16, -0.25, 0.12),
    "ride": Drum(0.12, -0.3, 0.1),
    "shaker": Drum(0.085, 0.35, 0.1),
}

# What a kit without the very drum plays for a General MIDI key: its nearest, and how much higher.
NEAREST: dict[int, tuple[str, float]] = {
    35: ("kick", 0.9), 41: ("tom", 0.72), 43: ("tom", 0.82), 45: ("tom", 0.95), 47: ("tom", 1.1),
    48: ("tom", 1.28), 50: ("tom", 1.5), 52: ("crash", 0.85), 53: ("ride", 1.15),
    54: ("shaker", 1.1), 55: ("crash", 1.3), 56: ("rim", 0.8), 57: ("crash", 0.9),
    58: ("brush", 0.8), 59: ("ride", 0.9), 60: ("tom", 2.3), 61: ("tom", 1.8), 62: ("tom", 1.9),
    63: ("tom", 1.6), 64: ("tom", 1.2), 65: ("tom", 1.9), 66: ("tom", 1.4), 67: ("rim", 1.2),
    68: ("rim", 0.9), 69: ("shaker", 0.9), 71: ("shaker", 1.3), 72: ("shaker", 1.2),
    73: ("brush", 1.2), 74: ("brush", 1.0), 75: ("rim", 1.4), 76: ("rim", 1.1), 77: ("rim", 0.8),
    78: ("brush", 1.1), 79: ("brush", 0.9), 80: ("closed_hat", 1.2), 81: ("open_hat", 1.2),
}  # fmt: skip
_BY_KEY = {key: (name, 1.0) for name, key in DRUMS.items()}
_HATS = {DRUMS["closed_hat"], DRUMS["pedal_hat"], DRUMS["open_hat"], 80, 81}


def drum_of(key: int) -> tuple[str, float]:
    """Return the drum that plays a key, and its tuning as a factor; every key has one.

    >>> drum_of(36), drum_of(45), drum_of(0), drum_of(127)
    (('kick', 1.0), ('tom', 0.95), ('kick', 1.0), ('shaker', 1.0))
    """
    if key in _BY_KEY:
        return _BY_KEY[key]
    return NEAREST.get(key, ("kick" if key < 40 else "shaker", 1.0))


@dataclass(frozen=True, slots=True)
class DustyKit:
    """A small dry kit, resampled at 26.04 kHz and 12 bits, in a small room."""

    seed: int  # of the pool of hits
    tuning: Tuning
    dust_hz: float  # low-pass behind the sampler
    drive: float  # of the parallel compression
    room_s: float  # reverberation time of the room
    manner: Manner
    tail_s: float = 3.0

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a hit stops another: any hat stops the open one."""
        return drum_of(ringing)[0] == "open_hat" and struck in _HATS

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole hit, shape (2, n); how long the key is held doesn't matter."""
        variant = int(rng.integers(VARIANTS))
        level_db = float(rng.normal(0.0, 0.5))
        layer = min(LAYERS - 1, velocity * LAYERS // 128)
        middle = (layer + 0.5) / LAYERS
        # The hit carries its layer's strength; the rest of the velocity is plain level.
        gain = ((velocity / 127.0) / middle) ** 1.3 * 10.0 ** (level_db / 20.0)
        sound: Samples = hit(self, pitch, layer, variant, rate)
        return sound * np.float32(gain)


@lru_cache(maxsize=320)
def hit(kit: DustyKit, key: int, layer: int, variant: int, rate: int) -> Samples:
    """Return one hit of the pool, shape (2, n)."""
    name, tune = drum_of(key)
    place = PLACES[name]
    strength = (layer + 0.5) / LAYERS
    rng = stream(kit.seed, key, layer, variant)
    raw = SOUNDS[name](
        kit.tuning, strength, tune * float(np.exp(rng.normal(0.0, 0.006))), rate, rng
    )
    raw = raw / max(float(np.abs(raw).max()), 1e-9)
    # Parallel compression: a driven copy lifts the body of the hit under its peak.
    raw = 0.75 * raw + 0.25 * np.tanh(kit.drive * raw) / np.tanh(kit.drive)
    dusty = _sampled(raw, rate, dust_hz=kit.dust_hz * (0.8 + 0.3 * strength))
    dusty *= place.level * strength**1.3 / max(float(np.abs(dusty).max()), 1e-9)
    fade_in(dusty, rate, 0.0005 if name in ("kick", "snare", "rim") else 0.001)
    fade_out(dusty, rate, 0.02)
    out = _in_room(stereo(dusty, place.pan), kit, rate, amount=place.room)
    out.setflags(write=False)
    return out


def _sampled(raw: Signal, rate: int, *, dust_hz: float) -> Signal:
    """Sample at 26.04 kHz and 12 bits, hold each sample, and smooth the steps away."""
    before = band_pass(raw, rate, high_hz=11_000.0)
    slot = np.floor(np.arange(len(raw)) * min(SAMPLER_HZ / rate, 1.0))
    held = np.interp(slot / min(SAMPLER_HZ / rate, 1.0), np.arange(len(raw)), before)
    coarse = np.round(held * 0.9 * STEPS) / (0.9 * STEPS)
    return band_pass(coarse, rate, high_hz=dust_hz, order=2)


def _in_room(dry: Signal, kit: DustyKit, rate: int, *, amount: float) -> Samples:
    """Add the room, shape (2, n + room)."""
    room = _room(kit.seed, kit.room_s, rate)
    length = dry.shape[1] + room.shape[1] - 1
    size = 1 << (length - 1).bit_length()
    spectrum = np.fft.rfft(dry.mean(axis=0), size) * np.fft.rfft(room, size, axis=1)
    wet = np.fft.irfft(spectrum, size, axis=1)[:, :length]
    wet = amount * np.asarray(wet, np.float64)
    wet[:, : dry.shape[1]] += dry
    fade_out(wet, rate, 0.05)
    return wet.astype(np.float32)


@lru_cache(maxsize=8)
def _room(seed: int, t60_s: float, rate: int) -> Signal:
    """Return the impulse response of a small damped room, shape (2, n), energy about 1."""
    rng = stream(seed, "room")
    frames = frames_of(1.1 * t60_s, rate)
    t = np.arange(frames) / rate
    diffuse = rng.standard_normal((2, frames)) * np.exp(-np.log(1000.0) * t / t60_s)
    diffuse *= 1.0 - np.exp(-t / 0.008)
    response = band_pass(diffuse, rate, low_hz=180.0, high_hz=4200.0)
    response /= np.sqrt(np.mean(np.sum(response**2, axis=1)))
    for _ in range(6):
        at = frames_of(float(rng.uniform(0.003, 0.022)), rate)
        response[int(rng.integers(2)), at] += 0.35 * float(rng.choice([-1.0, 1.0]))
    fade_out(response, rate, 0.1 * t60_s)
    return response


def draw_dusty_kit(rng: np.random.Generator, *, brightness: float) -> DustyKit:
    """Draw a dusty kit."""
    return DustyKit(
        seed=int(rng.integers(2**31)),
        tuning=Tuning(
            kick_hz=rng.uniform(45.0, 56.0),
            snare_hz=rng.uniform(168.0, 205.0),
            hat_hz=rng.uniform(340.0, 430.0),
            crispness=float(np.clip(rng.uniform(0.2, 0.5) + 0.5 * brightness, 0.0, 1.0)),
        ),
        dust_hz=rng.uniform(6800.0, 7600.0) + 1500.0 * brightness,
        drive=rng.uniform(3.0, 6.0),
        room_s=rng.uniform(0.25, 0.4),
        manner=Manner(),
    )
