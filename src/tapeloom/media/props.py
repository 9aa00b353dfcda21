"""Things that scenes are furnished with: a cat, plants, a mug, books, a cassette, a lamp.

Each draws with a few flat shapes, its foot at (x, y), `h` tall, in fractions of the picture.
"""

import numpy as np

from tapeloom.media.canvas import Box, Canvas, Mask, Pen, Points, smooth
from tapeloom.media.palette import Colour, Palette, mix


def rim(canvas: Canvas, mask: Mask, dark: Colour, edge: Colour, *, x: float, y: float) -> None:
    """Paint a silhouette with a thin lit edge on the side of (x, y) (fractions of the side)."""
    canvas.paint(mask, edge)
    n = canvas.size
    inner = mask.shifted(-round(x * n), -round(y * n))
    canvas.paint(Mask(np.minimum(mask.cover, inner.cover), mask.left, mask.top), dark)


def cat(canvas: Canvas, x: float, y: float, h: float, dark: Colour, edge: Colour) -> None:
    """Seat a cat that looks away from us, its tail laid beside it."""
    half = ((0.0, 0.0), (0.2, 0.0), (0.31, 0.03), (0.335, 0.13), (0.29, 0.3), (0.21, 0.47),
            (0.145, 0.58))  # fmt: skip
    right = [(x + a * h, y - b * h) for a, b in half]
    left = [(x - a * h, y - b * h) for a, b in reversed(half[1:])]
    tail = [(0.2, 0.03), (0.42, 0.015), (0.56, 0.03), (0.63, 0.1), (0.6, 0.16), (0.55, 0.13)]

    def draw(pen: Pen) -> None:
        pen.polygon(smooth([*right, *left], closed=True))
        pen.ellipse(x, y - 0.685 * h, 0.175 * h, 0.15 * h)
        for side in (-1, 1):
            ear = [(0.165, 0.70), (0.168, 0.80), (0.158, 0.965), (0.085, 0.885), (0.03, 0.80)]
            pen.polygon([(x + side * a * h, y - b * h) for a, b in ear])
        curve = smooth([(x + a * h, y - b * h) for a, b in tail])
        pen.stroke(curve, (0.085 * h, 0.075 * h, 0.045 * h))

    box = (x - 0.75 * h, y - 1.05 * h, x + 0.75 * h, y + 0.05 * h)
    rim(canvas, canvas.mask(draw, box), dark, edge, x=0.0028, y=-0.0028)


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
        mask = canvas.mask(lambda pen, shape=shape: pen.polygon(shape), box)  # type: ignore[misc]
        rim(canvas, mask, mix(green, edge, 0.05 + 0.2 * k / count), mix(green, edge, 0.45),
            x=0.0018, y=-0.0018)  # fmt: skip

    def draw(pen: Pen) -> None:
        pen.polygon([(x - 0.17 * h, y - 0.32 * h), (x + 0.17 * h, y - 0.32 * h),
                     (x + 0.125 * h, y), (x - 0.125 * h, y)])  # fmt: skip
        pen.rectangle(x - 0.19 * h, y - 0.36 * h, x + 0.19 * h, y - 0.29 * h, radius=0.01 * h)

    rim(canvas, canvas.mask(draw, box), pot, mix(pot, edge, 0.5), x=0.0025, y=-0.0015)


def mug(
    canvas: Canvas, x: float, y: float, h: float, *, body: Colour, edge: Colour, steam: Colour,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Set down a mug of something hot."""
    box = (x - h, y - 1.1 * h, x + 1.1 * h, y + 0.02)

    def draw(pen: Pen) -> None:
        pen.ellipse(x + 0.42 * h, y - 0.52 * h, 0.26 * h, 0.28 * h)
        pen.ellipse(x + 0.42 * h, y - 0.52 * h, 0.15 * h, 0.17 * h, 0.0)
        pen.rectangle(x - 0.42 * h, y - h, x + 0.42 * h, y, radius=0.1 * h)
        pen.rectangle(x - 0.42 * h, y - h, x + 0.42 * h, y - 0.5 * h, radius=0.02 * h)

    rim(canvas, canvas.mask(draw, box), body, mix(body, edge, 0.6), x=0.0026, y=-0.001)
    phase = float(rng.uniform(0, 6.28))

    def rise(pen: Pen) -> None:
        for k, lift in ((-0.16, 1.5), (0.1, 1.9)):
            t = np.linspace(0, 1, 24)
            xs = x + k * h + 0.16 * h * np.sin(phase + k * 9 + 5.5 * t) * (0.3 + t)
            ys = y - 1.08 * h - lift * h * t
            points = [(float(a), float(b)) for a, b in zip(xs, ys, strict=True)]
            pen.stroke(points, (0.03 * h, 0.16 * h, 0.05 * h), 0.8)

    reach = (x - 1.2 * h, y - 3.4 * h, x + 1.2 * h, y - 0.9 * h)
    canvas.light(canvas.mask(rise, reach, blur=0.0055), steam, strength=0.3)


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


def cassette(canvas: Canvas, x: float, y: float, width: float, palette: Palette) -> None:
    """Stand a cassette on its long edge: shell, striped label, window, two reels, screws."""
    h = 0.635 * width
    ink, light, accent = (palette.colour(name) for name in ("ink", "light", "accent"))
    paper = mix(palette.colour("paper"), palette.colour("haze"), 0.12)
    shell = mix(ink, palette.colour("haze"), 0.55)
    box = (x - 0.55 * width, y - h - 0.02, x + 0.55 * width, y + 0.02)

    def at(u: float, v: float) -> tuple[float, float]:
        return x + (u - 0.5) * width, y - h + v * h

    def area(u0: float, v0: float, u1: float, v1: float, radius: float = 0.0) -> Mask:
        return canvas.mask(
            lambda pen: pen.rectangle(*at(u0, v0), *at(u1, v1), radius=radius * width), box
        )

    def dots(places: Points, radius: float) -> Mask:
        def draw(pen: Pen) -> None:
            for u, v in places:
                pen.ellipse(*at(u, v), radius * width, radius * width)

        return canvas.mask(draw, box)

    rim(canvas, area(0, 0, 1, 1, 0.045), shell, mix(shell, light, 0.55), x=-0.003, y=-0.003)
    canvas.paint(area(0.06, 0.08, 0.94, 0.72, 0.03), mix(paper, ink, 0.06), mix(paper, ink, 0.16))
    canvas.paint(area(0.06, 0.3, 0.94, 0.62), accent, mix(accent, ink, 0.12))
    canvas.paint(area(0.06, 0.62, 0.94, 0.655), mix(light, accent, 0.35))
    for v in (0.165, 0.235):
        canvas.paint(area(0.14, v, 0.86, v + 0.008), mix(paper, ink, 0.4), opacity=0.55)
    canvas.paint(area(0.2, 0.33, 0.8, 0.59, 0.082), mix(ink, shell, 0.15))
    canvas.paint(area(0.39, 0.37, 0.61, 0.55, 0.012), mix(ink, shell, 0.6))
    canvas.paint(dots([(0.395, 0.46)], 0.092), mix(ink, accent, 0.35), opacity=0.0)
    canvas.paint(dots([(0.29, 0.46), (0.71, 0.46)], 0.062), mix(paper, ink, 0.1))
    canvas.paint(dots([(0.29, 0.46), (0.71, 0.46)], 0.036), mix(ink, shell, 0.15))

    def teeth(pen: Pen) -> None:
        for cu in (0.29, 0.71):
            cx, cy = at(cu, 0.46)
            for k in range(6):
                a = k * np.pi / 3 + 0.25
                inner, outer = 0.024 * width, 0.04 * width
                pen.stroke(
                    [(cx + inner * np.cos(a), cy + inner * np.sin(a)),
                     (cx + outer * np.cos(a), cy + outer * np.sin(a))],
                    (0.013 * width, 0.013 * width),
                )  # fmt: skip

    canvas.paint(canvas.mask(teeth, box), mix(paper, ink, 0.1))

    def foot(pen: Pen) -> None:
        pen.polygon([at(0.2, 1.0), at(0.235, 0.8), at(0.765, 0.8), at(0.8, 1.0)])

    rim(canvas, canvas.mask(foot, box), mix(shell, ink, 0.35), mix(shell, light, 0.3), x=0, y=-0.002)
    screws = [(0.035, 0.06), (0.965, 0.06), (0.035, 0.94), (0.965, 0.94), (0.5, 0.86)]
    canvas.paint(dots(screws, 0.011), mix(shell, ink, 0.6))
    canvas.paint(dots([(0.32, 0.91), (0.68, 0.91)], 0.018), mix(shell, ink, 0.75))


def lamp(canvas: Canvas, x: float, y: float, h: float, palette: Palette, *, lean: float) -> Points:
    """Stand a jointed desk lamp that leans towards `lean` (-1 left, 1 right); returns the shade's
    two lower corners, from which the light falls.
    """
    ink, light = palette.colour("ink"), palette.colour("light")
    body = mix(ink, palette.colour("accent"), 0.28)
    elbow = (x - 0.2 * h * lean, y - 0.55 * h)
    head = (x + 0.18 * h * lean, y - 0.95 * h)
    nose = np.array([0.62 * lean, 0.78]) / np.hypot(0.62, 0.78)
    across = np.array([-nose[1], nose[0]])
    back, rim_at = np.array(head) - 0.02 * h * nose, np.array(head) + 0.25 * h * nose
    corners = [tuple(rim_at + s * 0.19 * h * across) for s in (1, -1)]
    box = (x - h, y - 1.3 * h, x + h, y + 0.02)

    def arm(pen: Pen) -> None:
        pen.stroke([(x, y - 0.02 * h), elbow, head], (0.032 * h, 0.032 * h))
        pen.ellipse(*elbow, 0.035 * h, 0.035 * h)
        pen.rectangle(x - 0.17 * h, y - 0.045 * h, x + 0.17 * h, y, radius=0.02 * h)

    def shade(pen: Pen) -> None:
        narrow = [tuple(back + s * 0.065 * h * across) for s in (-1, 1)]
        pen.polygon([*narrow, *corners])
        pen.ellipse(*back, 0.075 * h, 0.075 * h)

    rim(canvas, canvas.mask(arm, box), body, mix(body, light, 0.45), x=0.002 * lean, y=-0.001)
    rim(canvas, canvas.mask(shade, box), body, mix(body, light, 0.3), x=-0.003 * lean, y=-0.002)
    mouth = canvas.mask(lambda pen: pen.stroke(corners, (0.03 * h, 0.05 * h, 0.03 * h)), box)
    canvas.paint(mouth, mix(light, palette.colour("paper"), 0.6))
    return corners


def fairy_lights(
    canvas: Canvas, start: tuple[float, float], end: tuple[float, float], *, sag: float, count: int,
    wire: Colour, light: Colour,
) -> None:  # fmt: skip
    """Hang a string of small warm lamps."""
    t = np.linspace(0, 1, 40)
    xs = start[0] + (end[0] - start[0]) * t
    ys = start[1] + (end[1] - start[1]) * t + sag * 4 * t * (1 - t)
    points = [(float(a), float(b)) for a, b in zip(xs, ys, strict=True)]
    top = min(start[1], end[1]) - 0.02
    box = (start[0] - 0.02, top, end[0] + 0.02, max(start[1], end[1]) + sag + 0.04)
    canvas.paint(canvas.mask(lambda pen: pen.stroke(points, (0.0022, 0.0022)), box), wire)
    places = [(float(np.interp(u, t, xs)), float(np.interp(u, t, ys)) + 0.009)
              for u in (np.arange(count) + 0.5) / count]  # fmt: skip

    def bulbs(pen: Pen) -> None:
        for a, b in places:
            pen.ellipse(a, b, 0.0045, 0.006)

    for a, b in places:
        canvas.glow(a, b, 0.016, light, strength=0.5)
    canvas.paint(canvas.mask(bulbs, box), mix(light, np.ones(3, np.float32), 0.5))


