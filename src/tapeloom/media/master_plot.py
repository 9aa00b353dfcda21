"""A master beside its mix: loudness over time, spectrum, dynamics, stereo field."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tapeloom.media.figures import FAINT, LINE, ROLE_COLOURS, TEXT, dress, new_figure, save

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BEFORE, _AFTER, _TARGET = ROLE_COLOURS["bass"], ROLE_COLOURS["melody"], ROLE_COLOURS["keys"]
_LOWEST_LUFS = -60.0


@dataclass(frozen=True, slots=True)
class MasterTraces:
    """What is drawn of one side, the mix or the master."""

    short_term_lufs: Sequence[float]  # ten a second
    bands_db: Sequence[tuple[float, float]]  # third octaves: centre in Hz, level in dB
    peak_to_loudness_db: Sequence[float]  # PLR of stretches of 3 s, one a second
    widths_db: Sequence[tuple[str, float]]  # band, side under middle; -99 is mono
    correlation: Sequence[float]  # one value a second; none where the audio is mono


def plot_master(
    before: MasterTraces,
    after: MasterTraces,
    path: Path,
    *,
    title: str,
    target_lufs: float | None = None,
    target_bands_db: Sequence[tuple[float, float]] = (),
) -> None:
    """Draw both sides over one another as PNG; spectra stand at equal loudness.

    target_bands_db  the spectrum that was aimed at, as third octaves in dB
    """
    figure = new_figure(13, 8.4, top=0.85)
    grid = figure.add_gridspec(2, 2, hspace=0.36, wspace=0.17)
    figure.text(0.9 / 13, 1 - 0.42 / 8.4, title, color=TEXT, fontsize=13)
    for place, (name, colour) in enumerate((("mix", _BEFORE), ("master", _AFTER))):
        figure.text(1 - (1.6 - 0.6 * place) / 13, 1 - 0.42 / 8.4, name, color=colour, fontsize=10)
    field = grid[1, 1].subgridspec(1, 2, width_ratios=(1.7, 1.0), wspace=0.2)
    places = (grid[0, 0], grid[0, 1], grid[1, 0], field[0], field[1])
    panels = [figure.add_subplot(place) for place in places]
    for axes in panels:
        dress(axes)
    _loudness(panels[0], before, after, target_lufs)
    _spectrum(panels[1], before, after, target_bands_db)
    _dynamics(panels[2], before, after)
    _widths(panels[3], before, after)
    _correlation(panels[4], before, after)
    save(figure, path)


def _name(axes: "Axes", name: str) -> None:
    axes.set_title(name, color=FAINT, fontsize=9, loc="left", pad=6)


def _loudness(
    axes: "Axes", before: MasterTraces, after: MasterTraces, target_lufs: float | None
) -> None:
    _name(axes, "short-term loudness, LUFS")
    highest = -99.0
    for side, colour in ((before, _BEFORE), (after, _AFTER)):
        curve = np.asarray(side.short_term_lufs, np.float64)
        at = np.arange(curve.size) / 10.0
        axes.plot(at, np.where(curve > _LOWEST_LUFS, curve, np.nan), color=colour, linewidth=1.2)
        highest = max(highest, float(curve.max(initial=-99.0)))
    if target_lufs is not None:
        axes.axhline(target_lufs, color=_TARGET, linewidth=0.9, linestyle=(0, (4, 4)))
        highest = max(highest, target_lufs)
    axes.set_ylim(max(_LOWEST_LUFS, highest - 30.0), highest + 3.0)
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    axes.set_xlabel("seconds")


def _spectrum(
    axes: "Axes",
    before: MasterTraces,
    after: MasterTraces,
    target: Sequence[tuple[float, float]],
) -> None:
    _name(axes, "third octaves at equal loudness, dB")
    highest = -99.0
    for bands, colour, style in (
        (target, _TARGET, (0, (4, 4))), (before.bands_db, _BEFORE, "-"),
        (after.bands_db, _AFTER, "-"),
    ):  # fmt: skip
        heard = [(hz, db) for hz, db in bands if np.isfinite(db)]
        if not heard:
            continue
        hz, db = np.array(heard).T
        axes.semilogx(hz, db, color=colour, linewidth=1.4, linestyle=style)
        highest = max(highest, float(db.max()))
    axes.set_xlim(25.0, 20_000.0)
    axes.set_ylim(highest - 60.0, highest + 4.0)
    marks = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
    axes.set_xticks(marks, [f"{hz // 1000}k" if hz >= 1000 else str(hz) for hz in marks])
    axes.minorticks_off()
    axes.grid(color=LINE, linewidth=0.6)
    axes.set_xlabel("Hz")


def _dynamics(axes: "Axes", before: MasterTraces, after: MasterTraces) -> None:
    _name(axes, "peak over short-term loudness, dB: how often")
    edges = np.arange(0.0, 30.5, 1.0)
    for side, colour in ((before, _BEFORE), (after, _AFTER)):
        values = np.asarray(side.peak_to_loudness_db, np.float64)
        if not values.size:
            continue
        shares = np.histogram(values, edges)[0] / values.size
        axes.stairs(shares, edges, color=colour, linewidth=1.4)
        axes.stairs(shares, edges, color=colour, alpha=0.15, fill=True)
        axes.axvline(float(np.median(values)), color=colour, linewidth=0.9, linestyle=(0, (2, 2)))
    axes.set_xlim(0.0, 30.0)
    axes.set_yticks([])
    axes.set_xlabel("dB")


def _widths(axes: "Axes", before: MasterTraces, after: MasterTraces) -> None:
    _name(axes, "side under middle, dB, by band in Hz")
    if all(db <= -99.0 for side in (before, after) for _, db in side.widths_db):
        _say_mono(axes)
        return
    for side, colour, place in ((before, _BEFORE, -0.18), (after, _AFTER, 0.18)):
        levels = np.array([max(-40.0, min(12.0, db)) for _, db in side.widths_db])
        at = np.arange(levels.size) + place
        axes.bar(at, levels + 40.0, 0.34, bottom=-40.0, color=colour, alpha=0.85)
    names = [name for name, _ in after.widths_db]
    axes.set_xticks(np.arange(len(names)), names, fontsize=7)
    axes.set_ylim(-40.0, 6.0)
    axes.axhline(0.0, color=LINE, linewidth=0.8)


def _correlation(axes: "Axes", before: MasterTraces, after: MasterTraces) -> None:
    _name(axes, "correlation, 1 is mono")
    if not (len(before.correlation) or len(after.correlation)):
        _say_mono(axes)
        return
    for side, colour in ((before, _BEFORE), (after, _AFTER)):
        values = np.asarray(side.correlation, np.float64)
        axes.plot(np.arange(values.size) + 0.5, values, color=colour, linewidth=1.0)
    axes.set_ylim(-1.05, 1.05)
    axes.set_yticks([-1, 0, 1])
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    axes.set_xlabel("seconds")


def _say_mono(axes: "Axes") -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(0.5, 0.5, "mono", color=FAINT, ha="center", va="center", transform=axes.transAxes)
