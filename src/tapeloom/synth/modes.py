"""What rings: the partials of strings and bars, how they fall, and a whole note made of them."""

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.dsp.stereo import pan_gains
from tapeloom.synth.envelopes import finish, frames_of, loudness_gain, velocity_gain
from tapeloom.synth.oscillators import Signal, ring

MEASURED_S = 0.42  # a note's level is set by its first 400 ms, however soon it is let go
BAND = 0.44  # of the rate: no partial lies above


def stiff_partials(hz: float, B: float, rate: int, *, to_hz: float, most: int = 90) -> Signal:
    """Return the partials of a stiff string whose first is at `hz`: k hz sqrt((1 + B k^2)/(1 + B)).

    H. Fletcher, E. Blackham and R. Stratton, "Quality of piano tones", JASA, 1962.
    """
    k = np.arange(1.0, most + 1.0)
    found = k * hz * np.sqrt((1.0 + B * k**2) / (1.0 + B))
    heard = found < min(to_hz, BAND * rate)
    heard[0] = True
    return np.asarray(found[heard])


def falls(hz: Signal, *, t60_s: float, at_hz: float, at_t60_s: float, power: float = 1.0) -> Signal:
    """Return the time in which each partial falls by 60 dB: t60_s for the first, less above.

    The rate of decay grows with frequency as b1 + b3 f^power, so that a partial at `at_hz` takes
    `at_t60_s` (J. Bensa et al., "The simulation of piano string vibration", JASA, 2003, where power
    is 2; plucked strings lie nearer 1).
    """
    extra = max(1.0 / at_t60_s - 1.0 / t60_s, 0.0)
    over = np.maximum(hz**power - hz[0] ** power, 0.0)
    span = max(at_hz**power - hz[0] ** power, 0.25 * hz[0] ** power)
    return np.asarray(1.0 / (1.0 / t60_s + extra * over / span))


def planes(
    frames: int,
    rate: int,
    *,
    hz: Signal,
    amplitude: Signal,
    t60_s: Signal,
    quick: float,
    lasting: float,
    split_cents: float,
    phase: Signal,
) -> Signal:
    """Let every partial swing in two planes, shape (2, frames): one sinks into the bridge, one not.

    amplitude    left and right, shape (2, len(hz))
    t60_s        of the lasting plane; the quick one takes this times `quick`
    lasting      part of the amplitude that lasts, 0..1
    split_cents  how far apart they are: they beat
    phase        radians at the first sample, shape (len(hz),)

    G. Weinreich, "Coupled piano strings", JASA, 1977.
    """
    low = 2.0 ** (-lasting * split_cents / 1200.0)
    high = 2.0 ** ((1.0 - lasting) * split_cents / 1200.0)
    left, right = amplitude
    return ring(
        frames,
        rate,
        hz=np.concatenate([hz * low, hz * high]),
        t60_s=np.concatenate([quick * t60_s, t60_s]),
        left=np.concatenate([(1.0 - lasting) * left, lasting * left]),
        right=np.concatenate([(1.0 - lasting) * right, lasting * right]),
        phase=np.tile(phase, 2),
    )


def note_frames(duration_s: float, tail_s: float, t60_s: float, rate: int) -> int:
    """Return how many samples a note has: until its tail ends, or until it has died away."""
    return frames_of(min(duration_s + tail_s, 1.25 * t60_s + 0.2), rate)


def measured_frames(frames: int, rate: int) -> int:
    """Return how many samples must ring so that a note's level can be told."""
    return max(frames, frames_of(MEASURED_S, rate))


def whole_note(
    sound: Signal,
    rate: int,
    *,
    frames: int,
    velocity: int,
    lufs: float,
    held_s: float,
    release_s: float,
    rise_s: float = 0.0015,
    fall_s: float = 0.03,
    pan: float = 0.0,
) -> Samples:
    """Return a note of `frames` samples at its level, with its damper, shape (2, frames).

    lufs  loudness of the first 400 ms at velocity 127, whatever the pitch
    """
    heard = sound[:, : frames_of(MEASURED_S, rate)] * np.array(pan_gains(pan))[:, None]
    gain = loudness_gain(heard, rate, lufs=lufs) * velocity_gain(velocity)
    return finish(
        sound[:, :frames],
        rate,
        gain=gain,
        pan=pan,
        rise_s=rise_s,
        held_s=held_s,
        release_s=release_s,
        fall_s=fall_s,
    )
