"""A city at dusk, seen from a roof: a large sun or moon, rows of houses, a train on its viaduct."""

import numpy as np

from tapeloom.media.gear import fairy_lights
from tapeloom.media.land import skyline
from tapeloom.media.motion import Drift, Pulse
from tapeloom.media.palette import mix
from tapeloom.media.pen import Pen
from tapeloom.media.props import cat, rim
from tapeloom.media.sky import birds, clouds, disc, shows_stars, sky, stars
from tapeloom.media.stage import Stage
from tapeloom.media.weather import mist, weather


def city(stage: Stage) -> None:
    """Paint from the sky to the roof's edge."""
    canvas, layout, rng = stage.canvas, stage.layout, stage.rng
    ink, haze, low, side = stage.ink, stage.haze, stage.low, layout.side
    floor = layout.floor
    x = layout.aside(-0.1) + side * float(rng.uniform(-0.05, 0.05))
    if canvas.right > 1.2:
        x = layout.aside(0.12)
    sun_r = layout.scale * float(rng.uniform(0.12, 0.165))
    sun_y = floor * float(rng.uniform(0.44, 0.54))
    sky(stage, horizon=0.89 * floor)
    if shows_stars(stage):
        stars(stage, box=(0, 0, canvas.right, 0.64 * floor))
    disc(stage, x, sun_y, sun_r)
    clouds(stage, box=(0, 0.23 * floor, canvas.right, 0.66 * floor),
           count=round(7 * canvas.right * canvas.bottom), strength=0.42)  # fmt: skip
    rows = (
        (0.1, 0.16, 0.05, 0.0, 0.0), (0.06, 0.2, 0.07, 0.3, 0.07), (0.0, 0.26, 0.095, 0.58, 0.2),
        (-0.08, 0.28, 0.15, 0.84, 0.26),
    )  # fmt: skip
    for k, (up, tall, width, depth, lit) in enumerate(rows):
        base = floor - up
        shade = mix(mix(low, haze, 0.6), ink, depth)
        skyline(stage, base=base, low=0.05, high=tall * layout.scale, width=width, top=shade,
                foot=mix(shade, low, 0.4 * (1 - depth)),
                lit=0.0 if stage.is_day else lit)  # fmt: skip
        mist(canvas, low, y=base - 0.01, tall=0.035, strength=0.3 * (1 - depth))
        if k == 1:
            _railway(stage, floor - 0.12)
    canvas.glow(x, 0.71 * floor, 0.4, low, strength=0.22, flatness=0.5)
    _beacons(stage, floor)
    weather(stage)
    birds(stage, x=layout.aside(0.4), y=0.36 * floor)
    near, far = floor - 0.26, floor - 0.33
    first, last = ((-0.02, near), (canvas.right + 0.02, far))
    if side < 0:
        first, last = ((-0.02, far), (canvas.right + 0.02, near))
    fairy_lights(stage, first, last, sag=0.07, count=round(11 * canvas.right), wire=ink)
    _roof(stage)
    cat(stage, layout.focus_x, floor - 0.018, 0.21 * layout.scale, stage.shade(0.03),
        mix(low, stage.light, 0.4), lit=-side)  # fmt: skip


def _railway(stage: Stage, y: float) -> None:
    """Carry a lit train across the town on arches, once in a loop."""
    canvas = stage.canvas
    shade = mix(mix(stage.low, stage.haze, 0.6), stage.ink, 0.48)

    def arches(pen: Pen) -> None:
        pen.rectangle(-0.1, y, canvas.right + 0.1, y + 0.012)
        for k in range(int(canvas.right / 0.07) + 2):
            pen.rectangle(0.07 * k, y, 0.07 * k + 0.009, y + 0.13)

    area = (0, y - 0.02, canvas.right, y + 0.13)
    _train(stage, y)
    canvas.paint(canvas.mask(arches, area), shade, mix(shade, stage.low, 0.3))


def _train(stage: Stage, y: float) -> None:
    canvas = stage.canvas
    left, top, right, bottom = canvas.pixel_box((0, y - 0.032, canvas.right, y + 0.002))
    period = int((right - left) * 1.9)  # most of the loop the line is empty
    start = 0.55 * canvas.right

    def cars(pen: Pen) -> None:
        for k in range(4):
            pen.rectangle(start + 0.1 * k, y - 0.028, start + 0.1 * k + 0.096, y, radius=0.006)

    def panes(pen: Pen) -> None:
        for k in range(4):
            for j in range(6):
                a = start + 0.1 * k + 0.008 + 0.014 * j
                pen.rectangle(a, y - 0.022, a + 0.01, y - 0.011, radius=0.001)

    area = (0, y - 0.032, canvas.right, y + 0.002)
    shade = mix(mix(stage.low, stage.haze, 0.6), stage.ink, 0.62)
    for draw, colour in ((cars, shade), (panes, stage.light)):
        drawn = canvas.mask(draw, area, crop=False).cover
        texture = np.zeros((bottom - top, period), np.float32)
        texture[:, : drawn.shape[1]] = drawn
        drift = Drift(texture, right - left, int(stage.layout.side) * 1, left, top)
        canvas.move(drift, colour, light=False, strength=0.95)


def _beacons(stage: Stage, floor: float) -> None:
    """Let red lamps blink on masts far off."""
    canvas, rng = stage.canvas, stage.rng
    for k in range(3):
        x = float(rng.uniform(0.1, 0.9)) * canvas.right
        y = floor - float(rng.uniform(0.26, 0.36))
        halo = canvas.halo(x, y, 0.01)

        def mast(pen: Pen, x: float = x, y: float = y) -> None:
            pen.rectangle(x - 0.0012, y, x + 0.0012, floor - 0.1)

        colour = mix(mix(stage.low, stage.haze, 0.6), stage.ink, 0.3)
        canvas.paint(canvas.mask(mast, (x - 0.01, y - 0.01, x + 0.01, floor - 0.16)), colour)
        pulse = Pulse(halo, stage.cycles(0.45), k / 3, 1.0, 4.0)
        canvas.move(pulse, stage.accent, strength=0.9)


def _roof(stage: Stage) -> None:
    canvas, rng, layout = stage.canvas, stage.rng, stage.layout
    low, side, scale = stage.low, layout.side, layout.scale
    y = layout.floor - 0.02
    dark = stage.shade(0.05)
    tank_x = layout.middle - side * (layout.middle - 0.2 * scale - float(rng.uniform(0, 0.08)))
    aerial_x, vent_x = layout.aside(0.06), layout.focus_x + 0.2 * side * scale

    def furniture(pen: Pen) -> None:
        x, w = tank_x, 0.15 * scale  # the water tank
        pen.rectangle(x - w / 2, y - 1.5 * w, x + w / 2, y - 0.5 * w)
        pen.polygon([(x - 0.56 * w, y - 1.5 * w), (x, y - 1.9 * w), (x + 0.56 * w, y - 1.5 * w)])
        for leg in (-0.42, -0.02, 0.36):
            pen.rectangle(x + leg * w, y - 0.53 * w, x + (leg + 0.06) * w, y)
        pen.stroke([(x - 0.4 * w, y), (x + 0.38 * w, y - 0.5 * w)], (0.005, 0.005))
        pen.stroke([(x + 0.38 * w, y), (x - 0.4 * w, y - 0.5 * w)], (0.005, 0.005))
        x = aerial_x
        pen.rectangle(x - 0.002, y - 0.14, x + 0.002, y)
        for k, half in ((0.135, 0.035), (0.115, 0.028), (0.095, 0.02)):
            pen.rectangle(x - half, y - k - 0.0015, x + half, y - k + 0.0015)
        x = vent_x
        pen.rectangle(x - 0.02, y - 0.07, x + 0.02, y)
        pen.rectangle(x - 0.028, y - 0.08, x + 0.028, y - 0.062, radius=0.004)

    area = (0, y - 0.4 * scale, canvas.right, y + 0.01)
    rim(canvas, canvas.mask(furniture, area), dark, mix(dark, low, 0.4), x=-0.002 * side, y=-0.002)
    w = 0.15 * scale

    def hoops(pen: Pen) -> None:
        for up in (0.72, 0.98, 1.26):
            pen.rectangle(tank_x - w / 2, y - up * w, tank_x + w / 2, y - up * w + 0.003)
        for k in range(1, 7):
            x = tank_x - w / 2 + k * w / 7
            pen.rectangle(x, y - 1.5 * w, x + 0.0012, y - 0.5 * w, value=0.4)

    canvas.paint(canvas.mask(hoops, area), mix(dark, low, 0.3), opacity=0.5)
    canvas.gradient([(y, stage.shade(0.12)), (canvas.bottom, stage.ink)],
                    (0, y, canvas.right, canvas.bottom))  # fmt: skip
    line = canvas.rectangle(-0.1, y, canvas.right + 0.1, y + 0.003)
    canvas.paint(line, mix(low, stage.light, 0.3), opacity=0.6)
    joints = rng.uniform(0.03, 0.97, 5) * canvas.right

    def seams(pen: Pen) -> None:
        pen.rectangle(-0.1, y + 0.028, canvas.right + 0.1, y + 0.0295)
        for x in joints.tolist():
            pen.rectangle(x, y + 0.028, x + 0.0012, y + 0.06)

    area = (0, y, canvas.right, y + 0.1)
    canvas.paint(canvas.mask(seams, area), stage.shade(0.35), opacity=0.5)
