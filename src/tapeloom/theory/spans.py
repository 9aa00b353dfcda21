"""What an analysis tells of a stretch of time: its key, its chord and what the chord does."""

from dataclasses import dataclass

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key

FUNCTIONS = ("tonic", "subdominant", "dominant", "applied", "mixture", "other")


@dataclass(frozen=True, slots=True)
class KeySpan:
    """A key and the time for which it holds.

    >>> span = KeySpan(0, 40320, Key("C", "major"), confidence=0.9)
    >>> str(span.key), span.holds(40320)
    ('C major', False)
    """

    start: int  # ticks
    end: int
    key: Key
    confidence: float = 1.0  # 0..1, how likely this key is here

    def __post_init__(self) -> None:
        _check(self.start, self.end, self.confidence)

    def holds(self, tick: int) -> bool:
        """Whether a tick lies in the span."""
        return self.start <= tick < self.end


@dataclass(frozen=True, slots=True)
class LabelledChord:
    """A chord in its key: numeral and function as well as symbol.

    >>> LabelledChord(0, 40320, Chord(7, "7"), Key("C", "major"), "V7", "dominant").numeral
    'V7'
    """

    start: int  # ticks
    end: int
    chord: Chord
    key: Key  # the local one
    numeral: str  # romanText conventions, applied chords as `V7/V`
    function: str  # one of FUNCTIONS
    confidence: float = 1.0  # 0..1, how likely this chord in this key is here

    def __post_init__(self) -> None:
        _check(self.start, self.end, self.confidence)
        if self.function not in FUNCTIONS:
            raise InputError(f"{self.function!r} is no function; choose one of {FUNCTIONS}")


def _check(start: int, end: int, confidence: float) -> None:
    if not 0 <= start < end:
        raise InputError(f"a span from tick {start} to {end} has no length")
    if not 0.0 <= confidence <= 1.0:
        raise InputError(f"confidence is {confidence}; it must lie between 0 and 1")
