"""What musicians know of time: meters, drum grooves, swing and drift."""

from tapeloom.rhythm.feel import STRAIGHT, Feel, draw_feel
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
    "STRAIGHT",
    "Feel",
    "Groove",
    "beat_starts",
    "draw_feel",
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
