"""Whether a player's hands can hold what is struck at once."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from tapeloom.theory.guitar import FINGERS, SPAN, GuitarShape
from tapeloom.theory.instruments import Instrument

_FRETS = 24
_DOUBLE_STOP = 5  # semitones between the stopping fingers of two neighbouring strings


def can_hold(player: Instrument, pitches: Sequence[int]) -> bool:
    """Tell whether one player can strike these MIDI pitches, in rising order, at once.

    A keyboard's hands take neighbouring notes each, a mallet a note, a plucked string a note within
    the reach of four fingers, a bow two neighbouring strings. A section of strings divides itself.

    >>> from tapeloom.theory.instruments import instrument
    >>> can_hold(instrument("felt_piano"), (36, 48, 60, 64, 67)), can_hold(
    ...     instrument("felt_piano"), (36, 60, 84))
    (True, False)
    >>> can_hold(instrument("nylon_guitar"), (48, 52, 55, 60, 64)), can_hold(
    ...     instrument("nylon_guitar"), (40, 41, 42))
    (True, False)
    """
    if len(pitches) < 2 or player.players > 1:
        return True
    if len(pitches) > player.polyphony:
        return False
    if player.strings and player.family == "bowed":
        return _can_bow(player.strings, tuple(pitches))
    if player.strings and player.hands:
        return _can_stop(player.strings, tuple(pitches))
    if not player.hands:
        return True
    return _can_reach(
        tuple(pitches), hands=player.hands, span=player.hand_span, most=player.hand_notes
    )


@lru_cache(maxsize=8192)
def _can_reach(pitches: tuple[int, ...], *, hands: int, span: int, most: int) -> bool:
    if not hands:
        return not pitches
    # The left hand takes as many as it can: what is left for the others only gets easier.
    taken = sum(pitch <= pitches[0] + span for pitch in pitches[:most])
    rest = pitches[taken:]
    return not rest or _can_reach(rest, hands=hands - 1, span=span, most=most)


@lru_cache(maxsize=8192)
def _can_stop(strings: tuple[int, ...], pitches: tuple[int, ...]) -> bool:
    """Each note has its own string, and four fingers within reach stop those that aren't open."""
    return any(
        GuitarShape(frets, strings).fingers <= FINGERS
        for first in range(1, _FRETS)
        for frets in _placings(strings, pitches, first)
    )


def _placings(
    strings: tuple[int, ...], pitches: tuple[int, ...], first: int
) -> Iterator[tuple[int | None, ...]]:
    """Yield the ways to put rising pitches on rising strings, the hand at a fret."""
    if len(pitches) > len(strings):
        return
    if not strings:
        yield ()
        return
    fret = pitches[0] - strings[0] if pitches else -1
    if fret == 0 or first <= fret < min(first + SPAN, _FRETS + 1):
        for rest in _placings(strings[1:], pitches[1:], first):
            yield (fret, *rest)
    for rest in _placings(strings[1:], pitches, first):
        yield (None, *rest)


@lru_cache(maxsize=4096)
def _can_bow(strings: tuple[int, ...], pitches: tuple[int, ...]) -> bool:
    low, high = pitches[0], pitches[-1]
    for under, over in pairwise(strings):
        below, above = low - under, high - over
        if below < 0 or above < 0:
            continue
        if 0 in (below, above) or abs(below - above) <= _DOUBLE_STOP:
            return True
    return False
