"""Who plays what: whether it can be played, whether the tune is heard, who goes with whom."""

from tapeloom.theory.orchestration.balance import check_balance
from tapeloom.theory.orchestration.mending import mend_playability
from tapeloom.theory.orchestration.playability import check_playability
from tapeloom.theory.orchestration.problems import Problem, tally
from tapeloom.theory.orchestration.rebalancing import mend_balance

__all__ = [
    "Problem",
    "check_balance",
    "check_playability",
    "mend_balance",
    "mend_playability",
    "tally",
]
