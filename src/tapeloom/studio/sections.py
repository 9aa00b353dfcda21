"""Curves from the form of a piece: a number for each section, and sweeps within one."""

from collections.abc import Mapping, Sequence

import numpy as np

from tapeloom.core.errors import InputError, nearest
from tapeloom.studio.automation import Curve

Span = tuple[float, float, str]  # a section: from and to in seconds, and its name
_SWEEP_POINTS = 33


def by_section(
    spans: Sequence[Span], values: Mapping[str, float], *, otherwise: float, glide_s: float = 0.5
) -> Curve:
    """Return a curve with a value for each section of a name; it is there when the section begins.

    otherwise  in sections that aren't named
    glide_s    how long the way to the next value takes, before the bar line

    >>> song = ((0.0, 8.0, "verse"), (8.0, 16.0, "chorus"))
    >>> by_section(song, {"verse": -2.0}, otherwise=0.0, glide_s=1.0).points
    ((0.0, -2.0), (7.0, -2.0), (8.0, 0.0))
    """
    for name in values:
        _check(spans, name)
    now = values.get(spans[0][2], otherwise)
    points = [(spans[0][0], now)]
    for start_s, _, name in spans[1:]:
        value = values.get(name, otherwise)
        if value != now:
            points.append((max(points[-1][0], start_s - glide_s), now))
            points.append((start_s, value))
            now = value
    return Curve(tuple(points))


def sweep(
    spans: Sequence[Span], name: str, first_hz: float, last_hz: float, *, otherwise_hz: float
) -> Curve:
    """Return a cutoff that goes evenly in octaves through each section of a name.

    otherwise_hz  the cutoff elsewhere

    >>> song = ((0.0, 8.0, "verse"), (8.0, 16.0, "bridge"))
    >>> rise = sweep(song, "bridge", 300.0, 4800.0, otherwise_hz=18_000.0)
    >>> rise.at(4.0), rise.at(8.1) < 400.0, round(rise.at(12.0)), rise.at(17.0)
    (18000.0, True, 1200, 18000.0)
    """
    _check(spans, name)
    points = [(0.0, otherwise_hz)]
    for start_s, end_s, own in spans:
        if own == name:
            times_s = np.linspace(start_s, end_s, _SWEEP_POINTS)
            cutoffs_hz = np.geomspace(first_hz, last_hz, _SWEEP_POINTS)
            points.append((start_s, otherwise_hz))
            points.extend(zip(times_s.tolist(), cutoffs_hz.tolist(), strict=True))
            points.append((end_s, otherwise_hz))
    return Curve(tuple(points))


def _check(spans: Sequence[Span], name: str) -> None:
    names = list(dict.fromkeys(span[2] for span in spans))
    if name not in names:
        raise InputError(f"there is no section {name!r}{nearest(name, names)}")
