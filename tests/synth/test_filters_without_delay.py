"""The ladder and the state-variable filter against their analogue prototypes; the whole voice."""

import numpy as np
import pytest

from tapeloom.synth.ladder import CONTROL, ladder, ladder_kernel
from tapeloom.synth.state_variable import state_variable, state_variable_kernel
from tapeloom.synth.subtractive import Source, curve_times, detuned_saws, subtract
from tests.synth.spectrum import folded_db, harmonic

RATE = 44_100
FRAMES = int(1.2 * RATE)


def held(value, frames=FRAMES):
    return np.full(frames // CONTROL + 2, value)


def gain_at(hz, run):
    tone = np.sin(2.0 * np.pi * hz * np.arange(FRAMES) / RATE)
    return abs(harmonic(run(tone), hz))


@pytest.mark.parametrize("resonance", [0.0, 0.5, 0.9])
def test_the_ladder_is_its_analogue_but_for_the_warping(resonance):
    k = 4.0 * resonance
    for hz in (100.0, 800.0, 1000.0, 4000.0):
        found = gain_at(hz, lambda x: ladder(x, RATE, cutoff_hz=held(1000.0), resonance=resonance))
        s = 1j * np.tan(np.pi * hz / RATE) / np.tan(np.pi * 1000.0 / RATE)
        assert found == pytest.approx(abs((1.0 + 0.5 * k) / ((1.0 + s) ** 4 + k)), rel=0.01)


@pytest.mark.parametrize(
    ("mix", "top"),
    [({"low": 1.0}, lambda s: 1.0), ({"low": 0.0, "band": 1.0}, lambda s: s / 2.0),
     ({"low": 0.0, "high": 1.0}, lambda s: s * s)],
)  # fmt: skip
def test_the_state_variable_filters_outputs_are_their_analogues(mix, top):
    for hz in (200.0, 1000.0, 5000.0):
        found = gain_at(hz, lambda x: state_variable(x, RATE, cutoff_hz=held(1000.0), q=2.0, **mix))
        s = 1j * np.tan(np.pi * hz / RATE) / np.tan(np.pi * 1000.0 / RATE)
        assert found == pytest.approx(abs(top(s) / (s * s + s / 2.0 + 1.0)), rel=0.01)


def test_a_swept_and_driven_ladder_stays_bounded():
    rng = np.random.default_rng(1)
    sweep = np.geomspace(20.0, 20_000.0, FRAMES // CONTROL + 2)
    loud = 4.0 * rng.standard_normal(FRAMES)
    out = ladder(loud, RATE, cutoff_hz=sweep, resonance=1.0, drive=1.0)
    assert np.isfinite(out).all()
    assert np.abs(out).max() < 10.0


@pytest.mark.parametrize("kernels", [
    (ladder_kernel, (3.1, 0.8)), (state_variable_kernel, (0.3, 0.5, 0.2, 0.3)),
])  # fmt: skip
def test_the_compiled_loops_are_the_written_ones(kernels):
    kernel, settings = kernels
    sound = np.random.default_rng(1).standard_normal(200)
    outs = []
    for each in (kernel, kernel.py_func):
        out = np.empty(200)
        each(out, sound, np.geomspace(0.01, 0.5, 6), *settings)
        outs.append(out)
    np.testing.assert_allclose(outs[0], outs[1], atol=1e-12)
    assert np.abs(outs[0]).max() > 0.1


def voice(hz, *, frames=FRAMES, drive=1.0, **more):
    rng = np.random.default_rng(2)
    t = curve_times(frames, RATE)
    settings = {"cutoff_hz": np.full(len(t), 9_000.0), "cents": np.zeros(len(t))} | more
    sources = (Source("saw", 0.5), Source("pulse", 0.3, width=0.3), Source("triangle", 0.2))
    return subtract(sources, frames, RATE, rng, hz=hz, resonance=0.3, drive=drive, **settings)


@pytest.mark.parametrize("hz", [220.3, 5003.7])
def test_a_driven_voice_doesnt_fold(hz):
    assert folded_db(voice(hz), hz) < -80.0


def test_a_closing_filter_doesnt_flatten_the_note():
    hz = 82.4
    t = curve_times(FRAMES, RATE)
    closing = hz * (2.0 + 14.0 * np.exp(-t / 0.2))
    sound = voice(hz, drive=0.0, cutoff_hz=closing)
    early, late = (
        np.angle(np.sum(sound[at : at + 5351] * np.hanning(5351)
                        * np.exp(-2j * np.pi * hz * np.arange(at, at + 5351) / RATE)))
        for at in (3_000, 30_000)
    )  # fmt: skip
    turn = (late - early + np.pi) % (2.0 * np.pi) - np.pi
    assert abs(turn) < 0.1  # radians; the ladder's own lag moves by more than 1


def test_detuned_saws_beat_and_keep_their_pitch():
    rng = np.random.default_rng(3)
    hz, cents = 220.0, 12.0
    t = curve_times(FRAMES, RATE)
    sound = subtract(
        detuned_saws(0.5, cents, rng), FRAMES, RATE, rng, hz=hz, cents=np.zeros(len(t)),
        cutoff_hz=np.full(len(t), 8_000.0), resonance=0.0, drive=0.0,
    )  # fmt: skip
    n = np.arange(FRAMES)
    tone = sound * np.exp(-2j * np.pi * hz * n / RATE)
    steps = [tone[at : at + 4009].sum() for at in range(4_000, FRAMES - 8_000, 4_009)]
    assert np.ptp(np.unwrap(np.angle(steps))) < 0.1
    assert np.ptp(np.abs(steps)) > 0.2 * np.max(np.abs(steps))
