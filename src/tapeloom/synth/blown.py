"""Notes that are kept sounding by a breath, a bow or bellows: their colours, their noise, their
player.

A note is a moving mixture of spectra, from its softest colour to its loudest one, as loud as the
player makes it and a little late in colour; noise that comes with each period; and a body that
both go through. All colours weigh the same to the ear, so that loudness is the player's alone.

J.-C. Risset and D. Wessel, "Exploration of timbre by analysis and synthesis", in D. Deutsch (ed.),
"The Psychology of Music", 1982, for brightness that follows loudness.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.synth.chorus import apart_hz, pair_turn
from tapeloom.synth.ear import as_loud_as, spectrum_level
from tapeloom.synth.oscillators import band_pass
from tapeloom.synth.player import Vibrato, pitch_cents, swell, upsample, wander
from tapeloom.synth.resonances import Resonances
from tapeloom.synth.spectra import SIZE, control_times, level_weights, mixture_kernel, tables

Signal = NDArray[np.float64]
# Harmonic numbers, the note's frequency and a loudness 0..1 give the harmonics' amplitudes.
Spectrum = Callable[[Signal, float, float], Signal]

COLOURS = 4  # spectra from soft to loud
SHADES_HZ = (1.4, 3.7)  # how fast the spectra that wander about them do
HIGHEST_HZ = 15_000.0


@dataclass(frozen=True, slots=True)
class Gesture:
    """How a player begins, holds and ends a note."""

    attack_s: float  # to 90 %
    release_s: float  # to -60 dB
    scoop_cents: float  # where the pitch begins
    scoop_s: float  # time constant of its way in
    drift_cents: float  # how the pitch wanders
    vibrato: Vibrato
    sway_db: float = 0.0  # how far the vibrato moves the loudness, peak
    lag: float = 1.8  # the colour's attack in terms of the loudness's
    sag_db: float = 0.0  # how far a long note sinks
    shimmer: float = 0.12  # how far the colours wander
    bite: float = 0.0  # brightness of the very beginning
    arc_db: float = 0.0  # how far a long note swells and sinks, standard deviation


@dataclass(frozen=True, slots=True)
class Breath:
    """The noise of the air or the bow, as amplitudes against the tone at full strength."""

    amount: float
    low_hz: float
    high_hz: float
    pulsed: float = 0.5  # how much it comes with the period, 0..1
    softness: float = 0.6  # noise goes with loudness to this power: soft notes are breathy
    chiff: float = 0.0  # the burst at the beginning
    chiff_s: float = 0.03


def colours(
    spectrum: Spectrum,
    hz: float,
    rate: int,
    body: Resonances,
    rng: np.random.Generator,
    *,
    rough: float,
    peaky: float,
) -> Signal:
    """Return a note's tables, (SIZE + 1, COLOURS + 3): the last one is its puff.

    rough  how far harmonics differ from note to note, standard deviation in nepers
    peaky  0 phases by chance .. 1 all together
    """
    count = max(1, min(SIZE // 4, int(min(0.42 * rate, HIGHEST_HZ) / hz)))
    k = np.arange(1.0, count + 1.0)
    loud = np.array([spectrum(k, hz, level) for level in np.linspace(0.0, 1.0, COLOURS)])
    loud *= np.exp(rough * rng.standard_normal(count) * (k > 1.0))
    loud /= spectrum_level(loud * body.amplitude(k * hz, rate), k * hz)[:, None]
    shades = loud[COLOURS // 2] * rng.standard_normal((len(SHADES_HZ), count)) * (k > 1.0)
    phases = (1.0 - peaky) * rng.uniform(-np.pi, np.pi, count)
    puff = (0.5 + 0.5 * np.cos(2.0 * np.pi * np.arange(SIZE + 1) / SIZE)) ** 2
    return np.ascontiguousarray(
        np.concatenate([tables(np.concatenate([loud, shades]), phases), puff[:, None]], axis=1)
    )


@dataclass(frozen=True, slots=True)
class Motion:
    """How a player moves through a note, at each control value."""

    cents: Signal  # about the pitch
    level_db: Signal  # what vibrato and unsteadiness do to the loudness

    @classmethod
    def of(
        cls, gesture: Gesture, frames: int, rate: int, rng: np.random.Generator, *, held_s: float
    ) -> "Motion":
        """Draw a player's motion."""
        wave, grown = gesture.vibrato.turns(frames, rate, rng)
        level_db = gesture.sway_db * wave * grown
        level_db += 2.2 * gesture.shimmer * wander(len(wave), rate, rng, hz=5.0)
        level_db += gesture.arc_db * wander(len(wave), rate, rng, hz=0.7)
        moved = pitch_cents(
            frames, rate, rng, held_s=held_s, power=10.0 ** (level_db / 10.0),
            scoop_cents=gesture.scoop_cents, scoop_s=gesture.scoop_s,
            drift_cents=gesture.drift_cents,
            vibrato=gesture.vibrato.depth_cents * wave * grown,
        )  # fmt: skip
        return cls(moved, level_db)

    def pair(self, other: "Motion") -> tuple["Motion", "Motion"]:
        """Return the motions of two players about this one: one is sharp where one is flat."""
        return (
            Motion(self.cents + other.cents, other.level_db),
            Motion(self.cents - other.cents, other.level_db),
        )


def sustain(
    table: Signal,
    frames: int,
    rate: int,
    rng: np.random.Generator,
    *,
    hz: float,
    loudness: float,
    held_s: float,
    gesture: Gesture,
    motion: Motion,
    cents: float = 0.0,
    start: float | None = None,
) -> tuple[Signal, Signal]:
    """Return what one player plays, before the body, and each period's puff, (frames,) each.

    table     all `colours` of the note, or those of loudness alone: then there is no puff
    loudness  0..1, chooses the colour only: the tone's weighted level is 1
    cents     off the note
    start     cycles at the beginning; by chance if None
    """
    t = control_times(frames, rate)
    curve = {"held_s": held_s, "release_s": gesture.release_s, "sag_db": gesture.sag_db}
    level_db = motion.level_db
    loud = swell(frames, rate, attack_s=gesture.attack_s, **curve) * 10.0 ** (level_db / 20.0)
    late = swell(frames, rate, attack_s=gesture.lag * gesture.attack_s, **curve)
    colour = loudness * late**0.6 * (1.0 + 0.06 * level_db)
    colour += gesture.bite * loudness * np.exp(-t / (1.3 * gesture.attack_s))
    weights = level_weights(colour, COLOURS) * loud[:, None]
    whole = table.shape[1] > COLOURS
    if whole:
        shades = [
            gesture.shimmer * wander(len(t), rate, rng, hz=turns_hz) * loud
            for turns_hz in SHADES_HZ
        ]
        weights = np.concatenate([weights, np.stack(shades, axis=1), np.ones((len(t), 1))], axis=1)
    out = np.zeros((2, frames))
    step = SIZE * hz / rate * 2.0 ** ((motion.cents + cents) / 1200.0)
    origin = rng.uniform() if start is None else start
    mixture_kernel(out, table, np.ascontiguousarray(weights), step, SIZE * origin, int(whole))
    return out[0], out[1]


def breath_noise(
    puff: Signal,
    rate: int,
    rng: np.random.Generator,
    *,
    loudness: float,
    held_s: float,
    gesture: Gesture,
    breath: Breath,
    channels: int = 1,
) -> Signal:
    """Return the noise of a note against a tone of weighted level 1, shape (channels, frames)."""
    frames = len(puff)
    noise = band_pass(
        rng.standard_normal(frames), rate, low_hz=breath.low_hz, high_hz=breath.high_hz
    )
    band = min(breath.high_hz, 0.45 * rate) - breath.low_hz
    noise /= np.sqrt(max(band, 100.0) / (0.5 * rate))
    # Air flows a little before the tone speaks.
    flow = swell(
        frames, rate, attack_s=0.5 * gesture.attack_s, held_s=held_s, release_s=gesture.release_s
    )
    t = control_times(frames, rate)
    burst = breath.chiff * (t / breath.chiff_s) * np.exp(1.0 - t / breath.chiff_s)
    # Against the tone: where that is soft, the noise is less so.
    amount = breath.amount * max(loudness, 0.02) ** (breath.softness - 1.0)
    level = upsample(amount * (flow + burst), frames)
    level *= 1.0 - breath.pulsed + 2.0 * breath.pulsed * puff
    # The same noise from elsewhere in the note is another noise.
    return np.stack([level * np.roll(noise, c * frames // 3) for c in range(channels)])


def play_held(
    spectrum: Spectrum,
    frames: int,
    rate: int,
    rng: np.random.Generator,
    *,
    hz: float,
    loudness: float,
    held_s: float,
    gesture: Gesture,
    breath: Breath,
    body: Resonances,
    rough: float = 0.1,
    peaky: float = 0.0,
) -> Signal:
    """Return a soloist's note of weighted level 1, shape (frames,)."""
    if hz > 0.44 * rate:
        return np.zeros(frames)
    table = colours(spectrum, hz, rate, body, rng, rough=rough, peaky=peaky)
    motion = Motion.of(gesture, frames, rate, rng, held_s=held_s)
    tone, puff = sustain(
        table, frames, rate, rng, hz=hz, loudness=loudness, held_s=held_s, gesture=gesture,
        motion=motion,
    )  # fmt: skip
    noise = breath_noise(
        puff, rate, rng, loudness=loudness, held_s=held_s, gesture=gesture, breath=breath
    )
    heard = body.through(tone[None] + noise, rate)
    loud: Signal = _as_loud_as_asked(heard, rate, gesture=gesture, held_s=held_s)[0]
    return loud


def play_section(
    spectrum: Spectrum,
    frames: int,
    rate: int,
    rng: np.random.Generator,
    *,
    hz: float,
    loudness: float,
    held_s: float,
    gestures: tuple[Gesture, ...],
    cents: tuple[float, ...],
    pans: Signal,
    shares: Signal,
    breath: Breath,
    body: Resonances,
    rough: float = 0.1,
    peaky: float = 0.0,
) -> Signal:
    """Return several players on one note of weighted level about 1, shape (2, frames).

    gestures         of the first player and of each pair; cents: of each player
    pans             gains of left and right, (players, 2)
    shares           amplitude of each player; those after the first come in pairs as many cents
                     sharp as flat, which mirror each other, so that the pitch is the first one's
    """
    if hz > 0.44 * rate:
        return np.zeros((2, frames))
    table = colours(spectrum, hz, rate, body, rng, rough=rough, peaky=peaky)
    plain = np.ascontiguousarray(table[:, :COLOURS])
    out = np.zeros((2, frames))
    origin, turn = rng.uniform(), 0.0
    puff = np.zeros(frames)
    leader = Motion.of(gestures[0], frames, rate, rng, held_s=held_s)
    motions = [leader]
    for gesture in gestures[1:]:
        motions += leader.pair(Motion.of(gesture, frames, rate, rng, held_s=held_s))
    for p, (off, motion) in enumerate(zip(cents, motions, strict=True)):
        if p % 2 == 1:
            turn = pair_turn(abs(apart_hz(hz, off)), rng) * np.sign(off)
        start = origin + (0.0 if p == 0 else turn if p % 2 == 1 else -turn)
        tone, found = sustain(
            plain if p else table, frames, rate, rng, hz=hz, loudness=loudness, held_s=held_s,
            gesture=gestures[(p + 1) // 2], motion=motion, cents=off, start=start % 1.0,
        )  # fmt: skip
        puff = puff if p else found
        out[0] += shares[p] * pans[p, 0] * tone
        out[1] += shares[p] * pans[p, 1] * tone
    first = gestures[0]
    out += breath_noise(
        puff, rate, rng, loudness=loudness, held_s=held_s, gesture=first, breath=breath, channels=2
    )
    return _as_loud_as_asked(body.through(out, rate), rate, gesture=first, held_s=held_s)


def _as_loud_as_asked(heard: Signal, rate: int, *, gesture: Gesture, held_s: float) -> Signal:
    """Return a note of shape (channels, n) whose loudest moment is as loud as a plain note's.

    How a player swells, how sections' phases fall together and what vibrato finds in a body is
    luck; how loud a note is shouldn't be.
    """
    frames = heard.shape[1]
    asked = swell(
        frames, rate, attack_s=gesture.attack_s, held_s=held_s, release_s=gesture.release_s
    )
    return as_loud_as(heard, upsample(asked, frames)[None], rate, until_s=held_s)


def decibels(db: Signal) -> Signal:
    """Return amplitudes of levels.

    >>> decibels(np.array([0.0, -20.0]))
    array([1. , 0.1])
    """
    return np.asarray(10.0 ** (db / 20.0), np.float64)
