import itertools
from collections.abc import Sequence

import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Key
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ
from tapeloom.theory.chorale import Chorale
from tapeloom.theory.chorale_decoration import decorate_chorale
from tapeloom.theory.chorale_melody import harmonise_chorale
from tapeloom.theory.chorale_reading import check_chorale
from tests.theory.test_chorale import benchmark

# Tunes as pitches and quarters; a phrase a line. All are old and nobody's.
Tune = tuple[tuple[tuple[int, float], ...], ...]
OLD_HUNDREDTH: Tune = (
    ((67, 1), (67, 1), (66, 1), (64, 1), (62, 1), (67, 1), (69, 1), (71, 2)),
    ((71, 1), (71, 1), (71, 1), (69, 1), (67, 1), (72, 1), (71, 1), (69, 2)),
    ((67, 1), (69, 1), (71, 1), (69, 1), (67, 1), (64, 1), (66, 1), (67, 2)),
    ((74, 1), (71, 1), (67, 1), (69, 1), (72, 1), (71, 1), (69, 1), (67, 2)),
)
ODE: Tune = (
    ((66, 1), (66, 1), (67, 1), (69, 1), (69, 1), (67, 1), (66, 1), (64, 1)),
    ((62, 1), (62, 1), (64, 1), (66, 1), (66, 1.5), (64, 0.5), (64, 2)),
    ((66, 1), (66, 1), (67, 1), (69, 1), (69, 1), (67, 1), (66, 1), (64, 1)),
    ((62, 1), (62, 1), (64, 1), (66, 1), (64, 1.5), (62, 0.5), (62, 2)),
)
MINOR: Tune = (
    ((69, 1), (71, 1), (72, 1), (74, 1), (76, 1), (74, 1), (72, 1), (71, 1)),
    ((72, 1), (74, 1), (76, 1), (77, 1), (76, 1), (74, 0.5), (72, 0.5), (71, 1), (69, 1)),
)
WALTZ: Tune = (
    ((65, 1), (69, 1), (72, 1), (74, 2), (72, 1), (70, 1), (69, 1), (67, 1), (69, 3)),
    ((72, 1), (70, 1), (69, 1), (70, 1), (67, 1), (64, 1), (65, 3)),
)
TUNES = (
    (OLD_HUNDREDTH, Key("G", "major"), 4),
    (ODE, Key("D", "major"), 4),
    (MINOR, Key("A", "minor"), 4),
    (WALTZ, Key("F", "major"), 3),
)


def notes(tune: Tune) -> tuple[list[Note], list[int]]:
    line: list[Note] = []
    ends = []
    at = 0
    for phrase in tune:
        for pitch, quarters in phrase:
            line.append(Note(at, int(quarters * PPQ), pitch))
            at = line[-1].end
        ends.append(line[-1].start)
    return line, ends


def chord_at(chorale: Chorale, tick: int) -> tuple[int, bool]:
    span = next(span for span in chorale.chords if span.start <= tick < span.end)
    return (span.chord.root - chorale.key.pitch_class) % 12, span.chord.bass is None


@pytest.mark.parametrize(("tune", "key", "beats"), TUNES)
def test_a_tune_is_harmonised_without_a_fault(tune: Tune, key: Key, beats: int) -> None:
    line, ends = notes(tune)
    chorale = harmonise_chorale(line, key, phrase_ends=ends, bar=beats * PPQ)
    assert chorale.voices[3] == tuple(line)
    assert chorale.faults == ()
    known = {"chords": chorale.chords, "phrases": chorale.phrases}
    assert check_chorale(chorale.voices, key=key, **known) == ()  # type: ignore[arg-type]
    assert chord_at(chorale, line[-1].start) == (0, True)  # home, on its root
    assert chord_at(chorale, line[-1].start - 1)[0] in (7, 11)  # from the dominant
    for end in ends:
        assert chord_at(chorale, end)[1]
    assert len({span.chord.root for span in chorale.chords}) >= 4


def test_the_key_is_found_and_the_tune_moved_into_range() -> None:
    line, ends = notes(OLD_HUNDREDTH)
    low = [Note(note.start, note.duration, note.pitch - 24) for note in line]
    chorale = harmonise_chorale(low, phrase_ends=ends)
    assert chorale.key == Key("G", "major")
    assert [note.pitch for note in chorale.voices[3]] == [note.pitch for note in line]


def test_a_held_note_is_held_below_where_the_chord_stays() -> None:
    line = [
        Note(0, PPQ, 72),
        Note(PPQ, 2 * PPQ, 72),
        Note(3 * PPQ, PPQ, 71),
        Note(4 * PPQ, PPQ, 72),
    ]
    chorale = harmonise_chorale(line, Key("C", "major"))
    for voice in chorale.voices[:3]:
        assert all(a.end == b.start for a, b in itertools.pairwise(voice))
    assert chorale.voices[0][-1].pitch % 12 == 0


def test_a_rest_parts_the_voices() -> None:
    line = [Note(0, PPQ, 67), Note(PPQ, PPQ, 71), Note(4 * PPQ, PPQ, 71), Note(5 * PPQ, PPQ, 72)]
    chorale = harmonise_chorale(line, Key("C", "major"), phrase_ends=(PPQ,))
    for voice in chorale.voices:
        assert not [note for note in voice if note.start < 4 * PPQ and note.end > 2 * PPQ]


def test_a_strange_tune_is_sung_too() -> None:
    """Chromatic notes, leaps and sixteenths: nothing crosses, leaves its range, runs parallel."""
    pitches: Sequence[int] = (72, 73, 61, 79, 66, 68, 70, 75, 63, 62, 72)
    line = [Note(i * PPQ // 2, PPQ // 2, pitch) for i, pitch in enumerate(pitches)]
    chorale = harmonise_chorale(line, Key("C", "major"))
    hard = ("parallel", "crossing", "range")
    assert not [fault for fault in chorale.faults if fault.name.startswith(hard)]


def test_bad_melodies_are_refused() -> None:
    one = [Note(0, PPQ, 60)]
    wide = [Note(0, PPQ, 40), Note(PPQ, PPQ, 80)]
    both = [Note(0, PPQ, 60), Note(0, PPQ, 64)]
    long = [Note(0, PPQ, 60), Note(PPQ * 10_000, PPQ, 62)]
    for melody, match in (
        ([], "the melody has 0 notes"),
        (one, "the melody has 1 note; a chorale needs"),
        (wide, "from E2 to Ab5; a soprano sings C4 to A5"),
        (both, "two notes at tick 0"),
        (long, "over 4000 beats"),
    ):
        with pytest.raises(InputError, match=match):
            harmonise_chorale(melody)


@pytest.mark.parametrize(("tune", "key", "beats"), TUNES[1:3])
def test_passing_notes_make_no_fault(tune: Tune, key: Key, beats: int) -> None:
    line, ends = notes(tune)
    plain = harmonise_chorale(line, key, phrase_ends=ends, bar=beats * PPQ)
    passing = decorate_chorale(plain)
    assert passing.faults == ()
    assert passing.voices[3] == plain.voices[3]
    for before, after in zip(plain.voices[:3], passing.voices[:3], strict=True):
        added = {note.start for note in after} - {note.start for note in before}
        assert {note.start for note in before} <= {note.start for note in after}
        for note, beyond in itertools.pairwise(after):
            if beyond.start in added:
                assert 1 <= abs(beyond.pitch - note.pitch) <= 2
    assert sum(map(len, passing.voices)) > sum(map(len, plain.voices))


@pytest.mark.slow
def test_fifty_of_bachs_sopranos() -> None:
    found = benchmark("melodies")
    assert found["count"] == 50
    assert found["parallels, crossings and notes out of range"] == 0
    assert found["clean"] >= 48  # type: ignore[operator]  # two leaps are Bach's


@pytest.mark.slow
def test_bach_keeps_the_rules() -> None:
    found = benchmark("bach")
    assert found["chorales"] > 300  # type: ignore[operator]
    assert found["reports per phrase"] < 0.5  # type: ignore[operator]
