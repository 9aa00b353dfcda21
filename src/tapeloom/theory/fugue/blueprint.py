"""What of a fugue is decided before its free voices are written: lines, rests, keys, labels."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import Note
from tapeloom.theory.counterpoint.imitation import degrees, place
from tapeloom.theory.fugue.answer import dominant
from tapeloom.theory.fugue.subject import Subject

KINDS = (
    "subject", "answer", "countersubject", "codetta", "episode", "stretto", "pedal", "close",
)  # fmt: skip
ENTRIES = ("subject", "answer", "stretto")
# The reach of each voice from the lowest: a keyboard's, a little wider than a choir's.
RANGES = {3: ((36, 62), (50, 75), (59, 84)), 4: ((36, 62), (45, 69), (52, 76), (59, 84))}
_EASY_SPAN = 12  # semitones of a subject that these ranges hold in every key
_WALK = 4  # semitones beyond a range that a line may have to go


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One labelled stretch of the analysis."""

    start: int  # ticks
    end: int
    voice: int  # from the lowest, counted from 0; -1 where all are meant
    kind: str  # one of KINDS
    key: Key = field(compare=False)
    note: str = field(default="", compare=False)  # what there is to say: real, tonal, by step ...

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"{self.kind!r} is no kind of span; choose one of {', '.join(KINDS)}")


def ranges_for(subject: Subject, voices: int) -> tuple[tuple[int, int], ...]:
    """Return the range of each voice, wider where the subject is."""
    span = max(subject.pitches) - min(subject.pitches)
    more = max(0, -(-(span - _EASY_SPAN) // 2))
    return tuple((low - more, high + more) for low, high in RANGES[voices])


def fit(
    pitches: Sequence[int], reach: tuple[int, int], *, near: int | None = None
) -> tuple[int, ...]:
    """Move a line by octaves into a range, towards its middle and towards a pitch before it.

    >>> fit((60, 67), (36, 62))
    (48, 55)
    """
    middle = (reach[0] + reach[1]) / 2

    def strain(octave: int) -> float:
        low, high = min(pitches) + octave, max(pitches) + octave
        beyond = max(0, reach[0] - low) + max(0, high - reach[1])
        leap = abs(pitches[0] + octave - near) if near is not None else 0.0
        return 10.0 * beyond + abs((low + high) / 2 - middle) + 0.3 * leap

    best = min(range(-48, 60, 12), key=strain)
    return tuple(pitch + best for pitch in pitches)


@dataclass(slots=True)
class Blueprint:
    """The plan as it grows."""

    subject: Subject
    ranges: tuple[tuple[int, int], ...]
    lines: list[list[Note]]  # what is given, by voice from the lowest
    rests: list[list[tuple[int, int]]]  # where a voice is silent
    keys: list[tuple[int, Key]] = field(default_factory=list)
    chords: dict[int, Chord] = field(default_factory=dict)  # forced, by the beat's tick
    spans: list[Span] = field(default_factory=list)
    now: int = 0  # ticks: where the next section begins
    still_from: int = -1  # the final chord: nothing more is struck
    faults: int = 0  # what is known to be wrong with the given lines

    @classmethod
    def begin(cls, subject: Subject, voices: int) -> "Blueprint":
        """Start with empty voices."""
        return cls(subject, ranges_for(subject, voices), [[] for _ in range(voices)],
                   [[] for _ in range(voices)])  # fmt: skip

    def set_key(self, tick: int, key: Key) -> None:
        """Go on in a key from a tick."""
        self.keys = [(t, k) for t, k in self.keys if t < tick]
        if not self.keys or self.keys[-1][1] != key:
            self.keys.append((tick, key))

    def key_at(self, tick: int) -> Key:
        """Return the key at a tick."""
        return next(key for start, key in reversed(self.keys) if start <= tick)

    def last_pitch(self, voice: int) -> int | None:
        """Return where a voice was last, as far as it is given."""
        return self.lines[voice][-1].pitch if self.lines[voice] else None

    def add(self, voice: int, notes: Sequence[Note]) -> None:
        """Give a voice some notes, as far as they come after those that it has.

        What it holds into them is cut short.
        """
        line = self.lines[voice]
        notes = [note for note in notes if not line or note.start > line[-1].start]
        if not notes:
            return
        if line and line[-1].end > notes[0].start:
            line[-1] = replace(line[-1], duration=notes[0].start - line[-1].start)
        line.extend(notes)

    def reach(self, voice: int) -> tuple[int, int]:
        """Return a voice's range with the little more that a given line may need."""
        low, high = self.ranges[voice]
        return low - _WALK, high + _WALK


def transposed(
    notes: Sequence[Note],
    source: Key,
    target: Key,
    reach: tuple[int, int],
    *,
    at: int,
    near: int | None = None,
    steps: int = 0,
    turn: int | None = None,
) -> tuple[Note, ...]:
    """Set a line, whose ticks count from a bar line, at a tick, in a key, within a range.

    turn   the tick from which the line is in its key's dominant: it is so in the target's then
    """
    home = [n.pitch for n in notes if turn is None or n.start < turn]
    away = [n.pitch for n in notes[len(home) :]]
    pitches = place(degrees(home, source), source, target, steps=steps)
    if away:
        there, here = dominant(source), dominant(target)
        lift = (target.pitch_class - source.pitch_class) - (here.pitch_class - there.pitch_class)
        moved = place(degrees(away, there), there, here, steps=steps)
        pitches += tuple(pitch + lift for pitch in moved)
    placed = fit(pitches, reach, near=near)
    return tuple(
        replace(note, start=note.start + at, pitch=pitch)
        for note, pitch in zip(notes, placed, strict=True)
    )
