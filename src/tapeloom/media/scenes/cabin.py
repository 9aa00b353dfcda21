"""A cabin in the forest: one warm window among firs that fade into the mist."""

import numpy as np

from tapeloom.media.canvas import Canvas
from tapeloom.media.land import height_at, hill, ridge
from tapeloom.media.motion import Pulse
from tapeloom.media.palette import mix
from tapeloom.media.pen import Box, Pen
from tapeloom.media.props import rim, steam
from tapeloom.media.sky import clouds, disc, shows_stars, sky, stars
from tapeloom.media.stage import Stage, Weather
from tapeloom.media.trees import fir, pines
from tapeloom.media.weather import fog, mist, weather


def cabin(stage: Stage) -> None:
    """Paint from the sky through four rows of firs to the clearing."""
    canvas, layout, rng = stage.canvas, stage.layout, stage.rng
    low, side, floor, scale = stage.low, layout.side, layout.floor, layout.scale
    sky(stage, horizon=0.9 * floor)
    if shows_stars(stage):
        stars(stage, box=(0, 0, canvas.right, 0.6 * floor))
    moon_x = layout.aside(0.02) if canvas.right < 1.2 else layout.aside(0.1)
    disc(stage, moon_x, 0.3 * floor, 0.085 * scale)
    clouds(stage, box=(0, 0.2 * floor, canvas.right, 0.5 * floor),
           count=round(4 * canvas.right), strength=0.25)  # fmt: skip
    even = [1.0] * 6
    rows = ((0.3, 0.09, 0.2, 90, 0.14), (0.2, 0.13, 0.27, 60, 0.34), (0.1, 0.17, 0.34, 40, 0.56))
    far = mix(low, stage.haze, 0.62)
    hill(stage, ridge(rng, octaves=6, roughness=0.5), y=floor - 0.32, tall=0.1 * scale,
         top=mix(far, low, 0.25), foot=low)  # fmt: skip
    for up, least, most, count, depth in rows:
        shade = mix(far, stage.ink, depth)
        line = ridge(rng, octaves=4, roughness=0.4) * 0.6
        y = floor - up * 0.85
        pines(stage, line, y=y, tall=0.05, height=(least * scale, most * scale),
              count=round(count * canvas.right), colour=shade, to=mix(shade, low, 0.3),
              spread=even)  # fmt: skip
        hill(stage, line, y=y, tall=0.05, top=mix(shade, low, 0.18), foot=mix(shade, low, 0.5))
        mist(canvas, low, y=y + 0.04, tall=0.045, strength=0.42)
    near = ridge(rng, octaves=4, roughness=0.36) * 0.35 + 0.25 * np.cos(np.linspace(-3, 3, 257))
    snowy = stage.weather == Weather.SNOW
    ground = mix(stage.shade(0.34), stage.paper, 0.3) if snowy else stage.shade(0.24)
    hill(stage, near, y=floor, tall=0.05, top=ground, foot=stage.ink)
    x = layout.focus_x - (0.02 if canvas.right > 1.2 else 0.16) * side
    foot = floor - 0.05 * height_at(stage, near, x) + 0.012
    house = (0.42 if canvas.right > 1.2 else 0.38) * scale
    _spill(stage, x, foot, house)
    steam(stage, x + 0.25 * house * side, foot - 0.98 * house, 0.14 * scale, strength=0.28)
    a_frame(stage, x, foot, house)
    _edge_firs(stage)
    if stage.weather == Weather.CLEAR and not stage.is_day:
        _fireflies(stage)
    weather(stage)
    if stage.weather == Weather.FOG:
        fog(stage, y=floor - 0.02, tall=0.12, strength=0.45)


def a_frame(stage: Stage, x: float, y: float, w: float) -> None:
    """Build a house that is all roof, its gable of glass lit from within."""
    canvas, side = stage.canvas, stage.layout.side
    ink, light, low = stage.ink, stage.light, stage.low
    snowy = stage.weather == Weather.SNOW
    box: Box = (x - 0.75 * w, y - 1.15 * w, x + 0.75 * w, y + 0.1 * w)
    h = 0.98 * w

    def at(u: float, v: float) -> tuple[float, float]:
        return x + u * w, y - v * h

    def chimney(pen: Pen) -> None:
        a = 0.25 * side
        (x0, y0), (x1, y1) = at(a - 0.045, 0.99), at(a + 0.045, 0.4)
        pen.rectangle(x0, y0, x1, y1)
        pen.rectangle(x0 - 0.012 * w, y0, x1 + 0.012 * w, y0 + 0.04 * h)

    stone = stage.shade(0.22)
    rim(canvas, canvas.mask(chimney, box), stone, mix(stone, low, 0.5), x=-0.002 * side, y=-0.002)
    roof = mix(ink, stage.accent, 0.2)
    gable = canvas.polygon([at(-0.5, 0), at(0, 1), at(0.5, 0)])
    canvas.paint(gable, mix(stage.shade(0.1), stage.accent, 0.1))
    warm = mix(light, stage.paper, 0.25)
    glass = canvas.polygon([at(-0.36, 0.06), at(-0.255, 0.3), at(0, 0.81), at(0.255, 0.3),
                            at(0.36, 0.06)])  # fmt: skip
    if stage.is_day:
        canvas.paint(glass, mix(stage.shade(0.4), low, 0.3), mix(stage.shade(0.3), light, 0.3))
    else:
        canvas.paint(glass, mix(light, stage.accent, 0.3), warm)
    _inside(stage, x, y, w, h)

    def bars(pen: Pen) -> None:
        for u in (-0.17, 0.17):
            pen.rectangle(*at(u - 0.008, 0.62), *at(u + 0.008, 0.05))
        pen.rectangle(*at(-0.32, 0.375), *at(0.32, 0.345))
        pen.rectangle(*at(-0.009, 0.83), *at(0.009, 0.36))

    canvas.paint(canvas.mask(bars, box), mix(ink, stage.accent, 0.16))
    for s in (-1, 1):
        beam = canvas.polygon([at(s * 0.62, -0.06), at(s * 0.52, -0.06), at(0, 0.98), at(0, 1.13)])
        top = mix(stage.paper, stage.haze, 0.25) if snowy else roof
        edge = mix(top, stage.paper if snowy else low, 0.5)
        shade = top if s == -side else mix(top, ink, 0.35)
        rim(canvas, beam, shade, edge, x=0.003 * s, y=-0.003)

    def deck(pen: Pen) -> None:
        pen.rectangle(*at(-0.58, 0.035), *at(0.58, -0.02))
        for u in (-0.5, -0.2, 0.2, 0.5):
            pen.rectangle(*at(u - 0.012, 0.0), *at(u + 0.012, -0.09))

    wood = mix(stage.shade(0.16), stage.accent, 0.12)
    rim(canvas, canvas.mask(deck, box), wood, mix(wood, light, 0.55), x=0, y=-0.0022)
    if not stage.is_day:
        for up, radius, strength in ((0.3, 0.2, 0.42), (0.2, 0.5, 0.16)):
            halo = canvas.halo(x, y - up * h, radius * w / 0.4)
            pulse = Pulse(halo, stage.cycles(0.2), up, 0.1)
            canvas.move(pulse, light, strength=strength)


def _inside(stage: Stage, x: float, y: float, w: float, h: float) -> None:
    """Show a hanging lamp, a plant and a chair behind the glass."""
    canvas = stage.canvas
    shade = mix(stage.ink, stage.accent, 0.35)

    def things(pen: Pen) -> None:
        pen.rectangle(x - 0.003 * w, y - 0.8 * h, x + 0.003 * w, y - 0.52 * h)
        pen.polygon([(x - 0.075 * w, y - 0.46 * h), (x - 0.02 * w, y - 0.53 * h),
                     (x + 0.02 * w, y - 0.53 * h), (x + 0.075 * w, y - 0.46 * h)])  # fmt: skip
        px = x - 0.25 * w
        for a in (-0.9, -0.45, 0.0, 0.45, 0.9):
            pen.stroke(
                [(px, y - 0.12 * h), (px + 0.06 * w * np.sin(a), y - (0.14 + 0.1 * np.cos(a)) * h)],
                (0.01 * w, 0.022 * w, 0.006 * w),
            )
        pen.polygon([(px - 0.03 * w, y - 0.13 * h), (px + 0.03 * w, y - 0.13 * h),
                     (px + 0.02 * w, y - 0.05 * h), (px - 0.02 * w, y - 0.05 * h)])  # fmt: skip
        cx = x + 0.22 * w
        pen.rectangle(cx - 0.02 * w, y - 0.26 * h, cx + 0.08 * w, y - 0.05 * h, radius=0.03 * w)
        pen.rectangle(cx - 0.09 * w, y - 0.15 * h, cx + 0.07 * w, y - 0.05 * h, radius=0.02 * w)

    box = (x - 0.4 * w, y - 0.85 * h, x + 0.4 * w, y)
    canvas.paint(canvas.mask(things, box), shade, opacity=0.8)
    if not stage.is_day:
        canvas.glow(x, y - 0.43 * h, 0.06 * w, stage.paper, strength=0.8)


def _spill(stage: Stage, x: float, y: float, w: float) -> None:
    """Let the window's light lie on the ground, in the shape of the gable."""
    if stage.is_day:
        return
    canvas = stage.canvas
    shape = canvas.polygon([(x - 0.36 * w, y), (x + 0.36 * w, y), (x + 0.62 * w, y + 0.2 * w),
                            (x - 0.62 * w, y + 0.2 * w)], blur=0.018)  # fmt: skip
    canvas.move(Pulse(shape, stage.cycles(0.2), 0.2, 0.1), stage.light, strength=0.34)
    ground = (0, y - 0.02, canvas.right, canvas.bottom)
    canvas.glow(x, y + 0.03, 0.5 * w, stage.light, strength=0.3, flatness=0.2, box=ground)


def _edge_firs(stage: Stage) -> None:
    """Frame the clearing by near firs at both edges."""
    canvas, layout, rng = stage.canvas, stage.layout, stage.rng
    side, floor, scale = layout.side, layout.floor, layout.scale
    near = layout.middle * (1 + side)
    trees = [
        (near + side * 0.03, floor + 0.12, 0.95), (near - side * 0.09 * scale, floor + 0.11, 0.5),
        (canvas.right - near - side * 0.02, floor + 0.12, 0.7),
        (canvas.right - near + side * 0.15 * scale, floor + 0.1, 0.42),
    ]  # fmt: skip
    sizes = rng.uniform(0.92, 1.08, len(trees))

    def draw(pen: Pen) -> None:
        for (x, y, h), k in zip(trees, sizes.tolist(), strict=True):
            fir(pen, x, y, h * k * scale)

    dark = stage.shade(0.04)
    rim(canvas, canvas.mask(draw), dark, mix(dark, stage.low, 0.35), x=-0.0018 * side, y=-0.001)
    _undergrowth(canvas, stage)


def _undergrowth(canvas: Canvas, stage: Stage) -> None:
    rng, floor = stage.rng, stage.layout.floor
    n = int(130 * canvas.right)
    xs = rng.uniform(-0.02, canvas.right + 0.02, n)
    leans, sizes = rng.normal(0, 0.3, n), rng.uniform(0.012, 0.04, n)
    xs_line = np.linspace(-0.1, canvas.right + 0.1, 60)
    # The ground nearest to us sinks towards the middle and frames the clearing.
    line = floor + 0.115 - 0.035 * ((xs_line / canvas.right - 0.5) * 2) ** 2

    def blades(pen: Pen) -> None:
        top = [(float(a), float(b)) for a, b in zip(xs_line, line, strict=True)]
        pen.polygon([*top, (canvas.right + 0.1, canvas.bottom + 0.1), (-0.1, canvas.bottom + 0.1)])
        for x, lean, size in zip(xs.tolist(), leans.tolist(), sizes.tolist(), strict=True):
            y = float(np.interp(x, xs_line, line))
            pen.polygon(
                [(x - 0.003, y + 0.004), (x + lean * size, y - size), (x + 0.003, y + 0.004)]
            )

    area = (0, floor + 0.02, canvas.right, canvas.bottom)
    canvas.paint(canvas.mask(blades, area), stage.shade(0.03), stage.ink)


def _fireflies(stage: Stage) -> None:
    canvas, rng, floor = stage.canvas, stage.rng, stage.layout.floor
    for k in range(int(16 * canvas.right)):
        x = float(rng.uniform(0.05, 0.95)) * canvas.right
        y = floor + float(rng.uniform(-0.16, 0.08))
        halo = canvas.halo(x, y, float(rng.uniform(0.005, 0.009)))
        pulse = Pulse(halo, stage.cycles(0.15 + 0.05 * (k % 3)), k * 0.618 % 1, 1.0, 3.0)
        canvas.move(pulse, stage.light, strength=0.9)
