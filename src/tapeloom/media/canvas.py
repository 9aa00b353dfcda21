"""A picture in the making: float colours, shapes laid down through masks, light that adds up.

All coordinates are in lengths of the picture's shorter side, from its upper left corner, x to the
right and y down: a thing has the same shape at any size and in any format. A square ends at
(1, 1), a picture of 16:9 at (1.78, 1).
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from tapeloom.core.errors import InputError
from tapeloom.media.motion import Motion, Moving
from tapeloom.media.palette import Colour, ramp
from tapeloom.media.pen import Box, Mask, Pen, Points, around

MIN_SIDE, MAX_SIDE = 64, 6000  # pixels
_TILE = 512  # pixels; noise repeats after as many
_CACHED = 65_536  # pixels that are worked on together


class Canvas:
    """A picture of float display colours, one plane a colour: (3, height, width).

    width, height  pixels, 64..6000
    loop_s         seconds that a loop lasts if what moves shall be kept apart in `moving`; None
                   paints it as it stands at the loop's beginning
    """

    def __init__(self, width: int, height: int, *, loop_s: float | None = None) -> None:
        for name, side in (("width", width), ("height", height)):
            if not MIN_SIDE <= side <= MAX_SIDE:
                raise InputError(
                    f"{name} is {side}; it must lie between {MIN_SIDE} and {MAX_SIDE} pixels"
                )
        self.width, self.height, self.loop_s = width, height, loop_s
        self.unit = min(width, height)  # pixels of the shorter side
        self.right, self.bottom = width / self.unit, height / self.unit
        self.pixels = np.zeros((3, height, width), np.float32)
        self.moving: list[Moving] = []

    @property
    def whole(self) -> Box:
        """The box of the whole picture."""
        return 0.0, 0.0, self.right, self.bottom

    def gradient(self, stops: Sequence[tuple[float, Colour]], box: Box | None = None) -> None:
        """Fill a box with a vertical gradient; stop positions are y of the picture."""
        left, top, right, bottom = self.pixel_box(box or self.whole)
        ys = (np.arange(top, bottom) + 0.5) / self.unit
        self.pixels[:, top:bottom, left:right] = ramp(stops, ys).T[:, :, None]
        for moving in self.moving:
            moving.hide(Mask(np.ones((bottom - top, right - left), np.float32), left, top))

    def mask(
        self, draw: Callable[[Pen], None], box: Box | None = None, *, blur: float = 0.0,
        crop: bool = True,
    ) -> Mask:  # fmt: skip
        """Draw a shape with anti-aliased edges; `blur` is a Gaussian radius.

        The mask is cut to what was drawn, or has the size of the whole box if not `crop`.
        """
        left, top, right, bottom = self.pixel_box(box or self.whole)
        width, height = right - left, bottom - top
        # A blurred edge needs no finer drawing.
        fine = 1 if blur * self.unit > 2 else 3 if width * height < 1_500_000 else 2
        image = Image.new("L", (width * fine, height * fine))
        scale = float(self.unit * fine)
        draw(Pen(ImageDraw.Draw(image), scale, left / self.unit, top / self.unit))
        drawn = image.getbbox() if crop else (0, 0, *image.size)
        if drawn is None:
            return Mask(np.zeros((1, 1), np.float32), left, top)
        # What was left empty costs time in every later step.
        reach = fine * (2 + round(3 * blur * self.unit))
        x0, y0 = (max(0, edge - reach) // fine for edge in drawn[:2])
        x1, y1 = (
            min(width, -(-(drawn[2] + reach) // fine)),
            min(height, -(-(drawn[3] + reach) // fine)),
        )
        image = image.crop((x0 * fine, y0 * fine, x1 * fine, y1 * fine))
        if fine > 1:
            image = image.reduce(fine)
        if blur > 0:
            image = image.filter(ImageFilter.GaussianBlur(blur * self.unit))
        return Mask(np.asarray(image, np.float32) / np.float32(255), left + x0, top + y0)

    def polygon(self, points: Points, *, box: Box | None = None, blur: float = 0.0) -> Mask:
        """Return the mask of one polygon."""
        return self.mask(
            lambda pen: pen.polygon(points), box or around(points, 4 * blur), blur=blur
        )

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, *, box: Box | None = None, blur: float = 0.0
    ) -> Mask:
        """Return the mask of one ellipse."""
        near = around([(x - rx, y - ry), (x + rx, y + ry)], 4 * blur)
        return self.mask(lambda pen: pen.ellipse(x, y, rx, ry), box or near, blur=blur)

    def rectangle(self, x0: float, y0: float, x1: float, y1: float, *, radius: float = 0.0) -> Mask:
        """Return the mask of one rectangle with round corners."""
        box = around([(x0, y0), (x1, y1)])
        return self.mask(lambda pen: pen.rectangle(x0, y0, x1, y1, radius=radius), box)

    def stroke(self, points: Points, widths: Sequence[float]) -> Mask:
        """Return the mask of one brush stroke."""
        return self.mask(lambda pen: pen.stroke(points, widths), around(points, max(widths)))

    def paint(
        self, mask: Mask, colour: Colour, to: Colour | None = None, *, opacity: float = 1.0
    ) -> None:
        """Lay a colour, or a vertical gradient from `colour` to `to` over the mask's height."""
        view, cover = self._under(mask)
        h, w = cover.shape
        rows = (
            ramp([(0.0, colour), (1.0, to)], np.linspace(0, 1, h)).T[:, :, None]
            if to is not None
            else np.broadcast_to(colour.astype(np.float32)[:, None, None], (3, h, 1))
        )
        for band in _bands(h, w):
            part = cover[band] * np.float32(opacity) if opacity < 1 else cover[band]
            for c in range(3):
                change = rows[c, band] - view[c, band]
                change *= part
                view[c, band] += change
        for moving in self.moving:
            moving.hide(Mask(cover * np.float32(opacity), mask.left, mask.top))

    def light(self, mask: Mask, colour: Colour, *, strength: float = 1.0) -> None:
        """Add light through a mask (screen blending: it never burns out)."""
        view, cover = self._under(mask)
        for band in _bands(*cover.shape):
            for c in range(3):
                change = 1 - view[c, band]
                change *= cover[band]
                change *= np.float32(colour[c] * strength)
                view[c, band] += change
        mean = np.float32(colour.mean() * strength)
        for moving in self.moving:
            moving.hide(Mask(cover * mean, mask.left, mask.top))

    def glow(
        self, x: float, y: float, radius: float, colour: Colour, *, strength: float = 0.5,
        flatness: float = 1.0, box: Box | None = None,
    ) -> None:  # fmt: skip
        """Add a soft round light: a narrow core in a wide halo. `flatness` under 1 squeezes it."""
        mask = self.halo(x, y, radius, flatness=flatness, box=box)
        self.light(mask, colour, strength=strength)

    def halo(
        self, x: float, y: float, radius: float, *, flatness: float = 1.0, box: Box | None = None
    ) -> Mask:
        """Return the mask of a soft round light."""
        reach, tall = 3.2 * radius, 3.2 * radius * flatness
        limits = box or self.whole
        left, top, right, bottom = self.pixel_box(
            (max(x - reach, limits[0]), max(y - tall, limits[1]),
             min(x + reach, limits[2]), min(y + tall, limits[3]))
        )  # fmt: skip
        dx = ((np.arange(left, right) + 0.5) / self.unit - x) / radius
        dy = ((np.arange(top, bottom) + 0.5) / self.unit - y) / (radius * flatness)
        wide, core = ([np.exp(-k * d**2).astype(np.float32) for d in (dy, dx)] for k in (0.9, 6.0))
        cover = np.float32(0.6) * np.outer(*wide) + np.float32(0.4) * np.outer(*core)
        return Mask(cover, left, top)

    def move(
        self, motion: Motion, colour: Colour, *, light: bool = True, strength: float = 1.0
    ) -> None:
        """Let something move at this depth: what is painted later hides it.

        `light` adds the colour like `light`; else it covers like `paint`. `strength` 0..1.
        """
        if self.loop_s is None:
            still = Mask(motion.cover(0.0), motion.left, motion.top)
            if light:
                self.light(still, colour, strength=strength)
            else:
                self.paint(still, colour, opacity=strength)
            return
        self.moving.append(Moving(motion, colour, light, strength))

    def finish(
        self, rng: np.random.Generator, *, grain: float = 0.011, vignette: float = 0.2
    ) -> Image.Image:
        """Add vignette and film grain, and round with noise so that no gradient shows bands."""
        film = _tiled(film_grain(rng), self.height, self.width)
        rounding = _tiled(rng.random((_TILE, _TILE), np.float32), self.height, self.width)
        even = np.ones((self.height, 1), np.float32)
        shade = self.shade(vignette) if vignette else even
        finished = np.empty((self.height, self.width, 3), np.uint8)
        for rows in _bands(self.height, self.width):
            band = self.pixels[:, rows]
            # Film grain is strongest in the middle tones.
            tone = band.mean(axis=0, dtype=np.float32)
            strength = np.float32(grain) * (np.float32(0.35) + np.float32(2.4) * tone * (1 - tone))
            soft = film[rows] * strength
            for c in range(3):
                plane = (band[c] * shade[rows] + soft) * np.float32(255) + rounding[rows]
                finished[rows, :, c] = np.clip(plane, 0, 255)
        return Image.fromarray(finished)

    def shade(self, vignette: float) -> NDArray[np.float32]:
        """Return what a vignette leaves of the light, (height, width); 0 leaves all."""
        y, x = (np.linspace(-1, 1, n, dtype=np.float32) ** 2 for n in (self.height, self.width))
        away = (y[:, None] + x[None, :]) / 2
        return np.asarray(1 - np.float32(vignette) * away * np.sqrt(away), np.float32)

    def pixel_box(self, box: Box) -> tuple[int, int, int, int]:
        """Return the box in whole pixels inside the picture, at least one wide and high."""
        left = min(self.width - 1, max(0, int(box[0] * self.unit)))
        top = min(self.height - 1, max(0, int(box[1] * self.unit)))
        right = min(self.width, int(np.ceil(box[2] * self.unit)))
        bottom = min(self.height, int(np.ceil(box[3] * self.unit)))
        return left, top, max(left + 1, right), max(top + 1, bottom)

    def _under(self, mask: Mask) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        view = self.pixels[:, mask.top :, mask.left :]
        h, w = min(view.shape[1], mask.cover.shape[0]), min(view.shape[2], mask.cover.shape[1])
        return view[:, :h, :w], mask.cover[:h, :w]


def _bands(height: int, width: int) -> Iterator[slice]:
    """Yield bands of rows that fit into the processor's cache."""
    rows = max(4, _CACHED // max(1, width))
    for top in range(0, height, rows):
        yield slice(top, top + rows)


def film_grain(rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw a tile of film grain of deviation 1: soft, about a pixel and a half wide."""
    noise = rng.standard_normal((_TILE, _TILE), np.float32)
    return (noise + np.roll(noise, 1, 0) + np.roll(noise, 1, 1)) * np.float32(0.577)


def _tiled(tile: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    return np.tile(tile, (-(-height // _TILE), -(-width // _TILE)))[:height, :width]
