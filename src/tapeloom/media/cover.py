"""The record's cover: a scene and palette drawn from the brief, painted with its title."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from tapeloom.core.errors import InputError
from tapeloom.media.canvas import MAX_SIDE, MIN_SIDE, Canvas
from tapeloom.media.fonts import SUBTITLE_FACES, TITLE_FACES, Face
from tapeloom.media.lettering import Place, Setting, fit, write
from tapeloom.media.palette import PALETTES, Palette, choose_palette, mix
from tapeloom.media.scene_design import SceneDesign, compose_scene
from tapeloom.media.scenes import SCENES, SUITS
from tapeloom.media.stage import TimeOfDay, Weather
from tapeloom.media.thumbnail_config import ThumbnailConfig, paint_ground

_WEATHER = {"rain": "rain", "winter": "snow"}
_NOON = 0.65  # brightness of a palette from which its scenes show the day
_EDGE = 0.075  # margin of the lettering
_VIGNETTE = 0.2
_GRAIN = 0.006  # film grain; with more, a PNG of 3000 pixels has over 10 MB


@dataclass(frozen=True, slots=True)
class CoverDesign:
    """Everything that was drawn for one cover; painting it is pure."""

    picture: str  # a name in media.scenes.SCENES
    palette: str  # a name in media.palette.PALETTES
    weather: tuple[str, ...]  # "rain", "snow"
    side: int  # 1 or -1: on which side the heavier half of the picture lies
    detail_seed: int  # of houses, leaves, drops and grain

    def __post_init__(self) -> None:
        for value, known in ((self.picture, SCENES), (self.palette, PALETTES)):
            if value not in known:
                raise InputError(f"{value!r} is not known; choose one of {', '.join(known)}")

    def scene(self) -> SceneDesign:
        """Return the picture without its lettering, to paint it in other formats too."""
        palette = PALETTES[self.palette]
        bright = TimeOfDay.DAY if palette.brightness > _NOON else TimeOfDay.DUSK
        return SceneDesign(
            self.picture,
            TimeOfDay.NIGHT if palette.is_night else bright,
            Weather(self.weather[0]) if self.weather else Weather.CLEAR,
            palette=self.palette,
            side=self.side,
            seed=self.detail_seed,
        )


def draw_cover(
    *, moods: Sequence[str], scenes: Sequence[str], brightness: float, rng: np.random.Generator
) -> CoverDesign:
    """Draw a picture, palette and weather that suit a brief's moods and scenes.

    >>> rng = np.random.default_rng(3)
    >>> draw_cover(moods=["peaceful"], scenes=["rain"], brightness=0.4, rng=rng).weather
    ('rain',)
    """
    words = [*moods, *scenes]
    names = list(SCENES)
    weights = np.ones(len(names)) * 0.2
    for word in words:
        suits = SUITS.get(word, {})
        weights += [suits.get(name, 0.0) for name in names]
    picture = names[int(rng.choice(len(names), p=weights**2 / (weights**2).sum()))]
    palette = choose_palette(words, brightness=brightness, rng=rng)
    return CoverDesign(
        picture=picture,
        palette=palette.name,
        weather=tuple(_WEATHER[word] for word in scenes if word in _WEATHER),
        side=int(rng.choice([-1, 1])),
        detail_seed=int(rng.integers(2**31)),
    )


def paint_cover(design: CoverDesign, *, title: str, subtitle: str, size: int = 3000) -> Image.Image:
    """Paint a square cover of `size` pixels with its lettering."""
    _check_size(size)
    scene = design.scene()
    canvas = compose_scene(scene, size, size)
    canvas.pixels *= canvas.shade(_VIGNETTE)
    return _lettered(canvas, scene.colours(), title, subtitle, design.detail_seed)


def draw_cover_of(config: ThumbnailConfig, size: int = 3000) -> tuple[Image.Image, tuple[str, ...]]:
    """Paint the square cover that a config asks for; its style is a thumbnail's, and not used.

    Returns the picture, and a sentence about each text that was shortened.
    """
    _check_size(size)
    canvas = paint_ground(config, config.user_image(), size, size)
    title, subtitle, own = config.title_text, config.subtitle_text, config.faces()
    image = _lettered(canvas, config.design().colours(), title, subtitle, config.seed, own)
    settings = set_cover(title, subtitle, size, own)
    return image, tuple(
        f"shortened to fit: {' '.join(setting.lines)}"
        for setting in settings
        if setting is not None and setting.cut
    )


def _check_size(size: int) -> None:
    if not MIN_SIDE <= size <= MAX_SIDE:
        raise InputError(f"size is {size}; it must lie between {MIN_SIDE} and {MAX_SIDE} pixels")


def _lettered(
    canvas: Canvas, colours: Palette, title: str, subtitle: str, seed: int,
    own: tuple[Face, ...] = (),
) -> Image.Image:  # fmt: skip
    """Finish a square picture with a title at its foot."""
    small, large = set_cover(title, subtitle, canvas.unit, own)
    paper = colours.colour("paper")
    for setting, colour in ((large, paper), (small, mix(colours.colour("light"), paper, 0.45))):
        if setting is not None:
            write(canvas, setting, colour, colours.colour("ink"))
    return canvas.finish(np.random.default_rng(seed), grain=_GRAIN, vignette=0.0)


def set_cover(
    title: str, subtitle: str, size: int, own: tuple[Face, ...] = ()
) -> tuple[Setting | None, Setting | None]:
    """Set a cover's lines inside its safe area: stores round the corners and lay badges on them."""
    left, right = _EDGE * size, (1 - _EDGE) * size
    small = fit(
        subtitle, (*SUBTITLE_FACES, *own), Place(left, 0.89 * size, right, 0.935 * size),
        tallest=0.0295 * size, smallest=0.02 * size, most_lines=1, spacing=0.09,
    )  # fmt: skip
    floor = 0.885 if small is not None else 0.93
    large = fit(
        title, (*TITLE_FACES, *own), Place(left, (floor - 0.16) * size, right, floor * size),
        tallest=0.125 * size, smallest=0.044 * size, most_lines=3,
    )  # fmt: skip
    return small, large


__all__ = ["CoverDesign", "draw_cover", "draw_cover_of", "paint_cover", "set_cover"]
