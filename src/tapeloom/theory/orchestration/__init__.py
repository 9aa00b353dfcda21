"""Who plays what: whether it can be played, whether the tune is heard, who goes with whom."""

from tapeloom.theory.orchestration.ensembles import ENSEMBLES, Ensemble, Player, ensemble
from tapeloom.theory.orchestration.mending import mend_playability
from tapeloom.theory.orchestration.playability import check_playability
from tapeloom.theory.orchestration.problems import Problem, tally

__all__ = [
    "ENSEMBLES",
    "Ensemble",
    "Player",
    "Problem",
    "check_playability",
    "ensemble",
    "mend_playability",
    "tally",
]
