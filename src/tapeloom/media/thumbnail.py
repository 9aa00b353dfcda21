"""A video's thumbnail: 1280 x 720, under 2 MB, words that are read at the size of a stamp."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tapeloom.core.errors import InputError
from tapeloom.media.canvas import Canvas
from tapeloom.media.filters import FILTERS, apply_filters
from tapeloom.media.fonts import user_face
from tapeloom.media.grading import ColorGrading, parse_grading
from tapeloom.media.palette import Palette
from tapeloom.media.picture_file import save_picture
from tapeloom.media.scene_design import SceneDesign, compose_scene
from tapeloom.media.sheet import Sheet
from tapeloom.media.stage import TimeOfDay, Weather
from tapeloom.media.thumbnail_layouts import LAYOUTS, ThumbnailStyle
from tapeloom.media.user_image import image_canvas, load_user_image

SIZE = (1280, 720)
MAX_BYTES = 2_000_000  # YouTube Help, "Add video thumbnails": under 2 MB
MAX_TITLE, MAX_SUBTITLE = 120, 80  # characters: more cannot be read at this size
_GRAIN = 0.006  # film grain; more of it would not fit into the bytes


@dataclass(frozen=True, slots=True)
class ThumbnailConfig:
    """Everything that decides a thumbnail; drawing it is pure.

    >>> ThumbnailConfig("Rainy Night", color_grading="sepia")
    Traceback (most recent call last):
    ...
    tapeloom.core.errors.InputError: grading 'sepia' is not known; choose one of warm, cool, ...
    """

    title_text: str
    subtitle_text: str = ""
    color_grading: ColorGrading | None = None  # None leaves the colours of the hour
    style: ThumbnailStyle = ThumbnailStyle.BIG_TITLE
    scene: str = "window"  # a name in media.scenes.SCENES
    time: TimeOfDay = TimeOfDay.NIGHT
    weather: Weather = Weather.CLEAR
    palette: str | None = None  # a name in media.palette.PALETTES, instead of the hour's colours
    side: int = 1  # 1 or -1: on which side the focal point lies
    seed: int = 0
    image: Path | None = None  # a picture of the user's own, instead of the scene
    font: Path | None = None  # for letters that ours lack
    filters: tuple[tuple[str, float], ...] = ()  # names in media.filters.FILTERS, amounts 0..1

    def __post_init__(self) -> None:
        for name, most in (("title_text", MAX_TITLE), ("subtitle_text", MAX_SUBTITLE)):
            if len(text := getattr(self, name)) > most:
                raise InputError(
                    f"{name} has {len(text)} characters; at most {most} can be read on a thumbnail"
                )
        if not self.title_text.strip():
            raise InputError("title_text is empty; give the words that the thumbnail shall say")
        if self.color_grading is not None:
            parse_grading(self.color_grading)
        if self.style not in LAYOUTS:
            raise InputError(f"style {self.style!r} is not known; choose one of {', '.join(LAYOUTS)}")
        for name, amount in self.filters:
            if name not in FILTERS:
                known = ", ".join(FILTERS)
                raise InputError(f"filter {name!r} is not known; choose one of {known}")
            if not 0 <= amount <= 1:
                raise InputError(f"filter {name} is {amount}; it must lie between 0 and 1")
        self.design()

    def design(self) -> SceneDesign:
        """Return the scene behind the words."""
        return SceneDesign(
            self.scene, self.time, self.weather, self.color_grading, self.palette, self.side,
            self.seed,
        )  # fmt: skip


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
        return Thumbnail(config, image, tuple(_notes(config, sheet)))


def lay_out(config: ThumbnailConfig) -> Sheet:
    """Draw a thumbnail, unfinished, and tell where its letters stand."""
    image = None if config.image is None else load_user_image(config.image)
    own = () if config.font is None else (user_face(config.font),)
    palette = config.design().colours()

    def picture(width: int, height: int) -> NDArray[np.float32]:
        return _picture(config, image, width, height)

    sheet = Sheet(
        Canvas(*SIZE), config.title_text, config.subtitle_text, palette, config.side, picture, own
    )
    LAYOUTS[config.style](sheet)
    return sheet


def _picture(
    config: ThumbnailConfig, image: Image.Image | None, width: int, height: int
) -> NDArray[np.float32]:
    """Paint what is behind the words, filtered: letters stay sharp above it."""
    if image is None:
        canvas = compose_scene(config.design(), width, height)
    else:
        focus = (0.5, 0.5)
        canvas = image_canvas(image, width, height, focus=focus, grading=config.color_grading)
    canvas.pixels *= canvas.shade(0.2)
    if not config.filters:
        return canvas.pixels
    seen = (np.clip(canvas.pixels, 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)
    rng = np.random.default_rng(config.seed + 2)
    filtered = apply_filters(np.ascontiguousarray(seen), dict(config.filters), rng)
    return np.ascontiguousarray(filtered.transpose(2, 0, 1), np.float32) / np.float32(255)


def _notes(config: ThumbnailConfig, sheet: Sheet) -> list[str]:
    notes = []
    for setting in sheet.settings:
        if setting.cut:
            notes.append(f"shortened to fit: {' '.join(setting.lines)}")
    return notes


__all__ = [
    "ColorGrading", "Palette", "Thumbnail", "ThumbnailConfig", "ThumbnailGenerator",
    "ThumbnailStyle", "lay_out",
]  # fmt: skip
