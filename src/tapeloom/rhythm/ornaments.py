"""Flams, drags, ruffs and rolls: what a drummer adds before or within one written stroke."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.errors import InputError

SHAPES = ("level", "rise", "fall", "swell")
LOUDEST = 127


@dataclass(frozen=True, slots=True, order=True)
class Stroke:
    """One stroke of an ornament, seen from the written one."""

    offset_ms: float  # before (-) or after (+) the written stroke, -200..20,000
    level: float  # its share of the written velocity, above 0 to 1

    def __post_init__(self) -> None:
        if not -200.0 <= self.offset_ms <= 20_000.0:
            raise InputError(f"offset_ms is {self.offset_ms}; it must lie between -200 and 20000")
        if not 0.0 < self.level <= 1.0:
            raise InputError(f"level is {self.level}; it must lie above 0 and up to 1")


# Grace strokes before the written stroke, which stays where it is. Flams are two hands falling
# together with one lower; drags and ruffs double and triple the grace; times are at full width.
ORNAMENTS: Mapping[str, tuple[Stroke, ...]] = MappingProxyType({
    "flam": (Stroke(-28.0, 0.40), Stroke(0.0, 1.0)),
    "tight_flam": (Stroke(-14.0, 0.45), Stroke(0.0, 1.0)),
    "wide_flam": (Stroke(-45.0, 0.50), Stroke(0.0, 1.0)),
    "drag": (Stroke(-75.0, 0.30), Stroke(-40.0, 0.34), Stroke(0.0, 1.0)),
    "ruff": (Stroke(-105.0, 0.26), Stroke(-70.0, 0.32), Stroke(-35.0, 0.38), Stroke(0.0, 1.0)),
    "slide": (Stroke(-90.0, 0.22), Stroke(-45.0, 0.30), Stroke(0.0, 0.9)),  # a brush's
})  # fmt: skip


def ornament(
    name: str, *, onset_s: float, velocity: int, width: float = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the onsets in seconds and the velocities of an ornamented stroke, written one last.

    name      one of ORNAMENTS
    onset_s   when the written stroke falls; grace strokes that would fall before 0 are left out
    velocity  of the written stroke, 1..127
    width     how far the graces spread: 1 as in the table, 0.3..2

    >>> onsets, velocities = ornament("flam", onset_s=1.0, velocity=100)
    >>> onsets.tolist(), velocities.tolist()
    ([0.972, 1.0], [40, 100])
    """
    if name not in ORNAMENTS:
        raise InputError(f"{name!r} is no ornament; choose one of {', '.join(ORNAMENTS)}")
    if not 0.3 <= width <= 2.0:
        raise InputError(f"width is {width}; it must lie between 0.3 and 2")
    _check_stroke(onset_s, velocity)
    strokes = [
        (round(onset_s + stroke.offset_ms * width / 1000.0, 6), stroke.level)
        for stroke in ORNAMENTS[name]
    ]
    heard = [(at, level) for at, level in strokes if at >= 0.0]
    return (
        np.array([at for at, _ in heard], np.float64),
        np.array([max(round(velocity * level), 1) for _, level in heard], np.int64),
    )


def roll(
    *,
    onset_s: float,
    length_s: float,
    velocity: int,
    strokes_per_s: float = 14.0,
    shape: str = "rise",
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the onsets in seconds and the velocities of an even roll.

    onset_s        when it begins, 0 or later
    length_s       how long it lasts; no stroke falls on its end, above 0 to 20
    velocity       of the loudest stroke, 1..127
    strokes_per_s  2..30; double strokes of two hands reach about 24
    shape          level, rise, fall or swell (up and down again)

    The strokes share the length evenly, at least one. The second of each pair of a roll beyond
    twelve a second is a rebound and so a little weaker.

    >>> onsets, velocities = roll(onset_s=0.0, length_s=0.5, velocity=100, strokes_per_s=8)
    >>> onsets.tolist(), velocities.tolist()
    ([0.0, 0.125, 0.25, 0.375], [35, 57, 78, 100])
    """
    if shape not in SHAPES:
        raise InputError(f"shape is {shape!r}; it must be one of {', '.join(SHAPES)}")
    if not 0.0 < length_s <= 20.0:
        raise InputError(f"length_s is {length_s}; it must lie above 0 and up to 20")
    if not 2.0 <= strokes_per_s <= 30.0:
        raise InputError(f"strokes_per_s is {strokes_per_s}; it must lie between 2 and 30")
    _check_stroke(onset_s, velocity)
    n = max(round(length_s * strokes_per_s), 1)
    through = np.arange(n) / max(n - 1, 1)
    arcs = {
        "level": np.ones(n),
        "rise": through if n > 1 else np.ones(1),
        "fall": 1.0 - through,
        "swell": 1.0 - np.abs(2.0 * through - 1.0) if n > 2 else np.ones(n),
    }
    levels = 0.35 + 0.65 * arcs[shape]
    if strokes_per_s > 12.0:
        levels = np.where(np.arange(n) % 2 == 1, 0.9, 1.0) * levels
    onsets = np.round(onset_s + length_s * np.arange(n) / n, 6)
    return onsets, np.maximum(np.rint(velocity * levels), 1).astype(np.int64)


def _check_stroke(onset_s: float, velocity: int) -> None:
    if not 0.0 <= onset_s < float("inf"):
        raise InputError(f"onset_s is {onset_s}; it must be 0 or later")
    if not 1 <= velocity <= LOUDEST:
        raise InputError(f"velocity is {velocity}; it must lie between 1 and {LOUDEST}")
