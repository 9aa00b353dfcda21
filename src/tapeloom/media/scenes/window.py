"""A rainy window: a cat on the sill looks out over the town."""

import numpy as np

from tapeloom.media.canvas import Canvas
from tapeloom.media.gear import fairy_lights
from tapeloom.media.land import skyline
from tapeloom.media.motion import Drawn
from tapeloom.media.palette import Colour, mix
from tapeloom.media.pen import Box, Mask, Pen, smooth
from tapeloom.media.props import cat, mug, plant
from tapeloom.media.sky import clouds, disc, shows_stars, sky, stars
from tapeloom.media.stage import Stage, Weather
from tapeloom.media.weather import drops_on_glass, weather


def window(stage: Stage) -> None:
    """Paint the window, what lies behind it, and what stands on the sill."""
    canvas, layout, rng = stage.canvas, stage.layout, stage.rng
    side, low = layout.side, stage.low
    wall = stage.shade(0.28)
    canvas.gradient([(0.0, mix(wall, stage.ink, 0.35)), (0.5 * canvas.bottom, wall),
                     (canvas.bottom, stage.ink)])  # fmt: skip
    pane: Box = (0.13, 0.07, canvas.right - 0.13, layout.floor - 0.035)
    moon_x = _view(stage, pane)
    if stage.weather == Weather.RAIN:
        drops_on_glass(stage, box=pane)
    sheen(canvas, pane, stage.paper)
    _frame(stage, pane)
    fairy_lights(stage, (0.02, 0.04), (canvas.right - 0.02, 0.04), sag=0.06,
                 count=round(13 * canvas.right), wire=stage.ink)  # fmt: skip
    _curtains(stage)
    table(stage, layout.floor - 0.02, edge=mix(low, stage.paper, 0.15))
    canvas.glow(moon_x, layout.floor, 0.22, low, strength=0.3, flatness=0.1,
                box=(0, layout.floor - 0.02, canvas.right, canvas.bottom))  # fmt: skip
    foot, scale = layout.floor - 0.008, layout.scale
    edge = mix(low, stage.light, 0.35)
    cat(stage, layout.focus_x, foot, scale * float(rng.uniform(0.26, 0.29)), stage.shade(0.06),
        edge, lit=-side)  # fmt: skip
    green = mix(mix(stage.ink, low, 0.25), stage.palette.colour("green"), 0.55)
    plant_x = layout.middle - 0.27 * side * max(1.0, canvas.right * 0.86)
    plant(canvas, plant_x, foot, 0.25 * min(scale, canvas.right),
          pot=mix(stage.accent, stage.ink, 0.35), green=green, edge=mix(low, stage.light, 0.4),
          rng=rng)  # fmt: skip
    mug_x = layout.focus_x - 0.375 * side if canvas.right > 1.2 else plant_x + 0.19 * side
    mug(stage, mug_x, foot + 0.004, 0.066 * scale,
        body=mix(stage.paper, stage.ink, 0.35), edge=stage.light, lit=side)  # fmt: skip


def _view(stage: Stage, pane: Box) -> float:
    """Paint the town outside; returns the x of the moon."""
    canvas, layout, rng = stage.canvas, stage.layout, stage.rng
    low, haze = stage.low, stage.haze
    horizon = layout.floor - 0.14
    sky(stage, horizon=horizon, box=pane)
    away = -float(rng.uniform(0.2, 0.4)) if canvas.right < 1.2 else float(rng.uniform(0.04, 0.12))
    moon_x = layout.aside(away)
    moon_y = float(rng.uniform(0.3, 0.42)) * horizon + 0.04
    moon_r = layout.scale * float(rng.uniform(0.055, 0.078))
    if shows_stars(stage):
        stars(stage, box=(pane[0], pane[1], pane[2], 0.7 * horizon))
    disc(stage, moon_x, moon_y, moon_r, box=pane)
    clouds(stage, box=(pane[0], 0.3 * horizon, pane[2], 0.8 * horizon),
           count=round(5 * canvas.right), strength=0.3)  # fmt: skip
    for below, tall, width, depth, lit in (
        (0.1, 0.2, 0.07, 0.1, 0.0), (0.06, 0.19, 0.085, 0.42, 0.16), (0.01, 0.17, 0.12, 0.75, 0.3),
    ):  # fmt: skip
        shade = mix(mix(low, haze, 0.55), stage.ink, depth)
        skyline(
            stage, base=layout.floor - below, low=0.06, high=tall * layout.scale, width=width,
            top=shade, foot=mix(shade, low, 0.35), box=pane, blur=0.0011,
            lit=0.0 if stage.is_day else lit,
        )  # fmt: skip
    canvas.glow(moon_x, horizon, 0.3, low, strength=0.18, flatness=0.35, box=pane)
    weather(stage, box=pane, strength=0.6 if stage.weather == Weather.RAIN else 1.0)
    return moon_x


def _frame(stage: Stage, pane: Box) -> None:
    canvas = stage.canvas
    frame = stage.shade(0.14)
    panes = 2 if canvas.right < 1.3 else 3

    def bars(pen: Pen) -> None:
        x0, y0, x1, y1 = pane
        t = 0.02
        pen.rectangle(x0 - 1.6 * t, y0 - 1.6 * t, x1 + 1.6 * t, y1 + 1.6 * t, radius=0.008)
        cross = y0 + 0.2 * (y1 - y0)
        step = (x1 - x0 + t) / panes
        for k in range(panes):
            a, b = x0 + k * step, x0 + (k + 1) * step - t
            pen.rectangle(a, y0, b, cross - t / 3, radius=0.006, value=0.0)
            pen.rectangle(a, cross + t / 3, b, y1, radius=0.006, value=0.0)

    mask = canvas.mask(bars)
    canvas.paint(mask, mix(frame, stage.low, 0.45))
    n = max(1, round(0.0022 * canvas.unit))
    canvas.paint(Mask(np.minimum(mask.cover, mask.shifted(n, n).cover), mask.left, mask.top), frame)


def sheen(canvas: Canvas, pane: Box, paper: Colour) -> None:
    """Let a window pane catch two slanting bands of light."""
    x0, y0, x1, y1 = pane
    w, h = min(x1 - x0, 1.2 * (y1 - y0)), y1 - y0

    def bands(pen: Pen) -> None:
        for a, b in ((0.1, 0.2), (0.24, 0.275)):
            pen.polygon([(x0 + (a + 0.3) * w, y0), (x0 + (b + 0.3) * w, y0), (x0 + b * w, y0 + h),
                         (x0 + a * w, y0 + h)])  # fmt: skip

    canvas.light(canvas.mask(bands, pane), paper, strength=0.05)


def table(stage: Stage, y: float, *, edge: Colour) -> None:
    """Lay a table top or sill across the picture, its front falling into the dark."""
    canvas = stage.canvas
    right, bottom = canvas.right, canvas.bottom
    canvas.gradient([(y, stage.shade(0.36)), (y + 0.04, stage.shade(0.24))],
                    (0, y, right, y + 0.04))  # fmt: skip
    canvas.gradient([(y + 0.04, stage.shade(0.13)), (bottom, stage.ink)],
                    (0, y + 0.04, right, bottom))  # fmt: skip
    canvas.paint(canvas.rectangle(-0.1, y, right + 0.1, y + 0.0022), edge, opacity=0.65)
    canvas.paint(canvas.rectangle(-0.1, y + 0.04, right + 0.1, y + 0.0418), edge, opacity=0.3)


def _curtains(stage: Stage) -> None:
    """Draw two curtains back, each held by a band; their folds stir."""
    canvas, accent, ink = stage.canvas, stage.accent, stage.ink
    cloth = mix(ink, accent, 0.36)
    tall = stage.layout.floor / 0.7
    for side in (-1, 1):
        edge = canvas.right / 2 + side * (canvas.right / 2 - 0.128)
        outer = canvas.right / 2 + side * (canvas.right / 2 + 0.02)
        outline = ((-0.05, -0.02), (-0.035, 0.16), (0.0, 0.32), (0.06, 0.45), (0.078, 0.485),
                   (0.07, 0.53), (0.048, 0.61), (0.038, 0.7))  # fmt: skip
        inner = smooth([(edge + side * dx, y * tall) for dx, y in outline])
        mask = canvas.polygon([*inner, (outer, 0.7 * tall), (outer, -0.02)])
        canvas.paint(mask, mix(cloth, ink, 0.25), mix(cloth, ink, 0.5))
        # Folds gather at the band: they follow the share of the way from the wall to the edge.
        h, w = mask.cover.shape
        ys = (mask.top + np.arange(h)) / canvas.unit
        xs = (mask.left + np.arange(w)) / canvas.unit
        line = np.interp(ys, [y for _, y in inner], [x for x, _ in inner])
        share = (xs[None, :] - outer) / (line[:, None] - outer)
        folds = np.clip(0.5 + 0.5 * np.sin(21 * share + 1.2 * np.sin(9 * share)), 0, 1) ** 1.5
        lit = Mask((mask.cover * folds).astype(np.float32), mask.left, mask.top)
        canvas.light(lit, cloth, strength=0.5)
        knot = [(outer, 0.455 * tall), (edge + side * 0.11, 0.492 * tall),
                (edge + side * 0.074, 0.487 * tall)]  # fmt: skip
        canvas.paint(canvas.stroke(knot, (0.02, 0.02)), mix(accent, ink, 0.3))
        _tassel(stage, edge + side * 0.085, 0.487 * tall, mix(accent, ink, 0.2))


def _tassel(stage: Stage, x: float, y: float, colour: Colour) -> None:
    canvas, swings = stage.canvas, stage.cycles(0.15)

    def hang(pen: Pen, phase: float) -> None:
        lean = 0.006 * np.sin(2 * np.pi * swings * phase)
        pen.stroke([(x, y), (x + lean, y + 0.03)], (0.003, 0.003))
        pen.stroke([(x + lean, y + 0.03), (x + 1.6 * lean, y + 0.058)], (0.005, 0.013))

    place = canvas.pixel_box((x - 0.03, y - 0.01, x + 0.03, y + 0.08))
    canvas.move(Drawn(hang, place, canvas.unit), colour, light=False)
