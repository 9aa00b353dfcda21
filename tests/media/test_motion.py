"""Motions: equal at both ends of a loop, and moving in between as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.media.motion import Drawn, Drift, Falling, Moving, Pulse, whole_cycles
from tapeloom.media.palette import rgb
from tapeloom.media.pen import Mask

WHITE = rgb("#ffffff")


def dot(h=12, w=16, y=3, x=5):
    sheet = np.zeros((h, w), np.uint8)
    sheet[y, x] = 255
    return sheet


def place(cover):
    return tuple(int(i) for i in np.unravel_index(cover.argmax(), cover.shape))


def motions():
    turning = Drawn(
        lambda pen, phase: pen.ellipse(0.5 + 0.2 * np.cos(2 * np.pi * phase), 0.5, 0.1, 0.1),
        (0, 0, 20, 20), 20,
    )  # fmt: skip
    return (
        Pulse(Mask(np.ones((2, 2), np.float32), 0, 0), 3, 0.2, 0.8, 2.0),
        Falling((dot(), dot(y=8)), (1, 2), (0, 1), 0, 0, sway=2.0),
        Drift(np.random.default_rng(0).random((4, 30)).astype(np.float32), 20, -2, 0, 0),
        turning,
    )


@pytest.mark.parametrize("motion", motions(), ids=lambda motion: type(motion).__name__)
def test_a_motion_ends_where_it_began(motion):
    np.testing.assert_allclose(motion.cover(0.0), motion.cover(1.0), atol=1e-5)
    assert np.abs(motion.cover(0.0) - motion.cover(0.29)).max() > 0.1
    assert (motion.left, motion.top) == (0, 0)
    cover = motion.cover(0.6)
    assert cover.dtype == np.float32
    assert 0 <= cover.min() <= cover.max() <= 1


def test_drops_fall_down_and_to_the_left_and_enter_anew():
    rain = Falling((dot(),), (1,), (1,), 0, 0)
    assert [place(rain.cover(k / 4)) for k in range(4)] == [(3, 5), (6, 1), (9, 13), (0, 9)]


def test_slow_flakes_stand_between_two_rows():
    snow = Falling((dot(),), (1,), (0,), 0, 0, is_slow=True)
    halfway = snow.cover(0.5 / 12)
    assert halfway[3, 5] == pytest.approx(0.5, abs=0.01)
    assert halfway[4, 5] == pytest.approx(0.5, abs=0.01)


@given(st.floats(0, 1), st.integers(1, 9), st.floats(0, 1), st.floats(0, 1), st.floats(0.1, 6))
def test_a_pulse_stays_between_its_depth_and_full(phase, cycles, offset, depth, sharpness):
    pulse = Pulse(Mask(np.ones((1, 1), np.float32), 0, 0), cycles, offset, depth, sharpness)
    assert 1 - depth - 1e-9 <= pulse.level(phase) <= 1 + 1e-9


def test_a_drift_moves_by_parts_of_a_pixel_and_keeps_its_light():
    texture = np.zeros((1, 40), np.float32)
    texture[0, 10] = 1
    drift = Drift(texture, 40, 1, 0, 0)
    halfway = drift.cover(0.5 / 40)[0]
    assert halfway[10] == pytest.approx(0.5)
    assert halfway[11] == pytest.approx(0.5)
    assert drift.cover(0.137).sum() == pytest.approx(1, abs=1e-5)
    veiled = Drift(texture, 40, 1, 0, 0, envelope=np.full((1, 40), 0.5, np.float32))
    assert veiled.cover(0.3).sum() == pytest.approx(0.5, abs=1e-5)


def test_what_is_laid_in_front_hides_in_its_own_place_only():
    still = Pulse(Mask(np.ones((6, 8), np.float32), 10, 20), 1, 0.0, 0.0)
    moving = Moving(still, WHITE, light=True, strength=0.8)
    moving.hide(Mask(np.ones((3, 3), np.float32), 9, 19))  # over its upper left corner
    moving.hide(Mask(np.ones((5, 5), np.float32), 100, 100))  # elsewhere
    assert (moving.seen == 0).sum() == 4
    assert (moving.seen == np.float32(0.8)).sum() == 44


@pytest.mark.parametrize(
    ("rate", "seconds", "cycles"), [(0.3, 20, 6), (0.01, 4, 1), (1.0, None, 20)]
)
def test_cycles_are_whole_and_at_least_one(rate, seconds, cycles):
    assert whole_cycles(rate, seconds) == cycles
