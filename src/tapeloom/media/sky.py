"""The sky: its gradient, stars, moon or sun, clouds, birds, and the weather that falls from it."""

import numpy as np
from numpy.typing import NDArray

from tapeloom.media.canvas import WHOLE, Box, Canvas, Pen
from tapeloom.media.palette import Colour, Palette, mix


def sky(canvas: Canvas, palette: Palette, *, horizon: float, box: Box = WHOLE) -> None:
    """Fill the sky down to the horizon."""
    top, middle, low = (palette.sky_colour(i) for i in range(3))
    span = horizon - box[1]
    canvas.gradient(
        [(box[1], top), (box[1] + 0.58 * span, middle), (horizon, low), (1.0, low)], box
    )


def stars(canvas: Canvas, palette: Palette, rng: np.random.Generator, *, box: Box) -> None:
    """Scatter stars, denser and brighter towards the zenith."""
    count = int(260 * (box[2] - box[0]) * (box[3] - box[1]) * 4)
    xs = rng.uniform(box[0], box[2], count)
    ys = box[1] + (box[3] - box[1]) * rng.beta(1.0, 2.2, count)
    sizes = 0.0007 + 0.0016 * rng.random(count) ** 6
    values = rng.uniform(0.25, 1.0, count)

    def draw(pen: Pen) -> None:
        for x, y, r, v in zip(xs, ys, sizes, values, strict=True):
            pen.ellipse(float(x), float(y), float(r), float(r), float(v))

    canvas.light(canvas.mask(draw, box), palette.colour("paper"), strength=0.75)


def disc(
    canvas: Canvas, palette: Palette, x: float, y: float, r: float, *, box: Box = WHOLE,
    haze: bool = False,
) -> None:  # fmt: skip
    """Hang the moon (night) or the sun (day and dusk) with its halo."""
    light, paper = palette.colour("light"), palette.colour("paper")
    canvas.glow(x, y, 3.4 * r, light, strength=0.42, box=box)
    near = (max(box[0], x - 1.2 * r), max(box[1], y - 1.2 * r), min(box[2], x + 1.2 * r),
            min(box[3], y + 1.2 * r))  # fmt: skip
    body = canvas.ellipse(x, y, r, r, box=near, blur=0.05 * r if haze else 0.0)
    if palette.is_night:
        canvas.paint(body, mix(paper, light, 0.2), mix(paper, light, 0.55))
        seas = ((-0.35, -0.25, 0.26), (0.25, 0.05, 0.2), (-0.1, 0.4, 0.22), (0.35, -0.4, 0.13))
        for a, b, s in seas:
            sea = canvas.ellipse(x + a * r, y + b * r, s * r, 0.9 * s * r, box=near, blur=0.06 * r)
            canvas.paint(sea, mix(light, palette.sky_colour(1), 0.5), opacity=0.28)
    else:
        canvas.paint(body, mix(paper, light, 0.35), mix(light, palette.sky_colour(2), 0.55))


def clouds(
    canvas: Canvas, palette: Palette, rng: np.random.Generator, *, box: Box, count: int,
    strength: float = 0.4,
) -> None:  # fmt: skip
    """Lay long flat-bottomed clouds, lit from below near the horizon."""
    for y in np.sort(rng.uniform(box[1] + 0.1 * (box[3] - box[1]), box[3], count)):
        x, length = float(rng.uniform(box[0], box[2])), float(rng.uniform(0.18, 0.42))
        puffs = rng.uniform(0, 1, (14, 2))

        def draw(
            pen: Pen, y: float = float(y), x: float = x, length: float = length,
            puffs: NDArray[np.float64] = puffs,
        ) -> None:  # fmt: skip
            for a, b in puffs:
                u = a - 0.5
                tall = 0.022 * (1 - 3.4 * u * u) * (0.5 + b)
                pen.ellipse(x + u * length, y - tall * 0.4, length * 0.11, max(0.003, tall))
            pen.ellipse(x, y, length * 0.55, 0.0045)
            pen.rectangle(x - length, y + 0.002, x + length, y + 0.08, value=0.0)

        depth = (y - box[1]) / (box[3] - box[1])
        colour = mix(palette.sky_colour(2), palette.colour("light"), 0.25 + 0.3 * depth)
        reach = (box[0], max(0.0, box[1] - 0.1), box[2], box[3])
        mask = canvas.mask(draw, reach, blur=0.0022)
        canvas.paint(mask, colour, mix(colour, palette.colour("haze"), 0.5), opacity=strength)


def birds(canvas: Canvas, rng: np.random.Generator, colour: Colour, *, x: float, y: float) -> None:
    """Let a few birds fly far off."""
    flock = [(x + float(rng.normal(0, 0.05)), y + float(rng.normal(0, 0.025)),
              float(rng.uniform(0.006, 0.012))) for _ in range(6)]  # fmt: skip

    def draw(pen: Pen) -> None:
        for a, b, w in flock:
            wings = ((-1.0, 0.35), (-0.4, 0.5), (0.0, 0.0), (0.4, 0.5), (1.0, 0.35))
            pen.stroke([(a + u * w, b - v * w) for u, v in wings], (0.0011, 0.0017, 0.0011))

    canvas.paint(canvas.mask(draw), colour, opacity=0.8)


def rain(
    canvas: Canvas, rng: np.random.Generator, colour: Colour, *, box: Box = WHOLE, count: int = 260,
    strength: float = 0.3,
) -> None:  # fmt: skip
    """Draw slanting rain in three depths."""
    for depth, share in ((0.45, 0.5), (0.7, 0.33), (1.0, 0.17)):
        n = int(count * share)
        xs, ys = rng.uniform(box[0] - 0.05, box[2] + 0.05, n), rng.uniform(box[1], box[3], n)
        lengths = depth * rng.uniform(0.025, 0.06, n)

        def draw(
            pen: Pen, drops: tuple[list[float], ...] = (xs.tolist(), ys.tolist(), lengths.tolist()),
            depth: float = depth,
        ) -> None:  # fmt: skip
            for x, y, length in zip(*drops, strict=True):
                half = 0.0009 * depth
                pen.polygon([(x - half, y), (x + half, y), (x - 0.16 * length + half, y + length),
                             (x - 0.16 * length - half, y + length)])  # fmt: skip

        canvas.light(canvas.mask(draw, box), colour, strength=strength * depth)


def snow(
    canvas: Canvas, rng: np.random.Generator, colour: Colour, *, box: Box = WHOLE, count: int = 320
) -> None:
    """Let snow fall, near flakes large and soft."""
    for blur, r, share, strength in (
        (0.0, 0.0016, 0.55, 0.7), (0.0008, 0.0029, 0.35, 0.75), (0.003, 0.0065, 0.1, 0.5),
    ):  # fmt: skip
        n = int(count * share)
        xs, ys = rng.uniform(box[0], box[2], n), rng.uniform(box[1], box[3], n)
        sizes = r * rng.uniform(0.6, 1.3, n)

        def draw(
            pen: Pen, flakes: tuple[list[float], ...] = (xs.tolist(), ys.tolist(), sizes.tolist())
        ) -> None:
            for x, y, s in zip(*flakes, strict=True):
                pen.ellipse(x, y, s, s)

        canvas.light(canvas.mask(draw, box, blur=blur), colour, strength=strength)


def drops_on_glass(
    canvas: Canvas, rng: np.random.Generator, *, box: Box, light: Colour, dark: Colour
) -> None:
    """Bead a window pane with drops and the trails that some of them left."""
    area = (box[2] - box[0]) * (box[3] - box[1])
    n = int(950 * area)
    xs, ys = rng.uniform(box[0], box[2], n), rng.uniform(box[1], box[3], n)
    sizes = 0.0011 + 0.0042 * rng.random(n) ** 5
    trails = [
        (float(rng.uniform(box[0], box[2])), float(rng.uniform(box[1], box[3] - 0.08)),
         float(rng.uniform(0.06, 0.24)))
        for _ in range(int(60 * area))
    ]  # fmt: skip
    wobble = rng.uniform(-0.0022, 0.0022, (len(trails), 6))

    def run(pen: Pen) -> None:
        for (x, y, length), w in zip(trails, wobble.tolist(), strict=True):
            end = min(y + length, box[3])
            points = [(x + dx, y + (end - y) * k / 5) for k, dx in enumerate(w)]
            pen.stroke(points, (0.0007, 0.0016, 0.0026), 0.75)
            pen.ellipse(points[-1][0], end, 0.0034, 0.0052)

    def beads(pen: Pen) -> None:
        for x, y, r in zip(xs.tolist(), ys.tolist(), sizes.tolist(), strict=True):
            pen.ellipse(x, y, r, 1.2 * r)

    def shine(pen: Pen) -> None:
        for x, y, r in zip(xs.tolist(), ys.tolist(), sizes.tolist(), strict=True):
            if r > 0.0018:
                pen.ellipse(x + 0.25 * r, y + 0.45 * r, 0.5 * r, 0.45 * r)
        for x, y, length in trails:
            pen.ellipse(x, min(y + length, box[3]) + 0.001, 0.0016, 0.002)

    canvas.light(canvas.mask(run, box), light, strength=0.16)
    canvas.paint(canvas.mask(beads, box), dark, opacity=0.28)
    canvas.light(canvas.mask(shine, box), light, strength=0.6)
