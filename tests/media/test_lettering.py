import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeloom.media.lettering import (
    SUBTITLE_FACES,
    TITLE_FACES,
    _letters_of,
    lowest_contrast,
    missing_characters,
    printable,
    set_subtitle,
    set_title,
)
from tapeloom.media.palette import rgb

PLACE = {"size": 700, "left": 0.075, "width": 0.85, "base": 0.87}


def test_each_script_gets_a_face_that_has_its_letters():
    assert printable("Rainy Night", TITLE_FACES)[1] == TITLE_FACES[0]
    for text in ("Дождливая ночь", "Βροχερή νύχτα", "Zażółć gęślą"):
        kept, face = printable(text, TITLE_FACES)
        assert kept == text
        assert face == TITLE_FACES[1]


def test_what_no_face_can_draw_is_left_out_or_made_plain():
    assert printable("Rain 🌧 雨", TITLE_FACES)[0] == "Rain"
    assert printable("Ａｂｃ ①", TITLE_FACES)[0] == "Abc 1"
    assert missing_characters("Rain 🌧 雨雨") == "🌧雨"
    assert missing_characters("Zażółć") == ""


@given(st.text(max_size=120))
def test_any_text_is_set_with_letters_that_exist_inside_its_place(text):
    kept, face = printable(text, TITLE_FACES)
    assert all(ord(c) in _letters_of(face) for c in kept)
    for setting in (set_title(text, **PLACE), set_subtitle(text, **PLACE)):
        if setting is None:
            continue
        mask = setting.mask(700)
        drawn = np.flatnonzero(mask.max(axis=0) > 0)
        if len(drawn):
            assert drawn.max() <= (0.925 + 0.02) * 700
        assert len(setting.lines) <= 3


@pytest.mark.parametrize("words", [1, 3, 6, 12, 40])
def test_a_title_stays_below_the_picture(words):
    setting = set_title(" ".join(["Rooftop"] * words), **PLACE)
    rows = np.flatnonzero(setting.mask(700).max(axis=1) > 0.1)
    assert rows.min() / 700 > 0.72
    assert rows.max() / 700 < 0.92


def test_one_endless_word_is_cut_with_an_ellipsis():
    setting = set_title("a" * 400, **PLACE)
    assert setting.lines[-1].endswith("…")


def test_short_titles_are_set_larger_than_long_ones():
    short = set_title("Rain", **PLACE)
    long = set_title("An Evening of Rain on the Roofs of a Small Old Town", **PLACE)
    assert short.height > 1.5 * long.height


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


def test_a_subtitle_is_one_line_that_fits():
    setting = set_subtitle("peaceful, melancholic and dreamy · " * 5, **PLACE)
    assert len(setting.lines) == 1
    assert setting.lines[0].endswith("…")
    assert setting.face == SUBTITLE_FACES[0]
