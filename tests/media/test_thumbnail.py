"""Thumbnails: read at any size, clear of YouTube's badge, under 2 MB."""

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tapeloom.core.errors import InputError
from tapeloom.media import ColorGrading, ThumbnailConfig, ThumbnailGenerator
from tapeloom.media.oklab import to_oklab
from tapeloom.media.palette import contrast
from tapeloom.media.sheet import BADGE_HEIGHT, BADGE_WIDTH
from tapeloom.media.stage import TimeOfDay, Weather
from tapeloom.media.thumbnail import MAX_BYTES, lay_out
from tapeloom.media.thumbnail_layouts import LAYOUTS, ThumbnailStyle
from tests.media.make_thumbnail_goldens import GOLDENS, plain_picture, small

HARD = (
    ThumbnailConfig("Rainy Night in the Old Town", "beats to sleep to", ColorGrading.NOIR,
                    scene="window", weather=Weather.RAIN),
    ThumbnailConfig("Summer", "", ColorGrading.PASTEL, scene="beach", time=TimeOfDay.DAY, side=-1),
)  # fmt: skip


@pytest.mark.parametrize("style", ThumbnailStyle)
@pytest.mark.parametrize("config", HARD, ids=["night", "day"])
def test_every_layout_can_be_read_and_keeps_off_the_badge(style, config, tmp_path):
    config = replace(config, style=style)
    sheet = lay_out(config)
    image = sheet.canvas.finish(np.random.default_rng(1), grain=0.006, vignette=0.0)
    pixels = np.asarray(image, np.float64) / 255
    assert image.size == (1280, 720)
    badge = np.zeros((720, 1280), bool)
    badge[round((1 - BADGE_HEIGHT) * 720) :, 1280 - round(BADGE_WIDTH * 720) :] = True
    assert len(sheet.letters) == (2 if config.subtitle_text or style == "corner-badge" else 1)
    for mask in sheet.letters:
        whole = np.zeros((720, 1280), np.float32)
        h, w = mask.cover.shape
        whole[mask.top : mask.top + h, mask.left : mask.left + w] = mask.cover
        rows, columns = np.flatnonzero(whole.any(axis=1)), np.flatnonzero(whole.any(axis=0))
        assert rows[0] > 20
        assert rows[-1] < 700
        assert columns[0] > 20
        assert columns[-1] < 1260
        assert not whole[badge].any()
        solid = whole > 0.99
        grown = np.maximum.reduce(
            [np.roll(solid, (y, x), (0, 1)) for x in (-3, 3) for y in (-3, 3)]
        )
        ground = pixels[grown & (whole < 0.01)]
        # Grain is no letter: the ground is taken at its extremes, the letters at their mean.
        worst = min(
            contrast(pixels[solid].mean(axis=0), np.percentile(ground, at, axis=0))
            for at in (1, 99)
        )
        assert worst >= 4.5
    title = sheet.settings[0]
    # At 168 pixels of width the title's letters stand at least 7 pixels high.
    assert 0.72 * title.height * 168 / 1280 >= 7


def test_the_promised_call_works(tmp_path):
    made = ThumbnailGenerator().generate_thumbnail(
        ThumbnailConfig(title_text="Rainy Night", subtitle_text="lo-fi",
                        color_grading=ColorGrading.WARM)
    )  # fmt: skip
    path = made.save(tmp_path / "thumbnail.png")
    with Image.open(path) as image:
        assert (image.size, image.format) == ((1280, 720), "PNG")
        assert np.array_equal(np.asarray(image.convert("RGB")), np.asarray(made.image))
    assert path.stat().st_size < MAX_BYTES
    again = ThumbnailGenerator().generate_thumbnail(made.config)
    assert again.image.tobytes() == made.image.tobytes()
    warm, cool = (np.asarray(x, float).mean(axis=(0, 1)) for x in (
        made.image,
        ThumbnailGenerator().generate_thumbnail(
            replace(made.config, color_grading=ColorGrading.COOL)
        ).image,
    ))  # fmt: skip
    assert warm[0] - warm[2] > cool[0] - cool[2] + 10


def test_the_noisiest_picture_stays_under_two_megabytes(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (720, 1280, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    config = ThumbnailConfig("Noise", image=tmp_path / "noise.png")
    made = ThumbnailGenerator().generate_thumbnail(config)
    buffer = io.BytesIO()
    made.image.save(buffer, "PNG")
    assert buffer.tell() > MAX_BYTES  # as it is, it would be refused
    for name in ("a.png", "a.jpg"):
        path = made.save(tmp_path / name)
        assert path.stat().st_size < MAX_BYTES
        with Image.open(path) as image:
            assert image.size == (1280, 720)
            error = np.abs(np.asarray(image.convert("RGB"), float) - np.asarray(made.image, float))
            assert error.mean() < 40


@pytest.mark.parametrize("style", ThumbnailStyle)
def test_a_layout_looks_as_it_was_approved(style, tmp_path):
    # Made by `python -m tests.media.make_thumbnail_goldens` and looked at; the eye sees about 0.02.
    golden = np.array(json.loads(GOLDENS.read_text())[style], np.float64) / 255
    seen = small(style, plain_picture(tmp_path / "plain.png")) / 255
    difference = np.linalg.norm(to_oklab(seen) - to_oklab(golden), axis=-1)
    assert difference.mean() < 0.015
    assert difference.max() < 0.1


def test_a_long_title_is_shortened_and_told():
    title = " ".join(["Rooftop"] * 15)
    config = ThumbnailConfig(title, style=ThumbnailStyle.CORNER_BADGE)
    notes = ThumbnailGenerator().generate_thumbnail(config).notes
    assert len(notes) == 1
    assert notes[0].startswith("shortened to fit: Rooftop")
    assert notes[0].endswith("…")


def test_filters_change_the_picture_and_not_the_letters():
    plain = ThumbnailConfig("Rain", style=ThumbnailStyle.MINIMAL)
    worn = replace(plain, filters=(("vhs", 0.8), ("scan_lines", 0.6)))
    first, second = (np.asarray(lay_out(config).canvas.pixels) for config in (plain, worn))
    changed = np.abs(first - second).max(axis=0) > 0.02
    assert changed[:, 800:].mean() > 0.2  # in the circle
    assert not changed[:, :600].any()  # where the words stand


@pytest.mark.parametrize(("words", "message"), [
    ({"title_text": "a" * 300}, "title_text has 300 characters; at most 120 can be read"),
    ({"subtitle_text": "a" * 81}, "subtitle_text has 81"),
    ({"title_text": "  "}, "title_text is empty"),
    ({"color_grading": "sepia"}, "grading 'sepia' is not known; choose one of warm, cool"),
    ({"style": "poster"}, "style 'poster' is not known; choose one of big-title"),
    ({"scene": "moon base"}, "scene 'moon base' is not known"),
    ({"filters": (("rain", 0.5),)}, "filter 'rain' is not known; choose one of grain"),
    ({"filters": (("vhs", 1.5),)}, r"filter vhs is 1\.5; it must lie between 0 and 1"),
    ({"side": 0}, "side is 0"),
    ({"seed": -1}, "seed is -1; it must be a whole number"),
])  # fmt: skip
def test_a_config_names_what_exists(words, message):
    with pytest.raises(InputError, match=message):
        ThumbnailConfig(**({"title_text": "Rain"} | words))


def test_missing_files_of_the_users_are_told():
    for field, message in (("font", "there is no font"), ("image", "there is no picture")):
        config = ThumbnailConfig("Rain", **{field: Path("none.x")})
        with pytest.raises(InputError, match=message):
            ThumbnailGenerator().generate_thumbnail(config)


def test_there_is_a_layout_for_every_style():
    assert list(LAYOUTS) == list(ThumbnailStyle)
    assert len(LAYOUTS) >= 6
