import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import DENOMINATORS, Meter
from tapeloom.rhythm.feel import Feel
from tapeloom.rhythm.feels import (
    FEELS,
    PLACES,
    STYLE_FEELS,
    KitFeel,
    feel_named,
    feel_of,
    place_of,
)
from tapeloom.rhythm.limbs import HABIT
from tapeloom.rhythm.patterns import GROOVES

COMMON_TIME = Meter(4, 4)


def test_every_style_has_a_feel_and_the_usual_ones_are_there():
    assert {groove.style for groove in GROOVES.values()} == set(STYLE_FEELS)
    assert set(STYLE_FEELS.values()) <= set(FEELS)
    assert {"straight", "dusty", "dilla", "boom_bap", "bossa", "brushes"} <= set(FEELS)


@pytest.mark.parametrize("feel", FEELS.values(), ids=FEELS.keys())
def test_feels_keep_to_the_styles_bounds(feel):
    assert feel.says.endswith(".")
    assert isinstance(feel.player(), Feel)
    if feel.name == "straight":
        assert not feel.lateness_ms
        return
    assert 0.0 <= feel.lateness_ms["kick"] <= 5.0  # the kick holds the time
    assert 5.0 <= feel.lateness_ms["snare"] <= 25.0  # the snare hangs back
    if feel.name != "sleepy":
        assert feel.lateness_ms["closed_hat" if "closed_hat" in feel.lateness_ms else "ride"] < 0
    if feel.name in ("dusty", "dilla", "boom_bap", "swung", "half_time", "trip_hop", "sleepy"):
        assert 0.54 <= feel.swing <= 0.62
        assert feel.swing_level == 16


def test_numbers_that_the_words_name_are_so():
    assert (FEELS["dusty"].lateness_ms["snare"], FEELS["dusty"].lateness_ms["closed_hat"]) == (
        15.0,
        -5.0,
    )
    assert FEELS["dilla"].lateness_ms["snare"] == 20.0
    assert (FEELS["boom_bap"].swing, FEELS["boom_bap"].lateness_ms["snare"]) == (0.6, 9.0)
    assert FEELS["half_time"].lateness_ms["snare"] == 22.0
    assert (FEELS["trip_hop"].swing, FEELS["trip_hop"].lateness_ms["snare"]) == (0.54, 7.0)
    bossa = FEELS["bossa"]
    assert (bossa.swing, bossa.lateness_ms["shaker"], bossa.lateness_ms["rim"]) == (0.52, -6, 6)
    assert FEELS["brushes"].lateness_ms["brush"] == 10.0
    assert (FEELS["house"].swing, FEELS["house"].lateness_ms["clap"]) == (0.55, 6.0)
    assert (FEELS["rolling"].swing, FEELS["rolling"].lateness_ms["snare"]) == (0.5, 13.0)
    assert (FEELS["shuffle"].swing_level, round(FEELS["shuffle"].swing, 2)) == (8, 0.67)


@given(
    st.sampled_from(sorted(FEELS)),
    st.sampled_from(sorted(HABIT)),
    st.integers(0, 200),
    st.builds(Meter, st.integers(1, 32), st.sampled_from(DENOMINATORS)),
)
def test_offsets_are_lateness_and_place(name, drum, step, meter):
    feel = FEELS[name]
    place = place_of(step, meter)
    assert place in PLACES
    expected = feel.lateness_ms.get(drum, 0.0) + feel.place_ms.get((drum, place), 0.0)
    assert feel.offset_ms(drum, step=step, meter=meter) == expected
    assert abs(expected) <= 40.0
    assert place_of(0, meter) == "one"


def test_places_of_uneven_meters():
    seven = Meter(7, 8)
    assert [step for step in range(14) if place_of(step, seven) == "beat"] == [4, 8]
    assert place_of(10, seven) == "and"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: feel_named("funky"), "'funky' is no feel"),
        (lambda: feel_of("polka"), "'polka' is no style"),
        (lambda: KitFeel("x", "x.", swing=1.2), "swing is 1.2"),
        (lambda: KitFeel("x", "x.", lateness_ms={"cowbell": 1.0}), "'cowbell'"),
        (lambda: KitFeel("x", "x.", lateness_ms={"kick": 99.0}), "99.0 ms"),
        (lambda: KitFeel("x", "x.", place_ms={("kick", "end"): 1.0}), "'end'"),
        (lambda: FEELS["dusty"].offset_ms("cowbell", step=0, meter=COMMON_TIME), "'cowbell'"),
    ],
)
def test_misuse_is_told(call, message):
    with pytest.raises(InputError, match=message):
        call()
