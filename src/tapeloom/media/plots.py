"""Plots for people who check music: a score's piano roll and its harmony, what audio looks like."""

from tapeloom.media.harmony_plot import plot_harmony
from tapeloom.media.rolls import plot_score
from tapeloom.media.waves import plot_audio

__all__ = ["plot_audio", "plot_harmony", "plot_score"]
