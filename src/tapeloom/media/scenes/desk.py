"""A desk at night: a lamp, a cassette deck that plays, a window with the town behind."""

import numpy as np

from tapeloom.media.gear import boombox, lamp, photographs
from tapeloom.media.land import skyline
from tapeloom.media.motion import Pulse
from tapeloom.media.palette import mix
from tapeloom.media.pen import Box, Mask, Pen, Points
from tapeloom.media.props import books, mug, plant
from tapeloom.media.scenes.window import sheen, table
from tapeloom.media.sky import disc, shows_stars, sky, stars
from tapeloom.media.stage import Stage, Weather
from tapeloom.media.weather import drops_on_glass, weather


def desk(stage: Stage) -> None:
    """Paint the wall, the window, and the things in the light of the lamp."""
    canvas, layout, rng = stage.canvas, stage.layout, stage.rng
    side, scale = layout.side, layout.scale
    wall = stage.shade(0.42)
    canvas.gradient([(0.0, mix(wall, stage.ink, 0.5)), (0.78 * layout.floor, wall),
                     (canvas.bottom, mix(wall, stage.ink, 0.6))])  # fmt: skip
    wide = canvas.right > 1.2
    window_x = layout.aside(-0.46)
    half = 0.17 * scale * (1.25 if wide else 1.0)
    pane: Box = (window_x - half, 0.14 * layout.floor, window_x + half, 0.72 * layout.floor)
    _window(stage, pane)
    table(stage, layout.floor - 0.035, edge=mix(stage.light, stage.ink, 0.25))
    line = sorted((window_x + side * (half + 0.09), window_x + side * (half + 0.09 + 0.38 * scale)))
    hung = 0.18 * layout.floor
    photographs(canvas, (line[0], hung), (line[1], hung), palette=stage.palette, rng=rng)

    foot = layout.floor - 0.012
    spot = layout.focus_x - side * (0.17 if wide else 0.2)
    size = 0.46 * scale if wide else 0.44
    lamp_x = spot + side * (0.34 * scale if wide else 0.31)
    far = spot - side * (0.4 * scale if wide else 0.37)
    top = books(canvas, far, foot, 0.24 * scale if wide else 0.22,
                colours=[mix(stage.accent, stage.ink, 0.35), mix(stage.haze, stage.ink, 0.35),
                         mix(stage.paper, stage.ink, 0.42)],
                edge=stage.light, rng=rng)  # fmt: skip
    green = mix(mix(stage.ink, stage.low, 0.2), stage.palette.colour("green"), 0.6)
    plant(canvas, far, top, 0.17 * scale, pot=mix(stage.accent, stage.paper, 0.2), green=green,
          edge=stage.light, rng=rng)  # fmt: skip
    corners = lamp(canvas, lamp_x, foot, size, stage.palette, lean=-side)
    _lamplight(stage, corners, spot, foot)
    shadow = canvas.ellipse(spot, foot + 0.004, 0.25 * scale, 0.012, blur=0.006)
    canvas.paint(shadow, stage.ink, opacity=0.7)
    boombox(stage, spot, foot, size, lit=side)
    mouth = (corners[0][0] + corners[1][0]) / 2, (corners[0][1] + corners[1][1]) / 2
    strength = 0.08 if stage.is_day else 0.2
    canvas.glow(mouth[0] - 0.06 * side, mouth[1] + 0.16 * scale, 0.15 * scale, stage.light,
                strength=strength)  # fmt: skip
    canvas.glow(*mouth, 0.42 * scale, stage.light, strength=0.5 * strength)
    mug(stage, spot - side * (0.66 * scale if wide else 0.22),
        foot + 0.012, 0.07 * scale, body=mix(stage.paper, stage.accent, 0.5), edge=stage.light,
        lit=side)  # fmt: skip


def _window(stage: Stage, pane: Box) -> None:
    canvas, rng = stage.canvas, stage.rng
    x0, y0, x1, y1 = pane
    tall, x = y1 - y0, (x0 + x1) / 2
    sky(stage, horizon=y1 - 0.02, box=pane)
    if shows_stars(stage):
        stars(stage, box=(x0, y0, x1, y0 + 0.65 * tall), density=0.5, strength=0.5)
    disc(stage, x + float(rng.uniform(-0.22, 0.22)) * (x1 - x0), y0 + 0.28 * tall,
         0.1 * (x1 - x0), box=pane)  # fmt: skip
    for up, high, depth, lit in ((0.02, 0.32, 0.3, 0.05), (-0.02, 0.25, 0.62, 0.14)):
        shade = mix(mix(stage.low, stage.haze, 0.55), stage.ink, depth)
        skyline(stage, base=y1 - up, low=0.08 * tall, high=high * tall, width=0.06, top=shade,
                foot=shade, box=pane, blur=0.0014, lit=0.0 if stage.is_day else lit)  # fmt: skip
    weather(stage, box=pane)
    if stage.weather == Weather.RAIN:
        drops_on_glass(stage, box=pane)
    sheen(canvas, pane, stage.paper)

    def bars(pen: Pen) -> None:
        pen.rectangle(x0 - 0.016, y0 - 0.016, x1 + 0.016, y1 + 0.016, radius=0.006)
        for a, b in ((x0, x - 0.006), (x + 0.006, x1)):
            pen.rectangle(a, y0, b, y1, radius=0.004, value=0.0)
        pen.rectangle(x0 - 0.03, y1 + 0.012, x1 + 0.03, y1 + 0.032, radius=0.004)

    area = (x0 - 0.05, y0 - 0.05, x1 + 0.05, y1 + 0.05)
    canvas.paint(canvas.mask(bars, area), stage.shade(0.18), stage.shade(0.3))


def _lamplight(stage: Stage, corners: Points, spot: float, foot: float) -> None:
    """Let the lamp's cone fall on the table; it trembles a little."""
    canvas, side, light = stage.canvas, stage.layout.side, stage.light
    scale = stage.layout.scale
    (ax, ay), (bx, by) = sorted(corners)
    near, far = 0.1 * scale, 0.36 * scale
    left, right = (far, near) if side > 0 else (near, far)
    cone = canvas.polygon([(ax, ay), (bx, by), (bx + right, foot + 0.02), (ax - left, foot + 0.02)],
                          blur=0.02)  # fmt: skip
    ys = (cone.top + np.arange(len(cone.cover))) / canvas.unit
    fade = np.clip(1.15 - (ys - ay) / (foot - ay), 0.25, 1.0)
    cone = Mask((cone.cover * fade[:, None]).astype(np.float32), cone.left, cone.top)
    table_box = (0, foot - 0.023, canvas.right, canvas.bottom)
    pool = canvas.halo(spot, foot, 0.22 * scale, flatness=0.14, box=table_box)
    bulb = canvas.halo((ax + bx) / 2, (ay + by) / 2 + 0.03, 0.085 * scale)
    strength = 0.4 if stage.is_day else 1.0
    for mask, share in ((cone, 0.4), (pool, 0.62), (bulb, 0.6)):
        canvas.move(Pulse(mask, stage.cycles(0.3), 0.0, 0.06), light, strength=share * strength)
