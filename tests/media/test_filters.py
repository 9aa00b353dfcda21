import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.media.filters import (
    FILTERS,
    apply_filters,
    chromatic_shift,
    dither,
    grain,
    halation,
    palette_dither,
    scan_lines,
    vhs,
    vignette,
)

RNG = np.random.default_rng


def ramp(h=54, w=96):
    across = np.linspace(30, 220, w)
    return np.repeat(np.repeat(across[None, :, None], h, 0), 3, 2).astype(np.uint8)


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_is_pure_and_nothing_at_zero(name):
    picture = ramp()
    kept = picture.copy()
    once, twice = (FILTERS[name](picture, 0.7, RNG(3)) for _ in range(2))
    assert np.array_equal(once, twice)
    assert np.array_equal(picture, kept)
    assert once.shape == picture.shape
    assert once.dtype == np.uint8
    assert np.abs(once.astype(int) - picture).mean() > 0.1
    assert np.array_equal(FILTERS[name](picture, 0.0, RNG(3)), picture)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (9, 2), (37, 53)])
def test_a_filter_takes_any_size(name, size):
    picture = np.full((*size, 3), 120, np.uint8)
    assert FILTERS[name](picture, 1.0, RNG(0)).shape == picture.shape


@pytest.mark.parametrize("name", ["grain", "scan_lines", "vhs", "dither"])
def test_brightness_is_kept(name):
    filtered = FILTERS[name](ramp(540, 96), 0.5, RNG(1))
    assert filtered.mean() == pytest.approx(ramp().mean(), rel=0.04)


def test_grain_grows_with_its_amount_and_is_strongest_in_the_middle():
    flat = [np.full((120, 120, 3), value, np.uint8) for value in (8, 128)]
    dark, middle = (grain(picture, 0.5, RNG(2)).std() for picture in flat)
    assert middle > 1.5 * dark
    assert grain(flat[1], 1.0, RNG(2)).std() > 1.7 * middle


def test_scan_lines_run_across_and_repeat():
    lined = scan_lines(np.full((540, 40, 3), 128, np.uint8), 1.0, RNG(0)).astype(int)
    assert lined.std(axis=1).max() == 0
    assert np.array_equal(lined[:538], lined[2:])


def test_chromatic_shift_parts_red_and_blue_about_the_middle():
    picture = np.zeros((200, 200, 3), np.uint8)
    picture[:, 180:184] = 255
    row = chromatic_shift(picture, 1.0, RNG(0))[100].astype(float)
    red, green, blue = (np.arange(200) @ row) / row.sum(axis=0)
    assert green - blue == pytest.approx(0.82, abs=0.1)
    assert red - green == pytest.approx(0.82, abs=0.1)
    middle = np.zeros((200, 201, 3), np.uint8)
    middle[:, 100] = 255
    assert set(np.argmax(chromatic_shift(middle, 1.0, RNG(0))[100], axis=0)) == {100}


def test_halation_makes_a_red_halo_round_a_light_and_leaves_the_dark():
    picture = np.zeros((240, 240, 3), np.uint8)
    picture[110:130, 110:130] = 255
    haloed = halation(picture, 1.0, RNG(0)).astype(int)
    beside = haloed[120, 134]
    assert beside[0] > beside[1] > beside[2]
    assert haloed[5, 5].max() == 0


def test_a_tape_blurs_colour_more_than_brightness():
    picture = np.zeros((60, 300, 3), np.uint8)
    picture[:, 150:] = (200, 40, 40)
    played = vhs(picture, 0.8, RNG(4)).astype(float)[:50]
    luma = played @ [0.299, 0.587, 0.114]
    colour = played[..., 0] - luma
    far = slice(138, 148)
    full = slice(220, 290)
    assert colour[:, 151:156].mean() < 0.8 * colour[:, full].mean()
    assert luma[:, far].mean() < 0.2 * luma[:, full].mean()


def test_dither_leaves_few_colours_with_the_same_mean():
    flat = np.full((64, 64, 3), 100, np.uint8)
    few = dither(flat, 1.0, RNG(0))
    assert len(np.unique(few)) == 2
    assert few.mean() == pytest.approx(100, abs=3)


def test_a_vignette_darkens_corners_only():
    shaded = vignette(np.full((90, 160, 3), 200, np.uint8), 1.0, RNG(0))
    assert shaded[45, 80].min() >= 199
    assert shaded[0, 0].max() < 40


def test_a_palette_dither_uses_only_its_colours():
    colours = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 1]], np.float32)
    picture = palette_dither(ramp(), colours)
    known = {(0, 0, 0), (255, 0, 0), (255, 255, 255)}
    assert {tuple(row) for row in picture.reshape(-1, 3).tolist()} <= known
    assert picture[:, :10].mean() < picture[:, -10:].mean()
    with pytest.raises(InputError, match="must be"):
        palette_dither(ramp(), np.zeros((0, 3), np.float32))


def test_filters_follow_each_other_and_the_unknown_is_refused():
    both = apply_filters(ramp(), {"vignette": 0.5, "scan_lines": 0.5}, RNG(0))
    by_hand = scan_lines(vignette(ramp(), 0.5, RNG(0)), 0.5, RNG(0))
    assert np.array_equal(both, by_hand)
    with pytest.raises(InputError, match="filter 'blur' is not known; choose one of grain"):
        apply_filters(ramp(), {"blur": 1.0}, RNG(0))
    with pytest.raises(InputError, match=r"amount is 1\.5"):
        grain(ramp(), 1.5, RNG(0))
    with pytest.raises(InputError, match="must be"):
        grain(np.zeros((4, 4), np.uint8), 0.5, RNG(0))
