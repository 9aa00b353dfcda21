"""The limiter: a ceiling that nothing passes, silence about what lies under it, and recovery."""

import numpy as np
import pytest
import scipy.signal

from tapeloom.core.errors import InputError
from tapeloom.dsp import band_edge, moving
from tapeloom.dsp import clipper as clipping
from tapeloom.dsp import limiter as limiting
from tapeloom.dsp.clipper import Clipper
from tapeloom.dsp.limiter import TruePeakLimiter
from tapeloom.dsp.moving import moving_max, moving_mean, smooth

RATE = 44_100
T = np.arange(RATE) / RATE


def db(x: float) -> float:
    return float(20 * np.log10(x))


def peak_db(x: np.ndarray, factor: int = 16) -> float:
    """The peak between the samples, by a Fourier series over the whole with silence around it."""
    padded = np.pad(x, ((0, 0), (2000, 2000)))
    return db(max(np.abs(scipy.signal.resample(c, c.size * factor)).max() for c in padded))


def limited(x: np.ndarray, size: int = 65_536, rate: int = RATE, **settings: object) -> np.ndarray:
    work = TruePeakLimiter(rate, len(x), **{"ceiling_db": -1.0} | settings)  # type: ignore[arg-type]
    x = np.concatenate((x, np.zeros((len(x), work.latency))), axis=1)
    parts = [work.process(x[:, at : at + size]) for at in range(0, x.shape[1], size)]
    return np.concatenate(parts, axis=1)[:, work.latency :]


def music(seconds: float, rate: int) -> np.ndarray:
    """Two channels of struck chords over a bass and soft hiss, peaks at full scale."""
    rng = np.random.default_rng(4)
    t = np.arange(round(seconds * rate)) / rate
    strike = np.exp(-7.0 * (t % 0.4))
    x = np.stack([0.4 * np.sin(2 * np.pi * 55 * t) + 0.2 * rng.standard_normal(t.size) * strike**4
                  for _ in range(2)])  # fmt: skip
    for hz in (220.0, 277.0, 330.0, 1760.0, 3520.0, 7040.0):
        x += 0.15 * strike * np.sin(2 * np.pi * hz * t + rng.uniform(0, 6, (2, 1)))
    return np.asarray(x / np.abs(x).max())


def nasty(name: str, rate: int = RATE) -> np.ndarray:
    rng = np.random.default_rng(5)
    n = np.arange(rate)
    low = scipy.signal.butter(4, 0.6, output="sos")
    return {
        "music +6 dB": 2.0 * music(1.0, rate),
        "noise": 0.7 * rng.standard_normal((2, n.size)),
        "noise that just touches": 0.25 * rng.standard_normal((2, n.size)),
        "uniform noise": rng.uniform(-2, 2, (1, n.size)),
        "dark noise": scipy.signal.sosfilt(low, rng.standard_normal((2, n.size))),
        "square": 4.0 * np.sign(np.sin(2 * np.pi * 220.3 * n / rate))[None],
        "impulses": np.where(n % 9973 == 0, 8.0, 0.0)[None],
        "step": np.where(n > rate // 2, 3.0, 0.01)[None],
        "swell": (n / n.size * 6.0 * np.sin(2 * np.pi * 55 * n / rate))[None],
        "sixth": 1.8 * np.sin(np.pi / 3 * n + np.pi / 3)[None],
        "full-scale square": np.sign(np.sin(2 * np.pi * 1000 * n / rate))[None],
        "bursts of a tone": (2.0 * np.sin(np.pi * 0.68 * n) * (n % 3000 < 1500))[None],
    }[name]


NASTY = ["music +6 dB", "noise", "noise that just touches", "uniform noise", "dark noise", "square",
         "impulses", "step", "swell", "sixth", "full-scale square", "bursts of a tone"]  # fmt: skip


@pytest.mark.parametrize("name", NASTY)
def test_nothing_passes_the_ceiling_between_the_samples(name: str) -> None:
    y = limited(nasty(name))
    assert peak_db(y) <= -1.0 + 0.02
    assert peak_db(y) > -2.2


@pytest.mark.parametrize("rate", [48_000, 96_000])
@pytest.mark.parametrize("name", ["music +6 dB", "noise", "square"])
def test_the_ceiling_holds_at_other_rates(name: str, rate: int) -> None:
    assert peak_db(limited(nasty(name, rate), rate=rate)) <= -1.0 + 0.02


@pytest.mark.parametrize("phase", np.linspace(0, np.pi / 2, 7))
def test_the_ceiling_holds_for_a_quarter_of_the_rate_in_any_phase(phase: float) -> None:
    y = limited(2.0 * np.sin(np.pi / 2 * np.arange(20_000) + phase)[None])
    assert -1.05 < peak_db(y[:, 5000:15_000] * np.hanning(10_000)) <= peak_db(y) <= -1.0 + 0.02


@pytest.mark.parametrize("name", ["music +6 dB", "noise", "dark noise"])
def test_a_64_times_oracle_finds_no_more(name: str) -> None:
    assert peak_db(limited(nasty(name)[:1, :20_000]), 64) <= -1.0 + 0.02


@pytest.mark.parametrize("settings", [
    {"release_ms": 5.0}, {"release_ms": 1000.0, "programme": 1.0}, {"lookahead_ms": 0.5},
    {"lookahead_ms": 20.0}, {"ceiling_db": -0.1, "clipper": "soft"}, {"clipper": "hard"},
])  # fmt: skip
def test_no_setting_lets_peaks_through(settings: dict[str, object]) -> None:
    y = limited(nasty("music +6 dB"), **settings)
    ceiling_db = float(settings.get("ceiling_db", -1.0))  # type: ignore[arg-type]
    assert peak_db(y) <= ceiling_db + 0.02


def test_below_the_ceiling_nothing_is_touched() -> None:
    low = scipy.signal.butter(8, 20_000, fs=RATE, output="sos")
    x = scipy.signal.sosfilt(low, music(1.0, RATE))
    x *= 10 ** ((-1.02 - peak_db(x)) / 20)
    assert np.array_equal(limited(x), x)
    noise = 0.1 * np.random.default_rng(0).standard_normal((2, RATE))
    assert np.array_equal(limited(noise, clipper="hard"), noise)


def test_a_peak_is_lowered_and_then_forgotten() -> None:
    x = 0.1 * np.sin(2 * np.pi * 330 * T)[None]
    x[0, 5000] = 2.0
    y = limited(x, release_ms=20.0, programme=0.0)
    assert np.array_equal(y[0, :4200], x[0, :4200])
    assert np.array_equal(y[0, -2000:], x[0, -2000:])


def recovery(hold_s: float, **settings: float) -> float:
    """Reduction in dB that is left 0.2 s after a loud stretch."""
    t = np.arange(4 * RATE) / RATE
    loud = (t > 0.5) & (t < 0.5 + hold_s)
    x = np.where(loud, 2.0, 0.2)[None] * np.sin(2 * np.pi * 500 * t)
    y = limited(x, release_ms=100.0, **settings)
    at = round((0.7 + hold_s) * RATE)
    return db(np.abs(x[0, at : at + 500]).max() / np.abs(y[0, at : at + 500]).max())


def test_release_follows_the_programme() -> None:
    # exp(-2) of a reduction to 0.445 is left after two time constants.
    assert recovery(0.005, programme=0.0) == pytest.approx(-db(1 - 0.555 * np.exp(-2)), abs=0.1)
    assert recovery(1.5, programme=0.0) == pytest.approx(recovery(0.005, programme=0.0), abs=0.05)
    assert recovery(0.005, programme=1.0) == pytest.approx(recovery(0.005, programme=0.0), abs=0.05)
    assert recovery(1.5, programme=1.0) > 3.0
    assert recovery(1.5, programme=0.5) < recovery(1.5, programme=1.0)


def test_look_ahead_sets_how_early_the_gain_moves_and_the_latency() -> None:
    x = 0.5 * np.sin(2 * np.pi * 330 * T)[None]
    x[0, 20_000] = 4.0
    moved = []
    for lookahead_ms in (2.0, 10.0):
        y = limited(x, lookahead_ms=lookahead_ms)
        moved.append(20_000 - int(np.flatnonzero(np.abs(y[0] - x[0]) > 0.01)[0]))
    assert moved[1] - moved[0] == pytest.approx(0.008 * RATE, rel=0.25)
    assert TruePeakLimiter(RATE, 1, lookahead_ms=10.0).latency > TruePeakLimiter(RATE, 1).latency


def test_both_channels_get_one_gain() -> None:
    tone = np.sin(2 * np.pi * 500 * T)
    y = limited(np.stack((2.0 * tone, 0.1 * tone)))
    assert np.allclose(y[1], 0.05 * y[0], atol=1e-9)


@pytest.mark.parametrize("size", [1, 64, 999, 8192])
@pytest.mark.parametrize("name", ["noise", "music +6 dB"])
def test_blocks_are_the_whole(name: str, size: int) -> None:
    x = nasty(name)[:, : 200 if size == 1 else 10_000]
    for settings in ({}, {"clipper": "soft"}):
        assert np.array_equal(limited(x, size, **settings), limited(x, **settings))


def test_a_moving_ceiling_is_kept_without_a_click() -> None:
    x = 2.0 * np.sin(2 * np.pi * 100 * T)[None]
    work = TruePeakLimiter(RATE, 1, ceiling_db=-1.0)
    parts = []
    for at in range(0, RATE, 64):
        ceiling_db = -1.0 if at < RATE // 2 else -12.0
        work.retune(ceiling_db=ceiling_db, release_ms=120.0)
        parts.append(work.process(x[:, at : at + 64]))
    y = np.concatenate(parts, axis=1)
    edge = RATE // 2 + work.latency
    assert np.abs(y[:, edge + 64 :]).max() <= 10 ** (-11.98 / 20)
    assert np.abs(y[:, : edge - 1000]).max() == pytest.approx(10 ** (-1 / 20), rel=0.01)
    # No step is larger than the tone's own steps and the gain's ramp of 3 ms.
    assert np.abs(np.diff(y[0, edge - 500 : edge + 500])).max() < 0.03


def test_clipping_keeps_its_threshold_and_its_harmonics_do_not_fold_back() -> None:
    x = 2.0 * np.sin(2 * np.pi * 5000 * T)[None] * np.hanning(RATE) ** 0.05
    for shape in ("hard", "soft"):
        y = Clipper(1, threshold_db=0.0, shape=shape).process(x)
        assert np.abs(y).max() < 1.15
        spectrum = np.abs(np.fft.rfft(y[0] * np.hanning(RATE)))
        tone, alias = spectrum[5000], spectrum[9000:9200].max()  # 35 kHz would fold to 9.1 kHz
        assert db(alias / tone) < -55.0


def test_the_clipper_lowers_what_the_limiter_must_take() -> None:
    x = nasty("music +6 dB")
    clipped, plain = limited(x, clipper="hard", clip_over_db=1.0), limited(x)
    assert np.mean(clipped**2) > np.mean(plain**2) * 1.05


@pytest.mark.parametrize(("settings", "sentence"), [
    ({"lookahead_ms": 0.1}, "lookahead_ms is 0.1; it must lie between 0.5 and 50"),
    ({"release_ms": 0.0}, "release_ms is 0"),
    ({"programme": 2.0}, "programme is 2"),
    ({"ceiling_db": -100.0}, "ceiling_db is -100"),
    ({"clipper": "round"}, "'round' is no shape of a clipper; use hard or soft"),
    ({"clipper": "hard", "clip_over_db": -1.0}, "clip_over_db is -1"),
])  # fmt: skip
def test_settings_that_cannot_be_are_refused(settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        TruePeakLimiter(RATE, 1, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("length", [1, 2, 7, 64, 100])
def test_moving_windows_are_what_a_loop_gives(length: int) -> None:
    x = np.random.default_rng(1).uniform(0, 1, 300)
    windows = np.lib.stride_tricks.sliding_window_view(x, length)
    assert np.array_equal(moving_max(x, length), windows.max(axis=1))
    assert np.allclose(moving_mean(x, length), windows.mean(axis=1), atol=1e-15)
    assert np.allclose(smooth(x, length), moving_mean(moving_mean(x, length), length), atol=1e-9)


def test_the_compiled_loops_are_what_is_written() -> None:
    rng = np.random.default_rng(2)
    x = rng.uniform(0, 1, 200)
    one, two, state_one, state_two = x.copy(), x.copy(), np.zeros(2), np.zeros(2)
    limiting._recover(one, 0.1, 0.01, 0.001, 0.5, 1e-6, state_one)
    limiting._recover.py_func(two, 0.1, 0.01, 0.001, 0.5, 1e-6, state_two)
    assert np.array_equal(one, two)
    one, two = np.zeros(74), np.zeros(74)
    band_edge._filter_symmetric(x, band_edge.edge_filter(), one)
    band_edge._filter_symmetric.py_func(x, band_edge.edge_filter(), two)
    assert np.allclose(one, two, atol=1e-15)
    assert np.allclose(one, np.convolve(x, band_edge.edge_filter(), "valid"), atol=1e-12)
    one, two = np.zeros(192), np.zeros(192)
    moving._smooth(x, 5, 2.0**32, one)
    moving._smooth.py_func(x, 5, 2.0**32, two)
    assert np.array_equal(one, two)
    one, two = np.zeros(144), np.zeros(144)
    clipping._clip(3 * x, *clipping._filters(), 1.0, 0.3, one)
    clipping._clip.py_func(3 * x, *clipping._filters(), 1.0, 0.3, two)
    assert np.allclose(one, two, atol=1e-12)
    assert one.any()
