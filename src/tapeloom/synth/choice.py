"""Who plays, as a user writes it: a name, a name and a preset, or a file."""

import re
from pathlib import Path

from tapeloom.core.errors import InputError
from tapeloom.synth.catalogue import NAMES, design, split_name
from tapeloom.synth.patch_file import read_patch
from tapeloom.synth.plugins import SUFFIXES, Plugin
from tapeloom.synth.render import Choice, Named
from tapeloom.theory.instruments import INSTRUMENTS


def choose(text: str) -> Choice | Plugin:
    """Return who plays; what doesn't exist is refused now, not while rendering.

    text  `tine`, `tine:worn`, `PATCH.toml`, `FILE.sfz`, `FILE.sf2:PROGRAM`,
          `FILE.sf2:BANK/PROGRAM` or `PLUGIN.vst3`
    """
    if Path(text).suffix in SUFFIXES:
        if not Path(text).exists():
            raise InputError(f"{text} does not exist; give a .vst3 that does")
        return Plugin(Path(text))
    if match := re.fullmatch(r"(.+\.sf2)(?::(?:(\d{1,5})/)?(\d{1,3}))?", text, re.IGNORECASE):
        from tapeloom.synth.soundfont import read_soundfont

        return read_soundfont(Path(match[1]), bank=int(match[2] or 0), program=int(match[3] or 0))
    if Path(text).suffix.lower() == ".sfz":
        from tapeloom.synth.sfz import read_sfz

        return read_sfz(Path(text))
    if Path(text).suffix.lower() == ".toml":
        return read_patch(Path(text))
    name, preset = split_name(text)
    if name in NAMES:
        design(name).values(preset=preset)
    elif name not in INSTRUMENTS:
        design(name)  # says which names are near
    elif preset:
        raise InputError(f"{name} has no presets")
    return Named(text)
