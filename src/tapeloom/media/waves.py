"""Waveform, spectrogram and loudness curve of audio."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import AudioStream
from tapeloom.media.figures import FAINT, LINE, ROLE_COLOURS, dress, new_figure, save
from tapeloom.media.folding import LOWEST_HZ, fold

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_audio"]


def plot_audio(
    audio: AudioStream, loudness: Sequence[float] | NDArray[Any], path: Path, *, hop_s: float = 0.1
) -> None:
    """Draw waveform, spectrogram and loudness curve of a stream in constant memory.

    loudness  short-term loudness in LUFS every `hop_s` seconds, -inf for silence
    """
    folded = fold(audio, columns=1600)
    low, high = folded.low, folded.high
    seconds = audio.frames / audio.rate
    figure = new_figure(15, 8.2, top=0.25)
    grid = figure.add_gridspec(3, 1, height_ratios=(1.25, 2.5, 1.15), hspace=0.1)
    wave, spectrum, level = (figure.add_subplot(grid[i]) for i in range(3))
    for axes in (wave, spectrum, level):
        dress(axes)
        axes.set_xlim(0, max(seconds, 1e-3))
        _minutes(axes, seconds)
    wave.tick_params(labelbottom=False)
    spectrum.tick_params(labelbottom=False)
    at = (np.arange(low.shape[-1]) + 0.5) / low.shape[-1] * seconds
    names = ("left", "right") if len(low) == 2 else ("",) * len(low)
    for i, (a, b) in enumerate(zip(low, high, strict=True)):
        colour = (ROLE_COLOURS["melody"], ROLE_COLOURS["bass"])[i % 2]
        shift = 1.05 * (len(low) - 1 - 2 * i)
        wave.fill_between(at, a + shift, b + shift, color=colour, linewidth=0, step="mid")
        wave.text(0.004, (shift + 0.72 + 1.05 * len(low)) / (2.1 * len(low)), names[i],
                  color=FAINT, fontsize=8, transform=wave.transAxes)  # fmt: skip
    wave.set_ylim(-1.05 * len(low), 1.05 * len(low))
    wave.set_yticks([])
    wave.set_ylabel("waveform")
    _spectrogram(figure, spectrum, folded.power, audio.rate, seconds)
    _loudness_curve(level, np.asarray(loudness, np.float64), hop_s)
    level.set_xlabel("minutes:seconds")
    save(figure, path)


def _spectrogram(
    figure: "Figure", axes: "Axes", power: NDArray[np.float64], rate: int, seconds: float
) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list(
        "tape", ["#171426", "#2c2553", "#69407f", "#c85f75", "#f7a668", "#fff0cf"]
    )
    level = 10 * np.log10(power + 1e-12)
    top = float(np.percentile(level, 99.7)) if level.size else 0.0
    image = axes.imshow(
        level, origin="lower", aspect="auto", cmap=colours, vmin=top - 78, vmax=top,
        extent=(0, max(seconds, 1e-3), 0, len(power)), interpolation="bilinear",
    )  # fmt: skip
    marks = [hz for hz in (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000) if hz < rate / 2]
    rows = np.log(np.array(marks) / LOWEST_HZ) / np.log(rate / 2 / LOWEST_HZ) * len(power)
    axes.set_yticks(rows, [f"{hz // 1000} kHz" if hz >= 1000 else f"{hz} Hz" for hz in marks])
    axes.set_ylabel("spectrum")
    bar = figure.add_axes((0.985, 0.36, 0.004, 0.18))
    figure.colorbar(image, cax=bar)
    bar.tick_params(colors=FAINT, labelsize=6, length=0, pad=1)
    bar.set_yticks([top - 60, top - 30, top], ["-60", "-30", "0 dB"])
    bar.yaxis.set_ticks_position("left")
    for spine in bar.spines.values():
        spine.set_visible(False)


def _loudness_curve(axes: "Axes", curve: NDArray[np.float64], hop_s: float) -> None:
    at = (np.arange(len(curve)) + 0.5) * hop_s
    shown = np.where(np.isfinite(curve), np.maximum(curve, -70), -70)
    axes.plot(at, shown, color=ROLE_COLOURS["melody"], linewidth=1.1)
    axes.fill_between(at, -70, shown, color=ROLE_COLOURS["melody"], alpha=0.14, linewidth=0)
    top = float(shown.max()) if len(shown) else -14.0
    audible = shown[shown > -69]
    floor = float(np.percentile(audible, 5)) if len(audible) else -40.0
    low, high = max(-60.0, min(floor - 6, top - 12)), max(top + 3, -12)
    axes.set_ylim(low, high)
    marks = [lufs for lufs in range(-60, 6, 6 if high - low > 16 else 3) if low < lufs < high]
    for lufs in marks:
        axes.axhline(lufs, color=LINE, linewidth=0.6, zorder=0)
    axes.set_yticks(marks, [str(lufs) for lufs in marks])
    axes.axhline(-14, color=ROLE_COLOURS["bass"], linewidth=0.8, linestyle=(0, (4, 4)))
    axes.set_ylabel("short-term LUFS")


def _minutes(axes: "Axes", seconds: float) -> None:
    step = next((s for s in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600) if seconds / s <= 16), 1800)
    marks = np.arange(0, seconds + 0.001, step)
    axes.set_xticks(marks, [f"{int(s) // 60}:{int(s) % 60:02d}" for s in marks])
    for mark in marks:
        axes.axvline(mark, color=LINE, linewidth=0.5, zorder=0)
