"""Make a score playable: phrases move by octaves, chords are thinned, breaths are found."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np

from tapeloom.core.score import Part, Score
from tapeloom.core.time import TempoMap
from tapeloom.theory.orchestration.draft import Draft, Task
from tapeloom.theory.orchestration.hands import can_hold
from tapeloom.theory.orchestration.lines import Line
from tapeloom.theory.orchestration.pacing import end_held, find_breaths, slow_down, tie_repeats
from tapeloom.theory.orchestration.playability import breaths, check_part
from tapeloom.theory.orchestration.problems import Problem, player_of, the

_ROUNDS = 8  # what mends one thing may break another


def mend_playability(score: Score) -> tuple[Score, tuple[str, ...]]:
    """Return a score that its players can play, and what was done to each part.

    Parts that can be played stay as they are. Phrases out of range move by whole octaves, single
    notes where a phrase is wider than its instrument; hands that are too small leave out inner
    notes, doubled ones first; runs that are too quick lose what falls off the beat; long phrases
    get a rest where a player would breathe. What is left after some rounds is left out, and that is
    said. Drums stay.

    >>> from tapeloom.core.score import Note
    >>> flute = Part("tune", "melody", "flute", (Note(0, 10080, 50), Note(10080, 10080, 53)))
    >>> mended, reasons = mend_playability(Score((flute,)))
    >>> [note.pitch for note in mended.parts[0].notes], reasons
    ([62, 65], ('tune: 2 notes moved by octaves into the range of the flute',))
    """
    bars = np.array(score.bar_starts, np.int64)
    parts, reasons = [], []
    for part in score.parts:
        mended, told = mend_part(part, score.tempo, bars=bars)
        parts.append(mended)
        reasons += told
    return (replace(score, parts=tuple(parts)) if reasons else score), tuple(reasons)


def mend_part(
    part: Part, tempo: TempoMap, *, bars: np.ndarray | None = None
) -> tuple[Part, list[str]]:
    """Return one part made playable, and what was done.

    bars  ticks at which bars begin: a breath is best taken before one
    """
    player = player_of(part)
    if player is None:
        return part, []
    done: Counter[str] = Counter()
    problems = check_part(part, tempo)
    for _ in range(_ROUNDS):
        for kind, mender, told in _MENDERS:
            ticks = frozenset(problem.tick for problem in problems if problem.kind == kind)
            if ticks:
                draft = Draft(part)
                line = Line.of(part.notes, tempo)
                task = Task(draft, part, player, line, tempo, ticks,
                            np.zeros(0, np.int64) if bars is None else bars)  # fmt: skip
                done[told] += mender(task)
                part = draft.part()
                problems = check_part(part, tempo)
    while problems:
        part, count = _without(part, problems)
        done["left out, which can't be played as written by {who}"] += count
        problems = check_part(part, tempo)
    return part, [
        f"{part.name}: {count} note{'s' if count > 1 else ''} {told.format(who=the(player))}"
        for told, count in done.items()
        if count
    ]


def _without(part: Part, problems: list[Problem]) -> tuple[Part, int]:
    """Leave out every other note of what can't be played: the last resort."""
    draft = Draft(part)
    gone: set[int] = set()
    for problem in problems:
        inside = [i for i in draft.kept if problem.tick <= draft[i].start < problem.end]
        gone |= set(inside[1::2] or inside)
    draft.thin(gone)
    return draft.part(), len(gone)


def _into_range(task: Task) -> int:
    """Move phrases by octaves into the range, and what is still outside note by note."""
    player, line = task.player, task.line
    low, high = player.comfortable
    changed = 0
    for first, after in pairwise([*breaths(line, long_s=np.inf).tolist(), len(line)]):
        pitches = line.pitch[first:after]
        if ((pitches >= player.low) & (pitches <= player.high)).all():
            continue
        octaves = np.arange(-8, 9)
        placed = pitches[:, None] + 12 * octaves
        outside = ((placed < player.low) | (placed > player.high)).sum(axis=0)
        strained = ((placed < low) | (placed > high)).sum(axis=0)
        best = octaves[np.lexsort((np.abs(octaves), strained, outside))[0]]
        for index, pitch in enumerate(pitches.tolist(), start=first):
            moved = pitch + 12 * int(best)
            moved += 12 * -((moved - player.low) // 12) if moved < player.low else 0
            moved -= 12 * -((player.high - moved) // 12) if moved > player.high else 0
            if moved < player.low:  # less than an octave, and the pitch isn't among it
                task.draft.drop(index)
            elif moved != pitch:
                task.draft.move(index, moved - pitch)
            changed += moved != pitch
    task.draft.unite()
    return changed


def _thin_chords(task: Task) -> int:
    """Leave out what the hands can't hold of the chords that are struck at the ticks."""
    draft = task.draft
    chords: dict[int, list[int]] = {}
    for index in draft.kept:
        if draft[index].start in task.ticks:
            chords.setdefault(draft[index].start, []).append(index)
    gone: list[int] = []
    for chord in chords.values():
        left = list(chord)
        while len(left) > 1 and not can_hold(task.player, sorted({draft[i].pitch for i in left})):
            least = _least_needed(draft, left, keeps_top=task.part.role != "bass")
            left.remove(least)
            gone.append(least)
    draft.thin(gone)
    return len(gone)


def _least_needed(draft: Draft, chord: list[int], *, keeps_top: bool) -> int:
    """Return the note that is missed least: an inner one, doubled if possible; then an outer."""
    inner = chord[1:-1]
    if not inner:
        return chord[0] if keeps_top else chord[-1]
    classes = Counter(draft[i].pitch % 12 for i in chord)
    return max(inner, key=lambda i: (classes[draft[i].pitch % 12], -draft[i].velocity))


def _fold_leaps(task: Task) -> int:
    """Bring what comes after a leap nearer to what was before it, by octaves."""
    draft, player = task.draft, task.player
    changed = 0
    moved = False  # a note that has moved may be far from the next one
    onsets = [*task.line.firsts.tolist(), len(task.line)]
    for first, after, end in zip(onsets, onsets[1:], onsets[2:], strict=False):
        if draft[first].start not in task.ticks and not moved:
            continue
        moved = False
        before = [draft[i].pitch for i in range(first, after)]
        for index in range(after, end):
            pitch = draft[index].pitch
            near = min(
                range(player.low + (pitch - player.low) % 12, player.high + 1, 12),
                key=lambda other: (min(abs(other - each) for each in before), other != pitch),
                default=pitch,
            )
            if near != pitch:
                draft.move(index, near - pitch)
                changed += 1
                moved = True
    draft.unite()
    return changed


_MENDERS = (
    ("range", _into_range, "moved by octaves into the range of {who}"),
    ("speed", slow_down, "left out of runs too quick for {who}"),
    ("repeats", tie_repeats, "tied that repeat too quickly for {who}"),
    ("leap", _fold_leaps, "moved by octaves after leaps too quick for {who}"),
    ("stretch", _thin_chords, "left out of chords that no hand can hold on {who}"),
    ("polyphony", _thin_chords, "left out of chords too full for {who}"),
    ("polyphony", end_held, "ended where {who} needs their place"),
    ("breath", find_breaths, "ended early for a breath of {who}"),
)
