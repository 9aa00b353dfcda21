"""What musicians know of time: meters, patterns, timelines, grooves, their measures and changes.

`quantise` and `syncopation` bear the names of their modules and are imported from there.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapeloom.rhythm.bar_rhythms import syncopation_by_bar
    from tapeloom.rhythm.cycle import Pattern
    from tapeloom.rhythm.cycle_text import PatternError, parse
    from tapeloom.rhythm.ensembles import ENSEMBLES, Ensemble
    from tapeloom.rhythm.feel import STRAIGHT, Feel
    from tapeloom.rhythm.feels import FEELS, KitFeel, draw_feel, feel_named
    from tapeloom.rhythm.groove import LATENESS_MS, drift, played_swing, swing
    from tapeloom.rhythm.hits import groove_pattern, pattern_hits
    from tapeloom.rhythm.limbs import playable, sticking
    from tapeloom.rhythm.meter_plan import MeterPlan
    from tapeloom.rhythm.meters import (
        SIXTEENTH,
        beat_starts,
        group_starts,
        groupings,
        metric_weight,
        metric_weights,
        parse_grouping,
        step_ticks,
    )
    from tapeloom.rhythm.modulation import Modulation
    from tapeloom.rhythm.necklaces import Rhythm, bracelet, euclid, necklace
    from tapeloom.rhythm.patterns import GROOVES, Groove, groove_in, grooves_in
    from tapeloom.rhythm.polyrhythm import Polyrhythm, layer_over
    from tapeloom.rhythm.pulse import Pulse, find_pulse
    from tapeloom.rhythm.similarity import chronotonic_distance, hausdorff_distance, swap_distance
    from tapeloom.rhythm.swing_ratio import Swing
    from tapeloom.rhythm.syncopate import reach, variation, with_onsets
    from tapeloom.rhythm.templates import GrooveTemplate, apply_template, extract_template
    from tapeloom.rhythm.timelines import TIMELINES, clave, timeline

_HOMES = {
    "Swing": "swing_ratio",
    "Pulse": "pulse",
    "find_pulse": "pulse",
    "GrooveTemplate": "templates",
    "apply_template": "templates",
    "extract_template": "templates",
    "ENSEMBLES": "ensembles",
    "FEELS": "feels",
    "GROOVES": "patterns",
    "LATENESS_MS": "groove",
    "SIXTEENTH": "meters",
    "STRAIGHT": "feel",
    "TIMELINES": "timelines",
    "Ensemble": "ensembles",
    "Feel": "feel",
    "Groove": "patterns",
    "KitFeel": "feels",
    "MeterPlan": "meter_plan",
    "Modulation": "modulation",
    "Pattern": "cycle",
    "PatternError": "cycle_text",
    "Polyrhythm": "polyrhythm",
    "Rhythm": "necklaces",
    "beat_starts": "meters",
    "bracelet": "necklaces",
    "chronotonic_distance": "similarity",
    "clave": "timelines",
    "draw_feel": "feels",
    "drift": "groove",
    "euclid": "necklaces",
    "feel_named": "feels",
    "groove_in": "patterns",
    "groove_pattern": "hits",
    "grooves_in": "patterns",
    "group_starts": "meters",
    "groupings": "meters",
    "hausdorff_distance": "similarity",
    "layer_over": "polyrhythm",
    "metric_weight": "meters",
    "metric_weights": "meters",
    "necklace": "necklaces",
    "parse": "cycle_text",
    "parse_grouping": "meters",
    "pattern_hits": "hits",
    "playable": "limbs",
    "played_swing": "groove",
    "reach": "syncopate",
    "step_ticks": "meters",
    "sticking": "limbs",
    "swap_distance": "similarity",
    "swing": "groove",
    "syncopation_by_bar": "bar_rhythms",
    "timeline": "timelines",
    "variation": "syncopate",
    "with_onsets": "syncopate",
}

__all__ = [
    "ENSEMBLES",
    "FEELS",
    "GROOVES",
    "LATENESS_MS",
    "SIXTEENTH",
    "STRAIGHT",
    "TIMELINES",
    "Ensemble",
    "Feel",
    "Groove",
    "GrooveTemplate",
    "KitFeel",
    "MeterPlan",
    "Modulation",
    "Pattern",
    "PatternError",
    "Polyrhythm",
    "Pulse",
    "Rhythm",
    "Swing",
    "apply_template",
    "beat_starts",
    "bracelet",
    "chronotonic_distance",
    "clave",
    "draw_feel",
    "drift",
    "euclid",
    "extract_template",
    "feel_named",
    "find_pulse",
    "groove_in",
    "groove_pattern",
    "grooves_in",
    "group_starts",
    "groupings",
    "hausdorff_distance",
    "layer_over",
    "metric_weight",
    "metric_weights",
    "necklace",
    "parse",
    "parse_grouping",
    "pattern_hits",
    "playable",
    "played_swing",
    "reach",
    "step_ticks",
    "sticking",
    "swap_distance",
    "swing",
    "syncopation_by_bar",
    "timeline",
    "variation",
    "with_onsets",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"tapeloom.rhythm.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
