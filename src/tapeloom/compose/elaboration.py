"""A placed tune made sparser or busier, so that its section has the density that is asked."""

from collections.abc import Sequence
from dataclasses import replace

from tapeloom.compose.grid import STEP, Measure, measure_at
from tapeloom.compose.placing import Placed

LEAST = 0.06  # of density, below which a tune stays as it is
MOST = 0.5  # share of the notes that may go or come
FEWEST = 3  # notes of a unit that stay: it must still be known


def by_density(placed: Sequence[Placed], grid: Sequence[Measure], away: float) -> list[Placed]:
    """Return placed notes with some left out or cut in two, unit by unit.

    away   the section's density over that for which the tune was drawn

    Weak short notes go first, the note before rings on; long notes are divided first, the second
    half a step on. Units that are alike stay alike: nothing is drawn.
    """
    share = min(abs(away), MOST)
    if share < LEAST:
        return list(placed)
    result: list[Placed] = []
    unit: list[Placed] = []
    for entry in [*placed, None]:
        if unit and (entry is None or entry.begins):
            result.extend(_thin(unit, grid, share) if away < 0.0 else _divide(unit, share))
            unit = []
        if entry is not None:
            unit.append(entry)
    return result


def _thin(unit: Sequence[Placed], grid: Sequence[Measure], share: float) -> list[Placed]:
    spare = max(min(round(share * len(unit)), len(unit) - FEWEST), 0)
    inner = sorted(
        range(1, len(unit) - 1),
        key=lambda i: (
            measure_at(grid, unit[i].start).weight(unit[i].start), unit[i].note.duration, -i
        ),
    )  # fmt: skip
    gone = set(inner[:spare])
    kept: list[Placed] = []
    for i, entry in enumerate(unit):
        if i in gone and kept and entry.pinned is None:
            before = kept[-1]
            end = entry.start + entry.note.duration
            if end - before.start <= 8 * STEP:
                note = replace(before.note, duration=end - before.start)
                kept[-1] = replace(before, note=note)
        else:
            kept.append(entry)
    return kept


def _divide(unit: Sequence[Placed], share: float) -> list[Placed]:
    long = [i for i, entry in enumerate(unit) if entry.note.duration >= 4 * STEP]
    long.sort(key=lambda i: (-unit[i].note.duration, i))
    chosen = set(long[: max(round(share * len(unit)), 1)])
    result: list[Placed] = []
    for i, entry in enumerate(unit):
        if i not in chosen or entry.pinned is not None:
            result.append(entry)
            continue
        first = max(entry.note.duration // (4 * STEP), 1) * 2 * STEP
        goal = unit[i + 1].note.contour if i + 1 < len(unit) else entry.note.contour - 1
        way = 1 if goal > entry.note.contour else -1
        second = replace(
            entry.note, onset=entry.note.onset + first, duration=entry.note.duration - first,
            contour=entry.note.contour + way,
        )  # fmt: skip
        result.append(replace(entry, note=replace(entry.note, duration=first)))
        result.append(replace(entry, start=entry.start + first, note=second, begins=False))
    return result
