"""Things that live on a sill or desk: a cat, plants, a mug, books.

Each draws with a few flat shapes, its foot at (x, y), `h` tall, in fractions of the picture.
"""

import numpy as np

from tapeloom.media.canvas import Canvas
from tapeloom.media.motion import Drawn
from tapeloom.media.palette import Colour, mix
from tapeloom.media.pen import Box, Mask, Pen, Points, smooth
from tapeloom.media.stage import Stage


def rim(canvas: Canvas, mask: Mask, dark: Colour, edge: Colour, *, x: float, y: float) -> None:
    """Paint a silhouette with a thin lit edge on the side of (x, y) (fractions of the side)."""
    canvas.paint(mask, edge)
    n = canvas.unit
    inner = mask.shifted(-round(x * n), -round(y * n))
    canvas.paint(Mask(np.minimum(mask.cover, inner.cover), mask.left, mask.top), dark)


def cat(
    stage: Stage, x: float, y: float, h: float, dark: Colour, edge: Colour, *, lit: float = 1.0
) -> None:
    """Seat a cat that looks away from us; its tail swings. `lit` is the side of the light."""
    canvas = stage.canvas
    half = ((0.0, 0.0), (0.2, 0.0), (0.3, 0.022), (0.338, 0.11), (0.325, 0.22), (0.28, 0.34),
            (0.23, 0.45), (0.185, 0.54), (0.13, 0.62))  # fmt: skip
    right = [(x + a * h, y - b * h) for a, b in half]
    left = [(x - a * h, y - b * h) for a, b in reversed(half[1:])]
    swings = stage.cycles(0.1)

    def tail(pen: Pen, phase: float) -> None:
        swing = 0.05 * np.sin(2 * np.pi * swings * phase)
        tip = 0.03 * np.sin(2 * np.pi * swings * phase - 1.2)
        spine = [(0.1, 0.045), (0.36, 0.04), (0.54, 0.04), (0.645, 0.085 + 0.3 * swing),
                 (0.655 + 0.5 * tip, 0.16 + swing), (0.6 + tip, 0.185 + 1.5 * swing)]  # fmt: skip
        curve = smooth([(x + a * h, y - b * h) for a, b in spine])
        pen.stroke(curve, (0.08 * h, 0.08 * h, 0.07 * h, 0.045 * h))

    place = canvas.pixel_box((x + 0.05 * h, y - 0.34 * h, x + 0.76 * h, y + 0.06 * h))
    canvas.move(Drawn(tail, place, canvas.unit), edge, light=False)
    inner = Drawn(lambda pen, phase: tail(pen.shifted(0.0, 0.0024), phase), place, canvas.unit)
    canvas.move(inner, dark, light=False)

    def draw(pen: Pen) -> None:
        pen.polygon(smooth([*right, *left], closed=True))
        pen.ellipse(x, y - 0.7 * h, 0.2 * h, 0.158 * h)
        for side in (-1, 1):
            ear = [(0.197, 0.7), (0.2, 0.8), (0.186, 0.9), (0.172, 0.955), (0.13, 0.915),
                   (0.075, 0.85), (0.02, 0.8)]  # fmt: skip
            pen.polygon([(x + side * a * h, y - b * h) for a, b in ear])

    box = (x - 0.75 * h, y - 1.05 * h, x + 0.75 * h, y + 0.05 * h)
    rim(canvas, canvas.mask(draw, box), dark, edge, x=0.0024 * lit, y=-0.0024)


def leaf(x: float, y: float, angle: float, length: float, width: float) -> Points:
    """Return the outline of a pointed leaf that leaves (x, y) at an angle (0 is up)."""
    along = np.linspace(0.0, 1.0, 12)
    side = width * length * np.sin(np.pi * along**0.75) * 0.5
    bend = 0.22 * angle * along**2
    ux, uy = np.sin(angle + bend), -np.cos(angle + bend)
    cx, cy = x + ux * along * length, y + uy * along * length
    outline = [(a - b * s, c - d * s) for a, b, c, d, s in zip(cx, uy, cy, -ux, side, strict=True)]
    back = [(a + b * s, c + d * s) for a, b, c, d, s in zip(cx, uy, cy, -ux, side, strict=True)]
    return [(float(a), float(b)) for a, b in [*outline, *back[::-1]]]


def plant(
    canvas: Canvas, x: float, y: float, h: float, *, pot: Colour, green: Colour, edge: Colour,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Stand a leafy plant in a pot."""
    count = int(rng.integers(9, 13))
    angles = np.linspace(-1.25, 1.25, count) + rng.uniform(-0.1, 0.1, count)
    lengths = h * (0.48 + 0.2 * np.cos(angles)) * rng.uniform(0.85, 1.08, count)
    box = (x - 0.75 * h, y - 1.1 * h, x + 0.75 * h, y + 0.02)
    order = np.argsort(-np.abs(angles))
    for k, i in enumerate(order):
        shape = leaf(x, y - 0.34 * h, float(angles[i]), float(lengths[i]), 0.3)
        mask = canvas.polygon(shape)
        rim(canvas, mask, mix(green, edge, 0.05 + 0.2 * k / count), mix(green, edge, 0.45),
            x=0.0018, y=-0.0018)  # fmt: skip

    def draw(pen: Pen) -> None:
        pen.polygon([(x - 0.17 * h, y - 0.32 * h), (x + 0.17 * h, y - 0.32 * h),
                     (x + 0.125 * h, y), (x - 0.125 * h, y)])  # fmt: skip
        pen.rectangle(x - 0.19 * h, y - 0.36 * h, x + 0.19 * h, y - 0.29 * h, radius=0.01 * h)

    rim(canvas, canvas.mask(draw, box), pot, mix(pot, edge, 0.5), x=0.0025, y=-0.0015)


def mug(
    stage: Stage, x: float, y: float, h: float, *, body: Colour, edge: Colour, lit: float = 1.0
) -> None:
    """Set down a mug of something hot; `lit` is the side that the light falls on."""
    canvas = stage.canvas
    box = (x - h, y - 1.1 * h, x + 1.1 * h, y + 0.02)

    def draw(pen: Pen) -> None:
        pen.ellipse(x + 0.42 * h, y - 0.52 * h, 0.26 * h, 0.28 * h)
        pen.ellipse(x + 0.42 * h, y - 0.52 * h, 0.15 * h, 0.17 * h, 0.0)
        pen.rectangle(x - 0.42 * h, y - h, x + 0.42 * h, y, radius=0.1 * h)
        pen.rectangle(x - 0.42 * h, y - h, x + 0.42 * h, y - 0.5 * h, radius=0.02 * h)

    rim(canvas, canvas.mask(draw, box), body, mix(body, edge, 0.6), x=0.0026 * lit, y=-0.001)
    steam(stage, x, y - 1.02 * h, h)


def steam(stage: Stage, x: float, y: float, h: float, *, strength: float = 0.34) -> None:
    """Let steam rise from (x, y) to about twice `h` in two waving wisps."""
    canvas = stage.canvas
    start, rises = float(stage.rng.uniform(0, 6.28)), stage.cycles(0.22)
    place = canvas.pixel_box((x - 0.9 * h, y - 2.3 * h, x + 0.9 * h, y + 0.1 * h))

    def rise(pen: Pen, phase: float) -> None:
        t = np.linspace(0, 1, 30)
        for k, lift in ((-0.16, 1.7), (0.14, 2.1)):
            wave = np.sin(start + 9 * k + 5.5 * t - 2 * np.pi * rises * phase)
            xs = x + k * h + 0.17 * h * wave * (0.3 + t)
            ys = y - lift * h * t
            points = [(float(a), float(b)) for a, b in zip(xs, ys, strict=True)]
            pen.stroke(points, (0.05 * h, 0.18 * h, 0.1 * h), 0.85)

    rows = np.linspace(1, 0, place[3] - place[1], dtype=np.float32)  # 1 at the top
    fade = np.clip((1 - rows) * 1.4, 0, 1) * np.clip(rows * 7, 0, 1)
    motion = Drawn(rise, place, canvas.unit, blur=0.07 * h, fade=fade[:, None])
    canvas.move(motion, stage.paper, strength=strength)


def books(
    canvas: Canvas, x: float, y: float, width: float, *, colours: list[Colour], edge: Colour,
    rng: np.random.Generator,
) -> float:  # fmt: skip
    """Stack books; returns the y of the top."""
    for colour in colours:
        thick = float(rng.uniform(0.018, 0.026))
        w = width * float(rng.uniform(0.82, 1.0))
        shift = float(rng.uniform(-0.5, 0.5)) * (width - w)
        x0, x1, top = x - w / 2 + shift, x + w / 2 + shift, y - thick
        band = float(rng.uniform(0.12, 0.22)) * w

        def cover(pen: Pen, at: Box = (x0, top, x1, y)) -> None:
            pen.rectangle(*at, radius=0.004)

        def stripes(pen: Pen, at: Box = (x0, top, x1, y), band: float = band) -> None:
            pen.rectangle(at[0] + band, at[1] + 0.003, at[0] + band + 0.006, at[3] - 0.001)
            pen.rectangle(at[0] + band + 0.011, at[1] + 0.003, at[0] + band + 0.014, at[3] - 0.001)

        box = (x0 - 0.01, top - 0.01, x1 + 0.01, y + 0.01)
        rim(canvas, canvas.mask(cover, box), colour, mix(colour, edge, 0.45), x=0.0018, y=-0.0018)
        canvas.paint(canvas.mask(stripes, box), mix(colour, edge, 0.6))
        y = top
    return y
