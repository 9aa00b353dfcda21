"""What can be turned on a kit of drums: the one table that all kits fill in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.synth.envelopes import Signal
from tapeloom.synth.patch import Parameter


@dataclass(frozen=True, slots=True)
class Tuning:
    """How the drums of one kit are tuned and recorded: a value of every parameter."""

    kick_hz: float
    kick_sweep: float
    kick_fall_s: float
    kick_s: float
    kick_click: float
    snare_hz: float
    snare_wires: float
    snare_s: float
    hat_hz: float
    hat_band_hz: float
    hat_s: float
    crispness: float
    dust_hz: float
    bits: float
    sampler_hz: float
    drive: float
    room_s: float
    room: float


# A drum's sound from its kit, its strength 0..1 and a factor of pitch: (n,), of any level.
Sound = Callable[[Tuning, float, float, int, np.random.Generator], Signal]

# Name -> what it is, lowest, highest, unit.
_ROWS: dict[str, tuple[str, float, float, str]] = {
    "kick_hz": ("where the kick's sweep ends", 30.0, 90.0, "Hz"),
    "kick_sweep": ("how far above it a kick begins, in times its pitch", 0.0, 5.0, ""),
    "kick_fall_s": ("how fast the kick's pitch falls", 0.004, 0.08, "s"),
    "kick_s": ("time in which the kick falls by 60 dB", 0.1, 2.4, "s"),
    "kick_click": ("the beater's noise", 0.0, 0.6, ""),
    "snare_hz": ("the snare's head", 120.0, 320.0, "Hz"),
    "snare_wires": ("share of the wires: 0 only the head, 1 only the wires", 0.0, 1.0, ""),
    "snare_s": ("time in which the snare's head falls by 60 dB", 0.08, 1.0, "s"),
    "hat_hz": ("the lowest mode of the hats' metal", 180.0, 700.0, "Hz"),
    "hat_band_hz": ("where the hats begin to be heard", 1500.0, 9000.0, "Hz"),
    "hat_s": ("time in which a closed hat falls by 60 dB", 0.03, 0.3, "s"),
    "crispness": ("how crisp snare and hats are", 0.0, 1.0, ""),
    "dust_hz": ("low-pass behind the sampler", 2500.0, 20_000.0, "Hz"),
    "bits": ("bits of the sampler; from 16 on it is clean", 6.0, 16.0, "bits"),
    "sampler_hz": ("the sampler's rate", 8000.0, 48_000.0, "Hz"),
    "drive": ("how hard the parallel compression is driven", 0.1, 10.0, ""),
    "room_s": ("reverberation time of the room", 0.08, 1.6, "s"),
    "room": ("the room's level", 0.0, 4.0, ""),
}


def kit_parameters(
    defaults: Mapping[str, float],
    spreads: Mapping[str, float],
    bright: Mapping[str, float],
) -> tuple[Parameter, ...]:
    """Return the table of one kit.

    defaults  a value of every parameter
    spreads   how far records differ, of those that differ
    bright    what the mood's brightness adds, where it does
    """
    if missing := set(_ROWS) - set(defaults):
        raise InputError(f"a kit needs {', '.join(sorted(missing))}")
    return tuple(
        Parameter(name, about, defaults[name], low, high, unit, spreads.get(name, 0.0),
                  bright.get(name, 0.0))
        for name, (about, low, high, unit) in _ROWS.items()
    )  # fmt: skip
