"""A file's groove changed, measured before and after: the call behind `tapeloom groove`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapeloom.app.timing import overview_figures, timing_figures
from tapeloom.compose.regroove import GrooveChange, extract_groove, regroove
from tapeloom.core.errors import InputError
from tapeloom.core.files import replacing
from tapeloom.core.midi import write_midi
from tapeloom.core.score import Score
from tapeloom.core.seed import stream
from tapeloom.rhythm.overview import FITS, on_pulse, overview, score_fit
from tapeloom.rhythm.templates import (
    MAX_TEXT,
    GrooveTemplate,
    template_from_toml,
    template_to_toml,
)

FINEST = 960  # ticks a quarter at least, so that a groove isn't rounded away


@dataclass(frozen=True, slots=True)
class Grooved:
    """A score in its new groove, and what was measured."""

    score: Score
    before: Mapping[str, Any]
    after: Mapping[str, Any] | None  # None where nothing was changed


def groove_score(score: Score, change: GrooveChange, *, seed: int = 0) -> Grooved:
    """Change how a score is played, and measure it before and after.

    Where its notes lie on no grid of its tempo map, they are put on the pulse that they tell.
    """
    if not any(part.notes for part in score.parts):
        raise InputError("there are no notes in it, so there is no groove to measure or change")
    found = overview(score)
    before = overview_figures(found)
    if change.is_nothing:
        return Grooved(score, before, None)
    if found.pulse is not None and not found.tempo_fits:
        score = on_pulse(score, found.pulse)
        if score_fit(score) < FITS:
            raise InputError(
                "its notes lie on no grid, neither of its own tempo nor of a steady one that can "
                "be heard, so its groove can't be changed; give a file that was played to a click"
            )
    changed = regroove(score, change, stream(seed, "groove"))
    return Grooved(changed, before, timing_figures(changed))


def write_grooved(path: Path, score: Score) -> None:
    """Write a played score as MIDI, at ticks as fine as a groove needs."""
    q = score.ticks_per_quarter
    write_midi(path, score, ticks_per_quarter=q * -(-FINEST // q))


def write_template(path: Path, score: Score, *, name: str) -> GrooveTemplate:
    """Write the groove of a score as TOML, and return it."""
    template = extract_groove(score, name=name)
    with replacing(path) as temporary:
        temporary.write_text(template_to_toml(template), "utf-8")
    return template


def read_template(path: Path) -> GrooveTemplate:
    """Read a template that was extracted before."""
    try:
        if path.stat().st_size > 4 * MAX_TEXT:
            raise InputError(f"{path} is too long for a groove template")
        return template_from_toml(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise InputError(f"{path} cannot be read: {reason}") from error
    except InputError as error:
        raise InputError(f"{path} cannot be used: {error}") from error
