import warnings

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.theory.intervals import Interval, SpelledPitch, place_of, spelled

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from music21 import interval as oracle
    from music21 import pitch as oracle_pitch

pitches = st.builds(SpelledPitch, st.sampled_from("ABCDEFG"), st.integers(-2, 2), st.integers(0, 8))
NAMES = [f"{sign}{n}" for n in (1, 4, 5, 8, 11, 12) for sign in ("P", "A", "d", "AA", "dd")]
NAMES += [f"{sign}{n}" for n in (2, 3, 6, 7, 9, 10, 13) for sign in ("M", "m", "A", "d", "AA")]


@given(pitches)
def test_a_spelled_pitch_is_music21s(pitch):
    theirs = oracle_pitch.Pitch(str(pitch).replace("b", "-"))
    assert theirs.midi == pitch.midi or not 0 <= pitch.midi <= 127
    assert SpelledPitch.parse(str(pitch)) == pitch
    assert spelled(pitch.midi, place_of(pitch)) == pitch


@given(pitches, pitches)
def test_an_interval_is_music21s(first, second):
    low, high = sorted((first, second), key=lambda pitch: (pitch.height, pitch.midi))
    ours = Interval.between(first, second)
    # Beyond four times augmented or diminished its table ends, and is read from the other end.
    assume(len(str(ours).rstrip("0123456789")) <= 4)
    names = [str(pitch).replace("b", "-") for pitch in (low, high)]
    theirs = oracle.Interval(oracle_pitch.Pitch(names[0]), oracle_pitch.Pitch(names[1]))
    assert theirs.semitones == ours.semitones
    if ours.semitones >= 0 and ours.steps:
        assert theirs.name == str(ours)
        assert ours.above(low) == high


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"d1", "dd1"}])
def test_names_are_read_and_written(name):
    ours = Interval.parse(name)
    assert str(ours) == name
    theirs = oracle.Interval(name)
    assert ours.semitones == theirs.semitones
    if ours.steps <= 7 and ours.steps:
        assert str(ours.inversion) == theirs.complement.name or ours.steps == 7
        assert ours.inversion.inversion == ours or ours.steps == 7


def test_words_and_consonance():
    words = {"m3": "minor third", "A4": "augmented fourth", "P12": "perfect twelfth",
             "dd5": "doubly diminished fifth", "M9": "major ninth"}  # fmt: skip
    assert {name: Interval.parse(name).words for name in words} == words
    assert Interval.parse("tritone") == Interval.parse("A4")
    kinds = {"P1": "perfect", "P5": "perfect", "P8": "perfect", "m3": "imperfect", "P4": "fourth",
             "M6": "imperfect", "M2": "dissonant", "d4": "dissonant", "A5": "dissonant",
             "M10": "imperfect", "P11": "fourth"}  # fmt: skip
    assert {name: Interval.parse(name).consonance for name in kinds} == kinds
    assert Interval.parse("M9").is_compound
    assert str(Interval.parse("M9").simple) == "M2"
    assert str(Interval.parse("P15").simple) == "P8"


@given(st.integers(0, 40))
def test_a_distance_has_a_usual_name(semitones):
    assert Interval.of_semitones(semitones).semitones == semitones
    assert Interval.parse(str(Interval.of_semitones(semitones))).semitones == semitones


@pytest.mark.parametrize("text", ["", "P3", "M5", "m4", "X2", "P0", "third", "AAAAAAA4"])
def test_what_is_no_interval_is_refused(text):
    with pytest.raises(InputError):
        Interval.parse(text)


@pytest.mark.parametrize("text", ["", "H4", "C", "C#b4", "4"])
def test_what_is_no_pitch_is_refused(text):
    with pytest.raises(InputError, match="is no pitch"):
        SpelledPitch.parse(text)
    with pytest.raises(InputError):
        spelled(60, 5)
