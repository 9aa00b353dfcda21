"""Loops for the tests of the arranger, made by hand."""

from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note, Part, Score
from tapeloom.core.time import PPQ, TempoMap

# A tune in C by quarters: a scale degree, 0 holds the note before, - rests.
TUNE = "5 3 1 0 2 4 2 0 1 3 5 6 5 0 - - 5 3 1 0 2 4 7 0 6 5 4 2 1 0 - -".split()
ROOTS = (48, 45, 41, 43, 48, 45, 41, 43)  # C Am F G
THIRDS = {48: 4, 45: 3, 41: 4, 43: 4}
STEPS = (0, 2, 4, 5, 7, 9, 11)


def tune(bar: int = 4 * PPQ) -> tuple[Note, ...]:
    """Eight bars of melody."""
    notes: list[Note] = []
    for i, sign in enumerate(TUNE):
        at = i // 4 * bar + i % 4 * PPQ
        if i % 4 * PPQ >= bar or sign == "-":
            continue
        if sign == "0":
            last = notes.pop()
            notes.append(Note(last.start, last.duration + PPQ, last.pitch, 90))
        else:
            notes.append(Note(at, PPQ, 72 + STEPS[int(sign) - 1], 90))
    return tuple(notes)


def chords(bar: int = 4 * PPQ) -> tuple[Note, ...]:
    """A chord on every second beat."""
    return tuple(
        Note(i * bar + at, PPQ, root + 12 + above, 70)
        for i, root in enumerate(ROOTS)
        for at in range(0, bar, 2 * PPQ)
        for above in (0, THIRDS[root], 7)
    )


def bass(bar: int = 4 * PPQ) -> tuple[Note, ...]:
    """Roots, and fifths after them."""
    return tuple(
        Note(i * bar + at, PPQ, root - 12 + (7 if at else 0), 85)
        for i, root in enumerate(ROOTS)
        for at in (0, 2 * PPQ)
    )


def kit(bar: int = 4 * PPQ) -> tuple[Note, ...]:
    """Kick, snare and hats."""
    return tuple(
        Note(i * bar + at, PPQ // 4, key, 100)
        for i in range(8)
        for at, key in ((0, 36), (PPQ, 38), (2 * PPQ, 36), *((h * PPQ // 2, 42) for h in range(6)))
    )


def loop(*roles: str, meter: str = "4/4") -> Score:
    """Eight bars in C major with some of melody, keys, bass and drums; all where none is named."""
    bar = Meter.parse(meter).bar_ticks
    made = {"melody": tune, "keys": chords, "bass": bass, "drums": kit}
    parts = tuple(
        Part(role, role, notes=make(bar))
        for role, make in made.items()
        if not roles or role in roles
    )
    return Score(
        parts, tempo=TempoMap.constant(80), meters=((0, Meter.parse(meter)),),
        keys=((0, Key("C", "major")),),
    )  # fmt: skip
