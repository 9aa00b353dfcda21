import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.rhythm.hits import Hit
from tapeloom.rhythm.patterns import GROOVES, VELOCITIES
from tapeloom.rhythm.polyrhythm import Layer, Polyrhythm, layer_hits, layer_over

COUNTS = st.integers(1, 24)


@st.composite
def layers(draw, nested=True):
    count = draw(st.integers(1, 9))
    pulses = st.lists(st.integers(1, count), max_size=2, unique=True).map(tuple)
    inside = [(p, draw(layers(nested=False))) for p in (draw(pulses) if nested else ())]
    phase = draw(st.fractions(0, Fraction(11, 12), max_denominator=12))
    return Layer(count, phase, draw(pulses), tuple(inside))


POLYRHYTHMS = st.lists(layers(), min_size=2, max_size=3).map(lambda ls: Polyrhythm(tuple(ls)))


@given(COUNTS, COUNTS)
def test_a_against_b_has_a_plus_b_less_their_common_divisor_onsets(a, b):
    rhythm = Polyrhythm.parse(f"{a}:{b}")
    assert len(rhythm.onsets) == a + b - math.gcd(a, b)
    assert len(rhythm.meetings) == math.gcd(a, b)
    assert rhythm.grid == math.lcm(a, b)


@pytest.mark.parametrize(
    ("text", "count"), [("3:2", 4), ("4:3", 6), ("5:4", 8), ("7:4", 10), ("11:8", 18)]
)
def test_known_counts(text, count):
    assert len(Polyrhythm.parse(text).onsets) == count


def test_four_against_three_is_exact():
    # "pass the golden butter": in twelfths x..xx.x.xx..
    assert [onset * 12 for onset in Polyrhythm.parse("4:3").onsets] == [0, 3, 4, 6, 8, 9]


@given(POLYRHYTHMS)
def test_text_goes_both_ways(rhythm):
    assert Polyrhythm.parse(str(rhythm)) == rhythm


@given(POLYRHYTHMS)
def test_the_pattern_sounds_at_the_onsets(rhythm):
    voices = tuple(f"v{i}" for i in range(len(rhythm.layers)))
    events = rhythm.pattern(*voices).onsets(0, 1)
    assert tuple(sorted({event.begin for event in events})) == rhythm.onsets
    for layer, voice in zip(rhythm.layers, voices, strict=True):
        sounds = [event for event in events if event.value == voice]
        assert tuple(event.begin for event in sounds) == layer.onsets
        levels = [float(level) for _, level in layer.strokes]
        assert [event.level for event in sounds] == pytest.approx(levels)


@given(COUNTS, st.fractions(0, Fraction(7, 8), max_denominator=8))
def test_a_phase_moves_every_onset(count, phase):
    shifted = sorted((onset + phase) % 1 for onset in Layer(count).onsets)
    assert list(Layer(count, phase).onsets) == shifted


def test_a_divided_pulse_divides_its_own_time():
    onsets = Polyrhythm.parse("2(2=3):1").onsets
    assert onsets == (0, Fraction(1, 2), Fraction(2, 3), Fraction(5, 6))
    assert Polyrhythm.parse("2(2=3(1=2)):1").onsets == (
        0, Fraction(1, 2), Fraction(7, 12), Fraction(2, 3), Fraction(5, 6),
    )  # fmt: skip


def test_accents_are_louder_and_nothing_else_is():
    hits = layer_hits(Polyrhythm.parse("3^2:1"), ("rim", "kick"), meter=Meter(3, 4), bars=1)[0]
    rims = [hit.velocity for hit in hits if hit.drum == "rim"]
    assert rims == [56, 80, 56]


@given(POLYRHYTHMS, st.integers(1, 3), st.integers(1, 6), st.sampled_from(["4/4", "7/8", "5/4"]))
def test_hits_lie_within_half_a_tick_of_their_fractions(rhythm, span, bars, text):
    meter = Meter.parse(text)
    voices = tuple(f"v{i}" for i in range(len(rhythm.layers)))
    placed = layer_hits(rhythm, voices, meter=meter, bars=bars, span_bars=span)
    assert len(placed) == bars
    for bar, hits in enumerate(placed):
        assert list(hits) == sorted(hits)
        for hit in hits:
            assert 0 <= hit.tick < meter.bar_ticks
            at = Fraction(bar % span * meter.bar_ticks + hit.tick, span * meter.bar_ticks)
            layer = rhythm.layers[voices.index(hit.drum)]
            nearest = min(abs(at - onset) for onset in layer.onsets)
            assert nearest * span * meter.bar_ticks <= Fraction(1, 2)


@pytest.mark.parametrize("name", ["boom_bap", "half_time"])
def test_a_layer_leaves_the_groove_as_it_was(name):
    groove = GROOVES[name]
    step = groove.meter.bar_ticks // groove.steps
    bars = layer_over(groove, Polyrhythm.parse("5:4"), ("ride", "shaker"), bars=groove.bars)
    for index, hits in enumerate(bars):
        own = {
            Hit(place * step, drum, VELOCITIES[sign])
            for (place, drum), sign in groove.bar(index).items()
        }
        assert own <= set(hits)
        assert len(set(hits) - own) == 9


@pytest.mark.parametrize(
    "text", ["", "3", "3:", ":2", "3:2:", "a:b", "3:2x", "5(2=3:4", "5(2):4", "3+1:2", "3^:2"]
)
def test_what_is_no_polyrhythm_is_refused(text):
    with pytest.raises(InputError, match=r"no polyrhythm|2 to 8 layers"):
        Polyrhythm.parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0:2", "a layer of 0 pulses"),
        ("99:2", "a layer of 99 pulses"),
        ("3^4:2", "pulse 4 isn't one of the 3"),
        ("3(4=2):2", "pulse 4 isn't one of the 3"),
        ("3(1=2,1=3):2", "only once"),
        ("3+5/4:2", "up to but not 1"),
        ("3+1/0:2", "is no number"),
        ("2:2:2:2:2:2:2:2:2", "2 to 8 layers"),
        ("2(1=2(1=2(1=2(1=2(1=2))))):1", "divided over 4 times"),
        ("2(1=" * 500, "divided over 4 times"),
    ],
)
def test_impossible_polyrhythms_are_refused(text, message):
    with pytest.raises(InputError, match=message):
        Polyrhythm.parse(text)


@given(st.text("0123456789:+/^=(),. ", max_size=16))
def test_any_text_is_read_or_refused(text):
    try:
        found = Polyrhythm.parse(text)
    except InputError:
        return
    assert len(found.onsets) <= sum(len(layer.onsets) for layer in found.layers)


@pytest.mark.parametrize(
    "wrong", [{"bars": 0}, {"bars": 1, "span_bars": 0}, {"bars": 1, "velocity": 128}]
)
def test_impossible_bars_are_refused(wrong):
    with pytest.raises(InputError, match="must lie between"):
        layer_hits(Polyrhythm.parse("3:2"), ("rim", "kick"), meter=Meter(4, 4), **wrong)


def test_every_layer_needs_its_voice():
    with pytest.raises(InputError, match="2 layers and needs as many voices, not 1"):
        Polyrhythm.parse("3:2").pattern("rim")
