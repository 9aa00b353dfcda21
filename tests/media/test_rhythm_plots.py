import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tapeloom.core.errors import InputError
from tapeloom.media.feel_plot import FeelPanel, plot_feels
from tapeloom.media.wheels import plot_wheels, symmetry_axes
from tapeloom.rhythm.necklaces import Rhythm, reflect, rotate
from tapeloom.rhythm.timelines import timeline


def test_wheels_are_drawn_and_the_same_each_time(tmp_path):
    rhythm = timeline("son32").rhythm
    wheels = [("son", rhythm, "Cuba", "even"), ("tresillo", timeline("tresillo").rhythm, "", "")]
    for name in ("a.png", "b.png"):
        plot_wheels(wheels, tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    with Image.open(tmp_path / "a.png") as image:
        colours = np.asarray(image.convert("RGB")).reshape(-1, 3)
    assert (np.abs(colours.astype(int) - (0xFF, 0xE9, 0xC2)).sum(axis=1) < 12).sum() > 100


def test_a_shiko_is_symmetric_about_its_first_pulse_and_a_soukous_about_nothing():
    assert symmetry_axes(timeline("shiko").rhythm) == (0.0,)
    assert symmetry_axes(timeline("soukous").rhythm) == ()


@given(st.integers(2, 16).flatmap(lambda n: st.tuples(
    st.just(n), st.sets(st.integers(0, n - 1), min_size=1))), st.integers(0, 15))  # fmt: skip
def test_axes_turn_with_the_rhythm(drawn, steps):
    n, onsets = drawn
    rhythm = Rhythm(tuple(sorted(onsets)), n)
    axes = symmetry_axes(rhythm)
    assert len(symmetry_axes(rotate(rhythm, steps))) == len(axes)
    assert len(symmetry_axes(reflect(rhythm))) == len(axes)


def test_feels_are_drawn(tmp_path):
    rng = np.random.default_rng(1)
    drums = {"kick": rng.normal(0, 5, 200).tolist(), "snare": rng.normal(15, 5, 200).tolist()}
    panels = [FeelPanel("dusty", "swing 58%", drums), FeelPanel("nobody", "", {})]
    plot_feels(panels, tmp_path / "feels.png", columns=2)
    with Image.open(tmp_path / "feels.png") as image:
        assert image.width > image.height


@pytest.mark.parametrize(("count", "columns"), [(0, 6), (61, 6), (1, 0), (1, 13)])
def test_too_many_wheels_or_none_are_refused(tmp_path, count, columns):
    wheels = [("x", Rhythm.parse("x..x"), "", "")] * count
    with pytest.raises(InputError, match=r"wheels|columns"):
        plot_wheels(wheels, tmp_path / "x.png", columns=columns)


def test_no_panel_is_refused(tmp_path):
    with pytest.raises(InputError, match="panels"):
        plot_feels([], tmp_path / "x.png")
