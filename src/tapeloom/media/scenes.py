"""The cover's pictures: a window, a city roof, hills, a desk. Each paints a whole canvas."""

from collections.abc import Callable

import numpy as np

from tapeloom.media.canvas import WHOLE, Box, Canvas, Mask, Pen, smooth
from tapeloom.media.outdoors import (
    canvas_colour,
    clouds,
    disc,
    drops_on_glass,
    hill,
    mist,
    pines,
    rain,
    ridge,
    sky,
    skyline,
    snow,
    stars,
)
from tapeloom.media.palette import Palette, mix
from tapeloom.media.props import books, cassette, cat, fairy_lights, lamp, mug, plant

GROUND = 0.7  # y from which the picture is calm and dark, for the title
Scene = Callable[[Canvas, Palette, tuple[str, ...], float, np.random.Generator], None]


def window(
    canvas: Canvas, palette: Palette, weather: tuple[str, ...], side: float, rng: np.random.Generator
) -> None:
    """A cat on the sill looks out over the town."""
    ink, light, haze = (palette.colour(name) for name in ("ink", "light", "haze"))
    paper, accent = palette.colour("paper"), palette.colour("accent")
    low = canvas_colour(palette, 2)
    wall = mix(ink, haze, 0.28)
    canvas.gradient([(0.0, mix(wall, ink, 0.35)), (0.5, wall), (1.0, ink)])
    pane: Box = (0.13, 0.07, 0.87, GROUND - 0.035)

    sky(canvas, palette, horizon=0.56, box=pane)
    moon_x = 0.5 - 0.2 * side
    if palette.is_night and "rain" not in weather:
        stars(canvas, palette, rng, box=(pane[0], pane[1], pane[2], 0.4))
    disc(canvas, palette, moon_x, 0.245, 0.062, box=pane)
    clouds(canvas, palette, rng, box=(pane[0], 0.2, pane[2], 0.45), count=5, strength=0.3)
    for base, tall, width, depth, lit in (
        (0.6, 0.2, 0.07, 0.1, 0.0), (0.64, 0.19, 0.085, 0.42, 0.16), (0.69, 0.17, 0.12, 0.75, 0.3),
    ):  # fmt: skip
        shade = mix(mix(low, haze, 0.55), ink, depth)
        skyline(canvas, rng, base=base, low=0.06, high=tall, width=width, top=shade,
                foot=mix(shade, low, 0.35), box=pane, blur=0.0011, lit=lit, light=light)  # fmt: skip
    canvas.glow(moon_x, 0.56, 0.3, low, strength=0.18, flatness=0.35, box=pane)
    if "rain" in weather:
        rain(canvas, rng, mix(paper, low, 0.4), box=pane, count=200, strength=0.16)
        drops_on_glass(canvas, rng, box=pane, light=mix(paper, low, 0.3), dark=mix(ink, haze, 0.5))
    if "snow" in weather:
        snow(canvas, rng, paper, box=pane, count=260)
    _sheen(canvas, pane, paper)

    frame = mix(ink, haze, 0.14)
    lit_edge = mix(frame, low, 0.45)

    def bars(pen: Pen) -> None:
        x0, y0, x1, y1 = pane
        t = 0.02
        pen.rectangle(x0 - 1.6 * t, y0 - 1.6 * t, x1 + 1.6 * t, y1 + 1.6 * t, radius=0.008)
        middle = (x0 + x1) / 2
        cross = y0 + 0.27 * (y1 - y0)
        for a, b in ((x0, middle - t / 2), (middle + t / 2, x1)):
            pen.rectangle(a, y0, b, cross - t / 3, radius=0.006, value=0.0)
            pen.rectangle(a, cross + t / 3, b, y1, radius=0.006, value=0.0)

    mask = canvas.mask(bars)
    canvas.paint(mask, lit_edge)
    n = round(0.0022 * canvas.size)
    canvas.paint(Mask(np.minimum(mask.cover, mask.shifted(n, n).cover), mask.left, mask.top), frame)
    _curtains(canvas, palette)

    _table(canvas, palette, GROUND - 0.02, edge=mix(low, paper, 0.15))
    canvas.glow(moon_x, GROUND, 0.22, low, strength=0.3, flatness=0.1,
                box=(0, GROUND - 0.02, 1, 1))  # fmt: skip
    foot = GROUND - 0.008
    cat(canvas, 0.5 + 0.2 * side, foot, 0.27, mix(ink, haze, 0.06), mix(low, light, 0.35))
    green = mix(mix(ink, low, 0.25), np.array([0.16, 0.36, 0.3], np.float32), 0.55)
    plant(canvas, 0.5 - 0.27 * side, foot, 0.25, pot=mix(accent, ink, 0.35), green=green,
          edge=mix(low, light, 0.4), rng=rng)  # fmt: skip
    mug(canvas, 0.5 - 0.09 * side, foot + 0.004, 0.062, body=mix(paper, ink, 0.35),
        edge=light, steam=paper, rng=rng)  # fmt: skip
    fairy_lights(canvas, (0.09, 0.055), (0.91, 0.055), sag=0.05, count=13, wire=ink, light=light)


def city(
    canvas: Canvas, palette: Palette, weather: tuple[str, ...], side: float, rng: np.random.Generator
) -> None:
    """From a roof over the town towards a large sun or moon."""
    ink, light, haze = (palette.colour(name) for name in ("ink", "light", "haze"))
    paper, low = palette.colour("paper"), canvas_colour(palette, 2)
    x = 0.5 - 0.12 * side
    sky(canvas, palette, horizon=0.62)
    if palette.is_night:
        stars(canvas, palette, rng, box=(0, 0, 1, 0.45))
    disc(canvas, palette, x, 0.36, 0.145)
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
    _roof(canvas, palette, side, rng)
    seat = 0.5 + 0.27 * side
    cat(canvas, seat, GROUND - 0.018, 0.2, mix(ink, haze, 0.03), mix(low, light, 0.4))
    fairy_lights(canvas, (-0.02, 0.47), (1.02, 0.5), sag=0.1, count=11, wire=ink, light=light)


def hills(
    canvas: Canvas, palette: Palette, weather: tuple[str, ...], side: float, rng: np.random.Generator
) -> None:
    """Ranges of hills in mist, a lake, and one lit window."""
    ink, light, haze = (palette.colour(name) for name in ("ink", "light", "haze"))
    paper, low = palette.colour("paper"), canvas_colour(palette, 2)
    x = 0.5 - 0.17 * side
    sky(canvas, palette, horizon=0.52)
    if palette.is_night:
        stars(canvas, palette, rng, box=(0, 0, 1, 0.4))
    disc(canvas, palette, x, 0.25, 0.105)
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
    _cabin(canvas, palette, 0.5 + 0.19 * side, 0.706, 0.075)
    if "rain" in weather:
        rain(canvas, rng, mix(paper, low, 0.3), count=380, strength=0.28)
    if "snow" in weather:
        snow(canvas, rng, paper)


def desk(
    canvas: Canvas, palette: Palette, weather: tuple[str, ...], side: float, rng: np.random.Generator
) -> None:
    """A cassette in the light of a lamp, the night in the window behind."""
    ink, light, haze = (palette.colour(name) for name in ("ink", "light", "haze"))
    paper, accent, low = palette.colour("paper"), palette.colour("accent"), canvas_colour(palette, 2)
    wall = mix(ink, haze, 0.42)
    canvas.gradient([(0.0, mix(wall, ink, 0.5)), (0.55, wall), (1.0, mix(wall, ink, 0.6))])
    left = 0.5 - 0.23 * side
    pane: Box = (left - 0.17, 0.1, left + 0.17, 0.5)
    sky(canvas, palette, horizon=0.48, box=pane)
    if palette.is_night and "rain" not in weather:
        stars(canvas, palette, rng, box=(pane[0], pane[1], pane[2], 0.36))
    disc(canvas, palette, left + 0.05 * side, 0.2, 0.036, box=pane)
    for base, tall, depth, lit in ((0.49, 0.13, 0.3, 0.1), (0.52, 0.12, 0.62, 0.25)):
        shade = mix(mix(low, haze, 0.55), ink, depth)
        skyline(canvas, rng, base=base, low=0.04, high=tall, width=0.06, top=shade, foot=shade,
                box=pane, blur=0.0014, lit=lit, light=light)  # fmt: skip
    if "rain" in weather:
        rain(canvas, rng, paper, box=pane, count=70, strength=0.2)
        drops_on_glass(canvas, rng, box=pane, light=mix(paper, low, 0.3), dark=mix(ink, haze, 0.5))
    if "snow" in weather:
        snow(canvas, rng, paper, box=pane, count=90)
    _sheen(canvas, pane, paper)

    def bars(pen: Pen) -> None:
        x0, y0, x1, y1 = pane
        pen.rectangle(x0 - 0.016, y0 - 0.016, x1 + 0.016, y1 + 0.016, radius=0.006)
        for a, b in ((x0, left - 0.006), (left + 0.006, x1)):
            pen.rectangle(a, y0, b, y1, radius=0.004, value=0.0)
        pen.rectangle(x0 - 0.03, y1 + 0.012, x1 + 0.03, y1 + 0.032, radius=0.004)

    canvas.paint(canvas.mask(bars), mix(ink, haze, 0.18), mix(ink, haze, 0.3))
    _table(canvas, palette, GROUND - 0.035, edge=mix(light, ink, 0.25))

    foot = GROUND - 0.012
    lamp_x = 0.5 + 0.36 * side
    top = books(canvas, 0.5 - 0.31 * side, foot, 0.24,
                colours=[mix(accent, ink, 0.35), mix(haze, ink, 0.35), mix(paper, ink, 0.42)],
                edge=light, rng=rng)  # fmt: skip
    green = mix(mix(ink, low, 0.2), np.array([0.17, 0.38, 0.3], np.float32), 0.6)
    plant(canvas, 0.5 - 0.31 * side, top, 0.17, pot=mix(accent, paper, 0.2), green=green,
          edge=light, rng=rng)  # fmt: skip
    corners = lamp(canvas, lamp_x, foot, 0.42, palette, lean=-side)
    (ax, ay), (bx, by) = sorted(corners)
    spread = [(ax, ay), (bx, by), (bx + 0.1 + 0.1 * max(side, 0), foot + 0.02),
              (ax - 0.34 + 0.1 * max(side, 0), foot + 0.02)]  # fmt: skip
    if side < 0:
        spread[2], spread[3] = (bx + 0.34, foot + 0.02), (ax - 0.1, foot + 0.02)
    cone = canvas.mask(lambda pen: pen.polygon(spread), blur=0.02)
    fade = np.clip(1.15 - (np.arange(canvas.size) / canvas.size - ay) / (foot - ay), 0.25, 1.0)
    cone = Mask((cone.cover * fade[:, None]).astype(np.float32), cone.left, cone.top)
    canvas.light(cone, light, strength=0.26)
    spot = 0.5 + 0.06 * side
    canvas.glow(spot, foot, 0.2, light, strength=0.62, flatness=0.14,
                box=(0, GROUND - 0.035, 1, 1))  # fmt: skip
    canvas.glow((ax + bx) / 2, (ay + by) / 2 + 0.03, 0.085, light, strength=0.6)
    shadow = canvas.mask(lambda pen: pen.ellipse(spot, foot + 0.004, 0.19, 0.012), blur=0.006)
    canvas.paint(shadow, ink, opacity=0.7)
    cassette(canvas, spot, foot, 0.33, palette)
    mug(canvas, 0.5 - 0.14 * side, foot + 0.012, 0.07, body=mix(paper, accent, 0.5), edge=light,
        steam=paper, rng=rng)  # fmt: skip


SCENES: dict[str, Scene] = {"window": window, "city": city, "hills": hills, "desk": desk}


def _sheen(canvas: Canvas, pane: Box, paper: np.ndarray) -> None:
    """Let a window pane catch two slanting bands of light."""
    x0, y0, x1, y1 = pane
    w, h = x1 - x0, y1 - y0

    def bands(pen: Pen) -> None:
        for a, b in ((0.1, 0.2), (0.24, 0.275)):
            pen.polygon([(x0 + (a + 0.3) * w, y0), (x0 + (b + 0.3) * w, y0), (x0 + b * w, y0 + h),
                         (x0 + a * w, y0 + h)])  # fmt: skip

    canvas.light(canvas.mask(bands, pane), paper, strength=0.05)


def _table(canvas: Canvas, palette: Palette, y: float, *, edge: np.ndarray) -> None:
    """Lay a table top or sill across the picture, its front falling into the dark."""
    ink, haze = palette.colour("ink"), palette.colour("haze")
    canvas.gradient([(y, mix(ink, haze, 0.36)), (y + 0.04, mix(ink, haze, 0.24))],
                    (0, y, 1, y + 0.04))  # fmt: skip
    canvas.gradient([(y + 0.04, mix(ink, haze, 0.13)), (1.0, ink)], (0, y + 0.04, 1, 1))
    line = canvas.mask(lambda pen: pen.rectangle(-0.1, y, 1.1, y + 0.0022), (0, y, 1, y + 0.01))
    canvas.paint(line, edge, opacity=0.65)
    lip = canvas.mask(lambda pen: pen.rectangle(-0.1, y + 0.04, 1.1, y + 0.0418),
                      (0, y + 0.03, 1, y + 0.05))  # fmt: skip
    canvas.paint(lip, edge, opacity=0.3)


def _curtains(canvas: Canvas, palette: Palette) -> None:
    cloth = mix(palette.colour("ink"), palette.colour("accent"), 0.34)
    for side in (-1, 1):
        edge = 0.5 + side * 0.375
        inner = smooth([(edge + side * dx, y) for dx, y in
                        ((-0.035, -0.02), (-0.02, 0.2), (0.035, 0.42), (0.05, 0.47), (0.03, 0.56),
                         (0.02, 0.7))])  # fmt: skip
        outer = 0.5 + side * 0.52
        mask = canvas.mask(lambda pen, p=inner, o=outer: pen.polygon([*p, (o, 0.7), (o, -0.02)]),
                           (0, 0, 1, 0.7))  # type: ignore[misc]  # fmt: skip
        x = (np.arange(mask.cover.shape[1]) + 0.5) / canvas.size
        folds = 0.5 + 0.5 * np.sin(x * 260 + 1.5 * np.sin(x * 60))
        canvas.paint(mask, mix(cloth, palette.colour("ink"), 0.2), mix(cloth, palette.colour("ink"), 0.5))
        lit = Mask((mask.cover * folds[None, :]).astype(np.float32), mask.left, mask.top)
        canvas.light(lit, cloth, strength=0.35)


def _roof(canvas: Canvas, palette: Palette, side: float, rng: np.random.Generator) -> None:
    ink, haze = palette.colour("ink"), palette.colour("haze")
    low = canvas_colour(palette, 2)
    y = GROUND - 0.02
    dark = mix(ink, haze, 0.05)

    def furniture(pen: Pen) -> None:
        x = 0.5 - 0.33 * side  # the water tank
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

    mask = canvas.mask(furniture)
    canvas.paint(mask, mix(dark, low, 0.4))
    n = max(1, round(0.0022 * canvas.size))
    canvas.paint(Mask(np.minimum(mask.cover, mask.shifted(round(-n * side) or n, n).cover), 0, 0), dark)
    canvas.gradient([(y, mix(ink, haze, 0.12)), (1.0, ink)], (0, y, 1, 1))
    line = canvas.mask(lambda pen: pen.rectangle(-0.1, y, 1.1, y + 0.003), (0, y, 1, y + 0.01))
    canvas.paint(line, mix(low, palette.colour("light"), 0.3), opacity=0.6)
    joints = rng.uniform(0.03, 0.97, 5)

    def seams(pen: Pen) -> None:
        pen.rectangle(-0.1, y + 0.028, 1.1, y + 0.0295)
        for x in joints.tolist():
            pen.rectangle(x, y + 0.028, x + 0.0012, y + 0.06)

    canvas.paint(canvas.mask(seams, (0, y, 1, y + 0.1)), mix(ink, haze, 0.35), opacity=0.5)


def _lake(canvas: Canvas, palette: Palette, x: float, *, top: float, rng: np.random.Generator) -> None:
    low, haze, light = canvas_colour(palette, 2), palette.colour("haze"), palette.colour("light")
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


def _cabin(canvas: Canvas, palette: Palette, x: float, y: float, w: float) -> None:
    ink, light, low = palette.colour("ink"), palette.colour("light"), canvas_colour(palette, 2)
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
    canvas.paint(canvas.mask(roof, box), mix(mix(ink, palette.colour("accent"), 0.3), low, 0.1))
    canvas.paint(canvas.mask(panes, box), mix(light, palette.colour("paper"), 0.3))
    canvas.glow(x, y - 0.2 * w, 0.07, light, strength=0.5)
    canvas.glow(x, y + 0.015, 0.09, light, strength=0.3, flatness=0.15)


__all__ = ["GROUND", "SCENES", "WHOLE", "Scene"]
