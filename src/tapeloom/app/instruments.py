"""The instruments as values, their phrases as audio, and patches drawn near or blended."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tapeloom.core.seed import stream

if TYPE_CHECKING:
    from tapeloom.synth.patch_file import Patch


def instrument_figures(name: str | None = None) -> list[dict[str, Any]]:
    """Return every instrument, or one: what it is, its range, presets and parameters."""
    from tapeloom.core.pitch import pitch_name
    from tapeloom.synth.catalogue import ALIASES, NAMES, design
    from tapeloom.theory.instruments import KITS, instrument

    names = [*NAMES] if name is None else [design(name).name]
    rows = []
    for known in (design(each) for each in names):
        played = instrument(known.name)
        rows.append(
            {
                "name": known.name,
                "about": known.about,
                "also": [alias for alias, meant in ALIASES.items() if meant == known.name],
                "kind": "kit" if known.name in KITS else "pitched",
                "low": played.low,
                "high": played.high,
                "comfortable": list(played.comfortable),
                "range": f"{pitch_name(played.low)} to {pitch_name(played.high)}",
                "program": played.program,
                "presets": {preset: dict(values) for preset, values in known.presets.items()},
                "parameters": [
                    {
                        "name": each.name, "about": each.about, "default": each.default,
                        "low": each.low, "high": each.high, "unit": each.unit,
                        "drawn": [max(each.low, each.default - each.spread),
                                  min(each.high, each.default + each.spread)],
                        "bright": each.bright,
                    }
                    for each in known.parameters
                ],
            }
        )  # fmt: skip
    return rows


def write_demo(name: str, path: Path, *, seed: int, brightness: float = 0.5) -> dict[str, Any]:
    """Play an instrument's phrase into an audio file; return what was done.

    name  with a preset behind a colon, or a patch's file
    """
    from tapeloom.core.audio import RATE, Audio, write_audio
    from tapeloom.synth.catalogue import design, split_name
    from tapeloom.synth.demo import demo_part, demo_seconds
    from tapeloom.synth.patch_file import read_patch
    from tapeloom.synth.render import draw_voice, render_part

    patch = read_patch(Path(name)) if name.lower().endswith(".toml") else None
    known = design(patch.instrument if patch else split_name(name)[0])
    rng = stream(seed, known.name, "voice")
    if patch:
        voice = patch.draw(rng, brightness=brightness)
    else:
        voice = draw_voice(name, rng, brightness=brightness)
    part = demo_part(known)
    seconds = demo_seconds(part)
    blocks = render_part(part, voice, frames=round(seconds * RATE), seed=seed)
    write_audio(path, Audio(np.concatenate(list(blocks), axis=1), RATE))
    return {"file": str(path), "instrument": name, "seed": seed, "duration_s": round(seconds, 3)}


def write_random(
    near: str, path: Path, *, amount: float, seed: int
) -> tuple[str, Mapping[str, float]]:
    """Draw a patch near an instrument, a preset or a patch; return its name and values."""
    from tapeloom.synth.patch_file import random_near, write_patch

    drawn = random_near(_patch_of(near), amount, stream(seed, "patch"))
    write_patch(path, drawn)
    return drawn.instrument, drawn.values


def write_morph(
    first: str, second: str, path: Path, *, share: float
) -> tuple[str, Mapping[str, float]]:
    """Blend two presets or patches of one instrument; return its name and values.

    share  0 is the first, 1 the second
    """
    from tapeloom.synth.patch_file import morph, write_patch

    blended = morph(_patch_of(first), _patch_of(second), share)
    write_patch(path, blended)
    return blended.instrument, blended.values


def _patch_of(text: str) -> "Patch":
    """Return an instrument, a preset of it or a patch's file as a patch."""
    from tapeloom.synth.catalogue import design, split_name
    from tapeloom.synth.patch_file import Patch, read_patch

    if text.lower().endswith(".toml"):
        return read_patch(Path(text))
    name, preset = split_name(text)
    return Patch(design(name).name, preset)
