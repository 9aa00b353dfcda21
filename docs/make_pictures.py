"""Draw every scene in every grading (scenes.jpg), and by hour and weather (scenes-hours.jpg).

Usage: python docs/make_pictures.py [--out docs/images]
"""

import argparse
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tapeloom.media.fonts import PLAIN
from tapeloom.media.grading import ColorGrading
from tapeloom.media.scene_design import SceneDesign, paint_scene
from tapeloom.media.stage import TimeOfDay, Weather

NATURAL = (
    ("window", TimeOfDay.NIGHT, Weather.RAIN),
    ("desk", TimeOfDay.NIGHT, Weather.CLEAR),
    ("city", TimeOfDay.DUSK, Weather.CLEAR),
    ("train", TimeOfDay.DUSK, Weather.CLEAR),
    ("beach", TimeOfDay.DUSK, Weather.CLEAR),
    ("cabin", TimeOfDay.NIGHT, Weather.CLEAR),
    ("cafe", TimeOfDay.NIGHT, Weather.RAIN),
    ("night_sky", TimeOfDay.NIGHT, Weather.CLEAR),
)
TILE = (256, 144)
GAP, HEAD = 6, 26  # pixels
BACK, TEXT = "#14151c", "#d8d2c4"


def sheet(rows: list[list[SceneDesign]], heads: list[str]) -> Image.Image:
    """Lay pictures out in rows under their columns' names."""
    columns = len(rows[0])
    width, height = TILE
    page = Image.new(
        "RGB",
        (columns * (width + GAP) + GAP, len(rows) * (height + GAP) + GAP + HEAD),
        BACK,
    )
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(PLAIN.path), 15)
    for column, head in enumerate(heads):
        x = GAP + column * (width + GAP) + width / 2
        draw.text((x, HEAD / 2 + 3), head, font=font, fill=TEXT, anchor="mm")
    for row, designs in enumerate(rows):
        for column, design in enumerate(designs):
            picture = paint_scene(design, 3 * width, 3 * height, grain=0.008)
            small = picture.resize(TILE, Image.Resampling.LANCZOS)
            page.paste(small, (GAP + column * (width + GAP), HEAD + GAP + row * (height + GAP)))
    return page


def main() -> None:
    """Draw both sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "images")
    out = parser.parse_args().out
    gradings = list(ColorGrading)
    graded = [
        [SceneDesign(scene, hour, weather, grading, seed=3) for grading in gradings]
        for scene, hour, weather in NATURAL
    ]
    sheet(graded, [str(grading) for grading in gradings]).save(
        out / "scenes.jpg", quality=86, optimize=True
    )
    skies = [
        (hour, weather)
        for hour, weather in (
            (TimeOfDay.DAWN, Weather.CLEAR), (TimeOfDay.DAWN, Weather.FOG),
            (TimeOfDay.DAY, Weather.CLEAR), (TimeOfDay.DAY, Weather.SNOW),
            (TimeOfDay.DUSK, Weather.CLEAR), (TimeOfDay.DUSK, Weather.RAIN),
            (TimeOfDay.NIGHT, Weather.CLEAR), (TimeOfDay.NIGHT, Weather.SNOW),
        )
    ]  # fmt: skip
    hours = [
        [SceneDesign(scene, hour, weather, seed=7, side=-1) for hour, weather in skies]
        for scene, _, _ in NATURAL
    ]
    sheet(hours, [f"{hour}, {weather}" for hour, weather in skies]).save(
        out / "scenes-hours.jpg", quality=86, optimize=True
    )


if __name__ == "__main__":
    main()
