"""Write thumbnail_goldens.json: each layout at 16 x 9. Look at the pictures before committing.

Usage: python -m tests.media.make_thumbnail_goldens
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from tapeloom.media.thumbnail import ThumbnailGenerator
from tapeloom.media.thumbnail_config import ThumbnailConfig
from tapeloom.media.thumbnail_layouts import ThumbnailStyle

GOLDENS = Path(__file__).with_name("thumbnail_goldens.json")


def plain_picture(path: Path) -> Path:
    """Write a picture of two gradients and a sun: layouts are looked at, not scenes."""
    y, x = np.mgrid[0:360, 0:640] / np.array([360, 640])[:, None, None]
    sun = np.hypot(x - 0.7, 0.56 * (y - 0.45)) < 0.1
    picture = np.stack([0.2 + 0.6 * y, 0.1 + 0.3 * y, 0.35 + 0.2 * x], axis=-1)
    picture[sun] = (1.0, 0.85, 0.6)
    Image.fromarray((255 * picture).astype(np.uint8)).save(path)
    return path


def small(style: ThumbnailStyle, image: Path) -> np.ndarray:
    """Return a layout at 16 x 9 pixels."""
    config = ThumbnailConfig("Rainy Night Walk", "lo-fi", style=style, image=image)
    picture = ThumbnailGenerator().generate_thumbnail(config).image
    return np.asarray(picture.resize((16, 9), Image.Resampling.BOX))


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        source = plain_picture(Path(folder) / "plain.png")
        goldens = {style: small(style, source).tolist() for style in ThumbnailStyle}
    GOLDENS.write_text(json.dumps(goldens) + "\n")
