"""A beach: the sun on the sea, a palm over it, foam that comes and goes, a cat under a parasol."""

from itertools import pairwise

import numpy as np

from tapeloom.media.land import glitter
from tapeloom.media.motion import Drawn, Pulse
from tapeloom.media.palette import mix
from tapeloom.media.pen import Mask, Pen, Points, smooth
from tapeloom.media.props import cat, rim
from tapeloom.media.sky import birds, clouds, disc, shows_stars, sky, stars
from tapeloom.media.stage import Stage, TimeOfDay
from tapeloom.media.trees import palm
from tapeloom.media.weather import mist, weather


def beach(stage: Stage) -> None:
    """Paint from the sky to the dark sand."""
    canvas, layout, rng = stage.canvas, stage.layout, stage.rng
    low, side, floor = stage.low, layout.side, layout.floor
    horizon = 0.7 * floor
    sun_x = layout.focus_x - side * (0.32 if canvas.right > 1.2 else 0.42)
    high = {TimeOfDay.DAY: 0.42, TimeOfDay.NIGHT: 0.5}.get(stage.time, 0.86)
    sun_r = layout.scale * float(rng.uniform(0.1, 0.125)) * (0.75 if high < 0.6 else 1.0)
    sky(stage, horizon=horizon)
    if shows_stars(stage):
        stars(stage, box=(0, 0, canvas.right, 0.9 * horizon))
    disc(stage, sun_x, high * horizon, sun_r)
    clouds(stage, box=(0, 0.3 * horizon, canvas.right, 0.96 * horizon),
           count=round(6 * canvas.right * canvas.bottom), strength=0.4, size=1.1)  # fmt: skip
    _headlands(stage, horizon)
    _sea(stage, horizon, sun_x)
    _boat(stage, layout.aside(-0.3), horizon + 0.012)
    canvas.glow(sun_x, horizon, 0.42, stage.light, strength=0.2, flatness=0.35)
    _shore(stage)
    birds(stage, x=layout.aside(-0.05), y=0.5 * horizon)
    seat = layout.focus_x - 0.02 * side
    _parasol(stage, seat + 0.06 * side, floor + 0.03, 0.36 * layout.scale)
    _chair(stage, seat + 0.02 * side, floor + 0.035, 0.16 * layout.scale)
    cat(stage, seat - 0.2 * side * layout.scale, floor + 0.035, 0.13 * layout.scale,
        stage.shade(0.05), mix(low, stage.light, 0.5), lit=-side)  # fmt: skip
    palm(stage)
    weather(stage)


def _headlands(stage: Stage, horizon: float) -> None:
    canvas, layout = stage.canvas, stage.layout
    for reach, tall, depth in ((0.72, 0.075, 0.1), (0.46, 0.115, 0.34)):
        far = layout.middle * (1 - layout.side)  # the edge away from the focal side
        xs = np.linspace(0, 1, 40)
        drop = (1 - xs) ** 0.8 * (1 + 0.16 * np.sin(9 * xs + 3 * depth) + 0.06 * np.sin(31 * xs))
        length = 1.5 * layout.side * reach * layout.middle
        outline = [(float(far + length * x), float(horizon - tall * y))
                   for x, y in zip(xs, drop, strict=True)]  # fmt: skip
        shade = mix(mix(stage.low, stage.haze, 0.62), stage.ink, depth)
        canvas.paint(canvas.polygon([*outline, (outline[-1][0], horizon + 0.004),
                                     (far, horizon + 0.004)]),
                     shade, mix(shade, stage.low, 0.5))  # fmt: skip
        mist(canvas, stage.low, y=horizon - 0.006, tall=0.016, strength=0.35)


def _sea(stage: Stage, horizon: float, sun_x: float) -> None:
    canvas, rng, floor = stage.canvas, stage.rng, stage.layout.floor
    middle = stage.palette.sky_colour(1)
    canvas.gradient(
        [(horizon, mix(stage.low, stage.haze, 0.42)), (horizon + 0.3 * (floor - horizon),
          mix(stage.haze, middle, 0.5)), (floor + 0.02, mix(stage.shade(0.5), middle, 0.3))],
        (0, horizon, canvas.right, floor + 0.04),
    )  # fmt: skip
    line = canvas.rectangle(-0.1, horizon - 0.0008, canvas.right + 0.1, horizon + 0.0014)
    canvas.paint(line, mix(stage.low, stage.light, 0.5), opacity=0.6)
    glitter(stage, x=sun_x, top=horizon, bottom=floor, width=(0.03, 0.1),
            count=260, strength=0.62)  # fmt: skip
    # Long swells, thin and close far off, wide and few near the shore.
    n = int(70 * canvas.right)
    v = rng.random(n) ** 1.5
    xs, lengths = rng.uniform(0, canvas.right, n), rng.uniform(0.05, 0.16, n) * (0.3 + v)
    for dark in (True, False):

        def swells(pen: Pen, dark: bool = dark) -> None:
            for k in range(int(dark), n, 2):
                y = horizon + 0.008 + (floor - horizon) * float(v[k])
                thin = 0.0008 + 0.0026 * float(v[k])
                pen.ellipse(float(xs[k]), y, float(lengths[k]), thin)

        mask = canvas.mask(swells, (0, horizon, canvas.right, floor))
        pulse = Pulse(mask, stage.cycles(0.12), 0.5 * dark, 0.5)
        colour = stage.ink if dark else stage.low
        canvas.move(pulse, colour, light=False, strength=0.2 if dark else 0.26)


def _boat(stage: Stage, x: float, y: float) -> None:
    """Let a small sail rock far off."""
    canvas, rocks, s = stage.canvas, stage.cycles(0.1), 0.05 * stage.layout.scale
    shade = mix(stage.shade(0.35), stage.low, 0.1)

    def turned(phase: float, points: Points) -> list[tuple[float, float]]:
        a = 0.05 * np.sin(2 * np.pi * rocks * phase)
        return [(x + s * (u * np.cos(a) - v * np.sin(a)), y + s * (u * np.sin(a) + v * np.cos(a)))
                for u, v in points]  # fmt: skip

    def sails(pen: Pen, phase: float) -> None:
        pen.polygon(turned(phase, [(0.02, -1.15), (0.02, -0.16), (0.5, -0.16)]))
        pen.polygon(turned(phase, [(-0.04, -1.0), (-0.04, -0.16), (-0.38, -0.16)]))

    def hull(pen: Pen, phase: float) -> None:
        pen.polygon(turned(phase, [(-0.5, -0.12), (0.58, -0.12), (0.4, 0.06), (-0.36, 0.06)]))

    place = canvas.pixel_box((x - 1.2 * s, y - 1.4 * s, x + 1.2 * s, y + 0.3 * s))
    sail = mix(stage.paper, stage.low, 0.35)
    canvas.move(Drawn(sails, place, canvas.unit), sail, light=False, strength=0.92)
    canvas.move(Drawn(hull, place, canvas.unit), shade, light=False)


def _shore(stage: Stage) -> None:
    """Lay the sand, and let the foam run up it and back."""
    canvas, layout, floor = stage.canvas, stage.layout, stage.layout.floor
    xs = np.linspace(-0.02, canvas.right + 0.02, 60)
    lean = 0.04 * layout.side * (xs / layout.middle - 1)
    edge = floor - lean + 0.009 * np.sin(5.1 * xs + 1.0) + 0.004 * np.sin(13 * xs)
    sand = mix(stage.shade(0.3), stage.accent, 0.1)
    runs = stage.cycles(0.1)

    def water(phase: float, ahead: float) -> list[tuple[float, float]]:
        swing = np.sin(2 * np.pi * runs * phase - ahead)
        ys = edge + 0.016 * swing + 0.006 * np.sin(7 * xs + 2 * np.pi * runs * phase)
        return [(float(a), float(b)) for a, b in zip(xs, ys, strict=True)]

    line = [(float(a), float(b)) for a, b in zip(xs, edge - 0.028, strict=True)]
    ground = canvas.polygon([*line, (canvas.right + 0.1, canvas.bottom + 0.1),
                             (-0.1, canvas.bottom + 0.1)])  # fmt: skip
    canvas.paint(ground, sand, stage.ink)
    wet = canvas.polygon([*line, *((a, b + 0.062) for a, b in reversed(line))], blur=0.012)
    canvas.paint(wet, mix(stage.shade(0.4), stage.low, 0.26), opacity=0.75)
    place = canvas.pixel_box((0, float(edge.min()) - 0.09, canvas.right, float(edge.max()) + 0.04))

    def sheet(pen: Pen, phase: float) -> None:
        front = water(phase, 0.0)
        pen.polygon([*front, (canvas.right + 0.1, floor - 0.3), (-0.1, floor - 0.3)])

    def foam(pen: Pen, phase: float) -> None:
        front, back = water(phase, 0.0), water(phase, 0.25)
        pen.polygon([*front, *((a, b - 0.0075) for a, b in reversed(back))])

    def trail(pen: Pen, phase: float) -> None:
        front, back = water(phase, 0.7), water(phase, 1.0)
        pen.polygon([*((a, b - 0.022) for a, b in front),
                     *((a, b - 0.026) for a, b in reversed(back))])  # fmt: skip

    sea = mix(mix(stage.shade(0.5), stage.palette.sky_colour(1), 0.3), stage.low, 0.12)
    # The sheet of water has no edge towards the sea.
    tall = place[3] - place[1]
    fade = np.clip(np.linspace(0, 2.2, tall, dtype=np.float32), 0, 1)[:, None]
    canvas.move(Drawn(sheet, place, canvas.unit, fade=fade), sea, light=False, strength=0.8)
    canvas.move(Drawn(trail, place, canvas.unit), stage.paper, light=False, strength=0.3)
    canvas.move(Drawn(foam, place, canvas.unit), mix(stage.paper, stage.low, 0.2), light=False,
                strength=0.85)  # fmt: skip


def _parasol(stage: Stage, x: float, y: float, h: float) -> None:
    canvas, side = stage.canvas, stage.layout.side
    lean = -0.12 * side
    top = (x + lean * h, y - h)
    pole = canvas.stroke([(x, y), top], (0.018 * h, 0.014 * h))
    canvas.paint(pole, stage.shade(0.2))
    half, tall = 0.62 * h, 0.36 * h

    def edge(u: float) -> tuple[float, float]:
        """A point of the lower rim: u from -1 to 1."""
        px, py = u * half, 0.3 * tall * (1 - u * u)
        return top[0] + px - lean * 1.0 * py, top[1] + tall * 0.62 + py * 0.25 + lean * px * 0.9

    crown = (top[0] + 0.02 * h * lean, top[1] - 0.02 * h)
    ribs = [-1.0, -0.55, -0.12, 0.3, 0.68, 1.0]
    whole: list[tuple[float, float]] = []
    for a, b in pairwise(ribs):
        (x0, y0), (x1, y1) = edge(a), edge(b)
        whole += [(x0, y0), ((x0 + x1) / 2, (y0 + y1) / 2 - 0.028 * h), (x1, y1)]
    arch = smooth(
        [
            edge(1.0),
            (top[0] + 0.55 * half, top[1] + 0.2 * tall + 0.5 * lean * half),
            crown,
            (top[0] - 0.55 * half, top[1] + 0.2 * tall - 0.5 * lean * half),
            edge(-1.0),
        ]
    )
    canopy = canvas.polygon([*whole, *arch])
    red = mix(stage.accent, stage.ink, 0.32)
    rim(canvas, canopy, red, mix(stage.accent, stage.light, 0.6), x=-0.003 * side, y=-0.003)
    # Every other gore is pale.
    for a, b in ((ribs[1], ribs[2]), (ribs[3], ribs[4])):
        gore = canvas.polygon([edge(a), edge(b), crown])
        inside = canvas.polygon([*whole, *arch])
        clipped = _common(gore, inside)
        canvas.paint(clipped, mix(mix(stage.paper, stage.ink, 0.3), stage.low, 0.2), opacity=0.9)
    canvas.paint(canvas.ellipse(*crown, 0.016 * h, 0.016 * h), stage.shade(0.2))


def _common(a: Mask, b: Mask) -> Mask:
    """Return where two masks overlap, in the frame of the first."""
    h, w = a.cover.shape
    other = np.zeros_like(a.cover)
    y, x = b.top - a.top, b.left - a.left
    ys, xs = (
        slice(max(0, y), min(h, y + b.cover.shape[0])),
        slice(max(0, x), min(w, x + b.cover.shape[1])),
    )
    other[ys, xs] = b.cover[ys.start - y : ys.stop - y, xs.start - x : xs.stop - x]
    return Mask(np.minimum(a.cover, other), a.left, a.top)


def _chair(stage: Stage, x: float, y: float, h: float) -> None:
    """Stand a folding chair that faces the sea."""
    canvas, side = stage.canvas, stage.layout.side

    def frame(pen: Pen) -> None:
        for points in (
            [(-0.42, -0.34), (0.3, 0.0)],
            [(0.42, -0.42), (-0.26, 0.0)],
            [(-0.5, -0.38), (0.2, -0.3)],
            [(0.2, -0.3), (0.52, -0.98)],
        ):
            pen.stroke([(x + side * a * h, y + b * h) for a, b in points], (0.034 * h, 0.034 * h))

    def cloth(pen: Pen) -> None:
        sag = smooth([(0.5, -0.96), (0.34, -0.58), (0.16, -0.3), (-0.1, -0.27), (-0.48, -0.39)])
        pen.stroke([(x + side * a * h, y + b * h) for a, b in sag], (0.07 * h, 0.07 * h))

    box = (x - 0.7 * h, y - 1.1 * h, x + 0.7 * h, y + 0.05 * h)
    canvas.paint(
        canvas.ellipse(x, y + 0.004, 0.6 * h, 0.035 * h, blur=0.006), stage.ink, opacity=0.6
    )
    dark = stage.shade(0.12)
    rim(
        canvas,
        canvas.mask(frame, box),
        dark,
        mix(dark, stage.light, 0.4),
        x=-0.0015 * side,
        y=-0.002,
    )
    warm = mix(stage.accent, stage.ink, 0.45)
    rim(
        canvas,
        canvas.mask(cloth, box),
        warm,
        mix(warm, stage.light, 0.6),
        x=-0.002 * side,
        y=-0.002,
    )
