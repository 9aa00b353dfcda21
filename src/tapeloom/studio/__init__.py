"""Mixing and mastering: stems to a mix, a mix to a master, effects and their chains."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapeloom.studio.balance import Channel, MixSettings, Vinyl, draw_mix
    from tapeloom.studio.chain import Chain, Effect, Line, Process, apply, run
    from tapeloom.studio.doors import MasteringChain
    from tapeloom.studio.effects import (
        Band,
        Compressor,
        Duck,
        Echo,
        Equalizer,
        Gain,
        Limiter,
        Pan,
        Reverb,
        Saturation,
        Tape,
        Width,
    )
    from tapeloom.studio.loops import Loop
    from tapeloom.studio.mastering import draw_master, master
    from tapeloom.studio.mixer import mix
    from tapeloom.studio.presets import PRESETS, MasterSettings, Preset
    from tapeloom.studio.profile import Profile, measure_profile

_HOMES = {
    "balance": ("Channel", "MixSettings", "Vinyl", "draw_mix"),
    "chain": ("Chain", "Effect", "Line", "Process", "apply", "run"),
    "doors": ("MasteringChain",),
    "effects": (
        "Band",
        "Compressor",
        "Duck",
        "Echo",
        "Equalizer",
        "Gain",
        "Limiter",
        "Pan",
        "Reverb",
        "Saturation",
        "Tape",
        "Width",
    ),
    "loops": ("Loop",),
    "mastering": ("draw_master", "master"),
    "mixer": ("mix",),
    "presets": ("PRESETS", "MasterSettings", "Preset"),
    "profile": ("Profile", "measure_profile"),
}

__all__ = [
    "PRESETS",
    "Band",
    "Chain",
    "Channel",
    "Compressor",
    "Duck",
    "Echo",
    "Effect",
    "Equalizer",
    "Gain",
    "Limiter",
    "Line",
    "Loop",
    "MasterSettings",
    "MasteringChain",
    "MixSettings",
    "Pan",
    "Preset",
    "Process",
    "Profile",
    "Reverb",
    "Saturation",
    "Tape",
    "Vinyl",
    "Width",
    "apply",
    "draw_master",
    "draw_mix",
    "master",
    "measure_profile",
    "mix",
    "run",
]


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"tapeloom.studio.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
