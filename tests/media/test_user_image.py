import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from tapeloom.core.errors import InputError
from tapeloom.media.grading import ColorGrading
from tapeloom.media.user_image import crop_to, image_canvas, load_user_image


def quarters(w=400, h=300):
    """Return a picture whose upper left quarter is red, the upper right green."""
    picture = np.zeros((h, w, 3), np.uint8)
    picture[: h // 2, : w // 2] = (220, 30, 30)
    picture[: h // 2, w // 2 :] = (30, 200, 30)
    return Image.fromarray(picture)


@pytest.mark.parametrize(("suffix", "words"), [
    ("png", {}), ("jpg", {"quality": 95}), ("webp", {"lossless": True}),
])  # fmt: skip
def test_the_usual_formats_are_read(tmp_path, suffix, words):
    path = tmp_path / f"a.{suffix}"
    quarters().save(path, **words)
    image = load_user_image(path)
    assert (image.size, image.mode) == ((400, 300), "RGB")
    assert np.abs(np.asarray(image)[40, 40].astype(int) - (220, 30, 30)).max() < 12


@pytest.mark.parametrize(("orientation", "size", "red"), [
    (1, (400, 300), (0, 0)), (3, (400, 300), (-1, -1)), (6, (300, 400), (0, -1)),
    (8, (300, 400), (-1, 0)), (2, (400, 300), (0, -1)),
])  # fmt: skip
def test_orientation_is_obeyed_and_metadata_stripped(tmp_path, orientation, size, red):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "a camera"
    path = tmp_path / "a.jpg"
    quarters().save(path, exif=exif, quality=95)
    image = load_user_image(path)
    assert image.size == size
    assert not image.info
    assert not image.getexif()
    corner = np.asarray(image)[red]
    assert corner[0] > 150 > corner[1]


def png_header(width, height):
    data = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + data + struct.pack(">I", zlib.crc32(b"IHDR" + data))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 4) + b"IDAT"


@pytest.mark.parametrize(("size", "message"), [
    ((40_000, 40_000), "a.png has (far too many|40000 x 40000) pixels"),
    ((11_000, 11_000), "a.png has 11000 x 11000 pixels; it may have at most"),
    ((1, 1), "a.png has 1 x 1 pixels; it needs at least 64 a side"),
    ((20_000, 64), "20000 x 64"),
    ((200, 200), "65536 in all"),
])  # fmt: skip
def test_sizes_beyond_reason_are_refused_by_the_header_alone(tmp_path, size, message):
    path = tmp_path / "a.png"
    path.write_bytes(png_header(*size))  # there are no pixels to decode
    with pytest.raises(InputError, match=message):
        load_user_image(path)


def test_what_is_no_picture_or_damaged_is_refused_with_a_sentence(tmp_path):
    text = tmp_path / "a.png"
    text.write_text("not a picture")
    with pytest.raises(InputError, match="is not a picture that can be read; give a PNG"):
        load_user_image(text)
    with pytest.raises(InputError, match="there is no picture"):
        load_user_image(tmp_path / "none.png")
    with pytest.raises(InputError, match="cannot be read"):
        load_user_image(tmp_path)
    quarters().save(tmp_path / "b.gif")
    with pytest.raises(InputError, match="give a PNG, JPEG or WebP"):
        load_user_image(tmp_path / "b.gif")
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "c.png")
    (tmp_path / "d.png").write_bytes((tmp_path / "c.png").read_bytes()[:20_000])
    with pytest.raises(InputError, match=r"d\.png is damaged"):
        load_user_image(tmp_path / "d.png")


def test_transparency_becomes_white_and_16_bits_keep_their_grey(tmp_path):
    clear = Image.new("RGBA", (300, 300), (200, 0, 0, 0))
    clear.save(tmp_path / "a.png")
    assert np.asarray(load_user_image(tmp_path / "a.png")).min() == 255
    deep = Image.fromarray(np.full((300, 300), 32_896, np.uint16))
    deep.save(tmp_path / "b.png")
    assert set(np.unique(np.asarray(load_user_image(tmp_path / "b.png")))) == {128}
    Image.new("P", (300, 300), 3).save(tmp_path / "c.png")
    assert load_user_image(tmp_path / "c.png").mode == "RGB"


@pytest.mark.parametrize("size", [(160, 90), (90, 160), (100, 100)])
def test_a_crop_keeps_the_focal_point_and_the_proportions(size):
    picture = Image.new("RGB", (800, 600))
    picture.paste((255, 255, 255), (700, 40, 720, 60))
    cut = np.asarray(crop_to(picture, *size, focus=(710 / 800, 50 / 600)), np.float64)[..., 0]
    rows, columns = np.nonzero(cut > 100)
    assert len(rows)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=1)  # a square stays one
    with pytest.raises(InputError, match="focus is"):
        crop_to(picture, *size, focus=(1.2, 0.5))


def test_a_canvas_of_the_picture_can_be_graded():
    plain = image_canvas(quarters(), 160, 90)
    noir = image_canvas(quarters(), 160, 90, grading=ColorGrading.NOIR)
    assert plain.pixels.shape == (3, 90, 160)
    assert np.ptp(noir.pixels, axis=0).mean() < 0.4 * np.ptp(plain.pixels, axis=0).mean()
