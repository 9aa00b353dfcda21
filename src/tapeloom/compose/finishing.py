"""What an arranger does when the parts are written, whoever wrote them."""

import numpy as np

from tapeloom.compose.dynamics import follow_energy
from tapeloom.compose.endings import end_piece
from tapeloom.compose.repeats import turn_repeats, vary_repeats
from tapeloom.compose.transitions import add_transitions
from tapeloom.core.score import Score


def finish(score: Score, *, rng: np.random.Generator) -> Score:
    """Return a score whose sections differ, lead on to one another, grow as asked, and end.

    rng   each step has a stream of its own

    The order matters: what adds notes to whole sections stands before the transitions, which may
    silence them; what mends notes stands behind the endings; dynamics are last.

    A score without sections is returned as it is.
    """
    if not score.sections:
        return score
    repeats_rng, transitions_rng, ending_rng = rng.spawn(3)
    score = vary_repeats(score, rng=repeats_rng)
    score = add_transitions(score, rng=transitions_rng)
    score = end_piece(score, rng=ending_rng)
    # Where a stop or a fade has taken away what was different, the end differs again.
    return follow_energy(turn_repeats(score))
