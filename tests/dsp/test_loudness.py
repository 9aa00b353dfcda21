"""The meter against EBU Tech 3341 (version 4), EBU Tech 3342, ITU-R BS.1770-5 and pyloudnorm."""

import ctypes
import ctypes.util
import math

import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray

from tapeloom.core.audio import Audio
from tapeloom.core.errors import InputError
from tapeloom.core.product import Loudness
from tapeloom.dsp import weighting
from tapeloom.dsp.filters import Biquads, frequency_response
from tapeloom.dsp.loudness import Meter, curve_lufs, measure
from tapeloom.dsp.weighting import PowerSteps, k_weighting
from tests.dsp.ebu import CASES, RATES, Case

RATE = 48_000


def tone(*steps: tuple[float, float | None], rate: int = RATE, hz: float = 1000.0) -> NDArray:
    """A sine in steps of (seconds, level in dBFS or None), phase running on, shape (samples,)."""
    envelope = np.concatenate(
        [
            np.full(round(seconds * rate), 0.0 if db is None else 10 ** (db / 20))
            for seconds, db in steps
        ]
    )
    return envelope * np.sin(2 * np.pi * hz * np.arange(envelope.size) / rate)


def read(*channels: NDArray, rate: int = RATE, true_peak: bool = False) -> Loudness:
    x = np.stack(channels)
    meter = Meter(rate, len(x), true_peak=true_peak)
    for start in range(0, x.shape[1], 100_000):
        meter.push(x[:, start : start + 100_000])
    return meter.read()


def stereo(*steps: tuple[float, float | None], rate: int = RATE) -> Loudness:
    one = tone(*steps, rate=rate)
    return read(one, one, rate=rate)


def check(case: Case, rate: int) -> None:
    for miss in case.misses(rate):
        assert -case.below <= miss <= case.above


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
@pytest.mark.parametrize("rate", RATES[:2])
def test_every_case_of_tech_3341_and_3342(case: Case, rate: int) -> None:
    check(case, rate)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
@pytest.mark.parametrize("rate", RATES[2:])
def test_every_case_at_high_rates(case: Case, rate: int) -> None:
    check(case, rate)


def test_the_low_frequency_channel_does_not_count() -> None:
    front, centre, back = tone((20, -28)), tone((20, -24)), tone((20, -30))
    channels = [front, front, centre, tone((20, -3)), back, back]
    assert read(*channels).integrated_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(("channels", "louder"), [
    (1, []), (2, []), (3, []), (4, [2, 3]), (5, [3, 4]), (6, [4, 5]), (7, [5, 6]), (8, [6, 7]),
])  # fmt: skip
def test_each_channel_has_the_weight_of_its_place(channels: int, louder: list[int]) -> None:
    one = tone((1, 0.0), hz=997.0)
    for place in range(channels):
        x = np.zeros((channels, one.size))
        x[place] = one
        expected = -3.01 + (10 * math.log10(1.41) if place in louder else 0.0)
        if channels >= 6 and place == 3:
            expected = -math.inf
        assert read(*x).integrated_lufs == pytest.approx(expected, abs=0.01)


def test_gating_blocks_without_overlap_would_read_half_a_decibel_less() -> None:
    # In steps of 0.1 s a burst of 0.4 s is in seven blocks, by 1, 2, 3, 4, 3, 2 and 1 quarters.
    steps = [(0.2, None), (0.4, -20), (1.0, None)] * 10
    expected = -20 + 10 * math.log10(16 / 4 / 7)
    assert stereo(*steps).integrated_lufs == pytest.approx(expected, abs=0.1)


def test_the_range_leaves_out_the_softest_tenth_and_the_loudest_twentieth() -> None:
    assert stereo((60, -30), (60, -20), (2, -5), rate=8000).range_lu == pytest.approx(10.0, abs=1.0)
    assert stereo((6, -38), (60, -30), (60, -20), rate=8000).range_lu == pytest.approx(
        10.0, abs=1.0
    )
    # Without the relative gate at -20 LU the soft half would count.
    assert stereo((60, -60), (60, -20), (30, -25), rate=8000).range_lu == pytest.approx(
        5.0, abs=1.0
    )


@pytest.mark.parametrize("rate", [44_100, 96_000, 192_000])
@pytest.mark.parametrize("hz", [40.0, 100.0, 500.0, 2000.0, 5000.0, 10_000.0])
def test_other_tones_are_weighted_as_the_standards_coefficients_weight_them(
    hz: float, rate: int
) -> None:
    weight = abs(frequency_response(k_weighting(48_000), [hz], 48_000)[0])
    expected = -0.691 - 3.01 - 20 + 20 * math.log10(weight)
    assert read(tone((3, -20), rate=rate, hz=hz), rate=rate).integrated_lufs == pytest.approx(
        expected, abs=0.1
    )


def test_full_scale_997_hz_in_one_channel_reads_minus_3_01() -> None:
    one = tone((5, 0.0), hz=997.0)
    assert read(one).integrated_lufs == pytest.approx(-3.01, abs=0.01)
    assert read(one, 0 * one).integrated_lufs == pytest.approx(-3.01, abs=0.01)
    assert read(one, one).integrated_lufs == pytest.approx(0.0, abs=0.01)


def test_coefficients_at_48_khz_are_those_of_the_standard() -> None:
    # BS.1770-5, tables 1 and 2.
    shelf, high_pass = k_weighting(48_000)
    expected = [1.53512485958697, -2.69169618940638, 1.19839281085285]
    assert shelf[:3] == pytest.approx(expected, abs=1e-9)
    assert shelf[4:] == pytest.approx([-1.69065929318241, 0.73248077421585], abs=1e-9)
    assert high_pass == pytest.approx([1, -2, 1, 1, -1.99004745483398, 0.99007225036621], abs=1e-9)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_a_tone_reads_alike_at_any_rate(rate: int) -> None:
    assert stereo((4, -20), rate=rate).integrated_lufs == pytest.approx(-20.0, abs=0.1)


def test_a_gate_of_8_lu_or_none_would_fail() -> None:
    # 9 LU under the loud part and below the relative gate only if that were -8.
    loud, soft = 10 ** (-2.0), 10 ** (-2.9)
    expected = 10 * math.log10((loud + soft) / 2)
    assert stereo((30, -20), (30, -29)).integrated_lufs == pytest.approx(expected, abs=0.1)
    # 12 LU under the mean: gated.
    assert stereo((30, -20), (30, -36)).integrated_lufs == pytest.approx(-20.0, abs=0.1)


def test_without_the_absolute_gate_noise_would_pull_the_relative_one_down() -> None:
    # Mostly below -70: were it counted, the mean would fall and let -47 through.
    steps = [(100, -80), (10, -33), (10, -47)]
    assert stereo(*steps, rate=8000).integrated_lufs == pytest.approx(-33.0, abs=0.15)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_pyloudnorm_agrees_on_noise_bursts(seed: int, rate: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((2, 12 * rate)) * 0.1
    x *= np.repeat(10 ** rng.uniform(-2, 0, 24), rate // 2)
    oracle = pyloudnorm.Meter(rate, filter_class="DeMan").integrated_loudness(x.T)
    assert read(*x, rate=rate).integrated_lufs == pytest.approx(oracle, abs=0.05)


@pytest.mark.parametrize("rate", [44_100, 11_025])
def test_the_size_of_blocks_changes_nothing(rate: int) -> None:
    rng = np.random.default_rng(3)
    x = rng.standard_normal((2, 5 * rate)) * 0.1
    whole = measure(Audio(x.astype(np.float32), rate))
    meter = Meter(rate, 2)
    at = 0
    for size in rng.integers(1, 3 * rate // 4, 100):
        meter.push(x[:, at : at + size].astype(np.float32))
        at += int(size)
    assert meter.read() == whole


def test_silence_and_less_than_a_window_have_no_loudness() -> None:
    for frames in (0, 1, 10_000, 100_000):
        loudness = measure(Audio(np.zeros((2, frames), np.float32)))
        assert loudness.integrated_lufs == loudness.true_peak_dbtp == -math.inf
        assert loudness.range_lu == 0.0
    short = measure(Audio(np.full((2, 1000), 0.5, np.float32)))
    assert short.integrated_lufs == -math.inf
    assert short.true_peak_dbtp >= short.sample_peak_dbfs == pytest.approx(-6.02, abs=0.01)


def test_a_rate_outside_the_definition_is_refused() -> None:
    with pytest.raises(InputError, match="rate is 4000"):
        Meter(4000, 1)


LIBEBUR128 = ctypes.util.find_library("ebur128")
MODES = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4  # momentary, short-term, I, LRA, sample peak


class Oracle:
    """libebur128, pushed in blocks of 10 ms so that its maxima are those of every 10 ms."""

    def __init__(self, x: NDArray, rate: int) -> None:
        self.library = ctypes.CDLL(LIBEBUR128)
        self.library.ebur128_init.restype = ctypes.c_void_p
        self.state = ctypes.c_void_p(self.library.ebur128_init(len(x), rate, MODES))
        frames = np.ascontiguousarray(x.T, np.float64)
        self.momentary = self.short_term = -math.inf
        for start in range(0, len(frames), rate // 100):
            block = frames[start : start + rate // 100]
            self.library.ebur128_add_frames_double(
                self.state, block.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(len(block))
            )
            if start >= rate * 39 // 100:
                self.momentary = max(self.momentary, self.ask("ebur128_loudness_momentary"))
            if start >= rate * 299 // 100:
                self.short_term = max(self.short_term, self.ask("ebur128_loudness_shortterm"))

    def ask(self, what: str) -> float:
        told = ctypes.c_double()
        assert getattr(self.library, what)(self.state, ctypes.byref(told)) == 0
        return told.value


def music(rate: int, seed: int) -> NDArray:
    """Chords, bass and noise that come and go over 12 s."""
    rng = np.random.default_rng(seed)
    t = np.arange(12 * rate) / rate
    x = 0.2 * np.sin(2 * np.pi * 55 * t) * (1 + np.sin(0.6 * t)) + np.zeros((2, 1))
    for hz in rng.uniform(100, 8000, 8):
        x += 0.1 * np.exp(-3 * (t % rng.uniform(0.3, 2))) * np.sin(2 * np.pi * hz * t)
    x += 0.05 * rng.standard_normal(x.shape) * (np.sin(2 * np.pi * 0.1 * t) > 0.3)
    x[1] *= 0.7
    return np.asarray(x)


@pytest.mark.skipif(LIBEBUR128 is None, reason="libebur128 is not installed")
@pytest.mark.parametrize("rate", [44_100, pytest.param(96_000, marks=pytest.mark.slow)])
def test_libebur128_reads_the_same_of_music(rate: int) -> None:
    x = music(rate, rate)
    oracle, found = Oracle(x, rate), read(*x, rate=rate)
    assert found.integrated_lufs == pytest.approx(oracle.ask("ebur128_loudness_global"), abs=0.01)
    # It looks once a second, we ten times.
    assert found.range_lu == pytest.approx(oracle.ask("ebur128_loudness_range"), abs=0.5)
    assert found.max_momentary_lufs == pytest.approx(oracle.momentary, abs=0.01)
    assert found.max_short_term_lufs == pytest.approx(oracle.short_term, abs=0.01)


def test_the_curve_of_what_stops_falls_to_minus_infinity() -> None:
    steps = PowerSteps(RATE, 1)
    steps.push(np.concatenate((tone((1, -20)), np.zeros(RATE)))[None])
    curve = curve_lufs(np.where(steps.read() < 1e-15, 0.0, steps.read()), 40)
    assert curve[0] == pytest.approx(-23.0, abs=0.1)
    assert curve[-1] == -math.inf


def test_the_compiled_meter_is_what_is_written() -> None:
    x = np.random.default_rng(1).standard_normal((3, 300))
    weights, bounds = np.array([1.0, 0.5, 1.41]), np.array([0, 100, 250])
    sections = np.stack(k_weighting(RATE))
    found = []
    for run in (weighting._sum_powers, weighting._sum_powers.py_func):
        state, sums = np.zeros((3, 5)), np.zeros(2)
        run(x, sections, weights, state, bounds, sums)
        found.append((state, sums))
    assert np.allclose(found[0][0], found[1][0], rtol=1e-12)
    assert np.allclose(found[0][1], found[1][1], rtol=1e-12)
    y = Biquads(k_weighting(RATE), channels=3).process(x)
    expected = (weights[:, None] * y**2)[:, :100].sum()
    assert found[0][1][0] == pytest.approx(expected, rel=1e-12)
