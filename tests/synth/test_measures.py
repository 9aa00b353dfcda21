"""The rulers themselves, against sounds whose figures are known."""

import numpy as np
import pytest

from tapeloom.core.audio import RATE
from tests.synth.measures import (
    alias_dbfs,
    cents,
    click_ratio,
    fall_db_per_s,
    loudness_lufs,
    pitch_hz,
    yin_hz,
)

T = np.arange(RATE) / RATE


def both(mono):
    return np.stack([mono, mono]).astype(np.float32)


@pytest.mark.parametrize("hz", [41.2, 220.0, 1318.5, 4186.0])
def test_pitch_is_told_to_a_tenth_of_a_cent(hz):
    tone = sum(np.sin(2 * np.pi * k * hz * T + k) / k for k in range(1, 5)) * np.exp(-2.0 * T)
    assert abs(cents(pitch_hz(both(0.2 * tone), 1.01 * hz), hz)) < 0.1


def test_yin_finds_the_octave_and_not_only_a_partial():
    tone = np.sin(2 * np.pi * 440.0 * T) + 0.05 * np.sin(2 * np.pi * 220.0 * T)
    assert abs(cents(yin_hz(tone, low_hz=100.0, high_hz=900.0, threshold=0.005), 220.0)) < 5.0


def test_a_full_scale_sine_of_997_hz_is_3_lufs_below_nothing():
    tone = np.sin(2 * np.pi * 997.0 * T)
    one_channel = np.stack([tone, np.zeros_like(tone)]).astype(np.float32)
    assert loudness_lufs(one_channel) == pytest.approx(-3.01, abs=0.05)  # ITU-R BS.1770


def test_a_jump_is_a_click_and_a_damper_is_none():
    tone = 0.3 * np.sin(2 * np.pi * 300.0 * T)
    damped = tone * np.exp(-np.maximum(T - 0.5, 0.0) * 30.0)
    assert click_ratio(both(damped), 0.5) < 1.5
    assert click_ratio(both(np.where(T < 0.5, tone, 0.7 * tone + 0.02)), 0.5) > 10.0


def test_a_naive_sawtooth_folds_back_and_a_sum_of_sines_does_not():
    hz = 1234.5
    naive = 2.0 * ((hz * T) % 1.0) - 1.0
    clean = sum(np.sin(2 * np.pi * k * hz * T) / k for k in range(1, 17))
    assert alias_dbfs(both(0.5 * naive), hz) > -50.0
    assert alias_dbfs(both(0.3 * clean), hz) < -100.0


def test_a_fall_is_told_in_decibels_a_second():
    tone = np.sin(2 * np.pi * 500.0 * T) * 10.0 ** (-1.5 * T)
    assert fall_db_per_s(both(tone), 500.0, from_s=0.1, to_s=0.6) == pytest.approx(30.0, abs=0.2)
