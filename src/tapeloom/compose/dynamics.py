"""Dynamics by the form: a section that comes out weaker than asked is played up, and the reverse.

The writers follow the energy that a section asks for in what they write; chance still makes one
section busier than another. What is left is made up for by how loud the parts are played, within
what an ear takes for dynamics, as a band leader's hand does.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tapeloom.compose.energy import LOUDEST, LOUDNESS, SOFTEST, measured_energy
from tapeloom.core.score import Part, Score

MOST = 16.0  # velocity that is added or taken away
SLOPE = 0.6  # of the measured energy over the asked one, at least
LIMITS = (12, 118)  # velocities


def follow_energy(score: Score) -> Score:
    """Return the score with the velocities of its sections moved towards the asked energies.

    Only differences between the sections count: a quiet record stays quiet. What asks for less is
    never played up by more than what asks for more. Ghost notes stay.
    """
    if len(score.sections) < 2:
        return score
    asked = np.array([section.energy for section in score.sections])
    found = np.array(measured_energy(score))
    away = asked - asked.mean()
    spread = float(away @ away)
    slope = float(away @ (found - found.mean())) / spread if spread > 1e-9 else 0.0
    wished = found.mean() + max(slope, SLOPE) * away
    louder = (wished - found) * (LOUDEST - SOFTEST) / LOUDNESS
    steps = [round(step) for step in _rising(np.clip(louder, -MOST, MOST).tolist(), asked.tolist())]
    parts = tuple(_played(part, score, steps) for part in score.parts)
    return replace(score, parts=parts)


def _rising(steps: Sequence[float], asked: Sequence[float]) -> list[float]:
    """Return the steps nearest to some that don't fall where the asked energy rises.

    Pool adjacent violators: R. E. Barlow et al., "Statistical Inference under Order Restrictions",
    1972. Sections that ask the same are free.
    """
    order = sorted(range(len(steps)), key=lambda i: (asked[i], steps[i]))
    pools: list[tuple[float, int]] = []  # mean and size
    for i in order:
        pool = (steps[i], 1)
        while pools and pools[-1][0] > pool[0]:
            mean, size = pools.pop()
            total = size + pool[1]
            pool = ((mean * size + pool[0] * pool[1]) / total, total)
        pools.append(pool)
    flat = [mean for mean, size in pools for _ in range(size)]
    return [flat[order.index(i)] for i in range(len(steps))]


def _played(part: Part, score: Score, steps: Sequence[int]) -> Part:
    """Return a part with a step of velocity added in each section."""
    ghosts = {(mark.tick, mark.pitch) for mark in part.marks if mark.name == "ghost"}
    notes = []
    at = 0
    for note in part.notes:
        while at + 1 < len(steps) and note.start >= score.sections[at].end:
            at += 1
        step = 0 if (note.start, note.pitch) in ghosts else steps[at]
        low, high = min(LIMITS[0], note.velocity), max(LIMITS[1], note.velocity)
        velocity = min(max(note.velocity + step, low), high)
        notes.append(note if velocity == note.velocity else replace(note, velocity=velocity))
    return replace(part, notes=tuple(notes))
