import numpy as np
import pytest

from tapeloom.media.palette import (
    PALETTES,
    choose_palette,
    contrast,
    hexadecimal,
    luminance,
    mix,
    ramp,
    rgb,
)


def test_black_on_white_has_the_greatest_contrast_that_wcag_knows():
    assert contrast(rgb("#000000"), rgb("#ffffff")) == pytest.approx(21.0)
    # The grey that WCAG's own examples give as just passing AA on white.
    assert contrast(rgb("#767676"), rgb("#ffffff")) == pytest.approx(4.54, abs=0.01)


def test_luminance_is_that_of_the_standard_for_pure_colours():
    assert luminance(rgb("#ff0000")) == pytest.approx(0.2126)
    assert luminance(rgb("#00ff00")) == pytest.approx(0.7152)


@pytest.mark.parametrize("text", ["#000000", "#ffffff", "#123456", "#f0a0c3"])
def test_a_colour_survives_the_way_through_oklab(text):
    assert hexadecimal(mix(rgb(text), rgb("#808080"), 0.0)) == text
    assert hexadecimal(mix(rgb("#808080"), rgb(text), 1.0)) == text


def test_the_middle_of_a_gradient_lies_between_its_ends_in_lightness():
    dark, light = rgb("#101040"), rgb("#ffe0a0")
    steps = luminance(ramp([(0.0, dark), (1.0, light)], np.linspace(0, 1, 50)))
    assert np.all(np.diff(steps) > 0)


@pytest.mark.parametrize("name", PALETTES)
def test_titles_read_on_the_ground_of_every_palette(name):
    palette = PALETTES[name]
    assert contrast(palette.colour("paper"), palette.colour("ink")) > 9


def test_night_is_dark_and_morning_is_not():
    rng = np.random.default_rng(1)
    nights = [choose_palette(["night"], brightness=0.3, rng=rng) for _ in range(60)]
    mornings = [choose_palette(["morning"], brightness=0.6, rng=rng) for _ in range(60)]
    assert sum(palette.is_night for palette in nights) > 50
    assert sum(palette.is_night for palette in mornings) < 10
