"""The sustain pedal: pressed after a chord's first note, lifted before the next chord."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.compose.clock import Clock
from tapeloom.core.performance import PlayedControl
from tapeloom.core.score import ChordSpan, Part

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PEDAL = 64  # the sustain pedal's controller number
PEDALLED = ("electric_piano", "felt_piano", "upright_piano", "reed_piano", "fm_piano")


def play_controls(
    part: Part, chords: Sequence[ChordSpan], clock: Clock, *, starts: Ints, ends: Ints,
    onsets: Floats,
) -> tuple[PlayedControl, ...]:  # fmt: skip
    """Keep a part's own controllers; pedal the chords of a piano that sustains them."""
    times = clock.straight_seconds(np.array([c.tick for c in part.controls], np.int64))
    own = [
        PlayedControl(round(t, 6), c.number, c.value)
        for c, t in zip(part.controls, times.tolist(), strict=True)
    ]
    pedalled = part.role == "keys" and part.instrument in PEDALLED and clock.feel.pedal
    if not pedalled or any(control.number == PEDAL for control in part.controls):
        return tuple(own)
    spans = [(span.start, span.end) for span in chords]
    pedals = _pedal(spans, clock, starts, ends, onsets)
    return tuple(sorted([*own, *pedals], key=lambda control: control.time_s))


def _pedal(
    spans: Sequence[tuple[int, int]], clock: Clock, starts: Ints, ends: Ints, onsets: Floats
) -> list[PlayedControl]:
    """Press the pedal after each chord's first note and lift it before the next chord.

    Only chords that are held or broken take it; short stabs with rests stay dry.
    """
    controls = []
    for start, end in spans:
        first, stop = np.searchsorted(starts, [start, end])
        if first == stop:
            continue
        covered = _covered(starts[first:stop], np.minimum(ends[first:stop], end))
        if covered < 0.7 * (end - start):
            continue
        down = float(onsets[first]) + 0.06
        # A chord that comes early rings on past the change: it, too, wants a clear pedal.
        early = np.flatnonzero((ends[first:stop] > end) & (starts[first:stop] > start))
        stop = first + int(early[0]) if len(early) else stop
        following = float(onsets[stop]) if stop < len(onsets) else np.inf
        up = min(float(clock.straight_seconds(np.array([end]))[0]), following) - 0.03
        if up > down + 0.1:
            controls += [
                PlayedControl(round(down, 6), PEDAL, 127),
                PlayedControl(round(up, 6), PEDAL, 0),
            ]
    return controls


def _covered(starts: Ints, ends: Ints) -> int:
    """Return the ticks in which at least one of the notes sounds."""
    reach = np.maximum.accumulate(ends)
    gaps = np.maximum(starts[1:] - reach[:-1], 0)
    return int(reach[-1] - starts[0] - gaps.sum())
