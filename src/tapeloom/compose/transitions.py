"""How one section goes over to the next: fills, pick-ups, risers, stops, drops, filter moves.

What is chosen goes by the energies: before a rise the music swells, holds its breath or leans on;
before a fall layers leave early; between equals a fill and a pick-up are enough. What was done is
told by each section's `leads_on` and by `transitions_of`; notes that were added carry the marks
`fill`, `pickup` or `riser`.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from tapeloom.compose.retouch import Retouch, retouched
from tapeloom.compose.transition_parts import (
    drop_layers,
    played_by,
    swell_cymbal,
    swell_pad,
    without_percussion,
    write_fill,
    write_pickup,
)
from tapeloom.core.meter import meter_at
from tapeloom.core.score import Score, Section
from tapeloom.rhythm.meters import beat_starts

SAYS: dict[str, str] = {
    "fill": "the drums fill",
    "pickup": "the melody picks up",
    "riser": "a cymbal or the pad swells",
    "stop": "everybody is silent for a beat",
    "drop": "layers leave a bar early",
    "filter": "the band's low-pass closes, and opens on the downbeat",
}
RISE = 0.1  # of energy: from here on it is built up to, or let go
# How likely each is where the energy rises, falls and stays.
CHANCES: dict[str, dict[str, float]] = {
    "rise": {"riser": 0.75, "stop": 0.25, "pickup": 0.5, "filter": 0.2, "fill": 1.0},
    "fall": {"drop": 0.7, "stop": 0.1, "filter": 0.35, "fill": 0.6},
    "level": {"fill": 1.0, "pickup": 0.5, "stop": 0.08, "filter": 0.1},
}
OTHERWISE = ("fill", "pickup", "riser", "filter")  # where nothing that was drawn can be done


@dataclass(frozen=True, slots=True)
class Transition:
    """How one section leads on to the next."""

    section: int  # the index of the one that leads on
    tick: int  # where the next one begins
    kinds: tuple[str, ...]
    why: str


def draw_transitions(score: Score, *, rng: np.random.Generator) -> tuple[Transition, ...]:
    """Draw a transition for each two sections of a piece; nothing is written yet."""
    drawn = []
    for i, (here, there) in enumerate(zip(score.sections, score.sections[1:], strict=False)):
        draws = dict(zip(SAYS, rng.random(len(SAYS)).tolist(), strict=True))
        if here.piece != there.piece or here.end != there.start:
            continue
        way, why = _way(here, there)
        chances = CHANCES[way]
        kinds = [kind for kind in SAYS if draws[kind] < chances.get(kind, 0.0)]
        if "stop" in kinds:  # into a hole nobody fills or swells
            kinds = [kind for kind in kinds if kind not in ("riser", "fill")]
        elif "riser" in kinds or "drop" in kinds:
            kinds = [kind for kind in kinds if kind != "fill"]
        drawn.append(Transition(i, there.start, tuple(kinds), why))
    return tuple(drawn)


def add_transitions(score: Score, *, rng: np.random.Generator) -> Score:
    """Return a score whose sections lead on to one another.

    What cannot be done is left out: a fill without drums, a stop in a bar of one beat, a drop
    where nobody can leave. Each section's `leads_on` names what was done.

    rng   for the choices and the notes; the same seed gives the same transitions
    """
    drawing, writing = rng.spawn(2)
    touches = {part.name: Retouch() for part in score.parts}
    sections = list(score.sections)
    starts = score.bar_starts
    # A stream for each place: what one draws leaves the others as they were.
    streams = writing.spawn(len(sections))
    for transition in draw_transitions(score, rng=drawing):
        here = sections[transition.section]
        there = sections[transition.section + 1]
        stream = streams[transition.section]
        last = starts[max(bisect_left(starts, here.end) - 1, 0)]
        done = tuple(
            kind
            for kind in transition.kinds
            if _write(kind, score, here, there, max(last, here.start), touches, stream)
        )
        if not done:
            others = (
                kind
                for kind in OTHERWISE
                if _write(kind, score, here, there, max(last, here.start), touches, stream)
            )
            done = tuple(islice(others, 1))
        sections[transition.section] = replace(here, leads_on=done)
    return replace(retouched(score, touches), sections=tuple(sections))


def transitions_of(score: Score) -> tuple[Transition, ...]:
    """Tell how the sections of a finished score lead on, and why.

    >>> from tapeloom.core.time import PPQ
    >>> pair = (Section("A", 0, PPQ, 0.4, leads_on=("stop",)), Section("B", PPQ, 2 * PPQ, 0.7))
    >>> transitions_of(Score((), sections=pair))[0].why
    'the energy rises by 0.30 to B'
    """
    found = []
    for i, (here, there) in enumerate(zip(score.sections, score.sections[1:], strict=False)):
        if here.leads_on and here.piece == there.piece:
            found.append(Transition(i, there.start, here.leads_on, _way(here, there)[1]))
    return tuple(found)


def _way(here: Section, there: Section) -> tuple[str, str]:
    rise = there.energy - here.energy
    if rise >= RISE:
        return "rise", f"the energy rises by {rise:.2f} to {there.name}"
    if rise <= -RISE:
        return "fall", f"the energy falls by {-rise:.2f} to {there.name}"
    return "level", f"the energy stays where it is to {there.name}"


def _write(
    kind: str, score: Score, here: Section, there: Section, last_bar: int,
    touches: dict[str, Retouch], rng: np.random.Generator,
) -> bool:  # fmt: skip
    """Write one means of a transition; tell whether it could be done."""
    if kind == "fill":
        return write_fill(score, here, last_bar, touches, rng)
    if kind == "pickup":
        return write_pickup(score, here, there, touches, rng)
    if kind == "riser":
        cymbal = swell_cymbal(score, here, there, last_bar, touches)
        return swell_pad(score, here, last_bar, touches) or cymbal
    if kind == "drop":
        return drop_layers(score, here, there, last_bar, touches)
    if kind == "stop":
        return _stop(score, here, last_bar, touches)
    return here.end - last_bar < here.end - here.start  # a filter closes through the last bar


def _stop(score: Score, here: Section, last_bar: int, touches: dict[str, Retouch]) -> bool:
    """Silence the last beat of a section, in all parts but for what picks up and for a clave."""
    beats = beat_starts(meter_at(score.meters, last_bar))
    if len(beats) < 3 or last_bar + beats[-1] >= here.end:
        return False
    begin = last_bar + beats[-1]
    parts = without_percussion(score)
    if not any(played_by(part, here.start, begin) for part in parts):
        return False
    for part in parts:
        touches[part.name].silence(begin, here.end)
    return True
