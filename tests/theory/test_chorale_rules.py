"""What the rules of chorales hear in music with passing notes, suspensions and phrases."""

from collections.abc import Sequence

import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import Chord, Key
from tapeloom.core.score import ChordSpan, Note
from tapeloom.core.time import PPQ
from tapeloom.theory.chorale_reading import (
    check_chorale,
    phrase_starts,
    read_harmony,
    read_vertical,
)
from tapeloom.theory.part_writing import CHORALE, FAULTS, Fault, Rules, Texture, find_faults

C = Key("C", "major")


def line(*notes: tuple[int, float]) -> list[Note]:
    """Write a voice as pitches and quarters."""
    found, at = [], 0
    for pitch, quarters in notes:
        found.append(Note(at, int(quarters * PPQ), pitch))
        at = found[-1].end
    return found


def heard(voices: Sequence[Sequence[Note]], **known: object) -> set[str]:
    return {fault.name for fault in check_chorale(voices, key=C, **known)}  # type: ignore[arg-type]


def test_one_set_of_rules_holds_every_fault_but_dissonance() -> None:
    assert set(FAULTS) - CHORALE.faults == {"dissonance"}
    with pytest.raises(InputError, match="'ugly' is no fault"):
        Rules(frozenset(), lasting=frozenset({"ugly"}))


def test_a_crossing_in_passing_is_none() -> None:
    low, high = line((48, 2)), line((67, 2))
    alto = line((60, 2))
    passing = line((57, 1), (59, 0.5), (62, 0.25), (59, 0.25))
    lasting = line((57, 1), (62, 1))
    assert "crossing" not in heard([low, passing, alto, high])
    assert "crossing" in heard([low, lasting, alto, high])


def test_a_long_crossing_is_told_once() -> None:
    voices = [line((48, 4)), line((62, 4)), line((60, 4)), line(*[(67, 1)] * 4)]
    crossings = [f for f in check_chorale(voices, key=C) if f.name == "crossing"]
    assert [(fault.tick, fault.voices) for fault in crossings] == [(0, (1, 2))]


def test_a_suspended_seventh_may_wait() -> None:
    chords = (ChordSpan(0, PPQ, Chord.parse("G7")), ChordSpan(PPQ, 3 * PPQ, Chord.parse("C")))
    bass, tenor = line((43, 1), (48, 2)), line((59, 1), (60, 2))
    alto = line((62, 1), (60, 2))
    falls = line((65, 2), (64, 1))
    rises = line((65, 2), (67, 1))
    for top, wrong in ((falls, False), (rises, True)):
        found = heard([bass, tenor, alto, top], chords=chords)
        assert ("unresolved seventh" in found) == wrong


def test_a_tritone_may_turn_back() -> None:
    only = Rules(frozenset({"tritone leap"}), turned_tritones=True)
    back, on, end = [(65,), (59,), (60,)], [(65,), (59,), (57,)], [(65,), (59,)]
    told = [bool(find_faults(Texture.from_chords(rows), rules=only)) for rows in (back, on, end)]
    assert told == [False, True, True]


def test_a_little_overlap_has_room() -> None:
    near = Texture.from_chords([(48, 55), (57, 60)])
    far = Texture.from_chords([(48, 55), (58, 60)])
    assert find_faults(near, rules=Rules(frozenset({"overlap"}), overlap_room=2)) == ()
    (fault,) = find_faults(far, rules=Rules(frozenset({"overlap"}), overlap_room=2))
    assert fault == Fault(1, "overlap", (0, 1), (58, 60), (48, 55))


def test_into_a_new_phrase_only_parallels_are_heard() -> None:
    texture = Texture.from_chords([(48, 64), (62, 77)])
    assert find_faults(texture, phrases=(1,)) == ()
    assert {fault.name for fault in find_faults(texture)} == {"leap"}
    parallel = Texture.from_chords([(48, 55), (50, 57)])
    assert len(find_faults(parallel, phrases=(1,))) == 1
    tune = line((60, 1), (62, 1), (64, 1))
    assert phrase_starts(tune, [PPQ]) == (2 * PPQ,)


def test_a_third_of_the_tonic_is_no_leading_tone() -> None:
    rows = [(48, 55, 60, 64), (53, 57, 60, 60)]
    chords = [Chord.parse("C"), Chord.parse("F")]
    for key, wrong in ((C, False), (Key("F", "major"), True)):
        faults = find_faults(Texture.from_chords(rows), chords=chords, key=key)
        assert ("unresolved leading tone" in {f.name for f in faults}) == wrong


def test_four_voices_on_one_tone_miss_their_third() -> None:
    texture = Texture.from_chords([(48, 60, 60, 72)])
    assert {f.name for f in find_faults(texture, chords=[Chord(0)])} == {"missing third"}


@pytest.mark.parametrize(
    ("pitches", "chord"),
    [
        ((48, 55, 64, 72), "C"), ((50, 59, 65, 67), "G7/D"), ((47, 56, 62, 65), "Bdim7"),
        ((53, 57, 62, 72), "Dm7/F"), ((-1, 52, 60, 67), "C/E"), ((48, 50, 52, 54), None),
    ],
)  # fmt: skip
def test_chords_are_read_from_voices(pitches: tuple[int, ...], chord: str | None) -> None:
    found = read_vertical(pitches)
    assert (None if found is None else str(found)) == chord


def test_harmony_is_read_by_the_beat() -> None:
    texture = Texture.from_voices([line((48, 1), (43, 1)), line((55, 1), (50, 1)), line((67, 2))])
    found = read_harmony(texture, (0, PPQ))
    assert [str(span.chord) for span in found] == ["C", "G"]  # bare fifths
    assert read_harmony(Texture.from_voices([[], []]), ()) == ()
    assert check_chorale([[], []]) == ()
