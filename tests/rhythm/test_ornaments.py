import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.core.errors import InputError
from tapeloom.rhythm.limbs import sticking
from tapeloom.rhythm.ornaments import ORNAMENTS, SHAPES, Stroke, ornament, roll


@given(st.sampled_from(sorted(ORNAMENTS)), st.floats(0.0, 100.0), st.integers(1, 127),
       st.floats(0.3, 2.0))  # fmt: skip
def test_graces_come_before_and_softer(name, onset_s, velocity, width):
    onsets, velocities = ornament(name, onset_s=onset_s, velocity=velocity, width=width)
    assert len(onsets) == len(velocities) >= 1
    assert onsets[-1] == pytest.approx(onset_s, abs=1e-6)
    assert (np.diff(onsets) > 0).all()
    assert (onsets >= 0).all()
    assert velocities.min() >= 1
    assert velocities[-1] <= velocity
    assert (velocities[:-1] <= velocities[-1]).all()


@pytest.mark.parametrize("name", sorted(ORNAMENTS))
def test_two_hands_play_every_ornament(name):
    onsets, _ = ornament(name, onset_s=1.0, velocity=90)
    assert sticking(onsets.tolist(), ["snare"] * len(onsets)).is_playable


def test_how_many_graces():
    count = {name: len(strokes) - 1 for name, strokes in ORNAMENTS.items()}
    assert (count["flam"], count["drag"], count["ruff"]) == (1, 2, 3)
    assert len(ornament("drag", onset_s=0.0, velocity=90)[0]) == 1


@given(
    st.floats(0.0, 50.0), st.floats(0.05, 4.0), st.integers(10, 127), st.floats(2.0, 24.0),
    st.sampled_from(SHAPES),
)  # fmt: skip
def test_a_roll_fills_its_length_evenly(onset_s, length_s, velocity, speed, shape):
    onsets, velocities = roll(
        onset_s=onset_s, length_s=length_s, velocity=velocity, strokes_per_s=speed, shape=shape
    )
    assert len(onsets) == max(round(length_s * speed), 1)
    assert onsets[0] == pytest.approx(onset_s, abs=1e-6)
    assert onsets[-1] < onset_s + length_s
    if len(onsets) > 1:
        assert np.diff(onsets) == pytest.approx(length_s / len(onsets), abs=2e-6)
    assert 1 <= velocities.min() <= velocities.max() <= velocity


def test_shapes_of_a_roll():
    def levels(shape):
        return roll(onset_s=0, length_s=1, velocity=100, strokes_per_s=9, shape=shape)[1].tolist()

    assert levels("rise") == sorted(levels("rise"))
    assert levels("fall") == sorted(levels("fall"), reverse=True)
    assert set(levels("level")) == {100}
    assert levels("swell").index(100) == 4


def test_fast_rolls_are_playable_by_two_hands():
    onsets, velocities = roll(onset_s=0, length_s=1, velocity=100, strokes_per_s=22, shape="level")
    assert sticking(onsets.tolist(), ["snare"] * len(onsets)).is_playable
    assert velocities[1] < velocities[0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ornament("turn", onset_s=0, velocity=9), "'turn' is no ornament"),
        (lambda: ornament("flam", onset_s=-1, velocity=9), "onset_s is -1"),
        (lambda: ornament("flam", onset_s=float("nan"), velocity=9), "onset_s is nan"),
        (lambda: ornament("flam", onset_s=0, velocity=128), "velocity is 128"),
        (lambda: ornament("flam", onset_s=0, velocity=9, width=9), "width is 9"),
        (lambda: roll(onset_s=0, length_s=0, velocity=9), "length_s is 0"),
        (lambda: roll(onset_s=0, length_s=1, velocity=9, strokes_per_s=99), "strokes_per_s is 99"),
        (lambda: roll(onset_s=0, length_s=1, velocity=9, shape="zig"), "'zig'"),
        (lambda: Stroke(-999, 0.5), "offset_ms is -999"),
        (lambda: Stroke(0, 0.0), "level is 0"),
    ],
)
def test_misuse_is_told(call, message):
    with pytest.raises(InputError, match=message):
        call()
