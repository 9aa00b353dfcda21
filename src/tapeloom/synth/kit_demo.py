"""Phrases for drums, written as drum machines show them."""

from tapeloom.synth.patch import DemoNote
from tapeloom.theory.instruments import DRUMS, PERCUSSION

_STRENGTHS = {"X": 112, "x": 90, "o": 64, ".": 34}


def steps(rows: dict[str, str], *, swing: float = 0.58) -> tuple[DemoNote, ...]:
    """Return the hits of a grid of sixteenths: X loud, x, o, and . for a ghost note.

    swing  share of the first of two sixteenths
    >>> [(n.beat, n.pitch, n.velocity) for n in steps({"kick": "X-.-", "snare": "-x"}, swing=0.6)]
    [(0.0, 36, 112), (0.3, 38, 90), (0.5, 36, 34)]
    """
    keys = DRUMS | PERCUSSION
    notes = [
        DemoNote(0.5 * (i // 2) + (0.5 * swing if i % 2 else 0.0), _length(row, i),
                 keys[drum], _STRENGTHS[row[i]])
        for drum, row in rows.items()
        for i in range(len(row))
        if row[i] in _STRENGTHS
    ]  # fmt: skip
    return tuple(sorted(notes, key=lambda note: (note.beat, note.pitch)))


def _length(row: str, at: int) -> float:
    """Return a hit's length in beats: `=` after it holds it for another sixteenth."""
    end = at + 1
    while end < len(row) and row[end] == "=":
        end += 1
    return 0.25 * (end - at)
