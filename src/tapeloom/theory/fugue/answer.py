"""The answer: the subject in the dominant, real or tonal, with the reason for each note."""

from dataclasses import dataclass, replace

from tapeloom.core.harmony import Key
from tapeloom.core.score import Note
from tapeloom.theory.fugue.subject import Subject
from tapeloom.theory.keys import spell_key

FIFTH, FOURTH = 7, 5  # semitones at which a note is answered
HEAD_NOTES = 4  # within these a dominant may be answered by the tonic


@dataclass(frozen=True, slots=True)
class AnsweredNote:
    """How one note of the subject is answered."""

    index: int
    subject: int  # MIDI pitches
    answer: int
    mutated: bool  # answered at the fourth, not the fifth
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a subject, at the fifth above (its octave is the fugue's to choose).

    >>> from tapeloom.theory.counterpoint.imitation import place
    >>> art = [62, 69, 65, 62, 61, 62, 64, 65]
    >>> line = tuple(Note(i * 10080, 10080, pitch) for i, pitch in enumerate(art))
    >>> answer = find_answer(Subject(line, Key("D", "minor")))
    >>> [note.pitch - 7 for note in answer.notes], answer.is_real
    ([62, 67, 65, 62, 61, 62, 64, 65], False)
    """

    notes: tuple[Note, ...]
    key: Key  # the dominant's
    explained: tuple[AnsweredNote, ...]

    @property
    def is_real(self) -> bool:
        """Whether every note is answered at the fifth."""
        return not any(note.mutated for note in self.explained)

    @property
    def shifts(self) -> tuple[int, ...]:
        """Semitones from each note of the subject to its answer, 7 or 5."""
        return tuple(note.answer - note.subject for note in self.explained)


def dominant(key: Key) -> Key:
    """Return the key of the fifth degree in the same mode, in which a subject is answered.

    >>> str(dominant(Key("C", "minor"))), str(dominant(Key("E", "major")))
    ('G minor', 'B major')
    """
    return spell_key(key.pitch_class + 7, key.mode)


def find_answer(subject: Subject, *, tonal: bool = True) -> Answer:
    """Answer a subject by rule.

    Every note is answered a fifth higher, but a fourth higher, so that the key stays near:
    - the dominant with which the subject begins, its repetitions, and its return before a tonic;
    - the dominant to which the tonic leaps within the head, the first four notes;
    - all notes from where the subject has gone to the dominant key.
    Only the first dominant of the head is changed, and none that the line reaches by step.

    tonal   False answers every note at the fifth

    A. Gedalge, "Traité de la fugue", 1901; E. Prout, "Fugue", 1891, on the tonal answer.
    """
    reasons = _mutations(subject) if tonal else {}
    explained = []
    for i, note in enumerate(subject.notes):
        mutated = i in reasons
        shift = FOURTH if mutated else FIFTH
        reason = reasons.get(i, "answered at the fifth")
        explained.append(AnsweredNote(i, note.pitch, note.pitch + shift, mutated, reason))
    notes = tuple(
        replace(note, pitch=told.answer)
        for note, told in zip(subject.notes, explained, strict=True)
    )
    return Answer(notes, dominant(subject.key), tuple(explained))


def _mutations(subject: Subject) -> dict[int, str]:
    places = [(d.step % 7, d.alteration) for d in subject.degrees]
    steps = [d.step for d in subject.degrees]
    modulation = subject.modulation
    found: dict[int, str] = {}
    if places[0] == (4, 0):
        found |= _opening(steps)
    else:
        head = range(1, min(HEAD_NOTES, len(places)))
        leapt = next(
            (i for i in head if places[i] == (4, 0) and places[i - 1] == (0, 0)
             and steps[i] != steps[i - 1]),
            None,
        )  # fmt: skip
        if leapt is not None and all(places[i][0] in (0, 1, 6, 4) for i in range(leapt + 1)):
            found[leapt] = "the tonic leaps to the dominant, which the tonic answers"
    if modulation is not None:
        for i in range(modulation, len(places)):
            found[i] = "the subject is in the dominant key here, which the home key answers"
    return found


def _opening(steps: list[int]) -> dict[int, str]:
    """Answer the dominant at the beginning, and where it comes back to leap to the tonic."""
    found = {0: "the subject begins on the dominant, which the tonic answers"}
    for i in range(1, min(HEAD_NOTES, len(steps) - 1)):
        if steps[i] != steps[0]:
            continue
        if all(step == steps[0] for step in steps[:i]):
            found[i] = "the opening dominant is repeated"
        elif steps[i + 1] % 7 == 0:
            found[i] = "the opening dominant comes back, and leaps to the tonic"
    return found
