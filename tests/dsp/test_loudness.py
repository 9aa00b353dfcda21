"""The meter against EBU Tech 3341 (version 4), EBU Tech 3342, ITU-R BS.1770-5 and pyloudnorm."""

import math
from collections.abc import Sequence

import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray

from tapeloom.core.audio import Audio
from tapeloom.core.errors import InputError
from tapeloom.core.product import Loudness
from tapeloom.dsp.loudness import Meter, measure
from tapeloom.dsp.weighting import k_weighting

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


INTEGRATED: dict[str, tuple[Sequence[tuple[float, float]], float]] = {
    "3341-1": ([(20, -23)], -23.0),
    "3341-2": ([(20, -33)], -33.0),
    "3341-3": ([(10, -36), (60, -23), (10, -36)], -23.0),
    "3341-4": ([(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)], -23.0),
    "3341-5": ([(20, -26), (20.1, -20), (20, -26)], -23.0),
}


@pytest.mark.parametrize("case", INTEGRATED)
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_integrated_loudness_of_tech_3341(case: str, rate: int) -> None:
    steps, expected = INTEGRATED[case]
    loudness = stereo(*steps, rate=rate)
    assert loudness.integrated_lufs == pytest.approx(expected, abs=0.1)
    if len(steps) == 1:
        assert loudness.max_momentary_lufs == pytest.approx(expected, abs=0.1)
        assert loudness.max_short_term_lufs == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("with_low_frequency_channel", [False, True])
def test_surround_weights_of_tech_3341_case_6(with_low_frequency_channel: bool) -> None:
    front, centre, back = tone((20, -28)), tone((20, -24)), tone((20, -30))
    if with_low_frequency_channel:
        channels = [front, front, centre, tone((20, -3)), back, back]
    else:
        channels = [front, front, centre, back, back]
    assert read(*channels).integrated_lufs == pytest.approx(-23.0, abs=0.1)


def test_short_term_of_tech_3341_case_9() -> None:
    loudness = stereo(*[(1.34, -20), (1.66, -30)] * 5)
    assert loudness.max_short_term_lufs == pytest.approx(-23.0, abs=0.1)


def test_momentary_of_tech_3341_case_12() -> None:
    loudness = stereo(*[(0.18, -20), (0.22, -30)] * 25)
    assert loudness.max_momentary_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("i", range(0, 20))
def test_short_term_windows_of_tech_3341_case_10(i: int) -> None:
    loudness = stereo((i * 0.15, None), (3, -23), (1, None))
    assert loudness.max_short_term_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("i", range(0, 20))
def test_momentary_windows_of_tech_3341_case_13(i: int) -> None:
    loudness = stereo((i * 0.02, None), (0.4, -23), (1, None))
    assert loudness.max_momentary_lufs == pytest.approx(-23.0, abs=0.1)


def test_rising_short_term_maxima_of_tech_3341_case_11() -> None:
    meter = Meter(RATE, 2, true_peak=False)
    for i in range(20):
        one = tone((i * 0.15, None), (3, -38 + i), (3 - i * 0.15, None))
        meter.push(np.stack([one, one]))
        assert meter.read().max_short_term_lufs == pytest.approx(-38 + i, abs=0.1)


def test_rising_momentary_maxima_of_tech_3341_case_14() -> None:
    meter = Meter(RATE, 2, true_peak=False)
    for i in range(20):
        one = tone((i * 0.02, None), (0.4, -38 + i), (0.4 - i * 0.02, None))
        meter.push(np.stack([one, one]))
        assert meter.read().max_momentary_lufs == pytest.approx(-38 + i, abs=0.1)


def faded(x: NDArray) -> NDArray:
    n = RATE // 100
    ramp = np.concatenate((np.arange(n) / n, np.ones(x.size - 2 * n), np.arange(n)[::-1] / n))
    return x * ramp


@pytest.mark.parametrize(
    ("divisor", "degrees", "amplitude", "expected"),
    [(4, 0, 0.5, -6), (4, 45, 0.5, -6), (6, 60, 0.5, -6), (8, 67.5, 0.5, -6), (4, 45, 1.41, 3)],
)
def test_true_peak_of_tech_3341_cases_15_to_19(
    divisor: int, degrees: float, amplitude: float, expected: float
) -> None:
    x = amplitude * np.sin(2 * np.pi * np.arange(RATE) / divisor + np.radians(degrees))
    peak = read(faded(x), faded(x), true_peak=True).true_peak_dbtp
    assert expected - 0.4 <= peak <= expected + 0.2


@pytest.mark.parametrize("offset", range(4))
def test_true_peak_of_tech_3341_cases_20_to_23(offset: int) -> None:
    # A period of fs/4 at full level between fs/6 at half of it, made at four times the rate.
    length = 24 * 100
    t = np.arange(length)
    x = 0.5 * np.sin(2 * np.pi * t / 24)
    middle = length // 2
    x = np.concatenate((x[:middle], np.sin(2 * np.pi * np.arange(16) / 16), x[middle:]))
    n = np.arange(-256, 257)
    low_pass = np.sinc(n * 0.24) * 0.24 * np.kaiser(n.size, 8)
    x = np.convolve(x, low_pass)[256:-256][offset::4]
    peak = read(x, x, true_peak=True).true_peak_dbtp
    assert -0.4 <= peak <= 0.2


RANGES = {
    "3342-1": ([(20, -20), (20, -30)], 10),
    "3342-2": ([(20, -20), (20, -15)], 5),
    "3342-3": ([(20, -40), (20, -20)], 20),
    "3342-4": ([(20, -50), (20, -35), (20, -20), (20, -35), (20, -50)], 15),
}


@pytest.mark.parametrize("case", RANGES)
def test_loudness_range_of_tech_3342(case: str) -> None:
    steps, expected = RANGES[case]
    assert stereo(*steps).range_lu == pytest.approx(expected, abs=1.0)


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
    assert stereo(*steps).integrated_lufs == pytest.approx(-33.0, abs=0.15)


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
