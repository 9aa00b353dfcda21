"""Patches: an instrument with what was turned on it, as a TOML file; drawn near, and blended."""

import json
import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing
from tapeloom.synth.catalogue import NAMES, design, split_name
from tapeloom.synth.patch import Parameter
from tapeloom.synth.voice import Voice
from tapeloom.synth.wavetables import Wavetable, read_wavetable

MAX_BYTES = 2**16
_KEYS = ("instrument", "preset", "wavetable", "parameters")
_RATIO = 6.0  # a range that spans more is turned in ratios, as pitches and times are heard


@dataclass(frozen=True, slots=True)
class Patch:
    """An instrument's name, a preset of it, and values over both; all of them exist.

    wavetable  a WAV that an instrument which reads wavetables reads in place of its own; "" none
    """

    instrument: str
    preset: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    wavetable: str = ""

    def __post_init__(self) -> None:
        self.all_values()
        if self.wavetable and design(self.instrument).with_table is None:
            readers = " or ".join(name for name in NAMES if design(name).with_table is not None)
            raise InputError(f"{self.instrument} reads no wavetable; {readers} does")

    def all_values(self) -> dict[str, float]:
        """Return a value for every parameter: what isn't turned is as by default."""
        known = design(self.instrument)
        for name in self.values:
            _check_known(name, [p.name for p in known.parameters], f"{known.name} has no parameter")
        return known.values(self.values, preset=self.preset)

    def draw(self, rng: np.random.Generator, *, brightness: float) -> Voice:
        """Draw what the patch leaves open for one record, and build the voice."""
        known = design(self.instrument)
        return known.draw(
            rng, brightness=brightness, preset=self.preset, given=self.values, table=self.table()
        )

    def table(self) -> Wavetable | None:
        """Read the wavetable, where there is one."""
        return read_wavetable(Path(self.wavetable)) if self.wavetable else None


def patch_to_toml(patch: Patch) -> str:
    """Write a patch as TOML.

    >>> print(patch_to_toml(Patch("dusty_kit", values={"kick_hz": 48.0})), end="")
    instrument = "dusty_kit"
    <BLANKLINE>
    [parameters]
    kick_hz = 48.0
    """
    lines = [f'instrument = "{patch.instrument}"']
    if patch.preset:
        lines.append(f'preset = "{patch.preset}"')
    if patch.wavetable:
        # A JSON string is a TOML string: both escape alike.
        lines.append(f"wavetable = {json.dumps(patch.wavetable, ensure_ascii=False)}")
    if patch.values:
        lines += ["", "[parameters]", *(f"{k} = {float(v)!r}" for k, v in patch.values.items())]
    return "\n".join(lines) + "\n"


def patch_from_toml(text: str, folder: Path = Path()) -> Patch:
    """Read a patch from TOML.

    folder  where the patch lies: a wavetable is looked for beside it

    >>> patch_from_toml('instrument = "dusty_kit"').instrument
    'dusty_kit'
    """
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"the patch is no TOML: {error}") from error
    for key in data:
        _check_known(key, _KEYS, "a patch has no key")
    if "instrument" not in data:
        raise InputError('the patch names no instrument; begin it with instrument = "NAME"')
    for key in ("instrument", "preset", "wavetable"):
        if not isinstance(data.get(key, ""), str):
            raise InputError(f"{key} of the patch is {data[key]!r}; it must be a name")
    values = data.get("parameters", {})
    if not isinstance(values, dict):
        raise InputError("parameters of the patch must be a table: [parameters]")
    name, preset = split_name(data["instrument"])
    if preset and data.get("preset", preset) != preset:
        raise InputError(f"the patch names two presets, {preset} and {data['preset']}; give one")
    given = {key: _number(key, value) for key, value in values.items()}
    wavetable = data.get("wavetable", "")
    return Patch(
        design(name).name, preset or data.get("preset", ""), given,
        str(folder / wavetable) if wavetable else "",
    )  # fmt: skip


def read_patch(path: Path) -> Patch:
    """Read a patch's file; a wavetable that it names must be one."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path} is too long for a patch")
        patch = patch_from_toml(path.read_text("utf-8"), path.parent)
        patch.table()
        return patch
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise InputError(f"{path} cannot be read: {reason}") from error
    except InputError as error:
        raise InputError(f"{path} cannot be used: {error}") from error


def write_patch(path: Path, patch: Patch) -> None:
    """Write a patch's file; a wavetable is named as it is found from there."""
    if patch.wavetable:
        beside = Path(os.path.relpath(patch.wavetable, path.parent)).as_posix()
        patch = replace(patch, wavetable=beside)
    with replacing(path) as temporary:
        temporary.write_text(patch_to_toml(patch), "utf-8")


def random_near(patch: Patch, amount: float, rng: np.random.Generator) -> Patch:
    """Draw a patch in the neighbourhood of another.

    amount  0 gives the patch itself, 1 draws each parameter from its whole range
    """
    _check_share("amount", amount)
    moved = {}
    for each, value in _turned(patch):
        spot = _to_share(each, value)
        # From where it is towards a place drawn anywhere, by at most `amount` of the range.
        spot += amount * (float(rng.random()) - spot)
        moved[each.name] = _from_share(each, spot)
    return Patch(patch.instrument, "", moved, patch.wavetable)


def morph(first: Patch, second: Patch, share: float) -> Patch:
    """Blend two patches of one instrument; share 0 is the first, 1 the second."""
    _check_share("share", share)
    if first.instrument != second.instrument:
        raise InputError(
            f"{first.instrument} and {second.instrument} are two instruments; "
            "only patches of one can be blended"
        )
    if first.wavetable != second.wavetable:
        raise InputError("the two patches read two wavetables; only patches of one can be blended")
    other = second.all_values()
    blended = {}
    for each, value in _turned(first):
        a, b = _to_share(each, value), _to_share(each, other[each.name])
        blended[each.name] = _from_share(each, a + share * (b - a))
    return Patch(first.instrument, "", blended, first.wavetable)


def _turned(patch: Patch) -> list[tuple[Parameter, float]]:
    """Return each parameter of the patch's instrument, and its value."""
    values = patch.all_values()
    return [(each, values[each.name]) for each in design(patch.instrument).parameters]


def _is_ratio(each: Parameter) -> bool:
    return each.low > 0.0 and each.high >= _RATIO * each.low


def _to_share(each: Parameter, value: float) -> float:
    """Return where a value lies in its range, 0..1."""
    if _is_ratio(each):
        return math.log(value / each.low) / math.log(each.high / each.low)
    return (value - each.low) / (each.high - each.low) if each.high > each.low else 0.0


def _from_share(each: Parameter, share: float) -> float:
    if _is_ratio(each):
        value = each.low * (each.high / each.low) ** share
    else:
        value = each.low + share * (each.high - each.low)
    return min(max(float(f"{value:.6g}"), each.low), each.high)


def _check_share(name: str, value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise InputError(f"{name} is {value}; it must lie between 0 and 1")


def _check_known(name: str, known: list[str] | tuple[str, ...], sentence: str) -> None:
    if name in known:
        return
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}"
    raise InputError(f"{sentence} {name!r}; {hint}")


def _number(key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InputError(f"{key} of the patch is {value!r}; it must be a number")
    return float(value)
