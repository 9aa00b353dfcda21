"""Mixing and mastering: stems to a mix, a mix to a master, effects and their chains."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapeloom.studio.automix import FirstMix, first_mix
    from tapeloom.studio.balance import draw_mix
    from tapeloom.studio.chain import Chain, Effect, Line, Process, apply, run
    from tapeloom.studio.console import Aim, Bus, Channel, MixSettings, Send, Vinyl
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
    from tapeloom.studio.mix_file import load_settings, save_settings
    from tapeloom.studio.mix_history import History, differences
    from tapeloom.studio.mixer import mix
    from tapeloom.studio.presets import PRESETS, MasterSettings, Preset
    from tapeloom.studio.profile import Profile, measure_profile

_HOMES = {
    "automix": (
        "FirstMix",
        "first_mix",
    ),
    "balance": ("draw_mix",),
    "chain": (
        "Chain",
        "Effect",
        "Line",
        "Process",
        "apply",
        "run",
    ),
    "console": (
        "Aim",
        "Bus",
        "Channel",
        "MixSettings",
        "Send",
        "Vinyl",
    ),
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
    "mix_file": (
        "load_settings",
        "save_settings",
    ),
    "mix_history": (
        "History",
        "differences",
    ),
    "mixer": ("mix",),
    "presets": (
        "MasterSettings",
        "PRESETS",
        "Preset",
    ),
    "profile": (
        "Profile",
        "measure_profile",
    ),
}

__all__ = [
    "PRESETS",
    "Aim",
    "Band",
    "Bus",
    "Chain",
    "Channel",
    "Compressor",
    "Duck",
    "Echo",
    "Effect",
    "Equalizer",
    "FirstMix",
    "Gain",
    "History",
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
    "Send",
    "Tape",
    "Vinyl",
    "Width",
    "apply",
    "differences",
    "draw_master",
    "draw_mix",
    "first_mix",
    "load_settings",
    "master",
    "measure_profile",
    "mix",
    "run",
    "save_settings",
]


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"tapeloom.studio.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
