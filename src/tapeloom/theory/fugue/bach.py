"""Ten subjects of J. S. Bach with the answers that he wrote: known cases to answer by rule."""

from dataclasses import dataclass

from tapeloom.core.harmony import Key
from tapeloom.core.meter import Meter
from tapeloom.theory.fugue.answer import Answer
from tapeloom.theory.fugue.subject import Subject
from tapeloom.theory.fugue.subject_text import read_line


@dataclass(frozen=True, slots=True)
class Example:
    """A subject and its first answer, of as many notes; octaves and last lengths are free."""

    name: str
    head: str  # key and meter as text
    subject: str
    answer: str

    def read(self) -> tuple[Subject, tuple[int, ...]]:
        """Return the subject, and the MIDI pitches of Bach's answer."""
        notes, key, meter = read_line(f"{self.head}\n{self.subject}")
        told, _, _ = read_line(self.answer)
        return Subject(notes, key or Key(), meter or Meter()), tuple(n.pitch for n in told)


EXAMPLES = (
    Example(
        "WTC I, 1", "key: C major\nmeter: 4/4",
        "r:8 C4 D4 E4 F4:8. G4:32 F4 E4:8 A4 D4 G4 G4:16 A4 G4 F4 E4 F4 E4 D4 C4:4",
        "G4 A4 B4 C5:8. D5:32 C5 B4:8 E5 A4 D5 D5:16 E5 D5 C5 B4 C5 B4 A4 G4",
    ),
    Example(
        "WTC I, 2", "key: C minor\nmeter: 4/4",
        "r:8 C5:16 B4 C5:8 G4 Ab4 C5:16 B4 C5:8 D5 | "
        "G4 C5:16 B4 C5:8 D5 F4:16 G4 Ab4:4 G4:16 F4 | Eb4:4",
        "G5 F#5 G5 C5 Eb5 G5 F#5 G5 A5 | D5 G5 F#5 G5 A5 C5 D5 Eb5 D5 C5 | Bb4",
    ),
    Example(
        "WTC I, 6", "key: D minor\nmeter: 3/4",
        "r:8 D4 E4 F4 G4 E4 | F4:16 D4 C#4 D4 Bb4:4 G4 | A4:4",
        "A3 B3 C4 D4 B3 | C4 A3 G#3 A3 F4 D4 | E4",
    ),
    Example(
        "WTC I, 7", "key: Eb major\nmeter: 4/4",
        "Bb4:16 G4 F4 G4 Eb4 Ab4 G4 Ab4 C5:8 Bb4 r:8 A4:16 F4 | Eb5:8 D5 C5:4 Bb4:4",
        "Eb4 D4 C4 D4 Bb3 Eb4 D4 Eb4 G4 F4 D4 Bb3 | Ab4 G4 F4 Eb4",
    ),
    Example(
        "WTC I, 8", "key: D# minor\nmeter: 4/4",
        "D#4:4 A#4:4. B4:8 A#4 G#4 | F#4 G#4 A#4:4 D#4 G#4:4. F#4:8 E#4:4 D#4:4",
        "A#4 D#5 F#5 E#5 D#5 | C#5 D#5 E#5 A#4 D#5 C#5 B#4 A#4",
    ),
    Example(
        "WTC I, 11", "key: F major\nmeter: 3/8",
        "r:4 C4:8 | D4 C4 Bb3 | C4 E3:16 F3 G3 A3 | Bb3 C4 Bb3 A3 G3:8 | A3:8",
        "F4 | A4 G4 F4 | G4 B3 C4 D4 E4 | F4 G4 F4 E4 D4 | E4",
    ),
    Example(
        "WTC I, 16", "key: G minor\nmeter: 4/4",
        "r:8 D4 Eb4 G3 F#3:4 G3 | r:8 A3:16 Bb3 C4:8 Bb3:16 A3 Bb3:4",
        "G4 Bb4 D4 C#4 D4 | E4 F4 G4 F4 E4 F4",
    ),
    Example(
        "WTC I, 17", "key: Ab major\nmeter: 4/4",
        "r:4 Ab3:8 Eb4 C4 Ab3 F4 Db4 | Eb4:4",
        "Eb3 Ab3 G3 Eb3 C4 Ab3 | Bb3",
    ),
    Example(
        "WTC I, 21", "key: Bb major\nmeter: 3/4",
        "r:8 F4 G4 F4 Bb4 D4 | C4 A4:16 G4 Bb4 A4 G4 F4 C5:8 Eb4 | "
        "D4 Bb4:16 C5 A4 Bb4 C5 D5 Eb5 D5 C5 Eb5 | D5 C5 Bb4 C5 A4 Bb4 C5 D5 Eb5 D5 C5 Eb5 | D5:4",
        "Bb3 D4 Bb3 F4 A3 | G3 E4 D4 F4 E4 D4 C4 G4 Bb3 | "
        "A3 F4 G4 E4 F4 G4 A4 Bb4 A4 G4 Bb4 | A4 G4 F4 G4 E4 F4 G4 A4 Bb4 A4 G4 Bb4 | A4",
    ),
    Example(
        "WTC II, 9", "key: E major\nmeter: 4/2",
        "E3:1 F#3:2 A3 | G#3 F#3 E3:4",
        "B3 C#4 E4 | D#4 C#4 B3",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """A note that is answered otherwise than Bach did."""

    index: int
    ours: int  # pitch classes
    his: int
    reason: str  # why ours is what it is


def compare(answer: Answer, his: tuple[int, ...]) -> tuple[Difference, ...]:
    """Compare an answer with Bach's, note by note, whatever the octave.

    >>> from tapeloom.theory.fugue.answer import find_answer
    >>> subject, his = EXAMPLES[1].read()
    >>> compare(find_answer(subject), his)
    ()
    >>> [(d.index, d.reason) for d in compare(find_answer(subject, tonal=False), his)]
    [(3, 'answered at the fifth')]
    """
    return tuple(
        Difference(told.index, told.answer % 12, pitch % 12, told.reason)
        for told, pitch in zip(answer.explained, his, strict=True)
        if (told.answer - pitch) % 12
    )
