"""The losses of a training run as a picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tapeloom.core.files import replacing


def plot_losses(lines: Sequence[Mapping[str, Any]], path: Path, *, title: str) -> None:
    """Draw training and validation losses, in nats a token, over the steps, as a PNG.

    lines  of the log: step with loss, or step with validation and the sources' losses
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 5.0), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    learned = [(line["step"], line["loss"]) for line in lines if "loss" in line]
    if learned:
        steps, losses = np.array(learned, float).T
        axes.plot(steps, losses, color="0.8", linewidth=0.8)
        width = max(len(losses) // 50, 1)
        smooth = np.convolve(losses, np.ones(width) / width, mode="valid")
        axes.plot(steps[width - 1 :], smooth, color="0.35", linewidth=1.5, label="training")
    checks = [line for line in lines if "validation" in line]
    names = list(dict.fromkeys(name for line in checks for name in line if name != "step"))
    for name in names:
        points = [(line["step"], line[name]) for line in checks if name in line]
        steps, losses = np.array(points, float).T
        wide = name == "validation"
        axes.plot(
            steps, losses, marker=".", linewidth=2.0 if wide else 1.0,
            label=f"{name} {losses[-1]:.3f}", alpha=1.0 if wide else 0.75,
        )  # fmt: skip
    axes.set_xlabel("step")
    axes.set_ylabel("nats a token")
    axes.set_title(title)
    axes.grid(alpha=0.25)
    if learned or checks:
        axes.legend(frameon=False)
    if learned:
        axes.set_ylim(top=float(np.quantile(np.array(learned)[:, 1], 0.98)) * 1.1)
    with replacing(path) as temporary:
        figure.savefig(temporary)
