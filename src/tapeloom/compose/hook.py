"""The passage that one would cut out for somebody who has half a minute."""

from dataclasses import dataclass

import numpy as np

from tapeloom.core.errors import InputError
from tapeloom.core.score import Score

SHORTEST_S, LONGEST_S = 15.0, 60.0


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of whole bars."""

    start: int  # ticks
    end: int
    section: str  # in which it begins
    start_s: float
    end_s: float


def find_hook(score: Score, *, seconds: float = 30.0) -> Passage:
    """Find the catchiest passage of at most so many seconds, from bar line to bar line.

    Where whole bars don't make 15 s within them, it is a bar longer.

    It begins where a section begins if one fits. Each bar counts by its section's energy, by
    whether the melody sings there, and by how many parts play; what has no melody at all counts
    last. These weights are our choice.

    >>> from tapeloom.core.score import Note, Part, Section
    >>> from tapeloom.core.time import PPQ
    >>> bars = [Section("A", 0, 32 * PPQ, 0.3), Section("B", 32 * PPQ, 64 * PPQ, 0.8)]
    >>> tune = tuple(Note(beat * PPQ, PPQ, 60) for beat in range(64))
    >>> score = Score((Part("melody", "melody", notes=tune),), sections=tuple(bars))
    >>> find_hook(score, seconds=16).section
    'B'
    """
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise InputError(
            f"the clip is {seconds:g} s; it must lie between {SHORTEST_S:g} and {LONGEST_S:g}"
        )
    edges = [*score.bar_starts, score.end]
    times = score.tempo.ticks_to_s(edges)
    if times[-1] < SHORTEST_S:
        raise InputError(f"the piece lasts {times[-1]:.0f} s; a clip has {SHORTEST_S:g} and more")
    worth = _worth(score, edges)
    firsts = {section.start for section in score.sections}
    best: tuple[float, int, int] | None = None
    for i in range(len(edges) - 1):
        stop = int(np.searchsorted(times, times[i] + seconds + 1e-6, side="right")) - 1
        if times[stop] - times[i] < SHORTEST_S:  # bars that fill no 15 s: one more
            stop += 1
        if stop >= len(edges) or times[stop] - times[i] < SHORTEST_S:
            continue
        mean = float(np.average(worth[i:stop], weights=np.diff(times[i : stop + 1])))
        value = mean + (0.25 if edges[i] in firsts else 0.0)
        if best is None or value > best[0] + 1e-9:
            best = value, i, stop
    assert best is not None  # the whole is long enough  # noqa: S101
    _, i, stop = best
    names = [s.name for s in score.sections if s.start <= edges[i] < s.end]
    return Passage(edges[i], edges[stop], names[0] if names else "", float(times[i]),
                   float(times[stop]))  # fmt: skip


def _worth(score: Score, edges: list[int]) -> np.ndarray:
    """Return what each bar counts."""
    worth = np.zeros(len(edges) - 1)
    ends = np.array(edges[1:])
    for section in score.sections:
        inside = (np.array(edges[:-1]) >= section.start) & (ends <= section.end)
        worth[inside] += section.energy
    for part in score.parts:
        starts = np.array([note.start for note in part.notes])
        sounding = np.histogram(starts, bins=edges)[0] > 0 if starts.size else worth < -1
        worth += sounding * (0.8 if part.role == "melody" else 0.08)
    return worth
