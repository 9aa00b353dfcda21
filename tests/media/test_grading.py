import numpy as np
import pytest
from PIL import Image

from tapeloom.core.errors import InputError
from tapeloom.media.grading import (
    LOOKS,
    ColorGrading,
    grade,
    grade_image,
    graded_palette,
    parse_grading,
)
from tapeloom.media.oklab import to_oklab
from tapeloom.media.palette import PALETTES, contrast, hexadecimal, rgb
from tapeloom.media.scene_design import HOURS

COLOURS = np.random.default_rng(5).random((400, 3)).astype(np.float32)
GREYS = np.repeat(np.linspace(0.08, 0.92, 9, dtype=np.float32)[:, None], 3, axis=1)


def test_the_eight_gradings_have_a_look_each():
    assert list(LOOKS) == list(ColorGrading)
    assert ColorGrading.WARM == "warm"
    assert len(ColorGrading) == 8


@pytest.mark.parametrize("grading", ColorGrading)
def test_a_graded_grey_scale_still_rises(grading):
    light = to_oklab(grade(GREYS, grading))[:, 0]
    assert np.all(np.diff(light) > 0.005)


def test_each_grading_leans_to_its_colour():
    def middle(grading):
        return to_oklab(grade(GREYS[4], grading))

    # OKLab: the first axis runs from green to red, the second from blue to yellow.
    assert middle(ColorGrading.WARM)[2] > 0.03
    assert middle(ColorGrading.COOL)[2] < -0.02
    assert middle(ColorGrading.FOREST)[1] < -0.02
    assert middle(ColorGrading.SUNSET)[1] > 0.05
    assert middle(ColorGrading.CYBERPUNK)[1] > 0.05


def test_noir_is_nearly_grey_and_pastel_never_dark():
    noir, plain = to_oklab(grade(COLOURS, ColorGrading.NOIR)), to_oklab(COLOURS)
    assert (
        np.hypot(noir[:, 1], noir[:, 2]).mean() < 0.35 * np.hypot(plain[:, 1], plain[:, 2]).mean()
    )
    assert to_oklab(grade(np.zeros(3, np.float32), ColorGrading.PASTEL))[0] > 0.15


@pytest.mark.parametrize("grading", ColorGrading)
def test_a_picture_is_graded_as_its_colours_are(grading):
    picture = (COLOURS * 255).round().astype(np.uint8).reshape(20, 20, 3)
    through = np.asarray(grade_image(Image.fromarray(picture), grading), np.float64) / 255
    direct = grade(picture.astype(np.float32) / 255, grading)
    assert np.abs(to_oklab(through) - to_oklab(direct)).mean() < 0.008


@pytest.mark.parametrize("grading", ColorGrading)
def test_letters_stay_readable_on_a_graded_palette(grading):
    for palette in (*PALETTES.values(), *HOURS.values()):
        graded = graded_palette(palette, grading)
        assert contrast(graded.colour("paper"), graded.colour("ink")) > 5.0  # the rule is 4.5
        assert graded.is_night == palette.is_night


def test_gradings_differ_from_each_other():
    sky = rgb("#7f6a9a")
    assert len({hexadecimal(grade(sky, grading)) for grading in ColorGrading}) == 8


def test_an_unknown_grading_is_named_with_the_known_ones():
    assert parse_grading(" Sunset ") is ColorGrading.SUNSET
    with pytest.raises(InputError, match="'sepia' is not known; choose one of warm, cool"):
        parse_grading("sepia")
