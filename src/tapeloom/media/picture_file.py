"""Writing a finished picture: whole or not at all, and no larger than it may be."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from tapeloom.core.errors import InputError, TapeloomError
from tapeloom.core.files import replacing

SUFFIXES = (".png", ".jpg", ".jpeg")
_COLOURS = (256, 128, 64)  # of an indexed PNG
_QUALITIES = (94, 90, 85, 78, 70, 60, 45)


def check_suffix(path: Path) -> None:
    """Refuse a name that ends neither in .png nor in .jpg."""
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path.name} ends in {path.suffix!r}; it must end in .png or .jpg")


def save_picture(image: Image.Image, path: Path, *, max_bytes: int | None = None) -> Path:
    """Write a PNG or a JPEG, as the name ends, of at most `max_bytes`; return its path.

    A PNG that would be larger gets 256 colours or fewer, a JPEG a lower quality.
    """
    check_suffix(path)
    with replacing(path) as temporary:
        temporary.write_bytes(encoded(image, path.suffix.lower(), max_bytes=max_bytes))
    return path


def encoded(image: Image.Image, suffix: str, *, max_bytes: int | None = None) -> bytes:
    """Return a picture's file, of at most `max_bytes`."""
    data = b""
    for picture, settings in _attempts(image, suffix):
        buffer = io.BytesIO()
        picture.save(buffer, **settings)
        data = buffer.getvalue()
        if max_bytes is None or len(data) <= max_bytes:
            return data
    raise TapeloomError(f"the picture has {len(data)} bytes at its smallest; at most {max_bytes}")


def _attempts(image: Image.Image, suffix: str) -> Iterator[tuple[Image.Image, dict[str, Any]]]:
    if suffix == ".png":
        # Level 3 takes a third of the default's time for 7 % more bytes.
        yield image, {"format": "PNG", "compress_level": 3}
        for colours in _COLOURS:
            yield image.quantize(colours), {"format": "PNG", "optimize": True}
        return
    for quality in _QUALITIES:
        # Full chroma: red letters on blue would fray.
        yield image, {"format": "JPEG", "quality": quality, "subsampling": 0}
