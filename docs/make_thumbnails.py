"""Draw docs/images/thumbnails.jpg, three at both sizes, and thumbnail-layouts.jpg, all layouts.

Usage: python docs/make_thumbnails.py [--out docs/images]
"""

import argparse
from pathlib import Path

from PIL import Image

from tapeloom.media.contact_sheet import BACK, contact_sheet
from tapeloom.media.grading import ColorGrading
from tapeloom.media.stage import TimeOfDay, Weather
from tapeloom.media.thumbnail import ThumbnailGenerator
from tapeloom.media.thumbnail_config import ThumbnailConfig
from tapeloom.media.thumbnail_layouts import ThumbnailStyle

THREE = (
    ThumbnailConfig("Midnight City Drive", "1 hour of lo-fi", ColorGrading.SUNSET,
                    ThumbnailStyle.CORNER_BADGE, "city", TimeOfDay.DUSK, side=-1, seed=4),
    ThumbnailConfig("Last Train Home", "3 hours, 72 bpm", None,
                    ThumbnailStyle.BIG_TITLE, "train", TimeOfDay.DUSK, seed=8),
    ThumbnailConfig("Rainy Night Café", "lo-fi to read to", ColorGrading.WARM,
                    ThumbnailStyle.MINIMAL, "cafe", weather=Weather.RAIN, seed=5),
)  # fmt: skip
SCENES = (
    ("window", TimeOfDay.NIGHT, Weather.RAIN, None, "Rain on the Window", "beats to sleep to"),
    ("desk", TimeOfDay.NIGHT, Weather.CLEAR, ColorGrading.COOL, "Study Night", "2 hours"),
    ("city", TimeOfDay.DUSK, Weather.CLEAR, ColorGrading.SUNSET, "Midnight City Drive", ""),
    ("train", TimeOfDay.DAWN, Weather.FOG, ColorGrading.PASTEL, "Morning Train", "lo-fi"),
    ("beach", TimeOfDay.DAY, Weather.CLEAR, None, "Summer", "82 bpm"),
    ("cabin", TimeOfDay.NIGHT, Weather.SNOW, ColorGrading.VINTAGE, "Winter Cabin", "lo-fi to rest"),
    ("cafe", TimeOfDay.NIGHT, Weather.RAIN, ColorGrading.WARM, "Autumn Café", "peaceful"),
    ("night_sky", TimeOfDay.NIGHT, Weather.CLEAR, ColorGrading.NOIR, "Under the Same Stars", ""),
)
STAMP = (168, 94)  # pixels: beside a video that plays
GAP = 24


def both_sizes(configs: tuple[ThumbnailConfig, ...]) -> Image.Image:
    """Lay thumbnails below one another, each with its stamp beside it."""
    width, height = 1280, 720
    page = Image.new("RGB", (width + STAMP[0] + 3 * GAP, len(configs) * (height + GAP) + GAP), BACK)
    for row, config in enumerate(configs):
        picture = ThumbnailGenerator().generate_thumbnail(config).image
        y = GAP + row * (height + GAP)
        page.paste(picture, (GAP, y))
        page.paste(picture.resize(STAMP, Image.Resampling.LANCZOS), (width + 2 * GAP, y))
    return page


def main() -> None:
    """Draw both sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "images")
    out = parser.parse_args().out
    both_sizes(THREE).save(out / "thumbnails.jpg", quality=86, optimize=True)
    pictures, names = [], []
    for i, (scene, time, weather, grading, title, subtitle) in enumerate(SCENES):
        for style in ThumbnailStyle:
            config = ThumbnailConfig(
                title, subtitle, grading, style, scene, time, weather, side=1 - 2 * (i % 2), seed=4
            )
            picture = ThumbnailGenerator().generate_thumbnail(config).image
            pictures.append(picture.resize((320, 180), Image.Resampling.LANCZOS))
            names.append(f"{style}, {scene}, {grading or time}")
    sheet = contact_sheet(pictures, names, columns=len(ThumbnailStyle), tile=320)
    sheet.save(out / "thumbnail-layouts.jpg", quality=86, optimize=True)


if __name__ == "__main__":
    main()
