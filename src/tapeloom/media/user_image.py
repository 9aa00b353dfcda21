"""A picture of the user's own in place of a scene: checked, turned upright, cut to a format."""

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from tapeloom.core.errors import InputError
from tapeloom.media.canvas import Canvas
from tapeloom.media.grading import ColorGrading, grade_image

FORMATS = ("PNG", "JPEG", "WEBP")
MIN_PIXELS, MAX_PIXELS = 256 * 256, 10_000 * 10_000  # of the whole picture
MIN_SIDE, MAX_SIDE = 64, 16_000


def load_user_image(path: Path) -> Image.Image:
    """Read a PNG, JPEG or WebP as RGB, upright as its EXIF says, without any metadata.

    Raises InputError for a file that is none of these, that is damaged, or whose header gives
    too few or too many pixels: the header is read before anything is decoded. Transparent parts
    become white; of an animation the first frame is taken.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(path, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise InputError(f"{path.name} has far too many pixels; give a picture of at most "
                         f"{MAX_SIDE} pixels a side") from error  # fmt: skip
    except FileNotFoundError as error:
        raise InputError(f"there is no picture {path}; give the path of a PNG, JPEG or WebP"
                         ) from error  # fmt: skip
    except UnidentifiedImageError as error:
        raise InputError(f"{path.name} is not a picture that can be read; give a PNG, JPEG or WebP"
                         ) from error  # fmt: skip
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror or error}") from error
    with image:
        _check_size(path, *image.size)
        try:
            image.load()
            upright = ImageOps.exif_transpose(image)
            return _opaque(upright)
        except (OSError, SyntaxError, ValueError) as error:
            raise InputError(f"{path.name} is damaged: {error}") from error


def _check_size(path: Path, width: int, height: int) -> None:
    if min(width, height) < MIN_SIDE or width * height < MIN_PIXELS:
        raise InputError(f"{path.name} has {width} x {height} pixels; it needs at least "
                         f"{MIN_SIDE} a side and {MIN_PIXELS} in all")  # fmt: skip
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise InputError(f"{path.name} has {width} x {height} pixels; it may have at most "
                         f"{MAX_SIDE} a side and {MAX_PIXELS} in all; make it smaller")  # fmt: skip


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        # Pillow would cut the lower bits off: 16-bit greys are scaled instead.
        grey = np.asarray(image, np.float64) / 257
        image = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        image = Image.alpha_composite(white, clear)
    rgb = image.convert("RGB")
    # Only the pixels are kept: no place, camera or name of the photograph.
    return Image.fromarray(np.asarray(rgb).copy())


def crop_to(
    image: Image.Image, width: int, height: int, *, focus: tuple[float, float] = (0.5, 0.5)
) -> Image.Image:
    """Cut to a format and scale to width x height, the focal point as near the middle as it can be.

    focus  where the picture's subject is, in fractions of its width and height

    >>> crop_to(Image.new("RGB", (400, 300)), 160, 90).size
    (160, 90)
    """
    if not (0 <= focus[0] <= 1 and 0 <= focus[1] <= 1):
        raise InputError(f"focus is {focus}; both numbers must lie between 0 and 1")
    scale = min(image.width / width, image.height / height)
    w, h = width * scale, height * scale
    x = min(max(focus[0] * image.width - w / 2, 0.0), image.width - w)
    y = min(max(focus[1] * image.height - h / 2, 0.0), image.height - h)
    return image.resize((width, height), Image.Resampling.LANCZOS, box=(x, y, x + w, y + h))


def image_canvas(
    image: Image.Image, width: int, height: int, *, focus: tuple[float, float] = (0.5, 0.5),
    grading: ColorGrading | None = None,
) -> Canvas:  # fmt: skip
    """Return a canvas that shows the user's picture, to write on it like on a scene."""
    canvas = Canvas(width, height)
    fitted = crop_to(image, width, height, focus=focus)
    if grading is not None:
        fitted = grade_image(fitted, grading)
    canvas.pixels[:] = np.asarray(fitted, np.float32).transpose(2, 0, 1) / np.float32(255)
    return canvas
