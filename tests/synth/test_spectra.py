"""Moving spectra, resonances, and what players do."""

import numpy as np
import pytest

from tapeloom.synth.blown import Breath, Gesture, play_held, play_section
from tapeloom.synth.chorus import pair_turn
from tapeloom.synth.ear import ear_weight, sound_level
from tapeloom.synth.player import Vibrato, pitch_cents, swell, upsample, wander
from tapeloom.synth.resonances import Resonances
from tapeloom.synth.sections import gestures, seats
from tapeloom.synth.spectra import (
    CONTROL,
    SIZE,
    control_times,
    controls,
    level_weights,
    mixture_kernel,
    tables,
)
from tapeloom.synth.vowels import mouth, throat
from tests.synth.spectrum import folded_db, harmonic

RATE = 44_100
FRAMES = int(1.2 * RATE)
STILL = Gesture(0.02, 0.1, 0.0, 0.03, 0.0, Vibrato(5.0, 0.0, 0.3), shimmer=0.0)
SILENT = Breath(0.0, 500.0, 3000.0)
OPEN = Resonances((), (), ())


def saw(k, hz, loudness):
    return k ** -(1.5 - 0.5 * loudness)


def test_a_mixture_is_the_sum_of_its_tables():
    table = tables(np.array([[1.0, 0.0], [0.0, 1.0]]), np.zeros(2))
    weights = np.tile([0.5, 0.25], (8, 1))
    step = np.full(8, SIZE * 441.0 / RATE)
    outs = []
    for kernel in (mixture_kernel, mixture_kernel.py_func):
        out = np.zeros((2, 400))
        kernel(out, table, weights, step, 0.0, 0)
        outs.append(out)
    t = 2.0 * np.pi * 441.0 * np.arange(400) / RATE
    np.testing.assert_allclose(outs[0][0], 0.5 * np.sin(t) + 0.25 * np.sin(2.0 * t), atol=1e-4)
    np.testing.assert_allclose(outs[0], outs[1], atol=1e-12)
    apart = np.zeros((2, 400))
    mixture_kernel.py_func(apart, table, weights, step, 0.0, 1)
    np.testing.assert_allclose(apart[1], 0.25 * np.sin(2.0 * t), atol=1e-4)


def test_a_curve_has_a_value_beyond_the_last_sample():
    for frames in (1, CONTROL - 1, CONTROL, CONTROL + 1):
        assert (controls(frames) - 1) * CONTROL >= frames
        assert len(upsample(np.zeros(controls(frames)), frames)) == frames
    with pytest.raises(ValueError, match="shorter than its note"):
        upsample(np.zeros(2), 200)


def test_weights_of_a_level_sum_to_one():
    weights = level_weights(np.linspace(-0.2, 1.3, 50), 4)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)


@pytest.mark.parametrize("hz", [110.3, 997.3, 5003.7])
@pytest.mark.parametrize("loudness", [0.1, 1.0])
def test_a_steady_note_weighs_one_and_folds_nothing(hz, loudness):
    rng = np.random.default_rng(1)
    wave = play_held(
        saw, FRAMES, RATE, rng, hz=hz, loudness=loudness, held_s=1.2, gesture=STILL,
        breath=SILENT, body=OPEN,
    )  # fmt: skip
    assert folded_db(wave, hz) < -80.0
    assert sound_level(wave, RATE, from_s=0.3, until_s=1.1) == pytest.approx(1.0, rel=0.02)


def test_louder_is_brighter():
    rng = np.random.default_rng
    soft, loud = (
        play_held(
            saw, FRAMES, RATE, rng(1), hz=220.0, loudness=loudness, held_s=1.2, gesture=STILL,
            breath=SILENT, body=OPEN,
        )
        for loudness in (0.1, 1.0)
    )  # fmt: skip
    ratio = [abs(harmonic(x, 8.0 * 220.0)) / abs(harmonic(x, 220.0)) for x in (soft, loud)]
    assert ratio[1] > 1.5 * ratio[0]


def test_resonances_do_to_a_sound_what_they_say():
    body = Resonances((500.0, 1500.0), (9.0, -6.0), (3.0, 2.0), low_hz=60.0, high_hz=8_000.0)
    for hz in (80.0, 500.0, 1500.0, 6_000.0):
        tone = np.sin(2.0 * np.pi * hz * np.arange(FRAMES) / RATE)
        found = abs(harmonic(body.through(tone, RATE), hz))
        assert found == pytest.approx(float(body.amplitude(np.array([hz]), RATE)[0]), rel=1e-3)
    assert body.moved(np.array([2.0, 1.0])).hz == (1000.0, 1500.0)
    assert len(body.sections(2_000)) == 2  # what a rate can't carry is left out


def test_a_mouth_opens_for_high_notes():
    low, high = mouth(0.0, 200.0, size=1.0), mouth(0.0, 700.0, size=1.0)
    assert low.hz[0] < 400.0
    assert high.hz[0] > 700.0
    k = np.arange(1.0, 20.0)
    soft, loud = throat(k, 200.0, 0.1), throat(k, 200.0, 1.0)
    assert loud[10] / loud[0] > 2.0 * soft[10] / soft[0]


def test_a_wander_has_unit_variance_and_turns_as_often_as_asked():
    found = np.concatenate(
        [wander(3_000, RATE, np.random.default_rng(seed), hz=2.0) for seed in range(30)]
    )
    assert found.std() == pytest.approx(1.0, abs=0.15)
    assert abs(found.mean()) < 0.15


def test_vibrato_sets_in_late_and_the_pitch_has_no_mean():
    frames = 3 * RATE
    t = control_times(frames, RATE)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        wave, grown = Vibrato(5.0, 20.0, 0.5).turns(frames, RATE, rng)
        assert abs(grown[t < 0.1]).max() < 0.15
        assert abs(grown[t > 2.0]).mean() > 0.6
        cents = pitch_cents(
            frames, RATE, rng, held_s=3.0, scoop_cents=-20.0, scoop_s=0.03, drift_cents=2.0,
            vibrato=20.0 * wave * grown,
        )  # fmt: skip
        assert cents[0] < -5.0
        weight = np.sin(np.pi * np.arange(len(t)) / len(t)) ** 4
        assert abs(np.average(cents, weights=weight)) < 0.3


def test_a_swell_rises_holds_and_falls_in_its_time():
    curve = swell(2 * RATE, RATE, attack_s=0.1, held_s=1.0, release_s=0.3)
    t = control_times(2 * RATE, RATE)
    assert curve[0] == 0.0
    assert np.interp(0.1, t, curve) == pytest.approx(0.9, abs=0.02)
    assert np.interp(0.9, t, curve) == pytest.approx(1.0, abs=1e-3)
    assert 20.0 * np.log10(np.interp(1.3, t, curve)) == pytest.approx(-55.0, abs=6.0)


def test_a_section_keeps_its_leaders_pitch():
    rng = np.random.default_rng(4)
    place = seats(3, cents=9.0, width=0.8, share=0.28)
    assert sum(place.cents) == pytest.approx(0.0)
    np.testing.assert_allclose((place.pans**2).sum(axis=1), 2.0)
    hz = 330.0
    gesture = Gesture(0.05, 0.3, 0.0, 0.03, 3.0, Vibrato(5.2, 15.0, 0.1), shimmer=0.1)
    sound = play_section(
        saw, FRAMES, RATE, rng, hz=hz, loudness=0.7, held_s=1.2,
        gestures=gestures(gesture, 4, rng, apart_s=0.02), cents=place.cents, pans=place.pans,
        shares=place.shares, breath=SILENT, body=OPEN,
    )  # fmt: skip
    assert sound.shape == (2, FRAMES)
    power = np.abs(np.fft.rfft(sound.mean(axis=0) * np.hanning(FRAMES), 4 * FRAMES)) ** 2
    at = np.fft.rfftfreq(4 * FRAMES, 1.0 / RATE)
    near = np.abs(at / hz - 1.0) < 0.08
    assert abs(1200.0 * np.log2((at[near] * power[near]).sum() / power[near].sum() / hz)) < 1.5
    assert np.corrcoef(sound)[0, 1] < 0.98


def test_pairs_begin_a_quarter_turn_away_or_earlier_where_they_beat_fast():
    rng = np.random.default_rng(1)
    assert 0.15 < abs(pair_turn(0.05, rng)) < 0.35
    assert np.mean([pair_turn(1.0, rng) for _ in range(200)]) == pytest.approx(-0.4, abs=0.08)


def test_the_ear_weighs_as_the_standard_does():
    # At 48 kHz and 997 Hz the K-weighting is +0.691 dB (BS.1770-5).
    assert 20.0 * np.log10(float(ear_weight(np.array([997.0]))[0])) == pytest.approx(0.69, abs=0.03)
