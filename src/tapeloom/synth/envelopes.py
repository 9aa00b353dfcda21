"""How notes begin, end, and how loud they are."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.dsp.filters import Biquads
from tapeloom.dsp.loudness import lufs_to_power
from tapeloom.dsp.stereo import pan_gains
from tapeloom.dsp.weighting import k_weighting

Signal = NDArray[np.float64]

MIN_FADE_S = 0.0015  # shorter fades click


def frames_of(seconds: float, rate: int) -> int:
    """Return a length in whole samples, at least 1."""
    return max(1, round(seconds * rate))


def velocity_gain(velocity: int) -> float:
    """Return the amplitude of a velocity: 1 at 127, -8 dB at 64, -30 dB at 10."""
    return float(max((velocity / 127.0) ** 1.35, 10.0 ** (-34.0 / 20.0)))


def fade(frames: int) -> Signal:
    """Return a raised-cosine rise from 0 to 1."""
    return 0.5 - 0.5 * np.cos(np.pi * (np.arange(frames) + 0.5) / frames)


def fade_in(sound: Signal | Samples, rate: int, seconds: float) -> None:
    """Let the last axis begin from silence, in place."""
    frames = min(frames_of(max(seconds, MIN_FADE_S), rate), sound.shape[-1])
    sound[..., :frames] *= fade(frames)


def fade_out(sound: Signal | Samples, rate: int, seconds: float) -> None:
    """Let the last axis end in silence, in place."""
    frames = min(frames_of(max(seconds, MIN_FADE_S), rate), sound.shape[-1])
    sound[..., sound.shape[-1] - frames :] *= fade(frames)[::-1]


@njit(cache=True, nogil=True)
def finish_kernel(
    out: Samples,
    sound: Signal,
    left: float,
    right: float,
    rise: int,
    held: int,
    damping: float,
    landing: float,
    fall: int,
) -> None:
    """Write a note, shape (1 or 2, n), to `out` (2, n) with its gains, fades and damper.

    rise, fall  samples of the raised cosines at both ends
    held        sample at which the damper sets in
    damping     decay per sample from then on; landing: samples until it is in full force
    """
    frames = out.shape[1]
    second = sound.shape[0] - 1
    gain = 1.0
    lift = 1.0
    lifting = np.exp(-1.0 / landing)
    for n in range(frames):
        if n >= held:
            lift = lift * lifting if lift > 1e-9 else 0.0  # denormals are slow
            x = damping * (1.0 - lift)
            gain = gain * (1.0 - x * (1.0 - 0.5 * x)) if gain > 1e-12 else 0.0
        g = gain
        if n < rise:
            g *= 0.5 - 0.5 * np.cos(np.pi * (n + 0.5) / rise)
        if n >= frames - fall:
            g *= 0.5 - 0.5 * np.cos(np.pi * (frames - n - 0.5) / fall)
        out[0, n] = left * g * sound[0, n]
        out[1, n] = right * g * sound[second, n]


def finish(
    sound: Signal,
    rate: int,
    *,
    gain: float = 1.0,
    pan: float = 0.0,
    rise_s: float,
    held_s: float,
    release_s: float,
    fall_s: float = 0.02,
) -> Samples:
    """Return a whole note, shape (2, n), from its raw sound of shape (n,) or (2, n).

    rise_s     length of the fade at its beginning
    held_s     when the damper falls; it takes a few milliseconds to land
    release_s  time in which the damper silences it by 60 dB
    fall_s     length of the fade at its end
    """
    sound = sound if sound.ndim == 2 else sound[None]
    frames = sound.shape[1]
    out = np.empty((2, frames), np.float32)
    left, right = pan_gains(pan)
    finish_kernel(
        out,
        sound,
        gain * left,
        gain * right,
        min(frames_of(max(rise_s, MIN_FADE_S), rate), frames),
        min(frames_of(held_s, rate), frames),
        float(np.log(1000.0)) / (release_s * rate),
        0.006 * rate,
        min(frames_of(max(fall_s, MIN_FADE_S), rate), frames),
    )
    return out


def ended(sound: Signal, *, rate: int, gain: float, rise_s: float, fall_s: float = 0.02) -> Samples:
    """Return a note that has its own beginning and end, shape (2, n), from (n,) or (2, n).

    Both ends are faded, so that nothing is left of them.
    """
    rows = sound if sound.ndim == 2 else np.stack([sound, sound])
    out = (gain * rows).astype(np.float32)
    fade_in(out, rate, rise_s)
    fade_out(out, rate, fall_s)
    return out


def level_gain(sound: Signal, rate: int, *, rms: float, window_s: float = 0.12) -> float:
    """Return the gain that gives the first `window_s` of a note this root mean square.

    Every pitch is then equally loud, whatever its strings and body did.
    """
    head = sound[..., : frames_of(window_s, rate)]
    measured = float(np.sqrt(np.mean(head**2)))
    return rms / measured if measured > 1e-9 else 0.0


def loudness_gain(sound: Signal, rate: int, *, lufs: float, window_s: float = 0.4) -> float:
    """Return the gain that gives the first `window_s` of a note this loudness (ITU-R BS.1770).

    sound  shape (2, n) or (n,); one row is heard in both channels
    """
    head = np.atleast_2d(sound)[:, : frames_of(window_s, rate)]
    weighted = Biquads(k_weighting(rate), channels=len(head)).process(head)
    power = 2.0 * float(np.mean(weighted**2))
    return float(np.sqrt(lufs_to_power(lufs) / power)) if power > 1e-18 else 0.0


def stereo(mono: Signal, pan: float) -> Signal:
    """Place a mono signal, shape (2, n)."""
    left, right = pan_gains(pan)
    return np.stack([mono * left, mono * right])
