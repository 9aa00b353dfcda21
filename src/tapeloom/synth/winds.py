"""A soloist whose breath or bow keeps one note at a time: what winds and bowed strings share."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tapeloom.core.audio import Samples
from tapeloom.core.pitch import midi_to_hz
from tapeloom.synth.blown import Breath, Gesture, Spectrum, play_held
from tapeloom.synth.ear import FULL
from tapeloom.synth.envelopes import ended, frames_of, velocity_gain
from tapeloom.synth.patch import Parameter, Values
from tapeloom.synth.player import Vibrato
from tapeloom.synth.resonances import Resonances
from tapeloom.synth.voice import Manner

SHORTEST_S = 0.04  # no tongue is quicker
SLUR_S = 0.045  # in which a note gives way to the next
LONGEST_S = 25.0  # then the breath or the bow is at its end


@dataclass(frozen=True, slots=True)
class Character:
    """What makes an instrument itself; the rest can be turned."""

    spectrum: Spectrum
    noise: Callable[[float, float], Breath]  # of the note's frequency and velocity 0..1
    scoop_cents: float  # where soft notes begin; hard ones half as far off
    scoop_s: float
    sway: float  # dB of loudness for each cent of vibrato
    sag_db: float
    shimmer: float
    bite: float
    lag: float = 1.8
    arc_db: float = 1.0
    slow_low: float = 0.25  # attacks grow as frequency to the power of minus this
    rough: float = 0.1
    peaky: float = 0.0
    colour: float = 0.8  # loudness is velocity to this power


@dataclass(frozen=True, slots=True)
class Soloist:
    """One player and one instrument."""

    character: Character
    body: Resonances
    air: float
    chiff: float
    brightness: float
    vibrato_cents: float
    vibrato_hz: float
    vibrato_delay_s: float
    drift_cents: float
    attack_s: float
    release_s: float
    manner: Manner

    @property
    def tail_s(self) -> float:
        """Longest release, in seconds."""
        return self.release_s + 0.05

    def stops(self, ringing: int, struck: int) -> bool:
        """Tell whether a note stops the one before: always, there is one breath."""
        return True

    def note(
        self, pitch: float, velocity: int, duration_s: float, rate: int, rng: np.random.Generator
    ) -> Samples:
        """Return a whole note with its release, shape (2, n)."""
        known = self.character
        f = midi_to_hz(pitch)
        v = velocity / 127.0
        held_s = min(max(duration_s, SHORTEST_S), LONGEST_S)
        frames = frames_of(held_s + self.tail_s, rate)
        noise = known.noise(f, v)
        sound = play_held(
            known.spectrum,
            frames,
            rate,
            rng,
            hz=f,
            loudness=min(v**known.colour * self.brightness, 1.0),
            held_s=held_s,
            gesture=Gesture(
                # Hard notes speak sooner, low ones later.
                attack_s=self.attack_s * (1.3 - 0.5 * v) * (400.0 / max(f, 50.0)) ** known.slow_low,
                release_s=self.release_s,
                scoop_cents=known.scoop_cents * (1.0 - 0.5 * v),
                scoop_s=known.scoop_s,
                drift_cents=self.drift_cents,
                vibrato=Vibrato(self.vibrato_hz, self.vibrato_cents, self.vibrato_delay_s),
                sway_db=known.sway * self.vibrato_cents,
                lag=known.lag,
                sag_db=known.sag_db,
                shimmer=known.shimmer,
                bite=known.bite,
                arc_db=known.arc_db,
            ),
            breath=replace(noise, amount=noise.amount * self.air, chiff=noise.chiff * self.chiff),
            body=self.body,
            rough=known.rough,
            # Below what any of them plays a pulse train would be all peaks.
            peaky=known.peaky * min(1.0, f / 60.0) ** 2,
        )
        return ended(sound, rate=rate, gain=FULL * velocity_gain(velocity), rise_s=0.004)


def soloist(
    values: Values, character: Character, body: Resonances, *, glide_s: float = 0.0
) -> Soloist:
    """Return a soloist with the values of `soloist_parameters`.

    glide_s  in which a hand slides into a note that joins the one before
    """
    turned = {name: value for name, value in values.items() if name != "cutoff_hz"}
    manner = Manner(cutoff_hz=values["cutoff_hz"], choke_s=SLUR_S, glide_s=glide_s)
    return Soloist(character, body, **turned, manner=manner)


def soloist_parameters(
    *,
    vibrato_cents: float,
    vibrato_hz: float,
    vibrato_delay_s: float,
    attack_s: float,
    release_s: float,
    cutoff_hz: float,
    drift_cents: float = 1.5,
    air: str = "how much breath is heard",
    chiff: str = "how hard the tongue lets the air go",
    far_end: str = "where the microphone ends",
) -> tuple[Parameter, ...]:
    """Return what can be turned of any soloist, by defaults."""
    return (
        Parameter("air", air, 1.0, 0.0, 3.0, spread=0.25),
        Parameter("chiff", chiff, 1.0, 0.0, 3.0, spread=0.3),
        Parameter("brightness", "how bright it is for its loudness",
                  1.0, 0.4, 1.6, spread=0.08, bright=0.35),
        Parameter("vibrato_cents", "depth of the vibrato",
                  vibrato_cents, 0.0, 45.0, "cents", spread=0.3 * vibrato_cents),
        Parameter("vibrato_hz", "its rate", vibrato_hz, 3.0, 7.5, "Hz", spread=0.35),
        Parameter("vibrato_delay_s", "how long a note is held before it",
                  vibrato_delay_s, 0.0, 2.0, "s", spread=0.25 * vibrato_delay_s),
        Parameter("drift_cents", "how unsteady the pitch is",
                  drift_cents, 0.0, 12.0, "cents", spread=0.3 * drift_cents),
        Parameter("attack_s", "in which a note speaks",
                  attack_s, 0.01, 0.4, "s", spread=0.2 * attack_s),
        Parameter("release_s", "to -60 dB", release_s, 0.05, 1.0, "s", spread=0.2 * release_s),
        Parameter("cutoff_hz", far_end,
                  cutoff_hz, 1000.0, 16000.0, "Hz", spread=0.1 * cutoff_hz,
                  bright=0.4 * cutoff_hz),
    )  # fmt: skip
