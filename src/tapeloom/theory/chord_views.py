"""What the chord model sees of the past: four views of it, and the piece's own memory."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import Key
from tapeloom.theory.families import SIZE, START, frame
from tapeloom.theory.places import Place

ORDERS = {"key": 5, "motion": 6, "metre": 5, "section": 4}
VIEWS = tuple(ORDERS)
DEPTH = 6  # the longest context that the memory compares


def contexts(history: Sequence[int], key: Key, place: Place | None) -> dict[str, list[int]]:
    """Return what each view sees of a history of symbols (see `families.symbol`), nearest last.

    >>> contexts([18, 57], Key("C", "major"), None)["key"]  # Dm7 G7 after the beginning
    [96, 96, 18, 57]
    """
    home = frame(key)
    start = START + key.is_minor
    past = [(s - 8 * home) % SIZE for s in history[-(ORDERS["motion"]) :]]
    degrees = [start] * 5 + past
    motions = [start] * 5
    for i, s in enumerate(past):
        before = past[i - 1] if i else (key.pitch_class - home) % 12 * 8
        if i or len(history) == len(past):
            motions.append((s // 8 - before // 8) % 12 * 8 + s % 8)
    seen = {"key": degrees[-4:], "motion": motions[-5:]}
    if place is not None:
        phrase = place.beat * 8 + place.bar
        quarter = place.beat * 4 + place.bar % 4
        seen["metre"] = [phrase, quarter, *degrees[-2:]]
        seen["section"] = [place.section, place.beat * 4 + place.left, degrees[-1]]
    return seen


def remembered(history: Sequence[int]) -> tuple[NDArray[np.float64], int]:
    """Return what the piece's own past foretells, shape (96,), and how many chords back it agrees.

    Interpolated prediction by partial matching, escape method C (J. Cleary and I. Witten, "Data
    Compression Using Adaptive Coding and Partial String Matching", 1984; A. Moffat, 1990).

    >>> p, depth = remembered([16, 57, 0, 16, 57])
    >>> int(p.argmax()), depth
    (0, 2)
    """
    past = np.asarray(history, np.int64)
    p = np.full(SIZE, 1.0 / SIZE)
    at = np.arange(len(past))  # where something followed the context
    for k in range(min(DEPTH, len(past)) + 1):
        if k:
            at = at[at >= k]
            at = at[past[at - k] == past[-k]]
        if not len(at):
            return p, k - 1 if k else 0
        seen = np.bincount(past[at], minlength=SIZE)
        escapes = np.count_nonzero(seen)
        p = (seen + escapes * p) / (len(at) + escapes)
    return p, min(DEPTH, len(past))
