"""The swept filter: its slope at rest, and no click on the way."""

import numpy as np
import pytest

from tapeloom.dsp import sweep
from tapeloom.dsp.filters import frequency_response, high_pass, low_pass
from tapeloom.dsp.sweep import SweptFilter

RATE = 44_100


@pytest.mark.parametrize(("kind", "design"), [("low_pass", low_pass), ("high_pass", high_pass)])
def test_at_rest_it_is_the_cookbooks_filter(kind: str, design: object) -> None:
    impulse = np.zeros((1, RATE))
    impulse[0, 0] = 1.0
    y = SweptFilter(RATE, 1, kind=kind, cutoff_hz=800.0).process(impulse)[0]
    hz = np.array([50.0, 400.0, 800.0, 3000.0, 12_000.0])
    response = np.abs(np.exp(-2j * np.pi * np.outer(hz, np.arange(RATE)) / RATE) @ y)
    expected = np.abs(frequency_response([design(800.0, RATE)], hz, RATE))  # type: ignore[operator]
    assert response == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("size", [1, 100, 4096])
def test_the_size_of_blocks_changes_nothing_while_it_moves(size: int) -> None:
    x = np.random.default_rng(1).standard_normal((2, 3000))

    def swept(size: int) -> np.ndarray:
        work = SweptFilter(RATE, 2, kind="low_pass", cutoff_hz=200.0)
        out = [work.process(x[:, :1000])]
        work.retune(cutoff_hz=5000.0, q=2.0)
        out += [work.process(x[:, i : i + size]) for i in range(1000, 3000, size)]
        return np.concatenate(out, axis=1)

    assert np.array_equal(swept(size), swept(2000))


def test_a_jump_of_its_cutoff_does_not_click() -> None:
    x = np.sin(2 * np.pi * 110 * np.arange(RATE) / RATE)[None]
    work = SweptFilter(RATE, 1, kind="low_pass", cutoff_hz=150.0)
    way_hz = np.geomspace(150.0, 12_000.0, 14)  # 20 ms, as a curve spreads a jump
    parts = []
    for index, start in enumerate(range(0, RATE, 64)):
        step = index % 56
        work.retune(cutoff_hz=way_hz[min(step, 13) if step < 28 else max(0, 41 - step)], q=0.7071)
        parts.append(work.process(x[:, start : start + 64]))
    y = np.concatenate(parts, axis=1)
    # The steepest step of the tone itself is 0.0157.
    assert np.abs(np.diff(y)).max() < 0.03


def test_the_kernel_in_plain_python() -> None:
    x = np.random.default_rng(2).standard_normal((2, 40))
    kernel = sweep._sweep.py_func
    for high in (False, True):
        plain, compiled = x.copy(), x.copy()
        settings = [np.zeros((2, 2)), np.array([0.1, 0.7]), np.array([0.3, 0.5])]
        other = [each.copy() for each in settings]
        assert kernel(plain, *settings, 10, high) == sweep._sweep(compiled, *other, 10, high) == 0
        assert plain == pytest.approx(compiled)
    silent = np.full((1, 1), 1e-70)
    state = np.full((1, 2), 1e-70)
    kernel(silent, state, np.array([0.1, 0.7]), np.array([0.1, 0.7]), 0, False)
    assert not state.any()
