import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.meter import Meter
from tapeloom.core.score import Note
from tapeloom.core.time import PPQ, TempoMap
from tapeloom.rhythm.microtiming import MeasuredSwing, measure, steps_in_cycle
from tapeloom.rhythm.swing_ratio import STRAIGHT_SWING, Swing, swung
from tapeloom.theory.instruments import DRUMS
from tests.rhythm.players import play

COMMON = ((0, Meter(4, 4)),)
SIXTEENTH = PPQ // 4
BEAT = {
    "kick": (0, 6, 7, 10),
    "snare": (4, 12, 15),
    "closed_hat": (0, 2, 3, 4, 6, 8, 9, 10, 12, 14, 15),
}


def written_beat(bars=16, beat=BEAT):
    return tuple(
        Note(bar * 4 * PPQ + step * SIXTEENTH, 1260, DRUMS[drum], 80)
        for bar in range(bars)
        for drum, steps in beat.items()
        for step in steps
    )


def played(swing=STRAIGHT_SWING, late_ms=(), drift_ms=0.0, bpm=82, seed=1, beat=BEAT, bars=16):
    tempo = TempoMap.constant(bpm)
    notes = play(
        written_beat(bars, beat), tempo=tempo, meters=COMMON, swing=swing, late_ms=dict(late_ms),
        drift_ms=drift_ms, seed=seed,
    )  # fmt: skip
    return notes, tempo


@settings(derandomize=True)
@given(
    ratio=st.floats(0.5, 0.66),
    level=st.sampled_from([8, 16]),
    snare=st.floats(0.0, 25.0),
    hat=st.floats(-10.0, 0.0),
    bpm=st.integers(65, 105),
    seed=st.integers(0, 2**31),
)
def test_a_feel_is_read_back(ratio, level, snare, hat, bpm, seed):
    # The promise: within 2 ms and one percentage point, through 3 ms of drift.
    late = {"snare": snare, "closed_hat": hat, "kick": 0.0}
    notes, tempo = played(Swing(ratio, level), late, drift_ms=3.0, bpm=bpm, seed=seed)
    found = measure(notes, tempo=tempo, meters=COMMON)
    if ratio > 0.52:
        assert found.swing.level == level
    by_level = {swing.level: swing for swing in found.swings}
    assert by_level[level].ratio == pytest.approx(ratio, abs=0.01)
    for drum, expected in late.items():
        assert found.lateness_ms[drum] == pytest.approx(expected, abs=2.0)


def test_a_late_snare_is_no_swing():
    beat = {"kick": (0, 8), "snare": (4, 12, 7), "closed_hat": tuple(range(16))}
    notes, tempo = played(late_ms={"snare": 25.0}, beat=beat)
    found = measure(notes, tempo=tempo, meters=COMMON)
    assert found.swing.ratio == pytest.approx(0.5, abs=0.002)
    assert found.lateness_ms["snare"] == pytest.approx(25.0, abs=0.1)
    assert found.lateness_ms["kick"] == pytest.approx(0.0, abs=0.1)


def test_every_place_is_measured():
    notes = [
        Note(bar * 4 * PPQ + 4 * SIXTEENTH + late, 100, 38, velocity)
        for bar, (late, velocity) in enumerate([(84, 100), (168, 80), (84, 100), (168, 80)])
    ]
    tempo = TempoMap.constant(100)  # 16.8 ticks a millisecond
    found = measure(notes, tempo=tempo, meters=COMMON)
    (place,) = found.places
    assert (place.instrument, place.step, place.hits) == ("snare", 4, 4)
    assert place.offset_ms == pytest.approx(7.5)
    assert place.spread_ms == pytest.approx(2.5)
    assert place.velocity == 90
    two = measure(notes, tempo=tempo, meters=COMMON, bars=2)
    assert [(p.step, round(p.offset_ms, 6)) for p in two.places] == [(4, 5.0), (20, 10.0)]
    assert two.spread_ms == pytest.approx(0.0, abs=1e-9)


def test_swing_needs_offbeats():
    notes = [Note(beat * PPQ, 100, 36) for beat in range(16)]
    found = measure(notes, tempo=TempoMap(), meters=COMMON)
    assert found.swing == STRAIGHT_SWING
    for swing in found.swings:
        assert swing.offbeats == 0
        assert math.isinf(swing.error)
        assert swing.confidence == 0.0


def test_confidence_grows_with_the_evidence():
    rng = np.random.default_rng(5)

    def confidence(bars):
        notes = [
            Note(max(int(step * SIXTEENTH + rng.normal(0, 150)), 0), 100, 42)
            for step in range(16 * bars)
        ]
        found = measure(notes, tempo=TempoMap.constant(90), meters=COMMON, swing=Swing())
        return found.swings[0].confidence

    assert confidence(1) < confidence(16) <= 1.0
    assert MeasuredSwing(0.5, 16, 0.05, 9).confidence < 0.2


@given(st.floats(0.5, 0.75), st.sampled_from([8, 16]))
def test_swung_ticks_keep_the_order(ratio, level):
    ticks = np.arange(0, 8 * PPQ, SIXTEENTH)
    assert (np.diff(swung(ticks, Swing(ratio, level), meters=COMMON)) > 0).all()


@pytest.mark.parametrize(
    ("text", "ratio"),
    [("58%", 0.58), ("0.58", 0.58), ("58", 0.58), ("2:1", 2 / 3), ("3 : 2", 0.6), (" 50 % ", 0.5),
     ("1:1", 0.5), ("75%", 0.75), ("66.7%", 0.667)],
)  # fmt: skip
def test_swing_is_read_as_musicians_write_it(text, ratio):
    assert Swing.parse(text).ratio == pytest.approx(ratio, abs=1e-12)


@pytest.mark.parametrize("text", ["120%", "120 %", "49%", "0.2", "1:2", "4:1", "0%", "0", "76"])
def test_swing_out_of_range_is_refused(text):
    with pytest.raises(InputError, match=r"must lie within 50 % \(straight\) and 75 %"):
        Swing.parse(text)


@pytest.mark.parametrize(
    "text", ["", "hard", "0:0", "2:1:1", "-58%", "5e1", "%", "²%", "nan", "inf"]
)
def test_what_is_no_swing_is_refused(text):
    with pytest.raises(InputError, match="is no swing; write one like"):
        Swing.parse(text)


@given(st.text(max_size=8))
def test_any_text_is_a_swing_or_an_input_error(text):
    try:
        swing = Swing.parse(text)
    except InputError:
        return
    assert 0.5 <= swing.ratio <= 0.75


@given(st.floats(0.5, 0.75), st.floats(0.0, 1.0))
def test_swing_scales_between_straight_and_itself(ratio, amount):
    scaled = Swing(ratio).scaled(amount).ratio
    assert 0.5 <= scaled <= ratio
    assert scaled == pytest.approx(0.5 + amount * (ratio - 0.5))


def test_a_swing_needs_a_level_of_eighths_or_sixteenths():
    with pytest.raises(InputError, match="8 or 16"):
        Swing(0.6, 32)


def test_nothing_is_not_measured():
    with pytest.raises(InputError, match="no notes"):
        measure((), tempo=TempoMap(), meters=COMMON)
    with pytest.raises(InputError, match="bars"):
        measure([Note(0, 1, 36)], tempo=TempoMap(), meters=COMMON, bars=0)


def test_steps_count_from_each_bar_of_a_changing_meter():
    meters = ((0, Meter(3, 4)), (3 * PPQ, Meter(4, 4)))
    ticks = np.array([0, 3 * PPQ, 4 * PPQ, 7 * PPQ + 1])
    assert steps_in_cycle(ticks, meters=meters, bars=1).tolist() == [0, 0, 4, -1]


def test_the_score_as_it_stands_measures_nothing():
    notes, tempo = played()
    found = measure(notes, tempo=tempo, meters=COMMON)
    assert found.swing == STRAIGHT_SWING
    assert found.spread_ms < 0.05
    assert all(abs(late) < 0.05 for late in found.lateness_ms.values())
