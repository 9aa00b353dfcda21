"""Scenes: every one in every format, hour and weather; loops without a seam; goldens."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tapeloom.core.errors import InputError
from tapeloom.media.grading import ColorGrading
from tapeloom.media.layers import Camera
from tapeloom.media.oklab import to_oklab
from tapeloom.media.scene_design import (
    SceneDesign,
    compose_scene,
    paint_scene,
    scene_frames,
    scene_layers,
)
from tapeloom.media.scenes import SCENES
from tapeloom.media.stage import TimeOfDay, Weather

FORMATS = ((160, 90), (96, 96), (90, 160))
GOLDENS = Path(__file__).with_name("goldens.json")


def lab(image):
    return to_oklab(np.asarray(image, np.float64) / 255)


def seen(design, size=FORMATS[0]):
    return np.asarray(paint_scene(design, *size, grain=0.0), np.float64)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("size", FORMATS)
def test_every_scene_fills_every_format(scene, size):
    side = 1 if size[0] > size[1] else -1
    image = paint_scene(SceneDesign(scene, TimeOfDay.DUSK, side=side, seed=2), *size)
    assert image.size == size
    assert image.mode == "RGB"
    pixels = np.asarray(image, np.float64)
    assert pixels.std() > 15  # something is seen
    assert pixels[:, -1].max() > 4  # and it reaches the edges
    assert pixels[0].max() > 4


@pytest.mark.parametrize("scene", SCENES)
def test_the_calm_area_is_calmer_than_the_rest(scene):
    for w, h in ((240, 135), (160, 160), (135, 240)):
        design = SceneDesign(scene, TimeOfDay.NIGHT, seed=4)
        light = lab(paint_scene(design, w, h, grain=0.0))[..., 0]
        edges = np.abs(np.diff(light, axis=1))
        left, top, right, bottom = design.layout(w, h).calm
        rows = slice(int(top * h), int(bottom * h))
        calm = edges[rows, int(left * w) : int(right * w)].mean()
        if w > h:  # in a wide picture words stand beside the focal point
            assert calm < edges[rows, int((1 - right) * w) : int((1 - left) * w)].mean()
        else:
            assert calm < 0.7 * edges[: rows.start].mean()


@pytest.mark.parametrize("size", FORMATS)
def test_the_focal_point_changes_sides_and_keeps_off_the_calm_area(size):
    right, left = (SceneDesign("city", side=side).layout(*size) for side in (1, -1))
    assert right.focus[0] + left.focus[0] == pytest.approx(1)
    assert right.focus[1] == left.focus[1]
    for layout in (right, left):
        x0, y0, x1, y1 = layout.calm
        assert not (x0 < layout.focus[0] < x1 and y0 < layout.focus[1] < y1)


@pytest.mark.parametrize("scene", SCENES)
def test_day_is_brighter_than_night(scene):
    day, night = (
        seen(SceneDesign(scene, time)).mean() for time in (TimeOfDay.DAY, TimeOfDay.NIGHT)
    )
    assert day > 1.15 * night


@pytest.mark.parametrize("scene", SCENES)
def test_weather_seed_and_grading_change_the_picture(scene):
    plain = SceneDesign(scene, TimeOfDay.DUSK, seed=1)
    size = (96, 64)
    first = seen(plain, size)
    for other in (
        replace(plain, weather=Weather.FOG),
        replace(plain, weather=Weather.SNOW, grading=ColorGrading.NOIR),
        replace(plain, seed=2),
    ):
        assert np.abs(first - seen(other, size)).mean() > 0.15


def test_the_same_design_gives_the_same_picture():
    design = SceneDesign("cafe", TimeOfDay.DUSK, Weather.RAIN, seed=8)
    assert np.array_equal(paint_scene(design, 96, 64), paint_scene(design, 96, 64))


@pytest.mark.parametrize("scene", SCENES)
def test_a_loop_begins_with_the_still_picture_moves_and_has_no_seam(scene):
    design = SceneDesign(scene, TimeOfDay.NIGHT, Weather.CLEAR, seed=3)
    layers = scene_layers(design, 112, 64, loop_s=4.0)
    assert np.array_equal(layers.frame(0.0), layers.frame(1.0))
    near = [layers.frame(k / 96).astype(int) for k in (-2, -1, 0, 1, 2)]
    assert np.abs(seen(design, (112, 64)) - near[2]).mean() < 2.5
    steps = [np.abs(a - b).mean() for a, b in pairwise(near)]
    assert max(steps[1:3]) < 2.0 * max(steps[0], steps[3]) + 0.05
    assert np.abs(near[2] - layers.frame(0.37).astype(int)).mean() > 0.05


def test_the_camera_comes_back_too():
    camera = Camera()
    boxes = np.array([camera.box(phase, 1920, 1080) for phase in np.linspace(0, 1, 241)])
    np.testing.assert_allclose(boxes[0], boxes[-1], atol=1e-9)
    assert boxes[:, :2].min() > 0  # it never sees past the picture's edge
    assert boxes[:, 2].max() < 1920
    assert boxes[:, 3].max() < 1080
    assert np.abs(np.diff(boxes, axis=0)).max() < 0.6  # less than a pixel a frame


def test_frames_come_in_number_size_and_kind():
    frames = list(scene_frames(SceneDesign("desk"), 96, 64, 5, rate=5.0))
    assert len(frames) == 5
    assert all(frame.shape == (64, 96, 3) and frame.dtype == np.uint8 for frame in frames)
    steady = list(scene_frames(SceneDesign("desk"), 96, 64, 2, rate=2.0, breathing=False))
    assert np.abs(frames[0].astype(int) - steady[0]).mean() > 0  # the camera looks a little closer


def test_what_stands_in_front_hides_what_moves_behind():
    canvas = compose_scene(SceneDesign("window", weather=Weather.RAIN), 160, 90, loop_s=4.0)
    rain = next(m for m in canvas.moving if type(m.motion).__name__ == "Falling")
    hidden = rain.seen < 0.05 * rain.seen.max()
    h, w = hidden.shape
    x = int(0.68 * 160 - rain.motion.left)
    assert hidden[h * 3 // 4, x - 2 : x + 2].all()  # not through the cat
    assert hidden[h // 3, w // 4 : w * 3 // 4].mean() < 0.3  # but through the panes above it


def test_a_loop_of_another_length_keeps_its_speed():
    short, long = (
        compose_scene(SceneDesign("desk"), 96, 64, loop_s=seconds).moving for seconds in (20, 80)
    )
    cycles = [[m.motion.cycles for m in moving if hasattr(m.motion, "cycles")]
              for moving in (short, long)]  # fmt: skip
    assert cycles[0]
    assert all(b == pytest.approx(4 * a, rel=0.35) for a, b in zip(*cycles, strict=True))


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_looks_as_it_was_approved(scene):
    # Made by `python -m tests.media.make_goldens` and looked at; the eye sees about 0.02.
    golden = np.array(json.loads(GOLDENS.read_text())[scene], np.uint8)
    design = SceneDesign(scene, TimeOfDay.DUSK, seed=11)
    small = paint_scene(design, 192, 108, grain=0.0).resize((16, 9), Image.Resampling.BOX)
    difference = np.linalg.norm(lab(small) - lab(golden), axis=-1)
    assert difference.mean() < 0.02
    assert difference.max() < 0.12


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"scene": "moon base"}, "scene 'moon base' is not known; choose one of window"),
        ({"scene": "city", "palette": "pink"}, "palette 'pink' is not known"),
        ({"scene": "city", "side": 0}, "side is 0"),
    ],
)
def test_a_design_names_what_exists(words, message):
    with pytest.raises(InputError, match=message):
        SceneDesign(**words)


def test_sizes_and_loops_beyond_reason_are_refused():
    with pytest.raises(InputError, match="width is 63; it must lie between 64 and 6000"):
        paint_scene(SceneDesign("city"), 63, 100)
    with pytest.raises(InputError, match="height is 6001"):
        paint_scene(SceneDesign("city"), 100, 6001)
    with pytest.raises(InputError, match=r"loop_s is 0\.5"):
        scene_layers(SceneDesign("city"), 96, 64, loop_s=0.5)
    with pytest.raises(InputError, match="frames is 0"):
        list(scene_layers(SceneDesign("city"), 96, 64).frames(0))
