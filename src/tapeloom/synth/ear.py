"""One loudness for every note: what a spectrum or a sound weighs to the ear.

The weight is that of ITU-R BS.1770, so that notes that measure alike sound alike in the mix.
"""

import numpy as np
from numpy.typing import NDArray

from tapeloom.dsp.filters import Biquads, frequency_response
from tapeloom.dsp.weighting import k_weighting
from tapeloom.synth.envelopes import frames_of

Signal = NDArray[np.float64]
LEAST = 0.3  # nothing weighs less: what lies below 25 Hz isn't made up for
WINDOW_S = 0.4  # of a momentary loudness (EBU Tech 3341)
FULL = 0.07  # weighted root mean square of a note at velocity 127


def ear_weight(hz: Signal) -> Signal:
    """Return the amplitude with which frequencies count.

    >>> ear_weight(np.array([40.0, 1000.0, 4000.0])).round(2)
    array([0.52, 1.08, 1.57])
    """
    weight = np.abs(frequency_response(k_weighting(192_000), hz, 192_000))
    return np.maximum(weight, LEAST)


def spectrum_level(amplitudes: Signal, hz: Signal) -> Signal:
    """Return the weighted root mean square of sums of sines, of the last axis."""
    return np.asarray(np.sqrt(0.5 * np.sum((amplitudes * ear_weight(hz)) ** 2, axis=-1)))


def sound_level(sound: Signal, rate: int, *, from_s: float = 0.0, until_s: float = 0.3) -> float:
    """Return the weighted root mean square of a stretch of a sound, shape (n,) or (2, n).

    It is heard from its beginning, so that the weighting has settled where the stretch begins.
    """
    heard = np.atleast_2d(sound)[:, : frames_of(until_s, rate)]
    weighted = weigh(heard, rate)
    start = min(int(from_s * rate), weighted.shape[1] - 1)
    plain = np.mean(heard[:, start:] ** 2)
    return float(np.sqrt(max(np.mean(weighted[:, start:] ** 2), LEAST**2 * plain)))


def weigh(sound: Signal, rate: int) -> Signal:
    """Return a sound of shape (channels, n) as the ear weighs it."""
    return Biquads(k_weighting(rate), channels=len(sound)).process(sound)


def loudest(weighted: Signal, rate: int, *, until_s: float, window_s: float = WINDOW_S) -> float:
    """Return the mean square of the loudest window that begins before `until_s`, (channels, n)."""
    power = np.cumsum(np.mean(weighted**2, axis=0))
    width = min(frames_of(window_s, rate), len(power))
    sums = power[width - 1 :].copy()
    sums[1:] -= power[: len(power) - width]
    return float(np.max(sums[: frames_of(until_s, rate)])) / width


def as_loud_as(heard: Signal, asked: Signal, rate: int, *, until_s: float) -> Signal:
    """Return a note, (channels, n), whose loudest moment is as loud as an envelope's, (1, n).

    asked    what the note's weighted level would be if nothing beat or wavered
    until_s  when the note is let go
    """
    # What comes after the last window decides nothing.
    decides = frames_of(until_s, rate) + frames_of(WINDOW_S, rate)
    held = heard[:, :decides]
    found = max(
        loudest(weigh(held, rate), rate, until_s=until_s),
        LEAST**2 * loudest(held, rate, until_s=until_s),
    )
    wanted = loudest(asked[:, :decides], rate, until_s=until_s)
    gain = float(np.sqrt(wanted / max(found, 1e-12)))
    return heard * gain


def ear_gain(sound: Signal, rate: int, *, level: float, window_s: float = 0.3) -> float:
    """Return the gain that brings the first `window_s` of a sound to a weighted level."""
    measured = sound_level(sound, rate, until_s=window_s)
    return level / measured if measured > 1e-9 else 0.0
