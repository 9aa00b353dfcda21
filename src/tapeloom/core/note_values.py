"""Lengths in ticks as note values: halves, dotted eighths, triplets."""

from dataclasses import dataclass

from tapeloom.core.time import PPQ

_NAMES = ("whole", "half", "quarter", "eighth", "16th", "32nd", "64th", "128th")
_FINEST = PPQ // 96  # what isn't made of these is no rhythm that was meant


@dataclass(frozen=True, slots=True)
class NoteValue:
    """A note value: its name, its dots, and how many stand in the time of how many."""

    name: str  # of MusicXML: whole, half, quarter, eighth, 16th ...
    dots: int = 0
    actual: int = 1
    normal: int = 1


def _derive() -> dict[int, NoteValue]:
    values: dict[int, NoteValue] = {}
    for actual, normal in ((1, 1), (3, 2), (5, 4), (7, 4)):
        for dots in (0, 1, 2):
            for i, name in enumerate(_NAMES):
                above = 4 * PPQ * (2 ** (dots + 1) - 1) * normal
                below = 2**i * 2**dots * actual
                if above % below == 0 and (actual == 1 or dots == 0):
                    values.setdefault(above // below, NoteValue(name, dots, actual, normal))
    return values


_VALUES = _derive()


def note_value(ticks: int) -> NoteValue | None:
    """Return the note value of a length; None where no one value has it.

    >>> note_value(15120), note_value(3360), note_value(50400)
    (NoteValue(name='quarter', dots=1, ...), NoteValue(name='eighth', ... normal=2), None)
    """
    return _VALUES.get(ticks)


def split_length(
    start: int, stop: int, *, origin: int, beat: int, grid: int = 1
) -> list[tuple[int, int]]:
    """Cut a stretch of one bar into lengths that have a value, at beats where it goes.

    origin   tick at which the bar begins
    beat     ticks of a beat
    grid     ticks of which each length must be a multiple, where all that is given is

    What has no value and is no multiple of a 96th of a quarter is left whole.

    >>> split_length(0, 50400, origin=0, beat=10080)
    [(0, 40320), (40320, 50400)]
    >>> split_length(5040, 32760, origin=0, beat=10080)
    [(5040, 20160), (20160, 30240), (30240, 32760)]
    """
    if stop <= start:
        return []
    length = stop - start
    if length in _VALUES or length % _FINEST:
        return [(start, stop)]
    cut = origin + (stop - 1 - origin) // beat * beat
    if cut <= start:
        plain = [
            ticks
            for ticks, value in _VALUES.items()
            if value.actual == 1 and ticks < length and ticks % grid == 0
        ]
        if not plain:
            return [(start, stop)]
        cut = start + max(plain)
    return [
        *split_length(start, cut, origin=origin, beat=beat, grid=grid),
        *split_length(cut, stop, origin=origin, beat=beat, grid=grid),
    ]
