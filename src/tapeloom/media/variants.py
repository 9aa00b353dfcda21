"""Versions of one picture to compare, and what each differs in."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.media.grading import ColorGrading
from tapeloom.media.scenes import SCENES
from tapeloom.media.thumbnail_config import ThumbnailConfig
from tapeloom.media.thumbnail_layouts import ThumbnailStyle

MAX_VARIANTS = 24
_VARIED = ("style", "scene", "color_grading", "side")


@dataclass(frozen=True, slots=True)
class Variant:
    """A version and the names of the fields in which it differs from the first."""

    config: ThumbnailConfig
    differs: tuple[str, ...] = ()


def vary(
    config: ThumbnailConfig, count: int, rng: np.random.Generator, *, kept: Collection[str] = ()
) -> tuple[Variant, ...]:
    """Draw versions of a picture: the first is the config itself, the others change what may.

    count  how many, 1 to 24
    kept   fields that all shall have: of style, scene, color_grading, side

    >>> first, second = vary(ThumbnailConfig("Rain"), 2, np.random.default_rng(1), kept=["scene"])
    >>> first.differs, "style" in second.differs, second.config.scene
    ((), True, 'window')
    """
    if not 1 <= count <= MAX_VARIANTS:
        raise InputError(f"variants are {count}; there may be 1 to {MAX_VARIANTS}")
    pools: dict[str, list[Any]] = {
        "style": list(ThumbnailStyle),
        "scene": [] if config.image else list(SCENES),
        "color_grading": list(ColorGrading),
        "side": [-1, 1],
    }
    # Each value is used once before any comes again, so that versions are far apart.
    orders = {}
    for name in _VARIED:
        own = getattr(config, name)
        drawn = [pools[name][i] for i in rng.permutation(len(pools[name])) if pools[name][i] != own]
        orders[name] = [own] if name in kept else [own, *drawn]
    made = [Variant(config)]
    for k in range(1, count):
        changes = {name: order[k % len(order)] for name, order in orders.items()}
        changes["seed"] = config.seed + k
        other = replace(config, **changes)
        made.append(Variant(other, differences(config, other)))
    return tuple(made)


def differences(first: ThumbnailConfig, other: ThumbnailConfig) -> tuple[str, ...]:
    """Name what two configs differ in; the seed only where nothing else does."""
    names = tuple(name for name in _VARIED if getattr(first, name) != getattr(other, name))
    return names or (("seed",) if first.seed != other.seed else ())
