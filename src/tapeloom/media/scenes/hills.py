"""Ranges of hills in mist, a lake, and one lit window."""

import numpy as np

from tapeloom.media.land import glitter, height_at, hill, ridge
from tapeloom.media.motion import Pulse
from tapeloom.media.palette import mix
from tapeloom.media.pen import Pen
from tapeloom.media.props import rim
from tapeloom.media.sky import birds, clouds, disc, shows_stars, sky, stars
from tapeloom.media.stage import Stage, Weather
from tapeloom.media.trees import pines
from tapeloom.media.weather import mist, weather


def hills(stage: Stage) -> None:
    """Paint from the sky to the near shore."""
    canvas, layout, rng = stage.canvas, stage.layout, stage.rng
    low, ink, side, floor = stage.low, stage.ink, layout.side, layout.floor
    x = layout.aside(-0.2) + 0.06 * side * float(rng.uniform(-1, 1))
    if canvas.right > 1.2:
        x = layout.aside(0.16)
    horizon = floor - 0.18
    sky(stage, horizon=horizon)
    if shows_stars(stage):
        stars(stage, box=(0, 0, canvas.right, 0.75 * horizon))
    disc(stage, x, horizon * float(rng.uniform(0.42, 0.54)),
         layout.scale * float(rng.uniform(0.08, 0.12)))  # fmt: skip
    clouds(stage, box=(0, 0.23 * horizon, canvas.right, 0.7 * horizon),
           count=round(5 * canvas.right * canvas.bottom), strength=0.32)  # fmt: skip
    far = mix(low, stage.haze, 0.55)
    for i, (up, tall) in enumerate(((0.27, 0.085), (0.215, 0.06), (0.15, 0.045))):
        shade = mix(far, ink, 0.12 + 0.2 * i)
        y = floor - up
        hill(stage, ridge(rng, octaves=6, roughness=0.49), y=y, tall=tall * layout.scale,
             top=shade, foot=mix(shade, low, 0.6), bottom=y + 0.17)  # fmt: skip
        mist(canvas, low, y=y + 0.075, tall=0.03, strength=0.35)
    _lake(stage, x, top=floor - 0.1)
    near = ridge(rng, octaves=5, roughness=0.42) * 0.5 + 0.9 * side * np.linspace(-1, 1, 257) ** 3
    shore = mix(stage.shade(0.2), low, 0.04)
    spread = np.interp(np.arange(10), [0, 3, 6, 9], [7, 2, 0.5, 4])
    scale = layout.scale
    pines(stage, near, y=floor, tall=0.035, height=(0.09 * scale, 0.18 * scale),
          count=round(34 * canvas.right), colour=shore,
          spread=(spread if side > 0 else spread[::-1]).tolist())  # fmt: skip
    hill(stage, near, y=floor, tall=0.035, top=shore, foot=ink)
    cabin_x = layout.focus_x - 0.06 * side
    foot = floor - 0.035 * height_at(stage, near, cabin_x) + 0.006
    hut(stage, cabin_x, foot, 0.12 * scale)
    weather(stage)
    birds(stage, x=layout.aside(0.44), y=0.5 * horizon)


def _lake(stage: Stage, x: float, *, top: float) -> None:
    canvas, floor = stage.canvas, stage.layout.floor
    canvas.gradient([(top, mix(stage.low, stage.haze, 0.35)), (floor + 0.1, stage.shade(0.45))],
                    (0, top, canvas.right, floor + 0.1))  # fmt: skip
    glitter(stage, x=x, top=top, bottom=floor + 0.02, width=(0.035, 0.085), count=130)
    mist(canvas, stage.low, y=top, tall=0.016, strength=0.6)


def hut(stage: Stage, x: float, y: float, w: float) -> None:
    """Stand a small house with two lit panes and a glow on the ground; (x, y) is its foot."""
    canvas, ink, light, low = stage.canvas, stage.ink, stage.light, stage.low
    snowy = stage.weather == Weather.SNOW
    box = (x - w, y - 1.6 * w, x + w, y + 0.03)

    def house(pen: Pen) -> None:
        pen.rectangle(x - 0.4 * w, y - 0.42 * w, x + 0.4 * w, y + 0.03)
        pen.rectangle(x + 0.16 * w, y - 0.95 * w, x + 0.28 * w, y - 0.4 * w)

    def roof(pen: Pen) -> None:
        pen.polygon([(x - 0.56 * w, y - 0.38 * w), (x, y - 0.9 * w), (x + 0.56 * w, y - 0.38 * w)])

    def panes(pen: Pen) -> None:
        for a in (-0.2, 0.06):
            pen.rectangle(x + a * w, y - 0.32 * w, x + (a + 0.18) * w, y - 0.1 * w)

    canvas.paint(canvas.mask(house, box), stage.shade(0.12))
    tiles = mix(mix(ink, stage.paper if snowy else stage.accent, 0.7 if snowy else 0.35), low, 0.1)
    rim(canvas, canvas.mask(roof, box), tiles, mix(tiles, low, 0.4), x=-0.0015, y=-0.002)
    canvas.paint(canvas.mask(panes, box), mix(light, stage.paper, 0.3))
    for up, radius, flatness, strength in ((0.2, 0.07, 1.0, 0.5), (-0.12, 0.09, 0.15, 0.3)):
        halo = canvas.halo(x, y - up * w, radius, flatness=flatness)
        canvas.move(Pulse(halo, stage.cycles(0.25), up, 0.15), light, strength=strength)
