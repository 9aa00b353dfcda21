"""What an arranger does when the parts are written, whoever wrote them."""

from dataclasses import replace

import numpy as np

from tapeloom.compose.counter_melody import ROLE, write_counter_melody
from tapeloom.compose.dynamics import follow_energy
from tapeloom.compose.endings import end_piece
from tapeloom.compose.repeats import turn_repeats, vary_repeats
from tapeloom.compose.transitions import add_transitions
from tapeloom.core.score import Score
from tapeloom.theory.orchestration import mend_balance, mend_playability

LIVELY = 0.3  # energy from which a section has room for an answer
LONELY = 2  # sections at the beginning, an opening and a first statement, without one


def finish(score: Score, *, rng: np.random.Generator) -> Score:
    """Return a score whose sections differ, lead on to one another, grow as asked, and end.

    rng   each step has a stream of its own

    The order matters: what adds notes to whole sections stands before the transitions, which may
    silence them; what mends notes stands behind the endings; dynamics are last.

    A score without sections is returned as it is.
    """
    if not score.sections:
        return score
    repeats_rng, transitions_rng, ending_rng, answer_rng = rng.spawn(4)
    score = vary_repeats(score, rng=repeats_rng)
    score = add_answer(score, rng=answer_rng)
    score = add_transitions(score, rng=transitions_rng)
    score = end_piece(score, rng=ending_rng)
    # Where a stop or a fade has taken away what was different, the end differs again.
    score, _ = mend_playability(turn_repeats(score))
    score, _ = mend_balance(score)
    return follow_energy(name_answer(score))


def add_answer(score: Score, *, rng: np.random.Generator) -> Score:
    """Let a second melody answer the lead in its rests, in sections that are lively enough.

    A first statement is heard alone: the answer waits until something has been played once.
    """
    lively = [
        section
        for i, section in enumerate(score.sections)
        if i >= LONELY and section.energy >= LIVELY and "melody" in section.roles
    ]
    if not lively or any(part.role == ROLE for part in score.parts):
        return score
    answer = write_counter_melody(score, rng=rng, sections=lively)
    if answer is None:
        return score
    return replace(score, parts=(*score.parts, answer))


def name_answer(score: Score) -> Score:
    """Name the answer among the roles of the sections in which it has stayed."""
    starts = [note.start for part in score.parts if part.role == ROLE for note in part.notes]
    sections = tuple(
        replace(section, roles=(*section.roles, ROLE))
        if any(section.start <= start < section.end for start in starts)
        and ROLE not in section.roles
        else section
        for section in score.sections
    )
    return replace(score, sections=sections)
