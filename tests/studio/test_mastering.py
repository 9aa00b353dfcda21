"""Mastering: the written file measures what was asked for, whatever went in."""

from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import scipy.fft
import scipy.signal

from tapeloom.core.audio import Audio, AudioFile
from tapeloom.core.errors import InputError
from tapeloom.dsp.level import dc_offset_db, gain_to_db
from tapeloom.dsp.loudness import measure
from tapeloom.dsp.spectrum import measure_spectrum
from tapeloom.studio.doors import MasteringChain
from tapeloom.studio.mastering import draw_master, master
from tapeloom.studio.presets import PRESETS, MasterSettings

RATE = 44_100
N = 8 * RATE
T = np.arange(N) / RATE


def music() -> np.ndarray:
    rng = np.random.default_rng(2)
    beat = np.exp(-((T % 0.8) / 0.07)) * np.sin(2 * np.pi * 60 * T)
    hats = np.exp(-((T % 0.4) / 0.02)) * rng.standard_normal((2, N))
    chord = sum(np.sin(2 * np.pi * hz * T) / hz * 200 for hz in (220, 277, 330, 440, 660))
    return 0.25 * beat + 0.04 * hats + 0.05 * np.stack((chord, np.roll(chord, 40)))


def material(name: str) -> np.ndarray:
    rng = np.random.default_rng(3)
    both = np.ones((2, 1))
    return {
        "music": music(),
        "soft music": 0.01 * music(),
        "noise bursts": 0.3 * rng.standard_normal((2, N)) * ((T % 1.0) < 0.2),
        "quarter of the rate": 0.9 * both * np.sin(np.pi / 2 * np.arange(N) + np.pi / 4),
        "square": 4.0 * both * np.sign(np.sin(2 * np.pi * 110.3 * T)),
        "white noise": 0.2 * rng.standard_normal((2, N)),
        "direct current": 0.2 + 0.1 * both * np.sin(2 * np.pi * 440 * T),
        "impulses": 0.02 * music() + both * (np.arange(N) % 30_011 == 0),
    }[name]


def true_peak_db(x: np.ndarray) -> float:
    """An oracle: sixteen times the rate by FFT."""
    length = scipy.fft.next_fast_len(x.shape[1] + 2000, real=True)
    padded = np.pad(x.astype(np.float64), ((0, 0), (1000, length - x.shape[1] - 1000)))
    return gain_to_db(np.abs(scipy.signal.resample(padded, padded.shape[1] * 16, axis=1)).max())


@pytest.mark.parametrize(
    "name",
    [
        "music",
        "soft music",
        "noise bursts",
        "quarter of the rate",
        "square",
        "white noise",
        "direct current",
        "impulses",
    ],
)
def test_the_written_file_has_its_loudness_and_keeps_its_ceiling(name: str, tmp_path: Path) -> None:
    audio = Audio(material(name).astype(np.float32))
    result = master(audio, MasterSettings(), tmp_path / "master.flac")
    written = AudioFile.open(tmp_path / "master.flac").read().samples
    oracle = pyloudnorm.Meter(RATE).integrated_loudness(written.T.astype(np.float64))
    assert oracle == pytest.approx(-14.0, abs=0.2)
    assert true_peak_db(written) <= -1.0
    assert dc_offset_db(written) < -60
    assert result.loudness.integrated_lufs == pytest.approx(-14.0, abs=0.05)
    assert result.loudness == measure(AudioFile.open(tmp_path / "master.flac"))
    assert written.shape == (2, N)


def test_the_limiter_has_little_to_do_with_music(tmp_path: Path) -> None:
    audio = Audio(music().astype(np.float32))
    result = master(audio, MasterSettings(), tmp_path / "master.flac")
    assert 8 < result.loudness.true_peak_dbtp - result.loudness.integrated_lufs <= 13.1


def test_the_same_in_is_the_same_out(tmp_path: Path) -> None:
    audio = Audio(music().astype(np.float32))
    for name in ("one", "two"):
        master(audio, MasterSettings(), tmp_path / f"{name}.flac", tags={"title": "Rain"})
    assert (tmp_path / "one.flac").read_bytes() == (tmp_path / "two.flac").read_bytes()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["one.flac", "two.flac"]


@pytest.mark.parametrize("frames", [1, 500, 100_000])
@pytest.mark.parametrize("level", [0.0, 0.3])
def test_silence_and_scraps_are_left_as_they_are(frames: int, level: float, tmp_path: Path) -> None:
    audio = Audio(np.full((2, frames), level, np.float32))
    result = master(audio, MasterSettings(), tmp_path / "master.flac")
    assert result.audio.frames == frames
    if level == 0.0:
        assert result.loudness.integrated_lufs == -np.inf
    assert result.loudness.true_peak_dbtp <= -1.0


def test_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="0 samples to master"):
        master(Audio(np.zeros((2, 0), np.float32)), MasterSettings(), tmp_path / "m.flac")
    assert not list(tmp_path.iterdir())


def test_the_end_fades_and_the_middle_does_not(tmp_path: Path) -> None:
    audio = Audio((0.1 * np.sin(2 * np.pi * 440 * T)[None]).astype(np.float32))
    for fade_s in (0.0, 0.5):
        result = master(audio, MasterSettings(), tmp_path / "master.flac", fade_s=fade_s)
        y = np.abs(AudioFile.open(tmp_path / "master.flac").read().samples[0])
        body = y[N // 2 : N // 2 + 4410].max()
        assert result.loudness.integrated_lufs == pytest.approx(-14.0, abs=0.05)
        assert y[N - RATE : N - 30_000].max() == pytest.approx(body, rel=0.02)
        assert (y[-200:].max() < 0.01 * body) == (fade_s > 0)


@pytest.mark.parametrize("steepness", [-1.0, -10.0])
def test_tone_is_led_towards_the_slope_but_not_all_the_way(
    steepness: float, tmp_path: Path
) -> None:
    white = 0.1 * np.random.default_rng(0).standard_normal((2, N))
    hz = np.fft.rfftfreq(N, 1 / RATE)
    shape = (np.maximum(hz, 50) / 1000) ** (steepness / 6.02)
    shaped = np.fft.irfft(np.fft.rfft(white) * shape, N)
    before = measure_spectrum(Audio(shaped.astype(np.float32))).slope_db_per_octave
    result = master(
        Audio(shaped.astype(np.float32)), MasterSettings(), tmp_path / "m.flac", fade_s=0.0
    )
    after = measure_spectrum(result.audio).slope_db_per_octave
    assert abs(after + 6.0) < abs(before + 6.0) - 0.5
    assert (after + 6.0) * (before + 6.0) > 0


def test_progress_rises_to_one(tmp_path: Path) -> None:
    said: list[float] = []
    audio = Audio(music()[:, : 2 * RATE].astype(np.float32))
    master(audio, MasterSettings(), tmp_path / "m.flac", on_progress=said.append)
    assert said == sorted(said)
    assert said[-1] == 1.0


def test_drawn_settings_stay_near_the_targets() -> None:
    for seed in range(50):
        for brightness in (0.0, 0.5, 1.0):
            drawn = draw_master(rng=np.random.default_rng(seed), brightness=brightness)
            assert (drawn.target_lufs, drawn.ceiling_dbtp) == (-14.0, -1.0)
            assert 28 <= drawn.low_cut_hz <= 50
            assert 8000 <= drawn.high_cut_hz <= 14_000
            assert drawn.slope_db_per_octave is not None
            assert -7 <= drawn.slope_db_per_octave <= -5


@pytest.mark.parametrize("rate", [8000, 384_000])
def test_any_rate_has_its_master(rate: int, tmp_path: Path) -> None:
    audio = Audio(music()[:, : 2 * RATE].astype(np.float32), rate)
    result = master(audio, MasterSettings(), tmp_path / "m.wav", fade_s=0.0)
    assert result.audio.rate == rate
    assert result.loudness.true_peak_dbtp <= -1.0
    if rate == 8000:
        assert result.loudness.integrated_lufs == pytest.approx(-14.0, abs=0.1)


@pytest.mark.parametrize("bits", [16, 24])
def test_dither_does_not_lift_a_peak_over_the_ceiling(bits: int, tmp_path: Path) -> None:
    audio = Audio(music()[:, : 4 * RATE].astype(np.float32))
    settings = MasterSettings(bits=bits, ceiling_dbtp=-0.3, target_lufs=-9.0)
    for name in ("one", "two"):
        master(audio, settings, tmp_path / f"{name}.flac", seed=5)
    written = AudioFile.open(tmp_path / "one.flac").read().samples
    assert true_peak_db(written) <= -0.3
    steps = written.astype(np.float64) * 2 ** (bits - 1)
    assert np.array_equal(steps, np.round(steps))
    assert (tmp_path / "one.flac").read_bytes() == (tmp_path / "two.flac").read_bytes()


@pytest.mark.parametrize("preset", PRESETS)
def test_the_door_masters_plain_arrays(preset: str) -> None:
    chain = MasteringChain()
    mono = music()[0, : 3 * RATE]
    mastered = chain.master(mono, sample_rate=RATE, preset=preset)
    assert mastered.shape == mono.shape
    figures = chain.analyze_master(mastered, RATE)
    settings = PRESETS[preset].settings
    is_reached = figures["lufs_integrated"] == pytest.approx(settings.target_lufs, abs=0.1)
    assert is_reached or any(note.startswith("reached") for note in chain.notes)
    assert figures["true_peak_db"] <= settings.ceiling_dbtp
    assert figures["stereo_correlation"] == pytest.approx(1.0)


def test_the_door_takes_and_gives_audio() -> None:
    audio = Audio(music()[:, : 2 * RATE].astype(np.float32))
    chain = MasteringChain(MasterSettings(target_lufs=-18.0))
    mastered = chain.master(audio)
    assert isinstance(mastered, Audio)
    assert chain.analyze_master(mastered)["lufs_integrated"] == pytest.approx(-18.0, abs=0.1)
    nothing = chain.analyze_master(np.zeros(10))
    assert nothing["lufs_integrated"] == -np.inf
    assert nothing["peak_to_loudness"] == 0.0
    with pytest.raises(InputError, match="'loud' is no preset"):
        chain.master(audio, preset="loud")
    with pytest.raises(InputError, match="sample_rate is 48000"):
        chain.master(audio, 48_000)
