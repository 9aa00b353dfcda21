"""Rhythms as wheels: the pulses around a circle, the onsets as a polygon, its axes of symmetry."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.media.figures import FAINT, GROUND, LINE, TEXT, new_figure, save
from tapeloom.rhythm.necklaces import Rhythm

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WHEEL = 1.75  # inches
_TITLE = 0.34
_FOOT = 0.2
_FILL, _EDGE = "#ffcf87", "#ffe9c2"
MOST_WHEELS = 60


def symmetry_axes(rhythm: Rhythm) -> tuple[float, ...]:
    """Return the axes over which a rhythm is its own mirror image, as places on the circle.

    An axis at place p runs through p and the place opposite; whole and half pulses occur.

    >>> symmetry_axes(Rhythm.parse("x...x...")), symmetry_axes(Rhythm.parse(".xx....x"))
    ((0.0, 2.0), ())
    """
    onsets = set(rhythm.onsets)
    n = rhythm.pulses
    return tuple(
        turn / 2
        for turn in range(n)
        if onsets and {(turn - place) % n for place in onsets} == onsets
    )


def plot_wheels(
    wheels: Sequence[tuple[str, Rhythm, str, str]], path: Path, *, columns: int = 6
) -> None:
    """Draw rhythms as wheels with titles, first pulse at the top, clockwise.

    wheels   (name, rhythm, a short line below the name, one below the wheel), 1..60 of them
    columns  wheels a row, 1..12
    """
    if not 1 <= len(wheels) <= MOST_WHEELS:
        raise InputError(f"there are {len(wheels)} wheels; draw 1 to {MOST_WHEELS} of them")
    if not 1 <= columns <= 12:
        raise InputError(f"columns is {columns}; it must lie between 1 and 12")
    columns = min(columns, len(wheels))
    rows = -(-len(wheels) // columns)
    each = _WHEEL + _TITLE + _FOOT
    width, height = columns * _WHEEL + 0.3, rows * each + 0.2
    figure = new_figure(width, height, top=0.1)
    for number, (name, rhythm, line, foot) in enumerate(wheels):
        row, column = divmod(number, columns)
        left = (0.15 + column * _WHEEL) / width
        bottom = 1 - (0.1 + (row + 1) * each - _FOOT) / height
        axes = figure.add_axes((left, bottom, _WHEEL / width, _WHEEL / height))
        _draw(axes, rhythm)
        middle = left + 0.5 * _WHEEL / width
        top = bottom + (_WHEEL + 0.13) / height
        figure.text(middle, top, name, color=TEXT, fontsize=8.5, ha="center", va="center")
        figure.text(
            middle, top - 0.16 / height, line, color=FAINT, fontsize=6.5, ha="center", va="center"
        )
        below = bottom - 0.03 / height
        figure.text(middle, below, foot, color=FAINT, fontsize=6.5, ha="center", va="center")
    save(figure, path)


def _draw(axes: "Axes", rhythm: Rhythm) -> None:
    n = rhythm.pulses
    turn = 2 * np.pi * np.arange(n) / n
    x, y = np.sin(turn), np.cos(turn)
    axes.set_aspect("equal")
    axes.set_xlim(-1.36, 1.36)
    axes.set_ylim(-1.36, 1.36)
    axes.axis("off")
    around = np.linspace(0, 2 * np.pi, 200)
    axes.plot(np.sin(around), np.cos(around), color=LINE, linewidth=1.2, zorder=1)
    for place in symmetry_axes(rhythm):
        angle = 2 * np.pi * place / n
        reach = 1.24 * np.array([-1.0, 1.0])
        axes.plot(
            reach * np.sin(angle), reach * np.cos(angle), color=FAINT, linewidth=0.7,
            linestyle=(0, (2, 3)), zorder=2,
        )  # fmt: skip
    at = list(rhythm.onsets)
    if len(at) > 1:
        axes.fill(x[at], y[at], facecolor=_FILL, alpha=0.14, linewidth=0, zorder=3)
        closed = [*at, at[0]]
        axes.plot(x[closed], y[closed], color=_FILL, linewidth=1.4, zorder=3)
    axes.scatter(x, y, s=14, facecolor=GROUND, edgecolor=FAINT, linewidth=0.8, zorder=4)
    axes.scatter(x[at], y[at], s=34, facecolor=_EDGE, edgecolor=GROUND, linewidth=0.8, zorder=5)
    axes.plot([0, 0], [1.1, 1.2], color=TEXT, linewidth=1.0)  # where the cycle begins
