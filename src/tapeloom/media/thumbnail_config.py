"""What one asks of a thumbnail or a cover, and the picture behind its words."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from tapeloom.core.errors import InputError
from tapeloom.media.canvas import Canvas
from tapeloom.media.filters import FILTERS, apply_filters
from tapeloom.media.fonts import Face, user_face
from tapeloom.media.grading import ColorGrading, parse_grading
from tapeloom.media.scene_design import SceneDesign, compose_scene
from tapeloom.media.stage import TimeOfDay, Weather
from tapeloom.media.thumbnail_layouts import LAYOUTS, ThumbnailStyle
from tapeloom.media.user_image import image_canvas, load_user_image

MAX_TITLE, MAX_SUBTITLE = 120, 80  # characters: more cannot be read at this size


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
            raise InputError(
                f"style {self.style!r} is not known; choose one of {', '.join(LAYOUTS)}"
            )
        for name, amount in self.filters:
            if name not in FILTERS:
                known = ", ".join(FILTERS)
                raise InputError(f"filter {name!r} is not known; choose one of {known}")
            if not 0 <= amount <= 1:
                raise InputError(f"filter {name} is {amount}; it must lie between 0 and 1")
        if not 0 <= self.seed < 2**63:
            raise InputError(f"seed is {self.seed}; it must be a whole number from 0")
        self.design()

    def design(self) -> SceneDesign:
        """Return the scene behind the words."""
        return SceneDesign(
            self.scene, self.time, self.weather, self.color_grading, self.palette, self.side,
            self.seed,
        )  # fmt: skip

    def faces(self) -> tuple[Face, ...]:
        """Return the user's own face, if one is named."""
        return () if self.font is None else (user_face(self.font),)

    def user_image(self) -> Image.Image | None:
        """Read the user's own picture, if one is named."""
        return None if self.image is None else load_user_image(self.image)


def paint_ground(
    config: ThumbnailConfig, image: Image.Image | None, width: int, height: int
) -> Canvas:
    """Paint what is behind the words, with vignette and filters: letters stay sharp above it.

    image  the user's own picture, read (`config.user_image()`)
    """
    if image is None:
        canvas = compose_scene(config.design(), width, height)
    else:
        canvas = image_canvas(image, width, height, grading=config.color_grading)
    canvas.pixels *= canvas.shade(0.2)
    if config.filters:
        seen = (np.clip(canvas.pixels, 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)
        rng = np.random.default_rng(config.seed + 2)
        filtered = apply_filters(np.ascontiguousarray(seen), dict(config.filters), rng)
        canvas.pixels[:] = filtered.transpose(2, 0, 1) / np.float32(255)
    return canvas
