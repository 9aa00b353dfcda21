"""Pictures from outdoors: a city from a roof, hills behind a lake."""

import numpy as np

from tapeloom.media.canvas import GROUND, Canvas, Pen
from tapeloom.media.gear import fairy_lights
from tapeloom.media.land import hill, mist, pines, ridge, skyline
from tapeloom.media.palette import Palette, mix
from tapeloom.media.props import cat, rim
from tapeloom.media.sky import birds, clouds, disc, rain, sky, snow, stars


def city(
    canvas: Canvas,
    palette: Palette,
    weather: tuple[str, ...],
    side: float,
    rng: np.random.Generator,
) -> None:
    """From a roof over the town towards a large sun or moon."""
    ink, light, haze = (palette.colour(name) for name in ("ink", "light", "haze"))
    paper, low = palette.colour("paper"), palette.sky_colour(2)
    x, sun_y, sun_r = (
        0.5 - side * rng.uniform(0.02, 0.16),
        rng.uniform(0.3, 0.4),
        rng.uniform(0.11, 0.17),
    )
    sky(canvas, palette, horizon=0.62)
    if palette.is_night:
        stars(canvas, palette, rng, box=(0, 0, 1, 0.45))
    disc(canvas, palette, x, sun_y, sun_r)
    clouds(canvas, palette, rng, box=(0, 0.16, 1, 0.46), count=7, strength=0.42)
    for base, tall, width, depth, lit in (
        (0.6, 0.16, 0.05, 0.0, 0.0), (0.64, 0.2, 0.07, 0.3, 0.07), (0.7, 0.26, 0.095, 0.58, 0.2),
        (0.78, 0.28, 0.15, 0.84, 0.26),
    ):  # fmt: skip
        shade = mix(mix(low, haze, 0.6), ink, depth)
        skyline(canvas, rng, base=base, low=0.05, high=tall, width=width, top=shade,
                foot=mix(shade, low, 0.4 * (1 - depth)), lit=lit, light=light)  # fmt: skip
        mist(canvas, low, y=base - 0.01, tall=0.035, strength=0.3 * (1 - depth))
    canvas.glow(x, 0.5, 0.4, low, strength=0.22, flatness=0.5)
    if "rain" in weather:
        rain(canvas, rng, mix(paper, low, 0.3), count=420, strength=0.3)
    if "snow" in weather:
        snow(canvas, rng, paper)
    elif not palette.is_night:
        birds(canvas, rng, mix(ink, haze, 0.4), x=0.5 + 0.2 * side, y=0.25)
    near, far = (-0.02, 0.37), (1.02, 0.44)
    if side > 0:
        near, far = (-0.02, 0.44), (1.02, 0.37)
    fairy_lights(canvas, near, far, sag=0.07, count=11, wire=ink, light=light)
    _roof(canvas, palette, side, rng)
    seat = 0.5 + side * rng.uniform(0.22, 0.3)
    cat(canvas, seat, GROUND - 0.018, 0.2, mix(ink, haze, 0.03), mix(low, light, 0.4))


def hills(
    canvas: Canvas,
    palette: Palette,
    weather: tuple[str, ...],
    side: float,
    rng: np.random.Generator,
) -> None:
    """Ranges of hills in mist, a lake, and one lit window."""
    ink, haze = palette.colour("ink"), palette.colour("haze")
    paper, low = palette.colour("paper"), palette.sky_colour(2)
    x, moon_y, moon_r = (
        0.5 - side * rng.uniform(0.06, 0.22),
        rng.uniform(0.2, 0.3),
        rng.uniform(0.075, 0.125),
    )
    sky(canvas, palette, horizon=0.52)
    if palette.is_night:
        stars(canvas, palette, rng, box=(0, 0, 1, 0.4))
    disc(canvas, palette, x, moon_y, moon_r)
    clouds(canvas, palette, rng, box=(0, 0.12, 1, 0.36), count=5, strength=0.32)
    far = mix(low, haze, 0.55)
    for i, (y, tall, octaves, rough) in enumerate(
        ((0.43, 0.085, 6, 0.5), (0.485, 0.06, 6, 0.5), (0.55, 0.045, 6, 0.46))
    ):
        shade = mix(far, ink, 0.12 + 0.2 * i)
        hill(canvas, ridge(rng, octaves=octaves, roughness=rough), y=y, tall=tall, top=shade,
             foot=mix(shade, low, 0.6), bottom=y + 0.17)  # fmt: skip
        mist(canvas, low, y=y + 0.075, tall=0.03, strength=0.35)
    _lake(canvas, palette, x, top=0.6, rng=rng)
    near = ridge(rng, octaves=5, roughness=0.42) * 0.5 + 0.9 * side * np.linspace(-1, 1, 257) ** 3
    shore = mix(mix(ink, haze, 0.2), low, 0.04)
    spread = np.interp(np.arange(10), [0, 3, 6, 9], [7, 2, 0.5, 4])
    pines(canvas, rng, near, y=0.7, tall=0.035, height=(0.08, 0.17), count=34, colour=shore,
          spread=(spread if side > 0 else spread[::-1]).tolist())  # fmt: skip
    hill(canvas, near, y=0.7, tall=0.035, top=shore, foot=ink)
    _cabin(
        canvas,
        palette,
        0.5 + side * float(rng.uniform(0.1, 0.26)),
        0.7,
        0.085,
        snowy="snow" in weather,
    )
    if "rain" in weather:
        rain(canvas, rng, mix(paper, low, 0.3), count=380, strength=0.28)
    if "snow" in weather:
        snow(canvas, rng, paper)
    elif "rain" not in weather and not palette.is_night:
        birds(canvas, rng, mix(ink, haze, 0.4), x=0.5 + 0.22 * side, y=0.27)


def _roof(canvas: Canvas, palette: Palette, side: float, rng: np.random.Generator) -> None:
    ink, haze = palette.colour("ink"), palette.colour("haze")
    low = palette.sky_colour(2)
    y = GROUND - 0.02
    dark = mix(ink, haze, 0.05)

    tank = float(rng.uniform(0.28, 0.38))

    def furniture(pen: Pen) -> None:
        x = 0.5 - tank * side  # the water tank
        w = 0.15
        pen.rectangle(x - w / 2, y - 0.225, x + w / 2, y - 0.075)
        pen.polygon([(x - 0.56 * w, y - 0.225), (x, y - 0.285), (x + 0.56 * w, y - 0.225)])
        for leg in (-0.42, -0.02, 0.36):
            pen.rectangle(x + leg * w, y - 0.08, x + (leg + 0.06) * w, y)
        pen.stroke([(x - 0.4 * w, y), (x + 0.38 * w, y - 0.075)], (0.005, 0.005))
        pen.stroke([(x + 0.38 * w, y), (x - 0.4 * w, y - 0.075)], (0.005, 0.005))
        x = 0.5 + 0.1 * side  # an aerial
        pen.rectangle(x - 0.002, y - 0.14, x + 0.002, y)
        for k, half in ((0.135, 0.035), (0.115, 0.028), (0.095, 0.02)):
            pen.rectangle(x - half, y - k - 0.0015, x + half, y - k + 0.0015)
        x = 0.5 + 0.43 * side  # a vent
        pen.rectangle(x - 0.02, y - 0.07, x + 0.02, y)
        pen.rectangle(x - 0.028, y - 0.08, x + 0.028, y - 0.062, radius=0.004)

    rim(canvas, canvas.mask(furniture), dark, mix(dark, low, 0.4), x=-0.002 * side, y=-0.002)
    canvas.gradient([(y, mix(ink, haze, 0.12)), (1.0, ink)], (0, y, 1, 1))
    line = canvas.rectangle(-0.1, y, 1.1, y + 0.003)
    canvas.paint(line, mix(low, palette.colour("light"), 0.3), opacity=0.6)
    joints = rng.uniform(0.03, 0.97, 5)

    def seams(pen: Pen) -> None:
        pen.rectangle(-0.1, y + 0.028, 1.1, y + 0.0295)
        for x in joints.tolist():
            pen.rectangle(x, y + 0.028, x + 0.0012, y + 0.06)

    canvas.paint(canvas.mask(seams, (0, y, 1, y + 0.1)), mix(ink, haze, 0.35), opacity=0.5)


def _lake(
    canvas: Canvas, palette: Palette, x: float, *, top: float, rng: np.random.Generator
) -> None:
    low, haze, light = palette.sky_colour(2), palette.colour("haze"), palette.colour("light")
    canvas.gradient([(top, mix(low, haze, 0.35)), (0.8, mix(haze, palette.colour("ink"), 0.55))],
                    (0, top, 1, 0.8))  # fmt: skip
    n = 120
    v = rng.random(n) ** 1.3
    widths = rng.uniform(0.01, 0.05, n) * (0.5 + v)
    xs = x + rng.normal(0, 1, n) * (0.035 + 0.05 * v)

    def glitter(pen: Pen) -> None:
        for a, b, w in zip(xs.tolist(), v.tolist(), widths.tolist(), strict=True):
            y = top + 0.004 + 0.12 * b
            pen.ellipse(a, y, w, 0.0007 + 0.0013 * b)

    canvas.light(canvas.mask(glitter, (0, top, 1, 0.75)), light, strength=0.55)
    mist(canvas, low, y=top, tall=0.016, strength=0.6)


def _cabin(canvas: Canvas, palette: Palette, x: float, y: float, w: float, *, snowy: bool) -> None:
    ink, light, low = palette.colour("ink"), palette.colour("light"), palette.sky_colour(2)
    box = (x - w, y - 1.6 * w, x + w, y + 0.03)

    def house(pen: Pen) -> None:
        pen.rectangle(x - 0.4 * w, y - 0.42 * w, x + 0.4 * w, y + 0.03)
        pen.rectangle(x + 0.16 * w, y - 0.95 * w, x + 0.28 * w, y - 0.4 * w)

    def roof(pen: Pen) -> None:
        pen.polygon([(x - 0.56 * w, y - 0.38 * w), (x, y - 0.9 * w), (x + 0.56 * w, y - 0.38 * w)])

    def panes(pen: Pen) -> None:
        for a in (-0.2, 0.06):
            pen.rectangle(x + a * w, y - 0.32 * w, x + (a + 0.18) * w, y - 0.1 * w)

    canvas.paint(canvas.mask(house, box), mix(ink, palette.colour("haze"), 0.12))
    tiles = palette.colour("paper") if snowy else palette.colour("accent")
    canvas.paint(canvas.mask(roof, box), mix(mix(ink, tiles, 0.7 if snowy else 0.35), low, 0.1))
    canvas.paint(canvas.mask(panes, box), mix(light, palette.colour("paper"), 0.3))
    canvas.glow(x, y - 0.2 * w, 0.07, light, strength=0.5)
    canvas.glow(x, y + 0.015, 0.09, light, strength=0.3, flatness=0.15)
