"""What chords do, and how they are written."""

import pytest

from tapeloom.core.harmony import QUALITIES, Chord, Key
from tapeloom.theory.chord_rules import LABELS
from tapeloom.theory.functions import is_within, label_of, name_function, write_numeral
from tapeloom.theory.roman import roman
from tapeloom.theory.spans import FUNCTIONS

C = Key("C", "major")


@pytest.mark.parametrize("name", sorted(QUALITIES))
def test_every_quality_has_a_label_with_its_third_and_seventh(name: str) -> None:
    label = label_of(name)
    assert label in LABELS
    steps, plain = set(QUALITIES[name].intervals), set(QUALITIES[label].intervals)
    if name in LABELS:
        assert label == name
    if 4 in steps:
        assert 4 in plain
    elif 3 in steps:
        assert 3 in plain
    assert (10 in plain) <= (10 in steps)


@pytest.mark.parametrize("name", sorted(QUALITIES))
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_every_chord_of_every_degree_has_a_function(name: str, mode: str) -> None:
    key = Key("C", mode)
    for root in range(12):
        chord = Chord(root, name)
        assert name_function(roman(chord, key), chord, key) in FUNCTIONS


def test_a_chord_of_the_key_is_never_written_as_of_a_region() -> None:
    g = Key("G", "major")
    for root, quality in ((0, "maj"), (2, "min"), (4, "min7"), (7, "7"), (9, "min7")):
        chord = Chord(root, quality)
        assert is_within(chord, C)
        assert write_numeral(chord, C, region=g) == roman(chord, C)


def test_a_region_gives_simpler_numerals() -> None:
    a = Key("A", "minor")
    assert str(write_numeral(Chord(11, "hdim7"), C, region=a)) == "viiø7"  # C has it too
    assert str(write_numeral(Chord(10, "maj"), C, region=Key("F", "major"))) == "IV/IV"
    assert str(write_numeral(Chord(7, "min"), C, region=Key("D", "minor"))) == "iv/ii"
