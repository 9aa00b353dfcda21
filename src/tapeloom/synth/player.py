"""What a player does to a held note: how it begins, wavers and breathes.

Curves are given at every CONTROLth sample of a note (`spectra.control_times`). Their wanderings
have no mean, so that the note keeps its pitch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.synth.spectra import CONTROL, control_times, controls

Signal = NDArray[np.float64]


def wander(count: int, rate: int, rng: np.random.Generator, *, hz: float) -> Signal:
    """Return a smooth random curve of about unit variance that turns about `hz` times a second."""
    seconds = count * CONTROL / rate
    knots = rng.standard_normal(int(seconds * 2.0 * hz) + 4)
    place = np.arange(count) * (CONTROL / rate) * 2.0 * hz + rng.uniform()
    i = np.minimum(place.astype(np.int64), len(knots) - 2)
    f = place - i
    f = f * f * (3.0 - 2.0 * f)
    return np.asarray(1.2 * (knots[i] * (1.0 - f) + knots[i + 1] * f), np.float64)


@dataclass(frozen=True, slots=True)
class Vibrato:
    """A vibrato that sets in when the note has been held for a while."""

    rate_hz: float
    depth_cents: float
    delay_s: float  # until it begins
    onset_s: float = 0.4  # in which it grows

    def turns(self, frames: int, rate: int, rng: np.random.Generator) -> tuple[Signal, Signal]:
        """Return its wave and how far it has grown, both at each control value.

        Rate, depth and delay are drawn anew for each note, and rate and depth waver within it.
        """
        t = control_times(frames, rate)
        mean_hz = self.rate_hz * (1.0 + 0.06 * rng.standard_normal())
        speed = mean_hz * (1.0 + 0.05 * wander(len(t), rate, rng, hz=0.9))
        delay_s = self.delay_s * float(np.clip(1.0 + 0.3 * rng.standard_normal(), 0.4, 1.8))
        # A smooth step: a little of it is there from the first.
        grown = 1.0 / (1.0 + np.exp(-8.0 * (t - delay_s - 0.5 * self.onset_s) / self.onset_s))
        # Where it sets in it is at the note's pitch and goes down first.
        angle = 2.0 * np.pi * np.cumsum(speed) * (CONTROL / rate) - 2.0 * np.pi * speed[0] * delay_s
        strength = (1.0 + 0.15 * rng.standard_normal()) * (
            1.0 + 0.18 * wander(len(t), rate, rng, hz=1.3)
        )
        return -np.sin(angle), np.asarray(grown * strength, np.float64)


def pitch_cents(
    frames: int,
    rate: int,
    rng: np.random.Generator,
    *,
    held_s: float,
    scoop_cents: float,
    scoop_s: float,
    drift_cents: float,
    vibrato: Signal,
    power: Signal | None = None,
) -> Signal:
    """Return a held note's pitch in cents about its own, shape (controls(frames),).

    held_s       over which the pitch's mean is the note's
    scoop_cents  where it begins (below: negative); scoop_s: time constant of its way in
    drift_cents  standard deviation of its slow and quick wandering
    vibrato      cents
    power        what the note's loudness does meanwhile: louder moments weigh more in its pitch
    """
    t = control_times(frames, rate)
    scoop = scoop_cents * (1.0 + 0.3 * rng.standard_normal()) * np.exp(-t / scoop_s)
    drift = drift_cents * (
        0.8 * wander(len(t), rate, rng, hz=1.5) + 0.5 * wander(len(t), rate, rng, hz=9.0)
    )
    moved = drift + vibrato
    held = min(max(2, int(held_s * rate / CONTROL)), len(t))
    # The middle of a note says what its pitch is.
    weight = np.sin(np.pi * (np.arange(held) + 0.5) / held) ** 4
    if power is not None:
        weight = weight * power[:held]
    return np.asarray(scoop + moved - np.average(moved[:held], weights=weight), np.float64)


def swell(
    frames: int, rate: int, *, attack_s: float, held_s: float, release_s: float, sag_db: float = 0.0
) -> Signal:
    """Return a blown or bowed note's amplitude, shape (controls(frames),), 0..1.

    attack_s   time to 90 %, a smooth curve
    release_s  time to fall by 60 dB once let go
    sag_db     how far a long note sinks after its beginning, in about half a second
    """
    t = control_times(frames, rate)
    rise = 1.0 - np.exp(-((1.62 * t / attack_s) ** 1.6) * 1.06)
    sag = 10.0 ** (-sag_db / 20.0 * (1.0 - np.exp(-np.maximum(0.0, t - attack_s) / 0.45)))
    late = np.maximum(0.0, t - held_s)
    # The release begins gently: it is a parabola of decibels for its first sixth.
    bend = release_s / 6.0
    fall = np.where(late < bend, late**2 / (2.0 * bend), late - bend / 2.0)
    return np.asarray(rise * sag * np.exp(-np.log(1000.0) * fall / release_s), np.float64)


def upsample(curve: Signal, frames: int) -> Signal:
    """Return a control curve at every sample, shape (frames,).

    >>> upsample(np.array([0.0, 64.0, 0.0]), 3)
    array([0., 1., 2.])
    """
    if len(curve) < controls(frames):
        raise ValueError("a curve is shorter than its note")
    return np.interp(np.arange(frames), np.arange(len(curve)) * CONTROL, curve)
