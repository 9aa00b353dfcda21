"""What mastering goes by: figures of a mix, and audio put aside between passes."""

from pathlib import Path

import numpy as np
import pytest

from tapeloom.core.audio import Audio
from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.dsp.loudness import measure
from tapeloom.dsp.steps import StepPeaks, StepProducts
from tapeloom.studio.forecast import Forecast
from tapeloom.studio.profile import ProfileMeter, measure_profile
from tapeloom.studio.spool import IN_MEMORY, spooled

RATE = 44_100


def noise(seconds: float, rate: int = RATE, width: float = 1.0) -> Audio:
    rng = np.random.default_rng(7)
    middle, side = rng.standard_normal((2, round(seconds * rate))) * 0.1
    return Audio(np.stack((middle + width * side, middle - width * side)).astype(np.float32), rate)


@pytest.mark.parametrize("width", [0.1, 1.0])
def test_width_is_the_level_of_the_side_under_the_middle(width: float) -> None:
    widths = measure_profile(noise(4.0, width=width)).widths_db()
    assert np.allclose(widths[1:], 20 * np.log10(width), atol=1.0)


def test_the_spectrum_is_that_of_both_channels_and_loudness_is_the_meter_s() -> None:
    audio = noise(4.0)
    profile = measure_profile(audio)
    assert profile.loudness == measure(audio)
    power = float(np.mean(np.square(audio.samples, dtype=np.float64)))
    assert profile.spectrum.power.sum() == pytest.approx(power, rel=0.05)
    assert abs(profile.spectrum.slope_db_per_octave) < 0.3
    assert profile.short_term_lufs().max() == pytest.approx(
        profile.loudness.max_short_term_lufs, abs=0.05
    )


def test_mono_has_no_side() -> None:
    profile = measure_profile(Audio(noise(1.0).samples[:1], RATE), true_peak=False)
    assert profile.side is None
    assert profile.widths_db() == (-np.inf,) * 5
    assert profile.correlation.size == 0


def test_silence_has_no_peak_to_loudness() -> None:
    profile = measure_profile(Audio(np.zeros((2, RATE), np.float32), RATE))
    assert profile.is_silent
    assert profile.peak_to_loudness_db == 0.0
    assert profile.widths_db() == (-99.0,) * 5
    assert profile.steps.high_peak_dbfs == -np.inf
    assert profile.steps.limiting_db(20.0, -1.0) == 0.0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_sample_that_is_no_number_is_found(bad: float) -> None:
    x = noise(1.0).samples.copy()
    x[1, 22_050] = bad
    with pytest.raises(InputError, match=r"the sample at 0\.500 s is not a number or infinite"):
        measure_profile(Audio(x, RATE))


def test_more_than_two_channels_are_refused() -> None:
    with pytest.raises(InputError, match="the audio has 6 channels"):
        ProfileMeter(RATE, 6)


@pytest.mark.parametrize("rate", [22_050, 44_100])
def test_peaks_and_powers_are_of_the_same_steps(rate: int) -> None:
    x = np.zeros((1, 60 * rate), np.float32)
    x[0, -rate : -rate + 50] = 0.5
    forecast = Forecast.of(Audio(x, rate).blocks(777), rate, 1)
    assert forecast.peaks.size == forecast.powers.size == 6000
    assert int(forecast.peaks.argmax()) == 5900
    assert forecast.powers[5899] < 1e-9 < forecast.powers[5900]


@pytest.mark.parametrize("meter", [StepPeaks, StepProducts])
def test_steps_do_not_depend_on_blocks(meter: type[StepPeaks | StepProducts]) -> None:
    x = noise(1.0, 11_025).samples
    whole, parts = meter(11_025), meter(11_025)
    whole.push(x)
    for start in range(0, x.shape[1], 13):
        parts.push(x[:, start : start + 13])
    assert whole.read().shape[-1] == 100
    assert np.array_equal(whole.read(), parts.read())


def test_limiting_is_what_stands_over_the_ceiling_in_5_percent_of_the_time() -> None:
    peaks = np.concatenate((np.full(900, 0.1), np.full(100, 1.0)))
    forecast = Forecast(np.full(1000, 0.01), peaks)
    assert forecast.limiting_db(6.0, -1.0) == pytest.approx(7.0)
    assert forecast.gain_for(-6.0, -1.0, 100.0, most_limiting_db=3.0) <= 2.0


@pytest.mark.parametrize("frames", [0, 1, 70_000, IN_MEMORY // 2 + 100_001])
def test_what_is_put_aside_comes_back(frames: int, tmp_path: Path) -> None:
    x = np.arange(2 * frames, dtype=np.float32).reshape(2, frames)
    blocks = (x[:, start : start + 9973] for start in range(0, frames, 9973))
    with spooled(blocks, rate=RATE, channels=2, folder=tmp_path) as stored:
        for _ in range(2):
            read = np.concatenate([np.zeros((2, 0), np.float32), *stored.blocks(5000)], axis=1)
            assert np.array_equal(read, x)
        assert (stored.frames, stored.channels) == (frames, 2)
        assert len(list(tmp_path.iterdir())) == (2 * frames > IN_MEMORY)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    blocks = (np.zeros((1, 65_536), np.float32) for _ in range(70))
    with (
        pytest.raises(TapeloomError, match="cannot be written to"),
        spooled(blocks, rate=RATE, channels=1, folder=tmp_path / "none"),
    ):
        pass
