"""What is seen outside: sky, moon or sun, clouds, stars, skylines, hills, trees, rain and snow."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tapeloom.media.canvas import WHOLE, Box, Canvas, Mask, Pen
from tapeloom.media.palette import Colour, Palette, mix


def sky(canvas: Canvas, palette: Palette, *, horizon: float, box: Box = WHOLE) -> None:
    """Fill the sky down to the horizon."""
    top, middle, low = (canvas_colour(palette, i) for i in range(3))
    span = horizon - box[1]
    canvas.gradient(
        [(box[1], top), (box[1] + 0.58 * span, middle), (horizon, low), (1.0, low)], box
    )


def canvas_colour(palette: Palette, i: int) -> Colour:
    """Return the sky's colour 0 (zenith), 1 or 2 (horizon)."""
    from tapeloom.media.palette import rgb

    return rgb(palette.sky[i])


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
    canvas: Canvas, palette: Palette, x: float, y: float, r: float, *, box: Box = WHOLE
) -> None:
    """Hang the moon (night) or the sun (day and dusk) with its halo."""
    light, paper = palette.colour("light"), palette.colour("paper")
    canvas.glow(x, y, 3.4 * r, light, strength=0.42, box=box)
    body = canvas.mask(
        lambda pen: pen.ellipse(x, y, r, r),
        (max(box[0], x - 1.2 * r), max(box[1], y - 1.2 * r), min(box[2], x + 1.2 * r),
         min(box[3], y + 1.2 * r)),
    )  # fmt: skip
    if palette.is_night:
        canvas.paint(body, mix(paper, light, 0.2), mix(paper, light, 0.55))
        seas = ((-0.35, -0.25, 0.26), (0.25, 0.05, 0.2), (-0.1, 0.4, 0.22), (0.35, -0.4, 0.13))
        for a, b, s in seas:
            spot = canvas.mask(
                lambda pen, a=a, b=b, s=s: pen.ellipse(x + a * r, y + b * r, s * r, s * r * 0.9),
                (x - 1.2 * r, y - 1.2 * r, x + 1.2 * r, y + 1.2 * r), blur=0.06 * r,
            )  # type: ignore[misc]  # fmt: skip
            canvas.paint(spot, mix(light, canvas_colour(palette, 1), 0.5), opacity=0.28)
    else:
        canvas.paint(body, mix(paper, light, 0.35), mix(light, canvas_colour(palette, 2), 0.55))


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
        colour = mix(canvas_colour(palette, 2), palette.colour("light"), 0.25 + 0.3 * depth)
        mask = canvas.mask(draw, box, blur=0.0022)
        canvas.paint(mask, colour, mix(colour, palette.colour("haze"), 0.5), opacity=strength)


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
    bottom: float = 1.0, blur: float = 0.0,
) -> None:  # fmt: skip
    """Paint one range of hills down to `bottom`."""
    xs = np.linspace(-0.01, 1.01, len(line))
    points = [(float(a), float(y - tall * b)) for a, b in zip(xs, line, strict=True)]
    mask = canvas.mask(
        lambda pen: pen.polygon([*points, (1.01, bottom), (-0.01, bottom)]),
        (0.0, max(0.0, y - 1.6 * tall), 1.0, bottom), blur=blur,
    )  # fmt: skip
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

    canvas.paint(canvas.mask(draw, (0, y - 1.5 * tall - 1.2 * height[1], 1, y + 1.5 * tall)), colour)


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


def mist(canvas: Canvas, colour: Colour, *, y: float, tall: float, strength: float) -> None:
    """Lay a soft band of mist."""
    top = max(0, int((y - 2.5 * tall) * canvas.size))
    bottom = min(canvas.size, int((y + 2.5 * tall) * canvas.size))
    rows = ((np.arange(top, bottom) + 0.5) / canvas.size - y) / tall
    cover = np.repeat(np.exp(-(rows**2))[:, None], canvas.size, axis=1).astype(np.float32)
    canvas.paint(Mask(cover, 0, top), colour, opacity=strength)
