from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.core.mood import MOODS, character
from tapeloom.core.seed import stream
from tapeloom.core.time import PPQ
from tapeloom.rhythm.feel import STRAIGHT, Feel
from tapeloom.rhythm.feels import FEELS, STYLE_FEELS, draw_feel
from tapeloom.rhythm.groove import LATENESS_MS, drift, played_swing, swing
from tapeloom.theory.instruments import DRUMS


def bar_of(step):
    return np.arange(0, 4 * PPQ, step, dtype=np.int64)


@given(st.floats(0.5, 0.75), st.sampled_from([8, 16]))
def test_swing_keeps_the_beats_and_reads_back(ratio, level):
    ticks = bar_of(8 * PPQ // level // 2)
    swung = swing(ticks, ticks, ratio=ratio, level=level)
    assert np.array_equal(swung[::2], ticks[::2])
    assert played_swing(swung, beat=8 * PPQ / level) == pytest.approx(ratio)


@given(st.floats(0.5, 0.75))
def test_swing_keeps_the_order_and_leaves_triplets_alone(ratio):
    thirty_seconds = bar_of(PPQ // 8)
    assert (np.diff(swing(thirty_seconds, thirty_seconds, ratio=ratio)) > 0).all()
    triplets = bar_of(PPQ // 3)
    assert np.array_equal(swing(triplets, triplets, ratio=ratio), triplets)


def test_straight_is_the_identity():
    ticks = bar_of(PPQ // 8)
    assert np.array_equal(swing(ticks, ticks, ratio=0.5), ticks)


def test_swing_out_of_range_is_refused():
    ticks = bar_of(PPQ)
    with pytest.raises(InputError, match="it must lie between"):
        swing(ticks, ticks, ratio=0.9)
    with pytest.raises(InputError, match="8 or 16"):
        swing(ticks, ticks, ratio=0.6, level=32)


def test_played_swing_of_nothing_is_straight():
    assert played_swing(np.zeros(0), beat=1.0) == 0.5


def test_drift_is_one_over_f():
    # White noise has a flat spectrum, 1/f falls by 3 dB an octave between its corners.
    noise = np.stack([drift(4096, stream(seed, "drift")) for seed in range(24)])
    power = (np.abs(np.fft.rfft(noise)) ** 2).mean(axis=0)
    f = np.fft.rfftfreq(4096)
    band = (f > 1 / 100) & (f < 0.4)
    slope = np.polyfit(np.log(f[band]), np.log(power[band]), 1)[0]
    assert slope == pytest.approx(-1.0, abs=0.15)
    assert np.allclose(noise.std(axis=1), 1.0)


@pytest.mark.parametrize("n", [0, 1, 2, 5, 9, 1000])
def test_drift_of_any_length_is_finite(n):
    noise = drift(n, np.random.default_rng(0))
    assert noise.shape == (n,)
    assert np.isfinite(noise).all()


@pytest.mark.parametrize("mood", MOODS)
def test_drawn_feels_lie_in_the_ranges_of_the_style(mood):
    for seed in range(20):
        feel = draw_feel(character([mood], []), stream(seed, "feel"))
        assert 0.54 <= feel.swing <= 0.62
        assert 5.0 <= feel.lateness_ms["snare"] <= 29.0
        assert feel.kit == "sleepy" or feel.lateness_ms["closed_hat"] < 0.0
        assert abs(feel.lateness_ms["kick"]) <= 4.0
        assert feel.lateness_ms["bass"] > 0.0
        assert 3.0 <= feel.timing_sd_ms <= 8.0
        assert 0.0 < feel.humanise <= 0.5
        assert abs(feel.lean_ms) <= 1.5


def test_a_groove_is_mostly_played_with_the_feel_of_its_style():
    for style, name in STYLE_FEELS.items():
        drawn = [
            draw_feel(character(["warm"], []), stream(seed, "feel"), style=style)
            for seed in range(60)
        ]
        assert Counter(feel.kit for feel in drawn).most_common(1)[0][0] == name
        for feel in drawn:
            kit = FEELS[feel.kit]
            assert abs(feel.swing - kit.swing) <= 0.0151
            assert feel.swing_level == kit.swing_level
            for drum, ms in kit.lateness_ms.items():
                assert abs(feel.lateness_ms[drum] - ms) <= 0.2 * abs(ms) + 0.01


def test_calm_music_is_played_lazier_than_lively_music():
    def snare_ms(mood):
        drawn = [draw_feel(character([mood], []), stream(seed, "feel")) for seed in range(80)]
        return np.mean([feel.lateness_ms["snare"] for feel in drawn])

    assert snare_ms("dreamy") > snare_ms("playful") + 2.0


def test_every_drum_has_its_place_in_time():
    assert set(DRUMS) <= set(LATENESS_MS)


def test_same_seed_same_feel():
    calm = character(["peaceful"], [])
    assert draw_feel(calm, stream(1, "feel")) == draw_feel(calm, stream(1, "feel"))
    assert draw_feel(calm, stream(1, "feel")) != draw_feel(calm, stream(2, "feel"))


@pytest.mark.parametrize(
    "wrong", [{"swing": 0.8}, {"timing_sd_ms": -1}, {"strum_chance": 2}, {"swing_level": 4}]
)
def test_impossible_feels_are_refused(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        Feel(**wrong)


def test_straight_feel_does_nothing():
    assert STRAIGHT.swing == 0.5
    assert STRAIGHT.timing_sd_ms == STRAIGHT.velocity_sd == 0.0
