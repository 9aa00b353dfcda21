"""Where players lie beside the grid: one panel a performance, a row a drum, a dot a place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.media.figures import FAINT, LINE, TEXT, dress, new_figure, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = {
    "kick": "#62b3c4", "snare": "#ef8577", "rim": "#ef8577", "clap": "#d48fb8",
    "brush": "#ef8577", "closed_hat": "#ffcf87", "open_hat": "#ffe9c2", "pedal_hat": "#ffcf87",
    "ride": "#8cc39a", "shaker": "#8cc39a", "crash": "#cfc7d8",
}  # fmt: skip
_PANEL = (3.1, 1.75)  # inches
_GAP = 0.62
MOST_PANELS = 24


@dataclass(frozen=True, slots=True)
class FeelPanel:
    """One performance, measured."""

    title: str
    line: str  # below the title, small
    offsets_ms: Mapping[str, Sequence[float]]  # by drum: each hit's, late is positive


def plot_feels(
    panels: Sequence[FeelPanel], path: Path, *, columns: int = 4, reach_ms: float = 50.0
) -> None:
    """Draw how far hits lie from the grid, drum by drum: their spread, and their mean as a bar.

    panels    1..24 of them
    reach_ms  how far the axis goes to both sides
    """
    if not 1 <= len(panels) <= MOST_PANELS:
        raise InputError(f"there are {len(panels)} panels; draw 1 to {MOST_PANELS} of them")
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    wide, high = _PANEL
    width = columns * (wide + _GAP) + 0.55
    height = rows * (high + 0.86) + 0.15
    figure = new_figure(width, height, top=0.1)
    for number, panel in enumerate(panels):
        row, column = divmod(number, columns)
        left = 0.85 + column * (wide + _GAP)
        bottom = height - (row + 1) * (high + 0.86) + 0.36
        axes = figure.add_axes((left / width, bottom / height, wide / width, high / height))
        _draw(axes, panel, reach_ms)
        figure.text(
            left / width, (bottom + high + 0.26) / height, panel.title, color=TEXT, fontsize=9.5
        )
        figure.text(
            left / width, (bottom + high + 0.08) / height, panel.line, color=FAINT, fontsize=7
        )
    save(figure, path)


def _draw(axes: "Axes", panel: FeelPanel, reach_ms: float) -> None:
    dress(axes)
    drums = [drum for drum in _COLOURS if len(panel.offsets_ms.get(drum, ())) > 1]
    axes.axvline(0.0, color=FAINT, linewidth=0.8)
    for at in np.arange(-reach_ms, reach_ms + 1, 25.0):
        axes.axvline(at, color=LINE, linewidth=0.6, zorder=0)
    edges = np.linspace(-reach_ms, reach_ms, 41)
    middles = 0.5 * (edges[1:] + edges[:-1])
    for place, drum in enumerate(reversed(drums)):
        offsets = np.asarray(panel.offsets_ms[drum], np.float64)  # what lies further is not drawn
        shares = np.histogram(offsets, edges)[0].astype(np.float64)
        padded = np.pad(shares, 1, "edge")
        smooth = np.convolve(padded, [0.25, 0.5, 0.25], "valid")
        shape = 0.78 * smooth / max(smooth.max(), 1e-9)
        colour = _COLOURS[drum]
        axes.fill_between(middles, place, place + shape, color=colour, alpha=0.35, linewidth=0)
        axes.plot(middles, place + shape, color=colour, linewidth=1.0)
        mean = float(np.mean(panel.offsets_ms[drum]))
        axes.plot([mean, mean], [place, place + 0.8], color=TEXT, linewidth=1.4)
    axes.set_ylim(-0.12, max(len(drums), 1))
    axes.set_xlim(-reach_ms, reach_ms)
    axes.set_yticks(np.arange(len(drums)) + 0.3, [d.replace("_", " ") for d in reversed(drums)])
    axes.set_xlabel("ms beside the grid, swing taken off", fontsize=7)
    axes.tick_params(labelsize=7)
