"""Wavetables: read without aliases, morphed, and imported from files."""

import numpy as np
import pytest
import soundfile

from tapeloom.core.errors import InputError
from tapeloom.synth.wavetables import CONTROL, FRAME, Wavetable, read_wavetable, wavetable_kernel
from tests.synth.spectrum import folded_db, harmonic

RATE = 44_100
FRAMES = int(1.2 * RATE)
SAW = 1.0 - 2.0 * np.arange(FRAME) / FRAME
SINE = np.sin(2.0 * np.pi * np.arange(FRAME) / FRAME)


def steady(value, frames=FRAMES):
    return np.full(frames // CONTROL + 2, value)


@pytest.mark.parametrize("hz", [55.3, 997.3, 5003.7])
def test_a_saw_is_read_without_aliases(hz):
    wave = Wavetable.of(SAW[None]).read(steady(hz / RATE), steady(0.0), FRAMES)
    assert folded_db(wave, hz) < -80.0
    assert abs(harmonic(wave, 2.0 * hz)) == pytest.approx(0.5 * abs(harmonic(wave, hz)), rel=0.01)


def test_a_pitch_beyond_the_rate_is_silent():
    assert not Wavetable.of(SINE[None]).read(steady(0.6), steady(0.0), 300).any()


def test_halfway_between_two_frames_both_are_heard():
    table = Wavetable.of(np.stack([SINE, np.sin(4.0 * np.pi * np.arange(FRAME) / FRAME)]))
    hz = 441.0
    for place, first, second in ((0.0, 1.0, 0.0), (0.25, 0.75, 0.25), (1.0, 0.0, 1.0)):
        wave = table.read(steady(hz / RATE), steady(place), FRAMES)
        assert abs(harmonic(wave, hz)) == pytest.approx(first, abs=1e-3)
        assert abs(harmonic(wave, 2.0 * hz)) == pytest.approx(second, abs=1e-3)


def test_the_compiled_loop_is_the_written_one():
    table = Wavetable.of(np.stack([SAW, SINE])).octaves[5]
    outs = []
    for kernel in (wavetable_kernel, wavetable_kernel.py_func):
        out = np.empty(200)
        kernel(out, table, np.linspace(0.01, 0.02, 6), np.linspace(0.0, 1.0, 6), 0.3)
        outs.append(out)
    np.testing.assert_allclose(outs[0], outs[1], atol=1e-6)
    assert np.abs(outs[0]).max() > 0.5


def test_files_of_serums_frames_and_of_one_cycle_are_read(tmp_path):
    frames = np.stack([SINE, SAW, -SINE]).astype(np.float32)
    soundfile.write(tmp_path / "serum.wav", frames.reshape(-1), RATE, subtype="FLOAT")
    table = read_wavetable(tmp_path / "serum.wav")
    assert table.octaves.shape == (11, 3, FRAME + 3)
    # A single cycle of 600 samples, as Adventure Kid's are, keeps its harmonics.
    cycle = np.sin(2.0 * np.pi * 3.0 * np.arange(600) / 600)
    soundfile.write(tmp_path / "one.wav", 0.5 * cycle, RATE, subtype="PCM_16")
    one = read_wavetable(tmp_path / "one.wav")
    np.testing.assert_allclose(
        one.octaves[0, 0, 1:-2], np.sin(6.0 * np.pi * np.arange(FRAME) / FRAME), atol=1e-3
    )


def test_files_that_hold_no_wavetable_are_refused(tmp_path):
    rng = np.random.default_rng(1)
    soundfile.write(tmp_path / "song.wav", 0.1 * rng.standard_normal(50_001), RATE)
    with pytest.raises(InputError, match=r"song.wav has 50001 samples; a wavetable is one cycle"):
        read_wavetable(tmp_path / "song.wav")
    soundfile.write(tmp_path / "none.wav", np.zeros(FRAME), RATE)
    with pytest.raises(InputError, match="silent or damaged"):
        read_wavetable(tmp_path / "none.wav")
    with pytest.raises(InputError, match="does not exist"):
        read_wavetable(tmp_path / "lost.wav")
