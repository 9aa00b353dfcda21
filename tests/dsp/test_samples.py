import numpy as np
import pytest

from tapeloom.dsp.samples import SampleMeter


def read(x, rate=8000, block=None):
    meter = SampleMeter(rate, len(x))
    for start in range(0, x.shape[1], block or x.shape[1] or 1):
        meter.push(x[:, start : start + (block or x.shape[1])])
    return meter.read()


def noise(seed=0, n=40_000):
    return np.random.default_rng(seed).uniform(-0.5, 0.5, n).astype(np.float32)


def test_correlation_of_mono_opposed_and_unrelated_channels():
    a, b = noise(0), noise(1)
    assert read(np.stack([a, a])).correlation == pytest.approx(1)
    assert read(np.stack([a, -a])).correlation == pytest.approx(-1)
    assert abs(read(np.stack([a, b])).correlation) < 0.03
    assert read(a[None]).correlation == pytest.approx(1)


def test_level_and_offset_are_those_of_the_signal():
    square = np.tile([0.1, -0.1], 4000)[None]
    assert read(square).rms_dbfs == pytest.approx(-20)
    assert read(square + 0.01).dc_dbfs == pytest.approx(-40, abs=0.01)
    assert read(square).dc_dbfs < -200


@pytest.mark.parametrize(
    ("before", "silent", "after"), [(0, 500, 100), (100, 700, 100), (100, 900, 0), (0, 800, 0)]
)
@pytest.mark.parametrize("block", [None, 64])
def test_the_longest_silence_is_found_wherever_it_lies(before, silent, after, block):
    x = np.concatenate([np.full(before, 0.3), np.full(silent, 1e-4), np.full(after, -0.3)])
    assert read(np.stack([x, x]), block=block).longest_silence_s == pytest.approx(silent / 8000)


def test_a_channel_that_sounds_ends_the_silence():
    x = np.zeros((2, 800))
    x[1, 400] = 0.5
    assert read(x).longest_silence_s == pytest.approx(400 / 8000)


def test_blocks_change_nothing():
    x = np.stack([noise(2), noise(3)])
    whole, pieces = read(x), read(x, block=333)
    for name in ("rms_dbfs", "dc_dbfs", "correlation", "longest_silence_s"):
        assert getattr(whole, name) == pytest.approx(getattr(pieces, name))


def test_nothing_at_all_is_silence():
    figures = read(np.zeros((2, 0)))
    assert figures.rms_dbfs == -np.inf
    assert figures.longest_silence_s == 0
