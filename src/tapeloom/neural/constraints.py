"""Holding notes to the limits: range, key, chord, and how many there may be, as masks of tokens.

Pitches and chords are those of the tokens: written as if the tonic were C.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tapeloom.core.harmony import QUALITIES, Chord
from tapeloom.core.meter import Meter
from tapeloom.neural.limits import Limits
from tapeloom.neural.token_grammar import State
from tapeloom.neural.tokens import GRID, PLACE_TICKS, VOCABULARY
from tapeloom.rhythm.meters import beat_starts
from tapeloom.theory.melody_fit import AVOID, COLOUR, role

Mask = NDArray[np.bool_]

SUPPORTING = ("keys", "pad", "bass")  # roles that play every chord where it begins, and go with it
LONG = GRID  # places: what an avoid note may not last


def narrow(
    mask: Mask, state: State, limits: Limits, *, chords: Sequence[tuple[int, Chord]],
    meter: Meter, count: int, most: int = 99, pitches: Sequence[int] = (),
) -> Mask:  # fmt: skip
    """Take from what the grammar allows what the limits forbid; never everything.

    chords   (place, chord) of the bar, in order; what is not yet known limits nothing. Where one
             begins keys, pad and bass play: the bass its bass, the keys what tells its kind
    count    notes so far in this role's bar
    most     notes that it may have; a chord that is still to begin keeps its share of them
    pitches  of the notes that began at this place
    """
    if state.role == "chords" and state.place == 0 and state.bars - 1 in limits.home:
        return _homewards(mask, state, limits.scale)
    if state.role in ("", "chords"):
        return mask
    if not limits.by_chord:
        chords = ()
    if state.last == "PITCH":
        return _lengths(mask, state, chords)
    if state.last == "ROLE" and (state.bars - 1, state.role) in limits.sounding:
        mask = mask & VOCABULARY.masks["POS"] if (mask & VOCABULARY.masks["POS"]).any() else mask
    grounds = state.role == limits.ground.get(state.bars - 1, "bass")
    tells = state.role == "keys" or (grounds and state.role == "pad")
    begins = any(place == state.place for place, _ in chords)
    chord = chord_at(chords, state.place)
    low, high = limits.ranges.get(state.role, (0, 127))
    if begins and chord is not None and state.last == "DUR":
        fuller = mask & _lacking(state, chord, pitches, low, high) if tells else _NONE
        if fuller.any():
            return fuller
    mask = _within(mask, state, chords, count, most, tells)
    if len(pitches) >= limits.together.get(state.role, 99) and state.last in ("DUR", "DRUM"):
        fewer = mask & ~_AT_ONCE
        if fewer.any():
            mask = fewer
    if state.role == "drums" or state.last not in ("POS", "VEL", "DUR"):
        return mask
    heavy = is_heavy(meter, state.place) or begins
    wanted = _pitches(state.role, chord, heavy, limits.scale, low, high)
    if begins and chord is not None and not pitches:
        wanted = _lowest(mask, wanted, state.role, chord, grounds, low, high)
    above = wanted & _higher(state.pitch)
    if above.any():
        return mask & (wanted | ~VOCABULARY.masks["PITCH"])
    if state.last == "DUR":  # no room for another note of this chord
        return mask & ~_AT_ONCE
    loose = mask & (_pitches(state.role, None, False, _ALL, low, high) | ~VOCABULARY.masks["PITCH"])
    return loose if loose.any() else mask


def _within(
    mask: Mask, state: State, chords: Sequence[tuple[int, Chord]], count: int, most: int,
    tells: bool,
) -> Mask:  # fmt: skip
    """Let no chord of the bar begin unplayed, and let there be no more notes than may be."""
    if state.role not in SUPPORTING:
        fewer = mask & ~_FURTHER if count >= most else mask
        return fewer if fewer.any() else mask
    most = max(most, sum(_needed(chord, tells) for _, chord in chords))
    due = [(place, chord) for place, chord in chords if place > state.place]
    if count >= most:
        fewer = mask & ~_FURTHER
        return fewer if fewer.any() else mask
    if not due or state.last not in ("ROLE", "DUR"):
        return mask
    first = due[0][0]
    sooner = mask & _until(first)
    if count + sum(_needed(chord, tells) for _, chord in due) >= most:
        sooner = sooner & _from(first)
    return sooner if sooner.any() else mask


def _needed(chord: Chord, tells: bool) -> int:
    """Return how many notes a supporting role needs for a chord."""
    return 1 + len(_telling(chord)) if tells else 1


def _lacking(state: State, chord: Chord, pitches: Sequence[int], low: int, high: int) -> Mask:
    """Return the higher pitches that tell what a chord is and are not there yet."""
    here = {pitch % 12 for pitch in pitches}
    lacking = [classes for classes in _telling(chord) if not classes & here]
    mask = np.zeros(VOCABULARY.size, np.bool_)
    for place in frozenset().union(*lacking):
        mask |= _only_class(place, low, high)
    mask &= _higher(state.pitch)
    near = mask & ~_higher(high - 12) if len(lacking) > 1 else mask  # the others lie above
    return near if near.any() else mask


def _lowest(
    mask: Mask, wanted: Mask, part: str, chord: Chord, grounds: bool, low: int, high: int
) -> Mask:  # fmt: skip
    """Return where a chord's lowest note may lie: the bass on its bass, others with room above."""
    if part != "bass":
        roomy = wanted & ~_higher(high - 12)
        wanted = roomy if (mask & roomy).any() else wanted
    if grounds:
        root = _only_class(chord.bass_pitch_class, low, high)
        for found in (root & wanted, root):
            if (mask & found).any():
                return found
    return wanted


def _homewards(mask: Mask, state: State, scale: frozenset[int]) -> Mask:
    """Let a chord stand on the tonic, with the third of its mode."""
    if state.last == "POS":
        home = mask & _tonic()
    elif state.last == "ROOT":
        home = mask & _qualities_with(4 if 4 in scale else 3)
    else:
        return mask
    return home if home.any() else mask


@lru_cache(maxsize=1)
def _tonic() -> Mask:
    mask = np.zeros(VOCABULARY.size, np.bool_)
    mask[VOCABULARY.of("ROOT").start] = True
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=2)
def _qualities_with(third: int) -> Mask:
    mask = np.zeros(VOCABULARY.size, np.bool_)
    for number in VOCABULARY.of("QUAL"):
        steps = QUALITIES[str(VOCABULARY.value(number))].intervals
        mask[number] = third in steps and 7 in steps and (third == 3 or 10 not in steps)
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=256)
def _until(place: int) -> Mask:
    """Return the positions up to a place, and what goes on where one is."""
    mask = VOCABULARY.masks["PITCH"] | VOCABULARY.masks["VEL"]
    first = VOCABULARY.of("POS").start
    mask[first : first + place + 1] = True
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=256)
def _from(place: int) -> Mask:
    """Return the positions from a place on."""
    mask = np.zeros(VOCABULARY.size, np.bool_)
    numbers = VOCABULARY.of("POS")
    mask[numbers.start + place : numbers.stop] = True
    mask.flags.writeable = False
    return mask


def chord_at(chords: Sequence[tuple[int, Chord]], place: int) -> Chord | None:
    """Return the chord that holds at a place of the bar.

    >>> str(chord_at([(0, Chord.parse("C")), (48, Chord.parse("F"))], 60))
    'F'
    """
    found = None
    for at, chord in chords:
        if at <= place:
            found = chord
    return found


@lru_cache(maxsize=4096)
def is_heavy(meter: Meter, place: int) -> bool:
    """Tell whether a place begins a beat of its bar.

    >>> [is_heavy(Meter(4, 4), place) for place in (0, 12, 24)]
    [True, False, True]
    """
    return place * PLACE_TICKS in beat_starts(meter)


def _lengths(mask: Mask, state: State, chords: Sequence[tuple[int, Chord]]) -> Mask:
    """Keep avoid notes short, and let the harmony's parts go with the chord."""
    chord = chord_at(chords, state.place)
    if chord is None:
        return mask
    if role(chord.quality, (state.pitch - chord.root) % 12) == AVOID:
        return mask & _SHORT
    if state.role not in SUPPORTING:
        return mask
    end = state.length
    for place, following in chords:
        if place > state.place and state.pitch % 12 not in following.pitch_classes:
            end = place
            break
    shorter = mask & _at_most(end - state.place)
    return shorter if shorter.any() else mask


@lru_cache(maxsize=256)
def _at_most(places: int) -> Mask:
    """Return the durations up to one."""
    mask = np.zeros(VOCABULARY.size, np.bool_)
    for number in VOCABULARY.of("DUR"):
        mask[number] = int(str(VOCABULARY.value(number))) <= places
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=16384)
def _pitches(
    part: str, chord: Chord | None, heavy: bool, scale: frozenset[int], low: int, high: int
) -> Mask:
    """Return which pitches a part may play over a chord."""
    mask = np.zeros(VOCABULARY.size, np.bool_)
    first = VOCABULARY.of("PITCH").start
    tones = set(chord.pitch_classes) | {chord.bass_pitch_class} if chord else set()
    for pitch in range(max(low, 0), min(high, 127) + 1):
        inside = pitch % 12 in scale or pitch % 12 in tones
        if inside and chord is not None and pitch % 12 not in tones:
            kind = role(chord.quality, (pitch - chord.root) % 12)
            if part in ("keys", "pad", "guitar"):
                inside = not heavy and kind not in (AVOID, COLOUR)
            elif heavy:
                inside = part == "melody" and kind != AVOID
        if inside:
            mask[first + pitch] = True
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=1024)
def _telling(chord: Chord) -> tuple[frozenset[int], ...]:
    """Return sets of pitch classes, of each of which one is to be heard: they tell a chord's kind.

    Its third, or what stands in for it; with a sixth over a seventh the seventh as well.
    """
    thirds = [step for step in chord.intervals if step in (3, 4)]
    others = [step for step in chord.intervals if step in (2, 5)]
    told = [thirds or others or [7]]
    if {9, 10} <= {step % 12 for step in chord.intervals}:
        told.append([10])
    return tuple(frozenset((chord.root + step) % 12 for step in steps) for steps in told)


@lru_cache(maxsize=1024)
def _only_class(pitch_class: int, low: int, high: int) -> Mask:
    """Return the pitches of one class within a range."""
    mask = np.zeros(VOCABULARY.size, np.bool_)
    first = VOCABULARY.of("PITCH").start
    for pitch in range(max(low, 0), min(high, 127) + 1):
        mask[first + pitch] = pitch % 12 == pitch_class % 12
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=256)
def _higher(pitch: int) -> Mask:
    mask = np.zeros(VOCABULARY.size, np.bool_)
    numbers = VOCABULARY.of("PITCH")
    mask[numbers.start + pitch + 1 : numbers.stop] = True
    mask.flags.writeable = False
    return mask


def _mask_of(*names: str) -> Mask:
    mask = np.zeros(VOCABULARY.size, np.bool_)
    for name in names:
        mask |= VOCABULARY.masks[name]
    return mask


_ALL = frozenset(range(12))
_NONE = np.zeros(VOCABULARY.size, np.bool_)
_AT_ONCE = _mask_of("PITCH", "DRUM", "VEL")
_FURTHER = _mask_of("PITCH", "DRUM", "VEL", "POS")
_SHORT = ~_mask_of("DUR")
for _number in VOCABULARY.of("DUR"):
    if int(str(VOCABULARY.value(_number))) < LONG:
        _SHORT[_number] = True
