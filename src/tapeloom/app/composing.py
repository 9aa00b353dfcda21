"""A brief composed and played, without a sound: what `compose` and a record's folder share."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tapeloom.core.brief import Brief
from tapeloom.core.meter import bar_starts
from tapeloom.core.midi import write_midi, write_performance_midi
from tapeloom.core.performance import Performance
from tapeloom.core.score import Score
from tapeloom.core.seed import stream
from tapeloom.rhythm.feel import Feel
from tapeloom.rhythm.feels import draw_feel


def compose_brief(brief: Brief, *, engine: str = "theory") -> Score:
    """Compose the score of a brief, the same for `tapeloom compose` and `tapeloom make`."""
    from tapeloom.compose import engine as engine_named
    from tapeloom.compose import plan

    drawn = plan(brief, stream(brief.seed, "plan"))
    return engine_named(engine).compose(drawn, stream(brief.seed, "compose"))


def feel_of(brief: Brief, score: Score) -> Feel:
    """Return the feel in which a brief's record is played: by its mood and its groove."""
    style = next((part.style for part in score.parts if part.role == "drums"), "")
    return draw_feel(brief.character, stream(brief.seed, "feel"), style=style)


def perform_brief(brief: Brief, score: Score) -> Performance:
    """Play a brief's score with the feel that belongs to the record."""
    from tapeloom.compose.perform import perform

    return perform(score, feel_of(brief, score), stream(brief.seed, "perform"))


def score_facts(score: Score) -> dict[str, Any]:
    """Return what record.json and `tapeloom compose --json` say of a score."""
    return {
        "bpm": float(score.tempo.initial_bpm),
        "key": str(score.key) if score.key else None,
        "meter": str(score.meters[0][1]),
        "meters": [
            [bar_starts(score.meters, tick + 1).index(tick) + 1, str(meter)]
            for tick, meter in score.meters
        ],
        "bars": len(bar_starts(score.meters, score.end)),
        "sections": [
            {
                "name": section.name,
                "start_s": round(score.tempo.tick_to_s(section.start), 6),
                "end_s": round(score.tempo.tick_to_s(section.end), 6),
            }
            for section in score.sections
        ],
        "instruments": {part.name: part.instrument for part in score.parts},
    }


def write_composition(
    brief: Brief, path: Path, *, engine: str = "theory", performed: bool = False
) -> Mapping[str, Any]:
    """Compose a brief to a MIDI file, and play it to NAME-performance.mid beside it.

    Return what was written: the files, the seed, and the facts of the score.
    """
    score = compose_brief(brief, engine=engine)
    write_midi(path, score)
    played = path.with_name(f"{path.stem}-performance{path.suffix}") if performed else None
    if played is not None:
        write_performance_midi(played, perform_brief(brief, score))
    return {
        "file": str(path),
        "performance": str(played) if played else None,
        "seed": brief.seed,
        **score_facts(score),
        "duration_s": round(score.tempo.tick_to_s(score.end), 3),
        "notes": {part.name: len(part.notes) for part in score.parts},
    }
