import numpy as np
import pytest

from tapeloom.media.canvas import Canvas
from tapeloom.media.palette import rgb
from tapeloom.media.pen import smooth

WHITE, RED = rgb("#ffffff"), rgb("#ff0000")


def test_a_mask_covers_the_area_of_its_shape():
    canvas = Canvas(400, 400)
    disc = canvas.ellipse(0.5, 0.5, 0.25, 0.25)
    assert disc.cover.sum() / 400**2 == pytest.approx(np.pi / 16, rel=0.01)
    square = canvas.rectangle(0.25, 0.25, 0.75, 0.5)
    assert square.cover.sum() / 400**2 == pytest.approx(0.125, rel=0.02)


def test_a_shape_is_the_same_at_any_size():
    small, large = Canvas(100, 100), Canvas(300, 300)
    triangle = [(0.1, 0.1), (0.9, 0.2), (0.4, 0.8)]
    a = small.polygon(triangle).cover.sum() / 100**2
    b = large.polygon(triangle).cover.sum() / 300**2
    assert a == pytest.approx(b, rel=0.02)


def test_paint_covers_and_light_never_burns_out():
    canvas = Canvas(64, 64)
    whole = canvas.rectangle(-0.1, -0.1, 1.1, 1.1)
    canvas.paint(whole, RED)
    np.testing.assert_allclose(canvas.pixels[:, 32, 32], [1, 0, 0])
    canvas.light(whole, WHITE, strength=0.5)
    np.testing.assert_allclose(canvas.pixels[:, 32, 32], [1, 0.5, 0.5])
    for _ in range(20):
        canvas.light(whole, WHITE)
    assert canvas.pixels.max() <= 1.0


def test_half_opaque_paint_meets_in_the_middle():
    canvas = Canvas(64, 64)
    canvas.paint(canvas.rectangle(0, 0, 1, 1), WHITE, opacity=0.5)
    assert canvas.pixels[0, 32, 32] == pytest.approx(0.5)


def test_a_shape_outside_the_picture_changes_nothing():
    canvas = Canvas(70, 70)
    canvas.paint(canvas.ellipse(2.0, 2.0, 0.1, 0.1), WHITE)
    canvas.paint(canvas.polygon([(-3, -3), (-2, -3), (-2, -2)]), WHITE)
    assert not canvas.pixels.any()


def test_blur_keeps_the_light_and_spreads_it():
    canvas = Canvas(200, 200)
    sharp = canvas.ellipse(0.5, 0.5, 0.1, 0.1)
    soft = canvas.ellipse(0.5, 0.5, 0.1, 0.1, blur=0.03)
    assert soft.cover.sum() == pytest.approx(sharp.cover.sum(), rel=0.03)
    assert soft.cover.max() <= sharp.cover.max()
    assert soft.cover.size > sharp.cover.size


def test_a_dark_gradient_shows_no_bands():
    canvas = Canvas(256, 256)
    canvas.gradient([(0.0, rgb("#101018")), (1.0, rgb("#14141c"))])
    image = np.asarray(canvas.finish(np.random.default_rng(0), grain=0.0), np.float64)
    # Rounding with noise keeps the mean of every row between the steps of 8 bits.
    rows = image[:, 96:160, 2].mean(axis=1)
    assert len(np.unique(np.round(rows, 2))) > 40


def test_a_smooth_curve_passes_through_its_points():
    points = [(0.0, 0.0), (0.5, 0.3), (1.0, 0.0)]
    curve = np.array(smooth(points))
    for x, y in points:
        assert np.hypot(curve[:, 0] - x, curve[:, 1] - y).min() < 1e-9
