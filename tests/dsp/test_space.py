"""Spaces, echoes and convolution: decay by Schroeder's integral, chirps, slides, exact sums."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, fftconvolve, sosfilt

from tapeloom.core.audio import Audio
from tapeloom.core.errors import InputError
from tapeloom.dsp import convolution, delay_lines, spring, tape_delay
from tapeloom.dsp.convolution import Convolver, at_rate, noise_response
from tapeloom.dsp.delay import note_ms
from tapeloom.dsp.delay_lines import Wait
from tapeloom.dsp.early import SPEED_OF_SOUND, early_reflections
from tapeloom.dsp.reverb import FeedbackDelayNetwork
from tapeloom.dsp.spaces import SPACES
from tapeloom.dsp.spring import SpringReverb
from tapeloom.dsp.tape_delay import TapeDelay
from tapeloom.studio.automation import Automated, Curve
from tapeloom.studio.chain import Line
from tapeloom.studio.effects import Convolution, Echo, PingPong, Reverb
from tapeloom.studio.effects import TapeDelay as TapeEcho

RATE = 44_100
KINDS = (*SPACES, "spring")


def space(kind: str, rate: int = RATE, **kwargs: float) -> FeedbackDelayNetwork | SpringReverb:
    if kind == "spring":
        return SpringReverb(rate, **kwargs)
    return FeedbackDelayNetwork(rate, space=SPACES[kind], **kwargs)


def impulse(frames: int, channels: int = 2) -> np.ndarray:
    x = np.zeros((channels, frames))
    x[:, 0] = 1.0
    return x


def decay_s(h: np.ndarray, centre_hz: float, rate: int = RATE) -> float:
    """Time to fall by 60 dB in an octave, from -5 to -35 dB of the integrated energy."""
    band = butter(3, [centre_hz / 2**0.5, centre_hz * 2**0.5], "bandpass", fs=rate, output="sos")
    energy = np.square(sosfilt(band, h)).sum(axis=0)[::-1].cumsum()[::-1]
    level = 10 * np.log10(energy / energy[0] + 1e-30)
    begin, end = (int(np.flatnonzero(level < db)[0]) for db in (-5.0, -35.0))
    slope = np.polyfit(np.arange(begin, end) / rate, level[begin:end], 1)[0]
    return -60.0 / slope


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("asked_s", [0.7, 2.0])
def test_a_space_dies_away_in_the_time_asked_for(kind: str, asked_s: float) -> None:
    h = space(kind, decay_s=asked_s, damping=0.3, predelay_ms=0.0).process(
        impulse(round(RATE * (asked_s + 0.4)))
    )
    for centre_hz in (500, 1000):
        assert decay_s(h, centre_hz) == pytest.approx(asked_s, rel=0.15)


def test_the_decay_holds_at_96_khz() -> None:
    h = space("plate", 96_000, decay_s=1.0, damping=0.3, predelay_ms=0.0).process(impulse(130_000))
    assert decay_s(h, 1000, 96_000) == pytest.approx(1.0, rel=0.15)


@pytest.mark.parametrize("kind", KINDS)
def test_damping_shortens_the_highs(kind: str) -> None:
    bright, dark = (
        space(kind, decay_s=1.5, damping=damping, predelay_ms=0.0).process(impulse(2 * RATE))
        for damping in (0.0, 0.8)
    )
    centre_hz = 3000 if kind == "spring" else 8000
    assert decay_s(dark, centre_hz) < 0.75 * decay_s(bright, centre_hz)


def test_a_moved_decay_is_the_decay_of_a_space_that_began_so() -> None:
    moved = space("hall", decay_s=5.0, damping=0.3, predelay_ms=0.0)
    moved.process(np.zeros((2, 64)))
    moved.retune(decay_s=0.8, damping=0.3, size=1.0, predelay_ms=0.0)
    moved.process(np.zeros((2, 128)))
    assert decay_s(moved.process(impulse(RATE)), 1000) == pytest.approx(0.8, rel=0.15)


def test_an_echo_of_a_spring_is_a_chirp_that_rises() -> None:
    h = space("spring", decay_s=1.5, damping=0.0, predelay_ms=0.0).process(impulse(RATE))[0]
    arrivals = []
    for centre_hz in (700, 1500, 2500, 3500):
        at = np.arange(-400, 401) / RATE
        band = np.exp(2j * np.pi * centre_hz * at) * np.hanning(801)
        arrivals.append(int(np.abs(np.convolve(h[: RATE // 30], band, "same")).argmax()))
    assert arrivals == sorted(arrivals)
    assert arrivals[-1] - arrivals[0] > 0.004 * RATE
    spectrum = np.abs(np.fft.rfft(h)) ** 2
    assert spectrum[6500:].sum() < 1e-3 * spectrum[:4000].sum()  # coils carry no highs


def test_first_reflections_are_where_geometry_has_them() -> None:
    delays, gains = early_reflections((8.0, 6.0, 3.0), size=1.0, rate=RATE)
    longest_m = 2 * np.hypot(np.hypot(16.0, 12.0), 6.0)
    assert delays.max() / RATE * SPEED_OF_SOUND < longest_m
    assert np.corrcoef(delays[0], gains[0])[0, 1] < -0.5
    double, _ = early_reflections((8.0, 6.0, 3.0), size=2.0, rate=RATE)
    assert np.median(double / delays) == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_tails_end_in_silence(kind: str) -> None:
    network = space(kind, 8000, decay_s=0.2, predelay_ms=0.0)
    network.process(np.random.default_rng(0).standard_normal((2, 2000)))
    assert network.process(np.zeros((2, 8000))).any()
    later = [network.process(np.zeros((2, 500))).astype(np.float32) for _ in range(110)]
    assert not np.concatenate(later, axis=1)[:, -8000:].any()


def test_an_echo_ends_in_silence() -> None:
    echo = TapeEcho(time_ms=10.0, feedback=0.9, drive_db=0.0)
    x = np.zeros((1, 14 * 8000), np.float32)
    x[0, :100] = 0.5
    y = echo(Audio(x, 8000)).samples[0]
    assert y[8000:16_000].any()
    assert not y[-8000:].any()


def tone(hz: float, seconds: float, rate: int = RATE) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)[None]


def pitches(y: np.ndarray, rate: int = RATE) -> np.ndarray:
    """The momentary frequency of a tone, from its analytic signal."""
    analytic = np.fft.ifft(np.fft.fft(y) * (np.arange(y.size) < y.size // 2) * 2)
    return np.diff(np.unwrap(np.angle(analytic))) * rate / (2 * np.pi)


def tape(**changes: float) -> dict[str, float]:
    return {
        "time_ms": 400.0, "feedback": 0.3, "low_cut_hz": 20.0, "high_cut_hz": 8000.0,
        "drive_db": 0.0, "wow_percent": 0.0, "cross": 0.0, **changes,
    }  # fmt: skip


def test_the_pitch_of_a_tape_slides_with_its_time_and_settles() -> None:
    work = TapeDelay(RATE, 1, **tape())
    x = tone(1000.0, 4.0)
    before = work.process(x[:, : 2 * RATE])
    work.retune(**tape(time_ms=200.0))
    y = np.concatenate((before, work.process(x[:, 2 * RATE :])), axis=1)[0]
    hz = pitches(y)
    assert np.abs(hz[RATE : 2 * RATE - 500] - 1000.0).mean() < 1.0
    # Twice the speed between the heads: up to an octave higher.
    assert 1750 < hz[round(2.2 * RATE) : round(2.35 * RATE)].max() < 2050
    assert hz[round(3.4 * RATE) : -2000].mean() == pytest.approx(1000.0, abs=2.0)
    assert np.abs(np.diff(y)).max() < 0.5


def test_wow_swings_as_far_as_asked_at_most() -> None:
    y = TapeDelay(RATE, 1, **tape(wow_percent=0.5, feedback=0.0)).process(tone(1000.0, 5.0))[0]
    hz = np.convolve(pitches(y[RATE // 2 :]), np.ones(441) / 441, "valid")[RATE // 2 : -RATE // 2]
    # What a head writes fast and another reads slowly deviates by up to both.
    assert 3.0 < np.abs(hz - 1000.0).max() < 10.5


def test_each_repeat_of_a_tape_is_darker_and_a_hot_one_is_bounded() -> None:
    y = TapeDelay(RATE, 1, **tape(time_ms=50.0, feedback=0.8, high_cut_hz=3000.0)).process(
        impulse(RATE // 2, 1)
    )[0]
    centroids = []
    for k in range(1, 5):
        at = round(k * 0.05 * RATE) - 200
        power = np.abs(np.fft.rfft(y[at : at + 2000])) ** 2
        centroids.append(float((power * np.arange(power.size)).sum() / power.sum()))
    assert centroids == sorted(centroids, reverse=True)
    hot = TapeDelay(RATE, 1, **tape(time_ms=20.0, feedback=0.95, drive_db=12.0)).process(
        10.0 * tone(200.0, 1.0)
    )
    assert np.abs(hot).max() < 1.0


def test_a_ping_pong_changes_sides() -> None:
    x = np.zeros((2, RATE), np.float32)
    x[:, 0] = 1.0
    y = PingPong(time_ms=100.0, dry=0.0)(Audio(x, RATE)).samples
    energy = np.square(y[:, 2000 : 2000 + 9 * 4410].reshape(2, 9, 4410)).sum(axis=2)
    assert (energy[0, ::2] > 100 * energy[1, ::2]).all()
    assert (energy[1, 1::2] > 100 * energy[0, 1::2]).all()


def test_a_key_ducks_the_repeats_and_lets_them_come_back() -> None:
    x = np.tile(0.3 * tone(500.0, 3.0), (2, 1)).astype(np.float32)
    key = np.zeros_like(x)
    key[:, RATE : 2 * RATE] = 0.5 * tone(100.0, 1.0)
    line = Line(
        (TapeEcho(feedback=0.0, dry=0.0, duck_db=18.0, key="voice"),), rate=RATE, channels=2
    )
    y = np.concatenate((line.push(x, {"voice": key}), line.finish()), axis=1)[0]
    before, during, after = (
        20 * np.log10(y[round(s * RATE) : round((s + 0.15) * RATE)].std()) for s in (0.8, 1.6, 2.85)
    )
    assert before - during == pytest.approx(18.0, abs=1.0)
    assert after == pytest.approx(before, abs=2.5)


@pytest.mark.parametrize("taps", [1, 256, 257, 3000, 20_000])
@pytest.mark.parametrize("channels", [1, 2, 4])
def test_convolution_is_the_sum_that_it_stands_for(taps: int, channels: int) -> None:
    rng = np.random.default_rng(taps)
    h, x = rng.standard_normal((channels, taps)), rng.standard_normal((2, 12_000))
    left_right = {1: ((0, 0), (1, 0)), 2: ((0, 0), (1, 1))}
    if channels == 4:
        expected = np.stack(
            [sum(fftconvolve(x[s], h[2 * s + t])[:12_000] for s in (0, 1)) for t in (0, 1)]
        )
    else:
        expected = np.stack([fftconvolve(x[s], h[t])[:12_000] for s, t in left_right[channels]])
    convolver = Convolver(h, channels=2)
    y = np.concatenate([convolver.process(x[:, i : i + 777]) for i in range(0, 12_000, 777)], 1)
    assert np.abs(y - expected).max() < 1e-12 * np.abs(expected).max()


def test_a_response_at_another_rate_keeps_its_gain() -> None:
    h = noise_response(48_000, rng=np.random.default_rng(1), decay_s=0.3, channels=1)
    y = at_rate(h, 48_000, to=44_100)
    for hz in (100.0, 1000.0, 8000.0):
        before = np.exp(-2j * np.pi * hz / 48_000 * np.arange(h.shape[1])) @ h[0]
        after = np.exp(-2j * np.pi * hz / 44_100 * np.arange(y.shape[1])) @ y[0]
        assert abs(after) == pytest.approx(abs(before), rel=0.02)


def test_a_made_response_decays_as_asked_and_noise_keeps_its_level() -> None:
    h = noise_response(RATE, rng=np.random.default_rng(2), decay_s=1.2, damping=0.4)
    assert decay_s(h, 1000) == pytest.approx(1.2, rel=0.1)
    assert decay_s(h, 8000) < 0.95 * decay_s(h, 500)
    x = Audio(np.random.default_rng(3).uniform(-0.2, 0.2, (2, 2 * RATE)).astype(np.float32), RATE)
    y = Convolution(Audio(h.astype(np.float32), RATE), wet=1.0, dry=0.0)(x).samples
    assert y[:, RATE:].std() == pytest.approx(x.samples.std(), rel=0.2)


@pytest.mark.parametrize(
    ("note", "bpm", "expected_ms"),
    [("1/4", 120, 500.0), ("1/8.", 120, 375.0), ("1/8t", 120, 1000 / 6), ("3/16", 60, 750.0)],
)
def test_notes_have_the_times_of_their_tempo(note: str, bpm: float, expected_ms: float) -> None:
    assert note_ms(note, bpm=bpm) == pytest.approx(expected_ms)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: note_ms("quaver", bpm=100), "'quaver' is no note value"),
        (lambda: note_ms("1/4", bpm=0), "bpm is 0"),
        (lambda: Reverb(kind="cave"), "'cave' is no space; choose one of warm, room"),
        (lambda: Reverb(decay_s=0.0), "decay_s is 0"),
        (lambda: TapeEcho(feedback=1.0), "feedback is 1.0"),
        (lambda: TapeEcho(time_ms=1.0), "time_ms is 1; it must lie between 5 and 5000"),
        (lambda: PingPong(cross=2.0), "cross is 2"),
        (lambda: Convolution(Audio(np.zeros((1, 0), np.float32))), "lasts 0.0 s"),
        (lambda: Convolution(Audio(np.zeros((1, 31 * RATE), np.float32))), "lasts 31.0 s"),
        (lambda: Convolution(Audio(np.zeros((3, 9), np.float32))), "has 3 channels"),
        (lambda: Convolver(np.zeros((2, 9)), channels=1), "needs stereo sound, not 1"),
        (lambda: Convolver(np.zeros((3, 9)), channels=1), "has the shape"),
        (lambda: noise_response(RATE, rng=np.random.default_rng(0), decay_s=40.0), "decay_s is 40"),
        (
            lambda: Convolution(Audio(np.full((1, 9), np.nan, np.float32))).open(RATE, 2),
            "no numbers",
        ),
    ],
)
def test_what_cannot_be_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


def cut(sizes: list[int], frames: int) -> list[int]:
    """Block sizes in turn until the frames are used up; very small ones not for ever."""
    parts: list[int] = []
    while sum(parts) < frames:
        size = sizes[len(parts) % len(sizes)] if len(parts) < 300 else frames
        parts.append(min(size, frames - sum(parts)))
    return parts


MAKERS: dict[str, Callable[[], Any]] = {
    "hall": lambda: space("hall", decay_s=0.5),
    "room": lambda: space("room", decay_s=0.5),
    "spring": lambda: space("spring", decay_s=0.5),
    "tape": lambda: TapeDelay(RATE, 2, **tape(time_ms=20.0, drive_db=6.0, wow_percent=0.4)),
    "convolution": lambda: Convolver(np.geomspace(1.0, 0.01, 10_000)[None], channels=2),
}


@pytest.mark.parametrize("name", MAKERS)
@given(sizes=st.lists(st.integers(1, 65_536), min_size=1, max_size=5))
@settings(max_examples=10)
def test_blocks_of_any_sizes_are_the_whole(name: str, sizes: list[int]) -> None:
    x = np.random.default_rng(7).uniform(-0.5, 0.5, (2, 20_000))
    whole = MAKERS[name]().process(x)
    work = MAKERS[name]()
    parts, at = [], 0
    for size in cut(sizes, 20_000):
        parts.append(work.process(x[:, at : at + size]))
        at += size
    assert np.abs(np.concatenate(parts, axis=1) - whole).max() < 1e-7


MOVES: tuple[tuple[Any, dict[str, tuple[float, float]]], ...] = (
    *(
        (Reverb(decay_s=0.6, kind=kind, dry=0.5),
         {"decay_s": (0.5, 1.5), "size": (0.8, 1.2), "predelay_ms": (0.0, 60.0), "wet": (0.3, 1.0),
          "width": (0.0, 1.5), "damping": (0.2, 0.6), "high_cut_hz": (4000.0, 9000.0)})
        for kind in ("warm", "hall", "spring")
    ),
    (Echo(time_ms=50.0), {"feedback": (0.0, 0.7), "wet": (0.0, 0.6)}),
    (TapeEcho(time_ms=100.0), {"time_ms": (70.0, 140.0), "wet": (0.1, 0.6), "drive_db": (0, 12.0),
                               "duck_db": (0.0, 12.0)}),
    (PingPong(time_ms=100.0), {"time_ms": (70.0, 140.0), "feedback": (0.1, 0.7)}),
    (Convolution(Audio(np.geomspace(0.1, 1e-4, 9000, dtype=np.float32)[None])),
     {"predelay_ms": (0.0, 40.0), "wet": (0.0, 1.0), "dry": (1.0, 0.2), "width": (0.2, 1.4)}),
)  # fmt: skip


@pytest.mark.parametrize(("effect", "moves"), MOVES, ids=lambda v: getattr(v, "kind", ""))
def test_settings_jump_without_a_click(effect: Any, moves: dict[str, tuple[float, float]]) -> None:
    x = np.concatenate((0.3 * tone(220.0, 1.2), 0.3 * tone(330.0, 1.2))).astype(np.float32)
    curves = tuple(
        (name, Curve(((0.0, before), (0.9, before), (0.9, after))))
        for name, (before, after) in moves.items()
    )
    y = Automated(effect, curves)(Audio(x, RATE)).samples
    highs = sosfilt(butter(4, 6000, "highpass", fs=RATE, output="sos"), y.astype(np.float64))
    assert np.abs(highs[:, round(0.85 * RATE) : -50]).max() < 0.3 * 10 ** (-40 / 20)


@pytest.mark.parametrize(
    ("effect", "name", "value"),
    [(Reverb(), "kind", "hall"), (Echo(), "time_ms", 300.0), (MOVES[-1][0], "normalise", False)],
)
def test_what_cannot_move_is_refused(effect: Any, name: str, value: object) -> None:
    from dataclasses import replace

    with pytest.raises(InputError, match=f"{name} of .* cannot move"):
        effect.open(RATE, 2).retune(replace(effect, **{name: value}))


def test_a_wait_that_is_moved_twice_ends_where_it_was_moved_last() -> None:
    wait = Wait(1, samples=0, longest=500)
    x = np.random.default_rng(1).standard_normal((1, 9000))
    first = wait.process(x[:, :100])
    wait.move(300)
    wait.process(x[:, 100:200])
    wait.move(120)
    assert np.array_equal(first, x[:, :100])
    assert np.array_equal(wait.process(x[:, 200:])[:, 4000:], x[:, 4080:-120])


def test_the_compiled_loops_are_what_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(9).standard_normal((2, 400))
    makers: tuple[Callable[[], Any], ...] = (
        lambda: SpringReverb(8000, decay_s=0.3),
        lambda: TapeDelay(8000, 2, **tape(time_ms=8.0, drive_db=6.0, cross=0.5, wow_percent=0.3)),
        lambda: Convolver(np.geomspace(1.0, 0.01, 600)[None], channels=2),
    )
    expected = [make().process(x) for make in makers]
    monkeypatch.setattr(spring, "_ring", spring._ring.py_func)
    monkeypatch.setattr(tape_delay, "_echo", tape_delay._echo.py_func)
    monkeypatch.setattr(tape_delay, "lagrange", delay_lines.lagrange.py_func)
    monkeypatch.setattr(convolution, "_add_products", convolution._add_products.py_func)
    for make, y in zip(makers, expected, strict=True):
        assert np.allclose(make().process(x), y, atol=1e-9)
