"""A kit: a pool of hits from modes and noise, through a sampler, in a room."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.seed import stream
from tapeloom.dsp.stereo import pan_gains
from tapeloom.synth.envelopes import fade_in, fade_out, frames_of, stereo
from tapeloom.synth.kit_table import Sound, Tuning
from tapeloom.synth.oscillators import Signal, band_pass, fast_size
from tapeloom.synth.patch import Build, Values
from tapeloom.synth.voice import Manner, Voice
from tapeloom.theory.instruments import DRUMS, PERCUSSION

LAYERS = 6  # strengths that are synthesised; between them only the level changes
VARIANTS = 4  # hits of each strength, so that no two in a row need be the same
CLEAN_BITS = 16.0

# What plays a key that has no sound of its own: its nearest, and how much higher.
NEAREST: dict[int, tuple[str, float]] = {
    31: ("rim", 1.5), 35: ("kick", 0.9), 41: ("tom", 0.72), 43: ("tom", 0.82), 45: ("tom", 0.95),
    47: ("tom", 1.1), 48: ("tom", 1.28), 50: ("tom", 1.5), 52: ("crash", 0.85), 53: ("bell", 1.0),
    55: ("crash", 1.3), 57: ("crash", 0.9), 59: ("ride", 0.9), 82: ("shaker", 1.0),
}  # fmt: skip
_BY_KEY = {key: (name, 1.0) for name, key in (DRUMS | PERCUSSION).items()}

# Ringing -> what stops it, as General MIDI's exclusive classes do.
CHOKES: dict[str, frozenset[str]] = {
    "open_hat": frozenset({"closed_hat", "pedal_hat", "open_hat"}),
    "open_triangle": frozenset({"mute_triangle", "open_triangle"}),
    "long_guiro": frozenset({"guiro", "long_guiro"}),
    "open_conga": frozenset({"mute_conga"}),
    "long_whistle": frozenset({"whistle", "long_whistle"}),
    "open_cuica": frozenset({"mute_cuica", "open_cuica"}),
}


def drum_of(key: int) -> tuple[str, float]:
    """Return the drum that plays a key, and its tuning as a factor; every key has one.

    >>> drum_of(36), drum_of(45), drum_of(0), drum_of(127)
    (('kick', 1.0), ('tom', 0.95), ('kick', 1.0), ('shaker', 1.0))
    """
    if key in _BY_KEY:
        return _BY_KEY[key]
    return NEAREST.get(key, ("kick" if key < 40 else "shaker", 1.0))


@dataclass(frozen=True, slots=True)
class Piece:
    """One drum of a kit: what it sounds like and where it stands."""

    sound: Sound
    level: float  # peak of a hit at full velocity, before the room
    pan: float  # -1..1
    room: float  # amplitude of the room against the drum
    held: tuple[tuple[float, Sound], ...] = ()  # up to so many seconds another sound, if held


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Everything that a kit has, compared as one thing."""

    by_name: Mapping[str, Piece]

    def of(self, name: str, duration_s: float) -> tuple[Piece, int]:
        """Return a piece, and which of its sounds a note of this length has."""
        piece = self.by_name[name]
        for i, (longest_s, _) in enumerate(piece.held):
            if duration_s <= longest_s:
                return piece, i
        return piece, len(piece.held)


@dataclass(frozen=True, slots=True)
class Kit:
    """The drums of one record."""

    seed: int  # of the pool of hits
    pieces: Pieces
    tuning: Tuning
    manner: Manner = Manner()
    tail_s: float = 3.5

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a hit stops another: any hat stops the open one."""
        return drum_of(struck)[0] in CHOKES.get(drum_of(ringing)[0], frozenset())

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole hit, shape (2, n); only a brush's sweep depends on how long it is held."""
        variant = int(rng.integers(VARIANTS))
        level_db = float(rng.normal(0.0, 0.5))
        # A strength near its own: no velocity is where the colour changes at once.
        strength = velocity * LAYERS / 128.0 + float(rng.uniform(-0.4, 0.4))
        layer = min(max(int(strength), 0), LAYERS - 1)
        middle = (layer + 0.5) / LAYERS
        # The hit carries its layer's strength; the rest of the velocity is plain level.
        gain = ((velocity / 127.0) / middle) ** 1.3 * 10.0 ** (level_db / 20.0)
        key = round(pitch)
        length = self.pieces.of(drum_of(key)[0], duration_s)[1]
        sound: Samples = hit(self, key, length, layer, variant, rate)
        return sound * np.float32(gain)


def kit_build(pieces: Pieces) -> Build:
    """Return what builds a kit of these pieces from the values of its table."""

    def build(values: Values, rng: np.random.Generator) -> Voice:
        return Kit(int(rng.integers(2**31)), pieces, Tuning(**values))

    return build


@lru_cache(maxsize=320)
def hit(kit: Kit, key: int, length: int, layer: int, variant: int, rate: int) -> Samples:
    """Return one hit of the pool, shape (2, n).

    length  which of the drum's sounds, of those for notes held longer and longer
    """
    name, tune = drum_of(key)
    piece, tuning = kit.pieces.by_name[name], kit.tuning
    strength = (layer + 0.5) / LAYERS
    rng = stream(kit.seed, key, layer, variant, *([length] if piece.held else []))
    sound = piece.held[length][1] if length < len(piece.held) else piece.sound
    raw = sound(tuning, strength, tune * float(np.exp(rng.normal(0.0, 0.006))), rate, rng)
    raw = raw / max(float(np.abs(raw).max()), 1e-9)
    # Parallel compression: a driven copy lifts the body of the hit under its peak.
    raw = 0.75 * raw + 0.25 * _driven(raw, tuning)
    dusty = _sampled(raw, rate, tuning, dust_hz=tuning.dust_hz * (0.8 + 0.3 * strength))
    fade_in(dusty, rate, 0.0)
    fade_out(dusty, rate, 0.02)
    dusty /= max(float(np.abs(dusty).max()), 1e-9)
    out = _in_room(stereo(dusty, piece.pan), kit, rate, amount=tuning.room * piece.room)
    # The room adds to the peak by chance: no hit may stand out for it.
    side = max(pan_gains(piece.pan))
    out *= piece.level * side * strength**1.3 / max(float(np.abs(out).max()), 1e-9)
    out.setflags(write=False)
    return out


def _driven(raw: Signal, tuning: Tuning) -> Signal:
    """Drive a hit into a soft ceiling; a clean kit's at twice the rate, so that nothing folds."""
    if tuning.bits < CLEAN_BITS:
        return np.asarray(np.tanh(tuning.drive * raw) / np.tanh(tuning.drive))
    size = fast_size(len(raw) + 256)
    wide = np.fft.irfft(np.fft.rfft(raw, size), 2 * size) * 2.0
    driven = np.tanh(tuning.drive * wide) / np.tanh(tuning.drive)
    back = np.fft.irfft(np.fft.rfft(driven)[: size // 2 + 1], size) * 0.5
    return np.asarray(back[: len(raw)])


def _sampled(raw: Signal, rate: int, tuning: Tuning, *, dust_hz: float) -> Signal:
    """Sample at the kit's rate and bits, hold each sample, and smooth the steps away."""
    share = min(tuning.sampler_hz / rate, 1.0)
    held = band_pass(raw, rate, high_hz=0.42 * tuning.sampler_hz) if share < 1.0 else raw
    if share < 1.0:
        slot = np.floor(np.arange(len(raw)) * share)
        held = np.interp(slot / share, np.arange(len(raw)), held)
    if tuning.bits < CLEAN_BITS:
        steps = 0.9 * 2.0 ** (tuning.bits - 1.0)  # on each side of zero
        held = np.round(held * steps) / steps
    return band_pass(held, rate, high_hz=dust_hz, order=2)


def _in_room(dry: Signal, kit: Kit, rate: int, *, amount: float) -> Samples:
    """Add the room, shape (2, n + room)."""
    if amount <= 0.0:
        return dry.astype(np.float32)
    room = _room(kit.seed, kit.tuning.room_s, rate)
    length = dry.shape[1] + room.shape[1] - 1
    size = fast_size(length)
    spectrum = np.fft.rfft(dry.mean(axis=0), size) * np.fft.rfft(room, size, axis=1)
    wet = np.fft.irfft(spectrum, size, axis=1)[:, :length]
    wet = amount * np.asarray(wet, np.float64)
    wet[:, : dry.shape[1]] += dry
    fade_out(wet, rate, 0.05)
    return wet.astype(np.float32)


@lru_cache(maxsize=8)
def _room(seed: int, t60_s: float, rate: int) -> Signal:
    """Return the impulse response of a damped room, shape (2, n), energy about 1."""
    rng = stream(seed, "room")
    frames = frames_of(1.1 * t60_s, rate)
    t = np.arange(frames) / rate
    diffuse = rng.standard_normal((2, frames)) * np.exp(-np.log(1000.0) * t / t60_s)
    diffuse *= 1.0 - np.exp(-t / 0.008)
    response = band_pass(diffuse, rate, low_hz=180.0, high_hz=4200.0)
    response /= np.sqrt(np.mean(np.sum(response**2, axis=1)))
    for _ in range(6):
        at = frames_of(float(rng.uniform(0.003, 0.022)), rate)
        response[int(rng.integers(2)), min(at, frames - 1)] += 0.35 * float(rng.choice([-1.0, 1.0]))
    fade_out(response, rate, 0.1 * t60_s)
    return response
