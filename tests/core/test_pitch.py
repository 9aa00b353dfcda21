import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.pitch import (
    FLAT_NAMES,
    SHARP_NAMES,
    line_of_fifths,
    name_on_line,
    pitch_class,
    pitch_class_name,
    plain_name,
)

places = st.integers(-15, 19)


@given(places)
def test_names_and_places_on_the_line_of_fifths_are_inverse(place):
    assert line_of_fifths(name_on_line(place)) == place
    assert pitch_class(name_on_line(place)) == 7 * place % 12


@given(places)
def test_a_plain_name_sounds_the_same_with_one_accidental(place):
    name = plain_name(place)
    assert len(name) <= 2
    assert pitch_class(name) == 7 * place % 12


@pytest.mark.parametrize("names", [FLAT_NAMES, SHARP_NAMES])
def test_names_of_the_twelve(names):
    assert [pitch_class(name) for name in names] == list(range(12))
    assert [pitch_class_name(i, sharps=names is SHARP_NAMES) for i in range(12)] == list(names)


@pytest.mark.parametrize("name", ["", "H", "c", "C###", "Cb#", "4", "Cbbb"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(InputError, match="is no pitch name"):
        line_of_fifths(name)
