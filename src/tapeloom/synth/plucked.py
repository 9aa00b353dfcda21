"""Plucked strings as their partials: any guitar, bass or harp that a table describes.

A string pulled aside at a part b of its length and let go has partials of displacement
sin(k pi b) / k^2. The bridge feels k times that; a magnetic pickup at a part p hears their speed
where it stands, sin(k pi p) / k times that (T. Rossing and N. Fletcher, "The Physics of Musical
Instruments", 2nd edition, 1998, chapter 2). The finger rounds the corner that it pulls, which
softens the highest, less so when it pulls hard.
"""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.envelopes import fade_in, fade_out, frames_of
from tapeloom.synth.modes import (
    falls,
    measured_frames,
    note_frames,
    planes,
    stiff_partials,
    whole_note,
)
from tapeloom.synth.oscillators import Signal, band_noise, band_pass
from tapeloom.synth.voice import Manner
from tapeloom.synth.wood import Wood, contact

LONGEST_S = 18.0  # no string rings longer


def string_of(open_pitches: tuple[int, ...], pitch: float) -> int:
    """Return the string on which a pitch is played: the highest that reaches down to it.

    >>> string_of((40, 45, 50, 55, 59, 64), 57)
    3
    """
    return max([i for i, low in enumerate(open_pitches) if low <= pitch + 1e-6], default=0)


def one_string(open_pitches: tuple[int, ...], ringing: int, struck: int) -> bool:
    """Tell whether a pluck ends what rings: it needs the same string.

    What lies a third or more apart a hand can take on two strings.

    >>> guitar = (40, 45, 50, 55, 59, 64)
    >>> one_string(guitar, 60, 62), one_string(guitar, 59, 62), one_string(guitar, 64, 63)
    (True, False, False)
    """
    if ringing == struck:
        return True
    near = abs(ringing - struck) <= 2
    strings = string_of(open_pitches, ringing), string_of(open_pitches, struck)
    return bool(open_pitches) and near and strings[0] == strings[1]


@dataclass(frozen=True, slots=True)
class Strings:
    """What the strings of an instrument are made of, and how they fall silent."""

    open: tuple[int, ...]  # MIDI pitches of the open strings, rising; nothing: one for each pitch
    B: tuple[float, ...]  # stiffness of each open string; one value: of middle C, twice an octave
    t60_s: float  # of the fundamental at MIDI pitch `at`
    at: int
    halves: float  # semitones upwards in which it halves
    bright_hz: float  # a partial here ...
    bright_s: float  # ... takes this long to fall by 60 dB
    split_cents: float = 0.5  # between the two planes
    quick: float = 0.5  # how long the quick plane rings, as a part of the other
    lasting: float = 0.4  # what lasts

    def stiffness(self, pitch: float) -> float:
        """Return B of the string at a pitch: a shorter string is a stiffer one."""
        if not self.open:
            return float(self.B[0] * 2.0 ** ((pitch - 60.0) / 12.0))
        i = string_of(self.open, pitch)
        return float(self.B[i] * 4.0 ** (max(pitch - self.open[i], 0.0) / 12.0))


@dataclass(frozen=True, slots=True)
class Plucked:
    """A plucked instrument with the parameters drawn for this record."""

    strings: Strings
    wood: Wood
    position: float  # of the finger, as a part of the string
    finger_s: float  # how long the corner takes to pass the finger, at full strength
    pickup: float  # place of the pickup as a part of the open string
    body: float  # 0: the pickup alone is heard, 1: the wood alone
    noise: float  # of the finger or the pick, against the string
    noise_hz: tuple[float, float]
    knock: float  # of the body, against the string
    mute: float  # 0 open .. 1 under the palm
    decay: float  # stretches the ring
    release_s: float  # in which a damped string falls by 60 dB
    lift: float  # noise of the finger that lets go, against the string
    manner: Manner
    tail_s: float
    lufs: float = -20.0
    to_hz: float = 9000.0  # no partial above
    tilt: float = 0.0  # what the wood radiates more of, per octave from 250 Hz to 4 kHz, in octaves
    width: float = 0.0  # how far the lowest and the highest stand apart
    second: float = 0.0  # place of a second pickup
    blend: float = 0.0  # how much of it is added; below 0: against the first
    drive: float = 0.0  # how far the amplifier rounds the peaks of the loudest notes, 0..1
    alone: bool = False  # one note at a time, whatever the string

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a pluck stops what rings: where both are on one string."""
        return self.alone or one_string(self.strings.open, ringing, struck)

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = min(midi_to_hz(pitch), 0.4 * rate)
        v = velocity / 127.0
        place, strength, side = rng.normal(0.0, 1.0, 3)
        hz, t60_s = self._partials(f, pitch, rate)
        frames = note_frames(duration_s, self.tail_s, float(t60_s[0]), rate)
        long = measured_frames(frames, rate)
        amplitude = self._heard(hz, pitch, v, place=place, strength=strength)
        amplitude = amplitude * np.exp(rng.normal(0.0, 0.09, len(hz)))
        strings = self.strings
        sound = planes(
            long,
            rate,
            hz=hz,
            amplitude=amplitude,
            t60_s=t60_s,
            quick=strings.quick,
            lasting=strings.lasting,
            split_cents=strings.split_cents,
            phase=self.body * self.wood.phase(hz),
        )
        peak = float(np.abs(sound[:, : frames_of(0.05, rate)]).max())
        if self.drive > 0.0:
            # A cube spreads a band that ends at to_hz over three times that: nothing folds back.
            x = np.clip(sound / peak, -1.0, 1.0)
            sound = peak * (x - 0.33 * self.drive * (0.2 + 0.8 * v) * x * x * x)
        self._add_touch(sound, rate, rng, v=v, peak=peak)
        out = whole_note(
            sound,
            rate,
            frames=frames,
            velocity=velocity,
            lufs=self.lufs,
            held_s=duration_s,
            release_s=self.release_s,
            pan=float(np.clip(self.width * (pitch - 62) / 40.0 + 0.02 * side, -0.6, 0.6)),
        )
        self._add_lift(out, rate, rng, at_s=duration_s, v=v)
        return out

    def _partials(self, f: float, pitch: float, rate: int) -> tuple[Signal, Signal]:
        """Return the partials and how long each rings."""
        strings = self.strings
        # What an amplifier spreads over three times the band must find room below half the rate.
        to_hz = min(self.to_hz, rate / 6.5) if self.drive > 0.0 else self.to_hz
        hz = stiff_partials(f, strings.stiffness(pitch), rate, to_hz=max(to_hz, 1.1 * f))
        whole_s = self.decay * strings.t60_s * 2.0 ** (-(pitch - strings.at) / strings.halves)
        whole_s = min(whole_s, LONGEST_S)
        bright_s = min(self.decay * strings.bright_s, whole_s)
        # The palm takes what it touches: the whole string, and the highest most.
        whole_s = whole_s ** (1.0 - self.mute) * min(whole_s, 0.42) ** self.mute
        bright_s = bright_s ** (1.0 - self.mute) * min(bright_s, 0.06) ** self.mute
        return hz, falls(
            hz, t60_s=whole_s, at_hz=max(strings.bright_hz, 1.5 * f), at_t60_s=bright_s
        )

    def _heard(
        self, hz: Signal, pitch: float, v: float, *, place: float, strength: float
    ) -> Signal:
        """Return how much of each partial is heard left and right, shape (2, len(hz))."""
        k = np.arange(1.0, len(hz) + 1.0)
        strings = self.strings
        open_at = strings.open[string_of(strings.open, pitch)] if strings.open else pitch
        # A stopped string is shorter, but finger and pickup stay where they are.
        shorter = 2.0 ** (max(pitch - open_at, 0.0) / 12.0)
        position = float(np.clip(self.position * shorter**0.5 + 0.012 * place, 0.05, 0.49))
        finger_s = self.finger_s * max(v, 0.08) ** -1.1 * (1.0 + 0.06 * strength)
        finger_s *= 1.0 + 1.5 * self.mute
        pull = _node(np.sin(np.pi * k * position)) / k * contact(hz, finger_s)
        pickup = np.sin(np.pi * k * min(self.pickup * shorter, 0.5))
        if self.blend != 0.0:
            pickup = pickup + self.blend * np.sin(np.pi * k * min(self.second * shorter, 0.5))
        pickup = _node(pickup)
        wood = self.wood.response(hz) * (np.clip(hz, 250.0, 4000.0) / 250.0) ** self.tilt
        heard = pull * ((1.0 - self.body) * pickup + self.body * wood)
        return np.asarray(0.04 * heard / np.abs(heard).max())

    def _add_touch(
        self, sound: Signal, rate: int, rng: np.random.Generator, *, v: float, peak: float
    ) -> None:
        """Add the finger's or pick's noise and the body's knock, in place."""
        head = min(frames_of(0.022, rate), sound.shape[1])
        low_hz, high_hz = self.noise_hz
        skin = band_noise(head, rate, rng, low_hz=low_hz, high_hz=high_hz)
        skin *= np.exp(-np.arange(head) / (0.005 * rate))
        fade_out(skin, rate, 0.006)
        sound[:, :head] += self.noise * (0.5 + 0.5 * v) * peak * skin
        if self.knock > 0.0:
            frames = min(frames_of(0.25, rate), sound.shape[1])
            knock = self.wood.knock(frames, rate, rng, contact_s=2.0 * self.finger_s)
            fade_out(knock, rate, 0.05)
            sound[:, :frames] += self.knock * peak * knock

    def _add_lift(
        self, out: Samples, rate: int, rng: np.random.Generator, *, at_s: float, v: float
    ) -> None:
        """Add the finger that comes back to the string, in place."""
        start = frames_of(at_s, rate)
        frames = min(frames_of(0.045, rate), out.shape[1] - start)
        if frames < 64:
            return
        # Flesh that comes to rest is dull, whatever the stroke was.
        noise = band_noise(frames, rate, rng, low_hz=180.0, high_hz=0.2 * self.noise_hz[1])
        noise = band_pass(noise, rate, high_hz=0.3 * self.noise_hz[1])
        noise *= np.exp(-np.arange(frames) / (0.009 * rate))
        fade_in(noise, rate, 0.003)
        fade_out(noise, rate, 0.012)
        level = 0.03 * float(np.abs(out).max()) * (0.4 + 0.6 * v)
        level += 0.5 * float(np.abs(out[:, max(0, start - 512) : start + 1]).max())
        out[:, start : start + frames] += (self.lift * level * noise).astype(np.float32)


def _node(shape: Signal) -> Signal:
    """Let a partial with a node sound a little: fingers and pickups are no points."""
    return np.asarray(np.copysign(np.sqrt(shape**2 + 0.002), shape))
