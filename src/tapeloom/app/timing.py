"""Figures of how music is played, as plain values with names that stay."""

import math
from pathlib import Path
from typing import Any

from tapeloom.core.files import read_json
from tapeloom.core.performance import performance_from_json
from tapeloom.core.score import Score
from tapeloom.rhythm.microtiming import MeasuredSwing
from tapeloom.rhythm.overview import Overview, as_played, overview

PERFORMED = ("performance.json", "performance.mid")


def played_score(path: Path, score: Score) -> Score:
    """Return what of a source is played: a record's performance, else the score itself."""
    if not path.is_dir():
        return score
    told, midi = (path / name for name in PERFORMED)
    if told.is_file():
        return as_played(performance_from_json(read_json(told)))
    if midi.is_file():
        from tapeloom.core.midi import read_midi

        return read_midi(midi)
    return score


def timing_figures(score: Score) -> dict[str, Any]:
    """Return swing, microtiming, syncopation and the pulse that the onsets tell."""
    return overview_figures(overview(score))


def overview_figures(found: Overview) -> dict[str, Any]:
    """Return an overview as plain values: milliseconds are late (+) or early (-)."""
    pulse = found.pulse
    return {
        "swing": {
            "ratio": round(found.swing.ratio, 4),
            "level": found.swing.level,
            "levels": [_swing(measured) for measured in found.swings],
        },
        "microtiming": [
            {
                "line": line.name,
                "role": line.role,
                "hits": line.hits,
                "mean_ms": round(line.mean_ms, 2),
                "sd_ms": round(line.sd_ms, 2),
                "velocity": round(line.velocity, 1),
                "velocity_sd": round(line.velocity_sd, 1),
            }
            for line in found.lines
        ],
        "syncopation": [
            {
                "line": line.name,
                **{name.replace(" ", "_"): round(v, 3) for name, v in line.syncopation.items()},
                "timeline": line.timeline,
                "timeline_share": line.timeline_share,
            }
            for line in found.lines
        ],
        "pulse": pulse and {
            "bpm": round(pulse.bpm, 2),
            "meter": str(pulse.meter),
            "confidence": round(pulse.confidence, 3),
            "meter_confidence": round(pulse.meter_confidence, 3),
            "downbeat_s": round(pulse.downbeat_s, 3),
            "used": not found.tempo_fits,
        },
    }  # fmt: skip


def _swing(measured: MeasuredSwing) -> dict[str, Any]:
    sure = math.isfinite(measured.error)
    return {
        "level": measured.level,
        "ratio": round(measured.ratio, 4) if sure else None,
        "confidence": round(measured.confidence, 3),
        "offbeats": measured.offbeats,
    }
