"""A scene as a value, and the pictures that are made of it: a canvas, a still, a loop of frames."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from tapeloom.core.errors import InputError
from tapeloom.media.canvas import Canvas
from tapeloom.media.composition import Layout, compose
from tapeloom.media.grading import ColorGrading, graded_palette
from tapeloom.media.layers import Camera, Frame, Layers
from tapeloom.media.palette import PALETTES, Palette
from tapeloom.media.scenes import SCENES
from tapeloom.media.stage import Stage, TimeOfDay, Weather

HOURS: Mapping[TimeOfDay, Palette] = {
    TimeOfDay.DAWN: Palette(
        "dawn", ("#4d5d8f", "#c99ab0", "#ffdcb6"), "#a48aa8", "#221c38", "#ffedc4",
        "#e2746a", "#fff4e2", 0.55, False, {}, "#3a6a62",
    ),
    TimeOfDay.DAY: Palette(
        "day", ("#4a95b8", "#93c9cf", "#f4ecd2"), "#7fb1b4", "#16323c", "#fff6d8",
        "#ec7f5f", "#fff8ea", 0.72, False, {}, "#3d8062",
    ),
    TimeOfDay.DUSK: Palette(
        "dusk", ("#2b2459", "#8c4c83", "#fb9f77"), "#96598a", "#17102e", "#ffd79c",
        "#ee6f6c", "#fff1df", 0.42, False, {}, "#33585c",
    ),
    TimeOfDay.NIGHT: Palette(
        "night", ("#0b1231", "#20295f", "#4c4f94"), "#343d74", "#0a0d21", "#ffce86",
        "#e57f78", "#fdf0da", 0.25, True, {}, "#2a5560",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SceneDesign:
    """Everything that decides a picture; painting it is pure.

    >>> SceneDesign("beach", time=TimeOfDay.DUSK, grading=ColorGrading.SUNSET).colours().is_night
    False
    """

    scene: str  # a name in media.scenes.SCENES
    time: TimeOfDay = TimeOfDay.NIGHT
    weather: Weather = Weather.CLEAR
    grading: ColorGrading | None = None  # None leaves the colours of the hour
    palette: str | None = None  # a name in media.palette.PALETTES, instead of the hour's colours
    side: int = 1  # 1 or -1: on which side the focal point lies
    seed: int = 0  # of details: houses, leaves, stars

    def __post_init__(self) -> None:
        if self.scene not in SCENES:
            raise InputError(
                f"scene {self.scene!r} is not known; choose one of {', '.join(SCENES)}"
            )
        if self.palette is not None and self.palette not in PALETTES:
            raise InputError(
                f"palette {self.palette!r} is not known; choose one of {', '.join(PALETTES)}"
            )
        if self.side not in {-1, 1}:
            raise InputError(f"side is {self.side}; it is 1 (right) or -1 (left)")

    def colours(self) -> Palette:
        """Return the palette of the hour or the one chosen, graded."""
        palette = HOURS[self.time] if self.palette is None else PALETTES[self.palette]
        return palette if self.grading is None else graded_palette(palette, self.grading)

    def layout(self, width: int, height: int) -> Layout:
        """Return where the focal point and the calm area lie in a format."""
        return compose(width, height, side=self.side)


def compose_scene(
    design: SceneDesign, width: int, height: int, *, loop_s: float | None = None
) -> Canvas:
    """Paint a scene, unfinished: to write on it, then `finish` it.

    width, height  pixels, 64..6000, in any proportion
    loop_s         seconds of the loop if what moves shall be kept apart (see `Layers`)
    """
    canvas = Canvas(width, height, loop_s=loop_s)
    rng = np.random.default_rng(design.seed)
    layout = design.layout(width, height)
    SCENES[design.scene](Stage(canvas, design.colours(), design.time, design.weather, layout, rng))
    return canvas


def paint_scene(
    design: SceneDesign, width: int, height: int, *, grain: float = 0.011
) -> Image.Image:
    """Paint a scene as a finished picture (RGB), with vignette and `grain` (0 for none).

    >>> paint_scene(SceneDesign("city", seed=3), 128, 72).size
    (128, 72)
    """
    canvas = compose_scene(design, width, height)
    return canvas.finish(np.random.default_rng(design.seed + 1), grain=grain)


def scene_layers(
    design: SceneDesign, width: int, height: int, *, loop_s: float = 20.0,
    camera: Camera | None = None,
) -> Layers:  # fmt: skip
    """Paint a scene once for its loop of `loop_s` seconds; `Layers.frame(phase)` gives pictures."""
    if not 1 <= loop_s <= 600:
        raise InputError(f"loop_s is {loop_s}; a loop lasts from 1 to 600 seconds")
    canvas = compose_scene(design, width, height, loop_s=loop_s)
    return Layers(canvas, np.random.default_rng(design.seed + 1), camera=camera)


def scene_frames(
    design: SceneDesign, width: int, height: int, frames: int, *, rate: float = 24.0,
    breathing: bool = True,
) -> Iterator[Frame]:  # fmt: skip
    """Yield the frames of a seamless loop, each (height, width, 3) uint8.

    frames     how many; the loop lasts frames / rate seconds
    rate       frames a second
    breathing  whether the camera moves a little
    """
    camera = Camera() if breathing else None
    layers = scene_layers(design, width, height, loop_s=frames / rate, camera=camera)
    yield from layers.frames(frames)
