"""Plots for people who check music: a score's piano roll, and what audio looks like."""

from tapeloom.media.rolls import plot_score
from tapeloom.media.waves import plot_audio

__all__ = ["plot_audio", "plot_score"]
