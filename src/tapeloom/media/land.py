"""What lies under the sky: rows of houses, hills, trees, water."""

import numpy as np
from numpy.typing import NDArray

from tapeloom.media.motion import Pulse
from tapeloom.media.palette import Colour
from tapeloom.media.pen import Box, Pen
from tapeloom.media.stage import Stage


def skyline(
    stage: Stage, *, base: float, low: float, high: float, width: float, top: Colour, foot: Colour,
    box: Box | None = None, blur: float = 0.0, lit: float = 0.0,
) -> None:  # fmt: skip
    """Build one row of houses from left to right, a share `lit` of the windows lit."""
    canvas, rng = stage.canvas, stage.rng
    place = box or canvas.whole
    houses: list[tuple[float, float, float, int]] = []
    x = place[0] - float(rng.uniform(0, width))
    while x < place[2]:
        w = width * float(rng.uniform(0.55, 1.35))
        h = low + (high - low) * float(rng.beta(1.6, 2.4))
        houses.append((x, w, h, int(rng.integers(0, 6))))
        x += w * float(rng.uniform(0.92, 1.05))

    def draw(pen: Pen) -> None:
        for x, w, h, kind in houses:
            _house(pen, x, base, w, h, kind)

    area = (place[0], max(place[1], base - 1.5 * high), place[2], min(place[3], base + 0.05))
    canvas.paint(canvas.mask(draw, area, blur=blur), top, foot)
    if lit <= 0:
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
    # Every twelfth lamp is switched off and on in a loop, in three groups.
    groups = rng.integers(-33, 3, len(panes))

    for group in (-1, 0, 1, 2):
        own = [pane for pane, g in zip(panes, groups, strict=True) if max(g, -1) == group]

        def windows(pen: Pen, own: list[tuple[float, float, float, float, float]] = own) -> None:
            for x0, y0, x1, y1, value in own:
                pen.rectangle(x0, y0, x1, y1, value=value)

        if group < 0:
            glow = canvas.mask(windows, area, blur=max(blur, 0.004))
            canvas.light(glow, stage.light, strength=0.35)
            canvas.paint(canvas.mask(windows, area, blur=blur), stage.light, opacity=0.85)
        else:
            shape = canvas.mask(windows, area, blur=blur)
            pulse = Pulse(shape, stage.cycles(0.05), group / 3 + 0.1, 1.0, 0.15)
            canvas.move(pulse, stage.light, light=False, strength=0.85)


def _house(pen: Pen, x: float, base: float, w: float, h: float, kind: int) -> None:
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
    stage: Stage, line: NDArray[np.float64], *, y: float, tall: float, top: Colour, foot: Colour,
    bottom: float | None = None,
) -> None:  # fmt: skip
    """Paint one range of hills across the picture, down to `bottom`."""
    canvas = stage.canvas
    right, low = canvas.right + 0.01, canvas.bottom if bottom is None else bottom
    xs = np.linspace(-0.01, right, len(line))
    points = [(float(a), float(y - tall * b)) for a, b in zip(xs, line, strict=True)]
    mask = canvas.polygon([*points, (right, low), (-0.01, low)])
    canvas.paint(mask, top, foot)


def height_at(stage: Stage, line: NDArray[np.float64], x: float) -> float:
    """Return the height of a ridge's outline at an x of the picture."""
    return float(np.interp(x, np.linspace(-0.01, stage.canvas.right + 0.01, len(line)), line))


def glitter(
    stage: Stage, *, x: float, top: float, bottom: float, width: tuple[float, float],
    count: int, strength: float = 0.55, colour: Colour | None = None,
) -> None:  # fmt: skip
    """Lay a path of broken light on water, from far to near, that shimmers in four groups."""
    canvas, rng = stage.canvas, stage.rng
    v = rng.random(count) ** 1.3
    widths = rng.uniform(0.01, 0.05, count) * (0.35 + v) * (bottom - top) / 0.12 * 0.7
    xs = x + rng.normal(0, 1, count) * (width[0] + (width[1] - width[0]) * v)
    groups = rng.integers(0, 4, count)
    for group in range(4):
        own = np.flatnonzero(groups == group)

        def draw(pen: Pen, own: NDArray[np.intp] = own) -> None:
            for i in own:
                y = top + 0.004 + (bottom - top) * float(v[i])
                thin = (0.0007 + 0.0016 * float(v[i])) * (0.7 + 2.5 * (bottom - top))
                pen.ellipse(float(xs[i]), y, float(widths[i]), thin)

        mask = canvas.mask(draw, (0, top, canvas.right, bottom + 0.01))
        pulse = Pulse(mask, stage.cycles(0.25 + 0.07 * group), group / 4, 0.75)
        canvas.move(pulse, stage.light if colour is None else colour, strength=strength)
