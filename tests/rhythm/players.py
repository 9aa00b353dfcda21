"""A simulated drummer: the composer's kind of deviations, known exactly."""

from dataclasses import replace

import numpy as np

from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ
from tapeloom.rhythm.groove import drift
from tapeloom.rhythm.microtiming import drum_name
from tapeloom.rhythm.swing_ratio import swung

SIXTEENTH = PPQ // 4


def play(notes, *, tempo, meters, swing, late_ms, drift_ms, seed):
    """Swing notes, make each drum late by habit and drift with 1/f noise; both ends move."""
    if not notes:
        return ()
    rng = stream(seed, "player")
    last = max(note.end for note in notes)
    shared, own = drift(last // SIXTEENTH + 2, rng), drift(last // SIXTEENTH + 2, rng)
    starts = np.array([note.start for note in notes])
    ends = np.array([note.end for note in notes])
    step = starts // SIXTEENTH
    late_s = (0.6 * shared[step] + 0.8 * own[step]) * drift_ms / 1000
    late_s += np.array([late_ms.get(drum_name(note.pitch), 0.0) for note in notes]) / 1000
    onsets = tempo.ticks_to_s(swung(starts, swing, meters=meters)) + late_s
    offs = tempo.ticks_to_s(swung(ends, swing, meters=meters)) + late_s
    played = []
    for note, onset, off in zip(notes, onsets, offs, strict=True):
        start = round(max(tempo.s_to_tick(max(onset, 0.0)), 0))
        end = round(tempo.s_to_tick(max(off, 0.0)))
        played.append(replace(note, start=start, duration=max(end - start, 1)))
    return tuple(played)
