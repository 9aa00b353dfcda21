"""Playing samples that a user brings: zones by key and velocity, loops, and an envelope.

What is played comes from files of the user's; ours are made from equations.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.errors import InputError
from tapeloom.dsp.filters import Biquads, low_pass
from tapeloom.dsp.stereo import pan_gains
from tapeloom.synth.envelopes import Signal, fade_in, fade_out, frames_of
from tapeloom.synth.voice import Manner

MAX_SAMPLE_FRAMES = 2**26  # of one sample: 25 minutes at 44.1 kHz
LEVEL = 0.3  # of a full sample at full velocity: the mixer sets the balance
WIDTH = 8  # zero crossings of the sinc on each side
FINE = 512  # table entries between two of them
LONGEST_NOTE_S = 60.0
SILENT_DB = 80.0  # what a release falls by
MAX_RATIO = 32.0  # five octaves up
NO_LOOP, LOOP, LOOP_WHILE_HELD = 0, 1, 2


def _sinc_table() -> Signal:
    x = np.arange(WIDTH * FINE + 2) / FINE
    window = np.where(x < WIDTH, np.i0(8.0 * np.sqrt(np.clip(1 - (x / WIDTH) ** 2, 0, 1))), 0.0)
    return np.asarray(np.sinc(x) * window / np.i0(8.0), np.float64)


SINC = _sinc_table()


@njit(cache=True, nogil=True)
def resample_kernel(
    out: Signal,
    data: NDArray[np.float32],
    table: Signal,
    start: float,
    ratio: float,
    loop_start: int,
    loop_end: int,
    loop_until: int,
) -> int:
    """Write a sample read `ratio` times as fast to `out` (channels, n); return what was written.

    table       half of a windowed sinc; it is stretched where the sample is read faster, so that
                nothing folds back
    loop_until  frame of `out` from which the loop is left; there is none where loop_end is 0
    """
    channels, length = data.shape
    squeeze = 1.0 / ratio if ratio > 1.0 else 1.0
    reach = int(WIDTH / squeeze)
    position = start
    turns = loop_end - loop_start
    wrapped = False
    for n in range(out.shape[1]):
        looping = turns > 0 and n < loop_until
        if looping:
            while position >= loop_end:
                position -= turns
                wrapped = True
        elif position >= length:
            return int(n)
        i = int(position)
        for channel in range(channels):
            y = 0.0
            for k in range(i - reach + 1, i + reach + 1):
                j = k
                if looping and j >= loop_end:
                    j = loop_start + (j - loop_end) % turns
                elif looping and wrapped and j < loop_start:
                    j = loop_end - 1 - (loop_start - 1 - j) % turns
                if 0 <= j < length:
                    x = abs(position - k) * squeeze * FINE
                    m = int(x)
                    if m < table.shape[0] - 1:
                        w = table[m] + (x - m) * (table[m + 1] - table[m])
                        y += w * data[channel, j]
            out[channel, n] = y * squeeze
        position += ratio
    return int(out.shape[1])


@dataclass(frozen=True, slots=True)
class Envelope:
    """The volume over a note: seconds, and the level that a held note falls to, 0..1."""

    delay_s: float = 0.0
    attack_s: float = 0.0
    hold_s: float = 0.0
    decay_s: float = 0.0  # time to fall by 80 dB
    sustain: float = 1.0
    release_s: float = 0.05  # time to fall by 80 dB

    def curve(self, frames: int, held_s: float, rate: int) -> Signal:
        """Return the gain of each sample; attack is straight, decay and release are in decibels."""
        fall = SILENT_DB / 20.0 * np.log(10.0)

        def level(t: Signal) -> Signal:
            rising = np.clip((t - self.delay_s) / max(self.attack_s, 1e-4), 0.0, 1.0)
            since = np.clip(t - self.delay_s - self.attack_s - self.hold_s, 0.0, None)
            falling = np.exp(-fall * since / max(self.decay_s, 1e-3))
            return np.asarray(rising * np.maximum(falling, self.sustain))

        t = np.arange(frames) / rate
        gain = level(np.minimum(t, held_s))
        gain *= np.exp(-fall * np.clip(t - held_s, 0.0, None) / max(self.release_s, 0.008))
        return gain


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """A sample and where it is played."""

    sample: Callable[[], tuple[NDArray[np.float32], int]]  # its data (channels, n), and its rate
    keys: tuple[int, int] = (0, 127)
    velocities: tuple[int, int] = (1, 127)
    root: float = 60.0  # the key at which it is heard as it is
    tune: float = 0.0  # semitones higher
    track: float = 1.0  # semitones a key
    gain_db: float = 0.0
    pan: float = 0.0  # -1..1
    start: int = 0  # samples
    end: int = 0  # 0: where it ends
    loop: int = NO_LOOP
    loop_start: int = 0
    loop_end: int = 0  # the sample after the last
    envelope: Envelope = Envelope()
    cutoff_hz: float = 20_000.0  # of a low-pass at full velocity
    cutoff_cents: float = 0.0  # how much lower it is for the softest note
    velocity_track: float = 1.0  # 0: every note is as loud
    one_shot: bool = False  # it plays to its end
    ends: frozenset[int] = frozenset()  # the groups that it stops
    group: int = 0  # the group that it is in; 0: none
    turn: tuple[int, int] = (0, 1)  # which in a round of how many
    chance: tuple[float, float] = (0.0, 1.0)  # part of the draw in which it is played

    def covers(self, key: int) -> bool:
        """Tell whether a key is in the zone."""
        return self.keys[0] <= key <= self.keys[1]

    def play(self, pitch: float, velocity: int, held_s: float, rate: int) -> Samples:
        """Return a whole note, shape (2, n)."""
        data, own_rate = self.sample()
        data = np.ascontiguousarray(data[:, self.start : self.end or data.shape[1]])
        semitones = self.track * (pitch - self.root) + self.tune
        ratio = float(np.clip(2.0 ** (semitones / 12.0) * own_rate / rate, 1e-3, MAX_RATIO))
        loop_end = min(self.loop_end - self.start, data.shape[1])
        loop_start = max(self.loop_start - self.start, 0)
        looped = self.loop != NO_LOOP and not self.one_shot and loop_end - loop_start >= 2
        plain_s = data.shape[1] / ratio / rate
        end_s = held_s + self.envelope.release_s
        wanted_s = plain_s if self.one_shot else end_s if looped else min(plain_s, end_s)
        frames = frames_of(min(wanted_s, LONGEST_NOTE_S), rate)
        until = frames
        if self.loop == LOOP_WHILE_HELD:
            until = min(frames, frames_of(held_s, rate))
        raw = np.zeros((data.shape[0], frames))
        made = resample_kernel(
            raw, data, SINC, 0.0, ratio, loop_start, loop_end if looped else 0, until
        )
        raw = raw[:, : max(made, 1)]
        raw *= self.envelope.curve(raw.shape[1], LONGEST_NOTE_S if self.one_shot else held_s, rate)
        cents = self.cutoff_cents * (1.0 - velocity / 127.0)
        cutoff_hz = self.cutoff_hz * 2.0 ** (-cents / 1200.0)
        if cutoff_hz < min(0.45 * rate, 19_000.0):
            sections = [low_pass(max(cutoff_hz, 20.0), rate)]
            raw = Biquads(sections, channels=raw.shape[0]).process(raw)
        loudness = (velocity / 127.0) ** (2.0 * self.velocity_track)
        gain = LEVEL * loudness * 10.0 ** (self.gain_db / 20.0)
        left, right = pan_gains(self.pan)
        stereo = gain * np.stack([left * raw[0], right * raw[-1]])
        fade_in(stereo, rate, 0.0)
        fade_out(stereo, rate, 0.006)
        return np.asarray(stereo, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Sampler:
    """A voice of zones."""

    zones: tuple[Zone, ...]
    tail_s: float
    manner: Manner = Manner(pedal=True)

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether one key's group is ended by another's, or the key is struck anew."""
        groups = {zone.group for zone in self.zones if zone.covers(ringing)}
        ended = (zone.ends for zone in self.zones if zone.covers(struck))
        return any(groups & ends for ends in ended)

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        key = round(pitch)
        drawn, turn = float(rng.random()), int(rng.integers(2**30))
        sounds = [
            zone.play(pitch, velocity, duration_s, rate)
            for zone in self.zones
            if zone.covers(key)
            and zone.velocities[0] <= velocity <= zone.velocities[1]
            and zone.chance[0] <= drawn < zone.chance[1]
            and turn % zone.turn[1] == zone.turn[0]
        ]
        out = np.zeros((2, max((s.shape[1] for s in sounds), default=1)), np.float32)
        for sound in sounds:
            out[:, : sound.shape[1]] += sound
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """A choice of who plays: samples, of which nothing is drawn for a record."""

    zones: tuple[Zone, ...]
    tail_s: float

    def draw(self, rng: np.random.Generator, *, brightness: float) -> Sampler:
        """Return the voice."""
        return Sampler(self.zones, self.tail_s)


def sampled(zones: tuple[Zone, ...], lengths_s: tuple[float, ...]) -> Sampled:
    """Return a choice of these zones.

    lengths_s  of each zone's sample
    """
    if not zones:
        raise InputError("there is nothing in it that a key would play")
    longest = max(
        length if zone.one_shot else zone.envelope.release_s
        for zone, length in zip(zones, lengths_s, strict=True)
    )
    return Sampled(zones, float(min(ceil(10.0 * longest) / 10.0 + 0.1, LONGEST_NOTE_S)))


def cents_to_ratio(cents: float) -> float:
    """Return the ratio of an interval, or the seconds of a SoundFont's timecents.

    >>> cents_to_ratio(-1200.0), cents_to_ratio(0.0)
    (0.5, 1.0)
    """
    return exp(cents / 1200.0 * 0.6931471805599453)
