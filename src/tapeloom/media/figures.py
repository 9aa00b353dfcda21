"""The dress of all plots: colours, figures without a window, files with the same bytes."""

from pathlib import Path
from typing import TYPE_CHECKING

from tapeloom.core.files import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GROUND, PANEL, TEXT, FAINT, LINE = "#171426", "#1f1b33", "#f4ecdd", "#a79fb8", "#352f4d"
ROLE_COLOURS = {
    "melody": "#ffcf87",
    "keys": "#ef8577",
    "pad": "#8d83cf",
    "guitar": "#8cc39a",
    "bass": "#62b3c4",
    "drums": "#cfc7d8",
    "other": "#d48fb8",
}


def new_figure(width: float, height: float, *, top: float) -> "Figure":
    """Make a figure of inches, with `top` inches free above its axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), facecolor=GROUND, dpi=110)
    FigureCanvasAgg(figure)
    figure.subplots_adjust(
        left=0.9 / width, right=1 - 0.4 / width, top=1 - top / height, bottom=0.62 / height
    )
    return figure


def dress(axes: "Axes") -> None:
    """Take the frame off and set our colours."""
    axes.set_facecolor(PANEL)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(colors=FAINT, labelsize=8, length=0)
    axes.xaxis.label.set_color(FAINT)
    axes.yaxis.label.set_color(FAINT)


def save(figure: "Figure", path: Path) -> None:
    """Write a PNG whole or not at all."""
    from matplotlib import rc_context

    with replacing(path) as temporary, rc_context({"svg.hashsalt": "tapeloom"}):
        # Without matplotlib's name and version the same data give the same bytes.
        figure.savefig(temporary, metadata={"Software": None}, facecolor=GROUND, format="png")
