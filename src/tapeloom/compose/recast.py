"""Recasting: the same notes and chords in another key or mode, the same bars in another metre."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from tapeloom.core.harmony import MODES, QUALITIES, Chord, Key
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.scales import degree_of

_QUALITY_OF = {frozenset(quality.intervals): name for name, quality in QUALITIES.items()}
# Bar to bar: quarters of the one, quarters of the other; straight lines between. The first half of
# a bar stays as it was where it can, so that a tune keeps its beginning.
BARS: MappingProxyType[tuple[str, str], tuple[tuple[Fraction, Fraction], ...]] = MappingProxyType({
    pair: tuple((Fraction(a), Fraction(b)) for a, b in (knot.split(":") for knot in knots.split()))
    for pair, knots in {
        ("4/4", "3/4"): "0:0 2:2 4:3",
        ("3/4", "4/4"): "0:0 2:2 3:4",
        ("4/4", "6/8"): "0:0 1:1 2:3/2 3:5/2 4:3",
        ("6/8", "4/4"): "0:0 1:1 3/2:2 5/2:3 3:4",
    }.items()
})  # fmt: skip


def pitch_in(pitch: int, old: Key, new: Key) -> int:
    """Return the pitch of the same scale degree in another key, the way there the shorter one.

    >>> c, a, minor = Key("C", "major"), Key("A", "minor"), Key("C", "minor")
    >>> pitch_in(64, c, minor), pitch_in(64, c, a), pitch_in(64, c, Key("G", "major"))
    (63, 60, 59)
    """
    degree, _ = degree_of(pitch, old)
    home = (new.pitch_class - old.pitch_class + 6) % 12 - 6
    bent = MODES[new.mode][degree - 1] - MODES[old.mode][degree - 1]
    moved = pitch + home + bent
    return moved - 12 if moved > 127 else moved + 12 if moved < 0 else moved


def chord_in(chord: Chord, old: Key, new: Key) -> Chord:
    """Return the chord of the same degree in another key or mode.

    A chord of the key becomes the new key's own; the dominant stays major, as a leading tone asks
    for; what was borrowed keeps its quality.

    >>> c, minor = Key("C", "major"), Key("C", "minor")
    >>> [str(chord_in(Chord.parse(name), c, minor)) for name in ("Cmaj7", "Am7", "G7", "F/A")]
    ['Cm7', 'Abmaj7', 'G7', 'Fm/Ab']
    """
    root = pitch_in(chord.root + 60, old, new) % 12
    bass = None if chord.bass is None else pitch_in(chord.bass + 60, old, new) % 12
    own = all(tone in old.scale for tone in chord.pitch_classes)
    leads = degree_of(chord.root, old) == (5, 0) and 4 in chord.intervals
    quality = chord.quality
    if own and not leads and old.mode != new.mode:
        moved = set()
        for step in chord.intervals:
            tone = pitch_in(chord.root + 60 + step, old, new) % 12
            moved.add((tone - root) % 12 + (12 if step >= 12 else 0))
        quality = _QUALITY_OF.get(frozenset(moved), _plain(moved))
    return Chord(root, quality, bass)


def _plain(intervals: set[int]) -> str:
    """Return the triad within intervals that no quality has a name for."""
    if 3 in intervals:
        return "dim" if 6 in intervals and 7 not in intervals else "min"
    return "maj"


def tick_in(tick: int, old: Meter, new: Meter) -> int:
    """Return where a tick lies when its bars are taken in another metre; bar lines stay bar lines.

    Metres of which `BARS` knows nothing are stretched evenly.

    >>> four, three = Meter(4, 4), Meter(3, 4)
    >>> [tick_in(beat * PPQ, four, three) / PPQ for beat in (0, 1, 2, 3, 4)]
    [0.0, 1.0, 2.0, 2.5, 3.0]
    """
    bar, offset = divmod(tick, old.bar_ticks)
    ends = (Fraction(old.bar_ticks, PPQ), Fraction(new.bar_ticks, PPQ))
    knots = BARS.get((old.signature, new.signature), ((Fraction(0), Fraction(0)), ends))
    at = Fraction(offset, PPQ)
    i = max(j for j, (x, _) in enumerate(knots[:-1]) if x <= at)
    (x, y), (right, up) = knots[i], knots[i + 1]
    inside = y + (at - x) * (up - y) / (right - x)
    return bar * new.bar_ticks + round(inside * PPQ)


def notes_in_meter(notes: Sequence[Note], old: Meter, new: Meter) -> tuple[Note, ...]:
    """Take notes in another metre: both ends go where their places went."""
    moved = []
    for note in notes:
        start, end = tick_in(note.start, old, new), tick_in(note.end, old, new)
        moved.append(replace(note, start=start, duration=max(end - start, 1)))
    return tuple(moved)


def notes_in_key(notes: Sequence[Note], old: Key, new: Key) -> tuple[Note, ...]:
    """Move notes to the same degrees of another key or mode."""
    return tuple(replace(note, pitch=pitch_in(note.pitch, old, new)) for note in notes)
