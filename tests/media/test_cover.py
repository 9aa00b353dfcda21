from itertools import cycle

import numpy as np
import pytest

from tapeloom.core.errors import InputError
from tapeloom.core.mood import MOODS
from tapeloom.core.mood import SCENES as PLACES
from tapeloom.media import cover, draw_cover, paint_cover
from tapeloom.media.cover import CoverDesign
from tapeloom.media.palette import PALETTES, contrast
from tapeloom.media.scenes import SCENES, SUITS

SIZE = 240


def design(picture="window", palette="rain_teal", weather=("rain",), side=1, seed=5):
    return CoverDesign(picture, palette, weather, side, seed)


@pytest.mark.parametrize("picture", SCENES)
@pytest.mark.parametrize("weather", [("rain",), ("snow",)])
def test_every_picture_is_painted_in_every_weather(picture, weather):
    image = paint_cover(design(picture, "plum", weather, -1), title="A", subtitle="b", size=SIZE)
    pixels = np.asarray(image, np.float64)
    assert image.size == (SIZE, SIZE)
    assert image.mode == "RGB"
    assert pixels.std() > 15  # something is seen


@pytest.mark.parametrize(
    ("palette", "picture"),
    # Every palette and every picture, and the palest palette for every picture.
    [*zip(PALETTES, cycle(SCENES), strict=False), *(("mint", picture) for picture in SCENES)],
)
def test_the_title_reads_on_the_finished_picture(palette, picture, monkeypatch):
    seen = []
    write = cover.write

    def record(canvas, setting, colour, ink):
        drawn = write(canvas, setting, colour, ink)
        letters = np.zeros((canvas.height, canvas.width), np.float32)
        h, w = drawn.cover.shape
        letters[drawn.top : drawn.top + h, drawn.left : drawn.left + w] = drawn.cover
        seen.append((letters, colour))

    monkeypatch.setattr(cover, "write", record)
    weather = ("snow",) if palette == "snow_blue" else ()
    title = "A Rather Long Title of a Rainy Winter Evening"
    image = paint_cover(design(picture, palette, weather), title=title, subtitle="x", size=480)
    pixels = np.asarray(image, np.float64) / 255
    for letters, _ in seen:
        solid = letters > 0.99
        rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
        box = (slice(rows[0], rows[-1]), slice(columns[0], columns[-1]))
        ground = pixels[box][letters[box] < 0.01]
        # Grain is no letter: the ground is taken bright, the letters at their mean.
        ratio = contrast(pixels[solid].mean(axis=0), np.percentile(ground, 99, axis=0))
        assert ratio >= 4.5


def test_a_bright_ground_is_shaded_until_the_title_reads(monkeypatch):
    def noon(stage):
        stage.canvas.pixels[:] = 0.93

    monkeypatch.setitem(SCENES, "window", noon)
    plain = np.asarray(paint_cover(design(), title="", subtitle="", size=SIZE), np.float64)
    titled = np.asarray(paint_cover(design(), title="Noon", subtitle="", size=SIZE), np.float64)
    assert titled[170:226, 18:100].min() < 60 < plain[170:226, 18:100].min()
    assert np.abs(plain[:80] - titled[:80]).max() == 0  # far from the title nothing changes


def test_the_same_design_gives_the_same_bytes():
    words = {"title": "Rain", "subtitle": "peaceful", "size": SIZE}
    assert paint_cover(design(), **words).tobytes() == paint_cover(design(), **words).tobytes()
    other = paint_cover(design(seed=6), **words)
    assert paint_cover(design(), **words).tobytes() != other.tobytes()


def test_the_same_seed_draws_the_same_design():
    def draw(seed):
        return draw_cover(
            moods=["dreamy"], scenes=["night"], brightness=0.4, rng=np.random.default_rng(seed)
        )

    assert draw(3) == draw(3)
    assert len({(draw(seed).picture, draw(seed).palette) for seed in range(40)}) > 4


def test_words_steer_what_is_drawn():
    def share(picture, **words):
        rng = np.random.default_rng(0)
        brief = {"moods": [], "scenes": [], "brightness": 0.4} | words
        return np.mean([draw_cover(**brief, rng=rng).picture == picture for _ in range(100)])

    assert share("desk", scenes=["study"]) > 0.6
    assert share("city", scenes=["city"]) > 0.8
    assert share("window", scenes=["rain"]) > 0.6
    rng = np.random.default_rng(0)
    snowy = draw_cover(moods=[], scenes=["winter"], brightness=0.4, rng=rng)
    assert snowy.weather == ("snow",)


def test_every_word_of_the_vocabulary_suits_a_picture_and_a_palette():
    for word in (*MOODS, *PLACES):
        assert set(SUITS[word]) <= set(SCENES)
        assert any(word in palette.suits for palette in PALETTES.values())


def test_the_picture_is_calm_and_dark_under_the_title():
    for picture in SCENES:
        image = paint_cover(design(picture, "ember", ()), title="", subtitle="", size=SIZE)
        below = np.asarray(image, np.float64)[int(0.76 * SIZE) :]
        assert below.mean() < 70
        assert below.std() < 22


@pytest.mark.parametrize("title", ["", "🌧", "雨の夜", "a" * 300, "é ł ß Ж", "Rain\u0301 \u200b"])
def test_any_title_is_painted(title):
    paint_cover(design(), title=title, subtitle=title, size=SIZE)


@pytest.mark.parametrize("size", [63, 6001])
def test_a_size_beyond_reason_is_refused(size):
    with pytest.raises(InputError, match=f"size is {size}; it must lie between 64 and 6000"):
        paint_cover(design(), title="", subtitle="", size=size)


def test_a_design_names_what_exists():
    with pytest.raises(InputError, match="'moon base' is not known; choose one of window"):
        design(picture="moon base")
    with pytest.raises(InputError, match="'pink' is not known"):
        design(palette="pink")


def test_a_cover_in_full_size():
    cover = paint_cover(design(), title="Rainy Night", subtitle="peaceful", size=1400)
    assert cover.size == (1400, 1400)
