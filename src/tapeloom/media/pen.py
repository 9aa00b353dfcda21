"""Masks: how much of each pixel a shape covers; and the pen that draws shapes into them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw

Points = Sequence[tuple[float, float]]
Box = tuple[float, float, float, float]  # left, top, right, bottom


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

    def shifted(self, x: float, y: float) -> "Pen":
        """Return a pen that draws everything moved by (x, y)."""
        return Pen(self._draw, self._scale, self._left - x, self._top - y)

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
        knots = np.linspace(0.0, length[-1], len(widths))
        along = np.union1d(length, knots[1:-1])
        xs, ys = np.interp(along, length, at[:, 0]), np.interp(along, length, at[:, 1])
        radii = np.interp(along, knots, widths) * self._scale / 2
        fill = round(255 * value)
        spots = list(zip(xs.tolist(), ys.tolist(), radii.tolist(), strict=True))
        for (x0, y0, r0), (x1, y1, r1) in pairwise(spots):
            far = float(np.hypot(x1 - x0, y1 - y0)) or 1.0
            u, v = (y1 - y0) / far, (x0 - x1) / far
            self._draw.polygon(
                [(x0 + u * r0, y0 + v * r0), (x1 + u * r1, y1 + v * r1),
                 (x1 - u * r1, y1 - v * r1), (x0 - u * r0, y0 - v * r0)], fill=fill
            )  # fmt: skip
        for x, y, r in spots:
            if r > 0.7:
                self._draw.ellipse([x - r, y - r, x + r, y + r], fill=fill)


def around(points: Points, margin: float = 0.0) -> Box:
    """Return the box that holds points, with a margin."""
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
