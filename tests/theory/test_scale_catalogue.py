import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.harmony import MODES
from tapeloom.core.pitch import pitch_class
from tapeloom.theory.scale_catalogue import ALIASES, PARENTS, SCALES, find_scale, repeat, turn
from tapeloom.theory.scales import modes_of, parent_scale, recognise_scale, scale, spell_scale

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from music21 import scale as oracle

tonics = st.sampled_from(["C", "F#", "Bb", "E", "Ab", "C#", "Gb"])
names = st.sampled_from(sorted(SCALES))


def test_there_are_more_than_forty_and_each_is_a_scale():
    assert len(SCALES) >= 40
    for name, steps in SCALES.items():
        assert steps[0] == 0, name
        assert list(steps) == sorted(set(steps)), name
        assert steps[-1] < 12
    assert len(set(SCALES.values())) == len(SCALES)
    for parent in ("major", "melodic minor", "harmonic minor", "harmonic major"):
        assert len(modes_of(parent)) == 7
    assert all(target in SCALES for target in ALIASES.values())
    assert not set(ALIASES) & set(SCALES)


@given(names, tonics)
def test_a_mode_has_the_tones_of_its_parent(name, tonic):
    number = pitch_class(tonic)
    at, parent = parent_scale(number, name)
    assert set(scale(at, parent)) == set(scale(number, name))
    assert name in modes_of(name)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [("major", oracle.MajorScale), ("minor", oracle.MinorScale), ("dorian", oracle.DorianScale),
     ("phrygian", oracle.PhrygianScale), ("lydian", oracle.LydianScale),
     ("mixolydian", oracle.MixolydianScale), ("locrian", oracle.LocrianScale),
     ("harmonic minor", oracle.HarmonicMinorScale), ("melodic minor", oracle.MelodicMinorScale),
     ("whole tone", oracle.WholeToneScale), ("chromatic", oracle.ChromaticScale)],
)  # fmt: skip
def test_music21_has_the_same_tones(name, theirs):
    for tonic in ("C", "E-", "F#"):
        up = oracle.Direction.ASCENDING
        pitches = theirs(tonic).getPitches(f"{tonic}4", f"{tonic}5", direction=up)
        heard = [pitch.pitchClass for pitch in pitches]
        assert tuple(heard[:-1]) == scale(pitch_class(tonic.replace("-", "b")), name)


def test_symmetric_scales_repeat():
    for name, period in {"whole tone": 2, "half-whole": 3, "whole-half": 3, "augmented": 4,
                         "messiaen 3": 4, "messiaen 4": 6, "messiaen 5": 6, "messiaen 6": 6,
                         "messiaen 7": 6, "tritone": 6, "chromatic": 1}.items():  # fmt: skip
        tones = set(SCALES[name])
        assert {(tone + period) % 12 for tone in tones} == tones
        assert all({(tone + less) % 12 for tone in tones} != tones for less in range(1, period))
    assert repeat(2, 1) == SCALES["whole-half"]


def test_textbook_facts():
    c = {name: set(scale(0, name)) for name in SCALES}
    # The altered scale is the melodic minor a semitone up; lydian dominant that a fifth up.
    assert c["altered"] == set(scale(1, "melodic minor"))
    assert c["lydian dominant"] == set(scale(7, "melodic minor"))
    assert c["phrygian dominant"] == set(scale(5, "harmonic minor"))
    assert c["hungarian minor"] == set(scale(7, "double harmonic"))
    assert set(SCALES["bebop dominant"]) - set(MODES["mixolydian"]) == {11}
    assert set(SCALES["bebop major"]) - set(MODES["major"]) == {8}
    assert c["blues"] - set(scale(0, "minor pentatonic")) == {6}
    assert set(scale(9, "blues")) == c["major blues"]
    assert c["yo"] == set(scale(5, "major pentatonic"))
    assert c["iwato"] == set(turn(SCALES["hirajoshi"], 1))


@pytest.mark.parametrize(
    ("alias", "name"),
    [("Super Locrian", "altered"), ("Ionian", "major"), ("lydian ♭7", "lydian dominant"),
     ("half whole diminished", "half-whole"), ("Octatonic", "half-whole"), ("In Sen", "in-sen"),
     ("Bebop", "bebop dominant"), ("Messiaen 2", "half-whole"), ("Dorian mode", "dorian"),
     ("locrian ♮2", "locrian natural 2"), ("mixolydian flat 6", "mixolydian b6")],
)  # fmt: skip
def test_other_names_of_scales(alias, name):
    assert find_scale(alias) == name


def test_an_unknown_scale_is_refused():
    with pytest.raises(InputError, match="'dorick' is no scale; choose one of major"):
        find_scale("dorick")


@given(tonics, names)
def test_a_spelled_scale_has_its_tones_and_letters(tonic, name):
    spelled = spell_scale(tonic, name)
    steps = SCALES[name]
    letters = [text[0] for text in spelled]
    if len(steps) == 7:
        assert len(set(letters)) == 7
    for text, tone in zip(spelled, scale(pitch_class(tonic), name), strict=True):
        accidentals = text.count("#") - text.count("b")
        assert ({"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[text[0]]
                + accidentals - tone) % 12 == 0  # fmt: skip


@given(st.integers(0, 11), names)
def test_every_scale_is_recognised_from_its_tones(tonic, name):
    tones = scale(tonic, name)
    found = recognise_scale(tones, tonic=tonic)
    assert (found[0].name, found[0].score) == (name, 1.0)
    anywhere = recognise_scale(tones, limit=40)
    assert (tonic, name) in [(match.tonic, match.name) for match in anywhere if match.score == 1.0]


@given(st.sets(st.integers(0, 11), min_size=1), st.integers(0, 11))
def test_recognising_commutes_with_transposition(tones, semitones):
    here = recognise_scale(tones, limit=3)
    there = recognise_scale({(tone + semitones) % 12 for tone in tones}, limit=3)
    assert [match.score for match in here] == [match.score for match in there]
    for match in here:
        assert set(match.foreign) == tones - set(scale(match.tonic, match.name))
        assert set(match.missing) == set(scale(match.tonic, match.name)) - tones


def test_no_notes_no_scale():
    assert recognise_scale([]) == ()
    assert recognise_scale([0, 4, 7])[0].score > 0


def test_modes_are_turned_from_their_parents():
    for mode, (parent, degree) in PARENTS.items():
        assert SCALES[mode] == turn(SCALES[parent], degree)
