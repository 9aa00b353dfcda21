"""Which sections of a score are made of the same tune.

A section is cut into measures of its line. Two measures are alike by where their notes begin,
which degrees of the key they are and by which steps they move; a section is as like another as
its measures are, on average, like the best of the other's. So a return that is longer, varied,
moved to another key or begun elsewhere is still known for what it is.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.compose.grid import measures
from tapeloom.core.score import Note, Part, Score, Section

LINES = ("melody", "other", "keys", "guitar", "pad", "bass")  # who carries the tune, first come
Sign = tuple[Counter[Hashable], Counter[Hashable], Counter[Hashable]]


def section_likeness(score: Score) -> NDArray[np.float64]:
    """Return how alike the tunes of each two sections are, 0..1, shape (sections, sections).

    The tune is the melody's; sections without one are compared by the top voice of the first of
    LINES that sounds in both of them. Two sections without a line in common have nothing alike: 0.

    >>> from tapeloom.core.time import PPQ
    >>> tune = ((0, 60), (1, 64), (2, 62), (4, 67), (6, 65), (12, 60), (13, 64), (14, 62))
    >>> notes = tuple(Note(beat * PPQ, PPQ, pitch) for beat, pitch in tune)
    >>> sections = tuple(Section(n, i * 4 * PPQ, (i + 1) * 4 * PPQ) for i, n in
    ...                  ((0, "A"), (1, "B"), (3, "A2")))
    >>> likeness = section_likeness(Score((Part("melody", "melody", notes=notes),),
    ...                                   sections=sections))
    >>> likeness.round(1).tolist()
    [[1.0, 0.5, 1.0], [0.5, 1.0, 0.5], [1.0, 0.5, 1.0]]
    """
    signs: list[dict[str, list[Sign]]] = [{} for _ in score.sections]
    for role in LINES:
        lines = [part for part in score.parts if part.role == role]
        for section, known in zip(score.sections, signs, strict=True):
            found = _signs(lines, section, score)
            if found:
                known[role] = found
    count = len(score.sections)
    table = np.eye(count)
    for i in range(count):
        for j in range(i + 1, count):
            shared = [name for name in LINES if name in signs[i] and name in signs[j]]
            if shared:
                alike = _alike(signs[i][shared[0]], signs[j][shared[0]])
                table[i, j] = table[j, i] = alike
    return table


def unrecognised(score: Score, letters: Sequence[str]) -> tuple[int, ...]:
    """Return the sections that are nearer to another letter's tune than to that of their own.

    letters   one for each section: equal ones are the same material; "" is left out

    Only sections count whose letter comes at least twice, beside another one.
    """
    table = section_likeness(score)
    lost = []
    for i, letter in enumerate(letters):
        own = [table[i, j] for j, other in enumerate(letters) if j != i and letter == other]
        foreign = [table[i, j] for j, other in enumerate(letters) if other not in ("", letter)]
        if letter and own and foreign and max(own) <= max(foreign):
            lost.append(i)
    return tuple(lost)


def _signs(parts: Sequence[Part], section: Section, score: Score) -> list[Sign]:
    """Return what each measure of a section's top line is known by; empty ones are left out."""
    top: dict[int, Note] = {}
    for part in parts:
        first = bisect_left(part.notes, section.start, key=lambda note: note.start)
        stop = bisect_left(part.notes, section.end, key=lambda note: note.start)
        for note in part.notes[first:stop]:
            if note.start not in top or top[note.start].pitch < note.pitch:
                top[note.start] = note
    if not top:
        return []
    tonic = next(
        (key.pitch_class for tick, key in reversed(score.keys) if tick <= section.start), 0
    )
    line = [top[tick] for tick in sorted(top)]
    found: list[Sign] = []
    before: Note | None = None
    at = 0
    for measure in measures(section.start, section.end, score.meters):
        onsets: Counter[Hashable] = Counter()
        degrees: Counter[Hashable] = Counter()
        steps: Counter[Hashable] = Counter()
        while at < len(line) and line[at].start < measure.end:
            note = line[at]
            place = note.start - measure.start
            onsets[place] += 1
            degrees[place, (note.pitch - tonic) % 12] += 1
            if before is not None:
                steps[place, note.pitch - before.pitch] += 1
            before = note
            at += 1
        if onsets:
            found.append((onsets, degrees, steps))
    return found


def _alike(first: Sequence[Sign], second: Sequence[Sign]) -> float:
    table = np.array([[_sign_likeness(a, b) for b in second] for a in first])
    return float((table.max(axis=1).mean() + table.max(axis=0).mean()) / 2.0)


def _sign_likeness(first: Sign, second: Sign) -> float:
    """Return the mean of three F measures: of onsets, degrees and steps."""
    shares = []
    for a, b in zip(first, second, strict=True):
        total = a.total() + b.total()
        if total:
            shares.append(2.0 * (a & b).total() / total)
    return sum(shares) / len(shares)
