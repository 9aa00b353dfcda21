"""Things that are switched on or hung up: a cassette, a desk lamp, fairy lights, photographs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tapeloom.media.canvas import Canvas
from tapeloom.media.motion import Drawn, Pulse
from tapeloom.media.palette import Colour, Palette, mix
from tapeloom.media.pen import Mask, Pen, Points
from tapeloom.media.props import rim
from tapeloom.media.stage import Stage


def boombox(stage: Stage, x: float, y: float, width: float, *, lit: float = 1.0) -> None:
    """Stand a radio recorder: two speakers, a cassette whose reels turn, meters that dance."""
    canvas = stage.canvas
    ink, light, accent = stage.ink, stage.light, stage.accent
    h = 0.56 * width
    shell = mix(mix(ink, stage.haze, 0.5), stage.paper, 0.1)

    def at(u: float, v: float) -> tuple[float, float]:
        return x + (u - 0.5) * width, y - h + v * h

    def area(u0: float, v0: float, u1: float, v1: float, radius: float = 0.0) -> Mask:
        return canvas.rectangle(*at(u0, v0), *at(u1, v1), radius=radius * width)

    edge = mix(shell, light, 0.6)

    def handle(pen: Pen) -> None:
        (x0, y0), (x1, y1) = at(0.13, -0.21), at(0.87, 0.12)
        pen.rectangle(x0, y0, x1, y1, radius=0.04 * width)
        t = 0.026 * width
        pen.rectangle(x0 + t, y0 + t, x1 - t, y1, radius=0.025 * width, value=0.0)

    box = (*at(-0.05, -0.3), *at(1.05, 1.05))
    rim(canvas, canvas.mask(handle, box), mix(shell, ink, 0.5), edge, x=0.0022 * lit, y=-0.0022)
    away = 0.5 - 0.3 * lit, 0.5 - 0.46 * lit  # it leans out of the light
    aerial = canvas.stroke([at(away[0], 0.02), at(away[1], -0.5)], (0.008 * width, 0.004 * width))
    canvas.paint(aerial, mix(stage.paper, stage.haze, 0.5))
    rim(canvas, area(0, 0, 1, 1, 0.045), shell, edge, x=0.003 * lit, y=-0.003)
    canvas.paint(area(0.012, 0.6, 0.988, 0.985, 0.04), ink, opacity=0.16)
    for u in (0.195, 0.805):
        _speaker(stage, *at(u, 0.61), 0.158 * width)
    canvas.paint(area(0.05, 0.075, 0.95, 0.225, 0.018), mix(ink, shell, 0.25))
    canvas.paint(area(0.4, 0.105, 0.92, 0.195, 0.01), mix(light, stage.paper, 0.3), opacity=0.86)

    def scale(pen: Pen) -> None:
        for k in range(24):
            u = 0.42 + 0.48 * k / 23
            pen.rectangle(*at(u, 0.112 if k % 4 == 0 else 0.132), *at(u + 0.003, 0.16))

    canvas.paint(canvas.mask(scale, box), ink, opacity=0.6)
    canvas.paint(area(0.655, 0.105, 0.662, 0.195), accent)
    _meters(stage, [at(0.075 + 0.042 * k, 0.15) for k in range(7)], 0.03 * width, 0.05 * h)
    _deck(stage, *at(0.36, 0.3), 0.28 * width, 0.44 * h)

    def keys(pen: Pen) -> None:
        for k in range(6):
            u = 0.365 + 0.046 * k
            pen.rectangle(*at(u, 0.82), *at(u + 0.038, 0.92), radius=0.006 * width)

    keyed = canvas.mask(keys, box)
    rim(canvas, keyed, mix(shell, stage.paper, 0.4), mix(shell, light, 0.75), x=0, y=-0.0014)
    canvas.paint(area(0.365, 0.82, 0.403, 0.92, 0.006), accent, opacity=0.9)


def _speaker(stage: Stage, x: float, y: float, r: float) -> None:
    canvas, ink = stage.canvas, stage.ink
    shell = mix(ink, stage.haze, 0.45)
    canvas.paint(canvas.ellipse(x, y, r, r), mix(shell, stage.light, 0.35))
    canvas.paint(canvas.ellipse(x, y, 0.94 * r, 0.94 * r), mix(ink, shell, 0.18))
    canvas.paint(canvas.ellipse(x, y, 0.8 * r, 0.8 * r), mix(ink, shell, 0.55),
                 mix(ink, shell, 0.25))  # fmt: skip
    canvas.paint(canvas.ellipse(x, y, 0.42 * r, 0.42 * r), mix(ink, shell, 0.1))
    canvas.paint(canvas.ellipse(x, y, 0.27 * r, 0.27 * r), mix(ink, shell, 0.9),
                 mix(ink, shell, 0.4))  # fmt: skip

    def holes(pen: Pen) -> None:
        for ring, count in ((0.52, 22), (0.62, 26), (0.72, 30)):
            for k in range(count):
                a = 2 * np.pi * (k + 0.5 * (count % 4 == 2)) / count
                pen.ellipse(x + ring * r * np.cos(a), y + ring * r * np.sin(a), 0.02 * r, 0.02 * r)

    canvas.paint(canvas.mask(holes, (x - r, y - r, x + r, y + r)), ink, opacity=0.6)


def _meters(stage: Stage, places: Sequence[tuple[float, float]], w: float, h: float) -> None:
    canvas = stage.canvas
    for k, (x, y) in enumerate(places):
        lamp = canvas.rectangle(x - w / 2.6, y - h / 2, x + w / 2.6, y + h / 2, radius=0.003)
        colour = stage.accent if k > 4 else stage.light
        canvas.paint(lamp, mix(colour, stage.ink, 0.72))
        # Louder lamps light less often.
        pulse = Pulse(lamp, stage.cycles(0.7), 0.03 * k, 1.0, 0.25 + 0.5 * k)
        canvas.move(pulse, colour, light=False)
        canvas.move(Pulse(canvas.halo(x, y, 1.2 * w), pulse.cycles, pulse.offset, 1.0,
                          pulse.sharpness), colour, strength=0.22)  # fmt: skip


def _deck(stage: Stage, x: float, y: float, w: float, h: float) -> None:
    """Draw a cassette behind its window, with the upper left corner at (x, y)."""
    canvas, ink, accent = stage.canvas, stage.ink, stage.accent
    paper = mix(stage.paper, stage.haze, 0.14)

    def area(u0: float, v0: float, u1: float, v1: float, radius: float = 0.0) -> Mask:
        return canvas.rectangle(x + u0 * w, y + v0 * h, x + u1 * w, y + v1 * h, radius=radius * w)

    canvas.paint(area(-0.04, -0.05, 1.04, 1.06, 0.05), mix(ink, stage.haze, 0.12))
    canvas.paint(area(0.03, 0.05, 0.97, 0.97, 0.05), paper, mix(paper, ink, 0.14))
    canvas.paint(area(0.03, 0.3, 0.97, 0.72), accent, mix(accent, ink, 0.14))
    canvas.paint(area(0.03, 0.72, 0.97, 0.77), mix(stage.light, accent, 0.3))
    for v in (0.13, 0.2):
        canvas.paint(area(0.12, v, 0.88, v + 0.022), mix(paper, ink, 0.4), opacity=0.6)
    canvas.paint(area(0.15, 0.34, 0.85, 0.68, 0.1), mix(ink, stage.haze, 0.1))
    for u, r in ((0.29, 0.085), (0.71, 0.125)):
        centre = (x + u * w, y + 0.51 * h)
        tape = canvas.ellipse(*centre, r * w, r * w)
        canvas.paint(tape, mix(ink, accent, 0.22))
        _reel(stage, *centre, 0.068 * w)

    def sheen(pen: Pen) -> None:
        pen.polygon([(x + 0.55 * w, y), (x + 0.75 * w, y), (x + 0.45 * w, y + h),
                     (x + 0.25 * w, y + h)])  # fmt: skip

    canvas.light(canvas.mask(sheen, (x, y, x + w, y + h)), stage.paper, strength=0.1)


def _reel(stage: Stage, x: float, y: float, r: float) -> None:
    canvas = stage.canvas
    canvas.paint(canvas.ellipse(x, y, r, r), mix(stage.paper, stage.ink, 0.1))
    canvas.paint(canvas.ellipse(x, y, 0.6 * r, 0.6 * r), mix(stage.ink, stage.haze, 0.15))
    turns = stage.cycles(0.4)

    def teeth(pen: Pen, phase: float) -> None:
        for k in range(6):
            a = k * np.pi / 3 - 2 * np.pi * turns * phase + 0.25
            pen.stroke([(x + 0.42 * r * np.cos(a), y + 0.42 * r * np.sin(a)),
                        (x + 0.66 * r * np.cos(a), y + 0.66 * r * np.sin(a))],
                       (0.2 * r, 0.2 * r))  # fmt: skip

        # One mark on the ring shows that it turns.
        a = -2 * np.pi * turns * phase
        pen.ellipse(x + 0.3 * r * np.cos(a), y + 0.3 * r * np.sin(a), 0.1 * r, 0.1 * r)

    place = canvas.pixel_box((x - r, y - r, x + r, y + r))
    canvas.move(Drawn(teeth, place, canvas.unit), mix(stage.paper, stage.ink, 0.1), light=False)


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
    stage: Stage, start: tuple[float, float], end: tuple[float, float], *, sag: float,
    count: int, wire: Colour, drop: float = 0.009, size: float = 1.0,
) -> None:  # fmt: skip
    """Hang a string of small warm lamps that swell and fade one after another."""
    canvas, light = stage.canvas, stage.light
    t = np.linspace(0, 1, 40)
    xs = start[0] + (end[0] - start[0]) * t
    ys = start[1] + (end[1] - start[1]) * t + sag * 4 * t * (1 - t)
    points = [(float(a), float(b)) for a, b in zip(xs, ys, strict=True)]
    canvas.paint(canvas.stroke(points, (0.0022, 0.0022)), wire)
    bulb = mix(light, np.ones(3, np.float32), 0.5)
    for k, u in enumerate((np.arange(count) + 0.5) / count):
        a, b = float(np.interp(u, t, xs)), float(np.interp(u, t, ys)) + drop
        halo = canvas.halo(a, b, 0.018 * size)
        canvas.move(Pulse(halo, stage.cycles(0.15), 0.37 * k % 1, 0.5), light, strength=0.55)
        canvas.paint(canvas.ellipse(a, b, 0.0045 * size, 0.006 * size), bulb)


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
