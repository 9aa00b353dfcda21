"""Levels, stereo figures, spectra, and the package's front."""

import subprocess
import sys

import numpy as np
import pytest

import tapeloom.dsp
from tapeloom.core.audio import Audio
from tapeloom.dsp.level import dc_offset_db, gain_to_db, rms_db
from tapeloom.dsp.spectrum import SpectrumMeter, measure_spectrum
from tapeloom.dsp.stereo import correlation, mid_side, pan_gains

RATE = 44_100


def noise(seconds: float = 4.0) -> np.ndarray:
    return 0.1 * np.random.default_rng(0).standard_normal((2, round(seconds * RATE)))


def test_levels_of_nothing_are_minus_infinity() -> None:
    empty = np.zeros((2, 0))
    assert rms_db(empty) == dc_offset_db(empty) == gain_to_db(0.0) == -np.inf


@pytest.mark.parametrize("pan", [-1.0, -0.3, 0.0, 0.5, 1.0])
def test_panning_keeps_the_power(pan: float) -> None:
    left, right = pan_gains(pan)
    assert left**2 + right**2 == pytest.approx(2.0)
    assert (left > right) == (pan < 0)


def test_correlation_tells_mono_from_opposed_and_unrelated() -> None:
    x = noise()
    assert correlation(np.stack((x[0], 0.3 * x[0]))) == pytest.approx(1.0)
    assert correlation(np.stack((x[0], -x[0]))) == pytest.approx(-1.0)
    assert abs(correlation(x)) < 0.02
    assert not mid_side(np.stack((x[0], x[0])))[1].any()


def test_slopes_of_white_and_pink_noise() -> None:
    white = noise(20.0)
    assert measure_spectrum(Audio(white)).slope_db_per_octave == pytest.approx(0.0, abs=0.3)
    shape = 1 / np.sqrt(np.maximum(1, np.arange(white.shape[1] // 2 + 1)))
    pink = np.fft.irfft(np.fft.rfft(white) * shape, white.shape[1]) * 100
    assert measure_spectrum(Audio(pink)).slope_db_per_octave == pytest.approx(-3.01, abs=0.3)


def test_bands_add_up_to_the_level_of_the_whole() -> None:
    x = noise()
    spectrum = measure_spectrum(Audio(x))
    assert spectrum.band_db(0, 30_000) == pytest.approx(rms_db(x), abs=0.1)
    assert len(spectrum.bands_db(per_octave=3)) > 25


def test_a_spectrum_does_not_depend_on_blocks() -> None:
    x = noise()
    for hop in (8192, 20_000, 3000):
        meter = SpectrumMeter(RATE, 2, hop=hop)
        for start in range(0, x.shape[1], 777):
            meter.push(x[:, start : start + 777].astype(np.float32))
        whole = measure_spectrum(Audio(x), hop=hop)
        assert np.allclose(meter.read().power, whole.power, rtol=1e-6)


@pytest.mark.parametrize("frames", [0, 50, 10_000])
def test_silence_has_no_slope_and_no_centre(frames: int) -> None:
    spectrum = measure_spectrum(Audio(np.zeros((2, frames), np.float32)))
    assert spectrum.centroid_hz == 0.0
    assert spectrum.slope_db_per_octave == 0.0
    assert spectrum.band_db(20, 20_000) == -np.inf


@pytest.mark.parametrize("package", ["tapeloom.dsp", "tapeloom.studio"])
def test_public_names_exist_and_importing_the_package_is_cheap(package: str) -> None:
    code = (
        f"import sys, {package} as p\n"
        "assert not {'numba', 'scipy', 'soundfile', 'numpy'} & set(sys.modules)\n"
        "assert all(getattr(p, name) for name in p.__all__)\n"
        "try:\n    p.nonsense\nexcept AttributeError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "nonsense" in done.stdout


def test_all_is_what_can_be_had() -> None:
    assert set(tapeloom.dsp.__all__) == set(tapeloom.dsp._HOMES)
