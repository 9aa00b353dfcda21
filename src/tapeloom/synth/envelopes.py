"""How notes begin, end, and how loud they are."""

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]

MIN_FADE_S = 0.0015  # shorter fades click


def frames_of(seconds: float, rate: int) -> int:
    """Return a length in whole samples, at least 1."""
    return max(1, round(seconds * rate))


def velocity_gain(velocity: int) -> float:
    """Return the amplitude of a velocity: 1 at 127, -8 dB at 64, -30 dB at 10."""
    return max((velocity / 127.0) ** 1.35, 10.0 ** (-34.0 / 20.0))


def fade(frames: int) -> Signal:
    """Return a raised-cosine rise from 0 to 1."""
    return 0.5 - 0.5 * np.cos(np.pi * (np.arange(frames) + 0.5) / frames)


def fade_in(sound: Signal, rate: int, seconds: float) -> None:
    """Let the last axis begin from silence, in place."""
    frames = min(frames_of(max(seconds, MIN_FADE_S), rate), sound.shape[-1])
    sound[..., :frames] *= fade(frames)


def fade_out(sound: Signal, rate: int, seconds: float) -> None:
    """Let the last axis end in silence, in place."""
    frames = min(frames_of(max(seconds, MIN_FADE_S), rate), sound.shape[-1])
    sound[..., sound.shape[-1] - frames :] *= fade(frames)[::-1]


def damp(sound: Signal, rate: int, *, at_s: float, t60_s: float) -> None:
    """Let the sound die away from a moment on, 60 dB in `t60_s`, in place.

    A damper takes a few milliseconds to land: the decay sets in softly.
    """
    start = min(frames_of(at_s, rate), sound.shape[-1])
    t = np.arange(sound.shape[-1] - start) / rate
    landing = 0.006
    sound[..., start:] *= np.exp(-np.log(1000.0) / t60_s * (t - landing * (1 - np.exp(-t / landing))))


def level(sound: Signal, rate: int, *, rms: float, window_s: float = 0.25) -> Signal:
    """Scale a note so that its first `window_s` has the given root mean square over both channels.

    Every pitch is then equally loud, whatever its strings and body did.
    """
    head = sound[..., : frames_of(window_s, rate)]
    measured = float(np.sqrt(np.mean(head**2)))
    return sound * (rms / measured) if measured > 1e-9 else sound


def pan_gains(pan: float) -> tuple[float, float]:
    """Return the gains of left and right, of constant power, for -1 (left) .. 1 (right)."""
    angle = (pan + 1.0) * np.pi / 4.0
    return float(np.cos(angle)) * 2**0.5, float(np.sin(angle)) * 2**0.5


def stereo(mono: Signal, pan: float) -> Signal:
    """Place a mono signal, shape (2, n)."""
    left, right = pan_gains(pan)
    return np.stack([mono * left, mono * right])
