"""What musicians know of time: meters, drum grooves, swing and drift."""

from tapeloom.rhythm.groove import LATENESS_MS, drift, played_swing, swing
from tapeloom.rhythm.meters import (
    SIXTEENTH,
    beat_starts,
    group_starts,
    groupings,
    metric_weight,
    metric_weights,
    step_ticks,
)
from tapeloom.rhythm.patterns import GROOVES, Groove, groove_in

__all__ = [
    "GROOVES",
    "LATENESS_MS",
    "SIXTEENTH",
    "Groove",
    "beat_starts",
    "drift",
    "groove_in",
    "group_starts",
    "groupings",
    "metric_weight",
    "metric_weights",
    "played_swing",
    "step_ticks",
    "swing",
]
