"""Imitation: a line repeated by another voice on another degree, in another key or shape."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES, Key
from tapeloom.core.score import Note

# Degree (from 0) and alteration of each semitone above the tonic: a raised fourth and fifth, else
# lowered degrees; in minor the sixth and the seventh are raised.
_PLACES = {
    False: ((0, 0), (1, -1), (1, 0), (2, -1), (2, 0), (3, 0), (3, 1), (4, 0), (4, 1), (5, 0),
            (6, -1), (6, 0)),
    True: ((0, 0), (1, -1), (1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (4, 0), (5, 0), (5, 1),
           (6, 0), (6, 1)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Degree:
    """A pitch as a place in a key.

    >>> Degree.of(71, Key("C", "minor")), Degree(6, 1).pitch(Key("C", "minor"))
    (Degree(step=6, alteration=1), 71)
    """

    step: int  # diatonic steps above the tonic of the fourth octave; 7 is an octave
    alteration: int = 0  # semitones away from the scale's degree

    @classmethod
    def of(cls, pitch: int, key: Key) -> "Degree":
        """Place a MIDI pitch in a major or minor key (another mode counts by its third)."""
        octave, above = divmod(pitch - 60 - key.pitch_class, 12)
        step, alteration = _PLACES[key.is_minor][above]
        return cls(7 * octave + step, alteration)

    def pitch(self, key: Key) -> int:
        """Return the MIDI pitch of the degree in a key."""
        octave, step = divmod(self.step, 7)
        scale = MODES["minor" if key.is_minor else "major"]
        return 60 + key.pitch_class + 12 * octave + scale[step] + self.alteration


def degrees(pitches: Sequence[int], key: Key) -> tuple[Degree, ...]:
    """Read a line in a key.

    >>> [degree.step for degree in degrees([60, 64, 67], Key("C", "major"))]
    [0, 2, 4]
    """
    return tuple(Degree.of(pitch, key) for pitch in pitches)


def place(line: Sequence[Degree], source: Key, target: Key, *, steps: int = 0) -> tuple[int, ...]:
    """Sound a line of degrees in a key, moved by diatonic steps; returns MIDI pitches.

    In its own mode and on its own degrees the line keeps its alterations: a real transposition.
    Elsewhere the scale decides; in minor a seventh that rises to the tonic, or that stands between
    two tonics, is raised, and a sixth that rises to such a seventh with it.

    >>> c, d = Key("C", "major"), Key("D", "minor")
    >>> place(degrees([72, 71, 72, 69], c), c, d), place(degrees([60, 62, 64], c), c, c, steps=1)
    ((74, 73, 74, 70), (62, 64, 65))
    """
    same_mode = source.is_minor == target.is_minor
    if same_mode and steps % 7 == 0:
        return tuple(Degree(d.step + steps, d.alteration).pitch(target) for d in line)
    moved = [
        Degree(d.step + steps, 0 if steps % 7 or _is_modal(d, source) else d.alteration)
        for d in line
    ]
    if target.is_minor:
        moved = raise_leading(moved)
    return tuple(degree.pitch(target) for degree in moved)


def _is_modal(degree: Degree, key: Key) -> bool:
    """Tell whether an alteration belongs to the minor mode."""
    return key.is_minor and degree.step % 7 in (5, 6)


def raise_leading(line: Sequence[Degree]) -> list[Degree]:
    """Raise the sevenths of a minor line that rise to the tonic, and sixths that rise to these.

    >>> [d.alteration for d in raise_leading([Degree(5), Degree(6), Degree(7), Degree(6)])]
    [1, 1, 0, 0]
    """
    found = list(line)
    for i in range(len(found) - 1, -1, -1):
        degree = found[i].step % 7
        after = found[i + 1] if i + 1 < len(found) else None
        if found[i].alteration or after is None:
            continue
        to_tonic = degree == 6 and after.step == found[i].step + 1
        if to_tonic or (degree == 5 and after == Degree(found[i].step + 1, 1)):
            found[i] = replace(found[i], alteration=1)
    return found


def imitate(
    leader: Sequence[Note],
    *,
    key: Key,
    steps: int = 0,
    semitones: int | None = None,
    delay_ticks: int = 0,
    inverted: bool = False,
    stretch: Fraction = Fraction(1),
) -> tuple[Note, ...]:
    """Repeat a line in another voice.

    steps        diatonic steps up in the key (4 is a fifth, -7 an octave down)
    semitones    a real transposition instead of a diatonic one
    delay_ticks  how much later the follower begins, 0 or more
    inverted     steps up become steps down, around the leader's first note
    stretch      2 augments, 1/2 diminishes; ticks must stay whole

    >>> line = [Note(0, 4, 60), Note(4, 4, 64)]
    >>> [(n.start, n.pitch) for n in imitate(line, key=Key("C", "major"), steps=4, delay_ticks=8)]
    [(8, 67), (12, 71)]
    >>> [n.pitch for n in imitate(line, key=Key("C", "major"), inverted=True)]
    [60, 57]
    """
    if not leader:
        raise InputError("there is nothing to imitate; give a line of at least one note")
    if delay_ticks < 0 or stretch <= 0:
        raise InputError(
            f"the delay is {delay_ticks} ticks and the stretch {stretch}; the first must be 0 or "
            "more, the second above 0"
        )
    places = degrees([note.pitch for note in leader], key)
    if inverted:
        axis = places[0].step
        places = tuple(Degree(2 * axis - d.step, -d.alteration) for d in places)
    if semitones is not None:
        pitches = tuple(degree.pitch(key) + semitones for degree in places)
    else:
        pitches = place(places, key, key, steps=steps)
    first = leader[0].start
    found = []
    for note, pitch in zip(leader, pitches, strict=True):
        start, end = ((tick - first) * stretch for tick in (note.start, note.end))
        if start.denominator != 1 or end.denominator != 1:
            raise InputError(f"a stretch of {stretch} leaves no whole ticks; choose another")
        if not 0 <= pitch <= 127:
            raise InputError(f"the imitation reaches pitch {pitch}; it must lie in 0 to 127")
        at = first + delay_ticks + int(start)
        found.append(replace(note, start=at, duration=int(end - start), pitch=pitch))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Imitation:
    """How one voice follows another."""

    delay_ticks: int  # how much later it begins
    steps: int  # diatonic steps above the leader
    count: int  # notes that follow exactly in rhythm and by step
    real: bool  # whether each interval is kept to the semitone


def find_imitation(leader: Sequence[Note], follower: Sequence[Note], key: Key) -> Imitation:
    """Tell how a voice imitates another: where its beginning repeats most of the leader's notes.

    A follower that imitates nothing is given with a count of 0 or 1.

    >>> line = [Note(0, 2, 60), Note(2, 2, 64), Note(4, 4, 62)]
    >>> find_imitation(line, imitate(line, key=Key("C", "major"), steps=4, delay_ticks=8),
    ...                Key("C", "major"))
    Imitation(delay_ticks=8, steps=4, count=3, real=True)
    """
    if not leader or not follower:
        return Imitation(0, 0, 0, real=False)
    ours = degrees([note.pitch for note in leader], key)
    theirs = degrees([note.pitch for note in follower], key)
    best = Imitation(0, 0, 0, real=False)
    for begin in range(len(follower)):
        delay = follower[begin].start - leader[0].start
        if delay < 0:
            continue
        steps = theirs[begin].step - ours[0].step
        count, shifts = 0, set()
        for i in range(min(len(leader), len(follower) - begin)):
            j = begin + i
            in_time = follower[j].start - leader[i].start == delay
            if not in_time or theirs[j].step - ours[i].step != steps:
                break
            count += 1
            shifts.add(follower[j].pitch - leader[i].pitch)
        if count > best.count:
            best = Imitation(delay, steps, count, real=len(shifts) == 1)
    return best
