"""Give players time: runs are thinned, repeated notes tied, held notes let go, breaths taken."""

from math import gcd

import numpy as np

from tapeloom.core.time import PPQ
from tapeloom.theory.orchestration.draft import Task
from tapeloom.theory.orchestration.lines import windows
from tapeloom.theory.orchestration.playability import BURST, QUICK_BREATH_S, breaths

BREATH_S = 0.25  # of the rest that a breath is given
_SHORTEST_S = 0.06  # of a note that gives all but this
_WORTH_S = 0.5  # a note this long can give some of its time to a breath


def slow_down(task: Task) -> int:
    """Leave out what falls off the beat in runs that are too quick."""
    line = task.line
    firsts = line.firsts
    times = line.start_s[firsts]
    fineness = np.array([PPQ // gcd(tick, PPQ) for tick in line.start[firsts].tolist()])
    kept = np.arange(len(firsts))
    while len(kept) > BURST:
        at = times[kept]
        quick = at[BURST:] - at[:-BURST] < BURST / task.player.notes_per_s - 1e-6
        if not quick.any():
            break
        run = np.flatnonzero(windows(quick, BURST + 1))
        fine = fineness[kept[run]]
        # Where all are as fine as one another every other one goes.
        going = run[1::2] if fine.min() == fine.max() else run[fine == fine.max()]
        kept = np.delete(kept, going)
    weak = set(line.start[firsts].tolist()) - set(line.start[firsts[kept]].tolist())
    gone = [index for index in task.draft.kept if task.draft[index].start in weak]
    task.draft.thin(gone)
    return len(gone)


def tie_repeats(task: Task) -> int:
    """Tie notes that come again too quickly to the ones before them."""
    draft, line = task.draft, task.line
    held: dict[int, int] = {}
    tied = 0
    for index in range(len(line)):
        note = draft[index]
        before = held.get(note.pitch)
        if before is not None and (
            line.start_s[index] - line.start_s[before] < 1.0 / task.player.repeats_per_s - 1e-9
        ):
            draft.end_at(before, max(draft[before].end, note.end))
            draft.drop(index)
            tied += 1
        else:
            held[note.pitch] = index
    return tied


def end_held(task: Task) -> int:
    """Let the oldest notes end where new ones need their place."""
    draft = task.draft
    ended: set[int] = set()
    sounding: list[int] = []
    for index in draft.kept:
        start = draft[index].start
        sounding = [other for other in sounding if draft[other].end > start] + [index]
        while len(sounding) > task.player.polyphony and draft[sounding[0]].start < start:
            oldest = sounding.pop(0)
            draft.end_at(oldest, start)
            ended.add(oldest)
    return len(ended)


def find_breaths(task: Task) -> int:
    """Give phrases that are too long a rest where a player would breathe.

    Late in the breath, after a long note, before a bar: these are the places looked for. A note
    too short to give time goes.
    """
    breath_s = task.player.breath_s
    if breath_s is None:
        return 0
    line = task.line
    begins = breaths(line).tolist()
    on_bar = np.isin(line.start, task.bars)
    count = 0
    for first, after in zip(begins, [*begins[1:], len(line)], strict=True):
        begin = first
        while float(line.end_s[begin:after].max() - line.start_s[begin]) > breath_s + 1e-6:
            limit = float(line.start_s[begin]) + breath_s
            last = int(np.searchsorted(line.start_s[begin:after], limit - 1e-9)) + begin
            at = _best_place(task, range(begin, min(last, after)), limit, on_bar)
            count += _breathe(task, at, after, limit)
            begin = at + 1
            if begin >= after:
                break
    return count


def _best_place(task: Task, inside: range, limit: float, on_bar: np.ndarray) -> int:
    """Return the note after which to breathe: of those that begin within a breath, the best."""
    line = task.line
    begin_s = float(line.start_s[inside.start])

    def worth(index: int) -> float:
        sung_s = min(float(line.end_s[index]), limit) - begin_s
        length_s = float(line.end_s[index] - line.start_s[index])
        before_bar = index + 1 < len(line) and bool(on_bar[index + 1])
        return 2.0 * sung_s / (limit - begin_s) + min(length_s / _WORTH_S, 2.0) + 0.7 * before_bar

    return max(inside, key=worth)


def _breathe(task: Task, at: int, after: int, limit: float) -> int:
    """End a note early enough for a breath before the next one; return how many changed."""
    line, draft = task.line, task.draft
    following = float(line.start_s[at + 1]) if at + 1 < after else float(line.end_s[at]) + BREATH_S
    changed = 0
    for index in range(at, -1, -1):
        start_s = float(line.start_s[index])
        length_s = float(line.end_s[index]) - start_s
        for rest_s, least_s in ((BREATH_S, 0.4 * length_s), (QUICK_BREATH_S, _SHORTEST_S)):
            end_s = min(limit, following - rest_s)
            if end_s - start_s >= least_s:
                draft.end_at(index, int(task.tempo.s_to_tick(end_s)) - 1)
                return changed + 1
        draft.drop(index)
        changed += 1
        if following - start_s >= QUICK_BREATH_S:
            break
    return changed
