"""Stretching and pitch shifting: tones keep pitch and level, clicks their places, vowels theirs."""

import tracemalloc
from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from tapeloom.core.audio import Audio, AudioStream
from tapeloom.core.errors import InputError
from tapeloom.dsp import pitch_shift, stretching
from tapeloom.dsp.envelope import spectral_envelope
from tapeloom.dsp.onsets import OnsetFinder
from tapeloom.dsp.pitch_shift import shift_pitch
from tapeloom.dsp.stretching import stretch
from tapeloom.dsp.time_map import TimeMap

RATE = 44_100


def read(audio: AudioStream, size: int = 65_536) -> np.ndarray:
    return np.concatenate(list(audio.blocks(size)), axis=1).astype(np.float64)


def tone(hz: float, seconds: float = 1.5) -> Audio:
    x = 0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
    return Audio(x.astype(np.float32)[None], RATE)


def frequency(y: np.ndarray) -> float:
    """The mean frequency of a tone, by a line through its phase."""
    y = y * np.hanning(y.size)
    analytic = np.fft.ifft(np.fft.fft(y) * (np.arange(y.size) < y.size // 2) * 2)
    phase = np.unwrap(np.angle(analytic[y.size // 4 : -y.size // 4]))
    return float(np.polyfit(np.arange(phase.size), phase, 1)[0] * RATE / (2 * np.pi))


@pytest.mark.parametrize("ratio", [0.25, 0.8, 1.37, 4.0])
@pytest.mark.parametrize("hz", [110.0, 440.3, 5000.0])
def test_a_stretched_tone_keeps_pitch_and_level(ratio: float, hz: float) -> None:
    y = read(stretch(tone(hz), ratio))[0]
    assert y.size == round(1.5 * RATE * ratio)
    middle = y[y.size // 5 : -y.size // 5]
    assert abs(1200 * np.log2(frequency(middle) / hz)) < 1.0
    assert abs(20 * np.log10(middle.std() * 2**0.5 / 0.5)) < 0.5
    peaks = np.abs(middle[: middle.size // 441 * 441].reshape(-1, 441)).max(axis=1)
    assert 20 * np.log10(peaks.max() / peaks.min()) < 0.5


@pytest.mark.parametrize("ratio", [0.5, 0.8, 1.3, 2.0, 4.0])
@pytest.mark.parametrize("chord", [False, True])
def test_clicks_stay_compact_and_come_in_time(ratio: float, chord: bool) -> None:
    frames = 2 * RATE
    at = np.arange(RATE // 5, frames - RATE // 10, RATE // 5 + 7)
    x = np.zeros((2, frames))
    x[:, at] = 0.7
    if chord:
        for hz in (220.0, 277.2, 329.6):
            x += 0.02 * np.sin(2 * np.pi * hz * np.arange(frames) / RATE)
    y = read(stretch(Audio(x.astype(np.float32), RATE), ratio))[0]
    highs = np.convolve(y, [-1, 4, -6, 4, -1], "same")  # the clicks without the chord
    for place in at * ratio:
        half = round(min(0.08, 0.09 * ratio) * RATE)
        low = max(0, round(place) - half)
        energy = np.square(highs[low : round(place) + half])
        assert abs(int(energy.argmax()) + low - place) < 0.005 * RATE
        share = energy.cumsum() / energy.sum()
        assert np.searchsorted(share, 0.95) - np.searchsorted(share, 0.05) < 0.010 * RATE


def test_dense_clicks_come_in_time_too() -> None:
    x = np.zeros((1, RATE), np.float32)
    at = np.arange(4000, 40_000, 2205)  # 50 ms apart
    x[:, at] = 0.7
    y = read(stretch(Audio(x, RATE), 1.5))[0]
    for place in at * 1.5:
        low = round(place) - 1000
        assert abs(int(np.abs(y[low : low + 2000]).argmax()) - 1000) < 0.005 * RATE


def test_both_sides_are_turned_alike() -> None:
    rng = np.random.default_rng(3)
    x = rng.uniform(-0.3, 0.3, (1, RATE))
    y = read(stretch(Audio(np.concatenate((x, -0.5 * x)).astype(np.float32), RATE), 1.6))
    assert np.abs(y[1] + 0.5 * y[0]).max() < 1e-5


@pytest.mark.parametrize("change", [lambda a: stretch(a, 1.0), lambda a: shift_pitch(a, 0.0)])
def test_no_change_is_the_stream_itself(change: Callable[[AudioStream], AudioStream]) -> None:
    audio = tone(440.0)
    assert change(audio) is audio


@pytest.mark.parametrize("semitones", [-24.0, -5.0, 0.31, 7.0, 24.0])
def test_a_shifted_tone_lands_on_its_pitch(semitones: float) -> None:
    y = read(shift_pitch(tone(440.0), semitones, keep_formants=False))[0]
    assert y.size == round(1.5 * RATE)
    middle = y[RATE // 4 : -RATE // 4]
    assert abs(1200 * np.log2(frequency(middle) / 440.0) - 100 * semitones) < 2.0
    assert abs(20 * np.log10(middle.std() * 2**0.5 / 0.5)) < 0.5


def test_a_tone_whose_formants_are_kept_lands_there_too() -> None:
    y = read(shift_pitch(tone(440.0), 7.0))[0][RATE // 4 : -RATE // 4]
    assert abs(1200 * np.log2(frequency(y) / 440.0) - 700) < 2.0


FORMANTS = ((700.0, 90.0), (1220.0, 100.0), (2600.0, 130.0))


def vowel(pitch_hz: float) -> Audio:
    x = np.zeros(2 * RATE)
    x[np.arange(0, x.size, RATE / pitch_hz).astype(int)] = 1.0
    for hz, width_hz in FORMANTS:
        r = np.exp(-np.pi * width_hz / RATE)
        x = lfilter([1.0], [1.0, -2 * r * np.cos(2 * np.pi * hz / RATE), r * r], x)
    return Audio((0.5 * x / np.abs(x).max()).astype(np.float32)[None], RATE)


def formant_near(y: np.ndarray, hz: float) -> float:
    """The highest point of the outline within a third of an octave."""
    length = 4096
    starts = range(4000, y.size - length - 4000, length // 2)
    power = [np.abs(np.fft.rfft(y[i : i + length] * np.hanning(length))) ** 2 for i in starts]
    outline = spectral_envelope(np.mean(power, axis=0)[None], RATE)[0]
    low, high = (round(hz * 2**octaves * length / RATE) for octaves in (-1 / 3, 1 / 3))
    return float((low + outline[low:high].argmax()) * RATE / length)


@pytest.mark.parametrize("semitones", [-7.0, 4.0, 7.0])
def test_formants_stay_where_they_are(semitones: float) -> None:
    kept = read(shift_pitch(vowel(110.0), semitones))[0]
    for hz, _ in FORMANTS[:2] if semitones < 0 else FORMANTS:
        assert formant_near(kept, hz) == pytest.approx(hz, rel=0.05)
    moved = read(shift_pitch(vowel(110.0), semitones, keep_formants=False))[0]
    expected = FORMANTS[1][0] * 2 ** (semitones / 12)
    assert formant_near(moved, expected) == pytest.approx(expected, rel=0.05)


class Endless:
    """A stream that is too long to be kept: the blocks that were asked for are counted."""

    rate, channels, frames = 8000, 1, 10**9

    def __init__(self) -> None:
        self.asked = 0

    def blocks(self, size: int = 65_536):
        while True:
            self.asked += size
            yield np.zeros((1, size), np.float32)


@pytest.mark.parametrize("change", [lambda a: stretch(a, 2.0), lambda a: shift_pitch(a, 3.0)])
def test_streams_are_read_only_as_far_as_needed(
    change: Callable[[AudioStream], AudioStream],
) -> None:
    source = Endless()
    blocks = list(islice(change(source).blocks(8000), 5))
    assert [block.shape for block in blocks] == [(1, 8000)] * 5
    assert source.asked < 80_000


def test_memory_does_not_grow_with_the_length() -> None:
    x = np.random.default_rng(2).uniform(-0.3, 0.3, (1, 60 * 8000)).astype(np.float32)
    x[0, ::4000] += 0.6
    peaks = []
    for seconds in (1, 10, 60):  # the first loads what is needed
        audio = Audio(x[:, : seconds * 8000], 8000)
        tracemalloc.start()
        for _ in stretch(audio, 1.3).blocks(8000):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 1.15 * peaks[1]


@given(size=st.integers(1, 65_536), frames=st.integers(0, 9000), ratio=st.floats(0.25, 4.0))
@settings(max_examples=12)
def test_blocks_of_any_size_are_the_whole(size: int, frames: int, ratio: float) -> None:
    x = np.random.default_rng(frames).uniform(-0.5, 0.5, (2, frames)).astype(np.float32)
    stretched = stretch(Audio(x, 8000), ratio)
    size = max(size, stretched.frames // 100, 1)
    assert np.array_equal(read(stretched), read(stretched, size)) if stretched.frames else True
    assert sum(block.shape[1] for block in stretched.blocks(size)) == stretched.frames


@pytest.mark.parametrize("rate", [8_000, 96_000])
def test_other_rates_and_short_sounds(rate: int) -> None:
    for frames in (1, 2, 3000):
        x = Audio(np.full((2, frames), 0.25, np.float32), rate)
        for y in (read(stretch(x, 1.7)), read(shift_pitch(x, -3.5))):
            assert np.isfinite(y).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: stretch(tone(440.0), 5.0), "ratio is 5; it must lie between 0.25 and 4"),
        (lambda: stretch(tone(440.0), float("nan")), "ratio is nan"),
        (lambda: shift_pitch(tone(440.0), 25.0), "semitones is 25"),
    ],
)
def test_what_cannot_be_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


def test_onsets_are_found_and_steady_sounds_have_none() -> None:
    rng = np.random.default_rng(1)
    t = np.arange(3 * RATE)
    x = 0.1 * np.sin(2 * np.pi * 110 * t / RATE)
    at = [20_000, 45_000, 80_001]
    for start in at:
        x[start : start + 3000] += 0.3 * rng.standard_normal(3000) * np.exp(-t[:3000] / 800)
    finder = OnsetFinder(RATE)
    for start in range(0, x.size, 999):
        finder.push(x[None, start : start + 999])
    finder.finish()
    found = [onset for onset in finder.onsets if onset > 2000]
    assert len(found) == 3
    assert np.abs(np.array(found) - at).max() < 0.002 * RATE


@given(
    onsets=st.lists(st.integers(0, 900).map(lambda k: 220 * k), max_size=30, unique=True),
    ratio=st.floats(0.25, 4.0),
)
def test_a_time_map_never_turns_back_and_places_every_onset(
    onsets: list[int], ratio: float
) -> None:
    times = TimeMap(ratio, half=1000, wander=10_000)
    waiting = sorted(onsets)
    times.extend(waiting, known_until=200_001, ended=True)
    assert not waiting
    heard = np.linspace(-1000, 200_000 * ratio, 3000)
    assert (np.diff(times.source(heard)) > -1e-6).all()
    expected = np.array(sorted(onsets), float)
    assert np.allclose(times.source(expected * ratio), expected, atol=1e-6)


def test_the_compiled_loops_are_what_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(5).uniform(-0.5, 0.5, (2, 700)).astype(np.float32)
    audio = Audio(x, 8000)
    expected = read(stretch(audio, 1.5)), read(shift_pitch(audio, 3.0))
    monkeypatch.setattr(stretching, "_lock_phases", stretching._lock_phases.py_func)
    monkeypatch.setattr(pitch_shift, "_read_between", pitch_shift._read_between.py_func)
    assert np.allclose(read(stretch(audio, 1.5)), expected[0], atol=1e-6)
    assert np.allclose(read(shift_pitch(audio, 3.0)), expected[1], atol=1e-6)
