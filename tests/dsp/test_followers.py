"""Followers: quickly up, slowly down, and the compiled loop is what is written."""

import numpy as np
import pytest

from tapeloom.dsp.followers import _follow, follow, smoothing


def test_a_jump_is_covered_by_63_percent_in_its_time() -> None:
    y, _ = follow(np.ones(1000), rise=smoothing(10.0, 44_100), fall=1.0)
    assert y[440] == pytest.approx(1 - np.exp(-1), abs=0.001)


def test_the_compiled_follower_is_what_is_written() -> None:
    x = np.abs(np.random.default_rng(0).standard_normal(300))
    x[200:] = 0.0
    one, two = x.copy(), x.copy()
    assert _follow(one, 0.5, 0.1, 0.2) == _follow.py_func(two, 0.5, 0.1, 0.2)
    assert np.array_equal(one, two)
