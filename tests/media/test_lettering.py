"""Lines that balance and fit, and a ground on which they can be read."""

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapeloom.media.canvas import Canvas
from tapeloom.media.fonts import SUBTITLE_FACES, TITLE_FACES, can_shape, user_face
from tapeloom.media.lettering import (
    MIN_CONTRAST,
    Place,
    balance,
    fit,
    lowest_contrast,
    pieces,
    write,
)
from tapeloom.media.palette import contrast, rgb

PLACE = Place(50, 400, 650, 620)
SIZES = {"tallest": 100.0, "smallest": 30.0}


def edges(setting):
    """Return left, top, right and bottom of what is drawn, in pixels."""
    mask = setting.mask()
    rows, columns = (np.flatnonzero(mask.cover.max(axis=axis) > 0.1) for axis in (1, 0))
    return (mask.left + columns[0], mask.top + rows[0],
            mask.left + columns[-1], mask.top + rows[-1])  # fmt: skip


@settings(max_examples=40)
@given(st.text(min_size=1, max_size=120))
def test_any_text_is_set_inside_its_place(text):
    for faces, lines in ((TITLE_FACES, 3), (SUBTITLE_FACES, 1)):
        setting = fit(text, faces, PLACE, **SIZES, most_lines=lines)
        if setting is None or not setting.mask().cover.any():
            continue
        left, _, right, bottom = edges(setting)
        assert len(setting.lines) <= lines
        assert left > PLACE.left - 0.25 * setting.height
        assert right < PLACE.right + 0.25 * setting.height
        assert bottom < PLACE.bottom + 0.35 * setting.height


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_lines_stand_where_they_are_asked_to(align):
    place = Place(50, 400, 650, 620, align=align)
    left, top, right, bottom = edges(fit("Rooftop in the Rain", TITLE_FACES, place, **SIZES))
    if align == "left":
        assert abs(left - 50) < 8
    if align == "right":
        assert abs(right - 650) < 8
    if align == "center":
        assert abs((left + right) / 2 - 350) < 5
    assert top > 395
    assert bottom < 622


def test_short_titles_are_set_larger_than_long_ones_and_lines_are_even():
    short = fit("Rain", TITLE_FACES, PLACE, **SIZES)
    long = fit("An Evening of Rain on the Roofs of a Small Old Town", TITLE_FACES, PLACE, **SIZES)
    assert short.height > 1.5 * long.height
    assert not long.cut
    lengths = [len(line) for line in long.lines]
    assert max(lengths) < 1.6 * min(lengths)


def test_what_does_not_fit_is_shortened_and_says_so():
    setting = fit("a" * 400, TITLE_FACES, PLACE, **SIZES)
    assert setting.cut
    assert setting.lines[-1].endswith("…")
    words = fit("rooftop evening " * 30, TITLE_FACES, PLACE, **SIZES)
    assert words.cut
    assert words.height >= SIZES["smallest"]
    assert words.lines[-1].endswith("…")


def test_lines_of_japanese_break_between_letters_but_not_before_a_stop():
    parts = pieces("雨の夜、街。")
    assert parts == ["雨", "の", "夜、", "街。"]
    assert balance(parts, [1, 1, 2, 2], 2) == ["雨の夜、", "街。"] or balance(
        parts, [1, 1, 2, 2], 2
    ) == ["雨の", "夜、街。"]
    assert pieces("밤 비") == ["밤 ", "비"]
    assert pieces("") == []


@pytest.mark.skipif(not can_shape(), reason="this Pillow has no libraqm")
def test_arabic_runs_from_right_to_left():
    face = user_face(__import__("pathlib").Path(mpl.get_data_path()) / "fonts/ttf/DejaVuSans.ttf")
    setting = fit("ليل", (face,), PLACE, **SIZES)
    assert setting.shaped
    assert setting.align == "right"
    assert abs(edges(setting)[2] - 650) < 12
    # Joined letters are narrower than the same letters apart.
    apart = sum(fit(c, (face,), PLACE, tallest=setting.height).width for c in "ليل")
    assert setting.width < apart


@pytest.mark.parametrize(("ground", "ink", "behind"), [
    (0.95, "#fff4e2", "#221c38"), (0.05, "#fff4e2", "#221c38"), (0.1, "#16132a", "#fff4e2"),
    (0.5, "#fff4e2", "#221c38"),
])  # fmt: skip
def test_letters_are_read_on_any_ground(ground, ink, behind):
    canvas = Canvas(700, 700)
    canvas.pixels[:] = ground
    setting = fit("Noon", TITLE_FACES, PLACE, **SIZES)
    letters = write(canvas, setting, rgb(ink), rgb(behind))
    h, w = letters.cover.shape
    seen = canvas.pixels[:, letters.top : letters.top + h, letters.left : letters.left + w]
    near = (letters.cover < 0.01) & (shifted(letters.cover) > 0.5)
    assert contrast(rgb(ink), seen[:, near].T).min() > MIN_CONTRAST
    assert np.abs(seen[:, letters.cover > 0.99].T - rgb(ink)).max() < 0.01
    assert np.abs(canvas.pixels[:, :300] - ground).max() < 1e-6  # far away nothing changes


def shifted(cover):
    """Return the letters grown by two pixels."""
    grown = cover.copy()
    for x, y in ((2, 0), (-2, 0), (0, 2), (0, -2)):
        grown = np.maximum(grown, np.roll(cover, (y, x), (0, 1)))
    return grown


def test_the_lowest_contrast_is_that_of_the_worst_pixel_near_the_letters():
    ground = np.zeros((3, 64, 64), np.float32)
    letters = np.zeros((64, 64), np.float32)
    letters[20:40, 20:40] = 1
    assert lowest_contrast(ground, letters, rgb("#ffffff")) == pytest.approx(21)
    ground[:, 30, 30] = 0.5
    assert lowest_contrast(ground, letters, rgb("#ffffff")) < 5
    ground[:] = 0
    ground[:, 5, 5] = 1  # far from the letters
    assert lowest_contrast(ground, letters, rgb("#ffffff")) == pytest.approx(21)
    assert lowest_contrast(ground, np.zeros_like(letters), rgb("#ffffff")) == pytest.approx(21)


def test_a_text_without_letters_is_not_set():
    assert fit("🌧", TITLE_FACES, PLACE, **SIZES) is None
    assert fit("", TITLE_FACES, PLACE, **SIZES) is None
