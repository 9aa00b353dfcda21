import numpy as np
import pytest

from tapeloom.core.audio import Audio
from tapeloom.dsp.tempo import OnsetStrength, TempoEstimate, estimate_tempo, measure_tempo

RATE = 22_050


def beat(bpm, *, seconds=30, rate=RATE, swing=0.0, kind="kit", seed=0, level=1.0):
    """A kick, a snare and hats on eighths with human timing, or plain clicks."""
    rng = np.random.default_rng(seed)
    n = int(rate * seconds)
    x = np.zeros(n + rate)
    t = np.arange(rate // 5) / rate
    kick = np.sin(2 * np.pi * 60 * t) * np.exp(-18 * t)
    hat = rng.standard_normal(len(t)) * np.exp(-80 * t)
    snare = rng.standard_normal(len(t)) * np.exp(-25 * t)
    hits = []
    for b in range(int(seconds * bpm / 60)):
        if kind == "clicks":
            hits.append((b, hat, 0.4))
            continue
        hits += [(b, hat, 0.15), (b + 0.5 + swing, hat, 0.1)]
        hits.append((b, kick, 0.8) if b % 2 == 0 else (b, snare, 0.4))
        if b % 4 == 2:
            hits.append((b + 0.75, kick, 0.5))
    for at, sound, gain in hits:
        i = max(0, int((at * 60 / bpm + rng.normal(0, 0.006)) * rate))
        x[i : i + len(sound)] += gain * sound
    return Audio((level * x[None, :n]).astype(np.float32), rate)


@pytest.mark.parametrize("kind", ["kit", "clicks"])
@pytest.mark.parametrize("bpm", [60, 66, 72, 75, 78, 84, 90, 97])
def test_the_tempo_of_lofi_is_found_to_half_a_beat_a_minute(bpm, kind):
    found = measure_tempo(beat(bpm, kind=kind, seed=bpm))
    assert found.bpm == pytest.approx(bpm, abs=0.5)
    assert found.confidence > 0.5


@pytest.mark.parametrize("bpm", range(100, 181, 10))
def test_a_fast_tempo_is_found_but_for_its_octave(bpm):
    found = measure_tempo(beat(bpm, seed=bpm)).bpm
    octave = np.log2(found / bpm)
    assert octave == pytest.approx(round(octave), abs=0.01)


def test_swung_eighths_are_no_other_tempo():
    assert measure_tempo(beat(80, swing=0.12)).bpm == pytest.approx(80, abs=0.5)


def test_level_and_rate_change_little():
    for audio in (beat(76, level=0.05), beat(76, rate=44_100), beat(76, rate=8_000)):
        assert measure_tempo(audio).bpm == pytest.approx(76, abs=0.6)


def test_noise_and_silence_have_no_pulse():
    rng = np.random.default_rng(1)
    noise = Audio((0.1 * rng.standard_normal((2, 20 * RATE))).astype(np.float32), RATE)
    assert measure_tempo(noise).confidence < 0.15
    assert measure_tempo(Audio(np.zeros((2, RATE * 9), np.float32), RATE)) == TempoEstimate(0, 0)
    assert estimate_tempo(np.zeros(0)) == TempoEstimate(0, 0)
    assert estimate_tempo(np.ones(100)) == TempoEstimate(0, 0)
    assert estimate_tempo(np.ones(3000)).confidence < 0.01


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
def test_blocks_of_any_size_give_the_same_readings(rate):
    rng = np.random.default_rng(2)
    x = (0.2 * rng.standard_normal((2, 2 * rate + 17))).astype(np.float32)
    whole, pieces = OnsetStrength(rate), OnsetStrength(rate)
    whole.push(x)
    at = 0
    while at < x.shape[1]:
        step = int(rng.integers(1, 9000))
        pieces.push(x[:, at : at + step])
        at += step
    np.testing.assert_allclose(whole.read(), pieces.read(), rtol=1e-4, atol=1e-5)
    assert len(whole.read()) == pytest.approx(200, abs=3)


def test_readings_keep_time_over_a_long_stream():
    rate = 44_100
    onsets = OnsetStrength(rate)
    click = np.zeros((1, rate), np.float32)
    click[0, :30] = 0.8
    for _ in range(60):
        onsets.push(click)
    readings = onsets.read().reshape(-1)[: 59 * 100 + 50]
    last = np.argmax(readings[5850:]) + 5850
    assert abs(last - 5900) <= 3
