"""Loops cut on bar lines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.audio import Audio
from tapeloom.core.errors import InputError
from tapeloom.studio.loops import CROSSFADE_MS, Loop

RATE = 44_100
FADE = round(CROSSFADE_MS * RATE / 1000)


def whole(loop: Loop, size: int = 65_536) -> np.ndarray:
    return np.concatenate(list(loop.blocks(size)), axis=1)


@given(st.integers(0, 5000), st.integers(1, 5000), st.integers(100, 4000))
def test_a_loop_is_exact_to_the_sample_and_does_not_depend_on_blocks(
    start: int, length: int, size: int
) -> None:
    noise = np.random.default_rng(0).uniform(-1, 1, (2, 10_000)).astype(np.float32)
    loop = Loop(Audio(noise), start, start + length)
    cut = whole(loop)
    assert cut.shape == (2, length)
    assert np.array_equal(cut, whole(loop, size))
    body = max(length - FADE, 0)
    assert np.array_equal(cut[:, :body], noise[:, start : start + body])


def test_a_loop_runs_on_into_its_own_beginning() -> None:
    t = np.arange(RATE) / RATE
    tone = np.sin(2 * np.pi * 433.7 * t)[None].astype(np.float32)
    cut = whole(Loop(Audio(tone), 10_000, 31_234))
    round_and_round = np.concatenate([cut, cut], axis=1)[0]
    steps = np.abs(np.diff(round_and_round))
    assert steps[len(cut[0]) - 1] <= np.abs(np.diff(tone[0])).max() * 1.05


def test_a_loop_outside_its_source_is_refused() -> None:
    with pytest.raises(InputError, match="does not lie within"):
        Loop(Audio(np.zeros((1, 100), np.float32)), 50, 101)
