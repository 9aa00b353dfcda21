"""Brief to plan to score to performance: the composer and the players."""

import numpy as np

from tapeloom.compose.arranging import Arrangement, arrange_loop
from tapeloom.compose.borrow import accompany
from tapeloom.compose.energy import measured_energy
from tapeloom.compose.engines import Engine, TheoryEngine, engine
from tapeloom.compose.finishing import finish
from tapeloom.compose.likeness import fingerprint, likeness
from tapeloom.compose.plan import Plan, plan
from tapeloom.compose.recognition import section_likeness
from tapeloom.compose.rewrite import Locks
from tapeloom.core.brief import Brief
from tapeloom.core.score import Score

__all__ = [
    "Arrangement",
    "Engine",
    "Locks",
    "Plan",
    "TheoryEngine",
    "accompany",
    "arrange_loop",
    "compose",
    "engine",
    "fingerprint",
    "finish",
    "likeness",
    "measured_energy",
    "plan",
    "section_likeness",
]


def compose(brief: Brief, rng: np.random.Generator, *, engine_name: str = "theory") -> Score:
    """Plan a record and write its score."""
    return engine(engine_name).compose(plan(brief, rng), rng)
