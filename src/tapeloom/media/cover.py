"""The record's cover: a scene and palette drawn from the brief, painted with its title."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from tapeloom.core.errors import InputError
from tapeloom.media.canvas import MAX_SIDE, MIN_SIDE, Canvas
from tapeloom.media.lettering import (
    MIN_CONTRAST,
    Setting,
    lowest_contrast,
    set_subtitle,
    set_title,
)
from tapeloom.media.palette import PALETTES, choose_palette, mix
from tapeloom.media.pen import Mask
from tapeloom.media.scene_design import SceneDesign, compose_scene
from tapeloom.media.scenes import SCENES, SUITS
from tapeloom.media.stage import TimeOfDay, Weather

_WEATHER = {"rain": "rain", "winter": "snow"}
_NOON = 0.65  # brightness of a palette from which its scenes show the day
_EDGE = 0.075  # margin of the lettering


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
    if not MIN_SIDE <= size <= MAX_SIDE:
        raise InputError(f"size is {size}; it must lie between {MIN_SIDE} and {MAX_SIDE} pixels")
    palette = PALETTES[design.palette]
    canvas = compose_scene(design.scene(), size, size)
    settings = _set(title, subtitle, size)
    colours = (palette.colour("paper"), mix(palette.colour("light"), palette.colour("paper"), 0.45))
    for setting, colour in zip(settings, colours, strict=True):
        if setting is not None:
            _write(canvas, setting, colour, palette.colour("ink"))
    return canvas.finish(np.random.default_rng(design.detail_seed))


def _set(title: str, subtitle: str, size: int) -> tuple[Setting | None, Setting | None]:
    width = 1 - 2 * _EDGE
    small = set_subtitle(subtitle, size=size, left=_EDGE, width=width, base=0.935)
    large = set_title(
        title, size=size, left=_EDGE, width=width, base=0.92 if small is None else 0.872
    )
    return large, small


def _write(canvas: Canvas, setting: Setting, colour: np.ndarray, ink: np.ndarray) -> None:
    """Lay letters down, on a soft shade as deep as their contrast needs."""
    letters = setting.mask(canvas.unit)
    soft = Image.fromarray((letters * 255).astype(np.uint8)).reduce(4)
    soft = soft.filter(ImageFilter.MaxFilter(9)).filter(
        ImageFilter.GaussianBlur(max(1.0, 0.006 * canvas.unit))
    )
    shade = np.asarray(
        soft.resize((canvas.unit, canvas.unit), Image.Resampling.BILINEAR), np.float32
    )
    halo = Mask(np.clip(shade / 255 * 1.3, 0, 1), 0, 0)
    canvas.paint(halo, ink, opacity=0.3)
    for _ in range(12):
        # A little more than the rule, for grain and rounding come after.
        if lowest_contrast(canvas.pixels, letters, colour) >= MIN_CONTRAST * 1.12:
            break
        canvas.paint(halo, ink * np.float32(0.8), opacity=0.35)
    canvas.paint(Mask(letters, 0, 0), colour)


__all__ = ["CoverDesign", "draw_cover", "paint_cover"]
