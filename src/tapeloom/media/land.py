"""What lies under the sky: rows of houses, hills, trees, mist."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.media.canvas import WHOLE, Box, Canvas, Mask, Pen
from tapeloom.media.palette import Colour


def skyline(
    canvas: Canvas, rng: np.random.Generator, *, base: float, low: float, high: float, width: float,
    top: Colour, foot: Colour, box: Box = WHOLE, blur: float = 0.0, lit: float = 0.0,
    light: Colour | None = None,
) -> None:  # fmt: skip
    """Build one row of houses from left to right, some windows lit."""
    houses: list[tuple[float, float, float, int]] = []
    x = box[0] - float(rng.uniform(0, width))
    while x < box[2]:
        w = width * float(rng.uniform(0.55, 1.35))
        h = low + (high - low) * float(rng.beta(1.6, 2.4))
        houses.append((x, w, h, int(rng.integers(0, 6))))
        x += w * float(rng.uniform(0.92, 1.05))

    def draw(pen: Pen) -> None:
        for x, w, h, kind in houses:
            y = base - h
            pen.rectangle(x, y, x + w, base + 0.05)
            if kind == 0:  # a set-back storey
                pen.rectangle(x + 0.2 * w, y - 0.12 * h, x + 0.75 * w, y)
            elif kind == 1:  # a mast
                pen.rectangle(x + 0.48 * w, y - 0.3 * h, x + 0.52 * w, y)
                pen.rectangle(x + 0.4 * w, y - 0.16 * h, x + 0.6 * w, y - 0.145 * h)
            elif kind == 2:  # a pitched roof
                pen.polygon([(x, y), (x + 0.5 * w, y - 0.35 * w), (x + w, y)])
            elif kind == 3:  # a water tank
                tx, tw = x + 0.25 * w, 0.3 * w
                pen.rectangle(tx, y - 0.36 * w, tx + tw, y - 0.1 * w)
                pen.polygon([(tx - 0.02 * w, y - 0.36 * w), (tx + tw / 2, y - 0.5 * w),
                             (tx + tw + 0.02 * w, y - 0.36 * w)])  # fmt: skip
                for leg in (0.03, 0.24):
                    pen.rectangle(tx + leg * w, y - 0.1 * w, tx + (leg + 0.03) * w, y)

    canvas.paint(canvas.mask(draw, (box[0], max(box[1], base - 1.5 * high), box[2], base),
                             blur=blur), top, foot)  # fmt: skip
    if lit <= 0 or light is None:
        return
    panes: list[tuple[float, float, float, float, float]] = []
    for x, w, h, _ in houses:
        columns = max(2, round(w / 0.017))
        step = w / (columns + 0.6)
        rows = int((h - 0.02) / 0.022)
        asleep = rng.random() < 0.25
        for column in range(columns):
            for row in range(rows):
                if rng.random() < lit * (0.15 if asleep else 1.0):
                    px, py = x + step * (0.5 + column), base - h + 0.014 + row * 0.022
                    panes.append((px, py, px + 0.52 * step, py + 0.011, float(rng.uniform(0.3, 1))))

    def windows(pen: Pen) -> None:
        for x0, y0, x1, y1, value in panes:
            pen.rectangle(x0, y0, x1, y1, value=value)

    area = (box[0], max(box[1], base - 1.5 * high), box[2], base)
    canvas.light(canvas.mask(windows, area, blur=max(blur, 0.004)), light, strength=0.35)
    canvas.paint(canvas.mask(windows, area, blur=blur), light, opacity=0.85)


def ridge(rng: np.random.Generator, *, octaves: int, roughness: float) -> NDArray[np.float64]:
    """Draw the outline of hills as 257 heights around 0, by midpoint displacement."""
    heights = rng.uniform(-1, 1, 4)
    size = 1.0
    for _ in range(octaves):
        size *= roughness
        n = len(heights)
        fine = np.interp(np.linspace(0, n - 1, 2 * n - 1), np.arange(n), heights)
        fine[1::2] += rng.uniform(-size, size, n - 1)
        heights = fine
    line: NDArray[np.float64] = np.interp(
        np.linspace(0, len(heights) - 1, 257), np.arange(len(heights)), heights
    )
    return line


def hill(
    canvas: Canvas, line: NDArray[np.float64], *, y: float, tall: float, top: Colour, foot: Colour,
    bottom: float = 1.0,
) -> None:  # fmt: skip
    """Paint one range of hills down to `bottom`."""
    xs = np.linspace(-0.01, 1.01, len(line))
    points = [(float(a), float(y - tall * b)) for a, b in zip(xs, line, strict=True)]
    mask = canvas.polygon([*points, (1.01, bottom), (-0.01, bottom)])
    canvas.paint(mask, top, foot)


def pines(
    canvas: Canvas, rng: np.random.Generator, line: NDArray[np.float64], *, y: float, tall: float,
    height: tuple[float, float], count: int, colour: Colour, spread: Sequence[float],
) -> None:  # fmt: skip
    """Plant fir trees along a ridge; `spread` weights ten stretches from left to right."""
    weights = np.asarray(spread, np.float64)
    slots = rng.choice(len(weights), count, p=weights / weights.sum())
    xs = (slots + rng.random(count)) / len(weights)
    sizes = rng.uniform(*height, count)

    def draw(pen: Pen) -> None:
        for x, h in zip(xs.tolist(), sizes.tolist(), strict=True):
            foot = y - tall * float(np.interp(x, np.linspace(0, 1, len(line)), line)) + 0.01
            pen.rectangle(x - 0.02 * h, foot - 0.2 * h, x + 0.02 * h, foot + 0.02)
            for k in range(6):
                v = k / 6
                half = h * (0.19 - 0.15 * v)
                up = foot - h * (0.1 + 0.75 * v)
                pen.polygon([(x - half, up), (x, up - 0.3 * h), (x + half, up)])

    canvas.paint(
        canvas.mask(draw, (0, y - 1.5 * tall - 1.2 * height[1], 1, y + 1.5 * tall)), colour
    )


def mist(canvas: Canvas, colour: Colour, *, y: float, tall: float, strength: float) -> None:
    """Lay a soft band of mist."""
    top = max(0, int((y - 2.5 * tall) * canvas.size))
    bottom = min(canvas.size, int((y + 2.5 * tall) * canvas.size))
    rows = ((np.arange(top, bottom) + 0.5) / canvas.size - y) / tall
    cover = np.repeat(np.exp(-(rows**2))[:, None], canvas.size, axis=1).astype(np.float32)
    canvas.paint(Mask(cover, 0, top), colour, opacity=strength)
