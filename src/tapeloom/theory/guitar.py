"""Chords on the guitar: shapes that a hand can hold, and the easiest way through a progression."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord
from tapeloom.theory.voicing import steps_in_need

TUNING = (40, 45, 50, 55, 59, 64)  # MIDI pitches of the open strings: E A D G B E
SPAN = 4  # frets that a hand covers
FINGERS = 4
FRETS = 15


@dataclass(frozen=True, slots=True)
class GuitarShape:
    """Where the fingers lie, from the lowest string; None is a string that is not played.

    >>> shape = GuitarShape.parse("x32010")
    >>> shape.pitches, shape.fingers, shape.barre, str(shape)
    ((48, 52, 55, 60, 64), 3, None, 'x32010')
    >>> GuitarShape.parse("133211").barre, str(GuitarShape.parse("x-10-12-12-12-10"))
    (1, 'x-10-12-12-12-10')
    """

    frets: tuple[int | None, ...]  # 0 is the open string
    tuning: tuple[int, ...] = TUNING

    def __post_init__(self) -> None:
        if len(self.frets) != len(self.tuning):
            raise InputError(
                f"a shape has {len(self.frets)} strings, its tuning {len(self.tuning)}"
            )
        if any(fret is not None and not 0 <= fret <= 24 for fret in self.frets):
            raise InputError("a shape's frets must lie between 0 and 24")

    @classmethod
    def parse(cls, text: str) -> "GuitarShape":
        """Read `x32010`, or `x-10-12-12-12-10` where a fret has two digits."""
        if not re.fullmatch(r"[0-9xX]+|(?:\d+|[xX])(?:-(?:\d+|[xX]))+", text):
            raise InputError(
                f"{text!r} is no guitar shape; write one like x32010 or x-10-12-12-x-x"
            )
        marks = text.split("-") if "-" in text else text
        return cls(tuple(None if mark in "xX" else int(mark) for mark in marks))

    def __str__(self) -> str:
        marks = ["x" if fret is None else str(fret) for fret in self.frets]
        return ("-" if any(len(mark) > 1 for mark in marks) else "").join(marks)

    @property
    def pitches(self) -> tuple[int, ...]:
        """MIDI pitches of the strings that sound, from the lowest string."""
        return tuple(
            string + fret
            for string, fret in zip(self.tuning, self.frets, strict=True)
            if fret is not None
        )

    @property
    def barre(self) -> int | None:
        """The fret at which the first finger lies across the strings; None without a barre."""
        pressed = [fret for fret in self.frets if fret]
        lowest = min(pressed, default=0)
        at = [i for i, fret in enumerate(self.frets) if fret and fret == lowest]
        under = self.frets[at[0] :] if at else ()
        # All the strings above must be pressed: a finger across them would stop an open one.
        if len(at) < 2 or any(fret == 0 for fret in under):
            return None
        return lowest

    @property
    def fingers(self) -> int:
        """How many fingers press, a barre counted as one."""
        pressed = [fret for fret in self.frets if fret]
        across = self.barre
        return len(pressed) if across is None else 1 + sum(fret != across for fret in pressed)

    @property
    def strings(self) -> int:
        """How many strings sound."""
        return sum(fret is not None for fret in self.frets)

    @property
    def position(self) -> int:
        """The lowest fret pressed; 0 where only open strings sound."""
        return min((fret for fret in self.frets if fret), default=0)

    @property
    def difficulty(self) -> float:
        """How hard the hand works, from 0: fingers, stretch, barre, strings to be stopped."""
        pressed = [fret for fret in self.frets if fret]
        sounding = [i for i, fret in enumerate(self.frets) if fret is not None]
        if not sounding:
            return 0.0
        skipped = sounding[-1] - sounding[0] + 1 - len(sounding)
        above = len(self.frets) - 1 - sounding[-1]  # a strum must stop short of these
        stretch = max(pressed) - min(pressed) if pressed else 0
        far_open = self.position > 3 and 0 in self.frets
        return (
            self.fingers + 0.75 * stretch + 1.25 * (self.barre is not None) + 1.5 * skipped
            + 0.4 * above + 0.12 * self.position + 2.0 * far_open
        )  # fmt: skip


def _needed(chord: Chord, strings: int) -> set[int]:
    """Return the pitch classes that this many strings must sound besides the bass."""
    steps = [step for step in steps_in_need(chord.quality) if step not in (0, 7)]
    tones = [(chord.root + step) % 12 for step in steps]
    spare = [tone for tone in tones if tone != chord.bass_pitch_class]
    return set(spare[: max(strings - 1, 1)])


def _fingerings(
    chord: Chord, tuning: tuple[int, ...], highest: int, span: int
) -> Iterator[tuple[int | None, ...]]:
    """Yield the ways to stop chord tones within the span of a hand, the bass on the lowest string.

    Each comes once: with the hand where its lowest pressed fret is.
    """
    tones = {*chord.pitch_classes, chord.bass_pitch_class}
    for first in range(highest + 1):
        hand = range(first, min(first + max(span, 1), highest + 1)) if first else ()
        options: list[list[int | None]] = [
            [None, *(fret for fret in (0, *hand) if (string + fret) % 12 in tones)]
            for string in tuning
        ]
        for lowest, string in enumerate(tuning):
            roots = [
                fret
                for fret in options[lowest]
                if fret is not None and (string + fret) % 12 == chord.bass_pitch_class
            ]
            muted = (None,) * lowest
            for frets in itertools.product(roots, *options[lowest + 1 :]):
                if not first or first in frets:
                    yield (*muted, *frets)


@lru_cache(maxsize=2048)
def guitar_shapes(
    chord: Chord,
    *,
    strings: int | None = None,
    highest_fret: int = FRETS - 3,
    span_frets: int = SPAN,
    tuning: tuple[int, ...] = TUNING,
) -> tuple[GuitarShape, ...]:
    """List the shapes of a chord that a hand can hold, the easiest first.

    strings        how many sound; three or more when None
    highest_fret   the last fret used
    span_frets     how many neighbouring frets the hand covers
    tuning         MIDI pitches of the open strings, from the lowest

    The chord's bass lies lowest, four fingers suffice (one of them may be a barre), strings are
    skipped only below the lowest and above the highest note but for one, and every tone sounds
    but the perfect fifth, or the root of a slash chord. Shapes of more strings go first among
    equals.

    >>> [str(shape) for shape in guitar_shapes(Chord.parse("C"), strings=5)][:1]
    ['x32010']
    """
    if strings is not None and not 1 <= strings <= len(tuning):
        raise InputError(f"strings is {strings}; it must lie between 1 and {len(tuning)}")
    tones = len(set(chord.pitch_classes))
    needed = [_needed(chord, count) for count in range(len(tuning) + 1)]
    found: list[tuple[float, tuple[int, ...], GuitarShape]] = []
    for frets in _fingerings(chord, tuning, highest_fret, span_frets):
        sounding = [i for i, fret in enumerate(frets) if fret is not None]
        count = len(sounding)
        if (count < 3 if strings is None else count != strings) or (
            sounding[-1] - sounding[0] + 1 - count > 1
        ):
            continue
        pitches = [tuning[i] + (frets[i] or 0) for i in sounding]
        heard = {pitch % 12 for pitch in pitches}
        if not needed[count] <= heard or any(b <= a for a, b in itertools.pairwise(pitches)):
            continue
        shape = GuitarShape(frets, tuning)
        if shape.fingers <= FINGERS:
            rank = shape.difficulty + 2.0 * (tones - len(heard)) - 1.1 * count
            found.append((rank, tuple(pitches), shape))
    return tuple(shape for _, _, shape in sorted(found, key=lambda row: row[:2]))


def lead_shapes(chords: Sequence[Chord], *, strings: int | None = None) -> tuple[GuitarShape, ...]:
    """Find the shapes for a progression that move the hand least and are easy to hold.

    strings   how many sound in each; three or more when None

    >>> [str(shape) for shape in lead_shapes([Chord.parse(each) for each in ("C", "Am", "G7")])]
    ['x32010', 'x02210', '320001']
    """
    options = [
        [shape for shape in guitar_shapes(chord, strings=strings) if strings or shape.strings > 3][
            :48
        ]
        for chord in chords
    ]
    for chord, shapes in zip(chords, options, strict=True):
        if not shapes:
            raise InputError(f"no guitar shape of {chord} can be held")
    if not options:
        return ()
    best: dict[GuitarShape, tuple[float, tuple[GuitarShape, ...]]] = {
        shape: (_ease(shape, rank), (shape,)) for rank, shape in enumerate(options[0])
    }
    for shapes in options[1:]:
        onward = {}
        for rank, shape in enumerate(shapes):
            price, path = min(
                ((price + _shift(path[-1], shape), path) for price, path in best.values()),
                key=lambda way: way[0],
            )
            onward[shape] = (price + _ease(shape, rank), (*path, shape))
        best = onward
    return min(best.values(), key=lambda way: way[0])[1]


def _ease(shape: GuitarShape, rank: int) -> float:
    return shape.difficulty + 0.25 * rank


def _shift(first: GuitarShape, second: GuitarShape) -> float:
    """Price a change of hands: frets along the neck, and fingers that must lift."""
    kept = sum(a == b and bool(a) for a, b in zip(first.frets, second.frets, strict=True))
    away = abs(first.position - second.position) if first.position and second.position else 0
    return away - 0.5 * kept
