"""An upright piano as the modes of its strings, heard through its soundboard.

The strings of a key move together at first and sink into the bridge, then against each other and
sing on (G. Weinreich, "Coupled piano strings", JASA, 1977). Their partials are stretched by
stiffness (H. Fletcher, E. Blackham and R. Stratton, "Quality of piano tones", JASA, 1962). The felt
of a hammer is stiffer the faster it comes, and leaves sooner.
"""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.envelopes import fade_in, fade_out, frames_of
from tapeloom.synth.modes import falls, measured_frames, note_frames, stiff_partials, whole_note
from tapeloom.synth.oscillators import Signal, band_noise, ring
from tapeloom.synth.voice import Manner
from tapeloom.synth.wood import Wood, contact

UNDAMPED = 91  # from G6 on there are no dampers
LENGTHWISE = 55  # below this pitch waves along the strings are heard
LONGEST_S = 18.0  # no key rings longer


@dataclass(frozen=True, slots=True)
class UprightPiano:
    """A piano with the parameters drawn for this record."""

    board: Wood
    hammer_s: float  # contact of the hammer on middle C at full strength
    strike: float  # where it hits, as a part of the string
    unison_cents: float  # how far the strings of a key stand apart
    stiffness: float  # times what strings of this kind have
    decay: float  # stretches the ring
    knock: float  # of hammer and key on the wood, against the strings
    felt: float  # noise of the hammer's felt
    damper_s: float  # in which a damper silences middle C by 60 dB
    off: float  # noise of key and damper as they come back
    keys: int  # seed of how keys differ
    manner: Manner
    tail_s: float = 1.2
    lufs: float = -20.0

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a key strikes the strings that ring."""
        return ringing == struck

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        f = min(midi_to_hz(pitch), 0.4 * rate)
        v = velocity / 127.0
        own = np.random.default_rng([self.keys, round(max(pitch, 0.0))])
        t60_s = min(self.decay * 22.0 * 2.0 ** (-(pitch - 45) / 20.0), LONGEST_S)
        frames = note_frames(duration_s, self.tail_s, t60_s, rate)
        long = measured_frames(frames, rate)
        hz = stiff_partials(f, self.stiffness * stiffness(pitch), rate, to_hz=max(9000.0, 1.5 * f))
        amplitude = self._heard(hz, pitch, v, own, rng)
        sound = self._strings(long, rate, hz, amplitude, pitch, t60_s, own)
        if pitch < LENGTHWISE:
            self._add_lengthwise(sound, rate, own, pitch=pitch, v=v)
        peak = float(np.abs(sound[:, : frames_of(0.06, rate)]).max())
        self._add_blow(sound, rate, rng, pitch=pitch, v=v, peak=peak)
        damped_s = self.damper_s * 2.0 ** (-(pitch - 60) / 24.0)
        out = whole_note(
            sound,
            rate,
            frames=frames,
            velocity=velocity,
            lufs=self.lufs - 1.2 * max(0.0, (pitch - 84) / 24.0),
            held_s=duration_s,
            release_s=damped_s if pitch < UNDAMPED else max(t60_s, 0.5),
            rise_s=0.0045 - 0.0025 * v - 0.00001 * pitch,
            fall_s=0.05,
            pan=float(np.clip((pitch - 62) / 110.0, -0.2, 0.3)) if pitch > 48 else 0.0,
        )
        self._add_off(out, rate, rng, at_s=duration_s + 0.012, v=v)
        return out

    def _heard(
        self, hz: Signal, pitch: float, v: float, own: np.random.Generator, rng: np.random.Generator
    ) -> Signal:
        """Return how much of each partial is heard left and right, shape (2, len(hz))."""
        k = np.arange(1.0, len(hz) + 1.0)
        hammer_s = self.hammer_s * max(v, 0.06) ** -0.75 * 2.0 ** (-(pitch - 60) / 28.0)
        # The highest hammers hit nearer to the end.
        strike = self.strike * (1.0 if pitch < 72 else 2.0 ** (-(pitch - 72) / 48.0))
        comb = np.sqrt(np.sin(np.pi * k * strike) ** 2 + 0.006)
        # A small board radiates the lowest weakly, and high up it has too many waves to agree.
        radiated = 1.0 / np.sqrt(1.0 + (95.0 / hz) ** 4) / np.sqrt(1.0 + (hz / 2600.0) ** 2)
        rough = np.exp(0.22 * own.standard_normal(len(hz)) + rng.normal(0.0, 0.07, len(hz)))
        heard = contact(hz, hammer_s) * comb * radiated * rough * self.board.response(hz)
        return np.asarray(0.04 * heard / np.abs(heard).max())

    def _strings(
        self,
        frames: int,
        rate: int,
        hz: Signal,
        amplitude: Signal,
        pitch: float,
        t60_s: float,
        own: np.random.Generator,
    ) -> Signal:
        """Return what the strings of a key sound like, shape (2, frames)."""
        bright_s = min(3.2 * self.decay, 0.9 * t60_s)
        lasting = falls(
            hz, t60_s=t60_s, at_hz=max(3000.0, 2.0 * hz[0]), at_t60_s=bright_s, power=1.3
        )
        # Where the board moves easily it takes more.
        easy = np.clip(self.board.response(hz).mean(axis=0), 0.75, 1.6)
        part = 0.31 + 0.12 * float(np.clip((60 - pitch) / 39.0, 0.0, 1.0))
        quick = part * lasting / easy**0.7
        # One string a key at the bottom, and tuners listen closest at the top.
        apart = 0.5 if pitch < 33 else min(1.0, 2.0 ** (-(pitch - 72) / 36.0))
        spread = self.unison_cents * apart * own.uniform(0.6, 1.4, 2)
        shares = np.array([0.80, 0.12, 0.08] if pitch >= 33 else [0.80, 0.20, 0.0])
        cents = np.array([0.0, spread[0], -spread[1]])
        cents -= (shares * cents).sum()
        ratio = 2.0 ** (cents / 1200.0)
        phase = self.board.phase(hz)
        rings = np.stack([quick, lasting, 0.75 * lasting])
        return ring(
            frames,
            rate,
            hz=np.outer(ratio, hz).ravel(),
            t60_s=rings.ravel(),
            left=np.outer(shares, amplitude[0]).ravel(),
            right=np.outer(shares, amplitude[1]).ravel(),
            phase=np.tile(phase, 3),
        )

    def _add_lengthwise(
        self, sound: Signal, rate: int, own: np.random.Generator, *, pitch: float, v: float
    ) -> None:
        """Add the long strings' waves along themselves, in place: the edge of a hard low note.

        B. Bank and L. Sujbert, "Generation of longitudinal vibrations in piano strings", JASA,
        2005.
        """
        first = 1250.0 * 2.0 ** ((pitch - 28) / 30.0) * 2.0 ** (own.uniform(-80.0, 80.0) / 1200.0)
        level = 0.012 * v**2 * min(1.0, (LENGTHWISE - pitch) / 12.0)
        frames = min(frames_of(0.4, rate), sound.shape[1])
        ping = ring(
            frames,
            rate,
            hz=first * np.array([1.0, 2.01, 3.03]),
            t60_s=np.array([0.35, 0.22, 0.15]),
            left=level * np.array([1.0, 0.6, 0.3]),
            phase=own.uniform(0.0, 2.0 * np.pi, 3),
        )
        fade_in(ping, rate, 0.003)
        fade_out(ping, rate, 0.05)
        sound[:, :frames] += ping

    def _add_blow(
        self,
        sound: Signal,
        rate: int,
        rng: np.random.Generator,
        *,
        pitch: float,
        v: float,
        peak: float,
    ) -> None:
        """Add what hammer and key do to the wood, in place: of the highest notes half is knock."""
        frames = min(frames_of(0.3, rate), sound.shape[1])
        high = float(np.clip((pitch - 66) / 36.0, 0.0, 1.0))
        contact_s = (0.0035 - 0.002 * v) * (1.0 - 0.6 * high)
        knock = self.board.knock(frames, rate, rng, contact_s=contact_s)
        fade_out(knock, rate, 0.1)
        sound[:, :frames] += self.knock * (1.0 + 1.5 * high) * (0.55 + 0.45 * v) * peak * knock
        frames = min(frames_of(0.03, rate), sound.shape[1])
        felt = band_noise(frames, rate, rng, low_hz=700.0, high_hz=3600.0)
        felt *= np.exp(-np.arange(frames) / (0.006 * rate))
        fade_in(felt, rate, 0.002)
        fade_out(felt, rate, 0.01)
        sound[:, :frames] += self.felt * v * peak * felt

    def _add_off(
        self, out: Samples, rate: int, rng: np.random.Generator, *, at_s: float, v: float
    ) -> None:
        """Add the key and the damper that come back, in place."""
        start = frames_of(at_s, rate)
        frames = min(frames_of(0.18, rate), out.shape[1] - start)
        if frames < 64:
            return
        knock = self.board.knock(frames, rate, rng, contact_s=0.006)
        fade_in(knock, rate, 0.006)
        fade_out(knock, rate, 0.06)
        level = self.off * (0.3 + 0.7 * v) * float(np.abs(out).max())
        out[:, start : start + frames] += (level * knock).astype(np.float32)


def stiffness(pitch: float) -> float:
    """Return B of a piano's strings: plain ones above, wound ones below, the least between.

    F. Rigaud, B. David and L. Daudet, "A parametric model and estimation techniques for the
    inharmonicity and tuning of the piano", JASA, 2013: two lines in the logarithm.

    >>> [round(1e5 * stiffness(pitch)) for pitch in (21, 45, 60, 84)]
    [51, 14, 33, 285]
    """
    return float(np.exp(0.0926 * pitch - 13.64) + np.exp(-0.0847 * pitch - 5.82))
