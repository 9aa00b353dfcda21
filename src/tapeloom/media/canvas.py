"""A picture in the making: float colours, anti-aliased shapes as masks, light that adds up.

All coordinates are fractions of the picture's side, x to the right and y down, so that a picture
is the same at any size.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from tapeloom.media.palette import Colour, ramp

Points = Sequence[tuple[float, float]]
Box = tuple[float, float, float, float]  # left, top, right, bottom
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
GROUND = 0.7  # y from which a picture is calm and dark, for its title


@dataclass(frozen=True, slots=True)
class Mask:
    """How much of each pixel a shape covers, 0..1, and where its top left corner lies (pixels)."""

    cover: NDArray[np.float32]  # (height, width)
    left: int
    top: int

    def shifted(self, x: int, y: int) -> "Mask":
        """Return the mask moved by whole pixels inside its own frame."""
        moved = np.zeros_like(self.cover)
        h, w = moved.shape
        moved[max(y, 0) : h + min(y, 0), max(x, 0) : w + min(x, 0)] = self.cover[
            max(-y, 0) : h - max(y, 0), max(-x, 0) : w - max(x, 0)
        ]
        return Mask(moved, self.left, self.top)


class Pen:
    """Draw shapes into a mask; `value` 0..1 is how opaque, 0 erases."""

    def __init__(self, draw: ImageDraw.ImageDraw, scale: float, left: float, top: float) -> None:
        self._draw, self._scale, self._left, self._top = draw, scale, left, top

    def _at(self, points: Points) -> list[tuple[float, float]]:
        return [((x - self._left) * self._scale, (y - self._top) * self._scale) for x, y in points]

    def polygon(self, points: Points, value: float = 1.0) -> None:
        """Fill a polygon."""
        self._draw.polygon(self._at(points), fill=round(255 * value))

    def ellipse(self, x: float, y: float, rx: float, ry: float, value: float = 1.0) -> None:
        """Fill an ellipse around a centre."""
        corners = self._at([(x - rx, y - ry), (x + rx, y + ry)])
        self._draw.ellipse([*corners[0], *corners[1]], fill=round(255 * value))

    def rectangle(
        self, x0: float, y0: float, x1: float, y1: float, *, radius: float = 0.0, value: float = 1.0
    ) -> None:
        """Fill a rectangle with round corners."""
        corners = self._at([(x0, y0), (x1, y1)])
        self._draw.rounded_rectangle(
            [*corners[0], *corners[1]], radius * self._scale, fill=round(255 * value)
        )

    def stroke(self, points: Points, widths: Sequence[float], value: float = 1.0) -> None:
        """Draw a round brush along points; the width goes evenly through `widths`."""
        at = np.asarray(self._at(points))
        steps = np.hypot(*np.diff(at, axis=0).T)
        length = np.concatenate([[0.0], np.cumsum(steps)])
        n = max(2, int(length[-1] / max(1.0, 0.2 * min(widths) * self._scale)))
        along = np.linspace(0.0, length[-1], n)
        xs, ys = np.interp(along, length, at[:, 0]), np.interp(along, length, at[:, 1])
        spots = np.linspace(0.0, 1.0, len(widths))
        radii = np.interp(along / max(length[-1], 1e-9), spots, widths) * self._scale / 2
        for x, y, r in zip(xs, ys, radii, strict=True):
            self._draw.ellipse([x - r, y - r, x + r, y + r], fill=round(255 * value))


class Canvas:
    """A square picture of float display colours, one plane a colour: (3, size, size)."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.pixels = np.zeros((3, size, size), np.float32)

    def gradient(self, stops: Sequence[tuple[float, Colour]], box: Box = WHOLE) -> None:
        """Fill a box with a vertical gradient; stop positions are y of the picture."""
        left, top, right, bottom = self._pixels(box)
        ys = (np.arange(top, bottom) + 0.5) / self.size
        self.pixels[:, top:bottom, left:right] = ramp(stops, ys).T[:, :, None]

    def mask(self, draw: Callable[[Pen], None], box: Box = WHOLE, *, blur: float = 0.0) -> Mask:
        """Draw a shape with anti-aliased edges; `blur` is a Gaussian radius."""
        left, top, right, bottom = self._pixels(box)
        width, height = right - left, bottom - top
        # A blurred edge needs no finer drawing.
        fine = 1 if blur * self.size > 2 else 3 if width * height < 1_500_000 else 2
        image = Image.new("L", (width * fine, height * fine))
        scale = float(self.size * fine)
        draw(Pen(ImageDraw.Draw(image), scale, left / self.size, top / self.size))
        drawn = image.getbbox()
        if drawn is None:
            return Mask(np.zeros((1, 1), np.float32), left, top)
        # What was left empty costs time in every later step.
        reach = fine * (2 + round(3 * blur * self.size))
        x0, y0 = (max(0, edge - reach) // fine for edge in drawn[:2])
        x1, y1 = (
            min(width, -(-(drawn[2] + reach) // fine)),
            min(height, -(-(drawn[3] + reach) // fine)),
        )
        image = image.crop((x0 * fine, y0 * fine, x1 * fine, y1 * fine))
        if fine > 1:
            image = image.reduce(fine)
        if blur > 0:
            image = image.filter(ImageFilter.GaussianBlur(blur * self.size))
        return Mask(np.asarray(image, np.float32) / np.float32(255), left + x0, top + y0)

    def polygon(self, points: Points, *, box: Box | None = None, blur: float = 0.0) -> Mask:
        """Return the mask of one polygon."""
        return self.mask(
            lambda pen: pen.polygon(points), box or _around(points, 4 * blur), blur=blur
        )

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, *, box: Box | None = None, blur: float = 0.0
    ) -> Mask:
        """Return the mask of one ellipse."""
        around = _around([(x - rx, y - ry), (x + rx, y + ry)], 4 * blur)
        return self.mask(lambda pen: pen.ellipse(x, y, rx, ry), box or around, blur=blur)

    def rectangle(self, x0: float, y0: float, x1: float, y1: float, *, radius: float = 0.0) -> Mask:
        """Return the mask of one rectangle with round corners."""
        box = _around([(x0, y0), (x1, y1)])
        return self.mask(lambda pen: pen.rectangle(x0, y0, x1, y1, radius=radius), box)

    def stroke(self, points: Points, widths: Sequence[float]) -> Mask:
        """Return the mask of one brush stroke."""
        return self.mask(lambda pen: pen.stroke(points, widths), _around(points, max(widths)))

    def paint(
        self, mask: Mask, colour: Colour, to: Colour | None = None, *, opacity: float = 1.0
    ) -> None:
        """Lay a colour, or a vertical gradient from `colour` to `to` over the mask's height."""
        view, cover = self._under(mask)
        cover = cover * np.float32(opacity) if opacity < 1 else cover
        rows = (
            ramp([(0.0, colour), (1.0, to)], np.linspace(0, 1, len(cover)))
            if to is not None
            else None
        )
        for c in range(3):
            fill = np.float32(colour[c]) if rows is None else rows[:, c, None]
            view[c] += (fill - view[c]) * cover

    def light(self, mask: Mask, colour: Colour, *, strength: float = 1.0) -> None:
        """Add light through a mask (screen blending: it never burns out)."""
        view, cover = self._under(mask)
        for c in range(3):
            view[c] += (1 - view[c]) * (cover * np.float32(colour[c] * strength))

    def glow(
        self, x: float, y: float, radius: float, colour: Colour, *, strength: float = 0.5,
        flatness: float = 1.0, box: Box = WHOLE,
    ) -> None:  # fmt: skip
        """Add a soft round light: a narrow core in a wide halo. `flatness` under 1 squeezes it."""
        reach, tall = 3.2 * radius, 3.2 * radius * flatness
        left, top, right, bottom = self._pixels(
            (max(x - reach, box[0]), max(y - tall, box[1]),
             min(x + reach, box[2]), min(y + tall, box[3]))
        )  # fmt: skip
        dx = ((np.arange(left, right) + 0.5) / self.size - x) / radius
        dy = ((np.arange(top, bottom) + 0.5) / self.size - y) / (radius * flatness)
        cover = 0.6 * np.outer(np.exp(-0.9 * dy**2), np.exp(-0.9 * dx**2))
        cover += 0.4 * np.outer(np.exp(-6 * dy**2), np.exp(-6 * dx**2))
        self.light(Mask(cover.astype(np.float32), left, top), colour, strength=strength)

    def finish(self, rng: np.random.Generator, *, grain: float = 0.014) -> Image.Image:
        """Add vignette and film grain, and round with noise so that no gradient shows bands."""
        n = self.size
        away = (np.linspace(-1, 1, n, dtype=np.float32)) ** 2
        shade = 1 - np.float32(0.2) * ((away[:, None] + away[None, :]) / 2) ** np.float32(1.5)
        # Film grain is soft and strongest in the middle tones.
        film = rng.standard_normal((n, n), np.float32)
        film = (film + np.roll(film, 1, 0) + np.roll(film, 1, 1)) * np.float32(0.577 * grain)
        tone = self.pixels.mean(axis=0)
        film *= np.float32(0.35) + np.float32(2.4) * tone * (1 - tone)
        rounding = rng.random((n, n), np.float32)
        finished = np.empty((n, n, 3), np.uint8)
        for c in range(3):
            plane = (self.pixels[c] * shade + film) * np.float32(255) + rounding
            finished[..., c] = np.clip(plane, 0, 255)
        return Image.fromarray(finished)

    def _pixels(self, box: Box) -> tuple[int, int, int, int]:
        n = self.size
        left, top = (min(n - 1, max(0, int(edge * n))) for edge in box[:2])
        right, bottom = min(n, int(np.ceil(box[2] * n))), min(n, int(np.ceil(box[3] * n)))
        return left, top, max(left + 1, right), max(top + 1, bottom)

    def _under(self, mask: Mask) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        view = self.pixels[:, mask.top :, mask.left :]
        h, w = min(view.shape[1], mask.cover.shape[0]), min(view.shape[2], mask.cover.shape[1])
        return view[:, :h, :w], mask.cover[:h, :w]


def _around(points: Points, margin: float = 0.0) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    edge = margin + 0.004
    return min(xs) - edge, min(ys) - edge, max(xs) + edge, max(ys) + edge


def smooth(points: Points, *, closed: bool = False, steps: int = 14) -> list[tuple[float, float]]:
    """Draw a Catmull-Rom curve through points."""
    p = np.asarray(points, np.float64)
    p = np.vstack([p[-1], p, p[:2]]) if closed else np.vstack([p[0], p, p[-1]])
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[:, None]
    curve = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        curve.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
                   + (3 * b - a - 3 * c + d) * t**3)
        )  # fmt: skip
    if not closed:
        curve.append(p[-2:-1])
    return [(float(x), float(y)) for x, y in np.vstack(curve)]
