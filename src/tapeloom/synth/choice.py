"""Who plays, as a user writes it: a name, a name and a preset, or a file."""

from pathlib import Path

from tapeloom.core.errors import InputError
from tapeloom.synth.catalogue import MODULES, design, split_name
from tapeloom.synth.patch_file import read_patch
from tapeloom.synth.render import Choice, Named
from tapeloom.theory.instruments import INSTRUMENTS


def choose(text: str) -> Choice:
    """Return who plays; what doesn't exist is refused now, not while rendering.

    text  `tine`, `tine:worn` or `PATCH.toml`
    """
    if Path(text).suffix.lower() == ".toml":
        return read_patch(Path(text))
    name, preset = split_name(text)
    if name in MODULES:
        design(name).values(preset=preset)
    elif name not in INSTRUMENTS:
        design(name)  # says which names are near
    elif preset:
        raise InputError(f"{name} has no presets")
    return Named(text)
