"""Things that are switched on or hung up: a cassette, a desk lamp, fairy lights, photographs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.media.canvas import Canvas, Mask, Pen, Points
from tapeloom.media.palette import Colour, Palette, mix
from tapeloom.media.props import rim


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
        return canvas.rectangle(*at(u0, v0), *at(u1, v1), radius=radius * width)

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

    rim(
        canvas, canvas.mask(foot, box), mix(shell, ink, 0.35), mix(shell, light, 0.3), x=0, y=-0.002
    )
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
    corners = _pairs([rim_at + s * 0.19 * h * across for s in (1, -1)])
    box = (x - h, y - 1.3 * h, x + h, y + 0.02)

    def arm(pen: Pen) -> None:
        pen.stroke([(x, y - 0.02 * h), elbow, head], (0.032 * h, 0.032 * h))
        pen.ellipse(*elbow, 0.035 * h, 0.035 * h)
        pen.rectangle(x - 0.17 * h, y - 0.045 * h, x + 0.17 * h, y, radius=0.02 * h)

    def shade(pen: Pen) -> None:
        narrow = _pairs([back + s * 0.065 * h * across for s in (-1, 1)])
        pen.polygon([*narrow, *corners])
        pen.ellipse(float(back[0]), float(back[1]), 0.075 * h, 0.075 * h)

    rim(canvas, canvas.mask(arm, box), body, mix(body, light, 0.45), x=0.002 * lean, y=-0.001)
    rim(canvas, canvas.mask(shade, box), body, mix(body, light, 0.3), x=-0.003 * lean, y=-0.002)
    mouth = canvas.stroke(corners, (0.03 * h, 0.05 * h, 0.03 * h))
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
    canvas.paint(canvas.stroke(points, (0.0022, 0.0022)), wire)
    places = [(float(np.interp(u, t, xs)), float(np.interp(u, t, ys)) + 0.009)
              for u in (np.arange(count) + 0.5) / count]  # fmt: skip

    def bulbs(pen: Pen) -> None:
        for a, b in places:
            pen.ellipse(a, b, 0.0045, 0.006)

    for a, b in places:
        canvas.glow(a, b, 0.016, light, strength=0.5)
    canvas.paint(canvas.mask(bulbs, box), mix(light, np.ones(3, np.float32), 0.5))


def photographs(
    canvas: Canvas, start: tuple[float, float], end: tuple[float, float], *, palette: Palette,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Peg three instant photographs of small landscapes to a sagging string."""
    ink, haze, light = (palette.colour(name) for name in ("ink", "haze", "light"))
    t = np.linspace(0, 1, 30)
    xs = start[0] + (end[0] - start[0]) * t
    ys = start[1] + (end[1] - start[1]) * t + 0.03 * 4 * t * (1 - t)
    string = [(float(a), float(b)) for a, b in zip(xs, ys, strict=True)]
    thread = canvas.stroke(string, (0.0016, 0.0016))
    canvas.paint(thread, mix(haze, light, 0.3))
    for i, u in enumerate((0.2, 0.5, 0.8)):
        x, y = float(np.interp(u, t, xs)), float(np.interp(u, t, ys)) + 0.004
        tilt, peak = float(rng.uniform(-0.09, 0.09)), float(rng.uniform(0.25, 0.75))
        hung = _Hung(x, y, tilt)
        paper = mix(palette.colour("paper"), haze, 0.35)
        card = canvas.polygon(hung.at((0, 0), (1, 0), (1, 1), (0, 1)))
        canvas.paint(card, mix(paper, ink, 0.1), mix(paper, ink, 0.22))
        view = hung.at((0.09, 0.08), (0.91, 0.08), (0.91, 0.76), (0.09, 0.76))
        canvas.paint(canvas.polygon(view), palette.sky_colour(i % 2), palette.sky_colour(2))
        land = hung.at((0.09, 0.62), (peak, 0.38), (0.91, 0.66), (0.91, 0.76), (0.09, 0.76))
        canvas.paint(canvas.polygon(land), mix(ink, haze, 0.35))
        ((sun_x, sun_y),) = hung.at((1 - peak, 0.27))
        canvas.paint(canvas.ellipse(sun_x, sun_y, 0.008, 0.008), light)
        peg = hung.at((0.46, -0.08), (0.54, -0.08), (0.54, 0.09), (0.46, 0.09))
        canvas.paint(canvas.polygon(peg), mix(palette.colour("accent"), ink, 0.2))


@dataclass(frozen=True, slots=True)
class _Hung:
    """Where a photograph hangs: the middle of its upper edge, and its tilt in radians."""

    x: float
    y: float
    tilt: float

    def at(self, *places: tuple[float, float]) -> list[tuple[float, float]]:
        """Turn places on the card (0..1 across and down) into places of the picture."""
        cos, sin = np.cos(self.tilt), np.sin(self.tilt)
        moved = []
        for across, down in places:
            dx, dy = (across - 0.5) * 0.082, down * 0.098
            moved.append((float(self.x + dx * cos - dy * sin), float(self.y + dx * sin + dy * cos)))
        return moved


def _pairs(points: Sequence[NDArray[np.float64]]) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in points]
