"""A cafe at the corner of a quiet street: one warm window, and what it lights."""

import numpy as np

from tapeloom.media.gear import fairy_lights
from tapeloom.media.motion import Pulse
from tapeloom.media.palette import Colour, mix
from tapeloom.media.pen import Box, Pen
from tapeloom.media.people import listener
from tapeloom.media.props import cat, mug, plant, rim
from tapeloom.media.shopfront import awning, bricks, door, sign, upstairs
from tapeloom.media.stage import Stage, Weather
from tapeloom.media.weather import weather


def cafe(stage: Stage) -> None:
    """Paint the front of the house, its window, the pavement."""
    canvas, layout = stage.canvas, stage.layout
    side, floor, scale = layout.side, layout.floor, layout.scale
    wall = mix(stage.shade(0.46), stage.palette.sky_colour(0), 0.3)
    canvas.gradient([(0.0, mix(wall, stage.ink, 0.5)), (floor, mix(wall, stage.ink, 0.12)),
                     (canvas.bottom, stage.ink)])  # fmt: skip
    wide = canvas.right > 1.2
    half = 0.37 * scale if wide else 0.29
    x = layout.focus_x - side * 0.06 * scale if wide else layout.middle + 0.015 * side
    pane: Box = (x - half, floor - 0.4 * scale, x + half * 0.62, floor - 0.075 * scale)
    if side < 0:
        pane = (x - half * 0.62, pane[1], x + half, pane[3])
    door_x = x + side * (half * 0.62 + (0.115 if wide else 0.09) * scale)
    bricks(stage, wall)
    upstairs(stage, wall, top=floor - 0.64 * scale)
    _front(stage, pane, door_x)
    _interior(stage, pane)
    _bars(stage, pane)
    door(stage, door_x, floor, (0.16 if wide else 0.13) * scale)
    _light_outside(stage, pane)
    _pavement(stage, pane, wall)
    span = (min(pane[0], door_x - 0.11 * scale), max(pane[2], door_x + 0.11 * scale))
    awning(stage, span[0] - 0.02, span[1] + 0.02, floor - 0.47 * scale, 0.11 * scale)
    fairy_lights(
        stage,
        (span[0] - 0.02, floor - 0.36 * scale),
        (span[1] + 0.02, floor - 0.36 * scale),
        sag=0.025,
        count=round(14 * (span[1] - span[0])),
        wire=stage.ink,
        size=0.9,
    )
    sign_x = pane[0] - 0.1 * scale if side > 0 else pane[2] + 0.1 * scale
    sign(stage, sign_x, floor - 0.44 * scale, 0.066 * scale)
    _outside(stage, pane, door_x)
    weather(stage)


def _front(stage: Stage, pane: Box, door_x: float) -> None:
    """Panel the ground floor in dark wood."""
    canvas, floor, scale = stage.canvas, stage.layout.floor, stage.layout.scale
    left, right = (
        min(pane[0], door_x - 0.1 * scale) - 0.05,
        max(pane[2], door_x + 0.1 * scale) + 0.05,
    )
    wood = mix(mix(stage.ink, stage.accent, 0.2), stage.haze, 0.14)
    panel = canvas.rectangle(left, pane[1] - 0.08 * scale, right, floor + 0.004)
    rim(canvas, panel, wood, mix(wood, stage.low, 0.35), x=0.002, y=-0.002)
    below = canvas.rectangle(pane[0], pane[3] + 0.02 * scale, pane[2], floor - 0.016, radius=0.004)
    canvas.paint(below, mix(wood, stage.ink, 0.4))
    frame = canvas.rectangle(pane[0] - 0.014, pane[1] - 0.014, pane[2] + 0.014, pane[3] + 0.016)
    canvas.paint(frame, mix(wood, stage.ink, 0.3))


def _interior(stage: Stage, pane: Box) -> None:
    """Show the room: its back wall, a shelf, lamps, a guest with headphones, a plant."""
    canvas, side, scale = stage.canvas, stage.layout.side, stage.layout.scale
    light, ink, accent = stage.light, stage.ink, stage.accent
    x0, y0, x1, y1 = pane
    w, h = x1 - x0, y1 - y0
    day = stage.is_day
    warm = mix(light, accent, 0.34)
    glow = mix(light, stage.paper, 0.12)
    if day:
        warm, glow = mix(warm, ink, 0.45), mix(glow, stage.shade(0.5), 0.5)
    canvas.gradient([(y0, mix(warm, ink, 0.28)), (y0 + 0.45 * h, warm), (y1, glow)], pane)
    brown = mix(ink, accent, 0.42)
    shelf = brown if day else mix(brown, light, 0.14)

    def things(pen: Pen) -> None:
        for v in (0.3, 0.5):
            y = y0 + v * h
            a, b = (x0 + 0.05 * w, x0 + 0.46 * w) if side > 0 else (x0 + 0.54 * w, x0 + 0.95 * w)
            pen.rectangle(a, y, b, y + 0.014 * h)
            for k in range(11):
                u = a + (b - a) * (k + 0.5) / 11
                kind = (k * 7 + int(v * 10)) % 5
                tall = (0.05, 0.09, 0.06, 0.11, 0.045)[kind] * h
                wide = (0.016, 0.009, 0.014, 0.01, 0.018)[kind] * scale * 0.8
                pen.rectangle(u - wide, y - tall, u + wide, y, radius=0.3 * wide)
                if kind in {1, 3}:
                    pen.rectangle(u - 0.4 * wide, y - 1.4 * tall, u + 0.4 * wide, y - 0.8 * tall)
        a, b = (x0, x0 + 0.5 * w) if side > 0 else (x0 + 0.5 * w, x1)
        pen.rectangle(a, y0 + 0.7 * h, b, y1)  # the counter
        machine = (a + b) / 2
        pen.rectangle(
            machine - 0.09 * scale, y0 + 0.58 * h, machine + 0.09 * scale, y0 + 0.7 * h, radius=0.01
        )
        pen.rectangle(machine - 0.08 * scale, y0 + 0.555 * h, machine + 0.08 * scale, y0 + 0.59 * h)

    canvas.paint(canvas.mask(things, pane), shelf, opacity=0.78)
    line = y0 + 0.7 * h
    a, b = (x0, x0 + 0.5 * w) if side > 0 else (x0 + 0.5 * w, x1)
    canvas.paint(canvas.rectangle(a, line, b, line + 0.012 * h), glow, opacity=0.7)
    for k in range(3):
        _pendant(stage, pane, x0 + w * (0.2 + 0.3 * k), y0 + h * (0.2 + 0.03 * (k % 2)))
    guest = x0 + w * (0.74 if side > 0 else 0.26)
    listener(stage, guest, y1 + 0.02 * scale, 0.23 * scale, lit=-side)


def _pendant(stage: Stage, pane: Box, x: float, y: float) -> None:
    canvas, scale, light = stage.canvas, stage.layout.scale, stage.light
    cord = canvas.rectangle(x - 0.0012, pane[1], x + 0.0012, y)
    dark = mix(stage.ink, stage.accent, 0.25)
    canvas.paint(cord, dark)
    r = 0.034 * scale
    bowl = canvas.polygon(
        [
            (x - r, y + 0.62 * r),
            (x - 0.45 * r, y),
            (x - 0.12 * r, y - 0.2 * r),
            (x + 0.12 * r, y - 0.2 * r),
            (x + 0.45 * r, y),
            (x + r, y + 0.62 * r),
        ]
    )
    canvas.paint(bowl, dark)
    if stage.is_day:
        return
    bulb = canvas.ellipse(x, y + 0.66 * r, 0.5 * r, 0.2 * r)
    canvas.paint(bulb, mix(light, np.ones(3, np.float32), 0.7))
    halo = canvas.halo(x, y + 0.8 * r, 1.5 * r, box=pane)
    canvas.move(
        Pulse(halo, stage.cycles(0.2), x % 1, 0.12), mix(light, stage.paper, 0.4), strength=0.75
    )


def _bars(stage: Stage, pane: Box) -> None:
    canvas = stage.canvas
    x0, y0, x1, y1 = pane
    wood = mix(mix(stage.ink, stage.accent, 0.2), stage.haze, 0.06)

    def bars(pen: Pen) -> None:
        for k in (1, 2):
            x = x0 + (x1 - x0) * k / 3
            pen.rectangle(x - 0.005, y0, x + 0.005, y1)

    canvas.paint(canvas.mask(bars, pane), wood)

    def bands(pen: Pen) -> None:
        w = x1 - x0
        for a, b in ((0.12, 0.24), (0.28, 0.32), (0.7, 0.78)):
            pen.polygon([(x0 + a * w, y0), (x0 + b * w, y0), (x0 + (b - 0.12) * w, y1),
                         (x0 + (a - 0.12) * w, y1)])  # fmt: skip

    canvas.light(canvas.mask(bands, pane), stage.paper, strength=0.07)
    sill = canvas.rectangle(x0 - 0.025, y1 + 0.002, x1 + 0.025, y1 + 0.02, radius=0.003)
    rim(canvas, sill, wood, mix(wood, stage.light, 0.6), x=0, y=-0.002)


def _light_outside(stage: Stage, pane: Box) -> None:
    if stage.is_day:
        return
    canvas, scale = stage.canvas, stage.layout.scale
    x, y = (pane[0] + pane[2]) / 2, (pane[1] + pane[3]) / 2
    for radius, strength in ((0.26, 0.2), (0.55, 0.16)):
        halo = canvas.halo(x, y, radius * scale)
        canvas.move(Pulse(halo, stage.cycles(0.2), 0.0, 0.06), stage.light, strength=strength)


def _pavement(stage: Stage, pane: Box, wall: Colour) -> None:
    """Lay the pavement; the window lies on it as a pool, in rain as a long reflection."""
    canvas, floor, scale = stage.canvas, stage.layout.floor, stage.layout.scale
    stone = mix(stage.shade(0.34), wall, 0.3)
    canvas.gradient([(floor, stone), (floor + 0.09, stage.shade(0.14)), (canvas.bottom, stage.ink)],
                    (0, floor, canvas.right, canvas.bottom))  # fmt: skip
    edge = canvas.rectangle(-0.1, floor, canvas.right + 0.1, floor + 0.0025)
    canvas.paint(edge, mix(stone, stage.low, 0.4), opacity=0.7)
    kerb = floor + 0.085 * scale

    def joints(pen: Pen) -> None:
        pen.rectangle(-0.1, kerb, canvas.right + 0.1, kerb + 0.0018)
        for k in range(int(canvas.right / 0.16) + 2):
            a = 0.16 * k
            lean = (a - canvas.right / 2) * 0.12
            pen.polygon(
                [(a, floor), (a + 0.0016, floor), (a + lean + 0.0022, kerb), (a + lean, kerb)]
            )

    canvas.paint(
        canvas.mask(joints, (0, floor, canvas.right, kerb + 0.02)), stage.ink, opacity=0.35
    )
    if stage.is_day:
        return
    x = (pane[0] + pane[2]) / 2
    half = (pane[2] - pane[0]) / 2
    near = floor + (0.13 if canvas.right > 1.2 else 0.075)
    pool = canvas.polygon([(x - half, floor + 0.004), (x + half, floor + 0.004),
                           (x + 1.35 * half, near), (x - 1.35 * half, near)],
                          blur=0.022)  # fmt: skip
    canvas.move(Pulse(pool, stage.cycles(0.2), 0.1, 0.06), stage.light, strength=0.42)
    if stage.weather == Weather.RAIN:
        _reflection(stage, pane, floor)


def _reflection(stage: Stage, pane: Box, floor: float) -> None:
    canvas, rng = stage.canvas, stage.rng
    n = 70
    xs = rng.uniform(pane[0], pane[2], n)
    ys, ws = floor + 0.012 + 0.15 * rng.random(n) ** 1.4, rng.uniform(0.02, 0.06, n)
    groups = rng.integers(0, 3, n)
    for group in range(3):

        def streaks(pen: Pen, group: int = group) -> None:
            for k in np.flatnonzero(groups == group):
                pen.ellipse(float(xs[k]), float(ys[k]), float(ws[k]), 0.0016)

        mask = canvas.mask(streaks, (0, floor, canvas.right, floor + 0.2))
        canvas.move(Pulse(mask, stage.cycles(0.4), group / 3, 0.7), stage.light, strength=0.5)


def _outside(stage: Stage, pane: Box, door_x: float) -> None:
    """Set a table with a cup, pots with plants, and a cat on the pavement."""
    canvas, layout, rng = stage.canvas, stage.layout, stage.rng
    side, floor, scale = layout.side, layout.floor, layout.scale
    foot = floor + 0.045 * scale
    far = pane[0] if side > 0 else pane[2]
    x = far + side * 0.1 * scale
    top = foot - 0.135 * scale
    dark, edge = stage.shade(0.08), mix(stage.shade(0.3), stage.light, 0.6)

    def table(pen: Pen) -> None:
        pen.ellipse(x, top, 0.095 * scale, 0.009 * scale)
        pen.rectangle(x - 0.006, top, x + 0.006, foot)
        pen.ellipse(x, foot, 0.045 * scale, 0.008 * scale)

    def stool(pen: Pen) -> None:
        at = x + side * 0.2 * scale
        pen.rectangle(
            at - 0.05 * scale,
            foot - 0.085 * scale,
            at + 0.05 * scale,
            foot - 0.072 * scale,
            radius=0.006,
        )
        for k in (-0.04, 0.04):
            pen.stroke([(at + k * scale, foot - 0.075 * scale), (at + 1.25 * k * scale, foot)],
                       (0.007, 0.007))  # fmt: skip

    box = (x - 0.4 * scale, top - 0.1, x + 0.4 * scale, foot + 0.05)
    shadow = canvas.ellipse(x + 0.08 * side, foot + 0.004, 0.2 * scale, 0.012 * scale, blur=0.006)
    canvas.paint(shadow, stage.ink, opacity=0.5)
    rim(canvas, canvas.mask(stool, box), dark, edge, x=0.0, y=-0.002)
    rim(canvas, canvas.mask(table, box), dark, edge, x=0.0, y=-0.002)
    mug(stage, x - 0.01, top, 0.05 * scale, body=mix(stage.paper, stage.ink, 0.2), edge=stage.light,
        lit=side)  # fmt: skip
    green = mix(stage.palette.colour("green"), stage.ink, 0.25)
    for at, h in ((door_x + side * 0.135 * scale, 0.17), (door_x - side * 0.115 * scale, 0.12)):
        plant(canvas, at, floor + 0.014, h * scale, pot=mix(stage.accent, stage.ink, 0.45),
              green=green, edge=mix(stage.light, stage.low, 0.4), rng=rng)  # fmt: skip
    cat(stage, door_x - side * 0.03 * scale, foot + 0.012, 0.125 * scale, stage.shade(0.03),
        mix(stage.light, stage.low, 0.3), lit=-side)  # fmt: skip
