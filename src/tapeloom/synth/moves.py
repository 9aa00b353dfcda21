"""What a finger does to its own note (MPE): it bends it, makes it swell and sway, and darkens it.

The same things that bends, expression, the modulation wheel and brightness do to a whole part.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.audio import Samples
from tapeloom.core.performance import PlayedMove
from tapeloom.synth.bending import STEP_S, Bending, glides
from tapeloom.synth.expression import darken_kernel, kept_by, sliding, vibrato

SWELL_DB = 6.0  # by which full pressure is louder than none

Floats = NDArray[np.float64]


def bending_of_moves(moves: Sequence[PlayedMove], *, held_s: float) -> Bending:
    """Return how a note's own moves bend it: its bends, and a vibrato as deep as it is pressed.

    Once it is let go it keeps the bend that it had.
    """
    held = [move for move in _of(moves, "bend") if move.after_s < held_s]
    first, bends = _begun(held, 0.0)
    times, semitones = np.array(bends, np.float64).reshape(-1, 2).T
    bending = glides(times, semitones, start=first)
    pressed = _of(moves, "pressure")
    if not pressed:
        return bending
    t = np.asarray(np.arange(int(np.ceil(held_s / (4 * STEP_S))) + 2) * (4 * STEP_S), np.float64)
    return bending.plus(vibrato(t, _curve(pressed, t, start=0.0) / 127.0))


def coloured(sound: Samples, moves: Sequence[PlayedMove], rate: int) -> Samples:
    """Return a note, (2, n), swelling as it is pressed and darkened as its moves have it."""
    pressed, brightness = _of(moves, "pressure"), _of(moves, "brightness")
    if not pressed and not brightness:
        return sound
    t = np.arange(sound.shape[1]) / rate
    out = sound.astype(np.float64)
    if pressed:
        out *= 10.0 ** (SWELL_DB / 20.0 * _curve(pressed, t, start=0.0) / 127.0)
    if brightness:
        darken_kernel(out, kept_by(_curve(brightness, t, start=64.0), rate), np.zeros(2))
    return out.astype(np.float32)


def _of(moves: Sequence[PlayedMove], kind: str) -> list[PlayedMove]:
    return [move for move in moves if move.kind == kind]


def _curve(moves: Sequence[PlayedMove], times_s: Floats, *, start: float) -> Floats:
    """Return the value of moves of one kind at times."""
    start, changes = _begun(moves, start)
    return sliding(changes, times_s, start=start)


def _begun(moves: Sequence[PlayedMove], start: float) -> tuple[float, list[tuple[float, float]]]:
    """Return the value at the onset, and each change after it."""
    changes = [(move.after_s, move.value) for move in moves]
    while changes and changes[0][0] <= 0.0:
        start = changes.pop(0)[1]
    return start, changes
