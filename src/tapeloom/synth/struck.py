"""Struck and plucked metal and wood as modes: bars, tines, tubes, plates and what hits them.

Each mode is a decaying sine. A mallet that stays for a time t leaves out what is much higher than
1 / t, and stays shorter when it strikes harder and where a bar is higher (T. Rossing, "Science of
Percussion Instruments", 2000). Overtones of bars differ from key to key, as they are tuned less
carefully than the lowest mode, and from stroke to stroke with the place that is struck.
"""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.envelopes import fade_in, fade_out, frames_of
from tapeloom.synth.modes import BAND, measured_frames, note_frames, whole_note
from tapeloom.synth.oscillators import Signal, band_noise, ring
from tapeloom.synth.voice import Manner
from tapeloom.synth.wood import Wood, contact


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode of a bar, in terms of the note's pitch and of its lowest mode."""

    ratio: float  # of its frequency to the pitch
    gain: float  # amplitude, before the mallet's spectrum
    ring: float  # how long it rings, as a part of the lowest
    rise_s: float = 0.0  # it grows this slowly, where it takes its swing from others
    stray_cents: float = 0.0  # how far keys differ (standard deviation)


@dataclass(frozen=True, slots=True)
class Struck:
    """An instrument of bars with the parameters drawn for this record."""

    modes: tuple[Mode, ...]
    t60_s: float  # of the lowest mode at MIDI pitch 60
    halves: float  # semitones upwards in which it halves
    mallet_s: float  # contact at full strength on middle C
    grows: float  # how much longer a soft stroke stays: contact ~ velocity^-grows
    thud: float  # noise of the stroke, against the bar
    thud_hz: tuple[float, float]
    thud_s: float  # how fast it falls by 60 dB
    release_s: float  # in which a damper, or what stands for it, silences it by 60 dB
    manner: Manner
    tail_s: float
    pair_cents: float = 0.0  # modes come in pairs that beat, this far apart
    pair: float = 0.35  # amplitude of the second of a pair
    wood: Wood | None = None  # a box or board below
    knock: float = 0.0  # how much of it is heard at each stroke
    off: float = 0.0  # noise as the key goes up
    keys: int = 0  # seed of how keys differ
    width: float = 0.3  # how far the lowest and the highest stand apart
    lufs: float = -22.0
    rise_s: float = 0.0015
    mellow: float = 0.0  # how much the mallet gets softer towards high keys: 0 not, 1 with pitch

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a stroke stops the bar that rings: it lands on the same."""
        return ringing == struck

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        v = velocity / 127.0
        f = min(midi_to_hz(pitch), 0.9 * BAND * rate)
        t60_s = self.t60_s * 2.0 ** (-(pitch - 60) / self.halves)
        t60_s = float(np.clip(t60_s, 0.08, 16.0))
        frames = note_frames(duration_s, self.tail_s, t60_s, rate)
        long = measured_frames(frames, rate)
        sound = self._modes(long, rate, f, pitch, v, t60_s, rng)
        peak = float(np.abs(sound[:, : frames_of(0.05, rate)]).max())
        self._add_stroke(sound, rate, rng, v=v, peak=peak)
        out = whole_note(
            sound,
            rate,
            frames=frames,
            velocity=velocity,
            lufs=self.lufs,
            held_s=duration_s,
            release_s=self.release_s,
            rise_s=self.rise_s,
            pan=float(np.clip(self.width * (pitch - 70) / 30.0, -0.6, 0.6)),
        )
        self._add_off(out, rate, rng, at_s=duration_s, v=v)
        return out

    def _modes(
        self,
        frames: int,
        rate: int,
        f: float,
        pitch: float,
        v: float,
        t60_s: float,
        rng: np.random.Generator,
    ) -> Signal:
        """Return what the bar itself sounds like, shape (2, frames)."""
        ratio, gain, rings, rise_s, stray = np.array(
            [(m.ratio, m.gain, m.ring, m.rise_s, m.stray_cents) for m in self.modes]
        ).T
        key = np.random.default_rng([self.keys, round(max(pitch, 0.0))]).normal(
            0, 1, (2, len(gain))
        )
        hz = f * ratio * 2.0 ** (stray * key[0] / 1200.0)
        contact_s = self.mallet_s * max(v, 0.06) ** -self.grows
        contact_s *= 2.0 ** (-(1.0 - self.mellow) * (pitch - 60) / 30.0)
        place = rng.normal(0.0, 1.0, len(gain))
        gain = gain * contact(hz, contact_s) / contact(hz[:1], contact_s)
        # The lowest mode is what is played; the place of a stroke changes the others.
        gain[1:] *= np.exp(0.16 * place[1:] + 0.12 * key[1, 1:])
        heard = self.wood.response(hz) if self.wood is not None else np.ones((2, len(hz)))
        left, right = 0.05 * gain * heard
        fall_s = t60_s * rings
        parts = [(hz, fall_s, left, right)]
        if self.pair_cents > 0.0:
            # The second of a pair is split off evenly, so that what is heard first is in tune.
            down = 2.0 ** (-self.pair * self.pair_cents / (1.0 + self.pair) / 1200.0)
            beside = down * 2.0 ** (self.pair_cents / 1200.0)
            parts = [
                (hz * down, fall_s, left, right),
                (hz * beside, fall_s, self.pair * left, self.pair * right),
            ]
        late = rise_s > 0.0
        if late.any():
            # a (exp(-t / T) - exp(-t / rise)): two that cancel at first.
            quick = np.log(1000.0) * rise_s
            parts += [(h[late], np.minimum(quick, t)[late], -a[late], -b[late])
                      for h, t, a, b in list(parts)]  # fmt: skip
        hz, fall_s, left, right = (np.concatenate(column) for column in zip(*parts, strict=True))
        return ring(frames, rate, hz=hz, t60_s=fall_s, left=left, right=right)

    def _add_stroke(
        self, sound: Signal, rate: int, rng: np.random.Generator, *, v: float, peak: float
    ) -> None:
        """Add the mallet's thud and the knock of what the bar lies on, in place."""
        low_hz, high_hz = self.thud_hz
        frames = min(frames_of(1.2 * self.thud_s, rate), sound.shape[1])
        thud = band_noise(frames, rate, rng, low_hz=low_hz, high_hz=high_hz)
        thud *= np.exp(-np.arange(frames) * np.log(1000.0) / (self.thud_s * rate))
        fade_out(thud, rate, 0.2 * self.thud_s)
        sound[:, :frames] += self.thud * (0.35 + 0.65 * v) * peak * thud
        if self.wood is not None and self.knock > 0.0:
            frames = min(frames_of(0.2, rate), sound.shape[1])
            knock = self.wood.knock(frames, rate, rng, contact_s=self.mallet_s + 0.0004)
            fade_out(knock, rate, 0.04)
            sound[:, :frames] += self.knock * (0.5 + 0.5 * v) * peak * knock

    def _add_off(
        self, out: Samples, rate: int, rng: np.random.Generator, *, at_s: float, v: float
    ) -> None:
        """Add the damper that comes back, in place."""
        start = frames_of(at_s, rate)
        frames = min(frames_of(0.06, rate), out.shape[1] - start)
        if frames < 64 or self.off <= 0.0:
            return
        noise = band_noise(frames, rate, rng, low_hz=150.0, high_hz=600.0)
        noise *= np.exp(-np.arange(frames) / (0.010 * rate))
        fade_in(noise, rate, 0.003)
        fade_out(noise, rate, 0.02)
        level = 0.3 * (0.3 + 0.7 * v) * float(np.abs(out).max())
        level = self.off * (level + float(np.abs(out[:, max(0, start - 512) : start + 1]).max()))
        out[:, start : start + frames] += (level * noise).astype(np.float32)
