"""Who plays what: whether it can be played, whether the tune is heard, who goes with whom."""

from tapeloom.theory.orchestration.balance import check_balance
from tapeloom.theory.orchestration.doubling import Doubling, doublings_for
from tapeloom.theory.orchestration.ensembles import ENSEMBLES, Ensemble, Player, ensemble
from tapeloom.theory.orchestration.mending import mend_part, mend_playability
from tapeloom.theory.orchestration.playability import check_part, check_playability
from tapeloom.theory.orchestration.problems import Problem, player_of, tally
from tapeloom.theory.orchestration.rebalancing import mend_balance
from tapeloom.theory.orchestration.spacing import (
    check_spacing,
    doubling_order,
    find_spacing_faults,
)
from tapeloom.theory.orchestration.suggestions import Suggestion, suggest

__all__ = [
    "ENSEMBLES",
    "Doubling",
    "Ensemble",
    "Player",
    "Problem",
    "Suggestion",
    "check_balance",
    "check_part",
    "check_playability",
    "check_spacing",
    "doubling_order",
    "doublings_for",
    "ensemble",
    "find_spacing_faults",
    "mend_balance",
    "mend_part",
    "mend_playability",
    "player_of",
    "suggest",
    "tally",
]
