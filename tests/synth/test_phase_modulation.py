"""Phase modulation against Bessel's functions, its algorithms, and what folds back."""

import numpy as np
import pytest
from scipy.special import jv

from tapeloom.core.errors import InputError
from tapeloom.synth.phase_modulation import (
    _SINE,
    ALGORITHMS,
    Operator,
    modulate,
    operators_kernel,
)
from tests.synth.spectrum import folded_db, harmonic

RATE = 44_100
FRAMES = int(1.2 * RATE)
HELD = {"attack_s": 0.0005, "decay_s": 1.0, "sustain": 1.0}


def play(algorithm, *operators, hz=441.0, **more):
    return modulate(
        ALGORITHMS[algorithm], operators, FRAMES, RATE, hz=hz, pitch=60.0, velocity=1.0, **more
    )


def test_a_pair_has_bessels_sidebands():
    index = 1.4
    wave = play("pair", Operator(5.0, 1.0, **HELD), Operator(1.0, index, **HELD))
    for n in range(-3, 4):
        found = abs(harmonic(wave, (5 + n) * 441.0))
        assert found == pytest.approx(abs(jv(n, index)), abs=2e-3), n


@pytest.mark.parametrize(("ratio", "index"), [(1.0, 1.5), (2.0, 1.0), (3.0, 0.5)])
def test_wide_spectra_of_high_notes_dont_fold(ratio, index):
    wave = play(
        "pair", Operator(1.0, 1.0, **HELD), Operator(ratio, index, **HELD), hz=5003.7, factor=4
    )
    assert folded_db(wave, 5003.7) < -80.0


def test_feedback_makes_a_sine_a_saw():
    plain, fed = (
        play("both", Operator(1.0, 0.0, **HELD), Operator(1.0, 1.0, **HELD), feedback=feedback)
        for feedback in (0.0, 1.0)
    )
    assert abs(harmonic(plain, 882.0)) < 1e-4
    amplitudes = [abs(harmonic(fed, k * 441.0)) for k in (1, 2, 3, 4)]
    assert amplitudes == sorted(amplitudes, reverse=True)
    assert amplitudes[1] > 0.2


@pytest.mark.parametrize("name", ALGORITHMS)
def test_an_algorithm_is_a_graph_that_ends_in_carriers(name):
    algorithm = ALGORITHMS[name]
    assert 2 <= algorithm.operators <= 6
    assert all(above > below for above, below in algorithm.modulates)
    modulators = {above for above, _ in algorithm.modulates}
    assert modulators | set(algorithm.carriers) == set(range(algorithm.operators))
    wave = play(name, *(Operator(float(k + 1), 0.5, **HELD) for k in range(algorithm.operators)))
    assert np.isfinite(wave).all()
    assert np.abs(wave).max() > 0.3


def test_levels_follow_touch_and_keyboard():
    operator = Operator(1.0, 2.0, touch=2.0, scale_db=-6.0, decay_s=1.0, slow=12.0)
    t = np.array([0.1])
    loud, soft = (operator.levels(t, pitch=60.0, velocity=v)[0] for v in (1.0, 0.5))
    assert soft == pytest.approx(0.25 * loud)
    octave = operator.levels(np.array([0.05]), pitch=72.0, velocity=1.0)[0]
    assert octave / loud == pytest.approx(10.0 ** (-6.0 / 20.0), rel=1e-3)


def test_the_wrong_number_of_operators_is_refused():
    with pytest.raises(InputError, match="has 2 operators; 1 are given"):
        play("pair", Operator(1.0, 1.0))


def test_the_compiled_loop_is_the_written_one():
    modulates = np.zeros((3, 3))
    modulates[1, 0] = modulates[2, 1] = 1.0
    levels = np.tile([1.0, 0.8, 0.5], (5, 1))
    outs = []
    for kernel in (operators_kernel, operators_kernel.py_func):
        out = np.empty(150)
        kernel(
            out, np.array([0.01, 0.02, 0.013]), np.array([0.0, 0.2, 0.5]), levels, np.ones(5),
            modulates, np.array([1.0, 0.0, 0.0]), 0.7, 2, _SINE,
        )  # fmt: skip
        outs.append(out)
    np.testing.assert_allclose(outs[0], outs[1], atol=1e-9)
    assert np.abs(outs[0]).max() > 0.9
