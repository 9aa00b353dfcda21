"""A video's thumbnail: 1280 x 720, under 2 MB, words that are read at the size of a stamp."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tapeloom.media.canvas import Canvas
from tapeloom.media.picture_file import save_picture
from tapeloom.media.sheet import Sheet
from tapeloom.media.thumbnail_config import ThumbnailConfig, paint_ground
from tapeloom.media.thumbnail_layouts import LAYOUTS

SIZE = (1280, 720)
MAX_BYTES = 2_000_000  # YouTube Help, "Add video thumbnails": under 2 MB
_GRAIN = 0.006  # film grain; more of it would not fit into the bytes


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A finished thumbnail."""

    config: ThumbnailConfig
    image: Image.Image  # RGB, 1280 x 720
    notes: tuple[str, ...] = field(default=())  # what was shortened or left out, a sentence each

    def save(self, path: str | Path) -> Path:
        """Write a PNG or a JPEG, as the name ends, under 2 MB; return its path."""
        return save_picture(self.image, Path(path), max_bytes=MAX_BYTES)


class ThumbnailGenerator:
    """Draws thumbnails.

    >>> made = ThumbnailGenerator().generate_thumbnail(ThumbnailConfig("Rainy Night"))
    >>> made.image.size
    (1280, 720)
    """

    def generate_thumbnail(self, config: ThumbnailConfig) -> Thumbnail:
        """Draw a thumbnail: the same config, the same pixels."""
        sheet = lay_out(config)
        rng = np.random.default_rng(config.seed + 1)
        image = sheet.canvas.finish(rng, grain=_GRAIN, vignette=0.0)
        return Thumbnail(config, image, tuple(_notes(sheet)))


def lay_out(config: ThumbnailConfig) -> Sheet:
    """Draw a thumbnail, unfinished, and tell where its letters stand."""
    image = config.user_image()

    def picture(width: int, height: int) -> NDArray[np.float32]:
        return paint_ground(config, image, width, height).pixels

    sheet = Sheet(
        Canvas(*SIZE), config.title_text, config.subtitle_text, config.design().colours(),
        config.side, picture, config.faces(),
    )  # fmt: skip
    LAYOUTS[config.style](sheet)
    return sheet


def _notes(sheet: Sheet) -> list[str]:
    return [
        f"shortened to fit: {' '.join(setting.lines)}" for setting in sheet.settings if setting.cut
    ]
