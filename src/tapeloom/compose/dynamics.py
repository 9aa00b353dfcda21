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

    Only differences between the sections count: a quiet record stays quiet. Ghost notes stay.
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
    steps = np.rint(np.clip(louder, -MOST, MOST)).astype(np.int64).tolist()
    parts = tuple(_played(part, score, steps) for part in score.parts)
    return replace(score, parts=parts)


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
